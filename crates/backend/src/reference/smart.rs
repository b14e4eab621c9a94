//! Jira's smart commits: `SHOP-12 #comment text #time 2h #done`. A line names items and then gives commands, each of which
//! holds for all items of its line.

use crate::model::Status;
use std::ops::Range;

/// What a line of a message asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// `#comment text`, and the text behind a status.
    Comment(&'a str),
    /// `#done`, `#in-progress`, `#close`, with its word as written.
    Move(Status, &'a str),
    /// `#time 2h`.
    Time,
    /// Any other word.
    Unknown(&'a str),
}

/// What the names of transitions end with in Jira's usual workflows, `#close-issue`: a hyphen stands for a space.
const NOUNS: &[&str] = &["issue", "item", "story", "task", "ticket", "work"];

/// Names of transitions without their noun: the words of this tool, and those of Jira's usual workflows.
const NAMES: &[(&str, Status)] = &[
    ("start", Status::InProgress),
    ("start-progress", Status::InProgress),
    ("progress", Status::InProgress),
    ("review", Status::InReview),
    ("start-review", Status::InReview),
    ("close", Status::Done),
    ("closed", Status::Done),
    ("complete", Status::Done),
    ("finish", Status::Done),
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

/// What a line asks for, for all items that are named in front of its commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its commands, in order.
    pub commands: Vec<Command<'a>>,
    /// The word that says that the items are done, as written.
    pub done: Option<&'a str>,
    /// Where its first command stands in the message.
    pub first: usize,
}

/// Reads the commands of a message, each line once, however many items it names.
#[derive(Debug)]
pub struct Lines<'a> {
    message: &'a str,
    /// The line that was read last.
    span: Range<usize>,
    line: Option<Line<'a>>,
}

impl<'a> Lines<'a> {
    /// A reader of this message.
    pub fn of(message: &'a str) -> Self {
        Self { message, span: 0..0, line: None }
    }

    /// What holds for an item that is named at `at`: the commands of its line, where they stand behind it. Items are asked
    /// about in the order of the message.
    pub fn at(&mut self, at: usize) -> Option<&Line<'a>> {
        self.read(at);
        self.line.as_ref().filter(|line| line.first > at)
    }

    fn read(&mut self, at: usize) {
        if self.span.contains(&at) {
            return;
        }
        // No line is searched twice.
        let from = if at < self.span.end { 0 } else { self.span.end };
        let (Some(before), Some(after)) = (self.message.get(from..at), self.message.get(at..))
        else {
            (self.span, self.line) = (0..0, None);
            return;
        };
        let start = before.rfind('\n').map_or(from, |newline| from + newline + 1);
        let end = after.find('\n').map_or(self.message.len(), |newline| at + newline + 1);
        self.span = start..end;
        self.line = line(&self.message[start..end], start);
    }
}

fn line(text: &str, start: usize) -> Option<Line<'_>> {
    let first = starts(text).next()?;
    let commands = parse(&text[first..]);
    let done = commands.iter().find_map(|command| match command {
        Command::Move(Status::Done, word) => Some(*word),
        _ => None,
    });
    Some(Line { commands, done, first: start + first })
}

/// Where commands begin: a hash before a letter, behind white space or at the beginning.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('#').map(|(at, _)| at).filter(move |at| {
        let is_apart = text[..*at].chars().next_back().is_none_or(char::is_whitespace);
        is_apart && text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

/// The commands of a text that begins with one.
fn parse(text: &str) -> Vec<Command<'_>> {
    let begins: Vec<usize> = starts(text).collect();
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    begins.iter().zip(ends).flat_map(|(begin, end)| command(text[begin + 1..end].trim())).collect()
}

fn command(part: &str) -> Vec<Command<'_>> {
    let (word, rest) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
    let rest = rest.trim();
    let comment = (!rest.is_empty()).then_some(Command::Comment(rest));
    match word.to_ascii_lowercase().as_str() {
        "comment" => comment.into_iter().collect(),
        "time" => vec![Command::Time],
        name => match status(name) {
            // Jira Server takes the text behind a status as a comment; Jira Cloud drops it, and somebody's words.
            Some(status) => [Command::Move(status, word)].into_iter().chain(comment).collect(),
            None => vec![Command::Unknown(word)],
        },
    }
}

fn status(name: &str) -> Option<Status> {
    let bare = name.rsplit_once('-').filter(|(_, noun)| NOUNS.contains(noun));
    let name = bare.map_or(name, |(bare, _)| bare);
    let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, status)| *status);
    known.or_else(|| name.replace('-', "_").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::{Command, Lines, Status};

    fn commands(message: &str, at: usize) -> Vec<Command<'_>> {
        Lines::of(message).at(at).map(|line| line.commands.clone()).unwrap_or_default()
    }

    #[track_caller]
    fn check(message: &str, expected: &[Command<'_>]) {
        assert_eq!(commands(message, message.find("SHOP-12").unwrap()), expected, "{message:?}");
    }

    #[test]
    fn lines_are_read_in_order_and_in_any_other() {
        let message = "SHOP-1 SHOP-2 #done\nSHOP-3\nSHOP-4 #start x #close";
        let mut lines = Lines::of(message);
        let mut done = |at| lines.at(at).and_then(|line| line.done);
        for _ in 0..2 {
            assert_eq!(
                [0, 7, 15, 20, 27].map(&mut done),
                [Some("done"), Some("done"), None, None, Some("close")]
            );
        }
        assert_eq!(Lines::of("é").at(1), None);
        assert_eq!(Lines::of("").at(7), None);
    }

    #[test]
    fn the_grammar_is_jira_s() {
        use Command::{Comment, Move, Time, Unknown};
        use Status::{Done, InProgress};
        check("SHOP-12 #comment corrected the total", &[Comment("corrected the total")]);
        check("SHOP-12 #time 1w 2d 4h 30m Total work #done", &[Time, Move(Done, "done")]);
        check(
            "SHOP-12 SHOP-13 #in-progress #comment two",
            &[Move(InProgress, "in-progress"), Comment("two")],
        );
        check(
            "fix SHOP-12 in text #close Fixed this today",
            &[Move(Done, "close"), Comment("Fixed this today")],
        );
        check(
            "s\n\nSHOP-13 #done\n#comment nobody's\nSHOP-12 #Resolve\r\n",
            &[Move(Done, "Resolve")],
        );
        check("SHOP-12 #cart", &[Unknown("cart")]);
        check("SHOP-12 #comment see C# and #3", &[Comment("see C# and #3")]);
        for none in
            ["#done SHOP-12, #12 and a#comment b #comment", "SHOP-12 fixes #12", "SHOP-12\n#close"]
        {
            check(none, &[]);
        }
        check("SHOP-13 #time 2h SHOP-12 #close", &[]);
    }

    #[test]
    fn a_transition_may_be_named_with_its_noun_and_with_no_other_word() {
        let check = |word: &str, expected: Option<Status>| {
            let message = format!("SHOP-12 #{word}");
            let found = match commands(&message, 0)[..] {
                [Command::Move(status, _)] => Some(status),
                _ => None,
            };
            assert_eq!(found, expected, "{word}");
        };
        check("close-issue", Some(Status::Done));
        check("Finish-Work", Some(Status::Done));
        check("start-work", Some(Status::InProgress));
        check("reopen-issue", Some(Status::Todo));
        check("stop-progress", Some(Status::Todo));
        check("start-review", Some(Status::InReview));
        check("fix-version", None);
        check("not-done", None);
        check("close-", None);
        check("issue", None);
    }
}
