//! A tracker for the work items of a platform that has none of its own.

use crate::{
    error::{Error, Result},
    health::{self, Access, Health},
    history::{Period, Team, TeamHistory},
    incident::{self, Filed, Incident},
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem,
        WorkItemId,
    },
    settings::Problem,
    tracker::{self, Metadata, Operation, Tracker},
    velocity::{self, Velocity},
    webhook::{Delivery, Event},
};
use async_trait::async_trait;
use url::Url;

/// Two trackers as one: who we are is asked of both, and what is about work items goes to the second.
#[derive(Debug)]
pub struct Delegated {
    code: Box<dyn Tracker>,
    work_items: Box<dyn Tracker>,
    metadata: Metadata,
}

impl Delegated {
    /// Hands the operations that `code` lacks to `work_items`.
    pub fn new(code: Box<dyn Tracker>, work_items: Box<dyn Tracker>) -> Self {
        let metadata = metadata(code.metadata(), work_items.metadata());
        Self { code, work_items, metadata }
    }

    /// The tracker of the work items, where it can do this.
    fn handed(&self, operation: Operation) -> Result<&dyn Tracker> {
        if self.metadata.operations.contains(&operation) {
            return Ok(&*self.work_items);
        }
        Err(self.unsupported(operation))
    }
}

/// The union of what both can do; ids and texts are those of the second.
fn metadata(code: &Metadata, work_items: &Metadata) -> Metadata {
    let can = |operation: &Operation| {
        code.operations.contains(operation) || work_items.operations.contains(operation)
    };
    let missing = work_items.unsupported.iter().filter(|(operation, _)| !can(operation));
    Metadata {
        name: code.name.clone(),
        title: format!("{} with the work items of {}", code.title, work_items.title),
        operations: Operation::ALL.iter().copied().filter(can).collect(),
        unsupported: missing.cloned().collect(),
        references: work_items.references.clone(),
        limits: work_items.limits,
        home: work_items.home.clone(),
    }
}

#[deny(
    clippy::missing_trait_methods,
    reason = "a method left to its default would be asked of neither"
)]
#[async_trait]
impl Tracker for Delegated {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Who we are where the code is, once both know us.
    async fn authenticate(&self) -> Result<Identity> {
        let identity = self.code.authenticate().await?;
        self.work_items
            .authenticate()
            .await
            .map_err(|error| error.during("sign in where the work items are"))?;
        Ok(identity)
    }

    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        self.handed(Operation::CreateWorkItem)?.create_work_item(draft).await
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        self.handed(Operation::UpdateWorkItem)?.update_work_item(id, change).await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        self.handed(Operation::GetWorkItem)?.get_work_item(id).await
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        self.handed(Operation::SearchWorkItems)?.search_work_items(query).await
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        self.handed(Operation::LinkToCommit)?.link_to_commit(id, commit).await
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        self.handed(Operation::LinkToPullRequest)?.link_to_pull_request(id, pull_request).await
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        self.handed(Operation::ListLinks)?.list_links(id).await
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        self.handed(Operation::Unlink)?.unlink(link).await
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        self.handed(Operation::AttachFile)?.attach_file(id, file).await
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        self.handed(Operation::WebhookHandler)?.webhook_handler(delivery).await
    }

    async fn team_history(&self, team: &Team, period: &Period) -> Result<TeamHistory> {
        self.handed(Operation::TeamHistory)?.team_history(team, period).await
    }

    async fn create_from_incident(&self, incident: &Incident) -> Result<Filed> {
        incident::file(self, incident).await
    }

    async fn get_team_velocity(&self, team: &Team, period: &Period) -> Result<Velocity> {
        velocity::measure(self, team, period).await
    }

    fn validate_config(&self) -> Vec<Problem> {
        [self.code.validate_config(), self.work_items.validate_config()].concat()
    }

    async fn health_check(&self) -> Health {
        health::check(self).await
    }

    /// What either token lacks, the sooner end, and what is left where most is asked.
    async fn items_linked_to(&self, page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        self.work_items.items_linked_to(page).await
    }

    async fn access(&self) -> Result<Access> {
        let (code, items) = (self.code.access().await?, self.work_items.access().await?);
        Ok(Access {
            missing_scopes: [code.missing_scopes, items.missing_scopes].concat(),
            excessive_scopes: [code.excessive_scopes, items.excessive_scopes].concat(),
            expires_at: code.expires_at.into_iter().chain(items.expires_at).min(),
            quota: items.quota.or(code.quota),
        })
    }

    fn unsupported(&self, operation: Operation) -> Error {
        tracker::unsupported(&self.metadata, operation)
    }
}

#[cfg(test)]
mod tests;
