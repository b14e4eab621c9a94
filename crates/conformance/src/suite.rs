//! Runs the checks on a subject and reports.

use crate::{
    check::{self, Case, Failure},
    codecatalyst,
    fake::{azure_devops, github, gitlab, jira, linear},
    local::Local,
    subject::{Access, Site, Subject, generous},
};
use backend::{Operation, Result};
use std::{fmt, io, time::Duration};
use tokio::time::Instant;

/// How long the checks that fail may take together. A tracker that hangs uses up the time of every request, and the rest
/// would be an hour of the same answer.
const PATIENCE: Duration = Duration::from_mins(5);

/// A fake, and the name that it goes by. A new platform adds one row.
#[derive(Debug, Clone, Copy)]
pub struct Fake {
    /// Name in the report.
    pub name: &'static str,
    /// Starts a new site.
    pub start: fn() -> io::Result<Box<dyn Site>>,
}

/// Every fake.
pub const FAKES: &[Fake] = &[
    Fake { name: "gitlab", start: || gitlab::Instance::start(gitlab::Edition::Premium) },
    Fake { name: "gitlab-free", start: || gitlab::Instance::start(gitlab::Edition::Free) },
    Fake { name: "jira-cloud", start: || jira::Tenant::start(jira::Deployment::Cloud) },
    Fake { name: "jira-dc", start: || jira::Tenant::start(jira::Deployment::DataCenter) },
    Fake {
        name: "azure-devops",
        start: || azure_devops::Tenant::start(azure_devops::Deployment::Services),
    },
    Fake {
        name: "azure-devops-server",
        start: || azure_devops::Tenant::start(azure_devops::Deployment::Server),
    },
    Fake { name: "github", start: || github::Tenant::start(github::Deployment::Cloud) },
    Fake { name: "github-enterprise", start: || github::Tenant::start(github::Deployment::Server) },
    Fake { name: "linear", start: linear::Tenant::start },
];

/// A subject that has no requests of its own to aim faults at, and the name that it goes by.
#[derive(Debug, Clone, Copy)]
pub struct Other {
    /// Name in the report.
    pub name: &'static str,
    /// Starts a new one.
    pub start: fn() -> io::Result<Box<dyn Subject>>,
}

/// The name of the embedded tracker as a subject.
pub const EMBEDDED: &str = "local";

/// Every subject that is no fake.
pub const OTHERS: &[Other] = &[
    Other { name: EMBEDDED, start: || Ok(Box::new(Local::new()?)) },
    Other { name: "codecatalyst", start: || Ok(Box::new(codecatalyst::Site::alone()?)) },
    Other {
        name: "codecatalyst-delegating",
        start: || Ok(Box::new(codecatalyst::Site::delegating()?)),
    },
];

/// The names of everything that the suite can be run on.
pub fn names() -> Vec<&'static str> {
    FAKES.iter().map(|fake| fake.name).chain(OTHERS.iter().map(|other| other.name)).collect()
}

/// A new subject by name; `None` when there is none of this name.
pub fn subject(name: &str) -> Option<io::Result<Box<dyn Subject>>> {
    if let Some(other) = OTHERS.iter().find(|other| other.name == name) {
        return Some((other.start)());
    }
    let fake = FAKES.iter().find(|fake| fake.name == name)?;
    Some((fake.start)().map(|site| site as Box<dyn Subject>))
}

/// What a run of the suite found out.
#[derive(Debug)]
pub struct Report {
    /// The subject's name.
    pub subject: String,
    /// What its tracker declares to work.
    pub operations: Vec<Operation>,
    /// Every check that applied, with what was wrong.
    pub outcomes: Vec<(&'static str, Option<String>)>,
    /// How many checks did not apply: the tracker lacks what they are about, or nothing is known about it.
    pub skipped: usize,
}

impl Report {
    /// True when every check passed.
    pub fn is_good(&self) -> bool {
        self.outcomes.iter().all(|(_, wrong)| wrong.is_none())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, wrong) in &self.outcomes {
            match wrong {
                None => writeln!(f, "ok {name}")?,
                Some(why) => writeln!(f, "FAILED {name}: {why}")?,
            }
        }
        let passed = self.outcomes.iter().filter(|(_, wrong)| wrong.is_none()).count();
        write!(f, "{}: {passed} of {}, {} skipped", self.subject, self.outcomes.len(), self.skipped)
    }
}

/// Runs every check that the subject's tracker calls for by what it declares.
pub async fn run(subject: &dyn Subject) -> Result<Report> {
    let (mut outcomes, mut skipped) = (Vec::new(), 0);
    let mut operations: Option<Vec<Operation>> = None;
    let mut lost = Duration::ZERO;
    for check in check::all() {
        let lacks = |operations: &Vec<Operation>| {
            !check.needs.iter().all(|operation| operations.contains(operation))
        };
        if operations.as_ref().is_some_and(lacks) {
            skipped += 1;
            continue;
        }
        // A connection of its own for every check: each has the whole deadline, and none inherits a pause.
        let tracker = match subject.connect(Access::Good, generous()).await {
            Some(tracker) => tracker?,
            None => break,
        };
        if lacks(operations.insert(tracker.metadata().operations.clone())) {
            skipped += 1;
            continue;
        }
        if lost > PATIENCE {
            let why = format!("not run, nor are those after it: failing took {} s", lost.as_secs());
            outcomes.push((check.name, Some(why)));
            break;
        }
        let case = Case { subject, tracker: &*tracker, facts: subject.facts() };
        let started = Instant::now();
        match (check.run)(&case).await {
            Ok(()) => outcomes.push((check.name, None)),
            Err(Failure::Broken(why)) => {
                lost += started.elapsed();
                outcomes.push((check.name, Some(why)));
            }
            Err(Failure::DoesNotApply) => skipped += 1,
        }
    }
    let operations = operations.unwrap_or_default();
    Ok(Report { subject: subject.name().to_owned(), operations, outcomes, skipped })
}
