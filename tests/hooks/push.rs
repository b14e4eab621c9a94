//! `pre-push`: which commits a push brings, and that all that fail are named at once.

use super::repo::Repo;
use acceptance::{Ended, binary};

const ZERO: &str = "0000000000000000000000000000000000000000";

/// A repository with hooks, and a remote `origin` that has its first commit.
fn cloned() -> Repo {
    let repo = Repo::on("main");
    let remote = repo.home().join("remote.git");
    repo.git_with(&["init", "--quiet", "--bare", remote.to_str().unwrap()], "false").expect_code(0);
    repo.git_with(&["remote", "add", "origin", remote.to_str().unwrap()], "false").expect_code(0);
    repo.git("push --quiet --no-verify origin main").expect_code(0);
    repo
}

/// The subjects that a push is refused for.
#[track_caller]
fn refused(ended: &Ended, subjects: &[&str]) {
    assert_ne!(ended.code, 0, "{ended:#?}");
    let listed = ended.stderr.lines().filter_map(|line| {
        let (sha, subject) = line.strip_prefix("  ")?.split_once(' ')?;
        (sha.len() == 7).then_some(subject)
    });
    assert_eq!(listed.collect::<Vec<_>>(), subjects, "{ended:#?}");
    assert!(ended.stderr.contains("hint: name one in each, as in `Refs: SHOP-12`"), "{ended:#?}");
}

#[test]
fn every_commit_of_a_new_branch_is_checked_and_all_that_fail_are_told() {
    let repo = cloned();
    repo.git("checkout --quiet -b topic").expect_code(0);
    for (file, message) in [("a", "one"), ("b", "SHOP-2: two"), ("c", "three"), ("d", "fixup! one")]
    {
        repo.commit(file, message);
    }
    let ended = repo.git("push origin topic");
    refused(&ended, &["three", "one"]);
    assert!(ended.stderr.contains("2 of 4 commits that are pushed name no work item"), "{ended:?}");
    repo.git("push --no-verify origin topic").expect_code(0);
    repo.commit("e", "SHOP-3: four");
    repo.git("push origin topic").expect_code(0);
}

#[test]
fn what_the_remote_has_is_not_asked_about_again() {
    let repo = cloned();
    repo.commit("a", "old");
    repo.git("push --quiet --no-verify origin main").expect_code(0);
    repo.git("checkout --quiet -b topic").expect_code(0);
    repo.commit("b", "SHOP-2: new");
    repo.git("push origin topic").expect_code(0);
    // A fork by its address has what the other remotes have.
    let fork = repo.home().join("fork.git");
    repo.git_with(&["init", "--quiet", "--bare", fork.to_str().unwrap()], "false").expect_code(0);
    repo.git_with(&["push", fork.to_str().unwrap(), "topic"], "false").expect_code(0);
    repo.git("push --quiet origin :topic").expect_code(0);
    repo.git("push --quiet origin main").expect_code(0);
}

#[test]
fn the_branch_s_name_speaks_for_its_commits() {
    let repo = cloned();
    repo.git("checkout --quiet -b feature/SHOP-5-x").expect_code(0);
    repo.commit("a", "one");
    repo.git("push origin HEAD").expect_code(0);
    repo.git("checkout --quiet -b topic main").expect_code(0);
    repo.commit("b", "two");
    refused(&repo.git("push origin topic"), &["two"]);
    repo.git("checkout --quiet --detach").expect_code(0);
    repo.git("push origin HEAD:refs/heads/SHOP-6-y").expect_code(0);
}

#[test]
fn merges_and_reverts_pass_and_what_they_bring_does_not() {
    let repo = cloned();
    repo.git("checkout --quiet -b topic").expect_code(0);
    repo.commit("a", "SHOP-1: one");
    repo.git("checkout --quiet -b side main").expect_code(0);
    repo.commit("b", "aside");
    repo.git("checkout --quiet topic").expect_code(0);
    repo.git("merge --quiet --no-ff -m brings side").expect_code(0);
    repo.git("revert --no-edit HEAD~1").expect_code(0);
    refused(&repo.git("push origin topic"), &["aside"]);
}

