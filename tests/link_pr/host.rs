//! Runs with a code host at hand: it is asked for the pull request, and told the verdict.

use super::ground::{self, Ground, run};
use ::conformance::check;
use async_trait::async_trait;
use backend::{
    Error, ErrorKind, Result,
    code_host::{CodeHost, CommitState, CommitStatus, Proposal, Written},
    model::Commit,
    text::Markdown,
};
use clap::Parser as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard};
use url::Url;

const PAGE: &str = "https://github.com/acme/shop/pull/7";

/// A code host in memory.
#[derive(Debug, Clone)]
struct Host(Arc<Mutex<Memory>>);

#[derive(Debug)]
struct Memory {
    proposal: Proposal,
    /// What the pull request becomes after it was read so many times.
    later: Option<(usize, Proposal)>,
    reads: usize,
    comments: Vec<String>,
    writes: usize,
    statuses: Vec<(String, CommitStatus)>,
    may_write: bool,
    may_read: bool,
}

impl Host {
    fn new(title: &str, messages: &[&str]) -> Self {
        let proposal = proposal(title, messages);
        let (later, reads, comments) = (None, 0, Vec::new());
        let (writes, statuses, may_write, may_read) = (0, Vec::new(), true, true);
        Self(Arc::new(Mutex::new(Memory {
            proposal,
            later,
            reads,
            comments,
            writes,
            statuses,
            may_write,
            may_read,
        })))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut Proposal)) {
        change(&mut self.memory().proposal);
    }
}

fn sha(index: usize) -> String {
    format!("{:040x}", index + 0xabc)
}

fn proposal(title: &str, messages: &[&str]) -> Proposal {
    let commit = |(index, message): (usize, &&str)| Commit {
        sha: sha(index),
        message: (*message).to_owned(),
        url: format!("https://github.com/acme/shop/commit/{}", sha(index)).parse().unwrap(),
        repository: "acme/shop".to_owned(),
        author: "Alex Example".to_owned(),
        committed_at: Timestamp::UNIX_EPOCH,
    };
    let mut proposal = check::panel::proposal(PAGE.parse().unwrap(), "acme/shop");
    title.clone_into(&mut proposal.pull_request.title);
    "topic".clone_into(&mut proposal.source_branch);
    proposal.head_sha = sha(messages.len());
    proposal.commits = messages.iter().enumerate().map(commit).collect();
    proposal
}

#[async_trait]
impl CodeHost for Host {
    fn serves(&self, page: &Url) -> bool {
        page.host_str() == Some("github.com")
    }

    async fn get_pull_request(&self, page: &Url) -> Result<Proposal> {
        assert_eq!(page.as_str(), PAGE);
        let mut memory = self.memory();
        if !memory.may_read {
            return Err(hidden());
        }
        memory.reads += 1;
        let reads = memory.reads;
        if let Some((_, later)) = memory.later.take_if(|(after, _)| *after < reads) {
            memory.proposal = later;
        }
        Ok(memory.proposal.clone())
    }

    async fn find_comment(&self, _page: &Url, marker: &str) -> Result<Option<String>> {
        let memory = self.memory();
        if !memory.may_read {
            return Err(hidden());
        }
        Ok(memory.comments.iter().find(|comment| comment.starts_with(marker)).cloned())
    }

    async fn upsert_comment(&self, _page: &Url, marker: &str, body: &Markdown) -> Result<Written> {
        let mut memory = self.memory();
        if !memory.may_write {
            return Err(read_only());
        }
        let text = format!("{marker}\n{body}");
        let known = memory.comments.iter().position(|comment| comment.starts_with(marker));
        let written = match known {
            Some(at) if memory.comments[at] == text => return Ok(Written::Unchanged),
            Some(at) => {
                memory.comments[at] = text;
                Written::Updated
            }
            None => {
                memory.comments.push(text);
                Written::Created
            }
        };
        memory.writes += 1;
        Ok(written)
    }

    async fn set_status(&self, _page: &Url, sha: &str, status: &CommitStatus) -> Result<()> {
        let mut memory = self.memory();
        if !memory.may_write {
            return Err(read_only());
        }
        memory.statuses.push((sha.to_owned(), status.clone()));
        Ok(())
    }
}

fn hidden() -> Error {
    Error::new(ErrorKind::NotFound, "the host answered 404 Not Found")
}

fn read_only() -> Error {
    Error::new(ErrorKind::Forbidden, "the token may only read")
        .with_hint("give it the permission pull-requests: write")
}

/// The work of the binary, in this process.
fn link_pr(ground: &Ground, host: &Host, args: &[&str], event: Value) -> app::Report {
    try_link_pr(ground, host, args, event).unwrap()
}

