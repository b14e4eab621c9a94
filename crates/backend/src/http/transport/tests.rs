//! The real transport against sockets that misbehave.

mod proxy;
mod tls;

use super::{Intent, Reply, Reqwest, Route, Sent, Transport, TransportError, TransportOptions};
use bytes::Bytes;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const LONG: Duration = Duration::from_secs(20);

/// A server on this machine that lets `serve` handle each connection, and counts the requests that arrived.
struct Server {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    async fn start<F>(serve: impl Fn(Peer) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/item", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(Peer { socket, requests: Arc::clone(&seen) }));
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// The server's end of one connection.
struct Peer {
    socket: TcpStream,
    requests: Arc<AtomicUsize>,
}

impl Peer {
    /// Reads a request with its body; empty when the client closed the connection.
    async fn request(&mut self) -> String {
        let mut text = String::new();
        let mut buffer = [0; 4096];
        loop {
            let read = self.socket.read(&mut buffer).await.unwrap_or(0);
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
            if read == 0 || is_whole(&text) {
                break;
            }
        }
        if !text.is_empty() {
            self.requests.fetch_add(1, Ordering::SeqCst);
        }
        text
    }

    async fn say(&mut self, bytes: impl AsRef<[u8]>) {
        // The client may be gone already, and that is its right.
        let _ = self.socket.write_all(bytes.as_ref()).await;
    }

    /// Ends the connection with a reset instead of a farewell.
    fn reset(self) {
        self.socket.set_zero_linger().unwrap();
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

fn request(address: &str, intent: Intent) -> http::Request<Bytes> {
    let (method, body) = match intent {
        Intent::Read => (http::Method::GET, ""),
        Intent::Replace => (http::Method::PUT, "{}"),
        Intent::Create => (http::Method::POST, "{}"),
    };
    let mut request = http::Request::new(Bytes::from(body));
    *request.uri_mut() = address.parse().unwrap();
    *request.method_mut() = method;
    request.extensions_mut().insert(intent);
    request
}

fn transport() -> Reqwest {
    Reqwest::new(TransportOptions::default()).unwrap()
}

async fn get(address: &str) -> Result<Reply, TransportError> {
    transport().send(request(address, Intent::Read), LONG).await
}

/// What a failed read of a server's one answer is called.
async fn failure(answer: &'static [u8]) -> TransportError {
    let server = Server::start(move |mut peer| async move {
        peer.request().await;
        peer.say(answer).await;
    })
    .await;
    get(&server.address).await.unwrap_err()
}

#[tokio::test]
async fn an_answer_is_read_whole() {
    let server = Server::start(|mut peer| async move {
        let text = peer.request().await;
        peer.say(format!(
            "HTTP/1.1 404 Not Found\r\nx-a: b\r\ncontent-length: {}\r\n\r\n",
            text.len()
        ))
        .await;
        peer.say(text).await;
    })
    .await;
    let reply = transport().send(request(&server.address, Intent::Create), LONG).await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.header("x-a")), (404, Some("b")));
    let text = String::from_utf8_lossy(&reply.body);
    for part in
        ["POST /item HTTP/1.1", "user-agent: devops-integrations/", "accept-encoding: gzip", "{}"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("referer"), "{text}");
}

#[tokio::test]
async fn a_refused_connection_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/item?query=secret", listener.local_addr().unwrap());
    drop(listener);
    let error = get(&address).await.unwrap_err();
    assert_eq!(error.message, "the connection was refused");
    assert_eq!((error.sent, error.permanent), (Sent::Never, false));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_sends_nothing() {
    let error = get("http://no.such.host.invalid./").await.unwrap_err();
    assert_eq!(error.message, "the host name does not resolve");
    assert_eq!((error.sent, error.permanent), (Sent::Never, false));
}

#[tokio::test]
async fn a_reset_before_the_answer_is_a_cut_after_sending() {
    let server = Server::start(|mut peer| async move {
        peer.request().await;
        peer.reset();
    })
    .await;
    for intent in [Intent::Read, Intent::Replace, Intent::Create] {
        let before = server.requests();
        let error = transport().send(request(&server.address, intent), LONG).await.unwrap_err();
        assert_eq!(error.message, "the connection was cut");
        assert_eq!((error.sent, error.permanent), (Sent::Maybe, false));
        assert_eq!(server.requests() - before, 1, "{intent:?}");
    }
}

#[tokio::test]
async fn answers_that_break_off_are_cuts() {
    for answer in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{}",
    ] {
        let error = failure(answer.as_bytes()).await;
        assert_eq!(error.message, "the connection was cut", "{answer}");
        assert_eq!((error.sent, error.permanent), (Sent::Maybe, false));
    }
}

#[tokio::test]
async fn garbage_is_not_http() {
    for answer in ["SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\n\0: \r\n\r\n"] {
        let error = failure(answer.as_bytes()).await;
        assert!(error.message.starts_with("the answer is not HTTP"), "{}", error.message);
        assert!(error.permanent && error.sent == Sent::Maybe);
    }
}

/// A server that never gets to the end, and an attempt with little time.
async fn impatient(answer: &'static [u8]) -> TransportError {
    let server = Server::start(move |mut peer| async move {
        peer.request().await;
        peer.say(answer).await;
        std::future::pending::<()>().await;
    })
    .await;
    let limit = Duration::from_millis(200);
    transport().send(request(&server.address, Intent::Read), limit).await.unwrap_err()
}

#[tokio::test]
async fn a_silent_or_slow_server_costs_no_more_than_the_attempt() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"] {
        let error = impatient(answer.as_bytes()).await;
        assert_eq!(error.message, "no answer within 1 s");
        assert_eq!((error.sent, error.permanent), (Sent::Maybe, false));
    }
}

