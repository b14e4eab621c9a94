//! Which commits a run is about.

use crate::LinkArgs;
use app::{
    Result, Session,
    git::{Git, Listed, Missing},
};
use ci::Pushed;

/// Picks the commits: what was asked for, else the range that the CI host names, else HEAD.
pub(crate) fn asked(
    range: Option<&str>,
    revision: Option<&str>,
    git: &Git,
    session: &Session,
) -> Result<Listed> {
    if let Some(range) = range {
        return git.range(range);
    }
    if let Some(revision) = revision {
        return Ok(Listed { commits: vec![git.commit(revision)?], missing: None });
    }
    match session.context.pushed {
        Pushed::Nothing => return Ok(Listed { commits: Vec::new(), missing: None }),
        Pushed::Newest => return newest(git, session),
        Pushed::Told => {}
    }
    let ranges = &session.context.ranges;
    if let Some(listed) = ranges.iter().find_map(|range| git.range(range).ok()) {
        return Ok(listed);
    }
    // The host names a range and none of its ends is here: what is left is one commit of it, and that is said.
    let head = session.context.sha.as_deref().and_then(|sha| git.commit(sha).ok());
    let head = head.map_or_else(|| git.commit("HEAD"), Ok)?;
    let why = if git.is_shallow() { Missing::Shallow } else { Missing::Range };
    Ok(Listed {
        commits: vec![head],
        missing: (!ranges.is_empty() || session.event_lost.is_some()).then_some(why),
    })
}

/// Whether the run is about a branch or a tag that was deleted.
pub(crate) fn is_deletion(args: &LinkArgs, session: &Session) -> bool {
    let explicit = args.range.is_some() || args.commit.is_some();
    !explicit && session.context.pushed == Pushed::Nothing
}

/// What can be known of a push whose newest commit alone is told. On a branch, what the default branch lacks: earlier
/// pushes of it are linked again, which changes nothing. On the default branch that commit, with all that it merges.
fn newest(git: &Git, session: &Session) -> Result<Listed> {
    let sha = session.context.sha.as_deref().unwrap_or("HEAD");
    let branch = session.context.branch.as_deref();
    let default = git.default_branch();
    let candidates = default.as_deref().into_iter().chain(["main", "master"]);
    let known = candidates.map(|name| (name, format!("refs/remotes/origin/{name}")));
    let known = known.into_iter().find(|(_, reference)| git.commit(reference).is_ok());
    if let Some((_, reference)) = known.filter(|(name, _)| Some(*name) != branch)
        && let Ok(listed) = git.range(&format!("{reference}..{sha}"))
    {
        return Ok(listed);
    }
    let newest = git.commit(sha)?;
    let Ok(listed) = git.range(&format!("{sha}^1..{sha}")) else {
        return Ok(Listed { commits: vec![newest], missing: Some(Missing::Untold) });
    };
    let missing = if git.is_merge(newest)? { None } else { Some(Missing::Untold) };
    Ok(Listed { missing: listed.missing.or(missing), ..listed })
}

/// The branch whose items a commit without any takes: the one that was given; with no explicit range or commit,
/// the CI host's or the checked-out one.
pub(crate) fn branch(args: &LinkArgs, git: &Git, session: &Session) -> Option<String> {
    if args.branch.is_some() {
        return args.branch.clone();
    }
    let explicit = args.range.is_some() || args.commit.is_some();
    if explicit { None } else { session.context.branch.clone().or_else(|| git.branch()) }
}
