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

/// A platform whose answers are read.
struct Sample {
    /// Name, also of the folder under `tests/golden`.
    platform: &'static str,
    settings: fn(&Value) -> Settings,
    /// The id of the item that a case is about.
    id: fn(&Value) -> String,
    /// The part of a case that answers a path.
    part: fn(&str) -> &'static str,
}

const JIRA: Sample = Sample {
    platform: "jira",
    settings: |case| {
        Settings::new("jira")
            .with("api_endpoint", "https://acme.atlassian.net", Origin::Default)
            .with("project", "SHOP", Origin::Default)
            .with("deployment", case["deployment"].as_str().unwrap(), Origin::Default)
    },
    id: |case| case["issue"]["key"].as_str().unwrap().to_owned(),
    part: |path| if path.ends_with("/field") { "field" } else { "issue" },
};

const AZURE_DEVOPS: Sample = Sample {
    platform: "azure-devops",
    settings: |_| {
        Settings::new("azure_devops")
            .with("api_endpoint", "https://dev.azure.com/acme", Origin::Default)
            .with("project", "Shop", Origin::Default)
    },
    id: |case| case["item"]["id"].to_string(),
    part: |path| if path.ends_with("/states") { "states" } else { "item" },
};

#[tokio::test]
async fn jira_items_become_neutral() {
    become_neutral(&JIRA).await;
}

#[tokio::test]
async fn azure_devops_items_become_neutral() {
    become_neutral(&AZURE_DEVOPS).await;
}

/// Every `x.json` in the platform's folder becomes `x.golden.json`.
async fn become_neutral(sample: &'static Sample) {
    let inputs = inputs(sample.platform);
    assert!(inputs.len() >= 3, "the pairs are missing");
    for input in inputs {
        let text = std::fs::read_to_string(&input).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        let item = read(sample, &case).await;
        let name = input.file_stem().unwrap().to_str().unwrap();
        golden::check(&format!("tests/golden/{}/{name}.golden.json", sample.platform), &item);
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
async fn read(sample: &'static Sample, case: &Value) -> String {
    let policy = Policy {
        timeout: Duration::from_secs(5),
        retry_attempts: 0,
        deadline: Instant::now() + Duration::from_mins(1),
    };
    let wire = Wire::new(Arc::new(Canned(sample, case.clone())), policy);
    let custom: Map<String, Value> = case
        .get("custom_settings")
        .map(|custom| custom.as_object().unwrap().clone())
        .unwrap_or_default();
    let settings = (sample.settings)(case)
        .with("api_key", "token-0123456789", Origin::Default)
        .with_custom(custom);
    let row = platform::find(sample.platform).unwrap();
    let tracker = (row.connect)(&settings, &wire).await.unwrap();
    let item = tracker.get_work_item(&WorkItemId::new((sample.id)(case))).await.unwrap();
    serde_json::to_string_pretty(&item).unwrap() + "\n"
}

/// Answers out of a case.
struct Canned(&'static Sample, Value);

#[async_trait]
impl Transport for Canned {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        let part = (self.0.part)(request.uri().path());
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
        let body = Bytes::from(self.1[part].to_string());
        Ok(Reply { status: http::StatusCode::OK, headers, body })
    }
}
