//! What GitLab drops, executes or refuses in a way of its own: is it told, and is nothing executed?

use ::conformance::{
    fake::gitlab::{Edition, GOOD_TOKEN, GUEST_TOKEN, Instance, JOB_TOKEN, WEAK_TOKEN},
    subject::{Site as _, Subject as _, connect, connect_code_host, generous},
};
use backend::{
    Error, ErrorKind, Tracker,
    managed_comment::MARKER,
    model::{Change, Draft, Kind, Status, WorkItemId},
    text::Markdown,
};

async fn tracker(site: &Instance, token: &str) -> Box<dyn Tracker> {
    connect("gitlab", &site.settings(token), generous()).await.unwrap()
}

fn site(edition: Edition) -> Instance {
    Instance::new(edition).unwrap()
}

fn titled(title: &str) -> Draft {
    Draft { title: title.to_owned(), ..Draft::default() }
}

/// Breaks unless an error tells all of these words, in its message or its hint.
fn tells(error: &Error, kind: ErrorKind, words: &[&str]) {
    let told = format!("cannot {error}; {}", error.hint());
    assert_eq!(error.kind, kind, "{told}");
    for word in words {
        assert!(told.contains(word), "{word:?} is not told: {told}");
    }
}

#[tokio::test]
async fn an_estimate_that_is_not_kept_is_told() {
    let site = site(Edition::Free);
    let tracker = tracker(&site, GOOD_TOKEN).await;
    let draft = Draft { story_points: Some(3.0), ..titled("Estimated") };
    let error = tracker.create_work_item(&draft).await.unwrap_err();
    let made = site.id(site.store().items.last().unwrap());
    tells(&error, ErrorKind::Rejected, &[&made, "was created", "the weight", "Premium"]);
    let change = Change { story_points: Some(5.0), ..Change::default() };
    let error = tracker.update_work_item(&WorkItemId::new(made), &change).await.unwrap_err();
    tells(&error, ErrorKind::Rejected, &["the weight", "Premium"]);
}

#[tokio::test]
async fn a_fraction_is_refused_before_anything_is_made() {
    let site = site(Edition::Premium);
    let tracker = tracker(&site, GOOD_TOKEN).await;
    let before = site.store().items.len();
    for draft in [
        Draft { story_points: Some(2.5), ..titled("Half") },
        Draft { labels: vec!["a,b".to_owned()], ..titled("Two in one") },
        Draft { kind: Kind::Epic, ..titled("An epic") },
    ] {
        let error = tracker.create_work_item(&draft).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
    }
    assert_eq!(site.store().items.len(), before, "something was made");
}

#[tokio::test]
async fn what_a_guest_may_not_decide_is_told() {
    let site = site(Edition::Premium);
    let draft = Draft { labels: vec!["red".to_owned()], ..titled("A guest's") };
    let error = tracker(&site, GUEST_TOKEN).await.create_work_item(&draft).await.unwrap_err();
    tells(&error, ErrorKind::Rejected, &["was created", "the label red", "Reporter"]);
}

#[tokio::test]
async fn too_weak_tokens_are_told_what_they_lack() {
    let site = site(Edition::Premium);
    let weak = tracker(&site, WEAK_TOKEN).await;
    let error = weak.create_work_item(&titled("Not made")).await.unwrap_err();
    tells(&error, ErrorKind::Forbidden, &["scope api", "GITLAB_TOKEN"]);
    assert_eq!(weak.access().await.unwrap().missing_scopes, ["api"]);
    let job = tracker(&site, JOB_TOKEN).await;
    assert_eq!(job.authenticate().await.unwrap().name, "Build Robot");
    let error = job.create_work_item(&titled("Not made")).await.unwrap_err();
    tells(&error, ErrorKind::Auth, &["CI_JOB_TOKEN", "GITLAB_TOKEN", "scope api"]);
}

