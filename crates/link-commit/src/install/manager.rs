//! Programs that manage hooks: theirs are not overwritten, and would be written anew at their next run.

use super::Hook;
use app::git::HooksFolder;
use backend::{Error, ErrorKind};
use std::{fs, path::Path};

/// A program that manages hooks.
struct Manager {
    name: &'static str,
    /// What `core.hooksPath` ends with where it is at work.
    folder: Option<&'static str>,
    /// What its hooks call; all of it stands on one line.
    call: &'static [&'static str],
    /// What to add, and where.
    add: fn(Hook) -> String,
}

const MANAGERS: &[Manager] = &[
    Manager {
        name: "husky",
        folder: Some(".husky"),
        call: &["husky.sh"],
        add: |hook| {
            format!(
                "add the line `link-commit {} \"$@\"` to .husky/{}",
                hook.command(),
                hook.name()
            )
        },
    },
    Manager {
        name: "lefthook",
        folder: None,
        call: &["lefthook", "run"],
        add: |hook| {
            let input = if hook == Hook::PrePush { ", use_stdin: true" } else { "" };
            let arguments = if hook == Hook::CommitMsg { "{1}" } else { "{0}" };
            format!(
                "add `{}: {{ jobs: [{{ run: link-commit {} {arguments}{input} }}] }}` to lefthook.yml",
                hook.name(),
                hook.command()
            )
        },
    },
    // Both are called in the same way, prek by its own name.
    Manager { name: "prek", folder: None, call: &["prek", "hook-impl"], add: to_pre_commit },
    Manager { name: "pre-commit", folder: None, call: &["hook-impl"], add: to_pre_commit },
    Manager {
        name: "overcommit",
        folder: None,
        call: &["require", "overcommit"],
        add: |hook| {
            format!("add a hook that runs `link-commit {}` to .overcommit.yml", hook.command())
        },
    },
];

fn to_pre_commit(hook: Hook) -> String {
    format!(
        "add to .pre-commit-config.yaml, under `repo: local`: {{ id: link-commit, name: link-commit, language: system, entry: link-commit {}, stages: [{}] }}",
        hook.command(),
        hook.name()
    )
}

/// Whether the folder is one that a program manages as a whole, and what to tell its user.
pub(super) fn of_folder(folder: &HooksFolder, hook: Hook) -> Option<Error> {
    let configured = folder.configured.as_deref()?;
    let mut parts =
        Path::new(configured).components().rev().map(|part| part.as_os_str().to_string_lossy());
    let (last, parent) = (parts.next()?, parts.next());
    let is = |name: &str| last == name || (last == "_" && parent.as_deref() == Some(name));
    let manager = MANAGERS.iter().find(|manager| manager.folder.is_some_and(is))?;
    Some(refusal(manager, hook))
}

/// Whether a program wrote the hook, and what to tell its user. A hook that cannot be read as text is nobody's.
pub(super) fn of_file(path: &Path, hook: Hook) -> Option<Error> {
    let text = String::from_utf8_lossy(&fs::read(path).ok()?).into_owned();
    let manager = MANAGERS.iter().find(|manager| calls(&text, manager.call))?;
    Some(refusal(manager, hook))
}

/// Whether a line of a script holds all of these. What somebody says about a program in a comment calls nothing.
fn calls(script: &str, parts: &[&str]) -> bool {
    let code = script.lines().filter(|line| !line.trim_start().starts_with('#'));
    code.map(str::to_lowercase).any(|line| parts.iter().all(|part| line.contains(part)))
}

fn refusal(manager: &Manager, hook: Hook) -> Error {
    let message = format!(
        "install the {} hook: {} manages it, and would write it anew",
        hook.name(),
        manager.name
    );
    Error::new(ErrorKind::Config, message).with_hint((manager.add)(hook))
}
