//! A transport that answers from a script and keeps what was sent.

use super::super::connect;
use crate::{
    http::{Policy, Reply, Sent, Transport, TransportError, Wire},
    settings::{Origin, Settings},
    tracker::Tracker,
};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// What a script answers.
pub(in super::super) enum Answer {
    Json(u16, Value),
    Page(&'static str),
    /// The connection breaks after the request has left.
    Lost,
}

/// Answers `METHOD path` for the nth time, counted from 0.
pub(in super::super) type Script = fn(&str, usize) -> Answer;

/// A Jira that answers from a script.
pub(in super::super) struct Scripted {
    script: Script,
    sent: Mutex<Vec<(String, Value)>>,
}

impl Scripted {
    /// A tracker in front of the script, and what it sends.
    pub(in super::super) fn connect(
        deployment: &str,
        script: Script,
    ) -> (Box<dyn Tracker>, Arc<Self>) {
        let jira = Arc::new(Self { script, sent: Mutex::default() });
        let policy = Policy {
            timeout: Duration::from_secs(5),
            retry_attempts: 0,
            deadline: tokio::time::Instant::now() + Duration::from_mins(1),
        };
        let wire = Wire::new(Arc::<Self>::clone(&jira), policy);
        let settings = Settings::new("jira")
            .with("api_endpoint", "http://127.0.0.1", Origin::Default)
            .with("api_key", "token-0123456789", Origin::Default)
            .with("project", "SHOP", Origin::Default)
            .with("deployment", deployment, Origin::Default);
        (connect::connect(&settings, &wire).unwrap(), jira)
    }

    /// `METHOD path` of everything that was sent.
    pub(in super::super) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().iter().map(|(line, _)| line.clone()).collect()
    }

    /// The bodies that were sent to `METHOD path`.
    pub(in super::super) fn bodies(&self, line: &str) -> Vec<Value> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|(known, _)| known == line).map(|(_, body)| body.clone()).collect()
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        let line = format!("{} {}", request.method(), request.uri().path());
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        let nth = self.bodies(&line).len();
        self.sent.lock().unwrap().push((line.clone(), body));
        let (status, media_type, body) = match (self.script)(&line, nth) {
            Answer::Json(status, body) => (status, "application/json", body.to_string()),
            Answer::Page(page) => (200, "text/html", page.to_owned()),
            Answer::Lost => {
                let message = "the connection broke".to_owned();
                return Err(TransportError { sent: Sent::Maybe, permanent: false, message });
            }
        };
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static(media_type));
        let status = http::StatusCode::from_u16(status).unwrap();
        Ok(Reply { status, headers, body: Bytes::from(body) })
    }
}
