//! What a code host will close by itself when a text is merged, as carelessly as it reads, and what of it nobody meant.
//!
//! Hosts look for a word and a number and read no further: `doesn't fix #12`, `` `fixes #12` ``, and a `fixed:` that
//! ends one line before `#12` begins the next, all close #12, as does the revert that repeats them. [`super::judge`]
//! says what the same text means; this is the difference.
//!
//! Sources: GitHub's and GitLab's documentation of closing keywords, and GitLab's default pattern, which wants the number
//! on the same line; GitHub's taking of `doesn't fix #1`, of `fixes:` and of a number on the next line is known from
//! users' reports.

use super::{
    Extraction, Finder, Form, Grammar, around, keyword,
    lexer::{self, Shape, Token},
    message::Layout,
    number::Scope,
    subject,
    url::Item,
};
use std::{borrow::Cow, ops::Range};

/// Farthest that a number may stand behind its word, in bytes.
const REACH: usize = 64;

/// A number that the host will close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The number as written, with its repository where one is named: `#12`.
    pub item: String,
    /// How it is written: a number of the host's, or one of Azure Boards.
    pub form: Form,
    /// The word that closes it, `fix`.
    pub word: String,
    /// That word and the number with what stands right before them: `doesn't fix #12`.
    pub words: String,
    /// True when a line break stands between the word and the number.
    pub is_on_next_line: bool,
    /// True in code, a comment or a quotation, which hosts mind in a pull request's text and not in a commit.
    pub is_silent: bool,
    /// Why it may not be meant; `None` where it reads as if it were.
    pub doubt: Option<Cow<'static, str>>,
}

/// The numbers that a host with this grammar will close when a commit with this message reaches the default branch, or a
/// pull request with this title and description is merged, in order of appearance.
pub fn closings(message: &str, layout: Layout, grammar: Grammar) -> Vec<Closing> {
    let mut meant = None;
    let found = lexer::tokens(message).filter_map(|token| {
        let form = form(&token, grammar)?;
        let (rest, word, gap) = word_before(message, token.span.start, grammar, form)?;
        // `Closes #44 from acme/cart` is how merge scripts end a pull request.
        if subject::not_an_item(message, &token.span).is_some() {
            return None;
        }
        let meant = meant.get_or_insert_with(|| Finder::of_numbers(grammar).read(message, layout));
        let item = &message[token.span.clone()];
        let mut closing = Closing {
            item: item.to_owned(),
            form,
            word: word.to_owned(),
            words: words(rest, word, item),
            is_on_next_line: gap.contains('\n'),
            is_silent: false,
            doubt: None,
        };
        closing.compare(meant, &token.span);
        Some(closing)
    });
    found.collect()
}

impl Closing {
    /// What the text says of the same number.
    fn compare(&mut self, meant: &Extraction, span: &Range<usize>) {
        // Both are in the order of the text.
        let Extraction { references, skipped } = meant;
        let at = references.binary_search_by_key(&span.start, |it| it.span.start);
        let reference = at.ok().map(|at| &references[at]).filter(|it| it.span == *span);
        let at = skipped.binary_search_by_key(&span.start, |it| it.span.start);
        let skipped = at.ok().map(|at| &skipped[at]).filter(|it| it.span == *span);
        self.is_silent = skipped.is_some_and(|it| it.item.is_some());
        self.doubt = match (reference, skipped) {
            (Some(reference), _) if reference.tier == super::Tier::Closes => None,
            (_, Some(skipped)) => Some(skipped.reason.clone()),
            _ if self.is_on_next_line => Some("the number is on another line".into()),
            (Some(reference), None) => Some(reference.reason.clone()),
            (None, None) => Some("it does not read as one".into()),
        };
    }
}

fn form(token: &Token<'_>, grammar: Grammar) -> Option<Form> {
    match &token.shape {
        Shape::Number(number) if number.scope == Scope::AzureBoards => Some(Form::AzureBoards),
        Shape::Number(_) | Shape::Url(Item::Number { .. }) => Some(Form::Number),
        Shape::Key(key) if key.prefix == "GH" && key.is_clean() && grammar != Grammar::GitLab => {
            Some(Form::Number)
        }
        Shape::Key(_) | Shape::Url(_) => None,
    }
}

