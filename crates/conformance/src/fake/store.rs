//! The memory behind every fake: items, comments, links, files and people, in no vendor's words.
//!
//! A fake validates and translates; the store only remembers. Its clock is its own: it moves one minute at
//! every change, so that runs are repeatable and times can be told apart by queries that know only minutes.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// A person of the fake's site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    /// The tracker's id of the account.
    pub id: &'static str,
    /// User name.
    pub name: &'static str,
    /// Name that people see.
    pub display: &'static str,
    /// E-mail address.
    pub email: &'static str,
}

/// The account that the good token belongs to.
pub const ROBOT: User = User {
    id: "5b10a2844c20165700ede21g",
    name: "robot",
    display: "Build Robot",
    email: "robot@example.com",
};

/// Everybody who can be assigned.
pub const USERS: &[User] = &[
    ROBOT,
    User {
        id: "5b10ac8d82e05b22cc7d4ef5",
        name: "alex",
        display: "Alex Example",
        email: "alex@example.com",
    },
    User {
        id: "712020:a1b2c3d4-0000-4000-8000-00000000cafe",
        name: "sam",
        display: "Sam Sample",
        email: "sam@example.com",
    },
];

/// A work item.
#[derive(Debug, Clone)]
pub struct Item {
    /// Number within the site, for ids that nobody reads.
    pub serial: u64,
    /// Project that it belongs to.
    pub project: String,
    /// Number within the project.
    pub number: u64,
    /// One line.
    pub title: String,
    /// Text, in the shape that the vendor takes.
    pub text: Value,
    /// The key that it had before it was moved to another project, under which it is still found.
    pub former: Option<String>,
    /// Type, in the vendor's words.
    pub kind: String,
    /// Status, in the vendor's words.
    pub status: String,
    /// Why it was closed, in the vendor's words.
    pub resolution: Option<String>,
    /// Priority, in the vendor's words.
    pub priority: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// Who works on it.
    pub assignee: Option<User>,
    /// Serial of the containing item.
    pub parent: Option<u64>,
    /// Estimate.
    pub points: Option<f64>,
    /// Other fields, by the vendor's name.
    pub custom: Map<String, Value>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When its status last changed.
    pub moved: Timestamp,
    /// When it was closed, while it is closed.
    pub closed: Option<Timestamp>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Links to pages, oldest first.
    pub links: Vec<WebLink>,
    /// Attached files, oldest first.
    pub files: Vec<File>,
}

/// A comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Number within the site.
    pub serial: u64,
    /// Text, in the shape that the vendor takes.
    pub text: Value,
    /// When it was written.
    pub created: Timestamp,
}

/// A link to a page.
#[derive(Debug, Clone)]
pub struct WebLink {
    /// Number within the site.
    pub serial: u64,
    /// The key that makes a second link an update of the first, where the vendor has one.
    pub key: Option<String>,
    /// The rest, in the shape that the vendor takes.
    pub body: Value,
}

/// An attached file.
#[derive(Debug, Clone)]
pub struct File {
    /// Number within the site.
    pub serial: u64,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Content.
    pub content: Vec<u8>,
    /// When it was attached.
    pub created: Timestamp,
}

/// All that a site remembers.
#[derive(Debug)]
pub struct Store {
    /// Items, oldest first.
    pub items: Vec<Item>,
    clock: Timestamp,
    serial: u64,
}

impl Default for Store {
    fn default() -> Self {
        // A day in 2026, so that years read well in failures.
        let clock = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56 + 24 * 30);
        Self { items: Vec::new(), clock, serial: 10_000 }
    }
}

impl Store {
    /// Moves the clock and tells the new time.
    pub fn tick(&mut self) -> Timestamp {
        self.clock += SignedDuration::from_mins(1);
        self.clock
    }

    /// The time of the last change.
    pub fn now(&self) -> Timestamp {
        self.clock
    }

    /// A number that was never given out before.
    pub fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Adds an empty item to a project and returns it to be filled.
    pub fn add(&mut self, project: &str, kind: &str, status: &str) -> &mut Item {
        let (serial, now) = (self.next_serial(), self.tick());
        let number = self.items.iter().filter(|item| item.project == project).count() as u64 + 1;
        let item = Item {
            serial,
            project: project.to_owned(),
            number,
            title: String::new(),
            text: Value::Null,
            former: None,
            kind: kind.to_owned(),
            status: status.to_owned(),
            resolution: None,
            priority: None,
            labels: Vec::new(),
            assignee: None,
            parent: None,
            points: None,
            custom: Map::new(),
            created: now,
            updated: now,
            moved: now,
            closed: None,
            comments: Vec::new(),
            links: Vec::new(),
            files: Vec::new(),
        };
        self.items.push(item);
        let last = self.items.len() - 1;
        &mut self.items[last]
    }

    /// The item that a predicate picks.
    pub fn find(&self, picks: impl Fn(&Item) -> bool) -> Option<&Item> {
        self.items.iter().find(|item| picks(item))
    }

    /// The item that a predicate picks, to be changed.
    pub fn find_mut(&mut self, picks: impl Fn(&Item) -> bool) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| picks(item))
    }
}

impl Item {
    /// The key of trackers that put a project's key before the number.
    pub fn key(&self) -> String {
        format!("{}-{}", self.project, self.number)
    }

    /// Moves the item to another status.
    pub fn move_to(&mut self, status: &str, closed: bool, now: Timestamp) {
        status.clone_into(&mut self.status);
        self.moved = now;
        self.updated = now;
        self.closed = closed.then_some(now);
    }
}
