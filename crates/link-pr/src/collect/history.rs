//! The commits of a pull request from the clone, deepened where it is shallow, and proved to be all.

use crate::{facts::Gap, target::Target};
use app::{
    Result, Session,
    forge::Pages,
    git::{Between, Deepening, Ends, Git},
    untrusted,
};
use backend::{
    code_host::Proposal,
    model::{Commit, PullRequestState},
};
use std::time::Duration;

/// Time that is left for the tracker when history is fetched.
const RESERVE: Duration = Duration::from_secs(10);

/// The commits of a pull request, and what is missing.
pub(super) struct History {
    pub(super) commits: Vec<Commit>,
    pub(super) changed: Option<Vec<String>>,
    pub(super) gap: Option<Gap>,
}

impl History {
    /// Reads the history, and says what it could not read.
    pub(super) fn read(
        target: &Target,
        proposal: &Proposal,
        git: Option<&Git>,
        session: &Session,
        wants_files: bool,
    ) -> Self {
        let commits = proposal.commits.clone();
        let Some(git) = git else {
            let gap = gap(
                "there is no clone of the repository here to read them from",
                commits.len(),
                None,
            );
            return Self { commits, changed: None, gap: Some(gap) };
        };
        let reader = Reader { target, proposal, git, session, wants_files };
        let whole = reader.here().map_or_else(|| reader.deepened(), Ok);
        whole.unwrap_or_else(|why| reader.part(commits, why))
    }
}

struct Reader<'a> {
    target: &'a Target,
    proposal: &'a Proposal,
    git: &'a Git,
    session: &'a Session,
    wants_files: bool,
}

impl Reader<'_> {
    fn pages(&self) -> Pages {
        let own = Pages::from_host(&self.session.context);
        own.filter(|pages| pages.repository == self.target.page.repository)
            .unwrap_or_else(|| Pages::new(self.target.page.repository.clone()))
    }

    /// How many commits the host counts.
    fn counted(&self) -> Option<usize> {
        let told = self.target.told.as_ref().filter(|_| self.target.group.is_none())?;
        told.commits.and_then(|count| usize::try_from(count).ok())
    }

    fn head(&self) -> &str {
        self.target.group.as_ref().map_or(&self.proposal.head_sha, |group| &group.head_sha)
    }

    /// What the head may be compared with, the best first. The base that an event names can be older than the branch that
    /// was merged into the head meanwhile, and a merged pull request is inside its base.
    fn bases(&self) -> Vec<String> {
        if let Some(group) = &self.target.group {
            return vec![group.base_sha.clone()];
        }
        let told = self.target.told.as_ref().and_then(|told| told.base_sha.clone());
        let branch = &self.proposal.target_branch;
        let before_merge = self.proposal.merge_sha.as_ref().map(|sha| format!("{sha}^1"));
        let branches = [format!("refs/remotes/origin/{branch}"), format!("refs/heads/{branch}")];
        told.into_iter().chain(before_merge).chain(branches).collect()
    }

    /// Whether a list is proved to be all: its ends have met and, where the host counts, it has as many.
    fn is_whole(&self, between: &Between) -> bool {
        let is_merged = self.proposal.pull_request.state == PullRequestState::Merged;
        let fits = match self.counted() {
            Some(count) => between.commits.len() == count,
            None => !(between.commits.is_empty() && is_merged),
        };
        between.missing.is_none() && fits
    }

    fn here(&self) -> Option<History> {
        let pages = self.pages();
        let mut bases = self.bases().into_iter();
        bases.find_map(|base| {
            let between = self.git.between(&base, self.head(), &pages).ok()?;
            let whole = self.is_whole(&between).then_some(between.commits)?;
            let changed = self.files(self.git, &base, self.head());
            (changed.is_some() || !self.wants_files).then_some(History {
                commits: whole,
                changed,
                gap: None,
            })
        })
    }

    fn files(&self, git: &Git, base: &str, head: &str) -> Option<Vec<String>> {
        if self.wants_files { git.changed(base, head).ok() } else { None }
    }

    /// What a fetch brings, or why it brings nothing.
    fn deepened(&self) -> Result<History, Option<String>> {
        let told = self.target.told.as_ref().and_then(|told| told.base_sha.clone());
        let group = self.target.group.as_ref().map(|group| group.base_sha.clone());
        let branch = Some(self.proposal.target_branch.clone()).filter(|_| group.is_none());
        let bases = group.or(told).into_iter().chain(branch);
        let mut why = None;
        for base in bases.filter(|base| !base.is_empty()) {
            match self.deepen(&base) {
                Ok(Some(history)) => return Ok(history),
                Ok(None) => {}
                Err(error) => why = Some(error.message),
            }
        }
        Err(why.map(|why| untrusted::line(&self.session.redacted(&why))))
    }

    fn deepen(&self, base: &str) -> Result<Option<History>> {
        let deadline = self.session.deadline;
        let how = Deepening {
            env: &self.session.env,
            deadline: deadline.checked_sub(RESERVE).unwrap_or(deadline),
            with_trees: self.wants_files,
        };
        let ends = Ends { base, head: self.head() };
        let deepened = self.git.deepen(ends, &how, &self.pages())?;
        if !self.is_whole(&deepened.between) {
            return Ok(None);
        }
        let Ends { base, head } = deepened.ends();
        let changed = self.files(&deepened.git, base, head);
        Ok(Some(History { commits: deepened.between.commits.clone(), changed, gap: None }))
    }

    /// The longest part that there is, and what is missing.
    fn part(&self, told: Vec<Commit>, failed: Option<String>) -> History {
        let pages = self.pages();
        let mut unreadable = None;
        let here = self.bases().into_iter().filter_map(|base| {
            let between = self.git.between(&base, self.head(), &pages);
            let between = between.map_err(|error| unreadable = Some(error.message)).ok()?;
            Some((between.commits, self.files(self.git, &base, self.head())))
        });
        let (here, changed) = here.max_by_key(|(commits, _)| commits.len()).unwrap_or_default();
        let unreadable = unreadable.map(|why| untrusted::line(&self.session.redacted(&why)));
        let why = match (unreadable, failed) {
            (Some(unreadable), _) => format!("cannot {unreadable}"),
            _ if !self.git.is_shallow() && self.git.has(self.head()) => {
                "the clone does not show where it begins".to_owned()
            }
            (None, Some(failed)) if self.git.is_shallow() => {
                format!("this clone is shallow; cannot {failed}")
            }
            (None, Some(failed)) => {
                format!("the clone does not have its newest commit; cannot {failed}")
            }
            (None, None) => {
                "this clone is shallow, and the remote's history is no other".to_owned()
            }
        };
        // More than the host counts are others' commits.
        let most = self.counted().unwrap_or(usize::MAX);
        let commits = if here.len() > told.len() && here.len() <= most { here } else { told };
        let gap = if self.proposal.complete {
            None
        } else {
            Some(gap(&why, commits.len(), self.counted()))
        };
        History { commits, changed, gap }
    }
}

fn gap(why: &str, read: usize, counted: Option<usize>) -> Gap {
    let of = counted.map(|count| format!(" of {count}")).unwrap_or_default();
    Gap {
        what: format!("only {read}{of} commits of the pull request could be read: {why}"),
        hint: "check out the whole history, with `fetch-depth: 0` or `GIT_DEPTH: 0`, and run again"
            .to_owned(),
    }
}
