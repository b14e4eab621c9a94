//! Histories that were changed after the fact, by `git replace` or by `info/grafts`: git shows them as changed wherever it
//! shows them. libgit2 follows no replaced commit, and objects that are read as they lie know of neither.

use git2::{Error, Oid, Repository};
use std::{collections::HashMap, io::ErrorKind};

/// As far as git follows a replacement that is itself replaced.
const LONGEST_CHAIN: usize = 5;

/// What stands in for what.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    commits: HashMap<Oid, Oid>,
    parents: HashMap<Oid, Vec<Oid>>,
}

impl Rewritten {
    /// Reads the references of `git replace` and the file of grafts.
    pub(super) fn of(repository: &Repository) -> Result<Self, Error> {
        let mut commits = HashMap::new();
        for reference in repository.references_glob("refs/replace/*")? {
            let reference = reference?;
            let name = reference.name().ok().and_then(|name| name.rsplit('/').next());
            let original = name.and_then(|name| Oid::from_str(name).ok());
            commits.extend(original.zip(reference.target()));
        }
        let file = repository.commondir().join("info/grafts");
        let grafts = match std::fs::read_to_string(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(Error::from_str(&format!("info/grafts: {error}")));
            }
            read => read.unwrap_or_default(),
        };
        Ok(Self { commits, parents: grafts.lines().filter_map(graft).collect() })
    }

    /// True where git shows every commit as it was made.
    pub(super) fn is_empty(&self) -> bool {
        self.commits.is_empty() && self.parents.is_empty()
    }

    /// The commit whose content is shown under this name.
    pub(super) fn shown(&self, id: Oid) -> Oid {
        let next = |known: &Oid| self.commits.get(known).copied();
        std::iter::successors(Some(id), next).take(LONGEST_CHAIN + 1).last().unwrap_or(id)
    }

    /// The parents that a commit was given.
    pub(super) fn parents(&self, id: Oid) -> Option<&[Oid]> {
        self.parents.get(&id).map(Vec::as_slice)
    }
}

/// A commit and the parents that it is given, each by its full name.
fn graft(line: &str) -> Option<(Oid, Vec<Oid>)> {
    let ids: Option<Vec<Oid>> = line.split_whitespace().map(|id| Oid::from_str(id).ok()).collect();
    let ids = ids?;
    let (commit, parents) = ids.split_first()?;
    Some((*commit, parents.to_vec()))
}
