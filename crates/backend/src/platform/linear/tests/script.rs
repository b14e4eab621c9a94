//! A Linear that answers each operation from a script.

use super::super::connect;
pub(super) use crate::http::tests::script::{Answer, Script, Scripted};
use crate::{
    settings::{Origin, Settings},
    tracker::Tracker,
};
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;

/// A tracker in front of the script, and what it sends.
pub(super) fn scripted(script: Script) -> (Box<dyn Tracker>, Arc<Scripted>) {
    let (wire, linear) = Scripted::named(operation, script);
    let settings = Settings::new("linear")
        .with("api_endpoint", "http://127.0.0.1/graphql", Origin::Default)
        .with("api_key", "lin_api_0123456789", Origin::Default)
        .with("project", "eng", Origin::Default);
    (connect::connect(&settings, &wire).unwrap(), linear)
}

/// The name of an operation. An upload is the operation `PUT`.
fn operation(request: &http::Request<Bytes>) -> String {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    body["operationName"].as_str().unwrap_or(request.method().as_str()).to_owned()
}

/// The answer of these `data`.
pub(super) fn data(data: &Value) -> Answer {
    Answer::Json(200, json!({"data": data}))
}

/// The answer of an error with this code and message.
pub(super) fn refusal(code: &str, message: &str) -> Answer {
    let error = json!({"message": message, "extensions": {"code": code}});
    Answer::Json(200, json!({"errors": [error], "data": null}))
}

/// Every document that was sent.
pub(super) fn documents(linear: &Scripted) -> impl Iterator<Item = String> {
    let bodies = linear.sent().into_iter().flat_map(|operation| linear.bodies(&operation));
    bodies.filter_map(|body| Some(body["query"].as_str()?.to_owned()))
}
