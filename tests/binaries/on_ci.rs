//! The same processes as steps of a CI host.

use super::repository_with_item;
use acceptance::{Ended, Process, TestRepository};
use serde_json::json;

/// A run on GitHub about a pull request, from a fork or not, of the repository's last commit.
fn on_pull_request(repository: &TestRepository, from: &str, args: &[&str]) -> Process {
    let head = repository.git2().head().unwrap().target().unwrap().to_string();
    let event = json!({
        "number": 7,
        "pull_request": {
            "number": 7,
            "title": "x",
            "html_url": "https://github.com/acme/shop/pull/7",
            "head": { "sha": head, "ref": "topic", "repo": { "full_name": from, "fork": from != "acme/shop" } },
            "base": { "sha": repository.commits()[1], "ref": "main", "repo": { "full_name": "acme/shop" } },
        },
        "repository": { "full_name": "acme/shop", "html_url": "https://github.com/acme/shop", "default_branch": "main" },
    });
    let event_file = repository.path().join(".git/event.json");
    std::fs::write(&event_file, event.to_string()).unwrap();
    Process::new("link-commit", repository.path())
        .args(args)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_EVENT_NAME", "pull_request")
        .env("GITHUB_EVENT_PATH", event_file)
        .env("GITHUB_REPOSITORY", "acme/shop")
        .env("GITHUB_SERVER_URL", "https://github.com")
        .env("GITHUB_OUTPUT", repository.path().join(".git/output"))
        .env("GITHUB_STEP_SUMMARY", repository.path().join(".git/summary"))
}

#[test]
fn a_forks_run_without_secrets_is_no_failure_and_has_a_verdict() {
    let repository = repository_with_item();
    let run = |args: &[&str]| {
        on_pull_request(&repository, "stranger/shop", args)
            .env("JIRA_URL", "https://acme.atlassian.net")
            .env("JIRA_PROJECT", "LOCAL")
            .run()
    };
    let report = run(&["--platform", "jira", "--json", "--require"]).expect_code(0).json();
    assert_eq!(
        (report["outcome"].as_str(), &report["links"]),
        (Some("skipped: no token"), &json!([]))
    );
    assert_eq!(
        report["skipped"][0]["reference"], "LOCAL-1",
        "the verdict is computed all the same: {report}"
    );
    repository.commit("chore: nothing is named here");
    run(&["--platform", "jira", "--require", "--commit", "HEAD"]).expect_code(1);
    run(&["--platform", "jria"]).expect_code(78);
    let own = on_pull_request(&repository, "acme/shop", &["--platform", "jira"]);
    own.env("JIRA_URL", "https://acme.atlassian.net")
        .env("JIRA_PROJECT", "LOCAL")
        .run()
        .expect_code(78);
}

#[test]
fn a_ci_host_gets_outputs_and_a_table() {
    let repository = repository_with_item();
    let ended =
        on_pull_request(&repository, "acme/shop", &["--platform", "local"]).run().expect_code(0);
    let read =
        |name: &str| std::fs::read_to_string(repository.path().join(".git").join(name)).unwrap();
    let (output, summary) = (read("output"), read("summary"));
    for (name, value) in
        [("items", "LOCAL-1"), ("linked", "1"), ("created", "1"), ("complete", "true")]
    {
        let lines: Vec<&str> = output.lines().collect();
        let at = lines.iter().position(|line| line.starts_with(&format!("{name}<<"))).unwrap();
        assert_eq!(lines[at + 1], value, "{output}");
    }
    assert!(summary.contains("| Item | Commit | Subject | Result |"), "{summary}");
    assert!(summary.contains("add invoices"), "{summary}");
    assert!(ended.stderr.is_empty(), "{ended:?}");
}

/// Nothing that a runner would take for a command, and no secret outside the line that asks to hide it.
fn check_harmless(ended: &Ended) {
    for line in ended.stderr.lines().chain(ended.stdout.lines()) {
        let is_ours = ["::error", "::warning", "::notice", "::add-mask"]
            .iter()
            .any(|known| line.starts_with(known));
        assert!(is_ours || !line.trim_start().starts_with("::"), "{ended:#?}");
        assert!(!line.contains("##vso[") && !line.contains('\u{1b}'), "{ended:#?}");
        assert!(line.starts_with("::add-mask") || !line.contains("canary-token"), "{ended:#?}");
    }
}

#[test]
fn a_mistaken_input_gives_no_commands_and_tells_no_secret() {
    let repository = repository_with_item();
    let hostile = "x\n::set-env name=A::pwned\n##vso[task.setvariable variable=a]b\u{1b}[31m canary-token-1234";
    let on = |name: &str, value: &str| {
        on_pull_request(&repository, "acme/shop", &["--platform", "local"])
            .env("JIRA_API_TOKEN", "canary-token-1234")
            .env(name, value)
            .run()
            .expect_code(2)
    };
    check_harmless(&on("INPUT_TRANSITION", hostile));
    check_harmless(&on("INPUT_DRY-RUN", hostile));
    let mistyped = on("INPUT_COMMAND", "extarct");
    check_harmless(&mistyped);
    assert!(mistyped.stderr.contains("::error::unrecognized subcommand"), "{mistyped:?}");
    let links =
        super::work_item(repository.path(), &["get", "LOCAL-1", "--json"]).json()["links"].clone();
    assert_eq!(links, json!([]), "a typo does not make it write");
}

#[test]
fn a_dry_run_tells_its_host_that_nothing_was_made() {
    let repository = repository_with_item();
    on_pull_request(&repository, "acme/shop", &["--platform", "local", "--dry-run"])
        .run()
        .expect_code(0);
    let read =
        |name: &str| std::fs::read_to_string(repository.path().join(".git").join(name)).unwrap();
    let output = read("output");
    let created = output.lines().skip_while(|line| !line.starts_with("created<<")).nth(1);
    assert_eq!(created, Some("0"), "{output}");
    assert!(read("summary").contains("would be linked"), "{}", read("summary"));
}

#[test]
fn an_item_that_was_only_planned_is_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let run = |args: &[&str]| {
        Process::new("work-item", folder.path())
            .args(["create", "--platform", "local", "--title", "Planned"])
            .args(args)
            .env("LOCAL_TRACKER_FILE", file("tracker.db"))
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_OUTPUT", file("output"))
            .env("GITHUB_STEP_SUMMARY", file("summary"))
            .run()
            .expect_code(0)
    };
    let told = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
    let planned = run(&["--dry-run"]);
    assert!(planned.stdout.starts_with("would create"), "{planned:?}");
    assert_eq!((told("output"), told("summary")), (String::new(), String::new()));
    run(&[]);
    assert!(told("output").contains("LOCAL-1") && told("summary").contains("Planned"));
}

#[test]
fn an_event_that_cannot_be_read_is_no_whole_range() {
    let repository = repository_with_item();
    let process = on_pull_request(&repository, "acme/shop", &["--platform", "local", "--json"]);
    let ended =
        process.env("GITHUB_EVENT_PATH", repository.path().join("gone.json")).run().expect_code(66);
    assert_eq!(ended.json()["complete"], false);
}
