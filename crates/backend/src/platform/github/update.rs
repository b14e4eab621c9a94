//! Changing an issue: only what differs is sent, fields in one request and labels in their own.

use super::{
    GitHub, Key,
    create::{Wanted, silently},
    values,
    wire::{Issue, Milestone},
    words,
};
use crate::{
    error::{Error, Result},
    model::{Change, Status, WorkItem},
};
use serde_json::{Map, Value, json};

impl GitHub {
    /// Changes an item, and adds the comment last: it is the only part that is not repeatable.
    pub(super) async fn update(&self, key: &Key, change: &Change) -> Result<WorkItem> {
        let issue = self.read_issue(key).await?;
        let item = self.complete(issue.clone()).await?;
        // From here on by its own name: one that was transferred has another.
        let key = &self.key_of(&issue);
        if change.story_points.is_some_and(|points| item.story_points != Some(points)) {
            self.must_estimate().await?;
        }
        let mut changed = self.edit(key, &issue, &item, change).await?;
        if let Some(parent) = change.parent_id.as_ref().map(|id| self.key(id)).transpose()?
            && item.parent_id.as_ref() != Some(&parent.id())
        {
            let set = self.set_parent(&issue, &parent).await;
            set.map_err(|error| error.during(format!("parent {parent}")))?;
            changed = true;
        }
        if let Some(points) =
            change.story_points.filter(|points| item.story_points != Some(*points))
        {
            self.set_estimate(&issue, points).await?;
            changed = true;
        }
        let comment = change.comment.as_ref().filter(|comment| !comment.is_empty());
        if let Some(comment) = comment {
            self.comment(key, comment).await.map_err(|error| error.during("its comment"))?;
            changed = true;
        }
        if changed { self.read(key).await } else { Ok(item) }
    }

    /// Sends the fields and labels that differ; true when there were any.
    ///
    /// Labels are added before the state changes and removed after it, so that whatever fails in between, the issue never
    /// lacks the label of its state or its priority, and the same change sent again completes it: a label too many is
    /// seen as a difference, and one that is lost could not be told from one that never was. A token that may not label
    /// changes nothing at all.
    async fn edit(
        &self,
        key: &Key,
        issue: &Issue,
        item: &WorkItem,
        change: &Change,
    ) -> Result<bool> {
        let mut body = texts(item, change)?;
        let wanted = self.differences(issue, change).await?;
        wanted.write(&mut body);
        let moved = change.status.filter(|status| *status != item.status);
        body.extend(moved.and_then(|status| state(issue, status)).unwrap_or_default());
        let there = issue.label_names();
        let add = self.labels_to_add(&there, change)?;
        let mut remove = self.labels_to_remove(&there, change)?;
        let changes = !(body.is_empty() && add.is_empty() && remove.is_empty());
        if !add.is_empty() {
            // Of two changes of the state at once, the later finds the other's label here, and the earlier does not.
            let there = self.add_labels(key, &add).await;
            let there = there.map_err(|error| error.during("its labels"))?;
            remove = self.labels_to_remove(&there, change)?;
        }
        if !body.is_empty() {
            self.send_fields(key, item, body, &wanted).await?;
        }
        for label in &remove {
            let removed = self.remove_label(key, label).await;
            removed.map_err(|error| error.during(format!("remove its label {label}")))?;
        }
        Ok(changes)
    }

    /// Sends fields and state, and makes sure that they were taken.
    async fn send_fields(
        &self,
        key: &Key,
        item: &WorkItem,
        body: Map<String, Value>,
        wanted: &Wanted,
    ) -> Result<()> {
        let closes = body.get("state").is_some_and(|state| state == "closed");
        // GitHub ignores a reason unless the state changes with it.
        if item.status.is_closed() && closes {
            self.api.change::<Issue>(&key.issue(), &json!({"state": "open"})).await?;
        }
        let after: Issue = self.api.change(&key.issue(), &Value::Object(body)).await?;
        let dropped = wanted.dropped(&after);
        if dropped.is_empty() { Ok(()) } else { Err(silently(key, &dropped)) }
    }

