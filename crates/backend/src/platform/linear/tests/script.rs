//! A transport that answers each operation from a script and keeps what was sent.

use super::super::connect;
use crate::{
    http::{Policy, Reply, Sent, Transport, TransportError, Wire},
    settings::{Origin, Settings},
    tracker::Tracker,
};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// What a script answers.
pub(super) enum Answer {
    /// These `data`.
    Data(Value),
    /// An error with this code and message.
    Error(&'static str, &'static str),
    /// The connection breaks after the request has left.
    Lost,
}

/// Answers the operation of a name for the nth time, counted from 0. An upload is the operation `PUT`.
pub(super) type Script = fn(&str, usize) -> Answer;

/// A Linear that answers from a script.
pub(super) struct Scripted {
    script: Script,
    sent: Mutex<Vec<(String, Value)>>,
}

impl Scripted {
    /// A tracker in front of the script, and what it sends.
    pub(super) fn connect(script: Script) -> (Box<dyn Tracker>, Arc<Self>) {
        let linear = Arc::new(Self { script, sent: Mutex::default() });
        let policy = Policy {
            timeout: Duration::from_secs(5),
            retry_attempts: 0,
            deadline: tokio::time::Instant::now() + Duration::from_mins(1),
        };
        let wire = Wire::new(Arc::<Self>::clone(&linear), policy);
        let settings = Settings::new("linear")
            .with("api_endpoint", "http://127.0.0.1/graphql", Origin::Default)
            .with("api_key", "lin_api_0123456789", Origin::Default)
            .with("project", "eng", Origin::Default);
        (connect::connect(&settings, &wire).unwrap(), linear)
    }

    /// The operations that were sent.
    pub(super) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().iter().map(|(operation, _)| operation.clone()).collect()
    }

    /// The bodies that were sent with an operation.
    pub(super) fn bodies(&self, operation: &str) -> Vec<Value> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|(known, _)| known == operation).map(|(_, body)| body.clone()).collect()
    }

    /// Every text of a query that was sent.
    pub(super) fn queries(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter_map(|(_, body)| Some(body["query"].as_str()?.to_owned())).collect()
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let operation =
            body["operationName"].as_str().unwrap_or(request.method().as_str()).to_owned();
        let nth = self.bodies(&operation).len();
        self.sent.lock().unwrap().push((operation.clone(), body));
        let body = match (self.script)(&operation, nth) {
            Answer::Data(data) => json!({"data": data}),
            Answer::Error(code, message) => {
                json!({"errors": [{"message": message, "extensions": {"code": code}}], "data": null})
            }
            Answer::Lost => {
                let message = "the connection broke".to_owned();
                return Err(TransportError { sent: Sent::Maybe, permanent: false, message });
            }
        };
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
        Ok(Reply { status: http::StatusCode::OK, headers, body: Bytes::from(body.to_string()) })
    }
}
