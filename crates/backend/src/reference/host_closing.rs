//! What a code host will close by itself when a text is merged, as carelessly as it reads: hosts look neither at a
//! negation nor at quotation marks, and a line break between the word and the number is white space to them.
//!
//! Sources: GitHub's and GitLab's documentation of closing keywords; GitHub's taking of `doesn't fix #1`, of `fixes:` and
//! of a number on the next line is known from users' reports.

use super::{
    Grammar, keyword,
    lexer::{self, Shape},
    number::Scope,
};
use std::ops::Range;

/// As far as white space between a word and its number is followed, in bytes.
const REACH: usize = 40;

/// A number that a host will close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostClosing {
    /// The number as written, with its repository where one is named.
    pub reference: String,
    /// Bytes of the number.
    pub span: Range<usize>,
    /// The words that close it, with what stands right before them: `doesn't fix #12`.
    pub words: String,
    /// True when a line break stands between the word and the number.
    pub is_on_next_line: bool,
}

/// The numbers that a host with this grammar will close, in order of appearance.
pub fn host_closings(text: &str, grammar: Grammar) -> Vec<HostClosing> {
    let numbers = lexer::tokens(text).filter(
        |token| matches!(&token.shape, Shape::Number(number) if number.scope != Scope::AzureBoards),
    );
    numbers.filter_map(|token| closing(text, &token.span, grammar)).collect()
}

fn closing(text: &str, span: &Range<usize>, grammar: Grammar) -> Option<HostClosing> {
    let near = text.floor_char_boundary(span.start.saturating_sub(REACH));
    let before = &text[near..span.start];
    let head = before.trim_end().trim_end_matches(':').trim_end();
    let gap = &before[head.len()..];
    let (rest, word) = keyword::last_word(head)?;
    if gap.is_empty() || !keyword::closes_number(word, grammar) {
        return None;
    }
    let line = rest.rfind('\n').map_or(rest, |newline| &rest[newline + 1..]);
    let context: Vec<&str> = line.split_whitespace().rev().take(3).collect();
    let mut words: Vec<&str> = context.into_iter().rev().collect();
    words.extend([word, &text[span.clone()]]);
    Some(HostClosing {
        reference: text[span.clone()].to_owned(),
        span: span.clone(),
        words: words.join(" "),
        is_on_next_line: gap.contains('\n'),
    })
}

#[cfg(test)]
mod tests {
    use super::{Grammar, host_closings};

    #[track_caller]
    fn check(text: &str, grammar: Grammar, expected: &[&str]) {
        let found: Vec<_> =
            host_closings(text, grammar).into_iter().map(|closing| closing.words).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn hosts_close_what_a_reader_would_not() {
        check("This doesn't fix #1", Grammar::GitHub, &["This doesn't fix #1"]);
        check("`fixes #1`", Grammar::GitHub, &["` fixes #1"]);
        check("rather than fixed: #391", Grammar::GitHub, &["rather than fixed #391"]);
        check("fixes\n\n#12 is next", Grammar::GitHub, &["fixes #12"]);
        assert!(host_closings("fixes\n#12", Grammar::GitHub)[0].is_on_next_line);
        check("Resolves acme/shop#3", Grammar::GitHub, &["Resolves acme/shop#3"]);
    }

    #[test]
    fn what_no_host_closes_is_left() {
        check("prefixes #1, auto-close #2, refs #3, fix AB#4, fixes#5", Grammar::GitHub, &[]);
        check("implements #1 and closing #2", Grammar::GitHub, &[]);
        let both = ["implements #1", "implements #1 and closing #2"];
        check("implements #1 and closing #2", Grammar::GitLab, &both);
        check("completes #1", Grammar::GitLab, &[]);
    }
}
