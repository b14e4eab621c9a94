//! What real Jiras answered.

use super::{super::shared, Replay};
use ::conformance::{
    fake::{
        Handler as _, Request, Server,
        jira::{Deployment, Tenant},
    },
    subject::{Site as _, connect, generous},
};
use backend::settings::Origin;
use backend::{
    ErrorKind, Tracker,
    model::{Change, Query, Status, WorkItemId},
};
use serde_json::{Value, json};
use std::{fs, path::Path, sync::Arc};

/// A tracker that gets these answers, and the server that gives them.
async fn tracker(
    deployment: Deployment,
    answers: Vec<(&'static str, &'static str, Vec<u8>)>,
    custom: Value,
) -> (Box<dyn Tracker>, Server) {
    let rest = Arc::new(Tenant::new(deployment).unwrap());
    let settings = rest.settings(::conformance::fake::jira::GOOD_TOKEN);
    rest.store().add("SHOP", "Task", "To Do");
    let rest = Arc::new(move |request: &Request| rest.jira().handle(request));
    let server = Server::start(Arc::new(Replay { answers, rest })).unwrap();
    let settings = settings.with("api_endpoint", server.url().as_str(), Origin::Default);
    let settings = settings.with_custom(custom.as_object().cloned().unwrap_or_default());
    (connect("jira", &settings, generous()).await.unwrap(), server)
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join("vendor/fixtures/go-jira/testing/mock-data").join(name)).unwrap()
}

#[tokio::test]
async fn a_recorded_issue_is_read_as_a_person_reads_it() {
    let Some(shared) = shared() else { return };
    let issues = read(&shared, "issues_in_sprint.json");
    let mut issues: Value = serde_json::from_slice(&issues).unwrap();
    issues["total"] = json!(1);
    let answers = vec![("POST", "/rest/api/2/search", issues.to_string().into_bytes())];
    let custom = json!({"story_points_field": "customfield_10105"});
    let (tracker, _server) = tracker(Deployment::DataCenter, answers, custom).await;
    let found = tracker.search_work_items(&Query::default()).await.unwrap();
    assert!(found.complete);
    let [item] = found.items.as_slice() else { panic!("there is one item, not {found:?}") };
    assert_eq!(item.id.as_str(), "AR-86");
    assert_eq!(item.native_status, "Ready");
    assert_eq!(item.status, Status::Todo);
    assert_eq!(item.assignee.as_deref(), Some("mister Morris"));
    assert_eq!(item.story_points, Some(13.0));
    assert_eq!(item.created_at.to_string(), "2015-12-02T15:39:15Z");
    assert_eq!(item.updated_at.to_string(), "2016-02-01T16:17:04Z");
    assert_eq!(item.closed_at, None, "a resolution alone does not close what is to be done");
}

#[tokio::test]
async fn recorded_links_of_others_are_not_ours() {
    let Some(shared) = shared() else { return };
    let answers = vec![("GET", "/issue/SHOP-1/remotelink", read(&shared, "remote_links.json"))];
    let (tracker, _server) = tracker(Deployment::DataCenter, answers, json!({})).await;
    let links = tracker.list_links(&WorkItemId::new("SHOP-1")).await.unwrap();
    assert_eq!(links, [], "links of other products");
}

/// The recorded workflow has category keys that no Jira has (`in-flight`, `completed`), so that nothing is known to
/// lead to work or to its end. What there is must be named, and nothing may be guessed.
#[tokio::test]
async fn recorded_transitions_are_named() {
    let Some(shared) = shared() else { return };
    let transitions = read(&shared, "transitions.json");
    let answers = vec![("GET", "/issue/SHOP-1/transitions", transitions)];
    let (tracker, server) = tracker(Deployment::DataCenter, answers, json!({})).await;
    let change = Change { status: Some(Status::Done), ..Change::default() };
    let error = tracker.update_work_item(&WorkItemId::new("SHOP-1"), &change).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("In Progress") && error.message.contains("Closed"), "{error}");
    assert_eq!(server.count("POST", "/transitions"), 0, "a guess was sent");
    let mapping = json!({"status_mapping": {"done": ["Closed"], "in_progress": ["In Progress"]}});
    for (status, id) in [(Status::InProgress, "2"), (Status::Done, "711")] {
        assert_eq!(chosen(&shared, status, mapping.clone()).await, id);
    }
}

/// The transition that is sent for a state under a configured mapping.
async fn chosen(shared: &Path, status: Status, mapping: Value) -> Value {
    let answers = vec![("GET", "/issue/SHOP-1/transitions", read(shared, "transitions.json"))];
    let (tracker, server) = tracker(Deployment::DataCenter, answers, mapping).await;
    let change = Change { status: Some(status), ..Change::default() };
    // The fake does not know the recorded transitions and refuses them; what was sent is what counts.
    let refused = tracker.update_work_item(&WorkItemId::new("SHOP-1"), &change).await;
    let sent = server.exchanges().into_iter().find(|exchange| {
        exchange.request.method == "POST" && exchange.request.path.ends_with("/transitions")
    });
    let body: Option<Value> = sent.and_then(|sent| sent.request.json());
    body.map_or_else(
        || panic!("nothing was sent: {refused:?}"),
        |body| body["transition"]["id"].clone(),
    )
}

#[tokio::test]
async fn recorded_fields_and_boards_are_no_estimates() {
    let Some(shared) = shared() else { return };
    let answers = vec![
        ("GET", "/field", read(&shared, "all_fields.json")),
        ("GET", "/configuration", read(&shared, "board_configuration.json")),
    ];
    let (tracker, _server) = tracker(Deployment::DataCenter, answers, json!({})).await;
    let item = tracker.get_work_item(&WorkItemId::new("SHOP-1")).await.unwrap();
    assert_eq!(item.story_points, None, "a site without a field for it has no estimates");
}

/// Issues of a real Jira Cloud project: every one is read, with the title and the state that it shows.
#[tokio::test]
async fn recorded_cloud_issues_are_all_read() {
    let Some(shared) = shared() else { return };
    let table = shared.join("vendor/velocity/devlake-jira/raw_tables/_raw_jira_api_issues.csv");
    let rows = rows(&fs::read_to_string(table).unwrap());
    let data = rows[0].iter().position(|name| name == "data").unwrap();
    let issues: Vec<Value> =
        rows[1..].iter().filter_map(|row| serde_json::from_str(row.get(data)?).ok()).collect();
    assert!(issues.len() > 20, "only {} issues were recorded", issues.len());
    for issue in &issues {
        let page = json!({"issues": [issue], "isLast": true}).to_string().into_bytes();
        let answers = vec![("POST", "/rest/api/3/search/jql", page)];
        let (tracker, _server) = tracker(Deployment::Cloud, answers, json!({})).await;
        let found = tracker.search_work_items(&Query::default()).await.unwrap();
        let item = &found.items[0];
        let fields = &issue["fields"];
        assert_eq!(item.id.as_str(), issue["key"]);
        assert_eq!(item.title, fields["summary"].as_str().unwrap_or_default());
        assert_eq!(item.native_status, fields["status"]["name"]);
        let done = fields["status"]["statusCategory"]["key"] == "done";
        assert_eq!(item.status.is_closed(), done, "{}", item.id);
        assert_eq!(item.assignee.as_deref(), fields["assignee"]["displayName"].as_str());
    }
}

/// The cells of a table: separated by commas, in quotes where they hold some, quotes doubled.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            _ => cell.push(c),
        }
    }
    row.push(cell);
    rows.push(row);
    rows
}
