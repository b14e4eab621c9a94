//! What every binary shares: arguments, configuration, git, the report and the exit code. The only crate that reads
//! the environment, files, the command line and git.

pub mod args;
pub mod config;
pub mod exit;
pub mod forge;
pub mod git;
pub mod memory;
pub mod naming;
pub mod progress;
pub mod report;
pub mod session;

mod gate;
mod host;
mod log;
mod yaml;

pub use args::Common;
pub use backend::Result;
pub use ci::untrusted;
pub use report::{Document, Failure, Report};
pub use session::{Connected, Connection, Everything, Session, Which};

use backend::{Error, ErrorKind, dry_run::Plan, secret::Redactor};
use ci::Level;
use clap::Parser;
use gate::Gate;
use jiff::Timestamp;
use serde_json::json;
use std::{
    ffi::OsString,
    process::ExitCode,
    sync::{Arc, OnceLock},
};

/// Runs a binary: parses, connects, runs, reports, and maps the outcome to an exit code.
pub fn main<A, F>(run: F) -> ExitCode
where
    A: Parser + AsRef<Common>,
    F: AsyncFnOnce(A, &mut Session) -> Result<Report>,
{
    install_panic_hook();
    let env = host::environment();
    let (mut host, event_lost) = host::detect(&env);
    let redactor = config::secrets_of(&env, &*host);
    let args = match parse::<A>(std::env::args_os().collect(), &*host) {
        Ok(args) => args,
        Err(error) => return usage(&error, redactor, &mut *host),
    };
    let common = args.as_ref().clone();
    let gate = Arc::new(Gate::new(host::wants_colour(&common, &env)));
    gate.learn(redactor);
    // The panic hook needs the gate, and a process has one run.
    let _ = GATE.set(Arc::clone(&gate));
    log::start(&gate, common.verbose, common.quiet);
    let context = host.context();
    let deadline = session::deadline(common.deadline);
    let (reads_only, plan) = (false, Plan::default());
    let mut session =
        Session { common, env, host, context, event_lost, reads_only, deadline, plan, gate };
    let report = block_on(run(args, &mut session)).unwrap_or_else(|error| failed(&error));
    ExitCode::from(show(&mut session, report))
}

/// The time now. Time is a parameter everywhere else.
#[expect(clippy::disallowed_methods, reason = "this is the one place that looks at the clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

static GATE: OnceLock<Arc<Gate>> = OnceLock::new();

/// Parses a command line that a CI host's inputs may complete.
fn parse<A: Parser>(typed: Vec<OsString>, host: &dyn ci::Host) -> Result<A, clap::Error> {
    let mut command = A::command();
    command.build();
    let completed = args::with_inputs(&command, typed, host);
    let mut matches = A::command().try_get_matches_from(completed)?;
    A::from_arg_matches_mut(&mut matches)
}

/// Prints help and version on stdout, mistakes on stderr, as clap and every other tool do, and on a CI host where its
/// other errors are. A mistake repeats what was typed or given as an input, so it passes the same doors as everything else.
fn usage(error: &clap::Error, redactor: Redactor, host: &mut dyn ci::Host) -> ExitCode {
    if !error.use_stderr() {
        // Nobody who reads help misses a part of it without seeing so.
        let _ = error.print();
        return ExitCode::from(exit::DONE);
    }
    let gate = Gate::new(false);
    gate.learn(redactor);
    let text = gate.redacted(&error.render().to_string());
    let (sentence, advice) = text.split_once("\n\n").unwrap_or((&text, ""));
    let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
    // There is no other place to tell that this one is lost.
    let _ = host::perform(&gate, &host.annotate(Level::Error, sentence, None));
    gate.message(&format!("\n{}", untrusted::print(advice)));
    ExitCode::from(exit::USAGE)
}

fn block_on<T>(run: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Error::new(ErrorKind::Unavailable, format!("start: {error}"))
            .with_hint("free some file descriptors and run again")
    })?;
    runtime.block_on(run)
}

fn failed(error: &Error) -> Report {
    tracing::info!(context = ?error.context(), "failed");
    let failure = Failure::from(error);
    let json = json!({ "version": 1, "error": failure.document() });
    Report { json: json.into(), failures: vec![failure], ..Report::default() }
}

/// Shows the report and returns the exit code.
fn show(session: &mut Session, mut report: Report) -> u8 {
    let printed = print(session, &mut report);
    let told = tell_host(session, &report).and(printed);
    for warning in report.warnings.iter().filter(|_| !session.common.quiet) {
        let effects = session.host.annotate(Level::Warning, &session.gate.redacted(warning), None);
        // A warning is a line of the log on every host; there is nothing to fail.
        let _ = host::perform(&session.gate, &effects);
    }
    let lost = told.err().map(|error| Failure::from(&error));
    for failure in report.failures.iter().chain(&report.unmet).chain(&lost) {
        let text = format!("{}\nhint: {}", failure.sentence(), failure.hint);
        let effects = session.host.annotate(Level::Error, &session.gate.redacted(&text), None);
        let _ = host::perform(&session.gate, &effects);
    }
    match (report.exit_code(), lost.and_then(|failure| failure.kind)) {
        (exit::DONE, Some(kind)) => exit::code(kind),
        (code, _) => code,
    }
}

fn print(session: &Session, report: &mut Report) -> Result<()> {
    let plan = session.plan.lines();
    let text = if session.common.json {
        let mut document = std::mem::take(&mut report.json);
        if session.common.dry_run {
            document = document.with([("dry_run", true.into()), ("plan", plan.into())]);
        }
        untrusted::json(document.into_text()) + "\n"
    } else if session.common.quiet {
        String::new()
    } else {
        let planned = plan.iter().map(|line| format!("would {}\n", untrusted::line(line)));
        planned.fold(std::mem::take(&mut report.text), |text, line| text + &line)
    };
    session.gate.print(&text).map_err(|error| {
        Error::new(ErrorKind::Config, format!("print the result: {error}"))
            .with_hint("check where standard output goes; what was done is done, so look at it before you run again")
    })
}

/// Hands outputs and summary to the CI host.
fn tell_host(session: &mut Session, report: &Report) -> Result<()> {
    let mut effects = Vec::new();
    for (name, value) in &report.outputs {
        effects.extend(session.host.output(name, &session.gate.redacted(value)));
    }
    if !report.summary.is_empty() {
        effects.extend(session.host.summarize(&report.summary));
    }
    host::perform(&session.gate, &effects)
}

/// A panic is a bug: one sentence, one hint, exit 70, and no secret in either.
fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        let gate = GATE.get().cloned().unwrap_or_default();
        gate.note(&format!("error: this is a bug: {}", untrusted::line(&panic.to_string())));
        gate.note("hint: report it with the command line that you ran and this message");
        #[expect(
            clippy::exit,
            reason = "a release build aborts on a panic, which would hide the exit code"
        )]
        std::process::exit(exit::BUG.into());
    }));
}
