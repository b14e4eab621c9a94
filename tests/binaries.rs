//! Real processes in a scrubbed environment: what they print, hand on and exit with.

#[cfg(unix)]
mod foreign;
mod health;
mod histories;
mod in_a_shell;
mod on_ci;
mod on_github;
mod routes;
mod smart_commits;

use acceptance::{Ended, Process, TestRepository};
use serde_json::{Value, json};
use std::path::Path;

fn link_commit(folder: &Path, args: &[&str]) -> Ended {
    Process::new("link-commit", folder).args(args).run()
}

fn work_item(folder: &Path, args: &[&str]) -> Ended {
    Process::new("work-item", folder).args(args).args(["--platform", "local"]).run()
}

/// A repository with one item in its embedded tracker and one commit that names it.
fn repository_with_item() -> TestRepository {
    let repository = TestRepository::new();
    repository.commit("chore: begin");
    work_item(repository.path(), &["create", "--title", "Pay by invoice"]).expect_code(0);
    repository.commit("feat: add invoices\n\nRefs: LOCAL-1\n");
    repository
}

#[test]
fn a_commit_is_linked_once() {
    let repository = repository_with_item();
    let first =
        link_commit(repository.path(), &["--platform", "local", "--json"]).expect_code(0).json();
    let sha = repository.git2().head().unwrap().target().unwrap().to_string();
    let url = format!("https://github.com/acme/shop/commit/{sha}");
    let link = |existed: bool| json!([{ "item": "LOCAL-1", "commit": sha, "url": url, "existed": existed }]);
    assert_eq!(first["links"], link(false), "{first}");
    let second =
        link_commit(repository.path(), &["--platform", "local", "--json"]).expect_code(0).json();
    assert_eq!(second["links"], link(true), "{second}");
    let item = work_item(repository.path(), &["get", "LOCAL-1", "--json"]).expect_code(0).json();
    assert_eq!(item["links"].as_array().map(Vec::len), Some(1), "{item}");
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_it_would_do() {
    let repository = repository_with_item();
    let dry = link_commit(repository.path(), &["--platform", "local", "--dry-run"]).expect_code(0);
    assert!(
        dry.stdout.contains("would link LOCAL-1 to https://github.com/acme/shop/commit/"),
        "{dry:?}"
    );
    let item = work_item(repository.path(), &["get", "LOCAL-1", "--json"]).expect_code(0).json();
    assert_eq!(item["links"], json!([]));
    let created =
        work_item(repository.path(), &["create", "--title", "x", "--dry-run"]).expect_code(0);
    assert!(created.stdout.contains("would create a task titled `x`"), "{created:?}");
    work_item(repository.path(), &["get", "LOCAL-2"]).expect_code(66);
}

#[test]
fn an_item_lives_through_create_update_and_search() {
    let folder = tempfile::tempdir().unwrap();
    let create = [
        "create",
        "--title",
        "Pay by invoice",
        "--type",
        "feature",
        "--priority",
        "high",
        "--label",
        "payments",
        "--story-points",
        "0",
        "--description",
        "As a **buyer**.",
        "--json",
    ];
    let made = work_item(folder.path(), &create).expect_code(0).json();
    assert_eq!(made["item"]["story_points"], 0.0, "zero is an estimate: {made}");
    let update = [
        "update",
        "LOCAL-1",
        "--status",
        "in_review",
        "--add-label",
        "q3",
        "--comment",
        "Ready.",
        "--json",
    ];
    let updated = work_item(folder.path(), &update).expect_code(0).json();
    assert_eq!(updated["item"]["status"], "in_review");
    assert_eq!(updated["item"]["labels"], json!(["payments", "q3"]));
    let found = work_item(folder.path(), &["search", "INVOICE", "--status", "in_review", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(
        (found["items"][0]["id"].as_str(), found["complete"].as_bool()),
        (Some("LOCAL-1"), Some(true))
    );
}

#[test]
fn a_change_must_change_something() {
    let folder = tempfile::tempdir().unwrap();
    let ended = work_item(folder.path(), &["update", "LOCAL-1"]);
    assert_eq!(ended.code, 2, "{ended:#?}");
    for args in [&["get", ""][..], &["update", " ", "--status", "done"]] {
        let ended = work_item(folder.path(), args).expect_code(2);
        assert!(ended.stderr.contains("an id must not be empty"), "{ended:#?}");
    }
}

#[test]
fn what_a_tracker_cannot_do_is_told_with_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::new("work-item", folder.path()).args(["get", "SHOP-1"]);
    let set = [("TOKEN", "t-1234567"), ("SPACE", "acme"), ("PROJECT", "shop")];
    let ended = set.into_iter().fold(process, |process, (name, value)| {
        process.env(&format!("CODECATALYST_{name}"), value)
    });
    let ended = ended.run();
    check_error(&ended, 69, "read SHOP-1: AWS CodeCatalyst cannot do this (get_work_item): its");
    assert!(ended.stderr.contains("such as `work_items: jira`"), "{ended:#?}");
}

/// Every error is a sentence and a hint on stderr, and nothing on stdout.
fn check_error(ended: &Ended, code: i32, sentence: &str) {
    assert_eq!(ended.code, code, "{ended:#?}");
    let mut lines = ended.stderr.lines();
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    assert!(first.starts_with("error: ") && first.contains(sentence), "`{sentence}` in {ended:#?}");
    assert!(second.starts_with("hint: ") && second.len() > "hint: ".len() + 8, "{ended:#?}");
    assert!(ended.stdout.is_empty(), "{ended:#?}");
}

#[test]
fn bad_input_has_its_exit_code_sentence_and_hint() {
    let repository = repository_with_item();
    let path = repository.path();
    let check = |args: &[&str], code: i32, sentence: &str| {
        check_error(&link_commit(path, args), code, sentence);
    };
    check(&["--platform", "jria"], 78, "no such platform");
    check(&["--platform", "jira"], 78, "jira.api_endpoint: missing");
    check(&["--platform", "local", "--range", "gone..HEAD"], 66, "find gone");
    check(&["--platform", "local", "--commit", "gone"], 66, "find gone");
    check(&["--platform", "local", "--repository", "nowhere"], 66, "no such folder");
    check(&["--platform", "local", "--config", "gone.yaml"], 78, "read gone.yaml");
    check(&["--platform", "local", "--repository-url", "not a url"], 78, "not a web address");
    check(&[], 78, "neither the environment nor a configuration file");
    let empty = tempfile::tempdir().unwrap();
    check_error(
        &link_commit(empty.path(), &["--platform", "local"]),
        66,
        "open the current folder: it is not in a git repository",
    );
    git2::Repository::init(empty.path()).unwrap();
    check_error(
        &link_commit(empty.path(), &["--platform", "local"]),
        66,
        "no commits yet in the current folder",
    );
    assert_eq!(link_commit(path, &["--no-such-flag"]).code, 2);
}

#[test]
fn an_item_that_is_gone_fails_and_the_others_are_linked() {
    let repository = repository_with_item();
    repository.commit("fix: LOCAL-77 is not there");
    let ended =
        link_commit(repository.path(), &["--platform", "local", "--range", "HEAD", "--json"])
            .expect_code(66);
    let report = ended.json();
    assert_eq!(report["links"][0]["item"], "LOCAL-1", "{report}");
    assert_eq!(report["problems"][0]["kind"], "not_found", "{report}");
    assert!(ended.stderr.contains("error: cannot link LOCAL-77"), "{ended:?}");
}

#[test]
fn require_fails_when_nothing_is_named() {
    let repository = TestRepository::new();
    repository.commit("chore: begin");
    let args = ["--platform", "local", "--require"];
    let ended = link_commit(repository.path(), &args).expect_code(1);
    assert!(
        ended.stderr.contains("error: the commit `chore: begin` names no work item\nhint: "),
        "{ended:?}"
    );
    link_commit(repository.path(), &args[..2]).expect_code(0);
}

#[test]
fn another_projects_key_is_left_and_said() {
    let repository = repository_with_item();
    repository.commit("fix: like SHOP-3 in the other project");
    let report =
        link_commit(repository.path(), &["--platform", "local", "--json"]).expect_code(0).json();
    assert_eq!(report["links"], json!([]));
    assert_eq!(report["skipped"][0]["reference"], "SHOP-3", "{report}");
}

#[test]
fn the_branch_names_the_item_of_a_commit_that_names_none() {
    let repository = repository_with_item();
    repository.commit("fix: round the total");
    let args = ["--platform", "local", "--branch", "feature/local-1-rounding", "--json"];
    let report = link_commit(repository.path(), &args).expect_code(0).json();
    assert_eq!(report["links"][0]["item"], "LOCAL-1", "{report}");
}

#[test]
fn linked_items_are_moved_on_request() {
    let repository = repository_with_item();
    link_commit(repository.path(), &["--platform", "local", "--transition", "in_review"])
        .expect_code(0);
    let item = work_item(repository.path(), &["get", "LOCAL-1", "--json"]).json();
    assert_eq!(item["item"]["status"], "in_review");
    let back = link_commit(repository.path(), &["--platform", "local", "--transition", "todo"])
        .expect_code(0);
    assert!(
        back.stdout.contains("not moved   LOCAL-1: it is in_review already"),
        "never backwards: {back:?}"
    );
    let item = work_item(repository.path(), &["get", "LOCAL-1", "--json"]).json();
    assert_eq!(item["item"]["status"], "in_review");
}

#[test]
fn a_message_that_is_not_utf8_is_read() {
    let repository = repository_with_item();
    let git = repository.git2();
    let tip = git.head().unwrap().target().unwrap();
    let tree = git.find_commit(tip).unwrap().tree_id();
    let header = format!(
        "tree {tree}\nparent {tip}\nauthor A <a@example.com> 1700000100 +0000\ncommitter A <a@example.com> 1700000100 +0000\n\n"
    );
    let mut raw = header.into_bytes();
    raw.extend_from_slice(b"fix: caf\xe9 LOCAL-1\n");
    let id = git.odb().unwrap().write(git2::ObjectType::Commit, &raw).unwrap();
    git.reference("refs/heads/main", id, true, "test").unwrap();
    let report =
        link_commit(repository.path(), &["--platform", "local", "--json"]).expect_code(0).json();
    assert_eq!(report["links"][0]["commit"], id.to_string());
}

#[test]
fn a_bare_repository_will_do() {
    let repository = repository_with_item();
    let bare = tempfile::tempdir().unwrap();
    git2::build::RepoBuilder::new()
        .bare(true)
        .clone(repository.path().to_str().unwrap(), bare.path())
        .unwrap();
    let extract = link_commit(bare.path(), &["extract", "--range", "HEAD"]).expect_code(0);
    let keys: Vec<&str> =
        extract.stdout.lines().map(|line| line.split('\t').nth(1).unwrap()).collect();
    assert_eq!(keys, ["LOCAL-1", ""]);
}

#[test]
fn a_shallow_clone_is_not_passed_off_as_whole() {
    let repository = repository_with_item();
    let tip = repository.git2().head().unwrap().target().unwrap();
    std::fs::write(repository.path().join(".git/shallow"), format!("{tip}\n")).unwrap();
    let ended =
        link_commit(repository.path(), &["--platform", "local", "--range", "HEAD", "--json"])
            .expect_code(66);
    let report = ended.json();
    assert_eq!(
        (report["complete"].as_bool(), report["links"][0]["existed"].as_bool()),
        (Some(false), Some(false)),
        "{report}"
    );
    assert!(ended.stderr.contains("this clone is shallow"), "{ended:?}");
}

#[test]
fn extract_prints_every_commit_and_its_keys() {
    let repository = TestRepository::new();
    repository.commit("");
    repository.commit("SHOP-2: add, see SHOP-1 and SHOP-2");
    repository.commit("docs: UTF-8 everywhere");
    let ended = link_commit(repository.path(), &["extract", "--range", "HEAD"]).expect_code(0);
    let keys: Vec<&str> =
        ended.stdout.lines().map(|line| line.split_once('\t').unwrap().1).collect();
    assert_eq!(keys, ["", "SHOP-2,SHOP-1", ""], "{ended:?}");
    let only = link_commit(
        repository.path(),
        &["extract", "--range", "HEAD", "--projects", "PAY", "--json"],
    )
    .expect_code(0)
    .json();
    assert_eq!(only["commits"].as_array().map(Vec::len), Some(3));
    assert!(
        only["commits"].as_array().unwrap().iter().all(|commit| commit["keys"] == json!([])),
        "{only}"
    );
}

#[test]
fn extract_reads_messages_from_stdin() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::new("link-commit", folder.path())
        .args(["extract", "--stdin"])
        .stdin(*b"SHOP-1: a\0b\0fix SHOP-2\0");
    assert_eq!(process.run().expect_code(0).stdout, "1\tSHOP-1\n2\t\n3\tSHOP-2\n");
}

#[test]
fn the_configuration_file_is_read_as_the_customer_wrote_it() {
    let repository = repository_with_item();
    std::fs::create_dir(repository.path().join("config")).unwrap();
    let file = repository.path().join("config/plugin_config.yaml");
    let good = "jira:\n  plugin_id: \"jira-integration\"\n  api_endpoint: \"${JIRA_URL}\"\n  api_key: \"${JIRA_API_TOKEN}\"\n  organization: \"${JIRA_EMAIL}\"\n  project: \"PROJ\"\n  timeout: 30\n  retry_attempts: 3\n  verify_ssl: true\n";
    std::fs::write(&file, good).unwrap();
    let ended = link_commit(repository.path(), &[]);
    check_error(&ended, 78, "${JIRA_URL} is not set");
    assert!(
        ended.stderr.contains("${JIRA_API_TOKEN} is not set"),
        "all problems at once: {ended:?}"
    );
    std::fs::write(&file, good.replace("project", "projcet")).unwrap();
    check_error(&link_commit(repository.path(), &[]), 78, "did you mean `project`?");
    std::fs::write(&file, "local:\n  project: LOCAL\n").unwrap();
    link_commit(repository.path(), &[]).expect_code(0);
}

#[test]
fn http_is_for_loopback_only_and_unset_names_are_errors() {
    let repository = repository_with_item();
    let jira = |url: &str| {
        Process::new("link-commit", repository.path())
            .env("JIRA_URL", url)
            .env("JIRA_API_TOKEN", "canary-token-1234")
            .env("JIRA_PROJECT", "LOCAL")
            .args(["--deadline", "2"])
            .run()
    };
    let ended = jira("http://jira.example.com");
    check_error(&ended, 78, "over http");
    assert!(!ended.stderr.contains("canary-token"), "{ended:?}");
    // Nobody listens on the discard port of loopback.
    // Nobody listens on the discard port of loopback.
    let ended = jira("http://127.0.0.1:9").expect_code(75);
    assert!(ended.stderr.contains("Jira did not answer"), "{ended:?}");
}

#[test]
fn json_is_the_only_thing_on_stdout_even_for_errors() {
    let repository = repository_with_item();
    let ended = link_commit(repository.path(), &["--platform", "jira", "--json"]).expect_code(78);
    let document: Value = ended.json();
    assert_eq!(document["error"]["kind"], "config", "{document}");
}

#[test]
fn help_and_version_are_for_stdout() {
    let folder = tempfile::tempdir().unwrap();
    for (args, part) in [(["--version"], "link-commit 0."), (["--help"], "Examples:")] {
        let ended = link_commit(folder.path(), &args).expect_code(0);
        assert!(ended.stdout.contains(part) && ended.stderr.is_empty(), "{ended:?}");
    }
}

#[test]
fn twenty_processes_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let create =
        || work_item(folder.path(), &["create", "--title", "x", "--json"]).expect_code(0).json();
    let made: Vec<Value> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..20).map(|_| scope.spawn(create)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut numbers: Vec<u32> = made.iter().map(|made| number(&made["item"]["id"])).collect();
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (1..=20).collect::<Vec<_>>(),
        "every item has a number of its own, and none is missing"
    );
}

fn number(id: &Value) -> u32 {
    id.as_str()
        .and_then(|id| id.strip_prefix("LOCAL-"))
        .and_then(|number| number.parse().ok())
        .unwrap()
}
