//! What real GitLabs answered and delivered.

use super::{super::shared, Replay};
use ::conformance::{
    fake::{
        Handler as _, Request, Server,
        gitlab::{Edition, GOOD_TOKEN, Instance},
    },
    subject::{RECEIVED_AT, Site as _, Subject as _, connect, connect_code_host, generous},
};
use backend::{
    Tracker,
    model::{Change, Kind, PullRequestState, Query, Status, WorkItemId},
    settings::{Origin, Settings},
    webhook::{Delivery, EventKind},
};
use serde_json::{Value, json};
use std::{fs, path::Path, sync::Arc};

type Answers = Vec<(&'static str, &'static str, Vec<u8>)>;

/// A fake GitLab in front of which some addresses answer with recorded bytes, and how to connect to it.
fn site(answers: Answers) -> (Settings, Server) {
    let rest = Instance::new(Edition::Premium).unwrap();
    rest.store().add("acme/shop", "issue", "opened");
    let settings = rest.settings(GOOD_TOKEN);
    let rest = Arc::new(move |request: &Request| rest.gitlab().handle(request));
    let server = Server::start(Arc::new(Replay { answers, rest })).unwrap();
    let settings = settings.with("api_endpoint", server.url().as_str(), Origin::Default);
    (settings, server)
}

async fn tracker(answers: Answers) -> (Box<dyn Tracker>, Server) {
    let (settings, server) = site(answers);
    (connect("gitlab", &settings, generous()).await.unwrap(), server)
}

fn read(shared: &Path, name: &str) -> Vec<u8> {
    fs::read(shared.join("vendor/fixtures/go-gitlab/testdata").join(name)).unwrap()
}

fn json_of(shared: &Path, name: &str) -> Value {
    serde_json::from_slice(&read(shared, name)).unwrap()
}

#[tokio::test]
async fn a_recorded_issue_is_read_as_a_person_reads_it() {
    let Some(shared) = shared() else { return };
    let issue = read(&shared, "issue_move.json");
    let list = json!([json_of(&shared, "issue_move.json")]).to_string().into_bytes();
    let (tracker, _server) =
        tracker(vec![("GET", "/issues/11", issue), ("GET", "/issues", list)]).await;
    let item = tracker.get_work_item(&WorkItemId::new("#11")).await.unwrap();
    assert_eq!(
        item.id.as_str(),
        "example/example#11",
        "told by its page, for it has no references"
    );
    assert_eq!(item.title, "Sit voluptas tempora quisquam aut doloribus et.");
    assert_eq!(item.description.as_str(), "Repellat voluptas quibusdam voluptatem exercitationem.");
    assert_eq!((item.status, item.native_status.as_str()), (Status::Todo, "opened"));
    assert_eq!((item.kind, item.priority, item.story_points), (Kind::Task, None, None));
    assert_eq!(item.assignee.as_deref(), Some("axel.block"));
    assert_eq!(item.url.as_str(), "http://example.com/example/example/issues/11");
    assert_eq!(item.created_at.to_string(), "2016-04-05T21:41:45.652Z");
    assert_eq!(
        (item.closed_at, item.iteration.as_deref(), item.parent_id.as_ref()),
        (None, None, None)
    );
    let found = tracker.search_work_items(&Query::default()).await.unwrap();
    assert!(found.complete);
    assert_eq!(found.items, [item]);
}

#[tokio::test]
async fn a_recorded_iteration_and_milestone_are_named() {
    let Some(shared) = shared() else { return };
    let mut issue = json_of(&shared, "issue_move.json");
    issue["milestone"] = json_of(&shared, "get_merge_request.json")["milestone"].clone();
    let read = async |issue: &Value| {
        let (tracker, _server) =
            tracker(vec![("GET", "/issues/11", issue.to_string().into_bytes())]).await;
        tracker.get_work_item(&WorkItemId::new("11")).await.unwrap()
    };
    let item = read(&issue).await;
    assert_eq!(item.iteration.as_deref(), Some("12.2"));
    assert_eq!(item.custom_fields["milestone_id"], 693_521);
    issue["iteration"] = json_of(&shared, "list_group_iterations.json")[0].clone();
    assert_eq!(read(&issue).await.iteration.as_deref(), Some("Iteration II"));
    issue["iteration"]["title"] = Value::Null;
    assert_eq!(read(&issue).await.iteration.as_deref(), Some("2020-02-14 to 2020-02-01"));
}

