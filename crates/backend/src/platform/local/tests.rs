//! The tracker as its users see it: a real file in a folder of its own.

mod file;
mod links;
mod search;

use super::*;
use crate::tracker::Operation;
use crate::{
    error::{Error, ErrorKind},
    model::{Kind, Priority, PullRequestState, Status},
    settings::Origin,
    text::Markdown,
};
use serde_json::{Map, json};
use std::path::{Path, PathBuf};

/// A folder for a tracker's file, which goes away with it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("tracker.db")
    }

    fn tracker(&self) -> Local {
        tracker(&self.file(), &[]).unwrap()
    }

    /// One value straight from the file.
    fn value<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        let connection = rusqlite::Connection::open(self.file()).unwrap();
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The history of an item: `field: old -> new`, oldest first.
    fn history(&self, number: i64) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.file()).unwrap();
        let mut statement = connection
            .prepare(
                "SELECT field || ': ' || coalesce(old, '-') || ' -> ' || coalesce(new, '-')
                 FROM history JOIN item ON item.serial = history.item
                 WHERE number = ?1 ORDER BY history.serial",
            )
            .unwrap();
        statement.query_map([number], |row| row.get(0)).unwrap().map(|line| line.unwrap()).collect()
    }
}

fn policy(timeout: Duration) -> Policy {
    Policy { timeout, retry_attempts: 3, deadline: Instant::now() + timeout }
}

fn tracker(file: &Path, settings: &[(&str, &str)]) -> Result<Local> {
    let file = Settings::new("local").with("file", file.to_str().unwrap(), Origin::Default);
    let settings = settings
        .iter()
        .fold(file, |settings, (key, value)| settings.with(key, *value, Origin::Default));
    Local::new(&settings, policy(Duration::from_mins(1)))
}

fn id(text: &str) -> WorkItemId {
    WorkItemId::new(text)
}

fn titled(title: &str) -> Draft {
    Draft { title: title.to_owned(), ..Draft::default() }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn fails_with<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind, word: &str) -> Error {
    let error = result.unwrap_err();
    assert_eq!(error.kind, kind, "{error}");
    assert!(error.message.contains(word), "{error}");
    error
}

fn full_draft() -> Draft {
    Draft {
        title: "Checkout fails".to_owned(),
        description: Markdown::from_template("Steps:\n\n1. pay\n\u{1F600} `x` \0"),
        kind: Kind::Bug,
        status: Some(Status::InReview),
        priority: Some(Priority::Critical),
        labels: texts(&["payment", "Über", "123"]),
        assignee: Some("ada".to_owned()),
        parent_id: None,
        story_points: Some(0.0),
        custom_fields: Map::from_iter([("Sector".to_owned(), json!({"name": ["energy", 1.5]}))]),
    }
}

#[tokio::test]
async fn an_item_made_is_the_item_read_back() {
    let place = Place::new();
    let tracker = place.tracker();
    let made = tracker.create_work_item(&full_draft()).await.unwrap();
    assert_eq!(made.id, id("LOCAL-1"));
    let url = Url::from_file_path(place.file()).unwrap();
    assert_eq!(made.url.as_str(), format!("{url}#LOCAL-1"));
    let draft = full_draft();
    assert_eq!((&made.title, &made.description), (&draft.title, &draft.description));
    assert_eq!((made.kind, made.priority), (draft.kind, draft.priority));
    assert_eq!((made.status, made.native_status.as_str()), (Status::InReview, "in_review"));
    assert_eq!((&made.labels, &made.assignee), (&draft.labels, &draft.assignee));
    assert_eq!(made.story_points, Some(0.0));
    assert_eq!(made.custom_fields, draft.custom_fields);
    assert_eq!((made.created_at, made.closed_at), (made.updated_at, None));
    for spelling in ["LOCAL-1", "local-1", " Local-1 "] {
        assert_eq!(tracker.get_work_item(&id(spelling)).await.unwrap(), made);
    }
    assert_eq!(place.tracker().get_work_item(&made.id).await.unwrap(), made);
}

#[tokio::test]
async fn a_draft_of_a_title_is_an_open_task() {
    let tracker = Place::new().tracker();
    let item = tracker.create_work_item(&titled("  next  ")).await.unwrap();
    assert_eq!((item.title.as_str(), item.kind, item.status), ("next", Kind::Task, Status::Todo));
    assert_eq!((item.priority, item.story_points, item.assignee), (None, None, None));
    assert!(item.labels.is_empty() && item.custom_fields.is_empty());
}

