//! What there is to say about a pull request, rule by rule.

use super::{Reason, Sorted};
use crate::{
    facts::{Facts, NO_TOKEN},
    guard::Accident,
    named::Named,
    policy::{Bots, Level, Policy},
};
use backend::model::{PullRequestState, WorkItemId};

/// So many findings of one rule are told one by one.
const MOST_TOLD: usize = 20;

pub(super) fn reasons(
    facts: &Facts,
    named: &Named,
    accidents: &[Accident],
    sorted: &Sorted,
    policy: &Policy,
) -> Vec<Reason> {
    let is_closed = facts.proposal.pull_request.state == PullRequestState::Closed;
    let mut reasons = Vec::new();
    reasons.extend(incomplete(facts, policy));
    if !is_closed {
        reasons.extend(require(facts, named, sorted, policy));
        reasons.extend(unknown(sorted, policy));
        reasons.extend(misplaced(facts, sorted, policy));
        reasons.extend(slips(named, sorted));
        reasons.extend(beyond(named, sorted, policy));
        let is_open = facts.proposal.pull_request.state == PullRequestState::Open;
        reasons.extend(closing(accidents.iter().filter(|_| is_open), policy));
    }
    reasons.retain(|reason| reason.level != Level::Off);
    reasons
}

fn incomplete(facts: &Facts, policy: &Policy) -> Vec<Reason> {
    let reason = |gap: &crate::facts::Gap| Reason {
        rule: "incomplete",
        level: policy.incomplete,
        message: gap.what.clone(),
        hint: gap.hint.clone(),
    };
    facts.gaps.iter().map(reason).collect()
}

/// A pull request names an item, says that it is about none, or comes from a program.
fn require(facts: &Facts, named: &Named, sorted: &Sorted, policy: &Policy) -> Option<Reason> {
    let is_exempt = named.opt_out.is_some() || (named.is_bots && policy.bots == Bots::Exempt);
    if is_exempt || !sorted.holding.is_empty() {
        return None;
    }
    if facts.queued.is_some() && !facts.is_told {
        return Some(unseen(facts, policy));
    }
    let message = if sorted.refused.is_empty() {
        "the pull request names no work item".to_owned()
    } else {
        format!("the pull request names no work item that counts: {}", refused(sorted))
    };
    let hint = match policy.opt_out.tokens.first() {
        Some(token) => format!(
            "name one in the title, such as `SHOP-12: ...`, or say {token} there when there is none"
        ),
        None => "name one in the title, such as `SHOP-12: ...`".to_owned(),
    };
    Some(Reason { rule: "require", level: policy.require, message, hint })
}

/// Commits that name nothing do not say that the pull request they are of names nothing.
fn unseen(facts: &Facts, policy: &Policy) -> Reason {
    let number = facts.proposal.pull_request.number;
    Reason {
        rule: "incomplete",
        level: policy.require.min(policy.incomplete),
        message: format!(
            "the queued commits name no work item, and pull request {number} itself cannot be read here"
        ),
        hint: NO_TOKEN.to_owned(),
    }
}

fn refused(sorted: &Sorted) -> String {
    let told = sorted.refused.iter().take(3).map(|it| format!("{} ({})", it.item, it.why));
    let told: Vec<String> = told.collect();
    let more = sorted.refused.len().saturating_sub(told.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", told.join(", "))
}

fn unknown(sorted: &Sorted, policy: &Policy) -> Option<Reason> {
    (!sorted.gone.is_empty()).then(|| Reason {
        rule: "unknown_items",
        level: policy.unknown_items,
        message: format!("not there, or hidden from the token: {}", list(&sorted.gone)),
        hint: "check the id, and that the token's account may see the project".to_owned(),
    })
}

fn misplaced(facts: &Facts, sorted: &Sorted, policy: &Policy) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if !policy.paths.is_empty() && facts.changed.is_none() && facts.queued.is_none() {
        reasons.push(Reason {
            rule: "paths",
            level: policy.incomplete,
            message: "the changed files are not known, so the rules for paths were not checked"
                .to_owned(),
            hint: "check out the repository with its whole history, and run there".to_owned(),
        });
    }
    if !sorted.misplaced.is_empty() {
        let allowed = sorted.allowed.as_deref().unwrap_or_default().join(", ");
        reasons.push(Reason {
            rule: "paths",
            level: Level::Fail,
            message: format!("the changed files may not name {}", list(&sorted.misplaced)),
            hint: format!(
                "name items of {allowed}, or change those files in a pull request of their own"
            ),
        });
    }
    reasons
}

/// `KAKFA-17` where KAFKA is a project.
fn slips(named: &Named, sorted: &Sorted) -> Vec<Reason> {
    let slip = named.left.iter().filter(|left| left.reason.contains("did you mean"));
    let reason = |left: &crate::named::Left| Reason {
        rule: "spelling",
        level: Level::Warn,
        message: format!("{} in {} is not linked: {}", left.text, left.place, left.reason),
        hint: "correct the key where it was a slip".to_owned(),
    };
    let holds = |left: &&crate::named::Left| {
        sorted.holding.iter().all(|item| item.id.as_str() != left.text)
    };
    slip.filter(holds).take(MOST_TOLD).map(reason).collect()
}

fn beyond(named: &Named, sorted: &Sorted, policy: &Policy) -> Option<Reason> {
    (sorted.beyond > 0).then(|| Reason {
        rule: "limit",
        level: Level::Warn,
        message: format!(
            "{} items are named; {} are linked, those that are meant most",
            named.items.len(),
            sorted.holding.len()
        ),
        hint: format!("name fewer, or raise `limit` (now {}) in the policy", policy.limit),
    })
}

fn closing<'a>(accidents: impl Iterator<Item = &'a Accident>, policy: &Policy) -> Vec<Reason> {
    let accidents: Vec<&Accident> = accidents.collect();
    let reason = |it: &&Accident| Reason {
        rule: "closing_guard",
        level: policy.closing_guard,
        message: format!(
            "merging will close {}, for {} says \"{}\": {}",
            it.reference,
            if it.place == "body" { "the text" } else { &it.place },
            it.words,
            it.why
        ),
        hint: "say it in other words, or put something between the word and the number".to_owned(),
    };
    let mut reasons: Vec<Reason> = accidents.iter().take(MOST_TOLD).map(reason).collect();
    if accidents.len() > MOST_TOLD {
        reasons.push(Reason {
            rule: "closing_guard",
            level: policy.closing_guard,
            message: format!("{} more would be closed by accident", accidents.len() - MOST_TOLD),
            hint: "correct those that are told, and run again".to_owned(),
        });
    }
    reasons
}

fn list(items: &[WorkItemId]) -> String {
    let told: Vec<&str> = items.iter().take(MOST_TOLD).map(WorkItemId::as_str).collect();
    let more = items.len() - told.len();
    if more == 0 { told.join(", ") } else { format!("{} and {more} more", told.join(", ")) }
}
