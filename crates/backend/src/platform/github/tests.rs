//! Behaviour that only shows over several requests.

mod labels;
mod pages;

use super::connect;
use crate::{
    code_host::CodeHost as _,
    error::ErrorKind,
    http::tests::script::{Answer, Script, Scripted},
    managed_comment::MARKER,
    model::{Change, Draft, Kind, Priority, Query, Status, WorkItemId},
    settings::{Origin, Settings},
    tracker::Tracker as _,
};
use serde_json::{Value, json};
use std::sync::Arc;

const ISSUE: &str = "/repos/acme/shop/issues/7";

fn github(script: Script, custom: &Value) -> (super::GitHub, Arc<Scripted>) {
    let (wire, sent) = Scripted::wire(script);
    let settings = Settings::new("github")
        .with("api_endpoint", "http://127.0.0.1", Origin::Default)
        .with("api_key", "token-0123456789", Origin::Default)
        .with("project", "acme/shop", Origin::Default)
        .with_custom(custom.as_object().cloned().unwrap_or_default());
    (connect::connect(&settings, &wire).unwrap(), sent)
}

fn id() -> WorkItemId {
    WorkItemId::new("#7")
}

fn issue(labels: &[&str], state: &str, reason: Option<&str>) -> Value {
    json!({"id": 70, "node_id": "I_7", "number": 7, "title": "A", "body": "Text.\r\nMore.",
        "html_url": "http://127.0.0.1/acme/shop/issues/7",
        "repository_url": "http://127.0.0.1/repos/acme/shop",
        "labels": labels.iter().map(|name| json!({"name": name})).collect::<Vec<_>>(),
        "assignees": [], "state": state, "state_reason": reason,
        "created_at": "2026-01-05T09:15:00Z", "updated_at": "2026-01-05T09:15:00Z",
        "closed_at": (state == "closed").then_some("2026-01-06T09:15:00Z")})
}

fn unscripted(line: &str) -> Answer {
    Answer::Json(404, json!({"message": format!("unscripted: {line}")}))
}

#[tokio::test]
async fn labels_that_were_left_out_silently_are_an_error_that_names_the_issue() {
    let (github, sent) = github(
        |line, _| match line {
            "POST /repos/acme/shop/issues" => Answer::Json(201, issue(&[], "open", None)),
            _ => unscripted(line),
        },
        &json!({}),
    );
    let draft = Draft {
        title: "A".to_owned(),
        labels: vec!["urgent".to_owned()],
        priority: Some(Priority::High),
        ..Draft::default()
    };
    let error = github.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
    assert_eq!(
        error.message,
        "acme/shop#7 was created and could not be completed: \
         GitHub left out the labels of acme/shop#7 without a word"
    );
    assert!(error.hint().starts_with("update acme/shop#7 instead"), "{}", error.hint());
    assert!(error.context().contains(&("created", "acme/shop#7".to_owned())));
    assert_eq!(sent.sent(), ["POST /repos/acme/shop/issues"]);
    let labels = &sent.bodies("POST /repos/acme/shop/issues")[0]["labels"];
    assert_eq!(*labels, json!(["urgent", "priority: high"]));
}

#[tokio::test]
async fn a_change_that_was_left_out_silently_is_an_error() {
    let (github, _) = github(|_, _| Answer::Json(200, issue(&["bug"], "open", None)), &json!({}));
    let change = Change { assignee: Some("alex".to_owned()), ..Change::default() };
    let error = github.update_work_item(&id(), &change).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
    assert!(error.message.contains("the assignee of acme/shop#7"), "{error}");
}

#[tokio::test]
async fn a_pull_request_is_no_item() {
    let (github, sent) = github(
        |_, _| {
            let mut pull = issue(&[], "open", None);
            pull["pull_request"] = json!({"url": "x"});
            Answer::Json(200, pull)
        },
        &json!({}),
    );
    let error = github.get_work_item(&id()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.message.contains("acme/shop#7 is a pull request"), "{error}");
    let links = github.list_links(&id()).await.unwrap_err();
    assert_eq!(links.kind, ErrorKind::NotFound);
    assert_eq!(sent.sent(), [format!("GET {ISSUE}"), format!("GET {ISSUE}")]);
}

