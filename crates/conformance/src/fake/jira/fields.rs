//! The site's tables: types, statuses, priorities, resolutions, fields.

use super::Deployment;
use serde_json::{Value, json};

/// An issue type.
pub(super) struct IssueType {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) subtask: bool,
    /// Level in the hierarchy: a parent is one level up.
    pub(super) level: i8,
}

const fn kind(id: &'static str, name: &'static str, level: i8) -> IssueType {
    IssueType { id, name, subtask: level < 0, level }
}

pub(super) const KINDS: &[IssueType] = &[
    kind("10001", "Story", 0),
    kind("10002", "Task", 0),
    kind("10003", "Bug", 0),
    kind("10004", "Epic", 1),
    kind("10005", "Sub-task", -1),
];

/// A status: id, name, category key.
pub(super) struct State {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) category: &'static str,
}

const fn state(id: &'static str, name: &'static str, category: &'static str) -> State {
    State { id, name, category }
}

pub(super) const STATES: &[State] = &[
    state("10100", "To Do", "new"),
    state("10101", "In Progress", "indeterminate"),
    state("10102", "In Review", "indeterminate"),
    state("10103", "Blocked", "indeterminate"),
    state("10104", "Done", "done"),
    state("10105", "Cancelled", "done"),
];

/// The category's number and name.
pub(super) fn category(key: &str) -> (u8, &'static str) {
    match key {
        "new" => (2, "To Do"),
        "done" => (3, "Done"),
        _ => (4, "In Progress"),
    }
}

/// The status with this name or id; names are compared without case, as in JQL.
pub(super) fn find_state(text: &str) -> Option<&'static State> {
    STATES.iter().find(|state| state.name.eq_ignore_ascii_case(text) || state.id == text)
}

pub(super) const PRIORITIES: &[(&str, &str)] =
    &[("1", "Highest"), ("2", "High"), ("3", "Medium"), ("4", "Low"), ("5", "Lowest")];

pub(super) const RESOLUTIONS: &[(&str, &str)] = &[("10200", "Done"), ("10201", "Won't Do")];

/// A field that only this site knows by this id.
pub(super) struct CustomField {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// The plug-in's name of the field type.
    pub(super) custom: &'static str,
    pub(super) kind: &'static str,
}

const CLOUD_FIELDS: &[CustomField] = &[
    CustomField {
        id: "customfield_10016",
        name: "Story point estimate",
        custom: "com.pyxis.greenhopper.jira:jsw-story-points",
        kind: "number",
    },
    SECTOR,
    CustomField {
        id: "customfield_10020",
        name: "Sprint",
        custom: "com.pyxis.greenhopper.jira:gh-sprint",
        kind: "array",
    },
];

const DATA_CENTER_FIELDS: &[CustomField] = &[
    CustomField {
        id: "customfield_10106",
        name: "Story Points",
        custom: "com.atlassian.jira.plugin.system.customfieldtypes:float",
        kind: "number",
    },
    SECTOR,
    CustomField {
        id: EPIC_LINK,
        name: "Epic Link",
        custom: "com.pyxis.greenhopper.jira:gh-epic-link",
        kind: "any",
    },
    CustomField {
        id: EPIC_NAME,
        name: "Epic Name",
        custom: "com.pyxis.greenhopper.jira:gh-epic-label",
        kind: "string",
    },
    CustomField {
        id: "customfield_10105",
        name: "Sprint",
        custom: "com.pyxis.greenhopper.jira:gh-sprint",
        kind: "array",
    },
];

/// Where Data Center keeps the epic of an item; only sub-tasks have a parent there.
pub(super) const EPIC_LINK: &str = "customfield_10100";
/// The short name that an epic of Data Center must have.
pub(super) const EPIC_NAME: &str = "customfield_10101";

/// A single-line text field, which takes a plain string on every version of the API.
const SECTOR: CustomField = CustomField {
    id: "customfield_10030",
    name: "Sector",
    custom: "com.atlassian.jira.plugin.system.customfieldtypes:textfield",
    kind: "string",
};

