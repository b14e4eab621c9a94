//! Rules that say which projects' items changes below a path may name.

use crate::policy::PathRule;
use backend::model::WorkItemId;
use std::collections::BTreeSet;

/// The projects that the changed files allow; `None` where no rule is about any of them. The rules of all files count
/// together, and files without a rule add nothing: a change beside the payments does not open the payments.
pub(crate) fn allowed<'r>(rules: &'r [PathRule], changed: &[String]) -> Option<BTreeSet<&'r str>> {
    let mut allowed = None;
    for file in changed {
        // As in CODEOWNERS, the last rule that fits is the one that counts.
        if let Some(rule) = rules.iter().rfind(|rule| matches(&rule.path, file)) {
            let projects = rule.projects.iter().map(String::as_str);
            allowed.get_or_insert_with(BTreeSet::new).extend(projects);
        }
    }
    allowed
}

/// Whether an item belongs to a project that is named by the beginning of its items' ids.
pub(crate) fn is_of_project(item: &WorkItemId, project: &str) -> bool {
    let project = project.trim_end_matches(['#', '-']);
    let Some(rest) = item.as_str().get(project.len()..) else { return false };
    !project.is_empty()
        && item.as_str()[..project.len()].eq_ignore_ascii_case(project)
        && rest.starts_with(['-', '#'])
}

/// Whether a pattern as in CODEOWNERS holds for a path. `*` and `?` stay inside a folder, `**` does not; a pattern without
/// a slash inside holds in every folder, and one that names a folder holds for all below it.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let is_anchored = pattern.trim_end_matches('/').contains('/');
    let pattern: Vec<&str> =
        pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let path: Vec<&str> = path.split('/').collect();
    let starts = if is_anchored { 1 } else { path.len() };
    !pattern.is_empty() && (0..starts).any(|from| holds(&pattern, &path[from..]))
}

/// Whether the parts of a pattern hold for the first parts of a path. Each `**` goes back to the last one only, so that a
/// hostile pattern costs no more than pattern times path.
fn holds(pattern: &[&str], path: &[&str]) -> bool {
    let (mut at, mut from, mut star) = (0, 0, None);
    while at < pattern.len() {
        if pattern[at] == "**" {
            star = Some((at, from));
            at += 1;
        } else if from < path.len() && fits(pattern[at], path[from]) {
            (at, from) = (at + 1, from + 1);
        } else {
            let Some((back, begin)) = star.filter(|(_, begin)| *begin < path.len()) else {
                return false;
            };
            (at, from, star) = (back + 1, begin + 1, Some((back, begin + 1)));
        }
    }
    true
}

/// Whether one part fits, with `*` and `?`.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < name.len() {
        if pattern.get(at) == Some(&'*') {
            star = Some((at, from));
            at += 1;
        } else if pattern.get(at).is_some_and(|c| *c == '?' || *c == name[from]) {
            (at, from) = (at + 1, from + 1);
        } else if let Some((back, begin)) = star {
            (at, from, star) = (back + 1, begin + 1, Some((back, begin + 1)));
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        for path in yes {
            assert!(matches(pattern, path), "{pattern} holds for {path}");
        }
        for path in no {
            assert!(!matches(pattern, path), "{pattern} does not hold for {path}");
        }
    }

    #[test]
    fn patterns_hold_as_in_codeowners() {
        check("payments/", &["payments/a", "payments/a/b", "x/payments/a"], &["payment/a"]);
        check("/payments", &["payments/a", "payments"], &["x/payments/a", "payments2/a"]);
        check("apps/*/api", &["apps/a/api/x"], &["apps/a/b/api/x", "apps/api"]);
        check("apps/**/api", &["apps/a/b/api/x", "apps/api/x"], &["app/api"]);
        check("*.proto", &["a.proto", "x/y/a.proto"], &["a.proto2", "proto"]);
        check("**", &["a", "a/b"], &[]);
        check("a?c", &["abc", "x/aéc"], &["ac", "a/c"]);
        check("", &[], &["a"]);
    }

    #[test]
    fn a_hostile_pattern_costs_little() {
        let (pattern, path) = ("*a".repeat(2000), "a".repeat(4000));
        assert!(!fits(&format!("{pattern}b"), &path));
        assert!(!matches(&format!("x/{}y", "**/z/".repeat(1000)), &"z/".repeat(3000)));
    }

    #[test]
    fn rules_count_together_and_the_last_one_of_a_file() {
        let rule = |path: &str, project: &str| PathRule {
            path: path.to_owned(),
            projects: vec![project.to_owned()],
        };
        let rules = [rule("/apps/", "SHOP"), rule("/apps/pay/", "PAY")];
        let check = |files: &[&str], expected: Option<&[&str]>| {
            let files: Vec<String> = files.iter().map(ToString::to_string).collect();
            let found = allowed(&rules, &files).map(|all| all.into_iter().collect::<Vec<_>>());
            assert_eq!(found.as_deref(), expected, "{files:?}");
        };
        check(&["README.md"], None);
        check(&["apps/pay/x", "README.md"], Some(&["PAY"]));
        check(&["apps/pay/x", "apps/y"], Some(&["PAY", "SHOP"]));
        assert!(
            is_of_project(&WorkItemId::new("PAY-1"), "pay")
                && is_of_project(&WorkItemId::new("acme/shop#1"), "acme/shop#")
        );
        assert!(
            !is_of_project(&WorkItemId::new("PAYX-1"), "PAY")
                && !is_of_project(&WorkItemId::new("PAY-1"), "")
        );
    }
}
