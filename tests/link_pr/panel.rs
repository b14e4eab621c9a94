//! Pull requests in Jira's development panel.

mod items;

use super::{
    forks,
    ground::{self, Ground},
    rules::with_policy,
    scene::{PAGE, Pull, Scene},
};
use ::conformance::{
    fake::faults::{Fault, Rule},
    subject::Site as _,
};
use backend::model::Status;
use serde_json::{Value, json};

/// A scene with a panel, and the arguments for a policy.
fn scene(policy: &str) -> (Scene, [String; 2]) {
    let scene = Scene::new(ground::jira_with_panel());
    scene.commit("topic", "feat: add");
    let policy = with_policy(&scene, policy);
    (scene, policy)
}

fn settle(scene: &Scene, policy: &[String; 2], pull: &Pull, more: &[&str]) -> Value {
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    scene.settle(pull, &[&policy, more].concat(), 0)
}

/// What a run tells people.
fn said(scene: &Scene, policy: &[String; 2], pull: &Pull) -> String {
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    scene.run(pull, &policy).expect_code(0).stdout
}

#[track_caller]
fn check(ground: &Ground, shown: &[(usize, &str)], linked: &[usize]) {
    let expected: Vec<_> = shown.iter().map(|(item, state)| (*item, (*state).to_owned())).collect();
    assert_eq!(ground.shown(PAGE), expected);
    assert_eq!(ground.linked(PAGE), linked);
}

#[test]
fn the_panel_alone_shows_a_pull_request_from_its_beginning_to_its_end() {
    let (scene, policy) = scene("noise: { default: panel }\non_merge: done\n");
    let ground = &scene.ground;
    let run = |pull: &Pull| settle(&scene, &policy, pull, &[]);
    let document = run(&scene.pull("KEY-1: add", "see KEY-2"));
    check(ground, &[(1, "OPEN"), (2, "OPEN")], &[]);
    let link = &document["links"][0];
    assert_eq!((&link["in_panel"], &link["linked"]), (&json!(true), &json!(false)));
    assert_eq!(link["existed"], false);
    let document = run(&scene.pull("KEY-3: add", "see KEY-2"));
    check(ground, &[(2, "OPEN"), (3, "OPEN")], &[]);
    assert_eq!(document["withdrawn"][0]["item"], "SHOP-1", "{document:#}");
    assert_eq!(document["withdrawn"].as_array().unwrap().len(), 1);
    let places: Vec<_> =
        document["links"].as_array().unwrap().iter().map(|it| &it["item"]).collect();
    assert_eq!(places, ["SHOP-3", "SHOP-2"], "in the order in which they are named");
    let said = said(&scene, &policy, &scene.pull("KEY-3: add", "see KEY-2"));
    assert!(said.contains("was shown   SHOP-3"), "{said}");
    assert!(said.contains("0 links made, 0 there before; shown on 2 items in the"), "{said}");
    let closed = scene.pull("KEY-3: add", "").closed();
    run(&closed);
    check(ground, &[], &[]);
    run(&scene.pull("KEY-3: add", ""));
    check(ground, &[(3, "OPEN")], &[]);
    let document = run(&scene.pull("KEY-3: add", "").merged());
    check(ground, &[(3, "MERGED")], &[]);
    assert_eq!(document["transitions"][0]["moved"], true, "{document:#}");
    assert_eq!(ground.status(3), Status::Done);
    run(&scene.pull("[NO-JIRA] add", ""));
    check(ground, &[], &[]);
}

#[test]
fn the_panel_stands_beside_links_and_knows_each_project_s_noise() {
    let (scene, policy) = scene("{}");
    settle(&scene, &policy, &scene.pull("KEY-1: add", ""), &[]);
    check(&scene.ground, &[(1, "OPEN")], &[1]);
    let quiet = with_policy(&scene, "noise: { KEY-: off }\n");
    let document = settle(&scene, &quiet, &scene.pull("KEY-1: add", "see KEY-4"), &[]);
    check(&scene.ground, &[(1, "OPEN")], &[1]);
    assert_eq!(document["withdrawn"], json!([]), "nothing changes on it: {document:#}");
    let loud = with_policy(&scene, "noise: { KEY-: comment }\n");
    settle(&scene, &loud, &scene.pull("KEY-2: add", ""), &[]);
    check(&scene.ground, &[(2, "OPEN")], &[2]);
    // The rest of an old link is not the panel's to take away.
    let only = with_policy(&scene, "noise: { KEY-: panel }\n");
    settle(&scene, &only, &scene.pull("KEY-2: add", ""), &[]);
    check(&scene.ground, &[(2, "OPEN")], &[2]);
    let document = settle(&scene, &only, &scene.pull("KEY-3: add", ""), &[]);
    check(&scene.ground, &[(3, "OPEN")], &[]);
    let withdrawn: Vec<_> =
        document["withdrawn"].as_array().unwrap().iter().map(|it| &it["item"]).collect();
    assert_eq!(withdrawn, ["SHOP-2"], "once, though from both: {document:#}");
}

