//! The table for the CI host's summary page.

use super::{UNSHOWN, View};
use crate::{
    named::Item,
    pass::Outcome,
    report::{cell, places, remark},
};
use app::Result;
use backend::{
    model::{Link, WorkItemId},
    text::Markdown,
};

/// Rows of the table; a host shows no more than a megabyte.
const MOST_ROWS: usize = 500;

/// The summary of a run.
pub(super) fn summary(outcome: &Outcome, view: View<'_>) -> String {
    let mut text = format!(
        "### Work items of pull request {}\n\n",
        outcome.facts.proposal.pull_request.number
    );
    let rows = rows(outcome, view);
    if rows.is_empty() {
        text.push_str("No work item is linked.\n");
    } else {
        text.push_str("| Item | Named in | Why | Result |\n| --- | --- | --- | --- |\n");
        text.extend(rows.iter().take(MOST_ROWS).map(String::as_str));
        if rows.len() > MOST_ROWS {
            text.push_str(&format!("\n{} more are in the log.\n", rows.len() - MOST_ROWS));
        }
    }
    for reason in &outcome.plan.reasons {
        text.push_str(&format!("\n{}\n", remark(reason)));
    }
    text.push_str(&format!("\nVerdict: **{}**\n", outcome.plan.verdict.word()));
    text
}

fn rows(outcome: &Outcome, view: View<'_>) -> Vec<String> {
    let done = &outcome.done;
    let links = done.links.iter().map(|(item, result)| {
        let is_linked = !done.only_shown.contains(&item.id);
        named(item, &said(result, is_linked, view))
    });
    let idle = if view.withheld { "skipped: no token" } else { "planned" };
    let idle = outcome.plan.links.iter().filter(|_| view.is_idle()).map(|item| named(item, idle));
    let silent = done.silent.iter().map(|item| named(item, "kept quiet by the policy"));
    let unshown = done.unshown.iter().map(|item| named(item, UNSHOWN));
    let withdrawn = done.withdrawn.iter().map(|(it, result)| {
        let said = match result {
            Ok(()) if view.dry => "would be unlinked".to_owned(),
            Ok(()) => "unlinked".to_owned(),
            Err(error) => cell(&format!("failed: {error}")),
        };
        row(&it.item, "", &it.why, &said)
    });
    let moved = done.moved.iter().map(|(it, result)| {
        let said = match result {
            Ok(()) if view.dry => format!("would be moved to {}", it.to),
            Ok(()) => format!("moved to {}", it.to),
            Err(error) => cell(&format!("failed: {error}")),
        };
        row(&it.item, "", "", &said)
    });
    links.chain(idle).chain(silent).chain(unshown).chain(withdrawn).chain(moved).collect()
}

fn named(item: &Item, said: &str) -> String {
    row(&item.id, &places(item), &item.why, said)
}

fn row(id: &WorkItemId, places: &str, why: &str, said: &str) -> String {
    let id = Markdown::code_span(id.as_str()).as_str().replace('|', "\\|");
    format!("| {id} | {} | {} | {said} |\n", cell(places), cell(why))
}

fn said(result: &Result<Link>, is_linked: bool, view: View<'_>) -> String {
    let done = if is_linked { "linked" } else { "shown in the development panel" };
    match result {
        Ok(link) if link.existed => format!("already {done}"),
        Ok(_) if view.dry => format!("would be {done}"),
        Ok(_) => done.to_owned(),
        Err(error) => cell(&format!("failed: {error}")),
    }
}
