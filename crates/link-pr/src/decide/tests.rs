//! The decision, case by case. `links`, `-withdrawn (why)`, `>moves`, `=kept (why)`, then the verdict and its rules.

use super::*;
use crate::{
    facts::{
        Gap, OnPanel,
        testing::{commit, facts},
    },
    guard, named,
    policy::{Bots, Noise, PathRule},
};
use app::naming::Naming;
use backend::panel::Others;

fn naming() -> Naming {
    Naming::keys().with_projects(&["SHOP".to_owned(), "PAY".to_owned()])
}

fn plan_of(facts: &Facts, policy: &Policy) -> Plan {
    let named = named::read(facts, &naming(), policy).unwrap();
    let accidents = guard::accidents(facts, &named, &naming());
    decide(facts, &named, &accidents, policy)
}

fn words(plan: &Plan) -> String {
    let mut words: Vec<String> = plan.links.iter().map(|item| item.id.to_string()).collect();
    words.extend(plan.withdrawn.iter().map(|it| format!("-{} ({})", it.item, it.why)));
    words.extend(plan.transitions.iter().map(|it| match &it.kept {
        None => format!(">{} {}", it.item, it.to),
        Some(why) => format!("={} ({why})", it.item),
    }));
    words.push(plan.verdict.word().to_owned());
    words.extend(plan.reasons.iter().map(|reason| reason.rule.to_owned()));
    words.join(" ")
}

#[track_caller]
fn check(facts: &Facts, policy: &Policy, expected: &str) {
    assert_eq!(words(&plan_of(facts, policy)), expected, "{facts:#?}");
}

fn there(status: Status, linked: bool) -> Known {
    Known::There { status, linked: Some(linked) }
}

fn with(mut facts: Facts, items: &[(&str, Known)]) -> Facts {
    facts.items = items.iter().map(|(id, known)| (WorkItemId::new(*id), *known)).collect();
    facts
}

fn moving() -> Policy {
    Policy {
        on_open: Some(Status::InReview),
        on_merge: Some(Status::Done),
        frozen: vec![Status::Cancelled, Status::Blocked],
        ..Policy::default()
    }
}

fn merged(mut facts: Facts) -> Facts {
    facts.proposal.pull_request.state = PullRequestState::Merged;
    facts
}

fn closed(mut facts: Facts) -> Facts {
    facts.proposal.pull_request.state = PullRequestState::Closed;
    facts
}

#[test]
fn what_is_named_is_linked_and_the_rest_withdrawn() {
    let title = || facts("SHOP-1: add", "", &[]);
    let default = Policy::default();
    check(&title(), &default, "SHOP-1 pass");
    let old = with(
        title(),
        &[("SHOP-2", there(Status::Todo, true)), ("SHOP-3", there(Status::Todo, false))],
    );
    check(&old, &default, "SHOP-1 -SHOP-2 (the pull request no longer names it) pass");
    let closed = closed(with(title(), &[("SHOP-1", there(Status::Todo, true))]));
    check(&closed, &default, "-SHOP-1 (the pull request was closed without a merge) pass");
    let reverted = facts("x", "", &["SHOP-1: add", "Revert \"SHOP-1: add\""]);
    let by = reverted.proposal.commits[1].short_sha().to_owned();
    let reverted = with(reverted, &[("SHOP-1", there(Status::Todo, true))]);
    check(&reverted, &default, &format!("-SHOP-1 (commit {by} takes it back) pass"));
}

#[test]
fn an_incomplete_reading_takes_nothing_away_and_is_told() {
    let mut gap = with(facts("SHOP-1: add", "", &[]), &[("SHOP-2", there(Status::Todo, true))]);
    gap.gaps = vec![Gap { what: "only 1 of 3 commits".to_owned(), hint: "fetch".to_owned() }];
    check(&gap, &Policy::default(), "SHOP-1 fail incomplete");
    check(&gap, &Policy { incomplete: Level::Warn, ..Policy::default() }, "SHOP-1 warn incomplete");
    check(&gap, &Policy { incomplete: Level::Off, ..Policy::default() }, "SHOP-1 pass");
    assert!(!plan_of(&gap, &Policy::default()).complete);
    check(
        &closed(gap),
        &Policy::default(),
        "-SHOP-2 (the pull request was closed without a merge) fail incomplete",
    );
}

