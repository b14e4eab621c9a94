//! Settings of one tracker, each with its origin, and the table that every platform declares them in.

mod problem;
mod whole;

pub use problem::{Problem, refusal};
pub use whole::{Read, keep};

use crate::{
    error::Result,
    secret::{Redactor, Secret},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

/// One setting of a platform. From these tables come parsing, validation, masking, the README's table
/// and the inputs of `action.yml` and `task.json`.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Key in the configuration file: one of the customer's (`api_endpoint`, ...) or our own.
    pub key: &'static str,
    /// Environment variable; the action input is its kebab case, the task input its camel case.
    pub env: &'static str,
    /// Other variables that are looked at after `env`, such as those that a CI host sets by itself.
    pub fallback_env: &'static [&'static str],
    /// True when the value must never be printed.
    pub secret: bool,
    /// True when the platform cannot work without it.
    pub required: bool,
    /// True when CI hosts set the variable by themselves, so that finding it there says nothing about what is wanted.
    pub set_by_host: bool,
    /// The value when none is given.
    pub default: Option<DefaultValue>,
    /// One line for people.
    pub help: &'static str,
}

/// What a setting is when nobody gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultValue {
    /// This text.
    Text(&'static str),
    /// The path of a file of this name in `devops-integrations/` inside the repository's git directory, or in the
    /// user's state folder where there is no repository.
    StateFile(&'static str),
}

impl Setting {
    /// A setting with nothing but a key, a variable and a line of help.
    pub const fn new(key: &'static str, env: &'static str, help: &'static str) -> Self {
        Self {
            key,
            env,
            fallback_env: &[],
            secret: false,
            required: false,
            set_by_host: false,
            default: None,
            help,
        }
    }

    /// The same setting, required.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same setting, with a value when none is given.
    #[must_use]
    pub const fn or(mut self, default: DefaultValue) -> Self {
        self.default = Some(default);
        self
    }

    /// The same setting, secret.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The same setting, with variables to look at after its own.
    #[must_use]
    pub const fn or_env(mut self, names: &'static [&'static str]) -> Self {
        self.fallback_env = names;
        self
    }

    /// The same setting, whose variable CI hosts set by themselves, such as `GITHUB_REPOSITORY`: its value is used, but
    /// does not choose the platform.
    #[must_use]
    pub const fn set_by_host(mut self) -> Self {
        self.set_by_host = true;
        self
    }

    /// The name of the action input: `JIRA_API_TOKEN` is `jira-api-token`.
    pub fn input_name(&self) -> String {
        self.env.to_ascii_lowercase().replace('_', "-")
    }
}

/// One key under `custom_settings`; its value is whatever shape the platform documents.
#[derive(Debug, Clone, Copy)]
pub struct CustomSetting {
    /// Key under `custom_settings`.
    pub key: &'static str,
    /// One line for people, with an example.
    pub help: &'static str,
}

impl CustomSetting {
    /// The key that stands for any: what a plugin knows only it can say.
    pub const ANY: &'static str = "*";
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A command-line flag.
    Flag(String),
    /// An action or task input.
    Input(String),
    /// An environment variable.
    Environment(String),
    /// The configuration file, with its path.
    File(String),
    /// Our default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Input(name) | Self::Environment(name) | Self::File(name) => {
                f.write_str(name)
            }
            Self::Default => f.write_str("default"),
        }
    }
}

/// The settings of one configured tracker. `app` builds them; the backend reads no environment and no files.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the tracker in the configuration, such as `jira`.
    pub tracker: String,
    /// Name of its platform, such as `jira` or `plugin:acme`.
    pub platform: String,
    /// Longest time for one request.
    pub timeout: Duration,
    /// How often a request is repeated at most.
    pub retry_attempts: u32,
    /// False switches certificate checks off; accepted for loopback addresses only.
    pub verify_tls: bool,
    /// Certificates of a private authority, PEM.
    pub ca_bundle: Option<Vec<u8>>,
    values: BTreeMap<String, (Secret, Origin)>,
    custom: Map<String, Value>,
    hidden: Vec<Secret>,
}

impl Settings {
    /// Settings of a tracker with the customer's defaults: 30 seconds, 3 attempts, certificates checked. Its platform
    /// is the one of its own name until something else is said.
    pub fn new(tracker: impl Into<String>) -> Self {
        let tracker = tracker.into();
        Self {
            platform: tracker.clone(),
            tracker,
            timeout: Duration::from_secs(30),
            retry_attempts: 3,
            verify_tls: true,
            ca_bundle: None,
            values: BTreeMap::new(),
            custom: Map::new(),
            hidden: Vec::new(),
        }
    }

