//! Subjects that take work back, or put it in again: git's `Revert "..."` and `Reapply "..."`, with what people write around
//! them. What stands in front or behind is this commit's own.

use super::{key, message};
use std::{borrow::Cow, ops::Range};

/// What a subject says of another commit's work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Revert {
    /// The part of the subject that speaks of it.
    pub(super) span: Range<usize>,
    /// How many reverts are nested.
    pub(super) depth: usize,
}

/// The subject of the commit that a message takes back, where it quotes one: `SHOP-1 add` of `Revert "SHOP-1 add"`. Git calls
/// the revert of `Revert "SHOP-1 add"` a `Reapply "SHOP-1 add"`.
pub fn reverted_subject(message: &str) -> Option<Cow<'_, str>> {
    let text = message[message::subject(message)].trim_end();
    let (start, rest) = past_lead(text);
    let end = quotation_end(text, start).strip_suffix('"')?.len();
    let rest = labelled(rest).unwrap_or(rest);
    let (inner, depth) = opened(rest).or_else(|| Some((rest.strip_prefix('"')?, 1)))?;
    let inner = text.get(text.len() - inner.len()..end)?;
    Some(if depth == 2 { format!("Revert \"{inner}\"").into() } else { inner.into() })
}

/// The revert that a subject is.
pub(super) fn of(text: &str) -> Option<Revert> {
    let (start, rest) = past_lead(text);
    let (inner, is_labelled) = labelled(rest).map_or((rest, false), |inner| (inner, true));
    let depth = nested(inner);
    let is_quoted = depth > 0 || (is_labelled && inner.starts_with('"'));
    if is_quoted {
        let end = quotation_end(text, start).len();
        return Some(Revert { span: start..end, depth: depth.max(1) });
    }
    let is_whole = is_labelled
        || word(rest, "revert").is_some_and(|what| {
            what.starts_with(' ') && (start == 0 || names_work(what.trim_start()))
        });
    is_whole.then_some(Revert { span: start..text.len(), depth: 1 })
}

/// The text up to the last quotation mark behind `start`, as the quoted subject may have some of its own; all of it where
/// the end of the quotation was cut off.
fn quotation_end(text: &str, start: usize) -> &str {
    match text.rfind('"') {
        Some(last) if text.get(start..last).is_some_and(|it| it.contains('"')) => &text[..=last],
        _ => text,
    }
}

/// How many reverts are nested; `Reapply` is git's word for the revert of a revert.
fn nested(text: &str) -> usize {
    let (mut rest, mut all) = (text, 0);
    while let Some((inner, depth)) = opened(rest) {
        (rest, all) = (inner, all + depth);
    }
    all
}

/// What `Revert "` or `Reapply "` quotes, and for how many reverts it stands.
fn opened(text: &str) -> Option<(&str, usize)> {
    let quoted = |name| word(text, name)?.strip_prefix(" \"");
    quoted("revert").map(|inner| (inner, 1)).or_else(|| quoted("reapply").map(|inner| (inner, 2)))
}

/// What follows the label of Conventional Commits, `revert: ` or `revert(cart)!: `. Git's own words behind it say the same
/// once more.
fn labelled(text: &str) -> Option<&str> {
    past_colon(word(text, "revert")?).map(str::trim_start)
}

/// What follows `(cart)!:`.
fn past_colon(text: &str) -> Option<&str> {
    let rest = match text.strip_prefix('(') {
        Some(scope) => scope.split_once(')')?.1,
        None => text,
    };
    rest.strip_prefix('!').unwrap_or(rest).strip_prefix(':')
}

/// What follows a word, in any case, that the text begins with.
fn word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// Whether a key or a number comes first.
fn names_work(text: &str) -> bool {
    key_end(text).or_else(|| number_end(text)).is_some()
}

/// What a subject says behind the keys, tags, labels and signs that it begins with, and where that is: `SHOP-2: `, `[cart] `,
/// `fix(cart): `, `#34 | `.
fn past_lead(text: &str) -> (usize, &str) {
    let is_sign = |c: char| c.is_whitespace() || ":;,|/&+*-–—()".contains(c);
    let mut rest = text;
    loop {
        let head = rest.trim_start_matches(is_sign);
        let lead = tag_end(head).or_else(|| key_end(head)).or_else(|| number_end(head));
        match lead.or_else(|| label_end(head)) {
            Some(next) => rest = next,
            None => return (text.len() - head.len(), head),
        }
    }
}

