//! From Jira's issue to the neutral work item.

use super::{Jira, catalogue::Catalogue, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{WorkItem, WorkItemId},
    text::{Markdown, adf, wiki},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What is read of an issue: all fields, since only the site knows which custom ones matter, without the long ones.
pub(super) const FIELDS: &[&str] = &["*all", "-comment", "-attachment", "-worklog"];

/// System fields that people set and the neutral model has no word for.
const EXTRA_FIELDS: &[&str] =
    &["components", "duedate", "environment", "fixVersions", "resolution", "versions"];

impl Jira {
    /// Reads an issue. A moved one answers under its old key with its new one.
    pub(super) async fn read(&self, key: &str) -> Result<WorkItem> {
        let (version, catalogue) = (self.version().await?, self.catalogue().await?);
        let call = self.http.get("rest/api/{version}/issue/{key}");
        let call = call.segment("version", version).segment("key", key);
        match call.query("fields", FIELDS.join(",")).receive().await {
            Ok(issue) => self.item(issue, catalogue),
            Err(error) => Err(self.unmask(error).await),
        }
    }

    /// The neutral form of an issue.
    pub(super) fn item(&self, issue: wire::Issue, catalogue: &Catalogue) -> Result<WorkItem> {
        let wire::Issue { key, fields } = issue;
        let native: wire::Status = required(&fields, "status")?;
        let resolution: Option<wire::Named> = optional(&fields, "resolution")?;
        let status = self.words.status_of(&native, resolution.as_ref().map(|it| it.name.as_str()));
        let kind: wire::Named = required(&fields, "issuetype")?;
        let priority: Option<wire::Named> = optional(&fields, "priority")?;
        let assignee: Option<wire::User> = optional(&fields, "assignee")?;
        let closed_at = if status.is_closed() { closed_at(&native, &fields)? } else { None };
        Ok(WorkItem {
            url: self.page(&key)?,
            id: WorkItemId::new(key),
            title: optional(&fields, "summary")?.unwrap_or_default(),
            description: markdown(fields.get("description")),
            kind: self.words.kind(&kind.name),
            status,
            native_status: native.name,
            priority: priority.and_then(|priority| self.words.priority(&priority.name)),
            labels: optional(&fields, "labels")?.unwrap_or_default(),
            assignee: assignee.and_then(|user| user.label().map(str::to_owned)),
            parent_id: parent(&fields, catalogue)?,
            story_points: catalogue.points(&fields)?,
            iteration: iteration(&fields, catalogue, status.is_closed()),
            created_at: required_time(&fields, "created")?,
            updated_at: required_time(&fields, "updated")?,
            closed_at,
            custom_fields: self.custom_fields(fields, catalogue),
        })
    }

    /// What is left: custom fields that hold something, and system fields that people set.
    fn custom_fields(
        &self,
        fields: Map<String, Value>,
        catalogue: &Catalogue,
    ) -> Map<String, Value> {
        let unnamed_priority = fields
            .get("priority")
            .and_then(|priority| priority.get("name")?.as_str())
            .is_some_and(|name| self.words.priority(name).is_none());
        let keeps = |name: &str, value: &Value| {
            let wanted = name.starts_with("customfield_") && !catalogue.is_known(name)
                || EXTRA_FIELDS.contains(&name)
                || name == "priority" && unnamed_priority;
            wanted && !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
        };
        fields.into_iter().filter(|(name, value)| keeps(name, value)).collect()
    }
}

/// Text: a document on Cloud, wiki markup on Data Center.
pub(super) fn markdown(text: Option<&Value>) -> Markdown {
    match text {
        Some(Value::String(markup)) => wiki::parse(markup),
        Some(document @ Value::Object(_)) => adf::parse(document),
        _ => Markdown::default(),
    }
}

/// A field that may be absent, null or empty text; another shape than the expected one is an error.
fn optional<T: DeserializeOwned>(fields: &Map<String, Value>, name: &str) -> Result<Option<T>> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::deserialize(value).map(Some).map_err(|error| wrong(name, &error)),
    }
}

fn required<T: DeserializeOwned>(fields: &Map<String, Value>, name: &str) -> Result<T> {
    optional(fields, name)?.ok_or_else(|| wrong(name, "it is missing"))
}

fn wrong(name: &str, why: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("the field `{name}` of Jira's answer cannot be read: {why}"),
    )
}

fn required_time(fields: &Map<String, Value>, name: &str) -> Result<Timestamp> {
    time(fields, name)?.ok_or_else(|| wrong(name, "it is missing"))
}

fn time(fields: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>> {
    let text: Option<String> = optional(fields, name)?;
    text.map(|text| parse_time(&text).ok_or_else(|| wrong(name, format!("{text:?} is no time"))))
        .transpose()
}

/// A time as Jira writes it: `2021-01-25T11:09:27.985+0800`, whose offset has no colon, and RFC 3339 elsewhere.
pub(super) fn parse_time(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text)).ok()
}

/// When the item was closed: Cloud says when its category changed, Data Center only when it was resolved.
fn closed_at(native: &wire::Status, fields: &Map<String, Value>) -> Result<Option<Timestamp>> {
    let moved = time(fields, "statuscategorychangedate")?;
    match moved.filter(|_| native.is_finished()) {
        Some(at) => Ok(Some(at)),
        None => time(fields, "resolutiondate"),
    }
}

