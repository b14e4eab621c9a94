//! Jira, Cloud (REST 3) and Data Center (REST 2), told apart by `serverInfo` where nothing else says which it is.
//!
//! The address of the API and the address that people browse are two things: a scoped token is only good at
//! `https://api.atlassian.com/ex/jira/{cloudId}`, and no person can open an item there.

mod access;
mod assignee;
mod attach;
mod catalogue;
mod connect;
mod create;
mod dialect;
mod item;
mod jql;
mod link;
mod panel;
mod screen;
mod search;
#[cfg(test)]
mod tests;
mod transition;
mod update;
mod values;
mod webhook;
mod wire;
mod words;

use super::{ConnectPanel, Platform, WITHOUT_HISTORY};
use crate::{
    error::{Error, ErrorKind, Result},
    health::Access,
    http::Http,
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem,
        WorkItemId,
    },
    panel::Panel,
    reference::Pattern,
    secret::Secret,
    settings::{CustomSetting, Setting},
    tracker::{Limits, Metadata, Tracker},
    webhook::{Delivery, Event},
};
use async_trait::async_trait;
use catalogue::Catalogue;
use tokio::sync::OnceCell;
use url::Url;
use words::Words;

/// The row of the table of platforms.
pub(super) const PLATFORM: Platform = Platform {
    name: "jira",
    title: "Jira",
    settings: SETTINGS,
    custom_settings: CUSTOM_SETTINGS,
    references: &[Pattern::Key],
    limits: Limits { title: LONGEST_NAME, text: LONGEST_TEXT, label: LONGEST_NAME },
    unsupported: WITHOUT_HISTORY,
    delegates: &[],
    embedded: false,
    check: |settings| settings.problems(connect::read),
    connect: |settings, wire| Box::pin(async move { connect::connect(settings, wire) }),
};

/// The development panel of the same site.
pub(super) const PANEL: ConnectPanel = |settings, wire| {
    Ok(connect::panel(settings, wire)?.map(|panel| Box::new(panel) as Box<dyn Panel>))
};

const SETTINGS: &[Setting] = &[
    Setting::new(
        "api_endpoint",
        "JIRA_URL",
        "address that people browse, such as https://acme.atlassian.net",
    )
    .required(),
    Setting::new(
        "api_key",
        "JIRA_API_TOKEN",
        "API token of Cloud, or personal access token of Data Center",
    )
    .required()
    .secret(),
    Setting::new(
        "organization",
        "JIRA_EMAIL",
        "e-mail address that the token belongs to; absent: the token is sent as Bearer (Data Center)",
    ),
    Setting::new("project", "JIRA_PROJECT", "key of the project, such as SHOP").required(),
    Setting::new(
        "api_url",
        "JIRA_API_URL",
        "address of the API where it is another one: https://api.atlassian.com/ex/jira/{cloudId} for scoped tokens",
    ),
    Setting::new(
        "deployment",
        "JIRA_DEPLOYMENT",
        "auto, cloud or server (Data Center); default auto",
    ),
    Setting::new(
        "board",
        "JIRA_BOARD",
        "number of the board whose estimation field holds story points",
    ),
    Setting::new(
        "panel_client_id",
        "JIRA_PANEL_CLIENT_ID",
        "id of OAuth credentials of Jira Cloud for the development panel, which link-pr keeps",
    ),
    Setting::new(
        "panel_client_secret",
        "JIRA_PANEL_CLIENT_SECRET",
        "secret of the OAuth credentials for the development panel",
    )
    .secret(),
    Setting::new(
        "webhook_secret",
        "JIRA_WEBHOOK_SECRET",
        "secret of the webhook; several, separated by commas, while one replaces another",
    )
    .secret(),
];

const CUSTOM_SETTINGS: &[CustomSetting] = &[
    CustomSetting {
        key: "issue_types",
        help: "sort of work to issue type: { feature: \"Story\", bug: \"Bug\" }",
    },
    CustomSetting {
        key: "priority_mapping",
        help: "priority to Jira's: { critical: \"Highest\", low: \"Low\" }",
    },
    CustomSetting {
        key: "status_mapping",
        help: "status to Jira's, best first: { in_review: [\"Code Review\", \"QA\"] }",
    },
    CustomSetting {
        key: "resolution_mapping",
        help: "status to the resolution that closes with it: { done: \"Done\", cancelled: \"Won't Do\" }",
    },
    CustomSetting {
        key: "story_points_field",
        help: "field of the story points: \"customfield_10016\"; else discovered",
    },
];

/// Longest title and label, in characters; Jira refuses longer ones.
const LONGEST_NAME: usize = 255;

