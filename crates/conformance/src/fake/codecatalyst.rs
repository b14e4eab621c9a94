//! A fake CodeCatalyst: a project with repositories and workflow runs, after the public service model.

use super::{Handler, Request, Response};
use serde_json::{Value, json};

/// The space.
pub const SPACE: &str = "acme";
/// The project.
pub const PROJECT: &str = "shop";
/// A token that may do everything.
pub const GOOD_TOKEN: &str = "good-session-f0e1d2c3b4a5";
/// Whose token it is.
const IDENTITY: &str = "c1a2b3d4-0000-4000-8000-00000000cafe";
/// The only workflow.
pub const WORKFLOW: &str = "aaaaaaaa-0000-4000-8000-000000000001";

/// So many elements at most on one page, whatever is asked for.
const PAGE: usize = 3;

/// A fake CodeCatalyst. It has nothing that changes.
#[derive(Debug, Default)]
pub struct CodeCatalyst;

impl Handler for CodeCatalyst {
    fn handle(&self, request: &Request) -> Response {
        if request.header("authorization") != Some(&format!("Bearer {GOOD_TOKEN}")) {
            return refuse(403, "UnrecognizedClientException", "The security token is invalid.");
        }
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["session"]) => Response::json(200, &json!({"identity": IDENTITY})),
            ("GET", ["userDetails"]) => user(request),
            (method, ["v1", "spaces", SPACE, "projects", PROJECT, rest @ ..]) => {
                project(method, rest, request)
            }
            _ => refuse(404, "ResourceNotFoundException", "The project was not found."),
        }
    }
}

fn user(request: &Request) -> Response {
    if request.parameter("id") != Some(IDENTITY) {
        return refuse(404, "ResourceNotFoundException", "The user was not found.");
    }
    let email = json!({"email": "robot@example.com", "verified": true});
    let user = json!({"userId": IDENTITY, "userName": "robot", "displayName": "Build Robot",
        "primaryEmail": email, "version": "1"});
    Response::json(200, &user)
}

fn project(method: &str, path: &[&str], request: &Request) -> Response {
    match (method, path) {
        ("GET", []) => Response::json(200, &json!({"spaceName": SPACE, "name": PROJECT})),
        ("POST", ["sourceRepositories"]) => {
            let body: Value = request.json().unwrap_or_default();
            page(&repositories(), body["nextToken"].as_str())
        }
        ("GET", ["sourceRepositories", name, "cloneUrls"]) => {
            let host = "git.us-west-2.codecatalyst.aws";
            let https = format!("https://robot@{host}/v1/{SPACE}/{PROJECT}/{name}");
            Response::json(200, &json!({"https": https}))
        }
        ("POST", ["workflowRuns"]) => {
            let known = request.parameter("workflowId").is_none_or(|id| id == WORKFLOW);
            let runs = if known { runs() } else { Vec::new() };
            page(&runs, request.parameter("nextToken"))
        }
        ("GET", ["workflowRuns", id]) => match runs().into_iter().find(|run| run["id"] == *id) {
            Some(mut run) => {
                run["spaceName"] = json!(SPACE);
                run["projectName"] = json!(PROJECT);
                if let Some(run) = run.as_object_mut() {
                    run.remove("workflowName");
                }
                Response::json(200, &run)
            }
            None => refuse(404, "ResourceNotFoundException", "The run was not found."),
        },
        _ => refuse(404, "ResourceNotFoundException", "This address answers nothing."),
    }
}

/// One page, whose token is the number of the element after it.
fn page(all: &[Value], token: Option<&str>) -> Response {
    let start: usize = token.and_then(|token| token.parse().ok()).unwrap_or(0);
    let end = all.len().min(start + PAGE);
    let next = (end < all.len()).then(|| end.to_string());
    Response::json(200, &json!({"items": all.get(start..end), "nextToken": next}))
}

fn repositories() -> Vec<Value> {
    let time = "2026-01-05T09:15:00.000Z";
    let one = |number: usize| {
        json!({"id": format!("bbbbbbbb-0000-4000-8000-{number:012}"), "name": format!("shop-{number}"),
            "description": "A part of the shop", "lastUpdatedTime": time, "createdTime": time})
    };
    (1..=7).map(one).collect()
}

/// Newest first; every second one has failed.
fn runs() -> Vec<Value> {
    let one = |number: usize| {
        let status = if number.is_multiple_of(2) { "FAILED" } else { "SUCCEEDED" };
        json!({"id": format!("cccccccc-0000-4000-8000-{number:012}"), "workflowId": WORKFLOW,
            "workflowName": "Deploy", "status": status, "statusReasons": [],
            "startTime": format!("2026-01-{:02}T09:15:00Z", 20 - number),
            "endTime": format!("2026-01-{:02}T09:20:00Z", 20 - number),
            "lastUpdatedTime": format!("2026-01-{:02}T09:20:01Z", 20 - number)})
    };
    (1..=8).map(one).collect()
}

fn refuse(status: u16, kind: &str, message: &str) -> Response {
    Response::json(status, &json!({"message": message})).with_header("x-amzn-ErrorType", kind)
}
