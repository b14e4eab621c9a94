//! One method that sends one request. Two implementors: reqwest, and a recorder in tests.

mod failure;
#[cfg(test)]
mod tests;

use super::{Intent, Reply, is_loopback};
use crate::error::{Error, ErrorKind, Result};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::{Certificate, Client, Response};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use url::Url;

/// Longest time to make a connection, name resolution and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest body that is read, counted after decompression.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

const USER_AGENT: &str = concat!("devops-integrations/", env!("CARGO_PKG_VERSION"));

/// Whether bytes of a failed request may have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The connection was never made.
    Never,
    /// Some may have.
    Maybe,
}

/// A request without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError {
    /// Whether bytes may have left.
    pub sent: Sent,
    /// True when it will not work later either, such as a certificate that is not trusted.
    pub permanent: bool,
    /// What happened, without the address: `the connection was refused`.
    pub message: String,
}

/// Sends one request and reads the whole answer.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends `request` once, follows no redirect, and returns its answer within `timeout`.
    ///
    /// The request's [`Intent`] is among its extensions. A `Create` must not go over a connection that the
    /// server may be closing at this moment, because then nobody could tell whether it arrived.
    /// When the time is over, [`Sent::Maybe`] is the answer, even if the connection was still being made.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<Reply, TransportError>;
}

/// What the real transport needs to know.
#[derive(Debug, Clone, Default)]
pub struct TransportOptions {
    /// Switches certificate checks off for this machine's own addresses. Those of others are always checked.
    pub accept_any_certificate: bool,
    /// Certificates of a private authority, PEM.
    pub ca_bundle: Option<Vec<u8>>,
}

/// The real transport: HTTP/1.1 over rustls, with the roots of the operating system and the proxy of the environment.
///
/// Making one costs nothing: the clients, and with them the certificates, are loaded by the first request.
pub struct Reqwest {
    accept_any_certificate: bool,
    authorities: Vec<Certificate>,
    clients: Mutex<BTreeMap<(Route, Reuse), Client>>,
}

/// The way to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Route {
    /// http to this machine: no proxy, or the token would leave it in the clear; no certificates needed.
    Plain,
    /// https to this machine: no proxy.
    Local,
    /// https to anywhere, through the proxy of the environment.
    Public,
}

impl Route {
    fn to(url: &Url) -> Self {
        match (url.scheme(), is_loopback(url)) {
            ("http", true) => Self::Plain,
            (_, true) => Self::Local,
            (_, false) => Self::Public,
        }
    }
}

/// Whether connections are kept open for the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reuse {
    /// They are.
    Pooled,
    /// Each request opens its own: a kept one may die under a create and leave its outcome unknown.
    Fresh,
}

impl Reuse {
    fn of(intent: Intent) -> Self {
        match intent {
            Intent::Create => Self::Fresh,
            Intent::Read | Intent::Replace => Self::Pooled,
        }
    }
}

impl fmt::Debug for Reqwest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authorities = self.authorities.len();
        f.debug_struct("Reqwest").field("authorities", &authorities).finish_non_exhaustive()
    }
}

impl Reqwest {
    /// A transport with these options.
    ///
    /// Fails with `Config` when the bundle of a private authority holds no readable certificate.
    pub fn new(options: TransportOptions) -> Result<Self> {
        let TransportOptions { accept_any_certificate, ca_bundle } = options;
        let authorities = ca_bundle.map(|pem| authorities(&pem)).transpose()?.unwrap_or_default();
        Ok(Self { accept_any_certificate, authorities, clients: Mutex::default() })
    }

    /// The client for a request of this intent to this address.
    fn client(&self, intent: Intent, url: &Url) -> Result<Client, TransportError> {
        let key = (Route::to(url), Reuse::of(intent));
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(key.0, key.1).map_err(|error| failure::unusable(&error))?;
        Ok(clients.entry(key).or_insert(client).clone())
    }

    /// A client that sends nothing twice by itself.
    fn build(&self, route: Route, reuse: Reuse) -> reqwest::Result<Client> {
        // A second call finds the provider installed, and that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .tls_danger_accept_invalid_certs(self.accept_any_certificate && route == Route::Local);
        if reuse == Reuse::Fresh {
            client = client.pool_max_idle_per_host(0);
        }
        if route != Route::Public {
            client = client.no_proxy();
        }
        match route {
            Route::Plain => client.tls_certs_only([]).build(),
            Route::Local | Route::Public => {
                client.tls_certs_merge(self.authorities.iter().cloned()).build()
            }
        }
    }

    async fn exchange(&self, request: http::Request<Bytes>) -> Result<Reply, TransportError> {
        let intent = request.extensions().get().copied().unwrap_or(Intent::Create);
        let request =
            reqwest::Request::try_from(request).map_err(|error| failure::unusable(&error))?;
        let client = self.client(intent, request.url())?;
        let mut response =
            client.execute(request).await.map_err(|error| failure::describe(&error))?;
        let body = read(&mut response).await?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        Ok(Reply { status, headers, body })
    }
}

#[async_trait]
impl Transport for Reqwest {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<Reply, TransportError> {
        tokio::time::timeout(timeout, self.exchange(request))
            .await
            .unwrap_or_else(|_elapsed| Err(failure::timeout(timeout)))
    }
}

/// Reads a body within the size limit. What counts is what comes out of the decompression, so that a small answer
/// cannot grow into the memory of the machine.
async fn read(response: &mut Response) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::describe(&error))? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(failure::oversize(LARGEST_BODY));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn authorities(bundle: &[u8]) -> Result<Vec<Certificate>> {
    let unreadable = |reason: &str| {
        Error::new(ErrorKind::Config, format!("use the ca_bundle: {reason}"))
            .with_hint("give a PEM file with the certificates of your private authority")
    };
    match Certificate::from_pem_bundle(bundle) {
        Ok(certificates) if certificates.is_empty() => Err(unreadable("it holds no certificate")),
        Ok(certificates) => Ok(certificates),
        Err(_) => Err(unreadable("a certificate in it cannot be read")),
    }
}
