//! Custom plugins: trackers in programs of their own, spoken to in lines of JSON on standard input and output.
//!
//! `--platform plugin:acme` starts `tracker-acme` from PATH. The guide, with the protocol, is `crates/backend/README.md`;
//! [`run`] makes a plugin of any [`Tracker`].

mod client;
mod desk;
mod line;
mod metadata;
mod process;
mod protocol;
mod remote;
mod serve;
#[cfg(test)]
mod tests;

pub use process::{Program, run};
pub use protocol::{Config, LONGEST_LINE, VERSION};
pub use serve::serve;

use crate::{
    error::Result,
    http::{Policy, Wire},
    settings::Settings,
    tracker::Tracker,
};
use client::Client;
use remote::Remote;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

/// What the name of a plugin comes after, as in `plugin:acme`.
pub const PREFIX: &str = "plugin:";

/// What the name of a plugin's program begins with: `tracker-acme`.
pub const PROGRAM_PREFIX: &str = "tracker-";

/// What the name of a plugin may be, for people.
pub const NAME_RULE: &str = "1 to 50 letters, digits and hyphens, the first and the last no hyphen";

/// The variables that a plugin's program is started with, besides PATH: those that interpreters and their launchers
/// cannot start without, and the way to the network. None of them is a credential of a tracker.
pub const ENVIRONMENT: &[&str] = &[
    "HOME",
    "USERPROFILE",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    "SystemDrive",
    "ComSpec",
    "PATHEXT",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// The name in `plugin:NAME`, where it is one: it becomes a part of a program's name, so its letters are few.
pub fn name(platform: &str) -> Option<&str> {
    let name = platform.strip_prefix(PREFIX)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_name = (1..=50).contains(&name.len())
        && name.chars().all(plain)
        && !name.starts_with('-')
        && !name.ends_with('-');
    is_name.then_some(name)
}

/// Starts a plugin's program and connects to the tracker that it is.
pub async fn start(
    program: &Program,
    settings: &Settings,
    wire: &Wire,
) -> Result<Box<dyn Tracker>> {
    let redactor = Arc::new(settings.redactor());
    let title = settings.platform.replacen(':', " ", 1);
    let (process, input, output) = process::start(program, wire, &title, &redactor)?;
    let client = Client::new(title, (output, input), Some(process), wire.policy, redactor);
    let remote = Remote::connect(client, Config::of(settings)).await?;
    Ok(Box::new(remote.named(&settings.platform)))
}

/// Connects to the tracker at the other end of a pipe: `output` is what it writes, `input` is what it reads.
pub async fn over(
    output: impl AsyncRead + Send + Unpin + 'static,
    input: impl AsyncWrite + Send + Unpin + 'static,
    settings: &Settings,
    policy: Policy,
) -> Result<Box<dyn Tracker>> {
    let redactor = Arc::new(settings.redactor());
    let title = settings.platform.replacen(':', " ", 1);
    let client = Client::new(title, (output, input), None, policy, redactor);
    Ok(Box::new(Remote::connect(client, Config::of(settings)).await?))
}

/// The guide's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Guide;
