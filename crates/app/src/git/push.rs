//! What a push brings to the other side.

use super::{Git, Oid, message};
use backend::Result;
use git2::Sort;

/// A commit that is pushed.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// Its id.
    pub id: Oid,
    /// Its parents' ids; a merge has several.
    pub parents: Vec<Oid>,
    /// What it says. A message that is not UTF-8 is read with the replacement character.
    pub message: String,
}

impl Pushed {
    /// True for a merge.
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }
}

/// What a push does to a reference of the other side.
#[derive(Debug, Clone, Copy)]
pub struct Brought<'a> {
    /// What it will be.
    pub tip: Oid,
    /// What it is now; none for a new one.
    pub theirs: Option<Oid>,
    /// The remote's name.
    pub remote: &'a str,
    /// Its name there, such as `refs/heads/main`.
    pub reference: &'a str,
}

/// A branch of a remote, as it was when that was last heard of.
#[derive(Debug)]
struct Seen {
    remote: String,
    branch: String,
    tip: Oid,
    /// Where `HEAD` leads to: the remote's main branch.
    leads_to: Option<String>,
}

impl Git {
    /// The commits that a push brings to a reference of the other side, newest first.
    ///
    /// Where it is known what the reference has there now, these are the commits that are new to it, whatever other branch
    /// has them: a feature branch's become the main branch's. What the remote's main branch has is nobody's to answer for
    /// who only takes it in, by a merge or a rebase. Of a new reference, they are the commits that no branch has that was
    /// last seen of the remote.
    ///
    /// A remote that nothing was ever fetched from, such as a fork by its address, is taken to have what the other
    /// remotes have. A tag of something else than a commit brings none.
    pub fn pushed(&self, brought: &Brought<'_>) -> Result<Vec<Pushed>> {
        let read = |error: git2::Error| self.cannot_read(&error);
        let Some(tip) = self.peeled(brought.tip).map_err(read)? else { return Ok(Vec::new()) };
        let had = self.had(brought);
        let listed = || {
            let mut walk = self.repository.revwalk()?;
            walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
            walk.push(tip)?;
            had.iter().try_for_each(|id| walk.hide(*id))?;
            walk.collect()
        };
        let listed: Result<Vec<Oid>, git2::Error> = listed();
        // At a commit that is malformed libgit2 gives up.
        let commits = listed.or_else(|_| self.beyond(tip, &had))?;
        commits.into_iter().map(|id| self.pushed_commit(id)).collect()
    }

    /// The commits that the other side has, or is not asked about.
    fn had(&self, brought: &Brought<'_>) -> Vec<Oid> {
        let seen = self.last_seen(brought.remote);
        // After somebody else's forced push their commit may not be here: then it hides nothing.
        let commit = |id: Oid| self.peeled(id).ok().flatten();
        let theirs = brought.theirs.and_then(commit);
        let of_branches: Vec<Seen> = match theirs {
            Some(_) => main_branches(seen, brought.reference),
            None => seen,
        };
        let of_branches = of_branches.into_iter().filter_map(|it| commit(it.tip));
        theirs.into_iter().chain(of_branches).collect()
    }

    fn pushed_commit(&self, id: Oid) -> Result<Pushed> {
        let commit = self.raw(id)?;
        let parents = commit.parents().collect::<Result<_, _>>();
        let parents = parents.map_err(|error| self.cannot_read(&error))?;
        Ok(Pushed { id, parents, message: message(&commit) })
    }

    /// Where the branches of a remote were when it was last heard of.
    fn last_seen(&self, remote: &str) -> Vec<Seen> {
        let (of_remote, others): (Vec<Seen>, Vec<Seen>) =
            self.seen().into_iter().partition(|seen| seen.remote == remote);
        if of_remote.is_empty() { others } else { of_remote }
    }

    /// The branches of all remotes. Of two remotes, one of whose names begins with the other's, the longer counts.
    fn seen(&self) -> Vec<Seen> {
        let remotes = self.repository.remotes().ok();
        let mut names: Vec<&str> = remotes.iter().flatten().flatten().flatten().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let Ok(references) = self.repository.references() else { return Vec::new() };
        let seen = references.flatten().filter_map(|reference| {
            let name = reference.name().ok()?.strip_prefix("refs/remotes/")?.to_owned();
            let remote = names.iter().find(|remote| {
                name.strip_prefix(**remote).is_some_and(|rest| rest.starts_with('/'))
            });
            let first = name.split_once('/').map(|(first, _)| first);
            let remote = remote.copied().or(first).unwrap_or(&name).to_owned();
            let branch = name.get(remote.len() + 1..).unwrap_or_default().to_owned();
            let leads_to = reference.symbolic_target().ok().flatten().map(str::to_owned);
            Some(Seen { tip: reference.resolve().ok()?.target()?, remote, branch, leads_to })
        });
        seen.collect()
    }

    /// The beginning of a commit's parent's name, for a hint: `0123abc^`, or `--root` for a first commit.
    pub fn before(&self, id: Oid) -> String {
        let is_first = self.raw(id).is_ok_and(|commit| commit.parents().next().is_none());
        if is_first { "--root".to_owned() } else { format!("{}^", short(id)) }
    }
}

/// Of these, the main branches but the one that is pushed: what `HEAD` leads to, else what it is mostly called.
fn main_branches(seen: Vec<Seen>, reference: &str) -> Vec<Seen> {
    let leads_to: Vec<String> = seen.iter().filter_map(|it| it.leads_to.clone()).collect();
    let is_main = |it: &Seen| {
        let name = format!("refs/remotes/{}/{}", it.remote, it.branch);
        leads_to.contains(&name)
            || (leads_to.is_empty() && matches!(it.branch.as_str(), "main" | "master"))
    };
    let is_pushed = |it: &Seen| reference.strip_prefix("refs/heads/") == Some(&it.branch);
    seen.into_iter().filter(|it| is_main(it) && !is_pushed(it)).collect()
}

/// An id as people read it.
pub fn short(id: Oid) -> String {
    id.to_string().chars().take(7).collect()
}
