//! Merges that speak for what they bring in: `Merge branch 'feature/SHOP-12-cart'`, whose commits named their item by their
//! branch alone.

use crate::policy::Policy;
use app::git::{Oid, Pushed};
use std::{
    collections::{HashMap, HashSet},
    iter,
};

type Known<'a> = HashMap<Oid, &'a Pushed>;

/// What is to be looked at next.
enum Next<'a> {
    /// A commit with its first parents, the oldest of them first.
    Line(Oid),
    One(&'a Pushed),
}

/// The commits that merges which name an item bring in: what a merge reaches, and what it was merged into does not. `commits`
/// is what a tip reaches, the tip first.
///
/// From the oldest on, what a merge was merged into has been seen before the merge is; so each commit is looked at once.
pub(super) fn by_name(commits: &[Pushed], policy: &Policy) -> HashSet<Oid> {
    let known: Known<'_> = commits.iter().map(|commit| (commit.id, commit)).collect();
    let (mut seen, mut brought) = (HashSet::new(), HashSet::new());
    let mut next: Vec<Next<'_>> =
        commits.first().map(|tip| Next::Line(tip.id)).into_iter().collect();
    while let Some(what) = next.pop() {
        let merge = match what {
            Next::Line(tip) => {
                let first_parent = |one: &&Pushed| known.get(one.parents.first()?).copied();
                let line = iter::successors(known.get(&tip).copied(), first_parent);
                next.extend(line.take_while(|one| !seen.contains(&one.id)).map(Next::One));
                continue;
            }
            Next::One(commit) => commit,
        };
        seen.insert(merge.id);
        let merged = merge.parents.get(1..).unwrap_or_default();
        if !merged.is_empty() && !policy.find(&merge.message).references.is_empty() {
            brought.extend(unseen(merged, &known, &mut seen));
        } else {
            next.extend(merged.iter().rev().copied().map(Next::Line));
        }
    }
    brought
}

/// The known commits that these are or reach, and that were not seen yet.
fn unseen(tips: &[Oid], known: &Known<'_>, seen: &mut HashSet<Oid>) -> Vec<Oid> {
    let (mut found, mut open) = (Vec::new(), tips.to_vec());
    while let Some(id) = open.pop() {
        if let Some(commit) = known.get(&id).filter(|_| seen.insert(id)) {
            found.push(id);
            open.extend(&commit.parents);
        }
    }
    found
}
