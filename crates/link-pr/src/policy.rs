//! What a project wants of its pull requests. Every part has a default, so that an empty file is a policy.

use crate::{named::Bond, paths};
use app::Result;
use backend::{
    Error, ErrorKind,
    model::{Status, WorkItemId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most items that one pull request is linked to, unless the policy says another number.
const LIMIT: usize = 100;

const HINT: &str = "correct the policy; examples/link-pr/policy.yaml beside this program's source shows all that it may say";

/// How bad a finding is.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Not looked for.
    #[default]
    Off,
    /// Said, and the run passes.
    Warn,
    /// The run fails.
    Fail,
}

/// What a project wants of its pull requests.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "names with values, such as `require: fail`")]
pub struct Policy {
    /// A pull request that names no item.
    pub require: Level,
    /// Commits or texts that could not all be read.
    pub incomplete: Level,
    /// An item that is not there, or hidden from the token.
    pub unknown_items: Level,
    /// Words that make the code host close what nobody meant to close.
    pub closing_guard: Level,
    /// Where items go when the pull request is open and no draft.
    pub on_open: Option<Status>,
    /// Where items go when the pull request is merged into the default branch.
    pub on_merge: Option<Status>,
    /// What an item must be to the pull request so that a merge moves it.
    pub moves: Bond,
    /// Items in these states are never moved.
    pub frozen: Vec<Status>,
    /// What becomes of items that are only mentioned.
    pub mentions: Mentions,
    /// Whether a program's pull requests need an item.
    pub bots: Bots,
    /// How a pull request says that it is about no item.
    pub opt_out: OptOut,
    /// Which projects' items changes below a path may name.
    pub paths: Vec<PathRule>,
    /// Projects whose items are taken, in the place of the tracker's.
    pub projects: Vec<String>,
    /// How loud a link is on the item's side, by the project's prefix; `default` for all others.
    pub noise: BTreeMap<String, Noise>,
    /// Most items that one pull request is linked to.
    pub limit: usize,
}

/// What becomes of items that a text only mentions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mentions {
    /// They are linked.
    #[default]
    Link,
    /// They are left, as Linear leaves an id in a pull request's text.
    Ignore,
}

/// Whether a program's pull requests need an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bots {
    /// They need none.
    #[default]
    Exempt,
    /// They are checked like everybody's.
    Check,
}

/// How a pull request says that it is about no item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OptOut {
    /// Words in the title, or a line of their own in the text.
    pub tokens: Vec<String>,
    /// Labels.
    pub labels: Vec<String>,
}

/// Changes below a path may name items of these projects only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// A pattern as in CODEOWNERS: `payments/`, `*.proto`, `apps/**/api`.
    pub path: String,
    /// Prefixes of ids: `PAY`, `acme/shop#`, `AB#`.
    pub projects: Vec<String>,
}

/// How loud a link is on the item's side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// Nothing is written to the item.
    Off,
    /// The tracker's development panel alone shows it; a link where the tracker has none, or no credentials for it.
    Panel,
    /// A link, which tells nobody, beside the panel.
    #[default]
    Link,
    /// A link and, with the run that makes it, one comment, which tells those who watch the item.
    Comment,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            require: Level::Off,
            incomplete: Level::Fail,
            unknown_items: Level::Warn,
            closing_guard: Level::Warn,
            on_open: None,
            on_merge: None,
            moves: Bond::Work,
            frozen: vec![Status::Cancelled],
            mentions: Mentions::default(),
            bots: Bots::default(),
            opt_out: OptOut::default(),
            paths: Vec::new(),
            projects: Vec::new(),
            noise: BTreeMap::new(),
            limit: LIMIT,
        }
    }
}

impl Default for OptOut {
    fn default() -> Self {
        let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        Self {
            tokens: words(["NO-JIRA", "NO-ISSUE", "NO-TICKET"]),
            labels: words(["no-jira", "no-issue", "no-ticket"]),
        }
    }
}

impl Policy {
    /// Reads a policy. `path` is for messages.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let wrong = |why: String| {
            Error::new(ErrorKind::Config, format!("read {path}: {why}")).with_hint(HINT)
        };
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let policy: Self = yaml_serde::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if let Some(rule) = policy.paths.iter().find(|rule| rule.projects.is_empty()) {
            return Err(wrong(format!("paths: `{}` names no project", rule.path)));
        }
        if policy.limit == 0 {
            return Err(wrong("limit: it must be at least 1".to_owned()));
        }
        Ok(policy)
    }

    /// How loud links of an item are.
    pub fn noise_of(&self, item: &WorkItemId) -> Noise {
        let named = self.noise.iter().find(|(prefix, _)| paths::is_of_project(item, prefix));
        named
            .map(|(_, noise)| *noise)
            .or_else(|| self.noise.get("default").copied())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_default_and_mistakes_are_named() {
        assert_eq!(Policy::parse("p.yaml", " \n").unwrap(), Policy::default());
        let check = |text: &str, part: &str| {
            let error = Policy::parse("p.yaml", text).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Config);
            assert!(
                error.message.starts_with("read p.yaml: ") && error.message.contains(part),
                "{error}"
            );
        };
        check("requier: fail", "requier");
        check("require: loud", "loud");
        check("on_open: finished", "finished");
        check("paths: [{ path: a, projects: [] }]", "names no project");
        check("limit: 0", "at least 1");
        check("- a", "");
    }

    #[test]
    fn the_example_says_what_is_the_default() {
        let example = include_str!("../../../examples/link-pr/policy.yaml");
        let noise = [("default".to_owned(), Noise::Link)].into();
        assert_eq!(Policy::parse("it", example).unwrap(), Policy { noise, ..Policy::default() });
    }

    #[test]
    fn a_policy_is_read_whole() {
        let text = "require: fail\nincomplete: warn\non_open: in_review\non_merge: done\nmoves: closes\n\
            frozen: [blocked]\nmentions: ignore\nbots: check\nopt_out: { tokens: [NOTKT], labels: [] }\n\
            paths: [{ path: payments/, projects: [PAY] }]\nnoise: { default: link, PAY: comment, TOY: off }\n";
        let policy = Policy::parse("p.yaml", text).unwrap();
        assert_eq!((policy.require, policy.incomplete), (Level::Fail, Level::Warn));
        assert_eq!((policy.on_open, policy.moves), (Some(Status::InReview), Bond::Closes));
        let noise = |id: &str| policy.noise_of(&WorkItemId::new(id));
        assert_eq!((noise("PAY-1"), noise("TOY-1")), (Noise::Comment, Noise::Off));
        assert_eq!((noise("PAYX-1"), noise("SHOP-1")), (Noise::Link, Noise::Link));
    }
}
