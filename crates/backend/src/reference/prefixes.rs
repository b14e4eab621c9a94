//! Which prefixes are projects: said by the user, learned from a history, or guessed.

use super::{
    evidence::{self, Class, Learner},
    key::{Doubtful, Edge, Key},
    lexer::Inside,
    lookalikes::{self, Doubt},
    position::Spot,
    usage::is_telling,
};
use std::{borrow::Cow, collections::HashMap};

/// Numbers below are those of a project's first items, and of hosts and versions.
pub(super) const EARLY: u64 = 100;

/// The prefixes that make `SHOP-12` a key.
///
/// A known prefix counts in any case; an unknown one in upper case, and only as far as its look, its place and the
/// history speak for it. In lower case it takes a history that uses the prefix, and a place where keys stand.
#[derive(Debug, Clone, Default)]
pub struct Prefixes(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    Nothing,
    Allowed(HashMap<String, Names>),
    Learned(History),
}

/// What a history teaches.
#[derive(Debug, Clone)]
pub(super) struct History {
    pub(super) classes: HashMap<String, Class>,
    pub(super) size: Size,
}

/// How much a prefix that the history hardly uses is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// Too few messages to expect repetition.
    Small,
    /// Enough messages: a prefix that they do not repeat is another tracker's, mistyped, or no prefix.
    Settled,
    /// Many messages and no project: what looks like a key is not.
    Without,
}

/// What a project's prefix with a number below a hundred is outside the places of keys: where items are counted in
/// thousands, `kafka-3` and `JAVA-17` are a host and a version rather than early items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Names {
    /// A name when it is written in lower case.
    pub(super) lower: bool,
    /// A name in upper case, too.
    pub(super) upper: bool,
}

/// What a key-shaped word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A key, in upper case.
    Item(String),
    /// Somebody could take it for one; why it is not.
    LookAlike(Cow<'static, str>),
    /// Nothing anybody would take for one.
    Noise,
}

impl Prefixes {
    /// Exactly these prefixes, in any case; white space and empty ones are ignored.
    pub fn allow<P: AsRef<str>>(prefixes: impl IntoIterator<Item = P>) -> Self {
        let clean = |prefix: P| prefix.as_ref().trim().trim_end_matches('-').to_ascii_uppercase();
        let named = prefixes.into_iter().map(clean).filter(|prefix| !prefix.is_empty());
        Self(Source::Allowed(named.map(|prefix| (prefix, Names::default())).collect()))
    }

    /// Says of each allowed prefix what else it names.
    pub(super) fn with_names(mut self, names: impl Fn(&str) -> Names) -> Self {
        if let Source::Allowed(prefixes) = &mut self.0 {
            prefixes.iter_mut().for_each(|(prefix, known)| *known = names(prefix));
        }
        self
    }

    /// The prefixes that these messages use as keys. [`Learner`] does the same one message at a time.
    pub fn learn<M: AsRef<str>>(messages: impl IntoIterator<Item = M>) -> Self {
        let mut learner = Learner::default();
        messages.into_iter().for_each(|message| learner.read(message.as_ref()));
        learner.finish()
    }

    /// Nothing is known: upper case, minus look-alikes.
    pub fn none() -> Self {
        Self::default()
    }

    /// The prefixes that count in any case, in alphabetical order; none while nothing is known.
    pub fn known(&self) -> Vec<&str> {
        let mut known: Vec<&str> = self.names().collect();
        known.sort_unstable();
        known
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let (allowed, learned) = match &self.0 {
            Source::Nothing => (None, None),
            Source::Allowed(prefixes) => (Some(prefixes.keys()), None),
            Source::Learned(history) => (None, Some(&history.classes)),
        };
        let learned = learned
            .into_iter()
            .flatten()
            .filter_map(|(name, class)| matches!(class, Class::Known(_)).then_some(name));
        allowed.into_iter().flatten().chain(learned).map(String::as_str)
    }

    /// The known prefix that an unknown one is one slip away from.
    fn slip_of(&self, prefix: &str) -> Option<&str> {
        self.names().filter(|known| evidence::is_slip(prefix, known)).min()
    }

