//! What Linear tells about things, in full; selections pick from it.

use super::{HIDDEN_TEAM, Linear, TEAMS, Team, label::Label};
use crate::fake::store::{Item, Store, USERS, User};
use serde_json::{Value, json};

/// A workflow's states: name, type, position, in no particular order.
pub(super) const STATES: [(&str, &str, f64); 8] = [
    ("Done", "completed", 3.0),
    ("Backlog", "backlog", 0.0),
    ("In Review", "started", 1002.0),
    ("In Progress", "started", 2.0),
    ("Blocked", "started", 1004.0),
    ("Todo", "unstarted", 1.0),
    ("Duplicate", "duplicate", 5.0),
    ("Canceled", "canceled", 4.0),
];

/// An id that says what it is of.
pub(super) fn uuid(kind: u16, number: u64) -> String {
    format!("00000000-{kind:04x}-4000-8000-{number:012x}")
}

pub(super) fn user_id(user: &User) -> String {
    let index = USERS.iter().position(|known| known.id == user.id).unwrap_or_default();
    uuid(1, index as u64)
}

pub(super) fn team_id(team: &Team) -> String {
    let index = TEAMS.iter().position(|known| known.key == team.key).unwrap_or_default();
    uuid(2, index as u64)
}

pub(super) fn state_id(team: &Team, state: usize) -> String {
    let index = TEAMS.iter().position(|known| known.key == team.key).unwrap_or_default();
    uuid(3, (index * 100 + state) as u64)
}

/// The id that was chosen for an issue.
pub(super) fn issue_id(item: &Item) -> &str {
    item.custom.get("id").and_then(Value::as_str).unwrap_or_default()
}

fn state(team: &Team, index: usize) -> Value {
    let (name, kind, position) = STATES[index];
    json!({"id": state_id(team, index), "name": name, "type": kind, "position": position})
}

fn user(user: &User) -> Value {
    json!({"id": user_id(user), "name": user.display, "displayName": user.name,
        "email": user.email, "active": true, "archivedAt": null})
}

fn team(team: &Team) -> Value {
    let states: Vec<_> = (0..STATES.len()).map(|index| state(team, index)).collect();
    json!({"id": team_id(team), "key": team.key, "name": team.name, "archivedAt": null,
        "issueEstimationType": team.estimation, "issueEstimationAllowZero": true, "parent": null,
        "states": states})
}

impl Linear {
    pub(super) fn viewer() -> Value {
        user(&USERS[0])
    }

    pub(super) fn users() -> Value {
        USERS.iter().map(user).collect()
    }

    /// The teams that are not hidden.
    pub(super) fn teams() -> Value {
        TEAMS.iter().filter(|team| team.key != HIDDEN_TEAM).map(team).collect()
    }

    pub(super) fn labels_view(&self) -> Value {
        self.labels().iter().map(label).collect()
    }

    /// Every issue that is not hidden, newest first.
    pub(super) fn issues(&self, store: &Store) -> Value {
        let visible = store.items.iter().rev().filter(|item| item.project != HIDDEN_TEAM);
        visible.map(|item| self.issue(store, item)).collect()
    }

    pub(super) fn issue(&self, store: &Store, item: &Item) -> Value {
        let of = TEAMS.iter().find(|team| team.key == item.project).unwrap_or(&TEAMS[0]);
        let index = STATES.iter().position(|(name, _, _)| *name == item.status).unwrap_or_default();
        let labels = self.labels();
        let labels: Vec<_> =
            labels.iter().filter(|it| item.labels.contains(&it.id)).map(label).collect();
        let parent = item.parent.and_then(|serial| store.find(|known| known.serial == serial));
        let closed = |kind: &str| item.closed.filter(|_| STATES[index].1 == kind);
        let attachments: Vec<_> = item.links.iter().map(|link| link.body.clone()).collect();
        json!({
            "id": issue_id(item), "identifier": item.key(), "number": item.number,
            "url": format!("https://linear.app/acme/issue/{}/a-title", item.key()),
            "title": item.title, "description": item.text,
            "priority": item.priority.as_deref().and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0),
            "estimate": item.points, "trashed": item.custom.get("trashed"),
            "dueDate": null, "createdAt": item.created, "updatedAt": item.updated,
            "completedAt": closed("completed"), "canceledAt": closed("canceled").or(closed("duplicate")),
            "archivedAt": item.custom.get("archivedAt"),
            "team": team(of), "state": state(of, index), "assignee": item.assignee.as_ref().map(user),
            "parent": parent.map(|it| json!({"id": issue_id(it), "identifier": it.key()})),
            "cycle": null, "project": null, "labels": labels, "attachments": attachments,
        })
    }
}

fn label(label: &Label) -> Value {
    let team = label.team.map(|index| team(&TEAMS[index]));
    json!({"id": label.id, "name": label.name, "isGroup": label.is_group, "team": team,
        "parent": label.group.map(|name| json!({"name": name})), "archivedAt": null})
}