#[tokio::test]
async fn another_reason_for_closing_needs_an_open_issue() {
    let (github, sent) = github(
        |line, nth| match (line, nth) {
            ("GET /repos/acme/shop/issues/7", 0) => {
                Answer::Json(200, issue(&[], "closed", Some("completed")))
            }
            _ => Answer::Json(200, issue(&[], "closed", Some("not_planned"))),
        },
        &json!({}),
    );
    let change = Change { status: Some(Status::Cancelled), ..Change::default() };
    let item = github.update_work_item(&id(), &change).await.unwrap();
    assert_eq!(
        (item.status, item.native_status.as_str()),
        (Status::Cancelled, "closed as not_planned")
    );
    assert_eq!(
        sent.bodies(&format!("PATCH {ISSUE}")),
        [json!({"state": "open"}), json!({"state": "closed", "state_reason": "not_planned"})]
    );
}

#[tokio::test]
async fn a_kind_is_a_label_where_there_are_no_types() {
    let (github, sent) = github(
        |line, _| match line {
            "POST /repos/acme/shop/issues" => {
                Answer::Json(201, issue(&["enhancement"], "open", None))
            }
            _ => unscripted(line),
        },
        &json!({}),
    );
    let draft = Draft { title: "A".to_owned(), kind: Kind::Feature, ..Draft::default() };
    let item = github.create_work_item(&draft).await.unwrap();
    assert_eq!((item.kind, item.labels), (Kind::Feature, vec!["enhancement".to_owned()]));
    assert_eq!(sent.sent(), ["GET /orgs/acme/issue-types", "POST /repos/acme/shop/issues"]);
}

#[tokio::test]
async fn a_kind_is_a_label_where_its_type_is_switched_off() {
    let (github, sent) = github(
        |line, _| match line {
            "GET /orgs/acme/issue-types" => {
                Answer::Json(200, json!([{"id": 1, "name": "Feature", "is_enabled": false}]))
            }
            _ => Answer::Json(201, issue(&["enhancement"], "open", None)),
        },
        &json!({}),
    );
    let draft = Draft { title: "A".to_owned(), kind: Kind::Feature, ..Draft::default() };
    github.create_work_item(&draft).await.unwrap();
    let bodies = sent.bodies("POST /repos/acme/shop/issues");
    assert_eq!(bodies, [json!({"title": "A", "labels": ["enhancement"]})]);
}

#[tokio::test]
async fn an_estimate_without_a_project_is_refused_before_anything_is_made() {
    let (github, sent) = github(|line, _| unscripted(line), &json!({}));
    let draft = Draft { title: "A".to_owned(), story_points: Some(0.0), ..Draft::default() };
    let error = github.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.hint().contains("custom_settings.project_number"), "{}", error.hint());
    assert!(sent.sent().is_empty());
}

#[tokio::test]
async fn a_field_of_the_project_that_is_no_number_is_named() {
    let (github, _) = github(
        |_, _| {
            Answer::Json(
                200,
                json!({"data": {"repositoryOwner": {"projectV2": {"id": "P", "field": {}}}}}),
            )
        },
        &json!({"project_number": 5, "estimate_field": "Size"}),
    );
    let draft = Draft { title: "A".to_owned(), story_points: Some(3.0), ..Draft::default() };
    let error = github.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.message, "project 5 of acme has no number field called Size");
    assert!(error.hint().contains("custom_settings.estimate_field"));
}

/// A comment of the links, by somebody.
fn managed(id: u64, login: &str, kind: &str, association: &str) -> Value {
    json!({"id": id, "body": format!("{MARKER}\n\n- [x](https://git.example.com/{id})"),
        "user": {"id": 1, "login": login, "type": kind}, "author_association": association})
}

/// A workflow's token, with or without a GraphQL that knows its account.
fn workflow(line: &str, viewer: bool) -> Answer {
    match line {
        "GET /user" => {
            Answer::Json(403, json!({"message": "Resource not accessible by integration"}))
        }
        "POST /graphql" if viewer => Answer::Json(
            200,
            json!({"data": {"viewer": {"id": "B", "login": "github-actions[bot]"}}}),
        ),
        "GET /repos/acme/shop" => Answer::Json(200, json!({"full_name": "acme/shop"})),
        "GET /repos/acme/shop/issues/7" => Answer::Json(200, issue(&[], "open", None)),
        "GET /repos/acme/shop/issues/7/comments" => Answer::Json(
            200,
            json!([
                managed(1, "stranger", "User", "NONE"),
                managed(2, "github-actions[bot]", "Bot", "NONE"),
                managed(3, "alex", "User", "MEMBER"),
                managed(4, "github-actions", "User", "CONTRIBUTOR"),
                {"id": 5, "body": null, "user": null, "author_association": "NONE"},
            ]),
        ),
        _ => unscripted(line),
    }
}

