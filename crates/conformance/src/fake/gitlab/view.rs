//! How GitLab shows issues and notes.

use super::{GitLab, full_name, people, project_id};
use crate::fake::{
    Request,
    store::{Comment, Item},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A time with milliseconds.
pub(super) fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

impl GitLab {
    /// The address that the client used, with the server's path.
    pub(super) fn base(&self, request: &Request) -> String {
        format!("http://{}{}", request.header("host").unwrap_or("127.0.0.1"), self.context())
    }

    /// An issue. Without the licence it has no weight at all.
    pub(super) fn issue(&self, item: &Item, request: &Request) -> Value {
        let base = self.base(request);
        let assignees: Vec<_> = item.assignee.iter().map(people::user).collect();
        let mut issue = json!({
            "id": item.serial, "iid": item.number, "project_id": project_id(&item.project),
            "title": item.title, "description": item.text, "state": item.status,
            "created_at": time(item.created), "updated_at": time(item.updated),
            "closed_at": item.closed.map(time), "closed_by": null,
            "labels": item.labels, "milestone": null,
            "assignees": assignees, "assignee": assignees.first(), "author": super::access::account(),
            "type": item.kind.to_uppercase(), "issue_type": item.kind,
            "user_notes_count": item.comments.len(), "merge_requests_count": 0,
            "upvotes": 0, "downvotes": 0,
            "due_date": item.custom.get("due_date"),
            "confidential": item.custom.get("confidential").and_then(Value::as_bool).unwrap_or(false),
            "discussion_locked": item.custom.get("discussion_locked"),
            "web_url": format!("{base}/{}/-/issues/{}", item.project, item.number),
            "severity": "UNKNOWN", "moved_to_id": null,
            "time_stats": {"time_estimate": 0, "total_time_spent": 0,
                "human_time_estimate": null, "human_total_time_spent": null},
            "references": {"short": format!("#{}", item.number), "relative": format!("#{}", item.number),
                "full": full_name(item)},
        });
        if self.is_premium() {
            issue["weight"] =
                json!(item.points.and_then(|points| points.to_string().parse::<u64>().ok()));
            issue["iteration"] = Value::Null;
            issue["epic"] =
                item.custom.get("epic_id").map_or(Value::Null, |id| epic(id, self.context()));
        }
        issue
    }
}

/// The one epic of the site, `acme&5`. Its page is told as a path.
pub(super) fn epic(id: &Value, context: &str) -> Value {
    json!({"id": id, "iid": 5, "group_id": 3, "title": "Billing", "url": format!("{context}/groups/acme/-/epics/5")})
}

/// A note; the store keeps its author and its sort beside the text.
pub(super) fn note(comment: &Comment) -> Value {
    json!({"id": comment.serial, "body": comment.text["body"], "author": comment.text["author"],
        "system": comment.text["system"], "noteable_type": "Issue", "internal": false,
        "created_at": time(comment.created), "updated_at": time(comment.created)})
}
