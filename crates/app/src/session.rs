//! What a run has at hand: its arguments, its environment, its CI host, and, once asked for, its tracker.

mod known;

use crate::{
    args::Common,
    config::{self, Chosen, Lack, Sources, Unusable, place},
    gate::Gate,
    git::Git,
    host,
};
use backend::{
    Error, ErrorKind, Result, Tracker,
    dry_run::{DryRun, Plan},
    http::{Policy, Reqwest, TransportOptions, Wire, is_loopback},
    secret::Redactor,
    settings::{self, Settings},
};
use ci::{Context, Env, Host};
use serde_json::{Map, Value};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;
use url::Url;

/// The current folder, as `--repository` names it by default.
const HERE: &str = ".";

/// What a run has at hand.
pub struct Session {
    /// Arguments of every binary.
    pub common: Common,
    /// The environment, read once.
    pub env: Env,
    /// The CI host.
    pub host: Box<dyn Host>,
    /// What the CI host says about this run.
    pub context: Context,
    /// True when the CI host names an event's payload that cannot be read: what the run is about is then a guess.
    pub event_lost: bool,
    /// When the run ends.
    pub deadline: Instant,
    /// The writes that were not done, with `--dry-run`.
    pub plan: Plan,
    pub(crate) gate: Arc<Gate>,
}

/// A tracker and the settings that it was made from.
pub struct Connected {
    /// The tracker, wrapped when the run is dry.
    pub tracker: Box<dyn Tracker>,
    /// Its settings.
    pub settings: Settings,
}

/// What became of connecting.
pub enum Connection {
    /// A tracker.
    Ready(Connected),
    /// A fork's run, which CI hosts give no secrets, lacks those and nothing that it should have.
    NoSecret {
        /// As much as is known of the tracker. None where only the configuration file of the fork's work tree could
        /// say, which is not read.
        tracker: Option<Chosen>,
        /// What is missing, as any other run would have been told.
        reason: Error,
    },
}

impl Connection {
    /// The tracker; for a run that can do nothing without one.
    pub fn ready(self) -> Result<Connected> {
        match self {
            Self::Ready(connected) => Ok(connected),
            Self::NoSecret { reason, .. } => Err(reason),
        }
    }
}

/// The configuration file of a run.
enum ConfigFile {
    /// Its path as it is shown, and its content.
    Read(String, Map<String, Value>),
    /// There is one, and it is a fork author's text.
    Unread,
    /// There is none.
    Absent,
}

impl Session {
    /// Opens a repository. Where none is named, the one that git's own variables name comes before the current folder.
    pub fn git(&self, path: &Path) -> Result<Git> {
        if path == Path::new(HERE) && self.env.get("GIT_DIR").is_some() {
            return Git::open_by_environment();
        }
        Git::open(path)
    }

    /// Opens the repository of the current folder, where there is one.
    pub fn git_if_there(&self) -> Result<Option<Git>> {
        if self.env.get("GIT_DIR").is_some() {
            return Git::open_by_environment().map(Some);
        }
        Git::open_if_there(Path::new(HERE))
    }

    /// Chooses and connects the tracker. `git` is the repository of the run, where it has one.
    ///
    /// In a fork's run, and only there, it may be that nothing but secrets is missing: that is no failure. Everything
    /// else that is wrong with the configuration is a `Config` error there as well.
    pub async fn connect(&mut self, git: Option<&Git>) -> Result<Connection> {
        let file = self.config_file(git)?;
        let unread = matches!(file, ConfigFile::Unread);
        match self.choose(git, file) {
            Ok(chosen) => self.connect_to(chosen).await.map(Connection::Ready),
            Err(unusable) if self.lacks_secrets_only(unusable.lack, unread) => {
                Ok(Connection::NoSecret { tracker: unusable.known, reason: unusable.error })
            }
            Err(unusable) => Err(unusable.error),
        }
    }

