//! From Azure DevOps' work item to the neutral one.

use super::{AzureDevOps, fields, relation, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Status, WorkItem, WorkItemId},
    text::{Markdown, html},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Fields of several namespaces that nobody fills in: Azure DevOps keeps them itself.
const KEPT_BY_THE_SERVER: &[&str] = &[
    "Microsoft.VSTS.Common.StateChangeDate",
    "Microsoft.VSTS.Common.ActivatedDate",
    "Microsoft.VSTS.Common.ActivatedBy",
    "Microsoft.VSTS.Common.ResolvedDate",
    "Microsoft.VSTS.Common.ResolvedBy",
    "Microsoft.VSTS.Common.ResolvedReason",
    "Microsoft.VSTS.Common.ClosedDate",
    "Microsoft.VSTS.Common.ClosedBy",
    "Microsoft.VSTS.Common.StackRank",
    "Microsoft.VSTS.Common.BacklogPriority",
];

impl AzureDevOps {
    /// Reads an item with its relations, which are absent unless they are asked for.
    pub(super) async fn read(&self, id: u64) -> Result<wire::WorkItem> {
        let call = self.api.get("_apis/wit/workitems/{id}").segment("id", id.to_string());
        call.query("$expand", "relations").receive().await
    }

    /// The neutral form of an item.
    pub(super) async fn item(&self, native: &wire::WorkItem) -> Result<WorkItem> {
        let all = &native.fields;
        let project: String = required(all, fields::PROJECT)?;
        let item_type: String = required(all, fields::TYPE)?;
        let state = self.state_of(native, &project, &item_type).await?;
        let status = self.words.status(&state);
        let (points_field, story_points) = self.points(all)?;
        let priority: Option<f64> = optional(all, fields::PRIORITY)?;
        #[expect(clippy::cast_possible_truncation, reason = "priorities are small whole numbers")]
        let priority = priority.and_then(|number| self.words.priority(number as i64));
        let tags: Option<String> = optional(all, fields::TAGS)?;
        Ok(WorkItem {
            id: WorkItemId::new(native.id.to_string()),
            url: self.api.item_page(&project, native.id)?,
            title: optional(all, fields::TITLE)?.unwrap_or_default(),
            description: text(native)?,
            kind: self.words.kind(&item_type),
            status,
            native_status: state.name,
            priority,
            labels: tags.as_deref().map(super::tags::split).unwrap_or_default(),
            assignee: person(all),
            parent_id: relation::parent(native).map(|(id, _)| WorkItemId::new(id.to_string())),
            story_points,
            // The root, which is called like the project, where nobody planned the item.
            iteration: optional(all, fields::ITERATION)?,
            custom_fields: custom(all, &project, points_field, priority.is_some()),
            created_at: required_time(all, fields::CREATED)?,
            updated_at: required_time(all, fields::CHANGED)?,
            closed_at: if status.is_closed() { closed_at(all, status)? } else { None },
        })
    }

    /// An item's state with its category.
    pub(super) async fn state_of(
        &self,
        native: &wire::WorkItem,
        project: &str,
        item_type: &str,
    ) -> Result<wire::State> {
        let name: String = required(&native.fields, fields::STATE)?;
        let states = self.states(project, item_type).await?;
        let known = states.iter().find(|state| state.name.eq_ignore_ascii_case(&name));
        let category = known.map(|state| state.category.clone()).unwrap_or_default();
        Ok(wire::State { name, category })
    }

    /// The estimate, and the field that it is in.
    fn points(&self, all: &Map<String, Value>) -> Result<(&str, Option<f64>)> {
        if let Some(field) = &self.story_points_field {
            return Ok((field, optional(all, field)?));
        }
        for field in fields::ESTIMATES {
            if let Some(points) = optional(all, field)? {
                return Ok((field, Some(points)));
            }
        }
        Ok(("", None))
    }
}

