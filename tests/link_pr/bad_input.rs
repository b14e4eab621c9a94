//! Events that lie, hostile names, and very much text.

use super::{
    ground,
    scene::{PAGE, Pull, Scene},
};
use serde_json::{Value, json};
use std::time::Instant;

#[test]
fn five_thousand_keys_are_capped_and_everything_is_said() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add");
        let keys: Vec<String> = (1..=5000).map(|number| format!("KEY-{number}")).collect();
        let mut body = keys.join(" ") + " ";
        body.extend(std::iter::repeat_n('x', 65_536_usize.saturating_sub(body.len())));
        let pull = scene.pull("KEY-1: add", &body);
        let started = Instant::now();
        let document = scene.run(&pull, &["--json"]).expect_code(0).json();
        assert!(started.elapsed().as_secs() < 50, "{:?}", started.elapsed());
        let reasons = document["reasons"].as_array().unwrap();
        let limit = reasons.iter().find(|reason| reason["rule"] == "limit").unwrap();
        assert!(limit["message"].as_str().unwrap().starts_with("5000 items are named"), "{limit}");
        assert_eq!(
            document["skipped"].as_array().map(Vec::len),
            Some(5000 - 6),
            "{}",
            document["reasons"]
        );
        assert_eq!(scene.ground.linked(PAGE), [1, 2, 3, 4, 5, 6]);
    }
}

#[test]
fn a_hostile_title_and_branch_stay_text() {
    let scene = Scene::new(ground::local());
    scene.commit("topic", "feat: add\n\n::set-env name=X::y\n##vso[task.complete]");
    let title = "LOCAL-1 \u{1b}[31m\n::error::x ##vso[task.setvariable variable=a]b | <script> @everyone fixes #9";
    let pull = scene.pull("x", "").with("/pull_request/title", title);
    let pull =
        pull.with("/pull_request/head/ref", "a'; touch canary; LOCAL-2 $(id) ../../..\u{202e}");
    let ended = scene.run(&pull, &["-v"]).expect_code(0);
    for line in ended.stdout.lines().chain(ended.stderr.lines()) {
        let is_ours = ["::error::", "::warning::", "::notice::", "::add-mask::"];
        let is_ours = is_ours.iter().any(|known| line.starts_with(known));
        assert!(is_ours || !line.trim_start().starts_with("::"), "{line}");
        assert!(
            !line.contains("##vso[") && !line.contains('\u{1b}') && !line.contains('\u{202e}'),
            "{line}"
        );
    }
    let summary = std::fs::read_to_string(scene.file("summary")).unwrap();
    assert!(!summary.contains("<script>") && !summary.contains("@everyone"), "{summary}");
    assert!(!scene.place.join("canary").exists());
    assert_eq!(scene.ground.linked(PAGE), [1, 2]);
}

fn refused(scene: &Scene, pull: &Pull, part: &str) {
    let ended = scene.run(pull, &["--json"]).expect_code(78);
    let message = ended.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains(part), "{message}");
    assert!(scene.ground.linked(PAGE).is_empty(), "{message}");
}

#[test]
fn an_event_that_is_about_another_repository_is_not_believed() {
    let scene = Scene::new(ground::local());
    scene.commit("topic", "KEY-1: add");
    let pull = scene.pull("KEY-1: add", "");
    let other = "https://github.com/acme/other/pull/7";
    refused(
        &scene,
        &pull.with("/pull_request/html_url", other),
        "its pull request is of https://github.com/acme/other",
    );
    let pull = scene.pull("KEY-1: add", "");
    let other = "https://github.com/acme/shop/pull/9";
    refused(
        &scene,
        &pull.with("/pull_request/html_url", other),
        "it shows the page of pull request 9, and the run is about 7",
    );
    let pull = scene.pull("KEY-1: add", "").with("/pull_request/html_url", other);
    let pull = pull.with("/pull_request/number", 9);
    let process = scene.process(&pull, &["--json"]).env("GITHUB_REF", "refs/pull/7/merge");
    let message = process.run().expect_code(78).json()["error"]["message"].clone();
    assert!(message.as_str().unwrap().ends_with("and the run is about 7"), "{message}");
    assert!(scene.ground.linked(PAGE).is_empty());
}

