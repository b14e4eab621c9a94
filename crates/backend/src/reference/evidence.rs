//! What a history says about its prefixes.
//!
//! Measured on ten public histories (63,160 commits): upper case minus look-alikes finds 0.980 of the keys at a precision
//! of 0.996; prefixes used ten times in subjects find 0.988 at 0.9998. The second loses the rare projects, the first the
//! lower-case keys and its precision wherever keys are few. So a prefix is known by use, and a rare one has to stand
//! where keys stand. A prefix that is a word is told by its numbers: versions are small and sizes come in 32s,
//! while items have many others.

use super::{
    foreign::Foreign,
    key::Key,
    lexer::{self, Shape, Token},
    lookalikes, message, position,
    prefixes::{History, Names, Prefixes, Size},
    url::Item,
    usage::Usage,
};
use std::collections::HashMap;

/// Messages below which no repetition can be expected.
const SMALL: u64 = 30;

/// Messages above which a project would have shown.
const LARGE: u64 = 200;

/// Reads a history message by message and learns its prefixes; keeps counts, not messages.
#[derive(Debug, Default)]
pub struct Learner {
    messages: u64,
    evidence: HashMap<String, Usage>,
}

/// What is known of a prefix after reading a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Class {
    /// A project, in any case.
    Known(Names),
    /// A project, in upper case.
    Likely,
    /// A project's prefix with a slip of the finger.
    Typo(String),
}

impl Learner {
    /// Counts what one message uses.
    pub fn read(&mut self, message: &str) {
        self.messages = self.messages.saturating_add(1);
        let subject_end = message::subject(message).end;
        let foreign = Foreign::of(message);
        for token in lexer::tokens(message) {
            match &token.shape {
                Shape::Key(key) => self.count(message, subject_end, &token, key, &foreign),
                Shape::Url(Item::Key { prefix, number }) if !foreign.is_note(token.span.start) => {
                    self.note(&prefix.to_ascii_uppercase(), |evidence| {
                        evidence.pages += 1;
                        evidence.saw(*number);
                    });
                }
                Shape::Url(_) | Shape::Number(_) => {}
            }
        }
    }

    /// What the messages teach.
    pub fn finish(self) -> Prefixes {
        let messages = self.messages;
        let mut classes: HashMap<String, Class> = self
            .evidence
            .iter()
            .filter(|(prefix, evidence)| {
                (evidence.is_project(lookalikes::doubt(prefix), messages)
                    || evidence.lower.is_project(prefix, messages))
                    && !self.is_swap_of_another(prefix, evidence)
            })
            .map(|(prefix, evidence)| {
                (prefix.clone(), Class::Known(evidence.names(lookalikes::doubt(prefix))))
            })
            .collect();
        let size = match messages {
            0..SMALL => Size::Small,
            LARGE.. if classes.is_empty() => Size::Without,
            _ => Size::Settled,
        };
        let rare: Vec<_> = self
            .evidence
            .iter()
            .filter(|(prefix, _)| !classes.contains_key(*prefix))
            .filter_map(|(prefix, evidence)| {
                let class = self.typo(prefix, evidence, &classes).or_else(|| {
                    (evidence.is_likely(lookalikes::doubt(prefix), size, messages)
                        || evidence.lower.is_likely(prefix, messages))
                    .then_some(Class::Likely)
                });
                Some((prefix.clone(), class?))
            })
            .collect();
        classes.extend(rare);
        Prefixes::from_history(History { classes, size })
    }

    /// Exactly these prefixes, knowing from the messages what they name besides items.
    pub fn allow<P: AsRef<str>>(self, prefixes: impl IntoIterator<Item = P>) -> Prefixes {
        // In upper case a listed prefix is what its user says, a project's, and no word to doubt.
        let names = |usage: &Usage| usage.names(None);
        Prefixes::allow(prefixes)
            .with_names(|prefix| self.evidence.get(prefix).map(names).unwrap_or_default())
    }

