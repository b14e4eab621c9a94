//! The shape of the configuration file: known platforms, known keys.

use super::{Sources, common::takes_any};
use crate::yaml;
use backend::{
    Error, ErrorKind, Result,
    platform::{self, Platform},
    plugin,
    registry::Route,
    settings::Problem,
};
use serde_json::{Map, Value};

/// The entry that names a tracker for each prefix, for runs with several trackers at once.
const ROUTES: &str = "routes";

/// Parses a configuration file. Its shape is checked when a tracker is chosen, so that all problems are told at once.
pub fn parse(path: &str, text: &str) -> Result<Map<String, Value>> {
    let invalid =
        |message: String| Error::new(ErrorKind::Config, format!("read {path}: {message}"));
    yaml::parse(text).map_err(invalid)
}

/// The routes of the file, in its order.
pub(super) fn routes(sources: &Sources<'_>) -> Vec<Route> {
    let file = sources.file.as_ref().map(|(_, file)| file);
    let routes = file.and_then(|file| file.get(ROUTES)?.as_object()).into_iter().flatten();
    let route = |(prefix, tracker): (&String, &Value)| {
        let tracker = tracker_name(file?, tracker.as_str()?);
        Some(Route { prefix: prefix.trim().to_owned(), tracker })
    };
    routes.filter_map(route).collect()
}

/// The name of the tracker that a route leads to: an entry's, else a platform's own.
fn tracker_name(file: &Map<String, Value>, name: &str) -> String {
    if file.contains_key(name) {
        return name.to_owned();
    }
    platform::find(name).map_or_else(|| name.to_owned(), |platform| platform.name.to_owned())
}

/// What is wrong with the shape of the file: unknown platforms, unknown keys.
pub(super) fn problems(sources: &Sources<'_>) -> Vec<Problem> {
    let Some((path, file)) = &sources.file else { return Vec::new() };
    file.iter()
        .flat_map(|(name, entry)| match name.as_str() {
            ROUTES => route_problems(path, file, entry),
            name => shape_problems(path, name, entry),
        })
        .collect()
}

/// Routes map prefixes to trackers of the file, or to platforms that the environment sets up.
fn route_problems(path: &str, file: &Map<String, Value>, routes: &Value) -> Vec<Problem> {
    let routes = match routes {
        Value::Null => return Vec::new(),
        Value::Object(routes) => routes,
        _ => return vec![Problem::new(ROUTES, "should map prefixes to trackers").at(path)],
    };
    let is_tracker =
        |name: &str| name != ROUTES && file.contains_key(name) || platform::is_of_product(name);
    let problem = |(prefix, tracker): (&String, &Value)| {
        let message = match tracker.as_str() {
            Some(name) if is_tracker(name) => return None,
            Some(name) => {
                let known = file.keys().map(String::as_str).filter(|key| *key != ROUTES);
                let nearest = yaml::nearest(name, known.chain(platform::NAMES.iter().copied()));
                let hint = nearest.map(|name| format!("; did you mean `{name}`?"));
                format!("no tracker is called `{name}`{}", hint.unwrap_or_default())
            }
            None => "should be the name of a tracker".to_owned(),
        };
        Some(Problem::new(format!("{ROUTES}.{prefix}"), message).at(path))
    };
    routes.iter().filter_map(problem).collect()
}

/// The entry at the top of the file that a problem is about.
pub(super) fn entry_of(sources: &Sources<'_>, problem: &Problem) -> String {
    let about = |name: &&String| {
        let rest = problem.key.strip_prefix(name.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let names = sources.file.iter().flat_map(|(_, file)| file.keys());
    names.filter(about).max_by_key(|name| name.len()).cloned().unwrap_or_default()
}

/// The trackers of the file: name and entry.
pub(super) fn entries<'a>(
    sources: &'a Sources<'_>,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    sources.file.iter().flat_map(|(_, file)| file).filter(|(name, _)| *name != ROUTES)
}

/// The platform of an entry, where this build has it.
pub(super) fn platform_of(name: &str, entry: &Value) -> Option<&'static Platform> {
    platform::find(platform_name(name, entry))
}

