//! CodeCatalyst's JSON, after the service model of 2022-09-28.

use super::{Repository as Neutral, RunStatus, WorkflowRun};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The body of every error.
#[derive(Debug, Deserialize)]
pub(super) struct Fault {
    #[serde(alias = "Message")]
    pub(super) message: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub(super) identity: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct User {
    #[serde(rename = "userName")]
    pub(super) nickname: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) primary_email: Option<Email>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Email {
    pub(super) email: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Project {
    #[serde(rename = "name")]
    _name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListRepositories {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_token: Option<String>,
    pub(super) max_results: usize,
}

/// Its other parameters travel in the query; the order is CodeCatalyst's own, newest first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListRuns {
    pub(super) sort_by: [(); 0],
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    #[serde(default = "Vec::new")]
    pub(super) items: Vec<T>,
    pub(super) next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repository {
    name: String,
    description: Option<String>,
    last_updated_time: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct CloneUrls {
    pub(super) https: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    id: String,
    workflow_id: String,
    workflow_name: Option<String>,
    status: String,
    start_time: Timestamp,
    end_time: Option<Timestamp>,
    last_updated_time: Timestamp,
}

impl From<Repository> for Neutral {
    fn from(repository: Repository) -> Self {
        let Repository { name, description, last_updated_time } = repository;
        Self { name, description, updated_at: last_updated_time }
    }
}

impl From<Run> for WorkflowRun {
    fn from(run: Run) -> Self {
        Self {
            id: run.id,
            workflow_id: run.workflow_id,
            workflow: run.workflow_name,
            status: RunStatus::read(&run.status),
            native_status: run.status,
            started_at: run.start_time,
            ended_at: run.end_time,
            updated_at: run.last_updated_time,
        }
    }
}
