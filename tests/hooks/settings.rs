//! Git's own settings, wherever they stand: what git does is what our hooks reckon with.

use super::repo::Repo;
use acceptance::{Ended, binary};
use std::{fs, path::Path};

/// git, with a file in the place of the user's configuration.
fn git(repo: &Repo, config: &Path, args: &[&str]) -> Ended {
    let git = repo.program(Path::new("git")).args(args).env("GIT_EDITOR", "false");
    git.env("GIT_CONFIG_GLOBAL", config).run()
}

/// Another file for the user's settings: the same person, projects and a comment's mark of its own.
fn other(repo: &Repo) -> std::path::PathBuf {
    let path = repo.home().join("other");
    let text = fs::read_to_string(repo.home().join(".gitconfig")).unwrap();
    let more = "[link-commit]\n\tprojects = PAY\n[core]\n\tcommentChar = %\n";
    fs::write(&path, text + more).unwrap();
    path
}

#[test]
fn the_user_s_file_is_the_one_that_git_reads() {
    let repo = Repo::on("main");
    let config = other(&repo);
    let commit =
        |message: &str| git(&repo, &config, &["commit", "--allow-empty", "-m", message]).code;
    assert_eq!((commit("SHOP-1: x"), commit("PAY-1: x")), (1, 0));
    // Its place is taken, not shared; what is not there says nothing.
    fs::create_dir_all(repo.home().join(".config/git")).unwrap();
    fs::write(repo.home().join(".config/git/config"), "[link-commit]\n\tprojects = WEB\n").unwrap();
    assert_eq!((commit("WEB-1: x"), commit("PAY-1: x")), (1, 0));
    fs::write(&config, "[user]\n\tname = A\n\temail = a@b\n").unwrap();
    assert_eq!((commit("SHOP-1: x"), commit("WEB-1: x")), (0, 1));
    let nothing = Path::new("/dev/null");
    let named = ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "--allow-empty", "-m"];
    assert_eq!(git(&repo, nothing, &[&named[..], &["SHOP-1: x"]].concat()).code, 0);
}

#[test]
fn the_system_s_file_is_the_one_that_git_reads() {
    let repo = Repo::on("main");
    let config = other(&repo);
    let commit = |message: &str| {
        let git = repo.program(Path::new("git")).env("GIT_EDITOR", "false");
        let git = git.env("GIT_CONFIG_SYSTEM", &config).env("GIT_CONFIG_NOSYSTEM", "0");
        git.args(["commit", "--allow-empty", "-m", message]).run().code
    };
    assert_eq!((commit("SHOP-1: x"), commit("PAY-1: x")), (1, 0));
}

#[test]
fn hooks_are_installed_where_that_git_looks_for_them() {
    let repo = Repo::bare_of_hooks();
    let config = other(&repo);
    let folder = repo.home().join("everybodys");
    git(&repo, &config, &["config", "--global", "core.hooksPath", folder.to_str().unwrap()])
        .expect_code(0);
    let ours = repo.program(&binary("link-commit")).env("GIT_CONFIG_GLOBAL", &config);
    let ended = ours.args(["install-hooks"]).run().expect_code(78);
    assert!(ended.stderr.contains("everybodys for every repository"), "{ended:?}");
    let ours = repo.program(&binary("link-commit")).env("GIT_CONFIG_COUNT", "1");
    let ours = ours.env("GIT_CONFIG_KEY_0", "core.hooksPath").env("GIT_CONFIG_VALUE_0", &folder);
    ours.args(["install-hooks"]).run().expect_code(78);
}

#[test]
fn a_file_that_is_included_for_a_remote_counts() {
    let repo = Repo::on("main");
    if repo.git_version() < (2, 36) {
        acceptance::say("skipped: this git does not know hasconfig");
        return;
    }
    let work = repo.home().join("work");
    fs::write(&work, "[link-commit]\n\tprojects = PAY\n").unwrap();
    let name = "includeIf.hasconfig:remote.*.url:https://git.example.com/**.path";
    repo.git_with(&["config", "--global", name, work.to_str().unwrap()], "false").expect_code(0);
    let commit =
        |message: &str| repo.git_with(&["commit", "--allow-empty", "-m", message], "false").code;
    assert_eq!((commit("PAY-1: x"), commit("SHOP-1: x")), (1, 0));
    repo.git("remote add origin https://git.example.com/acme/shop").expect_code(0);
    assert_eq!((commit("SHOP-1: x"), commit("PAY-1: x")), (1, 0));
    let folder = repo.home().join("everybodys");
    fs::write(&work, format!("[core]\n\thooksPath = {}\n", folder.display())).unwrap();
    let ended = repo.ours("install-hooks").expect_code(78);
    assert!(ended.stderr.contains("everybodys for every repository"), "{ended:?}");
}

#[test]
fn a_comment_s_mark_is_the_one_that_git_wrote() {
    let repo = Repo::bare_of_hooks();
    let cut = "------------------------ >8 ------------------------";
    let check = |message: &str| {
        repo.write("message", message);
        repo.ours("check --message-file message").code
    };
    // Git before 2.45 does not know the setting, and writes what it always wrote.
    repo.git("config core.commentString //").expect_code(0);
    let remarks = format!("add\n\n# Please enter\n#\n# On branch SHOP-12\n#\n# {cut}\n# Do not\n");
    assert_eq!(check(&format!("{remarks}+SHOP-12\n")), 1);
    assert_eq!(check(&format!("add\n# {cut}\n# Do not\n+SHOP-12\n")), 1);
    repo.git("config --replace-all core.commentChar ;").expect_code(0);
    repo.git("config --unset core.commentString").expect_code(0);
    repo.git("config core.commentString //").expect_code(0);
    assert_eq!(check(&format!("{}+SHOP-12\n", remarks.replace('#', ";"))), 1);
    assert_eq!(check(&format!("{}+SHOP-12\n", remarks.replace('#', "//"))), 1);
    assert_eq!(check("# SHOP-12 counts\n"), 0);
    let old = Path::new("/usr/bin/git");
    if old.exists() {
        repo.ours("install-hooks").expect_code(0);
        repo.stage("a", "SHOP-12");
        let git = repo
            .program(old)
            .env("GIT_EDITOR", "echo add >message; cat \"$1\" >>message; cp message");
        let ended = git.args(["commit", "-v"]).run();
        assert_eq!(ended.code, 1, "{ended:#?}");
        assert!(ended.stderr.contains("names no work item"), "{ended:#?}");
    }
}
