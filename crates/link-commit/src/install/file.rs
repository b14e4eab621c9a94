//! Hooks as files: ours beside one that was there before, which keeps its bytes and its mode.

use super::{Hook, script};
use app::{Result, untrusted};
use backend::{Error, ErrorKind};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub(super) const INSTALLED: &str = "installed";
pub(super) const BESIDE: &str = "installed; the hook that was there runs first";
pub(super) const UPDATED: &str = "updated";
pub(super) const KEPT: &str = "was installed";
pub(super) const REMOVED: &str = "removed";
const RESTORED: &str = "removed; the hook of before is back";
const ABSENT: &str = "was not installed";
const FOREIGN: &str = "left alone: the hook is not link-commit's";

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    Nothing,
    Ours,
    Other,
}

fn there(path: &Path) -> There {
    // A link to nowhere is something all the same.
    if path.symlink_metadata().is_err() {
        return There::Nothing;
    }
    let text = fs::read(path).unwrap_or_default();
    let is_ours = String::from_utf8_lossy(&text)
        .lines()
        .nth(1)
        .is_some_and(|line| line.starts_with(script::MARK));
    if is_ours { There::Ours } else { There::Other }
}

fn paths(folder: &Path, hook: Hook) -> (PathBuf, PathBuf) {
    let previous = format!("{}{}", hook.name(), script::BEFORE);
    (folder.join(hook.name()), folder.join(previous))
}

/// Whether the hook can be installed: two hooks of before cannot both be kept.
pub(super) fn ready(folder: &Path, hook: Hook) -> Result<()> {
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
        There::Other => BESIDE,
    };
    if dry || is_same {
        return Ok(outcome);
    }
    let failed = |error: io::Error| cannot_write(&path, &error);
    fs::create_dir_all(folder).map_err(failed)?;
    let fresh = folder.join(format!("{hook}.link-commit-{}", std::process::id()));
    fs::write(&fresh, text).and_then(|()| make_executable(&fresh)).map_err(failed)?;
    if was == There::Other {
        fs::rename(&path, &previous).map_err(failed)?;
    }
    fs::rename(&fresh, &path).map_err(failed)?;
    Ok(outcome)
}

/// Takes the hook away, and gives the one of before its name back.
pub(super) fn remove(folder: &Path, hook: Hook, dry: bool) -> Result<&'static str> {
    let (path, previous) = paths(folder, hook);
    let failed = |error: io::Error| cannot_write(&path, &error);
    let has_previous = there(&previous) != There::Nothing;
    match there(&path) {
        There::Ours => {}
        There::Nothing => return Ok(ABSENT),
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