#[test]
fn without_credentials_or_a_panel_there_is_a_link() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add");
        let policy = with_policy(&scene, "noise: { default: panel }\n");
        let document = settle(&scene, &policy, &scene.pull("KEY-1: add", ""), &[]);
        assert_eq!(scene.ground.linked(PAGE), [1]);
        assert_eq!(document["links"][0]["in_panel"], false, "{document:#}");
    }
}

#[test]
fn a_dry_run_tells_what_the_panel_would_show() {
    let (scene, _) = scene("");
    let run = |title: &str| {
        let ended = scene.run(&scene.pull(title, ""), &["--dry-run"]).expect_code(0);
        format!("{}{}", ended.stdout, ended.stderr)
    };
    let said = run("KEY-1: add");
    let expected = format!("show {PAGE} in the development panel of SHOP-1");
    assert!(said.contains(&expected), "{said}");
    check(&scene.ground, &[], &[]);
    let pull = scene.pull("KEY-1: add", "");
    let planned = scene.run(&pull, &["--dry-run", "--json"]).expect_code(0).json();
    assert_eq!(planned["links"][0]["in_panel"], false, "it is not there yet: {planned:#}");
    scene.run(&pull, &[]).expect_code(0);
    let said = run("KEY-1: add");
    assert!(!said.contains("development panel"), "{said}");
    let said = run("add");
    assert!(said.contains(&format!("take {PAGE} out of the development panel")), "{said}");
    check(&scene.ground, &[(1, "OPEN")], &[1]);
}

#[test]
fn what_is_not_read_whole_takes_nothing_out_of_the_panel() {
    let (mut scene, _) = scene("");
    scene.commit("topic", "KEY-2: more");
    scene.run(&scene.pull("KEY-1: add", ""), &[]).expect_code(0);
    check(&scene.ground, &[(1, "OPEN"), (2, "OPEN")], &[1, 2]);
    scene.check_out("--depth=1");
    let remote = scene.place.join(".git/config");
    let broken = std::fs::read_to_string(&remote).unwrap().replace("file://", "file:///gone");
    std::fs::write(&remote, broken).unwrap();
    let pull = scene.pull("KEY-3: add", "");
    let document = scene.settle(&pull, &[], 1);
    assert_eq!(document["complete"], false, "{document:#}");
    check(&scene.ground, &[(1, "OPEN"), (2, "OPEN"), (3, "OPEN")], &[1, 2, 3]);
    let reason = document["reasons"][0]["message"].as_str().unwrap();
    assert!(reason.contains("fatal: ") && !reason.contains("Please"), "{reason}");
    // What is over is over, whatever could be read.
    scene.settle(&pull.closed(), &[], 1);
    check(&scene.ground, &[], &[]);
}

