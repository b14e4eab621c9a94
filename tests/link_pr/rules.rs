//! What a project wants of its pull requests.

use super::{
    ground,
    scene::{PAGE, Scene},
};
use backend::model::Status;
use serde_json::json;

#[test]
fn an_item_is_required_of_people_and_not_of_programs() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add");
        let require = ["--require"];
        let document = scene.settle(&scene.pull("add", ""), &require, 1);
        assert_eq!(document["verdict"], "fail");
        assert_eq!(document["reasons"][0]["rule"], "require", "{document:#}");
        let ended = scene.run(&scene.pull("add", ""), &require);
        assert!(
            ended.stderr.contains("::error::the pull request names no work item%0Ahint: "),
            "{ended:?}"
        );
        let bot = scene.pull("bump left-pad from 1 to 2", "Fixes KEY-1, see KEY-2");
        let bot =
            bot.with("/pull_request/user", json!({ "login": "dependabot[bot]", "type": "Bot" }));
        scene.check(&bot, &require, &[]);
        let out = scene.pull("[NO-JIRA] tidy", "see KEY-3");
        scene.check(&out, &require, &[]);
        let labelled = scene.pull("KEY-4: tidy", "");
        scene.check(&labelled, &require, &[4]);
        let labelled = labelled.with("/pull_request/labels", json!([{ "name": "no-ticket" }]));
        scene.check(&labelled, &require, &[]);
    }
}

#[test]
fn an_item_that_is_not_there_is_told() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add");
        let pull = scene.pull("KEY-1 KEY-999: add", "");
        let document = scene.check(&pull, &["--require"], &[1]);
        assert_eq!(document["verdict"], "warn", "{document:#}");
        assert_eq!(document["reasons"][0]["rule"], "unknown_items");
        scene.settle(&scene.pull("KEY-999: add", ""), &["--require"], 1);
    }
}

pub(super) fn with_policy(scene: &Scene, policy: &str) -> [String; 2] {
    let file = scene.file("policy.yaml");
    std::fs::write(&file, scene.ground.named(policy)).unwrap();
    ["--policy".to_owned(), file.to_str().unwrap().to_owned()]
}

#[test]
fn a_path_may_only_name_its_project() {
    let scene = Scene::new(ground::local());
    let git = scene.repository.git2();
    let blob = git.blob(b"x").unwrap();
    let mut folder = git.treebuilder(None).unwrap();
    folder.insert("pay.rs", blob, 0o100_644).unwrap();
    let folder = folder.write().unwrap();
    let mut top = git.treebuilder(None).unwrap();
    top.insert("payments", folder, 0o040_000).unwrap();
    let tree = git.find_tree(top.write().unwrap()).unwrap();
    let parent = git.find_commit(git.refname_to_id("refs/heads/topic").unwrap()).unwrap();
    let author = parent.author();
    git.commit(Some("refs/heads/topic"), &author, &author, "pay", &tree, &[&parent]).unwrap();
    let policy = with_policy(&scene, "paths: [{ path: payments/, projects: [PAY] }]\n");
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    let document = scene.settle(&scene.pull("KEY-1: add", ""), &policy, 1);
    assert_eq!(document["reasons"][0]["rule"], "paths", "{document:#}");
    assert!(scene.ground.linked(PAGE).is_empty());
    let policy = with_policy(&scene, "paths: [{ path: payments/, projects: [KEY-] }]\n");
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    scene.check(&scene.pull("KEY-1: add", ""), &policy, &[1]);
}

#[test]
fn frozen_items_stay_and_quiet_projects_are_left_alone() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add");
        scene.ground.set_status(1, Status::InProgress);
        let policy = with_policy(&scene, "on_open: in_review\nfrozen: [in_progress]\n");
        let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
        let document = scene.check(&scene.pull("KEY-1: add", ""), &policy, &[1]);
        assert_eq!(document["transitions"][0]["why"], "in_progress is frozen");
        let quiet = with_policy(&scene, "noise: { KEY-: off }\n");
        let quiet: Vec<&str> = quiet.iter().map(String::as_str).collect();
        let document =
            scene.run(&scene.pull("KEY-2: add", ""), &[&["--json"], &quiet[..]].concat());
        let document = document.expect_code(0).json();
        assert_eq!(document["skipped"][0]["reason"], "the policy keeps it quiet", "{document:#}");
    }
}

#[test]
fn a_loud_project_gets_one_comment() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add");
        let loud = with_policy(&scene, "noise: { default: comment }\n");
        let loud: Vec<&str> = loud.iter().map(String::as_str).collect();
        let before = scene.ground.snapshot();
        scene.check(&scene.pull("KEY-1: add", ""), &loud, &[1]);
        assert_ne!(scene.ground.snapshot(), before);
    }
}

#[test]
fn a_policy_with_a_mistake_is_refused_before_anything_happens() {
    let scene = Scene::new(ground::local());
    scene.commit("topic", "KEY-1: add");
    let policy = with_policy(&scene, "requier: fail\n");
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    let ended = scene.run(&scene.pull("KEY-1: add", ""), &policy).expect_code(78);
    assert!(ended.stderr.contains("requier") && ended.stderr.contains("hint: "), "{ended:?}");
    assert!(scene.ground.linked(PAGE).is_empty());
}
