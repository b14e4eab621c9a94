//! All commits, or an honest word about those that are missing.

use super::{
    ground,
    scene::{PAGE, Scene, git_command},
};
use serde_json::json;

#[test]
fn three_hundred_commits_are_read() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: the first");
        (0..298).for_each(|number| drop(scene.commit("topic", &format!("step {number}"))));
        scene.commit("topic", "KEY-2: the last");
        let document = scene.check(&scene.pull("add", ""), &[], &[1, 2]);
        assert_eq!(document["pull_request"]["commits"], 300);
    }
}

#[test]
fn a_shallow_clone_is_deepened() {
    for (depth, ground) in ["--depth=1", "--depth=2"].into_iter().zip(ground::all()) {
        let mut scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add");
        (0..5).for_each(|number| drop(scene.commit("topic", &format!("step {number}"))));
        scene.commit("topic", "KEY-2: more");
        let pull = scene.pull("add", "");
        scene.check_out(depth);
        let document = scene.check(&pull, &[], &[1, 2]);
        assert_eq!(
            (&document["complete"], &document["pull_request"]["commits"]),
            (&json!(true), &json!(7))
        );
        let state = scene.place.join(".git/devops-integrations");
        let left = std::fs::read_dir(&state).unwrap().filter(|entry| {
            entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("history")
        });
        assert_eq!(left.count(), 0, "what was fetched is gone");
    }
}

#[test]
fn a_history_that_cannot_be_deepened_is_told_and_withdraws_nothing() {
    for ground in ground::all() {
        let mut scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add");
        scene.commit("topic", "KEY-2: more");
        let pull = scene.pull("KEY-3: add", "");
        scene.check(&pull, &[], &[1, 2, 3]);
        scene.check_out("--depth=1");
        git_command(&scene.place, &["remote", "set-url", "origin", "file:///nowhere/at/all"]);
        let document = scene.settle(&pull, &[], 1);
        assert_eq!((&document["complete"], &document["verdict"]), (&json!(false), &json!("fail")));
        let message = document["reasons"][0]["message"].as_str().unwrap();
        assert!(
            message.starts_with(
                "only 0 of 2 commits of the pull request could be read: this clone is shallow"
            ),
            "{message}"
        );
        assert_eq!(scene.ground.linked(PAGE), [1, 2, 3], "nothing is withdrawn");
        let policy = scene.file("policy.yaml");
        std::fs::write(&policy, "incomplete: warn\n").unwrap();
        let document = scene.settle(&pull, &["--policy", policy.to_str().unwrap()], 0);
        assert_eq!(document["verdict"], "warn");
    }
}

#[test]
fn merging_the_target_branch_into_the_work_names_nobody_elses_items() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add");
        let stale = scene.pull("add", "");
        scene.commit("main", "KEY-2: somebody else's");
        let git = scene.repository.git2();
        let tip = |name: &str| git.find_commit(git.refname_to_id(name).unwrap()).unwrap();
        let (topic, main) = (tip("refs/heads/topic"), tip("refs/heads/main"));
        let head = scene.repository.commit_on(
            "refs/heads/topic",
            "Merge branch 'main' into topic",
            &[&topic, &main],
        );
        // The event still names the base of before.
        let pull = stale.with("/pull_request/head/sha", head).with("/pull_request/commits", 2);
        scene.check(&pull, &[], &[1]);
    }
}

#[test]
fn a_hostile_configuration_of_the_clone_runs_nothing() {
    let mut scene = Scene::new(ground::local());
    scene.commit("topic", "KEY-1: add");
    scene.commit("topic", "KEY-2: more");
    let pull = scene.pull("add", "");
    scene.check_out("--depth=1");
    let canary = scene.file("canary");
    let touch = format!("touch {}", canary.display());
    let config = scene.place.join(".git/config");
    let remote = format!("file://{}", scene.repository.path().display());
    let hostile = format!(
        "[core]\n\trepositoryformatversion = 0\n\tfsmonitor = {touch}\n\tsshCommand = {touch}\n\tgitProxy = {touch}\n\
         \taskPass = {touch}\n\thooksPath = {hooks}\n\talternateRefsCommand = {touch}\n\tpager = {touch}\n\
         [credential]\n\thelper = !{touch}\n[uploadpack]\n\tpackObjectsHook = {touch}\n\
         [remote \"origin\"]\n\turl = {remote}\n\tuploadpack = {touch};git-upload-pack\n\tvcs = evil\n\
         [filter \"x\"]\n\tsmudge = {touch}\n",
        hooks = scene.file("hooks").display(),
    );
    let hooks = scene.file("hooks");
    std::fs::create_dir(&hooks).unwrap();
    for hook in ["reference-transaction", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"] {
        std::fs::write(hooks.join(hook), format!("#!/bin/sh\n{touch}\n")).unwrap();
    }
    std::fs::write(&config, hostile).unwrap();
    let document = scene.run(&pull, &["--json"]).expect_code(0).json();
    assert_eq!(document["complete"], true, "{document:#}");
    assert_eq!(scene.ground.linked(PAGE), [1, 2]);
    assert!(!canary.exists(), "the clone's configuration was obeyed");
    for url in [
        format!("ext::{touch}"),
        format!("--upload-pack={touch}"),
        format!("ssh://-oProxyCommand={touch}/x"),
        format!("{remote}\n[url \"ext::{touch} \"]\n\tinsteadOf = file://"),
    ] {
        std::fs::write(
            &config,
            format!("[core]\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = {url}\n"),
        )
        .unwrap();
        scene.run(&pull, &["--json"]).expect_code(1);
        assert!(!canary.exists(), "{url}");
    }
}

#[test]
fn a_commit_whose_header_is_malformed_is_not_missing() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        let pull = scene.pull("add", "");
        let git = scene.repository.git2();
        let base = git.refname_to_id("refs/heads/main").unwrap();
        let tree = git.find_commit(base).unwrap().tree_id();
        let message = scene.ground.named("KEY-1: add");
        let raw = format!("tree {tree}\nparent {base}\nauthor A\ncommitter A\n\n{message}\n");
        let id = git.odb().unwrap().write(git2::ObjectType::Commit, raw.as_bytes()).unwrap();
        let pull = pull.with("/pull_request/head/sha", id.to_string());
        let pull = pull.with("/pull_request/commits", 1);
        let policy = scene.file("policy.yaml");
        std::fs::write(&policy, "paths: [{ path: payments/, projects: [PAY] }]\n").unwrap();
        let document = scene.check(&pull, &["--policy", policy.to_str().unwrap()], &[1]);
        assert_eq!(document["complete"], true, "{document:#}");
    }
}
