//! Changing an issue: what can be refused is found out before anything is written, and only differences are sent.
//! GitLab refuses a request without any.

use super::{GitLab, address::Address, hierarchy::Parent, notes::Noted, values, wire};
use crate::{
    error::Result,
    model::{Change, WorkItem},
};
use serde_json::{Map, Value, json};

impl GitLab {
    /// Changes an issue. The comment, the only part that is not repeatable, is sent last and once.
    pub(super) async fn update(&self, address: &Address, change: &Change) -> Result<WorkItem> {
        let before = self.read(address).await?;
        let item = self.whole_item_of(&before).await?;
        let parent = match &change.parent_id {
            // However it was written, an issue that is there already is not set again.
            Some(id) if self.canonical(id).ok().or_else(|| Some(id.clone())) != item.parent_id => {
                Some(self.parent(id).await?)
            }
            _ => None,
        };
        let fields = self.edit(&before, &item, change, parent.as_ref()).await?;
        let comment = change.comment.as_ref().filter(|comment| !comment.is_empty());
        if !fields.is_empty() {
            self.put(address, &fields).await?;
        }
        if let Some(parent) = parent.as_ref().and_then(Parent::issue) {
            self.adopt(&before, parent).await?;
        }
        if let Some(comment) = comment {
            let note =
                self.new_note(Noted::Issue(address)).json(&json!({"body": values::text(comment)}));
            note.send().await.map_err(|error| error.during("its comment"))?;
        }
        if fields.is_empty() && parent.is_none() && comment.is_none() {
            return Ok(item);
        }
        self.whole_item(self.read(address).await?).await
    }

    async fn whole_item_of(&self, issue: &wire::Issue) -> Result<WorkItem> {
        let parents = self.parents(std::slice::from_ref(issue)).await?;
        self.item(issue.clone(), &parents)
    }

    /// The differences between an issue and what it is to be.
    async fn edit(
        &self,
        issue: &wire::Issue,
        item: &WorkItem,
        change: &Change,
        parent: Option<&Parent>,
    ) -> Result<Map<String, Value>> {
        let mut fields = texts(issue, change)?;
        self.relabelling(issue, item, change)?.write(&mut fields);
        if let Some(status) = change.status.filter(|status| status.is_closed() != issue.is_closed())
        {
            let event = if status.is_closed() { "close" } else { "reopen" };
            fields.insert("state_event".into(), json!(event));
        }
        if let Some(points) = change.story_points.filter(|points| issue.weight != Some(*points)) {
            fields.insert("weight".into(), json!(values::weight(points)?));
        }
        let custom = values::custom(&change.custom_fields)?;
        fields.extend(
            custom.into_iter().filter(|(name, value)| item.custom_fields.get(name) != Some(value)),
        );
        if let Some(parent) = parent {
            parent.write(&mut fields);
            let is_task = issue.kind.as_deref() == Some("task");
            fields.retain(|name, _| name != "issue_type" || !is_task);
        }
        if let Some(who) = &change.assignee {
            let id = match who.trim() {
                "" => None,
                who => Some(self.find_user(who).await?),
            };
            if issue.workers().map(|user| user.id).ne(id) {
                fields.insert("assignee_ids".into(), values::assignees(id));
            }
        }
        Ok(fields)
    }
}

/// Title and text, as far as they differ.
fn texts(issue: &wire::Issue, change: &Change) -> Result<Map<String, Value>> {
    let mut fields = Map::new();
    if let Some(title) = &change.title {
        let title = values::title(title)?;
        if title != issue.title {
            fields.insert("title".into(), json!(title));
        }
    }
    if let Some(description) = &change.description {
        let text = values::text(description);
        if text != issue.description.as_deref().unwrap_or_default() {
            fields.insert("description".into(), json!(text));
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{issue, scripted};
    use crate::{
        http::tests::script::Answer,
        model::{Change, WorkItemId},
        tracker::Tracker as _,
    };
    use serde_json::json;

    #[tokio::test]
    async fn who_works_on_it_already_is_not_set_again() {
        let (gitlab, sent) = scripted(|line, _| match line {
            "GET /api/v4/users" => Answer::Json(200, json!([{"id": 9, "username": "bob"}])),
            "GET /api/v4/projects/acme%2Fshop/issues/3" => {
                let mut issue = issue(3);
                issue["assignees"] = json!([{"id": 9, "username": "bob"}]);
                Answer::Json(200, issue)
            }
            _ => Answer::Json(200, json!({"data": {}})),
        });
        let change = Change { assignee: Some("bob".to_owned()), ..Change::default() };
        gitlab.update_work_item(&WorkItemId::new("#3"), &change).await.unwrap();
        assert!(sent.sent().iter().all(|line| !line.starts_with("PUT")), "{:?}", sent.sent());
    }
}
