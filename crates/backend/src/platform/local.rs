//! The embedded tracker: work items in one SQLite file. No server, no account, no network.
//!
//! It is a platform like the others, for a first try, for a machine without a network and for small teams: it
//! knows every operation but the team's history, and many processes may write to one file at once.

mod event;
mod failure;
mod item;
mod link;
mod query;
mod row;
mod schema;
mod site;
mod store;
mod table;

use super::{Platform, WITHOUT_HISTORY};
use crate::{
    error::Result,
    http::{Policy, Wire},
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem,
        WorkItemId,
    },
    reference::Pattern,
    secret::Secret,
    settings::{DefaultValue, Problem, Setting, Settings, keep},
    tracker::{Metadata, Tracker},
    webhook::{Delivery, Event},
};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use rusqlite::Transaction;
use site::Site;
use std::{sync::Arc, time::Duration};
use store::{Access, Store};
use tokio::time::Instant;
use url::Url;

/// The embedded tracker.
pub const PLATFORM: Platform = Platform {
    name: "local",
    title: "the embedded tracker",
    settings: SETTINGS,
    custom_settings: &[],
    references: &[Pattern::Key],
    limits: item::LIMITS,
    unsupported: WITHOUT_HISTORY,
    delegates: &[],
    embedded: true,
    check: |settings| settings.problems(read),
    connect,
};

const SETTINGS: &[Setting] = &[
    Setting::new(
        "file",
        "LOCAL_TRACKER_FILE",
        "File that holds the work items; the default is inside the repository's git directory, elsewhere in the user's state folder",
    )
    .required()
    .or(DefaultValue::StateFile("tracker.db")),
    Setting::new("project", "LOCAL_PROJECT", "Project key of new items; the default is LOCAL")
        .or(DefaultValue::Text("LOCAL")),
    Setting::new(
        "user",
        "LOCAL_USER",
        "Name that changes are recorded under; the default is local",
    ),
    Setting::new(
        "webhook_secret",
        "LOCAL_WEBHOOK_SECRET",
        "Secret that webhooks are signed with; several, separated by commas, while one replaces another",
    )
    .secret(),
];

/// Longest wait for the file, whatever the run's limits say: a lock held for longer is not going away.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// A tracker in a file.
#[derive(Debug)]
struct Local {
    metadata: Metadata,
    store: Arc<Store>,
    webhook_secrets: Vec<Secret>,
    policy: Policy,
}

/// Where the items are and whose they are; whatever is wrong with the settings goes to `problems`.
fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Site> {
    let user = settings.text("user").map(str::trim).filter(|user| !user.is_empty());
    let project = keep(project(settings), problems);
    let site = settings.required("file").and_then(|file| {
        Site::new(file, project.as_deref().unwrap_or_default(), user.unwrap_or("local"))
            .ok_or_else(|| settings.problem("file", "is not the name of a file"))
    });
    keep(site, problems).filter(|_| project.is_some())
}

/// The project's key; people write it in any case.
fn project(settings: &Settings) -> Result<String, Problem> {
    let project = settings.text("project").unwrap_or("LOCAL").trim().to_ascii_uppercase();
    if site::is_project(&project) {
        return Ok(project);
    }
    let rule = "a letter, then 1 to 9 letters, digits or underscores";
    Err(settings.problem("project", format!("{project:?} is no key: {rule}")))
}

fn connect<'a>(settings: &'a Settings, wire: &'a Wire) -> BoxFuture<'a, Result<Box<dyn Tracker>>> {
    Box::pin(async move {
        let local = Local::new(settings, wire.policy)?;
        Ok(Box::new(local) as Box<dyn Tracker>)
    })
}

#[async_trait]
impl Tracker for Local {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    async fn authenticate(&self) -> Result<Identity> {
        self.run(Access::Read, |transaction, site| {
            // Whoever can read the file may do everything: the file's permissions are the access control.
            transaction.query_row("SELECT count(*) FROM project", [], |_| Ok(()))?;
            Ok(Identity { id: site.user.clone(), name: site.user.clone(), email: None })
        })
        .await
    }

    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        let draft = draft.clone();
        self.run(Access::Create, move |transaction, site| {
            table::create(transaction, site, &draft, now())
        })
        .await
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        let (id, change) = (id.clone(), change.clone());
        self.run(Access::Write, move |transaction, site| {
            table::update(transaction, site, &id, &change, now())
        })
        .await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        let id = id.clone();
        self.run(Access::Read, move |transaction, site| {
            Ok(table::load(transaction, site, &id)?.item)
        })
        .await
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        let query = query.clone();
        self.run(Access::Read, move |transaction, site| query::search(transaction, site, &query))
            .await
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        self.link(id, link::Target::from(commit)).await
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        self.link(id, link::Target::from(pull_request)).await
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        let id = id.clone();
        self.run(Access::Read, move |transaction, site| link::list(transaction, site, &id)).await
    }

    async fn items_linked_to(&self, page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        let page = page.clone();
        self.run(Access::Read, move |transaction, site| link::linked_to(transaction, site, &page))
            .await
            .map(Some)
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        let link = link.clone();
        self.run(Access::Write, move |transaction, site| {
            link::unlink(transaction, site, &link, now())
        })
        .await
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        let (id, file) = (id.clone(), file.clone());
        self.run(Access::Write, move |transaction, site| {
            link::attach(transaction, site, &id, &file, now())
        })
        .await
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        event::receive(&self.webhook_secrets, delivery)
    }
}

impl Local {
    fn new(settings: &Settings, policy: Policy) -> Result<Self> {
        let site = settings.whole(read)?;
        let webhook_secrets = settings.secrets("webhook_secret");
        let store = Arc::new(Store::new(site, wait(&policy))?);
        Ok(Self { metadata: PLATFORM.metadata(), store, webhook_secrets, policy })
    }

    async fn link(&self, id: &WorkItemId, target: link::Target) -> Result<Link> {
        let id = id.clone();
        self.run(Access::Write, move |transaction, site| {
            link::link(transaction, site, &id, &target, now())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        access: Access,
        work: impl FnOnce(&Transaction<'_>, &Site) -> failure::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.run(access, wait(&self.policy), work).await
    }
}

/// How long to wait for other processes: as long as for one request to a server, within the run's deadline.
fn wait(policy: &Policy) -> Duration {
    let left = policy.deadline.saturating_duration_since(Instant::now());
    policy.timeout.min(left).min(LONGEST_WAIT)
}

/// The time in microseconds, which is what the file keeps: an item just made equals the item read back.
#[expect(
    clippy::disallowed_methods,
    reason = "the embedded tracker is its own server, and a server has the clock"
)]
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

#[cfg(test)]
mod tests;
