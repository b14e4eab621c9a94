//! The neutral model, in the customer's words. These types are the JSON output and the plugin protocol,
//! so they alone derive `Serialize`, and every change of a field is a change of the contract.

use crate::text::Markdown;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;
use url::Url;

/// A work item's id as people write it: `SHOP-12`, `acme/shop#7`, `4711`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkItemId(String);

impl WorkItemId {
    /// Wraps an id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The customer's six states; the vendor's own word stays in [`WorkItem::native_status`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not started.
    Todo,
    /// Being worked on.
    InProgress,
    /// Waiting for a review.
    InReview,
    /// Cannot go on.
    Blocked,
    /// Finished.
    Done,
    /// Will not be done.
    Cancelled,
}

/// The customer's four priorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Drop everything.
    Critical,
    /// Next.
    High,
    /// Normal.
    Medium,
    /// When there is time.
    Low,
}

/// What sort of work an item is; each platform maps it to a type of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something new for users.
    Feature,
    /// Something broken.
    Bug,
    /// Anything else.
    #[default]
    Task,
    /// An outage or an alert.
    Incident,
    /// A container of other items.
    Epic,
}

macro_rules! words {
    ($type:ty, $what:literal, $($variant:ident = $word:literal),+) => {
        impl $type {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The customer's word for it, as in JSON.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let word = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
                Self::ALL.iter().copied().find(|value| value.word() == word).ok_or_else(|| {
                    let all: Vec<_> = Self::ALL.iter().map(|value| value.word()).collect();
                    format!("no {} is called `{text}`; one of {}", $what, all.join(", "))
                })
            }
        }
    };
}
words!(
    Status,
    "status",
    Todo = "todo",
    InProgress = "in_progress",
    InReview = "in_review",
    Blocked = "blocked",
    Done = "done",
    Cancelled = "cancelled"
);
words!(PullRequestState, "state", Open = "open", Merged = "merged", Closed = "closed");
words!(Priority, "priority", Critical = "critical", High = "high", Medium = "medium", Low = "low");
words!(
    Kind,
    "type",
    Feature = "feature",
    Bug = "bug",
    Task = "task",
    Incident = "incident",
    Epic = "epic"
);

impl Status {
    /// True for `done` and `cancelled`.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

impl Status {
    /// True when going from here to `target` is a step forward: work that is done stays done.
    pub fn precedes(self, target: Self) -> bool {
        let rank = |status| match status {
            Self::Todo => 0,
            Self::InProgress | Self::Blocked => 1,
            Self::InReview => 2,
            Self::Done | Self::Cancelled => 3,
        };
        rank(self) < rank(target)
    }
}

/// A work item as a tracker reports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkItem {
    /// Id as people write it.
    pub id: WorkItemId,
    /// Page that a person opens.
    pub url: Url,
    /// One line.
    pub title: String,
    /// Text, converted to Markdown (lossy where the vendor has more).
    pub description: Markdown,
    /// Sort of work.
    pub kind: Kind,
    /// State in the customer's words.
    pub status: Status,
    /// State in the vendor's words.
    pub native_status: String,
    /// Priority, where the item has one.
    pub priority: Option<Priority>,
    /// Labels, in the tracker's order.
    pub labels: Vec<String>,
    /// Who works on it, as the tracker shows it.
    pub assignee: Option<String>,
    /// The containing item.
    pub parent_id: Option<WorkItemId>,
    /// Estimate; zero is an estimate, `None` is not.
    pub story_points: Option<f64>,
    /// Sprint, iteration or cycle that the item is in now.
    pub iteration: Option<String>,
    /// Fields that this model has no word for, by the vendor's name.
    pub custom_fields: Map<String, Value>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed, while it is closed.
    pub closed_at: Option<Timestamp>,
}

/// A work item to be made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// One line; must not be empty.
    pub title: String,
    /// Text.
    pub description: Markdown,
    /// Sort of work.
    pub kind: Kind,
    /// State to bring the new item to; `None` leaves the tracker's first state.
    pub status: Option<Status>,
    /// Priority; `None` leaves the tracker's default.
    pub priority: Option<Priority>,
    /// Labels.
    pub labels: Vec<String>,
    /// Who is to work on it: an e-mail address, a user name or an account id.
    pub assignee: Option<String>,
    /// The containing item.
    pub parent_id: Option<WorkItemId>,
    /// Estimate; zero is kept.
    pub story_points: Option<f64>,
    /// Fields by the vendor's name, such as `customfield_10030`.
    pub custom_fields: Map<String, Value>,
}

