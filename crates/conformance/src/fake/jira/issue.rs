//! Creating, editing and reading issues.

use super::{
    Answer, Caller, Jira, PROJECT, document, fields, object, refuse, refuse_fields,
    view::{self, Wanted},
    visible,
};
use crate::fake::{
    Request, Response,
    store::{Item, Store, USERS},
};
use serde_json::{Map, Value, json};

/// Jira's limit of a title, in characters.
const MAX_TITLE: usize = 255;
/// Jira's limit of a text, in characters.
const MAX_TEXT: usize = 32_767;

impl Jira {
    pub(super) fn create_issue(&self, request: &Request, caller: Caller) -> Answer {
        caller.must_write()?;
        let body = object(request)?;
        let given = body.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut store = self.store();
        let mut errors = Map::new();
        check_required(&given, &mut errors);
        let mut draft = blank();
        self.apply(&given, &mut draft, &store, &mut errors);
        self.check_hierarchy(&given, &draft, &store, &mut errors);
        if !errors.is_empty() {
            return Err(refuse_fields(&errors));
        }
        let item = store.add(PROJECT, &draft.kind, "To Do");
        let (serial, number, created) = (item.serial, item.number, item.created);
        let status = item.status.clone();
        *item = Item {
            serial,
            number,
            created,
            updated: created,
            moved: created,
            status,
            project: PROJECT.to_owned(),
            ..draft
        };
        let id = serial.to_string();
        let link = format!("{}/rest/api/latest/issue/{id}", view::base(request));
        Ok(Response::json(201, &json!({"id": id, "key": item.key(), "self": link})))
    }

    pub(super) fn edit_issue(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        let mut store = self.store();
        let serial = visible(&store, caller, key)?.serial;
        caller.must_write()?;
        let body = object(request)?;
        let empty = Map::new();
        let given = body.get("fields").and_then(Value::as_object).unwrap_or(&empty);
        let verbs = body.get("update").and_then(Value::as_object).unwrap_or(&empty);
        let mut errors = Map::new();
        let Some(mut item) = store.find(|item| item.serial == serial).cloned() else {
            return Err(refuse(404, "The issue is gone."));
        };
        self.apply(given, &mut item, &store, &mut errors);
        for (name, operations) in verbs {
            if given.contains_key(name) {
                errors.insert(name.clone(), json!("The field is named twice."));
            }
            self.apply_verbs(name, operations, &mut item, &mut store, &mut errors);
        }
        if !errors.is_empty() {
            return Err(refuse_fields(&errors));
        }
        item.updated = store.tick();
        if let Some(stored) = store.find_mut(|item| item.serial == serial) {
            *stored = item;
        }
        Ok(Response::empty(204))
    }

    pub(super) fn get_issue(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        let store = self.store();
        let item = visible(&store, caller, key)?;
        let names: Vec<String> = request
            .parameter("fields")
            .unwrap_or("*all")
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect();
        let wanted = Wanted::parse(&names);
        Ok(Response::json(200, &self.issue(&store, item, &wanted, &view::base(request))))
    }

    /// Sets fields as `fields` of a create or an edit does.
    pub(super) fn apply(
        &self,
        given: &Map<String, Value>,
        item: &mut Item,
        store: &Store,
        errors: &mut Map<String, Value>,
    ) {
        for (name, value) in given {
            if let Err(message) = self.set(name, value, item, store) {
                errors.insert(name.clone(), Value::String(message));
            }
        }
    }

    fn set(&self, name: &str, value: &Value, item: &mut Item, store: &Store) -> Result<(), String> {
        match name {
            "project" => check_project(value),
            "issuetype" => find_kind(value).map(|kind| item.kind = kind),
            "summary" => check_title(value).map(|title| item.title = title),
            "description" => self.check_text(value).map(|()| item.text = value.clone()),
            "priority" => {
                find_named(fields::PRIORITIES, value).map(|priority| item.priority = Some(priority))
            }
            "labels" => check_labels(value).map(|labels| item.labels = labels),
            "assignee" => self.set_assignee(value, item),
            "parent" => find_parent(value, item, store).map(|serial| item.parent = serial),
            fields::EPIC_LINK if !self.is_cloud() => {
                let epic = json!({"key": value});
                find_parent(if value.is_null() { value } else { &epic }, item, store)
                    .map(|serial| item.parent = serial)
            }
            _ if name == fields::points(self.deployment) => {
                check_number(value).map(|points| item.points = points)
            }
            _ => self.set_custom(name, value, item),
        }
    }

