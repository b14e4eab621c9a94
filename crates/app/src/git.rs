//! Reading a git repository: which commits a range holds, and what they say. git2 runs no hooks, no fsmonitor and
//! no other program that a hostile configuration may name.

mod between;
mod deepen;
mod open;
mod program;
mod push;
mod raw;
mod resolve;
mod rewritten;
mod settings;
mod state;
mod walk;

pub use between::Between;
pub use deepen::{Deepened, Deepening, Ends};

use crate::forge::{self, Pages};
use backend::{Error, ErrorKind, Result, model::Commit};
pub use git2::Oid;
use git2::{ErrorCode, Repository, Sort};
use jiff::Timestamp;
pub use open::quoted;
pub use program::{hooks_by_git, remove_section_by_git};
pub use push::{Brought, Pushed, short};
use raw::Raw;
use rewritten::Rewritten;
pub use settings::HooksFolder;
use settings::Setting;
pub use state::UnderWay;
use std::{
    cell::OnceCell,
    collections::HashSet,
    path::{Path, PathBuf},
};
use url::Url;
use walk::Walk;

/// A repository, opened.
pub struct Git {
    repository: Repository,
    /// The path that was asked for, for messages.
    asked: String,
    /// What git shows otherwise than it was made, once it was asked for.
    rewritten: OnceCell<Rewritten>,
    /// The values of git's configuration files, once they were asked for.
    settings: OnceCell<Vec<Setting>>,
}

/// The commits of a range.
#[derive(Debug, Clone, Copy)]
enum Asked {
    /// All that a commit reaches.
    All(Oid),
    /// All that the second reaches and the first does not.
    Between(Oid, Oid),
    /// All that one of two reaches and the other does not.
    Either(Oid, Oid),
}

impl Asked {
    fn tips(self) -> Vec<Oid> {
        match self {
            Self::All(tip) | Self::Between(_, tip) => vec![tip],
            Self::Either(one, other) => vec![one, other],
        }
    }
}

/// A range's commits, newest first, as `git log` lists them.
pub struct Listed {
    /// Ids.
    pub commits: Vec<Oid>,
    /// Why there may be more commits in the range; `None` when these are all.
    pub missing: Option<Missing>,
}

/// Why commits of a range could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The history ends at a shallow clone's border inside the range.
    Shallow,
    /// The range that the CI host names does not resolve, as after a forced push.
    Range,
    /// The CI host names the newest commit of a push only.
    Untold,
}

impl Git {
    /// The folder for files of our own inside the git directory, shared by all its work trees.
    pub fn state_folder(&self) -> PathBuf {
        self.repository.commondir().join("devops-integrations")
    }

    /// The same for this work tree alone.
    pub fn own_folder(&self) -> PathBuf {
        self.repository.path().join("devops-integrations")
    }

    /// The top of the work tree, or the git directory of a bare repository.
    pub fn root(&self) -> &Path {
        self.repository.workdir().unwrap_or_else(|| self.repository.path())
    }

    /// The checked-out branch, where one is checked out; during a rebase, the one that it is about.
    pub fn branch(&self) -> Option<String> {
        let head = self.repository.find_reference("HEAD").ok()?;
        match head.symbolic_target().ok().flatten() {
            Some(target) => target.strip_prefix("refs/heads/").map(str::to_owned),
            None => self.rebased_branch(),
        }
    }

    /// The web page of the repository, by its remote `origin` or its only remote; else its path as a `file:` URL.
    pub fn web_url(&self) -> Result<Url> {
        if let Some(url) = self.remote().as_deref().and_then(forge::web_url) {
            return Ok(url);
        }
        let root = self.root().canonicalize().unwrap_or_else(|_| self.root().to_owned());
        Url::from_file_path(&root).map_err(|()| {
            Error::new(ErrorKind::Config, "form the repository's address: its path is not absolute")
                .with_hint("give the repository's web page with --repository-url")
        })
    }

    /// Whether this can be a clone of the repository at a page: a remote leads there, or none leads to that host.
    pub fn is_clone_of(&self, page: &Url) -> bool {
        let Ok(names) = self.repository.remotes() else { return true };
        let urls =
            names.iter().flatten().flatten().filter_map(|name| {
                forge::web_url(self.repository.find_remote(name).ok()?.url().ok()?)
            });
        let there: Vec<Url> = urls.filter(|url| url.host_str() == page.host_str()).collect();
        let path = |url: &Url| url.path().trim_end_matches('/').to_ascii_lowercase();
        there.is_empty() || there.iter().any(|url| path(url) == path(page))
    }

