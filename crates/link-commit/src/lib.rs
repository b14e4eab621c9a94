//! `link-commit`: finds the work items that commits name and links them.
//!
//! The way of one commit: [`range`] picks it, `app::git` reads it, `backend::reference` finds the items that it
//! names, [`link`] links them, [`show`] makes the report.

mod check;
mod extract;
mod install;
mod link;
mod message;
mod policy;
mod pre_push;
mod prepare;
mod prepared;
mod range;
mod show;
mod smart;
mod template;
mod transition;

pub use install::Hook;
pub use policy::Severity;

use app::{Common, Report, Result, Session};
use clap::{Args as ClapArgs, Parser, Subcommand, builder::NonEmptyStringValueParser};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

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
    /// Checks the message of a commit that is being made, as a commit-msg hook; needs no tracker.
    #[command(after_help = "Example:\n  link-commit check --message-file \"$1\"")]
    Check(CheckArgs),
    /// Puts the branch's work item into a message that names none, as a prepare-commit-msg hook.
    #[command(
        after_help = "Example:\n  link-commit prepare --message-file \"$1\" --source \"$2\" --object \"$3\""
    )]
    Prepare(PrepareArgs),
    /// Checks the commits that are about to be pushed, as a pre-push hook; reads git's lines from stdin.
    #[command(after_help = "Example:\n  link-commit pre-push \"$@\"")]
    PrePush(PrePushArgs),
    /// Installs git hooks in this repository; a hook that is there already is kept, and runs first.
    #[command(after_help = "Example:\n  link-commit install-hooks --hooks commit-msg,pre-push")]
    InstallHooks(HooksArgs),
    /// Takes the hooks away again, and puts back what was there before.
    #[command(after_help = "Example:\n  link-commit uninstall-hooks")]
    UninstallHooks(HooksArgs),
}

/// Which hooks.
#[derive(Debug, Clone, ClapArgs)]
pub struct HooksArgs {
    /// Hooks, comma-separated.
    #[arg(long, value_name = "A,B", value_enum, value_delimiter = ',', default_values_t = Hook::ALL)]
    pub hooks: Vec<Hook>,
    /// Repository, or one of its work trees.
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub repository: PathBuf,
}

/// Where a commit is made.
#[derive(Debug, Clone, ClapArgs)]
pub struct Place {
    /// Branch that the commit is made on (default: the one that is checked out, or rebased).
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Projects whose keys are taken, comma-separated (default: git's setting link-commit.projects, else the tracker's project).
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = project)]
    pub projects: Vec<String>,
    /// Repository of the commit.
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub repository: PathBuf,
}

/// What to check a message for.
#[derive(Debug, Clone, ClapArgs)]
pub struct CheckArgs {
    /// The message's file, as git hands it to the hook.
    #[arg(value_name = "FILE", required_unless_present = "message_file")]
    pub file: Option<PathBuf>,
    /// The same, by name; `-` reads stdin.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub message_file: Option<PathBuf>,
    /// What becomes of a message that names no work item (default: fail, or git's setting link-commit.missingItem).
    #[arg(long, value_name = "fail|warn|off", value_enum, hide_possible_values = true)]
    pub missing_item: Option<Severity>,
    /// What becomes of a message that closes what it may not mean to (default: warn, or git's setting link-commit.closingGuard).
    #[arg(long, value_name = "fail|warn|off", value_enum, hide_possible_values = true)]
    pub closing_guard: Option<Severity>,
    /// Where the commit is made.
    #[command(flatten)]
    pub place: Place,
}

/// How to prepare a message.
#[derive(Debug, Clone, ClapArgs)]
pub struct PrepareArgs {
    /// FILE, SOURCE and OBJECT, as git hands them to the hook.
    #[arg(value_name = "FILE SOURCE OBJECT", num_args = 1..=3, required_unless_present = "message_file")]
    pub hook: Vec<OsString>,
    /// The message's file.
    #[arg(long, value_name = "FILE", conflicts_with = "hook")]
    pub message_file: Option<PathBuf>,
    /// Where the message comes from: message, template, merge, squash, commit; empty for none of them.
    #[arg(long, value_name = "SOURCE", conflicts_with = "hook")]
    pub source: Option<String>,
    /// The commit that the message comes from; taken as git gives it, and not read.
    #[arg(long, value_name = "OBJECT", conflicts_with = "hook")]
    pub object: Option<String>,
    /// A trailer, or what becomes of the subject, as in '{key}: {subject}' (default: 'Refs: {key}', or git's setting link-commit.template).
    #[arg(long, value_name = "TEXT")]
    pub template: Option<String>,
    /// Where the commit is made.
    #[command(flatten)]
    pub place: Place,
}

/// How to check a push.
#[derive(Debug, Clone, ClapArgs)]
pub struct PrePushArgs {
    /// Name of the remote, as git hands it to the hook.
    pub remote: Option<String>,
    /// Address of the remote; taken as git gives it, and not used.
    pub url: Option<String>,
    /// What becomes of commits that name no work item (default: fail, or git's setting link-commit.missingItem).
    #[arg(long, value_name = "fail|warn|off", value_enum, hide_possible_values = true)]
    pub missing_item: Option<Severity>,
    /// Projects whose keys are taken, comma-separated (default: git's setting link-commit.projects, else the tracker's project).
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = project)]
    pub projects: Vec<String>,
    /// Repository that is pushed from.
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub repository: PathBuf,
}

impl CheckArgs {
    /// The file; one of the two ways to name it is required.
    fn path(&self) -> &Path {
        self.message_file.as_deref().or(self.file.as_deref()).unwrap_or(Path::new("-"))
    }
}

impl PrepareArgs {
    /// The file; one of the two ways to name it is required.
    fn path(&self) -> &Path {
        let given = self.message_file.as_deref().or(self.hook.first().map(Path::new));
        given.unwrap_or(Path::new("-"))
    }

    /// Where git says that the message comes from. A script may hand on an argument that it was not given.
    fn source(&self) -> Option<&str> {
        let given = self.hook.get(1).map(|source| source.to_str().unwrap_or("unknown"));
        self.source.as_deref().or(given).filter(|source| !source.is_empty())
    }
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
    /// Fail when no work item is named; merges, reverts and `fixup!` commits need none.
    #[arg(long)]
    pub require: bool,
    /// Carry out `#comment`, `#done` and the like behind an item, for links that this run makes.
    #[arg(long)]
    pub smart_commits: bool,
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
        Some(Command::Check(check)) => check::run(&check, session),
        Some(Command::Prepare(prepare)) => prepare::run(&prepare, session),
        Some(Command::InstallHooks(hooks)) => install::install(&hooks, session),
        Some(Command::UninstallHooks(hooks)) => install::uninstall(&hooks, session),
        Some(Command::PrePush(push)) => pre_push::run(&push, session),
        Some(Command::Link(link)) => link::run(&link, session).await,
        None => link::run(&args.link, session).await,
    }
}
