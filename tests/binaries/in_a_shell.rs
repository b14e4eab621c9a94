//! What people type wrongly, and where they type it.

use super::{link_commit, repository_with_item, work_item};
use acceptance::Process;
use serde_json::json;

#[test]
fn mistakes_on_the_command_line_are_refused_before_anything_happens() {
    let repository = repository_with_item();
    for args in [
        ["--range", ""],
        ["--commit", ""],
        ["--projects", ""],
        ["--projects", "A B"],
        ["--transition", "x"],
    ] {
        let ended = link_commit(repository.path(), &args).expect_code(2);
        assert!(ended.stdout.is_empty() && ended.stderr.contains("error: "), "{ended:?}");
    }
    let item = work_item(repository.path(), &["get", "LOCAL-1", "--json"]).json();
    assert_eq!(item["links"], json!([]));
}

#[test]
fn gits_own_variables_name_the_repository() {
    let repository = repository_with_item();
    let elsewhere = tempfile::tempdir().unwrap();
    let process = Process::new("link-commit", elsewhere.path()).args(["extract"]);
    let ended = process.env("GIT_DIR", repository.path().join(".git")).run().expect_code(0);
    assert!(ended.stdout.ends_with("\tLOCAL-1\n"), "{ended:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_printed_is_a_failure() {
    let repository = repository_with_item();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let status = std::process::Command::new(acceptance::binary("link-commit"))
        .args(["extract", "--range", "HEAD"])
        .current_dir(repository.path())
        .stdout(full)
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(78));
}

#[test]
fn credentials_in_the_repositorys_address_go_nowhere() {
    let repository = repository_with_item();
    let run = |url: &str| {
        link_commit(repository.path(), &["--platform", "local", "--json", "--repository-url", url])
    };
    let linked = run("https://user:pw-canary@github.com/acme/shop").expect_code(0);
    assert!(linked.stdout.contains("\"https://github.com/acme/shop/commit/"), "{linked:?}");
    let refused = run("ftp://user:pw-canary@example.com/shop").expect_code(78);
    for ended in [linked, refused] {
        assert!(!format!("{ended:?}").contains("canary"), "{ended:?}");
    }
    let item = work_item(repository.path(), &["get", "LOCAL-1", "--json"]).expect_code(0);
    assert!(!item.stdout.contains("canary"), "{item:?}");
}

#[test]
fn a_look_alike_that_is_repeated_is_told_once() {
    let repository = repository_with_item();
    repository.commit("docs: read UTF-8 and UTF-8, then UTF-8");
    repository.commit("docs: write UTF-8 and SHA-256");
    let args = &["--platform", "local", "--range", "HEAD~2..HEAD"];
    let told = link_commit(repository.path(), args).expect_code(0).stdout;
    let skipped: Vec<&str> =
        told.lines().filter_map(|line| line.strip_prefix("skipped")).map(str::trim).collect();
    assert_eq!(skipped.len(), 2, "{told}");
    assert!(skipped[0].starts_with("UTF-8: ") && skipped[1].starts_with("SHA-256: "), "{told}");
}

#[test]
fn a_repository_that_cannot_be_read_is_told_from_none() {
    let repository = repository_with_item();
    std::fs::write(repository.path().join(".git/config"), "[core\n").unwrap();
    let ended = link_commit(repository.path(), &["extract", "--range", "HEAD"]).expect_code(66);
    assert!(ended.stderr.contains("git/config:1)"), "{ended:?}");
    assert!(ended.stderr.contains("hint: mend the repository"), "{ended:?}");
}

#[test]
fn a_search_gives_no_more_than_asked_and_says_so_and_a_dry_run_reads_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| work_item(folder.path(), args).expect_code(0);
    run(&["create", "--title", "Pay by invoice"]);
    run(&["create", "--title", "Pay by card"]);
    let found = run(&["search", "pay", "--limit", "1"]);
    assert_eq!(found.stdout.lines().count(), 1, "{found:?}");
    assert!(found.stderr.contains("there are more items than the 1 shown"), "{found:?}");
    let document = run(&["search", "pay", "--limit", "1", "--json"]).json();
    assert_eq!(
        (document["items"].as_array().unwrap().len(), &document["complete"]),
        (1, &json!(false))
    );
    for args in [&["search", "pay"][..], &["get", "LOCAL-1"]] {
        let (real, dry) = (run(args), run(&[args, &["--dry-run"]].concat()));
        assert!(!real.stdout.is_empty() && real.stdout == dry.stdout, "{real:?} {dry:?}");
    }
}
