//! Relations of items to each other, to pages, files and artifacts.

use super::{missing, refuse, visible};
use crate::fake::{
    Response,
    store::{Item, Store, WebLink},
};
use serde_json::{Value, json};

const TO_PARENT: &str = "System.LinkTypes.Hierarchy-Reverse";
const TO_CHILD: &str = "System.LinkTypes.Hierarchy-Forward";

/// Azure DevOps' limit of a relation's comment, in UTF-16 units.
const MAX_COMMENT: usize = 255;

/// The relations of an item while a patch is applied.
pub(super) struct Relations(Vec<Value>);

/// True for the kinds whose change makes no revision.
pub(super) fn is_between_items(rel: &str) -> bool {
    rel.starts_with("System.LinkTypes.")
}

/// A relation as it is shown; what is stored names no host.
pub(super) fn view(link: &WebLink, base: &str) -> Value {
    let mut view = link.body.clone();
    if let Some(id) = view["item"].as_u64() {
        view = json!({"rel": view["rel"], "url": format!("{base}/_apis/wit/workItems/{id}"),
            "attributes": {"isLocked": false}});
    } else {
        view["attributes"]["id"] = json!(link.serial);
    }
    view
}

/// The item that contains this one.
pub(super) fn parent(item: &Item) -> Option<u64> {
    let up = item.links.iter().find(|link| link.body["rel"] == TO_PARENT)?;
    up.body["item"].as_u64()
}

impl Relations {
    pub(super) fn of(item: &Item) -> Self {
        Self(
            item.links
                .iter()
                .map(|link| json!({"serial": link.serial, "body": link.body}))
                .collect(),
        )
    }

    /// Carries out one operation; the answer is the kind of the relation.
    pub(super) fn patch(
        &mut self,
        verb: &str,
        place: &str,
        value: &Value,
        item: &Item,
        store: &Store,
    ) -> Result<String, Response> {
        if (verb, place) == ("add", "-") {
            let body = self.checked(value, item, store)?;
            let rel = body["rel"].as_str().unwrap_or_default().to_owned();
            self.0.push(json!({"body": body}));
            return Ok(rel);
        }
        let (index, rest) = place.split_once('/').unwrap_or((place, ""));
        let index = index.parse().ok().filter(|index: &usize| *index < self.0.len());
        let index = index.ok_or_else(|| refuse(400, "The relation's index is out of range."))?;
        let rel = self.0[index]["body"]["rel"].as_str().unwrap_or_default().to_owned();
        match (verb, rest) {
            ("remove", "") => drop(self.0.remove(index)),
            ("add" | "replace", "attributes/comment") => {
                check_comment(value)?;
                self.0[index]["body"]["attributes"]["comment"] = value.clone();
            }
            _ => return Err(refuse(400, "This part of a relation cannot be changed.")),
        }
        Ok(rel)
    }

    /// A relation to be added, as it is stored. Whether an artifact is there is not looked at.
    fn checked(&self, value: &Value, item: &Item, store: &Store) -> Result<Value, Response> {
        let rel = value["rel"].as_str().unwrap_or_default();
        let url = value["url"].as_str().unwrap_or_default();
        check_comment(&value["attributes"]["comment"])?;
        let body = match rel {
            TO_PARENT | TO_CHILD => {
                let id = url.rsplit('/').next().unwrap_or_default();
                let other = visible(store, id).map_err(|_| missing(id))?.serial;
                let has_parent = self.0.iter().any(|known| known["body"]["rel"] == TO_PARENT);
                if rel == TO_PARENT && has_parent || other == item.serial {
                    return Err(refuse(
                        400,
                        "TF201036: A work item can have only one Parent link.",
                    ));
                }
                json!({"rel": rel, "item": other})
            }
            "ArtifactLink" => {
                if value["attributes"]["name"].as_str().is_none_or(str::is_empty) {
                    return Err(refuse(400, "Artifact links must have a valid name specified."));
                }
                if !url.to_ascii_lowercase().starts_with("vstfs:///") {
                    return Err(refuse(400, "TF237121: The artifact's address is not valid."));
                }
                let url = url.replace("%2F", "%2f");
                json!({"rel": rel, "url": url, "attributes": value["attributes"]})
            }
            "Hyperlink" | "AttachedFile" if url.starts_with("http") => {
                json!({"rel": rel, "url": url, "attributes": value["attributes"]})
            }
            _ => return Err(refuse(400, &format!("The relation {rel} is not valid."))),
        };
        if self.0.iter().any(|known| same(&known["body"], &body)) {
            return Err(refuse(400, "VS403654: The relation already exists."));
        }
        Ok(body)
    }

    /// Keeps the relations with the item, and the other ends of those between items with the others.
    pub(super) fn store(self, store: &mut Store, serial: u64, now: jiff::Timestamp) {
        let before: Vec<WebLink> =
            store.find(|item| item.serial == serial).map(|it| it.links.clone()).unwrap_or_default();
        let mut links = Vec::new();
        for relation in self.0 {
            let known = relation["serial"].as_u64();
            let link_serial = known.unwrap_or_else(|| store.next_serial());
            let body = relation["body"].clone();
            if known.is_none() && body["rel"] == TO_PARENT {
                let back = json!({"rel": TO_CHILD, "item": serial});
                let back = WebLink { serial: store.next_serial(), key: None, body: back };
                let parent = body["item"].as_u64();
                if let Some(parent) = store.find_mut(|it| Some(it.serial) == parent) {
                    parent.links.push(back);
                }
            }
            links.push(WebLink { serial: link_serial, key: None, body });
        }
        for gone in before.iter().filter(|old| links.iter().all(|link| link.serial != old.serial)) {
            let other = gone.body["item"].as_u64();
            if let Some(other) = store.find_mut(|it| Some(it.serial) == other) {
                other.links.retain(|link| link.body["item"] != json!(serial));
            }
        }
        if let Some(item) = store.find_mut(|item| item.serial == serial) {
            item.links = links;
            item.updated = item.updated.max(item.created).min(now);
        }
    }
}

/// True for two relations of one kind to the same place; artifacts are the same in any case.
fn same(a: &Value, b: &Value) -> bool {
    let urls = [a, b].map(|it| it["url"].as_str().unwrap_or_default().to_ascii_lowercase());
    a["rel"] == b["rel"] && a["item"] == b["item"] && urls[0] == urls[1]
}

fn check_comment(comment: &Value) -> Result<(), Response> {
    if comment.as_str().unwrap_or_default().encode_utf16().count() > MAX_COMMENT {
        return Err(refuse(400, "TF401270: The comment of the link is too long."));
    }
    Ok(())
}
