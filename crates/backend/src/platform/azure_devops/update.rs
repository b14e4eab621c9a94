//! Changing an item: what can be refused is found out before anything is written, and only differences are sent.

use super::{
    super::shared::title,
    AzureDevOps, LONGEST_TEXT, LONGEST_TITLE,
    create::rendered,
    fields,
    item::{is_assigned, read_text, required},
    link::TRIES,
    number,
    process::text_field,
    tags, wire,
};
use crate::{
    error::{ErrorKind, Result},
    model::{Change, Status, WorkItem},
};
use serde_json::Value;

impl AzureDevOps {
    /// Changes an item. The comment, the only part that is not repeatable, is sent last and once.
    pub(super) async fn update(&self, id: u64, change: &Change) -> Result<WorkItem> {
        let mut applied = self.apply(id, change).await;
        for _ in 1..TRIES {
            // Where somebody else was faster, nothing was written: what is to change is decided anew, from what they left.
            if !matches!(&applied, Err(error) if error.kind == ErrorKind::Conflict) {
                break;
            }
            applied = self.apply(id, change).await;
        }
        let mut item = applied?;
        if let Some(comment) = change.comment.as_ref().filter(|comment| !comment.is_empty()) {
            let operation = fields::set(fields::HISTORY, rendered(comment));
            let call = self.api.change(id, &[operation]).creates();
            let changed: wire::WorkItem =
                call.receive().await.map_err(|error| error.during("its comment"))?;
            item = self.item(&changed).await?;
        }
        Ok(item)
    }

    /// Applies everything but the comment.
    async fn apply(&self, id: u64, change: &Change) -> Result<WorkItem> {
        let native = self.read(id).await?;
        let item = self.item(&native).await?;
        let mut operations = self.differences(&native, &item, change).await?;
        if let Some(status) = change.status {
            operations.extend(self.state_operation(&native, &item, status).await?);
        }
        if operations.is_empty() {
            return Ok(item);
        }
        let changed = self.send_change(&native, operations).await?;
        self.item(&changed).await
    }

    /// Sends operations that count only for the item as it was read.
    pub(super) async fn send_change(
        &self,
        native: &wire::WorkItem,
        mut operations: Vec<Value>,
    ) -> Result<wire::WorkItem> {
        operations.insert(0, fields::unchanged_since(native.rev));
        self.api.change(native.id, &operations).receive().await
    }

    /// The operation that brings an item to a state; `None` when it is there already.
    pub(super) async fn state_operation(
        &self,
        native: &wire::WorkItem,
        item: &WorkItem,
        status: Status,
    ) -> Result<Option<Value>> {
        if item.status == status || self.words.maps_to(status, &item.native_status) {
            return Ok(None);
        }
        let project: String = required(&native.fields, fields::PROJECT)?;
        let item_type: String = required(&native.fields, fields::TYPE)?;
        let of_type = self.states(&project, &item_type).await?;
        let state = self.choose_state(status, &item_type, &of_type)?;
        Ok(Some(fields::set(fields::STATE, state)))
    }

    /// The differences between an item and what it is to be, but for its state.
    async fn differences(
        &self,
        native: &wire::WorkItem,
        item: &WorkItem,
        change: &Change,
    ) -> Result<Vec<Value>> {
        let mut operations = Vec::new();
        if let Some(title) = &change.title {
            let title = title::title(title, LONGEST_TITLE)?;
            operations.extend((title != item.title).then(|| fields::set(fields::TITLE, title)));
        }
        if let Some(priority) = change.priority.filter(|wanted| item.priority != Some(*wanted)) {
            let number = self.words.priority_number(priority);
            operations.push(fields::set(fields::PRIORITY, number));
        }
        let tags = tags::changed(&item.labels, &change.add_labels, &change.remove_labels)?;
        operations.extend(tags.map(|tags| fields::set(fields::TAGS, tags)));
        if let Some(who) = &change.assignee {
            let same = match who.trim() {
                "" => item.assignee.is_none(),
                who => is_assigned(&native.fields, who),
            };
            operations.extend((!same).then(|| fields::set(fields::ASSIGNEE, who.trim())));
        }
        operations.extend(self.differences_of_type(native, item, change).await?);
        if let Some(parent) = &change.parent_id {
            operations.extend(self.move_below(native, number(parent)?).await?);
        }
        Ok(operations)
    }

    /// The differences in fields that depend on the item's type.
    async fn differences_of_type(
        &self,
        native: &wire::WorkItem,
        item: &WorkItem,
        change: &Change,
    ) -> Result<Vec<Value>> {
        let points = change.story_points.filter(|points| item.story_points != Some(*points));
        if points.is_none() && change.description.is_none() && change.custom_fields.is_empty() {
            return Ok(Vec::new());
        }
        let project: String = required(&native.fields, fields::PROJECT)?;
        let name: String = required(&native.fields, fields::TYPE)?;
        let types = self.types(&project).await?;
        let item_type = self.item_type(&project, &name).await?;
        let mut operations = Vec::new();
        if let Some(text) = &change.description {
            let field = text_field(item_type.as_ref());
            let source = if native.is_markdown(field) {
                text.clone().truncated(LONGEST_TEXT).as_str().to_owned()
            } else {
                rendered(text)
            };
            // Compared as it would be read back, since HTML is not Markdown.
            let same = read_text(native, field, &source) == item.description;
            operations.extend((!same).then(|| fields::set(field, source)));
        }
        if let Some(points) = points {
            let field = self.estimate_field(item_type.as_ref(), &types)?;
            operations.push(fields::set(field, points));
        }
        let custom = fields::named(item_type.as_ref(), &change.custom_fields)?.into_iter();
        let custom = custom.filter(|(field, value)| native.fields.get(field) != Some(value));
        operations.extend(custom.map(|(field, value)| fields::set(&field, value)));
        Ok(operations)
    }
}
