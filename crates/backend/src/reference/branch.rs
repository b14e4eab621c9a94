//! Names of branches: `feature/SHOP-12-add-cart`, `12-add-cart`, and those that robots make.

use super::{around, lookalikes};
use std::ops::Range;

/// First parts of names that robots give: what follows names packages, not work.
const ROBOTS: &[&str] =
    &["dependabot", "gh-readonly-queue", "greenkeeper", "renovate", "snyk", "whitesource"];

/// Whether a robot named the branch.
pub(super) fn is_robots(name: &str) -> bool {
    let first = name.trim_start_matches("refs/heads/").split(['/', ':']).next().unwrap_or_default();
    ROBOTS.iter().any(|robot| first == *robot || first.starts_with(&format!("{robot}-")))
}

/// Whether a lower-case key of an unknown prefix stands where a branch's key stands: a whole part of the name, or its
/// beginning. `patch-1` and `node-18` stand there too; everyday words are left out.
pub(super) fn is_place(name: &str, span: &Range<usize>, prefix: &str) -> bool {
    let before = around::before(name, span.start);
    let after = around::after(name, span.end);
    let upper = prefix.to_ascii_uppercase();
    (before.is_empty() || before.ends_with('/'))
        && (after.is_empty() || after.starts_with(['-', '_', '/']))
        && prefix.len() >= 2
        && prefix.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && lookalikes::doubt(&upper).is_none()
        && !lookalikes::is_branch_word(prefix)
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
