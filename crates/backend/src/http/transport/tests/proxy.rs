//! The proxy of the environment: for others, and never for this machine.

use super::*;
use std::{io::Write, process::Command};

/// Passes with and without a proxy; what the proxy gets to see is checked below.
#[tokio::test]
async fn others_and_this_machine() {
    let server = Server::start(|mut peer| async move {
        peer.request().await;
        peer.say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    })
    .await;
    let ca_bundle = Some(include_bytes!("authority.pem").to_vec());
    let transport = Reqwest::new(TransportOptions { ca_bundle, ..Default::default() }).unwrap();
    for intent in [Intent::Read, Intent::Create] {
        assert!(transport.send(request(&server.address, intent), LONG).await.is_ok());
    }
    let public = request("https://no.such.host.invalid/item", Intent::Create);
    let error = transport.send(public, LONG).await.unwrap_err();
    writeln!(std::io::stdout(), "{}", error.message).unwrap();
    assert_eq!(error.sent, Sent::Never);
}

#[tokio::test]
async fn this_machine_is_reached_without_the_proxy() {
    let (seen, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let proxy = Server::start(move |mut peer| {
        let seen = seen.clone();
        async move {
            let request = peer.request().await;
            let _ = seen.send(request.lines().next().unwrap_or_default().to_owned());
            peer.say("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
                .await;
        }
    })
    .await;
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "--nocapture",
        "http::transport::tests::proxy::others_and_this_machine",
    ]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"] {
        child.env(name, proxy.address.trim_end_matches("/item"));
    }
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("the proxy wants credentials"), "{text}");
    assert_eq!(requests.try_recv().unwrap(), "CONNECT no.such.host.invalid:443 HTTP/1.1");
    assert!(requests.try_recv().is_err());
}