    /// The default branch of the remote `origin`, as it was when the clone was made.
    pub fn default_branch(&self) -> Option<String> {
        let head = self.repository.find_reference("refs/remotes/origin/HEAD").ok()?;
        let target = head.symbolic_target().ok().flatten()?;
        target.strip_prefix("refs/remotes/origin/").map(str::to_owned)
    }

    fn remote(&self) -> Option<String> {
        let remotes = self.repository.remotes().ok()?;
        let names: Vec<&str> = remotes.iter().flatten().flatten().collect();
        let name = if names.contains(&"origin") {
            "origin"
        } else {
            names.first().copied().filter(|_| names.len() == 1)?
        };
        let remote = self.repository.find_remote(name).ok()?;
        remote.url().ok().map(str::to_owned)
    }

    /// The commits of a range as `git log` takes it: `A..B`, `A...B`, or a revision for all that it reaches.
    pub fn range(&self, range: &str) -> Result<Listed> {
        let asked = self.ends(range)?;
        if !self.rewritten()?.is_empty() {
            let mut commits = Vec::new();
            let missing = self.walk(asked, |id, _| commits.push(id))?;
            return Ok(Listed { commits, missing });
        }
        let commits = self.revwalk(asked)?;
        let border = self.border();
        let missing = commits.iter().any(|id| border.contains(id)).then_some(Missing::Shallow);
        Ok(Listed { commits, missing })
    }

    /// The two ends of a range. An end that is left empty is HEAD, as for git.
    fn ends(&self, range: &str) -> Result<Asked> {
        let end = |revision: &str| self.commit(if revision.is_empty() { "HEAD" } else { revision });
        if let Some((one, other)) = range.split_once("...") {
            return Ok(Asked::Either(end(one)?, end(other)?));
        }
        match range.split_once("..") {
            Some((from, to)) => Ok(Asked::Between(end(from)?, end(to)?)),
            None => Ok(Asked::All(end(range)?)),
        }
    }

    /// By libgit2, which does not read as far back as a whole history to find where a range ends. It gives up at a commit
    /// that is malformed; then it is read as far.
    fn revwalk(&self, asked: Asked) -> Result<Vec<Oid>> {
        let listed = || {
            let mut walk = self.repository.revwalk()?;
            walk.set_sorting(Sort::NONE)?;
            asked.tips().into_iter().try_for_each(|id| walk.push(id))?;
            match asked {
                Asked::All(_) => {}
                Asked::Between(from, _) => walk.hide(from)?,
                Asked::Either(one, other) => match self.repository.merge_bases(one, other) {
                    Ok(bases) => bases.iter().try_for_each(|id| walk.hide(*id))?,
                    // Two histories that never met have no base, and the range is all of both, as for git.
                    Err(error) if error.code() == ErrorCode::NotFound => {}
                    Err(error) => return Err(error),
                },
            }
            walk.collect()
        };
        listed().or_else(|_: git2::Error| {
            let mut commits = Vec::new();
            self.walk(asked, |id, _| commits.push(id))?;
            Ok(commits)
        })
    }

    /// Hands on the id and the raw message of every commit, as they are shown where history was rewritten.
    fn walk(&self, asked: Asked, mut each: impl FnMut(Oid, &[u8])) -> Result<Option<Missing>> {
        let rewritten = self.rewritten()?;
        let from = |tips: &[Oid], hidden| {
            Walk::from(&self.repository, rewritten, tips, self.border(), hidden)
        };
        let mut walk = || {
            let reach = |tip: Oid| from(&[tip], HashSet::new())?.all();
            let hidden = match asked {
                Asked::All(_) => HashSet::new(),
                Asked::Between(tip, _) => reach(tip)?,
                Asked::Either(one, other) => &reach(one)? & &reach(other)?,
            };
            let mut walk = from(&asked.tips(), hidden)?;
            while walk.next(&mut each)? {}
            Ok(walk.cut.then_some(Missing::Shallow))
        };
        walk().map_err(|error: git2::Error| self.cannot_read(&error))
    }

