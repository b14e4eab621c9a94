//! Why an attempt failed, in words, and whether and when it may be repeated.

use super::{
    Call, Dialect, Http, Intent, Reply, Scope, Sent, TransportError, Verdict, judge, wait,
};
use crate::{
    error::{Error, ErrorKind},
    secret::Redactor,
};
use http::StatusCode;
use std::{borrow::Cow, time::Duration};

/// Longest text of a tracker in a message, in characters.
const LONGEST_TEXT: usize = 300;

/// Longest request id in the log, in characters.
const LONGEST_ID: usize = 100;

/// Where the front ends of all sorts of servers write the id of a request.
const REQUEST_ID: &str = "x-request-id";

/// A failed attempt.
#[derive(Debug)]
pub(super) struct Failure {
    /// What it means if it stays the last one.
    kind: ErrorKind,
    /// `answered 404 Not Found`, `did not answer`: follows the platform's name.
    did: String,
    /// The reason, cleaned; empty where none is known.
    reason: String,
    /// True when the request may be sent again.
    pub(super) again: bool,
    /// True when the run's time is over, or too short for another attempt.
    pub(super) late: bool,
    /// True when no connection was made.
    unreached: bool,
    /// What else has to wait as well.
    pub(super) scope: Scope,
    /// The wait that the tracker asked for.
    pub(super) asked: Option<Duration>,
    /// The first wait where it asked for none.
    pub(super) backoff: Duration,
    /// The answer, where one came.
    reply: Option<Box<Reply>>,
}

