//! The same processes against a GitHub.

use acceptance::{Ended, Process, TestRepository};
use conformance::{
    fake::github::{Deployment, GOOD_TOKEN, Tenant, WEAK_TOKEN},
    subject::{Site as _, Subject as _},
};
use std::path::Path;

/// A run with a person's environment. CI hosts set the repository and the API's address by themselves.
fn run(site: &Tenant, program: &'static str, folder: &Path, token: &str, args: &[&str]) -> Ended {
    Process::new(program, folder)
        .args(args)
        .env("GITHUB_TOKEN", token)
        .env("GITHUB_REPOSITORY", "acme/shop")
        .env("GITHUB_API_URL", site.server().url().as_str())
        .run()
}

#[test]
fn a_commit_is_linked_to_an_issue_once() {
    let (site, repository) = (Tenant::new(Deployment::Cloud).unwrap(), TestRepository::new());
    let folder = repository.path();
    repository.commit("chore: begin");
    let made =
        run(&site, "work-item", folder, GOOD_TOKEN, &["create", "--title", "Pay by invoice"]);
    assert!(made.expect_code(0).stdout.contains("acme/shop#2"));
    repository.commit("feat: add invoices\n\nFixes #2, see acme/other#1\n");
    for existed in [false, true] {
        let linked =
            run(&site, "link-commit", folder, GOOD_TOKEN, &["--json"]).expect_code(0).json();
        assert_eq!(linked["links"][0]["existed"], existed, "{linked}");
        assert_eq!(linked["links"][0]["item"], "acme/shop#2", "{linked}");
    }
    let comments = site.server().count("POST", "/issues/2/comments");
    assert_eq!(comments, 1, "one comment keeps the links");
}

#[test]
fn a_token_that_may_not_write_is_told_which_permission_it_lacks() {
    let (site, repository) = (Tenant::new(Deployment::Cloud).unwrap(), TestRepository::new());
    let ended = run(&site, "work-item", repository.path(), WEAK_TOKEN, &["create", "--title", "A"]);
    let ended = ended.expect_code(77);
    assert!(ended.stderr.contains("issues: write"), "{ended:?}");
    let ended =
        run(&site, "work-item", repository.path(), "ghp_wrong", &["get", "#2"]).expect_code(77);
    assert!(ended.stderr.contains("GITHUB_TOKEN"), "{ended:?}");
    let ended = run(&site, "work-item", repository.path(), GOOD_TOKEN, &["get", "acme/secret#1"]);
    let ended = ended.expect_code(66);
    assert!(ended.stderr.contains("GITHUB_REPOSITORY"), "{ended:?}");
    let ended =
        run(&site, "work-item", repository.path(), GOOD_TOKEN, &["get", "#1"]).expect_code(66);
    assert!(ended.stderr.contains("is a pull request"), "{ended:?}");
}

#[test]
fn the_number_of_a_pull_request_is_no_item_and_no_failure() {
    let (site, repository) = (Tenant::new(Deployment::Cloud).unwrap(), TestRepository::new());
    repository.commit("feat: mend the till (#1)\n");
    let linked = run(&site, "link-commit", repository.path(), GOOD_TOKEN, &["--json"]);
    let linked = linked.expect_code(0).json();
    assert_eq!(linked["links"], serde_json::json!([]), "{linked}");
    let reason = linked["skipped"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("a pull request's"), "{linked}");
    // What is said to be fixed must be there.
    repository.commit("feat: mend the till\n\nFixes #1\n");
    run(&site, "link-commit", repository.path(), GOOD_TOKEN, &["--json"]).expect_code(66);
}

#[test]
fn a_pull_request_is_linked_commented_on_and_given_a_status_once() {
    let (site, repository) = (Tenant::new(Deployment::Cloud).unwrap(), TestRepository::new());
    let folder = repository.path();
    repository.commit("chore: begin");
    for title in ["Not meant", "Meant by the pull request"] {
        run(&site, "work-item", folder, GOOD_TOKEN, &["create", "--title", title]).expect_code(0);
    }
    let known = site.facts().pull_request.unwrap();
    let args = ["--pull-request", known.page.as_str(), "--json"];
    for existed in [false, true] {
        let report = run(&site, "link-pr", folder, GOOD_TOKEN, &args).expect_code(0).json();
        assert_eq!(report["links"][0]["item"], "acme/shop#3", "{report}");
        assert_eq!(report["links"][0]["existed"], existed, "{report}");
        assert_eq!((&report["verdict"], &report["complete"]), (&"pass".into(), &true.into()));
    }
    let seen = site.seen_on_pull_request(&known.page, "").unwrap();
    let ours = seen.comments.iter().filter(|text| text.contains("devops-integrations")).count();
    assert!(ours <= 1, "{seen:?}");
    assert_eq!(site.server().count("POST", "/issues/3/comments"), 1, "one comment keeps the links");
}
