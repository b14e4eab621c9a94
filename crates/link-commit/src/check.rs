//! `check`: the commit-msg hook. Does the message name a work item, and will it close what it does not mean to?

use crate::{
    CheckArgs,
    message::{self, Cleanup},
    policy::{self, Policy, Severity},
    prepared,
};
use app::{Failure, Report, Result, Session, git::Git, untrusted};
use backend::{
    model::WorkItemId,
    reference::{Extraction, Origin, Suggestion, origin},
};
use serde_json::{Value, json};
use std::path::Path;

/// What was found out about a message.
#[derive(Default)]
pub(crate) struct Verdict {
    /// Items that it names, or its branch's.
    pub(crate) items: Vec<String>,
    /// Why nothing is demanded of it.
    pub(crate) exempt: Option<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) failures: Vec<Failure>,
}

/// Checks the message of a commit that is being made.
pub(crate) fn run(args: &CheckArgs, session: &mut Session) -> Result<Report> {
    let path = args.path();
    let git = session.git(&args.place.repository)?;
    let raw = message::read(path)?;
    let text = session.redacted(&message::text(&raw));
    let prepared = prepared::take(&git);
    if let Some(what) = git.under_way() {
        return Ok(exempt(format!("git is in the middle of {}", what.word())).report(session));
    }
    let cleanup = Cleanup::of(&text, &git, session);
    let message = cleanup.committed(&text);
    if message.trim().is_empty() {
        return Ok(
            exempt("the message is empty, which git refuses itself".to_owned()).report(session)
        );
    }
    let exemption = policy::exemption(&message, false);
    let is_revert = origin(&message) == Origin::Revert;
    if let Some(why) = exemption.filter(|_| !is_revert) {
        return Ok(exempt(why.to_owned()).report(session));
    }
    let rules = Rules::of(args, &git, session)?;
    let mut verdict = Verdict::default();
    if is_revert {
        // It repeats what will be closed again.
        verdict.exempt = exemption.map(str::to_owned);
        rules.guard(&message, rules.closing_guard.min_warn(), &mut verdict);
        return Ok(verdict.report(session));
    }
    if prepared.is_some_and(|prepared| is_same(&session.redacted(&prepared), &message)) {
        verdict.failures.push(untouched());
        return Ok(verdict.report(session));
    }
    rules.judge(&message, path, &mut verdict);
    rules.guard(&message, rules.closing_guard, &mut verdict);
    Ok(verdict.report(session))
}

/// What is asked of a message here.
struct Rules {
    policy: Policy,
    branch: Vec<WorkItemId>,
    /// Items of the branch if its keys were in upper case.
    in_lower_case: Vec<WorkItemId>,
    missing_item: Severity,
    closing_guard: Severity,
}

impl Rules {
    fn of(args: &CheckArgs, git: &Git, session: &mut Session) -> Result<Self> {
        let projects = policy::projects(&args.place.projects, git, session)?;
        let policy = Policy::of(&projects, git, session)?;
        let branch = policy::branch(args.place.branch.as_deref(), git, session);
        Ok(Self {
            branch: policy.of_branch(branch.as_deref()),
            in_lower_case: policy.of_branch(branch.as_deref().map(in_upper_case).as_deref()),
            missing_item: policy::missing_item(args.missing_item, git, session)?,
            closing_guard: policy::severity(
                args.closing_guard,
                "link-commit.closingguard",
                Severity::Warn,
                git,
                session,
            )?,
            policy,
        })
    }

    /// The predicate of a run that links with `--require`: an item of the message, else of the branch.
    fn judge(&self, message: &str, path: &Path, verdict: &mut Verdict) {
        if self.missing_item == Severity::Off {
            return;
        }
        let finder = &self.policy.finder;
        let found = self.policy.find(message);
        let named = found.strongest().into_iter().map(|reference| reference.item.to_string());
        verdict.items = named.collect();
        if verdict.items.is_empty() {
            verdict.items = self.branch.iter().map(ToString::to_string).collect();
        }
        if !verdict.items.is_empty() {
            verdict
                .warnings
                .extend(finder.suspect(message, &self.branch).map(|slip| suspicion(&slip)));
            return;
        }
        let mut failure =
            missing(message, &found, finder.suggest(message).as_ref(), &self.policy, path);
        failure.hint.push_str(&self.project_hint());
        self.missing_item.put(failure, verdict);
    }

    /// `shop-12` in a branch's name is an item where SHOP is known to be a project.
    fn project_hint(&self) -> String {
        let key = self.in_lower_case.first().and_then(|item| item.as_str().rsplit_once('-'));
        let hint = key.map(|(project, number)| {
            let written = format!("{}-{number}", project.to_ascii_lowercase());
            format!("; where the branch's {written} is an item, `git config link-commit.projects {project}` says so")
        });
        hint.unwrap_or_default()
    }

    fn guard(&self, message: &str, severity: Severity, verdict: &mut Verdict) {
        if severity == Severity::Off {
            return;
        }
        for (closing, reason) in self.policy.unmeant_closings(message) {
            let item = untrusted::line(&closing.item);
            let message = format!("this message will close {item}: {}", untrusted::line(&reason));
            let place = if closing.is_on_next_line { "on the line before" } else { "before" };
            let hint = format!(
                "write {item} without `{}` {place} it, such as `see {item}`",
                closing.word.to_ascii_lowercase()
            );
            severity.put(Failure { kind: None, message, hint }, verdict);
        }
    }
}