#[tokio::test]
async fn an_archived_project_is_told() {
    let site = site(Edition::Premium);
    let change = Change { title: Some("New".to_owned()), ..Change::default() };
    let attic = WorkItemId::new("acme/attic#1");
    let tracker = tracker(&site, GOOD_TOKEN).await;
    assert_eq!(tracker.get_work_item(&attic).await.unwrap().id, attic);
    let error = tracker.update_work_item(&attic, &change).await.unwrap_err();
    tells(&error, ErrorKind::Forbidden, &["acme/attic is archived", "GITLAB_PROJECT"]);
}

#[tokio::test]
async fn no_text_is_executed() {
    let site = site(Edition::Premium);
    let tracker = tracker(&site, GOOD_TOKEN).await;
    let label = vec!["stays".to_owned()];
    for text in ["/close", "Done.\n/label ~x\n", "a\r\n\r/close", "```\n/close", "> q\n/close now"]
    {
        let text = Some(Markdown::from_template(text));
        let draft =
            Draft { labels: label.clone(), description: text.clone().unwrap(), ..titled("Open") };
        let made = tracker.create_work_item(&draft).await.unwrap();
        let change = Change { comment: text.clone(), ..Change::default() };
        tracker.update_work_item(&made.id, &change).await.unwrap();
        let change =
            Change { description: text.clone(), title: Some("Again".into()), ..Change::default() };
        let after = tracker.update_work_item(&made.id, &change).await.unwrap();
        assert_eq!((after.status, &after.labels), (Status::Todo, &label), "{text:?} was executed");
        assert_eq!(site.comments(&made.id).unwrap().len(), 1);
    }
}

#[tokio::test]
async fn links_of_a_colleague_count_and_are_not_touched() {
    let site = site(Edition::Premium);
    let tracker = tracker(&site, GOOD_TOKEN).await;
    let item = tracker.create_work_item(&titled("Linked by two")).await.unwrap();
    let theirs = format!("{MARKER}\n- [A page](https://git.example.com/theirs)");
    assert!(site.gitlab().comment_by_member(&item.id, &theirs));
    let links = tracker.list_links(&item.id).await.unwrap();
    let [link] = links.as_slice() else { panic!("{links:?}") };
    assert_eq!(link.url.as_str(), "https://git.example.com/theirs");
    let error = tracker.unlink(link).await.unwrap_err();
    tells(&error, ErrorKind::Forbidden, &["another account wrote it"]);
}

#[tokio::test]
async fn a_parent_is_set_later_and_the_item_becomes_a_task() {
    let site = site(Edition::Premium);
    let tracker = tracker(&site, GOOD_TOKEN).await;
    let parent = tracker.create_work_item(&titled("Above")).await.unwrap();
    let child = tracker.create_work_item(&titled("Below")).await.unwrap();
    let change = Change { parent_id: Some(parent.id.clone()), ..Change::default() };
    let after = tracker.update_work_item(&child.id, &change).await.unwrap();
    assert_eq!(after.parent_id.as_ref(), Some(&parent.id));
    let again = tracker.update_work_item(&child.id, &change).await.unwrap();
    assert_eq!(again, after, "the second time changes nothing");
    let another = tracker.create_work_item(&titled("Beside")).await.unwrap();
    let elsewhere = Change { parent_id: Some(another.id.clone()), ..Change::default() };
    let number = format!("/issues/{}", child.id.as_str().rsplit_once('#').unwrap().1);
    let written = site.server().count("PUT", &number);
    let after = tracker.update_work_item(&child.id, &elsewhere).await.unwrap();
    assert_eq!(after.parent_id, Some(another.id));
    assert_eq!(site.server().count("PUT", &number), written, "a task is not made a task again");
    let below = Change { parent_id: Some(child.id), ..Change::default() };
    let error = tracker.update_work_item(&parent.id, &below).await.unwrap_err();
    tells(&error, ErrorKind::Rejected, &["it is a task"]);
}

