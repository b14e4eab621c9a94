//! Items in the file: read, made, changed, each change with its history in the same transaction.

use super::{
    failure::Result,
    item::{self, Difference},
    query::fold,
    row,
    site::{Key, Site},
};
use crate::model::{Change, Draft, Priority, WorkItem, WorkItemId};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, named_params};
use serde_json::Value;
use std::collections::BTreeMap;

/// The head of every statement that reads items; [`row::item`] takes its columns by name.
pub(super) const SELECT: &str = "
    SELECT item.*, above.project || '-' || above.number AS parent_id,
        (SELECT json_group_array(name) FROM
            (SELECT name FROM label WHERE label.item = item.serial ORDER BY position)) AS labels
    FROM item LEFT JOIN item AS above ON above.serial = item.parent";

/// An item and its row.
pub(super) struct Stored {
    pub(super) serial: i64,
    pub(super) item: WorkItem,
}

/// Reads an item.
pub(super) fn load(transaction: &Transaction<'_>, site: &Site, id: &WorkItemId) -> Result<Stored> {
    let found = match Key::parse(id) {
        Some(key) => find(transaction, site, &key)?,
        None => None,
    };
    Ok(found.ok_or_else(|| site.no_item(id))?)
}

/// Reads an item that may not be there.
pub(super) fn find(
    transaction: &Transaction<'_>,
    site: &Site,
    key: &Key,
) -> Result<Option<Stored>> {
    let sql = format!("{SELECT} WHERE item.project = :project AND item.number = :number");
    let place = named_params! {":project": key.project, ":number": key.number};
    Ok(transaction.query_row(&sql, place, |row| row::item(row, site)).optional()?)
}

/// Makes an item, with the next number of its project: numbers have no gaps, since a failure takes its number back.
pub(super) fn create(
    transaction: &Transaction<'_>,
    site: &Site,
    draft: &Draft,
    now: Timestamp,
) -> Result<WorkItem> {
    let number = transaction.query_row(
        "INSERT INTO project (key, last_number) VALUES (?1, 1)
         ON CONFLICT (key) DO UPDATE SET last_number = last_number + 1 RETURNING last_number",
        [&site.project],
        |row| row.get(0),
    )?;
    let key = Key { project: site.project.clone(), number };
    let id = WorkItemId::new(key.to_string());
    let url = site.url(id.as_str());
    let mut item = item::drafted(draft, id, url, now)?;
    let parent = match &draft.parent_id {
        Some(id) => Some(parent(transaction, site, None, id)?),
        None => None,
    };
    item.parent_id = parent.as_ref().map(|parent| parent.item.id.clone());
    transaction.execute(
        "INSERT INTO item (project, number, title, description, kind, status, custom_fields,
             created_at, updated_at, folded)
         VALUES (?1, ?2, '', '', '', '', '', ?3, ?3, '')",
        (&key.project, key.number, row::micros(now)),
    )?;
    let serial = transaction.last_insert_rowid();
    let differences = item::differences(BTreeMap::new(), item::facts(&item));
    save(transaction, &Stored { serial, item: item.clone() })?;
    remember(transaction, site, serial, now, &differences)?;
    Ok(item)
}

/// Changes an item. A change that changes nothing writes nothing, so that the time of change stays true.
pub(super) fn update(
    transaction: &Transaction<'_>,
    site: &Site,
    id: &WorkItemId,
    change: &Change,
    clock: Timestamp,
) -> Result<WorkItem> {
    let Stored { serial, item: before } = load(transaction, site, id)?;
    // A clock that was set back must not make an item older than it is.
    let now = clock.max(before.updated_at);
    let mut item = item::changed(&before, change, now)?;
    if let Some(id) = &change.parent_id {
        item.parent_id = Some(parent(transaction, site, Some(serial), id)?.item.id);
    }
    let differences = item::differences(item::facts(&before), item::facts(&item));
    let comment = change.comment.as_ref().filter(|text| !text.as_str().trim().is_empty());
    let comment = comment.map(item::shortened);
    if differences.is_empty() && comment.is_none() {
        return Ok(before);
    }
    item.updated_at = now;
    if let Some(text) = comment {
        transaction.execute(
            "INSERT INTO comment (item, at, author, text) VALUES (?1, ?2, ?3, ?4)",
            (serial, row::micros(now), &site.user, text.as_str()),
        )?;
    }
    save(transaction, &Stored { serial, item: item.clone() })?;
    remember(transaction, site, serial, now, &differences)?;
    Ok(item)
}

