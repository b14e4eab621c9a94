//! Which tracker to use and its settings: flag, then input, then environment, then file, then default.
//! All problems are listed together, each with where the value was looked for.

mod candidate;
mod common;
mod delegate;
pub mod file;
mod known;
mod lookup;
pub(crate) mod place;
mod refuse;
#[cfg(test)]
mod tests;

use backend::{
    Error,
    platform::{self, PLATFORMS, Platform},
    registry::Route,
    secret::{Redactor, Secret},
    settings::{Problem, Settings},
};
use candidate::{Candidate, Named};
use ci::{Env, Host};
pub(crate) use known::known;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, path::Path};

/// Where settings are looked for.
#[derive(Clone)]
pub struct Sources<'a> {
    /// The environment, read once.
    pub env: &'a Env,
    /// The CI host, for its inputs.
    pub host: &'a dyn Host,
    /// The configuration file's path and content, where there is one.
    pub file: Option<(String, Map<String, Value>)>,
    /// The folder for files of our own, such as the embedded tracker's, where there is a place for one.
    pub state: Option<&'a Path>,
    /// True where nothing will be written, so that the token that a CI host lends to a fork's job will do.
    pub reads_only: bool,
}

impl Sources<'_> {
    /// True for a token that cannot do what it is wanted for.
    fn is_too_weak(&self, token: &str) -> bool {
        !self.reads_only && self.host.lends(token)
    }
}

/// The tracker that was chosen.
pub struct Chosen {
    /// Its row in the table of platforms.
    pub platform: &'static Platform,
    /// Its settings.
    pub settings: Settings,
    /// The tracker that has its work items, where it has none itself.
    pub work_items: Option<Box<Chosen>>,
}

impl Chosen {
    /// The tracker whose items these are: itself, or the one that they are handed to.
    pub fn items(&self) -> &Self {
        self.work_items.as_deref().map_or(self, Self::items)
    }
}

/// Why no tracker can be used.
pub struct Unusable {
    /// What is to be said about it.
    pub error: Error,
    /// What it comes from.
    pub lack: Lack,
    /// As much as is known of the trackers, where it is clear which are meant.
    pub known: Vec<Chosen>,
    /// The problems that the error tells of, where it is a list of them.
    pub problems: Vec<Problem>,
}

/// What keeps a tracker from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Nothing but secrets is missing.
    Secrets,
    /// Secrets and other values are missing, all of which could stand in a configuration file.
    SecretsAndValues,
    /// A value is wrong or, though the secrets are there, missing.
    Sense,
}

/// Every secret that a platform's table names and that the environment or an input holds, whichever tracker is used:
/// known before anything is printed.
pub(crate) fn secrets_of(env: &Env, host: &dyn Host) -> Redactor {
    let mut redactor = Redactor::default();
    for setting in
        platform::rows().flat_map(|platform| platform.settings).filter(|setting| setting.secret)
    {
        let names = std::iter::once(&setting.env).chain(setting.fallback_env);
        let given = names.filter_map(|name| env.get(name).map(str::to_owned));
        given
            .chain(host.input(&setting.input_name()))
            .for_each(|value| redactor.learn(&Secret::new(value), None));
    }
    redactor
}

/// The trackers of a run: one, or all that the file's routes name.
pub struct Selection {
    /// The trackers, in the order in which the routes name them.
    pub trackers: Vec<Chosen>,
    /// Which of them takes which ids. Of a single tracker, those of the file that lead to it.
    pub routes: Vec<Route>,
}

/// Chooses the tracker named by `--platform`, else those that the file's routes name, else the only one that the file
/// or the environment sets up.
pub fn choose(
    sources: &Sources<'_>,
    requested: Option<&str>,
    redactor: &mut Redactor,
) -> Result<Selection, Box<Unusable>> {
    let routes = file::routes(sources);
    let wanted = requested.into_iter().chain(routes.iter().map(|route| &*route.tracker));
    let candidates = candidates(sources, wanted, redactor);
    let chosen = match requested {
        Some(name) => choose_named(sources, candidates, name).map(|one| vec![one]),
        None if !routes.is_empty() => choose_routed(sources, candidates, &routes),
        None => choose_only(candidates).map(|one| vec![one]),
    };
    let problems = file::problems(sources);
    match chosen {
        Ok(candidates) => finish(sources, candidates, routes, &problems),
        Err(unusable) if problems.is_empty() => Err(unusable),
        Err(_) => Err(refuse::misshapen(&problems)),
    }
}

/// Trackers by name, each with its settings or with what is wrong with them.
pub type Listed = Vec<(String, Result<Chosen, Box<Unusable>>)>;

/// Every tracker that somebody set up, or the one that was asked for.
pub fn choose_all(
    sources: &Sources<'_>,
    requested: Option<&str>,
    redactor: &mut Redactor,
) -> backend::Result<Listed> {
    let candidates = candidates(sources, requested.into_iter(), redactor);
    let named: Vec<Candidate> = match requested {
        Some(name) => vec![choose_named(sources, candidates, name).map_err(|it| it.error)?],
        None => candidates.into_iter().filter(|candidate| candidate.named).collect(),
    };
    if named.is_empty() {
        let problems = file::problems(sources);
        let is_misspelt = !problems.is_empty();
        let unusable =
            if is_misspelt { refuse::misshapen(&problems) } else { refuse::none_found() };
        return Err(unusable.error);
    }
    let mut problems: BTreeMap<String, Vec<Problem>> = BTreeMap::new();
    for problem in file::problems(sources) {
        problems.entry(file::entry_of(sources, &problem)).or_default().push(problem);
    }
    let mut listed: Listed = Vec::new();
    for candidate in named {
        let name = candidate.tracker.clone();
        let its = problems.remove(&name).unwrap_or_default();
        let finished = candidate.finish(its).and_then(|one| delegate::complete(sources, one));
        listed.push((name, finished));
    }
    // What is wrong elsewhere in the file stops every run that uses it, so that nothing is well.
    let problems = if requested.is_none() { problems } else { BTreeMap::new() };
    listed.extend(problems.into_iter().map(|(name, its)| (name, Err(refuse::misshapen(&its)))));
    Ok(listed)
}

