//! What a plugin says about itself, believed after it was looked over.

use super::protocol::VERSION;
use crate::{
    reference::{Finder, Pattern, Prefixes},
    tracker::{Limits, Metadata, Operation},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::RangeInclusive;
use url::Url;

/// Longest name and title, in characters.
const LONGEST_TITLE: usize = 60;

/// Longest reason why an operation is missing, in characters.
const LONGEST_REASON: usize = 300;

/// Most patterns, and the longest one, so that no plugin makes reading a history slow.
const MOST_PATTERNS: usize = 10;
const LONGEST_PATTERN: usize = 500;

/// What a limit may be, in characters.
const LIMITS: RangeInclusive<usize> = 1..=10_000_000;

/// The answer to `metadata`. What is left out is what a simple plugin would say.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Introduction {
    name: String,
    title: String,
    operations: Vec<String>,
    #[serde(default)]
    unsupported: Vec<(String, String)>,
    #[serde(default)]
    references: Vec<Pattern>,
    #[serde(default = "usual_limits")]
    limits: Limits,
    #[serde(default)]
    home: Option<Url>,
}

fn usual_limits() -> Limits {
    Limits { title: 255, text: 30_000, label: 100 }
}

/// What a plugin can do, and which derived operations it does itself.
#[derive(Debug)]
pub(super) struct Abilities {
    pub(super) metadata: Metadata,
    pub(super) declared: Vec<Operation>,
}

/// The answer of a plugin that is written with this crate.
pub(super) fn introduce(metadata: &Metadata) -> Value {
    let mut answer = serde_json::to_value(metadata).unwrap_or_default();
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("protocol".to_owned(), VERSION.into());
    }
    answer
}

/// The version of the protocol that a plugin answered in, where it says one.
pub(super) fn version(answer: &Value) -> Option<u64> {
    answer.get("protocol").and_then(Value::as_u64)
}

/// Looks an introduction over; the reason where it cannot be believed.
pub(super) fn abilities(answer: Value) -> Result<Abilities, String> {
    let said: Introduction = serde_json::from_value(answer).map_err(|error| error.to_string())?;
    printable("name", &said.name, LONGEST_TITLE)?;
    printable("title", &said.title, LONGEST_TITLE)?;
    references(&said.references)?;
    for limit in [said.limits.title, said.limits.text, said.limits.label] {
        if !LIMITS.contains(&limit) {
            return Err(format!("a limit of {limit} characters is none; use 1 to 10000000"));
        }
    }
    if said.home.as_ref().is_some_and(|home| !matches!(home.scheme(), "http" | "https")) {
        return Err("`home` is no web address".to_owned());
    }
    let declared: Vec<_> =
        said.operations.iter().map(|word| operation(word)).collect::<Result<_, _>>()?;
    let unsupported = missing(&said.unsupported, &declared)?;
    let metadata = Metadata {
        name: said.name,
        title: said.title,
        operations: Vec::new(),
        unsupported,
        references: said.references,
        limits: said.limits,
        home: said.home,
    };
    Ok(Abilities { metadata: with_derived(metadata, &declared), declared })
}

fn operation(word: &str) -> Result<Operation, String> {
    Operation::ALL.iter().copied().find(|operation| operation.word() == word).ok_or_else(|| {
        let known: Vec<_> = Operation::ALL.iter().map(|operation| operation.word()).collect();
        format!("no operation is called `{word}`; known: {}", known.join(", "))
    })
}

fn printable(what: &str, text: &str, longest: usize) -> Result<(), String> {
    let is_blank = text.trim().is_empty();
    if is_blank || text.chars().count() > longest || text.chars().any(char::is_control) {
        return Err(format!("`{what}` should be one line of 1 to {longest} characters"));
    }
    Ok(())
}

fn references(patterns: &[Pattern]) -> Result<(), String> {
    let is_long = |pattern: &Pattern| match pattern {
        Pattern::Custom(expression) => expression.len() > LONGEST_PATTERN,
        Pattern::Key | Pattern::AzureBoards | Pattern::Number => false,
    };
    if patterns.len() > MOST_PATTERNS || patterns.iter().any(is_long) {
        return Err(format!(
            "`references` should be at most {MOST_PATTERNS} patterns of at most {LONGEST_PATTERN} bytes"
        ));
    }
    Finder::new(Prefixes::none(), patterns).map(drop).map_err(|error| error.to_string())
}

