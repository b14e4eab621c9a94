//! The file: made late, never anybody else's, never half-written, shared by many.

use super::*;
use rusqlite::Connection;
use std::{fs, thread};

/// Connects to whatever is at `file` and reads; the answer of the first of the two that fails.
async fn answer(file: &Path) -> Error {
    match tracker(file, &[]) {
        Err(error) => error,
        Ok(tracker) => tracker.authenticate().await.unwrap_err(),
    }
}

async fn refused(file: &Path, word: &str) {
    let error = answer(file).await;
    assert_eq!(error.kind, ErrorKind::Config, "{error}");
    assert!(error.message.contains(word), "{error}");
    assert!(error.message.contains(file.file_name().unwrap().to_str().unwrap()), "{error}");
    assert!(error.hint().contains("LOCAL_TRACKER_FILE"), "{}", error.hint());
}

#[tokio::test]
async fn only_a_create_makes_the_file_and_its_folders() {
    let place = Place::new();
    let file = place.file().with_file_name("new").join("deep").join("tracker.db");
    let tracker = tracker(&file, &[]).unwrap();
    let item = id("LOCAL-1");
    tracker.authenticate().await.unwrap();
    assert!(tracker.search_work_items(&Query::default()).await.unwrap().items.is_empty());
    fails_with(tracker.get_work_item(&item).await, ErrorKind::NotFound, "LOCAL-1");
    fails_with(
        tracker.update_work_item(&item, &Change::default()).await,
        ErrorKind::NotFound,
        "LOCAL-1",
    );
    let link =
        Link { item, url: "https://git.example".parse().unwrap(), title: None, existed: false };
    tracker.unlink(&link).await.unwrap();
    assert!(fs::read_dir(place.folder.path()).unwrap().next().is_none(), "no trace");
    tracker.create_work_item(&titled("one")).await.unwrap();
    assert!(file.is_file());
}

