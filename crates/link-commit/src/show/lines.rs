//! The lines that people see.

use super::{View, count, planned};
use crate::{
    link::{Job, Outcome},
    smart::Applied,
};
use app::untrusted;
use backend::model::{Link, WorkItemId};

/// The lines of a run that could link.
pub(super) fn lines(outcome: &Outcome, linked: &[(&Job, &Link)], view: View) -> String {
    let width = linked.iter().map(|(_, link)| link.item.as_str().len()).max().unwrap_or_default();
    let mut text = String::new();
    for (job, link) in linked {
        let verb = match (link.existed, view.dry) {
            (true, _) => "was linked",
            (false, true) => "to link",
            (false, false) => "linked",
        };
        let commit = &outcome.commits[job.commit];
        let item = id(&link.item);
        let subject = untrusted::line(commit.subject());
        text.push_str(&format!("{verb:<10}  {item:width$}  {}  {subject}\n", commit.short_sha()));
    }
    // On every run a line for UTF-8 would bury the others; where nothing was linked it may be the explanation.
    if view.verbose || linked.is_empty() {
        for skipped in &outcome.skipped {
            text.push_str(&format!(
                "{:<10}  {}: {}\n",
                "skipped",
                untrusted::line(&skipped.text),
                skipped.reason
            ));
        }
    }
    text.push_str(&moves(outcome, view));
    text.push_str(&commands(outcome, view));
    let made = planned(linked);
    let verb = if view.dry { "to make" } else { "made" };
    let (read, links) = (count(outcome.commits.len(), "commit"), count(made, "link"));
    text.push_str(&format!("{read} read, {links} {verb}, {} there before\n", linked.len() - made));
    text
}

fn moves(outcome: &Outcome, view: View) -> String {
    let moved = &outcome.moved;
    let verb = if view.dry { "to move" } else { "moved" };
    let done =
        moved.done.iter().zip(std::iter::repeat(moved.target)).filter_map(|((item, from), to)| {
            Some(format!("{verb:<10}  {}: {from} -> {}\n", id(item), to?))
        });
    let kept = moved
        .kept
        .iter()
        .map(|(item, is)| format!("{:<10}  {}: it is {is} already\n", "not moved", id(item)));
    done.chain(kept).collect::<Vec<_>>().concat()
}

fn commands(outcome: &Outcome, view: View) -> String {
    let line = |it: &Applied| {
        let sha = outcome.commits[it.commit].short_sha();
        let what = untrusted::line(&it.what);
        match (it.skipped, view.dry) {
            (Some(why), _) => {
                format!("{:<10}  {}  {sha}: {what}, since {why}\n", "not done", id(&it.item))
            }
            (None, true) => format!("{:<10}  {}  {sha}: {what}\n", "to do", id(&it.item)),
            (None, false) => format!("{:<10}  {}  {sha}: {what}\n", "done", id(&it.item)),
        }
    };
    outcome.smart.iter().flat_map(|(applied, _)| applied).map(line).collect()
}

/// The lines of a run without a token.
pub(super) fn without_token(outcome: &Outcome, jobs: &[Job]) -> String {
    let mut text = "skipped: no token (a fork's run gets no secrets)\n".to_owned();
    for job in jobs {
        let sha = outcome.commits[job.commit].short_sha();
        text.push_str(&format!("{:<10}  {}  {sha}\n", "not linked", id(&job.item)));
    }
    text
}

fn id(item: &WorkItemId) -> String {
    untrusted::line(item.as_str())
}
