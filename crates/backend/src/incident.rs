//! Incidents: one open item per fingerprint, however often the incident is reported.

use crate::{
    digest,
    error::{ErrorKind, Result},
    model::{Change, Draft, Kind, Priority, Query, Status, WorkItem},
    text::Markdown,
    tracker::{Operation, Tracker},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Something that went wrong, in the customer's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// One line.
    pub title: String,
    /// How bad it is.
    pub severity: Priority,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What was logged; untrusted.
    pub logs: String,
    /// What is affected.
    pub components: Vec<String>,
}

/// What became of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filed {
    /// Whether an item was made or an open one got a comment.
    pub outcome: Outcome,
    /// The item.
    pub item: WorkItem,
    /// What the incident is recognised by.
    pub fingerprint: String,
}

/// Whether an item was made or an open one got a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A new item.
    Created,
    /// A comment on an open item.
    Updated,
}

/// Labels of every item made from an incident, besides its fingerprint.
const LABELS: [&str; 3] = ["auto-generated", "incident", "production"];

/// How much of the log goes into the item: its last part, where failures usually are.
const LOG_CHARACTERS: usize = 6_000;

/// Pauses between looks for an item whose creation got no answer: trackers index new items late.
const LOOKS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// Files an incident on any tracker: a comment where an open item has its fingerprint, else a new item.
///
/// The item is created at most once. When the answer was lost, the item is looked for; when it cannot be found the
/// error stays [`ErrorKind::Ambiguous`]. Of two items made at the same moment the older stays open.
pub async fn file<T: Tracker + ?Sized>(tracker: &T, incident: &Incident) -> Result<Filed> {
    for operation in
        [Operation::SearchWorkItems, Operation::CreateWorkItem, Operation::UpdateWorkItem]
    {
        if !tracker.metadata().operations.contains(&operation) {
            return Err(tracker.unsupported(Operation::CreateFromIncident));
        }
    }
    let fingerprint = fingerprint(incident);
    if let Some(item) = oldest_open(tracker, &fingerprint).await? {
        return repeat(tracker, incident, item, fingerprint).await;
    }
    let item = match tracker.create_work_item(&draft(incident, &fingerprint)).await {
        Err(error) if error.kind == ErrorKind::Ambiguous => {
            look_again(tracker, &fingerprint).await?.ok_or(error)?
        }
        created => created?,
    };
    converge(tracker, incident, item, fingerprint).await
}

/// What an incident is recognised by: its title without the parts that vary (numbers, ids), and its components.
pub fn fingerprint(incident: &Incident) -> String {
    let mut components: Vec<String> =
        incident.components.iter().map(|name| name.trim().to_lowercase()).collect();
    components.sort();
    components.dedup();
    // The separator cannot occur in a title or a component that came through as words.
    let recognised = [vec![normalised(&incident.title)], components].concat().join("\0");
    digest::sha256_hex(recognised.as_bytes())[..32].to_owned()
}

/// The label that carries a fingerprint: letters, digits and hyphens only, so that every tracker takes it as it is.
pub fn fingerprint_label(fingerprint: &str) -> String {
    format!("ci-fp-{fingerprint}")
}

fn draft(incident: &Incident, fingerprint: &str) -> Draft {
    let mut labels: Vec<String> = LABELS.iter().map(ToString::to_string).collect();
    labels.push(fingerprint_label(fingerprint));
    Draft {
        title: format!("[AUTO] {}", one_line(&incident.title)),
        description: description(incident),
        kind: Kind::Incident,
        priority: Some(incident.severity),
        labels,
        ..Draft::default()
    }
}

fn description(incident: &Incident) -> Markdown {
    let components = if incident.components.is_empty() {
        "not given".to_owned()
    } else {
        incident.components.join(", ")
    };
    let facts = Markdown::from_template(format!(
        "**Severity**: {}\n\n**Time**: {}\n\n**Components**:",
        incident.severity, incident.timestamp
    ));
    let mut text = facts.then(&Markdown::quote(&components));
    if !incident.logs.trim().is_empty() {
        let tail = tail(&incident.logs, LOG_CHARACTERS);
        let heading =
            if tail.len() < incident.logs.len() { "**Log** (its last part):" } else { "**Log**:" };
        text =
            text.then(&Markdown::from_template(heading)).then(&Markdown::code_block(tail, "text"));
    }
    text
}

