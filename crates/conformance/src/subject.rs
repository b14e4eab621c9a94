//! What the suite judges: a tracker that can be connected to, and what is known about its site.

use crate::fake::{
    Server,
    store::{Item, Store},
};
use async_trait::async_trait;
use backend::{
    Error, ErrorKind, Result, Tracker,
    code_host::CodeHost,
    health::Quota,
    http::{Policy, Reqwest, TransportOptions, Wire},
    model::{Kind, Status, WorkItemId},
    panel::Panel,
    platform::{self, Platform},
    settings::Settings,
    webhook::Delivery,
};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    sync::{Arc, MutexGuard},
    time::Duration,
};
use tokio::time::Instant;
use url::Url;

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
    fn name(&self) -> &str;

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

    /// Connects to the site's code host; `None` where it is none.
    async fn code_host(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn CodeHost>>> {
        let _ = (access, policy);
        None
    }

    /// The comments of a pull request and the states of a commit's statuses by context, as people see them.
    fn seen_on_pull_request(&self, page: &Url, sha: &str) -> Option<Seen> {
        let _ = (page, sha);
        None
    }

    /// Connects to the tracker's panel of development; `None` where it has none.
    async fn panel(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Panel>>> {
        let _ = (access, policy);
        None
    }

    /// Addresses and states of the pull requests that an item shows in the panel, in the vendor's words.
    fn seen_in_panel(&self, item: &WorkItemId) -> Vec<(String, String)> {
        let _ = item;
        Vec::new()
    }

    /// The comments of an item, as they would be read by a person; `None` where that cannot be told.
    fn comments(&self, item: &WorkItemId) -> Option<Vec<String>> {
        let _ = item;
        None
    }
}

/// When every delivery of a fake is received: within the time for which its signature is good.
pub const RECEIVED_AT: Timestamp = Timestamp::constant(1_770_000_005, 0);

/// What is known about a site. A check that needs what is not known does not apply.
#[derive(Debug, Clone)]
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
    /// The item that deliveries are about.
    pub webhook_item: WorkItemId,
    /// True when a delivery's body is signed, and not only accompanied by a secret.
    pub bodies_are_signed: bool,
    /// The states that items can be brought to; the others are refused.
    pub states: &'static [Status],
    /// An estimate that an item can have, a fraction where the tracker knows those; none where items are not estimated.
    pub estimate: Option<f64>,
    /// The sort of item that is estimated.
    pub estimated: Kind,
    /// What can contain other items.
    pub container: Option<Kind>,
    /// What every answer says about how much may still be asked.
    pub quota: Option<Quota>,
    /// A pull request of the site's code host.
    pub pull_request: Option<KnownPullRequest>,
}

/// A pull request that a site has: open, from another branch of the same repository, with more commits than one page
/// shows.
#[derive(Debug, Clone)]
pub struct KnownPullRequest {
    /// Its page.
    pub page: Url,
    /// Its title.
    pub title: &'static str,
    /// The branch that it comes from.
    pub source_branch: &'static str,
    /// How many commits it has, and whether the host gives them all.
    pub commits: (usize, bool),
    /// The page of a pull request that is not there.
    pub absent: Url,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            assignee: None,
            custom_field: None,
            foreign_item: None,
            hidden_item: None,
            native: None,
            unreachable: None,
            webhook_secrets: Vec::new(),
            webhook_item: WorkItemId::new("SHOP-1"),
            bodies_are_signed: true,
            states: Status::ALL,
            estimate: Some(2.5),
            estimated: Kind::Task,
            container: Some(Kind::Epic),
            quota: None,
            pull_request: None,
        }
    }
}

/// What people see on a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Sources of its comments, oldest first.
    pub comments: Vec<String>,
    /// Context and state of each status of the commit, in the vendor's words, newest of each context only.
    pub statuses: Vec<(String, String)>,
    /// How many times a status was sent.
    pub sent: usize,
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
    /// The settings that a user of the site would have, with this token.
    fn settings(&self, token: &str) -> Settings;

    /// The server.
    fn server(&self) -> &Server;

    /// Its memory.
    fn store(&self) -> MutexGuard<'_, Store>;

    /// The id of one of its items, as people write it.
    fn id(&self, item: &Item) -> String {
        let like = self.facts().webhook_item;
        let project = like.as_str().trim_end_matches(|c: char| c.is_ascii_digit());
        format!("{project}{}", item.number)
    }

    /// How many links to pages its items have, however the site keeps them.
    fn links(&self) -> usize {
        self.store().items.iter().map(|item| item.links.len()).sum()
    }

    /// The token that [`Access::Good`] sends, to look for where it must not be.
    fn token(&self) -> &'static str;

    /// The requests that operations are made of, to aim faults at.
    fn routes(&self) -> Routes;

    /// True where an item whose creation got no answer can be found by an id that was chosen for it.
    fn finds_lost_creates(&self) -> bool {
        false
    }
}

/// Method, and a part of the [`target`](crate::fake::Request::target), of the requests that operations are made of.
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
    Policy { timeout, retry_attempts: 3, deadline: Instant::now() + 30 * timeout }
}

/// Connects to a platform of this build over a real socket.
pub async fn connect(name: &str, settings: &Settings, policy: Policy) -> Result<Box<dyn Tracker>> {
    (row(name)?.connect)(settings, &wire(policy)?).await
}

/// Connects to the code host of a platform over a real socket.
pub async fn connect_code_host(
    name: &str,
    settings: &Settings,
    policy: Policy,
) -> Result<Box<dyn CodeHost>> {
    let connect = platform::code_host(row(name)?).ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, format!("connect: {name} is no code host"))
    })?;
    connect(settings, &wire(policy)?).await
}

/// Connects to the panel of development of a platform over a real socket.
pub fn connect_panel(name: &str, settings: &Settings, policy: Policy) -> Result<Box<dyn Panel>> {
    let lacking = || Error::new(ErrorKind::Unsupported, format!("connect: {name} has no panel"));
    let connect = platform::panel(row(name)?).ok_or_else(lacking)?;
    connect(settings, &wire(policy)?)?.ok_or_else(lacking)
}

fn row(name: &str) -> Result<&'static Platform> {
    platform::find(name).ok_or_else(|| {
        Error::new(ErrorKind::Config, format!("find {name}: it is not a part of this build"))
    })
}

/// The transport of this process, within these limits.
pub fn wire(policy: Policy) -> Result<Wire> {
    let transport = Arc::new(Reqwest::new(TransportOptions::default())?);
    Ok(Wire::new(transport, policy))
}
