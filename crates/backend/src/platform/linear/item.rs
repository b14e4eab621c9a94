//! From Linear's issue to the neutral work item.

use super::{Linear, document, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{WorkItem, WorkItemId},
    text::Markdown,
};
use serde_json::{Map, Value, json};

impl Linear {
    /// Reads an issue. One that was moved to another team answers under its old identifier with its new one; one in the
    /// trash bin still answers, and is gone for everybody else.
    pub(super) async fn read(&self, name: &str) -> Result<wire::Issue> {
        let found: wire::One<wire::Issue> =
            self.ask(&document::READ_ISSUE, &json!({"id": name})).await?;
        let issue = found.there()?;
        if issue.trashed == Some(true) { Err(in_trash(&issue.identifier)) } else { Ok(issue) }
    }

    /// Id and identifier of an issue.
    pub(super) async fn find(&self, name: &str) -> Result<wire::Stub> {
        let found: wire::One<wire::Stub> =
            self.ask(&document::FIND_ISSUE, &json!({"id": name})).await?;
        let stub = found.there()?;
        if stub.trashed == Some(true) { Err(in_trash(&stub.identifier)) } else { Ok(stub) }
    }

    /// Reads the labels that did not come with the issue.
    pub(super) async fn complete(&self, mut issue: wire::Issue) -> Result<wire::Issue> {
        while let Some(cursor) = std::mem::take(&mut issue.labels.page_info).next() {
            let variables = json!({"id": issue.id, "after": cursor});
            let more: wire::One<wire::MoreLabels> =
                self.ask(&document::MORE_LABELS, &variables).await?;
            let more = more.there()?.labels;
            issue.labels.nodes.extend(more.nodes);
            issue.labels.page_info = more.page_info;
        }
        Ok(issue)
    }

    /// The neutral form of an issue, all its labels included.
    pub(super) async fn item(&self, issue: wire::Issue) -> Result<WorkItem> {
        self.neutral(self.complete(issue).await?)
    }

    /// The neutral form of a complete issue.
    pub(super) fn neutral(&self, issue: wire::Issue) -> Result<WorkItem> {
        let status = self.words.status(&issue.state);
        let labels = issue.labels.nodes.iter().map(|label| label.name.clone()).collect();
        let (kind, labels) = self.words.kind(labels);
        let closed_at = issue.completed_at.or(issue.canceled_at).filter(|_| status.is_closed());
        let url = issue.url.parse().map_err(|error| {
            let message =
                format!("the address {:?} of an issue cannot be read: {error}", issue.url);
            Error::new(ErrorKind::Protocol, message)
        })?;
        Ok(WorkItem {
            custom_fields: others(&issue),
            id: WorkItemId::new(issue.identifier),
            url,
            title: issue.title,
            description: Markdown::from_template(issue.description.unwrap_or_default()),
            kind,
            status,
            native_status: issue.state.name,
            priority: self.words.priority(issue.priority),
            labels,
            assignee: issue.assignee.map(|user| user.name),
            parent_id: issue.parent.map(|parent| WorkItemId::new(parent.identifier)),
            story_points: issue.estimate,
            iteration: issue.cycle.map(cycle),
            created_at: issue.created_at,
            updated_at: issue.updated_at,
            closed_at,
        })
    }
}

impl<T> wire::One<T> {
    /// What was asked for; null where there is none of it.
    pub(super) fn there(self) -> Result<T> {
        self.issue.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such issue is there"))
    }
}

pub(super) fn in_trash(identifier: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("{identifier} was deleted"))
        .with_hint("restore it from the trash in Linear, or name another item")
}

/// A cycle has a number, and a name where somebody gave it one.
fn cycle(cycle: wire::Cycle) -> String {
    cycle.name.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("Cycle {}", cycle.number))
}

/// What people set and the neutral model has no word for.
fn others(issue: &wire::Issue) -> Map<String, Value> {
    let project = issue.project.as_ref().map(|project| &project.name);
    let all = [("project", project), ("dueDate", issue.due_date.as_ref())];
    let given = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.map(|(name, value)| (name.to_owned(), json!(value))).collect()
}
