//! Hooks as files: ours beside one that was there before, which keeps its bytes and its mode.

use super::{Done, Hook, script};
use app::{Result, untrusted};
use backend::{Error, ErrorKind};
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

pub(super) const INSTALLED: &str = "installed";
pub(super) const BESIDE: &str = "installed; the hook that was there runs first";
pub(super) const UPDATED: &str = "updated";
pub(super) const KEPT: &str = "was installed";
pub(super) const REMOVED: &str = "removed";
const RESTORED: &str = "removed; the hook of before is back";
pub(super) const ABSENT: &str = "was not installed";
const FOREIGN: &str = "left alone: the hook is not link-commit's";
pub(super) const EDITED: &str = "left alone: it was edited after link-commit wrote it";
const PUT_BACK: &str = "put back: the hook of before";

/// The outcomes that change something, and how they are planned: what comes before the hook's name, and behind its place.
pub(super) const DEEDS: &[(&str, (&str, &str))] = &[
    (INSTALLED, ("install", "")),
    (BESIDE, ("install", ", and run the one that is there first")),
    (UPDATED, ("update", "")),
    (REMOVED, ("remove", "")),
    (RESTORED, ("remove", ", and put the one of before back")),
    (PUT_BACK, ("put back", "")),
];

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    Nothing,
    Ours,
    /// Ours, with an edit of somebody's.
    Edited,
    Other,
}

fn there(path: &Path) -> There {
    // A link to nowhere is something all the same.
    if path.symlink_metadata().is_err() {
        return There::Nothing;
    }
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    match script::is_ours(&text) {
        true if script::is_intact(&text) => There::Ours,
        true => There::Edited,
        false => There::Other,
    }
}

fn paths(folder: &Path, hook: Hook) -> (PathBuf, PathBuf) {
    let previous = format!("{}{}", hook.name(), script::BEFORE);
    (folder.join(hook.name()), folder.join(previous))
}

/// Whether the script that is there may be written over: an edit is somebody's work.
pub(super) fn unedited(folder: &Path, hook: Hook) -> Result<()> {
    let (path, previous) = paths(folder, hook);
    if there(&path) != There::Edited {
        return Ok(());
    }
    let message =
        format!("install the {hook} hook: {} was edited after link-commit wrote it", shown(&path));
    Err(Error::new(ErrorKind::Config, message).with_hint(format!(
        "put what you added into {}, which runs first, delete the edited file, and run again",
        shown(&previous)
    )))
}

/// Whether the hook can be installed: two hooks of before cannot both be kept.
pub(super) fn ready(folder: &Path, hook: Hook) -> Result<()> {
    unedited(folder, hook)?;
    let (path, previous) = paths(folder, hook);
    if there(&path) == There::Other && there(&previous) != There::Nothing {
        let message = format!(
            "install the {hook} hook: {} is there, and {} as well",
            shown(&path),
            shown(&previous)
        );
        return Err(Error::new(ErrorKind::Config, message).with_hint(
            "another program wrote over the hook: make one file of the two, and run again",
        ));
    }
    if path.is_dir() {
        let message = format!("install the {hook} hook: {} is a folder", shown(&path));
        return Err(Error::new(ErrorKind::Config, message)
            .with_hint("move it out of the way, and run again"));
    }
    Ok(())
}

/// Writes the hook, after [`ready`] said yes. What was there gets another name.
pub(super) fn write(folder: &Path, hook: Hook, text: &str, dry: bool) -> Result<&'static str> {
    let (path, previous) = paths(folder, hook);
    let was = there(&path);
    let is_same = was == There::Ours && fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes());
    let outcome = match was {
        There::Nothing => INSTALLED,
        There::Ours if is_same => KEPT,
        There::Ours => UPDATED,
        There::Other | There::Edited => BESIDE,
    };
    if dry || is_same {
        return Ok(outcome);
    }
    let failed = |error: io::Error| cannot_write(&path, &error);
    fs::create_dir_all(folder).map_err(failed)?;
    let fresh = folder.join(format!("{hook}.link-commit-{}", std::process::id()));
    fs::write(&fresh, text).and_then(|()| make_executable(&fresh)).map_err(failed)?;
    if matches!(was, There::Other | There::Edited) {
        fs::rename(&path, &previous).map_err(failed)?;
    }
    fs::rename(&fresh, &path).map_err(failed)?;
    Ok(outcome)
}

/// Takes the hook away from each of these folders. Of those that it is not in, one is enough to say so.
pub(super) fn remove_all(folders: &[PathBuf], hook: Hook, dry: bool) -> Result<Vec<Done>> {
    let mut done: Vec<Done> = Vec::new();
    let mut seen = HashSet::new();
    // One folder may have two names.
    let new = |folder: &&PathBuf| {
        seen.insert(folder.canonicalize().unwrap_or_else(|_| (*folder).clone()))
    };
    for folder in folders.iter().filter(new) {
        let outcome = remove(folder, hook, dry)?;
        let place = folder.join(hook.name()).display().to_string();
        done.push(Done { hook, outcome, place });
    }
    let is_absent = |it: &Done| it.outcome == ABSENT;
    if done.iter().all(is_absent) {
        done.truncate(1);
    } else {
        done.retain(|it| !is_absent(it));
    }
    Ok(done)
}

/// Takes the hook away, and gives the one of before its name back.
pub(super) fn remove(folder: &Path, hook: Hook, dry: bool) -> Result<&'static str> {
    let (path, previous) = paths(folder, hook);
    let failed = |error: io::Error| cannot_write(&path, &error);
    let has_previous = there(&previous) != There::Nothing;
    match there(&path) {
        There::Ours => {}
        There::Nothing if has_previous => {
            // Somebody deleted ours by hand.
            if !dry {
                fs::rename(&previous, &path).map_err(failed)?;
            }
            return Ok(PUT_BACK);
        }
        There::Nothing => return Ok(ABSENT),
        There::Edited => return Ok(EDITED),
        There::Other => return Ok(FOREIGN),
    }
    if !dry && has_previous {
        // Over ours, in one step.
        fs::rename(&previous, &path).map_err(failed)?;
    } else if !dry {
        fs::remove_file(&path).map_err(failed)?;
    }
    Ok(if has_previous { RESTORED } else { REMOVED })
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Config, format!("write the hook {}: {error}", shown(path)))
        .with_hint("check who owns the hooks' folder, and its mode")
}

fn shown(path: &Path) -> String {
    untrusted::line(&path.display().to_string())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Git for Windows runs hooks whatever their mode.
#[cfg(not(unix))]
fn make_executable(_path: &Path) -> io::Result<()> {
    Ok(())
}
