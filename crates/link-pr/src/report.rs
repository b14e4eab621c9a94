//! What a pull request itself is told: one comment, and a status beside its newest commit.

use crate::{
    decide::{Reason, Verdict},
    named::{self, Item},
    pass::Outcome,
    policy::Level,
};
use backend::{
    ErrorKind,
    code_host::{CodeHost, CommitState, CommitStatus},
    text::Markdown,
};
use url::Url;

/// Begins the one comment of a pull request. It renders as nothing.
pub(crate) const MARKER: &str = "<!-- devops-integrations:link-pr -->";

/// Begins the hidden line that remembers what is linked.
const STATE: &str = "<!-- linked: ";

/// The name of the status.
const CONTEXT: &str = "devops-integrations/link-pr";

/// Rows of the comment's table.
const MOST_ROWS: usize = 50;

/// Comments and reports the verdict. A token that may only read, as in a fork's run, costs these and not the verdict.
pub(crate) async fn on_host(outcome: &mut Outcome, host: &dyn CodeHost, run: Option<&str>) {
    let page = outcome.facts.proposal.pull_request.url.clone();
    let mut told = Vec::new();
    if outcome.facts.queued.is_none() {
        let has_comment = host.find_comment(&page, MARKER).await.is_ok_and(|it| it.is_some());
        if has_comment || has_something_to_say(outcome) {
            let body = comment(outcome);
            let written = host.upsert_comment(&page, MARKER, &body).await.map(drop);
            told.push(written.map_err(|error| error.during("comment on the pull request")));
        }
    }
    let status = status(outcome, run);
    let sent = host.set_status(&page, outcome.facts.judged_sha(), &status).await;
    told.push(sent.map_err(|error| error.during("report the status")));
    for error in told.into_iter().filter_map(Result::err) {
        match error.kind {
            ErrorKind::Forbidden | ErrorKind::Unsupported => {
                outcome.notes.push(format!("cannot {error}; {}", error.hint()));
            }
            _ => outcome.failures.push(error),
        }
    }
}

fn has_something_to_say(outcome: &Outcome) -> bool {
    let plan = &outcome.plan;
    !plan.links.is_empty() || !plan.withdrawn.is_empty() || !plan.reasons.is_empty()
}

/// Items to look at in the next run: those that are linked, and those that could not be unlinked.
pub(crate) fn state(outcome: &Outcome) -> Vec<String> {
    let done = &outcome.done;
    let linked = done.links.iter().filter(|(_, link)| link.is_ok()).map(|(item, _)| &item.id);
    let stuck = done.withdrawn.iter().filter(|(_, outcome)| outcome.is_err());
    let mut items: Vec<&backend::model::WorkItemId> =
        linked.chain(stuck.map(|(withdrawal, _)| &withdrawal.item)).collect();
    if !outcome.plan.complete {
        // What was not read whole was not withdrawn either.
        items.extend(&outcome.facts.earlier.items);
    }
    let mut words: Vec<String> =
        items.into_iter().map(ToString::to_string).filter(|id| named::is_plain(id)).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The items that a comment remembers.
pub(crate) fn remembered(comment: &str) -> Vec<String> {
    let rest = comment.split_once(STATE).map(|(_, rest)| rest);
    let words = rest.and_then(|rest| rest.split_once(" -->")).map(|(words, _)| words);
    words
        .unwrap_or_default()
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn status(outcome: &Outcome, run: Option<&str>) -> CommitStatus {
    let plan = &outcome.plan;
    let worst = plan.reasons.iter().max_by_key(|reason| reason.level);
    let linked = match plan.links.len() {
        0 => "no work item".to_owned(),
        1 => format!("linked to {}", plan.links[0].id),
        more => format!("linked to {more} work items"),
    };
    CommitStatus {
        context: CONTEXT.to_owned(),
        state: if plan.verdict == Verdict::Fail {
            CommitState::Failure
        } else {
            CommitState::Success
        },
        description: worst.map_or(linked, |reason| reason.message.clone()),
        target_url: run.and_then(|run| Url::parse(run).ok()),
    }
}

/// The comment: a table of the items, then what there is to say. Every id is code, so that no host makes a reference or a
/// closing word of it.
fn comment(outcome: &Outcome) -> Markdown {
    let plan = &outcome.plan;
    let mut text = format!("{STATE}{} -->\n", state(outcome).join(" "));
    text.push_str(match plan.verdict {
        Verdict::Fail => "**Work items: this should not go in like this.**\n",
        _ if plan.links.is_empty() => "**No work item is linked.**\n",
        _ => "**Work items**\n",
    });
    if !plan.links.is_empty() {
        text.push_str("\n| Item | Named in | Why |\n| --- | --- | --- |\n");
        plan.links.iter().take(MOST_ROWS).for_each(|item| text.push_str(&row(item)));
        if plan.links.len() > MOST_ROWS {
            text.push_str(&format!("\n{} more are linked.\n", plan.links.len() - MOST_ROWS));
        }
    }
    for reason in &plan.reasons {
        text.push_str(&format!("\n{}", remark(reason)));
    }
    Markdown::from_template(text.trim_end())
}

/// A reason as an entry of a list.
pub(crate) fn remark(reason: &Reason) -> String {
    let level = if reason.level == Level::Fail { "Error" } else { "Warning" };
    let (message, hint) =
        (Markdown::quote_line(&reason.message), Markdown::quote_line(&reason.hint));
    let stop = if reason.message.ends_with('?') { "" } else { "." };
    format!("- {level}: {message}{stop} {hint}.")
}

fn row(item: &Item) -> String {
    let id = Markdown::code_span(item.id.as_str()).as_str().replace('|', "\\|");
    format!("| {id} | {} | {} |\n", places(item), cell(&item.why))
}

/// Where an item is named, for people.
pub(crate) fn places(item: &Item) -> String {
    let mut places: Vec<String> = item.places.iter().map(ToString::to_string).collect();
    match item.commits.as_slice() {
        [] => {}
        [one] => places.push(format!("commit {}", one.get(..12).unwrap_or(one))),
        more => places.push(format!("{} commits", more.len())),
    }
    places.join(", ")
}

/// Untrusted text in a table's cell.
pub(crate) fn cell(text: &str) -> String {
    Markdown::quote_line(text).as_str().replace('|', "&#124;")
}