    fn not_allowed(&self, prefix: &str) -> Verdict {
        let reason = "its prefix is not one of the projects";
        self.slip_of(prefix).map_or(Verdict::LookAlike(reason.into()), |known| {
            Verdict::LookAlike(format!("{reason}; did you mean {known}?").into())
        })
    }

    pub(super) fn from_history(history: History) -> Self {
        Self(Source::Learned(history))
    }

    /// Judges a key-shaped word by itself and by where it stands.
    pub(super) fn judge(&self, key: &Key<'_>, inside: Option<Inside>, spot: Spot<'_>) -> Verdict {
        if let Some(prefix) = self.known_prefix(key, spot) {
            return known(key, &prefix, inside);
        }
        let could_be_key = key.prefix.len() >= 2
            && key.prefix.as_bytes()[0].is_ascii_uppercase()
            && !key.prefix.bytes().any(|byte| byte.is_ascii_lowercase());
        if !could_be_key {
            return self.guess_lower(key, inside, spot).unwrap_or(Verdict::Noise);
        }
        match (inside, key.edge) {
            (Some(_), _) => Verdict::LookAlike("it is inside a URL".into()),
            (None, Edge::Clean) => self.guess(key, spot),
            // `INT_MAX-1` is code; `task_SHOP-123` is not.
            (None, Edge::Doubtful(Doubtful::Identifier)) if key.number >= 100 => {
                self.guess(key, spot)
            }
            (None, Edge::Doubtful(doubtful)) => Verdict::LookAlike(doubtful.reason().into()),
            (None, Edge::Broken(reason)) => Verdict::LookAlike(reason.into()),
        }
    }

    /// The key of an item's page. The page says that it is one, even of a word's project; only a prefix that is nowhere a
    /// project is refused.
    pub(super) fn judge_page(&self, prefix: &str, number: u64) -> Verdict {
        let prefix = prefix.to_ascii_uppercase();
        let refused = match &self.0 {
            Source::Allowed(prefixes) => {
                (!prefixes.contains_key(&prefix)).then_some("its prefix is not one of the projects")
            }
            Source::Learned(history)
                if history.size == Size::Without && !history.classes.contains_key(&prefix) =>
            {
                Some("unknown prefix; the history does not use it")
            }
            Source::Nothing | Source::Learned(_) => match lookalikes::doubt(&prefix) {
                Some(Doubt::Never(reason)) if !self.knows(&prefix) => Some(reason),
                _ => None,
            },
        };
        refused.map_or_else(
            || Verdict::Item(format!("{prefix}-{number}")),
            |reason| Verdict::LookAlike(reason.into()),
        )
    }

    /// Whether the prefix of a key is known, and not only believed where it stands.
    pub(super) fn vouches_for(&self, key: &str) -> bool {
        key.rsplit_once('-').is_some_and(|(prefix, _)| self.knows(prefix))
    }

    fn knows(&self, prefix: &str) -> bool {
        match &self.0 {
            Source::Nothing => false,
            Source::Allowed(prefixes) => prefixes.contains_key(prefix),
            Source::Learned(history) => {
                matches!(history.classes.get(prefix), Some(Class::Known(_)))
            }
        }
    }

    /// Whether a history uses a prefix as a project's, and too rarely to be known.
    pub(super) fn believes(&self, prefix: &str) -> bool {
        match &self.0 {
            Source::Nothing | Source::Allowed(_) => false,
            Source::Learned(history) => {
                matches!(history.classes.get(prefix), Some(Class::Likely))
            }
        }
    }

    /// The prefix as it is known, in upper case: the longest one first, since `MY_SHOP` may be a project.
    fn known_prefix<'a>(&self, key: &Key<'a>, spot: Spot<'_>) -> Option<Cow<'a, str>> {
        let names = |prefix: &str| match &self.0 {
            Source::Nothing => None,
            Source::Allowed(prefixes) => prefixes.get(prefix).copied(),
            Source::Learned(history) => match history.classes.get(prefix) {
                Some(Class::Known(names)) => Some(*names),
                _ => None,
            },
        };
        let known = |prefix: Cow<'a, str>| names(&prefix).map(|names| (prefix, names));
        let wide = Some(key.wide).filter(|wide| wide.len() > key.prefix.len());
        let (prefix, names) =
            wide.and_then(|wide| known(upper(wide))).or_else(|| known(upper(key.prefix)))?;
        let could_be_name = if key.is_lower() { names.lower } else { names.upper };
        let is_name = key.number < EARLY && could_be_name && !spot.is_prominent();
        (!is_name).then_some(prefix)
    }

