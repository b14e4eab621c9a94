//! Dry run: reads pass, writes become plan lines.

mod host;
mod panel;

pub use host::DryHost;
pub use panel::DryPanel;

use crate::{
    error::{Error, Result},
    health::{self, Access, Health},
    history::{Period, Team, TeamHistory},
    incident::{self, Filed, Incident},
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, Status,
        WorkItem, WorkItemId,
    },
    settings::Problem,
    tracker::{Metadata, Operation, Tracker},
    velocity::{self, Velocity},
    webhook::{Delivery, Event},
};
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// The writes that were not done, one sentence each, in order.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    lines: Arc<Mutex<Vec<String>>>,
}

impl Plan {
    /// The plan so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds a sentence that begins with a verb: it is shown behind "would".
    pub fn add(&self, line: String) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// A tracker that plans its writes instead of doing them.
///
/// Derived operations run on the wrapper itself: forwarding them would let the inner tracker write.
#[derive(Debug)]
pub struct DryRun {
    inner: Box<dyn Tracker>,
    plan: Plan,
}

impl DryRun {
    /// Wraps a tracker; `plan` fills while it is used.
    pub fn new(inner: Box<dyn Tracker>, plan: Plan) -> Self {
        Self { inner, plan }
    }

    /// Fails as the write would where the platform cannot do it at all.
    fn require(&self, operation: Operation) -> Result<()> {
        let can = self.inner.metadata().operations.contains(&operation);
        if can { Ok(()) } else { Err(self.inner.unsupported(operation)) }
    }

    async fn plan_link(&self, id: &WorkItemId, url: &Url, title: String) -> Result<Link> {
        let item = self.inner.get_work_item(id).await?;
        let there = if self.inner.metadata().operations.contains(&Operation::ListLinks) {
            self.inner.list_links(&item.id).await?
        } else {
            Vec::new()
        };
        let existed = there.iter().any(|link| link.url == *url);
        if !existed {
            self.plan.add(format!("link {} to {url}", item.id));
        }
        Ok(Link { item: item.id, url: url.clone(), title: Some(title), existed })
    }
}

#[deny(
    clippy::missing_trait_methods,
    reason = "a method left to its default would skip the wrapper"
)]
#[async_trait]
impl Tracker for DryRun {
    fn metadata(&self) -> &Metadata {
        self.inner.metadata()
    }

    async fn authenticate(&self) -> Result<Identity> {
        self.inner.authenticate().await
    }

    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        self.require(Operation::CreateWorkItem)?;
        self.plan.add(format!("create a {} titled `{}`", draft.kind, draft.title));
        Ok(planned_item(draft))
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        self.require(Operation::UpdateWorkItem)?;
        let mut item = self.inner.get_work_item(id).await?;
        self.plan.add(format!("update {}: {}", item.id, described(change)));
        apply(&mut item, change);
        Ok(item)
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        self.inner.get_work_item(id).await
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        self.inner.search_work_items(query).await
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        self.require(Operation::LinkToCommit)?;
        self.plan_link(id, &commit.url, commit.subject().to_owned()).await
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        self.require(Operation::LinkToPullRequest)?;
        self.plan_link(id, &pull_request.url, pull_request.title.clone()).await
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        self.inner.list_links(id).await
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        self.require(Operation::Unlink)?;
        self.plan.add(format!("unlink {} from {}", link.item, link.url));
        Ok(())
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        self.require(Operation::AttachFile)?;
        let item = self.inner.get_work_item(id).await?;
        self.plan.add(format!(
            "attach {} ({} bytes) to {}",
            file.name,
            file.content.len(),
            item.id
        ));
        Ok(Link { item: item.id, url: item.url, title: Some(file.name.clone()), existed: false })
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        self.inner.webhook_handler(delivery).await
    }

    async fn team_history(&self, team: &Team, period: &Period) -> Result<TeamHistory> {
        self.inner.team_history(team, period).await
    }

    async fn create_from_incident(&self, incident: &Incident) -> Result<Filed> {
        incident::file(self, incident).await
    }

    async fn get_team_velocity(&self, team: &Team, period: &Period) -> Result<Velocity> {
        velocity::measure(self, team, period).await
    }

    fn validate_config(&self) -> Vec<Problem> {
        self.inner.validate_config()
    }

    async fn health_check(&self) -> Health {
        health::check(self).await
    }

    async fn access(&self) -> Result<Access> {
        self.inner.access().await
    }

    async fn items_linked_to(&self, page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        self.inner.items_linked_to(page).await
    }

    fn unsupported(&self, operation: Operation) -> Error {
        self.inner.unsupported(operation)
    }
}

/// The item as it would be. Its id and address are placeholders, since only the tracker can give real ones.
fn planned_item(draft: &Draft) -> WorkItem {
    let status = draft.status.unwrap_or(Status::Todo);
    WorkItem {
        id: WorkItemId::new("(new)"),
        url: crate::model::PLANNED_URL.clone(),
        title: draft.title.clone(),
        description: draft.description.clone(),
        kind: draft.kind,
        status,
        native_status: status.word().to_owned(),
        priority: draft.priority,
        labels: draft.labels.clone(),
        assignee: draft.assignee.clone(),
        parent_id: draft.parent_id.clone(),
        story_points: draft.story_points,
        iteration: None,
        custom_fields: draft.custom_fields.clone(),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        closed_at: None,
    }
}

fn apply(item: &mut WorkItem, change: &Change) {
    if let Some(title) = &change.title {
        item.title.clone_from(title);
    }
    if let Some(description) = &change.description {
        item.description.clone_from(description);
    }
    if let Some(status) = change.status {
        item.status = status;
        status.word().clone_into(&mut item.native_status);
    }
    item.priority = change.priority.or(item.priority);
    item.labels.retain(|label| !change.remove_labels.contains(label));
    for label in &change.add_labels {
        if !item.labels.contains(label) {
            item.labels.push(label.clone());
        }
    }
    if let Some(assignee) = &change.assignee {
        item.assignee = Some(assignee.clone()).filter(|name| !name.is_empty());
    }
    item.parent_id = change.parent_id.clone().or_else(|| item.parent_id.clone());
    item.story_points = change.story_points.or(item.story_points);
    item.custom_fields.extend(change.custom_fields.clone());
}

/// The names of what a change touches, and the values where they are short words.
fn described(change: &Change) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut named = |name: &str, present: bool| parts.extend(present.then(|| name.to_owned()));
    named("title", change.title.is_some());
    named("description", change.description.is_some());
    named("assignee", change.assignee.is_some());
    named("parent", change.parent_id.is_some());
    named("comment", change.comment.is_some());
    parts.extend(change.status.map(|status| format!("status {status}")));
    parts.extend(change.priority.map(|priority| format!("priority {priority}")));
    parts.extend(change.story_points.map(|points| format!("story points {points}")));
    parts.extend(change.add_labels.iter().map(|label| format!("label +{label}")));
    parts.extend(change.remove_labels.iter().map(|label| format!("label -{label}")));
    parts.extend(change.custom_fields.keys().map(|name| format!("field {name}")));
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests;
