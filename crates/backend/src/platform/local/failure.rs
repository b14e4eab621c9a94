//! What can go wrong with the file, in words that help: SQLite's own say too little.

use crate::error::{Error, ErrorKind};
use rusqlite::ErrorCode;
use std::{io, path::Path};

/// Result of work on the file.
pub(super) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Work on the file that failed. The file's name is added at the end, in one place: [`Failure::explain`].
#[derive(Debug)]
pub(super) enum Failure {
    /// The tracker's own answer.
    Tracker(Error),
    /// SQLite's answer.
    Database(rusqlite::Error),
    /// The file system's answer: what was tried, and the reason.
    System(&'static str, io::Error),
    /// A file that is not ours to write into: why, and what to do.
    Unsuitable(&'static str, &'static str),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Tracker(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

const ELSEWHERE: &str = "set LOCAL_TRACKER_FILE to another file";
const PERMIT: &str = "make the file and its folder writable for this account, or set LOCAL_TRACKER_FILE to another file";

impl Failure {
    /// True when the same step may succeed as soon as another process lets go of the file.
    pub(super) fn is_busy(&self) -> bool {
        let Self::Database(error) = self else { return false };
        matches!(
            error.sqlite_error_code(),
            Some(
                ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::FileLockingProtocolFailed
            )
        )
    }

    /// The error that a user sees; callers put in front what they were doing.
    pub(super) fn explain(self, file: &Path) -> Error {
        let file = file.display();
        match self {
            Self::Tracker(error) => error,
            Self::Unsuitable(reason, hint) => {
                Error::new(ErrorKind::Config, format!("{file}: {reason}")).with_hint(hint)
            }
            Self::System(tried, error) => {
                Error::new(ErrorKind::Config, format!("{file}: {tried} failed ({error})"))
                    .with_hint(PERMIT)
                    .with_source(error)
            }
            Self::Database(error) => {
                let (kind, reason, hint) = verdict(error.sqlite_error_code());
                Error::new(kind, format!("{file}: {reason}"))
                    .with_hint(hint)
                    .with_context("sqlite", error.to_string())
                    .with_source(error)
            }
        }
    }
}

/// What a SQLite code means for the caller. A value that does not fit its column's meaning has no code.
fn verdict(code: Option<ErrorCode>) -> (ErrorKind, &'static str, &'static str) {
    use ErrorCode as Code;
    match code {
        Some(Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed) => (
            ErrorKind::Unavailable,
            "another process kept writing to it",
            "run again when the other process is done",
        ),
        Some(Code::DiskFull) => {
            (ErrorKind::Unavailable, "the disk is full", "make room on the disk and run again")
        }
        Some(Code::SystemIoFailure | Code::OutOfMemory) => (
            ErrorKind::Unavailable,
            "the system could not read or write it",
            "check the disk and the memory of this machine and run again",
        ),
        Some(
            Code::ReadOnly
            | Code::PermissionDenied
            | Code::CannotOpen
            | Code::AuthorizationForStatementDenied,
        ) => (ErrorKind::Config, "this account may not open it or write to it", PERMIT),
        Some(Code::NotADatabase) => (ErrorKind::Config, "it is not a tracker file", ELSEWHERE),
        Some(Code::DatabaseCorrupt) => (
            ErrorKind::Config,
            "it is damaged",
            "restore it from a backup, or set LOCAL_TRACKER_FILE to another file",
        ),
        Some(Code::TooBig) => {
            (ErrorKind::Rejected, "a value is too large for it", "shorten the text and run again")
        }
        _ => (
            ErrorKind::Protocol,
            "it holds something that this version cannot read",
            "check whether another program wrote to it, or use a newer version of this program",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn every_code_has_a_kind_of_its_own() {
        let kind = |code: i32| {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let error = Failure::from(error).explain(Path::new("tracker.db"));
            assert!(error.message.starts_with("tracker.db: "), "{error}");
            assert_eq!(error.context().len(), 1, "the database's own words are kept");
            error.kind
        };
        assert_eq!(kind(ffi::SQLITE_BUSY), ErrorKind::Unavailable);
        assert_eq!(kind(ffi::SQLITE_PROTOCOL), ErrorKind::Unavailable);
        assert_eq!(kind(ffi::SQLITE_FULL), ErrorKind::Unavailable);
        assert_eq!(kind(ffi::SQLITE_IOERR), ErrorKind::Unavailable);
        assert_eq!(kind(ffi::SQLITE_READONLY), ErrorKind::Config);
        assert_eq!(kind(ffi::SQLITE_CANTOPEN), ErrorKind::Config);
        assert_eq!(kind(ffi::SQLITE_NOTADB), ErrorKind::Config);
        assert_eq!(kind(ffi::SQLITE_CORRUPT), ErrorKind::Config);
        assert_eq!(kind(ffi::SQLITE_TOOBIG), ErrorKind::Rejected);
        assert_eq!(kind(ffi::SQLITE_CONSTRAINT), ErrorKind::Protocol);
    }
}
