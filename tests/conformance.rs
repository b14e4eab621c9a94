//! Does every platform do what every tracker must?

use ::conformance::{
    fake::Request,
    piped::Piped,
    plugin,
    subject::{Access, Subject, generous},
    suite::{self, FAKES, Fake, OTHERS, Other},
};
use async_trait::async_trait;
use backend::{
    Metadata, Operation, Result, Tracker,
    http::Policy,
    model::{Draft, Identity, WorkItem},
    platform,
};
use std::{future::pending, sync::OnceLock, thread, time::Duration};
use tokio::time::Instant;

/// One run of the suite, and the requests that the fake behind it answered with success.
pub(crate) struct Run {
    pub(crate) report: suite::Report,
    pub(crate) accepted: Vec<Request>,
}

/// The suite on everything, each subject on a thread of its own; run once for all tests of this process.
pub(crate) fn runs() -> &'static [Run] {
    static RUNS: OnceLock<Vec<Run>> = OnceLock::new();
    RUNS.get_or_init(|| {
        thread::scope(|scope| {
            let fakes = FAKES.iter().map(|fake| scope.spawn(|| run_on_fake(fake)));
            let mut runs: Vec<_> = fakes.collect();
            runs.extend(OTHERS.iter().map(|other| scope.spawn(|| run_on_other(other))));
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        })
    })
}

fn run_on_fake(fake: &Fake) -> Run {
    let site = (fake.start)().unwrap();
    let report = judge(&*site);
    let exchanges = site.server().exchanges().into_iter();
    let accepted = exchanges.filter(|exchange| matches!(exchange.status, Some(200..300)));
    Run { report, accepted: accepted.map(|exchange| exchange.request).collect() }
}

#[tokio::test]
async fn every_panel_is_judged_by_the_suite() {
    for platform in platform::PLATFORMS.iter().filter(|row| platform::panel(row).is_some()) {
        let mut judged = 0;
        for fake in FAKES {
            let site = (fake.start)().unwrap();
            let tracker = site.connect(Access::Good, generous()).await.unwrap().unwrap();
            let is_its = tracker.metadata().name == platform.name;
            let panel = site.panel(Access::Good, generous()).await;
            judged += usize::from(is_its && panel.is_some_and(|panel| panel.is_ok()));
        }
        assert!(judged > 0, "no fake of {} has a panel", platform.name);
    }
}

/// The suite on everything for a second time, through a pipe, and on one subject in a process of its own.
fn piped_runs() -> Vec<suite::Report> {
    thread::scope(|scope| {
        let subjects = suite::names().into_iter().map(|name| {
            scope.spawn(move || judge(&Piped::new(&*suite::subject(name).unwrap().unwrap())))
        });
        let mut runs: Vec<_> = subjects.collect();
        runs.push(scope.spawn(|| {
            let folder = tempfile::tempdir().unwrap();
            let binary = acceptance::binary("conformance");
            judge(&plugin::served(&binary, folder.path()).unwrap())
        }));
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

fn run_on_other(other: &Other) -> Run {
    Run { report: judge(&*(other.start)().unwrap()), accepted: Vec::new() }
}

fn judge(subject: &dyn Subject) -> suite::Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(suite::run(subject)) {
        Ok(report) => report,
        Err(error) => panic!("{}: cannot {error}; {}", subject.name(), error.hint()),
    }
}

fn check(reports: &[&suite::Report]) {
    for report in reports {
        let report = report.to_string();
        report.lines().filter(|line| !line.starts_with("ok ")).for_each(acceptance::say);
    }
    let failed = reports.iter().filter(|report| !report.is_good()).count();
    assert_eq!(failed, 0, "subjects failed");
    for report in reports {
        let least = if report.operations.contains(&Operation::CreateWorkItem) { 24 } else { 6 };
        assert!(report.outcomes.len() >= least, "checks of {} are missing", report.subject);
    }
}

#[test]
fn every_platform_passes_the_suite() {
    check(&runs().iter().map(|run| &run.report).collect::<Vec<_>>());
}

#[test]
fn every_platform_passes_the_suite_as_a_plugin() {
    let piped = piped_runs();
    check(&piped.iter().collect::<Vec<_>>());
    assert_eq!(piped.len(), suite::names().len() + 1);
}

/// A tracker that is there and never answers.
#[derive(Debug)]
struct Hanging(Metadata);

#[async_trait]
impl Tracker for Hanging {
    fn metadata(&self) -> &Metadata {
        &self.0
    }

    async fn authenticate(&self) -> Result<Identity> {
        pending().await
    }

    async fn create_work_item(&self, _draft: &Draft) -> Result<WorkItem> {
        pending().await
    }
}

#[async_trait]
impl Subject for Hanging {
    fn name(&self) -> &'static str {
        "hanging"
    }

    async fn connect(&self, _access: Access, _policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        Some(Ok(Box::new(Self(self.0.clone()))))
    }
}

#[tokio::test(start_paused = true)]
async fn a_tracker_that_hangs_is_red_in_bounded_time() {
    let local = (OTHERS[0].start)().unwrap();
    let connected = local.connect(Access::Good, ::conformance::subject::generous()).await;
    let hanging = Hanging(connected.unwrap().unwrap().metadata().clone());
    let started = Instant::now();
    let report = suite::run(&Piped::new(&hanging)).await.unwrap();
    assert!(!report.is_good() && report.outcomes.len() > 1, "{report}");
    assert!(report.to_string().contains("did not answer in time"), "{report}");
    let took = started.elapsed();
    assert!(took > Duration::from_mins(1) && took < Duration::from_mins(20), "{took:?}");
}
