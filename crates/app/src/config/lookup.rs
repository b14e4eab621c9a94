//! Where one setting is looked for, in order.

use super::{
    Sources,
    candidate::{Cause, Flaw},
};
use crate::yaml::{self, Unexpanded};
use backend::settings::{DefaultValue, Origin, Problem, Setting};
use ci::Env;
use serde_json::{Map, Value};
use std::{io, path::Path};

type Sourced = Option<(String, Origin)>;

/// Looks one setting up: input, environment, file, what a CI host sets by itself, default.
pub(super) fn look_up(
    sources: &Sources<'_>,
    setting: &Setting,
    entry: Option<&Map<String, Value>>,
    at: &str,
) -> Result<Sourced, Flaw> {
    let input = setting.input_name();
    if let Some(value) = sources.host.input(&input) {
        return Ok(Some((value, Origin::Input(format!("input {input}")))));
    }
    if let Some(found) = from_environment(sources.env, setting.env, at)? {
        return Ok(Some(found));
    }
    if let Some(found) = from_entry(sources, setting, entry, at)? {
        return Ok(Some(found));
    }
    for name in setting.fallback_env {
        if let Some(found) = from_environment(sources.env, name, at)? {
            return Ok(Some(found));
        }
    }
    let default = setting.default.map(|default| default_value(default, setting, sources.state, at));
    Ok(default.transpose()?.map(|value| (value, Origin::Default)))
}

fn default_value(
    default: DefaultValue,
    setting: &Setting,
    state: Option<&Path>,
    at: &str,
) -> Result<String, Flaw> {
    match (default, state) {
        (DefaultValue::Text(text), _) => Ok(text.to_owned()),
        (DefaultValue::StateFile(name), Some(state)) => {
            Ok(state.join(name).to_string_lossy().into_owned())
        }
        (DefaultValue::StateFile(_), None) => {
            let message =
                "missing, and the environment names no folder of the user's to keep it in";
            let problem = Problem::new(at, message)
                .at("looked at XDG_STATE_HOME, LOCALAPPDATA, HOME, USERPROFILE")
                .with_hint(format!("set {}, or run inside a repository", setting.env));
            Err(Flaw { problem, cause: Cause::Missing })
        }
    }
}

/// The variable itself, or the file that its `_FILE` variant names. An empty file is as good as an empty variable.
fn from_environment(env: &Env, name: &str, at: &str) -> Result<Sourced, Flaw> {
    if let Some(value) = env.get(name) {
        return Ok(Some((value.to_owned(), Origin::Environment(name.to_owned()))));
    }
    let name = format!("{name}_FILE");
    let Some(path) = env.get(&name) else { return Ok(None) };
    let text = std::fs::read_to_string(path).map_err(|error| Flaw {
        problem: unreadable(at, path, &error).at(&name),
        cause: Cause::Wrong,
    })?;
    let value = text.trim_end_matches(['\r', '\n']);
    Ok((!value.is_empty()).then(|| (value.to_owned(), Origin::Environment(name))))
}

/// A path is shown; a bare word may be the secret itself, put into the wrong variable.
fn unreadable(at: &str, path: &str, error: &io::Error) -> Problem {
    let shown = if path.contains(['/', '\\']) { path } else { "the file" };
    if path.starts_with('~') {
        let message = format!("cannot read {shown}: only a shell replaces `~` ({error})");
        return Problem::new(at, message).with_hint("write the path in full, without `~`");
    }
    Problem::new(at, format!("cannot read {shown}: {error}"))
}

fn from_entry(
    sources: &Sources<'_>,
    setting: &Setting,
    entry: Option<&Map<String, Value>>,
    at: &str,
) -> Result<Sourced, Flaw> {
    let (Some(value), Some((file, _))) =
        (entry.and_then(|entry| entry.get(setting.key)), &sources.file)
    else {
        return Ok(None);
    };
    let flaw = |message: String, cause| Flaw { problem: Problem::new(at, message).at(file), cause };
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => yaml::expand_text(text, sources.env).map_err(|reason| {
            let cause = match reason {
                Unexpanded::Unset(_) => Cause::missing(setting),
                Unexpanded::Unclosed => Cause::Wrong,
            };
            flaw(reason.to_string(), cause)
        })?,
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(_) | Value::Object(_) => {
            return Err(flaw("should be text".to_owned(), Cause::Wrong));
        }
    };
    Ok((!text.is_empty()).then(|| (text, Origin::File(file.clone()))))
}
