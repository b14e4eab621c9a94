//! The contract: what every tracker can be asked, and how it says what it can do.

use crate::{
    error::{Error, ErrorKind, Result},
    health::{self, Access, Health},
    history::{Period, Team, TeamHistory},
    incident::{self, Filed, Incident},
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem,
        WorkItemId,
    },
    reference::Pattern,
    settings::Problem,
    velocity::{self, Velocity},
    webhook::{Delivery, Event},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// One operation of the standard interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each variant is the trait method of the same name, documented there"
)]
pub enum Operation {
    Authenticate,
    CreateWorkItem,
    UpdateWorkItem,
    GetWorkItem,
    SearchWorkItems,
    LinkToCommit,
    LinkToPullRequest,
    ListLinks,
    Unlink,
    AttachFile,
    WebhookHandler,
    TeamHistory,
    CreateFromIncident,
    GetTeamVelocity,
    ValidateConfig,
    HealthCheck,
}

impl Operation {
    /// Every operation, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Authenticate,
        Self::CreateWorkItem,
        Self::UpdateWorkItem,
        Self::GetWorkItem,
        Self::SearchWorkItems,
        Self::LinkToCommit,
        Self::LinkToPullRequest,
        Self::ListLinks,
        Self::Unlink,
        Self::AttachFile,
        Self::WebhookHandler,
        Self::TeamHistory,
        Self::CreateFromIncident,
        Self::GetTeamVelocity,
        Self::ValidateConfig,
        Self::HealthCheck,
    ];

    /// The name of the trait method, as in the plugin protocol.
    pub fn word(self) -> &'static str {
        match self {
            Self::Authenticate => "authenticate",
            Self::CreateWorkItem => "create_work_item",
            Self::UpdateWorkItem => "update_work_item",
            Self::GetWorkItem => "get_work_item",
            Self::SearchWorkItems => "search_work_items",
            Self::LinkToCommit => "link_to_commit",
            Self::LinkToPullRequest => "link_to_pull_request",
            Self::ListLinks => "list_links",
            Self::Unlink => "unlink",
            Self::AttachFile => "attach_file",
            Self::WebhookHandler => "webhook_handler",
            Self::TeamHistory => "team_history",
            Self::CreateFromIncident => "create_from_incident",
            Self::GetTeamVelocity => "get_team_velocity",
            Self::ValidateConfig => "validate_config",
            Self::HealthCheck => "health_check",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Longest texts that a tracker takes, in characters; longer ones are cut with a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Title.
    pub title: usize,
    /// Description and comments.
    pub text: usize,
    /// One label.
    pub label: usize,
}

/// What a tracker is and can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Name as in `--platform`.
    pub name: String,
    /// Name as people write it: `Azure DevOps`.
    pub title: String,
    /// Operations that work; check 1 of the suite compares them with what is observed.
    pub operations: Vec<Operation>,
    /// The other operations that are known, each with the reason why it is missing.
    pub unsupported: Vec<(Operation, String)>,
    /// How the tracker's items are named in commits, most usual first.
    pub references: Vec<Pattern>,
    /// Longest texts.
    pub limits: Limits,
    /// Page of the repository whose items a plain `#12` names, on trackers that number within repositories; of the
    /// organisation, on one that numbers within that.
    pub home: Option<Url>,
}

/// A tracker of work items.
///
/// A platform writes the operations that its API can do; the others stay at their default, a typed
/// [`ErrorKind::Unsupported`]. Operations are cheap to repeat: every one but `create_work_item`,
/// `attach_file` and the comment of `update_work_item` leaves the tracker the same when run twice.
#[async_trait]
pub trait Tracker: Send + Sync + fmt::Debug {
    /// What this tracker is and can do; constant for the tracker's life.
    fn metadata(&self) -> &Metadata;

    /// Who the token belongs to.
    ///
    /// Requires: credentials.
    /// Behavior: one cheap read; `Auth` when they are wrong, never retried, since retries lock accounts.
    async fn authenticate(&self) -> Result<Identity>;

