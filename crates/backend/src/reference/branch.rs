//! Names of branches: `feature/SHOP-12-add-cart`, `12-add-cart`, and those that robots make.

use super::{about_depth, around, subject::About};
use std::ops::Range;

/// First parts of names that robots give: what follows names packages, not work.
const ROBOTS: &[&str] =
    &["dependabot", "gh-readonly-queue", "greenkeeper", "renovate", "whitesource-remediate"];

/// What Snyk's names begin with; a digest follows.
const SNYK: &[&str] = &["snyk-fix-", "snyk-upgrade-"];

/// Whether a robot named the branch, by the exact pattern of its names: people have a `renovate-kitchen`, too.
pub(super) fn is_robots(name: &str) -> bool {
    let name = name.trim_start_matches("refs/heads/");
    let first = name.split_once('/').map(|(first, _)| first);
    let is_digest =
        |rest: &str| rest.len() >= 16 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    first.is_some_and(|first| ROBOTS.contains(&first))
        || SNYK.iter().any(|start| name.strip_prefix(start).is_some_and(is_digest))
}

/// Whether a lower-case key stands where a branch's key stands: a whole part of the name, or its beginning. `patch-1` and
/// `node-18` stand there too.
pub(super) fn is_place(name: &str, span: &Range<usize>) -> bool {
    let before = around::before(name, span.start);
    let after = around::after(name, span.end);
    (before.is_empty() || before.ends_with('/'))
        && (after.is_empty() || after.starts_with(['-', '_', '/']))
}

/// Whose work a branch is about: GitHub names the branch of a revert `revert-12-feature/SHOP-1`, and that of its revert
/// `revert-13-revert-12-feature/SHOP-1`.
pub(super) fn about(name: &str) -> About {
    let (mut rest, mut depth) = (name.trim_start_matches("refs/heads/"), 0);
    while let Some(inner) = rest.strip_prefix("revert-") {
        let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
        let Some(inner) = inner[digits..].strip_prefix('-').filter(|_| digits > 0) else { break };
        (rest, depth) = (inner, depth + 1);
    }
    about_depth(depth)
}

/// The number that a code host puts in front of a branch made from an issue, `12` of `12-add-cart`.
pub(super) fn number(name: &str) -> Option<Range<usize>> {
    let start = name.rfind('/').map_or(0, |slash| slash + 1);
    let digits = name[start..].bytes().take_while(u8::is_ascii_digit).count();
    let rest = &name[start + digits..];
    let is_title = rest.starts_with('-') && rest[1..].starts_with(|c: char| c.is_alphabetic());
    ((1..=7).contains(&digits) && !name[start..].starts_with('0') && is_title)
        .then_some(start..start + digits)
}

#[cfg(test)]
mod tests {
    use super::is_robots;

    #[test]
    fn robots_are_known_by_the_exact_pattern_of_their_names() {
        for name in [
            "renovate/left-pad-1.x",
            "refs/heads/dependabot/npm_and_yarn/left-pad-1.3.0",
            "snyk-fix-0123456789abcdef0123456789abcdef",
            "snyk-upgrade-0123456789abcdef0123456789abcdef",
            "greenkeeper/left-pad-1.3.0",
            "whitesource-remediate/left-pad-1.x",
            "gh-readonly-queue/main/pr-7-0123456789abcdef",
        ] {
            assert!(is_robots(name), "{name}");
        }
        for name in [
            "renovate-kitchen",
            "renovate",
            "snyk-talk",
            "snyk-fix-cart",
            "dependabot-config",
            "fix/renovate/x",
            "",
        ] {
            assert!(!is_robots(name), "{name}");
        }
    }
}