#[test]
fn wrong_credentials_of_the_panel_cost_the_panel_and_are_told() {
    let (mut scene, policy) = scene("noise: { default: link, KEY-: panel }\n");
    scene.ground.variables.retain(|(name, _)| *name != "JIRA_PANEL_CLIENT_SECRET");
    scene.ground.variables.push(("JIRA_PANEL_CLIENT_SECRET", "wrong-secret-12345678".to_owned()));
    let pull = scene.pull("KEY-1: add", "");
    let ended = scene.run(&pull, &["--json"]).expect_code(77);
    check(&scene.ground, &[], &[1]);
    let why = "cannot show pull request 7 in the development panel: ";
    assert_eq!(ended.stderr.matches(why).count(), 1, "{ended:?}");
    assert!(!ended.stderr.contains("read the development panel"), "it is said once: {ended:?}");
    assert!(ended.stderr.contains("JIRA_PANEL_CLIENT_SECRET"), "{ended:?}");
    let is_mask = |line: &&str| line.starts_with("::add-mask::");
    let said: String = ended.stderr.lines().filter(|line| !is_mask(line)).collect();
    assert!(!format!("{said}{}", ended.stdout).contains("wrong-secret"), "{ended:?}");
    let masks: Vec<&str> = ended.stderr.lines().filter(is_mask).collect();
    let distinct: std::collections::BTreeSet<_> = masks.iter().collect();
    assert_eq!(distinct.len(), masks.len(), "each form is told once: {masks:?}");
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    let pull = scene.pull("KEY-2: add", "");
    let ended = scene.run(&pull, &[&["--json"], &policy[..]].concat()).expect_code(77);
    let document = ended.json();
    let skipped = document["skipped"].as_array().unwrap();
    let unshown = skipped.iter().find(|it| it["reference"] == "SHOP-2").unwrap();
    assert_eq!(unshown["reason"], "the development panel could not be kept", "{document:#}");
    check(&scene.ground, &[], &[]);
    scene.ground.variables.retain(|(name, _)| *name != "JIRA_PANEL_CLIENT_SECRET");
    let ended = scene.run(&pull, &[]).expect_code(78);
    assert!(
        ended.stderr.contains("panel_client_secret: missing beside panel_client_id"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("hint: set both JIRA_PANEL_CLIENT_ID and"), "{ended:?}");
    check(&scene.ground, &[], &[]);
    let fork = scene.pull("KEY-2: add", "").of_fork();
    let mut robot = scene.pull("KEY-3: add", "");
    robot.actor = "dependabot[bot]";
    let ended = scene.run(&robot, &["--json"]).expect_code(0);
    assert_eq!(ended.json()["problems"], json!([]), "its runs get other secrets: {ended:?}");
    scene.ground.variables.retain(|(name, _)| *name != "JIRA_API_TOKEN");
    let document = scene.run(&fork, &["--json"]).expect_code(0).json();
    assert_eq!(document["outcome"], "skipped: no token");
}

#[test]
fn a_panel_that_is_away_is_told_and_made_up_for() {
    let (scene, policy) = scene("noise: { default: panel }\n");
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    let away = Rule::new(Fault::Refuse(503, None)).on("POST", "/bulk").always();
    scene.ground.jira().server().inject(away);
    let pull = scene.pull("KEY-1: add", "");
    let ended = scene.run(&pull, &policy).expect_code(75);
    assert!(ended.stdout.contains("not shown   SHOP-1"), "{ended:?}");
    assert!(ended.stderr.contains("show pull request 7 in the development panel: "), "{ended:?}");
    check(&scene.ground, &[], &[]);
    scene.ground.jira().server().behave();
    scene.settle(&pull, &policy, 0);
    check(&scene.ground, &[(1, "OPEN")], &[]);
}

#[test]
fn a_panel_that_is_behind_is_kept_true_all_the_same() {
    let (scene, policy) = scene("noise: { default: panel }\n");
    scene.ground.jira().jira().let_the_panel_lag();
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    let run = |pull: &Pull| drop(scene.run(pull, &policy).expect_code(0));
    run(&scene.pull("KEY-1: add", ""));
    check(&scene.ground, &[(1, "OPEN")], &[]);
    run(&scene.pull("KEY-2: add", ""));
    check(&scene.ground, &[(2, "OPEN")], &[]);
    run(&scene.pull("KEY-2: add", "").merged());
    check(&scene.ground, &[(2, "MERGED")], &[]);
    run(&scene.pull("KEY-2: add", "").closed());
    check(&scene.ground, &[], &[]);
}

#[test]
fn an_old_run_that_is_started_anew_brings_nothing_back() {
    let (scene, _) = scene("");
    let at = |pull: Pull, time: &str| pull.with("/pull_request/updated_at", time);
    let old = at(scene.pull("KEY-1: add", ""), "2026-03-01T10:00:00Z");
    let new = at(scene.pull("KEY-1: add", "").merged(), "2026-03-02T10:00:00Z");
    scene.run(&old, &[]).expect_code(0);
    scene.run(&new, &[]).expect_code(0);
    check(&scene.ground, &[(1, "MERGED")], &[1]);
    scene.run(&old, &[]).expect_code(0);
    check(&scene.ground, &[(1, "MERGED")], &[1]);
    // The same event again, by another rule: the second attempt counts.
    let now = app::now().to_string();
    let again = at(scene.pull("KEY-1: add", "like KEY-2").merged(), &now);
    scene.run(&again, &[]).expect_code(0);
    check(&scene.ground, &[(1, "MERGED"), (2, "MERGED")], &[1, 2]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let ignore = with_policy(&scene, "mentions: ignore\n");
    let ignore: Vec<&str> = ignore.iter().map(String::as_str).collect();
    scene.run(&again, &ignore).expect_code(0);
    check(&scene.ground, &[(1, "MERGED")], &[1]);
}

#[test]
fn what_nobody_told_is_not_shown() {
    let (scene, policy) = scene("noise: { default: panel }\nincomplete: warn\n");
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    let merged = scene.pull("KEY-1: add", "").merged();
    scene.run(&merged, &policy).expect_code(0);
    check(&scene.ground, &[(1, "MERGED")], &[]);
    scene.commit("topic", "KEY-1: more");
    let git = scene.repository.git2();
    git.set_head("refs/heads/topic").unwrap();
    let mut process = acceptance::Process::new("link-pr", &scene.place)
        .args(["--pull-request", PAGE])
        .args(&policy);
    for (name, value) in &scene.ground.variables {
        process = process.env(name, value);
    }
    let ended = process.run().expect_code(0);
    check(&scene.ground, &[(1, "MERGED")], &[1]);
    assert!(
        ended.stderr.contains("the development panel is left as it is, for nobody"),
        "{ended:?}"
    );
}

#[test]
fn a_link_that_stays_is_told_though_the_panel_lost_it() {
    let (scene, _) = scene("");
    scene.run(&scene.pull("KEY-1: add", ""), &[]).expect_code(0);
    let refused = Rule::new(Fault::Refuse(403, None)).on("DELETE", "/remotelink").always();
    scene.ground.jira().server().inject(refused);
    let ended = scene.run(&scene.pull("KEY-2: add", ""), &["--json"]).expect_code(77);
    check(&scene.ground, &[(2, "OPEN")], &[1, 2]);
    assert_eq!(ended.json()["withdrawn"], json!([]), "{ended:?}");
    assert!(ended.stderr.contains("unlink SHOP-1 from pull request 7: "), "{ended:?}");
}

#[test]
fn plans_and_queues_leave_the_panel_alone() {
    let (scene, _) = scene("");
    let pull = scene.pull("KEY-1: add", "").of_fork();
    let plan = forks::planned(&scene, &pull);
    check(&scene.ground, &[], &[]);
    let mut hostile = plan.clone();
    hostile["links"] = json!(["SHOP-2", "SHOP-4"]);
    forks::apply(&scene, &pull, &hostile, 0);
    check(&scene.ground, &[], &[]);
    forks::apply(&scene, &pull, &plan, 0);
    check(&scene.ground, &[(1, "OPEN")], &[1]);
    // Neither a plan that says less nor one for another commit takes anything away.
    let mut less = plan.clone();
    less["links"] = json!([]);
    forks::apply(&scene, &pull, &less, 0);
    let mut other = plan;
    other["pull_request"]["head_sha"] = "0".repeat(40).into();
    forks::apply(&scene, &pull, &other, 0);
    check(&scene.ground, &[(1, "OPEN")], &[1]);
    let branch = "refs/heads/gh-readonly-queue/main/pr-7-aaaa";
    let git = scene.repository.git2();
    let main = git.refname_to_id("refs/heads/main").unwrap();
    let head = scene.commit("topic", "add (#7)");
    let queued = Pull {
        event: json!({
            "merge_group": { "head_sha": head, "base_sha": main.to_string(), "head_ref": branch,
                "base_ref": "refs/heads/main" },
            "repository": { "full_name": "acme/shop", "default_branch": "main" },
        }),
        name: "merge_group",
        actor: "alex",
    };
    scene.run(&queued, &[]).expect_code(0);
    check(&scene.ground, &[(1, "OPEN")], &[1]);
}
