//! Everything that a decision rests on, collected before anything is decided.

use backend::{
    code_host::Proposal,
    model::{Status, WorkItemId},
    panel::Development,
    reference::Grammar,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use url::Url;

/// Everything that a decision rests on.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The pull request with its commits. All texts are untrusted.
    pub proposal: Proposal,
    /// The page of its repository.
    pub repository: Url,
    /// What keywords in front of numbers close there.
    pub grammar: Grammar,
    /// The repository's default branch, where that is known.
    pub default_branch: Option<String>,
    /// What could not be read whole.
    pub gaps: Vec<Gap>,
    /// The files that it changes; `None` where that is not known, or nobody asks.
    pub changed: Option<Vec<String>>,
    /// The commit of a merge queue's group, when this run is about one.
    pub queued: Option<String>,
    /// Texts that were replaced, and items that a former run remembered: what may be linked from before.
    pub earlier: Earlier,
    /// What the tracker says of the items that are named or were linked; empty without a tracker.
    pub items: BTreeMap<WorkItemId, Known>,
    /// The named item for what the tracker calls otherwise: `12` is `AB#12`, an item that was moved has another key.
    pub called: BTreeMap<WorkItemId, WorkItemId>,
    /// The items whose development panel shows it, as far as that tells; `None` where nobody is to write to a panel.
    pub panel: Option<OnPanel>,
    /// Whether somebody told title and state, and they are no guess.
    pub is_told: bool,
    /// When all of this was so.
    pub as_of: Timestamp,
}

/// What to do about a pull request that the CI host tells too little of.
pub(crate) const NO_TOKEN: &str = "give a token of the code host (GITHUB_TOKEN, GITLAB_TOKEN or AZURE_DEVOPS_PAT), so that it is read there";

/// The items whose development panel shows a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnPanel {
    /// Those that this run could have shown it on.
    pub ours: Vec<WorkItemId>,
    /// Those of projects that are not this run's, and so another's business.
    pub foreign: Vec<WorkItemId>,
}

/// Where links of former runs may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earlier {
    /// Titles and texts that were replaced.
    pub texts: Vec<String>,
    /// Items that a former run linked.
    pub items: Vec<WorkItemId>,
}

/// Something that could not be read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is missing, and why; a sentence without a full stop.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// What a tracker says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is there.
    There {
        /// Its state.
        status: Status,
        /// Whether it is linked to this pull request; `None` where nobody looked.
        linked: Option<bool>,
    },
    /// It is not there, or hidden from the token.
    Gone,
    /// It could not be read now.
    Unread,
}

impl Facts {
    /// True when it would go into the default branch, or nobody knows which that is.
    pub fn is_for_default_branch(&self) -> bool {
        self.default_branch.as_ref().is_none_or(|branch| *branch == self.proposal.target_branch)
    }

    /// The pull request as a panel of development takes it.
    pub fn development(&self) -> Development<'_> {
        let (repository, proposal) = (&self.repository, &self.proposal);
        Development { repository, proposal, as_of: self.as_of }
    }

    /// The commit that a verdict belongs to.
    pub fn judged_sha(&self) -> &str {
        self.queued.as_deref().unwrap_or(&self.proposal.head_sha)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use backend::{
        code_host::Author,
        model::{Commit, PullRequest, PullRequestState},
    };

    pub(crate) const REPOSITORY: &str = "https://github.com/acme/shop";

    pub(crate) fn commit(index: usize, message: &str) -> Commit {
        let sha =
            format!("{:040x}", 0xa0_0000_0000_u64 + index as u64).chars().rev().collect::<String>();
        Commit {
            url: format!("{REPOSITORY}/commit/{sha}").parse().unwrap(),
            sha,
            message: message.to_owned(),
            repository: "acme/shop".to_owned(),
            author: "Alex Example".to_owned(),
            committed_at: Timestamp::UNIX_EPOCH,
        }
    }

    pub(crate) fn facts(title: &str, body: &str, commits: &[&str]) -> Facts {
        Facts {
            proposal: Proposal {
                pull_request: PullRequest {
                    url: format!("{REPOSITORY}/pull/7").parse().unwrap(),
                    number: 7,
                    repository: "acme/shop".to_owned(),
                    title: title.to_owned(),
                    state: PullRequestState::Open,
                },
                description: body.to_owned(),
                source_branch: "topic".to_owned(),
                target_branch: "main".to_owned(),
                author: Author { name: "alex".to_owned(), is_bot: false },
                is_draft: false,
                is_fork: false,
                labels: Vec::new(),
                head_sha: commit(99, "").sha,
                merge_sha: None,
                commits: commits.iter().enumerate().map(|(at, it)| commit(at, it)).collect(),
                complete: true,
            },
            repository: REPOSITORY.parse().unwrap(),
            grammar: Grammar::GitHub,
            default_branch: Some("main".to_owned()),
            gaps: Vec::new(),
            changed: None,
            queued: None,
            earlier: Earlier::default(),
            items: BTreeMap::new(),
            called: BTreeMap::new(),
            panel: None,
            is_told: true,
            as_of: Timestamp::UNIX_EPOCH,
        }
    }
}
