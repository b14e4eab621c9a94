//! Mappings of `custom_settings`, from the customer's words to a tracker's names. Every platform reads them alike.

use crate::settings::{Problem, Settings};
use serde_json::{Map, Value};
use std::str::FromStr;

/// Names for each of the customer's words, best first.
pub(super) type Mapping<W> = Vec<(W, Vec<String>)>;

/// Two names that people take for the same: case, surrounding blanks and the form of an apostrophe do not matter.
pub(super) fn same(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}

pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace('\u{2019}', "'")
}

/// The names of a word, best first.
pub(super) fn names<W: Copy + PartialEq>(table: &[(W, Vec<String>)], wanted: W) -> &[String] {
    table.iter().find(|(word, _)| *word == wanted).map_or(&[], |(_, names)| names)
}

/// The first word that lists the name.
pub(super) fn word<W: Copy>(table: &[(W, Vec<String>)], native: &str) -> Option<W> {
    table
        .iter()
        .find(|(_, names)| names.iter().any(|name| same(name, native)))
        .map(|(word, _)| *word)
}

/// One mapping: every value is a name or a list of names.
pub(super) fn read<W: FromStr<Err = String>>(
    settings: &Settings,
    key: &str,
    problems: &mut Vec<Problem>,
) -> Mapping<W> {
    let table: Result<Option<Map<String, Value>>, Problem> =
        settings.custom(key, "a map from our words to names");
    let mut entries = Vec::new();
    match table {
        Err(problem) => problems.push(problem),
        Ok(table) => {
            for (name, value) in table.unwrap_or_default() {
                match entry(&name, &value) {
                    Ok(entry) => entries.push(entry),
                    Err(message) => problems
                        .push(settings.problem(&format!("custom_settings.{key}.{name}"), message)),
                }
            }
        }
    }
    entries
}

fn entry<W: FromStr<Err = String>>(name: &str, value: &Value) -> Result<(W, Vec<String>), String> {
    let word = name.parse()?;
    let values = match value {
        Value::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    let name = |value: &Value| {
        value.as_str().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
    };
    let names: Option<Vec<_>> = values.iter().map(name).collect();
    match names {
        Some(names) if !names.is_empty() => Ok((word, names)),
        _ => Err("must be a name or a list of names".to_owned()),
    }
}
