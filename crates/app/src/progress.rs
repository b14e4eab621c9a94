//! Progress of long work, on stderr: a bar on a terminal, a line every few seconds elsewhere. Short work shows nothing.

use std::{
    io::{IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

const FIRST_LINE: Duration = Duration::from_millis(800);
const BETWEEN_LINES: Duration = Duration::from_secs(5);
const BETWEEN_BARS: Duration = Duration::from_millis(100);
const BAR_WIDTH: usize = 30;

/// Counts steps of long work and shows how far it is.
#[derive(Debug)]
pub struct Progress {
    doing: &'static str,
    total: usize,
    done: usize,
    next: Instant,
    terminal: bool,
    silent: bool,
    drawn: bool,
}

impl Progress {
    /// Starts counting to `total`; `doing` is shown, as in `linking 12 of 40`.
    pub fn start(doing: &'static str, total: usize, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self {
            doing,
            total,
            done: 0,
            next: Instant::now() + FIRST_LINE,
            terminal,
            silent: quiet,
            drawn: false,
        }
    }

    /// Counts one step.
    pub fn step(&mut self) {
        self.done += 1;
        let now = Instant::now();
        if self.silent || now < self.next {
            return;
        }
        self.next = now + if self.terminal { BETWEEN_BARS } else { BETWEEN_LINES };
        self.drawn = true;
        let _ = write!(std::io::stderr().lock(), "{}", self.line());
    }

    fn line(&self) -> String {
        let Self { doing, done, total, .. } = self;
        if !self.terminal {
            return format!("{doing} {done} of {total}\n");
        }
        let filled = if *total == 0 { BAR_WIDTH } else { done * BAR_WIDTH / total };
        format!(
            "\r\u{1b}[K{doing} [{}{}] {done} of {total}",
            "=".repeat(filled),
            " ".repeat(BAR_WIDTH - filled)
        )
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn && self.terminal {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}
