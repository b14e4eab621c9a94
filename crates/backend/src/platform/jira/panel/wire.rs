//! The JSON of the panel's API and of the tokens for it.

use crate::{model::PullRequestState, platform::shared::absent::or_default};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a token is asked for with.
#[derive(Serialize)]
pub(super) struct Login<'a> {
    audience: &'a str,
    grant_type: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
}

impl<'a> Login<'a> {
    pub(super) fn new(client_id: &'a str, client_secret: &'a str) -> Self {
        let (audience, grant_type) = ("api.atlassian.com", "client_credentials");
        Self { audience, grant_type, client_id, client_secret }
    }
}

/// A token; it is good for a quarter of an hour, and a run needs it for seconds.
#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) access_token: String,
}

/// A refusal: of a token `error_description`, of a request a list, whose elements are texts or objects with one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Refusal {
    #[serde(rename = "error_description")]
    pub(super) error_description: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) error_messages: Vec<Said>,
    pub(super) message: Option<String>,
}

/// A message of a refusal.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Said {
    Plain(String),
    Object { message: String },
}

impl Said {
    pub(super) fn text(self) -> String {
        match self {
            Self::Plain(text) | Self::Object { message: text } => text,
        }
    }
}

/// Which site it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Site {
    pub(super) cloud_id: String,
}

/// What is to be shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Submission<'a> {
    pub(super) repositories: [Repository<'a>; 1],
    pub(super) prevent_transitions: bool,
    pub(super) provider_metadata: Provider<'a>,
}

/// Who shows it.
#[derive(Serialize)]
pub(super) struct Provider<'a> {
    pub(super) product: &'a str,
}

/// A repository, with what is shown of it now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repository<'a> {
    pub(super) id: &'a str,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) update_sequence_id: i64,
    pub(super) pull_requests: [PullRequest; 1],
}

/// A pull request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PullRequest {
    pub(super) id: String,
    pub(super) display_id: String,
    pub(super) associations: Vec<Association>,
    pub(super) update_sequence_id: i64,
    pub(super) status: &'static str,
    pub(super) title: String,
    pub(super) author: Author,
    /// The API wants a number, and nobody here counts comments.
    pub(super) comment_count: u32,
    pub(super) source_branch: String,
    pub(super) destination_branch: String,
    pub(super) last_update: String,
    pub(super) url: String,
}

/// The word for a state. A draft is an open one: the description has no word for it.
pub(super) fn status(state: PullRequestState) -> &'static str {
    match state {
        PullRequestState::Open => "OPEN",
        PullRequestState::Merged => "MERGED",
        PullRequestState::Closed => "DECLINED",
    }
}

/// Who opened it.
#[derive(Debug, Serialize)]
pub(super) struct Author {
    pub(super) name: String,
}

/// Items, by key or number. `issueKeys` is the older way to say it; an entity with both is refused.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Association {
    #[serde(default)]
    association_type: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    values: Vec<String>,
}

impl Association {
    pub(super) fn new(values: Vec<String>) -> Self {
        Self { association_type: Some("issueIdOrKeys".to_owned()), values }
    }
}

/// What is shown of a repository: its newest entities only.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct KeptRepository {
    #[serde(deserialize_with = "or_default")]
    pub(super) pull_requests: Vec<KeptPullRequest>,
    #[serde(deserialize_with = "or_default")]
    pub(super) commits: Vec<serde::de::IgnoredAny>,
    #[serde(deserialize_with = "or_default")]
    pub(super) branches: Vec<serde::de::IgnoredAny>,
}

/// A pull request as it is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct KeptPullRequest {
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) issue_keys: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) associations: Vec<Association>,
    pub(super) status: Option<String>,
    pub(super) title: Option<String>,
    pub(super) source_branch: Option<String>,
    pub(super) destination_branch: Option<String>,
    pub(super) url: Option<String>,
}

impl KeptPullRequest {
    /// The issues that show it, by key or number.
    pub(super) fn issues(self) -> impl Iterator<Item = String> {
        self.issue_keys.into_iter().chain(values(self.associations))
    }
}

/// What associations are with.
pub(super) fn values(associations: Vec<Association>) -> impl Iterator<Item = String> {
    associations.into_iter().flat_map(|them| them.values)
}

/// What became of a submission.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Outcome {
    #[serde(deserialize_with = "or_default")]
    pub(super) accepted_devinfo_entities: BTreeMap<String, Accepted>,
    #[serde(deserialize_with = "or_default")]
    pub(super) failed_devinfo_entities: BTreeMap<String, Failed>,
    #[serde(deserialize_with = "or_default")]
    pub(super) unknown_issue_keys: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) unknown_associations: Vec<Association>,
}

/// What was taken of a repository.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Accepted {
    #[serde(deserialize_with = "or_default")]
    pub(super) pull_requests: Vec<String>,
}

/// What was refused of a repository, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Failed {
    #[serde(deserialize_with = "or_default")]
    pub(super) error_messages: Vec<Said>,
    #[serde(deserialize_with = "or_default")]
    pub(super) pull_requests: Vec<Refusal>,
}
