//! Collecting the facts: from the code host where one is set up, else from the CI host's event and the clone.

mod history;
mod items;

pub(crate) use items::{look_up, on_panel, remembered};

use crate::{
    facts::{Earlier, Facts, Gap, NO_TOKEN},
    policy::Policy,
    target::Target,
};
use app::{Result, Session, forge, git::Git};
use backend::{
    ErrorKind,
    code_host::{Author, CodeHost, Proposal},
    model::{PullRequest, PullRequestState},
};
use history::History;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use url::Url;

/// What facts are collected from.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) session: &'a Session,
    pub(crate) git: Option<&'a Git>,
    pub(crate) host: Option<&'a dyn CodeHost>,
}

/// Reads the pull request with all its commits.
pub(crate) async fn collect(
    target: &Target,
    sources: Sources<'_>,
    policy: &Policy,
) -> Result<Facts> {
    let git = sources.git.filter(|git| is_clone(git, target));
    let sources = Sources { git, ..sources };
    let Sources { session, host, .. } = sources;
    let default_branch = default_branch(session, git);
    let mut gaps = Vec::new();
    let now = app::now();
    let asked = match host {
        Some(host) => heard(host.get_pull_request(&target.page.page).await, target, session)?,
        None => None,
    };
    let (as_of, is_told) = read_at(target, asked.is_some(), now);
    let mut proposal =
        asked.unwrap_or_else(|| told(target, default_branch.as_deref(), sources, &mut gaps));
    let wants_files = !policy.paths.is_empty() && target.group.is_none();
    let mut changed = None;
    if !proposal.complete || target.group.is_some() || wants_files {
        let history = History::read(target, &proposal, git, session, wants_files);
        changed = history.changed;
        if !proposal.complete || (target.group.is_some() && host.is_none()) {
            gaps.extend(history.gap);
            proposal.commits = history.commits;
        }
    }
    proposal.complete = gaps.is_empty();
    redact(&mut proposal, session);
    Ok(Facts {
        repository: target.page.repository.clone(),
        grammar: target.page.grammar,
        default_branch,
        gaps,
        changed,
        queued: target.group.as_ref().map(|group| group.head_sha.clone()),
        earlier: earlier(target),
        items: BTreeMap::new(),
        called: BTreeMap::new(),
        panel: None,
        is_told,
        as_of,
        proposal,
    })
}

/// When what is read was so, and whether anybody told it: now by the code host, else by the CI host, whose old runs may be
/// started anew. Each attempt comes after the one before, and before the next event, which is a second later.
fn read_at(target: &Target, is_asked: bool, now: Timestamp) -> (Timestamp, bool) {
    let told = target.told.as_ref().filter(|_| !is_asked);
    let is_told = is_asked || told.is_some_and(|told| told.title.is_some());
    let changed = told.and_then(|told| told.updated_at.as_deref()?.parse::<Timestamp>().ok());
    let as_of = changed.map_or(now, |changed| {
        let since = now.duration_since(changed).as_secs().clamp(0, 999);
        changed + SignedDuration::from_millis(since)
    });
    (as_of, is_told)
}

/// Texts that the event replaced; items of former runs are asked for later.
fn earlier(target: &Target) -> Earlier {
    let texts = target.told.iter().flat_map(|told| told.earlier.clone()).collect();
    Earlier { texts, items: Vec::new() }
}

fn default_branch(session: &Session, git: Option<&Git>) -> Option<String> {
    session.context.default_branch.clone().or_else(|| git?.default_branch())
}

/// A clone of another repository says nothing about this one's pull requests; that of a fork has what the fork proposes.
fn is_clone(git: &Git, target: &Target) -> bool {
    let source = target.told.as_ref().and_then(|told| Url::parse(told.source_url.as_deref()?).ok());
    git.is_clone_of(&target.page.repository) || source.is_some_and(|url| git.is_clone_of(&url))
}

/// What the code host answers. Nothing where it hides the pull request from the token of a fork's run: the CI host has told
/// of it, and a fork's run has no better token.
pub(crate) fn heard<T>(answer: Result<T>, target: &Target, session: &Session) -> Result<Option<T>> {
    let is_forks = session.context.secrets_withheld && target.told.is_some();
    let hides = |kind| matches!(kind, ErrorKind::Auth | ErrorKind::Forbidden | ErrorKind::NotFound);
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_forks && hides(error.kind) => {
            tracing::info!(%error, "a fork's token may not read the pull request");
            Ok(None)
        }
        Err(error) => Err(error.during(format!("read pull request {}", target.page.number))),
    }
}

/// What the CI host says. What it does not say is a gap, and never an empty text.
fn told(
    target: &Target,
    default_branch: Option<&str>,
    sources: Sources<'_>,
    gaps: &mut Vec<Gap>,
) -> Proposal {
    let told = target.told.clone().unwrap_or_else(|| local(target, default_branch, sources.git));
    let mut missing = Vec::new();
    missing.extend(told.title.is_none().then_some("title"));
    missing.extend(told.description.is_none().then_some("text"));
    // A queue's group is judged by its commits.
    if !missing.is_empty() && target.group.is_none() {
        let missing = missing.join(" and the ");
        let why = sources.session.event_lost.as_ref();
        let why = why.map(|why| format!(", for the event cannot be: {why}")).unwrap_or_default();
        gaps.push(Gap {
            what: format!("the {missing} of the pull request cannot be read here{why}"),
            hint: NO_TOKEN.to_owned(),
        });
    }
    Proposal {
        pull_request: PullRequest {
            url: target.page.page.clone(),
            number: target.page.number,
            repository: forge::name(&target.page.repository),
            title: told.title.unwrap_or_default(),
            state: state(told.state),
        },
        description: told.description.unwrap_or_default(),
        source_branch: told.head,
        target_branch: told.base,
        author: Author { name: told.author.unwrap_or_default(), is_bot: told.is_bots },
        is_draft: told.is_draft,
        is_fork: told.is_fork,
        labels: told.labels,
        head_sha: told.head_sha.unwrap_or_default(),
        merge_sha: told.merge_sha,
        commits: Vec::new(),
        complete: false,
    }
}

/// What the clone says where no CI host says anything: the checked-out branch is the pull request's.
fn local(target: &Target, default_branch: Option<&str>, git: Option<&Git>) -> ci::PullRequest {
    let group = target.group.as_ref();
    let head = git.and_then(|git| git.commit("HEAD").ok()).map(|id| id.to_string());
    ci::PullRequest {
        head: git.and_then(Git::branch).filter(|_| group.is_none()).unwrap_or_default(),
        base: default_branch.unwrap_or("main").to_owned(),
        head_sha: group.map(|group| group.head_sha.clone()).or(head),
        ..ci::PullRequest::default()
    }
}

fn state(state: ci::State) -> PullRequestState {
    match state {
        ci::State::Open => PullRequestState::Open,
        ci::State::Merged => PullRequestState::Merged,
        ci::State::Closed => PullRequestState::Closed,
    }
}

/// A secret in a text is not to travel further.
fn redact(proposal: &mut Proposal, session: &Session) {
    let Proposal { pull_request, description, source_branch, target_branch, author, .. } = proposal;
    let texts =
        [&mut pull_request.title, description, source_branch, target_branch, &mut author.name];
    let messages = proposal.commits.iter_mut().map(|commit| &mut commit.message);
    texts.into_iter().chain(messages).for_each(|text| *text = session.redacted(text));
}
