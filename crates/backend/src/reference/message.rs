//! The anatomy of a text: its subject, its trailers, and the parts that quote instead of saying.

use super::{
    dump::Dumps,
    fence::Fence,
    inline::{self, Piece},
    markdown, trailer,
};
use std::ops::Range;

/// How a text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A commit's message: plain text, in which somebody may have indented or fenced something.
    Plain,
    /// A pull request's title and description, which hosts show as Markdown.
    Markdown,
}

/// A message taken apart once, for all of its references.
#[derive(Debug)]
pub(super) struct Anatomy {
    /// Where the trailers begin; the end of the message when it has none.
    pub(super) trailers: usize,
    /// Parts that quote, in order and apart, each with what it is.
    pub(super) silent: Vec<(Range<usize>, &'static str)>,
}

pub(super) const CODE: &str = "it is in a code block";
pub(super) const QUOTE: &str = "it is in a quoted message";
pub(super) const COMMENT: &str = "it is in an HTML comment";
pub(super) const DUMP: &str = "it is in the list of squashed commits";
pub(super) const SPAN: &str = "it is in code";

/// The first line that says something.
pub(super) fn subject(message: &str) -> Range<usize> {
    let start = message.len() - message.trim_start().len();
    let end = message[start..].find('\n').map_or(message.len(), |newline| start + newline);
    start..end
}

/// The lines of a description that speak for themselves: no part of them is code, a comment or a quotation.
pub fn spoken_lines(description: &str) -> impl Iterator<Item = &str> {
    let mut silent = markdown::silent(description, 0).into_iter().map(|(part, _)| part).peekable();
    let mut end = 0;
    description.split_inclusive('\n').filter(move |line| {
        let start = end;
        end += line.len();
        while silent.peek().is_some_and(|part| part.end <= start) {
            silent.next();
        }
        silent.peek().is_none_or(|part| part.start >= end)
    })
}

impl Anatomy {
    /// Takes a message apart.
    pub(super) fn of(message: &str, layout: Layout) -> Self {
        let subject_end = subject(message).end;
        let silent = match layout {
            Layout::Plain => plain(message, subject_end),
            Layout::Markdown => {
                // A title has code at most.
                let (title, _) = inline::pieces(&message[..subject_end], layout);
                let code = title.into_iter().filter_map(|piece| match piece {
                    Piece::Silent(part, SPAN) => Some((part, SPAN)),
                    _ => None,
                });
                code.chain(markdown::silent(message, subject_end)).collect()
            }
        };
        let trailers = trailer::block(message).unwrap_or(message.len());
        Self { trailers, silent }
    }

    /// The silent parts that are code or quotations, not the messages of squashed commits.
    pub(super) fn quoted(self) -> Vec<Range<usize>> {
        let is_quoted = |reason| reason != DUMP;
        self.silent
            .into_iter()
            .filter_map(|(part, reason)| is_quoted(reason).then_some(part))
            .collect()
    }
}

/// The parts of a commit's message that quote.
fn plain(message: &str, subject_end: usize) -> Vec<(Range<usize>, &'static str)> {
    let mut scan = Scan::default();
    let mut at = 0;
    for line in message.split_inclusive('\n') {
        scan.line(at, line, at < subject_end);
        at += line.len();
    }
    scan.silent.extend(scan.open_comment.map(|start| (start..message.len(), COMMENT)));
    scan.silent
}

/// What is open while the lines go by.
#[derive(Debug, Default)]
struct Scan {
    silent: Vec<(Range<usize>, &'static str)>,
    fence: Option<Fence>,
    dumps: Dumps,
    open_comment: Option<usize>,
}

impl Scan {
    fn line(&mut self, start: usize, line: &str, is_subject: bool) {
        let text = line.trim_end();
        let whole = start..start + line.len();
        if let Some(open) = self.open_comment {
            let Some(end) = text.find("-->").map(|end| end + 3) else { return };
            self.silent.push((open..start + end, COMMENT));
            self.open_comment = None;
            self.inline(start + end, &text[end..]);
        } else if let Some(reason) = self.quoting(text, is_subject) {
            self.silent.push((whole, reason));
        } else {
            self.inline(start, text);
        }
    }

    /// Whether the whole line belongs to something quoted, and to what.
    fn quoting(&mut self, text: &str, is_subject: bool) -> Option<&'static str> {
        let trimmed = text.trim_start();
        if let Some(fence) = self.fence {
            if fence.is_closed_by(trimmed) {
                self.fence = None;
            }
            return Some(CODE);
        }
        self.fence = Fence::opened_by(trimmed);
        if self.fence.is_some() {
            return Some(CODE);
        }
        if self.dumps.takes(text) {
            return Some(DUMP);
        }
        (!is_subject && trimmed.starts_with('>')).then_some(QUOTE)
    }

    /// Code and comments within a line. A comment may stay open.
    fn inline(&mut self, start: usize, line: &str) {
        let (pieces, open) = inline::pieces(line, Layout::Plain);
        self.open_comment = open.map(|at| start + at);
        self.silent.extend(pieces.into_iter().filter_map(|piece| match piece {
            Piece::Silent(part, reason) => Some((start + part.start..start + part.end, reason)),
            Piece::Opens(..) | Piece::Closes(..) => None,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::{Anatomy, Layout, spoken_lines};

    #[track_caller]
    fn check(message: &str, expected: &[&str]) {
        let anatomy = Anatomy::of(message, Layout::Plain);
        let parts: Vec<_> =
            anatomy.silent.into_iter().map(|(span, _)| message[span].trim_end()).collect();
        assert_eq!(parts, expected, "{message:?}");
    }

    #[test]
    fn what_quotes_is_found() {
        check("plain\n\ntext", &[]);
        check("a `b` c ``d ` e`` f ` g", &["`b`", "``d ` e``"]);
        check("s\n\n```rust\ncode\n```\ntext", &["```rust", "code", "```"]);
        check("s\n\n~~~\n```\n~~~\ntext", &["~~~", "```", "~~~"]);
        check("s\n\n> quoted\nanswer", &["> quoted"]);
        check("> as subject", &[]);
        check("s\n\na <!-- b\nc --> d <!-- e", &["<!-- b\nc -->", "<!-- e"]);
        check("a < b `", &[]);
        check("s\n\n````\n```\nx\n```` y\n````\ntext", &["````", "```", "x", "```` y", "````"]);
        // As in `git log`, or where somebody sets off a list: plain text has no code by indentation.
        check("s\n\n    SHOP-1\n\ta `b\nc` <code>d</code>", &[]);
    }

    #[test]
    fn a_list_of_squashed_commits_ends_where_its_layout_ends() {
        check(
            "s\n\nSquashed commit of the following:\n\ncommit 0123456789abcdef\nAuthor: A\nDate: D\n\n    text\n\nRefs: X",
            &[
                "Squashed commit of the following:",
                "",
                "commit 0123456789abcdef",
                "Author: A",
                "Date: D",
                "",
                "    text",
                "",
            ],
        );
        check(
            "s\n\nCloses #1 from a/b and squashes the following commits:\n\n0123abc [A] text\nother",
            &["Closes #1 from a/b and squashes the following commits:", "", "0123abc [A] text"],
        );
    }

    #[test]
    fn lines_that_speak_have_no_part_that_quotes() {
        let text = "a\n<!-- b\nc\n-->\nd\n> e\n\nf `g`\n```\nh\n```\ni";
        let spoken: Vec<_> = spoken_lines(text).map(str::trim_end).collect();
        assert_eq!(spoken, ["a", "d", "", "i"]);
    }
}
