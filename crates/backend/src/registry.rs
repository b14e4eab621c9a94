//! Several configured trackers at once: registered by name, found by the prefix of an item's id.

mod panels;
mod route;
mod routed;
#[cfg(test)]
mod tests;

pub use panels::Panels;
pub use route::Route;
pub use routed::Routed;

use crate::{health::Health, settings::Settings, tracker::Tracker};
use futures_util::future::join_all;

/// A tracker under the name that the configuration gives it.
#[derive(Debug)]
pub struct Plugin {
    /// The name, such as `jira`.
    pub name: String,
    /// The tracker.
    pub tracker: Box<dyn Tracker>,
    /// The settings that it was made from.
    pub config: Settings,
}

/// Configured trackers by name, in the order in which they were registered.
#[derive(Debug, Default)]
pub struct Registry {
    plugins: Vec<Plugin>,
}

impl Registry {
    /// Adds a tracker; one of the same name is replaced, and returned.
    pub fn register(&mut self, plugin: Plugin) -> Option<Plugin> {
        if let Some(known) = self.plugins.iter_mut().find(|known| known.name == plugin.name) {
            return Some(std::mem::replace(known, plugin));
        }
        self.plugins.push(plugin);
        None
    }

    /// Takes a tracker out.
    pub fn unregister(&mut self, name: &str) -> Option<Plugin> {
        let index = self.plugins.iter().position(|known| known.name == name)?;
        Some(self.plugins.remove(index))
    }

    /// The tracker of this name.
    pub fn get_plugin(&self, name: &str) -> Option<&dyn Tracker> {
        self.find(name).map(|plugin| &*plugin.tracker)
    }

    /// The settings of the tracker of this name.
    pub fn get_config(&self, name: &str) -> Option<&Settings> {
        self.find(name).map(|plugin| &plugin.config)
    }

    /// The names, in the order in which they were registered.
    pub fn list_plugins(&self) -> Vec<&str> {
        self.plugins.iter().map(|plugin| plugin.name.as_str()).collect()
    }

    /// The health of every tracker, asked for at the same time; each under its configured name.
    pub async fn health_check_all(&self) -> Vec<Health> {
        join_all(self.plugins.iter().map(|plugin| async {
            let health = plugin.tracker.health_check().await;
            Health { plugin: plugin.name.clone(), ..health }
        }))
        .await
    }

    /// One tracker that hands every call to the one whose route fits the item's id.
    pub fn routed(self, routes: Vec<Route>) -> Routed {
        Routed::new(self.plugins, routes)
    }

    fn find(&self, name: &str) -> Option<&Plugin> {
        self.plugins.iter().find(|known| known.name == name)
    }
}
