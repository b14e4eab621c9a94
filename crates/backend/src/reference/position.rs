//! Places where people put keys: evidence that `SHOP-12` is one, and not a word with a number.

use super::{around, branch, keyword};
use std::ops::Range;

/// As many keys of a list as are gone back over, so that a hostile line costs no more than its length.
const LIST: usize = 8;

/// Whether `span` stands where a key stands rather than in the middle of prose, or follows one of its prefix there:
/// `SHOP-12, SHOP-13: add a basket`.
pub(super) fn is_prominent(text: &str, span: &Range<usize>, in_subject: bool) -> bool {
    in_list(text, span, |before, key, after| {
        is_work(before, after, in_subject) || (in_subject && is_aside(before, key, after))
    })
}

/// Whether `span` stands where people say what they work on, and not only where nothing but a key stands.
pub(super) fn is_at_work(text: &str, span: &Range<usize>, in_subject: bool) -> bool {
    in_list(text, span, |before, _, after| is_work(before, after, in_subject))
}

/// Whether a key, or one that comes before it in a list of its prefix, stands in such a place: what is before it, it, and
/// what is after it.
fn in_list(text: &str, span: &Range<usize>, is_place: impl Fn(&str, &str, &str) -> bool) -> bool {
    let listed = std::iter::successors(Some(span.clone()), |span| previous(text, span));
    listed.take(LIST).any(|span| {
        let before = around::before(text, span.start);
        is_place(before, &text[span.clone()], around::after(text, span.end))
    })
}

/// The key of the same prefix that a list has before the one at `span`.
fn previous(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let prefix = text[span.clone()].rsplit_once('-')?.0;
    let before = around::before(text, span.start);
    let head = before.trim_end_matches([' ', ',', '/', '&', '+']);
    let key = head.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('-')?;
    let from = key.len().checked_sub(prefix.len())?;
    let is_same = key.get(from..).is_some_and(|other| other.eq_ignore_ascii_case(prefix));
    let start = span.start - before.len();
    (is_same && head.len() > key.len() + 1 && head.len() < before.len())
        .then(|| start + from..start + head.len())
}

/// Where a word of a text stands, looked at when a rule asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) text: &'a str,
    pub(super) span: &'a Range<usize>,
    pub(super) in_subject: bool,
}

impl Spot<'_> {
    pub(super) fn is_prominent(self) -> bool {
        is_prominent(self.text, self.span, self.in_subject)
    }

    pub(super) fn is_at_work(self) -> bool {
        is_at_work(self.text, self.span, self.in_subject)
    }

    /// Whether it begins the subject or stands in brackets alone: where next to nothing but keys stands.
    pub(super) fn leads(self) -> bool {
        let before = around::before(self.text, self.span.start);
        let is_bracketed =
            before.ends_with('[') && around::after(self.text, self.span.end).starts_with(']');
        is_bracketed || (self.in_subject && is_start(before))
    }
}

fn is_work(before: &str, after: &str, in_subject: bool) -> bool {
    // Most keys begin a subject; keywords take the longest to look for.
    leads(before, after, in_subject)
        || is_enclosed(before, after, in_subject)
        || (in_subject && is_branch(before, after))
        || is_labelled(before, in_subject)
        || keyword::before(before, after).is_some()
}

/// `#SHOP-123` as a tag, ` (SHOP-12, #34)`, or a subject's part: it is a key, and the work may be about it or not.
fn is_aside(before: &str, key: &str, after: &str) -> bool {
    let is_in_front = before.ends_with(" (") && after.starts_with([',', ';']);
    is_in_front || is_hashed(before, key) || is_part(before, after)
}

/// `[SHOP-12]` anywhere, `(SHOP-12)` in a subject.
fn is_enclosed(before: &str, after: &str, in_subject: bool) -> bool {
    match (before.bytes().next_back(), after.bytes().next()) {
        (Some(b'['), Some(b']')) => true,
        (Some(b'('), Some(b')')) => in_subject,
        _ => false,
    }
}

