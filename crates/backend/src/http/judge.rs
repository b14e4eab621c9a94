//! What an answer means: one table of status codes for all platforms, asked after the platform's own exceptions.

use super::{Call, Dialect, Reply, Scope, Verdict};
use crate::error::ErrorKind;
use http::{StatusCode, header};

/// A page that is longer than this before its sign-in form is not looked through.
const PAGE_START: usize = 64 * 1024;

/// What pages say on which people sign in.
const SIGN_IN_PAGE: [&str; 5] =
    ["type=\"password\"", "type='password'", "type=password", "log in", "sign in"];

/// What the paths of such pages say.
const SIGN_IN_PATH: [&str; 3] = ["login", "signin", "sign-in"];

/// The verdict on an answer: the platform's exceptions first, then the common table.
pub(super) fn verdict(dialect: &Dialect, call: &Call<'_>, reply: &Reply) -> Verdict {
    (dialect.judge)(reply).unwrap_or_else(|| match reply.status {
        status if status.is_success() => success(call, reply),
        status if status.is_redirection() => Verdict::Fail(ErrorKind::Protocol, String::new()),
        status => failure(dialect, status, reply),
    })
}

/// A success counts only in the shape that was asked for: proxies and expired sessions answer 200 with a page.
///
/// Who is asked to sign in was not listened to. Any other page may come after the tracker, or instead of it, so that
/// nobody knows what became of a create.
fn success(call: &Call<'_>, reply: &Reply) -> Verdict {
    if !reply.is_html() || !wants_json(call) {
        return Verdict::Ok;
    }
    let page = &reply.body[..reply.body.len().min(PAGE_START)];
    if mentions(&String::from_utf8_lossy(page), &SIGN_IN_PAGE) {
        return Verdict::Fail(ErrorKind::Auth, "a sign-in page instead of data".to_owned());
    }
    Verdict::Fail(call.intent.misshapen(), PAGE.to_owned())
}

const PAGE: &str = "a web page instead of data";

/// True when a path is one where people sign in.
pub(super) fn is_sign_in_path(path: &str) -> bool {
    mentions(path, &SIGN_IN_PATH)
}

fn mentions(text: &str, signs: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    signs.iter().any(|sign| text.contains(sign))
}

fn wants_json(call: &Call<'_>) -> bool {
    let mut accepted = call.headers.get_all(header::ACCEPT).iter();
    accepted.all(|value| value.as_bytes().windows(4).any(|part| part == b"json"))
}

fn failure(dialect: &Dialect, status: StatusCode, reply: &Reply) -> Verdict {
    let wait = reply.retry_after();
    let kind = match status.as_u16() {
        429 => return Verdict::Refused { wait, scope: Scope::Tracker },
        // They will not be implemented in a second.
        501 | 505 => ErrorKind::Protocol,
        408 | 425 | 500..=599 => return Verdict::Again(wait),
        401 => ErrorKind::Auth,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        409 | 412 => ErrorKind::Conflict,
        407 => ErrorKind::Config,
        _ => ErrorKind::Rejected,
    };
    Verdict::Fail(kind, explain(dialect, reply))
}

/// What an error's body says; for a page, that it is one.
pub(super) fn explain(dialect: &Dialect, reply: &Reply) -> String {
    if reply.is_html() {
        return PAGE.to_owned();
    }
    (dialect.explain)(reply).unwrap_or_default()
}
