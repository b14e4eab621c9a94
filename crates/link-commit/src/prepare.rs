//! `prepare`: the prepare-commit-msg hook. Puts the branch's item into a message that names none.

use crate::{
    PrepareArgs, check,
    message::{self, Cleanup},
    policy::{self, Policy},
    prepared,
    template::{self, Template},
};
use app::{
    Failure, Report, Result, Session,
    git::{Git, hooks_by_git},
    untrusted,
};
use backend::{
    Error, ErrorKind,
    model::WorkItemId,
    reference::{Origin, origin},
};
use serde_json::json;
use std::{fs, path::Path};

/// Puts the branch's item into the message, unless git is replaying commits or the message names an item.
pub(crate) fn run(args: &PrepareArgs, session: &mut Session) -> Result<Report> {
    let path = file(args)?;
    let git = match session.git(&args.place.repository) {
        Ok(git) => git,
        Err(error) => return unreadable(error, args, session),
    };
    let template = template(args.template.as_deref(), &git, session)?;
    let raw = message::read(path)?;
    let text = message::text(&raw);
    let cleanup = Cleanup::of(&text, &git, session);
    // pre-commit hands on the file's name only, and the source in a variable.
    let source = args.source().or_else(|| session.env.get("PRE_COMMIT_COMMIT_MSG_SOURCE"));
    // Another source is a message that somebody wrote.
    let is_unwritten = cleanup.is_edited && matches!(source, None | Some("template"));
    if !session.common.dry_run {
        // It was of a commit that was given up.
        prepared::take(&git);
    }
    if let Some(why) = kept(source, &cleanup.committed(&text), &cleanup, &git) {
        return Ok(left(why, session));
    }
    let projects = policy::projects(&args.place.projects, &git, session)?;
    let policy = Policy::of(&projects, &git, session)?;
    let branch = policy::branch(args.place.branch.as_deref(), &git, session);
    let items = policy.of_branch(branch.as_deref());
    if items.is_empty() {
        return Ok(left("the branch names no work item", session));
    }
    if names_one(&cleanup.committed(&text), &items, &policy) {
        return Ok(left("the message names a work item", session));
    }
    let keys = keys(&items);
    if session.common.dry_run {
        session.plan.add(format!("put {keys} into the message"));
        return Ok(report(Some(&keys), "the branch names it", session));
    }
    let made = insert(&raw, template.pieces(&text, &keys, &cleanup));
    fs::write(path, &made)
        .map_err(|error| message::unreadable(path, &error).during("change the message"))?;
    if is_unwritten {
        prepared::keep(&git, &cleanup.committed(&message::text(&made)));
    }
    Ok(report(Some(&keys), "the branch names it", session))
}

/// Where git itself can read the repository, the commit goes on without an item: `git commit --no-verify` runs this hook
/// all the same, and would be stopped for good.
fn unreadable(error: Error, args: &PrepareArgs, session: &Session) -> Result<Report> {
    if hooks_by_git(&args.place.repository).is_none() {
        return Err(error);
    }
    let failure = Failure::from(&error);
    let warning = check::warning(&Failure { message: failure.sentence(), ..failure });
    let report = left("the repository cannot be read", session);
    Ok(Report { warnings: vec![warning], ..report })
}

/// The message's file.
fn file(args: &PrepareArgs) -> Result<&Path> {
    let path = args.path();
    if path == Path::new("-") {
        let message = "prepare a message on stdin: it is changed in its file";
        return Err(Error::new(ErrorKind::Config, message).with_hint(
            "give the path that git hands to the hook as its first argument, `\"$1\"`",
        ));
    }
    Ok(path)
}

/// Why a message stays as it is, whatever the branch is called.
fn kept(source: Option<&str>, message: &str, cleanup: &Cleanup, git: &Git) -> Option<&'static str> {
    if git.under_way().is_some() {
        return Some("git is replaying commits, or merging");
    }
    // What git says of other sources (`merge`, `squash`, `commit`) is a message that somebody has written already.
    if !matches!(source, None | Some("message" | "template")) {
        return Some("the message is another commit's");
    }
    if message.trim().is_empty() && !cleanup.is_edited {
        return Some("the message is empty, and nobody is asked for one");
    }
    (origin(message) != Origin::Person).then_some("the message speaks of other commits")
}