#[tokio::test]
async fn an_epic_is_a_parent_where_there_are_epics() {
    let epic = || Some(WorkItemId::new("acme&5"));
    let premium = site(Edition::Premium);
    let premium = (tracker(&premium, GOOD_TOKEN).await, premium);
    let draft = Draft { parent_id: epic(), kind: Kind::Bug, ..titled("In an epic") };
    let made = premium.0.create_work_item(&draft).await.unwrap();
    assert_eq!((made.parent_id, made.kind), (epic(), Kind::Bug));
    let later = premium.0.create_work_item(&titled("Put there later")).await.unwrap();
    let change = Change { parent_id: epic(), ..Change::default() };
    let later = premium.0.update_work_item(&later.id, &change).await.unwrap();
    assert_eq!(later.parent_id, epic());
    let absent = Draft { parent_id: Some(WorkItemId::new("acme&6")), ..titled("In no epic") };
    let error = premium.0.create_work_item(&absent).await.unwrap_err();
    tells(&error, ErrorKind::NotFound, &["parent acme&6", "Premium"]);
    let free = site(Edition::Free);
    let error = tracker(&free, GOOD_TOKEN).await.create_work_item(&draft).await.unwrap_err();
    tells(&error, ErrorKind::NotFound, &["parent acme&5", "Premium"]);
}

#[tokio::test]
async fn a_project_may_be_named_by_its_number() {
    let site = site(Edition::Free);
    let settings =
        site.settings(GOOD_TOKEN).with("project", "7", backend::settings::Origin::Default);
    let tracker = connect("gitlab", &settings, generous()).await.unwrap();
    let made = tracker.create_work_item(&titled("By number")).await.unwrap();
    assert_eq!(made.id.as_str(), "acme/shop#1");
    for id in ["1", "#1", "acme/shop#1"] {
        assert_eq!(tracker.get_work_item(&WorkItemId::new(id)).await.unwrap(), made, "{id}");
    }
    let hidden = settings.with("project", "10", backend::settings::Origin::Default);
    let tracker = connect("gitlab", &hidden, generous()).await.unwrap();
    let error = tracker.create_work_item(&titled("Nowhere")).await.unwrap_err();
    tells(&error, ErrorKind::NotFound, &["Project Not Found", "GITLAB_PROJECT", "no member"]);
}

/// References in commits are named by the page of their repository, and that is below the server's path.
#[tokio::test]
async fn the_path_of_the_server_is_no_group() {
    let site = site(Edition::Free);
    let tracker = tracker(&site, GOOD_TOKEN).await;
    let made = tracker.create_work_item(&titled("Below a path")).await.unwrap();
    let page = tracker.metadata().home.clone().unwrap();
    assert_eq!(page.path(), "/git/acme/shop");
    let linked = WorkItemId::new("git/acme/shop#1");
    assert_eq!(tracker.get_work_item(&linked).await.unwrap().id, made.id);
}

#[tokio::test]
async fn an_issue_is_made_in_every_state() {
    let site = site(Edition::Premium);
    let tracker = tracker(&site, GOOD_TOKEN).await;
    for status in Status::ALL {
        let draft = Draft { status: Some(*status), ..titled("Made there") };
        let made = tracker.create_work_item(&draft).await.unwrap();
        assert_eq!((made.status, made.closed_at.is_some()), (*status, status.is_closed()));
        assert_eq!(made.labels, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_status_that_waits_already_is_not_an_error() {
    use backend::code_host::{CommitState, CommitStatus};
    let site = site(Edition::Premium);
    let host = connect_code_host("gitlab", &site.settings(GOOD_TOKEN), generous()).await.unwrap();
    let page = site.facts().pull_request.unwrap().page;
    let sha = host.get_pull_request(&page).await.unwrap().head_sha;
    for description in ["Looking.", "Still looking."] {
        let status = CommitStatus {
            context: "links".to_owned(),
            state: CommitState::Pending,
            description: description.to_owned(),
            target_url: None,
        };
        host.set_status(&page, &sha, &status).await.unwrap();
    }
}
