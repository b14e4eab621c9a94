//! What git is given to run: a script in the hooks' folder, or one line in its configuration.

use super::Hook;
use app::git::quoted;
use backend::digest;
use std::path::Path;

/// By this line a hook is known as ours.
const MARK: &str = "# Installed by `link-commit install-hooks`";

/// How the line begins that says what the other lines are, so that an edit of one is seen.
const DIGEST: &str = "# As it was written: ";

/// What the name of a hook that was there before ends with.
pub(super) const BEFORE: &str = ".before-link-commit";

/// The hook as a file. A hook that was there before runs first, and its exit code ends everything. Where that one calls
/// this script again, under a new name, it is not run again: it has its own path in a variable by then.
pub(super) fn file(hook: Hook, binary: &str) -> String {
    let remedy = format!(
        "'link-commit uninstall-hooks' to be without it (by hand: delete $0, and give {}{BEFORE} its name back, where there is one)",
        hook.name()
    );
    let find = find(hook, binary, "\n", &remedy);
    let mark =
        format!("{MARK}; `link-commit uninstall-hooks` takes it away and puts back what was here.");
    // By its own name: another program may have given this script a new one, as pre-commit does.
    let guard = format!("LINK_COMMIT_{}", hook.name().replace('-', "_").to_uppercase());
    let previous = format!(
        "previous=${{0%/*}}/{}{BEFORE}\nchain=$PWD/$previous\nif [ ! -f \"$previous\" ] || [ ! -x \"$previous\" ] || [ \"${guard}\" = \"$chain\" ]; then previous=; fi",
        hook.name()
    );
    let command = hook.command();
    let run = match hook {
        // Git tells it on stdin what is pushed; both read all of it.
        Hook::PrePush => format!(
            "input=$(cat; printf .)\ninput=${{input%.}}\nif [ -n \"$previous\" ]; then\n  printf %s \"$input\" | {guard}=$chain \"$previous\" \"$@\" || exit\nfi\n{find}\nprintf %s \"$input\" | \"$link_commit\" {command} -- \"$@\"\n"
        ),
        Hook::CommitMsg | Hook::PrepareCommitMsg => format!(
            "if [ -n \"$previous\" ]; then\n  {guard}=$chain \"$previous\" \"$@\" || exit\nfi\n{find}\nexec \"$link_commit\" {command} -- \"$@\"\n"
        ),
    };
    signed(&format!("#!/bin/sh\n{mark}\n"), &format!("{previous}\n{run}"))
}

/// The text with its digest between head and body.
fn signed(head: &str, body: &str) -> String {
    let digest = digest::sha256_hex(format!("{head}{body}").as_bytes());
    format!("{head}{DIGEST}{digest}\n{body}")
}

/// Whether a script is one of ours, of this version or another.
pub(super) fn is_ours(text: &str) -> bool {
    text.lines().nth(1).is_some_and(|line| line.starts_with(MARK))
}

/// Whether a script of ours is as it was written, as far as it says: the first ones had no digest.
pub(super) fn is_intact(text: &str) -> bool {
    let Some((head, rest)) = text.split_once(DIGEST) else { return true };
    rest.split_once('\n').is_some_and(|(_, body)| signed(head, body) == text)
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

/// A path, as a shell of any system reads it.
pub(super) fn path_of(path: &Path) -> String {
    let path = path.to_string_lossy();
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
        assert!(is_ours(&script) && is_intact(&script), "{script}");
        assert!(!is_intact(&script.replace("exec ", "echo; exec ")));
        assert!(script.ends_with("exec \"$link_commit\" check -- \"$@\"\n"), "{script}");
        assert!(
            file(Hook::PrePush, "x")
                .contains("printf %s \"$input\" | LINK_COMMIT_PRE_PUSH=$chain \"$previous\"")
        );
        assert!(file(Hook::PrepareCommitMsg, "x").contains("exit 0;"));
        assert!(!command(Hook::CommitMsg, "/x").contains('\n'));
    }
}
