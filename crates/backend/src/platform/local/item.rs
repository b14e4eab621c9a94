//! The rules of items: what a draft becomes, what a change changes. No file here.

use crate::{
    error::{Error, ErrorKind, Result},
    model::{Change, Draft, Status, WorkItem, WorkItemId},
    text::Markdown,
    tracker::Limits,
};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::Url;

/// Longest texts, in characters. A title is one line of a list; a description has room for a log.
pub(super) const LIMITS: Limits = Limits { title: 255, text: 1 << 20, label: 255 };

/// What stands at the end of a text that was cut.
const CUT: &str = "\n\n[cut: the text is longer than the tracker takes]";

/// The item that a draft describes; it has no parent yet.
pub(super) fn drafted(draft: &Draft, id: WorkItemId, url: Url, now: Timestamp) -> Result<WorkItem> {
    let status = draft.status.unwrap_or(Status::Todo);
    let mut item = WorkItem {
        id,
        url,
        title: title(&draft.title)?,
        description: shortened(&draft.description),
        kind: draft.kind,
        status,
        native_status: status.word().to_owned(),
        priority: draft.priority,
        labels: Vec::new(),
        assignee: draft.assignee.as_deref().and_then(assignee),
        parent_id: None,
        story_points: draft.story_points.map(points).transpose()?,
        iteration: None,
        custom_fields: Map::new(),
        created_at: now,
        updated_at: now,
        closed_at: status.is_closed().then_some(now),
    };
    add_labels(&mut item.labels, &draft.labels)?;
    merge_fields(&mut item.custom_fields, &draft.custom_fields)?;
    Ok(item)
}

/// The item after a change, but for its parent and its time of change.
pub(super) fn changed(item: &WorkItem, change: &Change, now: Timestamp) -> Result<WorkItem> {
    let mut item = item.clone();
    if let Some(text) = &change.title {
        item.title = title(text)?;
    }
    if let Some(text) = &change.description {
        item.description = shortened(text);
    }
    if let Some(status) = change.status {
        move_to(&mut item, status, now);
    }
    item.priority = change.priority.or(item.priority);
    item.labels.retain(|label| !change.remove_labels.iter().any(|gone| gone.trim() == label));
    add_labels(&mut item.labels, &change.add_labels)?;
    if let Some(name) = &change.assignee {
        item.assignee = assignee(name);
    }
    if let Some(number) = change.story_points {
        item.story_points = Some(points(number)?);
    }
    merge_fields(&mut item.custom_fields, &change.custom_fields)?;
    Ok(item)
}

/// Between the two closed states the item stays closed since when it was.
fn move_to(item: &mut WorkItem, status: Status, now: Timestamp) {
    item.closed_at = match (item.status.is_closed(), status.is_closed()) {
        (_, false) => None,
        (false, true) => Some(now),
        (true, true) => item.closed_at,
    };
    item.status = status;
    status.word().clone_into(&mut item.native_status);
}

fn title(text: &str) -> Result<String> {
    let text = one_line("title", text)?;
    at_most("title", text, LIMITS.title)?;
    Ok(text.to_owned())
}

/// A text, cut with a note where it is too long.
pub(super) fn shortened(text: &Markdown) -> Markdown {
    let source = text.as_str();
    if source.chars().count() <= LIMITS.text {
        return text.clone();
    }
    let kept: String = source.chars().take(LIMITS.text - CUT.len()).collect();
    Markdown::from_template(kept + CUT)
}

fn add_labels(labels: &mut Vec<String>, more: &[String]) -> Result<()> {
    for label in more {
        let label = one_line("label", label)?;
        at_most("label", label, LIMITS.label)?;
        if !labels.iter().any(|known| known == label) {
            labels.push(label.to_owned());
        }
    }
    Ok(())
}