#[tokio::test]
async fn a_body_has_a_size_limit() {
    let server = Server::start(|mut peer| async move {
        peer.request().await;
        peer.say("HTTP/1.1 200 OK\r\n\r\n").await;
        let chunk = vec![b' '; 1 << 16];
        while peer.socket.write_all(&chunk).await.is_ok() {}
    })
    .await;
    let error = get(&server.address).await.unwrap_err();
    assert_eq!(error.message, "the answer is larger than 8 MiB");
    assert!(error.permanent);
}

/// 16 MiB of zeros in 16 KiB.
#[tokio::test]
async fn a_compressed_body_counts_as_what_it_becomes() {
    let bomb = include_bytes!("tests/zeros-16-mib.gz");
    assert!(bomb.len() < 32 * 1024);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        bomb.len()
    );
    let server = Server::start(move |mut peer| {
        let head = head.clone();
        async move {
            peer.request().await;
            peer.say(head).await;
            peer.say(bomb).await;
        }
    })
    .await;
    let error = get(&server.address).await.unwrap_err();
    assert_eq!(error.message, "the answer is larger than 8 MiB");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let foreign = Server::start(|mut peer| async move { drop(peer.request().await) }).await;
    let location = foreign.address.clone();
    let server = Server::start(move |mut peer| {
        let head = format!("HTTP/1.1 307 Go\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        async move {
            peer.request().await;
            peer.say(head).await;
        }
    })
    .await;
    for intent in [Intent::Read, Intent::Create] {
        let reply = transport().send(request(&server.address, intent), LONG).await.unwrap();
        assert_eq!(reply.status.as_u16(), 307);
    }
    assert_eq!((server.requests(), foreign.requests()), (2, 0));
}

/// Answers the first request of a connection and keeps it open; resets it at the second.
async fn one_answer_a_connection(mut peer: Peer) {
    peer.request().await;
    peer.say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    if !peer.request().await.is_empty() {
        peer.reset();
    }
}

#[tokio::test]
async fn a_create_does_not_meet_a_dying_connection() {
    let server = Server::start(one_answer_a_connection).await;
    let transport = transport();
    for intent in [Intent::Read, Intent::Create, Intent::Create, Intent::Create] {
        assert!(transport.send(request(&server.address, intent), LONG).await.is_ok(), "{intent:?}");
    }
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn other_requests_keep_their_connection_and_are_sent_once() {
    let server = Server::start(one_answer_a_connection).await;
    let transport = transport();
    let send = async |intent| transport.send(request(&server.address, intent), LONG).await;
    assert!(send(Intent::Read).await.is_ok());
    let error = send(Intent::Replace).await.unwrap_err();
    assert_eq!((error.sent, server.requests()), (Sent::Maybe, 2));
}

#[tokio::test]
async fn a_bundle_must_hold_certificates() {
    for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
        let ca_bundle = Some(pem.as_bytes().to_vec());
        let error = Reqwest::new(TransportOptions { ca_bundle, ..Default::default() }).unwrap_err();
        assert_eq!(error.kind, crate::ErrorKind::Config, "{pem}");
    }
}
