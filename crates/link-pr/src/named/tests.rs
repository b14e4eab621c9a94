//! What is named, case by case: `item bond places commits`, and what is left as `(text place: reason)`.

use super::*;
use crate::facts::testing::{commit, facts};

fn naming() -> Naming {
    Naming::keys().with_projects(&["SHOP".to_owned(), "PAY".to_owned()])
}

fn words(facts: &Facts) -> Vec<String> {
    let named = read(facts, &naming(), &Policy::default()).unwrap();
    let mut words: Vec<String> = named
        .items
        .iter()
        .map(|item| {
            let mut places: Vec<String> = item.places.iter().map(ToString::to_string).collect();
            places.extend(
                (!item.commits.is_empty()).then(|| format!("{} commits", item.commits.len())),
            );
            format!("{} {} in {}", item.id, item.bond.word(), places.join(", "))
        })
        .collect();
    words.extend(
        named.left.iter().map(|left| format!("({} {}: {})", left.text, left.place, left.reason)),
    );
    words
}

#[track_caller]
fn check(title: &str, body: &str, commits: &[&str], expected: &[&str]) {
    assert_eq!(words(&facts(title, body, commits)), expected, "{title:?} {body:?} {commits:?}");
}

#[test]
fn every_place_names_items_and_the_strongest_word_counts() {
    check("SHOP-1: add", "", &[], &["SHOP-1 work in title"]);
    check("add SHOP-1 to the cart", "", &[], &["SHOP-1 work in title"]);
    check(
        "add",
        "Fixes SHOP-1, see SHOP-2. SHOP-3 is like it",
        &[],
        &["SHOP-1 closes in body", "SHOP-2 refs in body", "SHOP-3 mentions in body"],
    );
    check(
        "add",
        "text\n\nRefs: SHOP-1",
        &["PAY-1 add", "x\n\nCloses: SHOP-1", "x SHOP-1"],
        &["SHOP-1 closes in body, 2 commits", "PAY-1 work in 1 commits"],
    );
    check("this does not fix SHOP-1", "", &[], &["SHOP-1 mentions in title"]);
    let mut branch = facts("add", "", &[]);
    branch.proposal.source_branch = "feature/shop-12-add".to_owned();
    assert_eq!(words(&branch), ["SHOP-12 work in branch"]);
}

#[test]
fn a_word_that_points_at_an_item_says_more_than_its_place() {
    for pointing in [
        "part of SHOP-1",
        "Cart, related to SHOP-1",
        "See SHOP-1",
        "Refs: SHOP-1",
        "Add the model (part of SHOP-1)",
        "Add the model, part of [SHOP-1]",
        "Related-to: SHOP-1",
    ] {
        check(pointing, "", &[], &["SHOP-1 refs in title"]);
        check("x", "", &[pointing], &["SHOP-1 refs in 1 commits"]);
    }
    check("Cart, see SHOP-1, SHOP-2", "", &[], &["SHOP-1 refs in title", "SHOP-2 refs in title"]);
    for work in ["SHOP-1: x", "[SHOP-1] x", "x (SHOP-1)", "Ticket: SHOP-1", "See it: SHOP-1"] {
        check(work, "", &[], &["SHOP-1 work in title"]);
        check("x", "", &[work], &["SHOP-1 work in 1 commits"]);
    }
}

#[test]
fn a_revert_names_work_that_is_taken_back() {
    check(
        "Revert \"SHOP-1: add\"",
        "Reverts acme/shop#3",
        &[],
        &["(SHOP-1 title: it names work that is taken back)"],
    );
    check("Revert \"Revert \"SHOP-1: add\"\"", "", &[], &["SHOP-1 work in title"]);
    check(
        "Revert \"SHOP-1: add\"",
        "Refs SHOP-2",
        &[],
        &["SHOP-2 refs in body", "(SHOP-1 title: it names work that is taken back)"],
    );
    let taken_back = "(SHOP-1 title: it names work that is taken back)";
    for lead in ["SHOP-2: ", "SHOP-2 | ", "[SHOP-2] "] {
        let title = format!("{lead}Revert \"SHOP-1 a\"");
        check(&title, "", &[], &["SHOP-2 work in title", taken_back]);
    }
    check("Revert \"SHOP-1 x\" for SHOP-2", "", &[], &["SHOP-2 work in title", taken_back]);
    let mut branch = facts("x", "", &[]);
    branch.proposal.source_branch = "revert-12-feature/SHOP-1".to_owned();
    assert_eq!(words(&branch), ["(SHOP-1 branch: it names work that is taken back)"]);
}

