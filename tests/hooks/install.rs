//! Hooks that are installed beside others, and taken away without a trace.

use super::repo::Repo;
use acceptance::{Ended, Process, binary};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// Names, bytes and modes of a folder, or of what a link leads to.
fn content(folder: &Path) -> Vec<(String, Vec<u8>, u32)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut all: Vec<_> = entries
        .map(|entry| {
            let mode = entry.path().metadata().map_or(0, |it| it.permissions().mode());
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).unwrap_or_default(), mode)
        })
        .collect();
    all.sort();
    all
}

fn hook(repo: &Repo, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = repo.path(".git/hooks").join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

fn commit(repo: &Repo, message: &str) -> Ended {
    repo.git_with(&["commit", "--allow-empty", "-m", message], "false")
}

#[track_caller]
fn refused(ended: &Ended, parts: &[&str]) {
    assert_eq!(ended.code, 78, "{ended:#?}");
    for part in parts {
        assert!(ended.stderr.contains(part), "`{part}` in {ended:#?}");
    }
    assert_eq!(ended.stderr.lines().count(), 2, "{ended:#?}");
}

#[test]
fn a_hook_that_was_there_runs_first_and_comes_back_as_it_was() {
    let repo = Repo::bare_of_hooks();
    let script = "#!/bin/sh\necho \"before $1\" >> log\ngrep -q stop \"$1\" && exit 7\nexit 0\n";
    hook(&repo, "commit-msg", script, 0o751);
    hook(&repo, "pre-push", "#!/bin/sh\ncat > pushed\n", 0o700);
    hook(&repo, "prepare-commit-msg", "not run, for its mode", 0o644);
    let before = content(&repo.path(".git/hooks"));
    let first = repo.ours("install-hooks").expect_code(0);
    assert!(first.stdout.contains("the hook that was there runs first"), "{first:?}");
    let installed = content(&repo.path(".git/hooks"));
    let second = repo.ours("install-hooks").expect_code(0);
    assert_eq!(second.stdout.matches(" was installed: ").count(), 3, "{second:?}");
    assert_eq!(content(&repo.path(".git/hooks")), installed, "a second time changes nothing");
    assert_eq!(commit(&repo, "SHOP-1: stop").code, 1);
    assert_eq!(commit(&repo, "nothing").code, 1);
    commit(&repo, "SHOP-1: go").expect_code(0);
    assert_eq!(repo.read("log"), "before .git/COMMIT_EDITMSG\n".repeat(3));
    let remote = repo.home().join("remote.git");
    repo.git_with(&["init", "--quiet", "--bare", remote.to_str().unwrap()], "false").expect_code(0);
    repo.git_with(&["push", "--quiet", remote.to_str().unwrap(), "main:SHOP-1"], "false")
        .expect_code(0);
    let tip = repo.git("rev-parse main").stdout.trim().to_owned();
    assert_eq!(
        repo.read("pushed"),
        format!("refs/heads/main {tip} refs/heads/SHOP-1 {}\n", "0".repeat(40))
    );
    repo.ours("uninstall-hooks").expect_code(0);
    assert_eq!(content(&repo.path(".git/hooks")), before, "byte for byte, with modes");
    let again = repo.ours("uninstall-hooks").expect_code(0);
    assert!(again.stdout.contains("left alone"), "{again:?}");
}

#[test]
fn a_hook_of_before_runs_even_when_ours_gets_another_name() {
    let repo = Repo::bare_of_hooks();
    let tool = repo.home().join("tool");
    fs::write(&tool, "#!/bin/sh\necho ran >> log\n").unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    let hook = repo.path(".git/hooks/commit-msg");
    std::os::unix::fs::symlink(&tool, &hook).unwrap();
    repo.ours("install-hooks").expect_code(0);
    commit(&repo, "SHOP-1: x").expect_code(0);
    let legacy = repo.path(".git/hooks/commit-msg.legacy");
    fs::rename(&hook, &legacy).unwrap();
    fs::write(&hook, "#!/bin/sh\nexec \"$0.legacy\" \"$@\"\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(commit(&repo, "nothing").code, 1);
    assert_eq!(repo.read("log"), "ran\nran\n");
    fs::rename(&legacy, &hook).unwrap();
    repo.ours("uninstall-hooks").expect_code(0);
    assert_eq!(fs::read_link(&hook).unwrap(), tool);
}

#[test]
fn only_the_hooks_that_are_asked_for() {
    let repo = Repo::bare_of_hooks();
    let before = content(&repo.path(".git/hooks"));
    let dry = repo.ours("install-hooks --dry-run").expect_code(0);
    assert!(dry.stdout.starts_with("would install the commit-msg hook: "), "{dry:?}");
    assert_eq!(content(&repo.path(".git/hooks")), before);
    repo.ours("install-hooks --hooks commit-msg").expect_code(0);
    assert!(!repo.path(".git/hooks/pre-push").exists());
    assert_eq!(commit(&repo, "nothing").code, 1);
    let said = repo.ours("uninstall-hooks --json").expect_code(0).json();
    assert_eq!(said["hooks"][0]["outcome"], "removed", "{said}");
    assert_eq!(content(&repo.path(".git/hooks")), before);
    assert_eq!(repo.ours("install-hooks --hooks post-commit").code, 2);
}

#[test]
fn hooks_live_where_git_looks_for_them() {
    let repo = Repo::bare_of_hooks();
    for (setting, folder) in
        [("my hooks", repo.path("my hooks")), ("~/hooks", repo.home().join("hooks"))]
    {
        repo.git_with(&["config", "core.hooksPath", setting], "false").expect_code(0);
        repo.ours("install-hooks").expect_code(0);
        assert!(folder.join("commit-msg").exists());
        assert_eq!(commit(&repo, "nothing").code, 1);
        commit(&repo, "SHOP-1: x").expect_code(0);
        repo.ours("uninstall-hooks").expect_code(0);
        assert_eq!(content(&folder), []);
    }
    repo.git("config --unset core.hooksPath").expect_code(0);
    repo.git_with(&["config", "--global", "core.hooksPath", "/everybodys"], "false").expect_code(0);
    refused(
        &repo.ours("install-hooks"),
        &["/everybodys", "every repository of this account", "git config core.hooksPath '/"],
    );
}

#[test]
fn linked_work_trees_share_their_hooks() {
    let mut repo = Repo::bare_of_hooks();
    repo.git("worktree add --quiet ../tree").expect_code(0);
    let main = repo.at.clone();
    repo.at = repo.home().join("tree");
    repo.ours("install-hooks").expect_code(0);
    assert!(main.join(".git/hooks/commit-msg").exists());
    assert_eq!(commit(&repo, "nothing").code, 1);
    commit(&repo, "SHOP-1: x").expect_code(0);
    repo.at = main;
    assert_eq!(commit(&repo, "nothing").code, 1);
}

#[test]
fn a_bare_repository_is_refused() {
    let repo = Repo::bare_of_hooks();
    repo.git("clone --quiet --bare . ../bare").expect_code(0);
    refused(
        &repo.ours("install-hooks --repository ../bare"),
        &["in a bare repository", "link-commit --require"],
    );
    let nowhere = repo.ours("install-hooks --repository ../..");
    assert!(
        nowhere.code == 66 && nowhere.stderr.contains("not in a git repository"),
        "{nowhere:?}"
    );
}

#[test]
fn managed_hooks_are_told_what_to_add() {
    let repo = Repo::bare_of_hooks();
    for (text, parts) in [
        (
            "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\nARGS=(hook-impl --hook-type=commit-msg)\nexec pre-commit \"${ARGS[@]}\"\n",
            ["pre-commit manages it", ".pre-commit-config.yaml"],
        ),
        (
            "#!/bin/sh\ncall_lefthook run \"commit-msg\" \"$@\"\n",
            ["lefthook manages it", "lefthook.yml"],
        ),
        (
            "#!/bin/sh\n# File generated by prek: https://github.com/j178/prek\nexec \"/opt/prek\" hook-impl -- \"$@\"\n",
            ["prek manages it", ".pre-commit-config.yaml"],
        ),
        (
            "#!/usr/bin/env ruby\nrequire 'overcommit'\n",
            ["overcommit manages it", ".overcommit.yml"],
        ),
        (
            "#!/bin/sh\n. \"$(dirname \"$0\")/_/husky.sh\"\n",
            ["husky manages it", ".husky/commit-msg"],
        ),
    ] {
        let path = hook(&repo, "commit-msg", text, 0o755);
        let before = content(&repo.path(".git/hooks"));
        refused(&repo.ours("install-hooks"), &parts);
        assert_eq!(content(&repo.path(".git/hooks")), before, "nothing is done by halves");
        fs::remove_file(path).unwrap();
    }
    repo.git("config core.hooksPath .husky/_").expect_code(0);
    refused(&repo.ours("install-hooks"), &["husky manages it", "`link-commit check \"$@\"`"]);
}

#[test]
fn two_hooks_of_before_are_not_mixed_up() {
    let repo = Repo::on("main");
    hook(&repo, "commit-msg.before-link-commit", "one", 0o755);
    hook(&repo, "commit-msg", "another", 0o755);
    refused(
        &repo.ours("install-hooks"),
        &["commit-msg.before-link-commit as well", "make one file"],
    );
}

#[test]
fn a_folder_in_the_place_of_a_hook_is_left() {
    let repo = Repo::bare_of_hooks();
    fs::create_dir_all(repo.path(".git/hooks/pre-push")).unwrap();
    refused(&repo.ours("install-hooks"), &["pre-push is a folder", "move it out of the way"]);
    assert!(repo.path(".git/hooks/pre-push").is_dir());
    assert!(!repo.path(".git/hooks/commit-msg").exists());
}

/// A copy of the program at a path that a shell would trip over, and a repository that it is installed in.
fn moved() -> (Repo, PathBuf) {
    let repo = Repo::bare_of_hooks();
    let folder = repo.home().join("it's $(touch pwned) \"here\"");
    fs::create_dir(&folder).unwrap();
    let copy = folder.join("link-commit");
    fs::copy(binary("link-commit"), &copy).unwrap();
    repo.program(&copy).args(["install-hooks"]).run().expect_code(0);
    (repo, copy)
}

#[test]
fn a_program_that_moved_stops_the_commit_and_says_so() {
    let (repo, copy) = moved();
    assert_eq!(commit(&repo, "nothing").code, 1);
    commit(&repo, "SHOP-1: x").expect_code(0);
    fs::rename(&copy, repo.home().join("link-commit")).unwrap();
    let ended = commit(&repo, "SHOP-1: x");
    assert_eq!(ended.code, 1, "{ended:?}");
    for part in [
        "the commit-msg hook cannot find link-commit",
        "it's $(touch pwned) \"here\"",
        "hint: install it again",
    ] {
        assert!(ended.stderr.contains(part), "`{part}` in {ended:?}");
    }
    assert!(!repo.path("pwned").exists());
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", repo.home().display());
    let git = |message: &str| {
        let git = repo.program(Path::new("git")).env("PATH", &path);
        git.args(["commit", "--allow-empty", "-m", message]).run().code
    };
    assert_eq!((git("nothing"), git("SHOP-1: x")), (1, 0), "on PATH it is found");
}

/// A git that says it is a newer one, and runs hooks of its configuration, as that does.
fn newer_git(repo: &Repo) -> PathBuf {
    let folder = repo.home().join("newer");
    fs::create_dir(&folder).unwrap();
    let script = "#!/bin/sh\nfor a in \"$@\"; do case $a in --version) echo 'git version 2.54.0'; exit;; esac; done\nPATH=${PATH#*:}\nexec git \"$@\"\n";
    let git = folder.join("git");
    fs::write(&git, script).unwrap();
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[test]
fn a_git_that_has_hooks_in_its_configuration_gets_them_there() {
    let repo = Repo::on("main");
    let folder = newer_git(&repo);
    let config = fs::read_to_string(repo.path(".git/config")).unwrap();
    repo.git("config core.hooksPath .husky/_").expect_code(0);
    repo.git("config --unset core.hooksPath").expect_code(0);
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display());
    let ours =
        |args: &[&str]| repo.program(&binary("link-commit")).env("PATH", &path).args(args).run();
    ours(&["install-hooks"]).expect_code(0);
    assert!(!repo.path(".git/hooks/commit-msg").exists(), "the script would run as well");
    let setting = |name: &str| repo.git(&format!("config --get-all {name}")).stdout;
    assert_eq!(setting("hook.link-commit-commit-msg.event"), "commit-msg\n");
    let installed = fs::read(repo.path(".git/config")).unwrap();
    ours(&["install-hooks"]).expect_code(0);
    assert_eq!(
        fs::read(repo.path(".git/config")).unwrap(),
        installed,
        "a second time changes nothing"
    );
    // As git runs it: by a shell, with the arguments behind it.
    repo.write("message", "nothing\n");
    let command = setting("hook.link-commit-commit-msg.command");
    let line = format!("{} \"$@\"", command.trim_end());
    let run = || repo.program(Path::new("/bin/sh")).args(["-c", &line, "hook", "message"]).run();
    assert!(run().stderr.contains("names no work item"), "{:?}", run());
    repo.write("message", "SHOP-1: x\n");
    assert_eq!(run().code, 0);
    ours(&["uninstall-hooks"]).expect_code(0);
    assert_eq!(fs::read_to_string(repo.path(".git/config")).unwrap(), config);
}

#[test]
fn scripts_are_posix_sh() {
    let repo = Repo::on("main");
    let Some(dash) =
        ["/bin/dash", "/usr/bin/dash"].map(Path::new).into_iter().find(|it| it.exists())
    else {
        acceptance::say("skipped: no dash");
        return;
    };
    for name in ["commit-msg", "prepare-commit-msg", "pre-push"] {
        let script = repo.path(".git/hooks").join(name);
        let parsed = Process::of(dash, repo.home()).args(["-n"]).args([script]).run();
        assert_eq!((parsed.code, &*parsed.stderr), (0, ""), "{name}");
    }
}
