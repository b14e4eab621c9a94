//! From facts to a plan: a pure function. What is done with the plan is another file's business.

mod panel;
mod verdict;

pub use panel::PanelPlan;

use crate::{
    facts::{Facts, Known},
    guard::Accident,
    named::{Bond, Item, Named},
    paths,
    policy::{Level, Mentions, Policy},
};
use backend::model::{PullRequestState, Status, WorkItemId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be done, and what is to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Items to link, in the order in which they are named.
    pub links: Vec<Item>,
    /// Items to take the link away from.
    pub withdrawn: Vec<Withdrawal>,
    /// What the tracker's development panel is to show; `None` where there is none, or nobody is to touch it.
    pub panel: Option<PanelPlan>,
    /// Items to move, and those that are not moved though they could be meant.
    pub transitions: Vec<Transition>,
    /// Items that are named and not linked.
    pub refused: Vec<Refusal>,
    /// What there is to say.
    pub reasons: Vec<Reason>,
    /// The worst of the reasons.
    pub verdict: Verdict,
    /// False when something could not be read whole.
    pub complete: bool,
}

/// An item whose link is no longer true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The item.
    pub item: WorkItemId,
    /// Why.
    pub why: String,
}

/// An item that goes to another state, or stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The item.
    pub item: WorkItemId,
    /// Where it is, as far as the tracker said.
    pub from: Option<Status>,
    /// Where it is to go.
    pub to: Status,
    /// Why it stays; `None` when it goes.
    pub kept: Option<String>,
}

/// An item that is named and not linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The item.
    pub item: WorkItemId,
    /// Why.
    pub why: String,
}

/// Something to say about a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The part of the policy that it comes from.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is the case.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// What a run says in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All is well.
    Pass,
    /// Something should be looked at.
    Warn,
    /// It should not go in like this.
    Fail,
}

impl Verdict {
    /// The word for it, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// Decides.
pub(crate) fn decide(
    facts: &Facts,
    named: &Named,
    accidents: &[Accident],
    policy: &Policy,
) -> Plan {
    let sorted = sort(facts, named, policy);
    let reasons = verdict::reasons(facts, named, accidents, &sorted, policy);
    let is_whole = reasons.iter().all(|reason| reason.rule != "incomplete");
    let verdict = reasons.iter().map(|reason| match reason.level {
        Level::Off => Verdict::Pass,
        Level::Warn => Verdict::Warn,
        Level::Fail => Verdict::Fail,
    });
    let verdict = verdict.max().unwrap_or(Verdict::Pass);
    let is_queued = facts.queued.is_some();
    let links = if is_queued { Vec::new() } else { sorted.holding.clone() };
    let withdrawing = Withdrawing::of_facts(facts, named, &sorted);
    let withdrawn = if is_queued { Vec::new() } else { withdrawing.links() };
    let panel = panel::plan(facts, &sorted, policy, &withdrawing).filter(|_| !is_queued);
    let transitions =
        if is_queued { Vec::new() } else { transitions(facts, named, &sorted, policy) };
    Plan {
        links,
        withdrawn,
        panel,
        transitions,
        refused: sorted.refused,
        reasons,
        verdict,
        complete: facts.gaps.is_empty() && is_whole,
    }
}

/// The named items, sorted into those whose link holds and those that are refused.
#[derive(Debug, Default)]
struct Sorted {
    holding: Vec<Item>,
    refused: Vec<Refusal>,
    /// Items that are not there.
    gone: Vec<WorkItemId>,
    /// Items that the changed files do not allow, and the projects that they do.
    misplaced: Vec<WorkItemId>,
    allowed: Option<Vec<String>>,
    /// How many are named beyond the limit.
    beyond: usize,
}

fn sort(facts: &Facts, named: &Named, policy: &Policy) -> Sorted {
    let mut sorted = Sorted::default();
    let changed = facts.changed.as_deref().unwrap_or_default();
    let allowed = paths::allowed(&policy.paths, changed);
    sorted.allowed = allowed.as_ref().map(|all| all.iter().map(ToString::to_string).collect());
    let chosen = most_meant(&named.items, policy.limit);
    for item in &named.items {
        match refusal(facts, named, item, policy, allowed.as_ref(), &chosen) {
            None => sorted.holding.push(item.clone()),
            Some(refused) => {
                match refused {
                    // A number that is only mentioned is often a pull request's.
                    Refused::Gone if item.bond == Bond::Mentions && is_number(&item.id) => {}
                    Refused::Gone => sorted.gone.push(item.id.clone()),
                    Refused::Misplaced => sorted.misplaced.push(item.id.clone()),
                    Refused::Beyond => sorted.beyond += 1,
                    Refused::Closed | Refused::OptedOut | Refused::Mentioned => {}
                }
                let why = refused.why(named, policy);
                sorted.refused.push(Refusal { item: item.id.clone(), why });
            }
        }
    }
    sorted
}

/// `acme/shop#12`, and not `AB#12`, which is an item of Azure Boards wherever it stands.
fn is_number(id: &WorkItemId) -> bool {
    id.as_str().split_once('#').is_some_and(|(before, _)| before != "AB")
}

/// The items within the limit: those that are meant most, of the same bond those that are named first.
fn most_meant(items: &[Item], limit: usize) -> BTreeSet<&WorkItemId> {
    let mut order: Vec<&Item> = items.iter().collect();
    order.sort_by_key(|item| item.bond);
    order.into_iter().take(limit).map(|item| &item.id).collect()
}

/// Why a named item is not linked.
enum Refused {
    Closed,
    OptedOut,
    Gone,
    Misplaced,
    Mentioned,
    Beyond,
}

impl Refused {
    fn why(&self, named: &Named, policy: &Policy) -> String {
        match self {
            Self::Closed => "the pull request was closed without a merge".to_owned(),
            Self::OptedOut => opted_out(named),
            Self::Gone => "it is not there, or hidden from the token".to_owned(),
            Self::Misplaced => "the changed files may not name its project".to_owned(),
            Self::Mentioned => "it is only mentioned".to_owned(),
            Self::Beyond => {
                format!("more than {} items are named, and others are meant more", policy.limit)
            }
        }
    }
}

fn opted_out(named: &Named) -> String {
    let how = named.opt_out.as_deref().unwrap_or_default();
    format!("the pull request says that it is about no item, by {how}")
}

fn refusal(
    facts: &Facts,
    named: &Named,
    item: &Item,
    policy: &Policy,
    allowed: Option<&BTreeSet<&str>>,
    chosen: &BTreeSet<&WorkItemId>,
) -> Option<Refused> {
    let is_allowed = |projects: &BTreeSet<&str>| {
        projects.iter().any(|project| paths::is_of_project(&item.id, project))
    };
    let is_mentioned = item.bond == Bond::Mentions && policy.mentions == Mentions::Ignore;
    match () {
        () if facts.proposal.pull_request.state == PullRequestState::Closed => {
            Some(Refused::Closed)
        }
        () if named.opt_out.is_some() => Some(Refused::OptedOut),
        () if facts.items.get(&item.id) == Some(&Known::Gone) => Some(Refused::Gone),
        () if !allowed.is_none_or(is_allowed) => Some(Refused::Misplaced),
        () if is_mentioned => Some(Refused::Mentioned),
        () if !chosen.contains(&item.id) => Some(Refused::Beyond),
        () => None,
    }
}

/// What becomes of links that are there and hold no longer.
struct Withdrawing<'a> {
    facts: &'a Facts,
    named: &'a Named,
    holding: BTreeSet<&'a WorkItemId>,
    refused: BTreeMap<&'a WorkItemId, &'a str>,
    /// What was not read whole takes nothing away: the missing part may name it.
    allowed: bool,
}

