//! GitLab's JSON, as far as it is read.

use crate::{health::Access, model::Identity, platform::shared::absent::or_default};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An error's body; servers, versions and routes use one half or the other.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) message: Option<Value>,
    pub(super) error: Option<String>,
    pub(super) error_description: Option<String>,
    pub(super) scope: Option<String>,
}

/// An account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) username: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) state: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) public_email: Option<String>,
    #[serde(default)]
    pub(super) bot: Option<bool>,
}

impl User {
    /// True for accounts that can be worked with.
    pub(super) fn is_active(&self) -> bool {
        self.state.as_deref().is_none_or(|state| state == "active")
    }
}

impl From<User> for Identity {
    fn from(user: User) -> Self {
        let name = if user.name.is_empty() { user.username } else { user.name };
        let email = [user.email, user.public_email].into_iter().flatten();
        let email = email.into_iter().find(|address| !address.is_empty());
        Self { id: user.id.to_string(), name, email }
    }
}

/// The job that a job's own token belongs to.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Job {
    pub(super) user: User,
}

/// What a token says of itself.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Token {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) scopes: Vec<String>,
    #[serde(default)]
    pub(super) expires_at: Option<String>,
}

/// The one scope that writes issues, and so the one that is needed.
const NEEDED_SCOPE: &str = "api";

impl From<Token> for Access {
    fn from(token: Token) -> Self {
        let (needed, excessive): (Vec<_>, Vec<_>) = token
            .scopes
            .into_iter()
            .partition(|scope| scope == NEEDED_SCOPE || scope.starts_with("read_"));
        let has = needed.iter().any(|scope| scope == NEEDED_SCOPE);
        let missing_scopes = if has { Vec::new() } else { vec![NEEDED_SCOPE.to_owned()] };
        // A token is good up to the beginning of that day in UTC.
        let expires_at = token.expires_at.and_then(|day| format!("{day}T00:00:00Z").parse().ok());
        Self { missing_scopes, excessive_scopes: excessive, expires_at, ..Self::default() }
    }
}

/// A member of a project.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Member {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) access_level: u32,
}

/// A project.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ProjectState {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) archived: bool,
}

/// An issue, as it is listed, read, made and changed.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Issue {
    /// Number within the server, which only GraphQL asks for.
    pub(super) id: u64,
    /// Number within the project.
    pub(super) iid: u64,
    pub(super) title: String,
    #[serde(default)]
    pub(super) description: Option<String>,
    pub(super) state: String,
    #[serde(default, deserialize_with = "labels")]
    pub(super) labels: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) assignees: Vec<User>,
    /// Servers before 9.2 know one assignee only.
    #[serde(default)]
    pub(super) assignee: Option<User>,
    #[serde(default)]
    pub(super) milestone: Option<Milestone>,
    #[serde(default)]
    pub(super) iteration: Option<Iteration>,
    /// Missing on the Free tier, which keeps no weights.
    #[serde(default)]
    pub(super) weight: Option<f64>,
    #[serde(default)]
    pub(super) epic: Option<Epic>,
    /// Servers before 14 do not say.
    #[serde(default, rename = "issue_type")]
    pub(super) kind: Option<String>,
    pub(super) web_url: String,
    #[serde(default)]
    pub(super) references: Option<References>,
    #[serde(default)]
    pub(super) due_date: Option<String>,
    #[serde(default)]
    pub(super) confidential: Option<bool>,
    #[serde(default)]
    pub(super) discussion_locked: Option<bool>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    #[serde(default)]
    pub(super) closed_at: Option<Timestamp>,
}

impl Issue {
    /// True when it is closed; the other word is `opened`.
    pub(super) fn is_closed(&self) -> bool {
        self.state == "closed"
    }

    /// Who works on it.
    pub(super) fn workers(&self) -> impl Iterator<Item = &User> {
        self.assignees.iter().chain(self.assignee.iter().filter(|_| self.assignees.is_empty()))
    }
}

