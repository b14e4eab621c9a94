//! What the panel asks, and how it takes the answers that the fake does not give.

use super::*;
use crate::{
    http::tests::script::{Answer, Script, Scripted, silent},
    panel::tests::Example,
    platform::{jira::connect, tests},
};
use serde_json::{Value, json};

const SITE_SETTINGS: &[(&str, &str)] = &[
    ("api_endpoint", "https://acme.atlassian.net"),
    ("api_key", "token"),
    ("organization", "bob@acme.example"),
    ("project", "SHOP"),
    ("panel_client_id", "client"),
    ("panel_client_secret", "client-secret\n"),
];

/// The answers of a panel that shows nothing and takes everything.
fn willing(request: &str, _: usize) -> Answer {
    match request {
        "GET /_edge/tenant_info" => Answer::Json(200, json!({"cloudId": "1-2-3"})),
        "POST /oauth/token" => Answer::Json(200, json!({"access_token": "bought-token"})),
        "POST /jira/devinfo/0.1/cloud/1-2-3/bulk" => {
            let accepted = json!({ id(): { "pullRequests": ["7"] } });
            Answer::Json(202, json!({ "acceptedDevinfoEntities": accepted }))
        }
        _ => Answer::Json(404, json!({})),
    }
}

fn id() -> String {
    repository_id(&Example::new().repository)
}

fn panel(wire: &Wire) -> JiraPanel {
    connect::panel(&tests::settings("jira", SITE_SETTINGS), wire).unwrap().unwrap()
}

async fn show(script: Script, items: &[&str]) -> Result<Vec<WorkItemId>> {
    let (wire, _) = Scripted::wire(script);
    let example = Example::new();
    let items: Vec<WorkItemId> = items.iter().map(|id| WorkItemId::new(*id)).collect();
    let development = example.development();
    panel(&wire).show(development, &items, Others::TakenOut).await
}

async fn shown(kept: Answer) -> Result<Shown> {
    // A script is no closure; the answer travels in a place of this thread's.
    thread_local!(static KEPT: std::cell::RefCell<Option<Answer>> = const { std::cell::RefCell::new(None) });
    KEPT.set(Some(kept));
    let (wire, _) = Scripted::wire(|request, nth| match request {
        request if request.starts_with("GET /jira/") => KEPT.take().unwrap(),
        request => willing(request, nth),
    });
    let example = Example::new();
    panel(&wire).shown(example.development()).await
}

#[tokio::test]
async fn a_token_is_bought_once_and_nothing_moves_by_itself() {
    let (wire, sent) = Scripted::wire(willing);
    let panel = panel(&wire);
    let example = Example::new();
    let development = example.development();
    let none = panel.shown(development).await.unwrap();
    assert_eq!(none, Shown::default());
    panel.show(development, &[WorkItemId::new("shop-1")], Others::TakenOut).await.unwrap();
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
        let panel = connect::panel(&settings, &silent()).unwrap().unwrap();
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
    let place = |id: &str| {
        let settings =
            tests::settings("jira", &[SITE_SETTINGS, &[("panel_client_id", id)]].concat());
        connect::panel(&settings, &silent()).unwrap().unwrap().place()
    };
    assert_eq!(place("client"), place("client"));
    assert_ne!(place("client"), place("another"));
}

#[test]
fn an_id_has_a_secret_and_data_center_has_neither() {
    let check = |values: &[(&str, &str)], expected: &str| {
        let settings = tests::settings("jira", &[&SITE_SETTINGS[..4], values].concat());
        let error = connect::panel(&settings, &silent()).unwrap_err();
        assert!(error.message.contains(expected), "{error}");
    };
    check(
        &[("panel_client_id", "client")],
        "jira.panel_client_secret: missing beside panel_client_id",
    );
    check(
        &[("panel_client_secret", "secret")],
        "jira.panel_client_id: missing beside panel_client_secret",
    );
    let both = [("panel_client_id", "client"), ("panel_client_secret", "secret")];
    let server = [("api_endpoint", "https://jira.acme.example"), ("deployment", "server")];
    check(&[both, server].concat(), "Data Center has none");
    let none =
        tests::settings("jira", &[&SITE_SETTINGS[..4], &[("panel_client_id", " ")]].concat());
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
    check(forbidden, ErrorKind::Auth, "No such client, ***", "JIRA_PANEL_CLIENT_SECRET").await;
    let malformed: Script = |request, nth| match request {
        "POST /oauth/token" => Answer::Json(400, json!({"message": "no such grant"})),
        request => willing(request, nth),
    };
    check(malformed, ErrorKind::Auth, "no such grant", "JIRA_PANEL_CLIENT_ID").await;
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
            let said = "too\nlong\u{202e} for bought-token";
            let why = json!({"id": "7", "errorMessages": [{"message": said}]});
            Answer::Json(202, json!({"failedDevinfoEntities": { id(): {"pullRequests": [why]} }}))
        }
        request => willing(request, nth),
    };
    let error = show(failed, &["SHOP-1"]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.ends_with("panel: too long for ***"), "{error}");
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
    assert!(told.current);
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
}

