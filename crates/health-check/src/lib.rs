//! `health-check`: asks every configured tracker whether it answers, who we are there, and what we may do.

mod judge;
mod show;

use app::{Common, Everything, Report, Result, Session, Which};
use clap::Parser;

/// Outputs for the CI host: name and meaning.
pub const OUTPUTS: &[(&str, &str)] = &[
    ("healthy", "true when every tracker that was asked is well"),
    ("unhealthy", "Names of the trackers that are not, comma-separated"),
];

/// Asks every tracker that is set up whether it answers, who we are there, and what we may do.
///
/// Reads only: the account, one item of the project, and what the token may do. Exits 1 when a tracker is not well.
#[derive(Debug, Parser)]
#[command(name = "health-check", version, after_help = EXAMPLE)]
pub struct Args {
    /// Ask all trackers that are set up, also when --platform or DEVOPS_PLATFORM names one.
    #[arg(long)]
    pub all: bool,
    /// Let warnings fail as well: scopes that nothing needs, a token that ends soon, a limit that is nearly used up.
    #[arg(long)]
    pub strict: bool,
    /// What every binary has.
    #[command(flatten)]
    pub common: Common,
}

const EXAMPLE: &str = "Examples:
  health-check
  health-check --platform jira --json
  health-check --all --strict";

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

/// Runs the binary.
pub async fn run(args: Args, session: &mut Session) -> Result<Report> {
    let git = session.git_if_there()?;
    let which = if args.all { Which::All } else { Which::Named };
    let Everything { registry, mut broken, skipped } =
        session.connect_all(git.as_ref(), which).await?;
    let now = app::now();
    broken.extend(registry.health_check_all().await);
    broken.sort_by(|a, b| a.plugin.cmp(&b.plugin));
    let checked = broken.into_iter().map(|health| judge::judge(health, now, args.strict)).collect();
    Ok(show::report(&show::Checked { trackers: checked, skipped, at: now }))
}
