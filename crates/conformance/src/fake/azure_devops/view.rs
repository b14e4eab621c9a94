//! How Azure DevOps shows items, people and times.

use super::{AzureDevOps, Deployment, base, relation};
use crate::fake::{
    Request,
    store::{Item, ROBOT, Store, User},
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A time with its milliseconds.
pub(super) fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// A person.
pub(super) fn person(user: &User) -> Value {
    json!({"displayName": user.display, "uniqueName": user.email, "id": user.id,
        "descriptor": format!("aad.{}", user.name)})
}

/// An item's number within its history.
pub(super) fn revision(item: &Item) -> u64 {
    item.custom.get("System.Rev").and_then(Value::as_u64).unwrap_or(1)
}

impl AzureDevOps {
    /// An item; `relations` says whether those are shown.
    pub(super) fn item(
        &self,
        store: &Store,
        item: &Item,
        relations: bool,
        request: &Request,
    ) -> Value {
        let base = base(request, self.deployment);
        let mut view = json!({"id": item.serial, "rev": revision(item),
            "fields": self.fields(store, item), "multilineFieldsFormat": {},
            "url": format!("{base}/_apis/wit/workItems/{}", item.serial)});
        let shown: Vec<Value> = item.links.iter().map(|link| relation::view(link, &base)).collect();
        if relations && !shown.is_empty() {
            view["relations"] = json!(shown);
        }
        view
    }

    /// All fields that have a value.
    pub(super) fn fields(&self, store: &Store, item: &Item) -> Map<String, Value> {
        let mut all = item.custom.clone();
        all.remove("System.Rev");
        let mut add = |name: &str, value: Value| all.insert(name.to_owned(), value);
        add("System.Id", json!(item.serial));
        add("System.TeamProject", json!(item.project));
        add("System.AreaPath", json!(item.project));
        add("System.IterationPath", json!(item.project));
        add("System.WorkItemType", json!(item.kind));
        add("System.State", json!(item.status));
        add("System.Title", json!(item.title));
        add("System.CreatedDate", json!(time(item.created)));
        add("System.CreatedBy", person(&ROBOT));
        add("System.ChangedDate", json!(time(item.updated)));
        add("System.ChangedBy", person(&ROBOT));
        add("System.CommentCount", json!(item.comments.len()));
        add("Microsoft.VSTS.Common.StateChangeDate", json!(time(item.moved)));
        if let Some(at) = item.closed {
            add("Microsoft.VSTS.Common.ClosedDate", json!(time(at)));
        }
        if !item.labels.is_empty() {
            add("System.Tags", json!(item.labels.join("; ")));
        }
        if let Some(user) = &item.assignee {
            add("System.AssignedTo", person(user));
        }
        let parent =
            relation::parent(item).filter(|id| store.find(|it| it.serial == *id).is_some());
        // Servers before 2020 have no such field.
        if let (Some(parent), Deployment::Services) = (parent, self.deployment) {
            add("System.Parent", json!(parent));
        }
        all
    }
}
