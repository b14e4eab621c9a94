//! `SHOP-12`: what may stand around a key. The rules come from reading what extractors got wrong on real histories.

use super::around;
use std::ops::Range;

/// Longest prefix and number that are looked at.
const LONGEST: usize = 64;

/// Words that people put before a key with a hyphen; any other `UPPER-` makes it a part of a longer name.
const STATES: &[&str] =
    &["BACKPORT", "BUGFIX", "DRAFT", "FEATURE", "FIX", "HOTFIX", "MINOR", "REVERT", "WIP"];

/// Something of the shape `LETTERS-DIGITS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key<'a> {
    /// As written, `SHOP` or `shop`.
    pub(super) prefix: &'a str,
    /// As written, with what stands before an underscore: `MY_SHOP`. Such a prefix has to be
    /// known.
    pub(super) wide: &'a str,
    /// `12`; 0 when it does not fit.
    pub(super) number: u64,
    /// What speaks against it.
    pub(super) edge: Edge,
}

/// What makes a key a part of something else, more likely than not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubtful {
    /// `MAX_PATH-1`, and `task_SHOP-12` too.
    Identifier,
    /// `shop-3.example.com`, `SHOP-12.patch`.
    Dots,
    /// `$X-1`, `name@HOST-1`.
    Sign,
    /// `pk-lf-1`, `fix-SHOP-12` too.
    Hyphens,
    /// `JOB-2024-01`, `shop-12-404-page` too.
    Number,
    /// `A-1+2`.
    Arithmetic,
}

impl Doubtful {
    /// What is said about it.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Identifier => "it is part of an identifier",
            Self::Dots => "it is part of a name with dots",
            Self::Sign => "it follows a sign",
            Self::Hyphens => "it is part of a hyphenated name",
            Self::Number => "a number follows it",
            Self::Arithmetic => "it is arithmetic",
        }
    }
}

/// What the neighbours of a key say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Nothing against it.
    Clean,
    /// Not a key, unless its prefix is known to be a project.
    Doubtful(Doubtful),
    /// Not a key.
    Broken(&'static str),
}

impl Key<'_> {
    /// Whether nothing speaks against it.
    pub(super) fn is_clean(&self) -> bool {
        self.edge == Edge::Clean
    }

    /// Whether a letter of its prefix is in lower case.
    pub(super) fn is_lower(&self) -> bool {
        self.prefix.bytes().any(|byte| byte.is_ascii_lowercase())
    }

    /// Where `MY_SHOP-12` stands, if nothing but the underscore speaks against it; `span` is that of `SHOP-12`.
    pub(super) fn wide_span(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let is_upper = self.wide.bytes().all(|byte| !byte.is_ascii_lowercase())
            && self.wide.as_bytes().first().is_some_and(u8::is_ascii_uppercase);
        (self.edge == Edge::Doubtful(Doubtful::Identifier) && is_upper)
            .then(|| span.start - (self.wide.len() - self.prefix.len())..span.end)
    }
}