    /// `[shop-12]`, where the history has `SHOP` in upper case only and too rarely for a project.
    fn guess_lower(
        &self,
        key: &Key<'_>,
        inside: Option<Inside>,
        spot: Spot<'_>,
    ) -> Option<Verdict> {
        let prefix = upper(key.prefix);
        let is_likely = self.believes(&prefix);
        let is_free = inside.is_none() && key.is_clean();
        (is_likely && is_free && is_telling(key.number) && spot.is_prominent())
            .then(|| Verdict::Item(format!("{prefix}-{}", key.number)))
    }

    /// Judges an upper-case key whose prefix nobody has vouched for.
    fn guess(&self, key: &Key<'_>, spot: Spot<'_>) -> Verdict {
        let item = || Verdict::Item(format!("{}-{}", key.prefix, key.number));
        let (class, size) = match &self.0 {
            Source::Allowed(_) => return self.not_allowed(key.prefix),
            Source::Nothing => (None, Size::Small),
            Source::Learned(history) => (history.classes.get(key.prefix), history.size),
        };
        let slip = match class {
            Some(Class::Likely) => return item(),
            Some(Class::Typo(known)) => Some(known.as_str()),
            Some(Class::Known(_)) => None,
            None => self.slip_of(key.prefix).or_else(|| lookalikes::slip_of_host(key.prefix)),
        };
        if let Some(known) = slip {
            return Verdict::LookAlike(format!("unknown prefix; did you mean {known}?").into());
        }
        match lookalikes::doubt(key.prefix) {
            Some(Doubt::Never(reason) | Doubt::Hardly(reason) | Doubt::Rarely(reason)) => {
                return Verdict::LookAlike(reason.into());
            }
            Some(Doubt::Seldom(reason)) if !(is_telling(key.number) && spot.leads()) => {
                return Verdict::LookAlike(reason.into());
            }
            Some(Doubt::Often(reason)) if !spot.is_at_work() => {
                return Verdict::LookAlike(reason.into());
            }
            _ => {}
        }
        let is_credible = match size {
            Size::Small => true,
            Size::Settled => spot.is_prominent() || has_look_of_key(key),
            Size::Without => false,
        };
        if is_credible {
            item()
        } else {
            Verdict::LookAlike("unknown prefix; the history does not use it".into())
        }
    }
}

/// Judges a key of a known prefix: only what cannot be one is refused.
fn known(key: &Key<'_>, prefix: &str, inside: Option<Inside>) -> Verdict {
    // `shop-3.example.com` is a host; `SHOP-3.patch` is a file named after its item.
    let is_host = key.edge == Edge::Doubtful(Doubtful::Dots) && key.is_lower();
    match key.edge {
        Edge::Broken(reason) => Verdict::LookAlike(reason.into()),
        Edge::Doubtful(doubtful) if is_host => Verdict::LookAlike(doubtful.reason().into()),
        _ if inside == Some(Inside::Build) => {
            Verdict::LookAlike("it is inside the URL of a build".into())
        }
        _ => Verdict::Item(format!("{prefix}-{}", key.number)),
    }
}

/// In prose, three letters and three digits are rarely anything else.
fn has_look_of_key(key: &Key<'_>) -> bool {
    key.number >= 100
        && key.prefix.len() >= 3
        && key.prefix.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn upper(prefix: &str) -> Cow<'_, str> {
    if prefix.bytes().any(|byte| byte.is_ascii_lowercase()) {
        prefix.to_ascii_uppercase().into()
    } else {
        prefix.into()
    }
}

#[cfg(test)]
mod tests {
    use super::Prefixes;

    #[track_caller]
    fn check(prefixes: &Prefixes, cases: &[(&str, &str)]) {
        for (message, expected) in cases {
            assert_eq!(prefixes.keys(message).join(","), *expected, "{message:?}");
        }
    }