    fn set_custom(&self, name: &str, value: &Value, item: &mut Item) -> Result<(), String> {
        let field = fields::custom(self.deployment).iter().find(|field| field.id == name);
        match field.map(|field| field.kind) {
            Some("string") if value.is_string() || value.is_null() => {
                item.custom.insert(name.to_owned(), value.clone());
                Ok(())
            }
            Some(kind) => Err(format!("The value is no {kind}.")),
            None => Err("The field is unknown, or not on the screen.".to_owned()),
        }
    }

    /// Text is a document on Cloud and wiki markup on Data Center; neither takes the other.
    pub(super) fn check_text(&self, value: &Value) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        if self.is_cloud() {
            document::check(value)?;
        } else if !value.is_string() {
            return Err("The text is no string.".to_owned());
        }
        let length = document::plain(value).chars().count();
        if length > MAX_TEXT {
            return Err(format!("The text is longer than {MAX_TEXT} characters."));
        }
        Ok(())
    }

    fn set_assignee(&self, value: &Value, item: &mut Item) -> Result<(), String> {
        let id = if self.is_cloud() { value["accountId"].as_str() } else { value["name"].as_str() };
        item.assignee = match id {
            None if value.is_null() || value["name"].is_null() && !self.is_cloud() => None,
            None => return Err("An account id is expected here.".to_owned()),
            Some(id) => {
                let known = USERS
                    .iter()
                    .find(|user| if self.is_cloud() { user.id == id } else { user.name == id });
                Some(*known.ok_or("The user does not exist or cannot be assigned.")?)
            }
        };
        Ok(())
    }

    /// Data Center has parents for sub-tasks and epic links for the others, and epics need a name.
    fn check_hierarchy(
        &self,
        given: &Map<String, Value>,
        draft: &Item,
        store: &Store,
        errors: &mut Map<String, Value>,
    ) {
        let kind = fields::KINDS.iter().find(|kind| kind.name == draft.kind);
        let sub_task = kind.is_some_and(|kind| kind.subtask);
        let mut wrong =
            |field: &str, message: &str| errors.insert(field.to_owned(), json!(message));
        if sub_task && draft.parent.is_none() {
            wrong("parent", "A sub-task needs a parent.");
        }
        let parent = draft.parent.and_then(|serial| store.find(|item| item.serial == serial));
        let below_epic = parent.is_some_and(|parent| parent.kind == "Epic");
        if parent.is_some() && sub_task == below_epic {
            wrong("parent", "The parent is not one level above the item.");
        }
        if self.is_cloud() {
            return;
        }
        if given.contains_key("parent") && !sub_task {
            wrong("parent", "Only a sub-task has a parent.");
        }
        if draft.kind == "Epic" && !draft.custom.contains_key(fields::EPIC_NAME) {
            wrong(fields::EPIC_NAME, "Epic Name is required.");
        }
    }

    /// Carries out one field's entry of `update`: a list of add, set and remove.
    fn apply_verbs(
        &self,
        name: &str,
        operations: &Value,
        item: &mut Item,
        store: &mut Store,
        errors: &mut Map<String, Value>,
    ) {
        for operation in operations.as_array().into_iter().flatten() {
            for (verb, value) in operation.as_object().into_iter().flatten() {
                let done = match (name, verb.as_str()) {
                    ("labels", "add" | "remove") => edit_label(verb, value, &mut item.labels),
                    ("comment", "add") => self.check_text(&value["body"]).map(|()| {
                        let created = store.tick();
                        item.comments.push(crate::fake::store::Comment {
                            serial: store.next_serial(),
                            text: value["body"].clone(),
                            created,
                        });
                    }),
                    (_, "set") => self.set(name, value, item, store),
                    _ => Err(format!("The field does not know `{verb}`.")),
                };
                if let Err(message) = done {
                    errors.insert(name.to_owned(), Value::String(message));
                }
            }
        }
    }
}

