//! Runs the conformance suite: `conformance [jira-cloud|local|...|all]`, `conformance --plugin ./tracker-acme`.

use clap::Parser;
use conformance::command::{self, Verdict};
use std::{io::Write as _, path::PathBuf, process::ExitCode};

/// Runs the conformance suite and prints `N of N` for every subject.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  conformance jira-cloud local\n  conformance --plugin ./tracker-acme --config acme.json"
)]
struct Args {
    /// What to run it on, directly and through a pipe; `all` is everything.
    #[arg(default_value = "all", conflicts_with = "plugin")]
    subjects: Vec<String>,
    /// A plugin to run it on: its program's path, or its name in PATH.
    #[arg(long, value_name = "PROGRAM")]
    plugin: Option<String>,
    /// The plugin's configuration and what is known about its site, as JSON; PLUGIN_API_KEY and its like come first.
    #[arg(long, value_name = "FILE", requires = "plugin")]
    config: Option<PathBuf>,
    /// Serves a platform of this build as a plugin on standard input and output.
    #[arg(long, value_name = "PLATFORM", hide = true)]
    serve: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(platform) = args.serve {
        return command::serve(&platform).await;
    }
    if let Some(asked) = args.plugin {
        let verdict = command::judge_plugin(&asked, args.config.as_deref()).await;
        return outcome(&verdict);
    }
    let all = args.subjects.iter().any(|name| name == "all");
    let names = if all { command::names() } else { args.subjects };
    let mut code = ExitCode::SUCCESS;
    for name in names {
        for verdict in command::judge(&name).await {
            if outcome(&verdict) != ExitCode::SUCCESS {
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// Prints a verdict.
fn outcome(verdict: &Verdict) -> ExitCode {
    let (Ok(text) | Err(text)) = verdict;
    let printed = writeln!(std::io::stdout(), "{text}");
    if printed.is_ok() && verdict.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
