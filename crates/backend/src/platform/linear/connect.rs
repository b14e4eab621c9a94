//! From settings to a connection: every problem is found before any request.

use super::{Linear, OnceCell, PLATFORM, dialect, is_key, words::Words};
use crate::{
    error::Result,
    http::{Authorization, Http, Wire},
    platform::shared::address,
    secret::Secret,
    settings::{Problem, Settings, keep},
    tracker::Tracker,
};
use url::Url;

/// Makes a tracker. Sends nothing.
pub(super) fn connect(settings: &Settings, wire: &Wire) -> Result<Box<dyn Tracker>> {
    Ok(Box::new(settings.whole(read)?.connect(settings, wire)))
}

/// The settings, each in its own form.
pub(super) struct Read {
    api: Url,
    authorization: Authorization,
    key: String,
    words: Words,
}

/// Reads the settings as far as that is possible; whatever is wrong with them goes to `problems`.
pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Read> {
    let api = keep(api(settings), problems);
    let authorization = keep(authorization(settings), problems);
    let key = keep(key(settings), problems);
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

/// Linear's own address.
pub(super) const LINEAR: &str = "https://api.linear.app/graphql";

/// The address that `graphql` is below. People write it with that word or without it.
fn api(settings: &Settings) -> Result<Url, Problem> {
    let text = settings.text("api_endpoint").unwrap_or(LINEAR);
    let mut url = settings.address("api_endpoint", text, LINEAR)?;
    if let Some(message) = misplaced(&url) {
        let hint = format!("write {LINEAR}, or leave it out");
        return Err(settings.problem("api_endpoint", message).with_hint(hint));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(path.strip_suffix("/graphql").unwrap_or(&path));
    Ok(url)
}

/// What is wrong with an address of Linear's own.
fn misplaced(url: &Url) -> Option<&'static str> {
    match url.host_str()? {
        "linear.app" | "www.linear.app" => Some(address::WEBSITE),
        "api.linear.app" if !matches!(address::parts(url)[..], [] | ["graphql"]) => {
            Some("names more than the API")
        }
        _ => None,
    }
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
    use crate::{error::ErrorKind, http::tests::script::silent, platform::tests};
    use serde_json::json;

    fn settings(values: &[(&str, &str)]) -> Settings {
        tests::settings("linear", values)
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
        let error = connect(&settings, &silent()).unwrap_err();
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
