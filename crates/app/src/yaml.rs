//! Reading the configuration file: the customer's format, values expanded once, unknown keys named with the nearest.

use backend::settings::Problem;
use ci::Env;
use serde_json::{Map, Value};
use std::fmt;

/// Keys that every tracker's entry may have besides its platform's settings.
pub(crate) const COMMON_KEYS: &[&str] = &[
    "platform",
    "plugin_id",
    "custom_settings",
    "timeout",
    "retry_attempts",
    "verify_ssl",
    "ca_bundle",
];

/// Parses YAML into JSON values; duplicate keys and anything but a mapping at the top are errors.
pub(crate) fn parse(text: &str) -> Result<Map<String, Value>, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    // By way of YAML's own value, which refuses a key that is given twice.
    let yaml: yaml_serde::Value = yaml_serde::from_str(text).map_err(|error| error.to_string())?;
    match serde_json::to_value(yaml).map_err(|error| error.to_string())? {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => Err("the top of the file should map names to trackers".to_owned()),
    }
}

/// Expands `${NAME}` and `${NAME:-default}` in every string below `value`, once. `at` is the key for problems.
pub(crate) fn expand(
    value: &Value,
    env: &Env,
    at: &str,
    file: &str,
    problems: &mut Vec<Problem>,
) -> Value {
    match value {
        Value::String(text) => match expand_text(text, env) {
            Ok(text) => Value::String(text),
            Err(reason) => {
                problems.push(Problem::new(at, reason.to_string()).at(file));
                Value::Null
            }
        },
        Value::Array(list) => Value::Array(
            list.iter()
                .enumerate()
                .map(|(n, value)| expand(value, env, &format!("{at}[{n}]"), file, problems))
                .collect(),
        ),
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| {
                    (key.clone(), expand(value, env, &format!("{at}.{key}"), file, problems))
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

/// The variables that the strings below `value` name.
pub(crate) fn variables(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => {
            let names = text.split("${").skip(1).filter_map(|rest| rest.split_once('}'));
            names.map(|(name, _)| name.split_once(":-").map_or(name, |(name, _)| name)).collect()
        }
        Value::Array(list) => list.iter().flat_map(variables).collect(),
        Value::Object(map) => map.values().flat_map(variables).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Why a text cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unexpanded {
    /// The variable of this name is not set, and the text has no default for it.
    Unset(String),
    /// A `${` has no `}`.
    Unclosed,
}

impl fmt::Display for Unexpanded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset(name) => write!(f, "${{{name}}} is not set"),
            Self::Unclosed => f.write_str("`${` has no closing `}`"),
        }
    }
}

/// Expands `${NAME}` and `${NAME:-default}`, once.
pub(crate) fn expand_text(text: &str, env: &Env) -> Result<String, Unexpanded> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        out.push_str(&rest[..start]);
        let after = &rest[start + 2..];
        let end = after.find('}').ok_or(Unexpanded::Unclosed)?;
        let (name, default) = match after[..end].split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (&after[..end], None),
        };
        match (env.get(name), default) {
            (Some(value), _) => out.push_str(value),
            (None, Some(default)) => out.push_str(default),
            (None, None) => return Err(Unexpanded::Unset(name.to_owned())),
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// The known name nearest to `name`, when it is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    known
        .map(|candidate| (distance(&name, candidate), candidate))
        .min()
        .filter(|(far, candidate)| *far <= candidate.len().max(4) / 3)
        .map(|(_, candidate)| candidate)
}

/// How many single changes make one word the other: a letter more, less or another, or two neighbours swapped.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut fewest = changed.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                fewest = fewest.min(before[j - 2] + 1);
            }
            row.push(fewest);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let env = Env::from_iter([("NAME".to_owned(), "${OTHER}".to_owned())]);
        assert_eq!(
            expand_text(text, &env).map_err(|reason| reason.to_string()),
            expected.map(str::to_owned).map_err(str::to_owned),
            "{text}"
        );
    }

    #[test]
    fn values_are_expanded_once() {
        check("plain $HOME", Ok("plain $HOME"));
        check("a${NAME}b", Ok("a${OTHER}b"));
        check("${GONE:-x}${GONE:-}", Ok("x"));
        check("${GONE}", Err("${GONE} is not set"));
        check("${NAME", Err("`${` has no closing `}`"));
    }

    #[test]
    fn a_typo_finds_its_word() {
        let known = ["api_key", "api_endpoint", "project"];
        assert_eq!(nearest("api_kye", known.into_iter()), Some("api_key"));
        assert_eq!(nearest("projct", known.into_iter()), Some("project"));
        assert_eq!(nearest("Project", known.into_iter()), Some("project"));
        assert_eq!(nearest("colour", known.into_iter()), None);
        let platforms = ["jira", "github", "gitlab"];
        assert_eq!(nearest("jria", platforms.into_iter()), Some("jira"));
        assert_eq!(nearest("githup", platforms.into_iter()), Some("github"));
        assert_eq!(nearest("", platforms.into_iter()), None);
    }

    #[test]
    fn the_top_is_a_mapping() {
        assert!(parse("- a\n- b").is_err());
        assert!(parse("jira: {a: 1}\njira: {a: 2}").is_err(), "duplicate keys");
        assert_eq!(parse("# only a comment\n"), Ok(Map::new()));
    }
}
