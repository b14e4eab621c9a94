//! Shared support of the acceptance tests: the built binaries, processes in a scrubbed environment, git repositories.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, OnceLock},
};
use tempfile::TempDir;

/// The workspace's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Says a line that people should see even when the test passes: a score, or why something was skipped. The test runner
/// keeps what `println!` prints of a test that passes; this goes past it.
pub fn say(line: impl std::fmt::Display) {
    // A test has not failed because nobody reads its notes.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// The path of a binary of this workspace, built on first use with the profile that the tests run with.
///
/// # Panics
/// When the binary does not build.
pub fn binary(name: &'static str) -> PathBuf {
    static BUILT: OnceLock<Mutex<BTreeMap<&'static str, PathBuf>>> = OnceLock::new();
    let mut built =
        BUILT.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    built.entry(name).or_insert_with(|| build(name)).clone()
}

#[expect(clippy::expect_used, clippy::panic, reason = "support of tests")]
fn build(name: &str) -> PathBuf {
    // .../target/<profile>/deps/acceptance-<hash>
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test.ancestors().nth(2).expect("tests are run from the target folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["build", "--quiet", "--package", name]);
    cargo.arg("--target-dir").arg(profile.parent().expect("the profile's folder has a parent"));
    if profile.file_name() == Some(OsStr::new("release")) {
        cargo.arg("--release");
    }
    let status = cargo.status().expect("cargo runs");
    assert!(status.success(), "{name} does not build");
    let path = profile.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if path.exists() { path } else { panic!("{} was not built", path.display()) }
}

/// A process to be run in an environment with nothing in it but what a test puts there.
#[derive(Debug)]
pub struct Process {
    command: Command,
    stdin: Vec<u8>,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ended {
    /// Standard output as one JSON document.
    ///
    /// # Panics
    /// When it is anything else.
    #[expect(clippy::panic, reason = "support of tests")]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is no JSON document ({error}): {self:?}"))
    }

    /// The same, after checking the exit code.
    ///
    /// # Panics
    /// When the exit code is another.
    #[expect(clippy::return_self_not_must_use, reason = "often the check is all that is wanted")]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

/// Starts a process. A program that was copied just now can be open for writing in a process that another test has started
/// in this moment, and that has not become its own program yet.
fn spawned(command: &mut Command) -> std::io::Result<std::process::Child> {
    for _ in 0..100 {
        match command.spawn() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            started => return started,
        }
    }
    command.spawn()
}

impl Process {
    /// A binary of this workspace, to be run in `folder`.
    pub fn new(name: &'static str, folder: &Path) -> Self {
        Self::of(&binary(name), folder)
    }

    /// Any program, to be run in `folder`, which is its home as well.
    pub fn of(program: &Path, folder: &Path) -> Self {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear();
        command.env("HOME", folder).env("XDG_STATE_HOME", folder.join("state"));
        // Windows needs these to start anything at all.
        for name in ["SystemRoot", "TEMP"] {
            if let Some(value) = std::env::vars_os().find(|(key, _)| key == name) {
                command.env(name, value.1);
            }
        }
        Self { command, stdin: Vec::new() }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What the process reads from standard input.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    #[expect(clippy::expect_used, reason = "support of tests")]
    pub fn run(mut self) -> Ended {
        let pipes =
            self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = spawned(pipes).expect("the process starts");
        let mut input = child.stdin.take().expect("stdin is a pipe");
        let bytes = self.stdin;
        let writer = std::thread::spawn(move || input.write_all(&bytes));
        let output = child.wait_with_output().expect("the process ends");
        // A process may end without reading its input.
        let _ = writer.join();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// A git repository in a folder of its own, made with libgit2 and gone with the value.
pub struct TestRepository {
    folder: TempDir,
    repository: git2::Repository,
}

#[expect(clippy::expect_used, reason = "support of tests")]
#[expect(clippy::missing_panics_doc, reason = "a test that cannot make its repository has failed")]
impl TestRepository {
    /// An empty repository on branch `main`, with a remote on a forge.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main");
        let repository =
            git2::Repository::init_opts(folder.path(), &options).expect("a repository");
        repository.remote("origin", "https://github.com/acme/shop.git").expect("a remote");
        Self { folder, repository }
    }

    /// The top of the work tree.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// libgit2's view of it.
    pub fn git2(&self) -> &git2::Repository {
        &self.repository
    }

    /// The ids of the checked-out branch, newest first.
    pub fn commits(&self) -> Vec<String> {
        let mut walk = self.repository.revwalk().expect("a walk");
        walk.push_head().expect("a commit");
        walk.map(|id| id.expect("a commit").to_string()).collect()
    }

    /// Adds a commit with this message to the checked-out branch and returns its id.
    pub fn commit(&self, message: &str) -> String {
        let parents = self.repository.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        self.commit_on("HEAD", message, &parents)
    }

    /// Adds a commit with these parents to a reference.
    pub fn commit_on(
        &self,
        reference: &str,
        message: &str,
        parents: &[&git2::Commit<'_>],
    ) -> String {
        let tree =
            self.repository.treebuilder(None).and_then(|builder| builder.write()).expect("a tree");
        let tree = self.repository.find_tree(tree).expect("the tree");
        // One second after the other, so that the order of a walk is the order of making.
        let time = 1_700_000_000
            + parents
                .iter()
                .map(|parent| parent.time().seconds() - 1_700_000_000 + 1)
                .max()
                .unwrap_or(0);
        let author =
            git2::Signature::new("A Uthor", "author@example.com", &git2::Time::new(time, 0))
                .expect("a signature");
        let id = self.repository.commit(Some(reference), &author, &author, message, &tree, parents);
        id.expect("a commit").to_string()
    }
}

impl Default for TestRepository {
    fn default() -> Self {
        Self::new()
    }
}
