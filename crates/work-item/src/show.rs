//! How items look: lines for people, JSON for programs, a table for the CI host's summary.

use app::{Document, Report, untrusted};
use backend::{
    model::{Found, Link, WorkItem},
    text::Markdown,
};
use serde::Serialize;
use serde_json::json;
use std::fmt::Write as _;

/// The report of one item. `done` says what happened to it; empty for a read.
pub(crate) fn item(done: &str, item: &WorkItem, links: &[Link]) -> Report {
    let mut json = json!({ "version": 1, "item": item });
    if done.is_empty() {
        json["links"] = json!(links);
    }
    Report {
        json: json.into(),
        text: page(done, item, links),
        outputs: vec![
            ("id", item.id.to_string()),
            ("url", item.url.to_string()),
            ("status", item.status.to_string()),
        ],
        summary: if done.is_empty() { String::new() } else { sentence(done, item) },
        ..Report::default()
    }
}

/// The document of a search.
#[derive(Serialize)]
struct Listed<'a> {
    version: u8,
    #[serde(flatten)]
    found: &'a Found,
}

/// The report of a search; `as_json` says which form of it is printed, and the other is not made.
pub(crate) fn found(found: &Found, as_json: bool) -> Report {
    let ids: Vec<&str> = found.items.iter().map(|item| item.id.as_str()).collect();
    let mut warnings = Vec::new();
    if !found.complete {
        warnings.push(format!(
            "there are more items than the {} shown; raise --limit or narrow the search",
            found.items.len()
        ));
    }
    let (mut json, mut text) = (Document::default(), String::new());
    if as_json {
        json = Document::of(&Listed { version: 1, found });
    } else {
        text = list(found);
    }
    Report {
        json,
        text,
        outputs: vec![("id", ids.join(",")), ("complete", found.complete.to_string())],
        warnings,
        ..Report::default()
    }
}

fn sentence(done: &str, item: &WorkItem) -> String {
    let title = Markdown::quote(&item.title);
    let id = if item.url.scheme().starts_with("http") {
        Markdown::link(item.id.as_str(), &item.url)
    } else {
        Markdown::code_span(item.id.as_str())
    };
    let mut words = done.to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{words} {}: {}\n", id.as_str(), title.as_str())
}

fn page(done: &str, item: &WorkItem, links: &[Link]) -> String {
    let mut text = String::new();
    let prefix = if done.is_empty() { String::new() } else { format!("{done} ") };
    let _ = writeln!(
        text,
        "{prefix}{}  {}",
        untrusted::line(item.id.as_str()),
        untrusted::line(&item.title)
    );
    for (name, value) in facts(item) {
        let _ = writeln!(text, "  {name:<12} {}", untrusted::line(&value));
    }
    if !item.description.as_str().trim().is_empty() {
        text.push('\n');
        for line in item.description.as_str().lines() {
            let _ = writeln!(text, "  {}", untrusted::line(line));
        }
    }
    if !links.is_empty() {
        text.push_str("\n  links\n");
        for link in links {
            let title = link.title.as_deref().map(untrusted::line).unwrap_or_default();
            let _ = writeln!(text, "    {}  {title}", untrusted::line(link.url.as_str()));
        }
    }
    text
}

/// What is known of an item, by name; what is not set is left out.
fn facts(item: &WorkItem) -> Vec<(&'static str, String)> {
    let native = item.native_status.as_str();
    let status = if native.eq_ignore_ascii_case(item.status.word()) {
        item.status.to_string()
    } else {
        format!("{} ({native})", item.status)
    };
    let mut facts = vec![("type", item.kind.to_string()), ("status", status)];
    facts.extend(item.priority.map(|priority| ("priority", priority.to_string())));
    facts.extend(item.assignee.clone().map(|assignee| ("assignee", assignee)));
    facts.extend((!item.labels.is_empty()).then(|| ("labels", item.labels.join(", "))));
    facts.extend(item.story_points.map(|points| ("story points", points.to_string())));
    facts.extend(item.iteration.clone().map(|iteration| ("iteration", iteration)));
    facts.extend(item.parent_id.as_ref().map(|parent| ("parent", parent.to_string())));
    facts.extend(
        item.custom_fields.iter().map(|(name, value)| ("field", format!("{name} = {value}"))),
    );
    facts.push(("updated", item.updated_at.to_string()));
    facts.push(("url", item.url.to_string()));
    facts
}

fn list(found: &Found) -> String {
    if found.items.is_empty() {
        return "no item found\n".to_owned();
    }
    let width =
        |text: &dyn Fn(&WorkItem) -> usize| found.items.iter().map(text).max().unwrap_or_default();
    let ids = width(&|item| item.id.as_str().chars().count());
    let statuses = width(&|item| item.status.word().len());
    let mut text = String::new();
    for item in &found.items {
        let _ = writeln!(
            text,
            "{:ids$}  {:statuses$}  {}",
            untrusted::line(item.id.as_str()),
            item.status.word(),
            untrusted::line(&item.title)
        );
    }
    text
}
