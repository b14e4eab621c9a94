//! The tables, and how an older file becomes a current one.

use super::failure::{Failure, Result};
use rusqlite::{Connection, TransactionBehavior};

/// Marks a SQLite file as ours (`DOIT` in ASCII), so that nobody else's database is ever written into.
const APPLICATION_ID: i32 = 0x444f_4954;

/// One script per version; `PRAGMA user_version` counts those that a file has been through.
/// A script that was released is never changed: a new version is a new script.
const MIGRATIONS: &[&str] = &[FIRST];

/// Times are microseconds since 1970 in UTC. Texts are as given; `folded` is what the search looks into.
const FIRST: &str = "
    CREATE TABLE project (
        key TEXT PRIMARY KEY,
        last_number INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE item (
        serial INTEGER PRIMARY KEY,
        project TEXT NOT NULL REFERENCES project (key),
        number INTEGER NOT NULL,
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        kind TEXT NOT NULL,
        status TEXT NOT NULL,
        priority TEXT,
        assignee TEXT,
        parent INTEGER REFERENCES item (serial),
        story_points REAL,
        custom_fields TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        closed_at INTEGER,
        folded TEXT NOT NULL,
        UNIQUE (project, number)
    ) STRICT;
    CREATE INDEX item_newest ON item (project, created_at, serial);
    CREATE INDEX item_closed ON item (project, closed_at) WHERE closed_at IS NOT NULL;

    CREATE TABLE label (
        item INTEGER NOT NULL REFERENCES item (serial),
        name TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (item, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE comment (
        serial INTEGER PRIMARY KEY,
        item INTEGER NOT NULL REFERENCES item (serial),
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX comment_item ON comment (item);

    CREATE TABLE history (
        serial INTEGER PRIMARY KEY,
        item INTEGER NOT NULL REFERENCES item (serial),
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        field TEXT NOT NULL,
        old TEXT,
        new TEXT
    ) STRICT;
    CREATE INDEX history_item ON history (item);

    CREATE TABLE link (
        serial INTEGER PRIMARY KEY,
        item INTEGER NOT NULL REFERENCES item (serial),
        kind TEXT NOT NULL,
        url TEXT NOT NULL,
        title TEXT NOT NULL,
        at INTEGER NOT NULL,
        UNIQUE (item, url)
    ) STRICT;

    CREATE TABLE attachment (
        serial INTEGER PRIMARY KEY,
        item INTEGER NOT NULL REFERENCES item (serial),
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        at INTEGER NOT NULL,
        content BLOB NOT NULL,
        UNIQUE (item, name, sha256)
    ) STRICT;
";

/// Brings a file to the current version; does nothing to one that is there already.
///
/// Several processes may do this at once: the write lock orders them, and the later ones find it done.
pub(super) fn prepare(connection: &mut Connection) -> Result<()> {
    if version(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    // The journal mode cannot change inside a transaction. Where the file system has no shared memory SQLite
    // stays with its rollback journal, which is as safe and only slower, so the answer does not matter.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (version, script) in (1_i32..).zip(MIGRATIONS).skip(version(&transaction)?) {
        transaction.execute_batch(script)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    Ok(transaction.commit()?)
}

/// A tracker without items, in memory: what a file that does not exist yet contains.
pub(super) fn nothing() -> Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    prepare(&mut connection)?;
    Ok(connection)
}

/// How many scripts the file has been through. An empty file has been through none.
fn version(connection: &Connection) -> Result<usize> {
    // One statement is one snapshot: two would see another process's first migration half-way.
    let (tables, application, version): (i64, i32, i64) = connection.query_row(
        "SELECT (SELECT count(*) FROM sqlite_schema), application_id, user_version
         FROM pragma_application_id, pragma_user_version",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    if application != APPLICATION_ID && (application, tables, version) != (0, 0, 0) {
        return Err(Failure::Unsuitable(
            "it is another program's database",
            "set LOCAL_TRACKER_FILE to another file",
        ));
    }
    usize::try_from(version).ok().filter(|version| *version <= MIGRATIONS.len()).ok_or(
        Failure::Unsuitable(
            "a newer version of this program wrote it",
            "use the newest version of this program, or set LOCAL_TRACKER_FILE to another file",
        ),
    )
}
