//! The single output gate: every byte that leaves the process passes here and loses every known secret.

use backend::secret::{Redactor, Secret};
use std::{
    io::{IsTerminal as _, Write as _},
    sync::{Mutex, PoisonError},
};

/// Writes to stdout, stderr and the CI host's files.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    redactor: Mutex<Redactor>,
    /// The forms of secrets that the CI host was asked to mask.
    masked: Mutex<Vec<Secret>>,
    colour: bool,
}

impl Gate {
    /// A gate that colours what it says on stderr, or not.
    pub(crate) fn new(colour: bool) -> Self {
        Self { colour, ..Self::default() }
    }

    /// Learns everything that another redactor knows.
    pub(crate) fn learn(&self, redactor: Redactor) {
        self.redactor.lock().unwrap_or_else(PoisonError::into_inner).extend(redactor);
    }

    /// The text without any known secret.
    pub(crate) fn redacted(&self, text: &str) -> String {
        self.redactor.lock().unwrap_or_else(PoisonError::into_inner).redact(text).into_owned()
    }

    /// Every form of every known secret, for a CI host to mask; each is told once.
    pub(crate) fn unmasked(&self) -> Vec<Secret> {
        let redactor = self.redactor.lock().unwrap_or_else(PoisonError::into_inner);
        let mut masked = self.masked.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<Secret> =
            redactor.forms().map(Secret::new).filter(|form| !masked.contains(form)).collect();
        masked.extend(new.iter().cloned());
        new
    }

    /// Prints on stdout. A reader that has seen enough, such as `head`, is no failure; a full disk is.
    pub(crate) fn print(&self, text: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        let text = self.redactor.lock().unwrap_or_else(PoisonError::into_inner).redact(text);
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            printed => printed,
        }
    }

    /// Writes a line on stderr; a closed stderr is not worth failing for.
    pub(crate) fn note(&self, line: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{}", self.redacted(line));
    }

    /// Writes a message of several lines; the words `error`, `warning`, `notice` and `hint` at a line's start are
    /// coloured where that is wanted.
    pub(crate) fn message(&self, text: &str) {
        for line in text.lines() {
            let label = LABELS.iter().find(|(label, _)| self.colour && line.starts_with(label));
            match label {
                Some((label, ansi)) => {
                    self.note(&format!("\u{1b}[{ansi}m{label}\u{1b}[0m{}", &line[label.len()..]));
                }
                None => self.note(line),
            }
        }
    }
}

/// What is coloured at a line's start, and how.
const LABELS: [(&str, &str); 4] =
    [("error:", "1;31"), ("warning:", "1;33"), ("notice:", "1;36"), ("hint:", "1;32")];

/// Whether stderr is a terminal that takes colour.
pub(crate) fn colour_on_stderr(no_color: bool, term: Option<&str>) -> bool {
    !no_color && term != Some("dumb") && std::io::stderr().is_terminal()
}
