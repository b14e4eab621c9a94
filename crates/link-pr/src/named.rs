//! Which items a pull request names, where, and what they are to it. Pure: from texts to items.

mod author;
mod special;

use crate::{facts::Facts, policy::Policy, standing};
use app::{Result, naming::Naming};
use backend::{
    model::{Commit, WorkItemId},
    reference::{About, Extraction, Finder, Form, Grammar, Layout, Place, Reference, Tier, smart},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What an item is to a pull request; the strongest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bond {
    /// A text says that this finishes it.
    Closes,
    /// This is its work: a title, a branch or a subject says so.
    Work,
    /// A text points at it: `Refs: SHOP-12`, `part of SHOP-12`.
    Refs,
    /// A text only mentions it.
    Mentions,
}

impl Bond {
    /// The word for it, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Closes => "closes",
            Self::Work => "work",
            Self::Refs => "refs",
            Self::Mentions => "mentions",
        }
    }
}

/// An item that is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id in normal form.
    pub id: WorkItemId,
    /// The strongest that is said of it.
    pub bond: Bond,
    /// What made the bond, such as "keyword `fixes`".
    pub why: String,
    /// Where it is named: `title`, `branch`, `body`; each once.
    pub places: Vec<&'static str>,
    /// Ids of the commits that name it.
    pub commits: Vec<String>,
}

/// Something that looks like an item and is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// As written.
    pub text: String,
    /// Where: `title`, `branch`, `body`, or a commit's short id.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// What a pull request says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Items, the title's first, then the branch's, the text's and the commits'.
    pub items: Vec<Item>,
    /// What was left.
    pub left: Vec<Left>,
    /// Items that it names and takes back: a former run may have linked them.
    pub let_go: Vec<WorkItemId>,
    /// How it says that it is about no item, where it does.
    pub opt_out: Option<String>,
    /// What makes it a backport: work that is done elsewhere.
    pub backport: Option<String>,
    /// True for a program's.
    pub is_bots: bool,
    /// For each commit, the later one that takes it back.
    pub taken_back: Vec<Option<usize>>,
}

const TAKEN_BACK: &str = "it names work that is taken back";
const BOTS: &str = "a program's text speaks of other projects' work";

/// Reads what a pull request names.
pub fn read(facts: &Facts, naming: &Naming, policy: &Policy) -> Result<Named> {
    let finder = naming.finder()?.with_grammar(facts.grammar);
    let proposal = &facts.proposal;
    let mut reader = Reader {
        facts,
        naming,
        finder,
        named: Named {
            opt_out: special::opt_out(proposal, &policy.opt_out),
            backport: special::backport(facts),
            is_bots: author::is_bots(proposal),
            taken_back: standing::taken_back(&proposal.commits),
            ..Named::default()
        },
        places: HashMap::new(),
    };
    reader.title_and_body();
    reader.branch();
    proposal.commits.iter().enumerate().for_each(|(index, commit)| reader.commit(index, commit));
    Ok(reader.named)
}

struct Reader<'a> {
    facts: &'a Facts,
    naming: &'a Naming,
    finder: Finder,
    named: Named,
    places: HashMap<WorkItemId, usize>,
}

