//! GraphQL: who is calling, and the one project, with its estimates and iterations.

use super::{Answer, Caller, GitHub, object, refuse, view};
use crate::fake::{Request, Response, store::Item};
use serde_json::{Value, json};

/// The number of the project.
pub(super) const NUMBER: u64 = 5;

const PROJECT: &str = "PVT_kwDO5";
const ESTIMATE: &str = "PVTF_estimate";

/// A question: its document and its variables.
struct Question {
    document: String,
    variables: Value,
}

impl Question {
    fn asks(&self, what: &str) -> bool {
        self.document.contains(what)
    }

    fn text(&self, name: &str) -> &str {
        self.variables[name].as_str().unwrap_or_default()
    }
}

impl GitHub {
    pub(super) fn graphql(&self, request: &Request, caller: Caller) -> Answer {
        let body = object(request)?;
        let document = body.get("query").and_then(Value::as_str).unwrap_or_default().to_owned();
        let variables = body.get("variables").cloned().unwrap_or_default();
        let question = Question { document, variables };
        // What comes from elsewhere has to be a variable, and the document has no literals of its own.
        if question.document.is_empty() || question.asks("\"") {
            return Err(refuse(400, "A query attribute must be specified and must be a string."));
        }
        if question.asks("mutation") {
            caller.must_write()?;
        }
        if question.asks("viewer") {
            return Ok(data(&json!({"viewer": {"id": "BOT_kgDO1", "login": self.login()}})));
        }
        if question.asks("repositoryOwner(") {
            return Ok(locate(&question));
        }
        if question.asks("nodes(ids:") {
            return Ok(self.read_values(&question));
        }
        Ok(self.mutate(&question))
    }

    fn read_values(&self, question: &Question) -> Response {
        let store = self.store();
        let ids = question.variables["issues"].as_array().cloned().unwrap_or_default();
        let node = |id: &Value| {
            let item = store.find(|item| Some(view::node(item).as_str()) == id.as_str());
            item.map_or(Value::Null, |item| json!({"projectItems": {"nodes": in_project(item)}}))
        };
        data(&json!({"nodes": ids.iter().map(node).collect::<Vec<_>>()}))
    }

    fn mutate(&self, question: &Question) -> Response {
        let mut store = self.store();
        let now = store.tick();
        if question.text("project") != PROJECT {
            return failure("NOT_FOUND", "Could not resolve to a node with the global id");
        }
        let wanted = |item: &Item| {
            let node = view::node(item);
            node == question.text("issue") || format!("PVTI_{node}") == question.text("item")
        };
        let Some(item) = store.find_mut(wanted) else {
            return failure("NOT_FOUND", "Could not resolve to a node with the global id");
        };
        let id = format!("PVTI_{}", view::node(item));
        if question.asks("addProjectV2ItemById") {
            item.custom.insert("project".to_owned(), json!(PROJECT));
            return data(&json!({"addProjectV2ItemById": {"item": {"id": id}}}));
        }
        if question.text("field") != ESTIMATE || !item.custom.contains_key("project") {
            return failure("NOT_FOUND", "Could not resolve to a node with the global id");
        }
        item.points = question.variables["number"].as_f64();
        item.updated = now;
        data(&json!({"updateProjectV2ItemFieldValue": {"projectV2Item": {"id": id}}}))
    }
}

fn locate(question: &Question) -> Response {
    if question.text("owner") != "acme" || question.variables["number"] != NUMBER {
        return failure("NOT_FOUND", "Could not resolve to a ProjectV2 with the number");
    }
    let field = match question.text("estimate") {
        "Estimate" => json!({"id": ESTIMATE, "dataType": "NUMBER"}),
        // Of fields of other sorts nothing is shown.
        "Status" | "Iteration" => json!({}),
        _ => Value::Null,
    };
    data(&json!({"repositoryOwner": {"projectV2": {"id": PROJECT, "field": field}}}))
}

/// An item of another project comes first.
fn in_project(item: &Item) -> Vec<Value> {
    let mut all = vec![json!({"project": {"id": "PVT_other"}, "estimate": {"number": 99.0},
        "iteration": {"title": "Another's"}})];
    if item.custom.contains_key("project") {
        let estimate = item.points.map(|number| json!({"number": number}));
        all.push(json!({"project": {"id": PROJECT}, "estimate": estimate, "iteration": null}));
    }
    all
}

fn data(data: &Value) -> Response {
    Response::json(200, &json!({"data": data}))
}

fn failure(kind: &str, message: &str) -> Response {
    Response::json(200, &json!({"data": null, "errors": [{"type": kind, "message": message}]}))
}