impl Failure {
    fn new(kind: ErrorKind, did: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            kind,
            did: did.into(),
            reason: reason.into(),
            again: false,
            late: false,
            unreached: false,
            scope: Scope::Item,
            asked: None,
            backoff: wait::BACKOFF,
            reply: None,
        }
    }

    /// The run's time is over before anything was sent.
    pub(super) fn late() -> Self {
        let did = "did not answer before the deadline";
        Self { late: true, ..Self::new(ErrorKind::Unavailable, did, "") }
    }

    /// The tracker's wish for a pause outlasts the run; nothing was sent.
    pub(super) fn throttled(wait: Duration) -> Self {
        let asked = Some(wait);
        let failure = Self::new(ErrorKind::RateLimited, "is not to be asked yet", "");
        Self { asked, late: true, ..failure }
    }

    /// No answer came. A create that may have left is neither repeated nor reported as not done.
    pub(super) fn unanswered(error: TransportError, intent: Intent, late: bool) -> Self {
        let unknown = intent == Intent::Create && error.sent == Sent::Maybe;
        let kind = match (error.permanent, error.sent) {
            _ if unknown => ErrorKind::Ambiguous,
            (false, _) => ErrorKind::Unavailable,
            (true, Sent::Never) => ErrorKind::Config,
            (true, Sent::Maybe) => ErrorKind::Protocol,
        };
        let again = !error.permanent && !unknown;
        if late {
            let did = "did not answer before the deadline";
            return Self { again, late, ..Self::new(kind, did, "") };
        }
        let unreached = error.sent == Sent::Never;
        Self { again, unreached, ..Self::new(kind, "did not answer", error.message) }
    }

    /// An answer came and was judged; `None` when it is a success.
    pub(super) fn judged(
        http: &Http,
        intent: Intent,
        reply: &Reply,
        verdict: Verdict,
    ) -> Option<Self> {
        let explained = || judge::explain(&http.dialect, reply);
        let answered = |kind, reason: &str| Self::answered(http, kind, reply, reason);
        let failed = match verdict {
            Verdict::Ok => return None,
            Verdict::Fail(kind, text) => return Some(answered(kind, &text)),
            Verdict::Refused { wait, scope } => Self {
                again: true,
                scope,
                asked: wait::sane(wait),
                backoff: wait::REFUSED_BACKOFF,
                ..answered(ErrorKind::RateLimited, &explained())
            },
            Verdict::Again(asked) => Self {
                again: intent != Intent::Create,
                asked: wait::sane(asked),
                ..answered(passing(intent), &explained())
            },
        };
        Some(failed)
    }

    /// An answer that ends the call.
    pub(super) fn answered(http: &Http, kind: ErrorKind, reply: &Reply, reason: &str) -> Self {
        let did = format!("answered {}", title(reply.status));
        let reason = clean(reason, &http.redactor, LONGEST_TEXT);
        Self { reply: Some(Box::new(reply.clone())), ..Self::new(kind, did, reason) }
    }

    /// The error of a call that failed for good with its `attempts`th attempt.
    pub(super) fn into_error(self, call: &Call<'_>, attempts: u32) -> Error {
        let Http { dialect, redactor, .. } = call.http;
        let mut error = Error::new(self.kind, self.message(dialect.name, attempts))
            .with_wait(self.asked)
            .with_context("request", format!("{} {}", call.method, call.template))
            .with_context("attempts", attempts.to_string());
        if let Some(reply) = &self.reply {
            error = error.with_context("status", reply.status.as_str());
            let mut names = dialect.request_ids.iter().chain([&REQUEST_ID]);
            if let Some(id) = names.find_map(|name| reply.header(name)) {
                error = error.with_context("request_id", clean(id, redactor, LONGEST_ID));
            }
        }
        match self.hint(dialect) {
            // It may quote the answer.
            Some(hint) => error.with_hint(clean(&hint, redactor, LONGEST_TEXT)),
            None => error,
        }
    }

    fn hint(&self, dialect: &Dialect) -> Option<Cow<'static, str>> {
        if self.reply.is_none() && self.kind == ErrorKind::Config {
            return Some("correct the endpoint, the proxy or the ca_bundle".into());
        }
        let own = || (dialect.hint)(self.kind, self.reply.as_deref());
        match self.kind {
            ErrorKind::Unavailable if self.unreached => {
                own().or(Some("check the tracker's address and the network".into()))
            }
            ErrorKind::Unavailable | ErrorKind::RateLimited if self.late => {
                Some("raise --deadline, or run again later".into())
            }
            ErrorKind::Unavailable | ErrorKind::RateLimited => {
                Some("run again later, or raise retry_attempts".into())
            }
            ErrorKind::Rejected => {
                own().or(Some("read what the tracker says and correct the request".into()))
            }
            _ => own(),
        }
    }

    fn message(&self, name: &str, attempts: u32) -> String {
        let mut message = vec![format!("{name} {}", self.did)];
        if attempts > 1 {
            message.push(format!(" after {attempts} attempts"));
        }
        if let Some(wait) = self.asked.filter(|_| self.kind.is_transient()) {
            message.push(format!(" and asks to wait {} s", wait.as_secs_f64().ceil()));
        }
        if self.kind == ErrorKind::Ambiguous {
            message.push(", so the outcome is unknown".to_owned());
        }
        if !self.reason.is_empty() {
            message.push(format!(": {}", self.reason));
        }
        message.concat()
    }
}

/// What a passing failure means when it is the last one.
fn passing(intent: Intent) -> ErrorKind {
    match intent {
        Intent::Create => ErrorKind::Ambiguous,
        Intent::Read | Intent::Replace => ErrorKind::Unavailable,
    }
}

/// `404 Not Found`; a number alone where it has no name.
fn title(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_str()),
        None => status.as_str().to_owned(),
    }
}

/// A tracker's text made fit for a message: one line, nothing invisible, no secret, not long.
pub(crate) fn clean(text: &str, redactor: &Redactor, longest: usize) -> String {
    // First what is invisible, so that it cannot hide a secret from the redactor; the cut last, for the same reason.
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !is_invisible(*c)).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = redactor.redact(&line);
    let line = line.trim_end_matches('.');
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Control characters, and those that only change how others are shown.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}')
}
