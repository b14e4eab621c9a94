//! The CI host's two sides: what it is told (the environment, the event's payload) and what it wants done.

use crate::{
    args::{Color, Common},
    gate::{self, Gate},
};
use backend::{Error, ErrorKind, Result};
use ci::{Effect, Env, Host, untrusted};
use std::{
    hash::{BuildHasher as _, RandomState},
    io::{Read as _, Write as _},
};

/// Longest event payload that is read: GitHub's own limit for webhook payloads is 25 MB.
const LONGEST_EVENT: u64 = 32 * 1024 * 1024;

/// Reads the environment, once. What is not UTF-8 is read with the replacement character.
pub(crate) fn environment() -> Env {
    let variables = std::env::vars_os();
    let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
    variables.map(|(name, value)| (text(name), text(value))).collect::<Env>().with_nonce(nonce())
}

/// 128 bits from the operating system's random source, by way of the standard library's hash keys.
fn nonce() -> u128 {
    let half = || u128::from(RandomState::new().hash_one("nonce"));
    half() << 64 | half()
}

/// Finds out where this process runs, and why an event's payload that is named cannot be read.
pub(crate) fn detect(env: &Env) -> (Box<dyn Host>, Option<String>) {
    let (event, lost) = match env.event_path().map(read_event) {
        Some(Ok(event)) => (Some(event), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    (ci::detect(env, event), lost)
}

/// The event's payload, or which file it is not in and why.
fn read_event(path: &str) -> Result<serde_json::Value, String> {
    let lost = |why: &dyn std::fmt::Display| format!("{}: {why}", untrusted::line(path));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| lost(&error))?;
    file.take(LONGEST_EVENT + 1).read_to_end(&mut bytes).map_err(|error| lost(&error))?;
    if bytes.len() as u64 > LONGEST_EVENT {
        return Err(lost(&format!("it is longer than {} MiB", LONGEST_EVENT / (1024 * 1024))));
    }
    if bytes.is_empty() {
        return Err(lost(&"it is empty"));
    }
    serde_json::from_slice(&bytes).map_err(|error| lost(&format!("it is no JSON ({error})")))
}

/// Whether stderr gets colour.
pub(crate) fn wants_colour(common: &Common, env: &Env) -> bool {
    match common.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => gate::colour_on_stderr(env.get("NO_COLOR").is_some(), env.get("TERM")),
    }
}

/// Does what a host wants done. Every effect is tried, even after one that failed.
pub(crate) fn perform(gate: &Gate, effects: &[Effect]) -> Result<()> {
    let mut outcome = Ok(());
    for effect in effects {
        match effect {
            Effect::Log(text) => gate.message(text),
            Effect::Append { path, text } => {
                outcome = append(path, &gate.redacted(text))
                    .map_err(|error| cannot_write(path, &error))
                    .and(outcome);
            }
        }
    }
    outcome
}

fn cannot_write(path: &str, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Config, format!("write to {path}, which the CI host named: {error}"))
        .with_hint("check that the job may write there, or unset the variable that names it")
}

/// Asks the host to hide every form of every known secret. These lines alone pass the gate unredacted: they are
/// how the host learns what to hide, and they are only made on hosts that swallow them.
pub(crate) fn mask(gate: &Gate, host: &mut dyn Host) {
    for secret in gate.unmasked() {
        for effect in host.mask(secret.expose()) {
            if let Effect::Log(line) = effect {
                let _ = writeln!(std::io::stderr().lock(), "{line}");
            }
        }
    }
}

fn append(path: &str, text: &str) -> std::io::Result<()> {
    std::fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())
}