    /// Makes an item.
    ///
    /// Requires: a title.
    /// Behavior: sent once; `Ambiguous` when the answer was lost; `Rejected` names the field.
    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        let _ = draft;
        Err(self.unsupported(Operation::CreateWorkItem))
    }

    /// Changes an item and returns it as it is afterwards.
    ///
    /// Requires: an existing item.
    /// Behavior: fields not named stay; a state that cannot be reached now is `Rejected` and names those that can.
    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        let _ = (id, change);
        Err(self.unsupported(Operation::UpdateWorkItem))
    }

    /// Reads an item.
    ///
    /// Requires: nothing.
    /// Behavior: `NotFound` when it is gone, or hidden from this token.
    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        let _ = id;
        Err(self.unsupported(Operation::GetWorkItem))
    }

    /// Finds items, newest first.
    ///
    /// Requires: nothing.
    /// Behavior: reads as many pages as the limit needs; `complete` is false when there is more.
    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        let _ = query;
        Err(self.unsupported(Operation::SearchWorkItems))
    }

    /// Links an item to a commit.
    ///
    /// Requires: an existing item; an address that others can open.
    /// Behavior: repeating it changes nothing; `existed` says whether the link was there.
    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        let _ = (id, commit);
        Err(self.unsupported(Operation::LinkToCommit))
    }

    /// Links an item to a pull request.
    ///
    /// Requires: an existing item.
    /// Behavior: repeating it updates title and state in place.
    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        let _ = (id, pull_request);
        Err(self.unsupported(Operation::LinkToPullRequest))
    }

    /// Lists the links that this product made, recognised by their natural key or marker.
    ///
    /// Requires: an existing item.
    /// Behavior: all of them, in the tracker's order.
    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        let _ = id;
        Err(self.unsupported(Operation::ListLinks))
    }

    /// Withdraws a link that is no longer true.
    ///
    /// Requires: nothing.
    /// Behavior: a link that is not there is success.
    async fn unlink(&self, link: &Link) -> Result<()> {
        let _ = link;
        Err(self.unsupported(Operation::Unlink))
    }

    /// Attaches a file.
    ///
    /// Requires: an existing item.
    /// Behavior: sent once, like a create.
    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        let _ = (id, file);
        Err(self.unsupported(Operation::AttachFile))
    }

    /// Verifies a delivery's raw bytes, then parses it. No network.
    ///
    /// Requires: a configured secret.
    /// Behavior: `Auth` with one constant message when the signature is wrong; an unknown event is not an error.
    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        let _ = delivery;
        Err(self.unsupported(Operation::WebhookHandler))
    }

    /// Reads what velocity is computed from.
    ///
    /// Requires: a team or board that the tracker knows.
    /// Behavior: every page; `complete` is false when something could not be read.
    async fn team_history(&self, team: &Team, period: &Period) -> Result<TeamHistory> {
        let _ = (team, period);
        Err(self.unsupported(Operation::TeamHistory))
    }

    /// Files an incident: one open item per fingerprint, however often it is reported. Derived.
    async fn create_from_incident(&self, incident: &Incident) -> Result<Filed> {
        incident::file(self, incident).await
    }

    /// Measures a team's velocity. Derived from [`Tracker::team_history`].
    async fn get_team_velocity(&self, team: &Team, period: &Period) -> Result<Velocity> {
        velocity::measure(self, team, period).await
    }

    /// Problems of the configuration that its table cannot see, such as settings that contradict each other.
    fn validate_config(&self) -> Vec<Problem> {
        Vec::new()
    }

    /// Whether the tracker answers, who we are there and how fast. Derived; never fails.
    async fn health_check(&self) -> Health {
        health::check(self).await
    }

    /// What the token may do, how long, and how much of its limits is left; as far as the tracker tells.
    ///
    /// Requires: credentials.
    /// Behavior: at most one cheap read. What is not told is empty, and not guessed.
    async fn access(&self) -> Result<Access> {
        Ok(Access::default())
    }

    /// The items that have a link to a page which this product made, where the tracker can be asked that way round.
    ///
    /// Requires: nothing.
    /// Behavior: `None` where the tracker has no such question. An answer may be behind by a moment; read the links of
    /// the items that it names with [`Tracker::list_links`].
    async fn items_linked_to(&self, page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        let _ = page;
        Ok(None)
    }

    /// The error for an operation that this platform's API does not have.
    fn unsupported(&self, operation: Operation) -> Error {
        unsupported(self.metadata(), operation)
    }
}

/// The error for an operation that is not there, with the reason where one is known.
pub(crate) fn unsupported(metadata: &Metadata, operation: Operation) -> Error {
    let known = metadata.unsupported.iter().find(|(missing, _)| *missing == operation);
    let why = known.map_or("its API has no such operation", |(_, why)| why);
    let can: Vec<_> = metadata.operations.iter().map(|operation| operation.word()).collect();
    Error::new(
        ErrorKind::Unsupported,
        format!("{} cannot do this ({operation}): {why}", metadata.title),
    )
    .with_hint(format!(
        "use another tracker for this; {} can do {}",
        metadata.title,
        can.join(", ")
    ))
}
