//! Jira as it behaves: Cloud (REST v3) and Data Center (REST v2), with their refusals and peculiarities.
//!
//! The site has the project `SHOP` (ours), `OTHER` (visible, not ours) and `SECRET` (hidden from every token).

mod access;
mod document;
mod fields;
mod issue;
mod jql;
mod link;
mod lucene;
mod metadata;
mod panel;
mod search;
mod tenant;
mod transition;
mod view;

pub use access::{EMAIL, GOOD_TOKEN, WEAK_TOKEN};
pub use panel::{CLIENT_ID, CLIENT_SECRET, CLOUD_ID, PANEL_TOKEN, WEAK_CLIENT_SECRET};
pub use tenant::Tenant;

use super::{
    Handler, Request, Response,
    store::{Item, Store},
};
use access::Caller;
use serde_json::{Map, Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The project that the suite works in.
pub const PROJECT: &str = "SHOP";
/// A project that tokens may see and that is not configured.
pub const OTHER_PROJECT: &str = "OTHER";
/// A project that no token may see.
pub const HIDDEN_PROJECT: &str = "SECRET";

/// Which Jira.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// atlassian.net.
    Cloud,
    /// Server or Data Center.
    DataCenter,
}

/// What a wrong token gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// 401.
    Refused,
    /// An anonymous answer with 200, whose header says that the login failed.
    Anonymous,
}

/// A fake Jira.
pub struct Jira {
    deployment: Deployment,
    store: Mutex<Store>,
    login: Mutex<Login>,
    another_token: Mutex<Option<String>>,
    shown: Mutex<panel::Shown>,
    /// So many items at most on one page, whatever is asked for.
    page_size: usize,
}

/// What a part of the API answers; a refusal is as good an answer as a success.
type Answer = Result<Response, Response>;

impl Jira {
    /// An empty site with small pages.
    pub fn new(deployment: Deployment) -> Self {
        let jira = Self {
            deployment,
            store: Mutex::default(),
            login: Mutex::new(Login::Refused),
            another_token: Mutex::default(),
            shown: Mutex::default(),
            page_size: 3,
        };
        for project in [OTHER_PROJECT, HIDDEN_PROJECT] {
            let mut store = jira.store();
            let item = store.add(project, "Task", "To Do");
            item.title = format!("An item of {project}");
            item.priority = Some("Medium".to_owned());
        }
        jira
    }

    /// Chooses what wrong tokens get from now on.
    pub fn set_login(&self, login: Login) {
        *self.login.lock().unwrap_or_else(PoisonError::into_inner) = login;
    }

    /// Accepts one more token, which may do everything.
    pub fn accept(&self, token: &str) {
        *self.another_token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.to_owned());
    }

    /// The site's memory.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self) -> MutexGuard<'_, panel::Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn login(&self) -> Login {
        *self.login.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn another_token(&self) -> Option<String> {
        self.another_token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_cloud(&self) -> bool {
        self.deployment == Deployment::Cloud
    }

    fn route(&self, request: &Request, caller: Caller) -> Answer {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["rest", "api", version, "serverInfo"] if self.serves(version) => {
                Ok(self.server_info(request))
            }
            ["rest", "api", version, rest @ ..] if self.serves(version) => {
                self.platform(request, caller, rest)
            }
            ["rest", "agile", "1.0", rest @ ..] => self.agile(request, caller, rest),
            _ => Err(Response::with_body(404, "text/html", "<html><body>Not here</body></html>")),
        }
    }

    fn serves(&self, version: &str) -> bool {
        match self.deployment {
            Deployment::Cloud => matches!(version, "3" | "latest"),
            Deployment::DataCenter => matches!(version, "2" | "latest"),
        }
    }

    fn platform(&self, request: &Request, caller: Caller, path: &[&str]) -> Answer {
        match (request.method.as_str(), path) {
            (
                _,
                ["myself" | "mypermissions" | "field" | "priority" | "user" | "project", ..]
                | ["issue", "createmeta", ..],
            ) => self.metadata(request, caller, path),
            (_, ["search", ..]) => self.search(request, caller, path),
            ("POST", ["issue"]) => self.create_issue(request, caller),
            ("GET", ["issue", key]) => self.get_issue(request, caller, key),
            ("PUT", ["issue", key]) => self.edit_issue(request, caller, key),
            ("GET", ["issue", key, "editmeta"]) => self.edit_metadata(caller, key),
            (_, ["issue", key, "transitions"]) => self.transitions(request, caller, key),
            (_, ["issue", key, "remotelink", rest @ ..]) => {
                self.remote_links(request, caller, key, rest)
            }
            (_, ["issue", key, "comment"]) => self.comments(request, caller, key),
            ("POST", ["issue", key, "attachments"]) => self.attach(request, caller, key),
            _ => Err(no_such_resource()),
        }
    }
}

