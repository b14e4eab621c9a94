//! Health: does the tracker answer, and who are we there?

use crate::{model::Identity, settings::Problem, tracker::Tracker};
use serde::{Deserialize, Serialize};

/// The health of one tracker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// The tracker's name.
    pub plugin: String,
    /// True when everything that was tried worked.
    pub healthy: bool,
    /// Who the token belongs to, where that could be read.
    pub identity: Option<Identity>,
    /// How long the identity took, in milliseconds.
    pub latency_ms: Option<u64>,
    /// What failed.
    pub error: Option<String>,
    /// Problems of the configuration.
    pub problems: Vec<Problem>,
}

/// Checks any tracker.
pub async fn check<T: Tracker + ?Sized>(tracker: &T) -> Health {
    let started = tokio::time::Instant::now();
    let problems = tracker.validate_config();
    let identity = tracker.authenticate().await;
    let latency = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let error = identity.as_ref().err().map(ToString::to_string);
    Health {
        plugin: tracker.metadata().name.clone(),
        healthy: error.is_none() && problems.is_empty(),
        latency_ms: identity.is_ok().then_some(latency),
        identity: identity.ok(),
        error,
        problems,
    }
}
