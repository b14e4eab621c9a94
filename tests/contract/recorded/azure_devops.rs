//! What real Azure DevOps organisations answered, and what Microsoft gives as examples.

mod items;
mod repos;
mod site;

use super::super::shared;
use ::conformance::{
    fake::{Handler, Request, Response, Server},
    subject::{connect, connect_code_host, generous},
};
use backend::{
    Tracker,
    code_host::CodeHost,
    settings::{Origin, Settings},
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A recorded exchange.
#[derive(Debug, Clone)]
struct Exchange {
    method: String,
    uri: String,
    status: u16,
    body: String,
}

impl Exchange {
    fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.uri.to_lowercase().contains(&part.to_lowercase())
    }

    fn json(&self) -> Value {
        serde_json::from_str(self.body.trim_start_matches('\u{feff}')).unwrap()
    }
}

/// The exchanges of all cassettes whose name holds this part.
fn recorded(shared: &Path, part: &str) -> Vec<Exchange> {
    let folder = shared.join(
        "vendor/fixtures/azure-devops-cli-extension/azure-devops/azext_devops/tests/latest/integrationtests/recordings",
    );
    let mut found = Vec::new();
    for file in files(&folder).iter().filter(|file| file.to_string_lossy().contains(part)) {
        let cassette: Value = yaml_serde::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        for one in cassette["interactions"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let status = one["response"]["status"]["code"].as_u64().unwrap();
            found.push(Exchange {
                method: text(&one["request"]["method"]),
                uri: text(&one["request"]["uri"]),
                status: u16::try_from(status).unwrap(),
                body: text(&one["response"]["body"]["string"]),
            });
        }
    }
    assert!(!found.is_empty(), "no cassette is called {part}");
    found
}

/// The successful answers among Microsoft's examples in a folder such as `wit/7.2/httpExamples/workItems`.
fn examples(shared: &Path, folder: &str) -> Vec<(PathBuf, Value)> {
    let folder = shared.join("vendor/fixtures/vsts-rest-api-specs/specification").join(folder);
    let read = |file: PathBuf| {
        let example: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        Some((file, example["responses"]["200"].get("body")?.clone()))
    };
    let found: Vec<_> = files(&folder).into_iter().filter_map(read).collect();
    assert!(!found.is_empty(), "no examples in {}", folder.display());
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// An answer: method, end of the path, status, body.
type Canned = (&'static str, String, u16, String);

fn ok(method: &'static str, end: impl Into<String>, body: &Value) -> Canned {
    (method, end.into(), 200, body.to_string())
}

/// A server that answers these and nothing else; the first that fits counts.
fn serve(answers: Vec<Canned>) -> Server {
    let handler = move |request: &Request| {
        let path = request.path.to_lowercase();
        let fits = |(method, end, _, _): &&Canned| {
            request.method == *method && path.ends_with(&end.to_lowercase())
        };
        match answers.iter().find(fits) {
            Some((_, _, status, body)) => {
                Response::with_body(*status, "application/json", body.clone())
            }
            None => Response::json(404, &Value::Null),
        }
    };
    Server::start(Arc::new(handler) as Arc<dyn Handler>).unwrap()
}

fn settings(server: &Server, project: &str) -> Settings {
    Settings::new("azure_devops")
        .with("api_endpoint", format!("{}acme", server.url()), Origin::Default)
        .with("api_key", "recorded-0123456789", Origin::Default)
        .with("project", project, Origin::Default)
        .with("webhook_secret", "hook-0123456789", Origin::Default)
}

async fn tracker(server: &Server, project: &str) -> Box<dyn Tracker> {
    connect("azure-devops", &settings(server, project), generous()).await.unwrap()
}

async fn code_host(server: &Server) -> Box<dyn CodeHost> {
    connect_code_host("azure-devops", &settings(server, "Any"), generous()).await.unwrap()
}
