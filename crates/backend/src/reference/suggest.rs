//! "Did you mean SHOP-12?": what somebody may have wanted to write where no item was found, or another one.

use super::{
    Finder, Form, evidence,
    lexer::{self, Shape},
    lookalikes, message,
};
use crate::model::WorkItemId;
use std::ops::Range;

/// Something that is nearly a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// As written, `shpo-12` or `SHOP 12`.
    pub written: String,
    /// What may be meant, `SHOP-12`.
    pub meant: String,
}

/// As much of a message as is searched: a slip is near its beginning.
const NEAR: usize = 64 * 1024;

/// Most digits of a number that is believed without a hyphen before it.
const DIGITS: usize = 7;

impl Finder {
    /// What somebody may have meant in a message that names no item.
    pub fn suggest(&self, message: &str) -> Option<Suggestion> {
        if !self.forms().contains(&Form::Key) {
            return None;
        }
        let text = &message[..message.floor_char_boundary(NEAR.min(message.len()))];
        let known = self.prefixes().known();
        slip(text, &known, is_near)
            .or_else(|| known.iter().find_map(|prefix| other_separator(text, prefix)))
            .or_else(|| if known.is_empty() { in_the_subject(text) } else { None })
    }

    /// What somebody may have meant although the message, or the branch, names an item: a project's name with a slip in
    /// it, or a number of the branch's item with two digits swapped.
    pub fn suspect(&self, message: &str, branch: &[WorkItemId]) -> Option<Suggestion> {
        let text = &message[..message.floor_char_boundary(NEAR.min(message.len()))];
        let swapped = self.find(text).references.into_iter().find_map(|reference| {
            let meant =
                branch.iter().find(|item| is_swapped(reference.item.as_str(), item.as_str()))?;
            let written = text[reference.span].to_owned();
            Some(Suggestion { written, meant: meant.as_str().to_owned() })
        });
        swapped.or_else(|| slip(text, &self.prefixes().known(), evidence::is_slip))
    }
}

/// A key whose prefix is nearly a known one.
fn slip(text: &str, known: &[&str], is_near: fn(&str, &str) -> bool) -> Option<Suggestion> {
    lexer::tokens(text).find_map(|token| {
        let Shape::Key(key) = &token.shape else { return None };
        let prefix = key.prefix.to_ascii_uppercase();
        let is_ours = known.contains(&prefix.as_str());
        if is_ours
            || key.number == 0
            || token.inside.is_some()
            || lookalikes::doubt(&prefix).is_some()
        {
            return None;
        }
        let near = known.iter().find(|known| is_near(&prefix, known))?;
        Some(suggestion(text, token.span.clone(), near, key.number))
    })
}

fn suggestion(text: &str, span: Range<usize>, prefix: &str, number: u64) -> Suggestion {
    Suggestion { written: text[span].to_owned(), meant: format!("{prefix}-{number}") }
}

/// One slip, also in a name of three letters: where nothing else was found, a hint costs little.
fn is_near(one: &str, other: &str) -> bool {
    one.len().min(other.len()) >= 2
        && one.len().max(other.len()) >= 3
        && evidence::is_one_off(one, other)
}

