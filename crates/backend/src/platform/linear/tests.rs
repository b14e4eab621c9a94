//! Behaviour that only shows over several requests.

mod labels;
mod script;

use super::{document, name};
use crate::{
    error::ErrorKind,
    model::{
        Attachment, Change, Commit, Draft, Kind, Priority, PullRequest, PullRequestState, Query,
        Status, WorkItemId,
    },
    text::Markdown,
    tracker::Tracker,
};
use script::{Answer, data, documents, refusal, scripted};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn id() -> WorkItemId {
    WorkItemId::new("ENG-1")
}

fn commit(subject: &str) -> Commit {
    Commit {
        sha: "0123456789abcdef".to_owned(),
        message: subject.to_owned(),
        url: "https://git.acme.example/shop/commit/0123456789abcdef".parse().unwrap(),
        repository: "acme/shop".to_owned(),
        author: "Robin".to_owned(),
        committed_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn issue() -> Value {
    json!({
        "id": "9cfb482a-81e3-4154-b5b9-2c805e70a02d", "identifier": "ENG-1", "title": "A",
        "url": "https://linear.app/acme/issue/ENG-1/a", "description": null, "priority": 0.0,
        "estimate": null, "trashed": null, "dueDate": null, "completedAt": null, "canceledAt": null,
        "createdAt": "2026-01-05T09:15:00.000Z", "updatedAt": "2026-01-05T09:15:00.000Z",
        "team": {"id": "t", "key": "ENG"}, "state": {"name": "Todo", "type": "unstarted"},
        "assignee": null, "parent": null, "cycle": null, "project": null,
        "labels": {"nodes": [{"id": "l", "name": "shop"}], "pageInfo": {"hasNextPage": false, "endCursor": null}},
    })
}

fn page(nodes: &Value, next: Option<&str>) -> Value {
    json!({"nodes": nodes, "pageInfo": {"hasNextPage": next.is_some(), "endCursor": next}})
}

/// What any Linear answers, under the part of a script that matters.
fn usual(operation: &str) -> Answer {
    data(&match operation {
        "WhoAmI" => json!({"viewer": {"id": "u", "name": "Robot", "email": "robot@acme.example"}}),
        "TeamByKey" => json!({"teams": {"nodes": [{"id": "t", "key": "ENG", "name": "Engineering",
            "issueEstimationType": "linear", "parent": null,
            "states": {"nodes": [
                {"id": "s2", "name": "Review", "type": "started", "position": 2.0},
                {"id": "s1", "name": "Doing", "type": "started", "position": 1.0},
                {"id": "s3", "name": "Done", "type": "completed", "position": 3.0}]}}]}}),
        "AllTeamKeys" => json!({"teams": page(&json!([{"key": "OPS"}, {"key": "WEB"}]), None)}),
        "ReadIssue" | "FindIssue" => json!({"issue": issue()}),
        "SearchIssues" => json!({"issues": page(&json!([issue()]), None)}),
        "CreateIssue" | "UpdateIssue" => json!({"done": {"success": true, "issue": issue()}}),
        "FindLabels" => json!({"issueLabels": page(&json!([]), None)}),
        "AddLabel" => json!({"done": {"success": true, "issueLabel": {"id": "n"}}}),
        "FindUsers" => {
            json!({"users": {"nodes": [{"id": "u", "name": "Alex", "displayName": "alex",
            "email": "alex@acme.example", "active": true}]}})
        }
        "ListPages" => {
            json!({"issue": {"identifier": "ENG-1", "trashed": null, "attachments": page(&json!([]), None)}})
        }
        "PrepareUpload" => json!({"done": {"success": true, "uploadFile": {
            "uploadUrl": "http://127.0.0.1/storage?signature=x", "assetUrl": "https://uploads.linear.app/1",
            "headers": []}}}),
        "FindComment" => json!({"comment": {"id": "c"}}),
        "AddComment" | "LinkPage" | "UnlinkPage" => json!({"done": {"success": true}}),
        _ => json!({}),
    })
}

fn titled(title: &str) -> Draft {
    Draft { title: title.to_owned(), ..Draft::default() }
}

fn draft(text: &str) -> Draft {
    Draft {
        description: Markdown::from_template(text),
        kind: Kind::Bug,
        status: Some(Status::Done),
        priority: Some(Priority::High),
        labels: vec![text.to_owned()],
        parent_id: Some(id()),
        story_points: Some(3.0),
        ..titled(text)
    }
}

fn change(text: &str) -> Change {
    Change {
        title: Some(text.to_owned()),
        comment: Some(Markdown::from_template(text)),
        add_labels: vec![text.to_owned()],
        assignee: Some("alex".to_owned()),
        ..Change::default()
    }
}

fn query(text: &str) -> Query {
    Query {
        text: Some(text.to_owned()),
        labels: vec![text.to_owned()],
        native: Some(json!({"title": {"eq": text}}).to_string()),
        ..Query::default()
    }
}

fn pull_request(text: &str) -> PullRequest {
    let (repository, title) = (text.to_owned(), text.to_owned());
    PullRequest {
        url: commit("").url,
        number: 7,
        repository,
        title,
        state: PullRequestState::Merged,
    }
}

/// Gives a text to everything that takes one.
async fn everything(tracker: &dyn Tracker, text: &str) {
    let content = text.as_bytes().to_vec();
    let file = Attachment { name: text.to_owned(), media_type: text.to_owned(), content };
    let assigned = Draft { assignee: Some(text.to_owned()), ..draft(text) };
    tracker.authenticate().await.unwrap();
    assert!(tracker.create_work_item(&assigned).await.is_err(), "nobody is called so");
    tracker.create_work_item(&draft(text)).await.unwrap();
    tracker.update_work_item(&id(), &change(text)).await.unwrap();
    assert!(tracker.get_work_item(&WorkItemId::new(text)).await.is_err(), "no id looks so");
    tracker.search_work_items(&query(text)).await.unwrap();
    let link = tracker.link_to_commit(&id(), &commit(text)).await.unwrap();
    tracker.link_to_pull_request(&id(), &pull_request(text)).await.unwrap();
    tracker.list_links(&id()).await.unwrap();
    tracker.unlink(&link).await.unwrap();
    tracker.attach_file(&id(), &file).await.unwrap();
}

/// Texts that would end a string, a selection or a document.
const TEXTS: [&str; 5] = [
    "plain",
    "\"}) { viewer { id } } #",
    "$id } } mutation X { a",
    "\\\" ... on Issue { id }",
    "ü🚀",
];

#[tokio::test]
async fn whatever_is_asked_the_documents_are_the_same() {
    let known: BTreeSet<String> = document::ALL.iter().map(document::Document::text).collect();
    let mut sent = BTreeSet::new();
    for text in TEXTS {
        let (tracker, linear) = scripted(|operation, _| usual(operation));
        everything(&*tracker, text).await;
        let queries: BTreeSet<String> = documents(&linear).collect();
        let foreign: Vec<_> = queries.difference(&known).collect();
        assert!(foreign.is_empty(), "{text} made {foreign:?}");
        sent.extend(queries);
    }
    assert!(sent.len() >= 13, "only {} of {} documents were sent", sent.len(), known.len());
    let names: Vec<_> = document::ALL.iter().map(|document| document.name).collect();
    for one in &names {
        let longer = names.iter().filter(|other| other.starts_with(one)).count();
        assert_eq!(longer, 1, "{one} begins another name");
    }
}

#[tokio::test]
async fn a_lost_create_is_found_by_its_id() {
    let (tracker, linear) = scripted(|operation, _| match operation {
        "CreateIssue" => Answer::Lost,
        _ => usual(operation),
    });
    let made = tracker.create_work_item(&titled("A")).await.unwrap();
    assert_eq!(made.id, id());
    assert_eq!(linear.sent(), ["TeamByKey", "CreateIssue", "ReadIssue"]);
    let chosen = linear.bodies("CreateIssue")[0]["variables"]["input"]["id"].clone();
    assert_eq!(linear.bodies("ReadIssue")[0]["variables"]["id"], chosen);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_left_nothing_behind_stays_ambiguous_and_is_not_sent_again() {
    let (tracker, linear) = scripted(|operation, _| match operation {
        "CreateIssue" => Answer::Lost,
        "ReadIssue" => refusal("INPUT_ERROR", "Entity not found: Issue"),
        _ => usual(operation),
    });
    let error = tracker.create_work_item(&titled("A")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Ambiguous, "{error}");
    assert_eq!(linear.bodies("CreateIssue").len(), 1);
    assert_eq!(linear.bodies("ReadIssue").len(), 3);
}

#[tokio::test]
async fn two_equal_items_that_were_both_asked_for_are_two() {
    let (tracker, linear) = scripted(|operation, _| usual(operation));
    for _ in 0..2 {
        tracker.create_work_item(&titled("A")).await.unwrap();
    }
    let bodies = linear.bodies("CreateIssue");
    assert_ne!(bodies[0]["variables"]["input"]["id"], bodies[1]["variables"]["input"]["id"]);
    assert_eq!(linear.bodies("TeamByKey").len(), 1, "the team is read once");
}

#[tokio::test]
async fn a_lost_comment_is_found_by_its_id() {
    let change = Change { comment: Some(Markdown::from_template("Hello")), ..Change::default() };
    let (tracker, linear) = scripted(|operation, _| match operation {
        "AddComment" => Answer::Lost,
        _ => usual(operation),
    });
    tracker.update_work_item(&id(), &change).await.unwrap();
    assert_eq!(linear.sent(), ["ReadIssue", "AddComment", "FindComment", "ReadIssue"]);
}

#[tokio::test]
async fn what_was_not_done_is_an_error_even_without_errors() {
    let (tracker, _) = scripted(|operation, _| match operation {
        "UpdateIssue" => data(&json!({"done": {"success": false, "issue": null}})),
        _ => usual(operation),
    });
    let change = Change { title: Some("B".to_owned()), ..Change::default() };
    let error = tracker.update_work_item(&id(), &change).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
}

#[tokio::test]
async fn nothing_to_change_writes_nothing() {
    let (tracker, linear) = scripted(|operation, _| usual(operation));
    let change = Change {
        title: Some("A".to_owned()),
        description: Some(Markdown::default()),
        status: Some(Status::Todo),
        add_labels: vec!["Shop".to_owned()],
        remove_labels: vec!["x".to_owned()],
        assignee: Some(String::new()),
        ..Change::default()
    };
    tracker.update_work_item(&id(), &change).await.unwrap();
    assert_eq!(linear.sent(), ["ReadIssue"]);
}

#[tokio::test]
async fn a_state_is_chosen_by_name_and_position() {
    let (tracker, linear) = scripted(|operation, _| usual(operation));
    for (status, state) in
        [(Status::InReview, "s2"), (Status::InProgress, "s1"), (Status::Done, "s3")]
    {
        let change = Change { status: Some(status), ..Change::default() };
        tracker.update_work_item(&id(), &change).await.unwrap();
        let bodies = linear.bodies("UpdateIssue");
        assert_eq!(bodies.last().unwrap()["variables"]["input"], json!({"stateId": state}));
    }
    let change = Change { status: Some(Status::Blocked), ..Change::default() };
    let error = tracker.update_work_item(&id(), &change).await.unwrap_err();
    assert_eq!(error.message, "team ENG has no state for blocked; it has Review, Doing, Done");
    assert!(error.hint().ends_with("custom_settings.status_mapping.blocked"), "{}", error.hint());
}

#[tokio::test]
async fn a_wrong_team_is_told_with_those_that_there_are() {
    let (tracker, _) = scripted(|operation, _| match operation {
        "TeamByKey" => data(&json!({"teams": {"nodes": []}})),
        _ => usual(operation),
    });
    let error = tracker.search_work_items(&Query::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.message.ends_with("sees OPS, WEB"), "{error}");
    assert!(error.hint().contains("LINEAR_TEAM"), "{}", error.hint());
}

#[tokio::test]
async fn a_refusal_does_not_read_like_a_success() {
    let (tracker, _) = scripted(|operation, _| match operation {
        "ReadIssue" => refusal("INPUT_ERROR", "Entity not found: Issue"),
        _ => usual(operation),
    });
    let error = tracker.get_work_item(&id()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert_eq!(error.message, "Linear answered: Entity not found: Issue");
}

#[tokio::test]
async fn what_is_in_the_trash_is_gone() {
    fn trashed() -> Value {
        let mut trashed = issue();
        trashed["trashed"] = json!(true);
        trashed
    }
    let (tracker, _) = scripted(|operation, _| match operation {
        "ReadIssue" => data(&json!({"issue": trashed()})),
        "SearchIssues" => data(&json!({"issues": page(&json!([trashed()]), None)})),
        _ => usual(operation),
    });
    let error = tracker.get_work_item(&id()).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NotFound, "ENG-1 was deleted"));
    assert_eq!(tracker.search_work_items(&Query::default()).await.unwrap().items, []);
}

#[tokio::test]
async fn a_search_that_goes_round_in_circles_ends() {
    let (tracker, linear) = scripted(|operation, _| match operation {
        "SearchIssues" => data(&json!({"issues": page(&json!([issue()]), Some("again"))})),
        _ => usual(operation),
    });
    let found = tracker.search_work_items(&Query::default()).await.unwrap();
    assert_eq!((found.items.len(), found.complete), (1, false));
    assert_eq!(linear.bodies("SearchIssues").len(), 4);
}

#[tokio::test]
async fn what_an_integration_attached_is_left_to_it() {
    let (tracker, linear) = scripted(|operation, _| match operation {
        "ListPages" => {
            let theirs = json!([{"id": "a", "url": commit("").url, "title": "#7 Theirs",
                "subtitle": null, "metadata": {"state": "open"}}]);
            let pages =
                json!({"identifier": "ENG-1", "trashed": null, "attachments": page(&theirs, None)});
            data(&json!({"issue": pages}))
        }
        _ => usual(operation),
    });
    let link = tracker.link_to_commit(&id(), &commit("Mine")).await.unwrap();
    assert!(link.existed);
    tracker.unlink(&link).await.unwrap();
    assert_eq!(tracker.list_links(&id()).await.unwrap(), []);
    assert_eq!(linear.sent(), ["ListPages"; 3], "nothing was written");
}

#[tokio::test]
async fn only_what_we_linked_and_nobody_threw_away_is_linked_to_a_page() {
    let (tracker, linear) = scripted(|operation, _| match operation {
        "ItemsOfPage" => {
            let linked = |name: &str, metadata: &Value, trashed: Option<bool>| {
                json!({"metadata": metadata,
                    "issue": {"id": "9cfb482a", "identifier": name, "trashed": trashed}})
            };
            let (ours, theirs) =
                (json!({"devopsIntegrations": "commit"}), json!({"state": "open"}));
            let pages = json!([
                linked("ENG-1", &ours, None),
                linked("ENG-2", &theirs, None),
                linked("OPS-3", &ours, Some(false)),
                linked("ENG-4", &ours, Some(true))
            ]);
            data(&json!({"attachmentsForURL": page(&pages, None)}))
        }
        _ => usual(operation),
    });
    let mut with_password = commit("").url;
    with_password.set_password(Some("pass")).unwrap();
    let told = tracker.items_linked_to(&with_password).await.unwrap();
    assert_eq!(told, Some(vec![id(), WorkItemId::new("OPS-3")]));
    assert_eq!(linear.bodies("ItemsOfPage")[0]["variables"]["url"], json!(commit("").url));
}

#[test]
fn ids_are_checked_before_any_request() {
    for (id, expected) in [
        ("ENG-12", Some("ENG-12")),
        (" eng-12 ", Some("ENG-12")),
        ("E-1", Some("E-1")),
        ("9CFB482A-81E3-4154-B5B9-2C805E70A02D", Some("9cfb482a-81e3-4154-b5b9-2c805e70a02d")),
        ("ENG-0", None),
        ("ENG-012", None),
        ("ENG-9999999999", None),
        ("12", None),
        ("ENG-1/../2", None),
        ("", None),
        ("\u{417}NG-1", None),
    ] {
        assert_eq!(name(&WorkItemId::new(id)).ok().as_deref(), expected, "{id}");
    }
}
