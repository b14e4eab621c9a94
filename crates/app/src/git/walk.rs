//! The walk over a whole history in the order of `git log`, reading each commit once.
//!
//! libgit2's own walk reads every commit twice, once for its parents and once for its message; on ten thousand
//! commits that is the difference between as fast as git and half as fast. This walk also follows replaced commits
//! (`git replace`), which libgit2 does not.

use git2::{Error, Odb, Oid, Repository};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
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
    replaced: HashMap<Oid, Oid>,
    /// True once the border was reached.
    pub(super) cut: bool,
}

impl<'r> Walk<'r> {
    /// Starts at a commit.
    pub(super) fn from(
        repository: &'r Repository,
        tip: Oid,
        border: HashSet<Oid>,
    ) -> Result<Self, Error> {
        let (waiting, seen) = (BinaryHeap::new(), HashSet::new());
        let (odb, replaced) = (repository.odb()?, replaced(repository)?);
        let mut walk = Self { odb, waiting, seen, border, replaced, cut: false };
        walk.meet(tip)?;
        Ok(walk)
    }

    /// The next commit: its id, and its raw message.
    pub(super) fn next(&mut self, mut each: impl FnMut(Oid, &[u8])) -> Result<bool, Error> {
        let Some(commit) = self.waiting.pop() else { return Ok(false) };
        if self.border.contains(&commit.id) {
            self.cut = true;
        } else {
            for id in headers(&commit.raw).filter_map(|line| line.strip_prefix(b"parent ")) {
                self.meet(parent(id)?)?;
            }
        }
        each(commit.id, message(&commit.raw));
        Ok(true)
    }

    fn meet(&mut self, id: Oid) -> Result<(), Error> {
        if !self.seen.insert(id) {
            return Ok(());
        }
        let object = self.odb.read(self.replaced.get(&id).copied().unwrap_or(id))?;
        let raw = object.data().to_vec();
        let met = Reverse(self.seen.len());
        self.waiting.push(Waiting { time: committed_at(&raw), met, id, raw });
        Ok(())
    }
}

/// What stands in for what, by the references of `git replace`.
fn replaced(repository: &Repository) -> Result<HashMap<Oid, Oid>, Error> {
    let mut replaced = HashMap::new();
    for reference in repository.references_glob("refs/replace/*")? {
        let reference = reference?;
        let name = reference.name().ok().and_then(|name| name.rsplit('/').next());
        let original = name.and_then(|name| Oid::from_str(name).ok());
        replaced.extend(original.zip(reference.target()));
    }
    Ok(replaced)
}

/// The lines before the message.
fn headers(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    raw.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty())
}

/// What follows the first empty line.
fn message(raw: &[u8]) -> &[u8] {
    let end = raw.windows(2).position(|pair| pair == b"\n\n");
    end.map_or(&[], |end| &raw[end + 2..])
}

/// Seconds since 1970, from `committer NAME <MAIL> SECONDS ZONE`; a line that git could not read either counts as 0.
fn committed_at(raw: &[u8]) -> i64 {
    let line = headers(raw).find(|line| line.starts_with(b"committer "));
    let seconds = line.and_then(|line| line.rsplit(|byte| *byte == b' ').nth(1));
    seconds.and_then(|seconds| std::str::from_utf8(seconds).ok()?.parse().ok()).unwrap_or(0)
}

/// A parent's id. One that cannot be read is an error: a history is never silently cut.
fn parent(text: &[u8]) -> Result<Oid, Error> {
    Oid::from_str(&String::from_utf8_lossy(text))
}
