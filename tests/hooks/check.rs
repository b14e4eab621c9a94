//! The check of one message: the verdict, what is said, and that it is the verdict of a run that links.

use super::repo::{Repo, SETTINGS};
use acceptance::{Ended, binary};
use std::fs;

/// Checks a message in a file, outside of any commit; with an editor, as git says it.
fn check(repo: &Repo, message: impl AsRef<[u8]>, more: &[&str]) -> Ended {
    repo.write("message", message);
    let args = ["check", "--message-file", "message"];
    repo.ours_with(&[&args[..], more].concat())
}

#[track_caller]
fn refused(ended: &Ended, parts: &[&str]) {
    let is_said = parts.iter().all(|part| ended.stderr.contains(part));
    let is_shaped = ended.stderr.starts_with("error: ") && ended.stderr.contains("\nhint: ");
    assert!(ended.code == 1 && is_said && is_shaped && ended.stdout.is_empty(), "{ended:#?}");
}

#[track_caller]
fn silent(ended: &Ended) {
    assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (0, "", ""), "{ended:#?}");
}

#[test]
fn a_message_needs_an_item() {
    let repo = Repo::bare_of_hooks();
    for message in
        ["SHOP-1: add", "add\n\nRefs: shop-1\n", "add\r\n\r\nRefs: SHOP-1\r\n", "caf\u{e9} SHOP-1"]
    {
        silent(&check(&repo, message, &[]));
    }
    silent(&check(&repo, b"caf\xe9\xff SHOP-1", &[]));
    refused(
        &check(&repo, "add\n", &[]),
        &["the commit `add` names no work item", "`Refs: SHOP-12`"],
    );
    refused(&check(&repo, "PAY-1: add", &[]), &["`PAY-1` does not count, since its prefix"]);
    refused(
        &check(&repo, "add\n\n> SHOP-7\n", &[]),
        &["`SHOP-7` does not count, since it is in a quoted"],
    );
    refused(&check(&repo, "use UTF-8", &[]), &["names no work item"]);
    silent(&check(&repo, "PAY-1: add", &["--projects", "PAY"]));
    silent(&check(&repo, "add", &["--missing-item", "off"]));
    let warned = check(&repo, "add", &["--missing-item", "warn"]);
    assert!(
        warned.code == 0 && warned.stderr.starts_with("warning: the commit `add`"),
        "{warned:?}"
    );
}

#[test]
fn the_branch_counts_and_slips_are_seen() {
    let repo = Repo::bare_of_hooks();
    silent(&check(&repo, "add", &["--branch", "feature/shop-12-cart"]));
    refused(&check(&repo, "add", &["--branch", "feature/cart"]), &["names no work item"]);
    let swapped = check(&repo, "SHOP-1324: add", &["--branch", "SHOP-1234-cart"]);
    assert!(swapped.code == 0 && swapped.stderr.contains("did you mean SHOP-1234?"), "{swapped:?}");
    for (message, meant) in [
        ("SHPO-12 add", "SHOP-12 where it says `SHPO-12`"),
        ("SHOP 12 add", "SHOP-12 where it says `SHOP 12`"),
        ("add\n\nRefs: shop_12", "SHOP-12 where it says `shop_12`"),
        ("SHOP12: add", "SHOP-12 where it says `SHOP12`"),
    ] {
        refused(&check(&repo, message, &[]), &["did you mean", meant]);
    }
    repo.write(".devops-integrations.yaml", "");
    refused(&check(&repo, "SHOP 12: add", &[]), &["did you mean SHOP-12"]);
    // Where nobody knows the projects, an everyday word with a number is as likely.
    for word in ["refactor-2", "shop-12"] {
        let ended = check(&repo, format!("{word} tidy"), &["--branch", word]);
        refused(&ended, &["names no work item"]);
        assert!(!ended.stderr.contains("did you mean"), "{ended:?}");
    }
    let hinted = |branch: &str| {
        let ended = check(&repo, "tidy", &["--branch", branch]);
        refused(&ended, &["names no work item"]);
        ended.stderr.contains("`git config link-commit.projects SHOP` says so")
    };
    assert!(hinted("feature/shop-12-cart") && hinted("shop-12") && !hinted("typo-2"));
}

