//! AWS CodeCatalyst, as far as its public API goes: who we are, the project, its repositories and workflow runs.
//!
//! None of the 38 operations of its service model (2022-09-28) is about issues, pull requests or comments. What is
//! about work items goes to the tracker that `custom_settings.work_items` names; see [`crate::delegate`].

mod connect;
mod dialect;
mod run;
#[cfg(test)]
mod tests;
mod wire;

pub use connect::connect;
pub use run::{RunStatus, WorkflowRun};

use super::Platform;
use crate::{
    error::{Error, ErrorKind, Result},
    health::Access,
    http::{Call, Http},
    model::Identity,
    settings::{CustomSetting, DefaultValue, Setting},
    tracker::{self, Limits, Metadata, Operation, Tracker},
};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use url::Url;

/// The row of the table of platforms.
pub(super) const PLATFORM: Platform = Platform {
    name: "codecatalyst",
    title: "AWS CodeCatalyst",
    settings: SETTINGS,
    custom_settings: &[CustomSetting {
        key: WORK_ITEMS,
        help: "name of the configured tracker that has the work items: \"jira\"",
    }],
    references: &[],
    // It takes no texts; these are those of the tracker that has the work items.
    limits: Limits { title: 255, text: 32_767, label: 255 },
    unsupported: UNSUPPORTED,
    delegates: DELEGATES,
    embedded: false,
    check: |settings| settings.problems(connect::read),
    connect: |settings, wire| {
        Box::pin(async move { Ok(Box::new(connect(settings, wire)?) as Box<dyn Tracker>) })
    },
};

/// The key under `custom_settings` that names the tracker of the work items.
pub const WORK_ITEMS: &str = "work_items";

const SETTINGS: &[Setting] = &[
    Setting::new("api_key", "CODECATALYST_TOKEN", "token of a session, sent as Bearer")
        .required()
        .secret(),
    Setting::new("organization", "CODECATALYST_SPACE", "name of the space").required(),
    Setting::new("project", "CODECATALYST_PROJECT", "name of the project").required(),
    Setting::new(
        "api_endpoint",
        "CODECATALYST_API_URL",
        "address of the API; the default is AWS's own",
    )
    .or(DefaultValue::Text(connect::AWS)),
];

/// Why it has no work items.
const NO_ISSUES: &str = "its public API has no operation for work items";

const DELEGATES: &[Operation] = &[
    Operation::CreateWorkItem,
    Operation::UpdateWorkItem,
    Operation::GetWorkItem,
    Operation::SearchWorkItems,
    Operation::LinkToCommit,
    Operation::LinkToPullRequest,
    Operation::ListLinks,
    Operation::Unlink,
    Operation::AttachFile,
    Operation::WebhookHandler,
    Operation::TeamHistory,
    Operation::CreateFromIncident,
    Operation::GetTeamVelocity,
];

const UNSUPPORTED: &[(Operation, &str)] = &[
    (Operation::CreateWorkItem, NO_ISSUES),
    (Operation::UpdateWorkItem, NO_ISSUES),
    (Operation::GetWorkItem, NO_ISSUES),
    (Operation::SearchWorkItems, NO_ISSUES),
    (Operation::LinkToCommit, NO_ISSUES),
    (Operation::LinkToPullRequest, NO_ISSUES),
    (Operation::ListLinks, NO_ISSUES),
    (Operation::Unlink, NO_ISSUES),
    (Operation::AttachFile, NO_ISSUES),
    (Operation::WebhookHandler, "its public API sends no webhooks"),
    (Operation::TeamHistory, NO_ISSUES),
    (Operation::CreateFromIncident, NO_ISSUES),
    (Operation::GetTeamVelocity, NO_ISSUES),
];

/// Elements asked for at once: the least of the maxima of the lists that are read.
const PAGE: usize = 50;

/// One configured project of CodeCatalyst.
#[derive(Debug)]
pub struct CodeCatalyst {
    metadata: Metadata,
    http: Http,
    space: String,
    project: String,
}

/// A repository of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its name, without the space and the project.
    pub name: String,
    /// What it is for, where somebody said.
    pub description: Option<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

