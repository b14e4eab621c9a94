//! What a run has at hand: its arguments, its environment, its CI host, and, once asked for, its tracker.

mod everything;
mod known;
mod panel;

pub use everything::{Everything, Which};

use crate::{
    args::Common,
    config::{self, Chosen, Lack, Selection, Sources, Unusable, place},
    gate::Gate,
    git::Git,
    host,
    naming::Naming,
};
use backend::{
    Error, ErrorKind, Result, Tracker,
    code_host::CodeHost,
    delegate::Delegated,
    dry_run::{DryHost, DryRun, Plan},
    http::{Policy, Reqwest, TransportOptions, Wire, is_loopback},
    platform, plugin,
    registry::{Plugin, Registry, Route, Routed},
    secret::Redactor,
    settings::{self, Settings},
    tracker::Metadata,
};
use ci::{Context, Env, Host};
use serde_json::{Map, Value};
use std::{
    ffi::OsString,
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
    /// Why the event's payload that the CI host names cannot be read, with its path: what the run is about is then a guess.
    pub event_lost: Option<String>,
    /// True where the run writes nothing to the tracker, so that the token of a fork's job will do.
    pub reads_only: bool,
    /// When the run ends.
    pub deadline: Instant,
    /// The writes that were not done, with `--dry-run`.
    pub plan: Plan,
    pub(crate) gate: Arc<Gate>,
}

/// The tracker of a run; several that the routes name are one.
pub struct Connected {
    /// The tracker, wrapped when the run is dry.
    pub tracker: Box<dyn Tracker>,
    /// How its items are named in commits.
    pub naming: Naming,
}

/// What became of connecting.
pub enum Connection {
    /// A tracker.
    Ready(Connected),
    /// A fork's run, which CI hosts give no secrets, lacks those and nothing that it should have.
    NoSecret {
        /// How items are named, as much as is known of it. None where only the configuration file of the fork's work
        /// tree could say which tracker is meant, which is not read.
        naming: Option<Naming>,
        /// What is missing, as any other run would have been told.
        reason: Error,
    },
}

impl Connection {
    /// The tracker; for a run that can do nothing without one.
    pub fn ready(self) -> Result<Connected> {
        match self {
            Self::Ready(connected) => Ok(connected),
            Self::NoSecret { reason, .. } => Err(reason.with_hint(
                "a run of a fork or of Dependabot gets no secrets; do this in a run of the repository's own",
            )),
        }
    }
}

/// The configuration file of a run.
enum ConfigFile {
    /// Its path as it is shown, and its content.
    Read(String, Map<String, Value>),
    /// There is one with this path, and it is a fork author's text.
    Unread(String),
    /// There is none.
    Absent,
}

impl ConfigFile {
    /// The same, after a word about one that is not read; said where a tracker is looked for, which is once a run.
    fn told(self) -> Self {
        if let Self::Unread(shown) = &self {
            tracing::warn!(
                "{shown} is not read, for a fork's author wrote it; name a file with --config to use it"
            );
        }
        self
    }
}

impl Session {
    /// A run with these arguments in this environment, about the event with this payload; for whoever runs a binary's work
    /// in a process of its own.
    pub fn new(common: Common, env: Env, event: Option<Value>) -> Self {
        let host = ci::detect(&env, event);
        let context = host.context();
        let deadline = deadline(common.deadline);
        let (plan, gate) = (Plan::default(), Arc::default());
        let (event_lost, reads_only) = (None, false);
        Self { common, env, host, context, event_lost, reads_only, deadline, plan, gate }
    }

    /// Opens a repository. Where none is named, the one that git's own variables name comes before the current folder.
    pub fn git(&self, path: &Path) -> Result<Git> {
        match self.env.get("GIT_DIR") {
            Some(_) if path == Path::new(HERE) => Git::open_by_environment(),
            Some(_) => Git::open_apart(path),
            None => Git::open(path),
        }
    }