/// The platform of the tracker of this name, where this build lacks it.
pub(super) fn foreign(sources: &Sources<'_>, name: &str) -> Option<String> {
    let (name, entry) = entries(sources).find(|(tracker, _)| *tracker == name)?;
    platform_of(name, entry).is_none().then(|| platform_name(name, entry).to_owned())
}

/// The name of an entry's platform: what it says, else its own name.
pub(super) fn platform_name<'a>(name: &'a str, entry: &'a Value) -> &'a str {
    entry.get("platform").and_then(Value::as_str).unwrap_or(name)
}

fn shape_problems(path: &str, name: &str, entry: &Value) -> Vec<Problem> {
    let problem = |key: String, message: &str| vec![Problem::new(key, message).at(path)];
    let Some(map) = entry.as_object() else {
        return problem(name.to_owned(), "should map settings to values");
    };
    if map.get("platform").is_some_and(|platform| !platform.is_string()) {
        return problem(format!("{name}.platform"), "should be the name of a platform");
    }
    match platform_of(name, entry) {
        Some(platform) => unknown_settings(path, name, map, platform),
        // A tracker of another build is not this run's business until it is asked for.
        None if platform::is_of_product(platform_name(name, entry)) => Vec::new(),
        None => vec![unknown_platform(path, name, map)],
    }
}

fn unknown_platform(path: &str, name: &str, map: &Map<String, Value>) -> Problem {
    let said = map.get("platform").and_then(Value::as_str);
    let key = if said.is_some() { format!("{name}.platform") } else { name.to_owned() };
    let asked = said.unwrap_or(name);
    if asked.starts_with(plugin::PREFIX) {
        let message = format!("`{asked}` is no plugin: a name is {}", plugin::NAME_RULE);
        return Problem::new(key, message).at(path);
    }
    if said.is_none() && yaml::nearest(name, [ROUTES].into_iter()).is_some() {
        return Problem::new(key, format!("unknown key; did you mean `{ROUTES}`?")).at(path);
    }
    let known = platform::NAMES;
    let spelt = asked.to_ascii_lowercase().replace('_', "-");
    let hint = yaml::nearest(&spelt, known.iter().copied()).map_or_else(
        || {
            let known = known.join(", ");
            format!("known: {known}, plugin:NAME; a tracker of another name says `platform: NAME`")
        },
        |nearest| format!("did you mean `{nearest}`?"),
    );
    Problem::new(key, format!("no platform is called `{asked}`; {hint}")).at(path)
}

fn unknown_settings(
    path: &str,
    name: &str,
    map: &Map<String, Value>,
    platform: &Platform,
) -> Vec<Problem> {
    let known: Vec<&str> = platform
        .settings
        .iter()
        .map(|setting| setting.key)
        .chain(yaml::COMMON_KEYS.iter().copied())
        .collect();
    let mut problems = unknown_keys(name, map, &known, path);
    match map.get("custom_settings") {
        None | Some(Value::Null) => {}
        Some(Value::Object(custom)) => {
            let known: Vec<&str> =
                platform.custom_settings.iter().map(|setting| setting.key).collect();
            if takes_any(platform) {
                return problems;
            }
            problems.extend(unknown_keys(&format!("{name}.custom_settings"), custom, &known, path));
        }
        Some(_) => problems.push(
            Problem::new(format!("{name}.custom_settings"), "should map settings to values")
                .at(path),
        ),
    }
    problems
}

fn unknown_keys(at: &str, map: &Map<String, Value>, known: &[&str], path: &str) -> Vec<Problem> {
    let unknown = map.keys().filter(|key| !known.contains(&key.as_str()));
    let problem = |key: &String| {
        let nearest = yaml::nearest(key, known.iter().copied());
        let hint = nearest.map_or_else(
            || format!("; known: {}", known.join(", ")),
            |name| format!("; did you mean `{name}`?"),
        );
        Problem::new(format!("{at}.{key}"), format!("unknown key{hint}")).at(path)
    };
    unknown.map(problem).collect()
}
