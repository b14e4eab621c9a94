//! Every command of git that makes a commit: what is committed, and that nothing is asked or changed while git replays.
//!
//! The branch is `feature/SHOP-12-cart`, so that a message without an item gets `Refs: SHOP-12`.

use super::repo::Repo;

const BRANCH: &str = "feature/SHOP-12-cart";

/// An editor that writes a first line.
const WRITES: &str = "sed -i.bak '1s/^/Add a cart/'";

/// An editor that changes nothing.
const LEAVES: &str = "true";

#[track_caller]
fn check(repo: &Repo, args: &[&str], editor: &str, expected: &str) {
    let ended = repo.git_with(args, editor);
    assert_eq!(
        (ended.code, repo.message("HEAD")),
        (0, expected.to_owned()),
        "{args:?}: {ended:#?}"
    );
    repo.check_stable();
}

fn staged() -> Repo {
    let repo = Repo::on(BRANCH);
    repo.stage("file", "1");
    repo
}

#[test]
fn commit_with_a_message() {
    check(&staged(), &["commit", "-m", "Add a cart"], "false", "Add a cart\n\nRefs: SHOP-12");
    check(&staged(), &["commit", "-m", "SHOP-7: add"], "false", "SHOP-7: add");
    check(&staged(), &["commit", "-m", "a", "-m", "b"], "false", "a\n\nb\n\nRefs: SHOP-12");
    let signed = "a\n\nSigned-off-by: A Person <person@example.com>\nRefs: SHOP-12";
    check(&staged(), &["commit", "-s", "-m", "a"], "false", signed);
}

#[test]
fn commit_with_a_file() {
    let repo = staged();
    repo.write("message", "Add a cart\n\nbody\n");
    check(&repo, &["commit", "-F", "message"], "false", "Add a cart\n\nbody\n\nRefs: SHOP-12");
}

#[test]
fn commit_in_an_editor() {
    check(&staged(), &["commit"], WRITES, "Add a cart\n\nRefs: SHOP-12");
    check(&staged(), &["commit", "-v"], WRITES, "Add a cart\n\nRefs: SHOP-12");
    let quiet = ["-c", "commit.status=false", "commit"];
    check(&staged(), &quiet, "printf 'Add a cart\\n' >", "Add a cart");
    let scissors = ["commit", "--cleanup=scissors"];
    check(&staged(), &scissors, WRITES, "Add a cart\n\nRefs: SHOP-12");
    let automatic = ["-c", "core.commentChar=auto", "commit", "-e", "-m", "#12 is a number"];
    check(&staged(), &automatic, LEAVES, "#12 is a number\n\nRefs: SHOP-12");
    // An older git does not know of comments that begin with more than a character.
    let mark = if staged().git_version() >= (2, 45) {
        "core.commentString=//"
    } else {
        "core.commentChar=;"
    };
    let other = ["-c", mark, "commit"];
    check(&staged(), &other, "sed -i.bak '1s/^/#12 add/'", "#12 add\n\nRefs: SHOP-12");
}

#[test]
fn an_editor_that_nobody_wrote_in_stops_the_commit() {
    let repo = staged();
    let begin = repo.message("HEAD");
    for editor in [LEAVES, ":"] {
        let ended = repo.git_with(&["commit"], editor);
        assert!(ended.code == 1 && ended.stderr.contains("nobody wrote a message"), "{ended:?}");
    }
    repo.write("template", "Why:\n");
    let template = ["-c", "commit.template=template", "commit"];
    let ended = repo.git_with(&template, LEAVES);
    assert_eq!((ended.code, repo.message("HEAD")), (1, begin), "{ended:?}");
    check(&repo, &template, WRITES, "Add a cartWhy:\n\nRefs: SHOP-12");
}

#[test]
fn amend() {
    let repo = staged();
    repo.commit("file", "Add a cart");
    check(&repo, &["commit", "--amend", "--no-edit"], "false", "Add a cart");
    check(&repo, &["commit", "--amend"], LEAVES, "Add a cart");
    check(&repo, &["commit", "--amend", "-m", "Add two"], "false", "Add two\n\nRefs: SHOP-12");
    check(&repo, &["commit", "--amend", "-m", "x\n\nRefs: SHOP-12"], "false", "x\n\nRefs: SHOP-12");
}

