//! Changing an item: only differences are sent, in one request that may be repeated; the comment follows.

use super::{Linear, document, name, values, wire};
use crate::{
    error::Result,
    model::{Change, WorkItem},
    platform::shared::mapping::same,
};
use serde_json::{Map, Value, json};

impl Linear {
    /// Changes an item.
    pub(super) async fn update(&self, name: &str, change: &Change) -> Result<WorkItem> {
        values::no_fields(&change.custom_fields)?;
        let issue = self.complete(self.read(name).await?).await?;
        let input = self.edit(&issue, change).await?;
        let (id, mut left) = (issue.id.clone(), Some(issue));
        if !input.is_empty() {
            let variables = json!({"id": id, "input": input});
            let changed: wire::Changed = self.set(&document::UPDATE_ISSUE, &variables).await?;
            left = changed.issue;
        }
        if let Some(comment) = change.comment.as_ref().filter(|comment| !comment.is_empty()) {
            let text = values::text(comment);
            self.comment(&id, &text).await.map_err(|error| error.during("its comment"))?;
            left = None;
        }
        let issue = match left {
            Some(issue) => issue,
            None => self.read(&id).await?,
        };
        self.item(issue).await
    }

    /// The differences between an issue and what it is to be.
    async fn edit(&self, issue: &wire::Issue, change: &Change) -> Result<Map<String, Value>> {
        let mut input = plain(issue, change)?;
        let mut set = |name: &str, value: Value| input.insert(name.to_owned(), value);
        if let Some(priority) =
            change.priority.filter(|it| self.words.priority(issue.priority) != Some(*it))
        {
            set("priority", json!(self.words.number(priority)));
        }
        if let Some(status) = change.status.filter(|it| self.words.status(&issue.state) != *it) {
            set("stateId", json!(self.state_for(&self.team_of(issue).await?, status)?.id));
        }
        if let Some(points) = change.story_points.filter(|it| issue.estimate != Some(*it)) {
            set("estimate", json!(values::estimate(points, &self.team_of(issue).await?)?));
        }
        if let Some(parent) = &change.parent_id {
            let parent = self.parent(&name(parent)?).await?;
            if issue.parent.as_ref().is_none_or(|known| known.id != parent.id) {
                set("parentId", json!(parent.id));
            }
        }
        if let Some(who) = &change.assignee {
            let wanted = if who.trim().is_empty() { None } else { Some(self.user_id(who).await?) };
            if issue.assignee.as_ref().map(|user| &user.id) != wanted.as_ref() {
                set("assigneeId", json!(wanted));
            }
        }
        input.extend(self.edit_labels(issue, change).await?);
        Ok(input)
    }

    /// Adds what is not there and removes what is; `labelIds` would replace what somebody else set meanwhile. A label
    /// that is named for both is removed.
    async fn edit_labels(
        &self,
        issue: &wire::Issue,
        change: &Change,
    ) -> Result<Map<String, Value>> {
        let named = |labels: &[String]| values::labels(labels.iter().map(String::as_str));
        let (mut add, remove) = (named(&change.add_labels)?, named(&change.remove_labels)?);
        let is_among = |names: &[String], name: &str| names.iter().any(|it| same(it, name));
        let there = &issue.labels.nodes;
        add.retain(|name| {
            !there.iter().any(|label| same(&label.name, name)) && !is_among(&remove, name)
        });
        let mut input = Map::new();
        if !add.is_empty() {
            let ids = self.label_ids(&self.team_of(issue).await?, &add).await?;
            input.insert("addedLabelIds".to_owned(), json!(ids));
        }
        let removed = there.iter().filter(|label| is_among(&remove, &label.name));
        let removed: Vec<_> = removed.map(|label| &label.id).collect();
        if !removed.is_empty() {
            input.insert("removedLabelIds".to_owned(), json!(removed));
        }
        Ok(input)
    }
}

/// The differences that nobody has to be asked about.
fn plain(issue: &wire::Issue, change: &Change) -> Result<Map<String, Value>> {
    let mut input = Map::new();
    if let Some(title) = &change.title {
        let title = values::title(title)?;
        if title != issue.title {
            input.insert("title".to_owned(), json!(title));
        }
    }
    if let Some(description) = &change.description {
        let text = values::text(description);
        if text.trim() != issue.description.as_deref().unwrap_or_default().trim() {
            input.insert("description".to_owned(), json!(text));
        }
    }
    Ok(input)
}
