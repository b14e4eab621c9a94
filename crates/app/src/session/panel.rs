//! The development panels of a run's trackers.

use super::{Session, own_routes};
use crate::{
    config::{Chosen, Selection},
    git::Git,
};
use backend::{Result, dry_run::DryPanel, panel::Panel, platform, registry::RoutedPanels};

impl Session {
    /// The development panel of the tracker that [`Session::connect`] connects to; those of several are one. None
    /// where no tracker has one, or credentials for it.
    pub fn panel(&mut self, git: Option<&Git>) -> Result<Option<Box<dyn Panel>>> {
        let file = self.config_file(git)?;
        let chosen = self.choose(git, file).map_err(|unusable| unusable.error)?;
        let Selection { trackers, mut routes } = chosen;
        let is_only = trackers.len() == 1;
        let mut panels = Vec::new();
        for chosen in &trackers {
            routes.extend(own_routes(chosen, &chosen.items().platform.metadata()));
            let name = chosen.settings.tracker.clone();
            panels.extend(self.panel_of(chosen)?.map(|panel| (name, panel)));
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

    /// The panel of one tracker, which plans its writes when the run is dry. Sends nothing.
    pub(super) fn panel_of(&self, chosen: &Chosen) -> Result<Option<Box<dyn Panel>>> {
        let Chosen { platform, settings, .. } = chosen.items();
        let Some(connect) = platform::panel(platform) else { return Ok(None) };
        let Some(panel) = connect(settings, &self.wire(settings)?)? else { return Ok(None) };
        tracing::info!(tracker = settings.tracker, "development is shown in its panel");
        Ok(Some(if self.common.dry_run {
            Box::new(DryPanel::new(panel, self.plan.clone()))
        } else {
            panel
        }))
    }
}
