//! The table for the CI host's summary page.

use super::View;
use crate::link::{Job, Outcome};
use app::Result;
use backend::{
    model::{Commit, Link, WorkItemId},
    text::Markdown,
};

/// Rows of the table; a host shows no more than a megabyte.
const MOST_ROWS: usize = 500;

const HEAD: &str =
    "### Work items\n\n| Item | Commit | Subject | Result |\n| --- | --- | --- | --- |\n";

/// The table of a run that could link.
pub(super) fn summary(outcome: &Outcome, view: View) -> String {
    if outcome.results.is_empty() {
        return "### Work items\n\nNo commit names a work item.\n".to_owned();
    }
    let rows = outcome.results.iter().map(|(job, result)| row(job, outcome, &said(result, view)));
    table(rows, outcome.results.len())
}

/// The table of a run without a token.
pub(super) fn without_token(outcome: &Outcome, jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return "### Work items\n\nNo commit names a work item, and there is no token to link with.\n".to_owned();
    }
    table(jobs.iter().map(|job| row(job, outcome, "skipped: no token")), jobs.len())
}

fn table(rows: impl Iterator<Item = String>, all: usize) -> String {
    let mut text = HEAD.to_owned();
    text.extend(rows.take(MOST_ROWS));
    if all > MOST_ROWS {
        text.push_str(&format!("\n{} more are in the log.\n", all - MOST_ROWS));
    }
    text
}

fn row(job: &Job, outcome: &Outcome, said: &str) -> String {
    let commit = &outcome.commits[job.commit];
    format!("| {} | {} | {} | {said} |\n", item(&job.item), page(commit), cell(commit.subject()))
}

fn said(result: &Result<Link>, view: View) -> String {
    match result {
        Ok(link) if link.existed => "already linked".to_owned(),
        Ok(_) if view.dry => "would be linked".to_owned(),
        Ok(_) => "linked".to_owned(),
        Err(error) => cell(&format!("failed: {error}")),
    }
}

/// The item's id as inline code, which can be copied as it is: quoting would put invisible characters into it.
fn item(id: &WorkItemId) -> String {
    Markdown::code_span(id.as_str()).as_str().replace('|', "\\|")
}

/// The commit, with a link to its page where it has one.
fn page(commit: &Commit) -> String {
    let sha = format!("`{}`", commit.short_sha());
    if commit.url.scheme() == "file" { sha } else { format!("[{sha}]({})", commit.url) }
}

/// Untrusted text in a table's cell: quoted, and without the character that ends a cell.
fn cell(text: &str) -> String {
    Markdown::quote_line(text).as_str().replace('|', "&#124;")
}
