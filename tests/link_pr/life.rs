//! What happens to a pull request, and what becomes of its links.

use super::{
    ground,
    scene::{PAGE, Pull, Scene},
};
use backend::model::Status;
use serde_json::json;

#[test]
fn every_place_is_read_and_every_item_linked_once() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add\n\nRefs: KEY-3");
        scene.commit("topic", "KEY-4: more, like KEY-3");
        let pull = scene.pull("KEY-1: add", "Fixes KEY-2.\n\n`KEY-5` is code");
        let document = scene.check(&pull, &[], &[1, 2, 3, 4]);
        assert_eq!(document["verdict"], "pass");
        assert_eq!(document["complete"], true);
        let bonds: Vec<_> =
            document["links"].as_array().unwrap().iter().map(|link| &link["bond"]).collect();
        assert_eq!(bonds, ["work", "closes", "refs", "work"]);
        assert_eq!(document["pull_request"]["commits"], 2);
    }
}

#[test]
fn a_branch_names_its_item_in_any_case() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add");
        let branch = scene.ground.named("feature/KEY-1-add").to_lowercase();
        let pull = scene.pull("add", "").with("/pull_request/head/ref", branch);
        scene.check(&pull, &[], &[1]);
    }
}

#[test]
fn a_retitle_moves_the_link() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add");
        scene.ground.link_elsewhere(1);
        scene.check(&scene.pull("KEY-1: add", ""), &[], &[1]);
        let document = scene.run(&scene.pull("KEY-2: add", ""), &["--json"]).expect_code(0).json();
        assert_eq!(document["withdrawn"][0]["item"], scene.ground.named("KEY-1"), "{document:#}");
        scene.check(&scene.pull("KEY-2: add", ""), &[], &[2]);
        assert_eq!(scene.ground.linked("https://github.com/acme/shop/pull/70"), [1]);
    }
}

#[test]
fn a_forced_push_withdraws_what_it_left_behind() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add");
        scene.commit("topic", "KEY-2: more");
        scene.check(&scene.pull("add", ""), &[], &[1, 2]);
        scene.rewind();
        scene.commit("topic", "KEY-2: more, rebased");
        scene.check(&scene.pull("add", ""), &[], &[2]);
    }
}

#[test]
fn a_tracker_that_cannot_be_asked_is_looked_into_where_former_runs_wrote() {
    let scene = Scene::new(ground::jira_without_search());
    scene.commit("topic", "KEY-1: add");
    scene.check(&scene.pull("KEY-2: add", ""), &[], &[1, 2]);
    scene.rewind();
    scene.commit("topic", "KEY-3: add");
    scene.check(&scene.pull("KEY-4: add", ""), &[], &[3, 4]);
    // Without that memory, the event says which title it replaced.
    std::fs::remove_dir_all(scene.place.join(".git/devops-integrations")).unwrap();
    let renamed = scene.pull("KEY-5: add", "");
    let from = scene.ground.named("KEY-4: add");
    let renamed = renamed.with("/changes", json!({ "title": { "from": from } }));
    scene.check(&renamed, &[], &[3, 5]);
    scene.check(&renamed.closed(), &[], &[]);
}

#[test]
fn a_revert_withdraws_and_a_revert_of_it_links_again() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        let first = scene.commit("topic", "feat: add\n\nFixes: KEY-1");
        scene.check(&scene.pull("add", ""), &[], &[1]);
        let revert = format!("Revert \"feat: add\"\n\nThis reverts commit {first}.");
        let second = scene.commit("topic", &revert);
        scene.check(&scene.pull("add", ""), &[], &[]);
        let again = format!("Reapply \"feat: add\"\n\nThis reverts commit {second}.");
        scene.commit("topic", &again);
        scene.check(&scene.pull("add", ""), &[], &[1]);
    }
}

#[test]
fn a_pull_request_that_reverts_another_is_not_linked() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "Revert \"KEY-1: add\"\n\nThis reverts commit 0123456789abcdef.");
        scene.check(&scene.pull("Revert \"KEY-1: add\"", "Reverts acme/shop#3"), &[], &[]);
        scene.check(&scene.pull("Revert \"Revert \"KEY-1: add\"\"", ""), &[], &[1]);
    }
}

