//! Certificates of a known and of an unknown authority, for another host, and a server without any.
//!
//! `authority.pem` signed the server's certificate, which is for `localhost` and no other name. Its key protects
//! nothing but these tests.

use super::*;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
};
use std::io::{Read, Write};

const AUTHORITY: &[u8] = include_bytes!("authority.pem");
const STRANGER: &[u8] = include_bytes!("stranger.pem");
const CERTIFICATE: &[u8] = include_bytes!("server-certificate.der");
const KEY: &[u8] = include_bytes!("server-key.der");

/// A server on this machine that answers one request over TLS; returns its port.
fn start() -> u16 {
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(CERTIFICATE)],
                PrivatePkcs8KeyDer::from(KEY).into(),
            )
            .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = StreamOwned::new(connection, socket);
        // A client that does not trust the certificate hangs up, which ends this.
        if stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        }
    });
    port
}

fn trusting(authority: &[u8]) -> Reqwest {
    let ca_bundle = Some(authority.to_vec());
    Reqwest::new(TransportOptions { ca_bundle, ..TransportOptions::default() }).unwrap()
}

async fn create(transport: &Reqwest, host: &str, port: u16) -> Result<Reply, TransportError> {
    let address = format!("https://{host}:{port}/item");
    transport.send(request(&address, Intent::Create), LONG).await
}

#[tokio::test]
async fn the_certificate_of_a_known_authority_is_trusted() {
    let reply = create(&trusting(AUTHORITY), "localhost", start()).await.unwrap();
    assert_eq!(reply.text(), b"{}");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_ends_it_before_anything_is_sent() {
    for (authority, host, said) in [
        (STRANGER, "localhost", "the certificate is not trusted (its authority is unknown)"),
        (AUTHORITY, "127.0.0.1", "the certificate is not trusted (it is for another host)"),
    ] {
        let error = create(&trusting(authority), host, start()).await.unwrap_err();
        let message = said.to_owned();
        assert_eq!(error, TransportError { sent: Sent::Never, permanent: true, message });
    }
}

#[tokio::test]
async fn certificate_checks_can_be_switched_off() {
    let options = TransportOptions { accept_any_certificate: true, ca_bundle: None };
    assert!(create(&Reqwest::new(options).unwrap(), "127.0.0.1", start()).await.is_ok());
}

#[tokio::test]
async fn a_server_without_tls_gets_no_request_in_the_clear() {
    let server = Server::start(|mut peer| async move {
        let mut hello = [0; 4096];
        let read = peer.socket.read(&mut hello).await.unwrap_or(0);
        // Every TLS record of a handshake begins with 22.
        assert!(read > 0 && hello[0] == 22);
        peer.say("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let address = server.address.replace("http:", "https:");
    let transport = trusting(AUTHORITY);
    let error = transport.send(request(&address, Intent::Create), LONG).await.unwrap_err();
    assert!(error.permanent && error.sent == Sent::Never, "{error:?}");
    assert!(error.message.starts_with("the encrypted connection failed"), "{error:?}");
}

#[test]
fn only_this_machine_is_excused_from_certificates() {
    for (address, route) in [
        ("http://127.0.0.1:1/", Route::Plain),
        ("https://localhost/", Route::Local),
        ("https://[::1]/", Route::Local),
        ("https://127.0.0.1.acme.example/", Route::Public),
        ("https://acme.example/", Route::Public),
    ] {
        assert_eq!(Route::to(&address.parse().unwrap()), route, "{address}");
    }
}
