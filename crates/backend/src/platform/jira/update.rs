//! Changing an item: what can be refused is found out before anything is written, and only differences are sent.

use super::{Jira, item::markdown, key, values};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Change, WorkItem},
};
use serde_json::{Map, Value, json};

/// What a `PUT` of an issue carries.
#[derive(Debug, Default)]
struct Edit {
    fields: Map<String, Value>,
    labels: Vec<Value>,
}

impl Edit {
    fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.labels.is_empty()
    }

    fn body(&self) -> Value {
        let mut body = Map::new();
        if !self.fields.is_empty() {
            body.insert("fields".to_owned(), Value::Object(self.fields.clone()));
        }
        if !self.labels.is_empty() {
            body.insert("update".to_owned(), json!({"labels": self.labels}));
        }
        Value::Object(body)
    }
}

impl Jira {
    /// Changes an item. The comment, the only part that is not repeatable, is sent last and once.
    pub(super) async fn update(&self, key: &str, change: &Change) -> Result<WorkItem> {
        let mut changed = match self.apply(key, change).await {
            // Somebody else was faster: what is to change is decided anew, from what they left.
            Err(error) if error.kind == ErrorKind::Conflict => self.apply(key, change).await?,
            other => other?,
        };
        if let Some(comment) = change.comment.as_ref().filter(|comment| !comment.is_empty()) {
            let text = values::text(self.deployment().await?, comment);
            let call = self.http.post("rest/api/{version}/issue/{key}/comment");
            let call = call.segment("version", self.version().await?).segment("key", key);
            call.json(&json!({"body": text}))
                .send()
                .await
                .map_err(|error| error.during("its comment"))?;
            changed = None;
        }
        match changed {
            Some(unchanged) => Ok(unchanged),
            None => self.read(key).await,
        }
    }

    /// Applies everything but the comment; the item when there was nothing to do.
    async fn apply(&self, key: &str, change: &Change) -> Result<Option<WorkItem>> {
        let item = self.read(key).await?;
        let mut edit = self.edit(&item, change).await?;
        let planned = match change.status {
            Some(status) => self.plan_move(&item, status, &edit.fields).await?,
            None => None,
        };
        if let Some(planned) = &planned {
            // What the transition's screen takes is set there; the edit screen may not even have it.
            edit.fields.retain(|field, _| !planned.sets(field));
        }
        if edit.is_empty() && planned.is_none() {
            return Ok(Some(item));
        }
        if !edit.is_empty() {
            self.put(item.id.as_str(), &edit).await?;
        }
        if let Some(planned) = &planned {
            self.carry_out(item.id.as_str(), planned).await?;
        }
        Ok(None)
    }

    async fn put(&self, key: &str, edit: &Edit) -> Result<()> {
        let call = self.http.put("rest/api/{version}/issue/{key}");
        let call = call.segment("version", self.version().await?).segment("key", key);
        match call.json(&edit.body()).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.kind == ErrorKind::Rejected => {
                Err(self.explain_edit(key, edit, error).await)
            }
            Err(error) => Err(error),
        }
    }

    /// A refusal, with what the edit screen knows about it. An edit needs no fields that it does not change.
    async fn explain_edit(&self, key: &str, edit: &Edit, error: Error) -> Error {
        match self.edit_screen(key).await {
            Ok(screen) => screen.optional().explain(error, &edit.fields),
            Err(_) => error,
        }
    }

    /// The differences between an item and what it is to be.
    async fn edit(&self, item: &WorkItem, change: &Change) -> Result<Edit> {
        let mut edit = Edit { labels: label_verbs(item, change)?, ..Edit::default() };
        let fields = &mut edit.fields;
        if let Some(title) = &change.title {
            let title = values::title(title)?;
            if title != item.title {
                fields.insert("summary".into(), json!(title));
            }
        }
        if let Some(description) = &change.description {
            let text = values::text(self.deployment().await?, description);
            // Compared as it would be read back, since Jira's text is not Markdown.
            if markdown(Some(&text)) != item.description {
                fields.insert("description".into(), text);
            }
        }
        if let Some(priority) = change.priority.filter(|priority| item.priority != Some(*priority))
        {
            fields.insert("priority".into(), json!({"name": self.words.priority_name(priority)}));
        }
        self.edit_relations(item, change, fields).await?;
        let custom = self.custom_values(&change.custom_fields).await?;
        fields.extend(
            custom.into_iter().filter(|(id, value)| item.custom_fields.get(id) != Some(value)),
        );
        Ok(edit)
    }

    /// The differences that Jira has to be asked about first: people, the field of the estimate, the parent's type.
    async fn edit_relations(
        &self,
        item: &WorkItem,
        change: &Change,
        fields: &mut Map<String, Value>,
    ) -> Result<()> {
        if let Some(who) = &change.assignee {
            let is_set = item.assignee.is_some();
            if is_set || !who.trim().is_empty() {
                fields.insert("assignee".into(), self.assignee_value(who).await?);
            }
        }
        if let Some(points) =
            change.story_points.filter(|points| item.story_points != Some(*points))
        {
            fields.insert(self.points_field_of(item).await?, json!(points));
        }
        if let Some(parent) =
            change.parent_id.as_ref().filter(|parent| item.parent_id.as_ref() != Some(parent))
        {
            fields.extend([self.parent_field(&key(parent)?).await?]);
        }
        Ok(())
    }

    /// The field that names a parent, and its value.
    async fn parent_field(&self, asked: &str) -> Result<(String, Value)> {
        let (parent, parent_type) =
            self.type_of(asked).await.map_err(|error| error.during(format!("parent {asked}")))?;
        self.parent_value(&parent, parent_type.is_container()).await
    }

    async fn points_field_of(&self, item: &WorkItem) -> Result<String> {
        let catalogue = self.catalogue().await?;
        let field = if catalogue.points_need_a_screen() {
            let screen = self.edit_screen(item.id.as_str()).await?;
            catalogue.points_field(|id| screen.has(id))
        } else {
            catalogue.points_field(|_| true)
        };
        field.map(str::to_owned)
    }
}

/// Adds what is not there and removes what is; a label that is named for both is removed.
fn label_verbs(item: &WorkItem, change: &Change) -> Result<Vec<Value>> {
    let (add, remove) =
        (values::labels(&change.add_labels)?, values::labels(&change.remove_labels)?);
    let added = add.iter().filter(|label| !item.labels.contains(label) && !remove.contains(label));
    let removed = remove.iter().filter(|label| item.labels.contains(label));
    let added = added.map(|label| json!({"add": label}));
    Ok(added.chain(removed.map(|label| json!({"remove": label}))).collect())
}
