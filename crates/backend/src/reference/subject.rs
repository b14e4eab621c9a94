//! Subjects that git, a code host or a merge script wrote: their keys belong to another commit or to a branch.

use super::{
    around, message,
    revert::{self, Revert},
};
use serde::Serialize;
use std::ops::Range;

/// What the shape of a subject says about the references in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) span: Range<usize>,
    /// Names of branches, from here to the end of the subject.
    pub(super) branches: Option<usize>,
    /// The title of the pull request that a merge commit repeats below its subject.
    pub(super) title: Option<Range<usize>>,
    /// The part that another commit's work is named in.
    revert: Option<Revert>,
    pub(super) about: About,
}

/// Whose work a subject, a title or a branch names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// This commit's.
    This,
    /// Work that is taken back; an even number of reverts puts it in again.
    Reverted,
    /// Work that is put in again.
    Reapplied,
    /// The commit's that this one will be folded into.
    Folded,
}

impl Subject {
    /// Reads the subject of a message.
    pub(super) fn of(message: &str) -> Self {
        let span = message::subject(message);
        let text = &message[span.clone()];
        let revert = revert::of(text);
        Self {
            branches: branches(text).map(|at| span.start + at),
            title: title(message, &span),
            about: about(text, revert.as_ref()),
            revert,
            span,
        }
    }

    /// Whose work is named at `at` in the message: around the words of a revert stands this commit's own.
    pub(super) fn about_at(&self, at: usize) -> About {
        let is_others = || {
            let within = at.checked_sub(self.span.start);
            let span = self.revert.as_ref().map(|revert| &revert.span);
            span.zip(within).is_some_and(|(span, within)| span.contains(&within))
        };
        match self.about {
            About::Folded => About::Folded,
            about if is_others() => about,
            _ => About::This,
        }
    }

    /// Whether a span lies in the subject, or in the title of the pull request that was merged.
    pub(super) fn holds(&self, span: &Range<usize>) -> bool {
        let title = self.title.as_ref().is_some_and(|title| title.contains(&span.start));
        title || span.start < self.span.end
    }

    /// Whether a span lies in the name of a branch.
    pub(super) fn is_branch(&self, span: &Range<usize>) -> bool {
        self.branches.is_some_and(|start| (start..self.span.end).contains(&span.start))
    }
}

/// GitHub puts the title of the pull request into the first line below `Merge pull request #12 from acme/cart`.
fn title(message: &str, subject: &Range<usize>) -> Option<Range<usize>> {
    if !message[subject.clone()].starts_with("Merge pull request ") {
        return None;
    }
    let line = message::subject(&message[subject.end..]);
    Some(subject.end + line.start..subject.end + line.end)
}

/// Where the names of branches begin in the subject of a merge.
fn branches(text: &str) -> Option<usize> {
    let after = |mark: &str| text.find(mark).map(|at| at + mark.len());
    if text.starts_with("Merge pull request ") {
        return after(" from ");
    }
    if text.starts_with("Merged in ") {
        return after("Merged in ");
    }
    let is_merge = ["Merge branch", "Merge remote-tracking branch", "Merge tag"]
        .into_iter()
        .any(|start| text.starts_with(start));
    is_merge.then(|| text.find('\'')).flatten()
}

fn about(text: &str, revert: Option<&Revert>) -> About {
    const FOLDS: &[&str] = &["fixup! ", "squash! ", "amend! "];
    if FOLDS.iter().any(|fold| text.starts_with(fold)) {
        return About::Folded;
    }
    about_depth(revert.map_or(0, |revert| revert.depth))
}

/// An even number of reverts puts work in again.
pub(super) fn about_depth(reverts: usize) -> About {
    match reverts {
        0 => About::This,
        depth if depth % 2 == 1 => About::Reverted,
        _ => About::Reapplied,
    }
}

/// Whether a key stands in a branch's name behind a pull request's number: `Closes #44 from acme/SHOP-12_cart`.
pub(super) fn is_head_of_pull_request(message: &str, span: &Range<usize>) -> bool {
    let before = around::before(message, span.start);
    let Some((head, name)) = before.rsplit_once(" from ") else { return false };
    let number = head.rsplit_once('#').map_or("", |(_, digits)| digits);
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && !name.contains(' ')
}

/// Why a `#12` is not an item, from the words around it.
pub(super) fn not_an_item(message: &str, span: &Range<usize>) -> Option<&'static str> {
    const REQUESTS: &[&str] =
        &["pr", "prs", "mr", "pull", "request", "requests", "reverts", "pull-request"];
    const COUNTS: &[&str] = &[
        "attempt", "build", "case", "chapter", "example", "figure", "item", "job", "line", "no",
        "note", "number", "option", "page", "part", "phase", "point", "round", "rule", "run",
        "section", "step", "table", "test", "try", "version",
    ];
    let before = around::before(message, span.start).trim_end_matches([' ', '(', '[']);
    let start = before
        .rfind(|c: char| !c.is_ascii_alphabetic() && c != '-')
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word = before[start..].to_ascii_lowercase();
    if REQUESTS.contains(&word.as_str()) || around::after(message, span.end).starts_with(" from ") {
        return Some("it is the number of a pull request");
    }
    COUNTS.contains(&word.as_str()).then_some("it counts something else")
}

#[cfg(test)]
mod tests {
    use super::{About, Subject};

    #[track_caller]
    fn check(message: &str, about: About, branch: &str) {
        let subject = Subject::of(message);
        assert_eq!(subject.about, about, "{message:?}");
        assert_eq!(
            subject.branches.map_or("", |at| &message[at..subject.span.end]),
            branch,
            "{message:?}"
        );
    }

    #[test]
    fn whose_work_it_is() {
        check("SHOP-1 add", About::This, "");
        check("Revert \"SHOP-1 add\"", About::Reverted, "");
        check("Revert \"Revert \"SHOP-1 add\"\"", About::Reapplied, "");
        check("Reapply \"SHOP-1 add\"", About::Reapplied, "");
        check("Revert \"Reapply \"SHOP-1 add\"\"", About::Reverted, "");
        check("revert: SHOP-1 add", About::Reverted, "");
        check("Reverting is fine", About::This, "");
        check("fixup! SHOP-1 add", About::Folded, "");
        let subject = Subject::of("\nSHOP-2: Revert \"SHOP-1\" x");
        let about = [1, 17, 25].map(|at| subject.about_at(at));
        assert_eq!(about, [About::This, About::Reverted, About::This]);
    }

    #[test]
    fn where_branches_are_named() {
        check("Merge pull request #1 from a/SHOP-1-x\n\nt", About::This, "a/SHOP-1-x");
        check("Merge branch 'SHOP-1' into main", About::This, "'SHOP-1' into main");
        check("Merge remote-tracking branch 'origin/x'", About::This, "'origin/x'");
        check("Merged in x (pull request #1)", About::This, "x (pull request #1)");
        check("Merge SHOP-1 into trunk", About::This, "");
    }
}
