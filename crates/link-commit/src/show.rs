//! The report of a linking run: lines for people, JSON for programs, a table for the CI host's summary.

mod document;
mod lines;
mod summary;

use crate::link::{Job, Outcome};
use app::{Failure, Report, git::Missing, untrusted};
use backend::{ErrorKind, model::Link};
use std::collections::BTreeSet;

/// How much of a run people want to see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// Nothing was written: links are planned, not made.
    pub(crate) dry: bool,
    /// Look-alikes of keys are worth a line.
    pub(crate) verbose: bool,
}

/// Makes the report.
pub(crate) fn report(outcome: &Outcome, require: bool, view: View) -> Report {
    let linked = outcome.linked();
    let mut failures: Vec<Failure> = outcome
        .results
        .iter()
        .filter_map(|(_, result)| Some(Failure::from(result.as_ref().err()?)))
        .collect();
    failures.extend(outcome.moved.failures.iter().cloned());
    failures.extend(outcome.smart.iter().flat_map(|(_, failures)| failures.iter().cloned()));
    let untried = outcome.untried.len();
    let warning = || {
        format!("{} not tried, since each would fail like the first", were(untried, "more link"))
    };
    let unmet = if require && outcome.results.is_empty() { nothing_named(outcome) } else { None };
    let (lost, untold) = incomplete(outcome.missing, outcome.commits.len());
    failures.extend(lost);
    Report {
        json: document::document(outcome, &linked, failures.iter().chain(&unmet)).into(),
        text: lines::lines(outcome, &linked, view),
        outputs: outputs(outcome, &linked, view),
        summary: summary::summary(outcome, view),
        warnings: (untried > 0).then(warning).into_iter().chain(untold).collect(),
        failures,
        unmet,
    }
}

/// The report of a fork's run, which gets no secrets: nothing is linked, which is no failure, and the verdict stands.
pub(crate) fn without_token(outcome: &Outcome, jobs: &[Job], require: bool, view: View) -> Report {
    let unmet = if require && jobs.is_empty() { nothing_named(outcome) } else { None };
    Report {
        json: document::without_token(outcome, jobs, unmet.iter()).into(),
        text: lines::without_token(outcome, jobs),
        outputs: outputs(outcome, &[], view),
        summary: summary::without_token(outcome, jobs),
        unmet,
        ..Report::default()
    }
}

fn outputs(outcome: &Outcome, linked: &[(&Job, &Link)], view: View) -> Vec<(&'static str, String)> {
    let mut seen = BTreeSet::new();
    let items: Vec<&str> = linked
        .iter()
        .map(|(_, link)| link.item.as_str())
        .filter(|item| seen.insert(*item))
        .collect();
    let created = linked.iter().filter(|(_, link)| !link.existed && !view.dry).count();
    let holding = if view.dry { linked.len() - planned(linked) } else { linked.len() };
    vec![
        ("items", items.join(",")),
        ("linked", holding.to_string()),
        ("created", created.to_string()),
        ("complete", outcome.missing.is_none().to_string()),
    ]
}

/// Links that were not there before.
fn planned(linked: &[(&Job, &Link)]) -> usize {
    linked.iter().filter(|(_, link)| !link.existed).count()
}

/// What is said of a range that was not read whole: a failure, or a warning where nobody could know better.
pub(crate) fn incomplete(why: Option<Missing>, read: usize) -> (Option<Failure>, Option<String>) {
    let read = count(read, "commit");
    let Some(why) = why else { return (None, None) };
    let (message, hint) = match why {
        Missing::Shallow => (
            format!("read the whole range: this clone is shallow and ends after {read}"),
            "fetch the whole history, with `fetch-depth: 0`, `GIT_DEPTH: 0` or `git fetch --unshallow`, and run again",
        ),
        Missing::Untold => {
            let warning = format!(
                "the CI host names the newest commit of a push only, so there may be more than {read}; name them with --range"
            );
            return (None, Some(warning));
        }
        Missing::Range => (
            format!(
                "find the range that was pushed (was it a forced push?); only {read} could be read"
            ),
            "name the commits with --range, such as origin/main..HEAD",
        ),
    };
    (Some(Failure { kind: Some(ErrorKind::NotFound), message, hint: hint.to_owned() }), None)
}

/// The failure of a range in which no item is named; none where all that it holds are commits of which none is asked.
fn nothing_named(outcome: &Outcome) -> Option<Failure> {
    let first = outcome.asked.first().map(|index| outcome.commits[*index].subject());
    let subject = first.map(untrusted::line).unwrap_or_default();
    let message = match outcome.asked.len() {
        0 if outcome.commits.is_empty() => {
            "the range holds no commit, so no work item is named".to_owned()
        }
        0 => return None,
        1 => format!("the commit `{subject}` names no work item"),
        read => format!("none of the {read} commits names a work item"),
    };
    let hint = format!(
        "name one in the message, such as `Refs: {}`, or allow its project with --projects",
        outcome.example
    );
    Some(Failure { kind: None, message, hint })
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn were(number: usize, what: &str) -> String {
    format!("{} {}", count(number, what), if number == 1 { "was" } else { "were" })
}
