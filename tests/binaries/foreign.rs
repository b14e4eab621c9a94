//! A folder that belongs to another user, as one that a container mounts: what needs no repository goes on without.

use super::{link_commit, repository_with_item};
use acceptance::{Process, TestRepository};
use std::{os::unix::fs::chown, path::Path};

/// A repository of somebody else's; none where this user may not give anything away.
fn foreign() -> Option<TestRepository> {
    let repository = repository_with_item();
    std::fs::write(repository.path().join(".devops-integrations.yaml"), "local: nonsense\n")
        .unwrap();
    let give = |path: &Path| chown(path, Some(4711), None).is_ok();
    let given = give(repository.path()) && give(&repository.path().join(".git"));
    if !given {
        acceptance::say("skipped: only root can give a folder to another user");
    }
    given.then_some(repository)
}

#[test]
fn what_can_do_without_a_repository_does() {
    let Some(repository) = foreign() else { return };
    let folder = repository.path();
    let trust = format!("git config --global --add safe.directory '{}'", folder.display());
    for (name, args) in [
        ("work-item", &["create", "--title", "x", "--platform", "local"][..]),
        ("health-check", &["--platform", "local"]),
    ] {
        let ended = Process::new(name, folder).args(args).run().expect_code(0);
        assert_eq!(ended.stderr.matches("belongs to another user").count(), 1, "{ended:?}");
        assert!(ended.stderr.contains(&trust), "{ended:?}");
    }
    let refused = link_commit(folder, &["extract", "--range", "HEAD"]).expect_code(66);
    assert!(refused.stderr.contains("belongs to another user"), "{refused:?}");
    assert!(refused.stderr.contains(&trust), "{refused:?}");
    // What the hint says is enough.
    let trusted = format!("[safe]\n\tdirectory = {}\n", folder.display());
    std::fs::write(folder.join(".gitconfig"), trusted).unwrap();
    link_commit(folder, &["extract", "--range", "HEAD"]).expect_code(0);
}
