//! What several tests need.

use crate::http::{Policy, Reply, Transport, TransportError, Wire};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// An issue as GitLab lists it.
pub(super) fn issue(number: u64) -> Value {
    json!({
        "id": 1000 + number, "iid": number, "project_id": 7, "title": "A title", "description": null,
        "state": "opened", "labels": ["red", "blue"], "assignees": [], "issue_type": "issue",
        "web_url": format!("https://gitlab.com/acme/shop/-/issues/{number}"),
        "references": {"short": format!("#{number}"), "full": format!("acme/shop#{number}")},
        "created_at": "2026-01-05T09:15:00.000Z", "updated_at": "2026-01-05T09:15:00.000Z",
    })
}

/// A transport over which nothing may be sent.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl Transport for Silent {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        panic!("{} was sent", request.uri())
    }
}

/// A wire over which nothing may be sent.
pub(super) fn silent() -> Wire {
    let policy = Policy {
        timeout: Duration::from_secs(1),
        retry_attempts: 0,
        deadline: tokio::time::Instant::now(),
    };
    Wire::new(Arc::new(Silent), policy)
}
