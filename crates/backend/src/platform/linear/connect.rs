//! From settings to a connection: every problem is found before any request.

use super::{Linear, OnceCell, PLATFORM, dialect, is_key, words::Words};
use crate::{
    error::Result,
    http::{self, Authorization, Http, Wire},
    secret::Secret,
    settings::{self, Problem, Settings},
    tracker::Tracker,
};
use url::Url;

/// Makes a tracker. Sends nothing.
pub(super) fn connect(settings: &Settings, wire: &Wire) -> Result<Box<dyn Tracker>> {
    let mut problems = Vec::new();
    match read(settings, &mut problems) {
        Some(read) if problems.is_empty() => Ok(Box::new(read.connect(settings, wire))),
        _ => Err(settings::refusal(&problems)),
    }
}

/// All that is wrong with the settings.
pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    read(settings, &mut problems);
    problems
}

/// The settings, each in its own form.
struct Read {
    api: Url,
    authorization: Authorization,
    key: String,
    words: Words,
}

/// Reads the settings as far as that is possible; whatever is wrong with them goes to `problems`.
fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Read> {
    let mut note = |problem| problems.push(problem);
    let api = api(settings).map_err(&mut note).ok();
    let authorization = authorization(settings).map_err(&mut note).ok();
    let key = key(settings).map_err(&mut note).ok();
    let words = Words::read(settings, problems);
    Some(Read { api: api?, authorization: authorization?, key: key?, words })
}

impl Read {
    fn connect(self, settings: &Settings, wire: &Wire) -> Linear {
        Linear {
            metadata: PLATFORM.metadata(),
            http: Http::new(wire, &self.api, self.authorization, dialect::LINEAR),
            key: self.key,
            words: self.words,
            webhook_secrets: settings.secrets("webhook_secret"),
            team: OnceCell::new(),
        }
    }
}

/// Linear's own address, for those who build the settings without our defaults.
const LINEAR: &str = "https://api.linear.app/graphql";

/// The address that `graphql` is below. People write it with that word or without it.
fn api(settings: &Settings) -> Result<Url, Problem> {
    let text = settings.text("api_endpoint").unwrap_or(LINEAR);
    let mut url = http::endpoint(text)
        .map_err(|unfit| settings.problem("api_endpoint", unfit.reason).with_hint(unfit.hint))?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(path.strip_suffix("/graphql").unwrap_or(&path));
    Ok(url)
}

/// A personal key travels as it is, without `Bearer`; an OAuth token travels with it (SDK `client.ts`).
fn authorization(settings: &Settings) -> Result<Authorization, Problem> {
    let token = settings.required("api_key")?.trim();
    Ok(match token.strip_prefix("Bearer ") {
        Some(token) => Authorization::Bearer(Secret::new(token.trim())),
        None if token.starts_with("lin_oauth_") => Authorization::Bearer(Secret::new(token)),
        None => Authorization::Raw(Secret::new(token)),
    })
}

fn key(settings: &Settings) -> Result<String, Problem> {
    let key = settings.required("project")?.trim().to_ascii_uppercase();
    if is_key(&key) {
        return Ok(key);
    }
    let hint = "take what stands before the number of the team's items: ENG for ENG-12";
    Err(settings.problem("project", "must be a team's key, such as ENG").with_hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorKind, settings::Origin};
    use serde_json::json;

    fn settings(values: &[(&str, &str)]) -> Settings {
        let add = |all: Settings, (key, value): &(&str, &str)| {
            all.with(key, *value, Origin::Environment(key.to_uppercase()))
        };
        values.iter().fold(Settings::new("linear"), add)
    }

    #[test]
    fn the_address_may_end_in_graphql_or_not() {
        for (given, base) in [
            ("https://api.linear.app/graphql", "https://api.linear.app/"),
            ("https://api.linear.app/graphql/", "https://api.linear.app/"),
            ("https://api.linear.app", "https://api.linear.app/"),
            ("https://proxy.acme.example/linear/graphql", "https://proxy.acme.example/linear"),
            ("http://127.0.0.1:7/", "http://127.0.0.1:7/"),
        ] {
            assert_eq!(api(&settings(&[("api_endpoint", given)])).unwrap().as_str(), base);
        }
        assert_eq!(api(&settings(&[])).unwrap().as_str(), "https://api.linear.app/");
    }

    #[test]
    fn only_oauth_tokens_are_sent_as_bearer() {
        let kind = |token: &str| match authorization(&settings(&[("api_key", token)])).unwrap() {
            Authorization::Bearer(token) => format!("bearer {}", token.expose()),
            Authorization::Raw(token) => format!("raw {}", token.expose()),
            other => panic!("{other:?}"),
        };
        assert_eq!(kind("lin_api_1\n"), "raw lin_api_1");
        assert_eq!(kind("lin_oauth_1"), "bearer lin_oauth_1");
        assert_eq!(kind("Bearer abc"), "bearer abc");
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let custom = json!({"priority_mapping": {"low": "Someday"}, "status_mapping": []});
        let settings = settings(&[("api_endpoint", "http://linear.example"), ("project", "E-1")])
            .with_custom(custom.as_object().unwrap().clone());
        let error = settings::refusal(&check(&settings));
        assert_eq!(error.kind, ErrorKind::Config);
        for key in ["api_endpoint", "api_key", "project", "priority_mapping", "status_mapping"] {
            assert!(
                error.message.contains(&format!("linear.{key}"))
                    || error.message.contains(&format!("linear.custom_settings.{key}")),
                "{key} in {error}"
            );
        }
    }
}
