//! What the panel asks, and how it takes the answers that the fake does not give.

use super::*;
use crate::{
    code_host::{Author, Proposal},
    http::tests::script::{Answer, Script, Scripted, silent},
    model::PullRequest,
    platform::{jira::connect, tests},
};
use jiff::Timestamp;
use serde_json::{Value, json};

const SITE_SETTINGS: &[(&str, &str)] = &[
    ("api_endpoint", "https://acme.atlassian.net"),
    ("api_key", "token"),
    ("organization", "bob@acme.example"),
    ("project", "SHOP"),
    ("client_id", "client"),
    ("client_secret", "client-secret\n"),
];

/// The answers of a panel that shows nothing and takes everything.
fn willing(request: &str, _: usize) -> Answer {
    match request {
        "GET /_edge/tenant_info" => Answer::Json(200, json!({"cloudId": "1-2-3"})),
        "POST /oauth/token" => Answer::Json(200, json!({"access_token": "bought"})),
        "POST /jira/devinfo/0.1/cloud/1-2-3/bulk" => {
            let accepted = json!({ id(): { "pullRequests": ["7"] } });
            Answer::Json(202, json!({ "acceptedDevinfoEntities": accepted }))
        }
        _ => Answer::Json(404, json!({})),
    }
}

fn id() -> String {
    repository_id(&repository())
}

fn repository() -> Url {
    "https://github.com/acme/shop".parse().unwrap()
}

fn proposal() -> Proposal {
    Proposal {
        pull_request: PullRequest {
            url: "https://github.com/acme/shop/pull/7".parse().unwrap(),
            number: 7,
            repository: "acme/shop".to_owned(),
            title: "Add a till".to_owned(),
            state: PullRequestState::Open,
        },
        description: String::new(),
        source_branch: "till".to_owned(),
        target_branch: "main".to_owned(),
        author: Author { name: "alex".to_owned(), is_bot: false },
        is_draft: false,
        is_fork: false,
        labels: Vec::new(),
        head_sha: String::new(),
        merge_sha: None,
        commits: Vec::new(),
        complete: true,
    }
}

fn panel(wire: &Wire) -> Box<dyn Panel> {
    connect::panel(&tests::settings("jira", SITE_SETTINGS), wire).unwrap().unwrap()
}

async fn show(script: Script, items: &[&str]) -> Result<Vec<WorkItemId>> {
    let (wire, _) = Scripted::wire(script);
    let (repository, proposal) = (repository(), proposal());
    let as_of = Timestamp::UNIX_EPOCH;
    let items: Vec<WorkItemId> = items.iter().map(|id| WorkItemId::new(*id)).collect();
    panel(&wire)
        .show(Development { repository: &repository, proposal: &proposal, as_of }, &items)
        .await
}

async fn shown(kept: Answer) -> Result<Shown> {
    // A script is no closure; the answer travels in a place of this thread's.
    thread_local!(static KEPT: std::cell::RefCell<Option<Answer>> = const { std::cell::RefCell::new(None) });
    KEPT.set(Some(kept));
    let (wire, _) = Scripted::wire(|request, nth| match request {
        request if request.starts_with("GET /jira/") => KEPT.take().unwrap(),
        request => willing(request, nth),
    });
    let (repository, proposal) = (repository(), proposal());
    let as_of = Timestamp::UNIX_EPOCH;
    panel(&wire).shown(Development { repository: &repository, proposal: &proposal, as_of }).await
}

