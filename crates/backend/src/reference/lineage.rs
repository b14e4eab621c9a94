//! Commits that a message names as its origin: those that it takes back, and those that it was picked from.

/// The commits that a message takes back, as `git revert` writes it: `This reverts commit 97df5ae4.`
pub fn reverted(message: &str) -> Vec<&str> {
    named(message, "This reverts commit ")
}

/// The commits that a message was picked from, as `git cherry-pick -x` writes it.
pub fn picked(message: &str) -> Vec<&str> {
    named(message, "(cherry picked from commit ")
}

/// Commit ids that follow these words at the beginning of a line.
fn named<'a>(message: &'a str, words: &str) -> Vec<&'a str> {
    let id = |line: &'a str| {
        let rest = line.trim_start().strip_prefix(words)?;
        let end = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        (7..=64).contains(&end).then(|| &rest[..end])
    };
    message.lines().filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::{picked, reverted};

    #[test]
    fn origins_stand_at_the_beginning_of_a_line() {
        assert_eq!(reverted("Revert \"x\"\n\nThis reverts commit 0123abcd."), ["0123abcd"]);
        assert_eq!(
            reverted("x\n\nThis reverts commit 0123abcd, reversing\nchanges made to 4567."),
            ["0123abcd"]
        );
        assert_eq!(picked("x\n\n(cherry picked from commit 0123abcd)\n"), ["0123abcd"]);
        for no_origin in ["This reverts commit abc", "so This reverts commit 0123abcd", ""] {
            assert!(reverted(no_origin).is_empty(), "{no_origin}");
        }
    }
}
