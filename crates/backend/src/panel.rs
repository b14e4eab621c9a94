//! The third seam: where a tracker collects the development of its items, beside the links that each of them has. It takes
//! credentials of its own, knows a pull request by its repository and its number, and is asked once for all items.

use crate::{code_host::Proposal, error::Result, model::WorkItemId};
use async_trait::async_trait;
use jiff::Timestamp;
use std::fmt;
use url::Url;

/// A pull request as it was when it was read.
#[derive(Debug, Clone, Copy)]
pub struct Development<'a> {
    /// The page of its repository.
    pub repository: &'a Url,
    /// The pull request. All texts are untrusted.
    pub proposal: &'a Proposal,
    /// When it was read. Of two writes the one that knows more holds, whichever arrives last.
    pub as_of: Timestamp,
}

/// Where a pull request is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The items that show it.
    pub items: Vec<WorkItemId>,
    /// True when they show it as it is now: its title, its state, its branches.
    pub current: bool,
    /// False when the panel tells of a part only, in which it is not: it may be shown nevertheless.
    pub complete: bool,
}

/// A tracker's panel of development.
#[async_trait]
pub trait Panel: Send + Sync + fmt::Debug {
    /// Whether the credentials are accepted.
    ///
    /// Requires: credentials.
    /// Behavior: as cheap as it can be; `Auth` when they are wrong.
    async fn authenticate(&self) -> Result<()>;

    /// Which items show a pull request.
    ///
    /// Requires: nothing.
    /// Behavior: an answer may be behind by a moment.
    async fn shown(&self, development: Development<'_>) -> Result<Shown>;

    /// Shows a pull request on these items and no others; on none, it is taken out of the panel.
    ///
    /// Requires: nothing.
    /// Behavior: the items on which it is shown then, in the given order, without those that the tracker does not know.
    /// Repeating it changes nothing, and neither does what is older than what is shown.
    async fn show(
        &self,
        development: Development<'_>,
        items: &[WorkItemId],
    ) -> Result<Vec<WorkItemId>>;
}
