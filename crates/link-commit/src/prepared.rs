//! What `prepare` leaves for `check`: the message that it made of a template, or of nothing, before anybody wrote in it.
//!
//! Git itself refuses a template that nobody changed, and an empty message. It compares what it put into the file, so
//! that it cannot any more once a line of ours is there; and which template it took, no later hook is told.

use app::git::Git;
use std::{fs, path::PathBuf};

fn path(git: &Git) -> PathBuf {
    git.own_folder().join("prepared")
}

/// Keeps the message as it would be committed now. What cannot be written is not compared: git is about to write to
/// the same folder, and will say what is wrong with it.
pub(crate) fn keep(git: &Git, message: &str) {
    let path = path(git);
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let _ = folder.and_then(|()| fs::write(&path, message));
}

/// The message that was kept, once: the next commit is another one.
pub(crate) fn take(git: &Git) -> Option<String> {
    let path = path(git);
    let kept = fs::read(&path).ok()?;
    // One that stays is written over, or removed, before the next commit is checked.
    let _ = fs::remove_file(&path);
    Some(String::from_utf8_lossy(&kept).into_owned())
}
