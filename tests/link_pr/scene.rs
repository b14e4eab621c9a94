//! A repository with a pull request, and runs of the real binary about it as on GitHub.

use super::ground::Ground;
use acceptance::{Ended, Process, TestRepository};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The page of the pull request.
pub(super) const PAGE: &str = "https://github.com/acme/shop/pull/7";

/// A repository on `main` with a branch `topic`, and a tracker.
pub(super) struct Scene {
    pub(super) ground: Ground,
    pub(super) repository: TestRepository,
    /// Where runs take place: the repository, or a clone of it.
    pub(super) place: PathBuf,
    files: TempDir,
}

/// A pull request as GitHub's event tells it.
#[derive(Debug, Clone)]
pub(super) struct Pull {
    pub(super) event: Value,
    pub(super) name: &'static str,
    pub(super) actor: &'static str,
}

impl Scene {
    pub(super) fn new(ground: Ground) -> Self {
        let repository = TestRepository::new();
        repository.commit("chore: begin");
        let place = repository.path().to_owned();
        let scene = Self { ground, repository, place, files: tempfile::tempdir().unwrap() };
        let main = scene.tip("refs/heads/main");
        scene.repository.git2().reference("refs/heads/topic", main, true, "test").unwrap();
        scene
    }

    fn tip(&self, reference: &str) -> git2::Oid {
        self.repository.git2().refname_to_id(reference).unwrap()
    }

    /// Adds a commit to a branch; `KEY-1` in its message is the ground's first item.
    pub(super) fn commit(&self, branch: &str, message: &str) -> String {
        let reference = format!("refs/heads/{branch}");
        let git = self.repository.git2();
        let parent = git.find_commit(self.tip(&reference)).unwrap();
        self.repository.commit_on(&reference, &self.ground.named(message), &[&parent])
    }

    /// Takes the branch `topic` back to where it began, as before a forced push.
    pub(super) fn rewind(&self) {
        let main = self.tip("refs/heads/main");
        self.repository.git2().reference("refs/heads/topic", main, true, "test").unwrap();
    }

    /// The pull request from `topic` to `main`, as it is now.
    pub(super) fn pull(&self, title: &str, body: &str) -> Pull {
        let (head, base) = (self.tip("refs/heads/topic"), self.tip("refs/heads/main"));
        let (ahead, _) = self.repository.git2().graph_ahead_behind(head, base).unwrap();
        let repository = json!({ "full_name": "acme/shop" });
        let event = json!({
            "action": "synchronize",
            "number": 7,
            "pull_request": {
                "number": 7, "html_url": PAGE, "state": "open", "merged": false, "draft": false,
                "title": self.ground.named(title), "body": self.ground.named(body),
                "user": { "login": "alex", "type": "User" }, "labels": [], "commits": ahead,
                "head": { "ref": "topic", "sha": head.to_string(), "repo": repository },
                "base": { "ref": "main", "sha": base.to_string(), "repo": repository },
            },
            "repository": { "full_name": "acme/shop", "default_branch": "main" },
        });
        Pull { event, name: "pull_request", actor: "alex" }
    }

    /// A step of a job that is about a pull request.
    pub(super) fn process(&self, pull: &Pull, args: &[&str]) -> Process {
        let event = self.file("event.json");
        std::fs::write(&event, pull.event.to_string()).unwrap();
        let reference = format!("refs/pull/{}/merge", pull.event["number"]);
        let mut process = Process::new("link-pr", &self.place)
            .args(args)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", pull.name)
            .env("GITHUB_EVENT_PATH", event)
            .env("GITHUB_REPOSITORY", "acme/shop")
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("GITHUB_ACTOR", pull.actor)
            .env("GITHUB_REF", if pull.name == "pull_request" { &reference } else { "" })
            .env("GITHUB_OUTPUT", self.file("output"))
            .env("GITHUB_STEP_SUMMARY", self.file("summary"));
        for (name, value) in &self.ground.variables {
            process = process.env(name, value);
        }
        process
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    pub(super) fn run(&self, pull: &Pull, args: &[&str]) -> Ended {
        self.process(pull, args).run()
    }

    /// Runs twice: the second run must change nothing and say so. Returns the first one's document.
    pub(super) fn settle(&self, pull: &Pull, args: &[&str], code: i32) -> Value {
        let args = [&["--json"], args].concat();
        let first = self.run(pull, &args).expect_code(code).json();
        let before = self.ground.snapshot();
        let second = self.run(pull, &args).expect_code(code).json();
        assert_eq!(self.ground.snapshot(), before, "a second run changes nothing");
        let links = second["links"].as_array().unwrap();
        assert!(links.iter().all(|link| link["existed"] == true), "{second:#}");
        assert_eq!(second["withdrawn"], json!([]), "{second:#}");
        let moved = second["transitions"].as_array().unwrap().iter();
        assert!(moved.clone().all(|it| it["moved"] == false), "{second:#}");
        assert_eq!(second["verdict"], first["verdict"]);
        first
    }

    /// Runs twice and asserts which items are linked then.
    #[track_caller]
    pub(super) fn check(&self, pull: &Pull, args: &[&str], linked: &[usize]) -> Value {
        let document = self.settle(pull, args, 0);
        assert_eq!(self.ground.linked(PAGE), linked, "on {}: {document:#}", self.ground.name);
        document
    }

    /// Makes a shallow clone as `actions/checkout` does, of the merge that is made for testing, and runs there from now on.
    pub(super) fn check_out(&mut self, depth: &str) {
        let git = self.repository.git2();
        let base = git.find_commit(self.tip("refs/heads/main")).unwrap();
        let head = git.find_commit(self.tip("refs/heads/topic")).unwrap();
        self.repository.commit_on("refs/pull/7/merge", "Merge topic into main", &[&base, &head]);
        let clone = self.file("clone");
        std::fs::create_dir(&clone).unwrap();
        let remote = format!("file://{}", self.repository.path().display());
        git_command(&clone, &["init", "--quiet"]);
        git_command(&clone, &["remote", "add", "origin", &remote]);
        let reference = "+refs/pull/7/merge:refs/remotes/pull/7/merge";
        git_command(&clone, &["fetch", "--quiet", "--no-tags", depth, "origin", reference]);
        git_command(&clone, &["checkout", "--quiet", "--force", "refs/remotes/pull/7/merge"]);
        self.place = clone;
    }
}

/// Runs git as a runner has it.
pub(super) fn git_command(folder: &Path, args: &[&str]) {
    let ended = Process::of(Path::new("git"), folder).args(args).run();
    assert_eq!(ended.code, 0, "{ended:?}");
}

impl Pull {
    /// The same with another value at a place of its event.
    pub(super) fn with(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        self.event.pointer_mut(parent).unwrap()[name] = value.into();
        self
    }

    pub(super) fn closed(self) -> Self {
        self.with("/pull_request/state", "closed").with("/action", "closed")
    }

    pub(super) fn merged(self) -> Self {
        self.closed().with("/pull_request/merged", true)
    }

    pub(super) fn of_fork(self) -> Self {
        self.with("/pull_request/head/repo", json!({ "full_name": "stranger/shop" }))
    }
}
