//! Relations of an item: its place among others, and the operations that change them.

use super::{AzureDevOps, fields, item, wire};
use crate::error::{Error, ErrorKind, Result};
use serde_json::{Value, json};

/// The relation from an item to the one that contains it.
pub(super) const TO_PARENT: &str = "System.LinkTypes.Hierarchy-Reverse";

/// The containing item, and the number of the relation that says so; servers of 2019 know no field for it.
pub(super) fn parent(native: &wire::WorkItem) -> Option<(u64, Option<usize>)> {
    let mut relations = native.relations().iter().enumerate();
    let related = relations.find_map(|(index, relation)| {
        (relation.rel == TO_PARENT).then(|| Some((item_of(&relation.url)?, Some(index))))?
    });
    let field = || native.fields.get(fields::PARENT).and_then(Value::as_u64);
    related.or_else(|| field().map(|id| (id, None)))
}

/// The number at the end of an item's address.
pub(super) fn item_of(address: &str) -> Option<u64> {
    let (start, id) = address.trim_end_matches('/').rsplit_once('/')?;
    start.to_ascii_lowercase().ends_with("workitems").then(|| id.parse().ok())?
}

/// The operation that adds a relation.
pub(super) fn add(rel: &str, url: &str, attributes: &Value) -> Value {
    let value = json!({"rel": rel, "url": url, "attributes": attributes});
    json!({"op": "add", "path": "/relations/-", "value": value})
}

/// The operation that removes the relation of this number; of several the highest has to go first.
pub(super) fn remove(index: usize) -> Value {
    json!({"op": "remove", "path": format!("/relations/{index}")})
}

impl AzureDevOps {
    /// The operation that puts an item below another one, which must be there.
    pub(super) async fn put_below(&self, parent: u64) -> Result<Value> {
        let found = self.api.get("_apis/wit/workitems/{id}").segment("id", parent.to_string());
        let found: wire::WorkItem = found
            .query("fields", fields::TYPE)
            .receive()
            .await
            .map_err(|error| error.during(format!("parent {parent}")))?;
        let _: String = item::required(&found.fields, fields::TYPE)?;
        Ok(add(TO_PARENT, self.api.item_address(parent)?.as_str(), &json!({})))
    }

    /// The operations that move an item below another one: it has one place at a time.
    pub(super) async fn move_below(&self, native: &wire::WorkItem, to: u64) -> Result<Vec<Value>> {
        let now = parent(native);
        if now.is_some_and(|(id, _)| id == to) {
            return Ok(Vec::new());
        }
        if native.id == to {
            return Err(Error::new(ErrorKind::Rejected, format!("{to} cannot be below itself")));
        }
        let leave = now.and_then(|(_, index)| index).map(remove);
        Ok(leave.into_iter().chain([self.put_below(to).await?]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(json: Value) -> wire::WorkItem {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_parent_is_told_by_a_relation_or_a_field() {
        let child = json!({"rel": "System.LinkTypes.Hierarchy-Forward",
            "url": "https://dev.azure.com/acme/_apis/wit/workItems/9"});
        let up = json!({"rel": TO_PARENT,
            "url": "https://dev.azure.com/acme/1-2-3/_apis/wit/workItems/7"});
        let related = native(json!({"id": 1, "rev": 1, "fields": {}, "relations": [child, up]}));
        assert_eq!(parent(&related), Some((7, Some(1))));
        let named = native(json!({"id": 1, "rev": 1, "fields": {"System.Parent": 7}}));
        assert_eq!(parent(&named), Some((7, None)));
        assert_eq!(parent(&native(json!({"id": 1, "fields": {}, "relations": null}))), None);
    }

    #[test]
    fn the_number_stands_at_the_end_of_an_address() {
        for (address, expected) in [
            ("https://dev.azure.com/a/_apis/wit/workItems/12", Some(12)),
            ("https://tfs.example/tfs/A/_apis/wit/workitems/12/", Some(12)),
            ("https://dev.azure.com/a/_apis/wit/workItems/12/updates/2", None),
            ("https://dev.azure.com/a/_apis/wit/attachments/12", None),
            ("12", None),
        ] {
            assert_eq!(item_of(address), expected, "{address}");
        }
    }
}
