//! The second seam: where code is reviewed. Reads a pull request with all its commits, keeps one comment on it up to
//! date, and reports a verdict on a commit.
//!
//! A pull request is addressed by its page, so that one host serves every repository that its token may see.

use crate::{
    error::Result,
    model::{Commit, PullRequest},
    text::Markdown,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// A pull request with everything that it says. All texts are untrusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Page, number, repository, title and state.
    pub pull_request: PullRequest,
    /// The text below the title, as written (Markdown).
    pub description: String,
    /// Branch that it comes from, without `refs/heads/`.
    pub source_branch: String,
    /// Branch that it wants to go into.
    pub target_branch: String,
    /// Who opened it.
    pub author: Author,
    /// True while it is not meant to be merged.
    pub is_draft: bool,
    /// True when it comes from another repository.
    pub is_fork: bool,
    /// Labels.
    pub labels: Vec<String>,
    /// Newest commit of the source branch.
    pub head_sha: String,
    /// The commit that brought it in, once merged.
    pub merge_sha: Option<String>,
    /// Its commits, oldest first.
    pub commits: Vec<Commit>,
    /// False when the host does not give all commits, such as GitHub beyond 250.
    pub complete: bool,
}

/// Who opened a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// User name.
    pub name: String,
    /// True for an account of a program.
    pub is_bot: bool,
}

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// There was none.
    Created,
    /// There was one with other words.
    Updated,
    /// It was there, word for word.
    Unchanged,
}

/// A verdict on a commit, shown beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitStatus {
    /// Name of the check; a second status of this name replaces the first.
    pub context: String,
    /// The verdict.
    pub state: CommitState,
    /// One line; longer ones are cut to what the host takes.
    pub description: String,
    /// Page with more.
    pub target_url: Option<Url>,
}

/// The verdict of a [`CommitStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitState {
    /// Not known yet.
    Pending,
    /// Good.
    Success,
    /// Not good.
    Failure,
}

/// A host of code reviews.
#[async_trait]
pub trait CodeHost: Send + Sync + fmt::Debug {
    /// True for a page of this host, such as that of a pull request. No network.
    fn serves(&self, page: &Url) -> bool;

    /// Reads a pull request and all its commits.
    ///
    /// Requires: the address of its page, on this host.
    /// Behavior: `Config` for an address that is no pull request of this host, `NotFound` for one that is not there or
    /// is hidden; `complete` is false when the host gives fewer commits than there are.
    async fn get_pull_request(&self, page: &Url) -> Result<Proposal>;

    /// Reads the one comment of a pull request that begins with `marker`, as [`CodeHost::upsert_comment`] finds it.
    ///
    /// Requires: nothing.
    /// Behavior: `None` where there is none of the token's own account; the marker is part of the text.
    async fn find_comment(&self, page: &Url, marker: &str) -> Result<Option<String>>;

    /// Sets the one comment of a pull request that begins with `marker`, a hidden HTML comment such as
    /// `<!-- devops-integrations:link-pr -->`; `body` comes below it.
    ///
    /// Requires: permission to comment.
    /// Behavior: the comment is looked for among those of the token's own account, on all pages; repeating changes
    /// nothing; of several the oldest stays and the others are removed.
    async fn upsert_comment(&self, page: &Url, marker: &str, body: &Markdown) -> Result<Written>;

    /// Sets a status on a commit of a pull request's repository.
    ///
    /// Requires: permission to report statuses.
    /// Behavior: the newest status of a context counts; one that says the same already is not sent again.
    async fn set_status(&self, page: &Url, sha: &str, status: &CommitStatus) -> Result<()>;
}