/// Every code host that can be connected to. The token that a CI host gives to its jobs is enough for its own pull
/// requests, though it chooses no tracker; a fork's job may read with it.
pub(crate) fn choose_code_hosts(sources: &Sources<'_>, redactor: &mut Redactor) -> Vec<Chosen> {
    let sources = Sources { reads_only: true, ..sources.clone() };
    let hosts = candidates(&sources, std::iter::empty(), redactor);
    let hosts =
        hosts.into_iter().filter(|candidate| platform::code_host(candidate.platform).is_some());
    hosts.filter_map(|candidate| candidate.finish(Vec::new()).ok()).collect()
}

/// The trackers, or all that is wrong with any of them. What is known of the first stands for what is known.
fn finish(
    sources: &Sources<'_>,
    candidates: Vec<Candidate>,
    routes: Vec<Route>,
    file: &[Problem],
) -> Result<Selection, Box<Unusable>> {
    let names: Vec<String> = candidates.iter().map(|one| one.tracker.clone()).collect();
    let (mut trackers, mut unusable): (Vec<Chosen>, Vec<Unusable>) = Default::default();
    for candidate in candidates {
        let finished = candidate.finish(file.to_vec());
        match finished.and_then(|chosen| delegate::complete(sources, chosen)) {
            Ok(chosen) => trackers.push(chosen),
            Err(one) => unusable.push(*one),
        }
    }
    if unusable.is_empty() {
        let routes = routes.into_iter().filter(|route| names.contains(&route.tracker)).collect();
        return Ok(Selection { trackers, routes });
    }
    Err(refuse::all(unusable))
}

/// The trackers that the routes name, each once.
fn choose_routed(
    sources: &Sources<'_>,
    mut candidates: Vec<Candidate>,
    routes: &[Route],
) -> Result<Vec<Candidate>, Box<Unusable>> {
    let mut chosen: Vec<Candidate> = Vec::new();
    for route in routes {
        if chosen.iter().any(|known| known.tracker == route.tracker) {
            continue;
        }
        let exact = candidates.iter().position(|one| one.tracker == route.tracker);
        match exact {
            Some(index) => chosen.push(candidates.swap_remove(index)),
            None => return Err(refuse::unknown(sources, &route.tracker)),
        }
    }
    Ok(chosen)
}

/// One candidate for each entry of the file, and one for each platform that has no entry; of plugins only for those
/// that are wanted by name.
fn candidates<'a>(
    sources: &Sources<'_>,
    wanted: impl Iterator<Item = &'a str>,
    redactor: &mut Redactor,
) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = file::entries(sources)
        .filter_map(|(name, entry)| Some((Named::of_entry(name, entry)?, entry)))
        .map(|(named, entry)| candidate::resolve(sources, named, entry.as_object(), redactor))
        .collect();
    let rest = PLATFORMS.iter().map(|row| row.name).chain(wanted).filter_map(Named::new);
    for named in rest {
        if !candidates.iter().any(|candidate| candidate.settings.platform == named.platform) {
            candidates.push(candidate::resolve(sources, named, None, redactor));
        }
    }
    candidates
}

fn choose_named(
    sources: &Sources<'_>,
    candidates: Vec<Candidate>,
    name: &str,
) -> Result<Candidate, Box<Unusable>> {
    // An entry of another build's platform that has the very name is meant, and not a platform of this build.
    if let Some(platform) = file::foreign(sources, name) {
        return Err(refuse::not_built(name, &platform));
    }
    let platform = platform::spelt(name);
    let fits = |candidate: &Candidate| {
        candidate.tracker == name || candidate.settings.platform == platform
    };
    let mut fitting: Vec<Candidate> = candidates.into_iter().filter(fits).collect();
    match fitting.len() {
        0 => Err(refuse::unknown(sources, name)),
        1 => Ok(fitting.remove(0)),
        _ => match fitting.iter().position(|candidate| candidate.tracker == name) {
            Some(index) => Ok(fitting.swap_remove(index)),
            None => Err(refuse::several(&fitting)),
        },
    }
}

fn choose_only(candidates: Vec<Candidate>) -> Result<Candidate, Box<Unusable>> {
    let embedded = candidates.iter().find(|candidate| candidate.given && !candidate.named);
    let embedded = embedded.map(|candidate| candidate.platform);
    let named = candidates.into_iter().filter(|candidate| candidate.named);
    let (mut ready, partial): (Vec<_>, Vec<_>) = named.partition(Candidate::is_ready);
    if ready.is_empty() {
        ready = partial;
    }
    match ready.len() {
        0 => Err(embedded.map_or_else(refuse::none_found, refuse::only_embedded)),
        1 => Ok(ready.remove(0)),
        _ => Err(refuse::several(&ready)),
    }
}
