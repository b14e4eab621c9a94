//! The trackers that a run knows of, without connecting to any: hooks have neither secrets nor time for that.

use super::{ConfigFile, Session};
use crate::naming::Naming;
use crate::{
    config::{self, Selection, Sources, place},
    git::Git,
};
use backend::{Result, secret::Redactor};

impl Session {
    /// How items are named by the tracker that was named, else by every one that is set up, whole or in part; secrets may
    /// be missing. None where nothing is set up. A configuration file that is wrong is an error, as it is for a run that
    /// connects.
    pub fn known(&mut self, git: Option<&Git>) -> Result<Option<Naming>> {
        let file = match self.config_file(git)? {
            ConfigFile::Read(path, map) => Some((path, map)),
            ConfigFile::Unread | ConfigFile::Absent => None,
        };
        let state = git.map(Git::state_folder).or_else(|| place::state_folder(&self.env));
        let sources = Sources {
            env: &self.env,
            host: &*self.host,
            file,
            state: state.as_deref(),
            reads_only: false,
        };
        let requested = self.common.platform.as_deref().or_else(|| self.env.get("DEVOPS_PLATFORM"));
        let mut redactor = Redactor::default();
        let known = config::known(&sources, requested, &mut redactor);
        self.gate.learn(redactor);
        let Selection { trackers, routes } = known?;
        Ok((!trackers.is_empty()).then(|| Naming::unasked(&trackers, &routes)))
    }
}
