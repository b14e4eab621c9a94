//! Issues: made, read, changed.

use super::{
    Answer, GitLab, access::Caller, is_named, label, people, quick_action, refuse, refuse_parameter,
};
use crate::fake::{
    Request, Response,
    store::{Item, Store},
};
use serde_json::{Map, Value, json};

const MAX_TITLE: usize = 255;
const MAX_TEXT: usize = 1_048_576;

const ISSUE_TYPES: [&str; 5] = ["issue", "incident", "test_case", "task", "ticket"];

/// What a change can name; of a change that names none GitLab knows nothing to do.
const CHANGEABLE: [&str; 15] = [
    "title",
    "description",
    "assignee_ids",
    "assignee_id",
    "milestone_id",
    "labels",
    "add_labels",
    "remove_labels",
    "due_date",
    "epic_id",
    "confidential",
    "discussion_locked",
    "weight",
    "issue_type",
    "state_event",
];

impl GitLab {
    pub(super) fn create_issue(&self, request: &Request, caller: Caller, project: &str) -> Answer {
        caller.must_write(project)?;
        let given = object(request)?;
        if !given.contains_key("title") {
            return Err(refuse_parameter("title is missing"));
        }
        let mut scratch = Store::default();
        let mut draft = scratch.add(project, "issue", "opened").clone();
        draft.text = Value::Null;
        let commands = self.apply(&given, &mut draft, caller)?;
        let mut store = self.store();
        let item = store.add(project, &draft.kind, "opened");
        let kept = Item {
            serial: item.serial,
            number: item.number,
            created: item.created,
            updated: item.updated,
            moved: item.moved,
            ..draft
        };
        *item = kept;
        let now = item.created;
        quick_action::execute(&commands, item, now);
        Ok(Response::json(201, &self.issue(item, request)))
    }

    pub(super) fn get_issue(&self, request: &Request, project: &str, number: &str) -> Answer {
        let store = self.store();
        let item = store.find(|item| is_named(item, project, number));
        let item = item.ok_or_else(|| refuse(404, "404 Not found"))?;
        Ok(Response::json(200, &self.issue(item, request)))
    }

    pub(super) fn edit_issue(
        &self,
        request: &Request,
        caller: Caller,
        project: &str,
        number: &str,
    ) -> Answer {
        caller.must_write(project)?;
        let given = object(request)?;
        if !CHANGEABLE.iter().any(|name| given.contains_key(*name)) {
            let message = format!(
                "{} are missing, at least one parameter must be provided",
                CHANGEABLE.join(", ")
            );
            return Err(refuse_parameter(&message));
        }
        let mut store = self.store();
        let found = store.find(|item| is_named(item, project, number)).cloned();
        let mut edited = found.ok_or_else(|| refuse(404, "404 Not found"))?;
        let commands = self.apply(&given, &mut edited, caller)?;
        let now = store.tick();
        edited.updated = now;
        match given.get("state_event").and_then(Value::as_str) {
            Some("close") => edited.move_to("closed", true, now),
            Some("reopen") => edited.move_to("opened", false, now),
            Some(_) => return Err(refuse_parameter("state_event does not have a valid value")),
            None => {}
        }
        quick_action::execute(&commands, &mut edited, now);
        let shown = self.issue(&edited, request);
        if let Some(item) = store.find_mut(|item| is_named(item, project, number)) {
            *item = edited;
        }
        Ok(Response::json(200, &shown))
    }

    /// Sets what the caller may set, drops the rest in silence, and ignores what it does not know. Returns the commands
    /// that the text held.
    fn apply(
        &self,
        given: &Map<String, Value>,
        item: &mut Item,
        caller: Caller,
    ) -> Result<Vec<String>, Response> {
        let mut commands = Vec::new();
        if let Some(title) = given.get("title") {
            item.title = check_title(title)?;
        }
        if let Some(text) = given.get("description") {
            let text = text.as_str().unwrap_or_default();
            if text.chars().count() > MAX_TEXT {
                return Err(refuse_field(
                    "description",
                    "is too long (maximum is 1048576 characters)",
                ));
            }
            let (kept, found) = quick_action::extract(text);
            (item.text, commands) = (json!(kept), found);
        }
        if let Some(kind) = given.get("issue_type") {
            let kind = kind.as_str().filter(|kind| ISSUE_TYPES.contains(kind));
            let kind =
                kind.ok_or_else(|| refuse_parameter("issue_type does not have a valid value"))?;
            kind.clone_into(&mut item.kind);
        }
        given.get("weight").map_or(Ok(()), check_weight)?;
        for name in ["due_date", "confidential", "discussion_locked"] {
            if let Some(value) = given.get(name) {
                item.custom.insert(name.to_owned(), value.clone());
            }
        }
        if caller != Caller::Guest {
            self.decide(given, item);
        }
        Ok(commands)
    }

    /// Sets what a guest may not: the rest of their request is taken, and this is dropped.
    fn decide(&self, given: &Map<String, Value>, item: &mut Item) {
        if let Some(weight) = given.get("weight").filter(|_| self.is_premium()) {
            item.points = weight.as_f64();
        }
        if let Some(id) = given.get("epic_id").filter(|id| **id == super::EPIC) {
            item.custom.insert("epic_id".to_owned(), id.clone());
        }
        if given.contains_key("labels") {
            item.labels.clear();
        }
        self.add_labels(item, given.get("labels"));
        self.add_labels(item, given.get("add_labels"));
        label::remove_labels(item, given.get("remove_labels"));
        if let Some(ids) = given.get("assignee_ids").and_then(Value::as_array) {
            item.assignee = ids.iter().filter_map(Value::as_u64).find_map(people::find);
        }
    }
}

/// The request's body, which must be a JSON object.
pub(super) fn object(request: &Request) -> Result<Map<String, Value>, Response> {
    let is_json =
        request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let body = request.json().filter(|_| is_json);
    body.ok_or_else(|| refuse_parameter("title is missing"))
}

fn refuse_field(field: &str, message: &str) -> Response {
    Response::json(400, &json!({"message": {field: [message]}}))
}

fn check_title(value: &Value) -> Result<String, Response> {
    let title = value.as_str().unwrap_or_default().trim();
    if title.is_empty() {
        return Err(refuse_field("title", "can't be blank"));
    }
    if title.chars().count() > MAX_TITLE {
        return Err(refuse_field("title", "is too long (maximum is 255 characters)"));
    }
    Ok(title.to_owned())
}

fn check_weight(value: &Value) -> Result<(), Response> {
    let whole = value.is_null() || value.is_u64();
    whole.then_some(()).ok_or_else(|| refuse_parameter("weight is invalid"))
}