#[test]
fn what_git_cuts_away_does_not_count() {
    let repo = Repo::bare_of_hooks();
    let cut = "------------------------ >8 ------------------------";
    refused(&check(&repo, "add\n# On branch SHOP-12\n", &[]), &["`add`"]);
    refused(&check(&repo, format!("add\n# {cut}\n# Do not\n+SHOP-12\n"), &[]), &["`add`"]);
    refused(&check(&repo, format!("add\r\n# {cut}\r\n+SHOP-12\r\n"), &[]), &["`add`"]);
    silent(&check(&repo, "# only a remark, SHOP-12\n\n", &[]));
    silent(&check(&repo, "", &[]));
    repo.git("config core.commentString //").expect_code(0);
    refused(&check(&repo, format!("add\n// SHOP-1\n// {cut}\nSHOP-12"), &[]), &["`add`"]);
    silent(&check(&repo, "# SHOP-12 counts", &[]));
    repo.git("config core.commentChar ;").expect_code(0);
    refused(&check(&repo, "add\n; SHOP-12", &[]), &["`add`"]);
    silent(&check(&repo, "add\n// SHOP-12", &[]));
    repo.git("config commit.cleanup whitespace").expect_code(0);
    silent(&check(&repo, "add\n; SHOP-12", &[]));
}

#[test]
fn git_s_own_messages_are_asked_for_nothing() {
    let repo = Repo::bare_of_hooks();
    for message in [
        "Merge branch 'x' into y",
        "Merge pull request #4 from acme/cart",
        "Revert \"add\"\n\nThis reverts commit 0123abcd.",
        "Take it out\n\nThis reverts commit 0123abcd.",
        "fixup! add",
        "squash! add",
        "amend! add\n\nadd",
    ] {
        silent(&check(&repo, message, &[]));
    }
    refused(&check(&repo, "add\n\nMerge branch 'x'\n", &[]), &["`add`"]);
}

#[test]
fn what_would_be_closed_by_accident_is_said() {
    let repo = Repo::bare_of_hooks();
    let warned = |message: &str, parts: &[&str]| {
        let ended = check(&repo, message, &[]);
        let said = parts.iter().all(|part| ended.stderr.contains(part));
        assert!(ended.code == 0 && said && ended.stderr.starts_with("warning: "), "{ended:#?}");
    };
    warned(
        "SHOP-1: add\n\nThis does not fix #391.",
        &["will close #391", "`not` before `fix`", "see #391"],
    );
    warned("SHOP-1: say that `fixes #391`", &["will close #391", "it is in code"]);
    warned(
        "SHOP-1: what is fixed:\nacme/shop#391",
        &["will close acme/shop#391", "on the line before"],
    );
    warned("Revert \"SHOP-1: fixes #391\"", &["will close #391", "revert"]);
    warned("SHOP-1: fixes #391", &["will close #391", "another tracker"]);
    let message = "SHOP-1: does not fix #391";
    refused(&check(&repo, message, &["--closing-guard", "fail"]), &["will close #391"]);
    silent(&check(&repo, message, &["--closing-guard", "off"]));
    repo.git("config link-commit.closingGuard fail").expect_code(0);
    refused(&check(&repo, message, &[]), &["will close #391"]);
    repo.git("config link-commit.closingGuard never").expect_code(0);
    let wrong = check(&repo, message, &[]);
    assert!(wrong.code == 78 && wrong.stderr.contains("`never` is no answer"), "{wrong:?}");
}

#[test]
fn ten_megabytes_are_read_at_once() {
    let repo = Repo::bare_of_hooks();
    let long = "a line of text, and a number #12, `code` and UTF-8\n".repeat(210_000);
    assert!(long.len() > 10_000_000);
    silent(&check(&repo, format!("add\n\n{long}\n\nRefs: SHOP-1\n"), &[]));
}

