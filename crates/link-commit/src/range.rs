//! Which commits a run is about.

use crate::LinkArgs;
use app::{
    Result, Session,
    git::{Git, Listed, Missing, Oid},
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
    let head = head(git, session)?;
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
    let newest = head(git, session)?;
    let default = git.default_branch();
    let mut candidates = default.as_deref().into_iter().chain(["main", "master"]);
    let remote = |name: &str| format!("refs/remotes/origin/{name}");
    let default = candidates.find(|name| git.commit(&remote(name)).is_ok());
    // A tag is on no branch.
    if let (Some(branch), Some(default)) = (session.context.branch.as_deref(), default)
        && branch != default
        && let Ok(listed) = git.range(&format!("{}..{newest}", remote(default)))
        && !listed.commits.is_empty()
    {
        return Ok(listed);
    }
    let merged = git.range(&format!("{newest}^1..{newest}")).ok();
    let listed = merged.unwrap_or(Listed { commits: vec![newest], missing: None });
    // Earlier merges may have come with it.
    Ok(Listed { missing: listed.missing.or(Some(Missing::Untold)), ..listed })
}

/// The commit that the CI host names, else the one that is checked out.
fn head(git: &Git, session: &Session) -> Result<Oid> {
    let told = session.context.sha.as_deref().and_then(|sha| git.commit(sha).ok());
    told.map_or_else(|| git.commit("HEAD"), Ok)
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
