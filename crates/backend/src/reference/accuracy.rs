//! How many of the keys are found, and how much that is found is none, on made-up histories of the styles that public
//! projects write: what `extract` promises is asserted here, history by history.

use super::{Learner, Prefixes};
use std::collections::BTreeSet;

/// A message and the keys that it names.
type Labelled = (String, BTreeSet<String>);

/// What stands in commit messages and looks like a key to a careless reader.
const LOOK_ALIKES: &str = "decode UTF-8 names|read UTF-16LE files|store SHA-256 sums|drop SHA-1|use AES-128-GCM|\
    sign with HMAC-SHA-512|fix CVE-2024-12345|mention CVE-2021-44228 (Log4Shell)|parse ISO-8859-1|print ISO-8601 dates|\
    follow RFC-2119|see RFC-6750 section 2|note COVID-19 closures|convert CP-1252|answer HTTP-404|support HTTP-2|\
    call GPT-4|move X-1 to the left|set M-1 and N-1|upgrade jetty-9.4.51|use h-10 and w-12|run on Java-17|\
    build with JDK-21|as JDK-8212233 says|see PEP-8|per KIP-500|implement KIP-848|discuss FLIP-27|as in JSR-310|\
    GHSA-57j2-w4cx-62h2|SNYK-JAVA-IONETTY-1020439|built by INT-MASTER-1004|release 1.0-RC-1|tag v2.0.0-rc-2|\
    on 2023-04-11-245a825|id F47AC10B-58CC-4372-A567-0E02B2C3D479|INT_MAX-1 overflows|PAGE_SIZE-1 bytes|BSD-3-Clause|\
    GPL-2.0-or-later|Apache-2.0|MPL-2|key pk-lf-1234567890|host kafka-0.example.com|run x86-64 and ARM-64|at UTC-8|\
    GMT-5 offset|use BASE-64|from left-pad-1.3|node-18 image|python-3.11|CVE-2024|CWE-79 in the form|MD-5 sums|\
    RSA-2048 keys|SHA3-384|TLS-1.3 only|SSL-3 off|USB-3 disks|DDR-4|MP-3 files|ED-25519|P-256 curve|EC-256|\
    page-2 of the list|step-3|PHASE-2 begins|day-1|level-0|version-10|see PR-12|see MR-7|H-1B|WIN-1252|LATIN-1|\
    https://example.com/wiki/ABC-12/x.html|https://ci.example.com/job/BUILD-77/console|name@HOST-1|a $VAR-1 here|\
    mailto:box-12@example.com|colour #FF-12|T-01a02448-1|serial ABCD-1234-EFGH|ISO8859-5 fonts|\
    TIS-620 text|run on IA-64|a PDP-11 once|use AVX-512|B2B-2 flow|e2e-1 test|v8-12.4";

/// What a code host's own references look like: none is a key.
const HOSTED: &str = "fix #12|closes #1234|see GH-12|see acme/shop#12|https://github.com/acme/shop/issues/12|\
    https://github.com/acme/shop/pull/77#discussion_r12|see !12|group/project#12|group/sub/project!34|fixes AB#12|\
    Related: AB#345|https://dev.azure.com/acme/shop/_workitems/edit/77|refs #1, #2 and #3";

/// What commits are about.
const TITLES: &str = "Fix a race in the log cleaner|Add retries to the fetcher|Remove an unused import|Improve the docs|\
    Avoid a copy in the decoder|Make the timeout an option|Handle an empty partition|Flaky test in the suite|\
    Do not lose the last record|Rename the method|Bump the year|Upgrade the checkstyle rules|Simplify the state machine";

/// A source of choices that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    fn of<'a>(&mut self, list: &'a str) -> &'a str {
        let all: Vec<&str> = list.split('|').collect();
        all[self.below(all.len())]
    }
}

/// How a project writes its keys: templates in which `{K}` is a key, `{k}` the same in lower case, `{L}` another key,
/// `{T}` a title and `{A}` a look-alike.
struct Style {
    name: &'static str,
    projects: &'static [&'static str],
    /// Of a hundred commits, those with a key.
    share: usize,
    largest: usize,
    with_key: &'static [&'static str],
}

const WITHOUT_KEY: &[&str] = &[
    "MINOR: {T}",
    "{T} (#{N})",
    "{T}: {A}",
    "{T}\n\nThis makes it {A} everywhere.",
    "Merge pull request #{N} from someone/patch-1\n\n{T}",
    "Merge branch 'main' into topic",
    "{T}\n\n{H}",
    "Revert \"{T}\"\n\nThis reverts commit 0123456789abcdef.",
    "Bump left-pad from 1.2 to 1.3\n\n* [TOY-{N}] {T}\n* {A}",
    "fix: {T}\n\nSigned-off-by: A Person <person@example.com>",
    "",
];

