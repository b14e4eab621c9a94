//! What Azure DevOps alone has: artifacts of repositories, relations by number, processes that differ.

use ::conformance::{
    fake::{
        Handler as _, Request, Server,
        azure_devops::{Deployment, GOOD_TOKEN, KNOWN_SHA, Tenant, WEAK_TOKEN},
        faults::{Fault, Rule},
        store::{self, WebLink},
    },
    subject::{Site as _, Subject as _, connect, generous},
};
use acceptance::{Process, TestRepository};
use backend::{
    ErrorKind, Tracker,
    model::{Change, Commit, Draft, Kind, Query, Status, WorkItemId},
    settings::{Origin, Settings},
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use url::Url;

fn tenant() -> Tenant {
    Tenant::new(Deployment::Services).unwrap()
}

async fn tracker(settings: &Settings) -> Box<dyn Tracker> {
    connect("azure-devops", settings, generous()).await.unwrap()
}

async fn item(tracker: &dyn Tracker) -> WorkItemId {
    let draft = Draft { title: "To be linked".to_owned(), ..Draft::default() };
    tracker.create_work_item(&draft).await.unwrap().id
}

fn commit(url: Url) -> Commit {
    Commit {
        sha: KNOWN_SHA.to_owned(),
        message: "Fix the till".to_owned(),
        url,
        repository: "SHOP/shop".to_owned(),
        author: "Robin".to_owned(),
        committed_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// The relations of an item, as they are stored.
fn relations(tenant: &Tenant, id: &WorkItemId) -> Vec<Value> {
    let store = tenant.store();
    let item = store.find(|item| item.serial.to_string() == id.as_str()).unwrap();
    item.links.iter().map(|link| link.body.clone()).collect()
}

fn add_by_hand(tenant: &Tenant, id: &WorkItemId, body: Value) {
    let mut store = tenant.store();
    let link = WebLink { serial: store.next_serial(), key: None, body };
    let item = store.find_mut(|item| item.serial.to_string() == id.as_str()).unwrap();
    item.links.push(link);
}

#[tokio::test]
async fn a_commit_of_azure_repos_is_an_artifact_and_one_that_is_not_there_is_refused() {
    let tenant = tenant();
    let tracker = tracker(&tenant.settings(GOOD_TOKEN)).await;
    let id = item(&*tracker).await;
    let known = tenant.page(&format!("SHOP/_git/shop/commit/{KNOWN_SHA}"));
    let link = tracker.link_to_commit(&id, &commit(known.clone())).await.unwrap();
    assert_eq!((link.url, link.existed), (known, false));
    let stored = relations(&tenant, &id);
    assert_eq!(stored[0]["rel"], "ArtifactLink");
    assert_eq!(stored[0]["attributes"]["name"], "Fixed in Commit");
    let url = stored[0]["url"].as_str().unwrap();
    assert!(url.starts_with("vstfs:///Git/Commit/") && url.ends_with(KNOWN_SHA), "{url}");

    for (page, says) in [
        (
            format!("SHOP/_git/shop/commit/{}", "b".repeat(40)),
            "find the commit bbbbbbbbbbbb in SHOP/shop",
        ),
        (format!("SHOP/_git/nowhere/commit/{KNOWN_SHA}"), "find the repository SHOP/nowhere"),
    ] {
        let error = tracker.link_to_commit(&id, &commit(tenant.page(&page))).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert!(error.message.starts_with(says), "{error}");
        assert!(error.hint().contains("push it first"), "{}", error.hint());
    }
    assert_eq!(relations(&tenant, &id).len(), 1);
}

#[tokio::test]
async fn the_items_of_a_page_are_those_that_we_linked_and_not_every_page_can_be_asked_about() {
    let tenant = tenant();
    let tracker = tracker(&tenant.settings(GOOD_TOKEN)).await;
    let (ours, theirs) = (item(&*tracker).await, item(&*tracker).await);
    let page = tenant.page(&format!("SHOP/_git/shop/commit/{KNOWN_SHA}"));
    let told = async |page: Url| tracker.items_linked_to(&page).await.unwrap();
    assert_eq!(told(page.clone()).await, Some(vec![]));
    tracker.link_to_commit(&ours, &commit(page.clone())).await.unwrap();
    let mut body = relations(&tenant, &ours).remove(0);
    body["attributes"] = json!({"name": "Fixed in Commit", "comment": "by hand"});
    add_by_hand(&tenant, &theirs, body);
    assert_eq!(told(page.clone()).await, Some(vec![ours]));
    let elsewhere = "https://github.com/acme/shop/pull/1".parse().unwrap();
    let nowhere = tenant.page(&format!("SHOP/_git/nowhere/commit/{KNOWN_SHA}"));
    for page in [elsewhere, nowhere] {
        assert_eq!(told(page.clone()).await, None, "{page}");
    }
    tenant.server().inject(Rule::new(Fault::Refuse(400, None)).on("POST", "/artifacturiquery"));
    assert_eq!(told(page.clone()).await, None, "a server that cannot be asked");
    tenant.server().inject(Rule::new(Fault::Refuse(401, None)).on("POST", "/artifacturiquery"));
    let error = tracker.items_linked_to(&page).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth);
}

#[tokio::test]
async fn a_link_is_the_same_to_the_run_after_by_whichever_name_it_is_told() {
    let tenant = tenant();
    let tracker = tracker(&tenant.settings(GOOD_TOKEN)).await;
    let made = item(&*tracker).await;
    // The one that the site's pull request says it fixes.
    let is_it = |item: &store::Item| item.serial.to_string() == made.as_str();
    tenant.store().find_mut(is_it).unwrap().serial = 1;
    let page = tenant.facts().pull_request.unwrap().page;
    let folder = tempfile::tempdir().unwrap();
    let run = || {
        Process::new("link-pr", folder.path())
            .args(["--json", "--pull-request", page.as_str()])
            .env("AZURE_DEVOPS_ORG_URL", tenant.page("").as_str())
            .env("AZURE_DEVOPS_PAT", GOOD_TOKEN)
            .env("AZURE_DEVOPS_PROJECT", "SHOP")
            .run()
            .expect_code(0)
            .json()
    };
    for existed in [false, true, true] {
        let document = run();
        assert_eq!(document["links"][0]["existed"], existed, "{document:#}");
        assert_eq!(document["withdrawn"], json!([]), "{document:#}");
        assert_eq!(relations(&tenant, &WorkItemId::new("1")).len(), 1);
    }
}

#[tokio::test]
async fn pages_at_github_are_artifacts_where_the_organisation_is_connected() {
    let tenant = tenant();
    let tracker = tracker(&tenant.settings(GOOD_TOKEN)).await;
    let id = item(&*tracker).await;
    for (page, rel) in [
        ("https://github.com/acme/connected/commit/", "ArtifactLink"),
        ("https://github.com/acme/other/commit/", "Hyperlink"),
    ] {
        let url: Url = format!("{page}{KNOWN_SHA}").parse().unwrap();
        for existed in [false, true] {
            let link = tracker.link_to_commit(&id, &commit(url.clone())).await.unwrap();
            assert_eq!(link.existed, existed, "{url}");
        }
        assert_eq!(relations(&tenant, &id).pop().unwrap()["rel"], rel);
    }
    let listed: Vec<_> = tracker.list_links(&id).await.unwrap();
    assert!(listed[0].url.as_str().starts_with("https://github.com/acme/connected/"));
    assert_eq!(
        tenant.server().count("POST", "/dataProviders/query"),
        2,
        "once for each repository"
    );
}

/// Somebody puts the item below another one between our reading and our removing: the numbers shift, and the revision
/// does not tell.
#[tokio::test]
async fn a_relation_that_took_the_number_is_not_lost() {
    let tenant = Arc::new(tenant());
    let pending = Arc::new(AtomicBool::new(true));
    let (behind, once) = (Arc::clone(&tenant), Arc::clone(&pending));
    let server = Server::start(Arc::new(move |request: &Request| {
        let removes = String::from_utf8_lossy(&request.body).contains("\"remove\"");
        if removes && once.swap(false, Ordering::Relaxed) {
            let mut store = behind.store();
            let parent = store.items[0].serial;
            let body = json!({"rel": "System.LinkTypes.Hierarchy-Reverse", "item": parent});
            let link = WebLink { serial: store.next_serial(), key: None, body };
            store.items.last_mut().unwrap().links.insert(0, link);
        }
        behind.azure().handle(request)
    }))
    .unwrap();
    let endpoint = format!("{}acme", server.url());
    let settings = tenant.settings(GOOD_TOKEN).with("api_endpoint", endpoint, Origin::Default);
    let tracker = tracker(&settings).await;
    let id = item(&*tracker).await;
    ::conformance::subject::Subject::link_by_hand(&*tenant, &id);
    let url: Url = "https://git.example.com/acme/shop/commit/1".parse().unwrap();
    let link = tracker.link_to_commit(&id, &commit(url)).await.unwrap();
    tracker.unlink(&link).await.unwrap();
    assert!(!pending.load(Ordering::Relaxed), "nobody interfered");
    let left = relations(&tenant, &id);
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.iter().any(|it| it["url"] == "https://wiki.example.com/page"), "{left:?}");
    assert!(tracker.list_links(&id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_conflict_is_decided_anew() {
    let tenant = tenant();
    let tracker = tracker(&tenant.settings(GOOD_TOKEN)).await;
    let id = item(&*tracker).await;
    let change = Change { title: Some("B".to_owned()), ..Change::default() };
    let conflict = || Rule::new(Fault::Refuse(412, None)).on("PATCH", "/_apis/wit/workitems/");
    tenant.server().inject(conflict().times(1));
    assert_eq!(tracker.update_work_item(&id, &change).await.unwrap().title, "B");
    tenant.server().inject(conflict().times(3));
    let url: Url = "https://git.example.com/acme/shop/commit/1".parse().unwrap();
    assert!(!tracker.link_to_commit(&id, &commit(url)).await.unwrap().existed);
    assert_eq!(relations(&tenant, &id).len(), 1);
}

#[tokio::test]
async fn errors_name_what_there_is_and_what_to_set() {
    let tenant = tenant();
    let tracker = tracker(&tenant.settings(GOOD_TOKEN)).await;
    let draft = |kind, points| Draft {
        title: "A".to_owned(),
        kind,
        story_points: points,
        ..Draft::default()
    };
    let error = tracker.create_work_item(&draft(Kind::Task, Some(3.0))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    let says = "set Microsoft.VSTS.Scheduling.StoryPoints, which the type Task does not have";
    assert!(error.message.starts_with(says), "{error}");
    assert!(error.hint().contains("custom_settings.story_points_field"), "{}", error.hint());

    let semicolon = Draft { labels: vec!["a;b".to_owned()], ..draft(Kind::Task, None) };
    let error = tracker.create_work_item(&semicolon).await.unwrap_err();
    assert!(error.message.contains("cannot hold a semicolon"), "{error}");

    let bug = tracker.create_work_item(&draft(Kind::Bug, None)).await.unwrap();
    let blocked = Change { status: Some(Status::Blocked), ..Change::default() };
    let error = tracker.update_work_item(&bug.id, &blocked).await.unwrap_err();
    assert_eq!(
        error.message,
        "a Bug has no state for blocked; it has New (todo), Active (in_progress), Resolved (in_review), Closed (done)"
    );
    assert!(error.hint().contains("status_mapping.blocked"), "{}", error.hint());
}

#[tokio::test]
async fn settings_that_lead_nowhere_are_named() {
    let tenant = tenant();
    let good = tenant.settings(GOOD_TOKEN);
    let nowhere = good.clone().with("project", "Nowhere", Origin::Default);
    let nowhere = tracker(&nowhere).await;
    let draft = Draft { title: "A".to_owned(), ..Draft::default() };
    for error in [
        nowhere.create_work_item(&draft).await.unwrap_err(),
        nowhere.search_work_items(&Query::default()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert!(error.message.contains("TF200016"), "{error}");
        assert!(error.hint().contains("AZURE_DEVOPS_PROJECT"), "{}", error.hint());
    }
    let endpoint = format!("{}another", tenant.server().url());
    let strange = tracker(&good.with("api_endpoint", endpoint, Origin::Default)).await;
    let error = strange.authenticate().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Config);
    assert!(error.hint().contains("AZURE_DEVOPS_ORG_URL"), "{}", error.hint());
    let types = json!({"work_item_types": {"task": "Chore"}}).as_object().unwrap().clone();
    let strange = tracker(&tenant.settings(GOOD_TOKEN).with_custom(types)).await;
    let error = strange.create_work_item(&draft).await.unwrap_err();
    assert!(
        error.message.contains("no work item type called Chore; it has Task, User Story"),
        "{error}"
    );
    let weak = tracker(&tenant.settings(WEAK_TOKEN)).await;
    let error = weak.create_work_item(&draft).await.unwrap_err();
    assert!(error.hint().contains("Work Items (Read & write)"), "{}", error.hint());
}

#[tokio::test]
async fn a_native_query_may_be_a_condition_and_keeps_its_order() {
    let tenant = tenant();
    let tracker = tracker(&tenant.settings(GOOD_TOKEN)).await;
    let (first, second) = (item(&*tracker).await, item(&*tracker).await);
    let ids = async |native: &str| {
        let query = Query { native: Some(native.to_owned()), limit: 3, ..Query::default() };
        let found = tracker.search_work_items(&query).await.unwrap();
        found.items.into_iter().map(|item| item.id).collect::<Vec<_>>()
    };
    let named = "[System.Title] = 'To be linked'";
    assert_eq!(ids(named).await, [second.clone(), first.clone()]);
    let ordered = format!("SELECT [System.Id] FROM WorkItems WHERE {named} ORDER BY [System.Id]");
    assert_eq!(ids(&ordered).await, [first, second]);
    let query = Query { native: Some("[System.Title] == 'x'".to_owned()), ..Query::default() };
    let error = tracker.search_work_items(&query).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("TF51006"), "{error}");
    assert_eq!(error.hint(), "read what Azure DevOps says and correct the query");
}

/// From `AB#12` in a commit to a relation of item 12, with real processes; and a second time without a second relation.
#[test]
fn a_commit_that_names_an_item_of_azure_boards_is_linked() {
    let tenant = tenant();
    let repository = TestRepository::new();
    let run = |program: &'static str, args: &[&str]| {
        Process::new(program, repository.path())
            .env("AZURE_DEVOPS_ORG_URL", tenant.page("").as_str())
            .env("AZURE_DEVOPS_PROJECT", "SHOP")
            .env("SYSTEM_ACCESSTOKEN", GOOD_TOKEN)
            .args(args)
            .args(["--platform", "azure-devops", "--json"])
            .run()
            .expect_code(0)
            .json()
    };
    let made = run("work-item", &["create", "--title", "Pay by invoice"]);
    let id = made["item"]["id"].as_str().unwrap().to_owned();
    repository.commit(&format!("feat: add invoices\n\nFixes AB#{id}\n"));
    for existed in [false, true] {
        let told = run("link-commit", &[]);
        assert_eq!(told["links"][0]["item"], id.as_str(), "{told}");
        assert_eq!(told["links"][0]["existed"], existed, "{told}");
    }
    assert_eq!(relations(&tenant, &WorkItemId::new(&*id)).len(), 1);
    // A plain number is Azure Boards' in code of its own organisation, and the code host's anywhere else.
    repository.commit(&format!("Merged PR 3: add\n\nRelated work items: #{id}\n"));
    let own = tenant.page("SHOP/_git/shop");
    let told = run("link-commit", &["--dry-run", "--repository-url", own.as_str()]);
    assert_eq!(told["links"][0]["item"], id.as_str(), "{told}");
    let told = run("link-commit", &["--repository-url", "https://github.com/acme/shop"]);
    assert_eq!(
        (&told["links"], &told["skipped"][0]["reference"]),
        (&json!([]), &json!(format!("#{id}")))
    );
    repository.commit(&format!("Fixes https://dev.azure.com/other/x/_workitems/edit/{id}"));
    let told = run("link-commit", &["--repository-url", own.as_str()]);
    assert_eq!(told["links"], json!([]), "another organisation's: {told}");
    let bearer = tenant.server().exchanges().into_iter().all(|it| {
        it.request.header("authorization").is_some_and(|value| value.starts_with("Bearer "))
    });
    assert!(bearer, "a pipeline's token is a bearer's");
}