    async fn connect_to(&self, chosen: Chosen) -> Result<Connected> {
        let Chosen { platform, settings } = chosen;
        tracing::info!(tracker = settings.tracker, platform = platform.name, "connecting");
        let transport = Reqwest::new(transport_options(&settings)?)?;
        let wire = Wire {
            search_path: self.env.get("PATH").map(Into::into),
            ..Wire::new(Arc::new(transport), self.policy(&settings))
        };
        let tracker = (platform.connect)(&settings, &wire).await?;
        let problems = tracker.validate_config();
        if !problems.is_empty() {
            return Err(settings::refusal(&problems));
        }
        let tracker: Box<dyn Tracker> = if self.common.dry_run {
            Box::new(DryRun::new(tracker, self.plan.clone()))
        } else {
            tracker
        };
        Ok(Connected { tracker, settings })
    }

    /// The tracker that the arguments, the environment and the configuration file choose.
    fn choose(&mut self, git: Option<&Git>, file: ConfigFile) -> Result<Chosen, Box<Unusable>> {
        let file = if let ConfigFile::Read(path, map) = file { Some((path, map)) } else { None };
        // Inside the git directory, else the user's own folder.
        let state = git.map(Git::state_folder).or_else(|| place::state_folder(&self.env));
        let sources = Sources { env: &self.env, host: &*self.host, file, state: state.as_deref() };
        let requested = self.common.platform.as_deref().or_else(|| self.env.get("DEVOPS_PLATFORM"));
        let mut redactor = Redactor::default();
        let chosen = config::choose(&sources, requested, &mut redactor);
        self.gate.learn(redactor);
        host::mask(&self.gate, &mut *self.host);
        chosen
    }

    /// True when this is a fork's run, which CI hosts give no secrets.
    pub fn is_fork(&self) -> bool {
        self.context.pull_request.as_ref().is_some_and(|pull_request| pull_request.is_fork)
    }

    /// The text without any known secret, for whoever quotes or cuts it before it is printed: half a secret is not
    /// recognised any more.
    pub fn redacted(&self, text: &str) -> String {
        self.gate.redacted(text)
    }

    /// True when a fork's run is all that is missing values come from. Of the values that are no secrets, an unread
    /// file may hold any.
    fn lacks_secrets_only(&self, lack: Lack, unread: bool) -> bool {
        match lack {
            Lack::Secrets => self.is_fork(),
            Lack::SecretsAndValues => self.is_fork() && unread,
            Lack::Sense => false,
        }
    }

    /// The file that was named, else the one in the work tree, unless a fork's author wrote it: it could send the
    /// token of a trusted run to an address of its own.
    fn config_file(&self, git: Option<&Git>) -> Result<ConfigFile> {
        let named =
            self.common.config.clone().or_else(|| self.env.get("DEVOPS_CONFIG").map(PathBuf::from));
        let root = git.map_or_else(|| PathBuf::from("."), |git| git.root().to_owned());
        let is_named = named.is_some();
        let Some(path) = named.or_else(|| place::config_file(&root)) else {
            return Ok(ConfigFile::Absent);
        };
        let shown = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        if !is_named && self.is_fork() {
            tracing::warn!(
                "{shown} is not read, for a fork's author wrote it; name a file with --config to use it"
            );
            return Ok(ConfigFile::Unread);
        }
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Error::new(ErrorKind::Config, format!("read {shown}: {error}"))
                .with_hint("check the path given with --config or DEVOPS_CONFIG")
        })?;
        let map = config::file::parse(&shown, &text)?;
        Ok(ConfigFile::Read(shown, map))
    }

    fn policy(&self, settings: &Settings) -> Policy {
        Policy {
            timeout: settings.timeout,
            retry_attempts: settings.retry_attempts,
            deadline: self.deadline,
        }
    }
}

/// When a run that starts now ends.
pub(crate) fn deadline(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

fn transport_options(settings: &Settings) -> Result<TransportOptions> {
    if !settings.verify_tls
        && !settings
            .text("api_endpoint")
            .and_then(|text| Url::parse(text).ok())
            .is_some_and(|url| is_loopback(&url))
    {
        return Err(settings
            .problem("verify_ssl", "false is accepted for loopback addresses only")
            .with_hint("give the private authority's certificate with ca_bundle")
            .into());
    }
    Ok(TransportOptions {
        accept_any_certificate: !settings.verify_tls,
        ca_bundle: settings.ca_bundle.clone(),
    })
}

#[cfg(test)]
mod tests;
