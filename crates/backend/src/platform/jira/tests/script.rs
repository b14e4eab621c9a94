//! A Jira that answers from a script.

use super::super::connect;
pub(super) use crate::http::tests::script::{Answer, Script, Scripted};
use crate::{
    settings::{Origin, Settings},
    tracker::Tracker,
};
use std::sync::Arc;

/// A tracker in front of the script, and what it sends.
pub(super) fn scripted(deployment: &str, script: Script) -> (Box<dyn Tracker>, Arc<Scripted>) {
    let (wire, jira) = Scripted::wire(script);
    let settings = Settings::new("jira")
        .with("api_endpoint", "http://127.0.0.1", Origin::Default)
        .with("api_key", "token-0123456789", Origin::Default)
        .with("project", "SHOP", Origin::Default)
        .with("deployment", deployment, Origin::Default);
    (connect::connect(&settings, &wire).unwrap(), jira)
}
