//! Which commits of a pull request still stand: a later one may take them back, and be taken back itself.

use backend::{model::Commit, reference};
use std::collections::HashMap;

/// For each commit, the index of the later one that takes it back; `None` for those that stand.
///
/// From the newest to the oldest: a revert counts only while it stands itself.
pub(crate) fn taken_back(commits: &[Commit]) -> Vec<Option<usize>> {
    let mut by: Vec<Option<usize>> = vec![None; commits.len()];
    let known = Known::of(commits);
    for index in (0..commits.len()).rev() {
        if by[index].is_none() {
            for target in known.targets(commits, index) {
                by[target].get_or_insert(index);
            }
        }
    }
    by
}

/// Digits that a commit is named with at least.
const SHORTEST: usize = 7;

/// Where commits are, oldest first.
struct Known<'a> {
    /// By how their ids begin.
    ids: HashMap<&'a str, Vec<usize>>,
    subjects: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Known<'a> {
    fn of(commits: &'a [Commit]) -> Self {
        let mut known = Self { ids: HashMap::new(), subjects: HashMap::new() };
        for (index, commit) in commits.iter().enumerate() {
            let start = commit.sha.get(..SHORTEST).unwrap_or_default();
            known.ids.entry(start).or_default().push(index);
            known.subjects.entry(commit.subject()).or_default().push(index);
        }
        known
    }

    /// The commits before `index` that it takes back: by their ids, else by the subject that it quotes.
    fn targets(&self, commits: &[Commit], index: usize) -> Vec<usize> {
        let message = commits[index].message.as_str();
        let by_id = reference::reverted(message)
            .into_iter()
            .filter_map(|id| self.by_id(commits, index, id));
        let by_id: Vec<usize> = by_id.collect();
        if !by_id.is_empty() {
            return by_id;
        }
        let quoted = reference::reverted_subject(message);
        let known = quoted.and_then(|subject| self.subjects.get(&*subject));
        known.and_then(|all| all.iter().rfind(|at| **at < index)).copied().into_iter().collect()
    }

    fn by_id(&self, commits: &[Commit], index: usize, id: &str) -> Option<usize> {
        let near = self.ids.get(id.get(..SHORTEST)?)?;
        near.iter().copied().find(|at| *at < index && commits[*at].sha.starts_with(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::testing::commit;

    #[track_caller]
    fn check(messages: &[&str], expected: &[Option<usize>]) {
        let commits: Vec<Commit> =
            messages.iter().enumerate().map(|(at, message)| commit(at, message)).collect();
        assert_eq!(taken_back(&commits), expected, "{messages:?}");
    }

    fn revert_of(index: usize) -> String {
        format!("Revert \"x\"\n\nThis reverts commit {}.", commit(index, "").sha)
    }

    #[test]
    fn a_revert_takes_back_what_it_names() {
        check(&["a", "b"], &[None, None]);
        check(&["a", &revert_of(0)], &[Some(1), None]);
        check(&["a", "Revert \"a\""], &[Some(1), None]);
        check(&["a", "a", "Revert \"a\""], &[None, Some(2), None]);
        check(&["Revert \"of something before\""], &[None]);
        check(&["a", "Revert the \"a\""], &[None, None]);
    }

    #[test]
    fn a_revert_of_a_revert_puts_it_in_again_and_so_on() {
        check(&["a", &revert_of(0), &revert_of(1)], &[None, Some(2), None]);
        check(&["a", "Revert \"a\"", "Revert \"Revert \"a\"\""], &[None, Some(2), None]);
        check(&["a", &revert_of(0), &revert_of(1), &revert_of(2)], &[Some(1), None, Some(3), None]);
        // Git's words for it since 2.43; after a rebase the ids are those of commits that are gone.
        let stale = format!("\n\nThis reverts commit {}.", commit(9, "").sha);
        let stack = ["a", "Revert \"a\"", "Reapply \"a\"", "Revert \"Reapply \"a\"\""];
        let stack = stack.map(|subject| format!("{subject}{stale}"));
        let [a, revert, again, undone] = stack.each_ref().map(String::as_str);
        check(&[a, revert, again], &[None, Some(2), None]);
        check(&[a, revert, again, undone], &[Some(1), None, Some(3), None]);
        check(&["a", "SHOP-2: Revert \"a\""], &[Some(1), None]);
    }

    #[test]
    fn a_revert_cannot_name_what_comes_later() {
        check(&[&revert_of(1), "b"], &[None, None]);
        check(&[&revert_of(0)], &[None]);
    }
}
