//! Commands in messages are carried out once, and only when they were asked for.

use super::{link_commit, repository_with_item, work_item};
use serde_json::json;

#[test]
fn commands_are_carried_out_when_the_link_is_made_and_never_again() {
    let repository = repository_with_item();
    let path = repository.path();
    repository.commit(
        "fix: total\n\nLOCAL-1 #comment Rounded *once* #time 2h #in-review\nLOCAL-1 #party\n",
    );
    let run = |more: &[&str]| {
        let args = [&["--platform", "local", "--json", "--smart-commits"][..], more].concat();
        link_commit(path, &args).expect_code(0).json()
    };
    let dry = run(&["--dry-run"]);
    let plan = dry["plan"].as_array().unwrap().len();
    assert!(plan >= 3, "the link, the comment and the move: {dry}");
    let first = run(&[]);
    let what: Vec<_> =
        first["smart_commits"].as_array().unwrap().iter().map(|it| &it["command"]).collect();
    assert_eq!(what, ["commented", "#time", "moved to in_review", "#party"], "{first}");
    assert!(first["smart_commits"][1]["skipped"].as_str().unwrap().contains("work log"), "{first}");
    let item = || work_item(path, &["get", "LOCAL-1", "--json"]).json();
    assert!(is_commented(&repository));
    assert_eq!(item()["item"]["status"], "in_review");
    work_item(path, &["update", "LOCAL-1", "--status", "todo"]).expect_code(0);
    let second = run(&[]);
    assert_eq!(second["smart_commits"], json!([]), "{second}");
    assert_eq!(item()["item"]["status"], "todo");
}

#[test]
fn commands_are_words_unless_they_are_asked_for() {
    let repository = repository_with_item();
    repository.commit("LOCAL-1 #comment Rounded *once* #done");
    let report =
        link_commit(repository.path(), &["--platform", "local", "--json"]).expect_code(0).json();
    assert!(report.get("smart_commits").is_none(), "{report}");
    let item = work_item(repository.path(), &["get", "LOCAL-1", "--json"]).json();
    assert_eq!((&item["item"]["status"], is_commented(&repository)), (&json!("todo"), false));
}

/// Whether the embedded tracker's file holds the comment; its stars are quoted, other than those of the commit's subject.
fn is_commented(repository: &acceptance::TestRepository) -> bool {
    let file = repository.path().join(".git/devops-integrations/tracker.db");
    let log = std::fs::read(file.with_extension("db-wal")).unwrap_or_default();
    let bytes = [std::fs::read(&file).unwrap(), log].concat();
    String::from_utf8_lossy(&bytes).contains("Rounded \\*once")
}
