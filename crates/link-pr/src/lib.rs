//! `link-pr`: finds the work items that a pull request names, and keeps its links to them true.
//!
//! The way of one pull request: [`target`] says which it is, [`collect`] reads it, [`named`] finds the items that it names,
//! [`decide`] makes a plan of the facts, [`apply`] does it, [`show`] and [`report`] say what became of it.

pub mod apply;
mod collect;
pub mod decide;
pub mod facts;
mod guard;
pub mod named;
mod pass;
mod paths;
pub mod plan_file;
pub mod policy;
mod report;
mod show;
mod standing;
mod target;

use app::{Common, Connected, Connection, Report, Result, Session, git::Git, naming::Naming};
use backend::{Error, ErrorKind, Tracker, code_host::CodeHost, model::Status, registry::Panels};
use clap::{Parser, builder::NonEmptyStringValueParser};
use collect::Sources;
use pass::Hands;
use plan_file::PlanFile;
use policy::{Level, Policy};
use std::path::{Path, PathBuf};

/// Outputs for the CI host: name and meaning.
pub const OUTPUTS: &[(&str, &str)] = &[
    ("verdict", "pass, warn or fail"),
    ("items", "Linked work items, comma-separated, in order of appearance"),
    ("linked", "Number of links that hold after the run"),
    ("created", "Number of links that this run made"),
    ("withdrawn", "Number of links that this run took away"),
    ("moved", "Number of work items that this run moved"),
    ("complete", "false when something could not be read whole"),
];

/// Links the work items named by a pull request to it, and keeps the links true.
///
/// Reads title, branch, text and all commits; in CI of the pull request that the run is about. What is no longer named is
/// unlinked, items move forward only, and a second run changes nothing.
#[derive(Debug, Parser)]
#[command(name = "link-pr", version, after_help = EXAMPLE)]
pub struct Args {
    /// Pull request, by the address of its page or its number (default: the CI host's).
    #[arg(long, value_name = "URL|NUMBER", value_parser = NonEmptyStringValueParser::new())]
    pub pull_request: Option<String>,
    /// Repository to read commits from.
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub repository: PathBuf,
    /// Projects whose items are taken, comma-separated: keys, or repositories (default: the tracker's project).
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = app::naming::project)]
    pub projects: Vec<String>,
    /// Fail when no work item is named.
    #[arg(long)]
    pub require: bool,
    /// Move items forward to this status while the pull request is open and no draft.
    #[arg(long, value_name = "STATUS")]
    pub on_open: Option<Status>,
    /// Move items forward to this status when it is merged into the default branch.
    #[arg(long, value_name = "STATUS")]
    pub on_merge: Option<Status>,
    /// File with the project's policy.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// What to do about words that would close by accident: off, warn or fail.
    #[arg(long, value_name = "LEVEL")]
    pub closing_guard: Option<Level>,
    /// Write what would be done to this file, and do nothing.
    #[arg(long, value_name = "FILE", conflicts_with = "apply")]
    pub plan: Option<PathBuf>,
    /// Do what this plan and the facts of this run both say.
    #[arg(long, value_name = "FILE")]
    pub apply: Option<PathBuf>,
    /// What every binary has.
    #[command(flatten)]
    pub common: Common,
}

const EXAMPLE: &str = "Examples:
  link-pr --on-open in_review --on-merge done
  link-pr --pull-request https://github.com/acme/shop/pull/7 --require
  link-pr --plan plan.json        in a fork's run, without secrets
  link-pr --apply plan.json       in a trusted run, later";

/// Requests in flight at once.
const IN_FLIGHT: usize = 8;

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

/// Runs the binary.
pub async fn run(args: Args, session: &mut Session) -> Result<Report> {
    run_on(args, session, None).await
}

