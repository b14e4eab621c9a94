//! What git is in the middle of: hooks keep still while it replays commits.

use super::Git;
use std::fs;

/// Something that git began and has not ended; it makes commits out of commits, or waits for somebody to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnderWay {
    /// `git rebase`.
    Rebase,
    /// `git am`.
    Patches,
    /// `git cherry-pick`.
    CherryPick,
    /// `git revert`.
    Revert,
    /// `git merge`.
    Merge,
}

/// Files and folders of the git directory that are there meanwhile. A rebase picks commits, so it comes first.
const MARKS: &[(&str, UnderWay)] = &[
    ("rebase-apply/applying", UnderWay::Patches),
    ("rebase-apply", UnderWay::Rebase),
    ("rebase-merge", UnderWay::Rebase),
    ("CHERRY_PICK_HEAD", UnderWay::CherryPick),
    ("REVERT_HEAD", UnderWay::Revert),
    ("MERGE_HEAD", UnderWay::Merge),
];

impl UnderWay {
    /// What it is called in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rebase => "a rebase",
            Self::Patches => "applying patches",
            Self::CherryPick => "a cherry-pick",
            Self::Revert => "a revert",
            Self::Merge => "a merge",
        }
    }
}

impl Git {
    /// What git is in the middle of, in this work tree.
    pub fn under_way(&self) -> Option<UnderWay> {
        let folder = self.repository.path();
        MARKS.iter().find(|(name, _)| folder.join(name).exists()).map(|(_, what)| *what)
    }

    /// The branch that a rebase is about; HEAD is detached until it ends.
    pub(super) fn rebased_branch(&self) -> Option<String> {
        let read = |folder: &str| {
            fs::read_to_string(self.repository.path().join(folder).join("head-name")).ok()
        };
        let name = read("rebase-merge").or_else(|| read("rebase-apply"))?;
        name.trim().strip_prefix("refs/heads/").map(str::to_owned)
    }
}
