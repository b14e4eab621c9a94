//! GitHub as it behaves: github.com for a person's token, and an Enterprise Server for an app's, with their refusals
//! and peculiarities.
//!
//! The site has the repositories `acme/shop` (ours), `acme/other` (visible, not ours) and `acme/secret` (hidden from
//! every token). The first number of `acme/shop` is a pull request, for those are numbered with the issues.

mod access;
mod comment;
mod edit;
mod issue;
mod label;
mod project;
mod pull;
mod qualifier;
mod search;
mod tenant;
#[cfg(test)]
mod tests;
mod view;

pub use access::{GOOD_TOKEN, OUTSIDER_TOKEN, WEAK_TOKEN};
pub use tenant::Tenant;

use super::{
    Handler, Request, Response,
    store::{Item, Store},
};
use access::Caller;
use pull::Statuses;
use serde_json::{Map, Value, json};
use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// The repository that the suite works in.
pub const REPOSITORY: &str = "acme/shop";
/// A repository that tokens may see and that is not configured.
pub const OTHER_REPOSITORY: &str = "acme/other";
/// A repository that no token may see.
pub const HIDDEN_REPOSITORY: &str = "acme/secret";

/// Which GitHub, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// api.github.com for a person's token.
    Cloud,
    /// An Enterprise Server below `/api/v3` for the token of an app, which is no user's.
    Server,
}

/// A fake GitHub.
pub struct GitHub {
    deployment: Deployment,
    store: Mutex<Store>,
    statuses: Mutex<Statuses>,
    /// The search's index knows nothing newer than this serial.
    indexed: AtomicU64,
}

/// What a part of the API answers; a refusal is as good an answer as a success.
type Answer = Result<Response, Response>;

impl GitHub {
    /// A site with one pull request.
    pub fn new(deployment: Deployment) -> Self {
        let mut store = Store::default();
        let pull = store.add(REPOSITORY, view::PULL_REQUEST, "open");
        pull::TITLE.clone_into(&mut pull.title);
        for repository in [OTHER_REPOSITORY, HIDDEN_REPOSITORY] {
            let item = store.add(repository, "", "open");
            item.title = format!("An issue of {repository}");
        }
        let (store, statuses) = (Mutex::new(store), Mutex::default());
        Self { deployment, store, statuses, indexed: AtomicU64::new(u64::MAX) }
    }

    /// The site's memory.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the search's index: what is made from now on is not found by searching.
    pub fn stop_indexing(&self) {
        let newest = self.store().items.iter().map(|item| item.serial).max().unwrap_or_default();
        self.indexed.store(newest, Ordering::Relaxed);
    }

    fn is_indexed(&self, item: &Item) -> bool {
        item.serial <= self.indexed.load(Ordering::Relaxed)
    }

    fn statuses(&self) -> MutexGuard<'_, Statuses> {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What comes before the paths of the REST API.
    fn root(&self) -> &'static str {
        match self.deployment {
            Deployment::Cloud => "/",
            Deployment::Server => "/api/v3/",
        }
    }

    fn route(&self, request: &Request, caller: Caller) -> Answer {
        let graphql = match self.deployment {
            Deployment::Cloud => "/graphql",
            Deployment::Server => "/api/graphql",
        };
        if request.path == graphql {
            return self.graphql(request, caller);
        }
        let rest = request.path.strip_prefix(self.root()).unwrap_or("?");
        let segments = Request { path: rest.to_owned(), ..Request::default() }.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["user"]) => self.user(),
            ("GET", ["search", "issues"]) => self.search(request, caller),
            ("GET", ["orgs", "acme", "issue-types"]) => Ok(view::issue_types()),
            (_, ["repos", owner, name, rest @ ..]) => {
                let repository = visible_repository(&format!("{owner}/{name}"))?;
                self.repository(request, caller, repository, rest)
            }
            _ => Err(not_found()),
        }
    }

    fn repository(
        &self,
        request: &Request,
        caller: Caller,
        repository: &str,
        path: &[&str],
    ) -> Answer {
        match (request.method.as_str(), path) {
            ("GET", []) => Ok(view::repository(request, caller, repository)),
            ("GET", ["milestones"]) => Ok(view::milestones()),
            ("GET", ["issues"]) => Ok(self.list_issues(request, repository)),
            ("POST", ["issues"]) => self.create_issue(request, caller, repository),
            (_, ["issues", "comments", id]) => self.comment(request, caller, id),
            ("GET", ["issues", number]) => self.get_issue(request, repository, number),
            ("PATCH", ["issues", number]) => self.edit_issue(request, caller, repository, number),
            (_, ["issues", number, "comments"]) => {
                self.comments(request, caller, repository, number)
            }
            ("POST", ["issues", number, "labels"]) => {
                self.add_labels(request, caller, repository, number)
            }
            ("DELETE", ["issues", number, "labels", name]) => {
                self.remove_label(caller, repository, number, name)
            }
            ("POST", ["issues", number, "sub_issues"]) => {
                self.add_sub_issue(request, caller, repository, number)
            }
            _ => self.code(request, caller, repository, path),
        }
    }
}

fn visible_repository(name: &str) -> Result<&'static str, Response> {
    let known = [REPOSITORY, OTHER_REPOSITORY].into_iter();
    known.into_iter().find(|known| known.eq_ignore_ascii_case(name)).ok_or_else(not_found)
}

fn is_at(item: &Item, repository: &str, number: &str) -> bool {
    item.project == repository && item.number.to_string() == number
}

fn find<'a>(store: &'a Store, repository: &str, number: &str) -> Result<&'a Item, Response> {
    store.find(|item| is_at(item, repository, number)).ok_or_else(not_found)
}

impl Handler for GitHub {
    fn handle(&self, request: &Request) -> Response {
        let answer = access::caller(request)
            .and_then(|caller| self.route(request, caller))
            .unwrap_or_else(|refusal| refusal);
        answer
            .with_header("X-GitHub-Request-Id", "A1B2:3C4D:5E6F")
            .with_header("X-RateLimit-Limit", "5000")
            .with_header("X-RateLimit-Remaining", "4999")
            .with_header("X-RateLimit-Reset", "1800000000")
    }
}

/// A refusal with a message.
fn refuse(status: u16, message: &str) -> Response {
    let documentation = "https://docs.github.com/rest";
    Response::json(
        status,
        &json!({"message": message, "documentation_url": documentation, "status": status.to_string()}),
    )
}

/// What GitHub says of what is not there, and of what is hidden.
fn not_found() -> Response {
    refuse(404, "Not Found")
}

/// A refusal that names a field.
fn invalid(field: &str, code: &str, value: &Value) -> Response {
    Response::json(
        422,
        &json!({"message": "Validation Failed", "status": "422",
            "errors": [{"resource": "Issue", "field": field, "code": code, "value": value}]}),
    )
}

/// The request's body, which must be a JSON object.
fn object(request: &Request) -> Result<Map<String, Value>, Response> {
    request.json().ok_or_else(|| refuse(400, "Problems parsing JSON"))
}