pub(super) fn custom(deployment: Deployment) -> &'static [CustomField] {
    match deployment {
        Deployment::Cloud => CLOUD_FIELDS,
        Deployment::DataCenter => DATA_CENTER_FIELDS,
    }
}

/// The field that holds the estimate.
pub(super) fn points(deployment: Deployment) -> &'static str {
    custom(deployment)[0].id
}

const SYSTEM_FIELDS: &[(&str, &str, &str)] = &[
    ("summary", "Summary", "string"),
    ("issuetype", "Issue Type", "issuetype"),
    ("project", "Project", "project"),
    ("description", "Description", "string"),
    ("priority", "Priority", "priority"),
    ("labels", "Labels", "array"),
    ("assignee", "Assignee", "user"),
    ("parent", "Parent", "issuelink"),
];

const REQUIRED: &[&str] = &["summary", "issuetype", "project"];

/// `GET field`.
pub(super) fn catalogue(deployment: Deployment) -> Value {
    let system = SYSTEM_FIELDS.iter().map(|(id, name, kind)| {
        json!({"id": id, "key": id, "name": name, "custom": false,
            "schema": {"type": kind, "system": id}})
    });
    let custom = custom(deployment).iter().map(|field| {
        json!({"id": field.id, "key": field.id, "name": field.name, "custom": true,
            "schema": custom_schema(field)})
    });
    system.chain(custom).collect()
}

fn custom_schema(field: &CustomField) -> Value {
    let number = field.id.trim_start_matches("customfield_").parse::<u64>().unwrap_or_default();
    json!({"type": field.kind, "custom": field.custom, "customId": number})
}

/// What a new item of any type may and must have.
pub(super) fn create_fields(deployment: Deployment) -> Vec<Value> {
    let system = SYSTEM_FIELDS.iter().map(|(id, name, kind)| {
        let field = json!({"fieldId": id, "key": id, "name": name, "operations": ["set"],
            "required": REQUIRED.contains(id), "hasDefaultValue": false,
            "schema": {"type": kind, "system": id}});
        with_values(field, id)
    });
    let custom = custom(deployment).iter().map(|field| {
        json!({"fieldId": field.id, "key": field.id, "name": field.name, "operations": ["set"],
            "required": false, "hasDefaultValue": false, "schema": custom_schema(field)})
    });
    system.chain(custom).collect()
}

fn with_values(mut field: Value, id: &str) -> Value {
    if id == "priority" {
        field["allowedValues"] = priorities();
    }
    field
}

pub(super) fn priorities() -> Value {
    PRIORITIES.iter().map(|(id, name)| json!({"id": id, "name": name})).collect()
}

/// What types a project has.
pub(super) fn issue_types() -> Vec<Value> {
    let view = |kind: &IssueType| {
        json!({"id": kind.id, "name": kind.name, "subtask": kind.subtask,
            "hierarchyLevel": kind.level, "description": ""})
    };
    KINDS.iter().map(view).collect()
}

/// Which field the board estimates in, and which statuses its columns hold.
pub(super) fn board_configuration(deployment: Deployment) -> Value {
    let column = |name: &str, states: &[&State]| {
        let states: Vec<_> = states.iter().map(|state| json!({"id": state.id})).collect();
        json!({"name": name, "statuses": states})
    };
    let of = |category: &str| -> Vec<&State> {
        STATES.iter().filter(|state| state.category == category).collect()
    };
    let estimate = &custom(deployment)[0];
    json!({
        "id": super::metadata::BOARD, "name": "SHOP board", "type": "scrum",
        "columnConfig": {"constraintType": "none", "columns": [
            column("To Do", &of("new")),
            column("In Progress", &of("indeterminate")),
            column("Done", &of("done")),
        ]},
        "estimation": {"type": "field",
            "field": {"fieldId": estimate.id, "displayName": estimate.name}},
    })
}
