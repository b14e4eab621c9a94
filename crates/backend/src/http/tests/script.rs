//! A transport for tests that answers from a script and keeps what was sent.

use crate::http::{Policy, Reply, Sent, Transport, TransportError, Wire};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// Refuses to be asked: for what must not send anything.
pub(crate) struct Silent;

#[async_trait]
impl Transport for Silent {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        panic!("nothing should be sent: {} {}", request.method(), request.uri());
    }
}

/// A way over which nothing may be sent.
pub(crate) fn silent() -> Wire {
    let policy = Policy {
        timeout: Duration::from_secs(1),
        retry_attempts: 0,
        deadline: tokio::time::Instant::now(),
    };
    Wire::new(Arc::new(Silent), policy)
}

/// What a script answers.
pub(crate) enum Answer {
    Json(u16, Value),
    /// With headers.
    Headed(u16, Vec<(&'static str, String)>, Value),
    Page(&'static str),
    /// The connection breaks after the request has left.
    Lost,
}

/// Answers a request of a name, such as `METHOD path`, for the nth time, counted from 0.
pub(crate) type Script = fn(&str, usize) -> Answer;

/// Names a request.
type Name = fn(&http::Request<Bytes>) -> String;

/// A tracker that answers from a script.
pub(crate) struct Scripted {
    name: Name,
    script: Script,
    sent: Mutex<Vec<(String, String, Value)>>,
}

impl Scripted {
    /// The way to a script that knows requests as `METHOD path`, and what goes it.
    pub(crate) fn wire(script: Script) -> (Wire, Arc<Self>) {
        Self::named(|request| format!("{} {}", request.method(), request.uri().path()), script)
    }

    /// The same for a script that knows requests by another name, such as an operation of GraphQL.
    pub(crate) fn named(name: Name, script: Script) -> (Wire, Arc<Self>) {
        let scripted = Arc::new(Self { name, script, sent: Mutex::default() });
        let policy = Policy {
            timeout: Duration::from_secs(5),
            retry_attempts: 0,
            deadline: tokio::time::Instant::now() + Duration::from_mins(1),
        };
        (Wire::new(Arc::<Self>::clone(&scripted), policy), scripted)
    }

    /// The names of everything that was sent.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().iter().map(|(name, ..)| name.clone()).collect()
    }

    /// The bodies that were sent under a name.
    pub(crate) fn bodies(&self, name: &str) -> Vec<Value> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|(known, ..)| known == name).map(|(.., body)| body.clone()).collect()
    }

    /// The queries that were sent under a name.
    pub(crate) fn queries(&self, name: &str) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|(known, ..)| known == name).map(|(_, query, _)| query.clone()).collect()
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        let name = (self.name)(&request);
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        let nth = self.bodies(&name).len();
        self.sent.lock().unwrap().push((name.clone(), query, body));
        let (status, given, body) = match (self.script)(&name, nth) {
            Answer::Json(status, body) => (status, Vec::new(), body.to_string()),
            Answer::Headed(status, headers, body) => (status, headers, body.to_string()),
            Answer::Page(page) => {
                (200, vec![("content-type", "text/html".to_owned())], page.to_owned())
            }
            Answer::Lost => {
                let message = "the connection broke".to_owned();
                return Err(TransportError { sent: Sent::Maybe, permanent: false, message });
            }
        };
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
        headers.extend(given.into_iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), value.parse::<http::HeaderValue>().unwrap())
        }));
        let status = http::StatusCode::from_u16(status).unwrap();
        Ok(Reply { status, headers, body: Bytes::from(body) })
    }
}
