//! The search: one fixed statement, with every condition as a parameter.

use super::{failure::Result, row, site::Site, table::SELECT};
use crate::{
    error::{Error, ErrorKind},
    model::{Found, Query, Status},
};
use jiff::Timestamp;
use rusqlite::{Transaction, named_params};
use serde_json::Value;

/// Conditions that are not given hold for every item. `instr` compares literally: it has no wildcards to escape.
const WHERE: &str = "
    WHERE item.project = :project
    AND NOT EXISTS (SELECT 1 FROM json_each(:words) AS word WHERE instr(item.folded, word.value) = 0)
    AND NOT EXISTS (SELECT 1 FROM json_each(:labels) AS wanted WHERE NOT EXISTS
        (SELECT 1 FROM label WHERE label.item = item.serial AND label.name = wanted.value))
    AND (:statuses = '[]' OR item.status IN (SELECT value FROM json_each(:statuses)))
    AND (:closed_from IS NULL OR item.closed_at >= :closed_from)
    AND (:closed_to IS NULL OR item.closed_at < :closed_to)
    ORDER BY item.created_at DESC, item.serial DESC LIMIT :limit";

/// Finds items of the project, newest first.
pub(super) fn search(transaction: &Transaction<'_>, site: &Site, query: &Query) -> Result<Found> {
    if query.native.as_deref().is_some_and(|native| !native.trim().is_empty()) {
        let message = "the embedded tracker has no query language of its own";
        return Err(Error::new(ErrorKind::Unsupported, message)
            .with_hint("search with words, --label or --status instead of --native")
            .into());
    }
    let words = query.text.as_deref().map(fold).unwrap_or_default();
    let labels = query.labels.iter().map(|label| label.trim());
    let mut statement = transaction.prepare(&format!("{SELECT} {WHERE}"))?;
    let rows = statement.query_map(
        named_params! {
            ":project": site.project,
            ":words": array(words.split_whitespace()),
            ":labels": array(labels),
            ":statuses": array(query.statuses.iter().copied().map(Status::word)),
            ":closed_from": query.closed.map(|span| micros_from(span.from)),
            ":closed_to": query.closed.map(|span| micros_from(span.to)),
            // One more than asked for tells whether there are more.
            ":limit": i64::try_from(query.limit).unwrap_or(i64::MAX).saturating_add(1),
        },
        |row| Ok(row::item(row, site)?.item),
    )?;
    let mut items = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let complete = items.len() <= query.limit;
    items.truncate(query.limit);
    Ok(Found { items, complete })
}

fn array<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(Value::from).collect::<Value>().to_string()
}

/// The first microsecond that is not before a time: the file counts in microseconds, a span need not.
fn micros_from(time: Timestamp) -> i64 {
    let whole = row::micros(time);
    let cut_off = time.as_nanosecond() > i128::from(whole) * 1000;
    whole + i64::from(cut_off)
}

/// Text without the difference between capital and small letters, in every script: `Straße` and `STRASSE` are one.
///
/// Upper case first, since it unites what lower case keeps apart (`ß` and `ss`, `ς` and `σ`).
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_in_any_script() {
        for (one, other) in [
            ("Checkout", "cHECKOUT"),
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("Ёлка", "ёЛКА"),
            ("ﬁn", "FIN"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
        assert_ne!(fold("é"), fold("e"));
    }

    #[test]
    fn spans_are_counted_in_whole_microseconds() {
        let check = |nanosecond, expected| {
            assert_eq!(micros_from(Timestamp::from_nanosecond(nanosecond).unwrap()), expected);
        };
        check(5_000, 5);
        check(5_001, 6);
        check(5_999, 6);
        check(-5_001, -5);
    }
}
