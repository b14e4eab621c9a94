//! An answer, read whole.

use super::{link, wait};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// An answer: status, headers, whole body.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed, within the size limit.
    pub body: Bytes,
}

impl Reply {
    /// A header's value, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON, whatever the status; a UTF-8 byte order mark is skipped.
    pub fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.text()).ok()
    }

    /// How long the tracker asks to be left alone in `Retry-After`, in any of its forms. `None` where it does not say,
    /// says zero, or says nothing that makes sense.
    pub fn retry_after(&self) -> Option<Duration> {
        wait::asked(self)
    }

    /// How long it is until `time`, such as the one at which a limit is lifted, counted from the answer's own `Date`,
    /// so that neither our clock nor its error matters. `None` without that date, and when the time has come.
    pub fn until(&self, time: Timestamp) -> Option<Duration> {
        wait::until(self, time)
    }

    /// The address of the next page, from the `Link` header; [`Http::follow`](super::Http::follow) reads it.
    pub fn next_page(&self) -> Option<&str> {
        self.link("next")
    }

    /// The address of the last page, where the `Link` header has it.
    pub fn last_page(&self) -> Option<&str> {
        self.link("last")
    }

    fn link(&self, relation: &str) -> Option<&str> {
        let headers = self.headers.get_all(header::LINK).iter();
        let mut headers = headers.filter_map(|header| header.to_str().ok());
        headers.find_map(|header| link::target(header, relation))
    }

    /// True when the body is a web page. An empty one is none, whatever its media type: front ends declare
    /// `text/html` on answers without a body.
    pub fn is_html(&self) -> bool {
        let text = self.text().trim_ascii_start();
        let media_type = self.header("content-type").unwrap_or_default().trim_start();
        let begins = |text: &[u8], with: &str| {
            text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
        };
        let declared = ["text/html", "application/xhtml"];
        !text.is_empty()
            && (declared.iter().any(|kind| begins(media_type.as_bytes(), kind))
                || ["<!doctype html", "<html"].iter().any(|tag| begins(text, tag)))
    }

    /// The body without a byte order mark (Azure DevOps sends one).
    pub fn text(&self) -> &[u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body)
    }
}