/// What to change on a work item; `None` and empty lists leave things as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// New title.
    pub title: Option<String>,
    /// New text.
    pub description: Option<Markdown>,
    /// New state; a no-op when the item is already there.
    pub status: Option<Status>,
    /// New priority.
    pub priority: Option<Priority>,
    /// A comment to add. The only part that is not repeatable.
    pub comment: Option<Markdown>,
    /// Labels to add; those already there are left.
    pub add_labels: Vec<String>,
    /// Labels to remove; those not there are left out.
    pub remove_labels: Vec<String>,
    /// New assignee; the empty string clears it.
    pub assignee: Option<String>,
    /// New containing item.
    pub parent_id: Option<WorkItemId>,
    /// New estimate; zero is kept.
    pub story_points: Option<f64>,
    /// Fields by the vendor's name.
    pub custom_fields: Map<String, Value>,
}

/// A span of time: `from` inclusive, `to` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First instant inside.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

/// Which work items to look for; all given conditions hold at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Words in title or text.
    pub text: Option<String>,
    /// Labels that an item must have, all of them.
    pub labels: Vec<String>,
    /// States, any of them; empty means all.
    pub statuses: Vec<Status>,
    /// When the item was closed.
    pub closed: Option<Span>,
    /// JQL, WIQL or whatever the tracker speaks, passed through untouched; the other conditions are added to it.
    pub native: Option<String>,
    /// At most so many items.
    pub limit: usize,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: None,
            labels: Vec::new(),
            statuses: Vec::new(),
            closed: None,
            native: None,
            limit: 100,
        }
    }
}

/// What a search found, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The items, at most [`Query::limit`].
    pub items: Vec<WorkItem>,
    /// False when there are more than were asked for or could be read: truncation is never silent.
    pub complete: bool,
}

/// A commit to link to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Full hexadecimal id.
    pub sha: String,
    /// Whole message.
    pub message: String,
    /// Page that a person opens.
    pub url: Url,
    /// Repository as people write it: `owner/name`, or its path.
    pub repository: String,
    /// Who wrote it.
    pub author: String,
    /// When it was committed.
    pub committed_at: Timestamp,
}

impl Commit {
    /// First line of the message.
    pub fn subject(&self) -> &str {
        self.message.trim_start().lines().next().unwrap_or_default()
    }

    /// First twelve digits of the id.
    pub fn short_sha(&self) -> &str {
        self.sha.get(..12).unwrap_or(&self.sha)
    }
}

/// State of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullRequestState {
    /// Waiting.
    Open,
    /// In.
    Merged,
    /// Closed without a merge.
    Closed,
}

/// A pull request (or merge request) to link to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// Page that a person opens.
    pub url: Url,
    /// Number within its repository.
    pub number: u64,
    /// Repository as people write it.
    pub repository: String,
    /// One line.
    pub title: String,
    /// State now.
    pub state: PullRequestState,
}

/// A link from a work item to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The item that carries the link.
    pub item: WorkItemId,
    /// Where it leads.
    pub url: Url,
    /// What it is called, where the tracker keeps that.
    pub title: Option<String>,
    /// True when it was there before this call.
    pub existed: bool,
}

/// A file to attach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// File name without folders.
    pub name: String,
    /// Media type, such as `text/plain`.
    pub media_type: String,
    /// Content; base64 in JSON.
    #[serde(with = "crate::digest::base64_text")]
    pub content: Vec<u8>,
}

/// Who a token says we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The tracker's id of the account.
    pub id: String,
    /// Name that people see.
    pub name: String,
    /// E-mail address, where the tracker shows it.
    pub email: Option<String>,
}

/// The address of an item that exists only in a plan.
pub(crate) static PLANNED_URL: std::sync::LazyLock<Url> = std::sync::LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the literal is a URL")]
    Url::parse("about:blank#planned").expect("the literal is a URL")
});
