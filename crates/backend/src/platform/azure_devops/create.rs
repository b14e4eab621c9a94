//! Creating: what the process insists on is found out before the request; the request itself is sent once.

use super::{
    super::shared::title,
    AzureDevOps, LONGEST_TEXT, LONGEST_TITLE, fields, number,
    process::{of_project, text_field},
    tags, wire,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Draft, WorkItem},
    text::{Markdown, html},
};
use serde_json::Value;

impl AzureDevOps {
    /// Makes an item. The state that is asked for comes afterwards: a new item begins where its process says.
    pub(super) async fn create(&self, draft: &Draft) -> Result<WorkItem> {
        let made = self.send(draft).await?;
        let id = made.id;
        self.finish(made, draft).await.map_err(|mut error| {
            // A passing failure invites to run the whole again, and that would make a second item.
            if error.kind.is_transient() {
                error.kind = ErrorKind::Ambiguous;
            }
            error
                .during(format!("{id} was created and could not be completed"))
                .with_hint(format!(
                    "look at {id} and update it; creating it again would make a second one"
                ))
                .with_context("created", id.to_string())
        })
    }

    /// Sends the draft; the answer is the whole new item.
    async fn send(&self, draft: &Draft) -> Result<wire::WorkItem> {
        let title = title::title(&draft.title, LONGEST_TITLE)?;
        let tags = tags::changed(&[], &draft.labels, &[])?;
        let types = self.types(&self.project).await?;
        let item_type = self.choose_type(draft.kind, &types)?;
        let mut operations = vec![fields::set(fields::TITLE, title)];
        if !draft.description.is_empty() {
            let field = text_field(Some(item_type));
            operations.push(fields::set(field, rendered(&draft.description)));
        }
        if let Some(priority) = draft.priority {
            let number = self.words.priority_number(priority);
            operations.push(fields::set(fields::PRIORITY, number));
        }
        operations.extend(tags.map(|tags| fields::set(fields::TAGS, tags)));
        if let Some(who) = draft.assignee.as_deref().filter(|who| !who.trim().is_empty()) {
            operations.push(fields::set(fields::ASSIGNEE, who.trim()));
        }
        if let Some(points) = draft.story_points {
            operations.push(fields::set(self.estimate_field(Some(item_type), &types)?, points));
        }
        let custom = fields::named(Some(item_type), &draft.custom_fields)?;
        operations.extend(custom.into_iter().map(|(field, value)| fields::set(&field, value)));
        if let Some(parent) = &draft.parent_id {
            operations.push(self.put_below(number(parent)?).await?);
        }
        let made = self.api.make(&self.project, &item_type.name, &operations).receive().await;
        made.map_err(|error| explained(of_project(error, &self.project), item_type, &operations))
    }

    async fn finish(&self, made: wire::WorkItem, draft: &Draft) -> Result<WorkItem> {
        let item = self.item(&made).await?;
        match draft.status {
            Some(status) => {
                let state = self.state_operation(&made, &item, status).await?;
                match state {
                    Some(state) => {
                        let moved = self.send_change(&made, vec![state]).await?;
                        self.item(&moved).await
                    }
                    None => Ok(item),
                }
            }
            None => Ok(item),
        }
    }
}

/// A text as HTML, cut to what Azure DevOps takes. Tags make it longer than its Markdown, so the cut may have to be
/// deeper than the limit.
pub(super) fn rendered(markdown: &Markdown) -> String {
    let mut limit = LONGEST_TEXT;
    loop {
        let text = html::render(&markdown.clone().truncated(limit));
        let length = text.chars().count();
        if length <= LONGEST_TEXT || limit == 0 {
            return text;
        }
        limit = (limit * LONGEST_TEXT / length).min(limit - 1);
    }
}

/// A refused create, with what is known about the fields that were sent.
fn explained(error: Error, item_type: &wire::ItemType, operations: &[Value]) -> Error {
    if error.kind != ErrorKind::Rejected || item_type.fields.is_empty() {
        return error;
    }
    let sent = |operation: &Value| {
        operation["path"].as_str().and_then(|path| path.strip_prefix("/fields/")).map(str::to_owned)
    };
    let strange: Vec<_> =
        operations.iter().filter_map(sent).filter(|field| !item_type.has(field)).collect();
    if strange.is_empty() {
        return error;
    }
    let estimate = strange.iter().any(|field| fields::ESTIMATES.contains(&field.as_str()));
    let hint = if estimate {
        "estimate another type of item, or name a field of the type in custom_settings.story_points_field"
    } else {
        "add the field to the type in the process, or leave it out"
    };
    let (name, strange) = (&item_type.name, strange.join(", "));
    error.during(format!("set {strange}, which the type {name} does not have")).with_hint(hint)
}
