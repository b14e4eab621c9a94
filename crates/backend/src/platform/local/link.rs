//! Links and attachments. A link's natural key is its item and its address, an attachment's its content.

use super::{
    failure::Result,
    item::{self, Difference},
    row,
    site::{Key, Site},
    table,
};
use crate::{
    digest::sha256_hex,
    model::{Attachment, Commit, Link, PullRequest, WorkItemId},
};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};
use url::Url;

/// Largest attachment, in bytes: a log or an evidence package, not a disk image in a tracker's file.
const LARGEST_ATTACHMENT: usize = 10 << 20;

/// A link to be kept.
pub(super) struct Target {
    /// `commit` or `pull_request`.
    pub(super) kind: &'static str,
    pub(super) url: Url,
    pub(super) title: String,
}

impl From<&Commit> for Target {
    fn from(commit: &Commit) -> Self {
        let title = format!("{} {}", commit.short_sha(), commit.subject());
        Self { kind: "commit", url: commit.url.clone(), title: title.trim().to_owned() }
    }
}

impl From<&PullRequest> for Target {
    fn from(it: &PullRequest) -> Self {
        let title = format!("{}#{} {} ({})", it.repository, it.number, it.title.trim(), it.state);
        Self { kind: "pull_request", url: it.url.clone(), title }
    }
}

/// Links an item. A link that is there gets its new title; where that is the same, nothing is written.
pub(super) fn link(
    transaction: &Transaction<'_>,
    site: &Site,
    id: &WorkItemId,
    target: &Target,
    now: Timestamp,
) -> Result<Link> {
    let stored = table::load(transaction, site, id)?;
    let known: Option<String> = transaction
        .query_row(
            "SELECT title FROM link WHERE item = ?1 AND url = ?2",
            (stored.serial, target.url.as_str()),
            |row| row.get(0),
        )
        .optional()?;
    if known.as_ref() != Some(&target.title) {
        transaction.execute(
            "INSERT INTO link (item, kind, url, title, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (item, url) DO UPDATE SET kind = excluded.kind, title = excluded.title",
            (stored.serial, target.kind, target.url.as_str(), &target.title, row::micros(now)),
        )?;
        let new = Some(described(&target.url, &target.title));
        let old = known.as_ref().map(|title| described(&target.url, title));
        note(transaction, site, &stored, now, "link", old, new)?;
    }
    Ok(Link {
        item: stored.item.id,
        url: target.url.clone(),
        title: Some(target.title.clone()),
        existed: known.is_some(),
    })
}

/// The links of an item, oldest first.
pub(super) fn list(
    transaction: &Transaction<'_>,
    site: &Site,
    id: &WorkItemId,
) -> Result<Vec<Link>> {
    let stored = table::load(transaction, site, id)?;
    let mut statement =
        transaction.prepare("SELECT url, title FROM link WHERE item = ?1 ORDER BY serial")?;
    let links = statement.query_map([stored.serial], |row| row::link(row, &stored.item.id))?;
    Ok(links.collect::<rusqlite::Result<_>>()?)
}

/// The items that have a link to a page, oldest first.
pub(super) fn linked_to(
    transaction: &Transaction<'_>,
    site: &Site,
    page: &Url,
) -> Result<Vec<WorkItemId>> {
    let mut statement = transaction.prepare(
        "SELECT item.project, item.number FROM item JOIN link ON link.item = item.serial
         WHERE item.project = ?1 AND link.url = ?2 ORDER BY item.serial",
    )?;
    let ids = statement.query_map((&site.project, page.as_str()), |row| {
        let key = Key { project: row.get(0)?, number: row.get(1)? };
        Ok(WorkItemId::new(key.to_string()))
    })?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Takes a link away; what is not there is away already.
pub(super) fn unlink(
    transaction: &Transaction<'_>,
    site: &Site,
    link: &Link,
    now: Timestamp,
) -> Result<()> {
    let Some(key) = Key::parse(&link.item) else { return Ok(()) };
    let Some(stored) = table::find(transaction, site, &key)? else { return Ok(()) };
    let gone: Option<String> = transaction
        .query_row(
            "DELETE FROM link WHERE item = ?1 AND url = ?2 RETURNING title",
            (stored.serial, link.url.as_str()),
            |row| row.get(0),
        )
        .optional()?;
    let Some(title) = gone else { return Ok(()) };
    let old = Some(described(&link.url, &title));
    note(transaction, site, &stored, now, "link", old, None)
}

/// Keeps a file's content with an item. The same content under the same name is kept once.
pub(super) fn attach(
    transaction: &Transaction<'_>,
    site: &Site,
    id: &WorkItemId,
    file: &Attachment,
    now: Timestamp,
) -> Result<Link> {
    let stored = table::load(transaction, site, id)?;
    check_file(file)?;
    let sha256 = sha256_hex(&file.content);
    let known: Option<i64> = transaction
        .query_row(
            "SELECT serial FROM attachment WHERE item = ?1 AND name = ?2 AND sha256 = ?3",
            (stored.serial, &file.name, &sha256),
            |row| row.get(0),
        )
        .optional()?;
    let serial = if let Some(serial) = known {
        serial
    } else {
        transaction.execute(
            "INSERT INTO attachment (item, name, media_type, sha256, at, content)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (stored.serial, &file.name, &file.media_type, &sha256, row::micros(now), &file.content),
        )?;
        let serial = transaction.last_insert_rowid();
        let new = Some(format!("{} sha256:{sha256}", file.name));
        note(transaction, site, &stored, now, "attachment", None, new)?;
        serial
    };
    Ok(Link {
        url: site.url(&format!("{}/attachment/{serial}", stored.item.id)),
        item: stored.item.id,
        title: Some(file.name.clone()),
        existed: known.is_some(),
    })
}

fn check_file(file: &Attachment) -> crate::Result<()> {
    let name = file.name.as_str();
    if name.trim().is_empty() || name.contains(['/', '\\']) || name.chars().any(char::is_control) {
        let reason = format!("{name:?} is not the name of a file");
        return Err(item::rejected(reason, "give the file's name without folders"));
    }
    if file.content.len() > LARGEST_ATTACHMENT {
        let reason =
            format!("{name} has {} bytes, {LARGEST_ATTACHMENT} at most", file.content.len());
        return Err(item::rejected(reason, "attach a shorter part of the file, or link to it"));
    }
    Ok(())
}

fn described(url: &Url, title: &str) -> String {
    format!("{url} {title}")
}

/// A change beside the item's own fields is a change of the item, too.
fn note(
    transaction: &Transaction<'_>,
    site: &Site,
    stored: &table::Stored,
    clock: Timestamp,
    field: &str,
    old: Option<String>,
    new: Option<String>,
) -> Result<()> {
    let now = clock.max(stored.item.updated_at);
    transaction.execute(
        "UPDATE item SET updated_at = ?2 WHERE serial = ?1",
        (stored.serial, row::micros(now)),
    )?;
    let difference = Difference { field: field.to_owned(), old, new };
    table::remember(transaction, site, stored.serial, now, &[difference])
}