fn tag_end(text: &str) -> Option<&str> {
    let (tag, rest) = text.strip_prefix('[')?.split_once(']')?;
    (!tag.contains('[')).then_some(rest)
}

fn key_end(text: &str) -> Option<&str> {
    let letters = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let (span, key) = key::at(text, letters.take(64).count())?;
    let is_key = key.wide.len() + 1 < span.end && !matches!(key.edge, key::Edge::Broken(_));
    is_key.then(|| &text[span.end..])
}

fn number_end(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('#')?;
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < digits.len()).then_some(rest)
}

/// A word of Conventional Commits in front, `fix(cart): `; not the one that says what this is about.
fn label_end(text: &str) -> Option<&str> {
    let letters = text.bytes().take(30).take_while(u8::is_ascii_alphabetic).count();
    let is_revert = text[..letters].eq_ignore_ascii_case("revert");
    (letters > 0 && !is_revert).then(|| past_colon(&text[letters..])).flatten()
}

#[cfg(test)]
mod tests {
    use super::{of, reverted_subject};

    /// What of a subject is another commit's, and how many reverts are nested.
    #[track_caller]
    fn check(subject: &str, expected: Option<(&str, usize)>) {
        let found = of(subject).map(|revert| (&subject[revert.span], revert.depth));
        assert_eq!(found, expected, "{subject:?}");
    }

    #[test]
    fn what_is_taken_back_is_told_from_what_stands_around_it() {
        let whole = |subject: &'static str| check(subject, Some((subject, 1)));
        whole("Revert \"SHOP-1 add\"");
        whole("revert: SHOP-1 add");
        whole("revert(cart)!: \"SHOP-1 add\"");
        whole("Revert SHOP-1");
        whole("Revert \"SHOP-1 a title that is cut");
        check("Revert \"SHOP-1 x\" for SHOP-2", Some(("Revert \"SHOP-1 x\"", 1)));
        check("Revert \"Say \"SHOP-1\" x\", SHOP-2", Some(("Revert \"Say \"SHOP-1\" x\"", 1)));
        for lead in ["SHOP-2: ", "SHOP-2 | ", "[SHOP-2] ", "[a][b] SHOP-2, #7 - ", "fix(cart): "] {
            let subject = format!("{lead}Revert \"SHOP-1 a\"");
            check(&subject, Some(("Revert \"SHOP-1 a\"", 1)));
            let subject = format!("{lead}revert(x): SHOP-1");
            check(&subject, Some(("revert(x): SHOP-1", 1)));
        }
        check("SHOP-2: revert SHOP-1 add", Some(("revert SHOP-1 add", 1)));
        check("revert: Revert \"SHOP-1\"", Some(("revert: Revert \"SHOP-1\"", 1)));
        check("SHOP-2 Revert \"Revert \"a\"\"", Some(("Revert \"Revert \"a\"\"", 2)));
        check("Revert \"Reapply \"a\"\"", Some(("Revert \"Reapply \"a\"\"", 3)));
    }

    #[test]
    fn other_subjects_take_nothing_back() {
        for subject in [
            "Reverting is fine",
            "SHOP-2: revert button is dead",
            "Document how Revert \"x\" works",
            "SHOP-1 add",
            "[SHOP-1 Revert \"x\"",
            "feat(revert): SHOP-1",
            "",
            "é",
        ] {
            check(subject, None);
        }
    }

    #[test]
    fn the_subject_that_is_taken_back_is_the_quoted_one() {
        let check = |message: &str, expected: Option<&str>| {
            assert_eq!(reverted_subject(message).as_deref(), expected, "{message:?}");
        };
        check("Revert \"a \"b\" c\"\n\ntext", Some("a \"b\" c"));
        check("SHOP-2: Revert \"a\"", Some("a"));
        check("revert: \"a\"", Some("a"));
        check("Revert \"Revert \"a\"\"", Some("Revert \"a\""));
        check("Revert \"Reapply \"a\"\"", Some("Reapply \"a\""));
        for none in ["Revert the \"a\"", "revert: a", "Revert \"a", "a \"b\"", ""] {
            check(none, None);
        }
        for quoted_in_front in ["fix(\"cart\"): add", "[\"x\"] y", "[a\"b] c"] {
            check(quoted_in_front, None);
        }
    }
}
