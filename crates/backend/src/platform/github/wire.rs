//! GitHub's JSON. Enterprise Servers and events leave fields out freely, so almost all are optional.

use crate::platform::shared::absent::or_default;
use jiff::Timestamp;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use url::Url;

/// The body of a failure.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) message: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(super) errors: Vec<Value>,
}

/// `errors` is a list, and in old answers a sentence.
fn list<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(all) => all,
        Value::Null => Vec::new(),
        one => vec![one],
    })
}

/// The failures of GraphQL, which come with 200.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GraphqlErrors {
    #[serde(deserialize_with = "or_default")]
    pub(super) errors: Vec<GraphqlError>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(super) struct GraphqlError {
    /// `NOT_FOUND`, `FORBIDDEN`, `RATE_LIMITED` and others.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) message: String,
}

/// An account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) id: u64,
    pub(super) login: String,
    /// `User`, `Bot`, `Organization`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

/// An issue, or a pull request in the shape of one.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Issue {
    pub(super) id: u64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) node_id: String,
    pub(super) number: u64,
    pub(super) html_url: Url,
    /// Missing in events.
    pub(super) repository_url: Option<String>,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) state: String,
    /// `completed`, `not_planned`, `duplicate`, `reopened`.
    pub(super) state_reason: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) labels: Vec<Label>,
    pub(super) assignees: Option<Vec<User>>,
    /// Older than the list, and missing in newer answers.
    pub(super) assignee: Option<User>,
    pub(super) milestone: Option<Milestone>,
    #[serde(rename = "type")]
    pub(super) kind: Option<IssueType>,
    pub(super) parent_issue_url: Option<String>,
    /// There for pull requests only.
    pub(super) pull_request: Option<IgnoredAny>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) closed_at: Option<Timestamp>,
}

impl Issue {
    /// The names of its labels.
    pub(super) fn label_names(&self) -> Vec<String> {
        self.labels.iter().filter_map(Label::name).map(str::to_owned).collect()
    }

    /// The user names of who works on it.
    pub(super) fn logins(&self) -> Vec<&str> {
        match &self.assignees {
            Some(all) => all.iter().map(|user| user.login.as_str()).collect(),
            None => self.assignee.iter().map(|user| user.login.as_str()).collect(),
        }
    }
}

/// A label, which some answers give as its name alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Label {
    Name(String),
    Whole { name: Option<String> },
}

impl Label {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Whole { name } => name.as_deref(),
        }
    }
}

/// A page of what a search found.
#[derive(Debug, Deserialize)]
pub(super) struct Hits {
    #[serde(default)]
    pub(super) total_count: u64,
    /// True when the search took GitHub too long.
    #[serde(default)]
    pub(super) incomplete_results: bool,
    pub(super) items: Vec<Issue>,
}

/// A milestone.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Milestone {
    pub(super) number: u64,
    pub(super) title: String,
}

/// An organisation's type of issues.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct IssueType {
    pub(super) name: String,
    pub(super) is_enabled: Option<bool>,
}

/// A comment of an issue or a pull request.
#[derive(Debug, Deserialize)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) body: Option<String>,
    /// None where the account is gone.
    pub(super) user: Option<User>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) author_association: String,
}

/// A pull request.
#[derive(Debug, Deserialize)]
pub(super) struct PullRequest {
    pub(super) number: u64,
    pub(super) html_url: Url,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) state: String,
    pub(super) draft: Option<bool>,
    pub(super) user: Option<User>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) labels: Vec<Label>,
    pub(super) merged_at: Option<Timestamp>,
    pub(super) merge_commit_sha: Option<String>,
    pub(super) head: Branch,
    pub(super) base: Branch,
    /// How many commits it has.
    pub(super) commits: Option<usize>,
}

/// One end of a pull request.
#[derive(Debug, Deserialize)]
pub(super) struct Branch {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) sha: String,
    /// None where the fork is gone.
    pub(super) repo: Option<Repository>,
}

/// A repository.
#[derive(Debug, Deserialize)]
pub(super) struct Repository {
    pub(super) full_name: String,
}

/// A commit of a pull request.
#[derive(Debug, Deserialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    pub(super) html_url: Url,
    #[serde(rename = "commit")]
    pub(super) facts: CommitFacts,
}

/// What git knows of it.
#[derive(Debug, Deserialize)]
pub(super) struct CommitFacts {
    pub(super) message: String,
    pub(super) author: Option<Signature>,
    pub(super) committer: Option<Signature>,
}

/// Who, and when.
#[derive(Debug, Deserialize)]
pub(super) struct Signature {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    pub(super) date: Option<Timestamp>,
}

/// The answer to a comparison, of which only the commits matter.
#[derive(Debug, Deserialize)]
pub(super) struct Comparison {
    pub(super) total_commits: usize,
    pub(super) commits: Vec<Commit>,
}

/// A status of a commit.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) state: String,
    pub(super) context: String,
    pub(super) description: Option<String>,
    pub(super) target_url: Option<String>,
}
