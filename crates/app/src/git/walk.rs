//! The walk over a whole history in the order of `git log`, reading each commit once.
//!
//! libgit2's own walk reads every commit twice, once for its parents and once for its message; on ten thousand
//! commits that is the difference between as fast as git and half as fast. This walk also follows what was
//! [rewritten](super::rewritten), which libgit2 does not.

use super::{raw::Raw, rewritten::Rewritten};
use git2::{Error, Odb, Oid, Repository};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
};

/// A commit that waits for its turn: the youngest first, of one second the one that was met first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    time: i64,
    met: Reverse<usize>,
    id: Oid,
    raw: Vec<u8>,
}

/// A walk under way.
pub(super) struct Walk<'r> {
    odb: Odb<'r>,
    waiting: BinaryHeap<Waiting>,
    seen: HashSet<Oid>,
    /// Commits whose parents a shallow clone left out.
    border: HashSet<Oid>,
    rewritten: &'r Rewritten,
    /// True once the border was reached.
    pub(super) cut: bool,
}

impl<'r> Walk<'r> {
    /// Starts at commits, and leaves out those that are `hidden`.
    pub(super) fn from(
        repository: &'r Repository,
        rewritten: &'r Rewritten,
        tips: &[Oid],
        border: HashSet<Oid>,
        hidden: HashSet<Oid>,
    ) -> Result<Self, Error> {
        let (odb, waiting) = (repository.odb()?, BinaryHeap::new());
        let mut walk = Self { odb, waiting, seen: hidden, border, rewritten, cut: false };
        tips.iter().try_for_each(|tip| walk.meet(*tip))?;
        Ok(walk)
    }

    /// Everything that the walk reaches.
    pub(super) fn all(mut self) -> Result<HashSet<Oid>, Error> {
        while self.next(|_, _| {})? {}
        Ok(self.seen)
    }

    /// The next commit: its id, and its raw message.
    pub(super) fn next(&mut self, mut each: impl FnMut(Oid, &[u8])) -> Result<bool, Error> {
        let Some(commit) = self.waiting.pop() else { return Ok(false) };
        if self.border.contains(&commit.id) {
            self.cut = true;
        } else {
            match self.rewritten.parents(commit.id) {
                Some(given) => given.iter().try_for_each(|id| self.meet(*id))?,
                None => Raw(&commit.raw).parents().try_for_each(|id| self.meet(id?))?,
            }
        }
        each(commit.id, Raw(&commit.raw).message());
        Ok(true)
    }

    fn meet(&mut self, id: Oid) -> Result<(), Error> {
        if !self.seen.insert(id) {
            return Ok(());
        }
        let object = self.odb.read(self.rewritten.shown(id))?;
        let raw = object.data().to_vec();
        let met = Reverse(self.seen.len());
        self.waiting.push(Waiting { time: Raw(&raw).committed_at(), met, id, raw });
        Ok(())
    }
}