#[test]
fn a_list_of_squashed_commits_speaks_for_nobody() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit(
            "topic",
            "feat: add\n\nSquashed commit of the following:\n\ncommit 0123456789abcdef\nAuthor: A\n\n    KEY-1: x\n\nRefs: KEY-2",
        );
        scene.check(&scene.pull("add", ""), &[], &[2]);
    }
}

#[test]
fn closed_without_a_merge_withdraws_and_reopened_links_again() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-2: add");
        let pull = scene.pull("KEY-1: add", "");
        let moving = ["--on-open", "in_review", "--on-merge", "done"];
        scene.check(&pull, &moving, &[1, 2]);
        let document = scene.run(&pull.clone().closed(), &["--json"]).expect_code(0).json();
        assert_eq!(document["withdrawn"].as_array().map(Vec::len), Some(2), "{document:#}");
        scene.check(&pull.clone().closed(), &moving, &[]);
        assert_eq!(scene.ground.status(1), Status::InReview, "nothing goes back");
        scene.check(&pull.with("/action", "reopened"), &moving, &[1, 2]);
    }
}

#[test]
fn items_move_when_it_is_opened_and_when_it_is_merged() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "feat: add\n\nRefs: KEY-2");
        scene.ground.set_status(3, Status::Done);
        let pull = scene.pull("KEY-1: add", "Fixes KEY-3");
        let moving = ["--on-open", "in_review", "--on-merge", "done"];
        let draft = pull.clone().with("/pull_request/draft", true);
        scene.check(&draft, &moving, &[1, 2, 3]);
        assert_eq!(scene.ground.status(1), Status::Todo, "a draft moves nothing");
        let document = scene.check(&pull, &moving, &[1, 2, 3]);
        let kept =
            document["transitions"].as_array().unwrap().iter().find(|it| it["moved"] == false);
        assert_eq!(kept.unwrap()["why"], "it is done already", "{document:#}");
        let status = |number| scene.ground.status(number);
        assert_eq!(
            (status(1), status(2), status(3)),
            (Status::InReview, Status::InReview, Status::Done)
        );
        scene.check(&pull.merged(), &moving, &[1, 2, 3]);
        assert_eq!((status(1), status(2)), (Status::Done, Status::InReview), "refs do not finish");
    }
}

#[test]
fn a_squash_merge_keeps_the_links_of_its_commits() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add");
        scene.commit("topic", "KEY-2: more");
        let pull = scene.pull("add", "");
        scene.check(&pull, &[], &[1, 2]);
        let squashed = scene.commit("main", "add (#7)\n\n* KEY-1: add\n\n* KEY-2: more");
        let merged = pull.merged().with("/pull_request/merge_commit_sha", squashed);
        scene.check(&merged, &["--on-merge", "done"], &[1, 2]);
        assert_eq!((scene.ground.status(1), scene.ground.status(2)), (Status::Done, Status::Done));
    }
}

#[test]
fn a_backport_is_linked_and_moves_nothing() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add\n\n(cherry picked from commit 0123456789abcdef)");
        let pull = scene.pull("KEY-1: add", "").with("/pull_request/base/ref", "release/1.x");
        let document = scene.check(&pull.clone().merged(), &["--on-merge", "done"], &[1]);
        let why = document["transitions"][0]["why"].as_str().unwrap();
        assert!(why.starts_with("this is a backport, by commit "), "{document:#}");
        assert_eq!(scene.ground.status(1), Status::Todo);
    }
}

#[test]
fn two_runs_at_once_come_to_the_same() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add\n\nRefs: KEY-2, KEY-3");
        let pull = scene.pull("KEY-4: add", "");
        let args = ["--json", "--on-open", "in_review"];
        at_once(&scene, &pull, &args);
        scene.check(&pull, &args[1..], &[1, 2, 3, 4]);
        let other = scene.pull("KEY-5: add", "");
        at_once(&scene, &other, &args);
        scene.check(&other, &args[1..], &[1, 2, 3, 5]);
    }
}