/// `#SHOP-123` as a tag; a colour is no more than two digits long.
fn is_hashed(before: &str, key: &str) -> bool {
    before.ends_with(" #") && key.rsplit_once('-').is_some_and(|(_, number)| number.len() > 2)
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
    let is_line = after.is_empty() || after.starts_with([':', ']', ')']);
    (in_subject && after.starts_with([':', ';'])) || ((in_subject || is_line) && is_start(before))
}

/// Whether nothing stands before a key but signs, pictures, tags and the number of a pull request: `* `, `#34 [cart] `.
fn is_start(mut before: &str) -> bool {
    // What is no tag has no end, and is not looked for again.
    let mut has_tags = true;
    let is_sign = |c: char| " \t[({<*-#@\"'".contains(c) || (!c.is_ascii() && !c.is_alphanumeric());
    while let Some(first) = before.chars().next() {
        let tag = if has_tags { tag(before) } else { None };
        has_tags &= first != '[' || tag.is_some();
        let rest = tag.or_else(|| hash(before));
        let Some(rest) = rest.or_else(|| before.strip_prefix(first).filter(|_| is_sign(first)))
        else {
            return false;
        };
        before = rest;
    }
    true
}

/// What follows `[cart] `.
fn tag(text: &str) -> Option<&str> {
    let (tag, rest) = text.strip_prefix('[')?.split_once(']')?;
    (!tag.contains('[')).then_some(rest)
}

/// What follows `#34 `.
fn hash(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('#')?.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.starts_with([' ', ':']).then(|| &rest[1..])
}

/// `Cart - SHOP-12 - add a basket`, `Add a basket | SHOP-12`: the whole of a subject's part.
fn is_part(before: &str, after: &str) -> bool {
    const MARKS: [&str; 2] = [" - ", " | "];
    MARKS.iter().any(|mark| {
        let is_end = after.is_empty() || after.starts_with(mark);
        before.ends_with(mark) && is_end
    })
}

/// `fix: SHOP-12 ...` or `fix; SHOP-12 ...` as a subject, `Issue-ID: SHOP-12` as a line.
fn is_labelled(before: &str, in_subject: bool) -> bool {
    let before = before.trim_end();
    let is_part = in_subject && before.ends_with([':', ';']);
    is_part || before.strip_suffix(':').and_then(label_name).is_some()
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

#[cfg(test)]
mod tests {
    use super::is_prominent;

    /// Whether the last key of a subject stands where keys stand.
    fn stands(subject: &str) -> bool {
        let start = subject.rfind("SHOP").unwrap_or_default();
        let digits = subject[start + 5..].bytes().take_while(u8::is_ascii_digit).count();
        is_prominent(subject, &(start..start + 5 + digits), true)
    }

    #[test]
    fn keys_stand_at_the_start_behind_marks_in_brackets_as_a_part_and_in_lists_of_their_own() {
        for subject in [
            "SHOP-12 add a cart",
            "#34 SHOP-12 add a cart",
            "[cart] SHOP-12 add a cart",
            "#34 [cart][shop] SHOP-12 add a cart",
            "\u{1f41b} SHOP-12 add a cart",
            "Cart - SHOP-12 - add totals",
            "Add a cart - SHOP-12",
            "fix: SHOP-12 add a cart",
            "fix; SHOP-12 add a cart",
            "Add a cart (SHOP-12, #34)",
            "Add a cart for #SHOP-123 now",
            "SHOP-11, SHOP-12: add a cart",
            "#34 shop-10 SHOP-11/SHOP-12 add",
            "Add a cart (closes SHOP-11, SHOP-12)",
        ] {
            assert!(stands(subject), "{subject}");
        }
    }

    #[test]
    fn keys_in_prose_calls_and_behind_other_words_do_not_stand_out() {
        for subject in [
            "Add a cart to SHOP-12 now",
            "34 SHOP-12 add a cart",
            "[cart SHOP-12",
            "Call add(SHOP-12, 3)",
            "Open page#SHOP-123 now",
            "Make it #SHOP-12 again",
            "Add-SHOP-12 - x",
            "PAY-11, SHOP-12 add",
            "SHOP-1x, SHOP-12 add",
        ] {
            assert!(!stands(subject), "{subject}");
        }
        let list = format!("{}SHOP-9", "SHOP-1, ".repeat(20));
        assert!(!stands(&list), "a list is gone back over a little only");
    }
}