fn try_link_pr(ground: &Ground, host: &Host, args: &[&str], event: Value) -> Result<app::Report> {
    let folder = tempfile::tempdir().unwrap();
    git2::Repository::init(folder.path()).unwrap();
    let here = ["link-pr", "--repository", folder.path().to_str().unwrap()];
    let args = link_pr::Args::parse_from(here.iter().chain(args));
    let github =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/shop"), ("GITHUB_RUN_ID", "77")];
    let own = ground.variables.iter().map(|(name, value)| (*name, value.as_str()));
    let env = github.into_iter().chain(own).collect();
    let mut session = app::Session::new(args.common.clone(), env, Some(event));
    let host: Box<dyn CodeHost> = Box::new(host.clone());
    run(link_pr::run_on(args, &mut session, Some(host)))
}

fn pull_request(ground: &Ground, host: &Host, args: &[&str]) -> app::Report {
    let asked = [&["--pull-request", PAGE], args].concat();
    link_pr(ground, host, &asked, json!({ "repository": { "default_branch": "main" } }))
}

#[test]
fn the_host_is_asked_and_told_once() {
    for ground in ground::all() {
        let title = ground.named("KEY-1: add");
        let host = Host::new(&title, &[&ground.named("KEY-2: more")]);
        let report = pull_request(&ground, &host, &["--on-open", "in_review"]);
        assert_eq!(report.exit_code(), 0, "{report:?}");
        assert_eq!(ground.linked(PAGE), [1, 2]);
        let memory = host.memory();
        let comment = memory.comments[0].clone();
        assert!(comment.contains(&ground.named("| `KEY-1` | title |")), "{comment}");
        assert!(comment.contains(&ground.named("<!-- linked: KEY-1 KEY-2 -->")), "{comment}");
        let (sha, status) = memory.statuses[0].clone();
        assert_eq!((sha, status.state), (memory.proposal.head_sha.clone(), CommitState::Success));
        assert_eq!(
            status.target_url.unwrap().as_str(),
            "https://github.com/acme/shop/actions/runs/77"
        );
        drop(memory);
        let before = ground.snapshot();
        pull_request(&ground, &host, &["--on-open", "in_review"]);
        assert_eq!((ground.snapshot(), host.memory().writes), (before, 1));
    }
}

#[test]
fn a_comment_is_cleared_when_the_problem_is_gone() {
    let ground = ground::local();
    let host = Host::new("add", &["more"]);
    let report = pull_request(&ground, &host, &["--require"]);
    assert_eq!(report.exit_code(), 1, "{report:?}");
    assert!(host.memory().comments[0].contains("names no work item"), "{:?}", host.memory());
    assert_eq!(host.memory().statuses[0].1.state, CommitState::Failure);
    host.change(|proposal| proposal.pull_request.title = "NO-JIRA: add".to_owned());
    assert_eq!(pull_request(&ground, &host, &["--require"]).exit_code(), 0);
    let memory = host.memory();
    assert_eq!(memory.comments.len(), 1);
    assert!(!memory.comments[0].contains("names no work item"), "{memory:?}");
    assert_eq!(memory.statuses[1].1.state, CommitState::Success);
}

#[test]
fn a_pull_request_without_anything_to_say_gets_no_comment() {
    let ground = ground::local();
    let host = Host::new("add", &["more"]);
    pull_request(&ground, &host, &[]);
    assert!(host.memory().comments.is_empty());
}

#[test]
fn a_token_that_may_only_read_costs_the_comment_and_not_the_verdict() {
    let ground = ground::local();
    let host = Host::new("LOCAL-1: add", &[]);
    host.memory().may_write = false;
    let report = pull_request(&ground, &host, &["--require"]);
    assert_eq!((report.exit_code(), ground.linked(PAGE)), (0, vec![1]), "{report:?}");
    assert!(report.warnings[0].contains("cannot comment on the pull request"), "{report:?}");
}

#[test]
fn a_forks_run_does_not_try_what_its_token_may_not_do() {
    let ground = ground::jira().without_secret();
    let host = Host::new("SHOP-1: add", &[]);
    host.memory().may_write = false;
    let fork = json!({ "pull_request": {
        "number": 7, "html_url": PAGE, "title": "x",
        "head": { "ref": "topic", "repo": null }, "base": { "ref": "main" },
    }});
    let report = link_pr(&ground, &host, &["--require"], fork);
    assert_eq!(
        (report.exit_code(), &report.json.value()["verdict"]),
        (0, &json!("pass")),
        "{report:?}"
    );
    assert_eq!((report.warnings, report.failures), (Vec::new(), Vec::new()));
}

#[test]
fn what_a_forks_token_may_not_even_read_is_taken_from_the_event() {
    let ground = ground::jira().without_secret();
    let host = Host::new("", &[]);
    host.memory().may_read = false;
    let event = |from: &str| {
        json!({ "pull_request": {
            "number": 7, "html_url": PAGE, "title": "SHOP-1: add", "body": "",
            "head": { "ref": "topic", "sha": sha(0), "repo": { "full_name": from } },
            "base": { "ref": "main", "sha": sha(1) },
        }})
    };
    let report = link_pr(&ground, &host, &["--json"], event("stranger/shop"));
    let document = report.json.value();
    assert_eq!(document["outcome"], "skipped: no token", "{report:?}");
    assert_eq!(document["skipped"][0]["item"], "SHOP-1", "{report:?}");
    assert_eq!(report.failures, Vec::new());
    let error = try_link_pr(&ground::jira(), &host, &[], event("acme/shop")).unwrap_err();
    assert_eq!(error.to_string(), "read pull request 7: the host answered 404 Not Found");
}

