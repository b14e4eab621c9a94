//! JQL: conditions put together so that text stays text.

use crate::error::{Error, ErrorKind, Result};
use jiff::{Timestamp, ToSpan as _, tz::Offset};

/// Newest first. The key decides between items of the same instant, so that pages do not overlap.
pub(super) const NEWEST_FIRST: &str = "ORDER BY created DESC, key DESC";

/// A string literal. Control characters are refused: no title, label or name holds one.
pub(super) fn quoted(text: &str) -> Result<String> {
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        let message = format!("the query holds the control character U+{:04X}", u32::from(control));
        return Err(
            Error::new(ErrorKind::Rejected, message).with_hint("search for words on one line")
        );
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// `text ~ ".."` for words that are searched for as they are; `None` without any.
///
/// Inside the literal Jira reads Lucene's language, so its operators are escaped once more, and its words are
/// written in small letters, which matches the same and means nothing.
pub(super) fn containing(text: &str) -> Result<Option<String>> {
    let between = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<String> =
        text.split(between).filter(|word| !word.is_empty()).map(plain_word).collect();
    if words.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!("text ~ {}", quoted(&words.join(" "))?)))
}

fn plain_word(word: &str) -> String {
    if matches!(word, "AND" | "OR" | "NOT" | "TO") {
        return word.to_lowercase();
    }
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        if "+-&|!(){}[]^~*?\\/\":".contains(c) {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

/// `field in ("a", "b")`.
pub(super) fn any_of(field: &str, names: &[&str]) -> Result<String> {
    let names = names.iter().map(|name| quoted(name)).collect::<Result<Vec<_>>>()?;
    Ok(format!("{field} in ({})", names.join(", ")))
}

/// A condition that holds for every instant of the span, and for up to two days around it: JQL reads dates in the
/// zone of the account, which nobody told us. What is too much is left out by whoever reads the answer.
pub(super) fn around(field: &str, from: Timestamp, to: Timestamp) -> String {
    let day = |at: Timestamp, days: i64| {
        let date = Offset::UTC.to_datetime(at).date();
        date.checked_add(days.days()).unwrap_or(date)
    };
    format!("{field} >= \"{}\" AND {field} < \"{}\"", day(from, -1), day(to, 2))
}

/// A query of the user's, as condition and order. What stands inside quotes is not looked at.
pub(super) fn split_order(native: &str) -> (&str, Option<&str>) {
    let mut quote = None;
    let mut escaped = false;
    let mut before = ' ';
    for (at, c) in native.char_indices() {
        if let Some(open) = quote {
            if !escaped && c == open {
                quote = None;
            }
            escaped = !escaped && c == '\\';
        } else if matches!(c, '"' | '\'') {
            quote = Some(c);
        } else if !is_word(before) && is_order(&native[at..]) {
            return (native[..at].trim(), Some(native[at..].trim()));
        }
        before = c;
    }
    (native.trim(), None)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.' || c == '-'
}

/// True when the text begins with `ORDER BY`, in any case and with any blanks between.
fn is_order(text: &str) -> bool {
    let begins = |text: &str, word: &str| {
        text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    if !begins(text, "order") {
        return false;
    }
    let rest = &text["order".len()..];
    let next = rest.trim_start();
    next.len() < rest.len() && begins(next, "by") && !next["by".len()..].starts_with(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::tests;

    /// Reads a literal as Jira does; `None` unless it is one literal and nothing else.
    fn unquoted(literal: &str) -> Option<String> {
        let inside = literal.strip_prefix('"')?.strip_suffix('"')?;
        let mut text = String::new();
        let mut chars = inside.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => return None,
                '\\' => text.push(chars.next()?),
                c => text.push(c),
            }
        }
        Some(text)
    }

    /// Every short text out of the characters that matter, and a longer one.
    fn texts() -> Vec<String> {
        let mut all = tests::texts(&['"', '\\', '\'', ' ', 'a', ')', 'ü']);
        all.push(r#"x\" OR project = SECRET ORDER BY "y"#.to_owned());
        all
    }

    #[test]
    fn one_literal_goes_in_and_one_comes_out() {
        for text in texts() {
            assert_eq!(unquoted(&quoted(&text).unwrap()).as_deref(), Some(text.as_str()));
        }
        for text in ["a\nb", "\0", "a\u{7f}", "\u{85}"] {
            assert_eq!(quoted(text).unwrap_err().kind, ErrorKind::Rejected);
        }
    }

    #[test]
    fn searched_words_mean_nothing_but_themselves() {
        for text in texts() {
            let Some(condition) = containing(&text).unwrap() else { continue };
            let lucene = unquoted(condition.strip_prefix("text ~ ").unwrap()).unwrap();
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut chars = lucene.chars();
            let mut read = String::new();
            while let Some(c) = chars.next() {
                assert!(!"\"()".contains(c), "{lucene}");
                read.push(if c == '\\' { chars.next().unwrap() } else { c });
            }
            assert!(read.eq_ignore_ascii_case(&words), "{read} is not {words}");
        }
        assert_eq!(containing(" \n ").unwrap(), None);
        assert_eq!(containing("a OR b").unwrap().unwrap(), r#"text ~ "a or b""#);
        assert_eq!(containing("SHOP-1").unwrap().unwrap(), r#"text ~ "SHOP\\-1""#);
        assert_eq!(containing("a\tb").unwrap().unwrap(), r#"text ~ "a b""#);
        assert_eq!(containing("a\0b").unwrap().unwrap(), r#"text ~ "a b""#);
    }

    #[test]
    fn spans_are_covered_in_every_zone() {
        let (from, to) = ("2026-03-01T23:30:00Z", "2026-03-31T00:30:00Z");
        let condition = around("resolved", from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(condition, r#"resolved >= "2026-02-28" AND resolved < "2026-04-02""#);
    }

    #[test]
    fn the_order_is_told_from_the_condition() {
        for (native, condition, order) in [
            ("a = 1 ORDER BY rank", "a = 1", Some("ORDER BY rank")),
            ("a = 1\norder\n  by rank", "a = 1", Some("order\n  by rank")),
            ("order by rank", "", Some("order by rank")),
            (r#"a = "x order by y""#, r#"a = "x order by y""#, None),
            (r#"a = "x\" order by" order by z"#, r#"a = "x\" order by""#, Some("order by z")),
            ("a ~ 'order by' ", "a ~ 'order by'", None),
            ("reorder by = 1", "reorder by = 1", None),
            ("order = bykey", "order = bykey", None),
            ("ü = 1)order by x", "ü = 1)", Some("order by x")),
        ] {
            assert_eq!(split_order(native), (condition, order), "{native}");
        }
    }
}