/// Whether the message names any item, or one of these in a way that does not count: it is not named twice.
fn names_one(message: &str, items: &[WorkItemId], policy: &Policy) -> bool {
    let is_there = |item: &WorkItemId| contains_word(message, item.as_str());
    !policy.find(message).references.is_empty() || items.iter().any(is_there)
}

/// Whether `word` stands in the text, in any case, and not as a part of a longer one.
fn contains_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let is_part = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(&word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

fn keys(items: &[WorkItemId]) -> String {
    items.iter().map(WorkItemId::as_str).collect::<Vec<_>>().join(", ")
}

/// Every byte stays; the pieces go between them.
fn insert(raw: &[u8], pieces: Vec<(usize, String)>) -> Vec<u8> {
    let mut made = raw.to_vec();
    for (at, piece) in pieces.into_iter().rev() {
        made.splice(at..at, piece.into_bytes());
    }
    made
}

/// The template from the arguments, else from git's setting `link-commit.template`.
fn template(given: Option<&str>, git: &Git, session: &Session) -> Result<Template> {
    let said = git.setting(&["link-commit.template"], &session.env);
    let text = given.map(str::to_owned).or(said).unwrap_or_else(|| template::DEFAULT.to_owned());
    Template::parse(&text).map_err(|why| {
        Error::new(ErrorKind::Config, format!("use the template `{}`: {why}", untrusted::line(&text)))
            .with_hint("set it with --template or `git config link-commit.template`, such as '{key}: {subject}'")
    })
}

fn left(why: &str, session: &Session) -> Report {
    report(None, why, session)
}

fn report(keys: Option<&str>, why: &str, session: &Session) -> Report {
    let text = match keys {
        _ if session.common.verbose == 0 && !session.common.dry_run => String::new(),
        // That is in the plan.
        Some(_) if session.common.dry_run => String::new(),
        Some(keys) => format!("put {} into the message\n", untrusted::line(keys)),
        None => format!("the message stays: {why}\n"),
    };
    let json = json!({ "version": 1, "added": keys, "reason": why });
    Report { json: json.into(), text, ..Report::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts of messages, in every order: what is put in must come out again, and nothing else change.
    #[test]
    fn nothing_is_lost_whatever_a_message_is_made_of() {
        let parts: &[&[u8]] = &[
            b"add",
            b"\n",
            b"\r\n",
            b"\n\n",
            b"# remark\n",
            b"#\n",
            b"\xe9\xff",
            b" \t",
            b"\xef\xbb\xbf",
            b"Signed-off-by: A <a@b>\n",
            b"# ------------------------ >8 ------------------------\n",
            b"---\n",
        ];
        let templates = ["Refs: {key}", "{key}: {subject}", "{subject} ({key})"];
        let mut state = 1_u64;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        for _ in 0..20_000 {
            let raw: Vec<u8> =
                (0..next(9)).flat_map(|_| parts[next(parts.len())].to_vec()).collect();
            let cleanup =
                Cleanup { is_edited: next(2) == 0, comment: "#".to_owned(), strips: next(2) == 0 };
            let template = Template::parse(templates[next(3)]).unwrap();
            let pieces = template.pieces(&message::text(&raw), "SHOP-12", &cleanup);
            let mut made = insert(&raw, pieces.clone());
            let committed = cleanup.committed(&message::text(&made));
            assert!(contains_word(&committed, "SHOP-12"), "{:?}", String::from_utf8_lossy(&made));
            for (at, piece) in pieces {
                assert_eq!(
                    made.splice(at..at + piece.len(), []).collect::<Vec<_>>(),
                    piece.as_bytes()
                );
            }
            assert_eq!(made, raw);
        }
    }

    #[test]
    fn an_item_is_there_in_any_case_and_alone() {
        for (text, expected) in [
            ("shop-12: add", true),
            ("see (SHOP-12)", true),
            ("SHOP-123 XSHOP-12", false),
            ("", false),
            ("éSHOP-12é", true),
        ] {
            assert_eq!(contains_word(text, "SHOP-12"), expected, "{text}");
        }
    }
}
