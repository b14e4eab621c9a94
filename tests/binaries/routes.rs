//! Several trackers in one configuration: each item goes to the tracker that its prefix names.

use acceptance::{Ended, Process, TestRepository};
use serde_json::json;
use std::fs;

/// A repository whose configuration has two embedded trackers, each with one item.
fn two_trackers() -> TestRepository {
    let repository = TestRepository::new();
    let file = |name: &str| repository.path().join(format!("{name}.db")).display().to_string();
    let yaml = format!(
        "shop:\n  platform: local\n  file: {}\n  project: SHOP\ntill:\n  platform: local\n  file: {}\n  project: TILL\n\
         routes: {{ SHOP: shop, TILL: till }}\n",
        file("shop"),
        file("till")
    );
    fs::write(repository.path().join(".devops-integrations.yaml"), yaml).unwrap();
    for tracker in ["shop", "till"] {
        let create = ["create", "--title", tracker, "--platform", tracker];
        run(&repository, "work-item", &create).expect_code(0);
    }
    repository
}

fn run(repository: &TestRepository, binary: &'static str, args: &[&str]) -> Ended {
    Process::new(binary, repository.path()).args(args).run()
}

#[test]
fn a_commit_is_linked_to_the_items_of_both() {
    let repository = two_trackers();
    repository.commit("feat: sell\n\nRefs: SHOP-1, TILL-1\n");
    let linked = run(&repository, "link-commit", &["--json"]).expect_code(0).json();
    let items: Vec<_> = linked["links"].as_array().unwrap().iter().map(|it| &it["item"]).collect();
    assert_eq!(items, ["SHOP-1", "TILL-1"], "{linked}");
    for id in ["SHOP-1", "TILL-1"] {
        let item = run(&repository, "work-item", &["get", id, "--json"]).expect_code(0).json();
        assert_eq!(item["links"].as_array().unwrap().len(), 1, "{item}");
    }
    let again = run(&repository, "link-commit", &["--json"]).expect_code(0).json();
    assert!(again["links"].as_array().unwrap().iter().all(|it| it["existed"] == true), "{again}");
}

#[test]
fn a_search_asks_both_and_a_new_item_wants_a_name() {
    let repository = two_trackers();
    let found = run(&repository, "work-item", &["search", "--json"]).expect_code(0).json();
    let ids: Vec<_> =
        found["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!((ids, &found["complete"]), (vec![json!("TILL-1"), json!("SHOP-1")], &json!(true)));
    let ended = run(&repository, "work-item", &["create", "--title", "x"]).expect_code(78);
    assert!(ended.stderr.contains("shop and till are set up"), "{}", ended.stderr);
    let ended = run(&repository, "work-item", &["get", "CART-1"]).expect_code(78);
    assert!(ended.stderr.contains("add its prefix to `routes`"), "{}", ended.stderr);
}

#[test]
fn a_dry_run_plans_for_both() {
    let repository = two_trackers();
    repository.commit("feat: sell\n\nRefs: SHOP-1, TILL-1\n");
    let dry = run(&repository, "link-commit", &["--dry-run"]).expect_code(0);
    assert!(dry.stdout.contains("would link SHOP-1") && dry.stdout.contains("would link TILL-1"));
    let item = run(&repository, "work-item", &["get", "TILL-1", "--json"]).expect_code(0).json();
    assert_eq!(item["links"], json!([]));
}
