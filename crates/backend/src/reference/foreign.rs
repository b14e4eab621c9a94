//! Parts of a message that speak of other projects' work, or of none: a prefix that stands nowhere else is not learned
//! from them, and not believed in them.

use super::message::{self, Anatomy, Layout};
use std::{cell::OnceCell, ops::Range};

/// How lines begin that only an update of a dependency has; below its subject stand other projects' release notes.
const MARKS: &[&str] = &[
    "updated-dependencies:",
    "<summary>Release notes",
    "<summary>Changelog",
    "<summary>Commits",
    "### Release Notes",
    "## Release Notes",
    "Bumps [",
    "Signed-off-by: dependabot",
    "Signed-off-by: renovate",
    "Signed-off-by: snyk",
    "Co-authored-by: dependabot",
    "Co-authored-by: renovate",
];

/// Words that the subject of an update begins with, behind `chore(deps): ` or an item's key.
const VERBS: &[&str] = &["bump", "bumps", "update", "updates", "upgrade", "upgrades"];

/// The foreign parts of a message, looked for when they are first asked about.
#[derive(Debug)]
pub(super) struct Foreign<'a> {
    message: &'a str,
    subject: Range<usize>,
    /// Whether the subject has code; it can be as long as a message.
    coded: OnceCell<bool>,
    notes: OnceCell<usize>,
    quoted: OnceCell<Vec<Range<usize>>>,
}

impl<'a> Foreign<'a> {
    pub(super) fn of(message: &'a str) -> Self {
        Self {
            message,
            subject: message::subject(message),
            coded: OnceCell::new(),
            notes: OnceCell::new(),
            quoted: OnceCell::new(),
        }
    }

    /// Whether a robot quotes release notes there.
    pub(super) fn is_note(&self, at: usize) -> bool {
        at >= self.subject.end && at >= *self.notes.get_or_init(|| notes(self.message))
    }

    /// Whether code or a quotation stands there.
    pub(super) fn is_quoted(&self, at: usize) -> bool {
        let is_coded = || self.message[self.subject.clone()].contains('`');
        if self.subject.contains(&at) && !*self.coded.get_or_init(is_coded) {
            return false;
        }
        let parts = self.quoted.get_or_init(|| {
            if quotes(self.message) {
                Anatomy::of(self.message, Layout::Plain).quoted()
            } else {
                Vec::new()
            }
        });
        let next = parts.partition_point(|part| part.end <= at);
        parts.get(next).is_some_and(|part| part.start <= at)
    }
}

/// Whether anything in a message can be code or a quotation; most have none, and need not be taken apart.
fn quotes(message: &str) -> bool {
    message.contains('`')
        || message.contains("~~~")
        || message.contains("<!--")
        || message.lines().any(|line| line.trim_start().starts_with('>'))
}

/// Where the part of a message begins that speaks of other projects; its end when there is none.
fn notes(message: &str) -> usize {
    let subject = message::subject(message);
    let body = &message[subject.end..];
    let is_mark = |line: &str| MARKS.iter().any(|mark| line.trim_start().starts_with(mark));
    let is_update = updates(&message[subject.clone()]) || body.lines().any(is_mark);
    if is_update { subject.end } else { message.len() }
}

/// `Bump left-pad from 1.2 to 1.3`, `fix(deps): update dependency left-pad to v1.3`.
fn updates(subject: &str) -> bool {
    let mut words = subject.split_whitespace().map(str::to_ascii_lowercase);
    if !words.by_ref().take(4).any(|word| VERBS.contains(&word.as_str())) {
        return false;
    }
    let rest: Vec<String> = words.collect();
    let is_version =
        |word: &String| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
    rest.first().is_some_and(|word| word == "dependency" || word == "dependencies")
        || rest.windows(2).any(|pair| pair[0] == "to" && is_version(&pair[1]))
}

#[cfg(test)]
mod tests {
    use super::notes;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        assert_eq!(&message[notes(message)..], expected, "{message:?}");
    }

    #[test]
    fn updates_of_dependencies_are_told_from_work() {
        check("Bump left-pad from 1.2 to 1.3\n\ntext", "\n\ntext");
        check("chore(deps): update dependency left-pad to v2\n\ntext", "\n\ntext");
        check("SHOP-1: Upgrade left-pad to 2.0\n\ntext", "\n\ntext");
        check("x\n\nBumps [left-pad](y).", "\n\nBumps [left-pad](y).");
        check("Update the cart to show totals\n\ntext", "");
        check("SHOP-1: add\n\ntext", "");
        check("", "");
    }
}
