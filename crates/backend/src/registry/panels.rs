//! The panels of several trackers as one: each shows a pull request on the items whose route leads to it.

use super::{Route, route};
use crate::{
    error::Result,
    model::WorkItemId,
    panel::{Development, Panel, Shown},
};
use async_trait::async_trait;

/// The panels of several trackers, each under its tracker's name. Items of trackers that have none are shown nowhere.
#[derive(Debug)]
pub struct RoutedPanels {
    panels: Vec<(String, Box<dyn Panel>)>,
    routes: Vec<Route>,
}

impl RoutedPanels {
    /// Of two routes for the same ids the first counts.
    pub fn new(panels: Vec<(String, Box<dyn Panel>)>, routes: Vec<Route>) -> Self {
        Self { panels, routes: route::distinct(routes) }
    }
}

#[async_trait]
impl Panel for RoutedPanels {
    async fn authenticate(&self) -> Result<()> {
        for (_, panel) in &self.panels {
            panel.authenticate().await?;
        }
        Ok(())
    }

    async fn shown(&self, development: Development<'_>) -> Result<Shown> {
        let mut all = Shown { items: Vec::new(), current: true, complete: true };
        for (_, panel) in &self.panels {
            let shown = panel.shown(development).await?;
            // A panel that does not show it has nothing that could be old.
            all.current &= shown.current || shown.items.is_empty();
            all.complete &= shown.complete;
            all.items.extend(shown.items);
        }
        Ok(all)
    }

    async fn show(
        &self,
        development: Development<'_>,
        items: &[WorkItemId],
    ) -> Result<Vec<WorkItemId>> {
        let mut taken = Vec::new();
        for (name, panel) in &self.panels {
            let is_its = |id: &&WorkItemId| route::tracker(&self.routes, id) == Some(name);
            let its: Vec<WorkItemId> = items.iter().filter(is_its).cloned().collect();
            taken.extend(panel.show(development, &its).await?);
        }
        Ok(items.iter().filter(|id| taken.contains(id)).cloned().collect())
    }
}
