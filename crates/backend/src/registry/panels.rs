//! The development panels of a run's trackers: each shows a pull request on the items whose route leads to it.

use super::{Route, route};
use crate::{
    error::Error,
    model::WorkItemId,
    panel::{Development, Others, Panel, Shown},
};

/// The development panels of a run's trackers. Items of trackers that have none are shown nowhere.
#[derive(Debug, Default)]
pub struct Panels {
    panels: Vec<Shared>,
    /// None where a run has one tracker, which has all items.
    routes: Vec<Route>,
}

/// A panel, and the names of the trackers that it is the panel of.
#[derive(Debug)]
struct Shared {
    trackers: Vec<String>,
    panel: Box<dyn Panel>,
}

impl Panels {
    /// The panels by the names of their trackers. Trackers of one site have one panel: of two, each would take out what
    /// the other shows. Of two routes for the same ids the first counts; without routes, all items are the first one's.
    pub fn new(panels: Vec<(String, Box<dyn Panel>)>, routes: Vec<Route>) -> Self {
        let mut shared: Vec<Shared> = Vec::new();
        for (name, panel) in panels {
            match shared.iter_mut().find(|known| known.panel.place() == panel.place()) {
                Some(known) => known.trackers.push(name),
                None => shared.push(Shared { trackers: vec![name], panel }),
            }
        }
        Self { panels: shared, routes: route::distinct(routes) }
    }

    /// True where no tracker has one.
    pub fn is_empty(&self) -> bool {
        self.panels.is_empty()
    }

    fn place_of(&self, item: &WorkItemId) -> Option<usize> {
        if self.routes.is_empty() {
            return (!self.panels.is_empty()).then_some(0);
        }
        let tracker = route::tracker(&self.routes, item)?;
        self.panels.iter().position(|shared| shared.trackers.iter().any(|name| name == tracker))
    }

    /// True for an item that a panel can show something on. No network.
    pub fn takes(&self, item: &WorkItemId) -> bool {
        self.place_of(item).is_some_and(|place| self.panels[place].panel.takes(item))
    }

    /// Which items show a pull request, and what the panels failed with that cannot be asked.
    pub async fn shown(&self, development: Development<'_>) -> (Vec<WorkItemId>, Vec<Error>) {
        let (mut items, mut errors) = (Vec::new(), Vec::new());
        for shared in &self.panels {
            match shared.panel.shown(development).await {
                Ok(Shown { items: its, .. }) => items.extend(its),
                Err(error) => errors.push(error),
            }
        }
        (items, errors)
    }

    /// Shows a pull request on these items, as [`Panel::show`] does: those that show it then, and what the panels failed
    /// with that could not be written to.
    pub async fn show(
        &self,
        development: Development<'_>,
        items: &[WorkItemId],
        others: Others,
    ) -> (Vec<WorkItemId>, Vec<Error>) {
        let (mut taken, mut errors) = (Vec::new(), Vec::new());
        for (place, shared) in self.panels.iter().enumerate() {
            let is_its = |item: &&WorkItemId| self.place_of(item) == Some(place);
            let its: Vec<WorkItemId> = items.iter().filter(is_its).cloned().collect();
            match shared.panel.show(development, &its, others).await {
                Ok(shown) => taken.extend(shown),
                Err(error) => errors.push(error),
            }
        }
        (taken, errors)
    }
}

#[cfg(test)]
mod tests;
