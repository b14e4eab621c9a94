//! Linking: one request per link, several in flight, in the order of the commits.

use crate::{
    LinkArgs, policy, range,
    show::{self, View},
    smart::{self, Applied},
    transition::{Moved, move_all},
};
use app::{
    Connected, Connection, Failure, Report, Result, Session,
    forge::Pages,
    git::{Git, Missing, Oid},
    naming::Naming,
    progress::Progress,
};
use backend::{
    Error, ErrorKind, Tracker,
    model::{Commit, Link, WorkItemId},
    reference::{Form, Skipped, Tier},
};
use futures_util::stream::{self, StreamExt as _};
use std::collections::{BTreeSet, HashSet};
use url::Url;

/// Requests in flight at once.
const IN_FLIGHT: usize = 8;

/// How a run goes about its requests.
#[derive(Debug, Clone, Copy)]
struct Pace {
    in_flight: usize,
    /// No progress is to be shown.
    quiet: bool,
}

impl Pace {
    /// A dry run does one thing after the other, so that its plan is in order.
    fn of(session: &Session) -> Self {
        let in_flight = if session.common.dry_run { 1 } else { IN_FLIGHT };
        Self { in_flight, quiet: session.common.quiet }
    }
}

/// An item to link to a commit.
pub(crate) struct Job {
    pub(crate) item: WorkItemId,
    /// Index into [`Outcome::commits`].
    pub(crate) commit: usize,
    /// A number that the commit only mentions: of a repository it may be a pull request's, as in `Mend the till (#12)`.
    may_be_another_thing: bool,
}

/// Everything that a run found out.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) commits: Vec<Commit>,
    /// Those of the commits that an item is asked of, as indices.
    pub(crate) asked: Vec<usize>,
    pub(crate) results: Vec<(Job, Result<Link>)>,
    /// Links that were not tried, because the first one failed in a way that all would.
    pub(crate) untried: Vec<Job>,
    pub(crate) skipped: Vec<Skipped>,
    /// How an item could have been written, for a hint.
    pub(crate) example: String,
    pub(crate) moved: Moved,
    /// What became of the commands in the messages; `None` when they were not asked for.
    pub(crate) smart: Option<(Vec<Applied>, Vec<Failure>)>,
    /// Why there may be more commits than were read.
    pub(crate) missing: Option<Missing>,
}

/// Links every item that the commits name.
pub(crate) async fn run(args: &LinkArgs, session: &mut Session) -> Result<Report> {
    let git = session.git(&args.repository)?;
    let listed = range::asked(args.range.as_deref(), args.commit.as_deref(), &git, session)?;
    let branch = range::branch(args, &git, session);
    // Whoever deletes a branch has nothing to name.
    let require = args.require && !range::is_deletion(args, session);
    let pages = pages(args, &git, session)?;
    let connection = session.connect(Some(&git)).await?;
    let read = |id: &Oid| git.read(*id, &pages).map(|commit| without_secrets(commit, session));
    let commits = listed.commits.iter().map(read).collect::<Result<Vec<_>>>()?;
    let asked = asked(&listed.commits, &commits, &git)?;
    let mut outcome = Outcome { commits, asked, missing: listed.missing, ..Outcome::default() };
    let view = View { dry: session.common.dry_run, verbose: session.common.verbose > 0 };
    match connection {
        Connection::Ready(Connected { tracker, naming }) => {
            let naming = naming.with_projects(&args.projects);
            let jobs = outcome.find(&naming, branch.as_deref(), &pages)?;
            link_and_move(&*tracker, jobs, &mut outcome, args, Pace::of(session)).await;
            if args.smart_commits {
                let finder = naming.finder()?;
                let find = |text: &str| naming.resolve(finder.find(text), &pages.repository);
                outcome.smart = Some(smart::apply(&*tracker, &find, &outcome).await);
            }
            Ok(show::report(&outcome, require, view))
        }
        Connection::NoSecret { naming, reason } => {
            tracing::info!(%reason, "skipped");
            let naming = naming.unwrap_or_else(Naming::keys).with_projects(&args.projects);
            let jobs = outcome.find(&naming, branch.as_deref(), &pages)?;
            Ok(show::without_token(&outcome, &jobs, require, view))
        }
    }
}

/// The commits that an item is asked of, where it is required.
fn asked(ids: &[Oid], commits: &[Commit], git: &Git) -> Result<Vec<usize>> {
    let mut asked = Vec::new();
    for (index, (id, commit)) in ids.iter().zip(commits).enumerate() {
        if policy::exemption(&commit.message, git.is_merge(*id)?).is_none() {
            asked.push(index);
        }
    }
    Ok(asked)
}

/// The commit as it may be shown and sent: a secret in a message is not to travel further.
fn without_secrets(mut commit: Commit, session: &Session) -> Commit {
    commit.message = session.redacted(&commit.message);
    commit
}

