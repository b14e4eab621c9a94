//! GitLab as it behaves: gitlab.com with a Premium licence, and an older self-managed server without one, below a path.
//!
//! The site has the projects `acme/shop` (ours), `acme/other` (visible, not ours), `acme/attic` (archived) and
//! `acme/secret` (hidden from every token).

mod access;
mod graphql;
mod instance;
mod issue;
mod label;
mod note;
mod people;
mod quick_action;
mod review;
mod search;
mod view;

pub use access::{GOOD_TOKEN, GUEST_TOKEN, JOB_TOKEN, WEAK_TOKEN};
pub use instance::Instance;

use super::{
    Handler, Request, Response,
    store::{Item, Store, USERS},
};
use access::Caller;
use backend::model::WorkItemId;
use review::Review;
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The project that the suite works in.
pub const PROJECT: &str = "acme/shop";
/// A project that tokens may see and that is not configured.
pub const OTHER_PROJECT: &str = "acme/other";
/// A project that takes no changes.
pub const ARCHIVED_PROJECT: &str = "acme/attic";
/// A project that no token may see.
pub const HIDDEN_PROJECT: &str = "acme/secret";

const PROJECTS: [(&str, u64); 4] =
    [(PROJECT, 7), (OTHER_PROJECT, 8), (ARCHIVED_PROJECT, 9), (HIDDEN_PROJECT, 10)];

/// Which GitLab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// gitlab.com: weights, scoped labels that exclude each other, pages by cursor.
    Premium,
    /// Self-managed and older: no weights, scoped labels are just labels, pages by number, everything below a path.
    Free,
}

/// The number of the one epic within the site.
const EPIC: u64 = 90;

/// The path that the older server is below.
const CONTEXT_PATH: &str = "/git";

/// So many entries at most on one page, whatever is asked for.
const PAGE: usize = 3;

/// A fake GitLab.
pub struct GitLab {
    edition: Edition,
    store: Mutex<Store>,
    review: Mutex<Review>,
}

/// What a part of the API answers; a refusal is as good an answer as a success.
type Answer = Result<Response, Response>;

impl GitLab {
    /// A site with an issue in every project but ours.
    pub fn new(edition: Edition) -> Self {
        let mut store = Store::default();
        for project in [OTHER_PROJECT, ARCHIVED_PROJECT, HIDDEN_PROJECT] {
            let item = store.add(project, "issue", "opened");
            item.title = format!("An issue of {project}");
        }
        Self { edition, store: Mutex::new(store), review: Mutex::default() }
    }

    /// The site's memory.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a note of a member of the project who is not the token's account; false where there is no such issue.
    pub fn comment_by_member(&self, issue: &WorkItemId, body: &str) -> bool {
        note::by(&mut self.store(), issue, &people::user(&USERS[1]), body)
    }

    fn review(&self) -> MutexGuard<'_, Review> {
        self.review.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_premium(&self) -> bool {
        self.edition == Edition::Premium
    }

    /// The path that everything is below, without a trailing slash.
    fn context(&self) -> &'static str {
        if self.is_premium() { "" } else { CONTEXT_PATH }
    }

    fn route(&self, request: &Request, caller: Caller) -> Answer {
        let path = request.path.strip_prefix(self.context()).ok_or_else(no_page)?;
        let inner = Request { path: path.to_owned(), ..Request::default() };
        let segments = inner.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["api", "graphql"] => self.graphql(request, caller),
            ["api", "v4", "projects", project, rest @ ..] => {
                let project = visible(project)?;
                self.in_project(request, caller, project, rest)
            }
            ["api", "v4", "groups", "acme", "epics", "5"] if self.is_premium() => {
                Ok(Response::json(200, &view::epic(&json!(EPIC), self.context())))
            }
            ["api", "v4", rest @ ..] => people::route(request, caller, rest),
            _ => Err(no_page()),
        }
    }

    fn in_project(
        &self,
        request: &Request,
        caller: Caller,
        project: &str,
        path: &[&str],
    ) -> Answer {
        match (request.method.as_str(), path) {
            ("GET", []) => Ok(Response::json(200, &project_document(project))),
            ("GET", ["members", "all", user]) => people::member(user),
            ("GET", ["issues"]) => self.search(request, project),
            ("POST", ["issues"]) => self.create_issue(request, caller, project),
            ("GET", ["issues", number]) => self.get_issue(request, project, number),
            ("PUT", ["issues", number]) => self.edit_issue(request, caller, project, number),
            (_, ["issues", number, "notes", rest @ ..]) => {
                self.issue_notes(request, caller, project, number, rest)
            }
            ("POST", ["uploads"]) => self.upload(request, caller, project),
            (_, ["merge_requests", number, rest @ ..]) => {
                self.merge_request(request, caller, number, rest)
            }
            ("GET", ["repository", "commits", sha, "statuses"]) => self.statuses(request, sha),
            ("POST", ["statuses", sha]) => self.set_status(request, caller, sha),
            _ => Err(refuse(404, "404 Not Found")),
        }
    }
}