impl Reader<'_> {
    /// What is one of our items. On GitHub, which numbers pull requests and issues together, the own number is none.
    fn ours(&self, found: Extraction) -> Extraction {
        let mut found = self.naming.resolve(found, &self.facts.repository);
        if self.facts.grammar == Grammar::GitHub {
            let own = &self.facts.proposal.pull_request;
            let own = [format!("#{}", own.number), format!("{}#{}", own.repository, own.number)];
            found.references.retain(|reference| {
                !own.iter().any(|own| own.eq_ignore_ascii_case(reference.item.as_str()))
            });
        }
        found
    }

    /// Title and text are one message, so that the text's last paragraph can hold trailers.
    fn title_and_body(&mut self) {
        let proposal = &self.facts.proposal;
        let title = proposal.pull_request.title.replace(['\r', '\n'], " ");
        let message = format!("{title}\n\n{}", proposal.description);
        let found = self.ours(self.finder.read(&message, Layout::Markdown));
        for reference in found.references {
            let is_titles = reference.span.start < title.len();
            match (is_titles, self.named.is_bots) {
                (true, _) if reference.about == About::Reverted => {
                    self.leave(&reference, "title", TAKEN_BACK);
                }
                (true, _) => self.add(&reference, title_bond(&reference), "title", None),
                (false, true) => self.leave(&reference, "body", BOTS),
                (false, false) => self.add(&reference, bond(&reference), "body", None),
            }
        }
        for skipped in found.skipped {
            let place = if skipped.span.start < title.len() { "title" } else { "body" };
            self.left(skipped.text, place.to_owned(), &skipped.reason);
        }
    }

    fn branch(&mut self) {
        let name = &self.facts.proposal.source_branch;
        let found = self.ours(self.finder.find_branch(name));
        for reference in found.references {
            if reference.about == About::Reverted {
                self.leave(&reference, "branch", TAKEN_BACK);
            } else {
                self.add(&reference, Bond::Work, "branch", None);
            }
        }
        for skipped in found.skipped {
            self.left(skipped.text, "branch".to_owned(), &skipped.reason);
        }
    }

    fn commit(&mut self, index: usize, commit: &Commit) {
        let found = self.ours(self.finder.find(&commit.message));
        let mut lines = smart::Lines::of(&commit.message);
        let is_bots = author::is_bots_name(&commit.author);
        let by = self.named.taken_back.get(index).copied().flatten();
        let by = by.and_then(|by| self.facts.proposal.commits.get(by));
        for reference in found.references {
            let in_subject = matches!(reference.place, Place::Subject | Place::Branch);
            if let Some(by) = by {
                let reason = format!("commit {} takes it back", by.short_sha());
                self.leave(&reference, commit.short_sha(), &reason);
            } else if reference.about == About::Reverted {
                self.leave(&reference, commit.short_sha(), TAKEN_BACK);
            } else if is_bots && !in_subject {
                self.leave(&reference, commit.short_sha(), BOTS);
            } else {
                let reference = smartly(reference, &mut lines);
                self.add(&reference, bond(&reference), "", Some(&commit.sha));
            }
        }
        for skipped in found.skipped {
            self.left(skipped.text, commit.short_sha().to_owned(), &skipped.reason);
        }
    }

    fn leave(&mut self, reference: &Reference, place: &str, reason: &str) {
        self.named.let_go.push(reference.item.clone());
        self.left(reference.item.to_string(), place.to_owned(), reason);
    }

    fn left(&mut self, text: String, place: String, reason: &str) {
        self.named.left.push(Left { text, place, reason: reason.to_owned() });
    }

    fn add(
        &mut self,
        reference: &Reference,
        bond: Bond,
        place: &'static str,
        commit: Option<&String>,
    ) {
        let next = self.named.items.len();
        let at = *self.places.entry(reference.item.clone()).or_insert(next);
        if at == next {
            self.named.items.push(Item {
                id: reference.item.clone(),
                bond,
                why: reference.reason.to_string(),
                places: Vec::new(),
                commits: Vec::new(),
            });
        }
        let item = &mut self.named.items[at];
        if bond < item.bond {
            (item.bond, item.why) = (bond, reference.reason.to_string());
        }
        match commit {
            Some(sha) if item.commits.last() != Some(sha) => item.commits.push(sha.clone()),
            None if !item.places.contains(&place) => item.places.push(place),
            _ => {}
        }
    }
}

/// A key that a smart commit finishes is closed by it.
fn smartly(mut reference: Reference, lines: &mut smart::Lines<'_>) -> Reference {
    let done = lines.at(reference.span.start).and_then(|line| line.done);
    if let Some(word) = done.filter(|_| reference.form == Form::Key) {
        reference.reason = format!("smart commit `#{word}`").into();
        reference.tier = Tier::Closes;
    }
    reference
}

/// Whether an id can stand in a hidden comment or a file as it is.
pub(crate) fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/#-".contains(c);
    !id.is_empty() && id.len() <= 200 && id.chars().all(plain) && !id.contains("--")
}

/// What a title names is its work, unless it takes it back or points at it. A number does so at its beginning only,
/// `#12: add the cart` or `[#12] Add the cart`: elsewhere it may be a pull request's, and may only count.
fn title_bond(reference: &Reference) -> Bond {
    let is_named = reference.form != Form::Number || reference.span.start <= 1;
    match bond(reference) {
        Bond::Mentions if reference.is_bare() && is_named => Bond::Work,
        Bond::Refs if !reference.points => Bond::Work,
        bond => bond,
    }
}

fn bond(reference: &Reference) -> Bond {
    match (reference.tier, reference.place) {
        (Tier::Closes, _) => Bond::Closes,
        (Tier::Refs, Place::Subject) if !reference.points => Bond::Work,
        (Tier::Refs, _) => Bond::Refs,
        (Tier::Mentions, _) => Bond::Mentions,
    }
}

#[cfg(test)]
mod tests;
