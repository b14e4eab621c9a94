//! Carrying out an operation: only what was selected is answered, and only what there is can be selected.

use super::{
    filter,
    graphql::{Document, Field, Operation, Selection},
};
use serde_json::{Map, Value, json};

/// What an operation is carried out with.
pub(super) struct Run<'a> {
    pub(super) document: &'a Document,
    pub(super) variables: &'a Map<String, Value>,
}

/// Connections that give small pages, whatever is asked for.
const PAGED: [&str; 5] = ["issues", "labels", "attachments", "attachmentsForURL", "issueLabels"];

/// So many nodes at most on one of their pages.
const PAGE: usize = 3;

/// Connections ask for so many nodes when nobody says how many.
const DEFAULT_FIRST: usize = 50;

/// The most that one query may cost.
const MAX_COMPLEXITY: f64 = 10_000.0;

impl Run<'_> {
    /// Refuses what lacks a variable or costs too much; the answer is the cost.
    pub(super) fn check(&self, operation: &Operation) -> Result<f64, String> {
        let given =
            |name: &&String| self.variables.get(*name).is_some_and(|value| !value.is_null());
        if let Some(missing) = operation.required.iter().find(|name| !given(name)) {
            return Err(format!("Variable \"${missing}\" of required type was not provided."));
        }
        let cost = self.cost(&operation.selection)?;
        if cost > MAX_COMPLEXITY {
            return Err(format!("Query too complex: {cost} of {MAX_COMPLEXITY} points."));
        }
        Ok(cost)
    }

    /// A tenth for a property, one for an object, and what a connection holds as often as it is asked for.
    fn cost(&self, selection: &[Selection]) -> Result<f64, String> {
        let mut cost = 0.0;
        for field in self.document.fields(selection)? {
            let inner = self.cost(&field.selection)?;
            let times = if selects(self.document, field, "nodes")? { self.first(field) } else { 1 };
            let own = if field.selection.is_empty() { 0.1 } else { 1.0 };
            #[expect(clippy::cast_precision_loss, reason = "at most 250")]
            let times = times as f64;
            cost += own + inner * times;
        }
        Ok(cost)
    }

    fn first(&self, field: &Field) -> usize {
        let first = field.arguments(self.variables).get("first").and_then(Value::as_u64);
        first.map_or(DEFAULT_FIRST, |first| usize::try_from(first).unwrap_or(usize::MAX))
    }

    /// What a field selects of a value.
    pub(super) fn project(&self, field: &Field, value: &Value) -> Result<Value, String> {
        match value {
            Value::Array(nodes) if selects(self.document, field, "nodes")? => {
                let connection = self.connection(field, nodes)?;
                self.object(&field.selection, &connection)
            }
            Value::Array(all) => all.iter().map(|one| self.object(&field.selection, one)).collect(),
            Value::Object(_) if !field.selection.is_empty() => self.object(&field.selection, value),
            other => Ok(other.clone()),
        }
    }

    fn object(&self, selection: &[Selection], object: &Value) -> Result<Value, String> {
        let mut picked = Map::new();
        for field in self.document.fields(selection)? {
            let value = object.get(&field.name);
            let value = value.ok_or_else(|| format!("Cannot query field \"{}\".", field.name))?;
            let value = match (field.name.as_str(), value) {
                // The page has been cut already.
                ("nodes", Value::Array(nodes)) => nodes
                    .iter()
                    .map(|node| self.object(&field.selection, node))
                    .collect::<Result<_, _>>()?,
                (_, value) => self.project(field, value)?,
            };
            picked.insert(field.alias.clone(), value);
        }
        Ok(Value::Object(picked))
    }

    /// One page of a connection.
    fn connection(&self, field: &Field, nodes: &[Value]) -> Result<Value, String> {
        let arguments = field.arguments(self.variables);
        let empty = Map::new();
        let condition = arguments.get("filter").and_then(Value::as_object).unwrap_or(&empty);
        let archived = arguments.get("includeArchived") == Some(&Value::Bool(true));
        let mut fitting = Vec::new();
        for node in nodes {
            let hidden = node.get("archivedAt").is_some_and(|at| !at.is_null()) && !archived;
            if !hidden && filter::passes(condition, node)? {
                fitting.push(node);
            }
        }
        let after = arguments.get("after").and_then(Value::as_str);
        let start = match after {
            None => 0,
            Some(cursor) => {
                let place = fitting.iter().position(|node| node["id"] == cursor);
                place.ok_or_else(|| format!("The cursor \"{cursor}\" is not valid."))? + 1
            }
        };
        let asked = self.first(field);
        if asked > 250 {
            return Err("Argument \"first\" must not be greater than 250.".to_owned());
        }
        let size = if PAGED.contains(&field.name.as_str()) { asked.min(PAGE) } else { asked };
        let page: Vec<_> = fitting.iter().skip(start).take(size).collect();
        let cursor = page.last().map(|node| node["id"].clone());
        let more = start + page.len() < fitting.len();
        Ok(json!({"nodes": page, "pageInfo": {"hasNextPage": more, "endCursor": cursor}}))
    }
}

fn selects(document: &Document, field: &Field, name: &str) -> Result<bool, String> {
    Ok(document.fields(&field.selection)?.iter().any(|field| field.name == name))
}