fn parent(fields: &Map<String, Value>, catalogue: &Catalogue) -> Result<Option<WorkItemId>> {
    let parent: Option<wire::IssueReference> = optional(fields, "parent")?;
    let epic = || catalogue.epic_field().and_then(|id| fields.get(id)?.as_str()).map(str::to_owned);
    Ok(parent.and_then(|parent| parent.key).or_else(epic).map(WorkItemId::new))
}

/// The sprint that the item is in now: a running one, else a coming one; for a closed item the last it was in.
fn iteration(fields: &Map<String, Value>, catalogue: &Catalogue, closed: bool) -> Option<String> {
    let value = fields.get(catalogue.sprint_field()?)?;
    let entries = match value {
        Value::Array(entries) => entries.as_slice(),
        single => std::slice::from_ref(single),
    };
    let sprints: Vec<_> = entries.iter().filter_map(sprint).collect();
    let last =
        |wanted: &str| sprints.iter().rev().find(|(state, _)| state.eq_ignore_ascii_case(wanted));
    let finished = || if closed { sprints.last() } else { None };
    last("active").or_else(|| last("future")).or_else(finished).map(|(_, name)| name.clone())
}

/// State and name of a sprint: an object on Cloud, a Java object's text on Data Center.
fn sprint(value: &Value) -> Option<(String, String)> {
    let text = |key| match value {
        Value::String(text) => java_field(text, key),
        _ => value.get(key)?.as_str(),
    };
    Some((text("state").unwrap_or_default().to_owned(), text("name")?.to_owned()))
}

/// Keys of a sprint's text; a name may hold commas, brackets and equals signs, so only these end a value.
const SPRINT_KEYS: &[&str] = &[
    "activatedDate",
    "autoStartStop",
    "completeDate",
    "endDate",
    "goal",
    "id",
    "incompleteIssuesDestinationId",
    "name",
    "rapidViewId",
    "sequence",
    "startDate",
    "state",
    "synced",
];

/// One value out of `com.acme.Sprint@1f[id=7,state=CLOSED,name=Sprint 1, late,startDate=...]`.
fn java_field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let inside = text.split_once('[')?.1.trim_end().strip_suffix(']')?;
    let begins = |at: usize, key: &str| {
        let at_start = at == 0 || inside[..at].ends_with(',');
        at_start && inside[at..].strip_prefix(key).is_some_and(|rest| rest.starts_with('='))
    };
    let start = inside.match_indices(key).find(|(at, _)| begins(*at, key))?.0 + key.len() + 1;
    let ends = |at: usize| SPRINT_KEYS.iter().any(|key| begins(at + 1, key));
    let end = inside[start..]
        .match_indices(',')
        .map(|(at, _)| start + at)
        .find(|at| ends(*at))
        .unwrap_or(inside.len());
    Some(&inside[start..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_of_both_forms_are_read() {
        let expected: Timestamp = "2021-01-25T03:09:27.985Z".parse().unwrap();
        for text in [
            "2021-01-25T11:09:27.985+0800",
            "2021-01-25T11:09:27.985+08:00",
            "2021-01-25T03:09:27.985Z",
            "2021-01-24T21:39:27.985-0530",
        ] {
            assert_eq!(parse_time(text), Some(expected), "{text}");
        }
        for text in ["", "2021-01-25", "yesterday", "2021-01-25T11:09:27.985"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn sprints_are_read_from_both_forms() {
        let old = "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,rapidViewId=8,state=CLOSED,\
            name=Sprint 1, part [2], a=b,startDate=2021-01-25T11:09:27.985+08:00,endDate=<null>,\
            completeDate=<null>,sequence=7,goal=name=x]";
        assert_eq!(sprint(&json!(old)), Some(("CLOSED".into(), "Sprint 1, part [2], a=b".into())));
        let sorted = "Sprint@2[completeDate=,goal=more, name=less,id=8,name=Next,state=FUTURE]";
        assert_eq!(java_field(sorted, "state"), Some("FUTURE"));
        assert_eq!(
            sprint(&json!({"id": 1, "name": "S", "state": "active"})),
            Some(("active".into(), "S".into()))
        );
        assert_eq!(sprint(&json!("garbage")), None);
        assert_eq!(sprint(&json!(12)), None);
    }

    #[test]
    fn the_running_sprint_wins() {
        let catalogue = super::super::catalogue::of(json!([
            {"id": "customfield_9", "name": "Sprint", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-sprint"}}
        ]));
        let check = |states: &[&str], closed, expected: Option<&str>| {
            let sprints: Vec<_> = states
                .iter()
                .map(|state| json!({"name": format!("{state} one"), "state": state}))
                .collect();
            let fields = json!({"customfield_9": sprints}).as_object().unwrap().clone();
            assert_eq!(iteration(&fields, &catalogue, closed).as_deref(), expected, "{states:?}");
        };
        check(&["closed", "active", "future"], false, Some("active one"));
        check(&["closed", "future"], false, Some("future one"));
        check(&["closed"], false, None);
        check(&["closed"], true, Some("closed one"));
        check(&[], true, None);
    }
}
