//! WIQL, the query language: one text in, one literal out.

use super::fields;
use crate::error::{Error, ErrorKind, Result};
use jiff::{SignedDuration, Timestamp, Unit};

pub(super) const NEWEST_FIRST: &str = "ORDER BY [System.CreatedDate] DESC, [System.Id] DESC";

/// A text as a literal. WIQL knows one escape only, the doubled quote.
pub(super) fn quoted(text: &str) -> Result<String> {
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        let message =
            format!("a query cannot hold the control character U+{:04X}", u32::from(control));
        return Err(
            Error::new(ErrorKind::Rejected, message).with_hint("search for words on one line")
        );
    }
    Ok(format!("'{}'", text.replace('\'', "''")))
}

/// A condition for items that have all words of a text in title or text; `None` without any.
///
/// Titles are compared as they are written. Texts are HTML, whose tags are no words: there the index is asked, which
/// knows nothing but letters and digits.
pub(super) fn containing(text: &str) -> Result<Option<String>> {
    let between = |c: char| c.is_whitespace() || c.is_control();
    let words = text.split(between).filter(|word| !word.is_empty());
    let conditions = words.map(containing_word).collect::<Result<Vec<_>>>()?;
    Ok((!conditions.is_empty()).then(|| conditions.join(" AND ")))
}

fn containing_word(word: &str) -> Result<String> {
    let mut places = vec![format!("[{}] CONTAINS {}", fields::TITLE, quoted(word)?)];
    let plain = |c: char| !c.is_alphanumeric();
    let plain = word.split(plain).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if !plain.is_empty() {
        let literal = quoted(&plain)?;
        let texts = [fields::DESCRIPTION, fields::REPRO_STEPS];
        places.extend(texts.map(|field| format!("[{field}] CONTAINS WORDS {literal}")));
    }
    Ok(format!("({})", places.join(" OR ")))
}

/// `[field] IN ('a', 'b')`.
pub(super) fn any_of(field: &str, names: &[&str]) -> Result<String> {
    let names = names.iter().map(|name| quoted(name)).collect::<Result<Vec<_>>>()?;
    Ok(format!("[{field}] IN ({})", names.join(", ")))
}

/// A condition that holds for every instant of the span, and for up to a second around it. What is too much is left
/// out by whoever reads the answer.
pub(super) fn within(field: &str, from: Timestamp, to: Timestamp) -> String {
    let second = SignedDuration::from_secs(1);
    let whole = |at: Timestamp| at.round(Unit::Second).unwrap_or(at);
    let from = whole(from.checked_sub(second).unwrap_or(from));
    let to = whole(to.checked_add(second).unwrap_or(to));
    format!("[{field}] >= '{from}' AND [{field}] < '{to}'")
}

/// A query of the user's, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Native<'a> {
    /// What follows `WHERE`; may be empty.
    pub(super) condition: &'a str,
    /// `ORDER BY`, `ASOF` and `MODE`, where they are.
    pub(super) rest: &'a str,
    /// True when it asks for links between items, which no condition can be added to.
    pub(super) links: bool,
}

/// Takes a query apart: a whole one, or a condition alone. What stands inside quotes or brackets is not looked at.
pub(super) fn take_apart(query: &str) -> Native<'_> {
    let query = query.trim().trim_end_matches(';').trim_end();
    let words = words(query);
    let find = |word: &str| words.iter().position(|(_, found)| found.eq_ignore_ascii_case(word));
    let end = ["order", "asof", "mode"].into_iter().filter_map(find).min();
    let end = end.map_or(query.len(), |index| words[index].0);
    let whole = words.first().is_some_and(|(_, first)| first.eq_ignore_ascii_case("select"));
    let start = match (whole, find("where")) {
        (false, _) => 0,
        (true, Some(index)) => (words[index].0 + "where".len()).min(end),
        (true, None) => end,
    };
    Native {
        condition: query[start..end].trim(),
        rest: query[end..].trim(),
        links: whole && find("workitemlinks").is_some(),
    }
}

