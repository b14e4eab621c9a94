//! The one retry loop: again if and only if the failure is passing, and the request is repeatable or was never
//! sent, and the wait fits into the run's deadline.

use super::{
    Call, Http, Reply, Scope, Sent, TransportError, Verdict, endpoint,
    failure::Failure,
    judge,
    redirect::{self, Hop},
    wait,
};
use crate::error::Result;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Limits of a run.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Longest time for one attempt.
    pub timeout: Duration,
    /// How often a request is repeated at most.
    pub retry_attempts: u32,
    /// When the whole run ends.
    pub deadline: Instant,
}

impl Policy {
    /// What is left of the run.
    fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl Http {
    /// Sends a call until it succeeds, fails for good, or time is up.
    ///
    /// The message of an error has the platform as its subject, `Jira answered 404 Not Found: ..` or
    /// `Jira did not answer: ..`; callers put in front what they were doing: `.during("link SHOP-1")`.
    ///
    /// A create that may have arrived and was not answered is `Ambiguous`, and never sent again.
    pub(super) async fn run(&self, call: &Call<'_>) -> Result<Reply> {
        let (url, headers) = (call.url()?, self.headers(call)?);
        endpoint::secure(&url)?;
        let mut attempts = 0;
        loop {
            self.throttled().await.map_err(|failure| failure.into_error(call, attempts))?;
            attempts += 1;
            let mut failure = match self.attempt(call, &url, &headers, attempts).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            let pause = self.pause(&failure, attempts);
            self.hold_back(&failure, pause);
            let Some(pause) = pause else {
                failure.late |= failure.again && attempts <= self.policy.retry_attempts;
                return Err(failure.into_error(call, attempts));
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Waits as long as an earlier answer asked for.
    async fn throttled(&self) -> Result<(), Failure> {
        loop {
            let wait = self.throttle.remaining();
            if wait.is_zero() {
                return Ok(());
            }
            if wait >= self.policy.remaining() {
                return Err(Failure::throttled(wait));
            }
            // Another call may have been told to wait longer meanwhile.
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait before the next attempt; `None` when there is to be none.
    fn pause(&self, failure: &Failure, attempts: u32) -> Option<Duration> {
        if !failure.again || attempts > self.policy.retry_attempts {
            return None;
        }
        let wait = failure.asked.unwrap_or_else(|| wait::backoff(failure.backoff, attempts));
        let spare = self.policy.remaining().checked_sub(wait).filter(|spare| !spare.is_zero())?;
        Some(wait + wait::jitter(wait).min(spare / 2))
    }

    /// Lets a refusal hold back all calls where it is about all of them; also when this one gives up.
    fn hold_back(&self, failure: &Failure, pause: Option<Duration>) {
        if failure.scope == Scope::Tracker
            && let Some(wait) = pause.or(failure.asked)
        {
            self.throttle.delay(wait);
        }
    }

    /// Sends the call once, and follows its redirects.
    async fn attempt(
        &self,
        call: &Call<'_>,
        url: &Url,
        headers: &HeaderMap,
        attempt: u32,
    ) -> Result<Reply, Failure> {
        let end = Instant::now() + self.policy.timeout.min(self.policy.remaining());
        let mut url = url.clone();
        let mut hops = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::late());
            }
            let reply = self.exchange(call, &url, headers, left, attempt).await?;
            match redirect::next(call, &url, &reply, hops) {
                Hop::None => return self.judged(call, reply),
                Hop::Follow(target) => url = target,
                Hop::Refuse(kind, reason) => {
                    return Err(Failure::answered(self, kind, &reply, &reason));
                }
            }
            hops += 1;
        }
    }

    /// Sends one request.
    async fn exchange(
        &self,
        call: &Call<'_>,
        url: &Url,
        headers: &HeaderMap,
        left: Duration,
        attempt: u32,
    ) -> Result<Reply, Failure> {
        let started = Instant::now();
        let outcome = match request(call, url, headers) {
            Ok(request) => self.transport.send(request, left).await,
            Err(error) => Err(error),
        };
        if let Ok(reply) = &outcome {
            self.told.note(&self.dialect, reply);
        }
        let status = outcome.as_ref().map_or(0, |reply| reply.status.as_u16());
        tracing::debug!(
            platform = self.dialect.name,
            method = call.method.as_str(),
            path = call.template,
            intent = ?call.intent,
            attempt,
            status,
            ms = started.elapsed().as_millis(),
            failure = outcome.as_ref().err().map(|error| error.message.as_str()),
            "request"
        );
        let late = self.policy.remaining().is_zero();
        outcome.map_err(|error| Failure::unanswered(error, call.intent, late))
    }

    /// Judges an answer, and keeps the next call back where the tracker asks for it.
    fn judged(&self, call: &Call<'_>, reply: Reply) -> Result<Reply, Failure> {
        let verdict = judge::verdict(&self.dialect, call, &reply);
        if matches!(verdict, Verdict::Fail(..)) && (call.expected)(&reply) {
            return Ok(reply);
        }
        if let Some(failure) = Failure::judged(self, call.intent, &reply, verdict) {
            return Err(failure);
        }
        if let Some(wait) = reply.retry_after() {
            self.throttle.delay(wait);
        }
        Ok(reply)
    }

    /// The headers of every attempt; the platform's first, then the call's, the credentials last.
    fn headers(&self, call: &Call<'_>) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in self.dialect.headers {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        // A map extends by replacing what has the same name; pairs would be sent twice.
        headers.extend(call.headers.clone());
        headers.remove(header::AUTHORIZATION);
        if let Some(value) = self.authorization.header()? {
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(headers)
    }
}

fn request(
    call: &Call<'_>,
    url: &Url,
    headers: &HeaderMap,
) -> Result<http::Request<Bytes>, TransportError> {
    let unusable = |error: http::uri::InvalidUri| TransportError {
        sent: Sent::Never,
        permanent: true,
        message: format!("the address cannot be requested ({error})"),
    };
    let mut request = http::Request::new(call.body.clone());
    *request.uri_mut() = url.as_str().parse().map_err(unusable)?;
    *request.method_mut() = call.method.clone();
    *request.headers_mut() = headers.clone();
    request.extensions_mut().insert(call.intent);
    Ok(request)
}
