//! Creating, reading and listing issues.

use super::{
    Answer, Caller, GitHub, find, invalid, object, refuse,
    view::{self, PULL_REQUEST, TYPES},
};
use crate::fake::{
    Request, Response,
    store::{Item, USERS, User},
};
use serde_json::{Map, Value, json};

/// GitHub's limit of a title, in characters.
const MAX_TITLE: usize = 256;
/// GitHub's limit of a text, in characters.
const MAX_TEXT: usize = 65_536;
/// GitHub's limit of a label, in characters.
const MAX_LABEL: usize = 50;

impl GitHub {
    pub(super) fn create_issue(
        &self,
        request: &Request,
        caller: Caller,
        repository: &str,
    ) -> Answer {
        caller.must_write()?;
        let mut body = object(request)?;
        if !body.contains_key("title") {
            return Err(invalid("title", "missing_field", &Value::Null));
        }
        drop_silently(&mut body, caller);
        let mut store = self.store();
        let mut draft = store.items.first().cloned().ok_or_else(|| refuse(500, "no template"))?;
        blank(&mut draft);
        apply(&body, &mut draft)?;
        let item = store.add(repository, "", "open");
        let Item { title, text, kind, labels, assignee, custom, .. } = draft;
        *item = Item { title, text, kind, labels, assignee, custom, ..item.clone() };
        let serial = item.serial;
        let made = store.find(|item| item.serial == serial);
        let made = made.map(|item| self.issue(&store, item, request)).unwrap_or_default();
        Ok(Response::json(201, &made))
    }

    pub(super) fn get_issue(&self, request: &Request, repository: &str, number: &str) -> Answer {
        let store = self.store();
        let item = find(&store, repository, number)?;
        Ok(Response::json(200, &self.issue(&store, item, request)))
    }

    /// Pull requests are listed among the issues.
    pub(super) fn list_issues(&self, request: &Request, repository: &str) -> Response {
        let store = self.store();
        let state = request.parameter("state").unwrap_or("open");
        let labels: Vec<&str> = request
            .parameter("labels")
            .map(|labels| labels.split(',').map(str::trim).collect())
            .unwrap_or_default();
        let since = request.parameter("since").and_then(|since| since.parse().ok());
        let mut items: Vec<&Item> = store
            .items
            .iter()
            .filter(|item| item.project == repository)
            .filter(|item| state == "all" || item.status == state)
            .filter(|item| labels.iter().all(|label| has_label(item, label)))
            .filter(|item| since.is_none_or(|since| item.updated >= since))
            .collect();
        items.sort_by_key(|item| std::cmp::Reverse((item.created, item.number)));
        let all: Vec<_> = items.into_iter().map(|item| self.issue(&store, item, request)).collect();
        view::listed(request, &all)
    }
}

fn blank(item: &mut Item) {
    item.title.clear();
    item.text = Value::Null;
    item.kind.clear();
    item.labels.clear();
    item.assignee = None;
    item.custom.clear();
}

/// GitHub ignores the case of labels.
pub(super) fn has_label(item: &Item, label: &str) -> bool {
    item.labels.iter().any(|known| known.to_lowercase() == label.to_lowercase())
}

/// Who may not push is not told that these were left out.
pub(super) fn drop_silently(body: &mut Map<String, Value>, caller: Caller) {
    if !caller.may_push() {
        body.retain(|key, _| {
            !matches!(key.as_str(), "labels" | "assignees" | "milestone" | "type")
        });
    }
}

/// Sets what a body says, except the state.
pub(super) fn apply(body: &Map<String, Value>, item: &mut Item) -> Result<(), Response> {
    for (key, value) in body {
        match key.as_str() {
            "title" => item.title = title(value)?,
            "body" => item.text = text(value)?,
            "labels" => item.labels = labels(value)?,
            "assignees" => item.assignee = assignee(value)?,
            "milestone" => set_milestone(value, item)?,
            "type" => item.kind = kind(value)?,
            "state" | "state_reason" if item.kind != PULL_REQUEST => {}
            other => return Err(invalid(other, "invalid", value)),
        }
    }
    Ok(())
}

fn title(value: &Value) -> Result<String, Response> {
    let title = value.as_str().unwrap_or_default();
    if title.trim().is_empty() {
        return Err(invalid("title", "missing_field", value));
    }
    if title.chars().count() > MAX_TITLE || title.contains('\n') {
        return Err(invalid("title", "invalid", &json!("too long")));
    }
    Ok(title.to_owned())
}

fn text(value: &Value) -> Result<Value, Response> {
    let length = value.as_str().map_or(0, |text| text.chars().count());
    if length > MAX_TEXT || !(value.is_string() || value.is_null()) {
        return Err(invalid("body", "invalid", &json!("too long")));
    }
    Ok(value.clone())
}

/// Labels that are not there are made.
pub(super) fn labels(value: &Value) -> Result<Vec<String>, Response> {
    let names = value.as_array().ok_or_else(|| invalid("labels", "invalid", value))?;
    let mut labels: Vec<String> = Vec::new();
    for name in names {
        let label = name.as_str().ok_or_else(|| invalid("labels", "invalid", name))?;
        if label.trim().is_empty() || label.chars().count() > MAX_LABEL {
            return Err(invalid("labels", "invalid", name));
        }
        if !labels.iter().any(|known| known.to_lowercase() == label.to_lowercase()) {
            labels.push(label.to_owned());
        }
    }
    Ok(labels)
}

fn assignee(value: &Value) -> Result<Option<User>, Response> {
    let logins = value.as_array().ok_or_else(|| invalid("assignees", "invalid", value))?;
    let Some(login) = logins.first() else { return Ok(None) };
    let known = USERS.iter().find(|user| Some(user.name) == login.as_str());
    known.copied().map(Some).ok_or_else(|| invalid("assignees", "invalid", login))
}

fn set_milestone(value: &Value, item: &mut Item) -> Result<(), Response> {
    if value.is_null() {
        item.custom.shift_remove("milestone");
    } else if value == 1 {
        item.custom.insert("milestone".to_owned(), value.clone());
    } else {
        return Err(invalid("milestone", "invalid", value));
    }
    Ok(())
}

fn kind(value: &Value) -> Result<String, Response> {
    let known = TYPES.iter().find(|known| Some(**known) == value.as_str());
    known.map(ToString::to_string).ok_or_else(|| invalid("type", "invalid", value))
}