/// The item to be contained in. It must be there, and not be contained in the item itself.
fn parent(
    transaction: &Transaction<'_>,
    site: &Site,
    child: Option<i64>,
    id: &WorkItemId,
) -> Result<Stored> {
    let found = match Key::parse(id) {
        Some(key) => find(transaction, site, &key)?,
        None => None,
    };
    let parent = found.ok_or_else(|| {
        let reason = format!("the parent is not there: {}", site.no_item(id));
        item::rejected(reason, "name an item that exists as the parent")
    })?;
    let circle: bool = transaction.query_row(
        "WITH RECURSIVE above (serial) AS (
             SELECT ?1 UNION SELECT item.parent FROM item JOIN above USING (serial)
             WHERE item.parent IS NOT NULL)
         SELECT EXISTS (SELECT 1 FROM above WHERE serial = ?2)",
        (parent.serial, child),
        |row| row.get(0),
    )?;
    if circle {
        let reason = format!(
            "the item would contain itself: its parent {} is itself or below it",
            parent.item.id
        );
        return Err(item::rejected(reason, "name a parent that is not below the item").into());
    }
    Ok(parent)
}

/// Writes every column of an item, and its labels.
fn save(transaction: &Transaction<'_>, stored: &Stored) -> Result<()> {
    let Stored { serial, item } = stored;
    let parent = item.parent_id.as_ref().and_then(Key::parse);
    transaction.execute(
        "UPDATE item SET title = :title, description = :description, kind = :kind, status = :status,
             priority = :priority, assignee = :assignee, story_points = :story_points,
             custom_fields = :custom_fields, updated_at = :updated_at, closed_at = :closed_at,
             folded = :folded,
             parent = (SELECT serial FROM item WHERE project = :above AND number = :above_number)
         WHERE serial = :serial",
        named_params! {
            ":serial": serial,
            ":title": item.title,
            ":description": item.description.as_str(),
            ":kind": item.kind.word(),
            ":status": item.status.word(),
            ":priority": item.priority.map(Priority::word),
            ":assignee": item.assignee,
            ":above": parent.as_ref().map(|key| &key.project),
            ":above_number": parent.as_ref().map(|key| key.number),
            ":story_points": item.story_points,
            ":custom_fields": Value::Object(item.custom_fields.clone()).to_string(),
            ":updated_at": row::micros(item.updated_at),
            ":closed_at": item.closed_at.map(row::micros),
            ":folded": fold(&format!("{}\n{}", item.title, item.description)),
        },
    )?;
    transaction.execute("DELETE FROM label WHERE item = ?1", [serial])?;
    transaction.execute(
        "INSERT INTO label (item, name, position) SELECT ?1, value, key FROM json_each(?2)",
        (serial, Value::from(item.labels.clone()).to_string()),
    )?;
    Ok(())
}

/// Keeps what changed, when, and by whom.
pub(super) fn remember(
    transaction: &Transaction<'_>,
    site: &Site,
    serial: i64,
    at: Timestamp,
    differences: &[Difference],
) -> Result<()> {
    for Difference { field, old, new } in differences {
        transaction.execute(
            "INSERT INTO history (item, at, author, field, old, new) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (serial, row::micros(at), &site.user, field, old, new),
        )?;
    }
    Ok(())
}