    /// The fields that are to be others than they are.
    async fn differences(&self, issue: &Issue, change: &Change) -> Result<Wanted> {
        let assignees = change.assignee.as_deref().map(values::login).transpose()?;
        let assignees: Option<Vec<String>> = assignees.map(|login| login.into_iter().collect());
        let logins = issue.logins();
        let same = |wanted: &Vec<String>| {
            wanted.len() == logins.len()
                && wanted.iter().all(|one| logins.iter().any(|login| words::same(login, one)))
        };
        let milestone = self.milestone(&change.custom_fields).await?;
        let current = issue.milestone.as_ref().map_or(Value::Null, |one| json!(one.number));
        Ok(Wanted {
            assignees: assignees.filter(|wanted| !same(wanted)),
            milestone: milestone.filter(|wanted| *wanted != current),
            ..Wanted::default()
        })
    }

    /// Hangs an issue below another; one that hangs there already stays.
    pub(super) async fn set_parent(&self, issue: &Issue, parent: &Key) -> Result<()> {
        let route = parent.route("repos/{owner}/{repo}/issues/{number}/sub_issues");
        let body = json!({"sub_issue_id": issue.id, "replace_parent": true});
        self.api.settle::<Value>(&route, &body).await.map(drop)
    }

    /// The milestone among the fields by GitHub's own name; no other field can be set.
    pub(super) async fn milestone(&self, custom: &Map<String, Value>) -> Result<Option<Value>> {
        if let Some(other) = custom.keys().find(|name| *name != "milestone") {
            return Err(values::rejected(format!(
                "GitHub's issues have no field called {other:?}"
            ))
            .with_hint("set milestone, by number or title; other fields are labels on GitHub"));
        }
        match custom.get("milestone") {
            None => Ok(None),
            Some(Value::String(title)) => self.milestone_called(title).await.map(Some),
            Some(value) if value.is_null() || value.is_u64() => Ok(Some(value.clone())),
            Some(other) => Err(no_milestone(&other.to_string())),
        }
    }

    async fn milestone_called(&self, title: &str) -> Result<Value> {
        let route = self.home.route("repos/{owner}/{repo}/milestones");
        let mut found = None;
        let read = self.api.pages::<Vec<Milestone>>(&route, &[("state", "all")], |page| {
            found = page.into_iter().find(|one| words::same(&one.title, title));
            found.is_none()
        });
        read.await?;
        found.map(|one| json!(one.number)).ok_or_else(|| no_milestone(title))
    }
}

fn no_milestone(called: &str) -> Error {
    values::rejected(format!("milestone: there is none called {called}"))
        .with_hint("name a milestone of the repository by its number or title")
}

/// Title and text, where they are others than before.
fn texts(item: &WorkItem, change: &Change) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    if let Some(title) = change.title.as_deref().map(values::title).transpose()?
        && title != item.title
    {
        body.insert("title".to_owned(), json!(title));
    }
    if let Some(text) = change.description.as_ref().map(values::text)
        && !values::same_text(&text, item.description.as_str())
    {
        body.insert("body".to_owned(), json!(text));
    }
    Ok(body)
}

/// The state to send for a status; none where the issue is in it and only its labels change.
fn state(issue: &Issue, status: Status) -> Option<Map<String, Value>> {
    let (state, reason) = match status {
        Status::Done => ("closed", "completed"),
        Status::Cancelled => ("closed", "not_planned"),
        _ if issue.state == "open" => return None,
        _ => ("open", "reopened"),
    };
    let pairs = [("state", state), ("state_reason", reason)];
    Some(pairs.map(|(key, value)| (key.to_owned(), json!(value))).into_iter().collect())
}