#[test]
fn the_last_word_is_that_of_the_newest_facts() {
    for ground in ground::all() {
        let host = Host::new(&ground.named("KEY-1: add"), &[]);
        // Somebody renames it while the first pass is at work.
        let later = proposal(&ground.named("KEY-2: add"), &[]);
        host.memory().later = Some((1, later));
        pull_request(&ground, &host, &[]);
        assert_eq!(ground.linked(PAGE), [2], "on {}", ground.name);
    }
}

#[test]
fn a_comment_remembers_what_was_linked_and_is_not_believed() {
    let ground = ground::local();
    let host = Host::new("LOCAL-1: add", &[]);
    ground.link_elsewhere(5);
    let hostile =
        "<!-- devops-integrations:link-pr -->\n<!-- linked: LOCAL-5 ../x LOCAL-6 ::set-env -->";
    host.memory().comments.push(hostile.to_owned());
    pull_request(&ground, &host, &[]);
    assert_eq!(ground.linked(PAGE), [1]);
    assert_eq!(ground.linked("https://github.com/acme/shop/pull/70"), [5]);
}

#[test]
fn a_comment_remembers_for_a_tracker_that_cannot_be_asked() {
    let ground = ground::jira_without_search();
    let host = Host::new("SHOP-1: add", &["SHOP-2: more"]);
    pull_request(&ground, &host, &[]);
    host.change(|proposal| *proposal = self::proposal("SHOP-3: add", &[]));
    // Every run has a clone of its own, so only the comment knows.
    pull_request(&ground, &host, &[]);
    assert_eq!(ground.linked(PAGE), [3]);
}

#[test]
fn a_list_that_the_host_cuts_is_not_passed_off_as_whole() {
    let ground = ground::local();
    let host = Host::new("LOCAL-1: add", &["LOCAL-2: more"]);
    pull_request(&ground, &host, &[]);
    host.change(|proposal| {
        proposal.commits.clear();
        proposal.complete = false;
    });
    let report = pull_request(&ground, &host, &[]);
    assert_eq!(
        (report.exit_code(), &report.json.value()["complete"]),
        (1, &json!(false)),
        "{report:?}"
    );
    assert_eq!(ground.linked(PAGE), [1, 2], "nothing is withdrawn");
}

#[test]
fn a_trusted_run_applies_a_forks_plan_by_what_the_host_says() {
    for ground in ground::all() {
        let host = Host::new(&ground.named("KEY-1: add"), &[&ground.named("KEY-2: more")]);
        host.change(|proposal| proposal.is_fork = true);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.json");
        let file = file.to_str().unwrap();
        let head = host.memory().proposal.head_sha.clone();
        let fork = json!({ "pull_request": {
            "number": 7, "html_url": PAGE, "title": "x",
            "head": { "ref": "topic", "sha": head, "repo": { "full_name": "stranger/shop" } },
            "base": { "ref": "main" },
        }});
        link_pr(&ground, &host, &["--plan", file], fork);
        assert!(ground.linked(PAGE).is_empty() && host.memory().comments.is_empty());
        let mut plan: Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        plan["links"].as_array_mut().unwrap().push(json!(ground.id(6)));
        std::fs::write(file, plan.to_string()).unwrap();
        let trusted = json!({
            "workflow_run": { "head_sha": head, "pull_requests": [] },
            "repository": { "default_branch": "main" },
        });
        let report = link_pr(&ground, &host, &["--apply", file], trusted);
        assert_eq!(ground.linked(PAGE), [1, 2], "{report:?}");
        assert_eq!(report.json.value()["verdict"], "warn", "the difference is said: {report:?}");
        assert_eq!(host.memory().comments.len(), 1);
    }
}

#[test]
fn a_merge_queue_s_verdict_is_reported_on_its_own_commit() {
    let ground = ground::local();
    let host = Host::new("LOCAL-1: add", &[]);
    let (head, base) = (sha(50), sha(51));
    let branch = format!("refs/heads/gh-readonly-queue/main/pr-7-{base}");
    let queued =
        json!({ "merge_group": { "head_sha": head, "base_sha": base, "head_ref": branch } });
    let report = link_pr(&ground, &host, &["--require"], queued.clone());
    assert_eq!(report.exit_code(), 0, "{report:?}");
    assert!(ground.linked(PAGE).is_empty() && host.memory().comments.is_empty());
    assert_eq!(host.memory().statuses[0].0, head);
    host.change(|proposal| proposal.pull_request.title = "add".to_owned());
    assert_eq!(link_pr(&ground, &host, &["--require"], queued).exit_code(), 1);
}
