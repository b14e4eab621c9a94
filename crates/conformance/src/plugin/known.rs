//! What is known about a plugin's site: as little as a stranger knows, and what its author says.

use crate::subject::Facts;
use backend::{
    Error, ErrorKind, Result,
    model::{Kind, Status, WorkItemId},
    plugin::Config,
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What is known about a site.
#[derive(Debug, Clone)]
pub enum Known {
    /// All that the suite can ask about.
    Whole(fn() -> Facts),
    /// What somebody wrote down.
    Told(Box<Told>),
}

/// The part `facts` of a configuration for the suite. What is left out is not known, and not asked about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Told {
    assignee: Option<String>,
    custom_field: Option<(String, Value)>,
    foreign_item: Option<WorkItemId>,
    hidden_item: Option<WorkItemId>,
    states: Option<Vec<Status>>,
    unreachable: Option<(Status, Status)>,
    estimate: Option<f64>,
    container: Option<Kind>,
    webhook_item: Option<WorkItemId>,
    webhook_secrets: Vec<String>,
}

impl Known {
    /// What a stranger knows.
    pub fn nothing() -> Self {
        Self::Told(Box::default())
    }

    /// The facts as the suite wants them.
    pub fn facts(&self) -> Facts {
        match self {
            Self::Whole(facts) => facts(),
            Self::Told(told) => told.facts(),
        }
    }
}

impl Told {
    fn facts(&self) -> Facts {
        let usual = Facts::default();
        let field = self.custom_field.clone();
        Facts {
            assignee: self.assignee.as_deref().map(kept),
            custom_field: field.map(|(name, value)| (kept(&name), value)),
            foreign_item: self.foreign_item.clone(),
            hidden_item: self.hidden_item.clone(),
            unreachable: self.unreachable,
            webhook_secrets: self.webhook_secrets.iter().map(|secret| kept(secret)).collect(),
            webhook_item: self.webhook_item.clone().unwrap_or_else(|| usual.webhook_item.clone()),
            states: self.states.as_ref().map_or(usual.states, |states| states.clone().leak()),
            estimate: self.estimate,
            container: self.container,
            ..usual
        }
    }
}

/// The text for as long as the process lives: facts are written down in code everywhere else.
fn kept(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// A configuration for the suite: what the plugin is configured with, and `facts` about its site.
pub fn read(text: &str) -> Result<(Config, Known)> {
    let refuse = |what: String| {
        Error::new(ErrorKind::Config, format!("read the configuration: {what}"))
            .with_hint("write it as in crates/backend/README.md, `How to test`")
    };
    let mut map: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| refuse(error.to_string()))?;
    let told = map.remove("facts").map(serde_json::from_value::<Told>).transpose();
    let told = told.map_err(|error| refuse(format!("facts: {error}")))?.unwrap_or_default();
    let known = serde_json::to_value(Config::default()).unwrap_or_default();
    if let Some(key) = map.keys().find(|key| known.get(key.as_str()).is_none()) {
        return Err(refuse(format!("{key} is no setting")));
    }
    let config: Config =
        serde_json::from_value(Value::Object(map)).map_err(|error| refuse(error.to_string()))?;
    // The bounds of the configuration file, which is read elsewhere.
    if !(0.001..=3600.0).contains(&config.timeout) {
        return Err(refuse("timeout should be seconds, more than 0 and at most 3600".to_owned()));
    }
    if config.retry_attempts > 20 {
        return Err(refuse("retry_attempts should be a number from 0 to 20".to_owned()));
    }
    Ok((config, Known::Told(Box::new(told))))
}
