//! Which commits a run is about.

use crate::LinkArgs;
use app::{
    Result, Session,
    git::{Git, Listed, Missing},
};

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

/// The branch whose items a commit without any takes: the one that was given; with no explicit range or commit,
/// the CI host's or the checked-out one.
pub(crate) fn branch(args: &LinkArgs, git: &Git, session: &Session) -> Option<String> {
    if args.branch.is_some() {
        return args.branch.clone();
    }
    let explicit = args.range.is_some() || args.commit.is_some();
    if explicit { None } else { session.context.branch.clone().or_else(|| git.branch()) }
}
