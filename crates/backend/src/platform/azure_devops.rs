//! Azure DevOps, Services and Server (REST 7.1): work items of Azure Boards, pull requests of Azure Repos.
//!
//! Numbers of work items count in the whole organisation, so that `AB#12` names one item whatever its project is called;
//! only making and searching happen in the configured project.

mod api;
mod artifact;
mod attach;
mod backlink;
mod connect;
mod create;
mod dialect;
mod fields;
mod github;
mod item;
mod link;
mod memo;
mod page;
mod process;
mod relation;
mod review;
mod search;
mod tags;
#[cfg(test)]
mod tests;
mod update;
mod webhook;
mod wiql;
mod wire;
mod words;

use super::{ConnectCodeHost, Platform, WITHOUT_HISTORY};
use crate::{
    error::{Error, ErrorKind, Result},
    health::Access,
    managed_comment::Locks,
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem,
        WorkItemId,
    },
    reference::Pattern,
    secret::Secret,
    settings::{CustomSetting, Setting},
    tracker::{Limits, Metadata, Tracker},
    webhook::{Delivery, Event},
};
use api::Api;
use async_trait::async_trait;
use memo::Memo;
use url::Url;
use words::Words;

/// The row of the table of platforms.
pub(super) const PLATFORM: Platform = Platform {
    name: "azure-devops",
    title: "Azure DevOps",
    settings: SETTINGS,
    custom_settings: CUSTOM_SETTINGS,
    references: &[Pattern::AzureBoards, Pattern::Number],
    limits: Limits { title: LONGEST_TITLE, text: LONGEST_TEXT, label: LONGEST_TAG },
    unsupported: WITHOUT_HISTORY,
    delegates: &[],
    embedded: false,
    check: |settings| settings.problems(connect::read),
    connect: |settings, wire| Box::pin(async move { connect::connect(settings, wire) }),
};

/// Pull requests of Azure Repos in the same organisation.
pub(super) const CODE_HOST: ConnectCodeHost =
    |settings, wire| Box::pin(async move { connect::connect_code_host(settings, wire) });

const SETTINGS: &[Setting] = &[
    Setting::new(
        "api_endpoint",
        "AZURE_DEVOPS_ORG_URL",
        "address of the organisation, such as https://dev.azure.com/acme; of a collection on a server of your own: https://tfs.acme.example/tfs/DefaultCollection",
    )
    .required(),
    Setting::new(
        "api_key",
        "AZURE_DEVOPS_PAT",
        "personal access token with the scopes Work Items (Read & write) and Code (Read); in a pipeline SYSTEM_ACCESSTOKEN will do",
    )
    .or_env(&["SYSTEM_ACCESSTOKEN"])
    .required()
    .secret(),
    Setting::new(
        "organization",
        "AZURE_DEVOPS_ORGANIZATION",
        "name of the organisation, where the address is https://dev.azure.com alone; else of no effect",
    ),
    Setting::new("project", "AZURE_DEVOPS_PROJECT", "name of the project").required(),
    Setting::new(
        "team",
        "AZURE_DEVOPS_TEAM",
        "name of the team that a native query is asked for, such as one with @CurrentIteration",
    ),
    Setting::new(
        "webhook_secret",
        "AZURE_DEVOPS_WEBHOOK_SECRET",
        "password of the service hook's basic authentication, or the value of its header X-Webhook-Secret; several, separated by commas, while one replaces another",
    )
    .secret(),
];

const CUSTOM_SETTINGS: &[CustomSetting] = &[
    CustomSetting {
        key: "work_item_types",
        help: "sort of work to work item type: { feature: \"Feature\", bug: \"Bug\" }",
    },
    CustomSetting {
        key: "priority_mapping",
        help: "priority to Azure DevOps' number: { critical: 1, low: 4 }",
    },
    CustomSetting {
        key: "status_mapping",
        help: "status to states, best first: { in_review: [\"Code Review\", \"Resolved\"] }",
    },
    CustomSetting {
        key: "story_points_field",
        help: "field of the estimate: \"Microsoft.VSTS.Scheduling.Size\"; else the one of the process",
    },
    CustomSetting {
        key: "api_version",
        help: "version of the REST API, for servers older than 2022.1: \"6.0\"",
    },
];

/// Longest title, in characters (Microsoft: work tracking limits).
const LONGEST_TITLE: usize = 255;

/// Longest text, in characters of HTML (Microsoft: work tracking limits).
const LONGEST_TEXT: usize = 1_000_000;

/// Longest tag, in characters (Microsoft: work tracking limits).
const LONGEST_TAG: usize = 400;

/// One configured project of Azure DevOps.
#[derive(Debug)]
struct AzureDevOps {
    metadata: Metadata,
    api: Api,
    /// Name of the project that items are made in and searched in.
    project: String,
    team: Option<String>,
    story_points_field: Option<String>,
    words: Words,
    webhook_secrets: Vec<Secret>,
    /// Work item types by project.
    types: Memo<Vec<wire::ItemType>>,
    /// States by project and type.
    states: Memo<Vec<wire::State>>,
    /// What GitHub's repositories are called in artifact links, where the organisation is connected to them.
    github: Memo<Option<String>>,
    /// Writing links to one item, one after the other.
    locks: Locks,
}

#[async_trait]
impl Tracker for AzureDevOps {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    async fn authenticate(&self) -> Result<Identity> {
        self.api.whoami().await
    }

    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        self.create(draft).await
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        self.update(number(id)?, change).await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        let read = self.read(number(id)?).await?;
        self.item(&read).await
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        self.search(query).await
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        self.link_commit(number(id)?, commit).await
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        self.link_pull_request(number(id)?, pull_request).await
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        self.links(number(id)?).await
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        self.withdraw(number(&link.item)?, &link.url).await
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        self.attach(number(id)?, file).await
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        webhook::handle(&self.webhook_secrets, delivery)
    }

    /// Azure DevOps tells nobody which scopes a token has; what is left of the limits it tells now and then.
    async fn access(&self) -> Result<Access> {
        Ok(Access { quota: self.api.http.quota(), ..Access::default() })
    }

    async fn items_linked_to(&self, page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        self.linked_to(page).await
    }
}

/// The number of an item, written `4711` or, as in commits, `AB#4711`; whatever cannot be one is refused before any
/// request.
fn number(id: &WorkItemId) -> Result<u64> {
    let text = id.as_str().trim();
    let digits = match text.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("AB#") => &text[3..],
        _ => text,
    };
    let plain = !digits.starts_with('0') && digits.bytes().all(|c| c.is_ascii_digit());
    // The vendor's ids are 32-bit integers with a sign.
    let number = digits.parse().ok().filter(|number| plain && i32::try_from(*number).is_ok());
    number.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "no item of Azure DevOps has an id of that form")
            .with_hint("name the item by its number, such as 4711 or AB#4711")
    })
}
