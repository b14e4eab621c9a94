//! Redirects: followed for reads, within one origin, a few times. Everything else is an error.

use super::{Call, Intent, Reply, judge};
use crate::error::ErrorKind;
use http::{Method, header};
use url::Url;

/// How many redirects one request follows.
pub(super) const MOST_HOPS: u32 = 5;

/// Where a redirect leads to.
pub(super) enum Hop {
    /// The answer is no redirect.
    None,
    /// To another address of the same origin.
    Follow(Url),
    /// To somewhere the request does not go: what that means, and why.
    Refuse(ErrorKind, String),
}

/// What to do about an answer to `call` that came from `from`, after `hops` redirects.
///
/// A write is never redirected: a POST would arrive as a GET, and look like a success. Nothing is sent to another
/// origin, so that no token gets there.
pub(super) fn next(call: &Call<'_>, from: &Url, reply: &Reply, hops: u32) -> Hop {
    if !matches!(reply.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Hop::None;
    }
    let Some(target) = reply.header(header::LOCATION.as_str()).and_then(|to| from.join(to).ok())
    else {
        return Hop::Refuse(ErrorKind::Protocol, "a redirect to nowhere".to_owned());
    };
    let host = target.host_str().unwrap_or("nowhere");
    let followed = call.method == Method::GET && call.intent == Intent::Read;
    let same_origin = target.origin() == from.origin();
    if !(followed && same_origin) && judge::is_sign_in_path(target.path()) {
        return Hop::Refuse(ErrorKind::Auth, format!("a redirect to the sign-in page of {host}"));
    }
    let refuse = |reason: String| Hop::Refuse(ErrorKind::Protocol, reason);
    if !followed {
        return refuse(format!("a redirect to {host}, and only reads are redirected"));
    }
    if !same_origin {
        let origin = target.origin().ascii_serialization();
        return refuse(format!("a redirect to another address, {origin}"));
    }
    if hops == MOST_HOPS {
        return refuse(format!("more than {MOST_HOPS} redirects"));
    }
    Hop::Follow(without_credentials(target))
}

/// Credentials in an address would become an `Authorization` header of their own.
pub(super) fn without_credentials(mut url: Url) -> Url {
    // Both fail only for addresses that cannot have credentials at all.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}