#[test]
fn a_clone_of_another_repository_is_not_read() {
    let scene = Scene::new(ground::local());
    scene.commit("topic", "KEY-1: add");
    scene.repository.git2().remote_set_url("origin", "https://github.com/acme/other.git").unwrap();
    let ended = scene.run(&scene.pull("KEY-2: add", ""), &["--json"]).expect_code(1);
    assert!(ended.stderr.contains("there is no clone of the repository here"), "{ended:?}");
    assert_eq!(ended.json()["complete"], false);
    assert_eq!(scene.ground.linked(PAGE), [2]);
}

#[test]
fn an_event_without_a_pull_request_is_an_error_with_a_hint() {
    let scene = Scene::new(ground::local());
    let event = |event: Value| Pull { event, name: "push", actor: "alex" };
    for lie in [
        json!({}),
        json!([]),
        json!({ "pull_request": null }),
        json!({ "pull_request": { "number": "7", "html_url": null, "head": {}, "base": [] } }),
        json!({ "merge_group": { "head_ref": "x" } }),
    ] {
        refused(&scene, &event(lie), "find a pull request: the event `push` has none");
    }
}

#[test]
fn a_file_that_is_no_event_is_named() {
    let scene = Scene::new(ground::local());
    let pull = Pull { event: json!({}), name: "push", actor: "alex" };
    let check = |name: &str, content: Option<&str>, why: &str| {
        let file = scene.file(name);
        content.into_iter().for_each(|text| std::fs::write(&file, text).unwrap());
        let process = scene.process(&pull, &["--json"]).env("GITHUB_EVENT_PATH", &file);
        let error = process.run().expect_code(78).json()["error"].clone();
        let file = file.display();
        let expected = format!("cannot read the event that this run is about, {file}: {why}");
        assert!(error["message"].as_str().unwrap().starts_with(&expected), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("--pull-request"), "{error}");
    };
    check("gone", None, "No such file");
    check("empty", Some(""), "it is empty");
    check("text", Some("not an event"), "it is no JSON");
    check("cut", Some("{\"pull_request\": {"), "it is no JSON");
    check(".", None, "Is a directory");
    check("long", Some(&" ".repeat(32 * 1024 * 1024 + 1)), "it is longer than 32 MiB");
}

#[test]
fn an_event_that_is_missing_or_of_the_wrong_shape_is_not_passed_off_as_whole() {
    let scene = Scene::new(ground::local());
    scene.commit("topic", "KEY-1: add");
    let pull = scene.pull("KEY-2: add", "");
    let env = |process: acceptance::Process| {
        process.env("GITHUB_HEAD_REF", "topic").env("GITHUB_BASE_REF", "main")
    };
    let gone = env(scene.process(&pull, &["--json"])).env("GITHUB_EVENT_PATH", scene.file("gone"));
    let document = gone.run().expect_code(1).json();
    let message = document["reasons"][0]["message"].as_str().unwrap();
    let expected = format!(
        "the title and the text of the pull request cannot be read here, for the event cannot be: {}: No such file",
        scene.file("gone").display()
    );
    assert!(message.starts_with(&expected), "{message}");
    assert_eq!(
        (&document["complete"], &document["pull_request"]["number"]),
        (&json!(false), &json!(7))
    );
    for (pointer, value) in [
        ("/pull_request/title", json!(["KEY-2"])),
        ("/pull_request/title", Value::Null),
        ("/pull_request/body", json!(7)),
        ("/pull_request/number", json!("7")),
        ("/pull_request/head/sha", json!("--all")),
        ("/pull_request/commits", json!(3)),
    ] {
        let ended = scene.run(&pull.clone().with(pointer, value.clone()), &["--json"]);
        assert!(matches!(ended.code, 0 | 1 | 78), "{pointer} {value}: {ended:?}");
        assert!(!ended.stderr.contains("this is a bug"), "{pointer} {value}: {ended:?}");
        if ended.code == 0 {
            assert_eq!(ended.json()["complete"], true, "{pointer} {value}");
        }
    }
}

#[test]
fn help_names_the_options_and_mistakes_are_usage() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| acceptance::Process::new("link-pr", folder.path()).args(args).run();
    let help = run(&["--help"]).expect_code(0).stdout;
    for option in [
        "--pull-request",
        "--on-open",
        "--on-merge",
        "--require",
        "--policy",
        "--closing-guard",
        "--plan",
        "--apply",
        "--projects",
    ] {
        assert!(help.contains(option), "{option} in {help}");
    }
    for args in [
        &["--closing-guard", "loud"][..],
        &["--on-open", "x"],
        &["--projects", "A B"],
        &["--plan", "a", "--apply", "b"],
    ] {
        run(args).expect_code(2);
    }
}
