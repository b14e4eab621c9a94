//! Runs without secrets, and the trusted runs behind them.

use super::{
    ground,
    scene::{PAGE, Pull, Scene},
};
use backend::model::Status;
use serde_json::{Value, json};

#[test]
fn a_forks_run_without_secrets_is_no_failure_and_has_a_verdict() {
    let scene = Scene::new(ground::jira().without_secret());
    scene.commit("topic", "KEY-1: add");
    let pull = scene.pull("KEY-2: add", "").of_fork();
    let document = scene.run(&pull, &["--json", "--require"]).expect_code(0).json();
    assert_eq!(document["outcome"], "skipped: no token");
    assert_eq!((&document["links"], &document["verdict"]), (&json!([]), &json!("pass")));
    let named: Vec<_> =
        document["skipped"].as_array().unwrap().iter().map(|it| it["reference"].clone()).collect();
    assert_eq!(named, ["SHOP-2", "SHOP-1"], "{document:#}");
    assert!(scene.ground.linked(PAGE).is_empty());
    let ended = scene.run(&pull, &[]).expect_code(0);
    assert!(ended.stdout.starts_with("skipped: no token"), "{ended:?}");
    let file = scene.place.join(".devops-integrations.yaml");
    std::fs::write(&file, "jira: { project: SHOP }\n").unwrap();
    let ended = scene.run(&pull, &[]).expect_code(0);
    assert_eq!(ended.stderr.matches("is not read, for a fork's author").count(), 1, "{ended:?}");
    std::fs::remove_file(file).unwrap();
    let empty = Scene::new(ground::jira().without_secret());
    empty.commit("topic", "feat: add");
    empty.run(&empty.pull("add", "").of_fork(), &["--require"]).expect_code(1);
    empty.run(&empty.pull("KEY-1: add", ""), &[]).expect_code(78);
}

#[test]
fn where_nobody_says_which_keys_count_the_history_does() {
    let scene = Scene::new(ground::jira().without_secret());
    (1..40).for_each(|number| drop(scene.commit("main", &format!("BASKET-{number}: step"))));
    scene.repository.git2().set_head("refs/heads/main").unwrap();
    std::fs::write(scene.place.join(".devops-integrations.yaml"), "jira:\n  project: SHOP\n")
        .unwrap();
    scene.rewind();
    scene.commit("topic", "feat: add");
    let mut pull = scene.pull("basket-77: add", "like TOY-3 and BAKSET-9").of_fork();
    pull.actor = "stranger";
    let mut process = scene.process(&pull, &["--json"]);
    for name in ["JIRA_URL", "JIRA_PROJECT", "JIRA_EMAIL", "DEVOPS_PLATFORM"] {
        process = process.env(name, "");
    }
    let document = process.run().expect_code(0).json();
    let items = document["skipped"].as_array().unwrap().iter();
    let items = items.filter(|it| it["reason"] == "no token").map(|it| it["item"].clone());
    assert_eq!(items.collect::<Vec<_>>(), ["BASKET-77"], "{document:#}");
}

#[test]
fn dependabot_gets_no_secrets_either() {
    let scene = Scene::new(ground::jira().without_secret());
    scene.commit("topic", "bump left-pad");
    let mut pull = scene.pull("bump left-pad from 1 to 2", "release notes: KEY-2");
    pull.actor = "dependabot[bot]";
    let pull =
        pull.with("/pull_request/user", json!({ "login": "dependabot[bot]", "type": "Bot" }));
    let document = scene.run(&pull, &["--json", "--require"]).expect_code(0).json();
    assert_eq!(document["outcome"], "skipped: no token");
    assert!(
        !document["skipped"].to_string().contains("no token\""),
        "its text names nothing: {document:#}"
    );
}

/// A plan of a fork's run.
pub(super) fn planned(scene: &Scene, pull: &Pull) -> Value {
    let file = scene.file("plan.json");
    let args = ["--on-open", "in_review", "--plan", file.to_str().unwrap()];
    scene.run(pull, &args).expect_code(0);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(!text.contains("token"), "{text}");
    serde_json::from_str(&text).unwrap()
}

pub(super) fn apply(scene: &Scene, pull: &Pull, plan: &Value, code: i32) -> Value {
    let file = scene.file("plan.json");
    std::fs::write(&file, plan.to_string()).unwrap();
    scene
        .run(pull, &["--json", "--on-open", "in_review", "--apply", file.to_str().unwrap()])
        .expect_code(code)
        .json()
}

