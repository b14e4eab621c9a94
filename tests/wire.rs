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

/// What a platform's pairs are read with.
struct Reader {
    platform: &'static str,
    settings: fn(&Value) -> Settings,
    /// The id that the case's item is asked for by.
    id: fn(&Value) -> String,
    /// The body that answers a request.
    answer: fn(&Value, &http::Request<Bytes>) -> String,
}

const READERS: &[Reader] = &[
    Reader {
        platform: "jira",
        settings: |case| {
            Settings::new("jira")
                .with("api_endpoint", "https://acme.atlassian.net", Origin::Default)
                .with("project", "SHOP", Origin::Default)
                .with("deployment", case["deployment"].as_str().unwrap(), Origin::Default)
        },
        id: |case| case["issue"]["key"].as_str().unwrap().to_owned(),
        answer: |case, request| {
            let part = if request.uri().path().ends_with("/field") { "field" } else { "issue" };
            case[part].to_string()
        },
    },
    Reader {
        platform: "azure-devops",
        settings: |_| {
            Settings::new("azure_devops")
                .with("api_endpoint", "https://dev.azure.com/acme", Origin::Default)
                .with("project", "Shop", Origin::Default)
        },
        id: |case| case["item"]["id"].to_string(),
        answer: |case, request| {
            let part = if request.uri().path().ends_with("/states") { "states" } else { "item" };
            case[part].to_string()
        },
    },
    Reader {
        platform: "github",
        settings: |_| Settings::new("github").with("project", "acme/shop", Origin::Default),
        id: |case| format!("#{}", case["issue"]["number"]),
        answer: |case, request| {
            let asks = |what: &str| String::from_utf8_lossy(request.body()).contains(what);
            let part = match request.uri().path() {
                "/graphql" if asks("repositoryOwner") => "project",
                "/graphql" => "project_items",
                _ => "issue",
            };
            case[part].to_string()
        },
    },
    Reader {
        platform: "gitlab",
        settings: |_| {
            Settings::new("gitlab")
                .with("api_endpoint", "https://gitlab.com", Origin::Default)
                .with("project", "acme/shop", Origin::Default)
        },
        id: |case| case["issue"]["iid"].to_string(),
        answer: |case, request| {
            let is_graphql = request.uri().path().ends_with("/graphql");
            case[if is_graphql { "parents" } else { "issue" }].to_string()
        },
    },
    Reader {
        platform: "linear",
        settings: |_| Settings::new("linear").with("project", "ENG", Origin::Default),
        id: |case| case["issue"]["identifier"].as_str().unwrap().to_owned(),
        answer: |case, _| serde_json::json!({"data": {"issue": case["issue"]}}).to_string(),
    },
];

/// Every `x.json` under `tests/golden/PLATFORM` becomes `x.golden.json`.
#[tokio::test]
async fn items_become_neutral() {
    for reader in READERS {
        let platform = reader.platform;
        let inputs = inputs(platform);
        assert!(inputs.len() >= 3, "the pairs of {platform} are missing");
        for input in inputs {
            let text = std::fs::read_to_string(&input).unwrap();
            let case: Value = serde_json::from_str(&text).unwrap();
            let item = read(reader, &case).await;
            let name = input.file_stem().unwrap().to_str().unwrap();
            golden::check(&format!("tests/golden/{platform}/{name}.golden.json"), &item);
        }
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
async fn read(reader: &Reader, case: &Value) -> String {
    let policy = Policy {
        timeout: Duration::from_secs(5),
        retry_attempts: 0,
        deadline: Instant::now() + Duration::from_mins(1),
    };
    let wire = Wire::new(Arc::new(Canned { case: case.clone(), answer: reader.answer }), policy);
    let custom: Map<String, Value> = case
        .get("custom_settings")
        .map(|custom| custom.as_object().unwrap().clone())
        .unwrap_or_default();
    let settings = (reader.settings)(case)
        .with("api_key", "token-0123456789", Origin::Default)
        .with_custom(custom);
    let connect = platform::find(reader.platform).unwrap().connect;
    let tracker = connect(&settings, &wire).await.unwrap();
    let id = WorkItemId::new((reader.id)(case));
    let item = tracker.get_work_item(&id).await.unwrap();
    serde_json::to_string_pretty(&item).unwrap() + "\n"
}

/// Answers every request out of a case.
struct Canned {
    case: Value,
    answer: fn(&Value, &http::Request<Bytes>) -> String,
}

#[async_trait]
impl Transport for Canned {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<Reply, TransportError> {
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
        let body = Bytes::from((self.answer)(&self.case, &request));
        Ok(Reply { status: http::StatusCode::OK, headers, body })
    }
}
