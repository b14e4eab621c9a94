//! `--smart-commits`: carries out [`backend::reference::smart`] commands, on every tracker. Each is carried out once for each
//! commit and item: only where this run made the link.

use crate::link::Outcome;
use app::{Failure, Result};
use backend::{
    ErrorKind, Tracker,
    model::{Change, WorkItemId},
    reference::{
        Extraction,
        smart::{self, Command, Line},
    },
    text::Markdown,
};
use std::collections::HashMap;

/// What became of a command.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) item: WorkItemId,
    /// Index into [`Outcome::commits`].
    pub(crate) commit: usize,
    /// What was done, such as "moved to done".
    pub(crate) what: String,
    /// Why it was not done.
    pub(crate) skipped: Option<&'static str>,
}

/// Carries out the commands of every commit whose link this run made, in order.
pub(crate) async fn apply(
    tracker: &dyn Tracker,
    find: &dyn Fn(&str) -> Extraction,
    outcome: &Outcome,
) -> (Vec<Applied>, Vec<Failure>) {
    let (mut applied, mut failures) = (Vec::new(), Vec::new());
    let mut asked = Asked::default();
    let mut read = None;
    for (job, link) in outcome.linked() {
        if link.existed {
            continue;
        }
        let commit = &outcome.commits[job.commit];
        // The jobs of a commit follow one another.
        if read.replace(job.commit) != Some(job.commit) {
            asked = Asked::of(&commit.message, &find(&commit.message));
        }
        for command in asked.commands(&job.item) {
            match carry_out(tracker, &job.item, command).await {
                Ok((what, skipped)) => {
                    applied.push(Applied {
                        item: job.item.clone(),
                        commit: job.commit,
                        what,
                        skipped,
                    });
                }
                Err(error) => {
                    let error = error.during(format!(
                        "do what commit {} asks of {}",
                        commit.short_sha(),
                        job.item
                    ));
                    let mut failure = Failure::from(&error);
                    failure.hint.push_str(
                        "; the link is made, so a second run will not try again: do it by hand",
                    );
                    failures.push(failure);
                }
            }
        }
    }
    (applied, failures)
}

/// What the lines of a message ask for.
#[derive(Default)]
struct Asked<'a> {
    lines: Vec<Line<'a>>,
    /// For each item, the lines that name it; one that names it twice asks once.
    of_items: HashMap<WorkItemId, Vec<usize>>,
}

impl<'a> Asked<'a> {
    fn of(message: &'a str, found: &Extraction) -> Self {
        let (mut asked, mut reader) = (Self::default(), smart::Lines::of(message));
        for reference in &found.references {
            let Some(line) = reader.at(reference.span.start) else { continue };
            if asked.lines.last().map(|last| last.first) != Some(line.first) {
                asked.lines.push(line.clone());
            }
            let lines = asked.of_items.entry(reference.item.clone()).or_default();
            let newest = asked.lines.len() - 1;
            if lines.last() != Some(&newest) {
                lines.push(newest);
            }
        }
        asked
    }

    fn commands(&self, item: &WorkItemId) -> impl Iterator<Item = &Command<'a>> {
        let lines = self.of_items.get(item).into_iter().flatten();
        lines.flat_map(|line| &self.lines[*line].commands)
    }
}

async fn carry_out(
    tracker: &dyn Tracker,
    item: &WorkItemId,
    command: &Command<'_>,
) -> Result<(String, Option<&'static str>)> {
    let (change, what) = match command {
        Command::Comment(text) => {
            let comment = Some(Markdown::quote(text));
            (Change { comment, ..Change::default() }, "commented".to_owned())
        }
        Command::Move(status, _) => {
            let change = Change { status: Some(*status), ..Change::default() };
            (change, format!("moved to {status}"))
        }
        Command::Time => {
            return Ok((
                "#time".to_owned(),
                Some("no tracker's work log is written: the standard interface has none"),
            ));
        }
        Command::Unknown(word) => {
            return Ok((format!("#{word}"), Some("it is no command, and no status has this name")));
        }
    };
    match tracker.update_work_item(item, &change).await {
        Ok(_) => Ok((what, None)),
        Err(error) if error.kind == ErrorKind::Unsupported => {
            Ok((what, Some("the tracker cannot do this")))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::{
        model::Status,
        reference::{Finder, Pattern, Prefixes},
    };

    #[test]
    fn a_line_asks_once_for_each_of_its_items() {
        let finder = Finder::new(Prefixes::allow(["SHOP"]), &[Pattern::Key]).unwrap();
        let message =
            "SHOP-12: a\n\nSHOP-12 shop-12 SHOP-13 #close-issue\nSHOP-13 #done\nSHOP-12 #time 2h";
        let asked = Asked::of(message, &finder.find(message));
        let asked: Vec<_> = asked.commands(&WorkItemId::new("SHOP-12")).cloned().collect();
        assert_eq!(asked, [Command::Move(Status::Done, "close-issue"), Command::Time]);
    }
}
