//! Every tracker that is set up, for whoever reads no more than names.

use super::{Chosen, Sources, candidates, choose_named, file, refuse};
use backend::{Result, secret::Redactor};

/// The tracker named by `--platform`, else all that the file or the environment sets up, be it halfway.
pub(crate) fn known(
    sources: &Sources<'_>,
    requested: Option<&str>,
    redactor: &mut Redactor,
) -> Result<Vec<Chosen>> {
    let problems = file::problems(sources);
    let candidates = candidates(sources, redactor);
    if !problems.is_empty() {
        return Err(refuse::misshapen(&problems).error);
    }
    let Some(name) = requested else {
        let named = candidates.into_iter().filter(|candidate| candidate.named);
        return Ok(named.map(super::Candidate::known).collect());
    };
    match choose_named(sources, candidates, name) {
        Ok(candidate) => Ok(vec![candidate.known()]),
        Err(unusable) => Err(unusable.error),
    }
}