/// The key whose hyphen is at `hyphen`.
pub(super) fn at(text: &str, hyphen: usize) -> Option<(Range<usize>, Key<'_>)> {
    let bytes = text.as_bytes();
    if !bytes.get(hyphen + 1).is_some_and(u8::is_ascii_digit) || hyphen == 0 {
        return None;
    }
    let start = run_before(bytes, hyphen, |byte| byte.is_ascii_alphanumeric());
    let prefix = &text[start..hyphen];
    if !prefix.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let end = run_after(bytes, hyphen + 1, |byte| byte.is_ascii_digit());
    let wide = run_before(bytes, hyphen, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let key = Key {
        prefix,
        wide: &text[wide..hyphen],
        number: text[hyphen + 1..end].parse().unwrap_or(0),
        edge: edge(text, start..end, hyphen),
    };
    Some((start..end, key))
}

fn run_before(bytes: &[u8], end: usize, holds: impl Fn(u8) -> bool) -> usize {
    let from = end.saturating_sub(LONGEST);
    bytes[from..end].iter().rposition(|byte| !holds(*byte)).map_or(from, |other| from + other + 1)
}

fn run_after(bytes: &[u8], start: usize, holds: impl Fn(u8) -> bool) -> usize {
    bytes[start..].iter().position(|byte| !holds(*byte)).map_or(bytes.len(), |other| start + other)
}

fn edge(text: &str, span: Range<usize>, hyphen: usize) -> Edge {
    let left = left_edge(text, span.start, hyphen);
    if matches!(left, Edge::Broken(_)) {
        return left;
    }
    match right_edge(text, span.end, &text[hyphen + 1..span.end]) {
        Edge::Clean => left,
        right => right,
    }
}

fn left_edge(text: &str, start: usize, hyphen: usize) -> Edge {
    let bytes = text.as_bytes();
    if bytes[start].is_ascii_digit() || hyphen - start == LONGEST {
        return Edge::Broken("its prefix is part of a longer word");
    }
    let Some(previous) = text[..start].chars().next_back() else { return Edge::Clean };
    match previous {
        '-' => after_hyphen(bytes, &text[start..hyphen], start - 1),
        '_' => Edge::Doubtful(Doubtful::Identifier),
        '.' if start > 1 && bytes[start - 2].is_ascii_alphanumeric() => {
            Edge::Doubtful(Doubtful::Dots)
        }
        '$' | '%' | '@' | '\\' | '=' => Edge::Doubtful(Doubtful::Sign),
        other if around::is_word(other) => Edge::Broken("its prefix is part of a longer word"),
        _ => Edge::Clean,
    }
}

/// `INT-MASTER-1004` is the build of a plan, `SNYK-JAVA-IONETTY-1020439` an advisory; `fix-SHOP-12` is a branch's key.
fn after_hyphen(bytes: &[u8], prefix: &str, hyphen: usize) -> Edge {
    let start = run_before(bytes, hyphen, |byte| byte.is_ascii_alphanumeric());
    let word = &bytes[start..hyphen];
    let is_upper = prefix.bytes().all(|byte| !byte.is_ascii_lowercase())
        && word.iter().any(u8::is_ascii_uppercase)
        && !word.iter().any(u8::is_ascii_lowercase);
    if is_upper && !STATES.iter().any(|state| state.as_bytes() == word) {
        return Edge::Broken("it is the end of a longer name");
    }
    Edge::Doubtful(Doubtful::Hyphens)
}

fn right_edge(text: &str, end: usize, digits: &str) -> Edge {
    if digits.starts_with('0') {
        return Edge::Broken("its number begins with zero");
    }
    if digits.len() > 9 {
        return Edge::Broken("its number is too long");
    }
    let bytes = text.as_bytes();
    let digit_at = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    match text[end..].chars().next() {
        Some('.') if digit_at(end + 1) => Edge::Broken("it is a version"),
        Some('.') if bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic) => {
            Edge::Doubtful(Doubtful::Dots)
        }
        Some('-') if digit_at(end + 1) => before_number(bytes, end + 1),
        Some('-') if is_serial(bytes, end + 1) => Edge::Doubtful(Doubtful::Hyphens),
        Some('*' | '%' | '+') if digit_at(end + 1) => Edge::Doubtful(Doubtful::Arithmetic),
        Some(next) if around::is_word(next) => Edge::Broken("a letter is glued to its number"),
        _ => Edge::Clean,
    }
}

/// `ABCD-1234-EFGH` is a serial number; `SHOP-12-Add-a-cart` and `SHOP-12-add` are branches.
fn is_serial(bytes: &[u8], start: usize) -> bool {
    let end = run_after(bytes, start, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    end - start >= 3 && !bytes.get(end).is_some_and(u8::is_ascii_lowercase)
}

/// `CVE-2024-1234` goes on with a number; `shop-12-404-page` is a branch that happens to talk about one.
fn before_number(bytes: &[u8], start: usize) -> Edge {
    let end = run_after(bytes, start, |byte| byte.is_ascii_digit());
    let goes_on =
        bytes.get(end) == Some(&b'-') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic);
    match end - start {
        0..3 => Edge::Doubtful(Doubtful::Number),
        _ if goes_on => Edge::Doubtful(Doubtful::Number),
        _ => Edge::Broken("a long number follows it"),
    }
}
