//! Histories that no ordinary clone has: `extract` lists what `git log` lists, commit for commit.

use super::link_commit;
use acceptance::{Process, TestRepository};
use git2::Oid;

/// The ids that `git log` prints for a range, and the keys of each, as extracted.
#[track_caller]
fn check(repository: &TestRepository, range: &str, expected: &[&str]) {
    let git = std::process::Command::new("git")
        .args(["-c", "advice.graftFileDeprecated=false", "log", "--format=%H", range])
        .current_dir(repository.path())
        .output()
        .unwrap();
    let ended = link_commit(repository.path(), &["extract", "--range", range]).expect_code(0);
    let (ids, keys): (Vec<_>, Vec<_>) =
        ended.stdout.lines().map(|line| line.split_once('\t').unwrap()).unzip();
    assert_eq!(ids, String::from_utf8(git.stdout).unwrap().lines().collect::<Vec<_>>(), "{range}");
    assert_eq!(keys, expected, "{range}");
}

/// A commit with these parents, at a second of its own.
fn commit(repository: &TestRepository, seconds: i64, message: &[u8], parents: &[Oid]) -> Oid {
    let git = repository.git2();
    let tree = git.treebuilder(None).unwrap().write().unwrap();
    let parents: Vec<_> = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
    let parents = parents.concat();
    let person = format!("A Person <person@example.com> {seconds} +0000");
    let head = format!("tree {tree}\n{parents}author {person}\ncommitter {person}\n\n");
    let raw = [head.as_bytes(), message].concat();
    git.odb().unwrap().write(git2::ObjectType::Commit, &raw).unwrap()
}

fn name(repository: &TestRepository, reference: &str, id: Oid) {
    repository.git2().reference(reference, id, true, "test").unwrap();
}

#[test]
fn every_commit_is_listed_whatever_its_shape() {
    let repository = TestRepository::new();
    let new =
        |seconds, message: &[u8], parents: &[Oid]| commit(&repository, seconds, message, parents);
    let root = new(1, b"SHOP-1: begin", &[]);
    let empty = new(2, b"", &[root]);
    let bytes = new(3, b"SHOP-2: \xff\xfe\n\nSHOP-3 \xc3(", &[root]);
    let blank = new(4, b"\n \n\n", &[root]);
    let octopus = new(5, b"Merge SHOP-4", &[empty, bytes, blank]);
    let other = new(6, b"SHOP-5: another root", &[]);
    let tip = new(7, b"Merge SHOP-6", &[octopus, other]);
    name(&repository, "refs/heads/odd", tip);
    let all = ["SHOP-6", "SHOP-5", "SHOP-4", "", "SHOP-2,SHOP-3", "", "SHOP-1"];
    check(&repository, "odd", &all);
    check(&repository, "odd~2..odd", &["SHOP-6", "SHOP-5", "SHOP-4", "", "SHOP-2,SHOP-3"]);
}

#[test]
fn rewritten_history_is_listed_as_git_shows_it() {
    let repository = TestRepository::new();
    let new =
        |seconds, message: &[u8], parents: &[Oid]| commit(&repository, seconds, message, parents);
    let old_root = new(1, b"SHOP-1: of old", &[]);
    let old_tip = new(2, b"SHOP-2: of old", &[old_root]);
    let root = new(3, b"SHOP-3: begin", &[]);
    let wrong = new(4, b"SHOP-4: wrong", &[root]);
    let tip = new(5, b"SHOP-5: end", &[wrong]);
    name(&repository, "refs/heads/new", tip);
    name(&repository, "refs/heads/side", new(6, b"SHOP-6: side", &[root]));
    name(&repository, &format!("refs/replace/{wrong}"), new(4, b"SHOP-9: right", &[root]));
    check(&repository, "new", &["SHOP-5", "SHOP-9", "SHOP-3"]);
    check(&repository, "new~2..new", &["SHOP-5", "SHOP-9"]);
    name(&repository, &format!("refs/replace/{root}"), new(3, b"SHOP-7: begin", &[old_tip]));
    let joined = ["SHOP-5", "SHOP-9", "SHOP-7", "SHOP-2", "SHOP-1"];
    check(&repository, "new", &joined);
    check(&repository, &format!("{old_root}..new"), &joined[..4]);
    check(&repository, "new...side", &["SHOP-6", "SHOP-5", "SHOP-9"]);
    repository.git2().find_reference(&format!("refs/replace/{root}")).unwrap().delete().unwrap();
    let info = repository.git2().commondir().join("info");
    std::fs::create_dir_all(&info).unwrap();
    std::fs::write(info.join("grafts"), format!("{root} {old_tip}\n")).unwrap();
    let joined = ["SHOP-5", "SHOP-9", "SHOP-3", "SHOP-2", "SHOP-1"];
    check(&repository, "new", &joined);
    check(&repository, &format!("{old_root}..new"), &joined[..4]);
}

