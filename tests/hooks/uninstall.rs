//! What somebody changed in the meantime: no edit is lost, no hook of before is stranded, and there is always a way out.

use super::repo::Repo;
use acceptance::Ended;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

fn hook(repo: &Repo, name: &str, text: &str) -> PathBuf {
    let path = repo.path(".git/hooks").join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn commit(repo: &Repo, message: &str) -> Ended {
    repo.git_with(&["commit", "--allow-empty", "-m", message], "false")
}

#[test]
fn an_edited_hook_is_nobody_s_to_overwrite() {
    let repo = Repo::on("main");
    let path = repo.path(".git/hooks/commit-msg");
    let edited = fs::read_to_string(&path).unwrap().replace("\nexec ", "\necho mine\nexec ");
    fs::write(&path, &edited).unwrap();
    let refused = repo.ours("install-hooks").expect_code(78);
    for part in ["was edited", ".git/hooks/commit-msg", "commit-msg.before-link-commit"] {
        assert!(refused.stderr.contains(part), "`{part}` in {refused:?}");
    }
    let left = repo.ours("uninstall-hooks").expect_code(0);
    assert!(left.stdout.contains("commit-msg          left alone: it was edited"), "{left:?}");
    assert!(left.stderr.contains("still runs"), "{left:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);
    assert!(!repo.path(".git/hooks/pre-push").exists());
}

#[test]
fn a_hook_of_another_version_is_ours_all_the_same() {
    let repo = Repo::on("main");
    let path = repo.path(".git/hooks/commit-msg");
    let ours = fs::read_to_string(&path).unwrap();
    // Where the program was when that version installed it.
    let copy = repo.home().join("link-commit");
    fs::copy(acceptance::binary("link-commit"), &copy).unwrap();
    repo.program(&copy).args(["install-hooks"]).run().expect_code(0);
    assert_ne!(fs::read_to_string(&path).unwrap(), ours);
    let again = repo.ours("install-hooks").expect_code(0);
    assert!(again.stdout.contains("commit-msg          updated"), "{again:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), ours);
}

#[test]
fn a_hook_that_somebody_deleted_still_gives_the_one_of_before_back() {
    let repo = Repo::bare_of_hooks();
    let before = hook(&repo, "commit-msg", "#!/bin/sh\necho before\n");
    repo.ours("install-hooks").expect_code(0);
    fs::remove_file(&before).unwrap();
    let dry = repo.ours("uninstall-hooks --dry-run").expect_code(0);
    assert!(
        dry.stdout.contains("would put back the commit-msg hook") && !before.exists(),
        "{dry:?}"
    );
    let ended = repo.ours("uninstall-hooks").expect_code(0);
    assert!(ended.stdout.contains("put back: the hook of before"), "{ended:?}");
    assert_eq!(fs::read_to_string(&before).unwrap(), "#!/bin/sh\necho before\n");
    assert!(!repo.path(".git/hooks/commit-msg.before-link-commit").exists());
}

#[test]
fn hooks_are_found_where_they_were_installed_whatever_is_configured_since() {
    let repo = Repo::on("main");
    repo.git("config core.hooksPath .husky/_").expect_code(0);
    let ended = repo.ours("uninstall-hooks").expect_code(0);
    assert_eq!(ended.stdout.matches("  removed: ").count(), 3, "{ended:?}");
    assert!(ended.stdout.contains(".git/hooks/commit-msg"), "{ended:?}");
    assert!(!repo.path(".git/hooks/commit-msg").exists());
}

#[test]
fn a_setting_that_is_recommended_holds_in_every_work_tree() {
    let mut repo = Repo::bare_of_hooks();
    repo.git("worktree add --quiet ../tree").expect_code(0);
    repo.git("config --global core.hooksPath /everybodys").expect_code(0);
    repo.at = repo.home().join("tree");
    let refused = repo.ours("install-hooks").expect_code(78);
    let (_, rest) = refused.stderr.split_once("`git config core.hooksPath '").unwrap();
    let (path, _) = rest.split_once("'`").unwrap();
    assert!(Path::new(path).is_absolute(), "{refused:?}");
    repo.git_with(&["config", "core.hooksPath", path], "false").expect_code(0);
    repo.ours("install-hooks").expect_code(0);
    assert_eq!(commit(&repo, "nothing").code, 1);
    repo.at = repo.home().join("repo");
    assert_eq!(commit(&repo, "nothing").code, 1);
    assert!(repo.path(".git/hooks/commit-msg").exists());
}

#[test]
fn a_hook_that_calls_ours_under_another_name_ends() {
    let repo = Repo::on("main");
    for name in ["commit-msg", "pre-push"] {
        let path = repo.path(".git/hooks").join(name);
        fs::rename(&path, path.with_file_name(format!("{name}.link"))).unwrap();
        // It would go on for ever; a count that is far too large ends it here.
        let text = format!(
            "#!/bin/sh\necho x >> rounds\n[ $(wc -l < rounds) -lt 20 ] || exit 9\n\"$(dirname \"$0\")/{name}.link\" \"$@\"\n"
        );
        hook(&repo, name, &text);
    }
    repo.ours("install-hooks").expect_code(0);
    commit(&repo, "SHOP-1: x").expect_code(0);
    assert_eq!(repo.read("rounds"), "x\n");
    assert_eq!(commit(&repo, "nothing").code, 1);
    let remote = repo.home().join("remote.git");
    repo.git_with(&["init", "--quiet", "--bare", remote.to_str().unwrap()], "false").expect_code(0);
    fs::remove_file(repo.path("rounds")).unwrap();
    repo.git_with(&["push", "--quiet", remote.to_str().unwrap(), "main:SHOP-1"], "false")
        .expect_code(0);
    assert_eq!(repo.read("rounds"), "x\n");
}

#[test]
fn a_hook_that_speaks_of_a_manager_is_not_managed() {
    for said in ["we used lefthook before", "Overcommit is gone", "was generated by pre-commit"] {
        let repo = Repo::bare_of_hooks();
        hook(&repo, "commit-msg", &format!("#!/bin/sh\n# {said}\nexit 0\n"));
        let ended = repo.ours("install-hooks").expect_code(0);
        assert!(ended.stdout.contains("the hook that was there runs first"), "{said}: {ended:?}");
    }
}

#[test]
fn the_hint_of_a_hook_without_its_program_is_right() {
    let repo = Repo::bare_of_hooks();
    hook(&repo, "commit-msg", "#!/bin/sh\nexit 0\n");
    let copy = repo.home().join("gone");
    fs::copy(acceptance::binary("link-commit"), &copy).unwrap();
    repo.program(&copy).args(["install-hooks"]).run().expect_code(0);
    fs::remove_file(&copy).unwrap();
    let ended = commit(&repo, "SHOP-1: x");
    assert_eq!(ended.code, 1, "{ended:?}");
    for part in ["link-commit uninstall-hooks", "commit-msg.before-link-commit"] {
        assert!(ended.stderr.contains(part), "`{part}` in {ended:?}");
    }
}

/// A repository of a format that cannot be read here; none where git does not know it either.
fn of_format(option: &str) -> Option<Repo> {
    let repo = Repo::bare_of_hooks();
    fs::remove_dir_all(repo.path(".git")).unwrap();
    let ended = repo.git(&format!("init --quiet {option}"));
    if ended.code != 0 {
        acceptance::say(format!("skipped: this git has no {option}"));
    }
    (ended.code == 0).then_some(repo)
}

#[test]
fn a_format_that_is_not_supported_is_said_to_be_and_there_is_a_way_out() {
    for option in ["--object-format=sha256", "--ref-format=reftable"] {
        let Some(repo) = of_format(option) else { continue };
        let ended = repo.ours("install-hooks").expect_code(66);
        assert!(ended.stderr.contains("is not supported"), "{ended:?}");
        assert!(!ended.stderr.contains("mend the repository"), "{ended:?}");
        assert!(!repo.path(".git/hooks/commit-msg").exists());
        // As after `git refs migrate`, or from a template.
        let ready = Repo::on("main");
        fs::create_dir_all(repo.path(".git/hooks")).unwrap();
        for name in ["commit-msg", "prepare-commit-msg", "pre-push"] {
            let text = fs::read_to_string(ready.path(".git/hooks").join(name)).unwrap();
            hook(&repo, name, &text);
        }
        let ended = commit(&repo, "SHOP-1: x");
        assert_eq!(ended.code, 1, "{ended:?}");
        for part in ["--no-verify", "link-commit uninstall-hooks"] {
            assert!(ended.stderr.contains(part), "`{part}` in {ended:?}");
        }
        repo.git_with(&["commit", "--no-verify", "--allow-empty", "-m", "x"], "false")
            .expect_code(0);
        repo.ours("uninstall-hooks").expect_code(0);
        commit(&repo, "anything").expect_code(0);
    }
}

#[test]
fn a_dry_run_has_a_plan() {
    let repo = Repo::bare_of_hooks();
    let dry = repo.ours("install-hooks --dry-run --json").expect_code(0).json();
    let place = repo.path(".git/hooks/commit-msg");
    assert_eq!(dry["dry_run"], true, "{dry}");
    assert_eq!(dry["plan"].as_array().unwrap().len(), 3, "{dry}");
    let first = dry["plan"][0].as_str().unwrap();
    assert!(first.starts_with("install the commit-msg hook"), "{dry}");
    assert!(first.contains(place.file_name().unwrap().to_str().unwrap()), "{dry}");
    repo.ours("install-hooks").expect_code(0);
    let again = repo.ours("install-hooks --dry-run --json").expect_code(0).json();
    assert_eq!(again["plan"], serde_json::json!([]), "{again}");
    let gone = repo.ours("uninstall-hooks --dry-run --json").expect_code(0).json();
    assert_eq!(gone["plan"].as_array().unwrap().len(), 3, "{gone}");
    assert!(gone["plan"][0].as_str().unwrap().starts_with("remove the commit-msg hook"), "{gone}");
}
