//! Custom plugins as a row of the table: one for all of them, since what each one can do only it can say.

use super::Platform;
use crate::{
    error::Result,
    http::Wire,
    plugin::{self, Program},
    reference::Pattern,
    settings::{CustomSetting, Setting, Settings},
    tracker::{Limits, Tracker},
};
use futures_util::future::BoxFuture;

/// Every plugin, until it has said what it is.
pub(super) const PLATFORM: Platform = Platform {
    name: "plugin:NAME",
    title: "a plugin",
    settings: SETTINGS,
    custom_settings: &[CustomSetting {
        key: CustomSetting::ANY,
        help: "Whatever the plugin documents",
    }],
    references: &[Pattern::Key],
    limits: Limits { title: 255, text: 30_000, label: 100 },
    unsupported: &[],
    delegates: &[],
    embedded: false,
    check: |_| Vec::new(),
    connect,
};

const SETTINGS: &[Setting] = &[
    Setting::new("api_endpoint", "PLUGIN_API_ENDPOINT", "Address of the plugin's tracker"),
    Setting::new("api_key", "PLUGIN_API_KEY", "Credential of the plugin's tracker").secret(),
    Setting::new(
        "organization",
        "PLUGIN_ORGANIZATION",
        "Organisation or account on the plugin's tracker",
    ),
    Setting::new("project", "PLUGIN_PROJECT", "Project on the plugin's tracker"),
    Setting::new("plugin_id", "PLUGIN_ID", "What the plugin is told that it is called"),
];

fn connect<'a>(settings: &'a Settings, wire: &'a Wire) -> BoxFuture<'a, Result<Box<dyn Tracker>>> {
    Box::pin(async move {
        let name = plugin::name(&settings.platform).ok_or_else(|| {
            let what =
                format!("{:?} is no plugin: a name is {}", settings.platform, plugin::NAME_RULE);
            settings.problem("platform", what)
        })?;
        let program = Program::find(name, wire.search_path.as_deref())?;
        plugin::start(&program, settings, wire).await
    })
}
