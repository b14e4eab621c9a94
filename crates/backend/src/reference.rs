//! References to work items in text.
//!
//! One lexer finds everything that has the shape of a reference. Two questions are asked of it:
//! [`Prefixes::keys`] (`extract`): which keys does this message name, wherever they stand? And [`Finder::find`]
//! (linking): which of them does this commit speak for, and does it close them? Code, quotations, HTML comments and lists
//! of squashed commits name items for the first question and are skipped, with the reason, for the second.
//!
//! What a message closes is what its host and its tracker would close: nothing is closed by a reference whose keyword is
//! taken back (`doesn't fix`), on another line, quoted, or in a revert.

mod around;
mod branch;
mod closing;
mod dump;
mod evidence;
mod fence;
mod finder;
mod foreign;
mod inline;
mod judge;
mod key;
mod keyword;
mod lexer;
mod lineage;
mod lookalikes;
mod markdown;
mod message;
mod number;
mod origin;
mod position;
mod prefixes;
mod revert;
pub mod smart;
mod subject;
mod suggest;
mod trailer;
mod url;
mod usage;

pub use closing::{Closing, closings};
pub use evidence::Learner;
pub use finder::Finder;
pub use lineage::{picked, reverted};
pub use message::{Layout, spoken_lines};
pub use origin::{Origin, origin};
pub use prefixes::Prefixes;
pub use revert::reverted_subject;
pub use subject::About;
pub use suggest::Suggestion;
pub use trailer::undivided as trailers;

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod tests;

use crate::model::WorkItemId;
use foreign::Foreign;
use lexer::{Shape, Token};
use position::Spot;
use prefixes::Verdict;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    ops::Range,
};
use subject::about_depth;

/// How a tracker's items are named in commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// `SHOP-12`: Jira, Linear and the embedded tracker.
    Key,
    /// `AB#123`: Azure Boards.
    AzureBoards,
    /// `#123`, `owner/repo#123`: GitHub, GitLab.
    Number,
    /// A tracker's own, such as a plugin's: a regular expression whose first group is the id.
    Custom(Cow<'static, str>),
}

/// How strongly a text speaks of an item; the strongest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Says that the item is done: `Fixes SHOP-12`.
    Closes,
    /// Says that this is work for the item: `Refs: SHOP-12`, `SHOP-12: ...` as a subject, a branch's name.
    Refs,
    /// Names the item.
    Mentions,
}

impl Tier {
    fn min_refs(self) -> Self {
        self.max(Self::Refs)
    }
}

/// Where a reference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the trailer block, as git reads it.
    Trailer,
    /// In the first line.
    Subject,
    /// In the text.
    Body,
    /// In the name of a branch, also of one that a merge commit names.
    Branch,
}

/// How a reference is written; [`Pattern`] without its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `SHOP-12`.
    Key,
    /// `AB#123`.
    AzureBoards,
    /// `#123`, `owner/repo#123`.
    Number,
    /// A plugin's own.
    Custom,
}

/// Whose rules say what a keyword in front of a number closes. Keys and Azure Boards have one grammar everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grammar {
    /// What every host agrees on.
    #[default]
    Common,
    /// The word is repeated for each number; `close`, `fix`, `resolve` and their forms.
    GitHub,
    /// One word closes a whole list; `closing`, `fixing`, `resolving` and the forms of `implement` close as well.
    GitLab,
}

/// Whether a program named the branch.
pub fn is_robots_branch(name: &str) -> bool {
    branch::is_robots(name)
}

/// A reference to a work item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The item in its normal form: `SHOP-12`, `AB#123`, `#123`, `owner/repo#123`, `group/project#123`.
    pub item: WorkItemId,
    /// How it is written.
    pub form: Form,
    /// How strongly the text speaks of it.
    pub tier: Tier,
    /// Where it stands.
    pub place: Place,
    /// Whose work it is named as.
    pub about: About,
    /// True where a word says no more than that it points at the item, wherever that stands: `part of`, `Refs:`.
    pub points: bool,
    /// The page that it is named by, where it is named so.
    #[serde(skip)]
    pub page: Option<::url::Url>,
    /// Bytes of the text that it takes.
    pub span: Range<usize>,
    /// What made the tier, such as "keyword `fixes`".
    pub reason: Cow<'static, str>,
}

impl Reference {
    /// True for a name without any word that says what it is there for, or that takes it back.
    pub fn is_bare(&self) -> bool {
        self.tier == Tier::Mentions && self.reason.starts_with("bare ")
    }
}

/// Something that looks like a reference and is not used as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// As written.
    pub text: String,
    /// Bytes of the text that it takes.
    pub span: Range<usize>,
    /// Why it is not used.
    pub reason: Cow<'static, str>,
    /// The item, when it is one and only its surroundings do not speak for it: code, a quotation, a list of squashed
    /// commits.
    pub item: Option<WorkItemId>,
}

/// What a text says about work items, in order of appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Extraction {
    /// References, each occurrence.
    pub references: Vec<Reference>,
    /// Look-alikes and references that do not count, each with its reason.
    pub skipped: Vec<Skipped>,
}

impl Extraction {
    /// The strongest reference to each item, in order of first appearance.
    pub fn strongest(&self) -> Vec<&Reference> {
        let mut places = HashMap::new();
        let mut strongest: Vec<&Reference> = Vec::new();
        for reference in &self.references {
            let place = *places.entry(&reference.item).or_insert(strongest.len());
            match strongest.get_mut(place) {
                Some(known) if reference.tier < known.tier => *known = reference,
                Some(_) => {}
                None => strongest.push(reference),
            }
        }
        strongest
    }
}

impl Prefixes {
    /// Every key that a message names, in upper case and in order of appearance, each once.
    ///
    /// This is the question of `extract`: which keys stand in this message, wherever they stand. Code, quotes and dumps
    /// of other commits count; what they mean for linking is [`Finder`]'s question.
    pub fn keys(&self, message: &str) -> Vec<String> {
        let subject_end = message::subject(message).end;
        let foreign = Foreign::of(message);
        let mut seen = HashSet::new();
        lexer::tokens(message)
            .filter_map(|token| {
                let at = token.span.start;
                match self.verdict(message, &token, at < subject_end, &foreign) {
                    Verdict::Item(key) => {
                        (self.vouches_for(&key) || !foreign.is_quoted(at)).then_some(key)
                    }
                    Verdict::LookAlike(_) | Verdict::Noise => None,
                }
            })
            .filter(|key| seen.insert(key.clone()))
            .collect()
    }

    fn verdict(
        &self,
        text: &str,
        token: &Token<'_>,
        in_subject: bool,
        foreign: &Foreign<'_>,
    ) -> Verdict {
        let verdict = match &token.shape {
            Shape::Key(key) => {
                let spot = Spot { text, span: &token.span, in_subject };
                self.judge(key, token.inside, spot)
            }
            Shape::Url(url::Item::Key { prefix, number }) => self.judge_page(prefix, *number),
            Shape::Url(_) | Shape::Number(_) => Verdict::Noise,
        };
        match verdict {
            Verdict::Item(key) if !self.vouches_for(&key) && foreign.is_note(token.span.start) => {
                Verdict::LookAlike("it stands in another project's release notes".into())
            }
            verdict => verdict,
        }
    }
}
