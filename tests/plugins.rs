//! Do custom plugins work as programs of their own, and is nobody harmed by one that misbehaves?

mod acme;
mod guide;
mod hostile;

use acceptance::root;
use std::{ffi::OsString, path::PathBuf};

/// PATH of this process: plugins of these tests need its interpreter.
pub(crate) fn path() -> Option<OsString> {
    std::env::vars_os().find(|(name, _)| name == "PATH").map(|(_, value)| value)
}

/// PATH with the folders of the plugins of these tests in front.
pub(crate) fn path_with_plugins() -> OsString {
    let own = ["examples/tracker-acme", "tests/plugins"].map(|folder| root().join(folder));
    let theirs = path().unwrap_or_default();
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&theirs))).unwrap()
}

/// Whether there is an interpreter for the plugins of these tests; says so where there is none.
pub(crate) fn has_python() -> bool {
    let folders: Vec<PathBuf> =
        path().map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let there = cfg!(unix) && folders.iter().any(|folder| folder.join("python3").is_file());
    if !there {
        acceptance::say("skipped: no python3");
    }
    there
}
