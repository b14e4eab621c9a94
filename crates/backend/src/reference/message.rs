//! The anatomy of a commit message: its subject, its trailers, and the parts that quote instead of saying.

use super::trailer;
use std::ops::Range;

/// A message taken apart once, for all of its references.
#[derive(Debug)]
pub(super) struct Anatomy {
    /// Where the trailers begin; the end of the message when it has none.
    pub(super) trailers: usize,
    /// Parts that quote, in order and apart, each with what it is.
    pub(super) silent: Vec<(Range<usize>, &'static str)>,
}

const CODE: &str = "it is in a code block";
const QUOTE: &str = "it is in a quoted message";
const COMMENT: &str = "it is in an HTML comment";
const DUMP: &str = "it is in the list of squashed commits";
const SPAN: &str = "it is in code";

/// Longest code within a line, in bytes: a hostile line of unpaired backticks must not be searched over and over.
const LONGEST_SPAN: usize = 1000;

/// The first line that says something.
pub(super) fn subject(message: &str) -> Range<usize> {
    let start = message.len() - message.trim_start().len();
    let end = message[start..].find('\n').map_or(message.len(), |newline| start + newline);
    start..end
}

impl Anatomy {
    /// Takes a message apart.
    pub(super) fn of(message: &str) -> Self {
        let subject_end = subject(message).end;
        let mut scan = Scan::default();
        let mut at = 0;
        for line in message.split_inclusive('\n') {
            scan.line(at, line, at < subject_end);
            at += line.len();
        }
        scan.silent.extend(scan.open_comment.map(|start| (start..message.len(), COMMENT)));
        let trailers = trailer::block(message).unwrap_or(message.len());
        Self { trailers, silent: scan.silent }
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

/// What is open while the lines go by.
#[derive(Debug, Default)]
struct Scan {
    silent: Vec<(Range<usize>, &'static str)>,
    fence: Option<&'static str>,
    dump: Option<Dump>,
    open_comment: Option<usize>,
}

/// Who wrote a list of squashed commits: their layouts differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dump {
    /// `git merge --squash`: `commit`, `Author:`, `Date:`, and messages indented by four spaces.
    Git,
    /// A merge script's: `5b3ca12 [Name] message`, one a line.
    Script,
}

impl Scan {
    fn line(&mut self, start: usize, line: &str, is_subject: bool) {
        let text = line.trim_end();
        let whole = start..start + line.len();
        if let Some(reason) = self.quoting(text, is_subject) {
            self.silent.push((whole, reason));
        } else {
            self.inline(start, text);
        }
    }

    /// Whether the whole line belongs to something quoted, and to what.
    fn quoting(&mut self, text: &str, is_subject: bool) -> Option<&'static str> {
        if self.open_comment.is_some() {
            return None;
        }
        let trimmed = text.trim_start();
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            match self.fence {
                None => self.fence = Some(mark),
                Some(open) if open == mark => self.fence = None,
                Some(_) => {}
            }
            return Some(CODE);
        }
        if self.fence.is_some() {
            return Some(CODE);
        }
        if self.in_dump(text) {
            return Some(DUMP);
        }
        (!is_subject && trimmed.starts_with('>')).then_some(QUOTE)
    }

    /// Follows a list of squashed commits from its heading to the first line that cannot be in it.
    fn in_dump(&mut self, text: &str) -> bool {
        if self.dump.is_none() {
            self.dump = dump_heading(text);
            return self.dump.is_some();
        }
        let goes_on = match self.dump {
            Some(Dump::Git) => is_git_dump_line(text),
            Some(Dump::Script) => text.is_empty() || text.split(' ').next().is_some_and(is_hash),
            None => false,
        };
        if !goes_on {
            self.dump = None;
        }
        goes_on
    }

    /// Code and comments within a line. A comment may stay open.
    fn inline(&mut self, start: usize, line: &str) {
        let mut at = 0;
        while at < line.len() {
            if let Some(open) = self.open_comment {
                let Some(end) = line[at..].find("-->") else { return };
                at += end + 3;
                self.silent.push((open..start + at, COMMENT));
                self.open_comment = None;
                continue;
            }
            let Some(next) = line[at..].find(['`', '<']) else { return };
            at = self.open(start, line, at + next);
        }
    }

    /// What a backtick or an angle bracket opens; answers where to go on.
    fn open(&mut self, start: usize, line: &str, at: usize) -> usize {
        if line[at..].starts_with("<!--") {
            self.open_comment = Some(start + at);
            return at + 4;
        }
        let ticks = line[at..].bytes().take_while(|byte| *byte == b'`').count();
        if ticks == 0 {
            return at + 1;
        }
        let inner = at + ticks;
        let near = line.floor_char_boundary(inner + LONGEST_SPAN);
        let Some(end) = line[inner..near].find(&line[at..inner]) else { return inner };
        let end = inner + end + ticks;
        self.silent.push((start + at..start + end, SPAN));
        end
    }
}

fn dump_heading(text: &str) -> Option<Dump> {
    if text == "Squashed commit of the following:" {
        return Some(Dump::Git);
    }
    text.ends_with("and squashes the following commits:").then_some(Dump::Script)
}

fn is_git_dump_line(text: &str) -> bool {
    const HEADERS: &[&str] =
        &["Author:", "AuthorDate:", "Commit:", "CommitDate:", "Date:", "Merge:"];
    text.is_empty()
        || text.starts_with("    ")
        || HEADERS.iter().any(|header| text.starts_with(header))
        || text
            .strip_prefix("commit ")
            .is_some_and(|rest| rest.split(' ').next().is_some_and(is_hash))
}

fn is_hash(word: &str) -> bool {
    (7..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::Anatomy;

    #[track_caller]
    fn check(message: &str, expected: &[&str]) {
        let anatomy = Anatomy::of(message);
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
}
