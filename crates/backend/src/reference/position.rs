//! Places where people put keys: evidence that `SHOP-12` is one, and not a word with a number.

use super::{around, branch, keyword};
use std::ops::Range;

/// Whether `span` stands where a key stands rather than in the middle of prose.
pub(super) fn is_prominent(text: &str, span: &Range<usize>, in_subject: bool) -> bool {
    let before = around::before(text, span.start);
    let after = around::after(text, span.end);
    is_enclosed(before, after, in_subject)
        || (in_subject && is_branch(before, after))
        || leads(before, after, in_subject)
        || is_labelled(before, in_subject)
        || keyword::before(before, after).is_some()
}

/// `[SHOP-12]` anywhere, `(SHOP-12)` in a subject.
fn is_enclosed(before: &str, after: &str, in_subject: bool) -> bool {
    match (before.bytes().next_back(), after.bytes().next()) {
        (Some(b'['), Some(b']')) => true,
        (Some(b'('), Some(b')')) => in_subject,
        _ => false,
    }
}

/// `Merge branch 'SHOP-12'`, `Merge pull request #4 from acme/SHOP-12-cart`, but no branch that a robot named.
fn is_branch(before: &str, after: &str) -> bool {
    let is_merge = before.starts_with("Merge ") || before.starts_with("Merged in ");
    let name = before.rfind([' ', '\'']).map_or("", |at| &before[at + 1..]);
    let is_robots = branch::is_robots(name)
        || name.split_once('/').is_some_and(|(_, name)| branch::is_robots(name));
    is_merge
        && !is_robots
        && (name.is_empty() || name.ends_with('/'))
        && (after.is_empty() || after.starts_with(['-', '_', '/', '\'', ' ']))
}

/// `SHOP-12 Add a basket` as a subject, `SHOP-12` or `* SHOP-12: ...` as a line.
fn leads(before: &str, after: &str, in_subject: bool) -> bool {
    let is_start = before.bytes().all(|byte| b" \t[({<*-#@\"'".contains(&byte));
    let is_line = after.is_empty() || after.starts_with([':', ']', ')']);
    (is_start && (in_subject || is_line)) || (in_subject && after.starts_with([':', ';']))
}

/// `fix: SHOP-12 ...` as a subject, `Issue-ID: SHOP-12` as a line.
fn is_labelled(before: &str, in_subject: bool) -> bool {
    let Some(label) = before.trim_end().strip_suffix(':') else { return false };
    in_subject || label_name(label).is_some()
}

/// The name that a line begins with, `Issue-ID` of `Issue-ID: `; spaces are allowed inside two words.
pub(super) fn label_name(label: &str) -> Option<&str> {
    let name = label.trim_matches([' ', '\t', '*', '-', '_']);
    let is_name = !name.is_empty()
        && name.len() <= 30
        && name.split(' ').count() <= 2
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || byte == b'-' || byte == b' ' || byte == b'_'
        });
    is_name.then_some(name)
}
