//! Making an item: sent once, under an id of our own choice, in the state that it is to have.

use super::{Linear, document, name, unique, values, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Draft, WorkItem},
};
use serde_json::{Map, Value, json};

impl Linear {
    /// Makes an item. Where the answer is lost, the item is looked up by its id: only when it is not there nobody knows
    /// what will become of the request, and the error stays `Ambiguous`.
    pub(super) async fn create(&self, draft: &Draft) -> Result<WorkItem> {
        let mut input = self.input(draft).await?;
        let id = unique::id_for(draft);
        input.insert("id".to_owned(), json!(id));
        let made: Result<wire::Changed> =
            self.add(&document::CREATE_ISSUE, &json!({"input": input})).await;
        let issue = match made {
            Ok(wire::Changed { issue: Some(issue) }) => issue,
            Ok(wire::Changed { issue: None }) => self.made(&id, unseen()).await?,
            Err(error) if error.kind == ErrorKind::Ambiguous => self.made(&id, error).await?,
            Err(error) => return Err(error),
        };
        let identifier = issue.identifier.clone();
        self.item(issue).await.map_err(|error| completed(&identifier, error))
    }

    /// The issue that was made under `id`, else the error that its answer was.
    async fn made(&self, id: &str, error: Error) -> Result<wire::Issue> {
        let found: Option<wire::One<wire::Issue>> = self.look_for(&document::READ_ISSUE, id).await;
        found.and_then(|found| found.issue).ok_or(error)
    }

    async fn input(&self, draft: &Draft) -> Result<Map<String, Value>> {
        let title = values::title(&draft.title)?;
        values::no_fields(&draft.custom_fields)?;
        let team = self.team().await?;
        let mut input = Map::new();
        let mut set = |name: &str, value: Value| input.insert(name.to_owned(), value);
        set("teamId", json!(team.id));
        set("title", json!(title));
        if !draft.description.is_empty() {
            set("description", json!(values::text(&draft.description)));
        }
        if let Some(status) = draft.status {
            set("stateId", json!(self.state_for(team, status)?.id));
        }
        if let Some(priority) = draft.priority {
            set("priority", json!(self.words.number(priority)));
        }
        if let Some(points) = draft.story_points {
            set("estimate", json!(values::estimate(points, team)?));
        }
        if let Some(parent) = &draft.parent_id {
            set("parentId", json!(self.parent(&name(parent)?).await?.id));
        }
        if let Some(who) = draft.assignee.as_deref().filter(|who| !who.trim().is_empty()) {
            set("assigneeId", json!(self.user_id(who).await?));
        }
        // Labels come last, for they may have to be made.
        let kind = self.words.label(draft.kind);
        let labels = values::labels(draft.labels.iter().map(String::as_str).chain(kind))?;
        if !labels.is_empty() {
            set("labelIds", json!(self.label_ids(team, &labels).await?));
        }
        Ok(input)
    }

    /// The containing item; any issue can be one.
    pub(super) async fn parent(&self, parent: &str) -> Result<wire::Stub> {
        self.find(parent).await.map_err(|error| error.during(format!("parent {parent}")))
    }
}

fn unseen() -> Error {
    Error::new(ErrorKind::Ambiguous, "the item was taken, and is not in the answer")
}

/// What is said when an item was made and not all of it could be read.
fn completed(identifier: &str, mut error: Error) -> Error {
    if error.kind.is_transient() {
        error.kind = ErrorKind::Ambiguous;
    }
    error
        .during(format!("{identifier} was created and could not be read"))
        .with_hint(format!("look at {identifier}; creating it again would make a second one"))
        .with_context("created", identifier)
}
