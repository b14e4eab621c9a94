//! What several tests need.

use serde_json::{Value, json};

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
