//! octocrab on our own transport.
//!
//! octocrab builds the requests, joins them with the API and reads the answers; [`Http`] sends them, as the service
//! that octocrab rides on. So there is one retry loop, one table of what a status means and one place for the token,
//! of which octocrab knows nothing. Every request says in its extensions what it does ([`Intent`]) and how the log calls it;
//! a failure comes back through octocrab's error as the very [`Error`] that [`Http`] made.
//!
//! octocrab's models of issues and pull requests are not used: they want dozens of fields and know closed sets of
//! words, so that one field that an Enterprise Server leaves out, or one word that GitHub adds, would hide an item.

use super::dialect;
use crate::{
    error::{Error, ErrorKind, Result},
    http::{Http, Intent, encode_segment},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use octocrab::{AuthState, FromResponse, OctoBody, Octocrab, OctocrabBuilder, Page};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use url::{Url, form_urlencoded::Serializer};

/// Pages that are read at the same time.
const IN_FLIGHT: usize = 8;

/// Entries asked for at once; GitHub gives at most so many.
const PAGE: &str = "100";

/// GitHub's API through octocrab.
#[derive(Clone)]
pub(super) struct Api {
    client: Octocrab,
    http: Http,
    /// Where GraphQL is answered, which on an Enterprise Server is beside the REST API.
    graphql: Url,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("http", &self.http).finish_non_exhaustive()
    }
}

/// A path below the API: a template for the log, and the path itself.
#[derive(Debug, Clone)]
pub(super) struct Route {
    template: &'static str,
    address: String,
}

impl Route {
    /// Fills the template's `{..}` in their order; everything but unreserved characters is percent-encoded.
    pub(super) fn new(template: &'static str, values: &[&str]) -> Self {
        let mut parts = template.split('{');
        let mut address = format!("/{}", parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            address.push_str(&encode_segment(value));
            address.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
        }
        Self { template, address }
    }

    /// The same path with a query.
    pub(super) fn with(mut self, query: &[(&str, &str)]) -> Self {
        if !query.is_empty() {
            let mut pairs = Serializer::new(String::new());
            pairs.extend_pairs(query);
            self.address = format!("{}?{}", self.address, pairs.finish());
        }
        self
    }
}

/// What a service is told about a request.
#[derive(Debug, Clone, Copy)]
struct Purpose {
    template: &'static str,
    intent: Intent,
}

/// No body.
const NOTHING: Option<&Value> = None;

impl Api {
    /// The API that `http` speaks to. Wants to be made where tokio runs, because octocrab keeps a task of its own.
    pub(super) fn new(http: &Http, graphql: Url) -> Self {
        let carrier = http.clone();
        let service = tower::service_fn(move |request| carry(carrier.clone(), request));
        let builder = OctocrabBuilder::new_empty().with_service(service);
        match builder.with_auth(AuthState::None).build() {
            Ok(client) => Self { client, http: http.clone(), graphql },
            Err(never) => match never {},
        }
    }

    /// The way below the library, for answers whose headers matter.
    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    /// Reads something.
    pub(super) async fn read<T: DeserializeOwned>(&self, route: &Route) -> Result<T> {
        self.ask(Method::GET, Intent::Read, route, NOTHING).await
    }

    /// Makes something: sent once.
    pub(super) async fn create<T: DeserializeOwned>(
        &self,
        route: &Route,
        body: &Value,
    ) -> Result<T> {
        self.ask(Method::POST, Intent::Create, route, Some(body)).await
    }

    /// A POST after which all is the same however often it is sent.
    pub(super) async fn settle<T: DeserializeOwned>(
        &self,
        route: &Route,
        body: &Value,
    ) -> Result<T> {
        self.ask(Method::POST, Intent::Replace, route, Some(body)).await
    }

    /// Changes something.
    pub(super) async fn change<T: DeserializeOwned>(
        &self,
        route: &Route,
        body: &Value,
    ) -> Result<T> {
        self.ask(Method::PATCH, Intent::Replace, route, Some(body)).await
    }

    /// Removes something.
    pub(super) async fn remove(&self, route: &Route) -> Result<()> {
        self.send(Method::DELETE, Intent::Replace, route, NOTHING).await.map(drop)
    }

    /// Asks GraphQL: the document is ours, and whatever comes from elsewhere is a variable.
    pub(super) async fn graphql<T: DeserializeOwned>(
        &self,
        intent: Intent,
        document: &str,
        variables: &Value,
    ) -> Result<T> {
        let route = Route { template: "graphql", address: self.graphql.to_string() };
        let body = serde_json::json!({"query": document, "variables": variables});
        let answer: octocrab::GraphqlOkResponse<T> =
            self.ask(Method::POST, intent, &route, Some(&body)).await?;
        Ok(answer.data)
    }

