//! The table of platforms: one row each. No other place in the workspace matches on a platform's name.

#[cfg(feature = "azure-devops")]
mod azure_devops;
#[cfg(feature = "codecatalyst")]
pub mod codecatalyst;
#[cfg(feature = "github")]
mod github;
#[cfg(feature = "gitlab")]
mod gitlab;
#[cfg(feature = "jira")]
mod jira;
#[cfg(feature = "linear")]
mod linear;
#[cfg(feature = "local")]
pub mod local;
mod plugin;
pub mod shared;

use crate::{
    code_host::CodeHost,
    error::Result,
    http::Wire,
    panel::Panel,
    reference::Pattern,
    settings::{CustomSetting, Problem, Setting, Settings},
    tracker::{Limits, Metadata, Operation, Tracker},
};
use futures_util::future::BoxFuture;

/// Makes a tracker from its settings. It may ask the API what it is talking to.
pub type Connect = for<'a> fn(&'a Settings, &'a Wire) -> BoxFuture<'a, Result<Box<dyn Tracker>>>;

/// Makes a code host from the settings of a tracker on the same site.
pub type ConnectCodeHost =
    for<'a> fn(&'a Settings, &'a Wire) -> BoxFuture<'a, Result<Box<dyn CodeHost>>>;

/// Makes the panel of development of a tracker; `None` where the settings have no credentials for it.
pub type ConnectPanel = fn(&Settings, &Wire) -> Result<Option<Box<dyn Panel>>>;

/// All that is wrong with the settings that there are, however many are missing.
pub type Check = fn(&Settings) -> Vec<Problem>;

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Platform {
    /// Name as in `--platform`: `azure-devops`.
    pub name: &'static str,
    /// Name as people write it.
    pub title: &'static str,
    /// The settings that it knows.
    pub settings: &'static [Setting],
    /// The keys that it knows under `custom_settings`.
    pub custom_settings: &'static [CustomSetting],
    /// How its items are named in commits, most usual first.
    pub references: &'static [Pattern],
    /// Longest texts.
    pub limits: Limits,
    /// The operations that it cannot do, each with the reason; all others work.
    pub unsupported: &'static [(Operation, &'static str)],
    /// Of those, the ones that it hands to another tracker, where `custom_settings.work_items` names one.
    pub delegates: &'static [Operation],
    /// True when it needs no account and no network, so that it is never chosen by accident.
    pub embedded: bool,
    /// Looks over the settings before anything is made of them.
    pub check: Check,
    /// Makes the tracker.
    pub connect: Connect,
}

impl Platform {
    /// What a tracker of this platform is and can do.
    pub fn metadata(&self) -> Metadata {
        let unsupported = |operation: &Operation| {
            self.unsupported.iter().any(|(missing, _)| missing == operation)
        };
        Metadata {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            operations: Operation::ALL
                .iter()
                .copied()
                .filter(|operation| !unsupported(operation))
                .collect(),
            unsupported: self
                .unsupported
                .iter()
                .map(|(operation, why)| (*operation, (*why).to_owned()))
                .collect(),
            references: self.references.to_vec(),
            limits: self.limits,
            home: None,
        }
    }
}

/// Why no platform measures velocity yet.
const NO_VELOCITY: &str = "it is not read from this tracker yet";

/// The operations that need a team's history, for platforms from which it is not read.
pub const WITHOUT_HISTORY: &[(Operation, &str)] =
    &[(Operation::TeamHistory, NO_VELOCITY), (Operation::GetTeamVelocity, NO_VELOCITY)];

/// Every platform of this build.
pub const PLATFORMS: &[Platform] = &[
    #[cfg(feature = "jira")]
    jira::PLATFORM,
    #[cfg(feature = "azure-devops")]
    azure_devops::PLATFORM,
    #[cfg(feature = "github")]
    github::PLATFORM,
    #[cfg(feature = "gitlab")]
    gitlab::PLATFORM,
    #[cfg(feature = "linear")]
    linear::PLATFORM,
    #[cfg(feature = "codecatalyst")]
    codecatalyst::PLATFORM,
    #[cfg(feature = "local")]
    local::PLATFORM,
];

/// The platforms of this build that are code hosts as well. A table of its own, so that a binary that never asks for a
/// code host carries none.
const CODE_HOSTS: &[(&str, ConnectCodeHost)] = &[
    #[cfg(feature = "azure-devops")]
    (azure_devops::PLATFORM.name, azure_devops::CODE_HOST),
    #[cfg(feature = "github")]
    (github::PLATFORM.name, github::CODE_HOST),
    #[cfg(feature = "gitlab")]
    (gitlab::PLATFORM.name, gitlab::CODE_HOST),
];

/// How the code host of a platform is made, where it is one.
pub fn code_host(platform: &Platform) -> Option<ConnectCodeHost> {
    of(CODE_HOSTS, platform)
}

/// The platforms of this build that have a panel of development. A table of its own for the same reason.
const PANELS: &[(&str, ConnectPanel)] = &[
    #[cfg(feature = "jira")]
    (jira::PLATFORM.name, jira::PANEL),
];

/// How the panel of development of a platform is made, where it has one.
pub fn panel(platform: &Platform) -> Option<ConnectPanel> {
    of(PANELS, platform)
}

/// What a table has for a platform.
fn of<T: Copy>(table: &[(&str, T)], platform: &Platform) -> Option<T> {
    table.iter().find(|(name, _)| *name == platform.name).map(|(_, value)| *value)
}

/// The names of the product's platforms, whichever of them this build has; `plugin:NAME` is one more of each name.
pub const NAMES: &[&str] =
    &["jira", "azure-devops", "github", "gitlab", "linear", "codecatalyst", "local"];

/// The row of every plugin, whatever its name. It is no platform by itself, and so not among [`PLATFORMS`].
pub const PLUGIN: &Platform = &plugin::PLATFORM;

/// Every row, that of plugins included.
pub fn rows() -> impl Iterator<Item = &'static Platform> {
    PLATFORMS.iter().chain([PLUGIN])
}

/// A platform's name as it stands in the tables: in lower case, `-` for `_`.
pub fn spelt(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// True for the name of a platform of the product, be it in this build or not; `_` may stand for `-`.
pub fn is_of_product(name: &str) -> bool {
    let name = spelt(name);
    NAMES.contains(&name.as_str()) || crate::plugin::name(&name).is_some()
}

/// The platform with this name; `_` may stand for `-`.
pub fn find(name: &str) -> Option<&'static Platform> {
    let name = spelt(name);
    if crate::plugin::name(&name).is_some() {
        return Some(PLUGIN);
    }
    PLATFORMS.iter().find(|platform| platform.name == name)
}

#[cfg(test)]
mod tests;
