//! What goes wrong, and what must come of it.

use ::conformance::fake::faults::Fault;
use backend::ErrorKind;
use std::time::Duration;
use url::Url;

/// How it must end.
#[derive(Debug, Clone)]
pub(super) enum End {
    /// It works in the end.
    Works,
    /// It fails in one of these ways.
    Fails(&'static [ErrorKind]),
    /// It may work, or fail in one of these ways.
    Either(&'static [ErrorKind]),
}

/// One thing that goes wrong, and what must come of it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) fault: Fault,
    pub(super) times: usize,
    /// The end of reads and of links, which may be repeated.
    pub(super) repeatable: End,
    /// The end of creates, which may not.
    pub(super) create: End,
    /// How many items a create leaves behind.
    pub(super) items: usize,
    /// How many requests reach the server at most.
    pub(super) requests: usize,
    /// What the first and the second request are at least apart.
    pub(super) apart: Duration,
    /// Longest wait for one answer. Short only where none comes: a busy machine is slow as well.
    pub(super) patience: Duration,
}

/// Long enough for any answer that comes.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Short enough to wait for an answer that does not come.
const SHORT: Duration = Duration::from_secs(1);

const AMBIGUOUS: End = End::Fails(&[ErrorKind::Ambiguous]);

/// A fault that passes: what may be repeated is, and a create is not, because nobody knows what became of it.
fn passing(name: &'static str, fault: Fault, items: usize) -> Case {
    let (repeatable, create) = (End::Works, AMBIGUOUS);
    Case {
        name,
        fault,
        times: 1,
        repeatable,
        create,
        items,
        requests: 2,
        apart: Duration::ZERO,
        patience: PATIENCE,
    }
}

/// A refusal before anything happened: everything may be repeated.
fn refused(name: &'static str, retry_after: Option<&str>, seconds: u64) -> Case {
    let fault = Fault::Refuse(429, retry_after.map(str::to_owned));
    let apart = Duration::from_secs(seconds);
    Case { create: End::Works, apart, ..passing(name, fault, 1) }
}

/// A fault that does not pass: one request, one failure.
fn lasting(name: &'static str, fault: Fault, kinds: &'static [ErrorKind]) -> Case {
    let end = End::Fails(kinds);
    let create = end.clone();
    Case { times: usize::MAX, repeatable: end, create, requests: 1, ..passing(name, fault, 0) }
}

/// An answer that cannot be understood: a link may do without it, a create cannot tell what it made.
fn unreadable(name: &'static str, fault: Fault) -> Case {
    let repeatable = End::Either(&[ErrorKind::Protocol]);
    Case { repeatable, ..passing(name, fault, 1) }
}

/// Everything that goes wrong; `elsewhere` is the server that no token may come to.
pub(super) fn cases(elsewhere: &Url) -> Vec<Case> {
    const AUTH: &[ErrorKind] = &[ErrorKind::Auth];
    const PROTOCOL: &[ErrorKind] = &[ErrorKind::Protocol];
    let mut cases = vec![
        refused("429 with seconds", Some("1"), 1),
        refused("429 with a date", Some("Thu, 01 Jan 2026 00:00:01 GMT"), 1),
        refused("429 with 0", Some("0"), 0),
        refused("429 with -1", Some("-1"), 0),
        refused("429 with garbage", Some("abc"), 0),
        refused("429 with a date that has passed", Some("Wed, 31 Dec 2025 00:00:00 GMT"), 0),
        refused("429 without a word", None, 0),
        lasting("429 for ages", Fault::throttle("9999999999"), &[ErrorKind::RateLimited]),
        lasting("429 for 30 digits", Fault::throttle(&"9".repeat(30)), &[ErrorKind::RateLimited]),
        passing("reset before", Fault::Reset, 0),
        passing("commit, then reset", Fault::CommitThenReset, 1),
        passing("commit, then 500", Fault::CommitThenStatus(500), 1),
        passing("cut in the body", Fault::CutBody, 1),
        Case { create: AMBIGUOUS, ..lasting("not HTTP", Fault::NotHttp, PROTOCOL) },
        unreadable("garbage", Fault::GarbageBody),
        unreadable("an empty body", Fault::EmptyBody),
        lasting("a sign-in page", Fault::LoginPage, AUTH),
        lasting("401", Fault::Refuse(401, None), AUTH),
        lasting("403", Fault::Refuse(403, None), &[ErrorKind::Forbidden]),
        lasting("400 that repeats the request", Fault::Echo(400), &[ErrorKind::Rejected]),
        lasting("404 that repeats the request", Fault::Echo(404), &[ErrorKind::NotFound]),
        lasting("a redirect to another host", Fault::RedirectTo(elsewhere.clone()), PROTOCOL),
        Case { requests: 20, ..lasting("redirects without end", Fault::RedirectHere, PROTOCOL) },
    ];
    for (name, status) in [("500", 500), ("502", 502), ("503", 503), ("504", 504), ("408", 408)] {
        cases.push(passing(name, Fault::Refuse(status, None), 0));
    }
    cases.extend(slow());
    let overloaded = passing("503 with seconds", Fault::Refuse(503, Some("1".to_owned())), 0);
    cases.push(Case { apart: Duration::from_secs(1), ..overloaded });
    cases
}

/// Answers that do not come, or not in time.
fn slow() -> [Case; 3] {
    [
        Case { patience: SHORT, requests: 3, ..passing("silence", Fault::Silence, 0) },
        Case { patience: SHORT, requests: 3, ..passing("a slow body", Fault::SlowBody, 1) },
        Case {
            create: AMBIGUOUS,
            requests: 4,
            patience: SHORT,
            ..lasting("nothing but silence", Fault::Silence, &[ErrorKind::Unavailable])
        },
    ]
}