/// The closing word before a number, with what stands before and behind it: a colon and white space may be between.
fn word_before(
    message: &str,
    at: usize,
    grammar: Grammar,
    form: Form,
) -> Option<(&str, &str, &str)> {
    let near = message.floor_char_boundary(at.saturating_sub(REACH));
    let head = message[near..at].trim_end();
    let end = near + head.trim_end_matches(':').trim_end().len();
    let is_apart = message[end..at].contains('\n');
    if near + head.len() == at || (is_apart && grammar == Grammar::GitLab) {
        return None;
    }
    let (rest, word) = keyword::last_word(around::before(message, end))?;
    keyword::closes(word, form, grammar).then_some((rest, word, &message[end..at]))
}

fn words(rest: &str, word: &str, item: &str) -> String {
    let before: Vec<&str> = rest.split_whitespace().rev().take(3).collect();
    let words = before.into_iter().rev().chain([word, item]);
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Closing, Grammar, Layout};

    fn closings(text: &str, grammar: Grammar) -> Vec<Closing> {
        super::closings(text, Layout::Plain, grammar)
    }

    #[track_caller]
    fn check_all(grammar: Grammar, text: &str, expected: &[&str]) {
        let found: Vec<_> = closings(text, grammar).into_iter().map(|it| it.words).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[track_caller]
    fn check_unmeant(grammar: Grammar, text: &str, expected: &[&str]) {
        let unmeant = closings(text, grammar).into_iter().filter(|it| it.doubt.is_some());
        let found: Vec<_> = unmeant.map(|it| format!("{} {}", it.word, it.item)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn hosts_close_what_a_reader_would_not() {
        let check = |text, expected: &[&str]| check_all(Grammar::GitHub, text, expected);
        check("This doesn't fix #1", &["This doesn't fix #1"]);
        check("`fixes #1`", &["` fixes #1"]);
        check("rather than fixed: #391", &["rather than fixed #391"]);
        check("fixes\n\n#12 is next", &["fixes #12"]);
        assert!(closings("fixes\n#12", Grammar::GitHub)[0].is_on_next_line);
        check("Resolves acme/shop#3", &["Resolves acme/shop#3"]);
    }

    #[test]
    fn what_no_host_closes_is_left() {
        let text = "prefixes #1, auto-close #2, refs #3, close AB#4, fixes#5";
        check_all(Grammar::GitHub, text, &[]);
        check_all(Grammar::GitHub, "Closes #44 from acme/SHOP-12_cart", &[]);
        check_all(Grammar::GitHub, "implements #1 and closing #2", &[]);
        let both = ["implements #1", "implements #1 and closing #2"];
        check_all(Grammar::GitLab, "implements #1 and closing #2", &both);
        check_all(Grammar::GitLab, "completes #1, closes GH-2, closes\n#3", &[]);
    }

    #[test]
    fn what_is_meant_is_left_alone() {
        let check = |text| check_unmeant(Grammar::GitHub, text, &[]);
        check("Fixes #12");
        check("Add a cart (closes #12)\n\nResolves: acme/shop#3");
        check("Don't create it twice (fixes #12)");
        check("See #12, prefixes #3, refs #4");
        check("It is fixed\n\nin another change than #12");
        check("fixes AB#3");
        check("");
    }

    #[test]
    fn what_the_host_closes_all_the_same_is_found() {
        let check = |text, expected: &[&str]| check_unmeant(Grammar::GitHub, text, expected);
        check("This doesn't fix #12", &["fix #12"]);
        check("Partially fixes #12", &["fixes #12"]);
        check("This doesnt fix #12", &["fix #12"]);
        check("This might fix #12", &["fix #12"]);
        check("Use the cache rather than fixed: #12", &["fixed #12"]);
        check("Docs: say that `fixes #12` closes", &["fixes #12"]);
        check("Docs: \"fixes #12\" closes", &["fixes #12"]);
        check("s\n\n> fixes #12\n", &["fixes #12"]);
        check("s\n\n```\ncloses GH-12\n```\n", &["closes GH-12"]);
        check("What is fixed:\n#12", &["fixed #12"]);
        check("What is fixed\r\n\r\n#12", &["fixed #12"]);
        check("Revert \"Add a cart (fixes #12)\"\n\nThis reverts commit 0123abcd.", &["fixes #12"]);
        check("never fixes AB#3, closes AB#4", &["fixes AB#3"]);
        check_unmeant(Grammar::GitLab, "without implementing #12", &["implementing #12"]);
    }
}
