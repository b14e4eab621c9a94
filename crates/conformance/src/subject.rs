//! What the suite judges: a tracker that can be connected to, and what is known about its site.

use crate::fake::{Server, store::Store};
use async_trait::async_trait;
use backend::{
    Error, ErrorKind, Result, Tracker,
    http::{Policy, Reqwest, TransportOptions, Wire},
    model::{Status, WorkItemId},
    platform,
    settings::Settings,
    webhook::Delivery,
};
use serde_json::Value;
use std::{
    sync::{Arc, MutexGuard},
    time::Duration,
};
use tokio::time::Instant;

/// Credentials to connect with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// May do everything.
    Good,
    /// Not valid.
    Wrong,
    /// Valid; may read and not write.
    Weak,
}

/// A site with a tracker on it.
#[async_trait]
pub trait Subject: Send + Sync {
    /// Name in the report: `jira-cloud`.
    fn name(&self) -> &'static str;

    /// Connects with these credentials; `None` where the platform has no such credentials.
    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>>;

    /// What is known about the site.
    fn facts(&self) -> Facts {
        Facts::default()
    }

    /// A delivery of the site, signed with `secret`; `None` where the platform has no webhooks.
    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        let _ = (sample, secret);
        None
    }

    /// Adds a link to an item as a person would; false where that cannot be done.
    fn link_by_hand(&self, item: &WorkItemId) -> bool {
        let _ = item;
        false
    }

    /// The comments of an item, as they would be read by a person; `None` where that cannot be told.
    fn comments(&self, item: &WorkItemId) -> Option<Vec<String>> {
        let _ = item;
        None
    }
}

/// What is known about a site. A check that needs what is not known does not apply.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Somebody whom items can be assigned to, as people write it.
    pub assignee: Option<&'static str>,
    /// A field of the vendor's and a value that it takes.
    pub custom_field: Option<(&'static str, Value)>,
    /// An item of another project that the token may see.
    pub foreign_item: Option<WorkItemId>,
    /// An item of a project that the token may not see.
    pub hidden_item: Option<WorkItemId>,
    /// A native query for the items with a label.
    pub native: Option<fn(&str) -> String>,
    /// A state from which another cannot be reached in one step.
    pub unreachable: Option<(Status, Status)>,
    /// The secrets that the tracker was configured with, the newest first.
    pub webhook_secrets: Vec<&'static str>,
}

/// What a delivery says.
#[derive(Debug, Clone, Copy)]
pub enum Sample<'a> {
    /// An item was changed.
    Updated(&'a WorkItemId),
    /// Something that no version of the platform knows.
    Unknown,
    /// Bytes that are no payload.
    Garbage,
}

/// A subject that is a fake: its server can be made to fail, and its memory looked into.
pub trait Site: Subject {
    /// The server.
    fn server(&self) -> &Server;

    /// Its memory.
    fn store(&self) -> MutexGuard<'_, Store>;

    /// The token that [`Access::Good`] sends, to look for where it must not be.
    fn token(&self) -> &'static str;

    /// The requests that operations are made of, to aim faults at.
    fn routes(&self) -> Routes;
}

/// Method, and a part of the path, of the requests that operations are made of.
#[derive(Debug, Clone, Copy)]
pub struct Routes {
    /// Makes an item.
    pub create: (&'static str, &'static str),
    /// Reads an item; the part that comes before its id.
    pub get: (&'static str, &'static str),
    /// Searches.
    pub search: (&'static str, &'static str),
    /// Links an item to a page.
    pub link: (&'static str, &'static str),
    /// Asks who we are.
    pub identity: (&'static str, &'static str),
}

/// Limits that no run of the suite should reach.
pub fn generous() -> Policy {
    let timeout = Duration::from_secs(20);
    Policy { timeout, retry_attempts: 3, deadline: Instant::now() + 3 * timeout }
}

/// Connects to a platform of this build over a real socket.
pub async fn connect(name: &str, settings: &Settings, policy: Policy) -> Result<Box<dyn Tracker>> {
    let platform = platform::find(name).ok_or_else(|| {
        Error::new(ErrorKind::Config, format!("find {name}: it is not a part of this build"))
    })?;
    let transport = Arc::new(Reqwest::new(TransportOptions::default())?);
    (platform.connect)(settings, &Wire { transport, policy }).await
}
