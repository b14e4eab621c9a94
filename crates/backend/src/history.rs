//! What velocity is computed from: iterations, and what happened to items, in time order.

use crate::model::WorkItemId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A board, team, group or cycle team, named as the tracker names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Name or id.
    pub name: String,
}

/// The time to look at: `from` inclusive, `to` exclusive.
pub type Period = crate::model::Span;

/// A sprint, iteration or cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Iteration {
    /// The tracker's id.
    pub id: String,
    /// Name that people see.
    pub name: String,
    /// When it started.
    pub start: Timestamp,
    /// When it was closed; `None` while it runs.
    pub end: Option<Timestamp>,
}

/// What happened to an item at one instant. Membership sorts before estimate before status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemChange {
    /// The item entered an iteration.
    Entered(String),
    /// The item left an iteration.
    Left(String),
    /// The estimate became this; `None` is unestimated.
    Estimated(Option<f64>),
    /// The item became done (true) or was reopened (false).
    Done(bool),
}

/// One change of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemEvent {
    /// Which item.
    pub item: WorkItemId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: ItemChange,
}

/// Everything that velocity needs from a tracker.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TeamHistory {
    /// Started iterations that touch the period, oldest first.
    pub iterations: Vec<Iteration>,
    /// Changes of every item that was ever in one of them, in time order.
    pub events: Vec<ItemEvent>,
    /// False when something could not be read.
    pub complete: bool,
}
