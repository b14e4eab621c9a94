//! What a run found out, ready to be shown: JSON on stdout for programs, lines on stdout for people, outputs and a
//! summary for the CI host.

use crate::exit;
use backend::{Error, ErrorKind};
use serde::Serialize;
use serde_json::{Value, json};

/// A JSON document, written out. A search may have found thousands of items, so that there is no tree of values between
/// them and the text.
#[derive(Debug, Default)]
pub struct Document(String);

impl Document {
    /// The document of a value, which is one object.
    pub fn of(value: &impl Serialize) -> Self {
        // What the binaries show has names for keys and is always written.
        Self(serde_json::to_string_pretty(value).unwrap_or_default())
    }

    /// The document as text.
    pub fn into_text(self) -> String {
        self.0
    }

    /// The document as a tree of values; null where there is none.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// The same document with more members.
    pub(crate) fn with<const N: usize>(self, members: [(&str, Value); N]) -> Self {
        let mut value = self.value();
        if let Some(object) = value.as_object_mut() {
            object.extend(members.map(|(name, value)| (name.to_owned(), value)));
        }
        value.into()
    }
}

impl From<Value> for Document {
    fn from(value: Value) -> Self {
        Self::of(&value)
    }
}

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// The document that `--json` prints.
    pub json: Document,
    /// What people see on stdout. Untrusted parts went through `ci::untrusted`.
    pub text: String,
    /// Outputs for the CI host.
    pub outputs: Vec<(&'static str, String)>,
    /// Markdown for the CI host's summary; empty for none.
    pub summary: String,
    /// What went wrong without ending the run; the gravest decides the exit code.
    pub failures: Vec<Failure>,
    /// Things to know, shown as warnings.
    pub warnings: Vec<String>,
    /// A check that failed, with the hint: exit code 1 where nothing graver happened.
    pub unmet: Option<Failure>,
}

/// A sentence and a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What it means; `None` for a check that failed.
    pub kind: Option<ErrorKind>,
    /// What happened; fits "cannot {message}" where there is a kind.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { kind: Some(error.kind), message: error.to_string(), hint: error.hint().to_owned() }
    }
}

impl Failure {
    /// The sentence as people see it.
    pub fn sentence(&self) -> String {
        if self.kind.is_none() {
            return self.message.clone();
        }
        let is_verb = self.message.starts_with(|first: char| first.is_ascii_lowercase());
        debug_assert!(is_verb, "says what failed before it says how: {}", self.message);
        format!("cannot {}", self.message)
    }

    /// The same for programs.
    pub fn document(&self) -> Value {
        json!({ "kind": self.kind.map(ErrorKind::word), "message": self.sentence(), "hint": self.hint })
    }
}

impl Report {
    /// The exit code of the run.
    pub fn exit_code(&self) -> u8 {
        match exit::gravest(self.failures.iter().filter_map(|failure| failure.kind)) {
            Some(kind) => exit::code(kind),
            None if self.unmet.is_some() => exit::CHECK_FAILED,
            None => exit::DONE,
        }
    }
}
