//! Our hooks under pre-commit and lefthook themselves. `.ci/run` installs both; where one is missing, that is said.

use super::repo::Repo;
use acceptance::{Ended, binary, root};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// A program from the variable of its name, or from PATH.
fn find(variable: &str, name: &str) -> Option<PathBuf> {
    let value = |name: &str| std::env::vars_os().find(|(key, _)| key == name).map(|(_, it)| it);
    let on_path = value("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&on_path).map(|folder| folder.join(name));
    value(variable).map(PathBuf::from).into_iter().chain(on_path).find(|it| it.is_file())
}

fn program(variable: &str, name: &str) -> Option<PathBuf> {
    let found = find(variable, name);
    if found.is_none() {
        acceptance::say(format!("skipped: no {name}; `.ci/run` names it in {variable}"));
    }
    found
}

/// PATH with our program in front.
fn path() -> String {
    let ours = binary("link-commit");
    let path =
        std::env::vars_os().find(|(name, _)| name == "PATH").map(|(_, it)| it).unwrap_or_default();
    format!("{}:{}", ours.parent().unwrap().display(), path.to_string_lossy())
}

fn run(repo: &Repo, program: &Path, args: &[&str]) -> Ended {
    let process = repo.program(program).args(args).env("PATH", path());
    // Where lefthook's hooks find lefthook, which is not on PATH here.
    let lefthook = find("LEFTHOOK", "lefthook").unwrap_or_default();
    let process = process.env("LEFTHOOK_BIN", lefthook);
    process.env("PRE_COMMIT_HOME", repo.home().join("cache")).env("GIT_EDITOR", "false").run()
}

#[track_caller]
fn check_commits(repo: &Repo) {
    let commit =
        |message: &str| run(repo, Path::new("git"), &["commit", "--allow-empty", "-m", message]);
    let refused = commit("add a cart");
    assert!(refused.code == 1, "{refused:#?}");
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(said.contains("the commit `add a cart` names no work item"), "{refused:#?}");
    commit("SHOP-1: add a cart").expect_code(0);
    run(repo, Path::new("git"), &["checkout", "--quiet", "-b", "SHOP-2-x"]).expect_code(0);
    commit("add two").expect_code(0);
    assert_eq!(repo.message("HEAD"), "add two\n\nRefs: SHOP-2");
}

#[track_caller]
fn check_push(repo: &Repo) {
    let remote = repo.home().join("remote.git");
    let remote = remote.to_str().unwrap();
    let git = |args: &[&str]| run(repo, Path::new("git"), args);
    git(&["init", "--quiet", "--bare", remote]).expect_code(0);
    git(&["remote", "add", "origin", remote]).expect_code(0);
    git(&["push", "--quiet", "--no-verify", "origin", "main"]).expect_code(0);
    git(&["checkout", "--quiet", "-b", "topic", "main"]).expect_code(0);
    git(&["commit", "--quiet", "--allow-empty", "--no-verify", "-m", "nothing"]).expect_code(0);
    let refused = git(&["push", "origin", "topic"]);
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(refused.code != 0 && said.contains("names no work item"), "{refused:#?}");
    git(&["push", "origin", "topic:SHOP-3-x"]).expect_code(0);
}

/// A copy of the two things that pre-commit reads of this repository, as a repository of its own.
fn our_repository(repo: &Repo) -> PathBuf {
    let folder = repo.home().join("ours");
    fs::create_dir_all(folder.join("actions/hooks")).unwrap();
    for name in [".pre-commit-hooks.yaml", "actions/hooks/run.sh", "Cargo.toml"] {
        fs::copy(root().join(name), folder.join(name)).unwrap();
    }
    for args in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "-m", "x"]] {
        let git = repo.program(Path::new("git")).args(["-C", folder.to_str().unwrap()]);
        git.args(args).run().expect_code(0);
    }
    folder
}

fn pre_commit_config(repo: &Repo, kind: &str) {
    let ours = our_repository(repo);
    let git =
        repo.program(Path::new("git")).args(["-C", ours.to_str().unwrap(), "rev-parse", "HEAD"]);
    let rev = git.run().stdout.trim().to_owned();
    let ids = ["link-commit", "link-commit-prepare", "link-commit-pre-push"];
    let ids: String = ids.map(|id| format!("      - id: {id}{kind}\n")).concat();
    let types = "default_install_hook_types: [commit-msg, prepare-commit-msg, pre-push]\n";
    let url = ours.display();
    let text = format!("{types}repos:\n  - repo: {url}\n    rev: {rev}\n    hooks:\n{ids}");
    repo.write(".pre-commit-config.yaml", text);
}

