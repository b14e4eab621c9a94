//! What GitHub shows: issues, comments, pages of lists.

use super::{
    GitHub, HIDDEN_REPOSITORY, OTHER_REPOSITORY, REPOSITORY,
    access::{APP, Caller},
};
use crate::fake::{
    Request, Response,
    store::{Comment, Item, Store, USERS},
};
use serde_json::{Value, json};

/// The kind of items that are pull requests.
pub(super) const PULL_REQUEST: &str = "(pull request)";

/// So many entries on a page, whatever is asked for.
const PAGE: usize = 3;

/// Where the site is.
pub(super) fn origin(request: &Request) -> String {
    format!("http://{}", request.header("host").unwrap_or("127.0.0.1"))
}

impl GitHub {
    /// Where the REST API is.
    pub(super) fn api(&self, request: &Request) -> String {
        format!("{}{}", origin(request), self.root())
    }

    pub(super) fn issue(&self, store: &Store, item: &Item, request: &Request) -> Value {
        let (api, web) = (self.api(request), origin(request));
        let repository_url = format!("{api}repos/{}", item.project);
        let of = |item: &Item| format!("{api}repos/{}/issues/{}", item.project, item.number);
        let url = of(item);
        let parent = item.parent.and_then(|serial| store.find(|it| it.serial == serial)).map(of);
        let assignee = item.assignee.map(|who| user(who.name));
        let is_pull = item.kind == PULL_REQUEST;
        let kind = (!is_pull && !item.kind.is_empty()).then(|| json!({"name": item.kind}));
        let page = if is_pull { "pull" } else { "issues" };
        let mut issue = json!({
            "id": item.serial, "node_id": node(item), "number": item.number, "url": url,
            "repository_url": repository_url, "html_url": format!("{web}/{}/{page}/{}", item.project, item.number),
            "title": item.title, "body": item.text, "state": item.status,
            "state_reason": item.resolution, "user": user("alex"), "author_association": "MEMBER",
            "labels": labels(item),
            "assignee": assignee, "assignees": assignee.iter().collect::<Vec<_>>(),
            "milestone": milestone(item), "type": kind, "locked": false,
            "comments": item.comments.len(), "created_at": item.created.to_string(),
            "updated_at": item.updated.to_string(),
            "closed_at": item.closed.map(|at| at.to_string()),
            "parent_issue_url": parent,
        });
        if is_pull {
            issue["pull_request"] = json!({"url": url.replace("/issues/", "/pulls/")});
        }
        issue
    }
}

/// The labels of an issue.
pub(super) fn labels(item: &Item) -> Value {
    let label = |name| json!({"id": 1, "name": name, "color": "ededed", "default": false, "description": null});
    item.labels.iter().map(label).collect()
}

/// A page of a list, with the addresses of the others.
pub(super) fn page(request: &Request, all: &[Value]) -> (Vec<Value>, String) {
    let asked = request.number("per_page").unwrap_or(30);
    let size = if request.path.contains("/pulls/") { asked.min(100) } else { asked.min(PAGE) };
    let last = all.len().div_ceil(size).max(1);
    let at = request.number("page").unwrap_or(1).max(1);
    let shown = all.iter().skip((at - 1) * size).take(size).cloned().collect();
    let address = |page: usize| {
        let others = request.query.iter().filter(|(name, _)| name != "page");
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(others).append_pair("page", &page.to_string());
        format!("{}{}?{}", origin(request), request.path, query.finish())
    };
    let mut links = Vec::new();
    if at > 1 {
        links.push(format!("<{}>; rel=\"prev\"", address(at - 1)));
        links.push(format!("<{}>; rel=\"first\"", address(1)));
    }
    if at < last {
        links.push(format!("<{}>; rel=\"next\"", address(at + 1)));
        links.push(format!("<{}>; rel=\"last\"", address(last)));
    }
    (shown, links.join(", "))
}

/// A page of a list as an answer.
pub(super) fn listed(request: &Request, all: &[Value]) -> Response {
    let (shown, links) = page(request, all);
    with_links(Response::json(200, &Value::Array(shown)), links)
}

/// A list that fits on one page has no links.
pub(super) fn with_links(response: Response, links: String) -> Response {
    if links.is_empty() { response } else { response.with_header("Link", links) }
}

/// GraphQL's id of an issue.
pub(super) fn node(item: &Item) -> String {
    format!("I_kwDO{}", item.serial)
}

/// An account in short.
pub(super) fn user(login: &str) -> Value {
    let position = USERS.iter().position(|user| user.name == login).unwrap_or(900);
    let kind = if login == APP { "Bot" } else { "User" };
    json!({"id": position + 100, "login": login, "type": kind})
}

pub(super) fn comment(comment: &Comment) -> Value {
    json!({"id": comment.serial, "body": comment.text["body"],
        "user": user(comment.text["login"].as_str().unwrap_or_default()),
        "author_association": comment.text["association"],
        "created_at": comment.created.to_string(), "updated_at": comment.created.to_string()})
}

fn milestone(item: &Item) -> Value {
    match item.custom.get("milestone") {
        Some(number) => json!({"number": number, "title": "v1.0", "state": "open"}),
        None => Value::Null,
    }
}

pub(super) fn milestones() -> Response {
    Response::json(200, &json!([{"number": 1, "title": "v1.0", "state": "open"}]))
}

/// The types that GitHub gives every organisation.
pub(super) const TYPES: [&str; 3] = ["Task", "Bug", "Feature"];

pub(super) fn issue_types() -> Response {
    let types = TYPES.map(|name| json!({"id": 1, "name": name, "is_enabled": true}));
    Response::json(200, &json!(types))
}

pub(super) fn repository(request: &Request, caller: Caller, name: &str) -> Response {
    let known = [REPOSITORY, OTHER_REPOSITORY, HIDDEN_REPOSITORY];
    let id = known.iter().position(|known| *known == name);
    let may_push = caller.may_push();
    let response = Response::json(
        200,
        &json!({"id": id, "full_name": name, "has_issues": true, "permissions":
            {"admin": false, "maintain": false, "push": may_push, "triage": may_push, "pull": true}}),
    );
    // Classic tokens tell their scopes.
    let token = request.header("authorization").unwrap_or_default();
    if token.contains("ghp_") { response.with_header("X-OAuth-Scopes", "repo") } else { response }
}
