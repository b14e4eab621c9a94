//! Azure DevOps as it behaves: Services with an Agile process of its own, and Server with plain Scrum.
//!
//! The organisation has the projects `SHOP` (ours), `OTHER` (visible, not ours) and `SECRET` (hidden from every token),
//! and in `SHOP` the repository `shop` with one pull request.

mod access;
mod git;
mod item;
mod patch;
mod process;
mod relation;
mod search;
mod tenant;
mod view;
mod wiql;

pub use access::{GOOD_TOKEN, WEAK_TOKEN};
pub use git::{KNOWN_SHA, REPOSITORY};
pub use tenant::Tenant;

use super::{
    Handler, Request, Response,
    store::{Item, Store},
};
use access::Caller;
use git::Git;
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The project that the suite works in.
pub const PROJECT: &str = "SHOP";
/// A project that tokens may see and that is not configured.
pub const OTHER_PROJECT: &str = "OTHER";
/// A project that no token may see.
pub const HIDDEN_PROJECT: &str = "SECRET";

/// Which product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// dev.azure.com.
    Services,
    /// Run by somebody else.
    Server,
}

impl Deployment {
    /// The organisation or the collection: the first part of every path.
    pub fn collection(self) -> &'static str {
        match self {
            Self::Services => "acme",
            Self::Server => "DefaultCollection",
        }
    }
}

/// A fake Azure DevOps.
pub struct AzureDevOps {
    deployment: Deployment,
    store: Mutex<Store>,
    git: Mutex<Git>,
    /// So many numbers at most in the answer to a query; of more there is none. Microsoft's limit is 20,000.
    longest_answer: usize,
}

/// What a part of the API answers; a refusal is as good an answer as a success.
type Answer = Result<Response, Response>;

impl AzureDevOps {
    /// An organisation with one item in each of the other projects.
    pub fn new(deployment: Deployment) -> Self {
        let fake = Self {
            deployment,
            store: Mutex::default(),
            git: Mutex::new(Git::new()),
            longest_answer: 20,
        };
        for project in [OTHER_PROJECT, HIDDEN_PROJECT] {
            let mut store = fake.store();
            let first = process::types(deployment)[0].states[0].0;
            let item = store.add(project, process::types(deployment)[0].name, first);
            item.title = format!("An item of {project}");
            item.custom.insert("System.Rev".to_owned(), json!(1));
        }
        fake
    }

    /// The organisation's memory.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The memory of its repositories.
    fn git(&self) -> MutexGuard<'_, Git> {
        self.git.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn route(&self, request: &Request, caller: Caller) -> Answer {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match path.as_slice() {
            [collection, rest @ ..]
                if collection.eq_ignore_ascii_case(self.deployment.collection()) =>
            {
                self.collection(request, caller, rest)
            }
            _ => Err(Response::with_body(
                404,
                "text/html",
                "<html><body>404 - The page that you look for is not here.</body></html>",
            )),
        }
    }

    fn collection(&self, request: &Request, caller: Caller, path: &[&str]) -> Answer {
        match path {
            ["_apis", "connectionData"] => Ok(self.connection()),
            ["_apis", "Contribution", "dataProviders", "query"] => {
                self.contribution(request, caller)
            }
            ["_apis", rest @ ..] => {
                check_version(request)?;
                self.work_items(request, caller, None, rest)
            }
            [project, rest @ ..] => {
                check_version(request)?;
                self.project(request, caller, project, rest)
            }
            [] => Err(no_such_resource()),
        }
    }

    fn project(&self, request: &Request, caller: Caller, project: &str, path: &[&str]) -> Answer {
        let known = [PROJECT, OTHER_PROJECT];
        let Some(project) = known.into_iter().find(|known| known.eq_ignore_ascii_case(project))
        else {
            let by_id = git::PROJECT_ID.eq_ignore_ascii_case(project);
            if by_id {
                return self.project(request, caller, PROJECT, path);
            }
            let message = format!(
                "TF200016: The following project does not exist: {project}. Verify that the name of the project is \
                 correct and that the project exists on the specified Azure DevOps Server."
            );
            return Err(refuse(404, &message));
        };
        match path {
            ["_apis", "git", "repositories", repository, rest @ ..] => {
                self.repository(request, caller, repository, rest)
            }
            ["_apis", rest @ ..] => self.work_items(request, caller, Some(project), rest),
            [_team, "_apis", "wit", "wiql"] => {
                self.work_items(request, caller, Some(project), &["wit", "wiql"])
            }
            _ => Err(no_such_resource()),
        }
    }