    /// Reads a list page by page and hands every page to `take`, in order, until it says that it has enough.
    ///
    /// Where GitHub says how many pages there are, several are read at the same time; elsewhere each page is asked for
    /// by the address that the one before it gives. True when all there is was taken.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        route: &Route,
        query: &[(&str, &str)],
        mut take: impl FnMut(Page<T>) -> bool,
    ) -> Result<bool> {
        let query = [query, &[("per_page", PAGE)]].concat();
        let first: Page<T> = self.read_page(&route.clone().with(&query)).await?;
        let (last, mut next) = (first.number_of_pages(), first.next.clone());
        if !take(first) {
            return Ok(next.is_none());
        }
        if let (Some(last), Some(second)) = (last, next.clone()) {
            let numbered = |number: u32| {
                let route = self.given(&second, Some(number));
                async move { self.read_page(&route?).await }
            };
            let mut pages = stream::iter(2..=last).map(numbered).buffered(IN_FLIGHT);
            while let Some(page) = pages.next().await {
                let page: Page<T> = page?;
                next.clone_from(&page.next);
                if !take(page) {
                    return Ok(next.is_none());
                }
            }
        }
        // The list may have grown meanwhile.
        while let Some(address) = next.take() {
            let page: Page<T> = self.read_page(&self.given(&address, None)?).await?;
            next.clone_from(&page.next);
            let goes_round = next.as_ref() == Some(&address);
            if !take(page) || goes_round {
                return Ok(next.is_none());
            }
        }
        Ok(true)
    }

    /// An address that GitHub gave, with another page's number where one is wanted. A server behind a proxy may know
    /// itself by another name, to which the token does not go, so that the address is taken below ours.
    fn given(&self, address: &Uri, page: Option<u32>) -> Result<Route> {
        let path = address.path_and_query().map_or("/", |path| path.as_str());
        let mut url = self.http.base().join(path).map_err(|error| {
            Error::new(ErrorKind::Protocol, format!("use the address of a page: {error}"))
        })?;
        if let Some(page) = page {
            let all: Vec<_> = url.query_pairs().into_owned().collect();
            let others = all.iter().filter(|(name, _)| name != "page");
            url.query_pairs_mut()
                .clear()
                .extend_pairs(others)
                .append_pair("page", &page.to_string());
        }
        Ok(Route { template: "{address}", address: url.to_string() })
    }

    async fn read_page<T: DeserializeOwned>(&self, route: &Route) -> Result<Page<T>> {
        self.ask(Method::GET, Intent::Read, route, NOTHING).await
    }

    async fn ask<T: FromResponse>(
        &self,
        method: Method,
        intent: Intent,
        route: &Route,
        body: Option<&Value>,
    ) -> Result<T> {
        let response = self.send(method, intent, route, body).await?;
        let status = response.status();
        T::from_response(response).await.map_err(|error| misshapen(&error, status, intent))
    }

    async fn send(
        &self,
        method: Method,
        intent: Intent,
        route: &Route,
        body: Option<&Value>,
    ) -> Result<Response<BoxBody<Bytes, octocrab::Error>>> {
        let purpose = Purpose { template: route.template, intent };
        let request = Request::builder().method(method).uri(&route.address).extension(purpose);
        let request = self.client.build_request(request, body);
        let sent = match request {
            Ok(request) => self.client.execute(request).await,
            Err(error) => Err(error),
        };
        sent.map_err(|error| failure(error, intent))
    }
}

/// Carries a request of octocrab's over our own transport.
async fn carry(http: Http, request: Request<OctoBody>) -> Result<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|error| failure(error, Intent::Read))?.to_bytes();
    // Nothing is known of a request that was not made here, so that it must not be repeated.
    let unknown = Purpose { template: "{address}", intent: Intent::Create };
    let purpose = parts.extensions.get().copied().unwrap_or(unknown);
    let request = Request::from_parts(parts, body);
    let reply = http.forward_judged(request, purpose.template, purpose.intent).await?;
    let mut response = Response::new(Full::new(Bytes::copy_from_slice(reply.text())));
    (*response.status_mut(), *response.headers_mut()) = (reply.status, reply.headers);
    Ok(response)
}

/// The error that [`Http`] made, taken out of octocrab's; else that the library itself failed.
fn failure(error: octocrab::Error, intent: Intent) -> Error {
    let reason = match error {
        octocrab::Error::Service { source, .. } => match source.downcast::<Error>() {
            Ok(ours) => return *ours,
            Err(other) => other.to_string(),
        },
        other => other.to_string(),
    };
    let message = format!("GitHub's client library failed: {reason}{}", unknown(intent));
    Error::new(intent.misshapen(), message)
}

/// A success of the wrong shape. What serde says may repeat the answer, in which anything may stand; where it was is
/// enough.
fn misshapen(error: &octocrab::Error, status: StatusCode, intent: Intent) -> Error {
    let place = match error {
        octocrab::Error::Json { source, .. } => format!(" at `{}`", source.path()),
        _ => String::new(),
    };
    let unknown = unknown(intent);
    let message = format!("GitHub answered {status}: not the expected JSON{place}{unknown}");
    let error = Error::new(intent.misshapen(), message);
    match dialect::hint(error.kind, None) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// What is to be added where a create was sent.
fn unknown(intent: Intent) -> &'static str {
    if intent == Intent::Create { ", so the outcome is unknown" } else { "" }
}
