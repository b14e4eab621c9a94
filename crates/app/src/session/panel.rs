//! The panels of development of a run's trackers.

use super::{Session, own_routes};
use crate::{config::Selection, git::Git};
use backend::{Result, dry_run::DryPanel, panel::Panel, platform, registry::RoutedPanels};

impl Session {
    /// The panel of development of the tracker that [`Session::connect`] connects to; those of several are one. None
    /// where no tracker has one, or credentials for it.
    pub fn panel(&mut self, git: Option<&Git>) -> Result<Option<Box<dyn Panel>>> {
        let file = self.config_file(git)?;
        let chosen = self.choose(git, file).map_err(|unusable| unusable.error)?;
        let Selection { trackers, mut routes } = chosen;
        let is_only = trackers.len() == 1;
        let mut panels = Vec::new();
        for chosen in &trackers {
            let name = chosen.settings.tracker.clone();
            routes.extend(own_routes(chosen, &chosen.platform.metadata()));
            let items = chosen.items();
            let Some(connect) = platform::panel(items.platform) else { continue };
            let Some(panel) = connect(&items.settings, &self.wire(&items.settings)?)? else {
                continue;
            };
            tracing::info!(tracker = name, "development is shown in its panel");
            panels.push((name, self.planned(panel)));
        }
        Ok(match panels.pop() {
            None => None,
            Some((_, panel)) if is_only => Some(panel),
            Some(last) => {
                panels.push(last);
                Some(Box::new(RoutedPanels::new(panels, routes)))
            }
        })
    }

    fn planned(&self, panel: Box<dyn Panel>) -> Box<dyn Panel> {
        if self.common.dry_run { Box::new(DryPanel::new(panel, self.plan.clone())) } else { panel }
    }
}