    /// Opens the repository of the current folder, where there is one, for a run that can do without.
    pub fn git_if_there(&self) -> Result<Option<Git>> {
        if self.env.get("GIT_DIR").is_some() {
            return Git::open_by_environment().map(Some);
        }
        Git::open_if_there(Path::new(HERE))
    }

    /// Chooses and connects the tracker, or those that the routes name. `git` is the repository of the run, where it has
    /// one.
    ///
    /// In a fork's run, and only there, it may be that nothing but secrets is missing: that is no failure. Everything
    /// else that is wrong with the configuration is a `Config` error there as well.
    pub async fn connect(&mut self, git: Option<&Git>) -> Result<Connection> {
        let file = self.config_file(git)?.told();
        let unread = matches!(file, ConfigFile::Unread(_));
        match self.choose(git, file) {
            Ok(selection) => self.connect_to(selection).await.map(Connection::Ready),
            Err(unusable) if self.lacks_secrets_only(unusable.lack, unread) => {
                let naming = Some(Naming::unasked(&unusable.known, &[]));
                let naming = naming.filter(|_| !unusable.known.is_empty());
                Ok(Connection::NoSecret { naming, reason: unusable.error })
            }
            Err(unusable) => Err(unusable.error),
        }
    }

    /// The tracker that the arguments or the environment name.
    fn requested(&self) -> Option<String> {
        let environment = || self.env.get("DEVOPS_PLATFORM").map(str::to_owned);
        self.common.platform.clone().or_else(environment)
    }

    /// The code host that a page is on: the first that is set up and serves it. None is no failure, for a run can learn
    /// what it needs from the CI host and from git.
    pub async fn code_host(
        &mut self,
        git: Option<&Git>,
        page: &Url,
    ) -> Result<Option<Box<dyn CodeHost>>> {
        let file = self.config_file(git)?;
        let hosts = self.with_sources(git, file, config::choose_code_hosts);
        for Chosen { platform, settings, .. } in &hosts {
            let Some(connect) = platform::code_host(platform) else { continue };
            let host = connect(settings, &self.wire(settings)?).await?;
            if !host.serves(page) {
                continue;
            }
            tracing::info!(host = settings.tracker, platform = platform.name, "connected");
            return Ok(Some(if self.common.dry_run {
                Box::new(DryHost::new(host, self.plan.clone()))
            } else {
                host
            }));
        }
        Ok(None)
    }

    async fn connect_to(&self, selection: Selection) -> Result<Connected> {
        let Selection { trackers, routes } = selection;
        let mut made = Vec::new();
        for chosen in &trackers {
            let tracker = self.make(chosen).await?;
            let problems = tracker.validate_config();
            if !problems.is_empty() {
                return Err(settings::refusal(&problems));
            }
            made.push(tracker);
        }
        let described = trackers.iter().zip(made.iter().map(|tracker| tracker.metadata()));
        let naming = Naming::of(described, &routes);
        let tracker = match <[Box<dyn Tracker>; 1]>::try_from(made) {
            Ok([tracker]) => tracker,
            Err(several) => Box::new(routed(trackers, several, routes)),
        };
        Ok(Connected { tracker, naming })
    }

    /// Makes one tracker, which plans its writes when the run is dry, and the one that has its work items.
    async fn make(&self, chosen: &Chosen) -> Result<Box<dyn Tracker>> {
        let tracker = self.make_alone(chosen).await?;
        let Some(work_items) = &chosen.work_items else { return Ok(tracker) };
        let work_items = Box::pin(self.make(work_items)).await?;
        Ok(Box::new(Delegated::new(tracker, work_items)))
    }

    async fn make_alone(&self, chosen: &Chosen) -> Result<Box<dyn Tracker>> {
        let Chosen { platform, settings, .. } = chosen;
        tracing::info!(tracker = settings.tracker, platform = settings.platform, "connecting");
        let tracker = (platform.connect)(settings, &self.wire(settings)?).await?;
        Ok(if self.common.dry_run {
            Box::new(DryRun::new(tracker, self.plan.clone()))
        } else {
            tracker
        })
    }

