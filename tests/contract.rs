//! Is what the fakes accept accepted by the vendors' own descriptions as well, and is what the vendors were
//! recorded to answer read as a person reads it?
//!
//! Both need data that is not part of this repository: a folder `shared` beside the workspace or above it. Without
//! it the tests print `skipped: no contract data` and pass.

mod mock;
mod recorded;
mod table;

use crate::conformance::runs;
use ::conformance::fake::{Request, jira::CLOUD_ID};
use acceptance::root;
use backend::http::{Intent, Reply, Reqwest, Transport as _, TransportOptions};
use bytes::Bytes;
use mock::Mock;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};
use table::{BELOW, DEFECTS, Defect, JUDGES, MORE_HEADERS};

/// The folder of data that this project did not write.
fn shared() -> Option<PathBuf> {
    let folders = root().ancestors().skip(1).map(|folder| folder.join("shared"));
    let found = folders.into_iter().find(|folder| folder.join("vendor").is_dir());
    if found.is_none() {
        acceptance::say("skipped: no contract data");
    }
    found
}

#[tokio::test]
async fn what_the_fakes_accept_is_accepted_by_the_vendors_descriptions() {
    let Some(shared) = shared() else { return };
    let tool = shared.join("tools/vendor-mock/vendor-mock");
    if let Err(why) = mock::install(&tool) {
        acceptance::say(format!("skipped: the vendor mock cannot be installed: {why}"));
        return;
    }
    let names: BTreeSet<_> = JUDGES.iter().map(|(_, _, mock)| *mock).collect();
    let names: Vec<_> = names.into_iter().collect();
    let mocks: BTreeMap<_, _> =
        mock::start_all(&tool, &names).into_iter().map(|mock| (mock.name, mock)).collect();
    let transport = Reqwest::new(TransportOptions::default()).unwrap();
    let (mut judged, mut excepted, mut refused) = (0, BTreeSet::new(), Vec::new());
    let rare = recorded::linear::rare_requests().await;
    let rare = rare.iter().map(|request| ("linear", request));
    for (subject, request) in one_of_each_shape().into_iter().chain(rare) {
        let mock = &mocks[judge_of(subject, request)];
        let reply = replay(&transport, mock, subject, request).await;
        judged += 1;
        if !is_refused(&reply) {
            continue;
        }
        let about = format!("{} {} {}", mock.name, request.method, request.path);
        match defect(mock.name, request) {
            Some(defect) => {
                acceptance::say(format!("excepted: {about}: {}", defect.reason));
                excepted.insert((defect.mock, defect.path_part));
                judged -= 1;
            }
            None => refused.push(format!("{about}: {}", explain(&reply, request))),
        }
    }
    for refusal in &refused {
        acceptance::say(format!("refused: {refusal}"));
    }
    acceptance::say(format!("contract: {} of {judged} requests accepted", judged - refused.len()));
    assert!(refused.is_empty() && judged > 20);
    assert_eq!(excepted.len(), DEFECTS.len(), "an exception is not needed any more");
}

/// Whether a mock refuses a request: by status or, in GraphQL, by an error in an answer of any status.
fn is_refused(reply: &Reply) -> bool {
    let errors = |body: Value| body.get("errors").is_some_and(Value::is_array);
    reply.status.is_client_error() || reply.parse().is_some_and(errors)
}

/// The requests that the fakes accepted in a run of the suite, one of each shape, each with its subject's name.
fn one_of_each_shape() -> Vec<(&'static str, &'static Request)> {
    let accepted = runs()
        .iter()
        .flat_map(|run| run.accepted.iter().map(|request| (run.report.subject.as_str(), request)));
    let by_shape: BTreeMap<_, _> =
        accepted.map(|(subject, request)| ((subject, shape(request)), request)).collect();
    by_shape.into_iter().map(|((subject, _), request)| (subject, request)).collect()
}

/// What makes two requests the same question: method, path without numbers, names of parameters, types of the body.
fn shape(request: &Request) -> String {
    let path: String =
        request.path.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let path = path.replace("00", "0").replace("00", "0");
    let names: Vec<_> = request.query.iter().map(|(name, _)| name.as_str()).collect();
    let body = request.json::<Value>().map(|body| types(&body).to_string());
    let target = request.target();
    let operation = target.strip_prefix(request.path.as_str()).unwrap_or_default();
    format!("{} {path}{operation} {names:?} {}", request.method, body.unwrap_or_default())
}

/// The same JSON with types in the place of values, and one of several equal elements.
fn types(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Array(all) => {
            let mut all: Vec<_> = all.iter().map(types).collect();
            all.sort_by_key(Value::to_string);
            all.dedup();
            all.truncate(3);
            all.into()
        }
        Value::Object(all) => {
            let all: Map<_, _> = all.iter().map(|(name, it)| (name.clone(), types(it))).collect();
            all.into()
        }
    }
}

/// The mock that judges a request.
fn judge_of(subject: &str, request: &Request) -> &'static str {
    let fits =
        |(whose, part, _): &&(&str, &str, &str)| *whose == subject && request.path.contains(part);
    JUDGES.iter().find(fits).map_or_else(|| panic!("nobody judges {subject}"), |(_, _, mock)| mock)
}

fn defect(mock: &str, request: &Request) -> Option<&'static Defect> {
    DEFECTS.iter().find(|defect| {
        defect.mock == mock
            && defect.methods.contains(&request.method.as_str())
            && request.path.contains(defect.path_part)
    })
}

/// Sends a recorded request to a mock. The vendors' descriptions know no `latest`, and Jira's only the paths that its own
/// apps write to the development panel at.
async fn replay(transport: &Reqwest, mock: &Mock, subject: &str, request: &Request) -> Reply {
    let version = if mock.name == "jira-dc" { "/api/2/" } else { "/api/3/" };
    let below = BELOW.iter().find(|(whose, _)| *whose == subject).map_or("", |(_, path)| path);
    let path = request.path.strip_prefix(below).unwrap_or(&request.path);
    let path = path.replace("/api/latest/", version);
    let panel = format!("/jira/devinfo/0.1/cloud/{CLOUD_ID}/");
    let path = path.replace(&panel, "/rest/devinfo/0.10/");
    let mut url = mock.url.join(&path).unwrap();
    if !request.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&request.query);
    }
    let mut replayed = http::Request::builder().method(request.method.as_str()).uri(url.as_str());
    for (name, value) in &request.headers {
        if !matches!(name.as_str(), "host" | "content-length" | "accept-encoding" | "connection") {
            replayed = replayed.header(name, value);
        }
    }
    let more = MORE_HEADERS.iter().filter(|(whose, ..)| *whose == mock.name);
    for (_, name, value) in more {
        replayed = replayed.header(*name, *value);
    }
    let replayed =
        replayed.extension(Intent::Read).body(Bytes::from(request.body.clone())).unwrap();
    transport.send(replayed, Duration::from_secs(30)).await.unwrap()
}

fn explain(reply: &Reply, request: &Request) -> String {
    let short = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(600).collect::<String>();
    format!(
        "{} {} for {:?} {}",
        reply.status,
        short(&reply.body),
        request.query,
        short(&request.body)
    )
}