#[tokio::test]
async fn a_token_is_bought_once_and_nothing_moves_by_itself() {
    let (wire, sent) = Scripted::wire(willing);
    let panel = panel(&wire);
    let (repository, proposal) = (repository(), proposal());
    let as_of = Timestamp::from_second(1_770_000_000).unwrap();
    let development = Development { repository: &repository, proposal: &proposal, as_of };
    let none = panel.shown(development).await.unwrap();
    assert_eq!(none, Shown { items: Vec::new(), current: false, complete: true });
    panel.show(development, &[WorkItemId::new("shop-1")]).await.unwrap();
    let logins = sent.bodies("POST /oauth/token");
    assert_eq!(
        logins,
        [json!({"audience": "api.atlassian.com", "grant_type": "client_credentials",
            "client_id": "client", "client_secret": "client-secret"})]
    );
    let body = &sent.bodies("POST /jira/devinfo/0.1/cloud/1-2-3/bulk")[0];
    assert_eq!(body["preventTransitions"], true);
    let shown = &body["repositories"][0]["pullRequests"][0];
    assert_eq!(shown["updateSequenceId"], 1_770_000_000_000_i64);
    assert_eq!(shown["lastUpdate"], "2026-02-02T02:40:00Z");
    assert_eq!(shown["associations"][0]["values"], json!(["SHOP-1"]));
    assert!(shown.get("issueKeys").is_none(), "an entity with both is refused");
}

#[test]
fn where_a_secret_goes_depends_on_the_site_alone() {
    let check = |values: &[(&str, &str)], gateway: &str, cloud: Option<&str>| {
        let settings = tests::settings("jira", &[SITE_SETTINGS, values].concat());
        let read = settings.whole(connect::read).unwrap();
        let panel = read.panel(&silent()).unwrap();
        assert_eq!(panel.gateway.as_str(), gateway);
        assert_eq!(panel.cloud.as_deref(), cloud);
    };
    let theirs = "https://api.atlassian.com/";
    check(&[], theirs, None);
    check(&[("api_url", "https://api.atlassian.com/ex/jira/1-2-3")], theirs, Some("1-2-3"));
    check(&[("api_endpoint", "https://jira.acme.example/jira")], theirs, None);
    let here = ("api_endpoint", "http://127.0.0.1:1/jira");
    check(&[here], "http://127.0.0.1:1/", None);
    check(&[here, ("api_url", "http://127.0.0.1:2/ex/jira/9")], "http://127.0.0.1:1/", Some("9"));
}

#[test]
fn an_id_has_a_secret_and_data_center_has_neither() {
    let check = |values: &[(&str, &str)], expected: &str| {
        let settings = tests::settings("jira", &[&SITE_SETTINGS[..4], values].concat());
        let error = connect::panel(&settings, &silent()).unwrap_err();
        assert!(error.message.contains(expected), "{error}");
    };
    check(&[("client_id", "client")], "jira.client_secret: missing beside client_id");
    check(&[("client_secret", "secret")], "jira.client_id: missing beside client_secret");
    let both = [("client_id", "client"), ("client_secret", "secret")];
    let server = [("api_endpoint", "https://jira.acme.example"), ("deployment", "server")];
    check(&[both, server].concat(), "Data Center has none");
    let none = tests::settings("jira", &[&SITE_SETTINGS[..4], &[("client_id", " ")]].concat());
    assert!(connect::panel(&none, &silent()).unwrap().is_none());
}