#[async_trait]
impl Tracker for CodeCatalyst {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The session is verified; the name that people see is a second question, whose failure is none.
    async fn authenticate(&self) -> Result<Identity> {
        let session: wire::Session = self.http.get("session").receive().await.map_err(refused)?;
        let Some(id) = session.identity.filter(|id| !id.is_empty()) else {
            return Err(Error::new(ErrorKind::Auth, "the session is nobody's")
                .with_hint(dialect::AUTH_HINT));
        };
        let call = self.http.get("userDetails").query("id", &*id);
        let user: wire::User = call.receive().await.unwrap_or_default();
        let name = user.display_name.or(user.nickname).unwrap_or_else(|| id.clone());
        Ok(Identity { id, name, email: user.primary_email.and_then(|email| email.email) })
    }

    /// Reads the project, so that a health check notices one that is not there.
    async fn access(&self) -> Result<Access> {
        let call = self.http.get("v1/spaces/{space}/projects/{project}");
        let _: wire::Project = self.here(call).receive().await.map_err(|error| {
            let error = error.during(format!("read the project {}", self.project));
            if error.kind == ErrorKind::NotFound {
                return error.with_hint("check CODECATALYST_SPACE and CODECATALYST_PROJECT");
            }
            error
        })?;
        Ok(Access { quota: self.http.quota(), ..Access::default() })
    }

    fn unsupported(&self, operation: Operation) -> Error {
        let error = tracker::unsupported(&self.metadata, operation);
        if !DELEGATES.contains(&operation) {
            return error;
        }
        error.with_hint(
            "name the tracker that has the work items under `custom_settings` in the configuration file, such as `work_items: jira`",
        )
    }
}

impl CodeCatalyst {
    /// The repositories of the project, all of them.
    pub async fn repositories(&self) -> Result<Vec<Repository>> {
        let (mut all, mut next) = (Vec::new(), None);
        loop {
            let call = self.http.post("v1/spaces/{space}/projects/{project}/sourceRepositories");
            let body = wire::ListRepositories { next_token: next.take(), max_results: PAGE };
            let page: wire::Page<wire::Repository> = self.list(call, &body).receive().await?;
            all.extend(page.items.into_iter().map(Repository::from));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(all);
            }
        }
    }

    /// Where a repository is cloned from.
    pub async fn clone_url(&self, repository: &str) -> Result<Url> {
        let call = self
            .http
            .get("v1/spaces/{space}/projects/{project}/sourceRepositories/{repository}/cloneUrls");
        let call = self.here(call).segment("repository", repository);
        let urls: wire::CloneUrls = call.receive().await?;
        urls.https.parse().map_err(|error| {
            Error::new(
                ErrorKind::Protocol,
                format!("the address of {repository} cannot be read: {error}"),
            )
        })
    }

    /// The newest runs of the project's workflows, or of one of them, at most `limit`.
    pub async fn workflow_runs(
        &self,
        workflow: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WorkflowRun>> {
        let (mut all, mut next) = (Vec::new(), None::<String>);
        while all.len() < limit {
            let call = self.http.post("v1/spaces/{space}/projects/{project}/workflowRuns");
            let mut call = self.list(call, &wire::ListRuns { sort_by: [] });
            call = call.query("maxResults", (limit - all.len()).min(PAGE).to_string());
            for (name, value) in [("workflowId", workflow), ("nextToken", next.as_deref())] {
                if let Some(value) = value {
                    call = call.query(name, value);
                }
            }
            let page: wire::Page<wire::Run> = call.receive().await?;
            all.extend(page.items.into_iter().map(WorkflowRun::from));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                break;
            }
        }
        all.truncate(limit);
        Ok(all)
    }

    /// One run; its workflow's name is told by lists only.
    pub async fn workflow_run(&self, id: &str) -> Result<WorkflowRun> {
        let call = self.http.get("v1/spaces/{space}/projects/{project}/workflowRuns/{id}");
        let run: wire::Run = self.here(call).segment("id", id).receive().await?;
        Ok(run.into())
    }

    /// A list is a POST that changes nothing.
    fn list<'a>(&self, call: Call<'a>, body: &impl Serialize) -> Call<'a> {
        self.here(call).reads().json(body)
    }

    /// A request below the configured project.
    fn here<'a>(&self, call: Call<'a>) -> Call<'a> {
        call.segment("space", &*self.space).segment("project", &*self.project)
    }
}

/// The service model has no 401: whose session may not even be verified is not signed in.
fn refused(mut error: Error) -> Error {
    if error.kind == ErrorKind::Forbidden {
        error.kind = ErrorKind::Auth;
        return error.with_hint(dialect::AUTH_HINT);
    }
    error
}
