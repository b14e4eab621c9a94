//! What a code host will close that its writer may not have meant to.
//!
//! Hosts look for a word and a number and read no further: `doesn't fix #12`, `` `fixes #12` ``, and a `fixed:` that
//! ends one line before `#12` begins the next, all close #12, as does the revert that repeats them. So do numbers in a
//! repository whose work items are somewhere else. [`super::judge`] says what a message means; this is the difference.

use super::{
    Finder, Form, keyword,
    lexer::{self, Shape, Token},
    message::Anatomy,
    number::Scope,
    origin::{Origin, origin},
    subject,
    url::Item,
};
use std::borrow::Cow;

/// A number that the host will close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The number as written, `#12`.
    pub item: String,
    /// The word before it, `fix`.
    pub word: String,
    /// Why that may not be meant; fits "will close #12: {reason}".
    pub reason: Cow<'static, str>,
}

/// Whose rules for closing words count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeHost {
    /// GitHub's, which Gitea and Forgejo follow: the number may stand on the next line.
    Github,
    /// GitLab's: more words, on one line.
    Gitlab,
}

/// GitHub's nine words.
const WORDS: &[&str] =
    &["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// GitLab's further words, from its default pattern.
const GITLAB: &[&str] =
    &["closing", "fixing", "resolving", "implement", "implements", "implemented", "implementing"];

/// Words of Azure Boards.
const BOARDS: &[&str] = &["fix", "fixes", "fixed"];

/// Farthest that a number may stand behind its word.
const REACH: usize = 64;

impl Finder {
    /// What the host will close when this message reaches the default branch, and may not be meant to. Numbers of a
    /// repository are suspicious as such where `elsewhere` says that its work items are in another tracker.
    pub fn unmeant_closings(
        &self,
        message: &str,
        host: CodeHost,
        elsewhere: Elsewhere,
    ) -> Vec<Closing> {
        let mut found = Vec::new();
        let mut anatomy = None;
        for token in lexer::tokens(message) {
            let Some(form) = number_form(&token) else { continue };
            let Some(closes) = word_before(message, token.span.start, host, form) else { continue };
            let anatomy = anatomy.get_or_insert_with(|| Anatomy::of(message));
            let is_ours = self.forms().contains(&form);
            let reason = doubt(message, &token, &closes, anatomy).or_else(|| {
                // `Closes #44 from acme/cart` is how merge scripts end a pull request.
                let is_item = subject::not_an_item(message, &token.span).is_none();
                (elsewhere == Elsewhere::Known && !is_ours && form == Form::Number && is_item)
                    .then(|| "the work items of this repository are in another tracker".into())
            });
            found.extend(reason.map(|reason| Closing {
                item: message[token.span.clone()].to_owned(),
                word: closes.word.to_owned(),
                reason,
            }));
        }
        found
    }
}

/// Whether it is known that work items are in another tracker than the code host's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// Somebody set up which trackers there are.
    Known,
    /// Nobody said where work items are.
    Unknown,
}

fn number_form(token: &Token<'_>) -> Option<Form> {
    match &token.shape {
        Shape::Number(number) if number.scope == Scope::AzureBoards => Some(Form::AzureBoards),
        Shape::Number(_) | Shape::Url(Item::Number { .. }) => Some(Form::Number),
        Shape::Key(key) if key.prefix == "GH" && key.is_clean() => Some(Form::Number),
        Shape::Key(_) | Shape::Url(_) => None,
    }
}

/// A closing word and what stands around it.
struct Closes<'a> {
    word: &'a str,
    /// Everything before the word on its line.
    before: &'a str,
    /// The number stands on another line.
    is_apart: bool,
}

/// The closing word before a number: one colon and white space may stand between.
fn word_before(message: &str, at: usize, host: CodeHost, form: Form) -> Option<Closes<'_>> {
    let near = &message[message.floor_char_boundary(at.saturating_sub(REACH))..at];
    let head = near.trim_end_matches([' ', '\t', '\r', '\n']);
    let gap = &near[head.len()..];
    let is_apart = gap.contains('\n');
    if gap.is_empty() || (is_apart && host == CodeHost::Gitlab) {
        return None;
    }
    let head = head.strip_suffix(':').unwrap_or(head);
    let start = head
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |other| other + head[other..].chars().next().map_or(1, char::len_utf8));
    let is_glued =
        head[..start].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    let word = &head[start..];
    if is_glued || !closes(word, host, form) {
        return None;
    }
    let end = at - near.len() + start;
    let line = message[..end].rfind('\n').map_or(0, |newline| newline + 1);
    let line = line.max(message.floor_char_boundary(end.saturating_sub(256)));
    Some(Closes { word, before: &message[line..end], is_apart })
}

