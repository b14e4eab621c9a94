//! Who wrote a message: a person, about work of their own, or git and a code host, about other commits.

use super::subject::{About, Subject};

/// Who wrote a message, and about what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody, about this commit.
    Person,
    /// A merge: it brings commits that speak for themselves.
    Merge,
    /// A revert: it repeats the message of what it takes back.
    Revert,
    /// `fixup!`, `squash!`, `amend!`: it will be folded into the commit that it names.
    Fold,
}

/// How subjects begin that git or a code host gives to merges. One that says `Merge` and goes on in other words may be
/// somebody's.
const MERGES: &[&str] = &[
    "Merge branch ",
    "Merge branches ",
    "Merge commit ",
    "Merge commits ",
    "Merge pull request #",
    "Merge remote-tracking branch ",
    "Merge remote-tracking branches ",
    "Merge tag ",
    "Merge tags ",
    "Merged in ",
];

/// Tells who wrote a message. What stands below the subject counts for git's own sentence about a revert only: a text
/// that mentions `Merge branch` is no merge.
pub fn origin(message: &str) -> Origin {
    let subject = Subject::of(message);
    let text = &message[subject.span.clone()];
    match subject.about {
        About::Folded => return Origin::Fold,
        About::Reverted | About::Reapplied => return Origin::Revert,
        About::This => {}
    }
    if MERGES.iter().any(|start| text.starts_with(start)) || is_merge_of_commits(text) {
        return Origin::Merge;
    }
    let reverts = message[subject.span.end..].lines().any(|line| {
        line.strip_prefix("This reverts commit ")
            .is_some_and(|rest| is_hash(rest.trim_end_matches(['.', ','])))
    });
    if reverts { Origin::Revert } else { Origin::Person }
}

/// `Merge 0123abc into 4567def`, as GitHub tries a pull request.
fn is_merge_of_commits(subject: &str) -> bool {
    let ends = subject.strip_prefix("Merge ").and_then(|rest| rest.split_once(" into "));
    ends.is_some_and(|(from, into)| is_hash(from) && is_hash(into))
}

fn is_hash(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default().trim_end_matches(['.', ',']);
    (7..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{Origin, origin};

    #[track_caller]
    fn check(message: &str, expected: Origin) {
        assert_eq!(origin(message), expected, "{message:?}");
    }

    #[test]
    fn messages_of_git_and_hosts_are_told_from_those_of_people() {
        check("Add a cart", Origin::Person);
        check("", Origin::Person);
        check("Merge branch 'a' into b", Origin::Merge);
        check("Merge branches 'a' and 'b'", Origin::Merge);
        check("Merge remote-tracking branch 'origin/a'", Origin::Merge);
        check("Merge pull request #4 from acme/cart\n\nAdd a cart", Origin::Merge);
        check("Merge 0123abcd into 4567ef01", Origin::Merge);
        check("Merge the two carts into one", Origin::Person);
        check("Fix the script\n\nIt said: Merge branch 'x'\nMerge branch 'y'", Origin::Person);
        check("Revert \"Add a cart\"", Origin::Revert);
        check("Reapply \"Add a cart\"", Origin::Revert);
        check("revert: add a cart", Origin::Revert);
        check("Take the cart out\n\nThis reverts commit 0123abcd4567.", Origin::Revert);
        check("Take the cart out\n\nThis reverts commit messages", Origin::Person);
        check("fixup! Add a cart", Origin::Fold);
        check("amend! Add a cart", Origin::Fold);
        check("squash! Add a cart", Origin::Fold);
    }
}
