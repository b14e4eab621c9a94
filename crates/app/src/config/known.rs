//! The trackers that are set up, for whoever reads no more than names.

use super::{Selection, Sources, candidates, choose_named, choose_routed, file, refuse};
use backend::{Result, secret::Redactor};

/// The tracker named by `--platform`, else those that the routes name, else all that the file or the environment sets
/// up, be it halfway.
pub(crate) fn known(
    sources: &Sources<'_>,
    requested: Option<&str>,
    redactor: &mut Redactor,
) -> Result<Selection> {
    let routes = file::routes(sources);
    let wanted = requested.into_iter().chain(routes.iter().map(|route| &*route.tracker));
    let candidates = candidates(sources, wanted, redactor);
    let problems = file::problems(sources);
    if !problems.is_empty() {
        return Err(refuse::misshapen(&problems).error);
    }
    let chosen = match requested {
        Some(name) => choose_named(sources, candidates, name).map(|one| vec![one]),
        None if !routes.is_empty() => choose_routed(sources, candidates, &routes),
        None => Ok(candidates.into_iter().filter(|candidate| candidate.named).collect()),
    };
    let chosen = chosen.map_err(|unusable| unusable.error)?;
    let trackers = chosen.into_iter().map(super::Candidate::known).collect();
    Ok(Selection { trackers, routes })
}
