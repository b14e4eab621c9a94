//! `--smart-commits`: carries out [`backend::reference::smart`] commands, on every tracker. Each is carried out once for each
//! commit and item: only where this run made the link.

use crate::link::Outcome;
use app::{Failure, Result};
use backend::{
    ErrorKind, Tracker,
    model::{Change, WorkItemId},
    reference::{
        Extraction,
        smart::{self, Command},
    },
    text::Markdown,
};

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
    for (job, link) in outcome.linked() {
        if link.existed {
            continue;
        }
        let commit = &outcome.commits[job.commit];
        for command in commands(&commit.message, &job.item, &find(&commit.message)) {
            match carry_out(tracker, &job.item, &command).await {
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

/// The commands for an item, from the lines that name it; a line that names it twice asks once.
fn commands<'a>(message: &'a str, item: &WorkItemId, found: &Extraction) -> Vec<Command<'a>> {
    let places = found.references.iter().filter(|it| it.item == *item).map(|it| it.span.start);
    let mut lines: Vec<usize> = places.collect();
    lines.dedup_by_key(|at| message[..*at].rfind('\n'));
    lines.into_iter().flat_map(|at| smart::commands(message, at)).collect()
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
        let asked = commands(message, &WorkItemId::new("SHOP-12"), &finder.find(message));
        assert_eq!(asked, [Command::Move(Status::Done, "close-issue"), Command::Time]);
    }
}