const STYLES: &[Style] = &[
    Style {
        name: "one project at the front",
        projects: &["KAFKA"],
        share: 80,
        largest: 17_000,
        with_key: &[
            "{K}: {T} (#{N})",
            "{K}; {T}",
            "{K} {T}",
            "{K}: {T}; {A}\n\nReviewers: A Person <person@example.com>",
            "{K}: {T} (#{N})\n\nFollows {L}, {A}.",
            "MINOR: {T}\n\nFound in {K}.",
            "{K}: {T}\n\nCloses #{N} from someone/{L}-branch",
            "HOTFIX: {T} after {K} (#{N})",
            "Revert \"{K}: {T}\"\n\nThis reverts commit 0123456789abcdef.",
            "Merge pull request #{N} from someone/{k}-fix-it\n\n{T}",
        ],
    },
    Style {
        name: "brackets",
        projects: &["SPARK"],
        share: 90,
        largest: 48_000,
        with_key: &[
            "[{K}][SQL] {T}",
            "[{K}] [{L}] [CORE] {T}: {A}",
            "[{K}][INFRA][FOLLOWUP] {T}\n\n### What changes were proposed?\n{T}, {A}.",
            "{K}. {T}",
            "Revert \"[{K}][SQL] {T}\"",
            "[MINOR][DOCS] {T}\n\nIt was forgotten in {K}.",
        ],
    },
    Style {
        name: "several projects",
        projects: &["HADOOP", "HDFS", "YARN", "MAPREDUCE", "HDDS"],
        share: 95,
        largest: 18_000,
        with_key: &[
            "{K}. {T}. Contributed by A Person.",
            "{K}. {T} (#{N}). Contributed by A Person.",
            "{K}: {T}",
            "Merge {K} from trunk. {T}",
            "Addendum to {K}. {T}; {A}.",
            "{K}. {T}.\n\n(cherry picked from commit 0123456789abcdef)",
            "{K}. {T}. This is the second part of {L}.",
        ],
    },
    Style {
        name: "magic words and branches",
        projects: &["ENG"],
        share: 15,
        largest: 900,
        with_key: &[
            "{T}\n\nFixes {K}",
            "{T}\n\nPart of {K}",
            "{K} {T}",
            "feat(cart): {T} [{K}]",
            "{T} ({K})",
            "Merge pull request #{N} from acme/person/{k}-add-it\n\n{T}",
            "Merge branch '{k}-add-it' into main",
            "{T}\n\nhttps://linear.app/acme/issue/{K}/add-it",
        ],
    },
    Style {
        name: "trailers",
        projects: &["SHOP", "PAY"],
        share: 50,
        largest: 2_500,
        with_key: &[
            "{T}\n\n{A}\n\nRefs: {K}\n",
            "{T}\n\nIssue-ID: {K}\nSigned-off-by: A Person <person@example.com>",
            "{T}\n\nJira issue: {K}\nhttps://acme.atlassian.net/browse/{K}",
            "feat: {T}\n\n{K} #comment {A} #time 2h",
            "fix({K}): {T}",
            "{T}\n\nFixes {K}, {L}",
        ],
    },
    Style {
        name: "rare keys",
        projects: &["GODRIVER"],
        share: 5,
        largest: 3_000,
        with_key: &["{K} {T}", "{K}: {T} (#{N})", "[{K}] {T}", "{T}\n\nSee {K}."],
    },
    Style { name: "no keys", projects: &[], share: 0, largest: 1, with_key: &[] },
];

impl Style {
    fn key(&self, dice: &mut Dice) -> String {
        let project = self.projects[dice.below(self.projects.len())];
        format!("{project}-{}", 1 + dice.below(self.largest))
    }

    fn message(&self, dice: &mut Dice) -> Labelled {
        let has_key = dice.below(100) < self.share;
        let templates = if has_key { self.with_key } else { WITHOUT_KEY };
        let mut text = templates[dice.below(templates.len())].to_owned();
        let mut keys = BTreeSet::new();
        if has_key {
            for (lower, upper) in [("{k}", "{K}"), ("{l}", "{L}")] {
                let key = self.key(dice);
                if text.contains(lower) || text.contains(upper) {
                    text = text.replace(lower, &key.to_lowercase()).replace(upper, &key);
                    keys.insert(key);
                }
            }
        }
        let number = (1 + dice.below(15_000)).to_string();
        let text = text.replace("{T}", dice.of(TITLES)).replace("{H}", dice.of(HOSTED));
        (text.replace("{A}", dice.of(LOOK_ALIKES)).replace("{N}", &number), keys)
    }

    fn history(&self, seed: u64) -> Vec<Labelled> {
        let mut dice = Dice(seed);
        (0..2_000).map(|_| self.message(&mut dice)).collect()
    }
}

/// Finds what the history names, and asserts what of it is found and what found is named, in thousandths.
#[track_caller]
fn check(name: &str, history: &[Labelled], prefixes: &Prefixes, recall: usize, precision: usize) {
    let (mut named, mut found, mut right, mut wrong) = (0, 0, 0, Vec::new());
    for (message, keys) in history {
        let given: BTreeSet<String> = prefixes.keys(message).into_iter().collect();
        let both = given.intersection(keys).count();
        (named, found, right) = (named + keys.len(), found + given.len(), right + both);
        if given != *keys {
            wrong.push((message, given));
        }
    }
    wrong.truncate(20);
    let is_enough = right * 1000 >= named * recall && right * 1000 >= found * precision;
    assert!(is_enough, "{name}: {right} right of {named} named and {found} found: {wrong:#?}");
}

#[test]
fn keys_are_found_without_a_setting() {
    for (style, seed) in STYLES.iter().zip(1..) {
        let history = style.history(seed);
        let prefixes = Prefixes::learn(history.iter().map(|(message, _)| message));
        check(style.name, &history, &prefixes, 980, 990);
    }
}

#[test]
fn keys_are_found_with_the_projects_named() {
    for (style, seed) in STYLES.iter().zip(1..) {
        let history = style.history(seed);
        let mut learner = Learner::default();
        history.iter().for_each(|(message, _)| learner.read(message));
        check(style.name, &history, &learner.allow(style.projects), 999, 999);
    }
}
