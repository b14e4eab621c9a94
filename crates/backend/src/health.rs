//! Health: does the tracker answer, who are we there, what may we do, and can the project be read?

use crate::{
    error::{Error, Result},
    model::{Identity, Query},
    settings::Problem,
    tracker::{Operation, Tracker},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// The health of one tracker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// The tracker's name.
    pub plugin: String,
    /// True when everything that was tried worked and no scope is missing.
    pub healthy: bool,
    /// Who the token belongs to, where that could be read.
    pub identity: Option<Identity>,
    /// How long the identity took, in milliseconds.
    pub latency_ms: Option<u64>,
    /// How long a search for one item took, in milliseconds; none where the tracker has no search, or it was not tried.
    #[serde(default)]
    pub read_ms: Option<u64>,
    /// What the token may do, as far as the tracker tells.
    #[serde(default)]
    pub access: Access,
    /// What failed.
    pub error: Option<String>,
    /// What to do about it.
    #[serde(default)]
    pub hint: Option<String>,
    /// Problems of the configuration.
    pub problems: Vec<Problem>,
}

/// What a token may do, how long, and how much of its limits is left. What the tracker does not tell is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Access {
    /// Scopes or permissions that an operation needs and the token lacks, in the tracker's words.
    pub missing_scopes: Vec<String>,
    /// Scopes that no operation needs, so that a stolen token could do more than this product ever does.
    pub excessive_scopes: Vec<String>,
    /// When the token expires.
    pub expires_at: Option<Timestamp>,
    /// What is left of the request limit.
    pub quota: Option<Quota>,
}

/// What is left of a request limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Requests that may still be sent.
    pub remaining: u64,
    /// Requests that may be sent within the tracker's period, where it tells.
    pub limit: Option<u64>,
}

impl Health {
    /// The health of a tracker that could not even be made, such as one whose settings are wrong.
    pub fn broken(plugin: impl Into<String>, error: &Error) -> Self {
        Self {
            error: Some(error.to_string()),
            hint: Some(error.hint().to_owned()),
            ..Self::unknown(plugin)
        }
    }

    fn unknown(plugin: impl Into<String>) -> Self {
        Self {
            plugin: plugin.into(),
            healthy: false,
            identity: None,
            latency_ms: None,
            read_ms: None,
            access: Access::default(),
            error: None,
            hint: None,
            problems: Vec::new(),
        }
    }
}

/// Checks any tracker: its settings, who the token belongs to, one cheap read, what the token may do. What comes after a
/// failure is not tried.
pub async fn check<T: Tracker + ?Sized>(tracker: &T) -> Health {
    let mut health = Health {
        problems: tracker.validate_config(),
        ..Health::unknown(&*tracker.metadata().name)
    };
    if let Err(error) = ask(tracker, &mut health).await {
        health.error = Some(error.to_string());
        health.hint = Some(error.hint().to_owned());
    }
    health.healthy = health.error.is_none()
        && health.problems.is_empty()
        && health.access.missing_scopes.is_empty();
    health
}

async fn ask<T: Tracker + ?Sized>(tracker: &T, health: &mut Health) -> Result<()> {
    let started = Instant::now();
    let identity = tracker.authenticate().await.map_err(|error| error.during("sign in"))?;
    health.identity = Some(identity);
    health.latency_ms = Some(milliseconds(started));
    if tracker.metadata().operations.contains(&Operation::SearchWorkItems) {
        let started = Instant::now();
        let query = Query { limit: 1, ..Query::default() };
        tracker
            .search_work_items(&query)
            .await
            .map_err(|error| error.during("read an item of the project"))?;
        health.read_ms = Some(milliseconds(started));
    }
    health.access =
        tracker.access().await.map_err(|error| error.during("read what the token may do"))?;
    Ok(())
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