    /// Adds a value. All values are held as secrets, so that a `Debug` of the settings shows none.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>, origin: Origin) -> Self {
        self.values.insert(key.to_owned(), (Secret::new(value), origin));
        self
    }

    /// Sets everything under `custom_settings`.
    #[must_use]
    pub fn with_custom(mut self, custom: Map<String, Value>) -> Self {
        self.custom = custom;
        self
    }

    /// Everything under `custom_settings`.
    pub fn custom_settings(&self) -> &Map<String, Value> {
        &self.custom
    }

    /// Adds values that are not to be printed, wherever in the settings they are.
    #[must_use]
    pub fn hiding(mut self, values: impl IntoIterator<Item = Secret>) -> Self {
        self.hidden.extend(values);
        self
    }

    /// What takes the secrets that a plugin is handed out of what it says.
    pub(crate) fn redactor(&self) -> Redactor {
        let mut redactor = Redactor::default();
        let key = self.secret("api_key");
        key.iter().chain(&self.hidden).for_each(|secret| redactor.learn(secret, None));
        redactor
    }

    /// The value of a setting, where there is one.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(value, _)| value.expose())
    }

    /// The value of a setting as a secret, where there is one.
    pub fn secret(&self, key: &str) -> Option<Secret> {
        self.values.get(key).map(|(value, _)| value.clone())
    }

    /// Several secrets in one setting, such as a webhook's while one replaces another: separated by commas or line
    /// breaks, without white space around them. None where the setting is missing or blank.
    pub fn secrets(&self, key: &str) -> Vec<Secret> {
        let values = self.values.get(key).into_iter();
        values.flat_map(|(value, _)| value.parts().map(Secret::new)).collect()
    }

    /// Where the value of a setting came from, where there is one.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.values.get(key).map(|(_, origin)| origin)
    }

    /// The value of a setting that `Setting::required` already vouched for.
    pub fn required(&self, key: &str) -> Result<&str, Problem> {
        self.text(key).ok_or_else(|| self.problem(key, "missing"))
    }

    /// The value of a setting, parsed.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Result<Option<T>, Problem> {
        let parse =
            |text: &str| text.parse().map_err(|error: T::Err| self.problem(key, error.to_string()));
        self.text(key).map(parse).transpose()
    }

    /// A value under `custom_settings`, in the shape that the platform documents; `shape` names it for people, such as
    /// `a list of names`.
    pub fn custom<T: DeserializeOwned>(
        &self,
        key: &str,
        shape: &str,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.custom.get(key).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        T::deserialize(value).map(Some).map_err(|_| {
            self.problem(&format!("custom_settings.{key}"), format!("should be {shape}"))
        })
    }

    /// The problem of one setting, with its origin.
    pub fn problem(&self, key: &str, message: impl Into<String>) -> Problem {
        let problem = Problem::new(format!("{}.{key}", self.tracker), message);
        match self.origin(key) {
            Some(origin) => problem.at(origin.to_string()),
            None => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn several_secrets_may_be_in_use() {
        let settings = Settings::new("jira")
            .with("webhook_secret", "new,older\r\n\n oldest \n", Origin::Default)
            .with("blank", " ,\n", Origin::Default);
        let secrets = settings.secrets("webhook_secret");
        let secrets: Vec<_> = secrets.iter().map(Secret::expose).collect();
        assert_eq!(secrets, ["new", "older", "oldest"]);
        assert!(settings.secrets("blank").is_empty() && settings.secrets("gone").is_empty());
    }

    #[test]
    fn all_problems_make_one_error() {
        let origin = Origin::Environment("JIRA_URL".to_owned());
        let settings = Settings::new("jira").with("api_endpoint", "x", origin.clone());
        assert_eq!(settings.origin("api_endpoint"), Some(&origin));
        let address = settings.problem("api_endpoint", "no address").with_hint("write https://");
        let project = settings.required("project").unwrap_err();
        let error = Error::from(address.clone());
        assert_eq!(
            error.to_string(),
            "use the configuration: jira.api_endpoint: no address (JIRA_URL)"
        );
        assert_eq!((error.kind, error.hint()), (ErrorKind::Config, "write https://"));
        assert_eq!(refusal(&[address.clone(), address.clone()]).hint(), "correct what is named");
        assert!(Error::from(project.clone()).hint().starts_with("set what is named"));
        let error = refusal(&[address, project]);
        assert!(error.message.ends_with("no address (JIRA_URL); jira.project: missing"), "{error}");
        assert_ne!(error.hint(), "write https://", "it would not be the whole answer");
    }
}
