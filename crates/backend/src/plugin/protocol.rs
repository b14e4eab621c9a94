//! Protocol v1: what is written to a plugin, and what it answers.

use crate::{
    error::{Error, ErrorKind, Result},
    history::{Period, Team},
    http::Intent,
    incident::Incident,
    model::{Attachment, Change, Commit, Draft, Link, PullRequest, Query, WorkItemId},
    secret::Secret,
    settings::Settings,
    tracker::Operation,
    webhook::Delivery,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::{fmt, time::Duration};

/// The version that this build speaks.
pub const VERSION: u64 = 1;

/// The longest line in either direction, in bytes.
pub const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// What a plugin is asked, with its arguments by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", content = "args", rename_all = "snake_case")]
pub(super) enum Ask {
    Metadata {},
    Configure { config: Config },
    Authenticate {},
    CreateWorkItem { draft: Draft },
    UpdateWorkItem { item: WorkItemId, change: Change },
    GetWorkItem { item: WorkItemId },
    SearchWorkItems { query: Query },
    LinkToCommit { item: WorkItemId, commit: Commit },
    LinkToPullRequest { item: WorkItemId, pull_request: PullRequest },
    ListLinks { item: WorkItemId },
    Unlink { link: Link },
    AttachFile { item: WorkItemId, file: Attachment },
    WebhookHandler { delivery: Delivery },
    TeamHistory { team: Team, period: Period },
    CreateFromIncident { incident: Incident },
    GetTeamVelocity { team: Team, period: Period },
    ValidateConfig {},
    HealthCheck {},
}

impl Ask {
    /// The operation of the standard interface; the two questions of the handshake are none.
    pub(super) fn operation(&self) -> Option<Operation> {
        Some(match self {
            Self::Metadata {} | Self::Configure { .. } => return None,
            Self::Authenticate {} => Operation::Authenticate,
            Self::CreateWorkItem { .. } => Operation::CreateWorkItem,
            Self::UpdateWorkItem { .. } => Operation::UpdateWorkItem,
            Self::GetWorkItem { .. } => Operation::GetWorkItem,
            Self::SearchWorkItems { .. } => Operation::SearchWorkItems,
            Self::LinkToCommit { .. } => Operation::LinkToCommit,
            Self::LinkToPullRequest { .. } => Operation::LinkToPullRequest,
            Self::ListLinks { .. } => Operation::ListLinks,
            Self::Unlink { .. } => Operation::Unlink,
            Self::AttachFile { .. } => Operation::AttachFile,
            Self::WebhookHandler { .. } => Operation::WebhookHandler,
            Self::TeamHistory { .. } => Operation::TeamHistory,
            Self::CreateFromIncident { .. } => Operation::CreateFromIncident,
            Self::GetTeamVelocity { .. } => Operation::GetTeamVelocity,
            Self::ValidateConfig {} => Operation::ValidateConfig,
            Self::HealthCheck {} => Operation::HealthCheck,
        })
    }

    /// The word of the protocol.
    pub(super) fn word(&self) -> &'static str {
        match (self.operation(), self) {
            (Some(operation), _) => operation.word(),
            (None, Self::Configure { .. }) => "configure",
            (None, _) => "metadata",
        }
    }

    /// What it means when the answer is lost.
    pub(super) fn intent(&self) -> Intent {
        match self {
            Self::CreateWorkItem { .. }
            | Self::AttachFile { .. }
            | Self::CreateFromIncident { .. } => Intent::Create,
            Self::UpdateWorkItem { change, .. } if change.comment.is_some() => Intent::Create,
            Self::UpdateWorkItem { .. }
            | Self::LinkToCommit { .. }
            | Self::LinkToPullRequest { .. }
            | Self::Unlink { .. } => Intent::Replace,
            _ => Intent::Read,
        }
    }

    /// The line of a request, with its end; `Rejected` where it is longer than a line may be.
    pub(super) fn line(&self, id: u64) -> Result<Vec<u8>> {
        let request = Request { v: VERSION, id, ask: self };
        let unwritable = |reason: String| Error::new(ErrorKind::Rejected, reason);
        let mut line = serde_json::to_vec(&request)
            .map_err(|error| unwritable(format!("write the request as JSON: {error}")))?;
        line.push(b'\n');
        if line.len() > LONGEST_LINE {
            let message = format!(
                "hand {} bytes to a plugin, which takes at most {LONGEST_LINE}",
                line.len()
            );
            return Err(unwritable(message).with_hint("send less at once, such as a smaller file"));
        }
        Ok(line)
    }
}

