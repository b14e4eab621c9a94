//! From GitHub's issue to the neutral work item.

use super::{GitHub, Key, Place, octocrab::Route, project::Values, wire::Issue};
use crate::{
    error::{Error, ErrorKind, Result},
    model::WorkItem,
    text::Markdown,
};
use serde_json::{Map, Value, json};
use std::sync::PoisonError;

impl Key {
    /// The issue's address below the API, with more behind it.
    pub(super) fn route(&self, template: &'static str) -> Route {
        let number = self.number.to_string();
        Route::new(template, &[&self.place.owner, &self.place.name, &number])
    }

    /// The issue itself.
    pub(super) fn issue(&self) -> Route {
        self.route("repos/{owner}/{repo}/issues/{number}")
    }
}

impl Place {
    /// An address of the repository below the API.
    pub(super) fn route(&self, template: &'static str) -> Route {
        Route::new(template, &[&self.owner, &self.name])
    }
}

impl GitHub {
    /// Reads an item. One that was transferred answers under its old id with its new one.
    pub(super) async fn read(&self, key: &Key) -> Result<WorkItem> {
        let issue = self.read_issue(key).await?;
        self.complete(issue).await
    }

    /// Reads an issue, which a pull request is not.
    pub(super) async fn read_issue(&self, key: &Key) -> Result<Issue> {
        let issue: Issue = self.api.read(&key.issue()).await?;
        if issue.pull_request.is_some() {
            return Err(Error::new(ErrorKind::NotFound, format!("{key} is a pull request"))
                .with_hint("name an issue; pull requests are linked, and are no work items"));
        }
        self.issues.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        Ok(issue)
    }

    /// Makes sure that a key names an issue; asked once.
    pub(super) async fn must_be_issue(&self, key: &Key) -> Result<()> {
        let known = self.issues.lock().unwrap_or_else(PoisonError::into_inner).contains(key);
        if known { Ok(()) } else { self.read_issue(key).await.map(drop) }
    }

    /// The item of an issue, with what its project knows of it.
    pub(super) async fn complete(&self, issue: Issue) -> Result<WorkItem> {
        let values = self.values_of(&[&issue]).await?.swap_remove(0);
        Ok(self.item(&issue, values))
    }

    /// The neutral form of an issue.
    pub(super) fn item(&self, issue: &Issue, values: Values) -> WorkItem {
        let labels = issue.label_names();
        let (status, native_status) = self.words.status(issue, &labels);
        let parent = issue.parent_issue_url.as_deref().and_then(Key::of_api);
        let milestone = issue.milestone.as_ref();
        WorkItem {
            id: self.key_of(issue).id(),
            url: issue.html_url.clone(),
            title: issue.title.clone(),
            description: Markdown::from_template(issue.body.clone().unwrap_or_default()),
            kind: self.words.kind(issue, &labels),
            status,
            native_status,
            priority: self.words.priority(&labels),
            assignee: issue.logins().first().map(ToString::to_string),
            parent_id: parent.map(|key| key.id()),
            story_points: values.estimate,
            iteration: values.iteration.or_else(|| milestone.map(|one| one.title.clone())),
            custom_fields: custom_fields(issue),
            created_at: issue.created_at,
            updated_at: issue.updated_at,
            closed_at: issue.closed_at.filter(|_| status.is_closed()),
            labels: labels.into_iter().filter(|label| !self.words.is_ours(label)).collect(),
        }
    }

    /// The key of an issue; where the answer does not tell the repository, its page does.
    pub(super) fn key_of(&self, issue: &Issue) -> Key {
        let place = issue.repository_url.as_deref().and_then(Place::of_api);
        let by_page = || Key::of_page(&issue.html_url, &self.web, "issues").map(|key| key.place);
        let place = place.or_else(by_page).unwrap_or_else(|| self.home.clone());
        let place = if place.is(&self.home) { self.home.clone() } else { place };
        Key { place, number: issue.number }
    }
}

/// What people set on GitHub and the neutral model has no word for.
fn custom_fields(issue: &Issue) -> Map<String, Value> {
    let milestone = issue.milestone.as_ref().map(|one| ("milestone".to_owned(), json!(one.number)));
    let logins = issue.logins();
    // The model has a word for one of them only.
    let several = (logins.len() > 1).then(|| ("assignees".to_owned(), json!(logins)));
    milestone.into_iter().chain(several).collect()
}
