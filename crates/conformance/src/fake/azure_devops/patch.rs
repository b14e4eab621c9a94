//! JSON Patch, as items take it: every operation holds, or none.

use super::{
    AzureDevOps,
    process::ItemType,
    refuse,
    relation::{Relations, is_between_items},
    view,
};
use crate::fake::{
    Response,
    store::{Item, Store, USERS},
};
use serde_json::Value;

/// Azure DevOps' limit of a title, in characters.
const MAX_TITLE: usize = 255;
/// Azure DevOps' limit of a long text, in characters.
const MAX_TEXT: usize = 1_000_000;
/// Azure DevOps' limit of a tag, in characters.
const MAX_TAG: usize = 400;

/// What a patch did, besides the fields that it set.
pub(super) struct Changed {
    pub(super) relations: Relations,
    pub(super) comments: Vec<Value>,
    /// The state to go to.
    pub(super) state: Option<&'static str>,
    /// True when there is a new revision.
    pub(super) revises: bool,
}

impl AzureDevOps {
    pub(super) fn apply(
        &self,
        operations: &[Value],
        item: &mut Item,
        relations: Relations,
        store: &Store,
        is_new: bool,
    ) -> Result<Changed, Response> {
        let kind = self.item_type(&item.kind).ok_or_else(|| refuse(500, "no such type"))?;
        let mut changed = Changed { relations, comments: Vec::new(), state: None, revises: false };
        for operation in operations {
            let verb = operation["op"].as_str().unwrap_or_default();
            let path = operation["path"].as_str().unwrap_or_default();
            let value = &operation["value"];
            if verb == "test" && path == "/rev" {
                test_revision(item, value)?;
            } else if let Some(field) = path.strip_prefix("/fields/") {
                if !matches!(verb, "add" | "replace") {
                    return Err(refuse(400, &format!("The operation {verb} is not supported.")));
                }
                set(kind, field, value, item, &mut changed, is_new)?;
                changed.revises = true;
            } else if let Some(place) = path.strip_prefix("/relations/") {
                let touched = changed.relations.patch(verb, place, value, item, store)?;
                changed.revises |= !is_between_items(&touched);
            } else {
                return Err(refuse(400, &format!("The path {path} is not valid here.")));
            }
        }
        Ok(changed)
    }
}

fn test_revision(item: &Item, value: &Value) -> Result<(), Response> {
    if value.as_u64() == Some(view::revision(item)) {
        return Ok(());
    }
    Err(refuse(412, "VS403351: Test Operation for path /rev failed."))
}

fn rule(field: &str, code: &str) -> Response {
    refuse(400, &format!("TF401320: Rule Error for field {field}. Error code: {code}."))
}

fn set(
    kind: &ItemType,
    name: &str,
    value: &Value,
    item: &mut Item,
    changed: &mut Changed,
    is_new: bool,
) -> Result<(), Response> {
    let Some(field) = kind.field(name) else {
        let message = format!("TF51535: Cannot find field {name} of the type {}.", kind.name);
        return Err(refuse(400, &message));
    };
    let text = || value.as_str().unwrap_or_default();
    match field {
        "System.Title" => {
            check_title(text())?;
            text().clone_into(&mut item.title);
        }
        "System.State" => {
            let state = kind.state(text()).filter(|state| !is_new || *state == kind.states[0].0);
            let state = state.ok_or_else(|| {
                let message = format!(
                    "The field 'State' contains the value '{}' that is not in the list of supported values",
                    text()
                );
                refuse(400, &message)
            })?;
            changed.state = Some(state);
        }
        "System.Tags" => item.labels = tags(text())?,
        "System.AssignedTo" => assign(text(), item)?,
        "System.History" => changed.comments.push(value.clone()),
        "Microsoft.VSTS.Common.Priority" => {
            if !value.as_u64().is_some_and(|number| (1..=4).contains(&number)) {
                return Err(rule("Priority", "HasValues, LimitedToValues, InvalidNotEmpty"));
            }
            item.custom.insert(field.to_owned(), value.clone());
        }
        field => {
            if text().chars().count() > MAX_TEXT {
                return Err(rule(field, "InvalidTooLong"));
            }
            item.custom.insert(field.to_owned(), value.clone());
        }
    }
    Ok(())
}

fn check_title(title: &str) -> Result<(), Response> {
    let length = title.chars().count();
    if length > MAX_TITLE || title.trim().is_empty() || title.contains('\n') {
        return Err(rule("Title", "InvalidTooLong or InvalidEmpty"));
    }
    Ok(())
}

/// Tags of one text: divided at semicolons and commas, each once, by name.
fn tags(text: &str) -> Result<Vec<String>, Response> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split([';', ',']).map(str::trim).filter(|tag| !tag.is_empty()) {
        if tag.chars().count() > MAX_TAG || tag.chars().any(char::is_control) {
            return Err(refuse(400, "TF401407: The tag name is not valid."));
        }
        if tags.iter().all(|known| known.to_lowercase() != tag.to_lowercase()) {
            tags.push(tag.to_owned());
        }
    }
    tags.sort_by_key(|tag| tag.to_lowercase());
    Ok(tags)
}

fn assign(who: &str, item: &mut Item) -> Result<(), Response> {
    if who.is_empty() {
        item.assignee = None;
        return Ok(());
    }
    let named = |names: [&str; 2]| names.iter().any(|name| name.eq_ignore_ascii_case(who));
    let found = USERS.iter().find(|user| named([user.email, user.display]));
    let message =
        format!("The identity value '{who}' for field 'Assigned To' is an unknown identity.");
    item.assignee = Some(*found.ok_or_else(|| refuse(400, &message))?);
    Ok(())
}
