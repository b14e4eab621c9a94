//! Which commit a name means.

use super::{Git, Oid};
use backend::{Error, ErrorKind, Result};
use git2::{ErrorCode, ObjectType};

/// As many tags of tags are followed.
const LONGEST_CHAIN: usize = 16;

impl Git {
    /// The commit that a revision names.
    pub fn commit(&self, revision: &str) -> Result<Oid> {
        let by_libgit2 = || {
            let object = self.repository.revparse_single(revision)?;
            object.peel_to_commit().map(|commit| commit.id())
        };
        by_libgit2().or_else(|error| {
            let is_malformed = !matches!(error.code(), ErrorCode::NotFound | ErrorCode::Ambiguous);
            let lenient = || self.named(revision).or_else(|| self.named_by_git(revision));
            let found = is_malformed.then(lenient).flatten();
            found.ok_or_else(|| self.cannot_resolve(revision, &error))
        })
    }

    /// A name or an id as it stands, without reading the commit, which libgit2 may refuse.
    fn named(&self, revision: &str) -> Option<Oid> {
        let by_name = || {
            let reference = self.repository.resolve_reference_from_short_name(revision).ok()?;
            reference.resolve().ok()?.target()
        };
        let id = by_name()
            .or_else(|| (revision.len() == 40).then(|| Oid::from_str(revision).ok()).flatten())?;
        self.peeled(id).ok().flatten()
    }

    /// What git makes of a name that leads through such a commit, as `topic~1` does.
    fn named_by_git(&self, revision: &str) -> Option<Oid> {
        let commit = format!("{revision}^{{commit}}");
        let id = self.answer(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        Oid::from_str(id.trim()).ok()
    }

    /// The commit that an object is, or is a tag of; none for a file or a folder.
    pub(super) fn peeled(&self, id: Oid) -> Result<Option<Oid>, git2::Error> {
        let odb = self.repository.odb()?;
        let mut id = id;
        for _ in 0..LONGEST_CHAIN {
            match odb.read_header(id)?.1 {
                ObjectType::Commit => return Ok(Some(id)),
                ObjectType::Tag => id = self.repository.find_tag(id)?.target_id(),
                _ => break,
            }
        }
        Ok(None)
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
