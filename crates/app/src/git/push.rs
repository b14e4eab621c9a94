//! What a push brings to the other side.

use super::{Git, Oid};
use backend::Result;
use git2::{ObjectType, Sort};

/// A commit that is pushed.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// Its id.
    pub id: Oid,
    /// True for a merge.
    pub is_merge: bool,
    /// What it says. A message that is not UTF-8 is read with the replacement character.
    pub message: String,
}

impl Git {
    /// The commits behind `tip` that the remote has not: neither behind what it has there now, where that is known
    /// here, nor behind any other branch that was last seen of it. Newest first.
    ///
    /// A remote that nothing was ever fetched from, such as a fork by its address, is taken to have what the other
    /// remotes have. A tag of something else than a commit brings none.
    pub fn pushed(&self, tip: Oid, theirs: Option<Oid>, remote: &str) -> Result<Vec<Pushed>> {
        let read = |error: git2::Error| self.cannot_read(&error);
        let object = self.repository.find_object(tip, None).map_err(read)?;
        let Ok(commit) = object.peel(ObjectType::Commit) else { return Ok(Vec::new()) };
        let mut walk = self.repository.revwalk().map_err(read)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME).map_err(read)?;
        walk.push(commit.id()).map_err(read)?;
        // After somebody else's forced push their commit may not be here: then it hides nothing.
        for id in theirs.into_iter().chain(self.last_seen(remote)) {
            if let Ok(commit) =
                self.repository.find_object(id, None).and_then(|it| it.peel_to_commit())
            {
                walk.hide(commit.id()).map_err(read)?;
            }
        }
        walk.map(|id| id.and_then(|id| self.pushed_commit(id)))
            .collect::<Result<_, _>>()
            .map_err(read)
    }

    fn pushed_commit(&self, id: Oid) -> Result<Pushed, git2::Error> {
        let commit = self.repository.find_commit(id)?;
        let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
        Ok(Pushed { id, is_merge: commit.parent_count() > 1, message })
    }

    /// Where the branches of a remote were when it was last heard of.
    fn last_seen(&self, remote: &str) -> Vec<Oid> {
        let all = self.tips("refs/remotes/");
        let prefix = format!("refs/remotes/{remote}/");
        let of_remote: Vec<Oid> =
            all.iter().filter(|(name, _)| name.starts_with(&prefix)).map(|(_, id)| *id).collect();
        if of_remote.is_empty() { all.into_iter().map(|(_, id)| id).collect() } else { of_remote }
    }

    fn tips(&self, prefix: &str) -> Vec<(String, Oid)> {
        let Ok(references) = self.repository.references() else { return Vec::new() };
        let tips = references.flatten().filter_map(|reference| {
            let name = reference.name().ok().filter(|name| name.starts_with(prefix))?.to_owned();
            Some((name, reference.resolve().ok()?.target()?))
        });
        tips.collect()
    }

    /// The beginning of a commit's parent's name, for a hint: `0123abc^`, or `--root` for a first commit.
    pub fn before(&self, id: Oid) -> String {
        let is_first =
            self.repository.find_commit(id).is_ok_and(|commit| commit.parent_count() == 0);
        if is_first { "--root".to_owned() } else { format!("{}^", short(id)) }
    }
}

/// An id as people read it.
pub fn short(id: Oid) -> String {
    id.to_string().chars().take(7).collect()
}
