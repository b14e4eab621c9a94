//! What github.com answered, and what it delivered.

use super::super::shared;
use ::conformance::{
    fake::{Handler, Request, Response, Server},
    sign,
    subject::{connect, connect_code_host, generous},
};
use backend::{
    ErrorKind,
    code_host::{CommitState, CommitStatus},
    model::{Draft, Priority, Query, Status, WorkItemId},
    settings::{Origin, Settings},
    webhook::{Delivery, EventKind},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

const SECRET: &str = "It's a Secret to Everybody";

/// Recorded exchanges; what is asked otherwise is not there.
struct Replay(Vec<Value>);

impl Handler for Replay {
    fn handle(&self, request: &Request) -> Response {
        let mut query: Vec<_> = request.query.clone();
        // The recordings ask for small pages, and this product for large ones.
        query.retain(|(name, _)| name == "page");
        let recorded = self.0.iter().find(|exchange| {
            let (path, asked) = split(exchange["path"].as_str().unwrap_or_default());
            exchange["method"] == request.method.to_lowercase().as_str()
                && path == request.path
                && asked == query
        });
        let Some(exchange) = recorded else {
            return Response::json(404, &json!({"message": "Not Found"}));
        };
        let host = request.header("host").unwrap_or_default();
        let status = exchange["status"].as_u64().and_then(|status| status.try_into().ok());
        let response = Response::json(status.unwrap_or(500), &exchange["response"]);
        match exchange["headers"]["link"].as_str() {
            Some(link) => response.with_header(
                "Link",
                link.replace("https://api.github.com", &format!("http://{host}")),
            ),
            None => response,
        }
    }
}

/// Path, and the page that is asked for.
fn split(path: &str) -> (&str, Vec<(String, String)>) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    (path, pairs.filter(|(name, _)| name == "page").collect())
}

/// A server that replays a scenario, and the settings for its repository.
fn scenario(shared: &Path, name: &str) -> (Server, Settings) {
    let folder = shared.join("vendor/fixtures/octokit-fixtures/scenarios/api.github.com");
    let text = fs::read(folder.join(name).join("normalized-fixture.json")).unwrap();
    let server = Server::start(Arc::new(Replay(serde_json::from_slice(&text).unwrap()))).unwrap();
    let settings = Settings::new("github")
        .with("api_endpoint", server.url().as_str(), Origin::Default)
        .with("api_key", "token-0123456789", Origin::Default)
        .with("project", format!("octokit-fixture-org/{name}"), Origin::Default)
        .with("webhook_secret", SECRET, Origin::Default);
    (server, settings)
}

#[tokio::test]
async fn recorded_pages_are_all_read() {
    let Some(shared) = shared() else { return };
    let (server, settings) = scenario(&shared, "paginate-issues");
    let tracker = connect("github", &settings, generous()).await.unwrap();
    let found = tracker.search_work_items(&Query::default()).await.unwrap();
    let titles: Vec<_> = found.items.iter().map(|item| item.title.as_str()).collect();
    let expected: Vec<_> = (1..=13).rev().map(|number| format!("Test issue {number}")).collect();
    assert_eq!((titles, found.complete), (expected.iter().map(String::as_str).collect(), true));
    assert_eq!(found.items[0].id.as_str(), "octokit-fixture-org/paginate-issues#13");
    assert_eq!(found.items[0].status, Status::Todo);
    let addresses = server.count("GET", "/repositories/1000/issues");
    assert_eq!(addresses, 4, "the other pages are read by the addresses that GitHub gave");
}

#[tokio::test]
async fn a_recorded_search_is_read() {
    let Some(shared) = shared() else { return };
    let (_server, settings) = scenario(&shared, "search-issues");
    let tracker = connect("github", &settings, generous()).await.unwrap();
    let query = Query { text: Some("sesame".to_owned()), ..Query::default() };
    let found = tracker.search_work_items(&query).await.unwrap();
    let read: Vec<_> =
        found.items.iter().map(|item| (item.id.as_str(), item.title.as_str())).collect();
    assert_eq!(
        read,
        [
            ("octokit-fixture-org/search-issues#2", "Sesame seeds split without a pop!"),
            ("octokit-fixture-org/search-issues#1", "The doors don\u{2019}t open"),
        ]
    );
    assert!(found.complete && found.items[0].description.as_str().ends_with('\u{1f62d}'));
}

#[tokio::test]
async fn a_recorded_creation_is_read_and_what_it_left_out_is_noticed() {
    let Some(shared) = shared() else { return };
    let (_server, settings) = scenario(&shared, "add-labels-to-issue");
    let tracker = connect("github", &settings, generous()).await.unwrap();
    let draft = Draft { title: "Issue without a label".to_owned(), ..Draft::default() };
    let made = tracker.create_work_item(&draft).await.unwrap();
    assert_eq!((made.title.as_str(), made.status), ("Issue without a label", Status::Todo));
    assert_eq!(made.created_at.to_string(), "2017-10-10T16:00:00Z");
    assert!(made.labels.is_empty() && made.assignee.is_none() && made.description.is_empty());
    let labelled = Draft { priority: Some(Priority::High), ..draft };
    let error = tracker.create_work_item(&labelled).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
    assert!(error.message.contains("the labels of"), "{error}");
}