#[tokio::test]
async fn recorded_people_and_tokens_are_understood() {
    let Some(shared) = shared() else { return };
    let token = read(&shared, "list_personal_access_tokens_single.json");
    let (tracker, server) = tracker(vec![
        ("GET", "/user", read(&shared, "get_user.json")),
        ("GET", "/users", read(&shared, "search_users.json")),
        ("GET", "/personal_access_tokens/self", token),
    ])
    .await;
    let identity = tracker.authenticate().await.unwrap();
    assert_eq!((identity.id.as_str(), identity.name.as_str()), ("1", "John Smith"));
    assert_eq!(identity.email.as_deref(), Some("john@example.com"));
    let access = tracker.access().await.unwrap();
    assert_eq!((access.missing_scopes.len(), access.excessive_scopes.len()), (0, 0), "it has api");
    assert_eq!(access.expires_at, None);
    let change = Change { assignee: Some("John Doe1".to_owned()), ..Change::default() };
    // The fake does not know the recorded account and drops it; what was sent is what counts.
    let dropped = tracker.update_work_item(&WorkItemId::new("1"), &change).await.unwrap_err();
    assert!(dropped.message.contains("the assignee"), "{dropped}");
    let sent = server.exchanges().into_iter().find(|exchange| exchange.request.method == "PUT");
    assert_eq!(sent.unwrap().request.json::<Value>().unwrap(), json!({"assignee_ids": [1]}));
}

#[tokio::test]
async fn a_recorded_merge_request_is_read_as_a_person_reads_it() {
    let Some(shared) = shared() else { return };
    let commits = json!([json_of(&shared, "get_commit.json")]).to_string().into_bytes();
    let (settings, server) = site(vec![
        ("GET", "/merge_requests/14656", read(&shared, "get_merge_request.json")),
        ("GET", "/merge_requests/14656/commits", commits),
    ]);
    let host = connect_code_host("gitlab", &settings, generous()).await.unwrap();
    let page = server.url().join("gitlab-org/gitlab-ee/-/merge_requests/14656/diffs").unwrap();
    let proposal = host.get_pull_request(&page).await.unwrap();
    let pull = &proposal.pull_request;
    assert_eq!(pull.title, "Add deletion support for designs");
    assert_eq!((pull.number, pull.state), (14656, PullRequestState::Open));
    assert_eq!(pull.url.as_str(), "https://gitlab.com/gitlab-org/gitlab-ee/merge_requests/14656");
    assert_eq!(pull.repository, "gitlab-org/gitlab-ee");
    assert_eq!(proposal.source_branch, "delete-designs-v2");
    assert_eq!(proposal.target_branch, "master");
    assert_eq!((proposal.author.name.as_str(), proposal.author.is_bot), ("alexkalderimis", false));
    assert!(proposal.is_draft && !proposal.is_fork && proposal.merge_sha.is_none());
    assert_eq!(proposal.head_sha, "8e0b45049b6253b8984cde9241830d2851168142");
    assert!(proposal.labels.contains(&"group::knowledge".to_owned()));
    let [commit] = proposal.commits.as_slice() else { panic!("{:?}", proposal.commits) };
    assert_eq!(commit.message, "Sanitize for network graph");
    assert_eq!(commit.author, "randx");
    let expected = "/gitlab-org/gitlab-ee/-/commit/6104942438c14ec7bd21c6cd5bd995272b3faff6";
    assert_eq!(commit.url.path(), expected, "made from the project, for the commit does not say");
}