/// `null` takes a field away, as in a JSON merge patch.
fn merge_fields(fields: &mut Map<String, Value>, changes: &Map<String, Value>) -> Result<()> {
    for (name, value) in changes {
        let name = one_line("custom field's name", name)?;
        at_most("custom field's name", name, LIMITS.label)?;
        match value {
            Value::Null => drop(fields.shift_remove(name)),
            value => drop(fields.insert(name.to_owned(), value.clone())),
        }
    }
    Ok(())
}

fn assignee(name: &str) -> Option<String> {
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn points(number: f64) -> Result<f64> {
    if number.is_finite() && number >= 0.0 {
        // Minus zero is zero, or it would count as a change.
        return Ok(number + 0.0);
    }
    Err(rejected(format!("story points cannot be {number}"), "give a number from zero upwards"))
}

fn one_line<'a>(what: &str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(rejected(format!("the {what} is empty"), &format!("give a {what}")));
    }
    if text.chars().any(char::is_control) {
        return Err(rejected(
            format!("the {what} has a line break or another control character"),
            &format!("write the {what} in one line"),
        ));
    }
    Ok(text)
}

fn at_most(what: &str, text: &str, limit: usize) -> Result<()> {
    let length = text.chars().count();
    if length <= limit {
        return Ok(());
    }
    Err(rejected(
        format!("the {what} has {length} characters, {limit} at most"),
        &format!("shorten the {what} to {limit} characters"),
    ))
}

/// The error for data that breaks a rule.
pub(super) fn rejected(reason: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::Rejected, reason).with_hint(hint)
}

/// An item as named values, which is what the history keeps: `status` is `done`, `custom_fields.Sector` is `"energy"`.
pub(super) fn facts(item: &WorkItem) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::from([
        ("title".to_owned(), item.title.clone()),
        ("type".to_owned(), item.kind.word().to_owned()),
        ("status".to_owned(), item.status.word().to_owned()),
    ]);
    let optional = [
        ("description", Some(item.description.as_str().to_owned()).filter(|text| !text.is_empty())),
        ("priority", item.priority.map(|priority| priority.word().to_owned())),
        ("assignee", item.assignee.clone()),
        ("parent", item.parent_id.as_ref().map(ToString::to_string)),
        ("story_points", item.story_points.map(|points| points.to_string())),
        ("labels", (!item.labels.is_empty()).then(|| Value::from(item.labels.clone()).to_string())),
    ];
    facts.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    facts.extend(
        item.custom_fields
            .iter()
            .map(|(name, value)| (format!("custom_fields.{name}"), value.to_string())),
    );
    facts
}

/// One line of an item's history.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) field: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

