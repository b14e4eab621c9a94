//! Rows of the file as values of the model.

use super::{
    site::{Key, Site},
    table::Stored,
};
use crate::{
    model::{Link, WorkItem, WorkItemId},
    text::Markdown,
};
use jiff::Timestamp;
use rusqlite::{
    Result, Row,
    types::{FromSql, Type},
};
use std::error::Error;

/// The item of a row of [`super::table::SELECT`].
pub(super) fn item(row: &Row<'_>, site: &Site) -> Result<Stored> {
    let key = Key { project: row.get("project")?, number: row.get("number")? };
    let id = WorkItemId::new(key.to_string());
    let status: crate::model::Status = parsed(row, "status")?;
    let item = WorkItem {
        url: site.url(id.as_str()),
        id,
        title: row.get("title")?,
        description: Markdown::from_template(row.get::<_, String>("description")?),
        kind: parsed(row, "kind")?,
        status,
        native_status: status.word().to_owned(),
        priority: optional(row, "priority", |text: String| text.parse())?,
        labels: converted(row, "labels", |text: String| serde_json::from_str(&text))?,
        assignee: row.get("assignee")?,
        parent_id: row.get::<_, Option<String>>("parent_id")?.map(WorkItemId::new),
        story_points: row.get("story_points")?,
        iteration: None,
        custom_fields: converted(row, "custom_fields", |text: String| serde_json::from_str(&text))?,
        created_at: converted(row, "created_at", Timestamp::from_microsecond)?,
        updated_at: converted(row, "updated_at", Timestamp::from_microsecond)?,
        closed_at: optional(row, "closed_at", Timestamp::from_microsecond)?,
    };
    Ok(Stored { serial: row.get("serial")?, item })
}

/// A link that was there before.
pub(super) fn link(row: &Row<'_>, item: &WorkItemId) -> Result<Link> {
    Ok(Link {
        item: item.clone(),
        url: converted(row, "url", |text: String| text.parse())?,
        title: Some(row.get("title")?),
        existed: true,
    })
}

/// A time as the file keeps it.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

fn parsed<T>(row: &Row<'_>, column: &str) -> Result<T>
where
    T: std::str::FromStr<Err: Into<Box<dyn Error + Send + Sync>>>,
{
    converted(row, column, |text: String| text.parse())
}

fn converted<S: FromSql, T, E: Into<Box<dyn Error + Send + Sync>>>(
    row: &Row<'_>,
    column: &str,
    convert: impl FnOnce(S) -> Result<T, E>,
) -> Result<T> {
    convert(row.get(column)?).map_err(|error| unreadable(row, column, error.into()))
}

fn optional<S: FromSql, T, E: Into<Box<dyn Error + Send + Sync>>>(
    row: &Row<'_>,
    column: &str,
    convert: impl FnOnce(S) -> Result<T, E>,
) -> Result<Option<T>> {
    let value: Option<S> = row.get(column)?;
    value.map(convert).transpose().map_err(|error| unreadable(row, column, error.into()))
}

fn unreadable(row: &Row<'_>, column: &str, error: Box<dyn Error + Send + Sync>) -> rusqlite::Error {
    let index = row.as_ref().column_index(column).unwrap_or_default();
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, error)
}
