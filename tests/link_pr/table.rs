//! The table of features names the test that proves each "yes", and every such test is there.

use acceptance::root;
use std::{collections::BTreeSet, fs, path::Path};

/// The features, each with our answer and what proves it.
fn rows() -> Vec<(String, String, String)> {
    let page = fs::read_to_string(root().join("crates/link-pr/README.md")).unwrap();
    let (_, table) = page.split_once("\n## Beside others\n").unwrap();
    let rows =
        table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| feature"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [feature, .., answer, proof] = cells.as_slice() else { panic!("{row}") };
        assert_eq!(cells.len(), 15, "{row}");
        ((*feature).to_owned(), (*answer).to_owned(), (*proof).to_owned())
    })
    .collect()
}

/// The names of all tests in the tree.
fn tests(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(tests_of(&fs::read_to_string(path).unwrap()));
        }
    }
}

/// The functions of a text that a test runner would run.
fn tests_of(text: &str) -> Vec<String> {
    let mut lines = text.lines().map(str::trim);
    let mut names = Vec::new();
    while let Some(line) = lines.next() {
        if line == "#[test]" || line.starts_with("#[tokio::test") {
            let head = lines.by_ref().find(|line| line.contains("fn ")).unwrap_or_default();
            let name = head.split("fn ").nth(1).and_then(|rest| rest.split('(').next());
            names.extend(name.map(str::to_owned));
        }
    }
    names
}

#[test]
fn every_yes_names_a_test_that_exists() {
    let mut known = BTreeSet::new();
    tests(&root().join("crates"), &mut known);
    tests(&root().join("tests"), &mut known);
    let rows = rows();
    assert!(rows.len() >= 57, "{} rows", rows.len());
    for (feature, answer, proof) in rows {
        let named: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        let has_proof = matches!(answer.as_str(), "Y" | "p");
        assert_eq!(has_proof, !named.is_empty(), "{feature}: {answer} and {proof}");
        assert!(has_proof || !proof.is_empty(), "{feature} says why not");
        for name in named {
            assert!(known.contains(name), "{feature}: there is no test {name}");
        }
    }
}

#[test]
fn a_test_is_known_by_what_stands_above_it() {
    let text = "fn a() {}\n#[test]\n#[cfg(unix)]\nfn b() {}\n#[tokio::test]\nasync fn c() {}\n// #[test]\nfn d() {}";
    assert_eq!(tests_of(text), ["b", "c"]);
}