#[test]
fn commits_that_are_taken_back_name_nothing() {
    let revert = format!("Revert \"add\"\n\nThis reverts commit {}.", commit(0, "").sha);
    let again = format!("Reapply \"add\"\n\nThis reverts commit {}.", commit(1, "").sha);
    let short = |index| commit(index, "").short_sha().to_owned();
    check(
        "x",
        "",
        &["add\n\nFixes: SHOP-1", &revert],
        &[&format!("(SHOP-1 {}: commit {} takes it back)", short(0), short(1))],
    );
    check("x", "", &["add\n\nFixes: SHOP-1", &revert, &again], &["SHOP-1 closes in 1 commits"]);
    check(
        "x",
        "",
        &["SHOP-1: add", "Revert \"SHOP-1: add\"", "SHOP-1: add it right"],
        &[
            "SHOP-1 work in 1 commits",
            &format!("(SHOP-1 {}: commit {} takes it back)", short(0), short(1)),
            &format!("(SHOP-1 {}: it names work that is taken back)", short(1)),
        ],
    );
}

#[test]
fn a_bot_s_text_names_nothing_and_its_title_may() {
    let mut bot = facts("SHOP-1: bump left-pad", "Fixes SHOP-2", &["SHOP-3: bump\n\nFixes SHOP-4"]);
    bot.proposal.author.is_bot = true;
    bot.proposal.commits[0].author = "dependabot[bot]".to_owned();
    assert_eq!(words(&bot)[..2], ["SHOP-1 work in title", "SHOP-3 work in 1 commits"]);
    assert!(words(&bot)[2].starts_with("(SHOP-2 body: a program's text"), "{:?}", words(&bot));
    assert!(words(&bot)[3].starts_with("(SHOP-4 "), "{:?}", words(&bot));
    // A person's commit on a program's branch speaks for itself.
    bot.proposal.commits[0].author = "Alex Example".to_owned();
    assert!(words(&bot).contains(&"SHOP-4 closes in 1 commits".to_owned()), "{:?}", words(&bot));
}

#[test]
fn a_pull_request_s_own_number_is_no_item() {
    let named = |facts: &Facts| {
        let naming = Naming::numbers().with_projects(&["acme/shop".to_owned()]);
        let named = read(facts, &naming, &Policy::default()).unwrap();
        named.items.iter().map(|item| item.id.to_string()).collect::<Vec<_>>().join(" ")
    };
    for (title, bond) in [("#12: add", "work"), ("[#12] Add", "work"), ("Add #12", "mentions")] {
        let facts = facts(title, "", &[]);
        let read = read(&facts, &Naming::numbers(), &Policy::default()).unwrap();
        let item = &read.items[0];
        assert_eq!(format!("{:?}", item.bond).to_lowercase(), bond, "{title}");
    }
    let mut facts = facts("Add the cart (#7)", "Fixes #12, acme/shop#7 and acme/shop#8", &[]);
    assert_eq!(named(&facts), "#12 acme/shop#8");
    facts.grammar = Grammar::GitLab;
    assert_eq!(named(&facts), "#7 #12 acme/shop#7 acme/shop#8", "GitLab's issues count apart");
}

#[test]
fn a_smart_commit_closes_what_its_line_names() {
    check(
        "x",
        "SHOP-3 #close",
        &["SHOP-1 SHOP-2 #comment see below #resolve\nSHOP-4 #time 2h"],
        &[
            "SHOP-3 mentions in body",
            "SHOP-1 closes in 1 commits",
            "SHOP-2 closes in 1 commits",
            "SHOP-4 mentions in 1 commits",
        ],
    );
}

#[test]
fn dumps_of_squashed_commits_code_and_quotations_are_left() {
    let dump = "add\n\nSquashed commit of the following:\n\ncommit 0123456789\nAuthor: A\n\n    fixes SHOP-1\n";
    let left =
        format!("(SHOP-1 {}: it is in the list of squashed commits)", commit(0, "").short_sha());
    check("x", "", &[dump], &[&left]);
    check(
        "x",
        "> fixes SHOP-1\n\n`SHOP-2`\n\n<!-- SHOP-3 -->",
        &[],
        &[
            "(SHOP-1 body: it is in a quoted message)",
            "(SHOP-2 body: it is in code)",
            "(SHOP-3 body: it is in an HTML comment)",
        ],
    );
}

