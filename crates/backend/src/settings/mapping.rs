//! Mappings under `custom_settings`: from one of the customer's words to a tracker's names, best first.

use super::{Problem, Settings};
use serde_json::{Map, Value};
use std::str::FromStr;

/// What a mapping says; words that it does not name have no names.
#[derive(Debug, Clone)]
pub struct Mapping<W>(Vec<(W, Vec<String>)>);

impl<W> Default for Mapping<W> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<W: Copy + PartialEq + FromStr<Err = String>> Mapping<W> {
    /// Reads a mapping whose values are names or lists of names; `problems` gets one entry for each that cannot be
    /// used.
    pub fn read(settings: &Settings, key: &str, problems: &mut Vec<Problem>) -> Self {
        let table: Result<Option<Map<String, Value>>, Problem> =
            settings.custom(key, "a map from our words to names");
        let mut entries = Vec::new();
        match table {
            Err(problem) => problems.push(problem),
            Ok(table) => {
                for (name, value) in table.unwrap_or_default() {
                    match entry(&name, &value) {
                        Ok(entry) => entries.push(entry),
                        Err(message) => problems.push(
                            settings.problem(&format!("custom_settings.{key}.{name}"), message),
                        ),
                    }
                }
            }
        }
        Self(entries)
    }
}

impl<W: Copy + PartialEq> Mapping<W> {
    /// True when it names nothing at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words that are mapped, in the order of the configuration.
    pub fn words(&self) -> impl Iterator<Item = W> {
        self.0.iter().map(|(word, _)| *word)
    }

    /// The names of a word, best first.
    pub fn names(&self, wanted: W) -> &[String] {
        self.0.iter().find(|(word, _)| *word == wanted).map_or(&[], |(_, names)| names)
    }

    /// The first word that lists the name, by the tracker's own rule of which names are the same.
    pub fn word(&self, native: &str, same: fn(&str, &str) -> bool) -> Option<W> {
        let lists = |names: &[String]| names.iter().any(|name| same(name, native));
        self.0.iter().find(|(_, names)| lists(names)).map(|(word, _)| *word)
    }
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
