//! A service model of AWS: operations with their addresses, and shapes with their rules.

use ::conformance::fake::Request;
use regex::Regex;
use serde_json::{Map, Value, json};

/// A service model.
pub(super) struct Model(Value);

/// Which members of a structure are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Members {
    All,
    Required,
}

impl Model {
    pub(super) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap())
    }

    /// The names of the operations.
    pub(super) fn operations(&self) -> Vec<&str> {
        self.0["operations"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    /// The words of an enumeration.
    pub(super) fn words(&self, shape: &str) -> Vec<String> {
        let words = self.0["shapes"][shape]["enum"].as_array().unwrap();
        words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    }

    /// The operation that a request is. Panics when it is none, lacks a member, or has one that is unknown or wrong.
    pub(super) fn check(&self, request: &Request) -> &str {
        let found = self.operations().into_iter().find_map(|name| {
            let http = &self.0["operations"][name]["http"];
            let method = http["method"].as_str().unwrap();
            let given = labels(http["requestUri"].as_str().unwrap(), request)?;
            (request.method == method).then_some((name, given))
        });
        let (name, mut given) =
            found.unwrap_or_else(|| panic!("no operation is {} {}", request.method, request.path));
        let Some(input) = self.0["operations"][name]["input"]["shape"].as_str() else {
            assert!(request.query.is_empty() && request.body.is_empty(), "{name} takes nothing");
            return name;
        };
        for (key, value) in &request.query {
            given.insert(key.clone(), json!(value));
        }
        let body: Map<String, Value> = request.json().unwrap_or_default();
        self.check_places(input, &request.query, &body);
        given.extend(body);
        self.check_value(input, &Value::Object(given), name);
        name
    }

    /// What belongs into the query is there, and what belongs into the body is there.
    fn check_places(&self, shape: &str, query: &[(String, String)], body: &Map<String, Value>) {
        let members = &self.0["shapes"][shape]["members"];
        for (name, _) in query {
            assert_eq!(members[name]["location"], "querystring", "{name} of {shape}");
        }
        for name in body.keys() {
            assert_eq!(members[name]["location"], Value::Null, "{name} of {shape}");
        }
    }

    fn check_value(&self, shape: &str, value: &Value, about: &str) {
        let rules = &self.0["shapes"][shape];
        match rules["type"].as_str().unwrap() {
            "structure" => {
                let given = value.as_object().unwrap_or_else(|| panic!("{about} is {value}"));
                for required in rules["required"].as_array().into_iter().flatten() {
                    assert!(
                        given.contains_key(required.as_str().unwrap()),
                        "{about} lacks {required}"
                    );
                }
                for (name, value) in given {
                    let member = rules["members"][name]["shape"].as_str();
                    let member = member.unwrap_or_else(|| panic!("{about} has no {name}"));
                    self.check_value(member, value, &format!("{about}.{name}"));
                }
            }
            "list" => {
                let member = rules["member"]["shape"].as_str().unwrap();
                value.as_array().unwrap().iter().for_each(|it| self.check_value(member, it, about));
            }
            "integer" => {
                let text = value.to_string();
                let number: u64 = text.trim_matches('"').parse().unwrap();
                let (least, most) = (rules["min"].as_u64().unwrap_or(0), rules["max"].as_u64());
                assert!(
                    number >= least && most.is_none_or(|most| number <= most),
                    "{about} is {number}"
                );
            }
            _ => {
                let text = value.as_str().unwrap_or_else(|| panic!("{about} is {value}"));
                assert!(fits(rules, text), "{about} is {text:?}, against {rules}");
            }
        }
    }

    /// An answer of an operation.
    pub(super) fn answer(&self, operation: &str, members: Members) -> Value {
        let output = self.0["operations"][operation]["output"]["shape"].as_str().unwrap();
        let mut answer = self.made(output, members);
        // The list would never end.
        if let Some(answer) = answer.as_object_mut() {
            answer.remove("nextToken");
        }
        answer
    }

    fn made(&self, shape: &str, members: Members) -> Value {
        let rules = &self.0["shapes"][shape];
        match rules["type"].as_str().unwrap() {
            "structure" => {
                let required = rules["required"].as_array().cloned().unwrap_or_default();
                let all = rules["members"].as_object().unwrap().iter();
                let wanted = all
                    .filter(|(name, _)| members == Members::All || required.contains(&json!(name)));
                let made = wanted.map(|(name, member)| {
                    (name.clone(), self.made(member["shape"].as_str().unwrap(), members))
                });
                Value::Object(made.collect())
            }
            "list" => json!([self.made(rules["member"]["shape"].as_str().unwrap(), members)]),
            "timestamp" => json!("2026-01-05T09:15:00.000Z"),
            "boolean" => json!(true),
            "integer" | "long" => json!(rules["min"].as_u64().unwrap_or(1)),
            _ => json!(text(rules)),
        }
    }
}

/// The values of a template's labels, where a path fits it.
fn labels(template: &str, request: &Request) -> Option<Map<String, Value>> {
    let wanted: Vec<&str> = template.split('/').filter(|it| !it.is_empty()).collect();
    let segments = request.segments();
    if wanted.len() != segments.len() {
        return None;
    }
    let mut given = Map::new();
    for (wanted, segment) in wanted.into_iter().zip(segments) {
        match wanted.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) => drop(given.insert(name.to_owned(), json!(segment))),
            None if wanted != segment => return None,
            None => {}
        }
    }
    Some(given)
}

fn fits(rules: &Value, text: &str) -> bool {
    let length = text.chars().count() as u64;
    // What looks ahead is no regular expression, and the classes of Java are those of ASCII.
    let pattern = rules["pattern"].as_str().unwrap_or_default().trim_start_matches("(?!.*[.]git$)");
    let pattern = pattern.replace("\\w", "A-Za-z0-9_").replace("\\d", "[0-9]");
    let pattern = Regex::new(&format!("^(?:{pattern})$")).unwrap();
    length >= rules["min"].as_u64().unwrap_or(0)
        && rules["max"].as_u64().is_none_or(|most| length <= most)
        && (rules["pattern"].is_null() || pattern.is_match(text))
        && rules["enum"].as_array().is_none_or(|words| words.contains(&json!(text)))
}

/// A text that fits.
fn text(rules: &Value) -> String {
    let candidates = [
        rules["enum"][0].as_str().unwrap_or_default(),
        "cccccccc-0000-4000-8000-000000000001",
        "us-west-2",
        "https://git.example.com/v1/acme/shop",
    ];
    let fitting = candidates.into_iter().find(|text| !text.is_empty() && fits(rules, text));
    // An address has no rules in the model; every text without any is one.
    let free = rules["pattern"].is_null() && rules["enum"].is_null() && rules["max"].is_null();
    if free { candidates[3].to_owned() } else { fitting.unwrap().to_owned() }
}
