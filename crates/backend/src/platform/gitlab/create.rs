//! Making an issue: sent exactly once, then brought to its state and below its parent.

use super::{GitLab, address::Address, hierarchy::Parent, values, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Draft, Kind, Status, WorkItem},
};
use serde_json::{Map, Value, json};

impl GitLab {
    /// Makes an issue. Whatever fails after it was made says its id, so that nobody makes it a second time.
    pub(super) async fn create(&self, draft: &Draft) -> Result<WorkItem> {
        let parent = match &draft.parent_id {
            Some(id) => Some(self.parent(id).await?),
            None => None,
        };
        let fields = self.draft_fields(draft, parent.as_ref()).await?;
        let call = self.http.post("api/v4/projects/{project}/issues");
        let call = call.segment("project", self.project.as_str()).json(&fields);
        let made: wire::Issue = match call.receive().await {
            Ok(made) => made,
            Err(error) => return Err(self.explain_refusal(error, self.project.as_str()).await),
        };
        let id = self.id(&made)?;
        let above = parent.as_ref().and_then(Parent::issue);
        let finished = self.finish(made, draft, &fields, above).await;
        finished.map_err(|error| half_made(error, id.as_str()))
    }

    /// Does what GitLab does not do while it makes an issue: closing it, and hanging it below another.
    async fn finish(
        &self,
        made: wire::Issue,
        draft: &Draft,
        sent: &Map<String, Value>,
        parent: Option<&wire::Issue>,
    ) -> Result<WorkItem> {
        values::kept(sent, &made)?;
        let closes = draft.status.is_some_and(Status::is_closed);
        if !closes && parent.is_none() {
            return self.item(made, &super::hierarchy::Parents::new());
        }
        let address = self.address(&self.id(&made)?)?;
        if let Some(parent) = parent {
            self.adopt(&made, parent).await?;
        }
        let issue = if closes {
            let mut close = Map::new();
            close.insert("state_event".into(), json!("close"));
            self.put(&address, &close).await?
        } else {
            self.read(&address).await?
        };
        self.whole_item(issue).await
    }

    /// The draft in GitLab's fields.
    async fn draft_fields(
        &self,
        draft: &Draft,
        parent: Option<&Parent>,
    ) -> Result<Map<String, Value>> {
        let mut fields = Map::new();
        fields.insert("title".into(), json!(values::title(&draft.title)?));
        let issue_type = self.issue_type(draft.kind)?;
        fields.insert("issue_type".into(), json!(issue_type));
        if let Some(parent) = parent {
            parent.write(&mut fields);
        }
        if !draft.description.is_empty() {
            fields.insert("description".into(), json!(values::text(&draft.description)));
        }
        let labels = self.first_labels(draft)?;
        if !labels.is_empty() {
            fields.insert("labels".into(), json!(labels.join(",")));
        }
        if let Some(points) = draft.story_points {
            fields.insert("weight".into(), json!(values::weight(points)?));
        }
        fields.extend(values::custom(&draft.custom_fields)?);
        if let Some(who) = draft.assignee.as_deref().filter(|who| !who.trim().is_empty()) {
            let id = self.find_user(who).await?;
            fields.insert("assignee_ids".into(), values::assignees(Some(id)));
        }
        Ok(fields)
    }

    fn issue_type(&self, kind: Kind) -> Result<&str> {
        self.words.issue_type(kind).ok_or_else(|| {
            let message = "epics of GitLab belong to groups, and this tracker is a project";
            Error::new(ErrorKind::Rejected, message).with_hint(
                "make an issue and hang tasks below it with --parent, or name a type in custom_settings.issue_types.epic",
            )
        })
    }

    /// Says what a refusal to write means: GitLab answers 403 in an archived project, and does not say why.
    pub(super) async fn explain_refusal(&self, error: Error, project: &str) -> Error {
        if error.kind != ErrorKind::Forbidden {
            return error;
        }
        let call = self.http.get("api/v4/projects/{project}").segment("project", project);
        match call.receive::<wire::ProjectState>().await {
            Ok(state) if state.archived => {
                let message = format!("{project} is archived and takes no changes");
                Error::new(ErrorKind::Forbidden, message).with_hint(
                    "unarchive the project in its settings, or set GITLAB_PROJECT to another",
                )
            }
            _ => error,
        }
    }

    /// Changes fields of an issue, and checks that GitLab kept them.
    pub(super) async fn put(
        &self,
        address: &Address,
        fields: &Map<String, Value>,
    ) -> Result<wire::Issue> {
        let call = self.http.put("api/v4/projects/{project}/issues/{number}");
        let call = call.segment("project", address.project.as_str());
        let call = call.segment("number", address.number.to_string());
        match call.json(fields).receive::<wire::Issue>().await {
            Ok(issue) => values::kept(fields, &issue).map(|()| issue),
            Err(error) => Err(self.explain_refusal(error, address.project.as_str()).await),
        }
    }
}

fn half_made(mut error: Error, id: &str) -> Error {
    // A passing failure invites to run the whole again, and that would make a second issue.
    if error.kind.is_transient() {
        error.kind = ErrorKind::Ambiguous;
    }
    let advice = error.hint().to_owned();
    error
        .during(format!("{id} was created and could not be completed"))
        .with_hint(format!("update {id} instead of creating it again; {advice}"))
        .with_context("created", id)
}
