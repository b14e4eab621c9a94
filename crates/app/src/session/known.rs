//! The trackers that a run knows of, without connecting to any: hooks have neither secrets nor time for that.

use super::Session;
use crate::{
    config::{self, Selection},
    git::Git,
    naming::Naming,
};
use backend::Result;

impl Session {
    /// How items are named by the tracker that was named, else by every one that is set up, whole or in part; secrets may
    /// be missing. None where nothing is set up. A configuration file that is wrong is an error, as it is for a run that
    /// connects.
    pub fn known(&mut self, git: Option<&Git>) -> Result<Option<Naming>> {
        let file = self.config_file(git)?.told();
        let requested = self.requested();
        let known = self.with_sources(git, file, |sources, redactor| {
            config::known(sources, requested.as_deref(), redactor)
        });
        let Selection { trackers, routes } = known?;
        Ok((!trackers.is_empty()).then(|| Naming::unasked(&trackers, &routes)))
    }
}
