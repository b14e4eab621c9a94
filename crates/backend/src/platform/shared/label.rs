//! Labels that every tracker takes: not empty, without control characters, not too long, each once.

use crate::error::{Error, ErrorKind, Result};

/// Refuses a label that no tracker takes; `longest` is in characters.
pub fn check(label: &str, longest: usize) -> Result<()> {
    let problem = if label.is_empty() {
        "a label is empty".to_owned()
    } else if label.chars().any(char::is_control) {
        "a label holds a control character".to_owned()
    } else if label.chars().count() > longest {
        format!("a label is longer than {longest} characters")
    } else {
        return Ok(());
    };
    Err(refused(&problem, label))
}

/// The refusal of a label, which it shows.
pub fn refused(problem: &str, label: &str) -> Error {
    Error::new(ErrorKind::Rejected, format!("{problem}: {label:?}"))
        .with_hint("choose another label")
}

/// Labels, each once, as `write` writes them.
pub fn each_once(texts: &[String], write: impl Fn(&str) -> Result<String>) -> Result<Vec<String>> {
    let mut labels = Vec::new();
    for text in texts {
        let label = write(text)?;
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    Ok(labels)
}