/// Runs the binary on a code host that is at hand already.
pub async fn run_on(
    args: Args,
    session: &mut Session,
    host: Option<Box<dyn CodeHost>>,
) -> Result<Report> {
    let policy = policy(&args)?;
    let planned = args.apply.as_deref().map(PlanFile::read).transpose()?;
    let git = open(&args.repository, session)?;
    let git = git.as_ref();
    let page = planned.as_ref().map(|plan| &plan.pull_request.url);
    let target = target::find(args.pull_request.as_deref(), page, session, git)?;
    let host = match host {
        None => session.code_host(git, &target.page.page).await?,
        given => given,
    };
    if let Some(planned) = &planned {
        check_plan(planned, &target, session, host.is_some())?;
    }
    let (tracker, naming) = tracker(session, git).await?;
    let projects = if args.projects.is_empty() { &policy.projects } else { &args.projects };
    let naming = naming.with_projects(projects);
    let naming = match git {
        Some(git) => naming.learning_from(git),
        None => naming,
    };
    // A run that only plans writes to no panel.
    let writes = tracker.is_some() && args.plan.is_none();
    let panels = if writes { session.panels(git)? } else { Panels::default() };
    let hands = Hands {
        sources: Sources { session, git, host: host.as_deref() },
        tracker: tracker.as_deref(),
        panels: &panels,
        planned: planned.map(|plan| plan.in_full(&naming, &target.page.repository)),
        naming,
        policy: &policy,
        only_plan: args.plan.is_some(),
        in_flight: if session.common.dry_run { 1 } else { IN_FLIGHT },
    };
    let outcome = pass::settle(&target, &hands).await?;
    if let Some(path) = &args.plan {
        PlanFile::of(&outcome.plan, &outcome.facts).write(path)?;
    }
    let view = show::View::of(&session.common, hands.tracker.is_none(), args.plan.as_deref());
    Ok(show::report(&outcome, view))
}

/// The tracker, and how its items are named; no tracker in a run without secrets.
async fn tracker(
    session: &mut Session,
    git: Option<&Git>,
) -> Result<(Option<Box<dyn Tracker>>, Naming)> {
    match session.connect(git).await? {
        Connection::Ready(Connected { tracker, naming }) => Ok((Some(tracker), naming)),
        Connection::NoSecret { naming, reason } => {
            tracing::info!(%reason, "skipped");
            Ok((None, naming.unwrap_or_else(Naming::keys)))
        }
    }
}

/// The policy of the file, with what the command line says.
fn policy(args: &Args) -> Result<Policy> {
    let mut policy = match &args.policy {
        Some(path) => Policy::parse(&path.display().to_string(), &read(path)?)?,
        None => Policy::default(),
    };
    policy.on_open = args.on_open.or(policy.on_open);
    policy.on_merge = args.on_merge.or(policy.on_merge);
    policy.closing_guard = args.closing_guard.unwrap_or(policy.closing_guard);
    if args.require {
        policy.require = Level::Fail;
    }
    Ok(policy)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        Error::new(ErrorKind::Config, format!("read {}: {error}", path.display()))
            .with_hint("check the path given with --policy")
    })
}

/// The repository, where there is one: without, a code host says everything.
fn open(path: &Path, session: &Session) -> Result<Option<Git>> {
    if path == Path::new(".") { session.git_if_there() } else { session.git(path).map(Some) }
}

/// A plan is applied to the pull request that it is about, for the commit that the run before was about, and by a run that
/// can see for itself.
fn check_plan(
    planned: &PlanFile,
    target: &target::Target,
    session: &Session,
    has_host: bool,
) -> Result<()> {
    let refuse = |why: &str, hint: &str| {
        Err(Error::new(ErrorKind::Config, format!("apply the plan: {why}")).with_hint(hint))
    };
    if planned.pull_request.url != target.page.page {
        return refuse(
            "it is about another pull request than this run",
            "give the plan of this pull request",
        );
    }
    let upstream = session.context.upstream.as_ref();
    if upstream.is_some_and(|run| run.head_sha != planned.pull_request.head_sha) {
        return refuse(
            "it is for another commit than the run that made it",
            "give the plan that the triggering run uploaded",
        );
    }
    if !has_host && target.told.is_none() {
        return refuse(
            "this run cannot read the pull request itself, and a plan alone is not believed",
            "give a token of the code host: GITHUB_TOKEN, GITLAB_TOKEN or AZURE_DEVOPS_PAT",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_policy() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("policy.yaml");
        std::fs::write(&file, "on_open: todo\nrequire: warn\nclosing_guard: off\n").unwrap();
        let file = file.to_str().unwrap();
        let args =
            |more: &[&str]| Args::parse_from(["link-pr", "--policy", file].iter().chain(more));
        let read = policy(&args(&[])).unwrap();
        assert_eq!((read.on_open, read.require), (Some(Status::Todo), Level::Warn));
        let typed = ["--on-open", "in_review", "--require", "--closing-guard", "fail"];
        let typed = policy(&args(&typed)).unwrap();
        assert_eq!((typed.on_open, typed.require), (Some(Status::InReview), Level::Fail));
        assert_eq!(typed.closing_guard, Level::Fail);
        let gone = policy(&Args::parse_from(["link-pr", "--policy", "gone.yaml"])).unwrap_err();
        assert_eq!(gone.kind, ErrorKind::Config);
    }
}
