//! The development panels of a run's trackers.

use super::{Session, own_routes};
use crate::{
    config::{Chosen, Selection},
    git::Git,
};
use backend::{Result, dry_run::DryPanel, panel::Panel, platform, registry::Panels};

impl Session {
    /// The development panels of the trackers that [`Session::connect`] connects to. A `Config` error where their settings
    /// are wrong.
    pub fn panels(&mut self, git: Option<&Git>) -> Result<Panels> {
        let file = self.config_file(git)?;
        let chosen = self.choose(git, file).map_err(|unusable| unusable.error)?;
        let Selection { trackers, mut routes } = chosen;
        let mut panels = Vec::new();
        for chosen in &trackers {
            routes.extend(own_routes(chosen, &chosen.items().platform.metadata()));
            let name = chosen.settings.tracker.clone();
            panels.extend(self.panel_of(chosen)?.map(|panel| (name, panel)));
        }
        if trackers.len() == 1 {
            routes.clear();
        }
        Ok(Panels::new(panels, routes))
    }

    /// The panel of one tracker, which plans its writes when the run is dry. Sends nothing. A run that gets no secrets may
    /// lack those of a panel, and has none then.
    pub(super) fn panel_of(&self, chosen: &Chosen) -> Result<Option<Box<dyn Panel>>> {
        let Chosen { platform, settings, .. } = chosen.items();
        let Some(connect) = platform::panel(platform) else { return Ok(None) };
        let panel = match connect(settings, &self.wire(settings)?) {
            Err(error) if self.context.secrets_withheld => {
                tracing::info!(%error, "no panel");
                None
            }
            made => made?,
        };
        let Some(panel) = panel else { return Ok(None) };
        tracing::info!(tracker = settings.tracker, "development is shown in its panel");
        Ok(Some(if self.common.dry_run {
            Box::new(DryPanel::new(panel, self.plan.clone()))
        } else {
            panel
        }))
    }
}
