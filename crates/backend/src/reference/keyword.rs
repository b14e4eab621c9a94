//! Words that say what a commit does to the item behind them: the grammars of GitHub, GitLab, Linear and Azure Boards.

use super::{Form, Grammar};

/// A keyword right before a reference, on the same line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keyword<'a> {
    /// As written, `fixes`.
    pub(super) word: &'a str,
    pub(super) meaning: Meaning,
    /// The word before it that takes it back, `doesn't`.
    pub(super) negation: Option<&'a str>,
    /// True right behind an opening quotation mark: `say "fixes #1"`.
    pub(super) is_quoted: bool,
}

/// What a keyword means; the hosts agree on little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Closes everywhere: `fix`, `fixes`, `fixed`, the only words of Azure Boards.
    Fixes,
    /// Closes on GitHub, GitLab and Linear: `close`, `resolve` and their forms.
    Closes,
    /// Closes on GitLab and Linear only: `closing`, `implements`, `completed`.
    Completes,
    /// Points at the item: `refs`, `part of`.
    Refs,
}

const MEANINGS: &[(Meaning, &[&str])] = &[
    (Meaning::Fixes, &["fix", "fixes", "fixed"]),
    (Meaning::Closes, &["close", "closes", "closed", "resolve", "resolves", "resolved"]),
    (
        Meaning::Completes,
        &[
            "closing",
            "fixing",
            "resolving",
            "complete",
            "completes",
            "completed",
            "completing",
            "implement",
            "implements",
            "implemented",
            "implementing",
        ],
    ),
    (
        Meaning::Refs,
        &[
            "ref",
            "refs",
            "reference",
            "references",
            "referencing",
            "see",
            "related",
            "relates",
            "part of",
            "related to",
            "relates to",
            "relating to",
            "contributes to",
            "toward",
            "towards",
            "linear issue",
        ],
    ),
];

/// Words that may stand between a keyword and its reference.
const FILLERS: &[&str] =
    &["issue", "issues", "bug", "bugs", "jira", "story", "task", "ticket", "tickets"];

/// Words that take a keyword back, or leave open whether it holds; those with an apostrophe have a rule.
const NEGATIONS: &[&str] = &[
    "almost",
    "cannot",
    "could",
    "fixme",
    "hardly",
    "may",
    "maybe",
    "might",
    "never",
    "no",
    "not",
    "partial",
    "partially",
    "partly",
    "perhaps",
    "possibly",
    "todo",
    "unless",
    "without",
    "would",
];

/// Verbs that are negated without an apostrophe, too: `doesn't`, `doesnt`.
const NEGATED: &[&str] = &[
    "ai", "are", "ca", "could", "did", "do", "does", "had", "has", "have", "is", "might", "must",
    "need", "should", "was", "were", "wo", "would",
];

/// Words behind `if` that stand for the change itself: `if this fixes #1`, but `Return early if empty (fixes #1)`.
const THIS: &[&str] = &["change", "commit", "it", "patch", "pr", "that", "this", "we"];

/// The keyword that ends `line`, which is everything on the line before a reference; `after` is what follows that one.
pub(super) fn before<'a>(line: &'a str, after: &str) -> Option<Keyword<'a>> {
    let bare = line.strip_suffix('[').filter(|_| after.starts_with("]("));
    let line = bare.unwrap_or(line).trim_end_matches(['<', '"']);
    let head = line.trim_end_matches([' ', '\t', ':']);
    if head.len() == line.len() {
        return None;
    }
    let (rest, word) = last_word(head)?;
    if let Some(keyword) = keyword(head, rest, word) {
        return Some(keyword);
    }
    if !FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(word)) {
        return None;
    }
    let head = rest.trim_end();
    let (rest, word) = last_word(head)?;
    keyword(head, rest, word)
}

/// Whether GitLab takes a word of [`Meaning::Completes`] for a closing one: `complete` is Linear's alone.
fn is_gitlabs(word: &str) -> bool {
    !word.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("complete"))
        && !word.eq_ignore_ascii_case("completing")
}

/// Whether a word closes an item that is written in this form, on a host with this grammar.
pub(super) fn closes(word: &str, form: Form, grammar: Grammar) -> bool {
    match meaning(word) {
        Some(Meaning::Fixes) => true,
        Some(Meaning::Closes) => form != Form::AzureBoards,
        Some(Meaning::Completes) => match form {
            Form::Key | Form::Custom => true,
            Form::Number => grammar == Grammar::GitLab && is_gitlabs(word),
            Form::AzureBoards => false,
        },
        Some(Meaning::Refs) | None => false,
    }
}