/// The text, from whichever of the two fields has one; bugs show theirs under the name of repro steps.
fn text(native: &wire::WorkItem) -> Result<Markdown> {
    for field in [fields::REPRO_STEPS, fields::DESCRIPTION] {
        let source: Option<String> = optional(&native.fields, field)?;
        let text = source.map(|source| read_text(native, field, &source)).unwrap_or_default();
        if !text.is_empty() {
            return Ok(text);
        }
    }
    Ok(Markdown::default())
}

/// What the text of a field says: HTML, unless somebody switched the field to Markdown.
pub(super) fn read_text(native: &wire::WorkItem, field: &str, source: &str) -> Markdown {
    if native.is_markdown(field) { Markdown::from_template(source) } else { html::parse(source) }
}

/// Who works on it: an object, and in old answers `Robin Roe <robin@acme.example>`.
fn person(all: &Map<String, Value>) -> Option<String> {
    let value = all.get(fields::ASSIGNEE)?;
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let shown = text("displayName").or_else(|| text("uniqueName")).or_else(|| value.as_str())?;
    let shown = shown.split(" <").next().unwrap_or(shown).trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

/// True when an item is assigned to the one whom a person names so.
pub(super) fn is_assigned(all: &Map<String, Value>, who: &str) -> bool {
    let unique = all.get(fields::ASSIGNEE).and_then(|value| value.get("uniqueName")?.as_str());
    let names = [person(all), unique.map(str::to_owned)];
    names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(who.trim()))
}

/// When an item was closed. What is removed has no date of closing, but one of the last change of its state.
fn closed_at(all: &Map<String, Value>, status: Status) -> Result<Option<Timestamp>> {
    let (closed, moved) = (time(all, fields::CLOSED)?, time(all, fields::STATE_CHANGED)?);
    Ok(if status == Status::Done { closed.or(moved) } else { moved.or(closed) })
}

/// What is left: fields that people fill in and the neutral model has no word for.
fn custom(
    all: &Map<String, Value>,
    project: &str,
    points_field: &str,
    has_priority: bool,
) -> Map<String, Value> {
    let has_steps = all
        .get(fields::REPRO_STEPS)
        .and_then(Value::as_str)
        .is_some_and(|steps| !html::parse(steps).is_empty());
    let wanted = |name: &str, value: &Value| match name {
        fields::AREA => value != project,
        // Shown here where the other field is the text.
        fields::DESCRIPTION => has_steps,
        fields::REPRO_STEPS => false,
        fields::PRIORITY => !has_priority,
        _ => {
            let own = name.starts_with("System.") || name.starts_with("WEF_");
            !own && !KEPT_BY_THE_SERVER.contains(&name) && name != points_field
        }
    };
    let given = |value: &Value| !value.is_null() && value.as_str() != Some("");
    let kept = all.iter().filter(|(name, value)| given(value) && wanted(name, value));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A field that may be absent or null; another shape than the expected one is an error.
pub(super) fn optional<T: DeserializeOwned>(
    all: &Map<String, Value>,
    name: &str,
) -> Result<Option<T>> {
    match all.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::deserialize(value).map(Some).map_err(|error| wrong(name, error)),
    }
}

pub(super) fn required<T: DeserializeOwned>(all: &Map<String, Value>, name: &str) -> Result<T> {
    optional(all, name)?.ok_or_else(|| wrong(name, "it is missing"))
}

fn wrong(name: &str, why: impl std::fmt::Display) -> Error {
    let message = format!("the field `{name}` of Azure DevOps' answer cannot be read: {why}");
    Error::new(ErrorKind::Protocol, message)
}

fn time(all: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>> {
    let text: Option<String> = optional(all, name)?;
    let parse =
        |text: String| text.parse().map_err(|_| wrong(name, format!("{text:?} is no time")));
    text.map(parse).transpose()
}

fn required_time(all: &Map<String, Value>, name: &str) -> Result<Timestamp> {
    time(all, name)?.ok_or_else(|| wrong(name, "it is missing"))
}