    fn work_items(
        &self,
        request: &Request,
        caller: Caller,
        project: Option<&str>,
        path: &[&str],
    ) -> Answer {
        let ["wit", what, rest @ ..] = path else { return Err(no_such_resource()) };
        match (request.method.as_str(), what.to_ascii_lowercase().as_str(), rest) {
            ("GET", "workitemtypes", []) => Ok(self.types()),
            ("GET", "workitemtypes", [name, "states"]) => self.states(name),
            ("POST", "wiql", []) => self.query(request, project),
            ("POST", "workitemsbatch", []) => self.batch(request, caller),
            ("POST", "artifacturiquery", []) => self.holders(request),
            ("POST", "attachments", []) => self.upload(request, caller),
            ("POST", "workitems", [name]) if name.starts_with('$') => {
                self.create_item(request, caller, project, &name[1..])
            }
            ("GET", "workitems", [id]) => self.get_item(request, caller, id),
            ("PATCH", "workitems", [id]) => self.change_item(request, caller, id),
            _ => Err(no_such_resource()),
        }
    }

    fn connection(&self) -> Response {
        let user = access::account();
        let kind = match self.deployment {
            Deployment::Services => "hosted",
            Deployment::Server => "onPremises",
        };
        Response::json(
            200,
            &json!({"authenticatedUser": user, "authorizedUser": user, "deploymentType": kind,
            "instanceId": "2ad38d1e-0000-4000-8000-0000000000aa"}),
        )
    }

    /// What GitHub's repositories are called here. Only one is connected.
    fn contribution(&self, request: &Request, caller: Caller) -> Answer {
        if self.deployment == Deployment::Server {
            return Err(no_such_resource());
        }
        caller.must_write()?;
        let body: Value = request.json().unwrap_or_default();
        let urls = body["context"]["properties"]["urls"].as_array().cloned().unwrap_or_default();
        let known = |url: &Value| {
            let ours = "https://github.com/acme/connected/";
            url.as_str().is_some_and(|url| url.starts_with(ours)).then(
                || json!({"repoInternalId": "5d1c2a30-0000-4000-8000-00000000c0de", "url": url}),
            )
        };
        let items: Vec<_> = urls.iter().filter_map(known).collect();
        let data =
            json!({"ms.vss-work-web.github-link-data-provider": {"resolvedLinkItems": items}});
        Ok(Response::json(200, &json!({"data": data})))
    }
}

impl Handler for AzureDevOps {
    fn handle(&self, request: &Request) -> Response {
        let answer = access::caller(request)
            .and_then(|caller| self.route(request, caller))
            .unwrap_or_else(|refusal| refusal);
        answer
            .with_header("ActivityId", "7abd520f-0000-4000-8000-000000000001")
            .with_header("X-TFS-ProcessId", "7684c2a2-0000-4000-8000-000000000002")
    }
}

/// Requests without a version, or with one that is a preview no longer, are refused.
fn check_version(request: &Request) -> Result<(), Response> {
    match request.parameter("api-version") {
        Some("7.1" | "7.0") => Ok(()),
        Some(other) => Err(refuse(
            400,
            &format!("The requested REST API version of {other} is out of range for this server."),
        )),
        None => Err(refuse(
            400,
            &format!("No api-version was supplied for the \"{}\" request.", request.method),
        )),
    }
}

/// The address that the client used, with the collection.
fn base(request: &Request, deployment: Deployment) -> String {
    let host = request.header("host").unwrap_or("127.0.0.1");
    format!("http://{host}/{}", deployment.collection())
}

/// A refusal, in the shape of all of them.
fn refuse(status: u16, message: &str) -> Response {
    Response::json(
        status,
        &json!({"$id": "1", "innerException": null, "message": message,
            "typeName": "Microsoft.VisualStudio.Services.Common.VssServiceException",
            "typeKey": "VssServiceException", "errorCode": 0, "eventId": 3000}),
    )
}

fn no_such_resource() -> Response {
    refuse(404, "The controller for this path was not found or does not implement IController.")
}

/// The item with this number, if the caller may see it.
fn visible<'a>(store: &'a Store, id: &str) -> Result<&'a Item, Response> {
    let found = store
        .find(|item| item.serial.to_string() == id)
        .filter(|item| item.project != HIDDEN_PROJECT);
    found.ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Response {
    let message = format!(
        "TF401232: Work item {id} does not exist, or you do not have permissions to read it."
    );
    refuse(404, &message)
}