#[tokio::test]
async fn a_file_that_another_process_makes_is_noticed() {
    let place = Place::new();
    let early = place.tracker();
    early.authenticate().await.unwrap();
    let made = place.tracker().create_work_item(&titled("one")).await.unwrap();
    assert_eq!(early.get_work_item(&made.id).await.unwrap(), made);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let tracker = place.tracker();
    tracker.create_work_item(&titled("one")).await.unwrap();
    for entry in fs::read_dir(place.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn the_journal_is_written_ahead_and_flushed() {
    let place = Place::new();
    let tracker = place.tracker();
    tracker.create_work_item(&titled("one")).await.unwrap();
    assert_eq!(place.value::<String>("PRAGMA journal_mode"), "wal");
    let flush: i64 = tracker
        .run(Access::Read, |transaction, _| {
            Ok(transaction.query_row("PRAGMA synchronous", [], |row| row.get(0))?)
        })
        .await
        .unwrap();
    assert_eq!(flush, 2, "FULL");
}

#[tokio::test]
async fn what_is_no_tracker_file_is_left_alone() {
    let place = Place::new();
    refused(place.folder.path(), "folder").await;
    fs::write(
        place.file(),
        "just a text that is long enough to hold a database's header, or so it seems; \
        SQLite looks at the first hundred bytes before it says anything about them",
    )
    .unwrap();
    let before = fs::read(place.file()).unwrap();
    refused(&place.file(), "not a tracker file").await;
    assert_eq!(fs::read(place.file()).unwrap(), before);
    refused(&place.file().join("below.db"), "below.db").await;
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let place = Place::new();
    for script in [
        "CREATE TABLE theirs (x)",
        "DROP TABLE theirs; PRAGMA application_id = 7",
        "PRAGMA application_id = 0; PRAGMA user_version = 1",
    ] {
        Connection::open(place.file()).unwrap().execute_batch(script).unwrap();
        let before = fs::read(place.file()).unwrap();
        refused(&place.file(), "another program's").await;
        assert_eq!(fs::read(place.file()).unwrap(), before, "{script}");
    }
}

#[tokio::test]
async fn a_newer_file_is_left_alone() {
    let place = Place::new();
    place.tracker().create_work_item(&titled("one")).await.unwrap();
    for version in [99, -1] {
        let connection = Connection::open(place.file()).unwrap();
        connection.pragma_update(None, "user_version", version).unwrap();
        drop(connection);
        refused(&place.file(), "newer version").await;
    }
}

#[tokio::test]
async fn an_empty_file_is_an_empty_tracker() {
    let place = Place::new();
    fs::write(place.file(), "").unwrap();
    let tracker = place.tracker();
    assert!(tracker.search_work_items(&Query::default()).await.unwrap().complete);
    tracker.create_work_item(&titled("one")).await.unwrap();
}

#[tokio::test]
async fn a_damaged_file_is_told_from_a_foreign_one() {
    let place = Place::new();
    place.tracker().create_work_item(&titled("one")).await.unwrap();
    let mut bytes = fs::read(place.file()).unwrap();
    bytes[100..].fill(0xa5);
    fs::write(place.file(), bytes).unwrap();
    refused(&place.file(), "damaged").await;
}

#[tokio::test]
async fn a_value_that_nobody_could_have_written_is_a_protocol_error() {
    let place = Place::new();
    let tracker = place.tracker();
    tracker.create_work_item(&titled("one")).await.unwrap();
    let connection = Connection::open(place.file()).unwrap();
    connection.execute("UPDATE item SET status = 'lost'", []).unwrap();
    let read = tracker.get_work_item(&id("LOCAL-1")).await;
    fails_with(read, ErrorKind::Protocol, "cannot read");
}

#[test]
fn settings_are_checked_before_the_file_is_touched() {
    let place = Place::new();
    for key in ["L", "ELEVENCHARS", "1ST", "A-B", "", "ÄB"] {
        let result = tracker(&place.file(), &[("project", key)]);
        fails_with(result, ErrorKind::Config, "local.project");
    }
    assert_eq!(
        project(&Settings::new("local").with("project", " shop ", Origin::Default)).unwrap(),
        "SHOP"
    );
    let none = Local::new(&Settings::new("local"), policy(Duration::ZERO));
    fails_with(none, ErrorKind::Config, "local.file");
    let empty = Settings::new("local").with("file", "", Origin::Default);
    fails_with(Local::new(&empty, policy(Duration::ZERO)), ErrorKind::Config, "local.file");
}

#[tokio::test]
async fn a_lock_that_is_not_let_go_of_is_an_outage_for_writes_only() {
    let place = Place::new();
    let made = place.tracker().create_work_item(&titled("one")).await.unwrap();
    let settings =
        Settings::new("local").with("file", place.file().to_str().unwrap(), Origin::Default);
    let impatient = Local::new(&settings, policy(Duration::ZERO)).unwrap();
    let other = Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let written = impatient.create_work_item(&titled("two")).await;
    let error = fails_with(written, ErrorKind::Unavailable, "another process");
    assert!(!error.message.contains("locked"), "{error}");
    assert_eq!(impatient.get_work_item(&made.id).await.unwrap(), made);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(impatient.create_work_item(&titled("two")).await.unwrap().id, id("LOCAL-2"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_one_requests_time_and_with_the_run() {
    let seconds = Duration::from_secs;
    let check = |timeout: Duration, left: Duration, expected: Duration| {
        let deadline = Instant::now() + left;
        assert_eq!(wait(&Policy { timeout, retry_attempts: 3, deadline }), expected);
    };
    check(seconds(30), seconds(60), seconds(30));
    check(seconds(30), seconds(7), seconds(7));
    check(Duration::MAX, seconds(1 << 40), LONGEST_WAIT);
}

#[tokio::test]
async fn work_that_panics_leaves_nothing_and_breaks_nothing() {
    let place = Place::new();
    let tracker = place.tracker();
    let stopped: Result<()> = tracker
        .run(Access::Create, |transaction, site| {
            table::create(transaction, site, &titled("half"), now())?;
            panic!("on purpose")
        })
        .await;
    fails_with(stopped, ErrorKind::Unavailable, "stopped");
    assert_eq!(tracker.create_work_item(&titled("one")).await.unwrap().id, id("LOCAL-1"));
}

/// Many connections at once, each like a process of its own, starting on a file that is not there yet.
#[test]
fn nothing_is_lost_when_many_write_at_once() {
    const WRITERS: usize = 12;
    const ROUNDS: usize = 5;
    let place = Place::new();
    let write = |writer: usize| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let tracker = place.tracker();
            let shared = id("LOCAL-1");
            for round in 0..ROUNDS {
                tracker.create_work_item(&titled("x")).await.unwrap();
                let add_labels = vec![format!("{writer}-{round}")];
                let change = Change { add_labels, ..Change::default() };
                tracker.update_work_item(&shared, &change).await.unwrap();
            }
        });
    };
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || write(writer));
        }
    });
    let count = i64::try_from(WRITERS * ROUNDS).unwrap();
    assert_eq!(place.value::<i64>("SELECT count(*) FROM item"), count);
    assert_eq!(place.value::<i64>("SELECT max(number) FROM item"), count);
    assert_eq!(place.value::<i64>("SELECT count(*) FROM label WHERE item = 1"), count);
    let labels = "SELECT count(*) FROM history WHERE field = 'labels'";
    assert_eq!(place.value::<i64>(labels), count);
    assert_eq!(place.value::<String>("PRAGMA integrity_check"), "ok");
}