/// An item without anything, to be filled and checked before it is stored.
fn blank() -> Item {
    let mut scratch = Store::default();
    let mut item = scratch.add(PROJECT, "", "To Do").clone();
    item.priority = Some("Medium".to_owned());
    item
}

fn check_required(given: &Map<String, Value>, errors: &mut Map<String, Value>) {
    for name in ["project", "issuetype", "summary"] {
        if given.get(name).is_none_or(Value::is_null) {
            errors.insert(name.to_owned(), json!("The field is required."));
        }
    }
}

fn check_project(value: &Value) -> Result<(), String> {
    let ours = value["key"].as_str() == Some(PROJECT) || value["id"].as_str() == Some("10000");
    ours.then_some(()).ok_or_else(|| "The project does not exist, or is closed to you.".to_owned())
}

fn find_kind(value: &Value) -> Result<String, String> {
    let matches = |kind: &&fields::IssueType| {
        value["id"].as_str() == Some(kind.id)
            || value["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(kind.name))
    };
    let kind = fields::KINDS.iter().find(matches);
    kind.map(|kind| kind.name.to_owned()).ok_or_else(|| "The issue type is not valid.".to_owned())
}

fn find_named(table: &[(&str, &str)], value: &Value) -> Result<String, String> {
    let matches = |(id, name): &&(&str, &str)| {
        value["id"].as_str() == Some(*id) || value["name"].as_str() == Some(*name)
    };
    let found = table.iter().find(matches);
    found.map(|(_, name)| (*name).to_owned()).ok_or_else(|| "The value is not valid.".to_owned())
}

pub(super) fn find_resolution(value: &Value) -> Result<String, String> {
    find_named(fields::RESOLUTIONS, value)
}

fn check_title(value: &Value) -> Result<String, String> {
    let title = value.as_str().ok_or("The title is no string.")?;
    if title.trim().is_empty() {
        return Err("The title is required.".to_owned());
    }
    if title.contains(['\n', '\r']) {
        return Err("The title has more than one line.".to_owned());
    }
    if title.chars().count() > MAX_TITLE {
        return Err(format!("The title is longer than {MAX_TITLE} characters."));
    }
    Ok(title.to_owned())
}

fn check_label(value: &Value) -> Result<String, String> {
    let label = value.as_str().ok_or("A label is no string.")?;
    if label.is_empty() || label.contains(char::is_whitespace) {
        return Err(format!("The label '{label}' is empty or contains spaces."));
    }
    if label.chars().count() > MAX_TITLE {
        return Err(format!("A label is longer than {MAX_TITLE} characters."));
    }
    Ok(label.to_owned())
}

/// Labels are a set; Jira keeps them sorted.
fn check_labels(value: &Value) -> Result<Vec<String>, String> {
    let labels = value.as_array().ok_or("Labels are no list.")?;
    let mut labels: Vec<_> = labels.iter().map(check_label).collect::<Result<_, _>>()?;
    labels.sort();
    labels.dedup();
    Ok(labels)
}

fn edit_label(verb: &str, value: &Value, labels: &mut Vec<String>) -> Result<(), String> {
    let label = check_label(value)?;
    labels.retain(|known| *known != label);
    if verb == "add" {
        labels.push(label);
        labels.sort();
    }
    Ok(())
}

fn check_number(value: &Value) -> Result<Option<f64>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64()),
        _ => Err("The value is no number.".to_owned()),
    }
}

fn find_parent(value: &Value, item: &Item, store: &Store) -> Result<Option<u64>, String> {
    if value.is_null() {
        return Ok(None);
    }
    let key = value["key"].as_str().or(value["id"].as_str()).unwrap_or_default();
    let parent = store.find(|other| super::is_named(other, key));
    match parent {
        Some(parent) if parent.serial != item.serial => Ok(Some(parent.serial)),
        _ => Err("The parent does not exist.".to_owned()),
    }
}