async fn link_and_move(
    tracker: &dyn Tracker,
    jobs: Vec<Job>,
    outcome: &mut Outcome,
    args: &LinkArgs,
    pace: Pace,
) {
    let (results, untried) = link_all(tracker, jobs, &outcome.commits, pace).await;
    let (others, results) = results.into_iter().partition(is_another_thing);
    (outcome.results, outcome.untried) = (results, untried);
    outcome.skipped.extend(others.into_iter().map(|(job, _): (Job, _)| Skipped {
        text: job.item.to_string(),
        span: 0..0,
        reason: "no such item; the number may be a pull request's".into(),
        item: None,
    }));
    if let Some(target) = args.transition {
        let items = linked_items(&outcome.results);
        outcome.moved = move_all(tracker, items, target, pace.in_flight).await;
    }
}

/// The repository's pages: from the flag, the CI host, the remote.
fn pages(args: &LinkArgs, git: &Git, session: &Session) -> Result<Pages> {
    if let Some(given) = &args.repository_url {
        let url =
            Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "file"));
        return url.map(Pages::new).ok_or_else(|| {
            // Not repeated here: an address may carry credentials.
            Error::new(ErrorKind::Config, "use --repository-url: it is not a web address")
            .with_hint(
                "give the address of the repository's page, such as https://github.com/owner/name",
            )
        });
    }
    Pages::from_host(&session.context).map_or_else(|| git.web_url().map(Pages::new), Ok)
}

impl Outcome {
    /// The links that hold, with their jobs.
    pub(crate) fn linked(&self) -> Vec<(&Job, &Link)> {
        self.results.iter().filter_map(|(job, result)| Some((job, result.as_ref().ok()?))).collect()
    }

    /// What to link, each pair once, in order; what was seen and left is noted.
    fn find(&mut self, naming: &Naming, branch: Option<&str>, pages: &Pages) -> Result<Vec<Job>> {
        let finder = naming.finder()?;
        self.example = naming.example();
        let ours = |found| naming.resolve(found, &pages.repository);
        let from_branch = branch.map(|branch| ours(finder.find_branch(branch))).unwrap_or_default();
        let mut jobs = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, commit) in self.commits.iter().enumerate() {
            let found = ours(finder.find(&commit.message));
            let named = if found.references.is_empty() { &from_branch } else { &found };
            jobs.extend(named.strongest().into_iter().map(|reference| Job {
                item: reference.item.clone(),
                commit: index,
                may_be_another_thing: reference.form == Form::Number
                    && reference.tier == Tier::Mentions,
            }));
            // Once is enough: what a log repeats in a message would bury the rest of the report.
            let new = |it: &Skipped| seen.insert((it.text.clone(), it.reason.clone()));
            self.skipped.extend(found.skipped.into_iter().filter(new));
        }
        Ok(jobs)
    }
}

/// Does the jobs, and says which were not tried. The first goes alone: credentials that are wrong are then tried
/// once, not eight times, since trackers lock accounts for less.
async fn link_all(
    tracker: &dyn Tracker,
    jobs: Vec<Job>,
    commits: &[Commit],
    pace: Pace,
) -> (Vec<(Job, Result<Link>)>, Vec<Job>) {
    let mut progress = Progress::start("linking", jobs.len(), pace.quiet);
    let mut jobs = jobs.into_iter();
    let Some(first) = jobs.next() else { return (Vec::new(), Vec::new()) };
    let mut results = vec![link_one(tracker, first, commits).await];
    progress.step();
    if matches!(&results[0].1, Err(error) if is_fatal(error.kind)) {
        return (results, jobs.collect());
    }
    let mut rest =
        stream::iter(jobs).map(|job| link_one(tracker, job, commits)).buffered(pace.in_flight);
    while let Some(result) = rest.next().await {
        progress.step();
        results.push(result);
    }
    (results, Vec::new())
}

/// True when a number that is only mentioned names no item. Numbers of items and pull requests look the same.
fn is_another_thing((job, result): &(Job, Result<Link>)) -> bool {
    job.may_be_another_thing
        && result.as_ref().is_err_and(|error| error.kind == ErrorKind::NotFound)
}

/// Failures that every further request would meet as well.
fn is_fatal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Auth | ErrorKind::Config | ErrorKind::Unsupported | ErrorKind::Protocol
    )
}

async fn link_one(tracker: &dyn Tracker, job: Job, commits: &[Commit]) -> (Job, Result<Link>) {
    let commit = &commits[job.commit];
    let linked = tracker.link_to_commit(&job.item, commit).await;
    let result = linked.map_err(|error| {
        error.during(format!("link {} to commit {}", job.item, commit.short_sha()))
    });
    (job, result)
}

/// The items that are linked, each once, in order.
fn linked_items(results: &[(Job, Result<Link>)]) -> Vec<WorkItemId> {
    let mut seen = HashSet::new();
    let linked = results.iter().filter(|(_, result)| result.is_ok()).map(|(job, _)| &job.item);
    linked.filter(|item| seen.insert(*item)).cloned().collect()
}
