//! Making an issue: sent exactly once, then completed, and compared with what was asked for.

use super::{
    GitHub, Key,
    octocrab::Route,
    values,
    wire::{Issue, IssueType},
    words,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Change, Draft, Kind, WorkItem},
};
use serde_json::{Map, Value, json};

/// The labels and the fields that an issue is to have.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) labels: Option<Vec<String>>,
    pub(super) assignees: Option<Vec<String>>,
    pub(super) milestone: Option<Value>,
    pub(super) kind: Option<String>,
}

impl Wanted {
    /// Adds them to a body.
    pub(super) fn write(&self, body: &mut Map<String, Value>) {
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(key.to_owned(), value);
            }
        };
        set("labels", self.labels.as_ref().map(|labels| json!(labels)));
        set("assignees", self.assignees.as_ref().map(|assignees| json!(assignees)));
        set("milestone", self.milestone.clone());
        set("type", self.kind.as_ref().map(|kind| json!(kind)));
    }

    /// What GitHub left out without a word, as it does for accounts that may not push
    /// (docs.github.com/rest/issues/issues#create-an-issue).
    pub(super) fn dropped(&self, issue: &Issue) -> Vec<&'static str> {
        let (labels, logins) = (issue.label_names(), issue.logins());
        let same = |these: &[String], those: &[String]| {
            these.len() == those.len() && these.iter().all(|one| words::has(those, one))
        };
        let logins: Vec<String> = logins.into_iter().map(str::to_owned).collect();
        let milestone = issue.milestone.as_ref().map_or(Value::Null, |one| json!(one.number));
        let kind = issue.kind.as_ref().map(|kind| kind.name.as_str()).unwrap_or_default();
        let mut dropped = Vec::new();
        if self.labels.as_ref().is_some_and(|wanted| !same(wanted, &labels)) {
            dropped.push("labels");
        }
        if self.assignees.as_ref().is_some_and(|wanted| !same(wanted, &logins)) {
            dropped.push("assignee");
        }
        if self.milestone.as_ref().is_some_and(|wanted| *wanted != milestone) {
            dropped.push("milestone");
        }
        if self.kind.as_deref().is_some_and(|wanted| !words::same(wanted, kind)) {
            dropped.push("type");
        }
        dropped
    }
}

/// The failure for what GitHub left out without a word.
pub(super) fn silently(key: &Key, dropped: &[&str]) -> Error {
    let message = format!("GitHub left out the {} of {key} without a word", dropped.join(", the "));
    Error::new(ErrorKind::Forbidden, message)
        .with_hint("give the token's account write access to the repository")
}

impl GitHub {
    /// Makes an item. Whatever can be found wrong is found before; whatever fails afterwards says the item's id, so that
    /// nobody makes it a second time.
    pub(super) async fn create(&self, draft: &Draft) -> Result<WorkItem> {
        let title = values::title(&draft.title)?;
        let parent = match &draft.parent_id {
            Some(parent) => {
                let key = self.key(parent)?;
                let read = self.read_issue(&key).await;
                read.map_err(|error| error.during(format!("parent {key}")))?;
                Some(key)
            }
            None => None,
        };
        if draft.story_points.is_some() {
            self.must_estimate().await?;
        }
        let wanted = self.wanted(draft).await?;
        let mut body = Map::from_iter([("title".to_owned(), json!(title))]);
        if !draft.description.is_empty() {
            body.insert("body".to_owned(), json!(values::text(&draft.description)));
        }
        wanted.write(&mut body);
        let route = self.home.route("repos/{owner}/{repo}/issues");
        let issue: Issue = self.api.create(&route, &Value::Object(body)).await?;
        let key = self.key_of(&issue);
        self.finish(&key, issue, draft, &wanted, parent.as_ref()).await.map_err(|mut error| {
            // A passing failure invites to run the whole again, and that would make a second item.
            if error.kind.is_transient() {
                error.kind = ErrorKind::Ambiguous;
            }
            let advice = error.hint().to_owned();
            error
                .during(format!("{key} was created and could not be completed"))
                .with_hint(format!(
                    "update {key} instead of creating it again, which would make a second one; {advice}"
                ))
                .with_context("created", key.to_string())
        })
    }

    /// What the draft says beyond title and text.
    async fn wanted(&self, draft: &Draft) -> Result<Wanted> {
        let mut labels = values::labels(&draft.labels)?;
        let mut add = |label: Option<String>| {
            labels.extend(label.filter(|label| !words::has(&labels, label)));
        };
        let kind = self.issue_type(draft.kind).await?;
        if kind.is_none() {
            add(self.words.type_label(draft.kind).map(str::to_owned));
        }
        add(draft.priority.map(|priority| self.words.priority_label(priority)));
        add(draft.status.and_then(|status| self.words.status_labels(status).into_iter().next()));
        let login = draft.assignee.as_deref().map(values::login).transpose()?.flatten();
        Ok(Wanted {
            labels: (!labels.is_empty()).then_some(labels),
            assignees: login.map(|login| vec![login]),
            milestone: self.milestone(&draft.custom_fields).await?,
            kind,
        })
    }

    /// The issue type for a sort of work, where the organisation has one. A task needs none.
    async fn issue_type(&self, kind: Kind) -> Result<Option<String>> {
        let configured = self.words.configures_type(kind);
        if kind == Kind::Task && !configured {
            return Ok(None);
        }
        let types = self.issue_types().await?;
        let fitting = |name: &str| types.iter().find(|known| words::same(known, name)).cloned();
        let named = self.words.types(kind);
        if let Some(found) = named.iter().find_map(|name| fitting(name)) {
            return Ok(Some(found));
        }
        if configured && !types.is_empty() {
            let message =
                format!("{} has no issue type called {}", self.home.owner, named.join(" or "));
            return Err(values::rejected(format!("{message}; it has {}", types.join(", ")))
                .with_hint(format!("name one of them in custom_settings.issue_types.{kind}")));
        }
        // The list is hidden from tokens that may not read the organisation; the configuration knows better.
        Ok(named.first().filter(|_| configured).map(ToString::to_string))
    }

    /// The organisation's issue types; none where the owner is a person, the server is old or the token may not ask.
    async fn issue_types(&self) -> Result<&Vec<String>> {
        let ask = || async {
            let route = Route::new("orgs/{org}/issue-types", &[&self.home.owner]);
            match self.api.read::<Vec<IssueType>>(&route).await {
                Ok(all) => {
                    let enabled = all.into_iter().filter(|one| one.is_enabled != Some(false));
                    Ok(enabled.map(|one| one.name).collect())
                }
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden) => {
                    Ok(Vec::new())
                }
                Err(error) => Err(error),
            }
        };
        self.issue_types.get_or_try_init(ask).await
    }

    /// Everything that the creation itself cannot do.
    async fn finish(
        &self,
        key: &Key,
        issue: Issue,
        draft: &Draft,
        wanted: &Wanted,
        parent: Option<&Key>,
    ) -> Result<WorkItem> {
        let dropped = wanted.dropped(&issue);
        if !dropped.is_empty() {
            return Err(silently(key, &dropped));
        }
        if let Some(parent) = parent {
            self.set_parent(&issue, parent).await?;
        }
        if let Some(points) = draft.story_points {
            self.set_estimate(&issue, points).await?;
        }
        let close = draft.status.filter(|status| status.is_closed());
        if let Some(status) = close {
            let change = Change { status: Some(status), ..Change::default() };
            return self.update(key, &change).await;
        }
        if parent.is_some() || draft.story_points.is_some() {
            return self.read(key).await;
        }
        self.complete(issue).await
    }
}