#[test]
fn a_plan_writes_nothing_and_is_applied_by_a_trusted_run() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add");
        let pull = scene.pull("KEY-2: add", "").of_fork();
        let before = scene.ground.snapshot();
        let plan = planned(&scene, &pull);
        assert_eq!(scene.ground.snapshot(), before, "a plan writes nothing");
        let document = apply(&scene, &pull, &plan, 0);
        assert_eq!(scene.ground.linked(PAGE), [1, 2], "{document:#}");
        assert_eq!(scene.ground.status(2), Status::InReview, "{document:#}");
        let settled = scene.ground.snapshot();
        apply(&scene, &pull, &plan, 0);
        assert_eq!(scene.ground.snapshot(), settled, "a second run changes nothing");
        let retitled = scene.pull("KEY-3: add", "").of_fork();
        let plan = planned(&scene, &retitled);
        apply(&scene, &retitled, &plan, 0);
        assert_eq!(scene.ground.linked(PAGE), [1, 3]);
    }
}

#[test]
fn a_hostile_plan_does_nothing_that_the_trusted_run_would_not_do() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add");
        scene.ground.link_elsewhere(5);
        let pull = scene.pull("KEY-2: add", "").of_fork();
        let good = planned(&scene, &pull);
        let id = |number: usize| scene.ground.id(number).to_string();
        let mut hostile = good.clone();
        hostile["links"] = json!([id(2), id(4), id(5)]);
        hostile["transitions"] =
            json!([{ "item": id(4), "to": "done" }, { "item": id(2), "to": "done" }]);
        let before = [3, 4, 5, 6].map(|number| scene.ground.status(number));
        let document = apply(&scene, &pull, &hostile, 0);
        assert_eq!(document["verdict"], "warn", "{document:#}");
        assert_eq!(scene.ground.linked(PAGE), [2]);
        assert_eq!([3, 4, 5, 6].map(|number| scene.ground.status(number)), before);
        assert_eq!(document["transitions"], json!([]), "{document:#}");
        assert_eq!(scene.ground.linked("https://github.com/acme/shop/pull/70"), [5]);
        let settled = scene.ground.snapshot();
        for (pointer, value, code) in [
            ("/pull_request/url", json!("https://github.com/acme/other/pull/7"), 78),
            ("/pull_request/url", json!("https://github.com/acme/shop/pull/70"), 78),
            ("/pull_request/head_sha", json!("0".repeat(40)), 0),
            ("/version", json!(9), 78),
            ("/links", json!(["::set-env name=A::b"]), 78),
            ("/links", json!("SHOP-1"), 78),
            ("/extra", json!(1), 78),
        ] {
            let mut bad = good.clone();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            bad.pointer_mut(parent).unwrap()[name] = value;
            apply(&scene, &pull, &bad, code);
            assert_eq!(scene.ground.snapshot(), settled, "{bad}");
        }
    }
}

#[test]
fn a_trusted_run_that_cannot_read_the_pull_request_believes_no_plan() {
    let scene = Scene::new(ground::local());
    let head = scene.commit("topic", "KEY-1: add");
    let plan = planned(&scene, &scene.pull("KEY-2: add", "").of_fork());
    let run = |sha: &str| Pull {
        event: json!({
            "workflow_run": { "head_sha": sha, "pull_requests": [] },
            "repository": { "full_name": "acme/shop", "default_branch": "main" },
        }),
        name: "workflow_run",
        actor: "alex",
    };
    let refused = apply(&scene, &run(&head), &plan, 78);
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("cannot read the pull request itself")
    );
    let refused = apply(&scene, &run(&"1".repeat(40)), &plan, 78);
    assert!(refused["error"]["message"].as_str().unwrap().contains("another commit"), "{refused}");
    assert!(scene.ground.linked(PAGE).is_empty());
}

#[test]
fn a_merge_queue_gets_a_verdict_and_writes_nothing() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        let base = scene.repository.git2().refname_to_id("refs/heads/main").unwrap().to_string();
        let queued = |message: &str| {
            scene.rewind();
            let head = scene.commit("topic", message);
            let branch = format!("refs/heads/gh-readonly-queue/main/pr-7-{base}");
            Pull {
                event: json!({
                    "action": "checks_requested",
                    "merge_group": { "head_sha": head, "base_sha": base, "head_ref": branch, "base_ref": "refs/heads/main" },
                    "repository": { "full_name": "acme/shop", "default_branch": "main" },
                }),
                name: "merge_group",
                actor: "alex",
            }
        };
        let before = scene.ground.snapshot();
        let good = queued("KEY-1: add (#7)");
        let document =
            scene.run(&good, &["--json", "--require", "--on-merge", "done"]).expect_code(0).json();
        assert_eq!(
            (&document["verdict"], &document["complete"]),
            (&json!("pass"), &json!(true)),
            "{document:#}"
        );
        assert_eq!(document["pull_request"]["number"], 7);
        let named = queued("add (#7)");
        let document = scene.run(&named, &["--json", "--require"]).expect_code(1).json();
        // Whether the pull request's title, author or labels would do cannot be seen here.
        let reason = &document["reasons"][0];
        assert_eq!((&reason["rule"], &document["complete"]), (&json!("incomplete"), &json!(false)));
        assert!(reason["message"].as_str().unwrap().contains("pull request 7 itself"), "{reason}");
        scene.run(&named, &[]).expect_code(0);
        assert_eq!(scene.ground.snapshot(), before);
    }
}
