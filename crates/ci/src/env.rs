//! The environment as data: read once by the caller, never again.

use std::{collections::BTreeMap, fmt};

/// A snapshot of the environment. Its `Debug` shows names only, because values may be secrets.
#[derive(Clone, Default)]
pub struct Env {
    variables: BTreeMap<String, String>,
    nonce: String,
}

impl Env {
    /// The same snapshot with a random word, which nobody who wrote a commit, a title or a log can know.
    /// It separates values in the files of a host; give one of at least 128 bits.
    #[must_use]
    pub fn with_nonce(mut self, nonce: u128) -> Self {
        self.nonce = format!("{nonce:032x}");
        self
    }

    /// The value of a variable. An empty one counts as absent, as CI hosts set empty strings for what is not there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// True for a variable that is there, be it empty.
    pub fn contains(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// The value of an action or task input, without white space around it, by its kebab-case name.
    ///
    /// Runners make a variable of the name as they like: GitHub upper-cases `jira-url` and leaves the hyphen,
    /// which a shell can only write as `_`; Azure Pipelines upper-cases `jiraUrl`. All three are accepted.
    pub fn input(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_uppercase().replace(' ', "_");
        [name.clone(), name.replace('-', "_"), name.replace(['-', '_'], "")]
            .iter()
            .find_map(|name| self.get(&format!("INPUT_{name}")))
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// The file with the payload of the event that started this run, where the host writes one.
    pub fn event_path(&self) -> Option<&str> {
        self.is_set("GITHUB_ACTIONS").then(|| self.get("GITHUB_EVENT_PATH")).flatten()
    }

    /// True when the variable is there and says neither `false` nor `0`.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.eq_ignore_ascii_case("false") && value != "0")
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(crate) fn nonce(&self) -> &str {
        &self.nonce
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables, nonce: String::new() }
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_input(variable: &str, value: &str, expected: Option<&str>) {
        let env = Env::from_iter([(variable, value)]);
        assert_eq!(env.input("jira-api-token"), expected, "{variable}={value:?}");
    }

    #[test]
    fn inputs_are_found_in_every_spelling() {
        check_input("INPUT_JIRA-API-TOKEN", "x", Some("x"));
        check_input("INPUT_JIRA_API_TOKEN", "x", Some("x"));
        check_input("INPUT_JIRAAPITOKEN", "x", Some("x"));
        check_input("INPUT_JIRA-API-TOKEN", " x\r\n", Some("x"));
        check_input("INPUT_JIRA-API-TOKEN", "", None);
        check_input("INPUT_JIRA-API-TOKEN", " \n", None);
        check_input("INPUT_JIRA", "x", None);
    }

    #[test]
    fn debug_shows_no_value() {
        let env = Env::from_iter([("JIRA_API_TOKEN", "s3cr3t")]).with_nonce(0xfeed);
        let shown = format!("{env:?}");
        assert!(shown.contains("JIRA_API_TOKEN"));
        assert!(!shown.contains("s3cr3t") && !shown.contains("feed"), "{shown}");
    }
}
