//! GitHub's search language: every text that comes from elsewhere is one literal in quotes.

use super::{Place, values::rejected};
use crate::{
    error::Result,
    model::{Query, Status},
};

/// Longest part of a query that is text, in characters: GitHub refuses more than 256, and a shorter query finds more,
/// which is then looked over here.
const LONGEST_TEXT: usize = 200;

/// A value as one literal: nothing inside ends it.
fn quoted(value: &str) -> String {
    let mut literal = String::from('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            literal.push('\\');
        }
        literal.push(if c.is_control() { ' ' } else { c });
    }
    literal.push('"');
    literal
}

/// The parts of a text that GitHub's index knows: runs of letters and digits, in lower case.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
    words.filter(|word| word.chars().any(char::is_alphanumeric)).map(str::to_lowercase).collect()
}

/// Accents that follow their letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Words of a text, each a literal of its own, all of which must be in the title or the text of an issue.
fn containing(text: &str) -> Result<String> {
    let (mut literals, mut length) = (Vec::new(), 0);
    for token in tokens(text) {
        let literal = quoted(&token);
        length += literal.chars().count() + 1;
        if length > LONGEST_TEXT && !literals.is_empty() {
            break;
        }
        literals.push(literal);
    }
    if literals.is_empty() {
        return Err(rejected(format!("there is no word to search for in {text:?}"))
            .with_hint("search for a text with a letter or a digit in it"));
    }
    Ok(format!("{} in:title,body", literals.join(" ")))
}

/// The query in GitHub's words; conditions that they cannot express exactly are checked again by the caller.
///
/// The user's own qualifiers are passed through. They may say which repositories are meant; where they do not, it is
/// ours.
pub(super) fn search(query: &Query, home: &Place) -> Result<String> {
    let native = query.native.as_deref().map(str::trim).filter(|native| !native.is_empty());
    let mut parts = Vec::new();
    if let Some(native) = native {
        // Otherwise what is added would belong to the last alternative only.
        let alternatives = words(native).any(|word| word == "OR");
        parts.push(if alternatives { format!("({native})") } else { native.to_owned() });
    }
    let says_where =
        |word: &str| ["repo:", "org:", "user:"].iter().any(|scope| word.starts_with(scope));
    if !native.is_some_and(|native| words(native).any(says_where)) {
        parts.push(format!("repo:{home}"));
    }
    parts.push("is:issue".to_owned());
    let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    parts.extend(text.map(containing).transpose()?);
    parts.extend(query.labels.iter().map(|label| format!("label:{}", quoted(label.trim()))));
    parts.extend(state(&query.statuses).map(|state| format!("state:{state}")));
    if let Some(span) = query.closed {
        parts.push(format!("closed:{}..{}", span.from, span.to));
    }
    Ok(parts.join(" "))
}

/// Words outside of quotes.
fn words(native: &str) -> impl Iterator<Item = &str> {
    let outside = native.split('"').step_by(2);
    outside.flat_map(|part| part.split([' ', '(', ')'])).filter(|word| !word.is_empty())
}

/// True when the user's own qualifiers say when an issue was made, so that the search cannot be split by that.
pub(super) fn names_creation(query: &Query) -> bool {
    let native = query.native.as_deref().unwrap_or_default();
    words(native).any(|word| word.trim_start_matches('-').starts_with("created:"))
}

/// `open` or `closed` where all the states are one of the two.
pub(super) fn state(statuses: &[Status]) -> Option<&'static str> {
    let closed = statuses.iter().filter(|status| status.is_closed()).count();
    match closed {
        _ if statuses.is_empty() => None,
        0 => Some("open"),
        all if all == statuses.len() => Some("closed"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a literal back as GitHub does: up to the first quote that is not escaped.
    fn unquoted(literal: &str) -> Option<String> {
        let mut chars = literal.strip_prefix('"')?.chars();
        let mut value = String::new();
        loop {
            match chars.next()? {
                '"' => return chars.next().is_none().then_some(value),
                '\\' => value.push(chars.next()?),
                c => value.push(c),
            }
        }
    }

    #[test]
    fn one_literal_in_one_literal_out() {
        let alphabet = ['"', '\\', ' ', 'a', ':', '-', '(', ')', '*', ',', '日', '@', '%'];
        // Every text of up to four of them.
        for number in 0..alphabet.len().pow(4) {
            let digits = (0..4).map(|place| number / alphabet.len().pow(place) % alphabet.len());
            let text: String = digits.map(|digit| alphabet[digit]).collect();
            assert_eq!(unquoted(&quoted(&text)).as_deref(), Some(text.as_str()));
        }
        assert_eq!(quoted("a\nb\u{0}"), "\"a b \"");
    }

    fn check(query: &Query, expected: &str) {
        let home = Place::parse("acme/shop").unwrap();
        assert_eq!(search(query, &home).unwrap(), expected);
    }

    #[test]
    fn conditions_are_qualifiers_and_texts_are_literals() {
        check(&Query::default(), "repo:acme/shop is:issue");
        let query = Query {
            text: Some("NOT repo:evil/x is:pr \"quoted\"".to_owned()),
            labels: vec!["a\" OR label:\"b".to_owned(), "x,y".to_owned()],
            statuses: vec![Status::Done, Status::Cancelled],
            ..Query::default()
        };
        check(
            &query,
            r#"repo:acme/shop is:issue "not" "repo" "evil" "x" "is" "pr" "quoted" in:title,body label:"a\" OR label:\"b" label:"x,y" state:closed"#,
        );
    }

    #[test]
    fn the_users_own_qualifiers_stay_as_they_are() {
        let native = |native: &str| Query { native: Some(native.to_owned()), ..Query::default() };
        check(&native(" author:alex "), "author:alex repo:acme/shop is:issue");
        check(&native("org:acme label:bug"), "org:acme label:bug is:issue");
        check(&native("\"repo:x OR y\""), "\"repo:x OR y\" repo:acme/shop is:issue");
        check(&native("label:a OR label:b"), "(label:a OR label:b) repo:acme/shop is:issue");
        assert!(names_creation(&native("created:>2026-01-01")));
        assert!(!names_creation(&native("\"created:x\" label:a")));
    }

    #[test]
    fn a_text_without_words_is_refused_and_a_long_one_shortened() {
        let home = Place::parse("acme/shop").unwrap();
        let text = |text: &str| Query { text: Some(text.to_owned()), ..Query::default() };
        assert!(search(&text("~ \"!?"), &home).is_err());
        let long = search(&text(&"word ".repeat(100)), &home).unwrap();
        assert!(long.chars().count() < 256 && long.contains("\"word\""), "{long}");
        check(&text("  "), "repo:acme/shop is:issue");
    }

    #[test]
    fn tokens_are_words() {
        assert_eq!(
            tokens("Foo-bar_9 e\u{301}t \u{200b}日本!"),
            ["foo", "bar", "9", "e\u{301}t", "日本"]
        );
    }
}
