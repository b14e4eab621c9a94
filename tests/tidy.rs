//! The house rules of `.github/CONTRIBUTING.md` that a program can check.

mod rust;
mod source;
mod tree;

use acceptance::root;
use rust::{Rule, regex};
use source::{File, files};
use std::{collections::BTreeSet, process::Command};

fn check(rules: &[Rule], files: &[File]) {
    let findings: Vec<String> = rules
        .iter()
        .flat_map(|rule| files.iter().map(move |file| (rule, file)))
        .flat_map(|(rule, file)| {
            (rule.find)(file)
                .into_iter()
                .map(move |(line, what)| format!("{}:{line}: {}: {what}", file.path, rule.name))
        })
        .collect();
    assert!(findings.is_empty(), "{} findings\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn rust_files_keep_the_rules() {
    let files: Vec<File> = files().into_iter().filter(|file| file.has_extension("rs")).collect();
    assert!(files.len() > 50, "only {} Rust files found", files.len());
    check(rust::RULES, &files);
}

#[test]
fn the_tree_keeps_the_rules() {
    check(tree::RULES, &files());
}

#[test]
fn every_rule_can_fail() {
    for rule in rust::RULES.iter().chain(tree::RULES) {
        let (path, text) = rule.bad;
        assert!(
            !(rule.find)(&File::new(path, text)).is_empty(),
            "`{}` finds nothing in {text}",
            rule.name
        );
        let (path, text) = rule.good;
        assert_eq!(
            (rule.find)(&File::new(path, text)),
            [],
            "`{}` is wrong about {text}",
            rule.name
        );
    }
}

/// The code map has a row for each of these, so that a reader finds every module; what is in a module's folder is
/// told in the module's row or file. Platforms have their own rows.
fn mapped(files: &[File]) -> BTreeSet<String> {
    let module = regex(r"^crates/([\w-]+/src/(platform/)?\w+\.rs)$");
    files.iter().filter_map(|file| Some(module.captures(&file.path)?[1].to_owned())).collect()
}

/// Paths that a map names: `backend/src/http.rs`.
fn named(map: &str) -> BTreeSet<String> {
    let path = regex(r"`([\w-]+/src/[\w/]+\.rs)`");
    path.captures_iter(map).map(|found| found[1].to_owned()).collect()
}

#[test]
fn the_code_map_is_true() {
    let files = files();
    let map = files.iter().find(|file| file.path == "crates/README.md").unwrap();
    let (mapped, named) = (mapped(&files), named(&map.text));
    let missing: Vec<_> = mapped.difference(&named).collect();
    assert!(missing.is_empty(), "crates/README.md has no row for {missing:#?}");
    let exists = |path: &&String| files.iter().any(|file| file.path == format!("crates/{path}"));
    let gone: Vec<_> = named.iter().filter(|path| !exists(path)).collect();
    assert!(gone.is_empty(), "crates/README.md names files that are not there: {gone:#?}");
}

#[test]
fn a_code_map_can_be_untrue() {
    let files = [File::new("crates/x/src/y.rs", ""), File::new("crates/x/src/y/z.rs", "")];
    assert_eq!(mapped(&files), ["x/src/y.rs".to_owned()].into());
    assert_eq!(named("| `x/src/y.rs` | and `y` and `x/src/y/z.rs` |").len(), 2);
}

/// Links in a page that lead to a file of the tree.
fn links(page: &str) -> Vec<String> {
    let link = regex(r"\]\(([^)#:\s]+)(#[^)]*)?\)");
    link.captures_iter(page).map(|found| found[1].to_owned()).collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    assert_eq!(links("[a](b/c.md#d) [e](https://f) [g](#h)"), ["b/c.md"]);
    for page in files().iter().filter(|file| file.has_extension("md")) {
        let folder = root().join(&page.path).parent().unwrap().to_owned();
        for link in links(&page.text) {
            assert!(folder.join(&link).exists(), "{}: the link to {link} leads nowhere", page.path);
        }
    }
}

#[test]
fn the_licence_is_there_and_named() {
    let text = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    assert!(text("LICENSE").starts_with("MIT License"));
    assert!(text("Cargo.toml").contains("license = \"MIT\""));
    assert!(text("README.md").contains("](LICENSE)"));
}

/// Names of the packages that a binary is built of.
fn packages(arguments: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args([
        "tree",
        "--locked",
        "--offline",
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]);
    let output = cargo.args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn a_build_for_one_platform_carries_no_other() {
    let all = packages(&["--package", "link-commit"]);
    assert!(all.contains("rusqlite") && all.contains("reqwest"), "{all:?}");
    let jira = packages(&[
        "--package",
        "link-commit",
        "--no-default-features",
        "--features",
        "backend/jira",
    ]);
    assert!(jira.contains("reqwest"), "{jira:?}");
    for absent in ["rusqlite", "libsqlite3-sys", "octocrab"] {
        assert!(!jira.contains(absent), "a build for Jira alone contains {absent}");
    }
}