/// The item with this key or id, in any case, if the caller may see it.
fn visible<'a>(store: &'a Store, caller: Caller, key: &str) -> Result<&'a Item, Response> {
    store
        .find(|item| is_named(item, key) && caller.may_see(item))
        .ok_or_else(|| refuse(404, "No issue has this key, or it is hidden from you."))
}

impl Handler for Jira {
    fn handle(&self, request: &Request) -> Response {
        if let Some(answer) = self.gateway(request) {
            return answer;
        }
        let (caller, failed) = match self.caller(request) {
            Ok(caller) => caller,
            Err(refusal) => return self.finish(refusal, false),
        };
        let answer = check_media_type(request)
            .and_then(|()| self.route(request, caller))
            .unwrap_or_else(|refusal| refusal);
        self.finish(answer, failed)
    }
}

impl Jira {
    /// Adds the headers that every answer carries.
    fn finish(&self, response: Response, login_failed: bool) -> Response {
        let response = response.with_header("X-AREQUESTID", "600x1x1");
        let response = if login_failed {
            response.with_header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
        } else {
            response
        };
        if self.is_cloud() {
            return response;
        }
        // With its rate limit on, Data Center sends `retry-after: 0` with every answer that is no 429.
        response
            .with_header("X-RateLimit-Limit", "1000")
            .with_header("X-RateLimit-Remaining", "999")
            .with_header("X-RateLimit-Interval-Seconds", "60")
            .with_header("X-RateLimit-FillRate", "100")
            .with_header("retry-after", "0")
    }
}

fn is_named(item: &Item, key: &str) -> bool {
    let is_it = |known: &str| known.eq_ignore_ascii_case(key);
    is_it(&item.key())
        || item.serial.to_string() == key
        || item.former.as_deref().is_some_and(is_it)
}

/// Jira takes no write without a media type, not even a DELETE without a body.
fn check_media_type(request: &Request) -> Result<(), Response> {
    let media_type = request.header("content-type").unwrap_or_default();
    let expected = match request.method.as_str() {
        "GET" => return Ok(()),
        "POST" if request.path.ends_with("/attachments") => "multipart/form-data",
        _ => "application/json",
    };
    if media_type.starts_with(expected) {
        return Ok(());
    }
    Err(refuse(415, "The media type of the request is not supported here."))
}

/// A refusal with one message.
fn refuse(status: u16, message: &str) -> Response {
    Response::json(status, &json!({"errorMessages": [message], "errors": {}}))
}

/// A refusal that names fields.
fn refuse_fields(errors: &Map<String, Value>) -> Response {
    Response::json(400, &json!({"errorMessages": [], "errors": errors}))
}

fn no_such_resource() -> Response {
    refuse(404, "This address answers nothing.")
}

/// The request's body, which must be a JSON object.
fn object(request: &Request) -> Result<Map<String, Value>, Response> {
    request.json().ok_or_else(|| refuse(400, "The body is not a JSON object."))
}