/// Longest description or comment, in characters; Jira refuses longer ones.
const LONGEST_TEXT: usize = 32_767;

/// One configured Jira.
#[derive(Debug)]
struct Jira {
    metadata: Metadata,
    http: Http,
    /// What people browse, with a trailing slash.
    browse: Url,
    /// Key of the project that items are made in and searched in.
    project: String,
    board: Option<String>,
    story_points_field: Option<String>,
    words: Words,
    webhook_secrets: Vec<Secret>,
    deployment: OnceCell<Deployment>,
    catalogue: OnceCell<Catalogue>,
    issue_types: OnceCell<Vec<wire::IssueType>>,
    stranger: OnceCell<bool>,
}

/// Which of the two products answers. They differ in version, people and rich text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deployment {
    /// Atlassian's own.
    Cloud,
    /// Server or Data Center, run by somebody else.
    Server,
}

impl Deployment {
    /// Version of the REST API, as in its paths.
    fn version(self) -> &'static str {
        match self {
            Self::Cloud => "3",
            Self::Server => "2",
        }
    }
}

#[async_trait]
impl Tracker for Jira {
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
        self.update(&key(id)?, change).await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        self.read(&key(id)?).await
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        self.search(query).await
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        self.link(&key(id)?, link::to_commit(commit)?).await
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        self.keep_link(&key(id)?, link::to_pull_request(pull_request)?).await
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        self.links(&key(id)?).await
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        self.withdraw(&key(&link.item)?, &link.url).await
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        self.attach(&key(id)?, file).await
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        webhook::handle(&self.webhook_secrets, delivery)
    }

    async fn access(&self) -> Result<Access> {
        self.permissions().await
    }

    async fn items_linked_to(&self, page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        self.linked_to(page).await
    }
}

impl Jira {
    /// Which product answers: configured, told by the address, or asked for once, at the first need of it.
    async fn deployment(&self) -> Result<Deployment> {
        self.deployment.get_or_try_init(|| connect::ask(&self.http, &self.browse)).await.copied()
    }

    /// Version of the REST API, as in its paths.
    async fn version(&self) -> Result<&'static str> {
        Ok(self.deployment().await?.version())
    }

    /// Who the token belongs to.
    async fn whoami(&self) -> Result<Identity> {
        let version = self.version().await?;
        let call = self.http.get("rest/api/{version}/myself").segment("version", version);
        let user: wire::User = call.receive().await?;
        // Several of Jira's answers are 200 for strangers as well; this one then lacks an account.
        let Some(id) = user.id().map(str::to_owned) else {
            return Err(stranger());
        };
        let name = user.display_name.unwrap_or_else(|| id.clone());
        Ok(Identity { id, name, email: user.email_address.filter(|email| !email.is_empty()) })
    }

    /// True when Jira does not know us; asked once, when an answer looks like the one that strangers get.
    async fn is_stranger(&self) -> bool {
        let ask =
            || async { self.whoami().await.is_err_and(|error| error.kind == ErrorKind::Auth) };
        *self.stranger.get_or_init(ask).await
    }

    /// What "not found" really means: Jira hides items from strangers instead of asking them to log in.
    async fn unmask(&self, error: Error) -> Error {
        if error.kind == ErrorKind::NotFound && self.is_stranger().await {
            stranger()
        } else {
            error
        }
    }

    /// The page that a person opens.
    fn page(&self, key: &str) -> Result<Url> {
        self.browse.join(&format!("browse/{key}")).map_err(|error| {
            Error::new(ErrorKind::Protocol, format!("{key} is no part of an address: {error}"))
        })
    }
}

/// What is said to a stranger.
fn stranger() -> Error {
    let message = "Jira does not accept the token and answers as to an anonymous visitor";
    Error::new(ErrorKind::Auth, message).with_hint(dialect::AUTH_HINT)
}

/// Refuses, before any request, whatever cannot be an item's id; a key may come in any case.
fn key(id: &WorkItemId) -> Result<String> {
    let text = id.as_str().trim().to_ascii_uppercase();
    if is_key(&text) || is_number(&text) {
        return Ok(text);
    }
    Err(Error::new(ErrorKind::NotFound, "no item of Jira has an id of that form")
        .with_hint("name the item by its key, such as SHOP-12"))
}

/// `^[A-Z][A-Z0-9_]+-[1-9][0-9]*$`
fn is_key(text: &str) -> bool {
    text.rsplit_once('-')
        .is_some_and(|(project, number)| is_project_key(project) && is_number(number))
}

/// `^[A-Z][A-Z0-9_]+$`
fn is_project_key(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_')
}

/// `^[1-9][0-9]*$`
fn is_number(text: &str) -> bool {
    !text.starts_with('0') && !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}
