//! Fields by name, and the operations that set them.

use super::wire::ItemType;
use crate::error::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};

pub(super) const TITLE: &str = "System.Title";
pub(super) const DESCRIPTION: &str = "System.Description";
/// Where the form of a bug has its text in Agile, Scrum and CMMI.
pub(super) const REPRO_STEPS: &str = "Microsoft.VSTS.TCM.ReproSteps";
pub(super) const STATE: &str = "System.State";
pub(super) const TYPE: &str = "System.WorkItemType";
pub(super) const PROJECT: &str = "System.TeamProject";
pub(super) const TAGS: &str = "System.Tags";
pub(super) const ASSIGNEE: &str = "System.AssignedTo";
pub(super) const HISTORY: &str = "System.History";
pub(super) const AREA: &str = "System.AreaPath";
pub(super) const ITERATION: &str = "System.IterationPath";
pub(super) const PARENT: &str = "System.Parent";
pub(super) const CREATED: &str = "System.CreatedDate";
pub(super) const CHANGED: &str = "System.ChangedDate";
pub(super) const PRIORITY: &str = "Microsoft.VSTS.Common.Priority";
pub(super) const CLOSED: &str = "Microsoft.VSTS.Common.ClosedDate";
pub(super) const STATE_CHANGED: &str = "Microsoft.VSTS.Common.StateChangeDate";

/// Where the processes keep estimates: Agile, Scrum and Basic, CMMI.
pub(super) const ESTIMATES: [&str; 3] = [
    "Microsoft.VSTS.Scheduling.StoryPoints",
    "Microsoft.VSTS.Scheduling.Effort",
    "Microsoft.VSTS.Scheduling.Size",
];

/// A field's name without the path that a patch puts before it.
pub(super) fn bare(name: &str) -> &str {
    let name = name.trim();
    name.strip_prefix("/fields/").unwrap_or(name)
}

/// The operation that sets a field; `add` replaces as well.
pub(super) fn set(field: &str, value: impl Into<Value>) -> Value {
    json!({"op": "add", "path": format!("/fields/{field}"), "value": value.into()})
}

/// The operation without which nothing else happens unless the item is as it was read.
pub(super) fn unchanged_since(revision: u64) -> Value {
    json!({"op": "test", "path": "/rev", "value": revision})
}

/// Fields as the caller names them: by reference name, with or without `/fields/` before it, or by the name on the
/// type's form. Each once.
pub(super) fn named(
    item_type: Option<&ItemType>,
    custom: &Map<String, Value>,
) -> Result<Vec<(String, Value)>> {
    let mut values: Vec<(String, Value)> = Vec::new();
    for (name, value) in custom {
        let field = reference_name(item_type, bare(name))?;
        if values.iter().any(|(known, _)| known.eq_ignore_ascii_case(&field)) {
            let message = format!("the field {field} is named twice");
            return Err(Error::new(ErrorKind::Rejected, message));
        }
        values.push((field, value.clone()));
    }
    Ok(values)
}

fn reference_name(item_type: Option<&ItemType>, name: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
    if name.contains('.') && name.chars().all(plain) {
        return Ok(name.to_owned());
    }
    let fields = item_type.map_or(&[][..], |item_type| &item_type.fields);
    let found = fields.iter().find(|field| field.name.to_lowercase() == name.to_lowercase());
    found.map(|field| field.reference_name.clone()).ok_or_else(|| {
        let whose = item_type.map_or(String::new(), |known| format!(" of the type {}", known.name));
        Error::new(ErrorKind::Rejected, format!("no field{whose} is called {name:?}"))
            .with_hint("name it by its reference name, such as Custom.Sector")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bug() -> ItemType {
        serde_json::from_value(json!({"name": "Bug", "fields": [
            {"referenceName": "Custom.Sector", "name": "Sector"},
            {"referenceName": REPRO_STEPS, "name": "Repro Steps"}]}))
        .unwrap()
    }

    #[test]
    fn a_field_may_be_named_in_three_ways() {
        for name in ["Custom.Sector", "/fields/Custom.Sector", " sector"] {
            let custom = Map::from_iter([(name.to_owned(), json!("energy"))]);
            let values = named(Some(&bug()), &custom).unwrap();
            assert_eq!(values, [("Custom.Sector".to_owned(), json!("energy"))], "{name}");
        }
    }

    #[test]
    fn what_is_no_field_is_refused() {
        for name in ["Nowhere", "", "Custom.Sector/x", "a.b\"c", "/relations/-"] {
            let custom = Map::from_iter([(name.to_owned(), json!(1))]);
            let error = named(Some(&bug()), &custom).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Rejected, "{name}");
            assert!(error.hint().contains("Custom.Sector"), "{name}");
        }
        let twice = json!({"Custom.Sector": 1, "/fields/custom.sector": 2});
        let error = named(None, twice.as_object().unwrap()).unwrap_err();
        assert!(error.message.ends_with("is named twice"), "{error}");
    }
}
