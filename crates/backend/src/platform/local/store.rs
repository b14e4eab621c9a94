//! The file: opened when it is needed, written by one process at a time, never left half-written.
//!
//! Durability: write-ahead log with `synchronous = FULL`, one flush to the disk per write. An id is printed and
//! put into commit messages as soon as a create returns, so a power cut must not hand it out a second time;
//! with `NORMAL` it could. A killed process leaves either the whole change or nothing of it.

use super::{
    failure::{Failure, Result},
    schema,
    site::Site,
};
use crate::error::{Error, ErrorKind};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::{
    fs, io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Pause before a step that SQLite refuses without waiting is tried again.
const PAUSE: Duration = Duration::from_millis(5);

/// What is done with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Looks only; everything is seen as of one instant. Waits for nobody.
    Read,
    /// Changes what is there. Takes the write lock first, so that nothing moves between reading and writing.
    Write,
    /// Likewise, and makes the file where there is none yet.
    Create,
}

/// The file of a tracker. Nothing but a create makes it: looking, linking and dry runs leave no trace.
#[derive(Debug)]
pub(super) struct Store {
    site: Site,
    connection: Mutex<Option<Connection>>,
}

impl Store {
    /// The file of this site; opened now where it exists, so that a wrong file is found out at once.
    pub(super) fn new(site: Site, wait: Duration) -> crate::Result<Self> {
        let store = Self { site, connection: Mutex::default() };
        let opened = store.work(Access::Read, wait, |_, _| Ok(()));
        opened.map_err(|error| error.during("use the tracker file"))?;
        Ok(store)
    }

    /// Does work in one transaction: all of it is kept, or, when it fails, nothing.
    ///
    /// Waiting for another process may take seconds, up to `wait`, in which the run's deadline must still fire:
    /// so the work is done beside the runtime, not on it.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        access: Access,
        wait: Duration,
        work: impl FnOnce(&Transaction<'_>, &Site) -> Result<T> + Send + 'static,
    ) -> crate::Result<T> {
        let store = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || store.work(access, wait, work));
        task.await.unwrap_or_else(|error| {
            Err(Error::new(ErrorKind::Unavailable, "the work on the tracker file was stopped")
                .with_source(error))
        })
    }

    fn work<T>(
        &self,
        access: Access,
        wait: Duration,
        work: impl FnOnce(&Transaction<'_>, &Site) -> Result<T>,
    ) -> crate::Result<T> {
        let until = Instant::now() + wait;
        // A panic in earlier work has rolled its transaction back: the connection is as good as new.
        let mut kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let done = self.connect(&mut kept, access, until).and_then(|()| match &mut *kept {
            Some(connection) => self.transact(connection, access, until, work),
            None => self.transact(&mut schema::nothing()?, access, until, work),
        });
        done.map_err(|failure| failure.explain(&self.site.file))
    }

    fn connect(&self, kept: &mut Option<Connection>, access: Access, until: Instant) -> Result<()> {
        let file = &self.site.file;
        if kept.is_none() && (exists(file)? || (access == Access::Create && make(file)?)) {
            *kept = Some(open(file, until)?);
        }
        Ok(())
    }

    fn transact<T>(
        &self,
        connection: &mut Connection,
        access: Access,
        until: Instant,
        work: impl FnOnce(&Transaction<'_>, &Site) -> Result<T>,
    ) -> Result<T> {
        let behavior = match access {
            Access::Read => TransactionBehavior::Deferred,
            Access::Write | Access::Create => TransactionBehavior::Immediate,
        };
        connection.busy_timeout(until.saturating_duration_since(Instant::now()))?;
        let transaction = connection.transaction_with_behavior(behavior)?;
        let value = work(&transaction, &self.site)?;
        transaction.commit()?;
        Ok(value)
    }
}

fn exists(file: &Path) -> Result<bool> {
    match fs::metadata(file) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => Err(Failure::Unsuitable(
            "it is a folder or a device, not a file",
            "set LOCAL_TRACKER_FILE to the name of a file",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Failure::System("looking at it", error)),
    }
}

/// Makes the folders and an empty file that only its owner may read: items may quote logs.
/// The log files that SQLite puts beside it get the same permissions.
fn make(file: &Path) -> Result<bool> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::System("making its folder", error))?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(true),
        // Another process was faster; its file is as good.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(true),
        Err(error) => Err(Failure::System("making it", error)),
    }
}

/// Opens an existing file. Flags without `URI`: the name is a path and nothing else.
fn open(file: &Path, until: Instant) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(until.saturating_duration_since(Instant::now()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    patiently(until, || schema::prepare(&mut connection))?;
    Ok(connection)
}

/// Repeats a step that SQLite refuses at once, without asking the busy timeout: the change to the write-ahead
/// log is such a step (it upgrades a read lock), and processes that start together on a new file all try it.
fn patiently(until: Instant, mut step: impl FnMut() -> Result<()>) -> Result<()> {
    loop {
        match step() {
            Err(failure) if failure.is_busy() && Instant::now() < until => {
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_without_waiting_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tracker.db");
        make(&file).unwrap();
        let other = Connection::open(&file).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut connection = Connection::open(&file).unwrap();
        connection.busy_timeout(Duration::from_hours(1)).unwrap();
        let mut refusals = 0;
        let step = || {
            let done = schema::prepare(&mut connection);
            if done.is_err() {
                refusals += 1;
                other.execute_batch("ROLLBACK").unwrap();
            }
            done
        };
        patiently(Instant::now() + Duration::from_hours(1), step).unwrap();
        assert_eq!(refusals, 1);
    }

    #[test]
    fn patience_ends_in_time_and_is_for_locks_only() {
        let failure = |code: i32| {
            let code = rusqlite::ffi::Error::new(code);
            Err(Failure::Database(rusqlite::Error::SqliteFailure(code, None)))
        };
        let busy = patiently(Instant::now(), || failure(rusqlite::ffi::SQLITE_BUSY));
        assert!(busy.unwrap_err().is_busy());
        let far = Instant::now() + Duration::from_hours(1);
        let full = patiently(far, || failure(rusqlite::ffi::SQLITE_FULL));
        assert!(!full.unwrap_err().is_busy());
    }
}