/// The newest status of a context is read, and only another one is sent.
#[tokio::test]
async fn recorded_statuses_are_read() {
    let Some(shared) = shared() else { return };
    let (server, settings) = scenario(&shared, "create-status");
    let host = connect_code_host("github", &settings, generous()).await.unwrap();
    let page = server.url().join("octokit-fixture-org/create-status/pull/1").unwrap();
    let sha = "0000000000000000000000000000000000000001";
    let status = |state, description: &str| CommitStatus {
        context: "example/2".to_owned(),
        state,
        description: description.to_owned(),
        target_url: Some("https://example.com".parse().unwrap()),
    };
    let same = status(CommitState::Success, "create-status success test");
    host.set_status(&page, sha, &same).await.unwrap();
    assert_eq!(server.count("POST", sha), 0, "it was there");
    host.set_status(&page, sha, &status(CommitState::Failure, "no")).await.unwrap();
    assert_eq!(server.count("POST", sha), 1);
}

/// A refusal that was recorded for labels has the form of all refusals.
#[tokio::test]
async fn a_recorded_refusal_is_explained() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("vendor/fixtures/octokit-fixtures/scenarios/api.github.com/errors");
    let text = fs::read(folder.join("normalized-fixture.json")).unwrap();
    let mut exchanges: Vec<Value> = serde_json::from_slice(&text).unwrap();
    exchanges[0]["path"] = json!("/repos/octokit-fixture-org/errors/issues");
    let server = Server::start(Arc::new(Replay(exchanges))).unwrap();
    let (_, settings) = scenario(&shared, "errors");
    let settings = settings.with("api_endpoint", server.url().as_str(), Origin::Default);
    let tracker = connect("github", &settings, generous()).await.unwrap();
    let draft = Draft { title: "A".to_owned(), ..Draft::default() };
    let error = tracker.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.ends_with("422 Unprocessable Entity: color: is not valid"), "{error}");
}

/// Everything that GitHub was seen to deliver is understood, as an issue's event or as none.
#[tokio::test]
async fn recorded_deliveries_are_understood() {
    let Some(shared) = shared() else { return };
    let index = shared.join("vendor/fixtures/octokit-webhooks-examples/api.github.com/index.json");
    let events: Vec<Value> = serde_json::from_slice(&fs::read(index).unwrap()).unwrap();
    let (_server, settings) = scenario(&shared, "errors");
    let tracker = connect("github", &settings, generous()).await.unwrap();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for event in &events {
        for example in event["examples"].as_array().unwrap() {
            let name = event["name"].as_str().unwrap();
            let read = tracker.webhook_handler(&deliver(name, example)).await.unwrap();
            let issue = matches!(name, "issues" | "issue_comment")
                && example["issue"]["pull_request"].is_null();
            assert_eq!(read.item, issue.then(|| named(example)), "{name}");
            assert_eq!(read.kind, kind(name, example), "{name} {}", example["action"]);
            *counted.entry(name).or_default() += 1;
        }
    }
    assert_eq!((counted["issues"], counted["push"], counted["ping"]), (29, 7, 4));
}

fn deliver(name: &str, example: &Value) -> Delivery {
    let body = example.to_string();
    let signature = format!("sha256={}", sign::hmac_sha256(SECRET, body.as_bytes()));
    let headers = [("X-GitHub-Event", name), ("X-Hub-Signature-256", &signature)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Delivery { headers, body: body.into_bytes(), received_at: jiff::Timestamp::UNIX_EPOCH }
}

fn named(example: &Value) -> WorkItemId {
    let repository = example["repository"]["full_name"].as_str().unwrap();
    WorkItemId::new(format!("{repository}#{}", example["issue"]["number"]))
}

fn kind(name: &str, example: &Value) -> EventKind {
    let about_pull = !example["issue"]["pull_request"].is_null();
    match (name, example["action"].as_str().unwrap_or_default()) {
        ("issues", _) if about_pull => EventKind::PullRequest,
        ("issues", "opened") => EventKind::Created,
        ("issues", "deleted" | "transferred") => EventKind::Deleted,
        ("issues", _) => EventKind::Updated,
        ("issue_comment", _) => EventKind::Commented,
        ("push", _) => EventKind::Pushed,
        ("pull_request" | "pull_request_review" | "pull_request_review_comment", _) => {
            EventKind::PullRequest
        }
        _ => EventKind::Other,
    }
}
