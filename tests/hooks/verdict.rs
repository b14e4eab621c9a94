//! One verdict: what a hook lets pass, a run in CI with `--require` does not refuse, and the other way round.

use super::repo::Repo;

/// Makes a commit past the hooks, with this message and on top of a merge where one is wanted.
fn made(message: &str, is_merge: bool) -> Repo {
    let repo = Repo::on("main");
    if is_merge {
        repo.git("checkout --quiet -b side").expect_code(0);
        repo.commit("a", "SHOP-1: aside");
        repo.git("checkout --quiet main").expect_code(0);
        let args = ["-c", "core.hooksPath=/dev/null", "merge", "--quiet", "--no-ff", "-m", message];
        repo.git_with(&[&args[..], &["side"]].concat(), "false").expect_code(0);
    } else {
        repo.commit("a", message);
    }
    repo
}

#[track_caller]
fn check(message: &str, is_merge: bool, code: i32) {
    let repo = made(message, is_merge);
    let ci = repo.ours("--require --commit HEAD --json");
    assert_eq!(ci.code, code, "in CI: {message}: {ci:#?}");
    let remote = repo.home().join("remote.git");
    repo.git_with(&["init", "--quiet", "--bare", remote.to_str().unwrap()], "false").expect_code(0);
    repo.git_with(&["remote", "add", "origin", remote.to_str().unwrap()], "false").expect_code(0);
    repo.git("push --quiet --no-verify origin HEAD~1:refs/heads/main").expect_code(0);
    let push = repo.git("push --quiet origin main");
    assert_eq!(push.code, code, "at a push: {message}: {push:#?}");
    if !is_merge {
        repo.write("message", message);
        let hook = repo.ours("check --message-file message");
        assert_eq!(hook.code, code, "at a commit: {message}: {hook:#?}");
    }
}

#[test]
fn messages_are_judged_alike_everywhere() {
    check("Revert \"add\"\n\nThis reverts commit 0123abcd.", false, 0);
    check("fixup! add", false, 0);
    check("squash! add", false, 0);
    check("brings it in", true, 0);
    check("Merge branch 'x' into y", false, 0);
    check("add", false, 1);
}

#[test]
fn a_range_of_commits_that_nothing_is_asked_of_is_one() {
    let repo = Repo::on("main");
    repo.commit("a", "fixup! add");
    repo.commit("b", "Revert \"add\"\n\nThis reverts commit 0123abcd.");
    repo.ours("--require --range HEAD~2..HEAD").expect_code(0);
    repo.commit("c", "add");
    let ended = repo.ours("--require --range HEAD~3..HEAD").expect_code(1);
    assert!(ended.stderr.contains("the commit `add` names no work item"), "{ended:?}");
    repo.commit("d", "SHOP-1: more");
    let json = repo.ours("extract --range HEAD~4..HEAD").expect_code(0);
    assert!(json.stdout.contains("SHOP-1"), "{json:?}");
}