fn keyword<'a>(head: &'a str, rest: &'a str, word: &'a str) -> Option<Keyword<'a>> {
    let pair = last_word(rest.trim_end()).map(|(rest, _)| (rest, &head[rest.len()..]));
    let phrase = pair.and_then(|(rest, phrase)| Some((rest, phrase, meaning(phrase)?)));
    let (rest, word, meaning) = match phrase {
        Some(phrase) => phrase,
        None => (rest, word, meaning(word)?),
    };
    let is_quoted = rest.ends_with(['"', '\'', '“', '‘', '«']);
    Some(Keyword { word, meaning, negation: negation(rest), is_quoted })
}

fn meaning(word: &str) -> Option<Meaning> {
    let is = |known: &&str| known.eq_ignore_ascii_case(word);
    MEANINGS.iter().find(|(_, words)| words.iter().any(is)).map(|(meaning, _)| *meaning)
}

/// Splits off the last word. A word glued to something before it, as in `auto-close`, is another word.
pub(super) fn last_word(text: &str) -> Option<(&str, &str)> {
    let start = text
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |other| other + text[other..].chars().next().map_or(1, char::len_utf8));
    let (rest, word) = text.split_at(start);
    let is_glued =
        rest.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    (!word.is_empty() && !is_glued).then_some((rest, word))
}

/// The word that takes the keyword back or doubts it, at most three words before it and in the same clause:
/// `doesn't fully fix #1`, `rather than closing #1`, `todo: fix #1`; but `Don't create it twice (fixes #1)` closes.
fn negation(rest: &str) -> Option<&str> {
    let rest = rest.trim_end();
    let is_end = |c: char| ".,;:()[]!?".contains(c);
    let clause = rest.rfind(is_end).map_or(rest, |at| &rest[at + 1..]);
    if let Some(label) = rest.strip_suffix(':') {
        let (_, word) = last_word(label)?;
        return ["fixme", "todo"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
            .then_some(word);
    }
    let (mut following, mut is_about_this) = (String::new(), true);
    for word in clause.split_whitespace().rev().take(3) {
        let lower = word.to_lowercase();
        let is_condition = is_about_this && matches!(lower.as_str(), "if" | "whether");
        let is_contrast =
            matches!((lower.as_str(), following.as_str()), ("rather", "than") | ("instead", "of"));
        if is_contrast || is_condition || is_negated(&lower) {
            return Some(word);
        }
        is_about_this &= THIS.contains(&lower.as_str());
        following = lower;
    }
    None
}

/// `not`, `doesn't`, `doesn’t` and `doesnt`, in lower case.
fn is_negated(word: &str) -> bool {
    let head = word.strip_suffix('t').unwrap_or_default();
    let bare = head.trim_end_matches(['\'', '’', '`', '´']);
    let is_apart = bare.len() < head.len();
    NEGATIONS.contains(&word)
        || bare.strip_suffix('n').is_some_and(|verb| is_apart || NEGATED.contains(&verb))
}

#[cfg(test)]
mod tests {
    use super::before;

    #[track_caller]
    fn check(line: &str, negation: Option<&str>) {
        let found = before(line, "").expect("a keyword");
        assert_eq!(found.negation, negation, "{line:?}");
    }

    #[test]
    fn a_keyword_is_taken_back_with_and_without_an_apostrophe() {
        for word in [
            "doesnt",
            "doesn't",
            "doesn’t",
            "Dont",
            "didnt",
            "isnt",
            "cant",
            "wont",
            "cannot",
            "shouldnt",
            "wouldnt",
            "couldnt",
            "havent",
            "hasn´t",
        ] {
            check(&format!("This {word} fix "), Some(word));
            check(&format!("this {word} yet fully resolve "), Some(word));
        }
        check("the font fixes ", None);
        check("the client fixes ", None);
    }

    #[test]
    fn what_only_may_hold_closes_nothing() {
        check("This might fix ", Some("might"));
        check("maybe this fixes ", Some("maybe"));
        check("TODO fix ", Some("TODO"));
        check("todo: fix ", Some("todo"));
        check("Tell me if this fixes ", Some("if"));
        check("Not sure if fixed ", Some("if"));
        check("Stop if the cart is empty, fixes ", None);
        check("Stop if empty fixes ", None);
        check("chore: fix ", None);
        check("this should fix ", None);
    }
}
