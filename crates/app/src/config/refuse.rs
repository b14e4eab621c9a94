//! What is said when no tracker, an unknown one or more than one is found.

use super::{Lack, Sources, Unusable, candidate::Candidate, file};
use crate::yaml;
use backend::{
    Error, ErrorKind,
    platform::{self, PLATFORMS, Platform},
    plugin,
    settings::{self, Problem},
};

/// A name that is no platform of this build and no tracker of the file.
pub(super) fn unknown(sources: &Sources<'_>, name: &str) -> Box<Unusable> {
    if platform::is_of_product(name) {
        return not_built(name, name);
    }
    if name.starts_with(plugin::PREFIX) {
        let error = Error::new(ErrorKind::Config, format!("use `{name}`: it is no plugin"))
            .with_hint(format!("write plugin:NAME; a name is {}", plugin::NAME_RULE));
        return unusable(error, Lack::Sense);
    }
    let mut known: Vec<&str> = PLATFORMS.iter().map(|row| row.name).collect();
    // An entry may be called like its platform.
    for (tracker, _) in file::entries(sources) {
        if !known.contains(&tracker.as_str()) {
            known.push(tracker);
        }
    }
    let hint = yaml::nearest(name, known.iter().copied()).map_or_else(
        || format!("use one of {}, or plugin:NAME", known.join(", ")),
        |nearest| format!("did you mean `{nearest}`?"),
    );
    let message = format!(
        "use platform `{name}`: this build has no such platform, and no configured tracker has that name"
    );
    // It may be the name of a tracker in a file that was not read.
    unusable(Error::new(ErrorKind::Config, message).with_hint(hint), Lack::SecretsAndValues)
}

/// A tracker of a platform that the product has and this build lacks.
pub(super) fn not_built(tracker: &str, platform: &str) -> Box<Unusable> {
    let built: Vec<&str> = PLATFORMS.iter().map(|row| row.name).collect();
    let message = format!("use `{tracker}`: this build has no {platform}");
    let hint = format!("use a build that has it, or a tracker of this one's: {}", built.join(", "));
    unusable(Error::new(ErrorKind::Config, message).with_hint(hint), Lack::Sense)
}

/// Several trackers cannot be used: all that is wrong with any of them, each problem once.
pub(super) fn all(mut unusable: Vec<Unusable>) -> Box<Unusable> {
    if unusable.len() == 1 {
        return Box::new(unusable.swap_remove(0));
    }
    let mut problems: Vec<Problem> = Vec::new();
    for problem in unusable.iter().flat_map(|one| &one.problems) {
        if !problems.contains(problem) {
            problems.push(problem.clone());
        }
    }
    // The gravest decides: what is wrong is wrong in a fork's run as well.
    let lacks = |lack| unusable.iter().any(|one| one.lack == lack);
    let lack = [Lack::Sense, Lack::SecretsAndValues].into_iter().find(|lack| lacks(*lack));
    Box::new(Unusable {
        error: settings::refusal(&problems),
        lack: lack.unwrap_or(Lack::Secrets),
        known: unusable.into_iter().flat_map(|one| one.known).collect(),
        problems,
    })
}

/// The file cannot be used, whichever tracker is meant.
pub(super) fn misshapen(problems: &[Problem]) -> Box<Unusable> {
    unusable(settings::refusal(problems), Lack::Sense)
}

/// Nothing but an embedded tracker is set up, which is never chosen by itself.
pub(super) fn only_embedded(platform: &Platform) -> Box<Unusable> {
    let Platform { name, title, .. } = platform;
    let message =
        format!("choose a tracker: {title} is used only when it is named, and no other is set up");
    let hint = format!("add `--platform {name}`");
    unusable(Error::new(ErrorKind::Config, message).with_hint(hint), Lack::SecretsAndValues)
}

/// Nothing is set up.
pub(super) fn none_found() -> Box<Unusable> {
    let message = "choose a tracker: neither the environment nor a configuration file sets one up";
    let error = Error::new(ErrorKind::Config, message)
        .with_hint("set one up, or use `--platform local`, which needs no account");
    unusable(error, Lack::SecretsAndValues)
}

/// More than one is set up.
pub(super) fn several(found: &[Candidate]) -> Box<Unusable> {
    let names: Vec<&str> = found.iter().map(|candidate| candidate.tracker.as_str()).collect();
    let message = format!("choose a tracker: {} are set up", names.join(" and "));
    let error = Error::new(ErrorKind::Config, message)
        .with_hint("name one with --platform; `--platform local` needs no account");
    unusable(error, Lack::Sense)
}

fn unusable(error: Error, lack: Lack) -> Box<Unusable> {
    Box::new(Unusable { error, lack, known: Vec::new(), problems: Vec::new() })
}
