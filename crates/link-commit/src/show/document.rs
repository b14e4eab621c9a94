//! The JSON document.

use crate::{
    link::{Job, Outcome},
    smart::Applied,
};
use app::Failure;
use backend::model::Link;
use serde_json::{Value, json};

/// The document of a run that could link.
pub(super) fn document<'a>(
    outcome: &Outcome,
    linked: &[(&Job, &Link)],
    problems: impl Iterator<Item = &'a Failure>,
) -> Value {
    let link = |(job, link): &(&Job, &Link)| {
        let commit = &outcome.commits[job.commit].sha;
        json!({ "item": link.item, "commit": commit, "url": link.url, "existed": link.existed })
    };
    let untried = "not tried: the first link failed in a way that all would";
    let mut json = json!({
        "version": 1,
        "links": linked.iter().map(link).collect::<Vec<_>>(),
        "skipped": skipped(outcome, &outcome.untried, untried),
        "complete": outcome.missing.is_none(),
        "problems": problems.map(Failure::document).collect::<Vec<_>>(),
    });
    if let Some(target) = outcome.moved.target {
        let moved =
            outcome.moved.done.iter().map(
                |(item, from)| json!({ "item": item, "from": from, "to": target, "moved": true }),
            );
        let kept = outcome
            .moved
            .kept
            .iter()
            .map(|(item, is)| json!({ "item": item, "from": is, "to": is, "moved": false }));
        json["transitions"] = moved.chain(kept).collect();
    }
    if let Some((applied, _)) = &outcome.smart {
        let command = |it: &Applied| {
            let commit = &outcome.commits[it.commit].sha;
            json!({ "item": it.item, "commit": commit, "command": it.what, "skipped": it.skipped })
        };
        json["smart_commits"] = applied.iter().map(command).collect();
    }
    json
}

/// The document of a run without a token.
pub(super) fn without_token<'a>(
    outcome: &Outcome,
    jobs: &[Job],
    problems: impl Iterator<Item = &'a Failure>,
) -> Value {
    json!({
        "version": 1,
        "links": [],
        "skipped": skipped(outcome, jobs, "no token"),
        "complete": outcome.missing.is_none(),
        "problems": problems.map(Failure::document).collect::<Vec<_>>(),
        "outcome": "skipped: no token",
    })
}

/// Items that were not linked, each with the reason; then what only looked like an item.
fn skipped(outcome: &Outcome, jobs: &[Job], reason: &str) -> Vec<Value> {
    let jobs = jobs.iter().map(|job| {
        json!({ "reference": job.item, "commit": outcome.commits[job.commit].sha, "reason": reason })
    });
    let others =
        outcome.skipped.iter().map(|it| json!({ "reference": it.text, "reason": it.reason }));
    jobs.chain(others).collect()
}