/// What the panel is to show, others' in parentheses, `-` what is taken out of it, `+` where the others are kept.
#[track_caller]
fn check_panel(facts: &Facts, policy: &Policy, expected: Option<&str>) {
    let panel = plan_of(facts, policy).panel.map(|it| {
        let out = it.withdrawn.iter().map(|it| format!("-{}", it.item));
        let kept = (it.others == Others::Kept).then(|| "+".to_owned());
        let foreign = it.foreign.iter().map(|id| format!("({id})"));
        let words = it.items.iter().map(ToString::to_string).chain(foreign).chain(out).chain(kept);
        words.collect::<Vec<_>>().join(" ")
    });
    assert_eq!(panel.as_deref(), expected);
}

#[test]
fn the_panel_shows_what_holds_and_loses_what_is_known_not_to() {
    let default = Policy::default();
    let on = |items: &[&str]| {
        let mut facts = facts("SHOP-1: add", "see PAY-2", &[]);
        let items = items.iter().map(|id| WorkItemId::new(*id)).collect();
        facts.panel = Some(OnPanel { ours: items, foreign: Vec::new() });
        facts
    };
    check_panel(&facts("SHOP-1: add", "", &[]), &default, None);
    check_panel(&on(&[]), &default, Some("SHOP-1 PAY-2"));
    let both = || on(&["PAY-2", "SHOP-1"]);
    check_panel(&both(), &default, Some("SHOP-1 PAY-2"));
    check_panel(&on(&["SHOP-1", "SHOP-9"]), &default, Some("SHOP-1 PAY-2 -SHOP-9"));
    check_panel(&closed(both()), &default, Some("-PAY-2 -SHOP-1"));
    // What the panel tells may be behind, so that an empty panel is emptied all the same.
    check_panel(&closed(on(&[])), &default, Some(""));
    let quiet = Policy { noise: [("PAY".to_owned(), Noise::Off)].into(), ..Policy::default() };
    check_panel(&on(&[]), &quiet, Some("SHOP-1"));
    check_panel(&both(), &quiet, Some("SHOP-1 PAY-2"));
    let mut shared = on(&["SHOP-9"]);
    shared.panel.as_mut().unwrap().foreign = vec![WorkItemId::new("TOY-3")];
    check_panel(&shared, &default, Some("SHOP-1 PAY-2 (TOY-3) -SHOP-9"));
    check_panel(&closed(shared), &default, Some("(TOY-3) -SHOP-9"));
    let mut queued = both();
    queued.queued = Some("a".repeat(40));
    check_panel(&queued, &default, None);
    let mut gap = on(&["SHOP-9"]);
    gap.gaps = vec![Gap { what: "only 1 of 3 commits".to_owned(), hint: "fetch".to_owned() }];
    check_panel(&gap, &default, Some("SHOP-1 PAY-2 +"));
    check_panel(&closed(gap), &default, Some("-SHOP-9"));
}

#[test]
fn items_move_forward_only_and_frozen_ones_stay() {
    let title = || facts("SHOP-1: add", "", &[]);
    for (status, open, merge) in [
        (Status::Todo, ">SHOP-1 in_review", ">SHOP-1 done"),
        (Status::InProgress, ">SHOP-1 in_review", ">SHOP-1 done"),
        (Status::InReview, "=SHOP-1 (it is in_review already)", ">SHOP-1 done"),
        (Status::Done, "=SHOP-1 (it is done already)", "=SHOP-1 (it is done already)"),
        (Status::Blocked, "=SHOP-1 (blocked is frozen)", "=SHOP-1 (blocked is frozen)"),
        (Status::Cancelled, "=SHOP-1 (cancelled is frozen)", "=SHOP-1 (cancelled is frozen)"),
    ] {
        let known = with(title(), &[("SHOP-1", there(status, true))]);
        check(&known, &moving(), &format!("SHOP-1 {open} pass"));
        check(&merged(known), &moving(), &format!("SHOP-1 {merge} pass"));
    }
    check(&closed(title()), &moving(), "pass");
    let mut draft = title();
    draft.proposal.is_draft = true;
    check(&draft, &moving(), "SHOP-1 pass");
    check(&title(), &Policy::default(), "SHOP-1 pass");
}

