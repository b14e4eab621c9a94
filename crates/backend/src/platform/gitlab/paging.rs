//! Lists on several pages: by cursor where the server knows those, by number elsewhere.

use super::{GitLab, dialect};
use crate::{
    error::{Error, ErrorKind, Result},
    http::{Call, Reply},
};
use serde::de::DeserializeOwned;
use url::Url;

/// Items asked for at once; GitLab gives no more.
pub(super) const PAGE: usize = 100;

/// How the next page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    Cursor(String),
    Page(String),
}

impl Next {
    /// What the answer says about the next page. Of the address in `Link` only the cursor or the number is taken: the
    /// server's own name for itself, behind a proxy or without https, may be one that the token must not go to.
    pub(super) fn of(reply: &Reply) -> Option<Self> {
        let address = reply.next_page().and_then(|address| Url::parse(address).ok());
        let parameter = |wanted: &str| {
            let mut all = address.as_ref()?.query_pairs();
            all.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        if let Some(cursor) = parameter("cursor") {
            return Some(Self::Cursor(cursor));
        }
        let number = reply.header("x-next-page").map(str::trim).filter(|number| !number.is_empty());
        parameter("page").or_else(|| number.map(str::to_owned)).map(Self::Page)
    }

    /// Asks for this page.
    pub(super) fn asked<'a>(&self, call: Call<'a>) -> Call<'a> {
        match self {
            Self::Cursor(cursor) => call.query("cursor", &**cursor),
            Self::Page(number) => call.query("page", &**number),
        }
    }
}

impl GitLab {
    /// Every entry of a list, from all its pages.
    pub(super) async fn all<'a, T: DeserializeOwned>(
        &'a self,
        call: impl Fn() -> Call<'a>,
    ) -> Result<Vec<T>> {
        let (mut entries, mut next) = (Vec::new(), None::<Next>);
        loop {
            let call = call().query("per_page", PAGE.to_string());
            let call = match &next {
                Some(next) => next.asked(call),
                None => call,
            };
            let reply = call.send().await?;
            let page: Vec<T> = entries_of(&reply)?;
            let following = Next::of(&reply).filter(|_| !page.is_empty());
            entries.extend(page);
            if following.is_none() || following == next {
                return Ok(entries);
            }
            next = following;
        }
    }
}

/// The entries of a page. What the server sent instead is not repeated.
pub(super) fn entries_of<T: DeserializeOwned>(reply: &Reply) -> Result<Vec<T>> {
    serde_json::from_slice(reply.text()).map_err(|error| {
        let (status, line, column) = (reply.status, error.line(), error.column());
        let message = format!(
            "GitLab answered {status}: not the expected list, at line {line} column {column}"
        );
        let error = Error::new(ErrorKind::Protocol, message);
        match dialect::hint(error.kind, Some(reply)) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(headers: &[(&'static str, &str)]) -> Option<Next> {
        let headers = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let status = http::StatusCode::OK;
        Next::of(&Reply { status, headers, body: bytes::Bytes::new() })
    }

    #[test]
    fn the_next_page_is_found_however_the_server_tells_it() {
        let cursor =
            r#"<http://inner/api/v4/projects/1/issues?cursor=eyJ%3D&per_page=100>; rel="next""#;
        assert_eq!(next(&[("link", cursor)]), Some(Next::Cursor("eyJ=".into())));
        let offset =
            r#"<https://x/api/v4/a?page=1>; rel="prev", <https://x/api/v4/a?page=3>; rel="next""#;
        assert_eq!(next(&[("link", offset), ("x-next-page", "3")]), Some(Next::Page("3".into())));
        assert_eq!(next(&[("x-next-page", "2")]), Some(Next::Page("2".into())));
        assert_eq!(next(&[("x-next-page", "")]), None);
        assert_eq!(next(&[("link", r#"<https://x/a?page=1>; rel="first""#)]), None);
    }
}