#[test]
fn the_verdict_is_that_of_a_run_that_links() {
    let messages = [
        "SHOP-1: add",
        "shop-1 add",
        "add\n\nRefs: SHOP-1",
        "add\n\nRefs: SHOP-01",
        "PAY-1: add",
        "add",
        "add (SHOP-1)",
        "`SHOP-1`",
        "> SHOP-1",
        "add\n\n```\nSHOP-1\n```",
        "add <!-- SHOP-1 -->",
        "https://acme.atlassian.net/browse/SHOP-1",
        "UTF-8 and ISO-8859-1",
        "JSP_SHOP-1",
        "SHOP-1.2",
        "Bump x from 1.0 to 1.1\n\nSHOP-4 in its notes",
    ];
    for settings in [SETTINGS, "local: {}\n"] {
        for branch in ["main", "feature/shop-12-cart", "SHOP-7", "dependabot/npm/SHOP-9"] {
            let repo = Repo::bare_of_hooks();
            repo.write(".devops-integrations.yaml", settings);
            if branch != "main" {
                repo.git(&format!("checkout --quiet -b {branch}")).expect_code(0);
            }
            // What the branch decides needs few messages.
            let some = if branch == "main" { messages.len() } else { 5 };
            for message in &messages[..some] {
                let checked = check(&repo, message, &["--closing-guard", "off"]).code;
                repo.git_with(&["commit", "--quiet", "--allow-empty", "-m", message], "false")
                    .expect_code(0);
                // Whether such an item exists is a question for the tracker; the plan is the verdict.
                let linked = repo.ours("--platform local --require --dry-run").code;
                assert_eq!(checked == 1, linked == 1, "{message:?} on {branch} with {settings:?}");
            }
        }
    }
}

#[test]
fn items_of_azure_boards_count_in_a_hook_as_in_a_run() {
    let settings = "azure_devops:\n  api_endpoint: https://dev.azure.com/acme\n  api_key: \"${AZURE_DEVOPS_PAT}\"\n  project: Till\n";
    for remote in ["https://github.com/acme/shop", "https://dev.azure.com/acme/Till/_git/shop"] {
        let repo = Repo::bare_of_hooks();
        repo.write(".devops-integrations.yaml", settings);
        // A fork's run has no secret, as a hook has none.
        let run = || {
            repo.program(&binary("link-commit"))
                .args(["--require", "--commit", "HEAD", "--config", ".devops-integrations.yaml"])
                .env("TF_BUILD", "True")
                .env("BUILD_REPOSITORY_URI", remote)
                .env("SYSTEM_PULLREQUEST_PULLREQUESTID", "7")
                .env("SYSTEM_PULLREQUEST_ISFORK", "True")
                .env("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/topic")
                .env("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main")
                .run()
        };
        for (message, counts) in [
            ("AB#12: add", true),
            ("add\n\nFixes ab#12", true),
            ("Fix #12", false),
            ("`AB#12`", false),
            ("SHOP-1: add", false),
            ("add", false),
        ] {
            let checked = check(&repo, message, &["--closing-guard", "off"]);
            repo.git_with(&["commit", "--quiet", "--allow-empty", "-m", message], "false")
                .expect_code(0);
            let ran = run();
            let codes = (checked.code, ran.code);
            assert_eq!(codes, if counts { (0, 0) } else { (1, 1) }, "{message:?}: {ran:?}");
            let example = "such as `Refs: AB#12`";
            assert!(counts || ran.stderr.contains(example), "{ran:?}");
        }
    }
}

#[test]
fn no_tracker_no_secret_and_no_network_are_needed() {
    let repo = Repo::bare_of_hooks();
    let both = "jira:\n  api_endpoint: \"${JIRA_URL}\"\n  api_key: \"${JIRA_API_TOKEN}\"\n  project: PROJ\nlocal:\n  project: SHOP\n";
    repo.write(".devops-integrations.yaml", both);
    silent(&check(&repo, "PROJ-1: add", &[]));
    silent(&check(&repo, "SHOP-1: add", &[]));
    refused(&check(&repo, "PAY-1: add", &[]), &["does not count"]);
    repo.write(".devops-integrations.yaml", "jira:\n  projcet: PROJ\n");
    let wrong = check(&repo, "PROJ-1: add", &[]);
    assert!(wrong.code == 78 && wrong.stderr.contains("did you mean `project`?"), "{wrong:?}");
    fs::remove_file(repo.path(".devops-integrations.yaml")).unwrap();
    silent(&check(&repo, "PAY-1: add", &[]));
    refused(&check(&repo, "add UTF-8", &[]), &["names no work item"]);
}