#[test]
fn a_merge_moves_what_it_finishes_and_not_what_it_points_at() {
    let all = || merged(facts("SHOP-1: add", "Fixes SHOP-2. Part of SHOP-3. Like SHOP-4", &[]));
    let linked = "SHOP-1 SHOP-2 SHOP-3 SHOP-4";
    check(&all(), &moving(), &format!("{linked} >SHOP-1 done >SHOP-2 done pass"));
    let closes = Policy { moves: Bond::Closes, ..moving() };
    check(&all(), &closes, &format!("{linked} >SHOP-2 done pass"));
    let refs = Policy { moves: Bond::Refs, ..moving() };
    check(&all(), &refs, &format!("{linked} >SHOP-1 done >SHOP-2 done >SHOP-3 done pass"));
}

#[test]
fn backports_and_other_branches_move_nothing() {
    let mut other = merged(facts("SHOP-1: add", "", &[]));
    other.proposal.target_branch = "release/1.x".to_owned();
    check(&other, &moving(), "SHOP-1 =SHOP-1 (release/1.x is not the default branch) pass");
    other.proposal.source_branch = "backport-7-to-1.x".to_owned();
    let kept = "SHOP-1 =SHOP-1 (this is a backport, by its branch `backport-7-to-1.x`) pass";
    check(&other, &moving(), kept);
    other.default_branch = None;
    other.proposal.source_branch = "topic".to_owned();
    check(&other, &moving(), "SHOP-1 >SHOP-1 done pass");
}

fn requiring() -> Policy {
    Policy { require: Level::Fail, ..Policy::default() }
}

#[test]
fn an_item_is_required_unless_there_is_a_reason() {
    check(&facts("add", "", &[]), &requiring(), "fail require");
    check(&facts("add", "", &[]), &Policy { require: Level::Warn, ..requiring() }, "warn require");
    check(&facts("SHOP-1: add", "", &[]), &requiring(), "SHOP-1 pass");
    check(&facts("add", "", &["SHOP-1: add"]), &requiring(), "SHOP-1 pass");
    check(&closed(facts("add", "", &[])), &requiring(), "pass");
    check(&facts("NO-JIRA: add", "", &[]), &requiring(), "pass");
    let mut bot = facts("bump x from 1 to 2", "SHOP-9", &[]);
    bot.proposal.author.name = "dependabot[bot]".to_owned();
    check(&bot, &requiring(), "pass");
    check(&bot, &Policy { bots: Bots::Check, ..requiring() }, "fail require");
    let gone = with(facts("SHOP-1: add", "", &[]), &[("SHOP-1", Known::Gone)]);
    check(&gone, &requiring(), "fail require unknown_items");
}

#[test]
fn opting_out_links_nothing_and_withdraws() {
    let mut labelled = facts("SHOP-1: add", "", &[]);
    labelled.proposal.labels = vec!["no-ticket".to_owned()];
    let labelled = with(labelled, &[("SHOP-1", there(Status::Todo, true))]);
    let why = "the pull request says that it is about no item, by the label `no-ticket`";
    check(&labelled, &requiring(), &format!("-SHOP-1 ({why}) pass"));
}

#[test]
fn unknown_items_are_told_and_not_linked() {
    let gone = with(
        facts("SHOP-1 SHOP-2", "", &[]),
        &[("SHOP-2", Known::Gone), ("SHOP-1", Known::Unread)],
    );
    check(&gone, &Policy::default(), "SHOP-1 warn unknown_items");
    check(
        &gone,
        &Policy { unknown_items: Level::Fail, ..Policy::default() },
        "SHOP-1 fail unknown_items",
    );
    check(&gone, &Policy { unknown_items: Level::Off, ..Policy::default() }, "SHOP-1 pass");
}

#[test]
fn a_number_that_is_only_mentioned_may_be_a_pull_request_s() {
    let numbers = facts("x", "Fixes #1, like #2 and #3", &[]);
    let known = ["#1", "#2", "#3"].map(|id| (id, Known::Gone));
    let numbers = with(numbers, &known);
    let named = named::read(&numbers, &Naming::numbers(), &Policy::default()).unwrap();
    let plan = decide(&numbers, &named, &[], &Policy::default());
    assert!(plan.reasons[0].message.ends_with("token: #1"), "{plan:?}");
    assert_eq!(plan.refused.len(), 3);
}