/// Names of labels; with details asked for, they are objects.
fn labels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Label {
        Name(String),
        Details { name: String },
    }
    let all = Option::<Vec<Label>>::deserialize(deserializer)?.unwrap_or_default();
    let name = |label| match label {
        Label::Name(name) | Label::Details { name } => name,
    };
    Ok(all.into_iter().map(name).collect())
}

/// How an issue is named: `acme/shop#7`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct References {
    pub(super) full: String,
}

/// A milestone.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Milestone {
    pub(super) id: u64,
    pub(super) title: String,
}

/// An iteration; those of a cadence have no title.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Iteration {
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) start_date: Option<String>,
    #[serde(default)]
    pub(super) due_date: Option<String>,
}

/// The epic that an issue is in.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Epic {
    /// Number within the server.
    pub(super) id: u64,
    /// Number within the group.
    pub(super) iid: u64,
    #[serde(default)]
    pub(super) url: Option<String>,
}

/// A note: a comment, or a line of the system's about a change.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Note {
    pub(super) id: u64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) body: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) system: bool,
    pub(super) author: User,
}

/// A file that was uploaded.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Upload {
    pub(super) markdown: String,
    /// Below the project's page, such as `/uploads/0123/a.txt`.
    pub(super) url: String,
    /// Below the server's, such as `/-/project/7/uploads/0123/a.txt`; servers before 12 do not say.
    #[serde(default)]
    pub(super) full_path: Option<String>,
    #[serde(default)]
    pub(super) alt: Option<String>,
}

/// A merge request.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct MergeRequest {
    pub(super) iid: u64,
    pub(super) title: String,
    #[serde(default)]
    pub(super) description: Option<String>,
    pub(super) state: String,
    pub(super) source_branch: String,
    pub(super) target_branch: String,
    pub(super) author: User,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) draft: bool,
    /// The older name of `draft`.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) work_in_progress: bool,
    /// Missing when the fork is gone.
    #[serde(default)]
    pub(super) source_project_id: Option<u64>,
    pub(super) target_project_id: u64,
    #[serde(default, deserialize_with = "labels")]
    pub(super) labels: Vec<String>,
    /// Missing while GitLab still looks at a new one.
    #[serde(default)]
    pub(super) sha: Option<String>,
    #[serde(default)]
    pub(super) merge_commit_sha: Option<String>,
    #[serde(default)]
    pub(super) squash_commit_sha: Option<String>,
    pub(super) web_url: String,
}

/// A commit of a merge request.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct MergeRequestCommit {
    pub(super) id: String,
    #[serde(default)]
    pub(super) message: Option<String>,
    pub(super) title: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) author_name: String,
    #[serde(default)]
    pub(super) committed_date: Option<Timestamp>,
    #[serde(default)]
    pub(super) created_at: Option<Timestamp>,
    /// Servers before 12.10 do not say.
    #[serde(default)]
    pub(super) web_url: Option<String>,
}

/// A status of a commit.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Status {
    pub(super) id: u64,
    #[serde(rename = "status")]
    pub(super) state: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) target_url: Option<String>,
}

/// An answer of GraphQL, which is 200 whatever went wrong.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Answer<T> {
    pub(super) data: Option<T>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) errors: Vec<GraphError>,
}

/// What went wrong with a query.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct GraphError {
    pub(super) message: String,
}

/// The answer to a question for the parents of work items.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Family {
    pub(super) project: Option<FamilyProject>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FamilyProject {
    pub(super) work_items: Option<Nodes>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Nodes {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) nodes: Vec<Option<Child>>,
}

/// A work item with its widgets, of which one may name the parent.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Child {
    pub(super) iid: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) widgets: Vec<Widget>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Widget {
    #[serde(default)]
    pub(super) parent: Option<Parent>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parent {
    pub(super) web_url: Option<String>,
}

/// The answer to a new parent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Adoption {
    pub(super) work_item_update: Option<Adopted>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Adopted {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) errors: Vec<String>,
}