#[tokio::test]
async fn numbers_have_no_gaps_after_a_failure_and_are_counted_by_project() {
    let place = Place::new();
    let tracker = place.tracker();
    tracker.create_work_item(&titled("one")).await.unwrap();
    let orphan = Draft { parent_id: Some(id("LOCAL-9")), ..titled("x") };
    fails_with(tracker.create_work_item(&orphan).await, ErrorKind::Rejected, "LOCAL-9");
    fails_with(tracker.create_work_item(&titled("")).await, ErrorKind::Rejected, "title");
    assert_eq!(tracker.create_work_item(&titled("two")).await.unwrap().id, id("LOCAL-2"));
    let shop = self::tracker(&place.file(), &[("project", "SHOP")]).unwrap();
    let first = shop.create_work_item(&titled("theirs")).await.unwrap();
    assert_eq!(first.id, id("SHOP-1"));
    assert_eq!(tracker.get_work_item(&id("shop-1")).await.unwrap(), first);
}

#[tokio::test]
async fn an_item_that_is_not_there_is_not_found() {
    let place = Place::new();
    let tracker = place.tracker();
    for there in [false, true] {
        if there {
            tracker.create_work_item(&titled("one")).await.unwrap();
        }
        for wrong in
            ["LOCAL-2", "SHOP-1", "nonsense", "", "LOCAL-01", "1' OR '1'='1", "two\nlines."]
        {
            let wrong = id(wrong);
            let read = fails_with(
                tracker.get_work_item(&wrong).await,
                ErrorKind::NotFound,
                "has no item ",
            );
            assert!(!read.message.contains('\n') && !read.message.ends_with('.'), "{read}");
            assert!(read.message.contains("tracker.db") && read.hint().contains("LOCAL-1"));
            let change = Change { title: Some("x".to_owned()), ..Change::default() };
            let update = tracker.update_work_item(&wrong, &change).await;
            fails_with(update, ErrorKind::NotFound, "has no item ");
        }
    }
}

