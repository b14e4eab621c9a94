//! `pre-push`: every commit that a push brings to the other side, by the predicate of `check`.

mod merged;

use crate::{
    PrePushArgs, check,
    policy::{self, Policy, Severity},
};
use app::{
    Failure, Report, Result, Session,
    git::{Brought, Git, Oid, Pushed, short},
    untrusted,
};
use backend::{Error, ErrorKind};
use serde_json::{Value, json};
use std::{collections::HashSet, io::Read as _};

/// Names of the remote that hold no work: notes are git's own commits.
const WITHOUT_WORK: &[&str] = &["refs/notes/"];

/// Failing commits that are listed for people; the JSON document has all.
const MOST_LINES: usize = 200;

/// One reference that is pushed, as git tells it: where from, where to, and what is there now.
#[derive(Debug)]
struct Update {
    local: String,
    tip: Oid,
    remote: String,
    theirs: Option<Oid>,
}

impl Update {
    fn brought<'a>(&'a self, remote: &'a str) -> Brought<'a> {
        Brought { tip: self.tip, theirs: self.theirs, remote, reference: &self.remote }
    }
}

/// Checks what is about to be pushed.
pub(crate) fn run(args: &PrePushArgs, session: &mut Session) -> Result<Report> {
    let git = session.git(&args.repository)?;
    let updates = updates(args, &git, session)?;
    let projects = policy::projects(&args.projects, &git, session)?;
    let policy = Policy::of(&projects, &git, session)?;
    let severity = policy::missing_item(args.missing_item, &git, session)?;
    let updates = if severity == Severity::Off { Vec::new() } else { updates };
    let remote = args.remote.as_deref().or_else(|| session.env.get("PRE_COMMIT_REMOTE_NAME"));
    let (mut passed, mut refused, mut failing) = (HashSet::new(), HashSet::new(), Vec::new());
    for update in updates.iter().filter(|update| has_work(update)) {
        let commits = git.pushed(&update.brought(remote.unwrap_or_default()))?;
        let of_branch = !policy.of_branch(branch(update)).is_empty();
        let merged = if of_branch { HashSet::new() } else { merged::by_name(&commits, &policy) };
        for commit in commits {
            if of_branch || merged.contains(&commit.id) || passes(&commit, &policy) {
                passed.insert(commit.id);
            } else if refused.insert(commit.id) {
                failing.push(commit);
            }
        }
    }
    let checked = passed.union(&refused).count();
    // What passes as a branch's passes as its tag's.
    failing.retain(|commit| !passed.contains(&commit.id));
    let unmet = unmet(&failing, checked, &git, &policy);
    Ok(report(&failing, checked, unmet, severity))
}

/// Whether nothing can be asked of a commit, or it names an item.
fn passes(commit: &Pushed, policy: &Policy) -> bool {
    policy::exemption(&commit.message, commit.is_merge()).is_some()
        || !policy.find(&commit.message).references.is_empty()
}

fn has_work(update: &Update) -> bool {
    !WITHOUT_WORK.iter().any(|prefix| update.remote.starts_with(prefix))
}

/// The branch that is pushed, by its name there, which is what CI will see; a review (`HEAD:refs/for/main`) is of the
/// branch here.
fn branch(update: &Update) -> Option<&str> {
    let head = "refs/heads/";
    update.remote.strip_prefix(head).or_else(|| update.local.strip_prefix(head))
}