#[tokio::test]
async fn others_are_kept_under_whatever_name_they_are_told() {
    let keep = async |script: Script, items: &[&str]| {
        let (wire, sent) = Scripted::wire(script);
        let example = Example::new();
        let development = example.development();
        let items: Vec<WorkItemId> = items.iter().map(|id| WorkItemId::new(*id)).collect();
        let taken = panel(&wire).show(development, &items, Others::Kept).await.unwrap();
        let bodies = sent.bodies("POST /jira/devinfo/0.1/cloud/1-2-3/bulk");
        let deleted = sent.sent().iter().any(|name| name.starts_with("DELETE"));
        assert!(!deleted, "nothing is taken out");
        let values = bodies.first().map(|body| {
            body["repositories"][0]["pullRequests"][0]["associations"][0]["values"].clone()
        });
        (taken.len(), values)
    };
    let there: Script = |request, nth| match request {
        request if request.starts_with("GET /jira/") => {
            let association = json!({"associationType": "issueIdOrKeys", "values": ["10001"]});
            let kept = json!({"id": "7", "issueKeys": ["SHOP-2"], "associations": [association]});
            Answer::Json(200, json!({ "pullRequests": [kept] }))
        }
        request => willing(request, nth),
    };
    assert_eq!(keep(there, &["SHOP-1"]).await, (1, Some(json!(["10001", "SHOP-1", "SHOP-2"]))));
    assert_eq!(keep(there, &[]).await, (0, Some(json!(["10001", "SHOP-2"]))));
    assert_eq!(keep(willing, &["SHOP-1"]).await, (1, Some(json!(["SHOP-1"]))));
    assert_eq!(keep(willing, &[]).await, (0, None));
    // Of 400 others nobody can tell what came before.
    let full: Script = |request, nth| match request {
        request if request.starts_with("GET /jira/") => {
            let many: Vec<Value> =
                (0..133).map(|number| json!({"id": format!("x{number}")})).collect();
            let commits: Vec<Value> = (0..134).map(|number| json!({ "id": number })).collect();
            Answer::Json(200, json!({"pullRequests": many, "branches": many, "commits": commits}))
        }
        request => willing(request, nth),
    };
    assert_eq!(keep(full, &["SHOP-1"]).await, (0, None));
}

#[tokio::test]
async fn what_is_taken_out_may_be_gone_already() {
    let (wire, sent) = Scripted::wire(willing);
    let example = Example::new();
    let development = example.development();
    panel(&wire).show(development, &[], Others::TakenOut).await.unwrap();
    let name = format!("DELETE /jira/devinfo/0.1/cloud/1-2-3/repository/{}/pull_request/7", id());
    assert_eq!(sent.queries(&name), ["_updateSequenceId=1770000000000"]);
    let many: Vec<String> = (1..=501).map(|number| format!("SHOP-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let error = show(willing, &many).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert_eq!(show(willing, &many[1..]).await.unwrap().len(), 500);
}

#[test]
fn a_repository_has_one_name_however_its_page_is_written() {
    let id = |page: &str| repository_id(&page.parse().unwrap());
    assert_eq!(id("https://github.com/Acme/Shop/"), id("https://github.com/acme/shop"));
    assert_ne!(id("https://github.com/acme/shop"), id("https://github.com/acme/shops"));
}
