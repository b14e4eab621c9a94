//! Merges that speak for what they bring in: `Merge branch 'feature/SHOP-12-cart'`, whose commits named their item by their
//! branch alone.

use crate::policy::Policy;
use app::git::{Oid, Pushed};
use std::collections::{HashMap, HashSet};

/// The commits that merges which name an item bring in.
pub(super) fn by_name(commits: &[Pushed], policy: &Policy) -> HashSet<Oid> {
    let known: HashMap<Oid, &Pushed> = commits.iter().map(|commit| (commit.id, commit)).collect();
    let names = |merge: &&Pushed| !policy.find(&merge.message).references.is_empty();
    let merges = commits.iter().filter(|commit| commit.is_merge()).filter(names);
    let brought = merges.flat_map(|merge| {
        let [into, from @ ..] = merge.parents.as_slice() else { return HashSet::new() };
        // What was there before is not the merge's to speak for.
        let before = behind(&[*into], &known);
        let mut brought = behind(from, &known);
        brought.retain(|id| !before.contains(id));
        brought
    });
    brought.collect()
}

/// The known commits that these are or reach.
fn behind(tips: &[Oid], known: &HashMap<Oid, &Pushed>) -> HashSet<Oid> {
    let (mut all, mut open) = (HashSet::new(), tips.to_vec());
    while let Some(id) = open.pop() {
        if let Some(commit) = known.get(&id).filter(|_| all.insert(id)) {
            open.extend(&commit.parents);
        }
    }
    all.retain(|id| known.contains_key(id));
    all
}