/// `SHOP 12`, `SHOP_12`, `shop#12`, `SHOP12`, `SHOP–12`, `SHOP-012`: a known prefix and a number, joined otherwise.
fn other_separator(text: &str, prefix: &str) -> Option<Suggestion> {
    let bytes = text.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let starts = (0..bytes.len().saturating_sub(prefix.len())).filter(|at| {
        bytes[*at..*at + prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
            && !at.checked_sub(1).is_some_and(|before| is_word(&bytes[before]))
    });
    for start in starts {
        let rest = &text[start + prefix.len()..];
        let tail =
            rest.trim_start_matches([' ', '\t', '_', '-', '#', ':', '/', '.', '–', '—', '‑', '−']);
        let gap = rest.len() - tail.len();
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        // In prose, `Kafka 3` and `KAFKA 2.4` are versions.
        let is_prose =
            rest[..gap].trim().is_empty() && &text[start..start + prefix.len()] != prefix;
        let ends = !is_prose && !goes_on(&tail[digits..]);
        let number = tail[..digits].parse::<u64>().ok().filter(|number| *number > 0);
        if let Some(number) = number.filter(|_| gap <= 4 && (1..=DIGITS).contains(&digits) && ends)
        {
            let found =
                suggestion(text, start..start + prefix.len() + gap + digits, prefix, number);
            // As it should be: it does not count where it stands, in a quotation or in code.
            if !found.written.eq_ignore_ascii_case(&found.meant) {
                return Some(found);
            }
        }
    }
    None
}

/// Whether more of a number or a word follows.
fn goes_on(rest: &str) -> bool {
    let mut next = rest.chars();
    match next.next() {
        Some('.') => next.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_ascii_alphanumeric() || c == '_',
        None => false,
    }
}

/// Where nobody has said which projects there are: `SHOP 12 add` and `SHOP_12` as a subject begins. In lower case,
/// `css-3 ...` begins one as often as `shop-12 ...`.
fn in_the_subject(text: &str) -> Option<Suggestion> {
    let subject = text[message::subject(text)].trim_start_matches(['[', '(']);
    let letters = subject.bytes().take_while(u8::is_ascii_uppercase).count();
    let prefix = &subject[..letters];
    if letters < 2 || lookalikes::doubt(prefix).is_some() {
        return None;
    }
    other_separator(subject, prefix).filter(|it| subject.starts_with(&it.written))
}

/// Whether two items of one project differ by two digits that are swapped.
fn is_swapped(written: &str, meant: &str) -> bool {
    let digits = |item: &str| item.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let (at, other) = (digits(written), digits(meant));
    if at != other || written[..at] != meant[..other] || written.len() != meant.len() {
        return false;
    }
    let (a, b) = (&written.as_bytes()[at..], &meant.as_bytes()[at..]);
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    a.len() > same + 1
        && a[same] == b[same + 1]
        && a[same + 1] == b[same]
        && a[same + 2..] == b[same + 2..]
}

#[cfg(test)]
mod tests {
    use super::WorkItemId;
    use crate::reference::{Finder, Pattern, Prefixes};

    fn finder(projects: &[&str]) -> Finder {
        let prefixes =
            if projects.is_empty() { Prefixes::none() } else { Prefixes::allow(projects) };
        Finder::new(prefixes, &[Pattern::Key]).unwrap()
    }

    #[track_caller]
    fn check(projects: &[&str], message: &str, expected: &str) {
        let found = finder(projects).suggest(message);
        let found = found.map(|it| format!("{} -> {}", it.written, it.meant)).unwrap_or_default();
        assert_eq!(found, expected, "{message:?}");
    }

    #[test]
    fn a_slip_finds_its_project() {
        let kafka = &["KAFKA"][..];
        check(kafka, "KAKFA-17173: fix", "KAKFA-17173 -> KAFKA-17173");
        check(kafka, "kakfa-17173: fix", "kakfa-17173 -> KAFKA-17173");
        check(kafka, "KAFKA 17173: fix", "KAFKA 17173 -> KAFKA-17173");
        check(kafka, "Fix it\n\nRefs: kafka_17173", "kafka_17173 -> KAFKA-17173");
        check(kafka, "[KAFKA#17173] fix", "KAFKA#17173 -> KAFKA-17173");
        check(kafka, "KAFKA17173 fix", "KAFKA17173 -> KAFKA-17173");
        check(kafka, "KAFKA–17173 fix", "KAFKA–17173 -> KAFKA-17173");
        check(kafka, "KAFKA--17173 fix", "KAFKA--17173 -> KAFKA-17173");
        check(kafka, "KAFKA-017173 fix", "KAFKA-017173 -> KAFKA-17173");
        check(&["SHOP"], "SHO-12 fix", "SHO-12 -> SHOP-12");
        check(&["SHOP"], "UTF-8 everywhere, shop of 12", "");
        check(kafka, "Use Kafka 3 and KAFKA 2.4", "");
        check(kafka, "", "");
    }

    #[test]
    fn without_projects_the_subject_is_looked_at() {
        // An everyday word with a number looks the same.
        for lower in ["shop-12: add", "[shop-12] add", "refactor-2 tidy"] {
            check(&[], lower, "");
        }
        check(&[], "SHOP_12 add", "SHOP_12 -> SHOP-12");
        check(&[], "SHOP 12 add", "SHOP 12 -> SHOP-12");
        check(&[], "add shop-12, UTF 8, patch-1", "");
        check(&[], "UTF 8 everywhere", "");
        check(&[], "patch-1 is in", "");
    }

    #[test]
    fn a_named_item_can_be_a_slip_of_the_branch_s() {
        let branch = [WorkItemId::new("KAFKA-17173")];
        let suspect =
            |message: &str| finder(&["KAFKA"]).suspect(message, &branch).map(|it| it.meant);
        assert_eq!(suspect("KAFKA-17713: fix").as_deref(), Some("KAFKA-17173"));
        assert_eq!(suspect("KAKFA-17173: fix").as_deref(), Some("KAFKA-17173"));
        for fine in ["KAFKA-17173: fix", "KAFKA-17174: fix", "KAFKA-1717: fix", "OTHER-17713", "x"]
        {
            assert_eq!(suspect(fine), None, "{fine}");
        }
    }
}