#[test]
fn a_path_may_only_name_its_project() {
    let policy = Policy {
        paths: vec![PathRule { path: "payments/".to_owned(), projects: vec!["PAY".to_owned()] }],
        ..Policy::default()
    };
    let changing = |files: &[&str]| {
        let mut facts = facts("SHOP-1 PAY-2", "", &[]);
        facts.changed = Some(files.iter().map(ToString::to_string).collect());
        with(facts, &[("SHOP-1", there(Status::Todo, true))])
    };
    check(&changing(&["cart/a"]), &policy, "SHOP-1 PAY-2 pass");
    let withdrawn = "PAY-2 -SHOP-1 (the changed files may not name its project) fail paths";
    check(&changing(&["payments/a", "cart/a"]), &policy, withdrawn);
    let mut unknown = changing(&[]);
    unknown.changed = None;
    check(&unknown, &policy, "SHOP-1 PAY-2 fail paths");
}

#[test]
fn a_limit_keeps_what_is_meant_most_and_withdraws_nothing_of_what_is_named() {
    let body = (2..=200).map(|number| format!("SHOP-{number}")).collect::<Vec<_>>().join(" ");
    let many = facts("SHOP-1: add", &format!("{body}\n\nFixes SHOP-500"), &[]);
    let policy = Policy { limit: 3, ..Policy::default() };
    check(&many, &policy, "SHOP-1 SHOP-2 SHOP-500 warn limit");
    let plan = plan_of(&many, &policy);
    assert_eq!(plan.refused.len(), 198, "everything is said");
    assert!(plan.reasons[0].message.starts_with("201 items are named; 3 are linked"), "{plan:?}");
}

#[test]
fn mentions_may_be_left() {
    let policy = Policy { mentions: Mentions::Ignore, ..Policy::default() };
    check(&facts("SHOP-1: add", "like SHOP-2, see SHOP-3", &[]), &policy, "SHOP-1 SHOP-3 pass");
}

#[test]
fn a_merge_queue_gets_a_verdict_and_nothing_else() {
    let mut queued = with(facts("SHOP-1: add", "", &[]), &[("SHOP-2", there(Status::Todo, true))]);
    queued.queued = Some(commit(5, "").sha);
    check(&queued, &Policy { require: Level::Fail, ..moving() }, "pass");
    queued.proposal.pull_request.title = "add".to_owned();
    check(&queued, &requiring(), "fail require");
}

#[test]
fn closing_by_accident_is_told_in_the_very_words() {
    let accident = facts("x", "This doesn't fix #118", &[]);
    check(&accident, &Policy::default(), "warn closing_guard");
    check(
        &accident,
        &Policy { closing_guard: Level::Fail, ..Policy::default() },
        "fail closing_guard",
    );
    check(&accident, &Policy { closing_guard: Level::Off, ..Policy::default() }, "pass");
    let message = plan_of(&accident, &Policy::default()).reasons.remove(0).message;
    assert_eq!(
        message,
        "merging will close #118, for the text says \"This doesn't fix #118\": `doesn't` before `fix`"
    );
}

#[test]
fn a_slip_is_a_question() {
    let naming = Naming::keys().with_projects(&["BASKET".to_owned()]);
    let facts = facts("BAKSET-17: add", "", &[]);
    let named = named::read(&facts, &naming, &Policy::default()).unwrap();
    let plan = decide(&facts, &named, &[], &requiring());
    assert_eq!(words(&plan), "fail require spelling");
    assert!(plan.reasons[1].message.contains("did you mean BASKET?"), "{plan:?}");
}

#[test]
fn deciding_twice_decides_the_same() {
    let facts = with(
        facts("SHOP-1 PAY-2", "Fixes SHOP-3", &["SHOP-4: x"]),
        &[("SHOP-9", there(Status::Todo, true)), ("SHOP-3", there(Status::Todo, false))],
    );
    assert_eq!(plan_of(&facts, &moving()), plan_of(&facts.clone(), &moving()));
}
