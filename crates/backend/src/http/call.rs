//! One request: path template, query, body and intent.

use super::{Http, Reply, failure::Failure};
use crate::error::{Error, ErrorKind, Result};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

/// What a request does, which decides whether it may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Changes nothing.
    Read,
    /// Leaves the same state however often it is sent.
    Replace,
    /// Adds something: never sent again once bytes left.
    Create,
}

impl Intent {
    /// What a success of the wrong shape means.
    pub fn misshapen(self) -> ErrorKind {
        match self {
            Self::Create => ErrorKind::Ambiguous,
            Self::Read | Self::Replace => ErrorKind::Protocol,
        }
    }
}

/// A request being built. The path is a template, so that ids are encoded in one place and stay out of the log.
#[derive(Debug)]
pub struct Call<'a> {
    pub(super) http: &'a Http,
    pub(super) method: Method,
    pub(super) template: &'static str,
    pub(super) intent: Intent,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Which final failures are handed back as they are.
    pub(super) expected: fn(&Reply) -> bool,
    address: Option<Url>,
    segments: Vec<(&'static str, String)>,
    query: Vec<(&'static str, String)>,
    broken: Option<Error>,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        http: &'a Http,
        method: Method,
        template: &'static str,
        intent: Intent,
    ) -> Self {
        Self {
            http,
            method,
            template,
            intent,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            expected: |_| false,
            address: None,
            segments: Vec::new(),
            query: Vec::new(),
            broken: None,
        }
    }

    /// Fills `{name}` of the path; everything but unreserved characters is percent-encoded.
    #[must_use]
    pub fn segment(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.segments.push((name, value.into()));
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Sets a header in place of the platform's or an earlier one, such as one that the tracker wants an upload to
    /// have. `Authorization` is [`Http`]'s own.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
                self
            }
            _ => self.broken(unformable(&format!("the header {name:?} cannot be sent"))),
        }
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.json_as("application/json", body)
    }

    /// Sets a JSON body of a media type of its own, such as `application/json-patch+json`.
    #[must_use]
    pub fn json_as<T: Serialize + ?Sized>(self, media_type: &str, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.bytes(media_type, bytes),
            Err(error) => self.broken(unwritable(&error)),
        }
    }

    /// Sets a body of another media type; an unusable media type is sent as `application/octet-stream`.
    #[must_use]
    pub fn bytes(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        let media_type = HeaderValue::from_str(media_type)
            .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
        self.headers.insert(header::CONTENT_TYPE, media_type);
        self.body = body.into();
        self
    }

    /// Says that a POST changes nothing, such as a search.
    #[must_use]
    pub fn reads(mut self) -> Self {
        self.intent = Intent::Read;
        self
    }

    /// Says that the request leaves the same state however often it is sent.
    #[must_use]
    pub fn replaces(mut self) -> Self {
        self.intent = Intent::Replace;
        self
    }

    /// Says that the request adds something.
    #[must_use]
    pub fn creates(mut self) -> Self {
        self.intent = Intent::Create;
        self
    }

    /// Sends the request and reads the JSON answer. The message of an error has the platform as its subject,
    /// `Jira answered 404 Not Found: ..`; put in front what was being done: `.during("link SHOP-1")`.
    pub async fn receive<T: DeserializeOwned>(mut self) -> Result<T> {
        let reply = self.run().await?;
        self.understood(&reply)
    }

    /// Sends the request and reads a success as JSON, for callers that want to know what the headers say as well.
    pub async fn receive_with_reply<T: DeserializeOwned>(mut self) -> Result<(T, Reply)> {
        let reply = self.run().await?;
        Ok((self.understood(&reply)?, reply))
    }

    /// Sends the request: any success will do. Errors read as those of [`Call::receive`].
    pub async fn send(mut self) -> Result<Reply> {
        self.run().await
    }

    /// Sends the request, and hands back a failure that is `expected` as it is, such as the 422 for what exists already:
    /// `.answer(|reply| reply.status == 422 && says(reply, "already_exists"))`. Passing failures are repeated
    /// first, and the last of them is an error, like every failure that is not expected.
    pub async fn answer(mut self, expected: fn(&Reply) -> bool) -> Result<Reply> {
        self.expected = expected;
        self.run().await
    }

    /// Fails when it is to be sent; the first reason stays.
    fn broken(mut self, error: Error) -> Self {
        self.broken.get_or_insert(error);
        self
    }

    async fn run(&mut self) -> Result<Reply> {
        match self.broken.take() {
            Some(error) => Err(error),
            None => self.http.run(self).await,
        }
    }

    /// What a success says.
    pub(super) fn understood<T: DeserializeOwned>(&self, reply: &Reply) -> Result<T> {
        serde_json::from_slice(reply.text()).map_err(|error| self.misunderstood(reply, &error))
    }

    /// A success in another shape than expected.
    fn misunderstood(&self, reply: &Reply, error: &serde_json::Error) -> Error {
        let kind = self.intent.misshapen();
        let reason = match reply.text() {
            [] => "nothing where JSON was expected".to_owned(),
            _ => format!("not the expected JSON, {}", without_values(error)),
        };
        Failure::answered(self.http, kind, reply, &reason).into_error(self, 1)
    }

    /// Goes to a given address, for which the template only stands in the log.
    pub(super) fn at(self, address: Result<Url>) -> Self {
        match address {
            Ok(address) => Self { address: Some(address), ..self },
            Err(error) => self.broken(error),
        }
    }

    /// The full address.
    pub(super) fn url(&self) -> Result<Url> {
        let mut url = match &self.address {
            Some(address) => address.clone(),
            None => self.filled()?,
        };
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    /// The template with its segments, below the base.
    fn filled(&self) -> Result<Url> {
        let mut path = self.template.to_owned();
        for (name, value) in &self.segments {
            refuse_misleading(name, value)?;
            path = path.replacen(&format!("{{{name}}}"), &encode_segment(value), 1);
        }
        self.http.base().join(&path).map_err(|error| unformable(&error.to_string()))
    }
}

fn unformable(reason: &str) -> Error {
    Error::new(ErrorKind::Config, format!("form a request: {reason}"))
}

fn unwritable(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Rejected, format!("write the request: {error}"))
}

/// Refuses values that would lead to another address: without its id, `DELETE item/{id}` would delete all of them, and
/// `item/{id}/links` with `..` is `links`. Encoding does not help, because by the rules of URLs `%2E` is a dot there
/// as well. No id consists of dots.
fn refuse_misleading(name: &str, value: &str) -> Result<()> {
    if value.is_empty() {
        return Err(unformable(&format!("{name} is empty")));
    }
    if value.chars().all(|c| c == '.') {
        return Err(unformable(&format!("{name} is `{value}`, which is nothing's id")));
    }
    Ok(())
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn encode_segment(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// What is wrong with a document. Of a value with another type only the place is said, since serde would repeat the value.
fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if error.is_data() && !text.starts_with("missing field") {
        return format!(
            "a value of another type at line {} column {}",
            error.line(),
            error.column()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_encoded() {
        for (value, encoded) in [
            ("SHOP-12", "SHOP-12"),
            ("a/b#7", "a%2Fb%237"),
            ("../x", "..%2Fx"),
            ("%2e", "%252e"),
            ("ü?", "%C3%BC%3F"),
        ] {
            assert_eq!(encode_segment(value), encoded);
        }
    }
}
