//! `link-commit`: finds the work items that commits name and links them.
//!
//! The way of one commit: [`range`] picks it, `app::git` reads it, `backend::reference` finds the items that it
//! names, [`link`] links them, [`show`] makes the report.

mod extract;
mod link;
mod range;
mod show;
mod transition;

use app::{Common, Report, Result, Session};
use clap::{Args as ClapArgs, Parser, Subcommand, builder::NonEmptyStringValueParser};
use std::path::PathBuf;

/// Outputs for the CI host: name and meaning.
pub const OUTPUTS: &[(&str, &str)] = &[
    ("items", "Linked work items, comma-separated, in order of appearance"),
    ("linked", "Number of links that hold after the run"),
    ("created", "Number of links that this run made"),
    ("complete", "false when commits of the range could not be read"),
];

/// Links the work items named in commits to those commits.
///
/// Reads HEAD, or the given commit or range; in CI the pushed range. An item that is linked already stays linked once.
#[derive(Debug, Parser)]
#[command(name = "link-commit", version, args_conflicts_with_subcommands = true, after_help = EXAMPLE)]
pub struct Args {
    /// What to do instead of linking.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to link.
    #[command(flatten)]
    pub link: LinkArgs,
    /// What every binary has.
    #[command(flatten)]
    pub common: Common,
}

const EXAMPLE: &str = "Examples:
  link-commit --platform local
  JIRA_URL=https://acme.atlassian.net link-commit --range origin/main..HEAD
  link-commit extract --range HEAD --projects SHOP,PAY";

/// What to do instead of linking.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Links, as without a command.
    #[command(after_help = "Example:\n  link-commit link --range origin/main..HEAD")]
    Link(LinkArgs),
    /// Prints the keys that each commit names; needs no tracker.
    #[command(after_help = "Example:\n  link-commit extract --range v1.0..HEAD")]
    Extract(ExtractArgs),
}

/// How to link.
#[derive(Debug, Clone, ClapArgs)]
pub struct LinkArgs {
    /// Revision to read (default: the pushed range in CI, else HEAD).
    #[arg(long, value_name = "REV", conflicts_with = "range", value_parser = NonEmptyStringValueParser::new())]
    pub commit: Option<String>,
    /// Range to read, A..B, A...B, or a revision for all that it reaches, as `git log` takes them.
    #[arg(long, value_name = "RANGE", value_parser = NonEmptyStringValueParser::new())]
    pub range: Option<String>,
    /// Repository to read; a bare one will do.
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub repository: PathBuf,
    /// Web page of the repository (default: from the CI host, else from the remote `origin`).
    #[arg(long, value_name = "URL")]
    pub repository_url: Option<String>,
    /// Branch that the commits are on; a commit that names no item takes the branch's.
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Projects whose items are taken, comma-separated: keys, or repositories (default: the tracker's project).
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = project_or_repository)]
    pub projects: Vec<String>,
    /// Fail when no work item is named.
    #[arg(long)]
    pub require: bool,
    /// Move every linked item forward to this status: todo, in_progress, in_review, blocked, done or cancelled.
    #[arg(long, value_name = "STATUS")]
    pub transition: Option<backend::model::Status>,
}

/// What to extract keys from.
#[derive(Debug, Clone, ClapArgs)]
pub struct ExtractArgs {
    /// Range to read, A..B, A...B, or a revision for all that it reaches, as `git log` takes them.
    #[arg(long, value_name = "RANGE", conflicts_with = "stdin", value_parser = NonEmptyStringValueParser::new())]
    pub range: Option<String>,
    /// Read NUL-separated messages from stdin instead, numbered from 1.
    #[arg(long)]
    pub stdin: bool,
    /// Repository to read; a bare one will do.
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub repository: PathBuf,
    /// Projects whose keys are taken, comma-separated (default: learned from the range's history).
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = project)]
    pub projects: Vec<String>,
}

/// A project's key, in any case: letters, digits and underscores, a letter first.
fn project(text: &str) -> Result<String, String> {
    let key = text.trim();
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_key {
        Ok(key.to_ascii_uppercase())
    } else {
        Err("a project is named by its key, such as SHOP".to_owned())
    }
}

/// A project's key, or a repository whose items have numbers: `acme/shop`.
fn project_or_repository(text: &str) -> Result<String, String> {
    let name = text.trim().trim_end_matches('#');
    let part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "._-".contains(c))
    };
    if name.contains('/') && name.split('/').all(part) {
        return Ok(name.to_owned());
    }
    project(text).map_err(|_| {
        "a project is named by its key, such as SHOP, or by its path, such as acme/shop".to_owned()
    })
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

/// Runs the binary.
pub async fn run(args: Args, session: &mut Session) -> Result<Report> {
    match args.command {
        Some(Command::Extract(extract)) => extract::run(&extract, session),
        Some(Command::Link(link)) => link::run(&link, session).await,
        None => link::run(&args.link, session).await,
    }
}
