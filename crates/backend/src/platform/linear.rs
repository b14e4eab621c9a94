//! Linear, through its GraphQL API.
//!
//! Every request is one of a few fixed documents with variables, so that no text ever becomes a part of a query. Items
//! and comments are made under ids of our own choice: when an answer is lost, the id tells what became of them.

mod assignee;
mod attach;
mod connect;
mod create;
mod dialect;
mod document;
mod filter;
mod item;
mod labels;
mod link;
mod request;
mod search;
mod team;
#[cfg(test)]
mod tests;
mod unique;
mod update;
mod values;
mod webhook;
mod wire;
mod words;

use super::{Platform, WITHOUT_HISTORY};
use crate::{
    error::{Error, ErrorKind, Result},
    health::Access,
    http::Http,
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
use async_trait::async_trait;
use tokio::sync::OnceCell;
use url::Url;
use words::Words;

/// The row of the table of platforms.
pub(super) const PLATFORM: Platform = Platform {
    name: "linear",
    title: "Linear",
    settings: SETTINGS,
    custom_settings: CUSTOM_SETTINGS,
    references: &[Pattern::Key],
    limits: Limits { title: LONGEST_TITLE, text: LONGEST_TEXT, label: LONGEST_LABEL },
    unsupported: WITHOUT_HISTORY,
    delegates: &[],
    embedded: false,
    check: |settings| settings.problems(connect::read),
    connect: |settings, wire| Box::pin(async move { connect::connect(settings, wire) }),
};

const SETTINGS: &[Setting] = &[
    Setting::new(
        "api_key",
        "LINEAR_API_KEY",
        "personal API key (lin_api_...) or OAuth access token (lin_oauth_...)",
    )
    .required()
    .secret(),
    Setting::new("project", "LINEAR_TEAM", "key of the team, such as ENG").required(),
    Setting::new(
        "api_endpoint",
        "LINEAR_API_URL",
        "address of the GraphQL API; the default is Linear's own",
    )
    .or(DefaultValue::Text(connect::LINEAR)),
    Setting::new(
        "webhook_secret",
        "LINEAR_WEBHOOK_SECRET",
        "signing secret of the webhook; several, separated by commas, while one replaces another",
    )
    .secret(),
];

const CUSTOM_SETTINGS: &[CustomSetting] = &[
    CustomSetting {
        key: "status_mapping",
        help: "status to Linear's, best first: { in_review: [\"Code Review\", \"QA\"] }",
    },
    CustomSetting {
        key: "priority_mapping",
        help: "priority to Linear's: { critical: \"Urgent\", low: \"No priority\" }",
    },
    CustomSetting {
        key: "issue_types",
        help: "sort of work to the label that tells it: { feature: \"Improvement\", bug: \"Bug\" }",
    },
];

/// Longest title, in characters.
const LONGEST_TITLE: usize = 255;

/// Longest description or comment, in characters.
const LONGEST_TEXT: usize = 100_000;

/// Longest name of a label, in characters.
const LONGEST_LABEL: usize = 80;

/// One configured Linear.
#[derive(Debug)]
struct Linear {
    metadata: Metadata,
    http: Http,
    /// Key of the team that items are made in and searched in.
    key: String,
    words: Words,
    webhook_secrets: Vec<Secret>,
    team: OnceCell<wire::Team>,
}

#[async_trait]
impl Tracker for Linear {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    async fn authenticate(&self) -> Result<Identity> {
        let told: wire::Whoami = self.ask(&document::WHO_AM_I, &()).await?;
        let wire::Viewer { id, name, email } = told.viewer;
        Ok(Identity { id, name, email: email.filter(|email| !email.is_empty()) })
    }

    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        self.create(draft).await
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        self.update(&name(id)?, change).await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        let issue = self.read(&name(id)?).await?;
        self.item(issue).await
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        self.search(query).await
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        self.link(&name(id)?, link::to_commit(commit)?).await
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        self.link(&name(id)?, link::to_pull_request(pull_request)?).await
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        self.links(&name(id)?).await
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        self.withdraw(&name(&link.item)?, &link.url).await
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        self.attach(&name(id)?, file).await
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        webhook::handle(&self.webhook_secrets, delivery)
    }

    async fn access(&self) -> Result<Access> {
        Ok(Access { quota: self.http.quota(), ..Access::default() })
    }

    async fn items_linked_to(&self, page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        self.linked_to(page).await.map(Some)
    }
}

/// What Linear finds an issue by: its identifier, which people write in any case, or its UUID.
///
/// Everything else is refused before any request.
fn name(id: &WorkItemId) -> Result<String> {
    let text = id.as_str().trim();
    if is_uuid(text) {
        return Ok(text.to_ascii_lowercase());
    }
    let text = text.to_ascii_uppercase();
    if is_identifier(&text) {
        return Ok(text);
    }
    Err(Error::new(ErrorKind::NotFound, "no item of Linear has an id of that form")
        .with_hint("name the item by its identifier, such as ENG-12"))
}

/// `^[A-Z0-9_]+-[1-9][0-9]{0,8}$`
fn is_identifier(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(team, number)| {
        let digits = number.bytes().all(|c| c.is_ascii_digit());
        is_key(team) && digits && (1..=9).contains(&number.len()) && !number.starts_with('0')
    })
}

/// `^[A-Z0-9_]+$`
fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_')
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.concat().bytes().all(|c| c.is_ascii_hexdigit())
}
