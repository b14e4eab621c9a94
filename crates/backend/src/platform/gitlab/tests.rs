//! What several tests need.

use super::{GitLab, connect};
use crate::{
    http::tests::script::{Script, Scripted},
    platform::tests::settings,
};
use serde_json::{Value, json};
use std::sync::Arc;

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

pub(super) use crate::http::tests::script::silent;

/// A GitLab that answers from a script, and what is sent to it.
pub(super) fn scripted(script: Script) -> (GitLab, Arc<Scripted>) {
    let (wire, sent) = Scripted::wire(script);
    let values = [("api_endpoint", "http://127.0.0.1"), ("api_key", "t"), ("project", "acme/shop")];
    (connect::connect(&settings("gitlab", &values), &wire).unwrap(), sent)
}
