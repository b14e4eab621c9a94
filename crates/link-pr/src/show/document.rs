//! The JSON document.

use super::{UNSHOWN, View, errors};
use crate::{decide::Transition, named::Item, pass::Outcome};
use app::Failure;
use backend::model::{Link, Status};
use serde_json::{Value, json};

/// The document of a run.
pub(super) fn document(outcome: &Outcome, view: View<'_>) -> Value {
    let plan = &outcome.plan;
    let mut document = json!({
        "version": 1,
        "pull_request": pull_request(outcome),
        "links": links(outcome, view),
        "withdrawn": withdrawn(outcome),
        "transitions": transitions(outcome),
        "skipped": skipped(outcome, view),
        "verdict": plan.verdict,
        "reasons": plan.reasons,
        "complete": plan.complete,
        "problems": errors(outcome).map(|error| Failure::from(error).document()).collect::<Vec<_>>(),
    });
    if view.withheld {
        document["outcome"] = "skipped: no token".into();
    } else if let Some(path) = view.plan {
        document["outcome"] = format!("planned: {}", path.display()).into();
    }
    document
}

fn pull_request(outcome: &Outcome) -> Value {
    let proposal = &outcome.facts.proposal;
    let it = &proposal.pull_request;
    json!({
        "url": it.url,
        "number": it.number,
        "repository": it.repository,
        "title": it.title,
        "state": it.state,
        "source_branch": proposal.source_branch,
        "target_branch": proposal.target_branch,
        "author": proposal.author,
        "is_draft": proposal.is_draft,
        "is_fork": proposal.is_fork,
        "head_sha": proposal.head_sha,
        "commits": proposal.commits.len(),
        "queued": outcome.facts.queued,
    })
}

/// The links that hold; of a run that did nothing, those that would, without `existed`.
fn links(outcome: &Outcome, view: View<'_>) -> Vec<Value> {
    let made =
        outcome.done.links.iter().filter_map(|(item, result)| Some((item, result.as_ref().ok()?)));
    let entry = |(item, link)| {
        let mut entry = entry(item, link);
        // What a dry run would show is not there yet.
        let there = outcome.plan.panel.as_ref().filter(|_| view.dry).map(|it| &it.before);
        entry["linked"] = (!outcome.done.only_shown.contains(&item.id)).into();
        entry["in_panel"] = there.unwrap_or(&outcome.done.shown).contains(&item.id).into();
        entry
    };
    made.map(entry).collect()
}

fn entry(item: &Item, link: &Link) -> Value {
    let mut entry = named(item);
    entry["item"] = json!(link.item);
    entry["url"] = json!(link.url);
    entry["existed"] = json!(link.existed);
    entry
}

fn named(item: &Item) -> Value {
    json!({
        "item": item.id,
        "bond": item.bond,
        "why": item.why,
        "named_in": item.places,
        "commits": item.commits,
    })
}

fn withdrawn(outcome: &Outcome) -> Vec<Value> {
    let url = &outcome.facts.proposal.pull_request.url;
    let done = outcome.done.withdrawn.iter().filter(|(_, result)| result.is_ok());
    done.map(|(it, _)| json!({ "item": it.item, "url": url, "why": it.why })).collect()
}

fn transitions(outcome: &Outcome) -> Vec<Value> {
    let done = outcome.done.moved.iter().filter(|(_, result)| result.is_ok());
    let done = done.map(|(it, _)| transition(it, true, it.to));
    let kept = outcome.plan.transitions.iter().filter(|it| it.kept.is_some());
    done.chain(kept.map(|it| transition(it, false, it.from.unwrap_or(it.to)))).collect()
}

fn transition(it: &Transition, moved: bool, to: Status) -> Value {
    json!({ "item": it.item, "from": it.from, "to": to, "moved": moved, "why": it.kept })
}

/// Items that were not linked, each with the reason; then what only looked like an item.
fn skipped(outcome: &Outcome, view: View<'_>) -> Vec<Value> {
    let reason = if view.withheld { "no token" } else { "planned" };
    let idle = outcome.plan.links.iter().filter(|_| view.is_idle());
    let idle = idle.map(|item| {
        let mut entry = named(item);
        entry["reference"] = json!(item.id);
        entry["reason"] = reason.into();
        entry
    });
    let silent = outcome.done.silent.iter();
    let silent =
        silent.map(|item| json!({ "reference": item.id, "reason": "the policy keeps it quiet" }));
    let unshown = outcome.done.unshown.iter();
    let unshown = unshown.map(|item| json!({ "reference": item.id, "reason": UNSHOWN }));
    let refused = outcome.plan.refused.iter();
    let refused = refused.map(|it| json!({ "reference": it.item, "reason": it.why }));
    let untried = outcome.done.untried.iter();
    let untried = untried.map(|item| {
        json!({ "reference": item.id, "reason": "not tried: the first link failed in a way that all would" })
    });
    let left = outcome.named.left.iter();
    let left = left.map(|it| json!({ "reference": it.text, "in": it.place, "reason": it.reason }));
    idle.chain(silent).chain(unshown).chain(refused).chain(untried).chain(left).collect()
}
