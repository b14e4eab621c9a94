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

/// A run on Azure Pipelines for a push, of which the agent tells the newest commit.
fn on_azure(repository: &TestRepository, branch: &str, args: &[&str]) -> Ended {
    let head = repository.git2().head().unwrap().target().unwrap().to_string();
    at_on_azure(repository, &head, branch, args)
}

fn at_on_azure(repository: &TestRepository, sha: &str, branch: &str, args: &[&str]) -> Ended {
    Process::new("link-commit", repository.path())
        .args(["--platform", "local", "--json", "--dry-run"])
        .args(args)
        .env("TF_BUILD", "True")
        .env("BUILD_REASON", "IndividualCI")
        .env("BUILD_REPOSITORY_URI", "https://dev.azure.com/acme/Web/_git/shop")
        .env("BUILD_SOURCEBRANCH", branch)
        .env("BUILD_SOURCEVERSION", sha)
        .run()
        .expect_code(0)
}

#[test]
fn a_push_on_azure_is_what_the_default_branch_lacks() {
    let repository = repository_with_item();
    let git = repository.git2();
    let first = git.revparse_single("HEAD~1").unwrap().id();
    git.reference("refs/remotes/origin/main", first, true, "").unwrap();
    repository.commit("LOCAL-1: more");
    repository.commit("LOCAL-1: and more");
    let read = |ended: Ended| {
        let document = ended.json();
        (document["links"].as_array().unwrap().len(), document["complete"].clone())
    };
    assert_eq!(read(on_azure(&repository, "refs/heads/topic", &[])), (3, json!(true)));
    let newest = on_azure(&repository, "refs/heads/main", &[]);
    assert!(newest.stderr.contains("names the newest commit of a push only"), "{newest:?}");
    assert_eq!(read(newest), (1, json!(false)));
    // A pull request that was completed is one merge with all of its commits.
    let (main, topic) = (git.find_commit(first).unwrap(), git.head().unwrap().peel_to_commit());
    repository.commit_on("refs/heads/other", "Merged PR 7: add", &[&main, &topic.unwrap()]);
    git.set_head("refs/heads/other").unwrap();
    assert_eq!(read(on_azure(&repository, "refs/heads/main", &[])), (3, json!(false)));
}

#[test]
fn a_push_on_azure_without_commits_of_its_own_is_about_its_newest() {
    let repository = repository_with_item();
    let git = repository.git2();
    let head = git.head().unwrap().target().unwrap();
    git.reference("refs/remotes/origin/main", head, true, "").unwrap();
    for reference in ["refs/heads/topic", "refs/tags/v1"] {
        let ended = on_azure(&repository, reference, &["--require"]);
        assert_eq!(ended.json()["links"].as_array().unwrap().len(), 1, "{ended:?}");
    }
    // A run that reads another repository than its own.
    let ended = at_on_azure(&repository, &"1".repeat(40), "refs/heads/topic", &["--require"]);
    assert_eq!(ended.json()["links"].as_array().unwrap().len(), 1, "{ended:?}");
}

#[test]
fn the_push_that_deletes_a_branch_links_nothing() {
    let repository = repository_with_item();
    let head = repository.commits()[0].clone();
    let event = json!({ "before": head, "after": "0".repeat(40), "deleted": true,
        "ref": "refs/heads/topic", "repository": { "default_branch": "main" } });
    let file = repository.path().join(".git/event.json");
    std::fs::write(&file, event.to_string()).unwrap();
    let run = |args: &[&str]| {
        Process::new("link-commit", repository.path())
            .args(args)
            .args(["--platform", "local", "--json", "--require"])
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", "push")
            .env("GITHUB_EVENT_PATH", &file)
            .env("GITHUB_REF", "refs/heads/main")
            .env("GITHUB_SHA", &head)
            .env("GITHUB_REPOSITORY", "acme/shop")
            .run()
            .expect_code(0)
            .json()
    };
    let document = run(&["--transition", "done"]);
    assert_eq!((&document["links"], &document["complete"]), (&json!([]), &json!(true)));
    assert_eq!(run(&["--commit", "HEAD"])["links"].as_array().unwrap().len(), 1);
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