#[test]
fn what_cannot_be_read_is_one_sentence_and_one_hint() {
    let repo = Repo::bare_of_hooks();
    let said = |args: &[&str], code: i32, part: &str| {
        let ended = repo.ours_with(args);
        assert_eq!(ended.code, code, "{ended:#?}");
        let lines: Vec<&str> = ended.stderr.lines().collect();
        let [error, hint] = lines[..] else { panic!("one sentence and one hint: {ended:#?}") };
        assert!(error.starts_with("error: cannot ") && error.contains(part), "{ended:#?}");
        assert!(hint.starts_with("hint: "), "{ended:#?}");
    };
    said(&["check", "--message-file", "gone"], 66, "there is no such file");
    said(&["check", ".git"], 66, "it is a folder");
    said(&["prepare", "gone", "message"], 66, "there is no such file");
    said(&["prepare", ".git"], 66, "it is a folder");
    said(&["prepare", "-"], 78, "on stdin");
    said(&["prepare", "--template", "x", "gone"], 78, "use the template `x`");
    let outside = tempfile::tempdir().unwrap();
    let ours = repo.program(&binary("link-commit")).args(["check", "message", "--repository"]);
    let ended = ours.args([outside.path()]).run();
    assert!(ended.code == 66 && ended.stderr.contains("not in a git repository"), "{ended:?}");
    assert_eq!(repo.ours("check").code, 2);
    let ours = repo.program(&binary("link-commit")).args(["check", "--message-file", "-"]);
    refused(&ours.stdin("add").run(), &["`add` names no work item"]);
}

#[test]
fn the_report_is_for_programs_too() {
    let repo = Repo::bare_of_hooks();
    let passed = check(&repo, "SHOP-1: add", &["--json"]).expect_code(0).json();
    assert_eq!((&passed["verdict"], &passed["items"][0]), (&"pass".into(), &"SHOP-1".into()));
    let failed = check(&repo, "add", &["--json"]).expect_code(1).json();
    assert_eq!(failed["verdict"], "fail");
    assert!(
        failed["problems"][0]["hint"].as_str().is_some_and(|hint| hint.contains("Refs:")),
        "{failed}"
    );
    let exempt = check(&repo, "fixup! add", &["--json"]).expect_code(0).json();
    assert_eq!(exempt["exempt"], "it speaks of other commits");
}

#[test]
fn hostile_names_and_settings_stay_text() {
    let repo = Repo::bare_of_hooks();
    let branch = "x;touch${IFS}pwned;$(touch${IFS}pwned)`id`'\"SHOP-12";
    repo.git_with(&["checkout", "--quiet", "-b", branch], "false").expect_code(0);
    repo.ours("install-hooks").expect_code(0);
    for (name, value) in [
        ("core.editor", "touch pwned"),
        ("core.fsmonitor", "touch pwned"),
        ("link-commit.projects", "SHOP,$(touch pwned)"),
    ] {
        repo.git_with(&["config", name, value], "false").expect_code(0);
    }
    let ended = check(&repo, "add\u{1b}[2J", &[]);
    assert_eq!(ended.code, 78, "{ended:?}");
    repo.git("config --unset link-commit.projects").expect_code(0);
    let ended = check(&repo, "add\u{1b}[2J", &["--branch", "main"]);
    refused(&ended, &["names no work item"]);
    assert!(!ended.stderr.contains('\u{1b}'), "{ended:?}");
    repo.git("config --unset core.fsmonitor").expect_code(0);
    repo.git_with(&["commit", "--allow-empty", "-m", "add"], "false").expect_code(0);
    assert_eq!(repo.message("HEAD"), "add\n\nRefs: SHOP-12");
    assert!(!repo.path("pwned").exists());
}