impl<'a> Withdrawing<'a> {
    fn of_facts(facts: &'a Facts, named: &'a Named, sorted: &'a Sorted) -> Self {
        let is_closed = facts.proposal.pull_request.state == PullRequestState::Closed;
        Self {
            facts,
            named,
            holding: sorted.holding.iter().map(|item| &item.id).collect(),
            refused: sorted.refused.iter().map(|it| (&it.item, it.why.as_str())).collect(),
            allowed: facts.gaps.is_empty() || is_closed || named.opt_out.is_some(),
        }
    }

    fn links(&self) -> Vec<Withdrawal> {
        let linked = self.facts.items.iter().filter(|(id, known)| {
            matches!(known, Known::There { linked: Some(true), .. }) && !self.holding.contains(id)
        });
        linked.filter(|_| self.allowed).map(|(id, _)| self.of(id)).collect()
    }

    fn of(&self, id: &WorkItemId) -> Withdrawal {
        let why = self.refused.get(id).map(|why| (*why).to_owned());
        let why = why.unwrap_or_else(|| no_longer_named(id, self.facts, self.named));
        Withdrawal { item: id.clone(), why }
    }
}

fn no_longer_named(id: &WorkItemId, facts: &Facts, named: &Named) -> String {
    if facts.proposal.pull_request.state == PullRequestState::Closed {
        return "the pull request was closed without a merge".to_owned();
    }
    let left = named.left.iter().find(|left| left.text.eq_ignore_ascii_case(id.as_str()));
    match left {
        Some(left) if named.opt_out.is_none() => left.reason.clone(),
        _ if named.opt_out.is_some() => opted_out(named),
        _ => "the pull request no longer names it".to_owned(),
    }
}

/// Where the items go: forward only, and only for work that this pull request does.
fn transitions(facts: &Facts, named: &Named, sorted: &Sorted, policy: &Policy) -> Vec<Transition> {
    let state = facts.proposal.pull_request.state;
    let (to, least) = match state {
        PullRequestState::Open if !facts.proposal.is_draft => (policy.on_open, Bond::Refs),
        PullRequestState::Merged => (policy.on_merge, policy.moves),
        _ => (None, Bond::Closes),
    };
    let Some(to) = to else { return Vec::new() };
    let why_none = why_nothing_moves(facts, named, state);
    let moved = sorted.holding.iter().filter(|item| item.bond <= least);
    let transition = |item: &Item| {
        let from = match facts.items.get(&item.id) {
            Some(Known::There { status, .. }) => Some(*status),
            _ => None,
        };
        let kept = why_none.clone().or_else(|| kept(from?, to, policy));
        Transition { item: item.id.clone(), from, to, kept }
    };
    moved.map(transition).collect()
}

fn why_nothing_moves(facts: &Facts, named: &Named, state: PullRequestState) -> Option<String> {
    if let Some(sign) = &named.backport {
        return Some(format!("this is a backport, by {sign}"));
    }
    let is_merged = state == PullRequestState::Merged;
    (is_merged && !facts.is_for_default_branch())
        .then(|| format!("{} is not the default branch", facts.proposal.target_branch))
}

fn kept(from: Status, to: Status, policy: &Policy) -> Option<String> {
    if policy.frozen.contains(&from) {
        return Some(format!("{from} is frozen"));
    }
    (!from.precedes(to)).then(|| format!("it is {from} already"))
}

#[cfg(test)]
mod tests;
