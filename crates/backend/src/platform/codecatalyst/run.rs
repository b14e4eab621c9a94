//! Runs of workflows, and the incident that a failed one is.

use crate::{incident::Incident, model::Priority};
use jiff::Timestamp;

/// A run of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowRun {
    /// Id of the run.
    pub id: String,
    /// Id of the workflow.
    pub workflow_id: String,
    /// Name of the workflow, where it was told.
    pub workflow: Option<String>,
    /// What became of it.
    pub status: RunStatus,
    /// The same in CodeCatalyst's word, such as `FAILED`.
    pub native_status: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    /// Not over yet.
    Running,
    /// All went well.
    Succeeded,
    /// Something went wrong.
    Failed,
    /// Ended by somebody, or by a newer run, or never begun.
    Stopped,
}

impl RunStatus {
    /// Reads `WorkflowRunStatus` of the service model. A word of tomorrow is no failure.
    pub(super) fn read(word: &str) -> Self {
        match word {
            "SUCCEEDED" => Self::Succeeded,
            "FAILED" => Self::Failed,
            "STOPPED" | "SUPERSEDED" | "CANCELLED" | "NOT_RUN" | "ABANDONED" => Self::Stopped,
            _ => Self::Running,
        }
    }
}

impl WorkflowRun {
    /// The incident that a failed run is; `None` for every other run. All failures of a workflow are one incident,
    /// since its title holds no id of the run.
    pub fn incident(&self) -> Option<Incident> {
        if self.status != RunStatus::Failed {
            return None;
        }
        let workflow = self.workflow.as_deref().unwrap_or(&self.workflow_id);
        Some(Incident {
            title: format!("The workflow {workflow} failed"),
            severity: Priority::High,
            timestamp: self.ended_at.unwrap_or(self.updated_at),
            logs: format!("run {} of {workflow}: {}", self.id, self.native_status),
            components: vec![workflow.to_owned()],
        })
    }
}
