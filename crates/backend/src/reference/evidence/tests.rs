//! What histories teach, one made up for each rule.

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
fn a_rare_prefix_counts_in_lower_case_where_keys_stand_and_its_number_tells() {
    let twice = many(2, "[SHOP-{}00] add");
    let cases = [
        ("[shop-301] add", "SHOP-301"),
        ("Shop-301: add", "SHOP-301"),
        ("about shop-301 here", ""),
        ("[shop-3] add", ""),
        ("[shop-256] add", ""),
        ("shop-301.example.com: add", ""),
        ("https://shop-301: add", ""),
    ];
    check(&[twice, many(90, "tidy {}")], &cases);
    check(
        &[many(3, "add\n\nCloses: shop-{}07"), many(90, "tidy {}")],
        &[("about SHOP-3", "SHOP-3"), ("fixes shop-301", "SHOP-301")],
    );
    for (messages, template) in
        [(900, "fix: disk-{}07"), (90, "fix: sha-{}07"), (90, "try-{}07: x")]
    {
        let word = template.trim_start_matches("fix: ").replace("{}", "3").replace(": x", "");
        check(&[many(3, template), many(messages, "tidy {}")], &[(&format!("fix: {word}"), "")]);
    }
    let small = many(3, "fix: disk-{}");
    check(&[small, many(90, "tidy {}")], &[("fix: disk-301", "")]);
    let (placed, named) = (many(3, "fix: disk-{}07"), many(1, "run it on disk-{}"));
    check(&[placed, named, many(90, "tidy {}")], &[("fix: disk-301", "")]);
    let both = ["add (SHOP-105)", "add to #shop-107, too"].map(str::to_owned);
    check(
        &[both.to_vec(), many(90, "tidy {}")],
        &[("[shop-301] add", "SHOP-301"), ("[disk-301] add", "")],
    );
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
        &[many(12, "text\n\nfound in NODE-1{}7 then"), many(90, "tidy {}")],
        &[("NODE-8", "NODE-8")],
    );
    check(&[many(12, "text\n\nfound in NODE-1{}7 then"), many(2000, "tidy {}")], &[("NODE-8", "")]);
    check(&[many(12, "text\n\nrun on NODE-{} then"), many(90, "tidy {}")], &[("NODE-8", "")]);
    check(&[many(3, "[NODE-1{}7] add"), many(250, "tidy {}")], &[("NODE-8", "NODE-8")]);
    check(&[many(3, "[NODE-1{}7] add"), many(350, "tidy {}")], &[("NODE-8: x", "")]);
    check(
        &[many(12, "text\n\nfound in TEST-1{}7 then"), many(300, "tidy {}")],
        &[("a TEST-8", "TEST-8")],
    );
    check(&[many(12, "node-1{}7: add"), many(90, "tidy {}")], &[("node-8: add", "NODE-8")]);
    check(&[many(12, "node-{}: add"), many(90, "tidy {}")], &[("node-8: add", "")]);
    let sizes = ["SHA-128: add", "SHA-256: add", "SHA-384: add"].map(str::to_owned);
    check(&[sizes.to_vec(), many(90, "tidy {}")], &[("SHA-256: add", "")]);
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
    let history =
        [many(40, "SHOP-{}: add"), many(90, notes), many(90, "x\n\n```\nRUN-{} y\n[GUM-{}]\n```")];
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
}

#[test]
fn a_name_that_comes_now_and_then_in_a_long_history_is_no_project() {
    let name = many(12, "Add support for the DISK-1{}9");
    check(&[name.clone(), many(300, "tidy {}")], &[("about DISK-7", "DISK-7")]);
    check(&[name, many(13_000, "tidy {}")], &[("about DISK-7", ""), ("about BOARD-721", "")]);
}

#[test]
fn a_small_number_behind_a_word_is_a_version_in_an_old_project_without_early_items() {
    let late = many(40, "JAVA-{}00: add");
    check(std::slice::from_ref(&late), &[("on JAVA-17", ""), ("JAVA-17: add", "JAVA-17")]);
    check(&[late.clone(), many(3, "JAVA-{}: add")], &[("on JAVA-17", "JAVA-17")]);
    let mut learner = Learner::default();
    late.iter().for_each(|message| learner.read(message));
    let allowed = learner.allow(["JAVA"]);
    assert_eq!(allowed.keys("on JAVA-17, not on java-18"), ["JAVA-17"]);
}

#[test]
fn a_rare_neighbour_of_a_project_is_a_slip() {
    check(&[many(90, "BASKET-{}: add")], &[("BAKSET-17: add", ""), ("TOY-17: add", "TOY-17")]);
    check(&[many(300, "BASKET-{}: add"), many(15, "BAKSET-{}: add")], &[("BAKSET-9: add", "")]);
    let history = [many(90, "BASKET-{}: add"), vec!["BAKSET-17: add".to_owned()]];
    check(&history, &[("BAKSET-17: add", ""), ("TOY-17: add", "TOY-17")]);
    assert!(
        is_slip("BASKET", "BAKSET") && is_slip("BASKET", "BASKETS") && is_slip("BASKET", "BASSET")
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
