//! The same processes against a GitHub.

use acceptance::{Ended, Process, TestRepository};
use conformance::{
    fake::github::{Deployment, GOOD_TOKEN, Tenant, WEAK_TOKEN},
    subject::Site as _,
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
