//! Which items a message names, for hooks: by the same rules as a run that links, without a tracker at hand.

use app::{Result, Session, forge, git::Git, naming::Naming, untrusted};
use backend::{
    Error, ErrorKind,
    model::WorkItemId,
    reference::{Closing, Extraction, Finder, Form, Grammar, Layout, Origin, closings, origin},
};
use clap::ValueEnum;
use std::collections::HashSet;
use url::Url;

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Severity {
    /// The commit or the push is stopped.
    Fail,
    /// It is said, and nothing is stopped.
    Warn,
    /// Nothing is looked for.
    Off,
}

/// The rules of a repository.
pub(crate) struct Policy {
    pub(crate) finder: Finder,
    naming: Naming,
    /// The repository's page, where it has one: a plain number is an item of it.
    page: Option<Url>,
    /// Whether somebody set up which trackers there are.
    are_trackers_known: bool,
    /// What the words in front of a number close where the repository is.
    grammar: Grammar,
}

impl Policy {
    /// Reads them from the arguments, git's settings, the environment and the configuration file. Where several trackers
    /// are set up, an item of any will do.
    pub(crate) fn of(projects: &[String], git: &Git, session: &mut Session) -> Result<Self> {
        let known = session.known(Some(git))?;
        let are_trackers_known = known.is_some();
        let naming = known.unwrap_or_else(Naming::keys).with_projects(projects);
        let finder = naming.finder()?;
        let page = git.web_url().ok();
        let grammar = page.as_ref().map(forge::grammar).unwrap_or_default();
        Ok(Self { finder, naming, page, are_trackers_known, grammar })
    }

    /// What a message says, as a run that links reads it.
    pub(crate) fn find(&self, message: &str) -> Extraction {
        self.resolve(self.finder.find(message))
    }

    /// What a message will close without meaning to, each with the reason. Where the work items are known to be in
    /// another tracker, that is every number of the repository's.
    pub(crate) fn unmeant_closings(&self, message: &str) -> Vec<(Closing, String)> {
        let is_elsewhere = self.are_trackers_known && !self.naming.has_numbers();
        let reason = |closing: &Closing| match &closing.doubt {
            Some(doubt) => Some(doubt.to_string()),
            None => (is_elsewhere && closing.form == Form::Number)
                .then(|| "the work items of this repository are in another tracker".to_owned()),
        };
        let all = closings(message, Layout::Plain, self.grammar).into_iter();
        all.filter_map(|closing| reason(&closing).map(|reason| (closing, reason))).collect()
    }

    fn resolve(&self, found: Extraction) -> Extraction {
        match &self.page {
            Some(page) => self.naming.resolve(found, page),
            None => found,
        }
    }

    /// The items of a branch's name as they are written there, each once, in order.
    pub(crate) fn of_branch(&self, branch: Option<&str>) -> Vec<WorkItemId> {
        let found = branch.map(|name| self.finder.find_branch(name)).unwrap_or_default();
        let counts: Vec<_> =
            self.resolve(found.clone()).references.into_iter().map(|it| it.span).collect();
        let mut seen = HashSet::new();
        let written = found.references.into_iter().filter(|it| counts.contains(&it.span));
        written.map(|it| it.item).filter(|item| seen.insert(item.clone())).collect()
    }

    /// How an item could be written here, for a hint.
    pub(crate) fn example(&self) -> String {
        self.naming.example()
    }
}

/// Why no item is asked of a commit; hooks and `--require` agree on it.
pub(crate) fn exemption(message: &str, is_merge: bool) -> Option<&'static str> {
    match origin(message) {
        Origin::Merge | Origin::Fold => Some("it speaks of other commits"),
        Origin::Revert => Some("it is a revert"),
        Origin::Person => is_merge.then_some("it is a merge"),
    }
}

/// The branch that a commit is made on: the one that was given, else git's, else the CI host's.
pub(crate) fn branch(given: Option<&str>, git: &Git, session: &Session) -> Option<String> {
    given.map(str::to_owned).or_else(|| git.branch()).or_else(|| session.context.branch.clone())
}

/// Projects from the arguments, else from git's setting `link-commit.projects`.
pub(crate) fn projects(given: &[String], git: &Git, session: &Session) -> Result<Vec<String>> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let said = git.setting(&["link-commit.projects"], &session.env).unwrap_or_default();
    let named = said.split(',').filter(|part| !part.trim().is_empty());
    named.map(crate::project).collect::<Result<_, _>>().map_err(|why| {
        let shown = untrusted::line(&said);
        Error::new(
            ErrorKind::Config,
            format!("use git's setting link-commit.projects `{shown}`: {why}"),
        )
        .with_hint(
            "name the projects by their keys, with `git config link-commit.projects SHOP,PAY`",
        )
    })
}

/// What becomes of a message that names no item.
pub(crate) fn missing_item(
    given: Option<Severity>,
    git: &Git,
    session: &Session,
) -> Result<Severity> {
    severity(given, "link-commit.missingitem", Severity::Fail, git, session)
}

/// What becomes of a finding: from the arguments, else from one of git's settings.
pub(crate) fn severity(
    given: Option<Severity>,
    setting: &str,
    default: Severity,
    git: &Git,
    session: &Session,
) -> Result<Severity> {
    let said = || git.setting(&[setting], &session.env);
    let Some(word) = (if given.is_some() { None } else { said() }) else {
        return Ok(given.unwrap_or(default));
    };
    Severity::from_str(&word, true).map_err(|_| {
        let shown = untrusted::line(&word);
        Error::new(
            ErrorKind::Config,
            format!("use git's setting {setting}: `{shown}` is no answer"),
        )
        .with_hint(format!("set it to fail, warn or off, with `git config {setting} warn`"))
    })
}
