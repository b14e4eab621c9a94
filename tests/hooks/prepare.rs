//! What `prepare` puts into a message, and everything that it leaves.

use super::repo::Repo;

/// A repository whose branch is SHOP-12's.
fn on_branch() -> Repo {
    let repo = Repo::bare_of_hooks();
    repo.git("checkout --quiet -b feature/SHOP-12-cart").expect_code(0);
    repo
}

/// The message after `prepare`, byte for byte; a second run changes nothing.
#[track_caller]
fn check(repo: &Repo, message: impl AsRef<[u8]>, more: &[&str], expected: impl AsRef<[u8]>) {
    repo.write("message", &message);
    let args = [&["prepare", "--message-file", "message"][..], more].concat();
    for run in ["first", "second"] {
        let ended = repo.ours_with(&args);
        assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (0, "", ""), "{ended:#?}");
        let made = std::fs::read(repo.path("message")).unwrap();
        let (made, expected) =
            (String::from_utf8_lossy(&made), String::from_utf8_lossy(expected.as_ref()));
        assert_eq!(made, expected, "{run} run, {more:?}");
    }
}

#[test]
fn the_branch_s_item_is_put_in_once() {
    let repo = on_branch();
    check(&repo, "add\n", &[], "add\n\nRefs: SHOP-12\n");
    check(&repo, "add\n", &["--source", "message"], "add\n\nRefs: SHOP-12\n");
    check(&repo, "add\n", &["--source", "", "--object", ""], "add\n\nRefs: SHOP-12\n");
    check(&repo, "add\n", &["--template", "{key}: {subject}"], "SHOP-12: add\n");
    check(
        &repo,
        "fix(x)!: add\n\nb\n",
        &["--template", "{subject} [{key}]"],
        "fix(x)!: add [SHOP-12]\n\nb\n",
    );
    check(&repo, "add\n", &["--template", "Jira: {key}"], "add\n\nJira: SHOP-12\n");
    check(&repo, "add\n", &["--branch", "SHOP-1-and-SHOP-2"], "add\n\nRefs: SHOP-1, SHOP-2\n");
    repo.git_with(&["config", "link-commit.template", "[{key}] {subject}"], "false").expect_code(0);
    check(&repo, "add\n", &[], "[SHOP-12] add\n");
}

#[test]
fn every_other_byte_stays() {
    let repo = on_branch();
    check(&repo, b"caf\xe9 \xff\n\n\tx  \n", &[], b"caf\xe9 \xff\n\n\tx  \n\nRefs: SHOP-12\n");
    check(&repo, "add\r\n\r\nbody\r\n", &[], "add\r\n\r\nbody\r\n\r\nRefs: SHOP-12\r\n");
    check(&repo, "\u{feff}add\n", &["--template", "{key}: {subject}"], "SHOP-12: \u{feff}add\n");
    let remarks = "add\n\n# Please\n#\n# ------------------------ >8 ------------------------\n# Do\ndiff --git\n+SHOP-9\n";
    let made = remarks.replacen("add\n", "add\n\nRefs: SHOP-12\n", 1);
    check(&repo, remarks, &[], made);
    let trailers = "add\n\nSigned-off-by: A <a@b>\nReviewed-by: B <b@c>\n";
    check(&repo, trailers, &[], format!("{trailers}Refs: SHOP-12\n"));
    let divided = "add\n\n---\n\nReviewed-by: B <b@c>\n";
    check(&repo, divided, &[], format!("{divided}Refs: SHOP-12\n"));
}

/// git's own way to add a trailer is the judge of where ours goes.
#[test]
fn trailers_go_where_git_puts_them() {
    let repo = on_branch();
    for message in [
        "add\n",
        "add\n\nbody\n",
        "add\n\nbody\nmore: of it, not a trailer\n",
        "add\n\nSigned-off-by: A <a@b>\n",
        "add\n\nbody\n\nCo-authored-by: A <a@b>\n folded\n",
        "add\n\nJira issue: x\nReviewed-by: B <b@c>\n",
        "add\n\nprose\nSigned-off-by: A <a@b>\n",
        "add\n\na\nb\nc\nd\nSigned-off-by: A <a@b>\n",
        "add\n\nReviewed-by: B\n\n# Please\n# remarks\n",
        "feat: add\n\nBREAKING CHANGE: all\n",
        "add\n\nReviewed-by: B\n\n\n",
    ] {
        let git = repo.program(std::path::Path::new("git"));
        let args = ["interpret-trailers", "--no-divider", "--trailer", "Refs: SHOP-12"];
        let by_git = git.args(args).stdin(message).run().expect_code(0).stdout;
        repo.write("message", message);
        repo.ours("prepare message").expect_code(0);
        let lines = |text: &str| text.trim_end().lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines(&repo.read("message")), lines(&by_git), "{message:?}");
    }
}

