//! What the `conformance` command does: subjects judged, each verdict as text.

use crate::{
    piped::Piped,
    plugin::{self, Known, Plugin},
    subject::Subject,
    suite,
};
use backend::{
    Error, ErrorKind, Result,
    platform::{self, PLUGIN},
    plugin::Config,
    secret::Secret,
};
use std::{ffi::OsString, io::Write as _, path::Path, process::ExitCode};

/// What is to be said, and whether it is good.
pub type Verdict = Result<String, String>;

/// Everything that can be judged.
pub fn names() -> Vec<String> {
    suite::names().into_iter().map(str::to_owned).collect()
}

/// The verdicts on one subject: directly, through a pipe and, for the embedded tracker, in a process of its own.
pub async fn judge(name: &str) -> Vec<Verdict> {
    let subject = match suite::subject(name) {
        None => {
            let known = names().join(", ");
            return vec![Err(format!("{name}: no such subject; one of {known}"))];
        }
        Some(Err(error)) => return vec![Err(format!("{name}: cannot start: {error}"))],
        Some(Ok(subject)) => subject,
    };
    let mut verdicts = vec![run(&*subject).await, run(&Piped::new(&*subject)).await];
    if name == suite::EMBEDDED {
        verdicts.push(judge_process().await);
    }
    verdicts
}

/// The embedded tracker, served by another process of this very program.
async fn judge_process() -> Verdict {
    let place = std::env::current_exe().and_then(|binary| Ok((binary, tempfile::tempdir()?)));
    let (binary, folder) = place.map_err(|error| format!("cannot start a process: {error}"))?;
    let plugin = plugin::served(&binary, folder.path()).map_err(|error| told(&error))?;
    run(&plugin).await
}

/// The verdict on a plugin: its program's path or name, and the file of its configuration.
pub async fn judge_plugin(asked: &str, config: Option<&Path>) -> Verdict {
    let plugin = configured(asked, config).map_err(|error| told(&error))?;
    run(&plugin).await
}

fn configured(asked: &str, config: Option<&Path>) -> Result<Plugin> {
    let (mut config, known) = match config {
        None => (Config::default(), Known::nothing()),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Error::new(ErrorKind::Config, format!("read {}: {error}", path.display()))
                    .with_hint("check the path given with --config")
            })?;
            plugin::read(&text)?
        }
    };
    complete(&mut config);
    let (name, program) = plugin::program(asked, variable("PATH").as_ref())?;
    let plugin = Plugin::new(&name, program, &config, known);
    Ok(plugin.in_environment(variable))
}

/// A variable that is set to something.
#[expect(clippy::disallowed_methods, reason = "the command is a program of its own, without `app`")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Settings of the environment come before the file's, as for every tracker.
fn complete(config: &mut Config) {
    for setting in PLUGIN.settings {
        let Some(value) = variable(setting.env).and_then(|value| value.into_string().ok()) else {
            continue;
        };
        match setting.key {
            "api_endpoint" => config.api_endpoint = Some(value),
            "api_key" => config.api_key = Some(Secret::new(value)),
            "organization" => config.organization = Some(value),
            "project" => config.project = Some(value),
            _ => config.plugin_id = value,
        }
    }
}

/// Serves a platform of this build as a plugin. Standard output is for answers only.
pub async fn serve(name: &str) -> ExitCode {
    let served = match platform::find(name) {
        Some(platform) => plugin::serve(platform).await.map_err(|error| error.to_string()),
        None => Err("no such platform".to_owned()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            // Whoever started it may not listen any more.
            let _ = writeln!(std::io::stderr(), "{name}: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run(subject: &dyn Subject) -> Verdict {
    match suite::run(subject).await {
        Ok(report) if report.is_good() => Ok(report.to_string()),
        Ok(report) => Err(report.to_string()),
        Err(error) => Err(format!("{}: {}", subject.name(), told(&error))),
    }
}

fn told(error: &Error) -> String {
    format!("cannot {error}\nhint: {}", error.hint())
}