#[test]
fn a_description_is_markdown_and_a_commit_s_message_is_plain_text() {
    let fenced = "````\n```\n````\nFixes SHOP-1";
    check("x", fenced, &[], &["SHOP-1 closes in body"]);
    for (body, reason) in [
        ("text\n\n    fixes SHOP-1", "code block"),
        ("- > fixes SHOP-1", "quoted message"),
        ("a `fixes\nSHOP-1`", "code"),
        ("<pre>\nfixes SHOP-1\n</pre>", "code block"),
        ("```\n``` x\nfixes SHOP-1", "code block"),
    ] {
        let article = if reason == "code" { "in" } else { "in a" };
        check("x", body, &[], &[&format!("(SHOP-1 body: it is {article} {reason})")]);
    }
    // As `git log` shows a message that somebody quotes, and as lists are set off.
    check("x", "", &["x\n\n    Fixes SHOP-1"], &["SHOP-1 closes in 1 commits"]);
    check("Use `SHOP-1`", "", &[], &["(SHOP-1 title: it is in code)"]);
}

#[test]
fn other_projects_and_slips_are_left_with_the_reason() {
    check(
        "PYA-1 TOY-2",
        "",
        &[],
        &[
            "(PYA-1 title: its prefix is not one of the projects)",
            "(TOY-2 title: its prefix is not one of the projects)",
        ],
    );
    let naming = Naming::keys().with_projects(&["BASKET".to_owned()]);
    let named = read(&facts("BAKSET-1: add", "", &[]), &naming, &Policy::default()).unwrap();
    assert!(named.left[0].reason.ends_with("did you mean BASKET?"), "{named:?}");
}

#[track_caller]
fn check_opt_out(title: &str, body: &str, label: &str, expected: Option<&str>) {
    let mut facts = facts(title, body, &[]);
    facts.proposal.labels = vec![label.to_owned()];
    let named = read(&facts, &naming(), &Policy::default()).unwrap();
    assert_eq!(named.opt_out.as_deref(), expected, "{title} {body} {label}");
}

#[test]
fn opting_out_is_said_by_a_word_a_line_or_a_label() {
    check_opt_out("[NO-JIRA] tidy", "", "", Some("`NO-JIRA` in the title"));
    check_opt_out("no-ticket: tidy", "", "", Some("`no-ticket` in the title"));
    check_opt_out("tidy", "text\n\nNO-ISSUE\n", "", Some("the line `NO-ISSUE`"));
    check_opt_out("tidy", "", "No-Issue", Some("the label `No-Issue`"));
    for quoted in [
        "Cart.\n<!-- No ticket? Then write this line:\nNO-TICKET\n-->",
        "```\nNO-TICKET\n```",
        "> NO-TICKET",
        "text\n\n    NO-TICKET",
    ] {
        check_opt_out("tidy", quoted, "", None);
    }
    check_opt_out("NO-JIRAS", "we have NO-ISSUE here", "no-issues", None);
}

#[track_caller]
fn check_backport(change: impl FnOnce(&mut Facts), expected: bool) {
    let mut facts = facts("SHOP-1: add", "", &["x"]);
    change(&mut facts);
    let named = read(&facts, &naming(), &Policy::default()).unwrap();
    assert_eq!(named.backport.is_some(), expected, "{named:?}");
}

#[test]
fn a_backport_is_known_by_its_signs() {
    let picked = "x\n\n(cherry picked from commit 0123456789abcdef)";
    let elsewhere = |facts: &mut Facts| facts.proposal.target_branch = "release/1.x".to_owned();
    check_backport(|_| {}, false);
    check_backport(elsewhere, false);
    check_backport(
        |facts| facts.proposal.pull_request.title = "[Backport 1.x] SHOP-1".to_owned(),
        true,
    );
    check_backport(|facts| facts.proposal.commits = vec![commit(0, picked)], false);
    let signs: [fn(&mut Facts); 3] = [
        |facts| {
            facts.proposal.commits = vec![commit(0, "x\n\n(cherry picked from commit 0123456789)")];
        },
        |facts| facts.proposal.source_branch = "backport-12-to-1.x".to_owned(),
        |facts| facts.proposal.labels = vec!["Backport".to_owned()],
    ];
    for sign in signs {
        check_backport(
            |facts| {
                elsewhere(facts);
                sign(facts);
            },
            true,
        );
    }
}

#[test]
fn five_thousand_keys_are_read_once_each() {
    let body = (1..=5000).map(|number| format!("SHOP-{number}")).collect::<Vec<_>>().join(" ");
    let named = read(&facts("x", &body, &[]), &naming(), &Policy::default()).unwrap();
    assert_eq!(named.items.len(), 5000);
}