    /// Changes what is known of a prefix, without an allocation for one that is known already.
    fn note(&mut self, prefix: &str, change: impl FnOnce(&mut Usage)) {
        if let Some(evidence) = self.evidence.get_mut(prefix) {
            return change(evidence);
        }
        let mut evidence = Usage::default();
        change(&mut evidence);
        self.evidence.insert(prefix.to_owned(), evidence);
    }

    fn count(
        &mut self,
        message: &str,
        subject_end: usize,
        token: &Token<'_>,
        key: &Key<'_>,
        foreign: &Foreign<'_>,
    ) {
        let at = token.span.start;
        let is_foreign = || foreign.is_note(at) || foreign.is_quoted(at);
        let in_subject = at < subject_end;
        if token.inside.is_some() {
            return;
        }
        if let Some(span) = key.wide_span(&token.span) {
            let is_prominent = !is_foreign() && position::is_prominent(message, &span, in_subject);
            return self.note(key.wide, |evidence| evidence.saw_wide(key.number, is_prominent));
        }
        if !key.is_clean() {
            return;
        }
        let is_prominent = position::is_prominent(message, &token.span, in_subject);
        if key.is_lower() {
            let is_prominent = is_prominent && !is_foreign();
            let prefix = key.prefix.to_ascii_uppercase();
            return self.note(&prefix, |evidence| evidence.lower.saw(key.number, is_prominent));
        }
        if is_foreign() {
            return;
        }
        self.note(key.prefix, |evidence| {
            evidence.uses += 1;
            evidence.in_subject += u64::from(in_subject);
            evidence.prominent += u64::from(is_prominent);
            evidence.prominent_below += u64::from(is_prominent && !in_subject);
            evidence.saw(key.number);
            if is_prominent {
                evidence.saw_early(key.number);
            }
        });
    }

    /// Whether a prefix is another with two letters swapped that is used twenty times as much: however often it comes.
    fn is_swap_of_another(&self, prefix: &str, evidence: &Usage) -> bool {
        let is_known = |other: &String| {
            self.evidence.get(other).is_some_and(|other| other.uses >= 20 * evidence.uses.max(1))
        };
        swaps(prefix).any(|other| is_known(&other))
    }

    /// A rare prefix one slip away from a project that is used twenty times as much.
    fn typo(
        &self,
        prefix: &str,
        evidence: &Usage,
        known: &HashMap<String, Class>,
    ) -> Option<Class> {
        let is_close = |name: &&String| {
            let uses = self.evidence.get(*name).map_or(0, |known| known.uses);
            uses >= 20 * evidence.uses.max(1) && is_slip(prefix, name)
        };
        known.keys().filter(is_close).min().map(|name| Class::Typo(name.clone()))
    }
}

/// A prefix with each two neighbours swapped; shorter names than four letters are too close to each other to tell.
fn swaps(prefix: &str) -> impl Iterator<Item = String> {
    let places = if prefix.len() < 4 { 0..0 } else { 1..prefix.len() };
    places.filter_map(move |at| {
        let mut bytes = prefix.as_bytes().to_vec();
        bytes.swap(at - 1, at);
        String::from_utf8(bytes).ok().filter(|swapped| swapped != prefix)
    })
}

/// One letter more, less, other, or two swapped; shorter names are too close to each other to tell.
pub(super) fn is_slip(one: &str, other: &str) -> bool {
    one.len().min(other.len()) >= 4 && one.len().max(other.len()) >= 5 && is_one_off(one, other)
}

/// One letter more, less, other, or two swapped, in names of any length.
pub(super) fn is_one_off(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short.as_bytes()[same..], &long.as_bytes()[same..]);
    if short.len() < long.len() {
        return short == &long[1..];
    }
    let is_swap =
        short.len() >= 2 && short[0] == long[1] && short[1] == long[0] && short[2..] == long[2..];
    is_swap || (!short.is_empty() && short[1..] == long[1..])
}

#[cfg(test)]
mod tests;