#[test]
fn tags_bring_commits_too() {
    let repo = cloned();
    repo.git("tag v1 main").expect_code(0);
    repo.git_with(&["tag", "-a", "v2", "-m", "release", "main"], "false").expect_code(0);
    repo.git_with(&["tag", "tree", "main^{tree}"], "false").expect_code(0);
    repo.git("push --quiet origin v1 v2 tree").expect_code(0);
    repo.git("checkout --quiet --detach").expect_code(0);
    repo.commit("a", "tagged");
    repo.git_with(&["tag", "-a", "v3", "-m", "release"], "false").expect_code(0);
    refused(&repo.git("push origin v3"), &["tagged"]);
    repo.git("push --quiet origin :v1").expect_code(0);
    repo.git_with(&["notes", "add", "-m", "a note", "main"], "false").expect_code(0);
    repo.git("push --quiet origin refs/notes/commits").expect_code(0);
}

#[test]
fn a_forced_push_is_checked_from_where_it_forks() {
    let repo = cloned();
    repo.git("checkout --quiet -b topic").expect_code(0);
    repo.commit("a", "SHOP-1: one");
    repo.git("push --quiet origin topic").expect_code(0);
    repo.git("reset --quiet --hard main").expect_code(0);
    repo.commit("a", "another one");
    refused(&repo.git("push --force origin topic"), &["another one"]);
    // Somebody else's commit, which is not here.
    let tip = repo.git("rev-parse HEAD").stdout.trim().to_owned();
    let theirs = "1234567890123456789012345678901234567890";
    let line = format!("refs/heads/topic {tip} refs/heads/topic {theirs}\n");
    refused(&pre_push(&repo, &line), &["another one"]);
}

fn pre_push(repo: &Repo, stdin: &str) -> Ended {
    let ours = repo.program(&binary("link-commit")).args(["pre-push", "origin", "url"]);
    ours.stdin(stdin).run()
}

#[test]
fn what_git_says_is_read_line_by_line() {
    let repo = cloned();
    repo.git("checkout --quiet -b topic").expect_code(0);
    repo.commit("a", "one");
    let tip = repo.git("rev-parse HEAD").stdout.trim().to_owned();
    assert_eq!(pre_push(&repo, "").code, 0);
    assert_eq!(pre_push(&repo, &format!("(delete) {ZERO} refs/heads/x {tip}\n")).code, 0);
    refused(&pre_push(&repo, &format!("HEAD {tip} refs/heads/x {ZERO}\n")), &["one"]);
    let ended = pre_push(&repo, "nonsense\n");
    assert!(
        ended.code == 78 && ended.stderr.contains("`nonsense` is no line of git's"),
        "{ended:?}"
    );
    let ours = repo.program(&binary("link-commit")).args(["pre-push", "origin", "--json"]);
    let said = ours.stdin(format!("HEAD {tip} refs/heads/x {ZERO}\n")).run().expect_code(1).json();
    assert_eq!(
        (&said["checked"], &said["failing"][0]["subject"]),
        (&1.into(), &"one".into()),
        "{said}"
    );
}

#[test]
fn what_a_message_may_lack_a_pushed_one_may_lack() {
    let repo = cloned();
    repo.git("checkout --quiet -b topic").expect_code(0);
    repo.commit("a", "nothing");
    let tip = repo.git("rev-parse HEAD").stdout.trim().to_owned();
    let line = format!("refs/heads/topic {tip} refs/heads/topic {ZERO}\n");
    for (answer, code, said) in [("fail", 1, "error: "), ("warn", 0, "warning: "), ("off", 0, "")] {
        repo.git(&format!("config link-commit.missingItem {answer}")).expect_code(0);
        let pushed = pre_push(&repo, &line).expect_code(code);
        assert!(pushed.stderr.starts_with(said), "{pushed:?}");
        assert_eq!(pushed.stderr.contains("names no work item"), !said.is_empty(), "{pushed:?}");
        let checked = repo.program(&binary("link-commit")).args(["check", "-"]).stdin("x").run();
        assert_eq!(checked.code, code, "the hooks agree: {checked:?}");
    }
    let asked = ["pre-push", "origin", "url", "--json", "--missing-item", "warn"];
    let ours = repo.program(&binary("link-commit")).args(asked).stdin(&*line);
    assert_eq!(ours.run().expect_code(0).json()["verdict"], "warn");
    repo.git("config link-commit.missingItem maybe").expect_code(0);
    pre_push(&repo, &line).expect_code(78);
}