#[tokio::test]
async fn every_field_can_be_changed_and_the_others_stay() {
    let place = Place::new();
    let tracker = place.tracker();
    let epic = tracker.create_work_item(&titled("epic")).await.unwrap();
    let made = tracker.create_work_item(&full_draft()).await.unwrap();
    let change = Change {
        title: Some("Payment fails".to_owned()),
        description: Some(Markdown::default()),
        status: Some(Status::Done),
        priority: Some(Priority::Low),
        comment: Some(Markdown::from_template("fixed")),
        add_labels: texts(&["payment", "new"]),
        remove_labels: texts(&["Über", "never there"]),
        assignee: Some(" ".to_owned()),
        parent_id: Some(id("local-1")),
        story_points: Some(2.5),
        custom_fields: json!({"Sector": null, "Area": 1}).as_object().unwrap().clone(),
    };
    let changed = tracker.update_work_item(&made.id, &change).await.unwrap();
    let expected = WorkItem {
        title: "Payment fails".to_owned(),
        description: Markdown::default(),
        status: Status::Done,
        native_status: "done".to_owned(),
        priority: Some(Priority::Low),
        labels: texts(&["payment", "123", "new"]),
        assignee: None,
        parent_id: Some(epic.id),
        story_points: Some(2.5),
        custom_fields: json!({"Area": 1}).as_object().unwrap().clone(),
        updated_at: changed.updated_at,
        closed_at: Some(changed.updated_at),
        ..made.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(tracker.get_work_item(&made.id).await.unwrap(), expected);
    assert_eq!(place.value::<String>("SELECT text FROM comment WHERE item = 2"), "fixed");
}

#[tokio::test]
async fn a_change_that_changes_nothing_writes_nothing() {
    let place = Place::new();
    let tracker = place.tracker();
    let made = tracker.create_work_item(&full_draft()).await.unwrap();
    let history = place.history(1);
    let draft = full_draft();
    let same = Change {
        title: Some(draft.title),
        description: Some(draft.description),
        status: draft.status,
        priority: draft.priority,
        comment: Some(Markdown::from_template(" ")),
        add_labels: draft.labels,
        remove_labels: texts(&["never there"]),
        assignee: draft.assignee,
        parent_id: None,
        story_points: draft.story_points,
        custom_fields: draft.custom_fields,
    };
    for change in [Change::default(), same] {
        assert_eq!(tracker.update_work_item(&made.id, &change).await.unwrap(), made);
    }
    assert_eq!(tracker.get_work_item(&made.id).await.unwrap(), made);
    assert_eq!(place.history(1), history);
    assert_eq!(place.value::<i64>("SELECT count(*) FROM comment"), 0);
}

#[tokio::test]
async fn every_change_is_kept_with_its_time_and_author() {
    let place = Place::new();
    let tracker = tracker(&place.file(), &[("user", "ada")]).unwrap();
    let draft = Draft { story_points: Some(3.0), ..titled("one") };
    let made = tracker.create_work_item(&draft).await.unwrap();
    for status in [Status::Done, Status::Done, Status::Todo] {
        let change = Change { status: Some(status), ..Change::default() };
        tracker.update_work_item(&made.id, &change).await.unwrap();
    }
    let expected = [
        "status: - -> todo",
        "story_points: - -> 3",
        "title: - -> one",
        "type: - -> task",
        "status: todo -> done",
        "status: done -> todo",
    ];
    assert_eq!(place.history(1), expected);
    assert_eq!(place.value::<String>("SELECT DISTINCT author FROM history"), "ada");
    let last = "SELECT max(at) = (SELECT updated_at FROM item) FROM history";
    assert!(place.value::<bool>(last));
    let me = tracker.authenticate().await.unwrap();
    assert_eq!((me.id.as_str(), me.name.as_str(), me.email), ("ada", "ada", None));
}

#[tokio::test]
async fn a_parent_exists_and_is_no_descendant() {
    let tracker = Place::new().tracker();
    let below = |parent: &str| Draft { parent_id: Some(id(parent)), ..titled("child") };
    tracker.create_work_item(&titled("top")).await.unwrap();
    let child = tracker.create_work_item(&below("local-1")).await.unwrap();
    assert_eq!(child.parent_id, Some(id("LOCAL-1")));
    tracker.create_work_item(&below("LOCAL-2")).await.unwrap();
    for (item, parent, word) in [
        ("LOCAL-1", "LOCAL-9", "has no item"),
        ("LOCAL-1", "", "has no item"),
        ("LOCAL-1", "LOCAL-1", "contain itself"),
        ("LOCAL-1", "LOCAL-3", "contain itself"),
    ] {
        let change = Change { parent_id: Some(id(parent)), ..Change::default() };
        let result = tracker.update_work_item(&id(item), &change).await;
        fails_with(result, ErrorKind::Rejected, word);
    }
    let change = Change { parent_id: Some(id("LOCAL-1")), ..Change::default() };
    let moved = tracker.update_work_item(&id("LOCAL-3"), &change).await.unwrap();
    assert_eq!(moved.parent_id, Some(id("LOCAL-1")));
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_turn_time_around() {
    let place = Place::new();
    let tracker = place.tracker();
    tracker.create_work_item(&titled("one")).await.unwrap();
    let future = now() + jiff::SignedDuration::from_hours(1);
    rusqlite::Connection::open(place.file())
        .unwrap()
        .execute("UPDATE item SET updated_at = ?1", [future.as_microsecond()])
        .unwrap();
    let change = Change { title: Some("two".to_owned()), ..Change::default() };
    let changed = tracker.update_work_item(&id("LOCAL-1"), &change).await.unwrap();
    assert_eq!(changed.updated_at, future);
    let pull_request = PullRequest {
        url: "https://git.acme.example/shop/pull/7".parse().unwrap(),
        number: 7,
        repository: "shop".to_owned(),
        title: "Pay by invoice".to_owned(),
        state: PullRequestState::Open,
    };
    tracker.link_to_pull_request(&id("LOCAL-1"), &pull_request).await.unwrap();
    let linked = tracker.get_work_item(&id("LOCAL-1")).await.unwrap();
    assert_eq!(linked.updated_at, future, "a link is a change as well");
}

#[tokio::test]
async fn what_is_declared_is_what_there_is() {
    let tracker = Place::new().tracker();
    let team = crate::history::Team { name: "any".to_owned() };
    let period = crate::history::Period { from: now(), to: now() };
    let history = tracker.team_history(&team, &period).await;
    fails_with(history, ErrorKind::Unsupported, "team_history");
    assert!(tracker.get_team_velocity(&team, &period).await.is_err());
    let declared = &tracker.metadata().operations;
    assert_eq!(declared.len(), Operation::ALL.len() - 2);
    assert!(!declared.contains(&Operation::TeamHistory));
    assert!(!declared.contains(&Operation::GetTeamVelocity));
    let health = tracker.health_check().await;
    assert!(health.healthy, "{health:?}");
    assert_eq!(health.identity.unwrap().name, "local");
}

#[tokio::test]
async fn webhooks_are_believed_under_the_configured_secret_only() {
    let place = Place::new();
    let delivery = Delivery {
        headers: vec![(
            "X-Hub-Signature-256".to_owned(),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17".to_owned(),
        )],
        body: b"Hello, World!".to_vec(),
        received_at: Timestamp::UNIX_EPOCH,
    };
    let answer = async |settings: &[(&str, &str)]| {
        let tracker = tracker(&place.file(), settings).unwrap();
        tracker.webhook_handler(&delivery).await.unwrap_err().kind
    };
    assert_eq!(answer(&[]).await, ErrorKind::Config);
    assert_eq!(answer(&[("webhook_secret", "")]).await, ErrorKind::Config);
    assert_eq!(answer(&[("webhook_secret", "other")]).await, ErrorKind::Auth);
    let verified = [("webhook_secret", "other\n It's a Secret to Everybody ")];
    assert_eq!(answer(&verified).await, ErrorKind::Rejected, "the body is no JSON");
}
