//! The third seam: where a tracker collects the development of its items, beside the links that each of them has. It takes
//! credentials of its own, knows a pull request by its repository and its number, and is asked once for all items.

use crate::{code_host::Proposal, error::Result, model::WorkItemId};
use async_trait::async_trait;
use jiff::Timestamp;
use std::fmt;
use url::Url;

/// A pull request as it was at a time.
#[derive(Debug, Clone, Copy)]
pub struct Development<'a> {
    /// The page of its repository.
    pub repository: &'a Url,
    /// The pull request. All texts are untrusted.
    pub proposal: &'a Proposal,
    /// When it was so. What is older than what is shown changes nothing, whichever arrives last.
    pub as_of: Timestamp,
}

/// Where a pull request is shown, as far as the panel tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The items that show it.
    pub items: Vec<WorkItemId>,
    /// True when they show it as it is now: its title, its state, its branches.
    pub current: bool,
}

/// What becomes of a pull request on the items that are not named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They show it no longer.
    TakenOut,
    /// They go on showing it, as far as the panel tells of them, for nobody knows all that should.
    Kept,
}

/// A tracker's development panel.
#[async_trait]
pub trait Panel: Send + Sync + fmt::Debug {
    /// Tells one panel from another: trackers with the same name here share theirs.
    fn place(&self) -> String;

    /// True for an item that the panel can show something on. No network.
    fn takes(&self, item: &WorkItemId) -> bool;

    /// Whether the credentials are accepted, and are good for the panel.
    ///
    /// Requires: credentials.
    /// Behavior: `Auth` when they are wrong, `Forbidden` when they are for something else; writes nothing.
    async fn authenticate(&self) -> Result<()>;

    /// Which items show a pull request.
    ///
    /// Requires: nothing.
    /// Behavior: an answer may be behind by what was written just now, and may lack what has long not changed, so that
    /// it serves a report, and nothing is left undone because of it.
    async fn shown(&self, development: Development<'_>) -> Result<Shown>;

    /// Shows a pull request on these items; on none, with the others taken out, it is taken out of the panel.
    ///
    /// Requires: nothing.
    /// Behavior: those of the items that show it then. Not among them is what the tracker does not know, and everything
    /// where the others are to be kept and the panel cannot tell which they are. Repeating it changes nothing.
    async fn show(
        &self,
        development: Development<'_>,
        items: &[WorkItemId],
        others: Others,
    ) -> Result<Vec<WorkItemId>>;
}

#[cfg(test)]
pub(crate) mod tests {
    //! What tests of panels need.

    use super::*;
    use crate::{
        code_host::Author,
        model::{PullRequest, PullRequestState},
    };

    /// A pull request in its repository.
    pub(crate) struct Example {
        pub(crate) repository: Url,
        pub(crate) proposal: Proposal,
    }

    impl Example {
        pub(crate) fn new() -> Self {
            let repository = "https://github.com/acme/shop".parse().unwrap();
            Self { repository, proposal: proposal() }
        }

        /// It, as it was on a morning in 2026.
        pub(crate) fn development(&self) -> Development<'_> {
            let Self { repository, proposal } = self;
            let as_of = Timestamp::from_second(1_770_000_000).unwrap();
            Development { repository, proposal, as_of }
        }
    }

    fn proposal() -> Proposal {
        Proposal {
            pull_request: PullRequest {
                url: "https://github.com/acme/shop/pull/7".parse().unwrap(),
                number: 7,
                repository: "acme/shop".to_owned(),
                title: "Add a till".to_owned(),
                state: PullRequestState::Open,
            },
            description: String::new(),
            source_branch: "till".to_owned(),
            target_branch: "main".to_owned(),
            author: Author { name: "alex".to_owned(), is_bot: false },
            is_draft: false,
            is_fork: false,
            labels: Vec::new(),
            head_sha: String::new(),
            merge_sha: None,
            commits: Vec::new(),
            complete: true,
        }
    }
}
