//! Vendor-shaped fakes: each speaks one tracker's own HTTP and JSON over a real socket.
//!
//! A fake is a [`Handler`] behind a [`Server`]. What all trackers have in common (items, comments, links,
//! users) is kept in one [`store`], so that a fake is only the translation to its vendor's shapes, refusals
//! and peculiarities. [`faults`] makes the server misbehave in ways that no tracker documents.

pub mod azure_devops;
pub mod codecatalyst;
pub mod faults;
pub mod github;
pub mod gitlab;
pub mod jira;
pub mod linear;
pub mod store;

mod gzip;
mod server;
mod stream;

pub use server::{Exchange, Server};

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request as it came in.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Method, upper case.
    pub method: String,
    /// Path as sent, still percent-encoded, without the query.
    pub path: String,
    /// Query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body without its transfer encoding.
    pub body: Vec<u8>,
    /// Every byte of the request as it was received, to search for what must not be there.
    pub raw: Vec<u8>,
}

impl Request {
    /// What the request asks for: its path and, where all operations share one, `#` and the operation's name.
    pub fn target(&self) -> String {
        match self.json::<Value>().as_ref().and_then(|body| body.get("operationName")?.as_str()) {
            Some(operation) => format!("{}#{operation}", self.path),
            None => self.path.clone(),
        }
    }

    /// The first value of a header; the name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter as a number.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.parameter(name).and_then(|value| value.parse().ok())
    }

    /// The segments of the path, percent-decoded.
    pub fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect()
    }

    /// The body as JSON, where it is that.
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Percent-decodes a path segment; a `+` stays what it is.
fn decode(segment: &str) -> String {
    let escaped = segment.replace('+', "%2B");
    url::form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}

/// An answer to send.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Headers; `Content-Length` is added.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Response {
    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// An answer with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::with_body(status, "application/json;charset=UTF-8", body.to_string())
    }

    /// An answer with a body of another media type.
    pub fn with_body(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::empty(status).with_header("Content-Type", media_type).replace_body(body)
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn replace_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// Answers requests. It is called on the server's thread, one request at a time.
pub trait Handler: Send + Sync {
    /// Answers one request.
    fn handle(&self, request: &Request) -> Response;
}

impl<F: Fn(&Request) -> Response + Send + Sync> Handler for F {
    fn handle(&self, request: &Request) -> Response {
        self(request)
    }
}
