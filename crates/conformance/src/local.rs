//! The embedded tracker as a subject: a file in a folder of its own.

use crate::{
    sign,
    subject::{Access, Facts, RECEIVED_AT, Sample, Subject, connect},
};
use async_trait::async_trait;
use backend::{
    Result, Tracker,
    http::Policy,
    settings::{Origin, Settings},
    webhook::Delivery,
};
use serde_json::json;
use std::io;
use tempfile::TempDir;

pub(crate) const SECRET: &str = "local-webhook-secret";

/// A new file.
pub struct Local {
    folder: TempDir,
}

impl Local {
    /// Makes an empty folder for the file.
    pub fn new() -> io::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()? })
    }
}

#[async_trait]
impl Subject for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    /// A file has no credentials that could be wrong or weak.
    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        if access != Access::Good {
            return None;
        }
        let file = self.folder.path().join("tracker.db");
        let settings = Settings::new("local")
            .with("file", file.to_string_lossy(), Origin::Default)
            .with("project", "LOCAL", Origin::Default)
            .with("webhook_secret", SECRET, Origin::Default);
        Some(connect("local", &settings, policy).await)
    }

    fn facts(&self) -> Facts {
        facts()
    }

    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        Some(delivery(sample, secret))
    }
}

/// What is known about any file of the embedded tracker.
pub(crate) fn facts() -> Facts {
    Facts {
        assignee: Some("alex@example.com"),
        custom_field: Some(("sector", json!("energy"))),
        webhook_secrets: vec![SECRET],
        ..Facts::default()
    }
}

/// A delivery as the embedded tracker takes it.
pub(crate) fn delivery(sample: &Sample<'_>, secret: &str) -> Delivery {
    let body = match sample {
        Sample::Updated(id) => {
            json!({"id": "1", "kind": "updated", "item": id, "payload": {}}).to_string()
        }
        Sample::Unknown => json!({"id": "2", "kind": "melted", "payload": {}}).to_string(),
        Sample::Garbage => "]".to_owned(),
    };
    let signature = format!("sha256={}", sign::hmac_sha256(secret, body.as_bytes()));
    let headers = vec![("X-Hub-Signature-256".to_owned(), signature)];
    Delivery { headers, body: body.into_bytes(), received_at: RECEIVED_AT }
}
