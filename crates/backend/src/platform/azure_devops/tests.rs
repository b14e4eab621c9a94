//! Behaviour that only shows over several requests.

use crate::http::{Reply, Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;

/// Refuses to be asked: for what must not send anything.
pub(super) struct Silent;

#[async_trait]
impl Transport for Silent {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        panic!("nothing should be sent: {} {}", request.method(), request.uri());
    }
}