/// Kind and item of every recorded delivery.
const DELIVERIES: &[(&str, EventKind, Option<&str>)] = &[
    ("webhooks/issue.json", EventKind::Created, Some("gitlabhq/gitlab-test#23")),
    ("webhooks/note_issue.json", EventKind::Commented, Some("gitlab-org/gitlab-test#17")),
    ("webhooks/note_merge_request.json", EventKind::PullRequest, None),
    ("webhooks/note_commit.json", EventKind::Other, None),
    ("webhooks/note_snippet.json", EventKind::Other, None),
    ("webhooks/merge_request.json", EventKind::PullRequest, None),
    ("webhooks/group_merge_request.json", EventKind::PullRequest, None),
    ("webhooks/service_merge_request.json", EventKind::PullRequest, None),
    ("webhooks/push.json", EventKind::Pushed, None),
    ("systemhooks/push.json", EventKind::Pushed, None),
    ("systemhooks/merge_request.json", EventKind::PullRequest, None),
];

#[tokio::test]
async fn recorded_deliveries_are_told_apart() {
    let Some(shared) = shared() else { return };
    let site = Instance::new(Edition::Premium).unwrap();
    let settings =
        site.settings(GOOD_TOKEN).with("webhook_secret", "a-plain-token", Origin::Default);
    let tracker = connect("gitlab", &settings, generous()).await.unwrap();
    let mut read_all = 0;
    for folder in ["webhooks", "systemhooks"] {
        let files =
            fs::read_dir(shared.join("vendor/fixtures/go-gitlab/testdata").join(folder)).unwrap();
        for file in files {
            let name = format!("{folder}/{}", file.unwrap().file_name().to_string_lossy());
            let headers = vec![("X-Gitlab-Token".to_owned(), "a-plain-token".to_owned())];
            let delivery =
                Delivery { headers, body: read(&shared, &name), received_at: RECEIVED_AT };
            let event = tracker.webhook_handler(&delivery).await.unwrap();
            let known = DELIVERIES.iter().find(|(known, ..)| *known == name);
            let (kind, item) =
                known.map_or((EventKind::Other, None), |(_, kind, item)| (*kind, *item));
            assert_eq!(event.kind, kind, "{name}");
            assert_eq!(event.item.as_ref().map(WorkItemId::as_str), item, "{name}");
            assert!(!event.native_kind.is_empty() && !event.id.is_empty(), "{name}");
            read_all += 1;
        }
    }
    assert!(read_all > 40, "only {read_all} deliveries were recorded");
}

/// The fake's issues have the shape that GitLab checks its own answers against.
#[tokio::test]
async fn issues_of_the_fake_have_the_published_shape() {
    let Some(shared) = shared() else { return };
    let schema = shared.join("vendor/specs/public_api_v4_issue.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    for edition in [Edition::Premium, Edition::Free] {
        let site = Instance::new(edition).unwrap();
        let tracker = connect("gitlab", &site.settings(GOOD_TOKEN), generous()).await.unwrap();
        let draft = backend::model::Draft {
            title: "An issue".to_owned(),
            assignee: Some("alex".to_owned()),
            ..backend::model::Draft::default()
        };
        let made = tracker.create_work_item(&draft).await.unwrap();
        let path = made.url.path().replace("acme/shop/-/", "api/v4/projects/acme%2Fshop/");
        let headers = vec![("authorization".to_owned(), format!("Bearer {GOOD_TOKEN}"))];
        let request = Request { method: "GET".to_owned(), path, headers, ..Request::default() };
        let answer = site.gitlab().handle(&request);
        let issue: Value = serde_json::from_slice(&answer.body).unwrap();
        let wrong = deviations(&schema, &issue, site.name());
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// Where a value leaves a schema, as far as types, required properties, enumerations and items tell.
fn deviations(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let is = |kind: &Value| match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        _ => false,
    };
    let fits = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(is),
        Value::Null => true,
        kind => is(kind),
    };
    let listed = schema["enum"].as_array().is_none_or(|all| all.contains(value));
    if !fits || !listed {
        wrong.push(format!("{at} is {value}, and should be {}", schema["type"]));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.is_object() && value.get(name).is_none() {
            wrong.push(format!("{at} lacks {name}"));
        }
    }
    let properties = schema["properties"].as_object();
    for (name, schema) in properties.into_iter().flatten() {
        if let Some(value) = value.get(name) {
            wrong.extend(deviations(schema, value, &format!("{at}.{name}")));
        }
    }
    for entry in value.as_array().into_iter().flatten() {
        wrong.extend(deviations(&schema["items"], entry, &format!("{at}[]")));
    }
    wrong
}
