//! Azure DevOps' JSON, as far as it is used.

use crate::platform::shared::absent::or_default;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The body of most refusals.
#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    pub(super) message: Option<String>,
}

/// A list; `count` is not believed.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) value: Vec<T>,
}

/// Who is connected.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConnectionData {
    pub(super) authenticated_user: Option<User>,
}

/// An account, as the connection shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub(super) id: String,
    provider_display_name: Option<String>,
    custom_display_name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    properties: Map<String, Value>,
}

impl User {
    /// The name that people see: their own choice before the directory's.
    pub(super) fn name(&self) -> Option<&str> {
        let names = [&self.custom_display_name, &self.provider_display_name];
        names.into_iter().flatten().map(String::as_str).find(|name| !name.trim().is_empty())
    }

    /// The account's own name, mostly an e-mail address.
    pub(super) fn account(&self) -> Option<&str> {
        self.properties.get("Account")?.get("$value")?.as_str()
    }

    pub(super) fn is_anonymous(&self) -> bool {
        self.id.is_empty() || self.name() == Some("Anonymous") && self.account().is_none()
    }
}

/// A work item.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkItem {
    pub(super) id: u64,
    /// Absent where only some fields were asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) rev: u64,
    pub(super) fields: Map<String, Value>,
    pub(super) relations: Option<Vec<Relation>>,
    /// Which long texts are not HTML; since 2025.
    multiline_fields_format: Option<Map<String, Value>>,
}

impl WorkItem {
    /// Its relations, in the order in which their numbers count.
    pub(super) fn relations(&self) -> &[Relation] {
        self.relations.as_deref().unwrap_or_default()
    }

    /// True when somebody switched a long text to Markdown.
    pub(super) fn is_markdown(&self, field: &str) -> bool {
        let formats = self.multiline_fields_format.as_ref();
        let format = formats.and_then(|formats| formats.get(field)?.as_str());
        format.is_some_and(|format| format.eq_ignore_ascii_case("markdown"))
    }
}

/// A relation to another item, a page, a file or an artifact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Relation {
    pub(super) rel: String,
    pub(super) url: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) attributes: Map<String, Value>,
}

/// What a query found: items, or links between items of which the targets count.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryResult {
    pub(super) work_items: Option<Vec<ItemReference>>,
    pub(super) work_item_relations: Option<Vec<LinkReference>>,
}

/// An item of which only the number matters.
#[derive(Debug, Deserialize)]
pub(super) struct ItemReference {
    pub(super) id: u64,
}

/// A link between two items; those at the top have no source.
#[derive(Debug, Deserialize)]
pub(super) struct LinkReference {
    pub(super) target: Option<ItemReference>,
}

/// A work item type. The lists are as long as the server's age allows.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemType {
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) is_disabled: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) fields: Vec<Field>,
}

impl ItemType {
    pub(super) fn has(&self, field: &str) -> bool {
        self.fields.iter().any(|known| known.reference_name.eq_ignore_ascii_case(field))
    }
}

/// A field of a type.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Field {
    pub(super) reference_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
}

/// A state of a type.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct State {
    pub(super) name: String,
    /// Proposed, `InProgress`, Resolved, Completed or Removed.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) category: String,
}

/// A file that was uploaded, and not yet attached to anything.
#[derive(Debug, Deserialize)]
pub(super) struct Uploaded {
    pub(super) url: url::Url,
}

/// The items with links to artifacts, by the artifact.
#[derive(Debug, Deserialize)]
pub(super) struct Holders {
    #[serde(default, rename = "artifactUrisQueryResult", deserialize_with = "or_default")]
    pub(super) by_artifact: HashMap<String, Option<Vec<ItemReference>>>,
}

/// A repository of Azure Repos.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Repository {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    pub(super) project: Project,
}

/// The project of a repository.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
}

/// What a provider of the web pages knows about addresses at GitHub.
#[derive(Debug, Deserialize)]
pub(super) struct Contribution {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) data: Map<String, Value>,
}

/// A service hook's delivery, as far as it is understood.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Notification {
    pub(super) id: Option<String>,
    pub(super) event_type: String,
    pub(super) resource: Option<Resource>,
}

/// What a delivery is about.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource {
    /// The item's number; of an update, the update's.
    pub(super) id: Option<Value>,
    pub(super) work_item_id: Option<u64>,
    pub(super) revision: Option<Revision>,
    pub(super) url: Option<String>,
}

/// The item after an update.
#[derive(Debug, Deserialize)]
pub(super) struct Revision {
    pub(super) id: Option<u64>,
}
