//! Mappings of `custom_settings`: from one of the customer's words to a vendor's names, best first.

use crate::settings::{Problem, Settings};
use serde_json::{Map, Value};
use std::str::FromStr;

/// What a mapping says, in the order of the configuration.
#[derive(Debug)]
pub(super) struct Mapping<W>(Vec<(W, Vec<String>)>);

impl<W> Default for Mapping<W> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<W: Copy + PartialEq + FromStr<Err = String>> Mapping<W> {
    /// Reads a mapping; `problems` gets one entry for each part of it that cannot be used.
    pub(super) fn read(settings: &Settings, key: &str, problems: &mut Vec<Problem>) -> Self {
        let table: Result<Option<Map<String, Value>>, Problem> =
            settings.custom(key, "a map from our words to names");
        let table = table.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        let mut entries = Vec::new();
        for (name, value) in table.unwrap_or_default() {
            match entry(&name, &value) {
                Ok(entry) => entries.push(entry),
                Err(message) => problems
                    .push(settings.problem(&format!("custom_settings.{key}.{name}"), message)),
            }
        }
        Self(entries)
    }

    /// The vendor's names for a word, best first.
    pub(super) fn names(&self, wanted: W) -> &[String] {
        self.0.iter().find(|(word, _)| *word == wanted).map_or(&[], |(_, names)| names)
    }

    /// The first word that lists the name.
    pub(super) fn word(&self, native: &str) -> Option<W> {
        let lists = |names: &[String]| names.iter().any(|name| same(name, native));
        self.0.iter().find(|(_, names)| lists(names)).map(|(word, _)| *word)
    }
}

/// A word and its names. A number counts as its digits: Azure DevOps has numbers for priorities.
fn entry<W: FromStr<Err = String>>(name: &str, value: &Value) -> Result<(W, Vec<String>), String> {
    let word = name.parse()?;
    let values = match value {
        Value::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    let name = |value: &Value| {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        (!text.is_empty()).then_some(text)
    };
    let names: Option<Vec<_>> = values.iter().map(name).collect();
    match names {
        Some(names) if !names.is_empty() => Ok((word, names)),
        _ => Err("must be a name or a list of names".to_owned()),
    }
}

/// Two names that people take for the same: case, surrounding blanks and the form of an apostrophe do not matter.
pub(super) fn same(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}

/// A name as it is compared.
pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace('\u{2019}', "'")
}