#[test]
fn pre_commit_hands_the_range_on_in_variables() {
    let repo = cloned();
    repo.git("checkout --quiet -b topic").expect_code(0);
    repo.commit("a", "one");
    let run = |branch: &str| {
        let ours = repo.program(&binary("link-commit")).args(["pre-push"]);
        let ours = ours.env("PRE_COMMIT_LOCAL_BRANCH", branch).env("PRE_COMMIT_TO_REF", "HEAD");
        ours.env("PRE_COMMIT_REMOTE_BRANCH", branch).env("PRE_COMMIT_REMOTE_NAME", "origin").run()
    };
    refused(&run("refs/heads/topic"), &["one"]);
    assert_eq!(run("refs/heads/SHOP-1").code, 0);
}

#[test]
fn what_is_new_to_a_branch_is_judged_as_that_branch_s() {
    let repo = cloned();
    repo.git("checkout --quiet -b feature/SHOP-3-x").expect_code(0);
    repo.commit("a", "by the branch");
    repo.git("push --quiet origin feature/SHOP-3-x").expect_code(0);
    repo.git("checkout --quiet main").expect_code(0);
    repo.git("merge --quiet --ff-only feature/SHOP-3-x").expect_code(0);
    refused(&repo.git("push origin main"), &["by the branch"]);
    // What main has was judged as main's, and is nobody's to answer for who takes it in.
    repo.git("push --quiet --no-verify origin main").expect_code(0);
    repo.git("checkout --quiet -b topic main~1").expect_code(0);
    repo.commit("b", "SHOP-4: b");
    repo.git("push --quiet origin topic").expect_code(0);
    repo.git("rebase --quiet main").expect_code(0);
    repo.git("push --quiet --force origin topic").expect_code(0);
}

#[test]
fn a_merge_that_names_an_item_speaks_for_what_it_brings() {
    let repo = cloned();
    repo.commit("m", "on main");
    repo.git("checkout --quiet -b feature/SHOP-3-x").expect_code(0);
    repo.commit("a", "by the branch");
    repo.git("checkout --quiet main").expect_code(0);
    repo.git("merge --quiet --no-ff --no-edit feature/SHOP-3-x").expect_code(0);
    refused(&repo.git("push origin main"), &["on main"]);
    repo.git("push --quiet --no-verify origin HEAD~1:main").expect_code(0);
    repo.git("push --quiet origin main").expect_code(0);
    // One that names none leaves it to those inside it, and those speak for no more than they bring.
    repo.git("checkout --quiet -b side").expect_code(0);
    repo.commit("b", "aside");
    repo.git("checkout --quiet -b feature/SHOP-4-y").expect_code(0);
    repo.commit("c", "by the other branch");
    repo.git("checkout --quiet side").expect_code(0);
    repo.git("merge --quiet --no-ff --no-edit feature/SHOP-4-y").expect_code(0);
    repo.git("checkout --quiet main").expect_code(0);
    repo.git("merge --quiet --no-ff -m brings side").expect_code(0);
    refused(&repo.git("push origin main"), &["aside"]);
}

#[test]
fn what_passes_as_one_reference_has_passed() {
    let repo = cloned();
    repo.git("checkout --quiet -b feature/SHOP-3-x").expect_code(0);
    repo.commit("a", "by the branch");
    repo.git_with(&["tag", "-a", "v1", "-m", "release"], "false").expect_code(0);
    repo.git("push --quiet --follow-tags origin feature/SHOP-3-x").expect_code(0);
    repo.commit("b", "more");
    repo.git("tag v2").expect_code(0);
    refused(&repo.git("push origin v2"), &["more"]);
}
