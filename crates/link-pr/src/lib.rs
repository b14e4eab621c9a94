//! `link-pr`: finds the work items that a pull request names and keeps its links to them true.
pub mod decide;
pub mod facts;
mod guard;
pub mod named;
mod paths;
pub mod policy;
mod standing;
use app::{Common, Report, Result, Session};
use clap::Parser;
#[derive(Debug, Parser)]
pub struct Args {
    #[command(flatten)]
    pub common: Common,
}
impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}
pub async fn run(_args: Args, _session: &mut Session) -> Result<Report> {
    Ok(Report::default())
}
