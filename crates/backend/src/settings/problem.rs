//! What is wrong with a configuration, and the one error that says all of it.

use crate::error::{Error, ErrorKind};
use std::fmt;

/// A problem of the configuration, shown as `jira.api_key: missing (looked at JIRA_API_TOKEN, ...)`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// The setting, as in the configuration file: `jira.api_key`.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// Where it was looked for or found.
    pub origin: Option<String>,
    /// One imperative sentence that says what to do, where it is more than to correct the setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of the setting `key`, of which it is not known where it comes from.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into(), origin: None, hint: None }
    }

    /// Says where the setting was looked for or found.
    #[must_use]
    pub fn at(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Sets the one imperative sentence that says what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The one `Config` error that names all problems; a lone problem keeps its hint.
pub fn refusal(problems: &[Problem]) -> Error {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let hint = match problems {
        [Problem { hint: Some(hint), .. }] => hint.as_str(),
        _ => what_to_do(problems),
    };
    Error::new(ErrorKind::Config, format!("use the configuration: {}", lines.join("; ")))
        .with_hint(hint)
}

fn what_to_do(problems: &[Problem]) -> &'static str {
    let missing = problems.iter().filter(|problem| problem.message.starts_with("missing")).count();
    if missing == 0 {
        "correct what is named"
    } else if missing == problems.len() {
        "set what is named, in the environment or in the configuration file"
    } else {
        "set or correct what is named, in the environment or in the configuration file"
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        refusal(&[problem])
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.message)?;
        match &self.origin {
            Some(origin) => write!(f, " ({origin})"),
            None => Ok(()),
        }
    }
}
