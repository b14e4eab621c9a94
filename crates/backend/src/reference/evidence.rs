//! What a history says about its prefixes.
//!
//! Measured on ten public histories (63,160 commits): upper case minus look-alikes finds 0.980 of the keys at a precision
//! of 0.996; prefixes used ten times in subjects find 0.988 at 0.9998. The second loses the rare projects, the first the
//! lower-case keys and its precision wherever keys are few. So a prefix is known by use, and a rare one has to stand
//! where keys stand.

use super::{
    foreign::Foreign,
    key::Key,
    lexer::{self, Shape, Token},
    lookalikes, message, position,
    prefixes::{History, Prefixes, Size},
    url::Item,
    usage::Usage,
};
use std::collections::HashMap;

/// Messages below which no repetition can be expected.
const SMALL: u32 = 30;

/// Messages above which a project would have shown.
const LARGE: u32 = 200;

/// Reads a history message by message and learns its prefixes; keeps counts, not messages.
#[derive(Debug, Default)]
pub struct Learner {
    messages: u32,
    evidence: HashMap<String, Usage>,
}

/// What is known of a prefix after reading a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Class {
    /// A project, in any case; the largest number seen.
    Known { largest: u64 },
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
                (prefix.clone(), Class::Known { largest: evidence.largest() })
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
                    evidence
                        .is_likely(lookalikes::doubt(prefix), size, messages)
                        .then_some(Class::Likely)
                });
                Some((prefix.clone(), class?))
            })
            .collect();
        classes.extend(rare);
        Prefixes::from_history(History { classes, size })
    }

    /// Exactly these prefixes, knowing from the messages how far their numbers go.
    pub fn allow<P: AsRef<str>>(self, prefixes: impl IntoIterator<Item = P>) -> Prefixes {
        Prefixes::allow(prefixes)
            .with_largest(|prefix| self.evidence.get(prefix).map_or(0, Usage::largest))
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
            evidence.in_subject += u32::from(in_subject);
            evidence.prominent += u32::from(is_prominent);
            evidence.prominent_below += u32::from(is_prominent && !in_subject);
            evidence.saw(key.number);
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
mod tests {
    use super::{Learner, is_slip};
    use crate::reference::Prefixes;

    /// `count` messages from a template in which `{}` is the number.
    fn many(count: usize, template: &str) -> Vec<String> {
        (1..=count).map(|number| template.replace("{}", &number.to_string())).collect()
    }

    #[track_caller]
    fn check(history: &[Vec<String>], cases: &[(&str, &str)]) {
        let prefixes = Prefixes::learn(history.concat());
        for (message, expected) in cases {
            assert_eq!(
                prefixes.keys(message).join(","),
                *expected,
                "{message:?} knowing {:?}",
                prefixes.known()
            );
        }
    }

    #[test]
    fn a_prefix_that_subjects_use_is_known_in_any_case() {
        let history = [many(40, "SHOP-{}: add"), many(60, "tidy {}")];
        check(
            &history,
            &[
                ("shop-999 in prose", "SHOP-999"),
                ("about PAY-12 in prose", ""),
                ("[PAY-12] x", "PAY-12"),
            ],
        );
        check(
            &[many(12, "text\n\nIssue-ID: SHOP-{}"), many(60, "tidy {}")],
            &[("fix shop-3", "SHOP-3")],
        );
        check(
            &[many(12, "x\n\nhttps://linear.app/a/issue/SHOP-{}/x"), many(60, "y")],
            &[("shop-3", "SHOP-3")],
        );
        check(&[many(6, "SHOP-{}: add"), many(60, "tidy {}")], &[("fix shop-3", "SHOP-3")]);
    }

    #[test]
    fn a_prefix_is_known_in_lower_case_from_branches_and_other_places_of_keys() {
        let merges = many(30, "Merge pull request #9 from acme/shop-{}-add-cart");
        check(
            &[merges, many(300, "tidy {}")],
            &[("Merge branch 'shop-99' into x", "SHOP-99"), ("toy-12: x", "")],
        );
        check(&[many(20, "shop-{} add"), many(90, "tidy {}")], &[("add (shop-99)", "SHOP-99")]);
        check(&[many(4, "shop-{}: add"), many(9, "tidy {}")], &[("shop-7: add", "SHOP-7")]);
        check(
            &[many(2, "SHOP-{}: add"), many(2, "add (shop-{})"), many(90, "tidy {}")],
            &[("about shop-99", "SHOP-99")],
        );
        for template in [
            "Merge pull request #9 from acme/patch-{}",
            "Merge pull request #9 from acme/revert-{}-cart",
            "Merge pull request #9 from acme/dependabot/npm/left-{}",
            "run it on disk-{} now",
        ] {
            let word = template.rsplit(['/', ' ']).find(|word| word.contains('{')).unwrap_or("");
            let word = word.replace("{}", "7").replace("-cart", "");
            check(&[many(30, template), many(90, "tidy {}")], &[(&format!("{word}: x"), "")]);
        }
    }

    #[test]
    fn an_underscore_may_be_part_of_a_prefix_that_stands_where_keys_stand() {
        let history = [many(20, "MY_SHOP-{}: add"), many(20, "use INT_MAX-{}"), many(90, "x")];
        check(&history, &[("about MY_SHOP-7", "MY_SHOP-7"), ("add INT_MAX-3 to SHOP-7", "")]);
    }

    #[test]
    fn words_that_come_back_with_the_same_numbers_are_not_projects() {
        let same = |text: &str| vec![text.to_owned(); 20];
        let history = [same("Use ABC-4 now"), same("Use ABC-5 now"), many(300, "tidy {}")];
        check(&history, &[("Use ABC-4 now", ""), ("abc-4", "")]);
        check(
            &[many(50, "KIP-{}: text"), many(50, "text PR-{}"), many(50, "UTF-{}")],
            &[("KIP-3 PR-7 kip-3", "")],
        );
        let tags: Vec<_> = (0..200).map(|at| format!("[ABC-{}] text", 4 + at % 5)).collect();
        check(&[tags], &[("abc-4 and abc-5", "")]);
        check(&[many(9, "PHP-{}: text"), many(100, "tidy {}")], &[("PHP-8: text", "")]);
    }

    #[test]
    fn a_look_alike_word_is_a_project_where_a_history_is_full_of_it() {
        check(
            &[many(30, "JAVA-{}: add"), many(60, "tidy {}")],
            &[("java-3000 and PHP-8", "JAVA-3000")],
        );
        check(
            &[many(50, "MASTER-{}: add"), many(900, "tidy {}")],
            &[("MASTER-7: add, RELEASE-3", "MASTER-7")],
        );
        check(&[many(50, "Build of MASTER-{}"), many(500, "x")], &[("MASTER-7", "")]);
        check(&[many(31, "SEP-{}: x"), many(31, "OCT-{}: x")], &[("SEP-7: x", "")]);
    }

    #[test]
    fn a_small_history_believes_upper_case_and_one_without_projects_believes_little() {
        check(&[many(5, "tidy {}")], &[("about SHOP-1 here", "SHOP-1"), ("UTF-8: x", "")]);
        check(&[many(500, "tidy {}")], &[("SHOP-1: add", "")]);
        check(
            &[many(500, "tidy {}"), many(3, "SHOP-{}: add")],
            &[("SHOP-1: add", "SHOP-1"), ("shop-1", "")],
        );
    }

    #[test]
    fn code_and_other_projects_release_notes_teach_nothing() {
        let notes = "Bump x from 1.0 to 2.0\n\n* [TOY-{}] y";
        let history = [
            many(40, "SHOP-{}: add"),
            many(90, notes),
            many(90, "x\n\n```\nRUN-{} y\n[GUM-{}]\n```"),
        ];
        check(
            &history,
            &[
                ("Bump x to 2\n\n* [TOY-3] y, SHOP-4", "SHOP-4"),
                ("SHOP-3: Bump x to 2\n\nhttps://acme.atlassian.net/browse/TOY-4", "SHOP-3"),
                ("x\n\n```\n[GUM-7] SHOP-3\n```", "SHOP-3"),
                ("x\n\n[GUM-7] SHOP-3", "GUM-7,SHOP-3"),
            ],
        );
    }

    #[test]
    fn other_projects_items_are_named_now_and_then_and_this_one_s_keep_coming() {
        let page = "x\n\nhttps://acme.atlassian.net/browse/TOY-{}";
        check(&[many(500, "x"), many(1, page)], &[("https://acme.atlassian.net/browse/TOY-1", "")]);
        check(&[many(3000, "x"), many(5, "[TOY-{}] x")], &[("[TOY-1] x", "")]);
        check(&[many(600, "x"), many(8, "x\n\nthat was TOY-99{} then")], &[("was TOY-3", "TOY-3")]);
        check(&[many(40, "JAVA-{}00: add")], &[("on JAVA-17", ""), ("JAVA-17: add", "JAVA-17")]);
    }

    #[test]
    fn a_rare_neighbour_of_a_project_is_a_slip() {
        check(&[many(90, "BASKET-{}: add")], &[("BAKSET-17: add", ""), ("TOY-17: add", "TOY-17")]);
        check(&[many(300, "BASKET-{}: add"), many(15, "BAKSET-{}: add")], &[("BAKSET-9: add", "")]);
        let history = [many(90, "BASKET-{}: add"), vec!["BAKSET-17: add".to_owned()]];
        check(&history, &[("BAKSET-17: add", ""), ("TOY-17: add", "TOY-17")]);
        assert!(
            is_slip("BASKET", "BAKSET")
                && is_slip("BASKET", "BASKETS")
                && is_slip("BASKET", "BASSET")
        );
        assert!(!is_slip("BASKET", "KASBET") && !is_slip("AAI", "AAF") && !is_slip("SHOP", "SHIP"));
    }

    #[test]
    fn a_small_number_in_lower_case_is_a_version_in_an_old_project() {
        let history = [many(40, "SHOP-{}: add"), vec!["SHOP-12345: add".to_owned()]];
        let cases = [
            ("host shop-3", ""),
            ("shop-3 add", "SHOP-3"),
            ("SHOP-3", "SHOP-3"),
            ("shop-300", "SHOP-300"),
        ];
        check(&history, &cases);
        let mut learner = Learner::default();
        history.concat().iter().for_each(|message| learner.read(message));
        let allowed = learner.allow(["shop"]);
        for (message, expected) in cases {
            assert_eq!(allowed.keys(message).join(","), expected, "{message:?}");
        }
    }
}