#[derive(Serialize)]
struct Request<'a> {
    v: u64,
    id: u64,
    #[serde(flatten)]
    ask: &'a Ask,
}

/// A request as a plugin reads it: what it wants is looked at after its version.
#[derive(Deserialize)]
pub(super) struct Incoming {
    #[serde(default)]
    pub(super) v: u64,
    pub(super) id: u64,
    #[serde(default)]
    op: String,
    #[serde(default)]
    args: Map<String, Value>,
}

impl Incoming {
    /// What is asked, or why that cannot be told.
    pub(super) fn ask(self) -> Result<Ask> {
        if self.v != VERSION {
            let message = format!("read a request of protocol {}", self.v);
            return Err(Error::new(ErrorKind::Unsupported, message)
                .with_hint(format!("use a build that speaks protocol {VERSION}")));
        }
        let ask = json!({ "op": self.op, "args": self.args });
        serde_json::from_value(ask).map_err(|error| {
            Error::new(ErrorKind::Rejected, format!("read the request: {error}"))
                .with_hint("compare it with the protocol in crates/backend/README.md")
        })
    }
}

/// An answer: what it is about, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) id: u64,
    pub(super) outcome: Result<Value, Refusal>,
}

/// An answer as it is written. `ok` may be null and must then be told from nothing.
#[derive(Serialize, Deserialize)]
struct Outgoing {
    id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    ok: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Refusal>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Answer {
    /// The answer that a line is, or why it is none.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let Outgoing { id, ok, error } =
            serde_json::from_slice(line).map_err(|error| error.to_string())?;
        match (ok, error) {
            (Some(value), None) => Ok(Self { id, outcome: Ok(value) }),
            (None, Some(refusal)) => Ok(Self { id, outcome: Err(refusal) }),
            _ => Err("it has neither or both of `ok` and `error`".to_owned()),
        }
    }

    /// The line of the answer, with its end.
    pub(super) fn line(self) -> serde_json::Result<Vec<u8>> {
        let (ok, error) = match self.outcome {
            Ok(value) => (Some(value), None),
            Err(refusal) => (None, Some(refusal)),
        };
        let mut line = serde_json::to_vec(&Outgoing { id: self.id, ok, error })?;
        line.push(b'\n');
        Ok(line)
    }
}

/// A failure as it travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Refusal {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wait_ms: Option<u64>,
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let milliseconds = |wait: Duration| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        Self {
            kind: error.kind,
            message: error.message.clone(),
            hint: Some(error.hint().to_owned()),
            wait_ms: error.wait.map(milliseconds),
        }
    }
}

/// What a plugin is configured with: the customer's `PluginConfig`. Secrets travel in it, and nowhere else.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// What the configuration file calls the plugin.
    pub plugin_id: String,
    /// Address of the tracker's API.
    pub api_endpoint: Option<String>,
    /// The credential.
    #[serde(serialize_with = "exposed", deserialize_with = "wrapped")]
    pub api_key: Option<Secret>,
    /// Organisation or account.
    pub organization: Option<String>,
    /// Project of new items.
    pub project: Option<String>,
    /// Whatever the plugin documents.
    pub custom_settings: Map<String, Value>,
    /// Longest time for one request to the tracker, in seconds.
    pub timeout: f64,
    /// How often the plugin may repeat a request that is safe to repeat.
    pub retry_attempts: u32,
    /// False switches certificate checks off; only ever false for a loopback address.
    pub verify_ssl: bool,
    /// Certificates of a private authority, PEM.
    pub ca_bundle: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self::of(&Settings::new(""))
    }
}

impl Config {
    /// The part of a tracker's settings that its plugin gets.
    pub(super) fn of(settings: &Settings) -> Self {
        let text = |key| settings.text(key).map(str::to_owned);
        let pem = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        Self {
            plugin_id: text("plugin_id").unwrap_or_else(|| settings.tracker.clone()),
            api_endpoint: text("api_endpoint"),
            api_key: settings.secret("api_key"),
            organization: text("organization"),
            project: text("project"),
            custom_settings: settings.custom_settings().clone(),
            timeout: settings.timeout.as_secs_f64(),
            retry_attempts: settings.retry_attempts,
            verify_ssl: settings.verify_tls,
            ca_bundle: settings.ca_bundle.as_ref().map(pem),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every other part may hold a secret.
        f.debug_struct("Config").field("plugin_id", &self.plugin_id).finish_non_exhaustive()
    }
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn exposed<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(serializer)
}

fn wrapped<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
}