async fn repeat<T: Tracker + ?Sized>(
    tracker: &T,
    incident: &Incident,
    item: WorkItem,
    fingerprint: String,
) -> Result<Filed> {
    let again = Markdown::from_template(format!("Happened again at {}.", incident.timestamp));
    let tail = tail(&incident.logs, LOG_CHARACTERS);
    let comment = if tail.trim().is_empty() {
        again
    } else {
        again.then(&Markdown::code_block(tail, "text"))
    };
    let change = Change { comment: Some(comment), ..Change::default() };
    let item = tracker.update_work_item(&item.id, &change).await?;
    Ok(Filed { outcome: Outcome::Updated, item, fingerprint })
}

async fn look_again<T: Tracker + ?Sized>(
    tracker: &T,
    fingerprint: &str,
) -> Result<Option<WorkItem>> {
    for pause in LOOKS {
        tokio::time::sleep(pause).await;
        if let Some(item) = oldest_open(tracker, fingerprint).await? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// Looks once more after a creation: where somebody else filed the same incident first, ours is closed.
async fn converge<T: Tracker + ?Sized>(
    tracker: &T,
    incident: &Incident,
    ours: WorkItem,
    fingerprint: String,
) -> Result<Filed> {
    match oldest_open(tracker, &fingerprint).await? {
        Some(oldest) if oldest.id != ours.id && age(&oldest) < age(&ours) => {
            let comment = Markdown::from_template("Duplicate of")
                .then(&Markdown::link(oldest.id.as_str(), &oldest.url));
            let change = Change {
                status: Some(Status::Cancelled),
                comment: Some(comment),
                ..Change::default()
            };
            tracker.update_work_item(&ours.id, &change).await?;
            repeat(tracker, incident, oldest, fingerprint).await
        }
        _ => Ok(Filed { outcome: Outcome::Created, item: ours, fingerprint }),
    }
}

async fn oldest_open<T: Tracker + ?Sized>(
    tracker: &T,
    fingerprint: &str,
) -> Result<Option<WorkItem>> {
    let query = Query {
        labels: vec![fingerprint_label(fingerprint)],
        statuses: Status::ALL.iter().copied().filter(|status| !status.is_closed()).collect(),
        ..Query::default()
    };
    let found = tracker.search_work_items(&query).await?;
    Ok(found.items.into_iter().min_by(|a, b| age(a).cmp(&age(b))))
}

/// Sorts by time of creation; items of one instant by number, so that every runner picks the same one.
fn age(item: &WorkItem) -> (Timestamp, usize, &str) {
    (item.created_at, item.id.as_str().len(), item.id.as_str())
}

/// Lower case, with every word that holds a digit replaced: times, ids, addresses and counts vary between reports.
fn normalised(title: &str) -> String {
    let words = title.split_whitespace().map(|word| {
        if word.chars().any(|c| c.is_ascii_digit()) { "#".to_owned() } else { word.to_lowercase() }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The last `limit` characters, beginning at a line's start where there is one among them.
fn tail(text: &str, limit: usize) -> &str {
    let Some((start, _)) =
        text.char_indices().rev().nth(limit.saturating_sub(1)).filter(|(start, _)| *start > 0)
    else {
        return text;
    };
    let rest = &text[start..];
    if text[..start].ends_with('\n') {
        return rest;
    }
    // The line break at the very end begins no line.
    match rest.trim_end_matches('\n').find('\n') {
        Some(end) => &rest[end + 1..],
        None => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(title: &str, components: &[&str]) -> Incident {
        Incident {
            title: title.to_owned(),
            severity: Priority::High,
            timestamp: Timestamp::UNIX_EPOCH,
            logs: String::new(),
            components: components.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn what_varies_does_not_change_the_fingerprint() {
        let first = fingerprint(&incident("Job 17 failed on node-3", &["api", "db"]));
        assert_eq!(first, fingerprint(&incident("job 18  failed on node-4", &["DB", "api"])));
        assert_ne!(first, fingerprint(&incident("Job 17 failed on node-3", &["api"])));
        assert_ne!(first, fingerprint(&incident("Job 17 passed on node-3", &["api", "db"])));
        assert_eq!(first.len(), 32);
    }

    #[test]
    fn the_tail_begins_at_a_line() {
        assert_eq!(tail("one\ntwo\nthree", 7), "three");
        assert_eq!(tail("short", 7), "short");
        assert_eq!(tail("éééé", 2), "éé");
        assert_eq!(tail("one\ntwo\n", 4), "two\n", "a whole line is not dropped");
        assert_eq!(
            tail("{one long line}\n", 6),
            "line}\n",
            "part of a line is better than nothing"
        );
    }

    #[test]
    fn logs_are_inert() {
        let mut incident = incident("x", &["@team"]);
        incident.logs = "```\n/close\n".to_owned();
        let text = description(&incident);
        assert!(text.as_str().contains("````"), "the fence is longer than the one inside: {text}");
        assert!(!text.as_str().contains("@team"), "{text}");
    }
}
