//! From GitLab's issue to the neutral work item.

use super::{
    GitLab,
    address::Address,
    hierarchy::{self, Parents},
    wire,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{WorkItem, WorkItemId},
    text::Markdown,
};
use serde_json::{Map, Value, json};
use url::Url;

impl GitLab {
    /// Reads an issue.
    pub(super) async fn read(&self, address: &Address) -> Result<wire::Issue> {
        let call = self.http.get("api/v4/projects/{project}/issues/{number}");
        let call = call.segment("project", address.project.as_str());
        call.segment("number", address.number.to_string()).receive().await
    }

    /// The neutral form of an issue, with its parent, which REST does not tell.
    pub(super) async fn whole_item(&self, issue: wire::Issue) -> Result<WorkItem> {
        let parents = self.parents(std::slice::from_ref(&issue)).await?;
        self.item(issue, &parents)
    }

    /// The neutral form of an issue.
    pub(super) fn item(&self, issue: wire::Issue, parents: &Parents) -> Result<WorkItem> {
        let (status, native_status) = self.words.status(&issue);
        let id = self.id(&issue)?;
        let custom_fields = custom_fields(&issue);
        let assignee = issue.workers().next().map(|user| user.username.clone());
        Ok(WorkItem {
            url: page(&issue)?,
            parent_id: parents.get(&id).cloned().or_else(|| self.epic(&issue)),
            id,
            kind: self.words.kind(&issue),
            status,
            native_status,
            priority: self.words.priority(&issue.labels),
            iteration: iteration(&issue),
            closed_at: issue.closed_at.filter(|_| issue.is_closed()),
            title: issue.title,
            description: Markdown::from_template(issue.description.unwrap_or_default()),
            labels: issue.labels.into_iter().filter(|label| !self.words.is_word(label)).collect(),
            assignee,
            story_points: issue.weight,
            custom_fields,
            created_at: issue.created_at,
            updated_at: issue.updated_at,
        })
    }

    /// How an issue is named: as GitLab says, else by its page.
    pub(super) fn id(&self, issue: &wire::Issue) -> Result<WorkItemId> {
        if let Some(references) = &issue.references {
            return Ok(WorkItemId::new(&*references.full));
        }
        let by_page = hierarchy::id_of_page(self.http.base(), &issue.web_url);
        let by_number =
            || self.project.path().map(|path| WorkItemId::new(format!("{path}#{}", issue.iid)));
        by_page.or_else(by_number).ok_or_else(|| {
            let message = format!("the page {:?} does not tell the issue's project", issue.web_url);
            Error::new(ErrorKind::Protocol, message)
        })
    }

    fn epic(&self, issue: &wire::Issue) -> Option<WorkItemId> {
        let epic = issue.epic.as_ref()?;
        let told = epic.url.as_deref().and_then(|url| hierarchy::id_of_page(self.http.base(), url));
        Some(told.unwrap_or_else(|| WorkItemId::new(format!("&{}", epic.iid))))
    }
}

fn page(issue: &wire::Issue) -> Result<Url> {
    issue.web_url.parse().map_err(|error| {
        let message = format!("the page {:?} of an issue cannot be read: {error}", issue.web_url);
        Error::new(ErrorKind::Protocol, message)
    })
}

/// The iteration that the issue is in, by title or, as those of a cadence have none, by its days; else the milestone.
fn iteration(issue: &wire::Issue) -> Option<String> {
    let iteration = issue.iteration.as_ref().and_then(|iteration| {
        let title = iteration.title.clone().filter(|title| !title.trim().is_empty());
        title.or_else(|| {
            Some(format!("{} to {}", iteration.start_date.as_ref()?, iteration.due_date.as_ref()?))
        })
    });
    iteration.or_else(|| issue.milestone.as_ref().map(|milestone| milestone.title.clone()))
}

/// The fields that people set and the neutral model has no word for.
fn custom_fields(issue: &wire::Issue) -> Map<String, Value> {
    let fields = [
        ("due_date", issue.due_date.as_ref().map(|date| json!(date))),
        ("confidential", issue.confidential.filter(|is| *is).map(|is| json!(is))),
        ("discussion_locked", issue.discussion_locked.filter(|is| *is).map(|is| json!(is))),
        ("milestone_id", issue.milestone.as_ref().map(|milestone| json!(milestone.id))),
    ];
    let told = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(more: &Value) -> wire::Issue {
        let mut issue = super::super::tests::issue(7);
        issue.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(issue).unwrap()
    }

    #[test]
    fn an_iteration_is_named_by_title_else_by_days_else_by_milestone() {
        let milestone = json!({"id": 3, "title": "v2"});
        for (value, expected) in [
            (json!({"iteration": {"title": "Sprint 4"}, "milestone": milestone}), Some("Sprint 4")),
            (
                json!({"iteration": {"title": null, "start_date": "2026-01-05", "due_date": "2026-01-18"}}),
                Some("2026-01-05 to 2026-01-18"),
            ),
            (json!({"iteration": null, "milestone": milestone}), Some("v2")),
            (json!({}), None),
        ] {
            assert_eq!(iteration(&issue(&value)).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn fields_that_are_not_set_are_not_told() {
        let plain = custom_fields(&issue(&json!({"confidential": false, "due_date": null})));
        assert_eq!(plain, Map::new());
        let told = custom_fields(&issue(&json!({"confidential": true, "due_date": "2026-03-01"})));
        assert_eq!(Value::Object(told), json!({"due_date": "2026-03-01", "confidential": true}));
    }
}
