//! `health-check`: asks every configured tracker whether it answers, who we are there, and what we may do.

mod judge;
mod panel;
mod show;

use app::{Common, Everything, Report, Result, Session, Which};
use backend::health::Health;
use clap::Parser;
use futures_util::future::join;

/// Outputs for the CI host: name and meaning.
pub const OUTPUTS: &[(&str, &str)] = &[
    ("healthy", "true when every tracker that was asked is well"),
    ("unhealthy", "Names of the trackers that are not, comma-separated"),
];

/// Asks every tracker that is set up whether it answers, who we are there, and what we may do.
///
/// Reads only: the account, one item of the project, what the token may do, and whether a development panel's credentials are
/// accepted. Exits 1 when a tracker is not well.
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
    let Everything { registry, panels, mut broken, skipped } =
        session.connect_all(git.as_ref(), which).await?;
    let now = app::now();
    let (healths, panels) = join(registry.health_check_all(), panel::ask(panels)).await;
    broken.extend(healths);
    broken.sort_by(|a, b| a.plugin.cmp(&b.plugin));
    let judge = |mut health: Health| {
        let panel = panel::note(&panels, &mut health);
        judge::judge(health, panel, now, args.strict)
    };
    let trackers = broken.into_iter().map(judge).collect();
    Ok(show::report(&show::Checked { trackers, skipped, at: now }))
}
