//! GitHub Issues, on github.com, GHE.com and GitHub Enterprise Server.
//!
//! The crate octocrab makes the requests and reads the answers; it rides on our own [`Http`], so that retries, the
//! meaning of a status and the token are the same as everywhere. Estimates and iterations live in Projects v2, which
//! has GraphQL only.

mod access;
mod account;
mod code_host;
mod comment;
mod connect;
mod create;
mod dialect;
mod item;
mod labels;
mod octocrab;
mod place;
mod project;
mod query;
mod search;
#[cfg(test)]
mod tests;
mod update;
mod values;
mod webhook;
mod wire;
mod words;

use self::octocrab::Api;
use super::{ConnectCodeHost, Platform, WITHOUT_HISTORY};
use crate::{
    error::{Error, ErrorKind, Result},
    health::Access,
    managed_comment::{self, Entry, Locks},
    model::{
        Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem, WorkItemId,
    },
    reference::Pattern,
    secret::Secret,
    settings::{CustomSetting, DefaultValue, Setting},
    tracker::{Limits, Metadata, Operation, Tracker},
    webhook::{Delivery, Event},
};
use async_trait::async_trait;
use place::{Key, Place};
use project::Project;
use std::{collections::HashSet, sync::Mutex};
use tokio::sync::OnceCell;
use url::Url;
use words::Words;

/// The row of the table of platforms.
pub(super) const PLATFORM: Platform = Platform {
    name: "github",
    title: "GitHub",
    settings: SETTINGS,
    custom_settings: CUSTOM_SETTINGS,
    references: &[Pattern::Number],
    limits: Limits { title: LONGEST_TITLE, text: LONGEST_TEXT, label: LONGEST_LABEL },
    unsupported: UNSUPPORTED,
    delegates: &[],
    embedded: false,
    check: |settings| settings.problems(connect::read),
    connect: |settings, wire| {
        Box::pin(async move { Ok(Box::new(connect::connect(settings, wire)?) as _) })
    },
};

/// Pull requests of the same site.
pub(super) const CODE_HOST: ConnectCodeHost =
    |settings, wire| Box::pin(async move { Ok(Box::new(connect::connect(settings, wire)?) as _) });

const SETTINGS: &[Setting] = &[
    Setting::new(
        "api_key",
        "GITHUB_TOKEN",
        "token with issues: write, such as ${{ github.token }} in a workflow",
    )
    .required()
    .secret(),
    Setting::new("project", "GITHUB_REPOSITORY", "repository whose issues are meant: owner/name")
        .required()
        .set_by_host(),
    Setting::new(
        "api_endpoint",
        "GITHUB_API_URL",
        "address of the API; on an Enterprise Server https://HOST/api/v3",
    )
    .or(DefaultValue::Text(connect::API))
    .set_by_host(),
    Setting::new(
        "webhook_secret",
        "GITHUB_WEBHOOK_SECRET",
        "secret of the webhook; several, separated by commas, while one replaces another",
    )
    .secret(),
];

const CUSTOM_SETTINGS: &[CustomSetting] = &[
    CustomSetting {
        key: "issue_types",
        help: "sort of work to the organisation's issue type: { feature: \"Feature\", bug: \"Bug\" }",
    },
    CustomSetting {
        key: "type_labels",
        help: "sort of work to label, where there are no issue types: { feature: \"enhancement\" }",
    },
    CustomSetting {
        key: "priority_mapping",
        help: "priority to label: { critical: \"P0\", high: \"P1\" }; default \"priority: high\"",
    },
    CustomSetting {
        key: "status_mapping",
        help: "state of an open issue to label: { in_review: \"needs review\" }; default \"status: in review\"",
    },
    CustomSetting {
        key: "project_number",
        help: "number of the project (Projects v2) that holds estimates and iterations: 5",
    },
    CustomSetting {
        key: "project_owner",
        help: "organisation or user that owns the project; default: the repository's owner",
    },
    CustomSetting {
        key: "estimate_field",
        help: "the project's number field for story points; default \"Estimate\"",
    },
    CustomSetting {
        key: "iteration_field",
        help: "the project's iteration field; default \"Iteration\"",
    },
];

const UNSUPPORTED: &[(Operation, &str)] = &[
    (Operation::AttachFile, "its API takes no files; they are uploaded in the browser only"),
    WITHOUT_HISTORY[0],
    WITHOUT_HISTORY[1],
];

/// Longest title, in characters; GitHub refuses longer ones.
const LONGEST_TITLE: usize = 256;

/// Longest text of an issue or a comment, in characters; GitHub refuses longer ones.
const LONGEST_TEXT: usize = 65_536;

/// Longest name of a label, in characters; GitHub refuses longer ones.
const LONGEST_LABEL: usize = 50;

/// One configured repository.
#[derive(Debug)]
struct GitHub {
    metadata: Metadata,
    api: Api,
    /// What people browse, with a trailing slash.
    web: Url,
    /// The repository that items are made in and searched in.
    home: Place,
    words: Words,
    /// Where estimates and iterations are, where that is configured.
    project: Option<Project>,
    webhook_secrets: Vec<Secret>,
    account: OnceCell<account::Account>,
    issue_types: OnceCell<Vec<String>>,
    /// What is known to be issues and not pull requests.
    issues: Mutex<HashSet<Key>>,
    locks: Locks,
}

#[async_trait]
impl Tracker for GitHub {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    async fn authenticate(&self) -> Result<Identity> {
        self.whoami().await
    }

    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        self.create(draft).await
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        self.update(&self.key(id)?, change).await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        self.read(&self.key(id)?).await
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
        managed_comment::links(self, &self.key(id)?.id()).await
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        let link = Link { item: self.key(&link.item)?.id(), ..link.clone() };
        managed_comment::unlink(self, &self.locks, &link).await
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        webhook::handle(&self.webhook_secrets, delivery)
    }

    async fn access(&self) -> Result<Access> {
        self.permissions().await
    }
}

impl GitHub {
    async fn link(&self, id: &WorkItemId, entry: &Entry) -> Result<Link> {
        managed_comment::link(self, &self.locks, &self.key(id)?.id(), entry).await
    }

    /// Refuses, before any request, whatever cannot be an issue's id.
    fn key(&self, id: &WorkItemId) -> Result<Key> {
        Key::parse(id.as_str(), &self.home, &self.web).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "no issue of GitHub has an id of that form")
                .with_hint("name the issue as acme/shop#7, or as #7 in the configured repository")
        })
    }
}
