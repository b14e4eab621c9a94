//! Making an item: sent exactly once, then brought to its state and read back.

use super::{Deployment, Jira, key, screen::shortened, values, wire, words};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Draft, Kind, WorkItem},
};
use serde_json::{Map, Value, json};

impl Jira {
    /// Makes an item. Whatever fails after it was made says its key, so that nobody makes it a second time.
    pub(super) async fn create(&self, draft: &Draft) -> Result<WorkItem> {
        let key = self.send(draft).await?;
        self.finish(&key, draft).await.map_err(|mut error| {
            // A passing failure invites to run the whole again, and that would make a second item.
            if error.kind.is_transient() {
                error.kind = ErrorKind::Ambiguous;
            }
            error
                .during(format!("{key} was created and could not be completed"))
                .with_hint(format!(
                    "look at {key} and update it; creating it again would make a second one"
                ))
                .with_context("created", key)
        })
    }

    /// Sends the draft; the answer is the new item's key.
    async fn send(&self, draft: &Draft) -> Result<String> {
        let version = self.version().await?;
        let (issue_type, fields) = self.fields(draft).await?;
        let call = self.http.post("rest/api/{version}/issue").segment("version", version);
        match call.json(&json!({"fields": fields})).receive::<wire::Created>().await {
            Ok(created) => Ok(created.key),
            Err(error) if error.kind == ErrorKind::Rejected => {
                // What Jira says about a missing field is often only its id; the screen knows the name.
                Err(match self.create_screen(&issue_type.id).await {
                    Ok(screen) => screen.explain(error, &fields),
                    Err(_) => error,
                })
            }
            Err(error) => Err(error),
        }
    }

    async fn finish(&self, key: &str, draft: &Draft) -> Result<WorkItem> {
        let item = self.read(key).await?;
        match draft.status {
            Some(status) if self.transition(&item, status, &Map::new()).await? => {
                self.read(key).await
            }
            _ => Ok(item),
        }
    }

    async fn fields(&self, draft: &Draft) -> Result<(wire::IssueType, Map<String, Value>)> {
        let title = values::title(&draft.title)?;
        let labels = values::labels(&draft.labels)?;
        let parent = self.parent(draft).await?;
        let types = self.issue_types().await?;
        let below = parent.as_ref().map(|(_, issue_type)| issue_type);
        let issue_type = self.choose_type(draft.kind, types, below)?.clone();

        let mut fields = Map::new();
        fields.insert("project".into(), json!({"key": self.project}));
        fields.insert("issuetype".into(), json!({"id": issue_type.id}));
        fields.insert("summary".into(), json!(title));
        if !draft.description.is_empty() {
            let text = values::text(self.deployment().await?, &draft.description);
            fields.insert("description".into(), text);
        }
        if let Some(priority) = draft.priority {
            fields.insert("priority".into(), json!({"name": self.words.priority_name(priority)}));
        }
        if !labels.is_empty() {
            fields.insert("labels".into(), json!(labels));
        }
        if let Some(who) = draft.assignee.as_deref().filter(|who| !who.trim().is_empty()) {
            fields.insert("assignee".into(), self.assignee_value(who).await?);
        }
        if let Some((parent, parent_type)) = &parent {
            let (field, value) = self.parent_value(parent, parent_type.is_container()).await?;
            fields.insert(field, value);
        }
        if let Some(points) = draft.story_points {
            fields.insert(self.points_field_for(&issue_type).await?, json!(points));
        }
        self.name_epic(&issue_type, &title, &mut fields).await?;
        fields.extend(self.custom_values(&draft.custom_fields).await?);
        Ok((issue_type, fields))
    }

    /// The containing item's key and type; the type decides what may hang below it.
    async fn parent(&self, draft: &Draft) -> Result<Option<(String, wire::IssueType)>> {
        let Some(parent) = &draft.parent_id else { return Ok(None) };
        let key = key(parent)?;
        let found =
            self.type_of(&key).await.map_err(|error| error.during(format!("parent {key}")))?;
        Ok(Some(found))
    }

    /// The key and the type of an issue.
    pub(super) async fn type_of(&self, key: &str) -> Result<(String, wire::IssueType)> {
        let call = self.http.get("rest/api/{version}/issue/{key}");
        let call = call.segment("version", self.version().await?).segment("key", key);
        let mut issue: wire::Issue = match call.query("fields", "issuetype").receive().await {
            Ok(issue) => issue,
            Err(error) => return Err(self.unmask(error).await),
        };
        let issue_type = issue.fields.remove("issuetype").unwrap_or_default();
        let issue_type = serde_json::from_value(issue_type).map_err(|error| {
            Error::new(ErrorKind::Protocol, format!("its issue type cannot be read: {error}"))
        })?;
        Ok((issue.key, issue_type))
    }

    /// The issue type for a sort of work: configured, else the best of the usual names that the project has.
    /// Below anything but an epic Jira takes sub-tasks only.
    fn choose_type<'a>(
        &self,
        kind: Kind,
        types: &'a [wire::IssueType],
        below: Option<&wire::IssueType>,
    ) -> Result<&'a wire::IssueType> {
        let called = |name: &str| types.iter().find(|one| words::same(&one.name, name));
        let configured = self.words.configured_type(kind);
        let chosen = match configured {
            Some(name) => called(name),
            None => words::default_types(kind).iter().find_map(|name| called(name)),
        };
        let sub_task = below
            .filter(|parent| !parent.is_container() && chosen.is_none_or(|chosen| !chosen.subtask))
            .and_then(|_| types.iter().find(|one| one.subtask));
        sub_task.or(chosen).ok_or_else(|| {
            let all: Vec<_> = types.iter().map(|one| one.name.as_str()).collect();
            let wanted =
                configured.map_or_else(|| format!("for a {kind}"), |name| format!("called {name}"));
            let message =
                format!("{} has no issue type {wanted}; it has {}", self.project, shortened(&all));
            Error::new(ErrorKind::Rejected, message)
                .with_hint(format!("name one of them in custom_settings.issue_types.{kind}"))
        })
    }

    async fn points_field_for(&self, issue_type: &wire::IssueType) -> Result<String> {
        let catalogue = self.catalogue().await?;
        let field = if catalogue.points_need_a_screen() {
            let screen = self.create_screen(&issue_type.id).await?;
            catalogue.points_field(|id| screen.has(id))
        } else {
            catalogue.points_field(|_| true)
        };
        field.map(str::to_owned)
    }

    /// Gives an epic of Data Center the short name that it must have there, where its screen asks for one.
    async fn name_epic(
        &self,
        issue_type: &wire::IssueType,
        title: &str,
        fields: &mut Map<String, Value>,
    ) -> Result<()> {
        if !issue_type.is_container() || self.deployment().await? == Deployment::Cloud {
            return Ok(());
        }
        let Some(field) = self.catalogue().await?.epic_name_field() else { return Ok(()) };
        if self.create_screen(&issue_type.id).await?.has(field) {
            fields.insert(field.to_owned(), json!(title));
        }
        Ok(())
    }
}
