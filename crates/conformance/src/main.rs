//! Runs the conformance suite: `conformance [jira-cloud|jira-dc|local|...|all]`.

use clap::Parser;
use conformance::suite;
use std::{io::Write as _, process::ExitCode};

/// Runs the conformance suite and prints `N of N` for every subject.
#[derive(Debug, Parser)]
#[command(version, after_help = "Example: conformance jira-cloud local")]
struct Args {
    /// What to run it on; `all` is everything.
    #[arg(default_value = "all")]
    subjects: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let all = args.subjects.iter().any(|name| name == "all");
    let names =
        if all { suite::names().into_iter().map(str::to_owned).collect() } else { args.subjects };
    let mut good = true;
    for name in names {
        let (text, passed) = judge(&name).await;
        good &= passed;
        if writeln!(std::io::stdout(), "{text}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The report on one subject, and whether it is good.
async fn judge(name: &str) -> (String, bool) {
    let subject = match suite::subject(name) {
        None => {
            let known = suite::names().join(", ");
            return (format!("{name}: no such subject; one of {known}"), false);
        }
        Some(Err(error)) => return (format!("{name}: cannot start: {error}"), false),
        Some(Ok(subject)) => subject,
    };
    match suite::run(&*subject).await {
        Ok(report) => (report.to_string(), report.is_good()),
        Err(error) => (format!("{name}: cannot {error}\nhint: {}", error.hint()), false),
    }
}