    /// The commits that one reaches and others do not, by reading the whole history.
    fn beyond(&self, tip: Oid, hidden: &[Oid]) -> Result<Vec<Oid>> {
        let mut behind = HashSet::new();
        for id in hidden {
            if !behind.contains(id) {
                behind.extend(self.reached(*id)?);
            }
        }
        let mut commits = self.reached(tip)?;
        commits.retain(|id| !behind.contains(id));
        Ok(commits)
    }

    /// All that a commit reaches, newest first.
    fn reached(&self, tip: Oid) -> Result<Vec<Oid>> {
        let mut commits = Vec::new();
        self.walk(Asked::All(tip), |id, _| commits.push(id))?;
        Ok(commits)
    }

    /// What git shows otherwise than it was made.
    fn rewritten(&self) -> Result<&Rewritten> {
        if let Some(known) = self.rewritten.get() {
            return Ok(known);
        }
        let read = Rewritten::of(&self.repository).map_err(|error| self.cannot_read(&error))?;
        Ok(self.rewritten.get_or_init(|| read))
    }

    /// The bytes of a commit, as it is shown.
    fn raw(&self, id: Oid) -> Result<Raw<Vec<u8>>> {
        let shown = self.rewritten()?.shown(id);
        let object = self.repository.odb().and_then(|odb| Ok(odb.read(shown)?.data().to_vec()));
        object.map(Raw).map_err(|error| self.cannot_read(&error))
    }

    /// True when HEAD names a branch without commits. (libgit2's own `is_empty` asks for the configured name as well.)
    fn is_unborn(&self) -> bool {
        matches!(self.repository.head(), Err(error) if error.code() == ErrorCode::UnbornBranch)
    }

    /// True for a clone whose history was cut.
    pub fn is_shallow(&self) -> bool {
        self.repository.is_shallow()
    }

    /// The last commits of a shallow clone: their parents are not here.
    fn border(&self) -> HashSet<Oid> {
        let border = std::fs::read_to_string(self.repository.commondir().join("shallow"))
            .unwrap_or_default();
        border.lines().filter_map(|line| Oid::from_str(line.trim()).ok()).collect()
    }

    /// What a commit says. A message that is not UTF-8 is read with the replacement character.
    pub fn read(&self, id: Oid, pages: &Pages) -> Result<Commit> {
        let commit = self.raw(id)?;
        let committed_at =
            Timestamp::from_second(commit.committed_at()).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Commit {
            sha: id.to_string(),
            message: message(&commit),
            url: pages.commit(&id.to_string()),
            repository: forge::name(&pages.repository),
            author: commit.author(),
            committed_at,
        })
    }

    /// Hands on the id and the raw message of every commit of a range, newest first, as git keeps them. Says
    /// why there may be more.
    pub fn messages(
        &self,
        range: &str,
        mut each: impl FnMut(Oid, &[u8]),
    ) -> Result<Option<Missing>> {
        let asked = self.ends(range)?;
        if matches!(asked, Asked::All(_)) || !self.rewritten()?.is_empty() {
            return self.walk(asked, each);
        }
        let listed = self.range(range)?;
        listed.commits.iter().try_for_each(|id| self.message(*id, &mut each))?;
        Ok(listed.missing)
    }

    /// Hands on the id and the raw message of one commit.
    pub fn message(&self, id: Oid, mut each: impl FnMut(Oid, &[u8])) -> Result<()> {
        each(id, self.raw(id)?.message());
        Ok(())
    }

    /// True for a commit of several parents.
    pub fn is_merge(&self, id: Oid) -> Result<bool> {
        Ok(self.raw(id)?.parents().count() > 1)
    }

    fn cannot_read(&self, error: &git2::Error) -> Error {
        Error::new(
            ErrorKind::NotFound,
            format!("read the history of {}: {}", self.asked, error.message()),
        )
        .with_hint("check the repository with `git fsck`, and fetch what is missing")
    }
}

/// A message as people read it. One that is not UTF-8 is read with the replacement character.
fn message(commit: &Raw<Vec<u8>>) -> String {
    String::from_utf8_lossy(commit.message()).trim_start_matches('\n').to_owned()
}