#[test]
fn a_message_that_names_an_item_is_left() {
    let repo = on_branch();
    for message in [
        "SHOP-7: add\n",
        "add\n\nRefs: shop-7\n",
        "add (SHOP-12)\n",
        "see `SHOP-12`\n",
        "> SHOP-12\n",
    ] {
        check(&repo, message, &[], message);
    }
    check(&repo, "PAY-1 add\n", &[], "PAY-1 add\n\nRefs: SHOP-12\n");
    check(
        &repo,
        "add\n\n# On branch feature/SHOP-12-cart\n",
        &[],
        "add\n\nRefs: SHOP-12\n\n# On branch feature/SHOP-12-cart\n",
    );
    check(&repo, "add\n", &["--branch", "main"], "add\n");
    check(&repo, "add\n", &["--branch", "dependabot/SHOP-1"], "add\n");
}

#[test]
fn an_everyday_word_with_a_number_is_no_item_where_nobody_knows_the_projects() {
    let repo = on_branch();
    check(&repo, "add\n", &["--branch", "fix/shop-12"], "add\n\nRefs: SHOP-12\n");
    repo.write(".devops-integrations.yaml", "");
    check(&repo, "add\n", &["--branch", "fix/SHOP-12"], "add\n\nRefs: SHOP-12\n");
    for word in ["refactor-2", "fix/typo-2", "css-3", "kafka-3", "team-7", "shop-12"] {
        check(&repo, "add\n", &["--branch", word], "add\n");
    }
}

#[test]
fn what_another_commit_said_is_left() {
    let repo = on_branch();
    for source in ["merge", "squash", "commit", "unheard-of"] {
        check(&repo, "add\n", &["--source", source, "--object", "HEAD"], "add\n");
    }
    for message in ["fixup! add\n", "Revert \"add\"\n", "Merge branch 'x'\n"] {
        check(&repo, message, &["--source", "message"], message);
    }
    for (folder, file) in [
        ("rebase-merge", "head-name"),
        ("rebase-apply", "applying"),
        ("", "CHERRY_PICK_HEAD"),
        ("", "REVERT_HEAD"),
        ("", "MERGE_HEAD"),
    ] {
        let folder = repo.path(".git").join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(file), "").unwrap();
        check(&repo, "add\n", &[], "add\n");
        std::fs::remove_file(folder.join(file)).unwrap();
        if !folder.ends_with(".git/") && folder.file_name().is_some_and(|name| name != ".git") {
            std::fs::remove_dir(&folder).unwrap();
        }
    }
    check(&repo, "add\n", &[], "add\n\nRefs: SHOP-12\n");
}

#[test]
fn a_number_does_not_become_a_comment() {
    let repo = on_branch();
    repo.write(".devops-integrations.yaml", "");
    let args = ["--branch", "feature/SHOP-12-cart", "--template", "{key} {subject}"];
    check(&repo, "add\n", &args, "SHOP-12 add\n");
    repo.git("config core.commentChar S").expect_code(0);
    check(&repo, "add\n", &args, "add\n\nRefs: SHOP-12\n");
}

#[test]
fn a_dry_run_says_what_it_would_do() {
    let repo = on_branch();
    repo.write("message", "add\n");
    let ended = repo.ours("prepare message --dry-run").expect_code(0);
    assert_eq!(ended.stdout, "would put SHOP-12 into the message\n");
    assert_eq!(repo.read("message"), "add\n");
    let dry = repo.ours("prepare message --dry-run --json").expect_code(0).json();
    assert_eq!(dry["plan"], serde_json::json!(["put SHOP-12 into the message"]), "{dry}");
    let said = repo.ours("prepare message message --json").expect_code(0).json();
    assert_eq!(said["added"], "SHOP-12", "{said}");
}

/// Commits in an editor that changes nothing.
fn untouched(repo: &Repo, args: &[&str]) -> acceptance::Ended {
    repo.git_with(&[&["commit", "--allow-empty"], args].concat(), "true")
}

#[test]
fn a_template_that_nobody_filled_in_is_not_committed() {
    let repo = Repo::on("feature/SHOP-12-cart");
    std::fs::write(repo.home().join(".gitmessage"), "Say why:\n").unwrap();
    repo.write("other", "Another:\n\n# remark\n");
    let refused = |args: &[&str]| {
        let ended = untouched(&repo, args);
        assert!(ended.code == 1 && ended.stderr.contains("nobody wrote"), "{args:?}: {ended:?}");
        assert_eq!(repo.message("HEAD"), "begin");
    };
    refused(&["--template", "other"]);
    refused(&["-t", "other", "-v"]);
    refused(&["--signoff"]);
    repo.git_with(&["config", "commit.template", "~/.gitmessage"], "false").expect_code(0);
    refused(&[]);
    refused(&["-t", "other"]);
    let written = ["commit", "--allow-empty"];
    repo.git_with(&written, "sed -i.bak '1s/$/ because/'").expect_code(0);
    assert_eq!(repo.message("HEAD"), "Say why: because\n\nRefs: SHOP-12");
    untouched(&repo, &["-m", "add", "-e"]).expect_code(0);
    untouched(&repo, &["--amend"]).expect_code(0);
    assert_eq!(repo.message("HEAD"), "add\n\nRefs: SHOP-12");
}