/// The path of a project that is named by its path or its number, if it may be seen.
fn visible(project: &str) -> Result<&'static str, Response> {
    let named =
        |(path, id): &&(&str, u64)| path.eq_ignore_ascii_case(project) || id.to_string() == project;
    let found = PROJECTS.iter().find(named).filter(|(path, _)| *path != HIDDEN_PROJECT);
    found.map(|(path, _)| *path).ok_or_else(|| refuse(404, "404 Project Not Found"))
}

fn project_id(project: &str) -> u64 {
    PROJECTS.iter().find(|(path, _)| *path == project).map_or(0, |(_, id)| *id)
}

fn project_document(project: &str) -> Value {
    json!({"id": project_id(project), "path_with_namespace": project,
        "archived": project == ARCHIVED_PROJECT})
}

/// An item as people write it.
fn full_name(item: &Item) -> String {
    format!("{}#{}", item.project, item.number)
}

fn is_named(item: &Item, project: &str, number: &str) -> bool {
    item.project == project && item.number.to_string() == number
}

impl Handler for GitLab {
    fn handle(&self, request: &Request) -> Response {
        let caller = match Caller::of(request) {
            Ok(caller) => caller,
            Err(refusal) => return refusal,
        };
        let answer = check_body(request).and_then(|()| self.route(request, caller));
        let answer = answer.unwrap_or_else(|refusal| refusal);
        answer
            .with_header("RateLimit-Limit", "2000")
            .with_header("RateLimit-Observed", "3")
            .with_header("RateLimit-Remaining", "1997")
            .with_header("RateLimit-Reset", "1767225660")
    }
}

/// A NUL ends every request, wherever it is.
fn check_body(request: &Request) -> Result<(), Response> {
    let in_query = request.query.iter().any(|(_, value)| value.contains('\0'));
    let json: Option<Value> = request.json();
    if in_query || json.is_some_and(|json| json.to_string().contains("\\u0000")) {
        return Err(refuse(400, "400 Bad request - string contains null byte"));
    }
    Ok(())
}

/// A refusal with a message.
fn refuse(status: u16, message: &str) -> Response {
    Response::json(status, &json!({"message": message}))
}

/// A refusal of a parameter, as the API's front says it.
fn refuse_parameter(message: &str) -> Response {
    Response::json(400, &json!({"error": message}))
}

fn no_page() -> Response {
    Response::with_body(
        404,
        "text/html; charset=utf-8",
        "<!DOCTYPE html><html><body>404</body></html>",
    )
}

/// One page of entries, with what GitLab says about the next. By cursor where the server knows that for this list.
/// The addresses of pages begin with the server's own name for itself.
fn paged(request: &Request, entries: &[Value], knows_cursors: bool) -> Response {
    let size = request.number("per_page").unwrap_or(20).clamp(1, PAGE);
    let by_cursor = knows_cursors && request.parameter("pagination") == Some("keyset");
    let start = if by_cursor {
        request
            .parameter("cursor")
            .and_then(|cursor| cursor.strip_prefix("after-")?.parse().ok())
            .unwrap_or(0)
    } else {
        (request.number("page").unwrap_or(1).max(1) - 1) * size
    };
    let end = (start + size).min(entries.len());
    let page = entries.get(start..end).unwrap_or_default();
    let response = Response::json(200, &json!(page));
    if end >= entries.len() {
        return response.with_header("X-Next-Page", "");
    }
    let number = start / size + 2;
    let next = if by_cursor { format!("cursor=after-{end}") } else { format!("page={number}") };
    let link =
        format!("<http://gitlab.internal{}?{next}&per_page={size}>; rel=\"next\"", request.path);
    let response = response.with_header("Link", link);
    if by_cursor { response } else { response.with_header("X-Next-Page", number.to_string()) }
}
