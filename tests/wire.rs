//! What a platform makes of the vendor's JSON: pairs of an answer and the neutral item that it becomes.

use crate::golden;
use acceptance::root;
use async_trait::async_trait;
use backend::{
    http::{Policy, Reply, Transport, TransportError, Wire},
    model::WorkItemId,
    platform,
    settings::{Origin, Settings},
};
use bytes::Bytes;
use serde_json::{Map, Value};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Every `x.json` under `tests/golden/jira` becomes `x.golden.json`.
#[tokio::test]
async fn jira_items_become_neutral() {
    let inputs = inputs("jira");
    assert!(inputs.len() >= 3, "the pairs are missing");
    for input in inputs {
        let text = std::fs::read_to_string(&input).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        let item = read(&case).await;
        let name = input.file_stem().unwrap().to_str().unwrap();
        golden::check(&format!("tests/golden/jira/{name}.golden.json"), &item);
    }
}

fn inputs(platform: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/golden").join(platform);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_input = |path: &PathBuf| {
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        let is_golden =
            path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(".golden"));
        is_json && !is_golden
    };
    let mut inputs: Vec<_> = files.filter(is_input).collect();
    inputs.sort();
    inputs
}

/// The item that the tracker reads from the case's answers, as JSON.
async fn read(case: &Value) -> String {
    let policy = Policy {
        timeout: Duration::from_secs(5),
        retry_attempts: 0,
        deadline: Instant::now() + Duration::from_mins(1),
    };
    let wire = Wire::new(Arc::new(Canned(case.clone())), policy);
    let custom: Map<String, Value> = case
        .get("custom_settings")
        .map(|custom| custom.as_object().unwrap().clone())
        .unwrap_or_default();
    let settings = Settings::new("jira")
        .with("api_endpoint", "https://acme.atlassian.net", Origin::Default)
        .with("api_key", "token-0123456789", Origin::Default)
        .with("project", "SHOP", Origin::Default)
        .with("deployment", case["deployment"].as_str().unwrap(), Origin::Default)
        .with_custom(custom);
    let tracker = (platform::find("jira").unwrap().connect)(&settings, &wire).await.unwrap();
    let id = WorkItemId::new(case["issue"]["key"].as_str().unwrap());
    let item = tracker.get_work_item(&id).await.unwrap();
    serde_json::to_string_pretty(&item).unwrap() + "\n"
}

/// Answers a read of the fields and of the issue out of a case.
struct Canned(Value);

#[async_trait]
impl Transport for Canned {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        let part = if request.uri().path().ends_with("/field") { "field" } else { "issue" };
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
        let body = Bytes::from(self.0[part].to_string());
        Ok(Reply { status: http::StatusCode::OK, headers, body })
    }
}
