//! GitLab, gitlab.com and self-managed: issues of one project through REST v4, and GraphQL for what REST does not have.
//!
//! An issue has two states, open and closed, and neither priority nor type worth the name: the rest is told by labels,
//! which [`words`] maps. Text is sent as it is, but for quick actions ([`quick_action`]).

mod address;
mod attach;
mod connect;
mod create;
mod dialect;
mod hierarchy;
mod item;
mod labels;
mod merge_request;
mod native;
mod notes;
mod paging;
mod people;
mod quick_action;
mod search;
#[cfg(test)]
mod tests;
mod update;
mod values;
mod webhook;
mod wire;
mod words;

use super::{ConnectCodeHost, Platform, WITHOUT_HISTORY};
use crate::{
    error::Result,
    health::Access,
    http::Http,
    managed_comment::{self, Entry, Locks},
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem,
        WorkItemId,
    },
    reference::Pattern,
    secret::Secret,
    settings::{CustomSetting, DefaultValue, Setting},
    tracker::{Limits, Metadata, Tracker},
    webhook::{Delivery, Event},
};
use address::Project;
use async_trait::async_trait;
use tokio::sync::OnceCell;
use words::Words;

/// The row of the table of platforms.
pub(super) const PLATFORM: Platform = Platform {
    name: "gitlab",
    title: "GitLab",
    settings: SETTINGS,
    custom_settings: CUSTOM_SETTINGS,
    references: &[Pattern::Number],
    limits: Limits { title: LONGEST_NAME, text: LONGEST_TEXT, label: LONGEST_NAME },
    unsupported: WITHOUT_HISTORY,
    delegates: &[],
    embedded: false,
    check: |settings| settings.problems(connect::read),
    connect: |settings, wire| Box::pin(async move { connect::tracker(settings, wire) }),
};

/// Merge requests of the same instance.
pub(super) const CODE_HOST: ConnectCodeHost =
    |settings, wire| Box::pin(async move { connect::code_host(settings, wire) });

const SETTINGS: &[Setting] = &[
    Setting::new(
        "api_endpoint",
        "GITLAB_URL",
        "address that people browse, with its path if it has one; default https://gitlab.com",
    )
    .or_env(&["CI_SERVER_URL"])
    .or(DefaultValue::Text(connect::GITLAB)),
    Setting::new(
        "api_key",
        "GITLAB_TOKEN",
        "personal, project or group access token with scope api; a job's own CI_JOB_TOKEN may neither read nor write issues",
    )
    .or_env(&["CI_JOB_TOKEN"])
    .required()
    .secret(),
    Setting::new(
        "project",
        "GITLAB_PROJECT",
        "path of the project, such as group/shop, or its number; in GitLab CI the pipeline's own",
    )
    .or_env(&["CI_MERGE_REQUEST_PROJECT_PATH", "CI_PROJECT_PATH"])
    .required(),
    Setting::new(
        "webhook_secret",
        "GITLAB_WEBHOOK_SECRET",
        "signing token (whsec_...) or secret token of the webhook; several, separated by commas, while one replaces another",
    )
    .secret(),
];

const CUSTOM_SETTINGS: &[CustomSetting] = &[
    CustomSetting {
        key: "issue_types",
        help: "sort of work to GitLab's issue type: { incident: \"incident\", task: \"issue\" }",
    },
    CustomSetting {
        key: "type_labels",
        help: "sort of work to the label that tells it: { bug: \"type::bug\", feature: \"type::feature\" }",
    },
    CustomSetting {
        key: "priority_mapping",
        help: "priority to its label, best first: { critical: [\"priority::critical\", \"P1\"] }",
    },
    CustomSetting {
        key: "status_mapping",
        help: "status to its label, best first: { in_review: [\"status::in review\", \"workflow::review\"] }",
    },
];

/// Longest title and label, in characters; GitLab refuses longer titles and drops longer labels.
const LONGEST_NAME: usize = 255;

/// Longest description or note, in characters; GitLab refuses longer ones.
const LONGEST_TEXT: usize = 1_000_000;

/// One configured GitLab.
#[derive(Debug)]
struct GitLab {
    metadata: Metadata,
    http: Http,
    /// The project that items are made in and searched in.
    project: Project,
    words: Words,
    webhook_secrets: Vec<Secret>,
    /// True when the token is a job's own, which few routes accept.
    is_job_token: bool,
    /// Whose token it is; asked once.
    me: OnceCell<wire::User>,
    locks: Locks,
}

#[async_trait]
impl Tracker for GitLab {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    async fn authenticate(&self) -> Result<Identity> {
        Ok(self.whoami().await?.into())
    }

    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        self.create(draft).await
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        self.update(&self.address(id)?, change).await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        let issue = self.read(&self.address(id)?).await?;
        self.whole_item(issue).await
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        self.search(query).await
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        self.link(id, &Entry::to_commit(commit)?).await
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        self.link(id, &Entry::to_pull_request(pull_request)?).await
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        managed_comment::links(self, &self.canonical(id)?).await
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        let link = Link { item: self.canonical(&link.item)?, ..link.clone() };
        managed_comment::unlink(self, &self.locks, &link).await
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        self.attach(&self.address(id)?, file).await
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        webhook::handle(&self.webhook_secrets, delivery)
    }

    async fn access(&self) -> Result<Access> {
        self.token_access().await
    }
}

impl GitLab {
    async fn link(&self, id: &WorkItemId, entry: &Entry) -> Result<Link> {
        managed_comment::link(self, &self.locks, &self.canonical(id)?, entry).await
    }
}
