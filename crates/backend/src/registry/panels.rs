//! The panels of several trackers as one: each shows a pull request on the items whose route leads to it.

use super::{Route, route};
use crate::{
    error::Result,
    model::WorkItemId,
    panel::{Development, Others, Panel, Shown},
};
use async_trait::async_trait;

/// The panels of several trackers. Items of trackers that have none are shown nowhere.
#[derive(Debug)]
pub struct RoutedPanels {
    panels: Vec<Shared>,
    routes: Vec<Route>,
}

/// A panel, and the names of the trackers that it is the panel of.
#[derive(Debug)]
struct Shared {
    trackers: Vec<String>,
    panel: Box<dyn Panel>,
}

impl RoutedPanels {
    /// The panels by the names of their trackers. Trackers of one site have one panel: of two, each would take out what
    /// the other shows. Of two routes for the same ids the first counts.
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

    fn panel_of(&self, item: &WorkItemId) -> Option<&Shared> {
        let tracker = route::tracker(&self.routes, item)?;
        self.panels.iter().find(|shared| shared.trackers.iter().any(|name| name == tracker))
    }
}

#[async_trait]
impl Panel for RoutedPanels {
    fn place(&self) -> String {
        let places: Vec<String> = self.panels.iter().map(|shared| shared.panel.place()).collect();
        places.join(" ")
    }

    fn takes(&self, item: &WorkItemId) -> bool {
        self.panel_of(item).is_some_and(|shared| shared.panel.takes(item))
    }

    async fn authenticate(&self) -> Result<()> {
        for shared in &self.panels {
            shared.panel.authenticate().await?;
        }
        Ok(())
    }

    async fn shown(&self, development: Development<'_>) -> Result<Shown> {
        let mut all = Shown { items: Vec::new(), current: true };
        for shared in &self.panels {
            let shown = shared.panel.shown(development).await?;
            // Where it is not shown, nothing can be old.
            all.current &= shown.current || shown.items.is_empty();
            all.items.extend(shown.items);
        }
        Ok(all)
    }

    /// Every panel is written to; the first error is told when all were.
    async fn show(
        &self,
        development: Development<'_>,
        items: &[WorkItemId],
        others: Others,
    ) -> Result<Vec<WorkItemId>> {
        let (mut taken, mut failed) = (Vec::new(), Ok(()));
        for shared in &self.panels {
            let is_its = |item: &&WorkItemId| {
                self.panel_of(item).is_some_and(|its| its.trackers == shared.trackers)
            };
            let its: Vec<WorkItemId> = items.iter().filter(is_its).cloned().collect();
            match shared.panel.show(development, &its, others).await {
                Ok(shown) => taken.extend(shown),
                Err(error) => failed = failed.and(Err(error)),
            }
        }
        failed.map(|()| items.iter().filter(|item| taken.contains(item)).cloned().collect())
    }
}

#[cfg(test)]
mod tests;
