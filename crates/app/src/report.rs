//! What a run found out, ready to be shown: JSON on stdout for programs, lines on stdout for people, outputs and a
//! summary for the CI host.

use crate::exit;
use backend::{Error, ErrorKind};
use serde_json::Value;

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// The document that `--json` prints.
    pub json: Value,
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
        if self.kind.is_some() { format!("cannot {}", self.message) } else { self.message.clone() }
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