#[tokio::test]
async fn what_is_no_site_of_the_cloud_is_told() {
    let script: Script = |request, nth| match request {
        "GET /_edge/tenant_info" => Answer::Page("<html>Log in</html>"),
        request => willing(request, nth),
    };
    let error = show(script, &["SHOP-1"]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Config, "{error}");
    assert!(error.message.starts_with("find the development panel of acme.atlassian.net: "));
    assert_eq!(error.hint(), NO_PANEL);
    let away: Script = |request, nth| match request {
        "GET /_edge/tenant_info" => Answer::Json(503, json!({})),
        request => willing(request, nth),
    };
    assert_eq!(show(away, &["SHOP-1"]).await.unwrap_err().kind, ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_refused_application_is_told_whatever_the_status() {
    let check = async |script: Script, kind: ErrorKind, message: &str, hint: &str| {
        let error = show(script, &["SHOP-1"]).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(message) && error.hint().contains(hint), "{error:?}");
    };
    let forbidden: Script = |request, nth| match request {
        "POST /oauth/token" => {
            let said = "No such client, client-secret";
            Answer::Json(403, json!({"error": "access_denied", "error_description": said}))
        }
        request => willing(request, nth),
    };
    check(forbidden, ErrorKind::Auth, "No such client, ***", "JIRA_CLIENT_SECRET").await;
    let weak: Script = |request, nth| match request {
        request if request.ends_with("/bulk") => {
            Answer::Json(403, json!({"errorMessages": [{"message": "no scope"}, "at all"]}))
        }
        request => willing(request, nth),
    };
    check(weak, ErrorKind::Forbidden, "no scope; at all", "Development information").await;
}

#[tokio::test]
async fn what_was_not_taken_is_never_called_shown() {
    let failed: Script = |request, nth| match request {
        request if request.ends_with("/bulk") => {
            let why = json!({"id": "7", "errorMessages": [{"message": "too\nlong\u{202e}"}]});
            Answer::Json(202, json!({"failedDevinfoEntities": { id(): {"pullRequests": [why]} }}))
        }
        request => willing(request, nth),
    };
    let error = show(failed, &["SHOP-1"]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.ends_with("for the development panel: too long"), "{error}");
    let silent: Script = |request, nth| match request {
        request if request.ends_with("/bulk") => Answer::Json(202, json!({})),
        request => willing(request, nth),
    };
    let error = show(silent, &["SHOP-1"]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
    let unknown: Script = |request, nth| match request {
        request if request.ends_with("/bulk") => {
            let accepted = json!({ id(): { "pullRequests": ["7"] } });
            let unknown = json!([{"associationType": "issueIdOrKeys", "values": ["SHOP-2"]}]);
            Answer::Json(
                202,
                json!({"acceptedDevinfoEntities": accepted,
                "unknownIssueKeys": ["SHOP-3"], "unknownAssociations": unknown}),
            )
        }
        request => willing(request, nth),
    };
    let taken = show(unknown, &["SHOP-1", "shop-2", "SHOP-3"]).await.unwrap();
    assert_eq!(taken, [WorkItemId::new("SHOP-1")]);
}

#[tokio::test]
async fn what_is_kept_is_read_in_either_form_and_may_lack_anything() {
    let kept = |pull_request: Value| {
        Answer::Json(200, json!({"commits": null, "pullRequests": [{"id": "8"}, pull_request]}))
    };
    let whole = json!({"id": "7", "issueKeys": ["SHOP-2"], "status": "OPEN",
        "title": "Add a till", "sourceBranch": "till", "destinationBranch": "main",
        "url": "https://github.com/acme/shop/pull/7",
        "associations": [{"associationType": "issueIdOrKeys", "values": ["SHOP-1", "10001"]}]});
    let told = shown(kept(whole.clone())).await.unwrap();
    assert_eq!(told.items, ["SHOP-1", "SHOP-2"].map(WorkItemId::new));
    assert!(told.current && told.complete);
    for name in ["status", "title", "sourceBranch", "destinationBranch", "url"] {
        for value in [Value::Null, json!("another")] {
            let mut old = whole.clone();
            old[name] = value;
            assert!(!shown(kept(old)).await.unwrap().current, "{name}");
        }
    }
    for name in ["issueKeys", "associations"] {
        let mut bare = whole.clone();
        bare[name] = Value::Null;
        assert_eq!(shown(kept(bare)).await.unwrap().items.len(), 1, "{name}");
    }
    let many: Vec<Value> = (100..500).map(|number| json!({"id": number.to_string()})).collect();
    let cut = shown(Answer::Json(200, json!({ "pullRequests": many }))).await.unwrap();
    assert!(!cut.complete, "of 400 others nobody can tell what came before");
}
