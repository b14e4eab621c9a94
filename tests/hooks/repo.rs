//! A repository made by git itself, with a home of its own and, where wanted, our hooks.

use acceptance::{Ended, Process, binary};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The tracker's project is SHOP, so that other prefixes are other people's.
pub(super) const SETTINGS: &str = "local:\n  project: SHOP\n";

pub(super) struct Repo {
    folder: TempDir,
    /// The work tree that commands run in.
    pub(super) at: PathBuf,
}

impl Repo {
    /// A repository with one commit on `main`, our settings, and no hooks.
    pub(super) fn bare_of_hooks() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("repo");
        fs::create_dir(&at).unwrap();
        let name = "[user]\n\tname = A Person\n\temail = person@example.com\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n[protocol \"file\"]\n\tallow = always\n";
        fs::write(folder.path().join(".gitconfig"), name).unwrap();
        let repo = Self { folder, at };
        repo.git("init --quiet").expect_code(0);
        repo.write(".devops-integrations.yaml", SETTINGS);
        repo.git("add .").expect_code(0);
        repo.git("commit --quiet -m begin").expect_code(0);
        repo
    }

    /// The same with our hooks, on this branch.
    pub(super) fn on(branch: &str) -> Self {
        let repo = Self::bare_of_hooks();
        repo.ours("install-hooks").expect_code(0);
        if branch != "main" {
            repo.git(&format!("checkout --quiet -b {branch}")).expect_code(0);
        }
        repo
    }

    /// The folder that everything of the test is in; also its home.
    pub(super) fn home(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.at.join(name)
    }

    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(name)).unwrap()).into_owned()
    }

    /// A program in the work tree, with this test's home and the machine's PATH.
    pub(super) fn program(&self, program: &Path) -> Process {
        let path = std::env::vars_os().find(|(name, _)| name == "PATH").map(|(_, path)| path);
        Process::of(program, &self.at)
            .env("HOME", self.home())
            .env("PATH", path.unwrap_or_default())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C")
    }

    /// git with these words as arguments; an editor that somebody opens is a failure.
    pub(super) fn git(&self, words: &str) -> Ended {
        self.git_with(&words.split(' ').collect::<Vec<_>>(), "false")
    }

    pub(super) fn git_with(&self, args: &[&str], editor: &str) -> Ended {
        self.program(Path::new("git")).args(args).env("GIT_EDITOR", editor).run()
    }

    /// The version of the git on PATH.
    pub(super) fn git_version(&self) -> (u32, u32) {
        let said = self.git("--version").stdout;
        let mut numbers = said.trim_start_matches("git version ").split('.').map(str::parse);
        (numbers.next().unwrap().unwrap(), numbers.next().unwrap().unwrap())
    }

    /// Our program with these words as arguments.
    pub(super) fn ours(&self, words: &str) -> Ended {
        self.ours_with(&words.split(' ').collect::<Vec<_>>())
    }

    pub(super) fn ours_with(&self, args: &[&str]) -> Ended {
        self.program(&binary("link-commit")).args(args).run()
    }

    /// The message of a commit, as git shows it.
    pub(super) fn message(&self, revision: &str) -> String {
        let shown = self.git(&format!("log -1 --format=%B {revision}")).expect_code(0).stdout;
        shown.trim_end().to_owned()
    }

    /// A commit that changes a file, past the hooks.
    pub(super) fn commit(&self, file: &str, message: &str) {
        self.stage(file, message);
        self.git_with(
            &["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", message],
            "false",
        )
        .expect_code(0);
    }

    /// A changed file, ready to be committed.
    pub(super) fn stage(&self, file: &str, text: &str) {
        self.write(file, format!("{text}\n"));
        self.git(&format!("add {file}")).expect_code(0);
    }

    /// What a commit's message is must not change when it is committed again.
    pub(super) fn check_stable(&self) {
        let before = self.message("HEAD");
        let ended = self.git_with(&["commit", "--amend", "--no-edit", "--allow-empty"], "false");
        assert_eq!(self.message("HEAD"), before, "{ended:?}");
    }
}