/// What differs between two sets of facts, by name.
pub(super) fn differences(
    mut old: BTreeMap<String, String>,
    new: BTreeMap<String, String>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for (field, new) in new {
        let old = old.remove(&field);
        if old.as_ref() != Some(&new) {
            found.push(Difference { field, old, new: Some(new) });
        }
    }
    found.extend(old.into_iter().map(|(field, old)| Difference {
        field,
        old: Some(old),
        new: None,
    }));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorKind, model::Kind};
    use serde_json::json;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn draft(title: &str) -> Draft {
        Draft { title: title.to_owned(), ..Draft::default() }
    }

    fn made(draft: &Draft) -> Result<WorkItem> {
        drafted(draft, WorkItemId::new("LOCAL-1"), "file:///x#LOCAL-1".parse().unwrap(), at(1))
    }

    fn refused(draft: &Draft, word: &str) {
        let error = made(draft).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert!(error.message.contains(word) && !error.hint().is_empty(), "{error}");
    }

    #[test]
    fn titles_are_one_line_that_is_not_empty_and_not_too_long() {
        refused(&draft(" \n "), "empty");
        refused(&draft("two\nlines"), "line break");
        refused(&draft("nul\0"), "control");
        refused(&draft(&"ü".repeat(256)), "256 characters, 255 at most");
        assert_eq!(made(&draft(&"ü".repeat(255))).unwrap().title, "ü".repeat(255));
    }

    #[test]
    fn labels_are_kept_once_in_order() {
        let labels = ["b", " a ", "b", "B"].map(str::to_owned).to_vec();
        let item = made(&Draft { labels, ..draft("x") }).unwrap();
        assert_eq!(item.labels, ["b", "a", "B"]);
        refused(&Draft { labels: vec![" ".to_owned()], ..draft("x") }, "label is empty");
        refused(&Draft { labels: vec!["l".repeat(256)], ..draft("x") }, "label has 256");
    }

    #[test]
    fn story_points_are_numbers_from_zero() {
        let points = |number| Draft { story_points: Some(number), ..draft("x") };
        assert_eq!(made(&points(0.5)).unwrap().story_points, Some(0.5));
        assert!(made(&points(-0.0)).unwrap().story_points.unwrap().is_sign_positive());
        for number in [-1.0, f64::NAN, f64::INFINITY] {
            refused(&points(number), "story points");
        }
    }

    #[test]
    fn texts_that_are_too_long_are_cut_with_a_note() {
        let whole = Markdown::from_template("ü".repeat(LIMITS.text));
        assert_eq!(shortened(&whole), whole);
        let cut = shortened(&Markdown::from_template("ü".repeat(LIMITS.text + 1)));
        assert_eq!(cut.as_str().chars().count(), LIMITS.text);
        assert!(cut.as_str().starts_with("üü") && cut.as_str().ends_with(CUT));
        assert_eq!(shortened(&cut), cut);
    }

    #[test]
    fn null_takes_a_field_away_and_the_others_stay() {
        let fields = |value: Value| value.as_object().unwrap().clone();
        let custom_fields = fields(json!({"a": 1, "b": {"c": null}, "gone": null}));
        let item = made(&Draft { custom_fields, ..draft("x") }).unwrap();
        assert_eq!(item.custom_fields, fields(json!({"a": 1, "b": {"c": null}})));
        let custom_fields = fields(json!({"a": null, "d": [2]}));
        let item = changed(&item, &Change { custom_fields, ..Change::default() }, at(2)).unwrap();
        assert_eq!(item.custom_fields, fields(json!({"b": {"c": null}, "d": [2]})));
    }

    #[test]
    fn the_time_of_closing_is_that_of_entering_a_closed_state() {
        let mut item = made(&draft("x")).unwrap();
        let steps = [
            (Status::Done, Some(2)),
            (Status::Done, Some(2)),
            (Status::Cancelled, Some(2)),
            (Status::Blocked, None),
            (Status::Cancelled, Some(6)),
        ];
        for (second, (status, closed)) in (2..).zip(steps) {
            let change = Change { status: Some(status), ..Change::default() };
            item = changed(&item, &change, at(second)).unwrap();
            assert_eq!((item.status, item.closed_at), (status, closed.map(at)), "{second}");
            assert_eq!(item.native_status, status.word());
        }
        let item = made(&Draft { status: Some(Status::Done), ..draft("x") }).unwrap();
        assert_eq!(item.closed_at, Some(at(1)));
    }

    #[test]
    fn only_what_differs_is_a_difference() {
        let item = made(&Draft { kind: Kind::Bug, assignee: Some("ada".into()), ..draft("x") });
        let item = item.unwrap();
        assert_eq!(differences(facts(&item), facts(&item)), []);
        let change = Change {
            title: Some("y".to_owned()),
            assignee: Some(String::new()),
            add_labels: vec!["l".to_owned()],
            custom_fields: [("f".to_owned(), json!("v"))].into_iter().collect(),
            ..Change::default()
        };
        let after = changed(&item, &change, at(2)).unwrap();
        let found = differences(facts(&item), facts(&after));
        let line = |field: &str, old: Option<&str>, new: Option<&str>| Difference {
            field: field.to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        };
        let expected = [
            line("custom_fields.f", None, Some("\"v\"")),
            line("labels", None, Some("[\"l\"]")),
            line("title", Some("x"), Some("y")),
            line("assignee", Some("ada"), None),
        ];
        assert_eq!(found, expected);
    }
}