#[test]
fn fixup_and_squash_commits() {
    for (option, expected) in [
        ("--fixup=HEAD", "fixup! Add a cart"),
        ("--squash=HEAD", "squash! Add a cart"),
        ("--fixup=amend:HEAD", "amend! Add a cart\n\nAdd a cart"),
    ] {
        let repo = staged();
        repo.commit("file", "Add a cart");
        repo.stage("file", "2");
        check(&repo, &["commit", option], LEAVES, expected);
    }
}

/// A branch `other` with one commit beside the checked-out one.
fn with_other(message: &str) -> Repo {
    let repo = Repo::on(BRANCH);
    repo.git("checkout --quiet -b other main").expect_code(0);
    repo.commit("other", message);
    repo.git(&format!("checkout --quiet {BRANCH}")).expect_code(0);
    repo.commit("file", "SHOP-12: add a cart");
    repo
}

#[test]
fn merge() {
    let repo = with_other("Add the other thing");
    let expected = format!("Merge branch 'other' into {BRANCH}");
    check(&repo, &["merge", "--no-ff", "--no-edit", "other"], "false", &expected);
    let repo = with_other("Add the other thing");
    check(
        &repo,
        &["merge", "--no-ff", "-m", "bring the other", "other"],
        "false",
        "bring the other",
    );
    let repo = with_other("Add the other thing");
    repo.git("checkout --quiet -b onto main").expect_code(0);
    check(&repo, &["merge", "--ff-only", "other"], "false", "Add the other thing");
}

#[test]
fn merge_with_a_conflict() {
    for args in [&["commit", "--no-edit"][..], &["merge", "--continue"]] {
        let repo = conflicting();
        repo.git("merge other").expect_code(1);
        repo.stage("other", "both");
        let merged = format!("Merge branch 'other' into {BRANCH}");
        check(&repo, args, LEAVES, &(merged + left(args)));
    }
}

fn conflicting() -> Repo {
    let repo = with_other("Add the other thing");
    repo.commit("other", "SHOP-12: the same file");
    repo
}

/// Without an editor git keeps its own remark on a conflict, as it would without hooks.
fn left(args: &[&str]) -> &'static str {
    if args.contains(&"--no-edit") { "\n\n# Conflicts:\n#\tother" } else { "" }
}

#[test]
fn merge_squash() {
    let repo = with_other("SHOP-99: add the other thing");
    repo.git("merge --squash other").expect_code(0);
    let ended = repo.git_with(&["commit"], LEAVES);
    assert_eq!(ended.code, 0, "{ended:?}");
    let message = repo.message("HEAD");
    assert!(message.starts_with("Squashed commit of the following:"), "{message}");
    assert!(!message.contains("SHOP-12"), "{message}");
    repo.check_stable();
}

#[test]
fn cherry_pick() {
    let repo = with_other("Add the other thing");
    check(&repo, &["cherry-pick", "other"], "false", "Add the other thing");
    let repo = with_other("Add the other thing");
    check(&repo, &["cherry-pick", "-e", "other"], LEAVES, "Add the other thing");
    let repo = with_other("Add the other thing");
    repo.git("cherry-pick -n other").expect_code(0);
    check(&repo, &["commit", "--no-edit"], "false", "Add the other thing");
    let repo = with_other("Add the other thing");
    repo.git("cherry-pick -n other").expect_code(0);
    check(&repo, &["commit", "-m", "Take it"], "false", "Take it\n\nRefs: SHOP-12");
}

#[test]
fn cherry_pick_with_a_conflict() {
    for args in [&["commit", "--no-edit"][..], &["cherry-pick", "--continue"]] {
        let repo = conflicting();
        repo.git("cherry-pick other").expect_code(1);
        repo.stage("other", "both");
        check(&repo, args, LEAVES, &("Add the other thing".to_owned() + left(args)));
    }
}

