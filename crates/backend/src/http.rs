//! The one way to a tracker's API: build a [`Call`], send it, get a judged [`Reply`].
//!
//! `Http` owns what is common to all platforms: authorization, one retry loop that knows the intent of a
//! request, the deadline of the run, size limits, redirects, logging. A [`Dialect`] adds a platform's exceptions.

mod authorization;
mod call;
mod endpoint;
mod failure;
mod given;
mod judge;
mod link;
mod quota;
mod redirect;
mod reply;
mod retry;
#[cfg(test)]
pub(crate) mod tests;
mod transport;
mod wait;

pub(crate) use endpoint::folder;
pub(crate) use failure::clean;

pub use authorization::Authorization;
pub use call::{Call, Intent, encode_segment};
pub use endpoint::{Unfit, endpoint, is_loopback};
pub use reply::Reply;
pub use retry::Policy;
pub use transport::{Reqwest, Sent, Transport, TransportError, TransportOptions};

use crate::{
    error::ErrorKind,
    health::Quota,
    secret::{Redactor, Secret},
};
use std::{borrow::Cow, ffi::OsString, fmt, sync::Arc, time::Duration};
use url::{Position, Url};
use wait::Throttle;

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Success.
    Ok,
    /// The request was refused before it was processed, so that even a create may be sent again.
    Refused {
        /// How long the tracker wants to be left alone, where it says so.
        wait: Option<Duration>,
        /// What the limit is about.
        scope: Scope,
    },
    /// A passing failure; whether a write took effect is unknown.
    Again(Option<Duration>),
    /// A final failure: kind, and what the tracker said.
    Fail(ErrorKind, String),
}

/// What a refusal is about, and so what has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The account or the site: every request waits, or the others would run into the same limit, for which trackers
    /// ban.
    Tracker,
    /// One item, such as one that is written too often: this request waits, and those for other items do not.
    Item,
}

/// A platform's exceptions from the common rules. Plain data, one per platform.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The product's name in messages: `Jira`.
    pub name: &'static str,
    /// Headers of every request.
    pub headers: &'static [(&'static str, &'static str)],
    /// The headers in which it tells a limit and what is left of it, where it does.
    pub quota: Option<(&'static str, &'static str)>,
    /// The headers in which it writes the id under which its support finds a request.
    pub request_ids: &'static [&'static str],
    /// The verdict where the common table is wrong for this platform; `None` everywhere else. Redirects are dealt
    /// with before it is asked.
    pub judge: fn(&Reply) -> Option<Verdict>,
    /// What an error body says, in one line; `None` when it says nothing.
    pub explain: fn(&Reply) -> Option<String>,
    /// The hint for a failure, where this platform knows better than the kind's own. The answer, where one came, may
    /// say more, such as the scope that the token lacks.
    pub hint: fn(ErrorKind, Option<&Reply>) -> Option<Cow<'static, str>>,
}

impl Dialect {
    /// The common rules alone, for a product of this name.
    pub const fn common(name: &'static str) -> Self {
        Self {
            name,
            headers: &[],
            quota: None,
            request_ids: &[],
            judge: |_| None,
            explain: |_| None,
            hint: |_, _| None,
        }
    }
}

/// A tracker's API: base address, credentials, rules. Cheap to clone; clones share throttling and deadline.
#[derive(Clone)]
pub struct Http {
    transport: Arc<dyn Transport>,
    policy: Policy,
    base: Url,
    authorization: Authorization,
    dialect: Dialect,
    throttle: Arc<Throttle>,
    told: Arc<quota::Told>,
    redactor: Arc<Redactor>,
}

impl Http {
    /// An API at `base` (a trailing slash is added), spoken to by the rules of `dialect`.
    pub fn new(wire: &Wire, base: &Url, authorization: Authorization, dialect: Dialect) -> Self {
        let base = folder(base.clone());
        let (transport, policy) = (Arc::clone(&wire.transport), wire.policy);
        let redactor = Arc::new(authorization.redactor());
        let (throttle, told) = (Arc::default(), Arc::default());
        Self { transport, policy, base, authorization, dialect, throttle, told, redactor }
    }

    /// The same API, whose errors do not repeat one more secret: one that a request carries in its body.
    #[must_use]
    pub fn hiding(mut self, secret: &Secret) -> Self {
        let mut redactor = Redactor::clone(&self.redactor);
        redactor.learn(secret, None);
        self.redactor = Arc::new(redactor);
        self
    }

    /// A text of the tracker's made fit for a message: one line, nothing invisible, no secret, not longer than this.
    pub(crate) fn cleaned(&self, text: &str, longest: usize) -> String {
        clean(text, &self.redactor, longest)
    }

    /// The API's address, with a trailing slash.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The platform's rules.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// How much the tracker still allows, as the newest answer that spoke of it said.
    pub fn quota(&self) -> Option<Quota> {
        self.told.get()
    }

    /// Starts a GET of a path below the base, such as `rest/api/3/issue/{id}`.
    pub fn get(&self, path: &'static str) -> Call<'_> {
        Call::new(self, http::Method::GET, path, Intent::Read)
    }

    /// Starts a POST: a create unless [`Call::reads`] or [`Call::replaces`] says otherwise.
    pub fn post(&self, path: &'static str) -> Call<'_> {
        Call::new(self, http::Method::POST, path, Intent::Create)
    }

    /// Starts a PUT: repeatable.
    pub fn put(&self, path: &'static str) -> Call<'_> {
        Call::new(self, http::Method::PUT, path, Intent::Replace)
    }

    /// Starts a PATCH: repeatable unless [`Call::creates`] says otherwise.
    pub fn patch(&self, path: &'static str) -> Call<'_> {
        Call::new(self, http::Method::PATCH, path, Intent::Replace)
    }

    /// Starts a DELETE: repeatable.
    pub fn delete(&self, path: &'static str) -> Call<'_> {
        Call::new(self, http::Method::DELETE, path, Intent::Replace)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query of an address that was given out may be a signature.
        let base = &self.base[..Position::AfterPath];
        f.debug_struct("Http").field("base", &base).finish_non_exhaustive()
    }
}

/// What `app` hands to a platform so that it can build its [`Http`]: the transport and the run's limits.
#[derive(Clone)]
pub struct Wire {
    /// Sends one request.
    pub transport: Arc<dyn Transport>,
    /// Attempts, timeouts and the run's deadline.
    pub policy: Policy,
    /// The folders that programs of plugins are looked for in, as `PATH` lists them; none where nobody says.
    pub search_path: Option<OsString>,
    /// The other variables that programs of plugins are started with, of [`crate::plugin::ENVIRONMENT`].
    pub environment: Vec<(&'static str, OsString)>,
}

impl Wire {
    /// A transport and its limits; plugins have no folders to be looked for in.
    pub fn new(transport: Arc<dyn Transport>, policy: Policy) -> Self {
        Self { transport, policy, search_path: None, environment: Vec::new() }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("policy", &self.policy).finish_non_exhaustive()
    }
}