#[tokio::test]
async fn a_workflows_token_has_an_account() {
    let known: Script = |line, _| workflow(line, true);
    let unknown: Script = |line, _| workflow(line, false);
    for script in [known, unknown] {
        let (github, _) = github(script, &json!({}));
        let identity = github.authenticate().await.unwrap();
        assert_eq!(identity.name, "github-actions[bot]");
        let links = github.list_links(&id()).await.unwrap();
        let urls: Vec<_> = links.iter().map(|link| link.url.path()).collect();
        assert_eq!(urls, ["/2", "/3"], "strangers and people of that name do not count");
    }
}

#[tokio::test]
async fn a_token_that_sees_no_repository_has_none() {
    let (github, _) = github(
        |line, _| match line {
            "GET /user" => workflow(line, false),
            _ => unscripted(line),
        },
        &json!({}),
    );
    assert_eq!(github.authenticate().await.unwrap_err().kind, ErrorKind::Forbidden);
}

#[tokio::test]
async fn an_incomplete_search_is_told() {
    let (github, sent) = github(
        |_, _| {
            Answer::Json(200, json!({"total_count": 0, "incomplete_results": true, "items": []}))
        },
        &json!({}),
    );
    let query = Query { text: Some("till".to_owned()), ..Query::default() };
    let found = github.search_work_items(&query).await.unwrap();
    assert_eq!((found.items.len(), found.complete), (0, false));
    assert!(
        sent.queries("GET /search/issues")[0]
            .starts_with("q=repo%3Aacme%2Fshop+is%3Aissue+%22till%22")
    );
}

#[tokio::test]
async fn what_cannot_be_read_never_shows_what_it_says() {
    let (github, _) = github(|_, _| Answer::Json(200, json!({"id": "s3cr3t"})), &json!({}));
    let error = github.get_work_item(&id()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
    let said = "GitHub answered 200 OK: not the expected JSON, a value of another type at line 1 column 14";
    assert_eq!(error.message, said);
    assert!(error.hint().contains("GITHUB_API_URL"), "{}", error.hint());
    let draft = Draft { title: "A".to_owned(), ..Draft::default() };
    let error = github.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Ambiguous, "{error}");
}

#[tokio::test]
async fn a_pull_request_of_a_fork_that_is_gone_is_read() {
    let (github, _) = github(
        |line, _| match line {
            "GET /repos/acme/shop/pulls/9" => Answer::Json(
                200,
                json!({"number": 9, "html_url": "http://127.0.0.1/acme/shop/pull/9", "title": "T",
                    "body": null, "state": "closed", "merged_at": "2026-01-06T09:15:00Z",
                    "merge_commit_sha": "abc", "user": null, "labels": [], "commits": 2,
                    "head": {"ref": "fix", "sha": "h", "repo": null},
                    "base": {"ref": "main", "sha": "b", "repo": {"full_name": "acme/shop"}}}),
            ),
            "GET /repos/acme/shop/pulls/9/commits" => Answer::Json(
                200,
                json!([{"sha": "h", "html_url": "http://127.0.0.1/acme/shop/commit/h",
                    "commit": {"message": "M", "author": null, "committer": null}}]),
            ),
            _ => unscripted(line),
        },
        &json!({}),
    );
    let page = "http://127.0.0.1/acme/shop/pull/9/files".parse().unwrap();
    let proposal = github.get_pull_request(&page).await.unwrap();
    assert!(proposal.is_fork && !proposal.complete, "one of two commits, and no comparison");
    assert_eq!(proposal.pull_request.state, crate::model::PullRequestState::Merged);
    assert_eq!(
        (proposal.author.name.as_str(), proposal.merge_sha.as_deref()),
        ("ghost", Some("abc"))
    );
}