/// What is pushed: from stdin, as git tells it, or from the variables of pre-commit, which keeps stdin for itself.
fn updates(args: &PrePushArgs, git: &Git, session: &Session) -> Result<Vec<Update>> {
    let env = |name: &str| session.env.get(name);
    if let Some(local) = env("PRE_COMMIT_LOCAL_BRANCH") {
        let to = env("PRE_COMMIT_TO_REF").unwrap_or(local);
        let theirs = env("PRE_COMMIT_FROM_REF").and_then(|from| Oid::from_str(from).ok());
        let remote = env("PRE_COMMIT_REMOTE_BRANCH").unwrap_or(local);
        let (local, remote) = (local.to_owned(), remote.to_owned());
        return Ok(vec![Update { local, tip: git.commit(to)?, remote, theirs }]);
    }
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text).map_err(|error| {
        Error::new(ErrorKind::NotFound, format!("read what is pushed from stdin: {error}"))
            .with_hint("run this from a pre-push hook, which hands its stdin on")
    })?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.filter_map(|line| update(line, args).transpose()).collect()
}

/// One line; `None` for a reference that is deleted.
fn update(line: &str, args: &PrePushArgs) -> Result<Option<Update>> {
    let parts: Vec<&str> = line.split(' ').collect();
    let [local, tip, remote, theirs] = parts[..] else { return Err(not_a_line(line, args)) };
    let id = |text: &str| Oid::from_str(text).map_err(|_| not_a_line(line, args));
    let (tip, theirs) = (id(tip)?, id(theirs)?);
    let theirs = (!theirs.is_zero()).then_some(theirs);
    let (local, remote) = (local.to_owned(), remote.to_owned());
    Ok((!tip.is_zero()).then_some(Update { local, tip, remote, theirs }))
}

fn not_a_line(line: &str, args: &PrePushArgs) -> Error {
    let shown: String = untrusted::line(line).chars().take(100).collect();
    let remote = args.remote.as_deref().unwrap_or("origin");
    let message = format!(
        "read what is pushed to {}: `{shown}` is no line of git's",
        untrusted::line(remote)
    );
    Error::new(ErrorKind::Config, message).with_hint(
        "hand on stdin as git gives it: LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID, one reference a line",
    )
}

fn report(
    failing: &[Pushed],
    checked: usize,
    unmet: Option<Failure>,
    severity: Severity,
) -> Report {
    let commit = |it: &Pushed| json!({ "commit": it.id.to_string(), "subject": subject(it) });
    let (unmet, warning) = match severity {
        Severity::Fail => (unmet, None),
        Severity::Warn | Severity::Off => (None, unmet.as_ref().map(check::warning)),
    };
    let verdict = match (&unmet, &warning) {
        (Some(_), _) => "fail",
        (None, Some(_)) => "warn",
        (None, None) => "pass",
    };
    let json = json!({
        "version": 1,
        "verdict": verdict,
        "checked": checked,
        "failing": failing.iter().map(commit).collect::<Vec<Value>>(),
    });
    let warnings = warning.into_iter().collect();
    Report { json: json.into(), warnings, unmet, ..Report::default() }
}

fn unmet(failing: &[Pushed], checked: usize, git: &Git, policy: &Policy) -> Option<Failure> {
    let oldest = failing.last()?;
    let line = |it: &Pushed| format!("\n  {} {}", short(it.id), subject(it));
    let lines: String = failing.iter().take(MOST_LINES).map(line).collect();
    let more = match failing.len().saturating_sub(MOST_LINES) {
        0 => String::new(),
        more => format!("\n  and {more} more, all of them with --json"),
    };
    let what = match (failing.len(), checked) {
        (1, 1) => "the commit that is pushed names no work item".to_owned(),
        (1, _) => format!("1 of {checked} commits that are pushed names no work item"),
        (some, _) => format!("{some} of {checked} commits that are pushed name no work item"),
    };
    let hint = format!(
        "name one in each, as in `Refs: {}`, with `git rebase --interactive {}` and `reword`; or push a branch that is named after the item",
        policy.example(),
        git.before(oldest.id)
    );
    Some(Failure { kind: None, message: format!("{what}:{lines}{more}"), hint })
}

fn subject(commit: &Pushed) -> String {
    let subject = commit.message.trim_start().lines().next().unwrap_or_default();
    untrusted::line(subject).chars().take(100).collect()
}