#[test]
fn pre_commit_runs_the_program_on_path() {
    let Some(pre_commit) = program("PRE_COMMIT", "pre-commit") else { return };
    for kind in ["-system", ""] {
        let repo = Repo::bare_of_hooks();
        pre_commit_config(&repo, kind);
        repo.git("add .").expect_code(0);
        repo.commit("x", "SHOP-1: configure");
        run(&repo, &pre_commit, &["install"]).expect_code(0);
        check_commits(&repo);
        check_push(&repo);
        let ended = repo.ours("install-hooks");
        assert!(ended.code == 78 && ended.stderr.contains("pre-commit manages it"), "{ended:?}");
    }
}

/// cargo's part is to put the program where it was told; that it can build it is what every other test shows.
#[test]
fn pre_commit_builds_the_program_once() {
    let Some(pre_commit) = program("PRE_COMMIT", "pre-commit") else { return };
    let repo = Repo::bare_of_hooks();
    let folder = repo.home().join("cargo");
    fs::create_dir(&folder).unwrap();
    let ours = binary("link-commit");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> {}/calls\nmkdir -p target/release && cp {} target/release/\n",
        folder.display(),
        ours.display()
    );
    fs::write(folder.join("cargo"), script).unwrap();
    fs::set_permissions(folder.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    pre_commit_config(&repo, "-src");
    repo.git("add .").expect_code(0);
    repo.commit("x", "SHOP-1: configure");
    run(&repo, &pre_commit, &["install"]).expect_code(0);
    let path = format!("{}:{}", folder.display(), path());
    let commit = |message: &str| {
        let git = repo.program(Path::new("git")).args(["commit", "--allow-empty", "-m", message]);
        git.env("PATH", &path).env("PRE_COMMIT_HOME", repo.home().join("cache")).run()
    };
    assert_eq!(commit("nothing").code, 1);
    commit("SHOP-1: x").expect_code(0);
    let calls = fs::read_to_string(folder.join("calls")).unwrap();
    assert_eq!(calls.lines().count(), 1, "{calls}");
    assert!(calls.starts_with("build --quiet --release --locked --package link-commit"), "{calls}");
}

#[test]
fn lefthook_runs_the_program_on_path() {
    let Some(lefthook) = program("LEFTHOOK", "lefthook") else { return };
    let repo = Repo::bare_of_hooks();
    let page = fs::read_to_string(root().join("actions/hooks/README.md")).unwrap();
    let start = page.find("# lefthook.yml\n").unwrap();
    repo.write("lefthook.yml", page[start..].split("```").next().unwrap());
    run(&repo, &lefthook, &["install"]).expect_code(0);
    check_commits(&repo);
    check_push(&repo);
    let ended = repo.ours("install-hooks");
    assert!(ended.code == 78 && ended.stderr.contains("lefthook manages it"), "{ended:?}");
}

/// husky's part is a folder and `sh -e`; the page's own lines are what is run here.
#[test]
fn husky_s_scripts_run_the_program_on_path() {
    let repo = Repo::bare_of_hooks();
    fs::create_dir_all(repo.path(".husky/_")).unwrap();
    let page = fs::read_to_string(root().join("actions/hooks/README.md")).unwrap();
    for name in ["commit-msg", "prepare-commit-msg", "pre-push"] {
        let line = page.lines().find_map(|line| {
            line.strip_prefix("echo '")?.strip_suffix(&format!("' > .husky/{name}"))
        });
        repo.write(&format!(".husky/{name}"), line.unwrap());
        repo.write(&format!(".husky/_/{name}"), "#!/usr/bin/env sh\nsh -e \"$(dirname \"$(dirname \"$0\")\")/$(basename \"$0\")\" \"$@\"\n");
        fs::set_permissions(
            repo.path(&format!(".husky/_/{name}")),
            fs::Permissions::from_mode(0o755),
        )
        .unwrap();
    }
    repo.git("config core.hooksPath .husky/_").expect_code(0);
    check_commits(&repo);
    check_push(&repo);
}
