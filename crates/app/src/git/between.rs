//! What a branch adds to another: its commits, and the files that they change.

use super::{Git, Listed, Missing, Oid};
use backend::{Result, model::Commit};
use git2::ErrorCode;
use std::collections::HashSet;

use crate::forge::Pages;

/// The commits of a pull request.
#[derive(Debug, Clone, Default)]
pub struct Between {
    /// Oldest first.
    pub commits: Vec<Commit>,
    /// Why there may be more, or others; `None` when these are proved to be all.
    pub missing: Option<Missing>,
}

impl Git {
    /// The commits that `head` reaches and `base` does not, oldest first. They are all only where both ends are here,
    /// have met, and no shallow clone's border lies between them: a clone of depth 2 lists a part without any error.
    pub fn between(&self, base: &str, head: &str, pages: &Pages) -> Result<Between> {
        let (Ok(from), Ok(to)) = (self.commit(base), self.commit(head)) else {
            return Ok(Between { commits: Vec::new(), missing: Some(Missing::Range) });
        };
        let Listed { mut commits, missing } = self.range(&format!("{from}..{to}"))?;
        commits.reverse();
        let have_met = self.met(from, to)?.is_some() || !self.is_shallow();
        let missing = missing.or_else(|| (!have_met).then_some(Missing::Shallow));
        let commits = commits.into_iter().map(|id| self.read(id, pages));
        Ok(Between { commits: commits.collect::<Result<_>>()?, missing })
    }

    /// The files that `head` changes since it left `base`, as paths from the repository's root.
    pub fn changed(&self, base: &str, head: &str) -> Result<Vec<String>> {
        let (from, to) = (self.commit(base)?, self.commit(head)?);
        let met = self.met(from, to)?.ok_or_else(|| {
            self.cannot_read(&git2::Error::from_str("the two histories never met"))
        })?;
        let (old, new) = (self.raw(met)?, self.raw(to)?);
        let paths = || {
            let old = self.repository.find_tree(old.tree()?)?;
            let new = self.repository.find_tree(new.tree()?)?;
            let diff = self.repository.diff_tree_to_tree(Some(&old), Some(&new), None)?;
            let path = |file: git2::DiffFile<'_>| {
                file.path_bytes().map(|path| String::from_utf8_lossy(path).into_owned())
            };
            let mut paths: Vec<String> = diff
                .deltas()
                .flat_map(|delta| [path(delta.old_file()), path(delta.new_file())])
                .flatten()
                .collect();
            paths.sort_unstable();
            paths.dedup();
            Ok(paths)
        };
        paths().map_err(|error: git2::Error| self.cannot_read(&error))
    }

    /// The youngest commit that two have in common.
    fn met(&self, one: Oid, other: Oid) -> Result<Option<Oid>> {
        match self.repository.merge_base(one, other) {
            Ok(met) => Ok(Some(met)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            // A malformed commit, at which libgit2 gives up.
            Err(_) => {
                let of_one: HashSet<Oid> = self.reached(one)?.into_iter().collect();
                Ok(self.reached(other)?.into_iter().find(|id| of_one.contains(id)))
            }
        }
    }

    /// True when the commit is here.
    pub fn has(&self, sha: &str) -> bool {
        self.commit(sha).is_ok()
    }
}
