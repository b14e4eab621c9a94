//! The JSON of pull requests, as far as it is used.

use super::super::wire::Repository;
use serde::Deserialize;

/// A pull request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PullRequest {
    #[serde(rename = "pullRequestId")]
    pub(super) number: u64,
    /// `active`, `completed` or `abandoned`.
    pub(super) status: String,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) source_ref_name: String,
    pub(super) target_ref_name: String,
    pub(super) created_by: Person,
    #[serde(default)]
    pub(super) is_draft: bool,
    pub(super) repository: Repository,
    /// Present where it comes from another repository.
    pub(super) fork_source: Option<serde::de::IgnoredAny>,
    pub(super) last_merge_source_commit: Option<CommitReference>,
    pub(super) last_merge_commit: Option<CommitReference>,
}

/// A commit of which only the id matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommitReference {
    pub(super) commit_id: String,
}

/// An account, as pull requests show it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    pub(super) id: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) unique_name: Option<String>,
    /// Begins with `svc.` for a pipeline's build service.
    pub(super) descriptor: Option<String>,
}

/// A commit.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Commit {
    #[serde(rename = "commitId")]
    pub(super) sha: String,
    /// The message; lists show its beginning.
    pub(super) comment: Option<String>,
    #[serde(default)]
    pub(super) comment_truncated: bool,
    pub(super) author: Option<Signature>,
    pub(super) committer: Option<Signature>,
}

/// Who wrote or committed something, and when.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Signature {
    pub(super) name: Option<String>,
    pub(super) date: jiff::Timestamp,
}

/// A label.
#[derive(Debug, Deserialize)]
pub(super) struct Label {
    pub(super) name: String,
}

/// A thread of comments.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Thread {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) is_deleted: bool,
    pub(super) comments: Option<Vec<Comment>>,
}

/// A comment.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) content: Option<String>,
    pub(super) author: Option<Author>,
    #[serde(default)]
    pub(super) is_deleted: bool,
}

/// Whose comment it is.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Author {
    pub(super) id: Option<String>,
}

/// A status of a pull request or a commit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    #[serde(default)]
    pub(super) id: u64,
    pub(super) state: Option<String>,
    pub(super) description: Option<String>,
    pub(super) target_url: Option<String>,
    pub(super) context: Option<Context>,
}

/// What a status is about.
#[derive(Debug, Deserialize)]
pub(super) struct Context {
    pub(super) name: Option<String>,
    pub(super) genre: Option<String>,
}
