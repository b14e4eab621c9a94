//! The rules of [`Http`] against a scripted transport, with time paused.

mod call;
mod given;
mod judge;
mod log;
mod redirect;
mod reply;
mod retry;
pub(crate) mod script;
mod throttle;

use super::{
    Authorization, Dialect, Http, Intent, Policy, Reply, Scope, Sent, Transport, TransportError,
    Verdict, Wire,
};
use crate::{error::ErrorKind, secret::Secret};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use url::Url;

const TOKEN: &str = "s3cr3t-token";

/// What the scripted tracker does with one request.
#[derive(Clone)]
enum Step {
    Answer(Reply),
    Fail(TransportError),
    /// Says nothing until the attempt's time is over.
    Silence,
}

/// A request as it arrived: when, what, where to, with which headers and body.
#[derive(Debug)]
struct Seen {
    at: Duration,
    method: String,
    url: String,
    headers: HeaderMap,
    body: Bytes,
    intent: Option<Intent>,
}

impl Seen {
    /// All values of a header.
    fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

/// Answers by a script, the last step for ever, and remembers what it was sent.
struct Recorder {
    script: Mutex<VecDeque<Step>>,
    seen: Mutex<Vec<Seen>>,
    start: Instant,
}

#[async_trait]
impl Transport for Recorder {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<Reply, TransportError> {
        self.seen.lock().unwrap().push(Seen {
            at: self.start.elapsed(),
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: request.headers().clone(),
            body: request.body().clone(),
            intent: request.extensions().get().copied(),
        });
        let step = {
            let mut script = self.script.lock().unwrap();
            if script.len() > 1 { script.pop_front().unwrap() } else { script[0].clone() }
        };
        // What else is in flight gets its turn before the answer.
        tokio::task::yield_now().await;
        match step {
            Step::Answer(reply) => Ok(reply),
            Step::Fail(error) => Err(error),
            Step::Silence => {
                tokio::time::sleep(timeout).await;
                Err(failed(Sent::Maybe, &format!("no answer within {timeout:?}")))
            }
        }
    }
}

/// A tracker that follows a script, and an API that talks to it: 3 repetitions, 30 s each, 60 s in all.
struct Bench {
    recorder: Arc<Recorder>,
    http: Http,
}

impl Bench {
    fn new(script: impl IntoIterator<Item = Step>) -> Self {
        Self::speaking(script, PLAIN)
    }

    fn speaking(script: impl IntoIterator<Item = Step>, dialect: Dialect) -> Self {
        let start = Instant::now();
        let script = Mutex::new(script.into_iter().collect());
        let recorder = Arc::new(Recorder { script, seen: Mutex::default(), start });
        let policy = Policy {
            timeout: Duration::from_secs(30),
            retry_attempts: 3,
            deadline: start + Duration::from_mins(1),
        };
        let wire = Wire::new(Arc::clone(&recorder) as _, policy);
        let base = Url::parse("https://acme.example/jira").unwrap();
        let authorization = Authorization::Bearer(Secret::new(TOKEN));
        Self { recorder, http: Http::new(&wire, &base, authorization, dialect) }
    }

    fn requests(&self) -> usize {
        self.recorder.seen.lock().unwrap().len()
    }

    /// Where each request went.
    fn urls(&self) -> Vec<String> {
        self.recorder.seen.lock().unwrap().iter().map(|seen| seen.url.clone()).collect()
    }

    /// When each request arrived, in whole milliseconds after the start.
    fn times(&self) -> Vec<u128> {
        self.recorder.seen.lock().unwrap().iter().map(|seen| seen.at.as_millis()).collect()
    }
}

const PLAIN: Dialect = Dialect {
    headers: &[("x-dialect", "yes")],
    request_ids: &["x-acme-id"],
    explain: |reply| String::from_utf8(reply.body.to_vec()).ok().filter(|text| !text.is_empty()),
    ..Dialect::common("Jira")
};

/// An answer.
pub(crate) fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| {
        (http::HeaderName::from_static(name), http::HeaderValue::from_str(value).unwrap())
    });
    Reply {
        status: StatusCode::from_u16(status).unwrap(),
        headers: headers.collect(),
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

fn answer(status: u16) -> Step {
    Step::Answer(reply(status, &[], ""))
}

fn asking(status: u16, wait: &str) -> Step {
    Step::Answer(reply(status, &[("retry-after", wait)], ""))
}

fn failed(sent: Sent, message: &str) -> TransportError {
    TransportError { sent, permanent: false, message: message.to_owned() }
}

fn refused() -> Step {
    Step::Fail(failed(Sent::Never, "the connection was refused"))
}

/// Asserts that the second request came not before `least` and not much later (seconds).
fn check_second(bench: &Bench, least: f64, most: f64, case: &str) {
    let times = bench.times();
    assert_eq!(times.len(), 2, "{case}");
    let second = Duration::from_millis(u64::try_from(times[1]).unwrap()).as_secs_f64();
    assert!((least..=most).contains(&second), "{case}: {second} not in {least}..{most}");
}
