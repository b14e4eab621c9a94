//! The CI host seam: what a run is about, and how it reports back, on every host alike.
//!
//! Pure: an [`Env`] and the host's event payload go in, [`Effect`]s come out. The caller reads files, does the
//! effects and prints. This crate knows no tracker.

mod azure;
mod context;
mod env;
mod event;
mod github;
mod gitlab;
mod shell;
pub mod untrusted;

pub use context::{Context, MergeGroup, PullRequest, Pushed, State, Upstream};
pub use env::Env;

use std::fmt;

/// What a host wants done. Do the effects of one call in order, and before the next call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Prints a line, or several, to standard error; the text ends without a line break.
    ///
    /// Never to standard output, which belongs to the report: the runners of GitHub and Azure Pipelines look for
    /// their commands in both streams of a step.
    Log(String),
    /// Appends to a file of the host, or makes it.
    Append {
        /// The file's path, as the host gave it.
        path: String,
        /// What to append.
        text: String,
    },
}

/// How bad an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Notice,
    /// Something should be looked at; the run goes on.
    Warning,
    /// The run fails because of this.
    Error,
}

/// The place in the repository that an annotation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path from the repository's root.
    pub file: String,
    /// Line, counted from 1.
    pub line: Option<u32>,
}

/// A CI host, or a plain shell.
///
/// No method fails and no text can break out: names and values are made to fit the host's own escapes.
pub trait Host: fmt::Debug + Send {
    /// The host's name: `github`, `azure`, `gitlab` or `shell`.
    fn name(&self) -> &'static str;

    /// What this run is about.
    fn context(&self) -> Context;

    /// The value of an action or task input, by its kebab-case name; an empty input is an absent one.
    fn input(&self, name: &str) -> Option<String>;

    /// Hands a value to later steps. `name` is in kebab case; each host spells it in its own way.
    fn output(&mut self, name: &str, value: &str) -> Vec<Effect>;

    /// Shows a message where people look: beside the log, the commit or the pull request.
    fn annotate(&mut self, level: Level, text: &str, place: Option<&Place>) -> Vec<Effect>;

    /// Adds to the summary page of the run. Quote what is untrusted in the Markdown first.
    fn summarize(&mut self, markdown: &str) -> Vec<Effect>;

    /// Asks the host to hide a secret in its log. GitLab can only do so by its settings.
    fn mask(&mut self, secret: &str) -> Vec<Effect>;

    /// True for the token that the host lends to a fork's job: it may read at most.
    fn lends(&self, token: &str) -> bool;
}

/// Finds out where this process runs. `event` is the payload that [`Env::event_path`] names, where it could be read;
/// it is believed only where its values have the right shape.
pub fn detect(env: &Env, event: Option<serde_json::Value>) -> Box<dyn Host> {
    let env = env.clone();
    match () {
        () if env.is_set("GITHUB_ACTIONS") => Box::new(github::GitHub::new(env, event)),
        () if env.is_set("TF_BUILD") => Box::new(azure::Azure::new(env)),
        () if env.is_set("GITLAB_CI") => Box::new(gitlab::GitLab::new(env)),
        () => Box::new(shell::Shell),
    }
}
