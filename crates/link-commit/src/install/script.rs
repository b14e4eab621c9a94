//! What git is given to run: a script in the hooks' folder, or one line in its configuration.

use super::Hook;
use std::path::Path;

/// By this line a hook is known as ours.
pub(super) const MARK: &str = "# Installed by `link-commit install-hooks`";

/// What the name of a hook that was there before ends with.
pub(super) const BEFORE: &str = ".before-link-commit";

/// The hook as a file. A hook that was there before runs first, and its exit code ends everything.
pub(super) fn file(hook: Hook, binary: &str) -> String {
    let find = find(hook, binary, "\n", "delete the hook $0");
    let mark =
        format!("{MARK}; `link-commit uninstall-hooks` takes it away and puts back what was here.");
    // By its own name: another program may have given this script a new one, as pre-commit does.
    let previous = format!("previous=${{0%/*}}/{}{BEFORE}", hook.name());
    let command = hook.command();
    let run = match hook {
        // Git tells it on stdin what is pushed; both read all of it.
        Hook::PrePush => format!(
            "input=$(cat; printf .)\ninput=${{input%.}}\nif [ -f \"$previous\" ] && [ -x \"$previous\" ]; then\n  printf %s \"$input\" | \"$previous\" \"$@\" || exit\nfi\n{find}\nprintf %s \"$input\" | \"$link_commit\" {command} -- \"$@\"\n"
        ),
        Hook::CommitMsg | Hook::PrepareCommitMsg => format!(
            "if [ -f \"$previous\" ] && [ -x \"$previous\" ]; then\n  \"$previous\" \"$@\" || exit\nfi\n{find}\nexec \"$link_commit\" {command} -- \"$@\"\n"
        ),
    };
    format!("#!/bin/sh\n{mark}\n{previous}\n{run}")
}

/// The hook as a command for git's configuration; git adds the arguments.
pub(super) fn command(hook: Hook, binary: &str) -> String {
    let remedy = format!("'git config --remove-section {}'", hook.section());
    let find = find(hook, binary, " ", &remedy);
    let script = format!("{find}; exec \"$link_commit\" {} -- \"$@\"", hook.command());
    format!("sh -c {} link-commit", quoted(&script))
}

/// Finds the program: where it was when the hook was installed, else on PATH. A check that cannot be made stops the
/// commit, since silence would pass for consent; a message is only not prepared.
fn find(hook: Hook, binary: &str, newline: &str, remedy: &str) -> String {
    let exit = i32::from(hook != Hook::PrepareCommitMsg);
    let name = hook.name();
    [
        &format!("link_commit={};", quoted(binary)),
        "[ -x \"$link_commit\" ] || link_commit=$(command -v link-commit) || {",
        &format!(
            "echo \"error: the {name} hook cannot find link-commit: it is not on PATH, nor where it was installed:\" {} >&2;",
            quoted(binary)
        ),
        &format!("echo \"hint: install it again and run 'link-commit install-hooks', or {remedy}\" >&2; exit {exit};"),
        "}",
    ]
    .join(newline)
}

/// A text in a shell's quotes: nothing in it is anything but itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The program's own path, as a shell of any system reads it.
pub(super) fn path_of(binary: &Path) -> String {
    let path = binary.to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_itself_whatever_it_says() {
        assert_eq!(quoted("/a b/$(id)`id`\"x\""), "'/a b/$(id)`id`\"x\"'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }

    #[test]
    fn a_script_is_known_by_its_mark_and_fits_its_hook() {
        let script = file(Hook::CommitMsg, "/opt/link-commit");
        assert!(
            script.starts_with("#!/bin/sh\n# Installed by `link-commit install-hooks`"),
            "{script}"
        );
        assert!(script.ends_with("exec \"$link_commit\" check -- \"$@\"\n"), "{script}");
        assert!(file(Hook::PrePush, "x").contains("printf %s \"$input\" | \"$previous\""));
        assert!(file(Hook::PrepareCommitMsg, "x").contains("exit 0;"));
        assert!(!command(Hook::CommitMsg, "/x").contains('\n'));
    }
}