/// The bare words of a query with their places: everything outside quotes and brackets that is made of letters.
fn words(query: &str) -> Vec<(usize, &str)> {
    let (mut words, mut open, mut start) = (Vec::new(), None, None);
    for (at, c) in query.char_indices().chain([(query.len(), ' ')]) {
        if let Some(close) = open {
            open = (c != close).then_some(close);
            continue;
        }
        let is_letter = c.is_alphanumeric() || matches!(c, '_' | '.' | '@');
        match (is_letter, start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                words.push((begin, &query[begin..at]));
                start = None;
            }
            _ => {}
        }
        open = match c {
            '\'' => Some('\''),
            '"' => Some('"'),
            '[' => Some(']'),
            _ => None,
        };
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::tests;

    /// Reads a literal as Azure DevOps does; `None` unless it is one literal and nothing else.
    fn unquoted(literal: &str) -> Option<String> {
        let inside = literal.strip_prefix('\'')?.strip_suffix('\'')?;
        let halved = inside.replace("''", "\0");
        (!halved.contains('\'')).then(|| halved.replace('\0', "'"))
    }

    /// Every short text out of the characters that matter, and a longer one.
    fn texts() -> Vec<String> {
        let mut all = tests::texts(&['\'', '"', '\\', ' ', ']', 'a', 'ü']);
        all.push("x' OR [System.TeamProject] = 'Secret".to_owned());
        all
    }

    #[test]
    fn one_literal_goes_in_and_one_comes_out() {
        for text in texts() {
            let literal = quoted(&text).unwrap();
            assert_eq!(unquoted(&literal).as_deref(), Some(text.as_str()));
            // Behind it the query goes on: nothing of the text is a word of its own.
            let query = format!("[a] = {literal} ORDER BY x");
            let found: Vec<_> = words(&query).into_iter().map(|(_, word)| word).collect();
            assert_eq!(found, ["ORDER", "BY", "x"], "{query}");
        }
        for text in ["a\nb", "\0", "a\u{7f}", "\u{85}"] {
            assert_eq!(quoted(text).unwrap_err().kind, ErrorKind::Rejected);
        }
    }

    #[test]
    fn searched_words_are_all_needed_and_mean_nothing_but_themselves() {
        for text in texts() {
            let Some(condition) = containing(&text).unwrap() else { continue };
            let found: Vec<_> = words(&condition).into_iter().map(|(_, word)| word).collect();
            let known = ["CONTAINS", "WORDS", "AND", "OR"];
            assert!(found.iter().all(|word| known.contains(word)), "{condition}");
            let needed = found.iter().filter(|word| **word == "AND").count() + 1;
            assert_eq!(needed, text.split_whitespace().count(), "{condition}");
        }
        assert_eq!(containing(" \n ").unwrap(), None);
        let both = "([System.Title] CONTAINS 'it''s' OR [System.Description] CONTAINS WORDS 'it s' \
            OR [Microsoft.VSTS.TCM.ReproSteps] CONTAINS WORDS 'it s')";
        assert_eq!(
            containing("it's\t--").unwrap().unwrap(),
            format!("{both} AND ([System.Title] CONTAINS '--')")
        );
    }

    #[test]
    fn a_native_query_is_taken_apart() {
        let check = |query: &str, condition: &str, rest: &str, links: bool| {
            assert_eq!(take_apart(query), Native { condition, rest, links }, "{query}");
        };
        let whole = "SELECT [System.Id] FROM WorkItems WHERE [a] = 'x' AND [b] = 1 ORDER BY [c]";
        check(whole, "[a] = 'x' AND [b] = 1", "ORDER BY [c]", false);
        check(
            "select [where] from workitems where [a] = ' order by where '\nasof '2026-01-01'",
            "[a] = ' order by where '",
            "asof '2026-01-01'",
            false,
        );
        check("SELECT [System.Id] FROM WorkItems", "", "", false);
        check("SELECT [System.Id] FROM WorkItems ORDER BY [a];", "", "ORDER BY [a]", false);
        check("[a] = 1", "[a] = 1", "", false);
        check(
            "[a] = 'it''s order by' order by [b] desc",
            "[a] = 'it''s order by'",
            "order by [b] desc",
            false,
        );
        check("[Custom.Order by] = 1", "[Custom.Order by] = 1", "", false);
        let links = "SELECT [a] FROM WorkItemLinks WHERE [Source].[b] = 1 MODE (Recursive)";
        check(links, "[Source].[b] = 1", "MODE (Recursive)", true);
        check("", "", "", false);
    }

    #[test]
    fn spans_are_covered_to_the_second() {
        let (from, to) = ("2026-03-01T23:30:00.4Z", "2026-03-31T00:30:00.6Z");
        let condition = within("x", from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(condition, "[x] >= '2026-03-01T23:29:59Z' AND [x] < '2026-03-31T00:30:02Z'");
    }
}
