//! Plugins in programs of their own as subjects, and the embedded tracker as such a program.

mod known;

pub use known::{Known, read};

use crate::{
    local,
    subject::{Access, Facts, Sample, Subject, wire},
};
use async_trait::async_trait;
use backend::{
    Error, ErrorKind, Result, Tracker,
    http::Policy,
    platform::{self, Platform},
    plugin::{self, Config, PREFIX, PROGRAM_PREFIX, Program},
    settings::{Origin, Settings},
    webhook::Delivery,
};
use serde_json::{Map, Value};
use std::{ffi::OsString, io, path::Path, time::Duration};
use tokio::time::Instant;

/// Longest time that a served tracker may take for anything.
const FOR_EVER: Duration = Duration::from_hours(24);

/// A plugin that is judged.
pub struct Plugin {
    name: String,
    program: Program,
    settings: Settings,
    known: Known,
    variables: Vec<(&'static str, OsString)>,
    search_path: Option<OsString>,
}

impl Plugin {
    /// The plugin that a program is, with its configuration and what is known about its site.
    pub fn new(name: &str, program: Program, config: &Config, known: Known) -> Self {
        let settings = settings(format!("{PREFIX}{name}"), config);
        let (variables, search_path) = (Vec::new(), None);
        Self { name: name.to_owned(), program, settings, known, variables, search_path }
    }

    /// The same plugin, started with these variables.
    #[must_use]
    pub fn in_environment(mut self, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        self.search_path = variable("PATH");
        let names = plugin::ENVIRONMENT.iter();
        self.variables = names.filter_map(|name| Some((*name, variable(name)?))).collect();
        self
    }

    /// The settings with these credentials; `None` where there are none that could be wrong or weak.
    fn settings(&self, access: Access) -> Option<Settings> {
        match access {
            Access::Good => Some(self.settings.clone()),
            Access::Wrong => self.settings.text("api_key").map(|_| {
                self.settings.clone().with("api_key", "wrong-key-f0e1d2c3b4a5", Origin::Default)
            }),
            Access::Weak => None,
        }
    }
}

#[async_trait]
impl Subject for Plugin {
    fn name(&self) -> &str {
        &self.name
    }

    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        let settings = self.settings(access)?;
        let mut wire = match wire(policy) {
            Ok(wire) => wire,
            Err(error) => return Some(Err(error)),
        };
        wire.search_path.clone_from(&self.search_path);
        wire.environment.clone_from(&self.variables);
        Some(plugin::start(&self.program, &settings, &wire).await)
    }

    fn facts(&self) -> Facts {
        self.known.facts()
    }

    /// Whose secret is known sends what the embedded tracker takes: the plainest delivery there is.
    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        Some(local::delivery(sample, secret))
    }
}

/// What a plugin's program is called, and where it is: `./tracker-acme`, or a name to be looked for in PATH.
pub fn program(asked: &str, search_path: Option<&OsString>) -> Result<(String, Program)> {
    let is_path = asked.contains(['/', '\\']) || Path::new(asked).is_file();
    if !is_path {
        let name = asked.strip_prefix(PREFIX).unwrap_or(asked);
        let name = name.strip_prefix(PROGRAM_PREFIX).unwrap_or(name);
        let program = Program::find(name, search_path.map(OsString::as_os_str))?;
        return Ok((name.to_owned(), program));
    }
    let path = std::path::absolute(asked).map_err(|error| {
        Error::new(ErrorKind::Config, format!("find {asked}: {error}"))
            .with_hint("name the program's path, or its name in PATH")
    })?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = stem.strip_prefix(PROGRAM_PREFIX).unwrap_or(&stem).to_owned();
    Ok((name, Program::at(path)))
}

/// The settings that a plugin's configuration is.
fn settings(platform: String, config: &Config) -> Settings {
    let mut settings = Settings::new(platform).with_custom(config.custom_settings.clone());
    let key = config.api_key.as_ref().map(backend::secret::Secret::expose);
    let texts = [
        ("plugin_id", Some(config.plugin_id.as_str()).filter(|id| !id.is_empty())),
        ("api_endpoint", config.api_endpoint.as_deref()),
        ("api_key", key),
        ("organization", config.organization.as_deref()),
        ("project", config.project.as_deref()),
    ];
    for (key, value) in texts {
        if let Some(value) = value {
            settings = settings.with(key, value, Origin::Default);
        }
    }
    settings.timeout = Duration::try_from_secs_f64(config.timeout).unwrap_or(settings.timeout);
    settings.retry_attempts = config.retry_attempts;
    settings.verify_tls = config.verify_ssl;
    settings.ca_bundle = config.ca_bundle.clone().map(String::into_bytes);
    settings
}

/// Makes this process a plugin that is a platform of this build. Settings of the platform that a plugin's configuration
/// has no words for are read under `custom_settings`.
pub async fn serve(platform: &'static Platform) -> io::Result<()> {
    plugin::run(platform.metadata(), |config| async move {
        let mut settings = settings(platform.name.to_owned(), &config);
        for setting in platform.settings {
            if let Some(text) = config.custom_settings.get(setting.key).and_then(Value::as_str) {
                settings = settings.with(setting.key, text, Origin::Default);
            }
        }
        let retry_attempts = settings.retry_attempts;
        let deadline = Instant::now() + FOR_EVER;
        let policy = Policy { timeout: settings.timeout, retry_attempts, deadline };
        (platform.connect)(&settings, &wire(policy)?).await
    })
    .await
}

/// The embedded tracker in a process of its own: `conformance`, which is `binary`, serves it from a file in `folder`.
pub fn served(binary: &Path, folder: &Path) -> Result<Plugin> {
    let name = crate::suite::EMBEDDED;
    let row = platform::find(name).ok_or_else(|| {
        Error::new(ErrorKind::Config, format!("find {name}: it is not a part of this build"))
    })?;
    let program = Program::at(binary).with_arguments(["--serve", row.name]);
    let custom = [
        ("file", folder.join("tracker.db").to_string_lossy().into_owned()),
        ("webhook_secret", local::SECRET.to_owned()),
    ];
    let custom_settings: Map<String, Value> =
        custom.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    let config = Config { project: Some("LOCAL".to_owned()), custom_settings, ..Config::default() };
    let mut plugin = Plugin::new(row.name, program, &config, Known::Whole(local::facts));
    plugin.name = format!("{name} in a process of its own");
    Ok(plugin)
}
