//! `--smart-commits`: `SHOP-12 #comment text #time 2h #done`, the grammar of Jira's smart commits, on every tracker.
//!
//! A line names items and then gives commands, each of which holds for all items of its line. They are carried out
//! once for each commit and item: only where this run made the link.

use crate::link::Outcome;
use app::{Failure, Result};
use backend::{
    ErrorKind, Tracker,
    model::{Change, Status, WorkItemId},
    reference::Extraction,
    text::Markdown,
};

/// What a commit asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// `#comment text`, and the text behind a status.
    Comment(String),
    /// `#done`, `#in-progress`, `#close`.
    Move(Status),
    /// `#time 2h`.
    Time,
    /// Any other word.
    Unknown(String),
}

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
        for command in commands(&commit.message, &job.item, find) {
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

/// The commands for an item, from the lines that name it.
fn commands(message: &str, item: &WorkItemId, find: &dyn Fn(&str) -> Extraction) -> Vec<Command> {
    let found = find(message);
    let mut commands = Vec::new();
    let mut at = 0;
    for line in message.split_inclusive('\n') {
        let begin = first_command(line).map_or(at, |begin| at + begin);
        let names = found
            .references
            .iter()
            .any(|it| it.item == *item && (at..begin).contains(&it.span.start));
        if names {
            commands.extend(parse(&message[begin..at + line.len()]));
        }
        at += line.len();
    }
    commands
}

fn first_command(line: &str) -> Option<usize> {
    starts(line).next()
}

/// Where commands begin: a hash before a letter, behind white space or at the beginning.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('#').map(|(at, _)| at).filter(move |at| {
        let is_apart = text[..*at].chars().next_back().is_none_or(char::is_whitespace);
        is_apart && text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

/// The commands of a text that begins with one.
fn parse(text: &str) -> Vec<Command> {
    let begins: Vec<usize> = starts(text).collect();
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    let mut commands = Vec::new();
    for (begin, end) in begins.iter().zip(ends) {
        let part = text[begin + 1..end].trim();
        let (word, rest) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let comment =
            || Some(Command::Comment(rest.trim().to_owned())).filter(|_| !rest.trim().is_empty());
        match word.to_ascii_lowercase().as_str() {
            "comment" => commands.extend(comment()),
            "time" => {
                commands.push(Command::Time);
            }
            name => match status(name) {
                // Jira Server takes the text behind a status as a comment; Jira Cloud drops it, and somebody's words.
                Some(status) => {
                    commands.push(Command::Move(status));
                    commands.extend(comment());
                }
                None => commands.push(Command::Unknown(word.to_owned())),
            },
        }
    }
    commands
}

/// The status of a transition's name: the words of this tool, and those of Jira's usual workflows.
fn status(name: &str) -> Option<Status> {
    const NAMES: &[(&str, Status)] = &[
        ("start", Status::InProgress),
        ("start-progress", Status::InProgress),
        ("start-work", Status::InProgress),
        ("progress", Status::InProgress),
        ("review", Status::InReview),
        ("start-review", Status::InReview),
        ("close", Status::Done),
        ("closed", Status::Done),
        ("complete", Status::Done),
        ("finish", Status::Done),
        ("finish-work", Status::Done),
        ("fix", Status::Done),
        ("fixed", Status::Done),
        ("resolve", Status::Done),
        ("resolved", Status::Done),
        ("open", Status::Todo),
        ("reopen", Status::Todo),
        ("stop-progress", Status::Todo),
        ("block", Status::Blocked),
        ("cancel", Status::Cancelled),
    ];
    let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, status)| *status);
    known.or_else(|| name.replace('-', "_").parse().ok())
}

async fn carry_out(
    tracker: &dyn Tracker,
    item: &WorkItemId,
    command: &Command,
) -> Result<(String, Option<&'static str>)> {
    let (change, what) = match command {
        Command::Comment(text) => {
            let comment = Some(Markdown::quote(text));
            (Change { comment, ..Change::default() }, "commented".to_owned())
        }
        Command::Move(status) => {
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
    use backend::reference::{Pattern, Prefixes};

    #[track_caller]
    fn check(message: &str, expected: &[Command]) {
        let finder =
            backend::reference::Finder::new(Prefixes::allow(["SHOP"]), &[Pattern::Key]).unwrap();
        assert_eq!(
            commands(message, &WorkItemId::new("SHOP-12"), &|text| finder.find(text)),
            expected,
            "{message:?}"
        );
    }

    fn comment(text: &str) -> Command {
        Command::Comment(text.to_owned())
    }

    #[test]
    fn the_grammar_is_jira_s() {
        check("SHOP-12 #comment corrected the total", &[comment("corrected the total")]);
        check(
            "SHOP-12 #time 1w 2d 4h 30m Total work #done",
            &[Command::Time, Command::Move(Status::Done)],
        );
        check(
            "SHOP-12 SHOP-13 #in-progress #comment two",
            &[Command::Move(Status::InProgress), comment("two")],
        );
        check(
            "fix SHOP-12 in text #close Fixed this today",
            &[Command::Move(Status::Done), comment("Fixed this today")],
        );
        check(
            "SHOP-12: a\n\nSHOP-13 #done\n#comment nobody's\nSHOP-12 #Resolve\r\n",
            &[Command::Move(Status::Done)],
        );
        check("SHOP-12 #cart", &[Command::Unknown("cart".to_owned())]);
        check("#done SHOP-12, #12 and a#comment b #comment", &[]);
        check("SHOP-12 fixes #12", &[]);
        check("SHOP-12 #comment see C# and #3", &[comment("see C# and #3")]);
        check("", &[]);
    }
}