#[test]
fn revert() {
    for args in [&["revert", "--no-edit", "HEAD"][..], &["revert", "HEAD"]] {
        let repo = with_other("x");
        let sha = repo.git("rev-parse HEAD").stdout.trim().to_owned();
        let expected = format!("Revert \"SHOP-12: add a cart\"\n\nThis reverts commit {sha}.");
        check(&repo, args, LEAVES, &expected);
    }
    let repo = with_other("x");
    repo.git("revert -n HEAD").expect_code(0);
    let ended = repo.git_with(&["commit", "--no-edit"], LEAVES);
    assert!(ended.code == 0 && repo.message("HEAD").starts_with("Revert \"SHOP-12"), "{ended:?}");
}

#[test]
fn stash_and_a_commit_of_it() {
    let repo = staged();
    repo.git("stash").expect_code(0);
    assert_eq!(repo.message("stash"), "WIP on feature/SHOP-12-cart: ".to_owned() + &head(&repo));
    repo.git("stash pop").expect_code(0);
    check(&repo, &["commit", "-m", "Add a cart"], "false", "Add a cart\n\nRefs: SHOP-12");
}

fn head(repo: &Repo) -> String {
    repo.git("log -1 --format=%h_%s").stdout.trim().replace('_', " ")
}

#[test]
fn a_linked_work_tree_has_its_own_branch() {
    let mut repo = Repo::on("main");
    repo.git("worktree add --quiet ../tree -b SHOP-34-tree").expect_code(0);
    repo.at = repo.home().join("tree");
    repo.stage("file", "1");
    check(&repo, &["commit", "-m", "Add a tree"], "false", "Add a tree\n\nRefs: SHOP-34");
    check(&repo, &["commit", "--allow-empty"], WRITES, "Add a cart\n\nRefs: SHOP-34");
}

#[test]
fn a_submodule_has_its_own_hooks() {
    let mut repo = Repo::on("main");
    let other = Repo::bare_of_hooks();
    let url = other.at.display().to_string();
    repo.git_with(&["submodule", "add", "--quiet", &url, "sub"], "false").expect_code(0);
    repo.at = repo.at.join("sub");
    repo.ours("install-hooks").expect_code(0);
    repo.git("checkout --quiet -b SHOP-5-sub").expect_code(0);
    repo.stage("file", "1");
    check(&repo, &["commit", "-m", "Add"], "false", "Add\n\nRefs: SHOP-5");
}

#[test]
fn a_detached_head_has_no_branch() {
    let repo = staged();
    repo.git("checkout --quiet --detach").expect_code(0);
    let ended = repo.git_with(&["commit", "-m", "Add a cart"], "false");
    assert!(
        ended.code == 1 && ended.stderr.contains("`Add a cart` names no work item"),
        "{ended:?}"
    );
    check(&repo, &["commit", "-m", "SHOP-3 add"], "false", "SHOP-3 add");
}

#[test]
fn an_orphan_branch_is_one() {
    let repo = staged();
    repo.git("checkout --quiet --orphan SHOP-8-anew").expect_code(0);
    check(&repo, &["commit", "-m", "Begin anew"], "false", "Begin anew\n\nRefs: SHOP-8");
}

#[test]
fn from_a_subfolder_and_by_a_gui() {
    let mut repo = staged();
    std::fs::create_dir(repo.path("folder")).unwrap();
    repo.at = repo.path("folder");
    check(&repo, &["commit", "-m", "Add a cart"], "false", "Add a cart\n\nRefs: SHOP-12");
    // A GUI names the repository, sets no terminal, and hands the message over on stdin.
    let folder = repo.home().join("repo");
    let git = repo.program(std::path::Path::new("git"));
    let args = ["--git-dir=.git", "--work-tree=.", "commit", "--allow-empty", "--file=-"];
    let ended = git.args(["-C", folder.to_str().unwrap()]).args(args).stdin("Add two\n").run();
    assert_eq!(
        (ended.code, repo.message("HEAD")),
        (0, "Add two\n\nRefs: SHOP-12".to_owned()),
        "{ended:?}"
    );
}

#[test]
fn no_verify_goes_past_the_check() {
    let repo = Repo::on("main");
    repo.git("commit --allow-empty --no-verify -m x").expect_code(0);
    repo.git("commit --allow-empty -m x").expect_code(1);
}
