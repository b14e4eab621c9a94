//! Rebases and patches: git makes commits of commits, and their messages stay to the byte.

use super::repo::Repo;

/// Three commits on a branch of SHOP-12, the second of which names nothing, and one on main.
fn branched() -> Repo {
    let repo = Repo::on("feature/SHOP-12-cart");
    repo.commit("one", "SHOP-12: one");
    repo.commit("two", "two");
    repo.commit("three", "SHOP-12: three");
    repo.git("checkout --quiet main").expect_code(0);
    repo.commit("main", "main goes on");
    repo.git("checkout --quiet feature/SHOP-12-cart").expect_code(0);
    repo
}

fn subjects(repo: &Repo) -> Vec<String> {
    let shown = repo.git("log --reverse --format=%B%x00 main..HEAD").expect_code(0).stdout;
    shown.split('\0').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

#[track_caller]
fn check(repo: &Repo, args: &[&str], todo: &str, editor: &str, expected: &[&str]) {
    let sequence = format!("sed -i.bak '{todo}'");
    let ended = repo
        .program(std::path::Path::new("git"))
        .args(args)
        .env("GIT_EDITOR", editor)
        .env("GIT_SEQUENCE_EDITOR", sequence)
        .run();
    assert_eq!(ended.code, 0, "{args:?}: {ended:#?}");
    assert_eq!(subjects(repo), expected, "{args:?}: {ended:#?}");
}

const THREE: &[&str] = &["SHOP-12: one", "two", "SHOP-12: three"];

#[test]
fn rebase() {
    check(&branched(), &["rebase", "main"], "", "false", THREE);
    check(&branched(), &["rebase", "--apply", "main"], "", "false", THREE);
    check(
        &branched(),
        &["rebase", "--force-rebase", "--signoff", "main~0"],
        "",
        "false",
        &[
            "SHOP-12: one\n\nSigned-off-by: A Person <person@example.com>",
            "two\n\nSigned-off-by: A Person <person@example.com>",
            "SHOP-12: three\n\nSigned-off-by: A Person <person@example.com>",
        ],
    );
}

#[test]
fn rebase_interactive() {
    let args = &["rebase", "-i", "main"];
    let reworded = &["SHOP-12: one", "changed two", "SHOP-12: three"];
    check(&branched(), args, "2s/^pick/reword/", "sed -i.bak 1s/^/changed\\ /", reworded);
    check(&branched(), args, "2s/^pick/reword/", "true", THREE);
    check(&branched(), args, "2s/^pick/fixup/", "false", &["SHOP-12: one", "SHOP-12: three"]);
    check(
        &branched(),
        args,
        "3s/^pick/squash/",
        "true",
        &["SHOP-12: one", "two\n\nSHOP-12: three"],
    );
    check(&branched(), args, "2s/^pick/drop/", "false", &["SHOP-12: one", "SHOP-12: three"]);
}

#[test]
fn rebase_that_stops_to_edit() {
    let repo = branched();
    let args = &["rebase", "-i", "main"];
    let sequence = "sed -i.bak '2s/^pick/edit/'";
    let git = |args: &[&str], editor: &str| {
        let git = repo.program(std::path::Path::new("git")).args(args);
        git.env("GIT_EDITOR", editor).env("GIT_SEQUENCE_EDITOR", sequence).run()
    };
    git(args, "false").expect_code(0);
    git(&["commit", "--amend", "--no-edit"], "false").expect_code(0);
    git(&["commit", "--allow-empty", "-m", "between"], "false").expect_code(0);
    git(&["rebase", "--continue"], "true").expect_code(0);
    assert_eq!(subjects(&repo), ["SHOP-12: one", "two", "between", "SHOP-12: three"]);
}

#[test]
fn rebase_with_a_conflict() {
    let repo = branched();
    repo.git("checkout --quiet main").expect_code(0);
    repo.commit("two", "two of main");
    repo.git("checkout --quiet feature/SHOP-12-cart").expect_code(0);
    repo.git("rebase main").expect_code(1);
    repo.stage("two", "both");
    repo.git_with(&["rebase", "--continue"], "true").expect_code(0);
    assert_eq!(subjects(&repo), THREE);
}

#[test]
fn rebase_autosquash() {
    let repo = branched();
    repo.commit("two", "fixup! two");
    repo.stage("two", "4");
    repo.git("commit --quiet --fixup=HEAD~2").expect_code(0);
    check(&repo, &["rebase", "-i", "--autosquash", "main"], "", "false", THREE);
}

#[test]
fn am_applies_patches_as_they_are() {
    let repo = branched();
    let patches = repo.git("format-patch --stdout main").expect_code(0).stdout;
    repo.git("checkout --quiet -b SHOP-77-other main").expect_code(0);
    let git = repo.program(std::path::Path::new("git"));
    git.args(["am", "--quiet"]).stdin(patches).run().expect_code(0);
    assert_eq!(subjects(&repo), THREE);
}

#[test]
fn the_branch_of_a_rebase_is_known_while_head_is_detached() {
    let repo = branched();
    let git = repo.program(std::path::Path::new("git")).args(["rebase", "-i", "main"]);
    git.env("GIT_SEQUENCE_EDITOR", "sed -i.bak 2s/^pick/edit/").run().expect_code(0);
    let linked = repo.ours("--platform local --dry-run");
    let is_the_branchs = linked.stderr.contains("cannot link SHOP-12 to commit");
    assert!(is_the_branchs, "the commit `two` is the branch's: {linked:?}");
    repo.git("rebase --abort").expect_code(0);
}
