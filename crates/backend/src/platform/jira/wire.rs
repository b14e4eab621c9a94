//! Jira's JSON, Cloud (REST 3) and Data Center (REST 2). Both leave fields out freely, so almost all are optional.

use crate::platform::shared::absent::or_default;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `serverInfo`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerInfo {
    /// `Cloud`, or `Server` and `Data Center` for the other one; old servers leave it out.
    pub(super) deployment_type: Option<String>,
    pub(super) version: Option<String>,
}

/// A user: Cloud has `accountId`, Data Center `name` and `key`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub(super) account_id: Option<String>,
    pub(super) account_type: Option<String>,
    pub(super) name: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) email_address: Option<String>,
    pub(super) active: Option<bool>,
}

impl User {
    /// What names this user in a request.
    pub(super) fn id(&self) -> Option<&str> {
        self.account_id.as_deref().or(self.name.as_deref()).filter(|id| !id.is_empty())
    }

    /// What people see.
    pub(super) fn label(&self) -> Option<&str> {
        let filled = |text: &&str| !text.is_empty();
        self.display_name.as_deref().filter(filled).or_else(|| self.id())
    }
}

/// An error body.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ErrorCollection {
    #[serde(deserialize_with = "or_default")]
    pub(super) error_messages: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) errors: Map<String, Value>,
    /// What gateways say instead.
    pub(super) message: Option<String>,
}

/// An issue. Which fields it has depends on the site, so they stay a map.
#[derive(Debug, Deserialize)]
pub(super) struct Issue {
    pub(super) key: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) fields: Map<String, Value>,
}

/// A state, with the category that makes it mean something.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    pub(super) name: String,
    pub(super) status_category: Option<StatusCategory>,
}

/// `new`, `indeterminate`, `done` or `undefined`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct StatusCategory {
    pub(super) key: String,
}

impl Status {
    fn category(&self) -> &str {
        self.status_category.as_ref().map_or("", |category| &category.key)
    }

    /// True when work has begun and is not over.
    pub(super) fn is_started(&self) -> bool {
        self.category() == "indeterminate"
    }

    /// True when work is over.
    pub(super) fn is_finished(&self) -> bool {
        self.category() == "done"
    }
}

/// The states of one issue type in a project.
#[derive(Debug, Deserialize)]
pub(super) struct TypeStatuses {
    pub(super) statuses: Vec<Status>,
}

/// Anything that Jira names: a priority, an issue type, a resolution.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
}

/// The answer to a create.
#[derive(Debug, Deserialize)]
pub(super) struct Created {
    pub(super) key: String,
}

/// One page of `createmeta`: Cloud says `issueTypes` or `fields`, Data Center `values`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetaPage<T> {
    #[serde(alias = "issueTypes", alias = "fields")]
    pub(super) values: Vec<T>,
    pub(super) total: Option<usize>,
    pub(super) is_last: Option<bool>,
}

/// An issue type of a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssueType {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) subtask: bool,
    /// Cloud: 1 for epics, 0 for usual types, -1 for sub-tasks.
    pub(super) hierarchy_level: Option<i32>,
}

impl IssueType {
    /// True when other issues hang below it without being sub-tasks.
    pub(super) fn is_container(&self) -> bool {
        self.hierarchy_level
            .map_or_else(|| self.name.eq_ignore_ascii_case("epic"), |level| level > 0)
    }
}

/// A field on a screen: of the create screen, the edit screen or a transition's.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScreenField {
    /// Absent where the field is the value of a map and its id the key.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) field_id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) required: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) has_default_value: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) allowed_values: Vec<Value>,
}

impl ScreenField {
    /// What people call the allowed values.
    pub(super) fn allowed_names(&self) -> Vec<&str> {
        let name =
            |value| ["name", "value"].iter().find_map(|key| Value::get(value, key)?.as_str());
        self.allowed_values.iter().filter_map(name).collect()
    }
}

/// `editmeta`.
#[derive(Debug, Deserialize)]
pub(super) struct EditMeta {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) fields: std::collections::BTreeMap<String, ScreenField>,
}

/// A field of the site.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Field {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    pub(super) schema: Option<FieldSchema>,
}

/// What a field holds; `custom` names the kind of a custom field.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct FieldSchema {
    pub(super) custom: Option<String>,
}

impl Field {
    /// The kind of a custom field, such as `com.pyxis.greenhopper.jira:gh-sprint`.
    pub(super) fn custom_kind(&self) -> &str {
        self.schema.as_ref().and_then(|schema| schema.custom.as_deref()).unwrap_or_default()
    }
}

/// A board's configuration, as far as estimates go.
#[derive(Debug, Deserialize)]
pub(super) struct BoardConfiguration {
    pub(super) estimation: Option<Estimation>,
}

/// How a board estimates: `none`, `issueCount` or `field`.
#[derive(Debug, Deserialize)]
pub(super) struct Estimation {
    pub(super) field: Option<EstimationField>,
}

/// The field that a board estimates in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EstimationField {
    pub(super) field_id: String,
}

/// What can be done to an issue now.
#[derive(Debug, Deserialize)]
pub(super) struct Transitions {
    pub(super) transitions: Vec<Transition>,
}

/// A way to another state. Its own name says nothing about where it leads.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Transition {
    pub(super) id: String,
    pub(super) to: Status,
    /// Cloud only.
    pub(super) is_available: Option<bool>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) fields: Map<String, Value>,
}

/// One page of Cloud's search.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenPage {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) issues: Vec<Issue>,
    pub(super) next_page_token: Option<String>,
    pub(super) is_last: Option<bool>,
}

/// One page of Data Center's search.
#[derive(Debug, Deserialize)]
pub(super) struct OffsetPage {
    pub(super) issues: Vec<Issue>,
    pub(super) total: usize,
}

/// A link to a page elsewhere. Jira sets what is left out to null, so the whole of it is sent every time.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RemoteLink {
    pub(super) global_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) application: Option<Application>,
    pub(super) relationship: Option<String>,
    pub(super) object: RemoteObject,
}

/// Who made a link.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Application {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) name: Option<String>,
}

/// What a link leads to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RemoteObject {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) url: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<RemoteStatus>,
}

/// Whether the other end is finished; Jira strikes it through then.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RemoteStatus {
    pub(super) resolved: Option<bool>,
}

/// A file that was attached.
#[derive(Debug, Deserialize)]
pub(super) struct Attached {
    pub(super) filename: String,
    /// Address of the content.
    pub(super) content: url::Url,
}

/// A webhook's body, as far as it is understood.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Notification {
    pub(super) webhook_event: String,
    /// Absent on old servers. The one name that Jira writes in snake case.
    #[serde(rename = "issue_event_type_name")]
    pub(super) issue_event_type_name: Option<String>,
    pub(super) issue: Option<IssueReference>,
    pub(super) comment: Option<Value>,
    pub(super) changelog: Option<Value>,
}

/// An issue of which only the key matters.
#[derive(Debug, Deserialize)]
pub(super) struct IssueReference {
    pub(super) key: Option<String>,
}

/// The answer to `mypermissions`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Permissions {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) permissions: std::collections::BTreeMap<String, Permission>,
}

/// Whether the account has one permission.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Permission {
    pub(super) have_permission: bool,
}
