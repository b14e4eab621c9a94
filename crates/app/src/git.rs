//! Reading a git repository: which commits a range holds, and what they say. git2 runs no hooks, no fsmonitor and
//! no other program that a hostile configuration may name.

mod between;
mod deepen;
mod program;
mod push;
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
pub use push::{Pushed, short};
pub use settings::HooksFolder;
pub use state::UnderWay;
use std::{
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
}

impl Git {
    /// Opens the repository that `path` lies in; a bare one will do.
    pub fn open(path: &Path) -> Result<Self> {
        // Reading checks no object's hash, like git itself; `git fsck` is there for that, and it doubles the time.
        git2::opts::strict_hash_verification(false);
        let repository = Repository::discover(path).map_err(|error| cannot_open(path, &error))?;
        Ok(Self { repository, asked: shown(path) })
    }

    /// Opens the repository that git's own variables name, as git does inside hooks.
    pub fn open_by_environment() -> Result<Self> {
        let path = Path::new("$GIT_DIR");
        let repository = Repository::open_from_env().map_err(|error| cannot_open(path, &error))?;
        Ok(Self { repository, asked: shown(path) })
    }

    /// Opens the repository that `path` lies in, where it lies in one. A repository that cannot be read is an error:
    /// its configuration and its tracker would silently be missed.
    pub fn open_if_there(path: &Path) -> Result<Option<Self>> {
        match Repository::discover(path) {
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            _ => Self::open(path).map(Some),
        }
    }

    /// The folder for files of our own inside the git directory, shared by all its work trees.
    pub fn state_folder(&self) -> PathBuf {
        self.repository.commondir().join("devops-integrations")
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

    /// The commit that a revision names.
    pub fn commit(&self, revision: &str) -> Result<Oid> {
        let object = self
            .repository
            .revparse_single(revision)
            .map_err(|error| self.cannot_resolve(revision, &error))?;
        let commit =
            object.peel_to_commit().map_err(|error| self.cannot_resolve(revision, &error))?;
        Ok(commit.id())
    }

    /// The commits of a range as `git log` takes it: `A..B`, `A...B`, or a revision for all that it reaches.
    pub fn range(&self, range: &str) -> Result<Listed> {
        let mut walk = self.repository.revwalk().map_err(|error| self.cannot_read(&error))?;
        walk.set_sorting(Sort::NONE).map_err(|error| self.cannot_read(&error))?;
        let (include, exclude) = self.ends(range)?;
        for id in include {
            walk.push(id).map_err(|error| self.cannot_read(&error))?;
        }
        for id in exclude {
            walk.hide(id).map_err(|error| self.cannot_read(&error))?;
        }
        let commits =
            walk.collect::<Result<Vec<Oid>, _>>().map_err(|error| self.cannot_read(&error))?;
        let border = self.border();
        let missing = commits.iter().any(|id| border.contains(id)).then_some(Missing::Shallow);
        Ok(Listed { commits, missing })
    }

    /// What a range includes and what it leaves out. An end that is left empty is HEAD, as for git.
    fn ends(&self, range: &str) -> Result<(Vec<Oid>, Vec<Oid>)> {
        let end = |revision: &str| self.commit(if revision.is_empty() { "HEAD" } else { revision });
        if let Some((from, to)) = range.split_once("...") {
            let (from, to) = (end(from)?, end(to)?);
            let bases = match self.repository.merge_bases(from, to) {
                Ok(bases) => bases.to_vec(),
                // Two histories that never met have no base, and the range is all of both, as for git.
                Err(error) if error.code() == ErrorCode::NotFound => Vec::new(),
                Err(error) => return Err(self.cannot_read(&error)),
            };
            return Ok((vec![from, to], bases));
        }
        match range.split_once("..") {
            Some((from, to)) => Ok((vec![end(to)?], vec![end(from)?])),
            None => Ok((vec![end(range)?], Vec::new())),
        }
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
        let commit = self.repository.find_commit(id).map_err(|error| self.cannot_read(&error))?;
        let author = commit.author();
        let committed_at =
            Timestamp::from_second(commit.time().seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Commit {
            sha: id.to_string(),
            message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
            url: pages.commit(&id.to_string()),
            repository: forge::name(&pages.repository),
            author: String::from_utf8_lossy(author.name_bytes()).into_owned(),
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
        if range.contains("..") {
            let listed = self.range(range)?;
            listed.commits.iter().try_for_each(|id| self.message(*id, &mut each))?;
            return Ok(listed.missing);
        }
        let tip = self.commit(range)?;
        let mut walk = Walk::from(&self.repository, tip, self.border())
            .map_err(|error| self.cannot_read(&error))?;
        while walk.next(&mut each).map_err(|error| self.cannot_read(&error))? {}
        Ok(walk.cut.then_some(Missing::Shallow))
    }

    /// Hands on the id and the raw message of one commit.
    pub fn message(&self, id: Oid, mut each: impl FnMut(Oid, &[u8])) -> Result<()> {
        let commit = self.repository.find_commit(id).map_err(|error| self.cannot_read(&error))?;
        each(id, commit.message_raw_bytes());
        Ok(())
    }

    fn cannot_read(&self, error: &git2::Error) -> Error {
        Error::new(
            ErrorKind::NotFound,
            format!("read the history of {}: {}", self.asked, error.message()),
        )
        .with_hint("check the repository with `git fsck`, and fetch what is missing")
    }

    fn cannot_resolve(&self, revision: &str, error: &git2::Error) -> Error {
        let message = if self.is_unborn() {
            format!("find {revision}: there are no commits yet in {}", self.asked)
        } else if error.code() == ErrorCode::Ambiguous {
            format!("find {revision}: it fits more than one commit")
        } else {
            format!("find {revision} in {}", self.asked)
        };
        let hint = if self.is_unborn() {
            "make a commit first"
        } else if self.repository.is_shallow() {
            "this clone is shallow: fetch the whole history, with `git fetch --unshallow` or `fetch-depth: 0`"
        } else {
            "check the name with `git rev-parse`"
        };
        Error::new(ErrorKind::NotFound, message).with_hint(hint)
    }
}

/// A folder as people say it.
fn shown(path: &Path) -> String {
    if path == Path::new(".") {
        "the current folder".to_owned()
    } else {
        path.display().to_string()
    }
}

fn cannot_open(path: &Path, error: &git2::Error) -> Error {
    let folder = shown(path);
    if error.code() == ErrorCode::Owner {
        return Error::new(
            ErrorKind::NotFound,
            format!("open {folder}: it belongs to another user"),
        )
        .with_hint(
            "if you trust it, run `git config --global --add safe.directory` with its path",
        );
    }
    if !path.exists() {
        return Error::new(ErrorKind::NotFound, format!("open {folder}: there is no such folder"))
            .with_hint("give the repository's path with --repository");
    }
    let message = match error.code() {
        ErrorCode::NotFound => "it is not in a git repository",
        _ => error.message(),
    };
    Error::new(ErrorKind::NotFound, format!("open {folder}: {message}"))
        .with_hint("run inside a repository, or give its path with --repository")
}
