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
    become_neutral("jira", jira).await;
}

/// Every `x.json` under `tests/golden/gitlab` becomes `x.golden.json`.
#[tokio::test]
async fn gitlab_items_become_neutral() {
    become_neutral("gitlab", gitlab).await;
}

async fn become_neutral(platform: &str, settings: fn(&Value) -> (Settings, WorkItemId)) {
    let inputs = inputs(platform);
    assert!(inputs.len() >= 3, "the pairs are missing");
    for input in inputs {
        let text = std::fs::read_to_string(&input).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        let (settings, id) = settings(&case);
        let item = read(platform, &case, settings, &id).await;
        let name = input.file_stem().unwrap().to_str().unwrap();
        golden::check(&format!("tests/golden/{platform}/{name}.golden.json"), &item);
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
async fn read(platform: &str, case: &Value, settings: Settings, id: &WorkItemId) -> String {
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
    let settings = settings.with_custom(custom);
    let tracker = (platform::find(platform).unwrap().connect)(&settings, &wire).await.unwrap();
    let item = tracker.get_work_item(id).await.unwrap();
    serde_json::to_string_pretty(&item).unwrap() + "\n"
}

fn jira(case: &Value) -> (Settings, WorkItemId) {
    let settings = Settings::new("jira")
        .with("api_endpoint", "https://acme.atlassian.net", Origin::Default)
        .with("api_key", "token-0123456789", Origin::Default)
        .with("project", "SHOP", Origin::Default)
        .with("deployment", case["deployment"].as_str().unwrap(), Origin::Default);
    (settings, WorkItemId::new(case["issue"]["key"].as_str().unwrap()))
}

fn gitlab(case: &Value) -> (Settings, WorkItemId) {
    let settings = Settings::new("gitlab")
        .with("api_endpoint", "https://gitlab.com", Origin::Default)
        .with("api_key", "token-0123456789", Origin::Default)
        .with("project", "acme/shop", Origin::Default);
    (settings, WorkItemId::new(case["issue"]["iid"].to_string()))
}

/// Answers a read of the fields, of the parents and of the issue out of a case.
struct Canned(Value);

#[async_trait]
impl Transport for Canned {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        let part = match request.uri().path() {
            path if path.ends_with("/field") => "field",
            path if path.ends_with("/graphql") => "parents",
            _ => "issue",
        };
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
        let body = Bytes::from(self.0[part].to_string());
        Ok(Reply { status: http::StatusCode::OK, headers, body })
    }
}
