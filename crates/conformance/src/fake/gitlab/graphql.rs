//! GraphQL, as far as REST lacks what it has: parents of work items. It answers 200 whatever goes wrong.

use super::{Answer, GitLab, HIDDEN_PROJECT, access::Caller, refuse};
use crate::fake::{Request, Response, store::Item};
use serde_json::{Value, json};

impl GitLab {
    pub(super) fn graphql(&self, request: &Request, caller: Caller) -> Answer {
        let body: Value = request.json().ok_or_else(|| refuse(400, "400 Bad request"))?;
        let query = body["query"].as_str().unwrap_or_default();
        let variables = &body["variables"];
        let answer = if query.contains("workItemUpdate(") {
            self.adopt(variables, caller)
        } else if query.contains("workItems(") {
            self.family(variables, request)
        } else {
            json!({"errors": [{"message": "Field doesn't exist on type 'Query'"}]})
        };
        Ok(Response::json(200, &answer))
    }

    fn family(&self, variables: &Value, request: &Request) -> Value {
        let project = variables["project"].as_str().unwrap_or_default();
        if project == HIDDEN_PROJECT {
            return json!({"data": {"project": null}});
        }
        let store = self.store();
        let numbers: Vec<String> =
            serde_json::from_value(variables["numbers"].clone()).unwrap_or_default();
        let asked = store
            .items
            .iter()
            .filter(|item| item.project == project && numbers.contains(&item.number.to_string()));
        let parent = |item: &Item| {
            let parent = store.find(|other| Some(other.serial) == item.parent)?;
            let page =
                format!("{}/{}/-/issues/{}", self.base(request), parent.project, parent.number);
            Some(json!({"webUrl": page}))
        };
        let nodes: Vec<_> = asked
            .map(|item| json!({"iid": item.number.to_string(), "widgets": [{}, {"parent": parent(item)}]}))
            .collect();
        json!({"data": {"project": {"workItems": {"nodes": nodes}}}})
    }

    fn adopt(&self, variables: &Value, caller: Caller) -> Value {
        let serial = |name: &str| -> Option<u64> {
            variables[name].as_str()?.strip_prefix("gid://gitlab/WorkItem/")?.parse().ok()
        };
        if caller != Caller::Writer {
            return json!({"data": {"workItemUpdate": null}, "errors": [{"message":
                "The resource that you are attempting to access does not exist or you don't have permission to perform this action"}]});
        }
        let mut store = self.store();
        let parent =
            serial("parent").and_then(|serial| store.find(|item| item.serial == serial).cloned());
        let child = serial("child").and_then(|serial| store.find_mut(|item| item.serial == serial));
        let refused = |why: &str| json!({"data": {"workItemUpdate": {"errors": [why]}}});
        match (child, parent) {
            (Some(child), Some(parent)) if child.kind == "task" && parent.kind != "task" => {
                child.parent = Some(parent.serial);
                json!({"data": {"workItemUpdate": {"errors": []}}})
            }
            (Some(_), Some(_)) => refused("it's not allowed to add this type of parent item"),
            _ => refused("No matching work item found."),
        }
    }
}
