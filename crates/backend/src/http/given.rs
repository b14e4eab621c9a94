//! Addresses that are given instead of made from a path: by a client library, by a page for the next one, by the tracker
//! for an upload.

use super::{Authorization, Call, Dialect, Http, Intent, Reply, redirect};
use crate::error::{Error, ErrorKind, Result};
use bytes::Bytes;
use http::{Method, StatusCode, Uri};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use url::Url;

/// What stands in the log for an address that was given.
const GIVEN: &str = "{address}";

impl Http {
    /// Sends a request that a client library built; `template` is the path in the log.
    ///
    /// It is sent like a [`Call`]: with our credentials and none of its own, to our origin only, repeated by `intent`.
    /// A path alone is one below the base. Final failures of the request (4xx) and 304 come back as they are, because
    /// the library reads their bodies itself; everything else that is no success is an error.
    pub async fn forward(
        &self,
        request: http::Request<Bytes>,
        template: &'static str,
        intent: Intent,
    ) -> Result<Reply> {
        let call = self.forwarded(request, template, intent);
        call.answer(|reply| {
            reply.status.is_client_error() || reply.status == StatusCode::NOT_MODIFIED
        })
        .await
    }

    /// Like [`Http::forward`], for a library whose own errors are not used: every failure is an error of ours, judged
    /// and worded like that of a [`Call`].
    pub async fn forward_judged(
        &self,
        request: http::Request<Bytes>,
        template: &'static str,
        intent: Intent,
    ) -> Result<Reply> {
        self.forwarded(request, template, intent).send().await
    }

    /// Reads the answer that [`Http::forward_judged`] gave to a request; errors read as those of [`Call::receive`].
    pub fn understand<T: DeserializeOwned>(
        &self,
        method: Method,
        template: &'static str,
        intent: Intent,
        reply: &Reply,
    ) -> Result<T> {
        Call::new(self, method, template, intent).understood(reply)
    }

    fn forwarded(
        &self,
        request: http::Request<Bytes>,
        template: &'static str,
        intent: Intent,
    ) -> Call<'_> {
        let (parts, body) = request.into_parts();
        let mut call =
            Call::new(self, parts.method, template, intent).at(self.requested(&parts.uri));
        (call.headers, call.body) = (parts.headers, body);
        call
    }

    /// Starts a GET of a whole address that the tracker gave, such as [`Reply::next_page`].
    ///
    /// Fails with `Protocol` when sent, if the address is of another origin: the token does not go there.
    pub fn follow(&self, address: &str) -> Call<'_> {
        self.get(GIVEN).at(self.ours(address))
    }

    /// An API at exactly `url`, which the tracker gave out for one use, such as an upload: `.put("")` goes to the
    /// address itself, its signature included.
    ///
    /// Nothing of the tracker's goes there: no credentials, no headers, no throttle. The run's limits hold, and as
    /// everywhere the address has to be https or this machine's. `name` is the subject of messages: `Linear's storage`.
    #[must_use]
    pub fn elsewhere(&self, name: &'static str, url: &Url) -> Self {
        Self {
            base: redirect::without_credentials(url.clone()),
            authorization: Authorization::None,
            dialect: Dialect { name, ..ELSEWHERE },
            throttle: Arc::default(),
            told: Arc::default(),
            ..self.clone()
        }
    }

    /// The address of a forwarded request.
    fn requested(&self, uri: &Uri) -> Result<Url> {
        if uri.authority().is_some() {
            return self.ours(&uri.to_string());
        }
        let path = uri.path_and_query().map_or("", |path| path.as_str());
        self.ours(&format!("{}{}", self.base, path.strip_prefix('/').unwrap_or(path)))
    }

    /// An address to which our credentials may go.
    fn ours(&self, address: &str) -> Result<Url> {
        let url = Url::parse(address).map_err(|_| astray("it is not a whole one"))?;
        if url.origin() != self.base.origin() {
            let (theirs, ours) = (url.origin(), self.base.origin());
            let (theirs, ours) = (theirs.ascii_serialization(), ours.ascii_serialization());
            return Err(astray(&format!("it leads to {theirs} and not to {ours}")));
        }
        Ok(redirect::without_credentials(url))
    }
}

/// A place for files has no exceptions that we know of. Its errors tell at length what it was sent, signature included.
const ELSEWHERE: Dialect = Dialect {
    hint: |kind, _| {
        let expired = matches!(kind, ErrorKind::Auth | ErrorKind::Forbidden);
        expired.then(|| "run again; the address that was given out may have expired".into())
    },
    ..Dialect::common("")
};

fn astray(reason: &str) -> Error {
    Error::new(ErrorKind::Protocol, format!("use an address that was given: {reason}"))
        .with_hint("make the endpoint and the address that the tracker has for itself the same")
}