#[test]
fn grafts_that_cannot_be_read_end_the_run() {
    let repository = TestRepository::new();
    name(&repository, "refs/heads/new", commit(&repository, 1, b"SHOP-1: begin", &[]));
    let grafts = repository.git2().commondir().join("info/grafts");
    std::fs::create_dir_all(grafts).unwrap();
    let ended = link_commit(repository.path(), &["extract", "--range", "new"]).expect_code(66);
    assert!(ended.stderr.contains("info/grafts: "), "{}", ended.stderr);
    assert!(ended.stderr.contains("\nhint: check the repository"), "{}", ended.stderr);
}

/// A commit with this header behind its tree and parents.
fn odd(repository: &TestRepository, persons: &str, message: &str, parents: &[Oid]) -> Oid {
    let git = repository.git2();
    let tree = git.treebuilder(None).unwrap().write().unwrap();
    let parents: Vec<_> = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
    let parents = parents.concat();
    let raw = format!("tree {tree}\n{parents}{persons}\n{message}");
    git.odb().unwrap().write(git2::ObjectType::Commit, raw.as_bytes()).unwrap()
}

/// Headers that git reads past, and libgit2 does not.
const ODD: &[&str] = &[
    "author A\ncommitter A\n",
    "author A <a@b> 5 +0000\n",
    "committer A <a@b> 5 +0000\n",
    "",
    "author A <a@b> 99999999999999999999 +0000\ncommitter A <a@b> 99999999999999999999 +0000\n",
    "author <a@b\ncommitter >\n",
];

#[test]
fn a_commit_whose_header_is_malformed_is_read_as_git_reads_it() {
    for persons in ODD {
        let repository = TestRepository::new();
        let root = commit(&repository, 1, b"SHOP-1: begin", &[]);
        let middle = odd(&repository, persons, "SHOP-2: odd\n", &[root]);
        let tip = commit(&repository, 9, b"SHOP-3: end", &[middle]);
        name(&repository, "refs/heads/odd", tip);
        check(&repository, "odd", &["SHOP-3", "SHOP-2", "SHOP-1"]);
        check(&repository, "odd~2..odd", &["SHOP-3", "SHOP-2"]);
        check(&repository, "odd~1", &["SHOP-2", "SHOP-1"]);
        check(&repository, "odd~2...odd", &["SHOP-3", "SHOP-2"]);
        let args = ["--platform", "local", "--json", "--range", "odd~2..odd~1"];
        let told = link_commit(repository.path(), &args).expect_code(0).json();
        assert_eq!(told["skipped"][0]["reference"], "SHOP-2", "{told:#}");
    }
}

/// A namespace is for whoever serves a repository; git's reading commands do not look at it.
#[test]
fn a_namespace_hides_no_reference() {
    let repository = TestRepository::new();
    let id = repository.commit("SHOP-1: add");
    name(&repository, "refs/heads/topic", id.parse().unwrap());
    let process = Process::new("link-commit", repository.path());
    let process = process.args(["extract", "--range", "topic"]).env("GIT_NAMESPACE", "x");
    assert_eq!(process.run().expect_code(0).stdout, format!("{id}\tSHOP-1\n"));
}