/// Four runs at the same time.
fn at_once(scene: &Scene, pull: &Pull, args: &[&str]) {
    let processes: Vec<_> = (0..4).map(|_| scene.process(pull, args)).collect();
    std::thread::scope(|scope| {
        let running: Vec<_> =
            processes.into_iter().map(|process| scope.spawn(|| process.run())).collect();
        for thread in running {
            thread.join().unwrap().expect_code(0);
        }
    });
}

#[test]
fn what_is_shown_is_a_table_outputs_and_annotations() {
    let scene = Scene::new(ground::local());
    scene.commit("topic", "KEY-1: add");
    let pull = scene.pull("KEY-1: add | <b>x</b>", "This doesn't fix #12");
    let ended = scene.run(&pull, &["--on-open", "in_review"]).expect_code(0);
    assert!(ended.stdout.contains("linked      LOCAL-1"), "{ended:?}");
    assert!(ended.stdout.contains("moved       LOCAL-1: todo -> in_review"), "{ended:?}");
    assert!(
        ended.stdout.ends_with("warn: 1 commit read, 1 link made, 0 there before\n"),
        "{ended:?}"
    );
    let warning = ended.stderr.lines().find(|line| line.starts_with("::warning::")).unwrap();
    assert!(
        warning.contains("merging will close #12") && warning.contains("This doesn't fix #12"),
        "{ended:?}"
    );
    let read = |name: &str| std::fs::read_to_string(scene.file(name)).unwrap();
    let summary = read("summary");
    assert!(summary.contains("| Item | Named in | Why | Result |"), "{summary}");
    assert!(summary.contains("Verdict: **warn**"), "{summary}");
    for (name, value) in
        [("verdict", "warn"), ("items", "LOCAL-1"), ("created", "1"), ("moved", "1")]
    {
        let output = read("output");
        let told = output.lines().skip_while(|line| !line.starts_with(&format!("{name}<<"))).nth(1);
        assert_eq!(told, Some(value), "{output}");
    }
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_it_would_do() {
    for ground in ground::all() {
        let scene = Scene::new(ground);
        scene.commit("topic", "KEY-1: add");
        scene.run(&scene.pull("KEY-2: add", ""), &[]).expect_code(0);
        let before = scene.ground.snapshot();
        let pull = scene.pull("KEY-3: add", "");
        let document = scene
            .run(&pull, &["--dry-run", "--json", "--on-open", "in_review"])
            .expect_code(0)
            .json();
        assert_eq!(scene.ground.snapshot(), before);
        let plan: Vec<_> = document["plan"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect();
        let named = |text: &str| scene.ground.named(text);
        assert!(plan.contains(&named(&format!("link KEY-3 to {PAGE}")).as_str()), "{plan:?}");
        assert!(plan.contains(&named(&format!("unlink KEY-2 from {PAGE}")).as_str()), "{plan:?}");
        assert!(plan.contains(&named("update KEY-3: status in_review").as_str()), "{plan:?}");
    }
}

#[test]
fn a_pull_request_may_be_named_by_number_in_a_shell() {
    let scene = Scene::new(ground::local());
    scene.commit("topic", "KEY-1: add");
    scene.repository.git2().set_head("refs/heads/topic").unwrap();
    let run = |name: &str| {
        let mut process = acceptance::Process::new("link-pr", &scene.place)
            .args(["--json", "--pull-request", name, "--policy"])
            .args([scene.file("policy.yaml")]);
        for (name, value) in &scene.ground.variables {
            process = process.env(name, value);
        }
        process.run()
    };
    std::fs::write(scene.file("policy.yaml"), "incomplete: warn\n").unwrap();
    for name in ["7", "#7", PAGE] {
        let document = run(name).expect_code(0).json();
        assert_eq!(document["pull_request"]["url"], PAGE, "{document:#}");
        assert_eq!(document["complete"], false, "nobody told its title: {document:#}");
    }
    assert_eq!(scene.ground.linked(PAGE), [1]);
    let refused = run("https://github.com/acme/shop/issues/7").expect_code(78);
    assert_eq!(refused.json()["error"]["kind"], json!("config"));
}
