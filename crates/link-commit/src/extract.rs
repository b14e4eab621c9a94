//! `extract`: the keys that each commit names, without a tracker.

use crate::{ExtractArgs, range, show};
use app::{
    Document, Report, Result, Session,
    git::{Missing, Oid},
};
use backend::{
    Error, ErrorKind,
    reference::{Learner, Prefixes},
};
use serde::Serialize;
use std::{
    io::Read as _,
    num::NonZero,
    panic::resume_unwind,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

/// Messages that travel together from the thread that reads git to the one that reads messages.
const BATCH: usize = 256;

/// Batches that may wait; a slow reader of messages then slows the reader of git, and memory stays small.
const WAITING: usize = 8;

/// A message and the name that it is printed under.
type Named = (Name, Vec<u8>);

/// A name, and the message where it could name a key.
type Kept = (Name, Option<String>);

/// A commit's id, or the number of a message from stdin.
enum Name {
    Commit(Oid),
    Number(usize),
}

/// The document that `--json` prints.
#[derive(Serialize)]
struct Extracted {
    version: u8,
    commits: Vec<Extract>,
    complete: bool,
}

/// The keys of one message.
#[derive(Serialize)]
struct Extract {
    commit: String,
    keys: Vec<String>,
}

/// What was read of all messages.
#[derive(Default)]
struct Messages {
    named: Vec<Kept>,
    learner: Learner,
}

/// Prints the keys of every message, in the order of `git log`.
pub(crate) fn run(args: &ExtractArgs, session: &Session) -> Result<Report> {
    let (messages, missing) = std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        let reader = scope.spawn(move || read(receiver));
        let missing = feed(args, session, Batches { sender, batch: Vec::with_capacity(BATCH) });
        let messages = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        missing.map(|missing| (messages, missing))
    })?;
    let Messages { named, learner } = messages;
    let prefixes =
        if args.projects.is_empty() { learner.finish() } else { learner.allow(&args.projects) };
    let read = named.len();
    let keys = named.iter().map(|(name, _)| name).zip(keys_of(&named, &prefixes));
    let mut report = Report::default();
    if session.common.json {
        let commits = keys.map(|(name, keys)| Extract { commit: name.to_string(), keys }).collect();
        let complete = missing.is_none();
        report.json = Document::of(&Extracted { version: 1, commits, complete });
    } else {
        keys.for_each(|(name, keys)| {
            report.text.push_str(&format!("{name}\t{}\n", keys.join(",")));
        });
    }
    let (lost, untold) = show::incomplete(missing, read);
    report.failures.extend(lost);
    report.warnings.extend(untold);
    Ok(report)
}

/// The keys of every message, found on as many threads as the machine has.
fn keys_of(named: &[Kept], prefixes: &Prefixes) -> Vec<Vec<String>> {
    let keys = |(_, message): &Kept| {
        message.as_deref().map(|message| prefixes.keys(message)).unwrap_or_default()
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let part = named.len().div_ceil(threads).max(BATCH);
    std::thread::scope(|scope| {
        let running: Vec<_> = named
            .chunks(part)
            .map(|part| scope.spawn(move || part.iter().map(keys).collect::<Vec<_>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// Reads messages as they come: learns from each (one without keys says how rare they are), and keeps those that could
/// name a key. Without a hyphen before a digit a message cannot.
fn read(receiver: Receiver<Vec<Named>>) -> Messages {
    let mut messages = Messages::default();
    for (name, message) in receiver.into_iter().flatten() {
        let could = message.windows(2).any(|pair| pair[0] == b'-' && pair[1].is_ascii_digit());
        let message = could.then(|| String::from_utf8_lossy(&message).into_owned());
        messages.learner.read(message.as_deref().unwrap_or_default());
        messages.named.push((name, message));
    }
    messages
}

/// Sends every message that was asked for; says why there may be more.
fn feed(args: &ExtractArgs, session: &Session, mut batches: Batches) -> Result<Option<Missing>> {
    if args.stdin {
        return feed_stdin(&mut batches).map(|()| None);
    }
    let git = session.git(&args.repository)?;
    let each = |id: Oid, message: &[u8]| batches.add(Name::Commit(id), message);
    if let Some(range) = &args.range {
        return git.messages(range, each);
    }
    let listed = range::asked(None, None, &git, session)?;
    let mut each = each;
    listed.commits.iter().try_for_each(|id| git.message(*id, &mut each))?;
    Ok(listed.missing)
}

fn feed_stdin(batches: &mut Batches) -> Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| {
        Error::new(ErrorKind::NotFound, format!("read stdin: {error}"))
            .with_hint("pipe NUL-separated messages in, as from `git log --format=%B -z`")
    })?;
    // The last NUL ends a message and begins none.
    let text = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    let messages = text.split(|byte| *byte == 0).filter(|_| !bytes.is_empty());
    messages.enumerate().for_each(|(index, message)| batches.add(Name::Number(index + 1), message));
    Ok(())
}

/// The sending end; what is left is sent when it is dropped.
struct Batches {
    sender: SyncSender<Vec<Named>>,
    batch: Vec<Named>,
}

impl Batches {
    fn add(&mut self, name: Name, message: &[u8]) {
        self.batch.push((name, message.to_vec()));
        if self.batch.len() == BATCH {
            self.send();
        }
    }

    /// A receiver that is gone has panicked, and its thread's end says so.
    fn send(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        let _ = self.sender.send(batch);
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.send();
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Commit(id) => id.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}
