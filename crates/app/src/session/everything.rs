//! Every tracker that is set up, for a run that asks all of them.

use super::Session;
use crate::{
    config::{self, Chosen},
    git::Git,
};
use backend::{
    Error, ErrorKind, Result, Tracker,
    health::Health,
    panel::Panel,
    registry::{Plugin, Registry},
};
use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};

/// Which trackers [`Session::connect_all`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that the arguments or the environment name; without a name, all of them.
    Named,
    /// All of them, whatever is named.
    All,
}

/// All trackers that are set up.
#[derive(Debug, Default)]
pub struct Everything {
    /// Those that can be asked.
    pub registry: Registry,
    /// Their development panels, by the names of those that have credentials for one.
    pub panels: Vec<(String, Box<dyn Panel>)>,
    /// Those that cannot even be made.
    pub broken: Vec<Health>,
    /// Names of those that lack nothing but secrets, in a fork's run.
    pub skipped: Vec<String>,
}

impl Session {
    /// Every tracker that is set up, or the one that is named where `which` says so: those that can be made, what is
    /// wrong with the others, and those that a fork's run lacks nothing but the secrets of.
    ///
    /// All are made at the same time, within half of the time that is left: one that hangs leaves the others the time to
    /// be made, and the other half to be asked in.
    ///
    /// Fails with `Config` where none is set up, and where the named one is not known.
    pub async fn connect_all(&mut self, git: Option<&Git>, which: Which) -> Result<Everything> {
        let file = self.config_file(git)?.told();
        let requested = self.requested().filter(|_| which == Which::Named);
        let all = self.with_sources(git, file, |sources, redactor| {
            config::choose_all(sources, requested.as_deref(), redactor)
        })?;
        let now = Instant::now();
        let end = now + self.deadline.saturating_duration_since(now) / 2;
        let making = all.into_iter().map(async |(name, chosen)| match chosen {
            Ok(chosen) => {
                let made = self.make_until(end, &chosen).await;
                let made = made.and_then(|tracker| Ok((tracker, self.panel_of(&chosen)?)));
                (name, Ok(made.map(|made| (made, chosen.settings))))
            }
            Err(unusable) => (name, Err(unusable)),
        });
        let mut everything = Everything::default();
        for (name, made) in join_all(making).await {
            match made {
                Ok(Ok(((tracker, panel), config))) => {
                    everything.panels.extend(panel.map(|panel| (name.clone(), panel)));
                    everything.registry.register(Plugin { name, tracker, config });
                }
                Ok(Err(error)) => everything.broken.push(Health::broken(name, &error)),
                Err(unusable) if self.lacks_secrets_only(unusable.lack, false) => {
                    everything.skipped.push(name);
                }
                Err(unusable) => everything.broken.push(Health::broken(name, &unusable.error)),
            }
        }
        Ok(everything)
    }

    async fn make_until(&self, end: Instant, chosen: &Chosen) -> Result<Box<dyn Tracker>> {
        let late = |_| {
            let what = format!("connect to {} in half of the run's time", chosen.settings.platform);
            let hint = "raise --deadline, or run with -v to see what it is busy with";
            Err(Error::new(ErrorKind::Unavailable, what).with_hint(hint))
        };
        timeout_at(end, self.make(chosen)).await.unwrap_or_else(late)
    }
}