impl Severity {
    fn put(self, failure: Failure, verdict: &mut Verdict) {
        match self {
            Self::Fail => verdict.failures.push(failure),
            Self::Warn => verdict.warnings.push(warning(&failure)),
            Self::Off => {}
        }
    }

    /// The same, but never a failure.
    fn min_warn(self) -> Self {
        if self == Self::Fail { Self::Warn } else { self }
    }
}

/// A finding that stops nothing.
pub(crate) fn warning(failure: &Failure) -> String {
    format!("{}\nhint: {}", failure.message, failure.hint)
}

impl Verdict {
    /// The report: silent where nothing is wrong, for a hook is run at every commit.
    pub(crate) fn report(mut self, session: &Session) -> Report {
        let json = self.document().into();
        let text = if session.common.verbose > 0 { self.line() } else { String::new() };
        let unmet = self.failures.pop();
        Report {
            json,
            text,
            warnings: self.warnings,
            failures: self.failures,
            unmet,
            ..Report::default()
        }
    }

    fn document(&self) -> Value {
        let verdict = match (self.failures.is_empty(), self.warnings.is_empty()) {
            (false, _) => "fail",
            (true, false) => "warn",
            (true, true) => "pass",
        };
        let problem =
            |failure: &Failure| json!({ "message": failure.message, "hint": failure.hint });
        json!({
            "version": 1,
            "verdict": verdict,
            "items": self.items,
            "exempt": self.exempt,
            "problems": self.failures.iter().map(problem).collect::<Vec<_>>(),
            "warnings": self.warnings,
        })
    }

    fn line(&self) -> String {
        match &self.exempt {
            Some(why) => format!("nothing is asked of this message: {why}\n"),
            None if self.items.is_empty() => String::new(),
            None => format!("for {}\n", untrusted::line(&self.items.join(", "))),
        }
    }
}

fn exempt(why: String) -> Verdict {
    Verdict { exempt: Some(why), ..Verdict::default() }
}

/// Whether two messages are the same but for white space, which git tidies up.
fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

/// The item that the hook put into an empty message does not make it one that somebody wrote.
fn untouched() -> Failure {
    Failure {
        kind: None,
        message: "nobody wrote a message: there is nothing in it but what link-commit put there"
            .to_owned(),
        hint: "commit again and write one, or pass `--no-verify` to commit it as it is".to_owned(),
    }
}

fn suspicion(slip: &Suggestion) -> String {
    let (written, meant) = (untrusted::line(&slip.written), untrusted::line(&slip.meant));
    format!(
        "the message says {written}; did you mean {meant}?\nhint: `git commit --amend` changes it"
    )
}

/// A branch's name with what begins its parts like a key, `shop-12-cart`, as one; `typo-2` is more likely a second try.
fn in_upper_case(branch: &str) -> String {
    let upper = |part: &str| {
        let hyphen = part.find('-').unwrap_or(part.len());
        let digits = part[hyphen..].bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let (key, rest) = part.split_at((hyphen + 1 + digits).min(part.len()));
        let is_key = digits > 1 || (digits == 1 && rest.starts_with('-'));
        if is_key { format!("{}{rest}", key.to_ascii_uppercase()) } else { part.to_owned() }
    };
    branch.split('/').map(upper).collect::<Vec<_>>().join("/")
}

/// The failure of a message that names no item: why what looks like one does not count, and what may be meant.
fn missing(
    message: &str,
    found: &Extraction,
    suggestion: Option<&Suggestion>,
    policy: &Policy,
    path: &Path,
) -> Failure {
    let subject = message.trim_start().lines().next().unwrap_or_default();
    let subject: String = untrusted::line(subject.trim()).chars().take(100).collect();
    let sentence = format!("the commit `{subject}` names no work item");
    let (why, example) = match (suggestion, found.skipped.first()) {
        (Some(it), _) => {
            let (written, meant) = (untrusted::line(&it.written), untrusted::line(&it.meant));
            (format!("; did you mean {meant} where it says `{written}`?"), meant)
        }
        (None, Some(skipped)) => {
            let item = skipped.item.as_ref().map_or_else(|| policy.example(), ToString::to_string);
            let text: String = untrusted::line(&skipped.text).chars().take(100).collect();
            (format!("; `{text}` does not count, since {}", skipped.reason), untrusted::line(&item))
        }
        (None, None) => (String::new(), policy.example()),
    };
    Failure { kind: None, message: sentence + &why, hint: hint(&example, path) }
}

/// What to do; git keeps the message, so that nobody has to write it again.
fn hint(example: &str, path: &Path) -> String {
    let is_gits = path.file_name().is_some_and(|name| name == "COMMIT_EDITMSG");
    let again = if is_gits {
        "; `git commit -eF \"$(git rev-parse --git-path COMMIT_EDITMSG)\"` takes your message up again"
    } else {
        ""
    };
    format!("name one, as in `Refs: {example}`, or work on a branch that is named after it{again}")
}
