//! What every tracker's entry may say besides its platform's settings: the connection, and the platform's own part.

use super::Sources;
use crate::yaml;
use backend::{
    platform::Platform,
    secret::Secret,
    settings::{CustomSetting, Problem, Settings},
};
use ci::Env;
use serde_json::{Map, Value};
use std::time::Duration;

/// One tracker's entry, with what its values are expanded from.
struct Entry<'a> {
    tracker: String,
    map: &'a Map<String, Value>,
    env: &'a Env,
    file: &'a str,
}

/// Sets what the entry says; what is wrong with it is returned, and the default stays.
pub(super) fn apply(
    settings: &mut Settings,
    sources: &Sources<'_>,
    entry: Option<&Map<String, Value>>,
) -> Vec<Problem> {
    let (Some(map), Some((file, _))) = (entry, &sources.file) else { return Vec::new() };
    let entry = Entry { tracker: settings.tracker.clone(), map, env: sources.env, file };
    let mut problems = Vec::new();
    set(&mut settings.timeout, entry.timeout(), &mut problems);
    set(&mut settings.retry_attempts, entry.retry_attempts(), &mut problems);
    set(&mut settings.verify_tls, entry.verify_tls(), &mut problems);
    set(&mut settings.ca_bundle, entry.ca_bundle().map(|pem| pem.map(Some)), &mut problems);
    let at = format!("{}.custom_settings", entry.tracker);
    if let Some(custom) = map.get("custom_settings")
        && let Value::Object(custom) = yaml::expand(custom, entry.env, &at, file, &mut problems)
    {
        *settings = settings.clone().with_custom(custom);
    }
    problems
}

/// True for platforms that take whatever stands under `custom_settings`: plugins.
pub(super) fn takes_any(platform: &Platform) -> bool {
    platform.custom_settings.iter().any(|setting| setting.key == CustomSetting::ANY)
}

/// The values of the variables that `custom_settings` name. Which of them are secrets only the plugin knows, so all are.
pub(super) fn values_of_variables(
    sources: &Sources<'_>,
    entry: Option<&Map<String, Value>>,
) -> Vec<Secret> {
    let custom = entry.and_then(|entry| entry.get("custom_settings"));
    let names = custom.map(yaml::variables).unwrap_or_default();
    names.into_iter().filter_map(|name| sources.env.get(name)).map(Secret::new).collect()
}

fn set<T>(slot: &mut T, value: Result<Option<T>, Problem>, problems: &mut Vec<Problem>) {
    match value {
        Ok(Some(value)) => *slot = value,
        Ok(None) => {}
        Err(problem) => problems.push(problem),
    }
}

impl Entry<'_> {
    fn timeout(&self) -> Result<Option<Duration>, Problem> {
        let seconds = |text: &str| {
            let seconds: f64 = text.parse().ok()?;
            (0.001..=3600.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
        };
        self.read("timeout", "should be seconds, more than 0 and at most 3600", seconds)
    }

    fn retry_attempts(&self) -> Result<Option<u32>, Problem> {
        let attempts =
            |text: &str| text.parse().ok().filter(|attempts| (0..=20).contains(attempts));
        self.read("retry_attempts", "should be a number from 0 to 20", attempts)
    }

    fn verify_tls(&self) -> Result<Option<bool>, Problem> {
        // Azure Pipelines writes `True`.
        let flag = |text: &str| text.to_ascii_lowercase().parse().ok();
        self.read("verify_ssl", "should be true or false", flag)
    }

    fn ca_bundle(&self) -> Result<Option<Vec<u8>>, Problem> {
        let path = self
            .read("ca_bundle", "should be the path of a PEM file", |text| Some(text.to_owned()))?;
        let read = |path: String| {
            std::fs::read(&path)
                .map_err(|error| self.problem("ca_bundle", &format!("cannot read {path}: {error}")))
        };
        path.map(read).transpose()
    }

    /// A value, expanded and parsed; blank is as good as absent, as for every other setting.
    fn read<T>(
        &self,
        key: &str,
        wrong: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let text = match self.map.get(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => yaml::expand_text(text, self.env)
                .map_err(|reason| self.problem(key, &reason.to_string()))?,
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(flag)) => flag.to_string(),
            Some(Value::Array(_) | Value::Object(_)) => return Err(self.problem(key, wrong)),
        };
        match text.trim() {
            "" => Ok(None),
            text => parse(text).map(Some).ok_or_else(|| self.problem(key, wrong)),
        }
    }

    fn problem(&self, key: &str, message: &str) -> Problem {
        Problem::new(format!("{}.{key}", self.tracker), message).at(self.file)
    }
}