    #[test]
    fn an_allow_list_finds_its_prefixes_in_any_case_and_nothing_else() {
        check(
            &Prefixes::allow(["shop", " PAY- ", "MY_APP", ""]),
            &[
                ("SHOP-1", "SHOP-1"),
                ("fix shop-1, Shop-2 and SHOP-1 again", "SHOP-1,SHOP-2"),
                ("PAY-7: refund (SHOP-8)", "PAY-7,SHOP-8"),
                ("MY_APP-3 starts", "MY_APP-3"),
                ("APP-3 starts, UTF-8 too", ""),
                ("feature/SHOP-12-add-cart", "SHOP-12"),
                ("taskbranch/SHOP-123_2", "SHOP-123"),
                ("JSP_SHOP-123", "SHOP-123"),
                ("修复SHOP-12的问题", "SHOP-12"),
                ("éSHOP-12 and SHOP-12é", ""),
                ("SHOP-12a, aSHOP-12, SHOP-012, SHOP-0, SHOP-1.2", ""),
                ("SHOP-12. SHOP-13.", "SHOP-12,SHOP-13"),
                ("SHOP-2024-1234 and INT-SHOP-1004", ""),
                ("shop-12-404-page WIP-SHOP-13", "SHOP-12,SHOP-13"),
                ("`SHOP-1`\n> SHOP-2\n```\nSHOP-3\n```", "SHOP-1,SHOP-2,SHOP-3"),
                ("see SHOP-12.patch on shop-3.example.com", "SHOP-12"),
                ("https://acme.atlassian.net/browse/shop-4?focusedId=9", "SHOP-4"),
                ("https://ci.example.com/job/SHOP-5/7/", ""),
                ("https://example.com/blob/SHOP-6/readme", "SHOP-6"),
                ("https://acme.atlassian.net/browse/TOY-4", ""),
                ("", ""),
            ],
        );
    }

    #[test]
    fn without_knowledge_upper_case_counts_and_look_alikes_do_not() {
        check(
            &Prefixes::none(),
            &[
                ("SHOP-1 add cart", "SHOP-1"),
                ("text about SHOP-2 inside", "SHOP-2"),
                ("shop-1 add cart", ""),
                ("UTF-8, SHA-256, ISO-8859-1, RFC-6750, CVE-2024-1234, GH-1050, PR-3, KIP-500", ""),
                ("Fix a leak (GITHBU-308), GITLAP-12, ISSUSE-7", ""),
                ("GHSA-57j2-w4cx-62h2 SNYK-JAVA-IONETTY-1020439 INT-MASTER-1004 INT-CR-23", ""),
                ("jetty-9.4 bom-2 h-10 T-01a02448-1 kafka-0 pk-lf-1234567890 LANGFUSE-5DZ", ""),
                ("ABCD-1234-EFGH BSD-3-Clause GPL-2", ""),
                ("SHOP-12-Add-a-cart SHOP-13-UI", "SHOP-12,SHOP-13"),
                ("2023-04-11-245a825 F47AC10B-58CC-4372-A567-0E02B2C3D479", ""),
                ("JAVA-1234: add", "JAVA-1234"),
                ("add a cart [JAVA-1234]", "JAVA-1234"),
                ("fix: JAVA-1234 (JAVA-1235)", ""),
                ("x\n\nJAVA-1234: add", ""),
                ("JAVA-17: add", ""),
                ("SHA-256: add", ""),
                ("HTTP-404: tell it", ""),
                ("ORA-40478: tell it", ""),
                ("PSR-12 style, OWASP-2021 list", ""),
                ("Q4-2024: plan\n\n[ESP-8266] radio, TODO-123: see", ""),
                ("[BUILD-1234] add", ""),
                ("VS-2022: mend", ""),
                ("Seed data (USER-1, USER-2)", ""),
                ("Print a label - TEST-1", ""),
                ("INT_MAX-1 and PAGE_SIZE-1", ""),
                ("TEST-1 add a test", "TEST-1"),
                ("see TEST-1", "TEST-1"),
                ("the file TEST-1 is", ""),
                ("https://linear.app/acme/issue/ENG-12/add-a-cart", "ENG-12"),
                ("https://example.com/SHOP-6", ""),
                ("https://acme.atlassian.net/browse/JAVA-7 JAVA-8", "JAVA-7"),
                ("https://acme.atlassian.net/browse/PHASE-7", "PHASE-7"),
                ("https://acme.atlassian.net/browse/KIP-7", ""),
            ],
        );
    }
}