    /// The variables that plugins are started with.
    fn environment_of_plugins(&self) -> Vec<(&'static str, OsString)> {
        let value = |name: &&'static str| Some((*name, self.env.get(name)?.into()));
        plugin::ENVIRONMENT.iter().filter_map(value).collect()
    }

    fn wire(&self, settings: &Settings) -> Result<Wire> {
        let transport = Reqwest::new(transport_options(settings)?)?;
        Ok(Wire {
            search_path: self.env.get("PATH").map(Into::into),
            environment: self.environment_of_plugins(),
            ..Wire::new(Arc::new(transport), self.policy(settings))
        })
    }

    /// The trackers that the arguments, the environment and the configuration file choose.
    fn choose(&mut self, git: Option<&Git>, file: ConfigFile) -> Result<Selection, Box<Unusable>> {
        let requested = self.requested();
        self.with_sources(git, file, |sources, redactor| {
            config::choose(sources, requested.as_deref(), redactor)
        })
    }

    /// Reads the configuration; every secret that is met on the way is known to the gate and the host afterwards.
    fn with_sources<T>(
        &mut self,
        git: Option<&Git>,
        file: ConfigFile,
        read: impl FnOnce(&Sources<'_>, &mut Redactor) -> T,
    ) -> T {
        let file = if let ConfigFile::Read(path, map) = file { Some((path, map)) } else { None };
        // Inside the git directory, else the user's own folder.
        let state = git.map(Git::state_folder).or_else(|| place::state_folder(&self.env));
        let sources = Sources {
            env: &self.env,
            host: &*self.host,
            file,
            state: state.as_deref(),
            reads_only: self.reads_only,
        };
        let mut redactor = Redactor::default();
        let outcome = read(&sources, &mut redactor);
        self.gate.learn(redactor);
        host::mask(&self.gate, &mut *self.host);
        outcome
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

    /// True when a run without secrets is all that missing values come from. Of the values that are no secrets, an unread
    /// file may hold any.
    fn lacks_secrets_only(&self, lack: Lack, unread: bool) -> bool {
        match lack {
            Lack::Secrets => self.context.secrets_withheld,
            Lack::SecretsAndValues => self.context.secrets_withheld && unread,
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
        if !is_named && git.is_none() && Git::is_left_aside(Path::new(HERE)) {
            return Ok(ConfigFile::Absent);
        }
        let Some(path) = named.or_else(|| place::config_file(&root)) else {
            return Ok(ConfigFile::Absent);
        };
        let shown = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        if !is_named && self.is_fork() {
            return Ok(ConfigFile::Unread(shown));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let hint = if is_named {
                "check the path given with --config or DEVOPS_CONFIG"
            } else {
                "let this run's user read it, or name another with --config"
            };
            Error::new(ErrorKind::Config, format!("read {shown}: {error}")).with_hint(hint)
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

/// Several trackers as one. Besides the routes of the file, each takes the ids of its own project.
fn routed(chosen: Vec<Chosen>, trackers: Vec<Box<dyn Tracker>>, routes: Vec<Route>) -> Routed {
    let (mut registry, mut all) = (Registry::default(), routes);
    for (chosen, tracker) in chosen.into_iter().zip(trackers) {
        all.extend(own_routes(&chosen, tracker.metadata()));
        let name = chosen.settings.tracker.clone();
        registry.register(Plugin { name, tracker, config: chosen.settings });
    }
    registry.routed(all)
}

/// The routes of a tracker to the ids of its own project.
fn own_routes(chosen: &Chosen, metadata: &Metadata) -> Vec<Route> {
    let tracker = &chosen.settings.tracker;
    let prefixes = Naming::of([(chosen, metadata)], &[]).prefixes();
    prefixes.into_iter().map(|prefix| Route { prefix, tracker: tracker.clone() }).collect()
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