fn closes(word: &str, host: CodeHost, form: Form) -> bool {
    let is_in = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    match (form, host) {
        (Form::AzureBoards, _) => is_in(BOARDS),
        (_, CodeHost::Github) => is_in(WORDS),
        (_, CodeHost::Gitlab) => is_in(WORDS) || is_in(GITLAB),
    }
}

/// Why a message may not mean to close what it will.
fn doubt(
    message: &str,
    token: &Token<'_>,
    closes: &Closes<'_>,
    anatomy: &Anatomy,
) -> Option<Cow<'static, str>> {
    if origin(message) == Origin::Revert {
        return Some("the text of a revert closes like any other".into());
    }
    let at = token.span.start;
    if let Some((_, reason)) = anatomy.silent.iter().find(|(part, _)| part.contains(&at)) {
        return Some(format!("{reason}, which the host does not mind").into());
    }
    let quote =
        closes.before.chars().next_back().filter(|c| matches!(c, '"' | '\'' | '“' | '‘' | '«'));
    if quote.is_some() {
        return Some("it is quoted, which the host does not mind".into());
    }
    if let Some(word) = keyword::negation(closes.before) {
        return Some(
            format!("the host does not read the `{word}` before `{}`", closes.word).into(),
        );
    }
    closes.is_apart.then(|| format!("`{}` on the line before it counts", closes.word).into())
}

#[cfg(test)]
mod tests {
    use super::{CodeHost, Elsewhere};
    use crate::reference::{Finder, Pattern, Prefixes};

    #[track_caller]
    fn found(pattern: Pattern, host: CodeHost, elsewhere: Elsewhere, message: &str) -> Vec<String> {
        let finder = Finder::new(Prefixes::none(), &[pattern]).unwrap();
        let closings = finder.unmeant_closings(message, host, elsewhere);
        closings.into_iter().map(|closing| format!("{} {}", closing.word, closing.item)).collect()
    }

    #[track_caller]
    fn check(message: &str, expected: &[&str]) {
        let found = found(Pattern::Number, CodeHost::Github, Elsewhere::Known, message);
        assert_eq!(found, expected, "{message:?}");
    }

    #[test]
    fn what_is_meant_is_left_alone() {
        check("Fixes #12", &[]);
        check("Add a cart (closes #12)\n\nResolves: acme/shop#3", &[]);
        check("Don't create it twice (fixes #12)", &[]);
        check("See #12, prefixes #3, refs #4", &[]);
        check("It is fixed\n\nin another change than #12", &[]);
        check("", &[]);
    }

    #[test]
    fn what_the_host_closes_all_the_same_is_found() {
        check("This doesn't fix #12", &["fix #12"]);
        check("Partially fixes #12", &["fixes #12"]);
        check("Use the cache rather than fixed: #12", &["fixed #12"]);
        check("Docs: say that `fixes #12` closes", &["fixes #12"]);
        check("Docs: \"fixes #12\" closes", &["fixes #12"]);
        check("s\n\n> fixes #12\n", &["fixes #12"]);
        check("s\n\n```\ncloses GH-12\n```\n", &["closes GH-12"]);
        check("What is fixed:\n#12", &["fixed #12"]);
        check("What is fixed\r\n\r\n#12", &["fixed #12"]);
        check("Revert \"Add a cart (fixes #12)\"\n\nThis reverts commit 0123abcd.", &["fixes #12"]);
    }

    #[test]
    fn hosts_differ() {
        let gitlab = |message| found(Pattern::Number, CodeHost::Gitlab, Elsewhere::Known, message);
        assert_eq!(gitlab("is fixed\n#12"), [""; 0]);
        assert_eq!(gitlab("without implementing #12"), ["implementing #12"]);
        check("without implementing #12", &[]);
    }

    #[test]
    fn a_number_of_another_tracker_is_told_where_trackers_are_known() {
        let jira =
            |elsewhere| found(Pattern::Key, CodeHost::Github, elsewhere, "Fixes #12, fixes AB#3");
        assert_eq!(jira(Elsewhere::Known), ["Fixes #12"]);
        assert_eq!(jira(Elsewhere::Unknown), [""; 0]);
        let closed = "Closes #44 from acme/SHOP-12_cart";
        assert_eq!(found(Pattern::Key, CodeHost::Github, Elsewhere::Known, closed), [""; 0]);
        let boards =
            |message| found(Pattern::AzureBoards, CodeHost::Github, Elsewhere::Known, message);
        assert_eq!(boards("fixes AB#3"), [""; 0]);
        assert_eq!(boards("never fixes AB#3, closes AB#4"), ["fixes AB#3"]);
    }
}
