//! The report: lines for people, JSON for programs, a table for the CI host's summary.

mod document;
mod lines;
mod summary;

use crate::{decide::Reason, pass::Outcome, policy::Level};
use app::{Common, Failure, Report, untrusted};
use backend::model::Link;
use std::path::Path;

/// What is said of an item that only the development panel was to show.
const UNSHOWN: &str = "the development panel could not be kept";

/// How a run is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    /// Nothing was written: links are planned, not made.
    pub(crate) dry: bool,
    /// Look-alikes of ids are worth a line.
    pub(crate) verbose: bool,
    /// There was no token.
    pub(crate) withheld: bool,
    /// Where the plan was written.
    pub(crate) plan: Option<&'a Path>,
}

impl<'a> View<'a> {
    pub(crate) fn of(common: &Common, withheld: bool, plan: Option<&'a Path>) -> Self {
        Self { dry: common.dry_run, verbose: common.verbose > 0, withheld, plan }
    }

    /// Whether nothing was done at all.
    fn is_idle(&self) -> bool {
        self.withheld || self.plan.is_some()
    }
}

/// Makes the report.
pub(crate) fn report(outcome: &Outcome, view: View<'_>) -> Report {
    let mut failures: Vec<Failure> = errors(outcome).map(Failure::from).collect();
    let failing = outcome.plan.reasons.iter().filter(|reason| reason.level == Level::Fail);
    let mut failing = failing.map(failure);
    // One check that failed decides the exit code, and every one is said.
    let unmet = failing.next();
    failures.extend(failing);
    let warnings = outcome.plan.reasons.iter().filter(|reason| reason.level == Level::Warn);
    let warnings = warnings.map(|it| format!("{}; {}", it.message, it.hint));
    Report {
        json: document::document(outcome, view).into(),
        text: lines::lines(outcome, view),
        outputs: outputs(outcome, view),
        summary: summary::summary(outcome, view),
        warnings: warnings.chain(outcome.notes.iter().cloned()).chain(untried(outcome)).collect(),
        failures,
        unmet,
    }
}

fn failure(reason: &Reason) -> Failure {
    Failure { kind: None, message: untrusted::line(&reason.message), hint: reason.hint.clone() }
}

fn untried(outcome: &Outcome) -> Option<String> {
    let untried = outcome.done.untried.len();
    (untried > 0)
        .then(|| format!("{untried} more were not tried, since each would fail like the first"))
}

/// Everything that went wrong.
fn errors(outcome: &Outcome) -> impl Iterator<Item = &backend::Error> {
    let done = &outcome.done;
    let links = done.links.iter().filter_map(|(_, result)| result.as_ref().err());
    let withdrawn = done.withdrawn.iter().filter_map(|(_, result)| result.as_ref().err());
    let moved = done.moved.iter().filter_map(|(_, result)| result.as_ref().err());
    links.chain(&done.panel_errors).chain(withdrawn).chain(moved).chain(&outcome.failures)
}

/// Links that hold after the run.
fn linked(outcome: &Outcome) -> impl Iterator<Item = &Link> {
    outcome.done.links.iter().filter_map(|(_, result)| result.as_ref().ok())
}

fn outputs(outcome: &Outcome, view: View<'_>) -> Vec<(&'static str, String)> {
    let items: Vec<&str> = linked(outcome).map(|link| link.item.as_str()).collect();
    let fresh = linked(outcome).filter(|link| !link.existed).count();
    let created = if view.dry { 0 } else { fresh };
    let holding = if view.dry { items.len() - fresh } else { items.len() };
    let count = |done: usize| if view.dry { "0".to_owned() } else { done.to_string() };
    let withdrawn = outcome.done.withdrawn.iter().filter(|(_, result)| result.is_ok()).count();
    let moved = outcome.done.moved.iter().filter(|(_, result)| result.is_ok()).count();
    vec![
        ("verdict", outcome.plan.verdict.word().to_owned()),
        ("items", items.join(",")),
        ("linked", holding.to_string()),
        ("created", created.to_string()),
        ("withdrawn", count(withdrawn)),
        ("moved", count(moved)),
        ("complete", outcome.plan.complete.to_string()),
    ]
}