/// The operations that a plugin says it lacks, with its reasons. The last two are there whoever answers.
fn missing(
    said: &[(String, String)],
    declared: &[Operation],
) -> Result<Vec<(Operation, String)>, String> {
    let always = [Operation::ValidateConfig, Operation::HealthCheck];
    let mut missing = Vec::new();
    for (word, reason) in said {
        let operation = operation(word)?;
        if declared.contains(&operation) {
            return Err(format!("{word} is both there and missing"));
        }
        if always.contains(&operation) {
            return Err(format!("{word} cannot be missing: leave it out to get the common one"));
        }
        printable(&format!("unsupported.{word}"), reason, LONGEST_REASON)?;
        missing.push((operation, reason.clone()));
    }
    Ok(missing)
}

/// Adds the operations that are derived from others, as every platform has them.
fn with_derived(mut metadata: Metadata, declared: &[Operation]) -> Metadata {
    let has = |needed: &[Operation]| needed.iter().all(|operation| declared.contains(operation));
    let refused = |operation: Operation, metadata: &Metadata| {
        metadata.unsupported.iter().any(|(missing, _)| *missing == operation)
    };
    for operation in Operation::ALL.iter().copied() {
        let needed: &[Operation] = match operation {
            Operation::CreateFromIncident => {
                &[Operation::SearchWorkItems, Operation::CreateWorkItem, Operation::UpdateWorkItem]
            }
            Operation::GetTeamVelocity => &[Operation::TeamHistory],
            Operation::ValidateConfig | Operation::HealthCheck => &[],
            _ => &[operation],
        };
        if declared.contains(&operation) || has(needed) && !refused(operation, &metadata) {
            metadata.operations.push(operation);
        } else if !refused(operation, &metadata) && needed != [operation] {
            let words: Vec<_> = needed.iter().map(|operation| operation.word()).collect();
            metadata.unsupported.push((operation, format!("it needs {}", words.join(", "))));
        }
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use Operation::{
        CreateFromIncident, CreateWorkItem, GetTeamVelocity, HealthCheck, SearchWorkItems,
        TeamHistory, UpdateWorkItem, ValidateConfig,
    };
    use serde_json::json;

    fn introduction(part: &Value) -> Value {
        let mut answer = json!({"name": "acme", "title": "Acme", "operations": ["authenticate"]});
        let part = part.as_object().cloned().unwrap_or_default();
        answer.as_object_mut().unwrap().extend(part);
        answer
    }

    fn refused(part: &Value, expected: &str) {
        let reason = abilities(introduction(part)).unwrap_err();
        assert!(reason.contains(expected), "{part}: {reason}");
    }

    #[test]
    fn what_makes_no_sense_is_not_believed() {
        refused(&json!({"name": ""}), "`name`");
        refused(&json!({"title": "A\u{1b}[31m"}), "`title`");
        refused(&json!({"title": "x".repeat(61)}), "`title`");
        refused(&json!({"operations": ["get_workitem"]}), "no operation is called `get_workitem`");
        refused(&json!({"unsupported": [["authenticate", "why"]]}), "both there and missing");
        refused(&json!({"unsupported": [["health_check", "why"]]}), "cannot be missing");
        refused(&json!({"unsupported": [["unlink", ""]]}), "`unsupported.unlink`");
        refused(&json!({"references": [{"custom": "ACME-\\d+"}]}), "no group");
        refused(&json!({"references": [{"custom": "(ACME"}]}), "reference pattern");
        refused(&json!({"references": [{"custom": "(((a{1000}){1000}){1000})"}]}), "pattern");
        refused(&json!({"references": [{"custom": "(a)".repeat(200)}]}), "at most 10 patterns");
        refused(&json!({"references": vec!["key"; 11]}), "at most 10 patterns");
        refused(&json!({"references": ["keys"]}), "unknown variant");
        refused(&json!({"limits": {"title": 0, "text": 1, "label": 1}}), "a limit of 0");
        refused(&json!({"home": "file:///etc"}), "no web address");
        refused(&json!({"operations": 7}), "invalid type");
    }

    #[test]
    fn derived_operations_are_there_where_what_they_need_is() {
        let check = |operations: &[&str], expected: &[Operation]| {
            let said = json!({"operations": operations});
            let metadata = abilities(introduction(&said)).unwrap().metadata;
            assert_eq!(metadata.operations, expected, "{operations:?}");
        };
        check(&[], &[ValidateConfig, HealthCheck]);
        check(&["team_history"], &[TeamHistory, GetTeamVelocity, ValidateConfig, HealthCheck]);
        check(
            &["search_work_items", "create_work_item", "update_work_item"],
            &[
                CreateWorkItem,
                UpdateWorkItem,
                SearchWorkItems,
                CreateFromIncident,
                ValidateConfig,
                HealthCheck,
            ],
        );
        let said = json!({"unsupported": [["create_from_incident", "no incidents here"]]});
        let metadata = abilities(introduction(&said)).unwrap().metadata;
        let why = (CreateFromIncident, "no incidents here".to_owned());
        assert!(metadata.unsupported.contains(&why), "{metadata:?}");
    }
}
