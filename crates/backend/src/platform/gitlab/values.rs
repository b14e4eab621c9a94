//! Values in the shape that GitLab takes, and whether it kept them: GitLab drops in silence what a role, a tier or a
//! rule does not allow.

use super::{LONGEST_NAME, LONGEST_TEXT, quick_action, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    platform::shared::{label, title},
    text::Markdown,
};
use serde_json::{Map, Value, json};

/// A title on one line, cut to what GitLab takes.
pub(super) fn title(text: &str) -> Result<String> {
    title::title(text, LONGEST_NAME)
}

/// A text without commands in it, cut to what GitLab takes.
pub(super) fn text(markdown: &Markdown) -> String {
    quick_action::disarmed(markdown).truncated(LONGEST_TEXT).as_str().to_owned()
}

/// A label. GitLab separates labels by commas wherever it takes several, so that none can hold one.
pub(super) fn label(text: &str) -> Result<String> {
    let written = text.trim();
    if written.contains(',') {
        return Err(label::refused("a label of GitLab has no comma", written));
    }
    label::check(written, LONGEST_NAME).map(|()| written.to_owned())
}

/// Labels, each once.
pub(super) fn labels(texts: &[String]) -> Result<Vec<String>> {
    label::each_once(texts, label)
}

/// An estimate as a weight, which is a whole number.
pub(super) fn weight(points: f64) -> Result<u32> {
    let whole = format!("{points}").parse();
    whole.map_err(|_| {
        let message = format!("GitLab's weights are whole numbers from 0 on, and {points} is none");
        Error::new(ErrorKind::Rejected, message).with_hint("estimate with a whole number")
    })
}

/// Fields that people set by GitLab's own name.
const FIELDS: [&str; 4] = ["due_date", "confidential", "discussion_locked", "milestone_id"];

/// Fields by GitLab's name. Others are refused: GitLab ignores what it does not know.
pub(super) fn custom(fields: &Map<String, Value>) -> Result<Map<String, Value>> {
    match fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        None => Ok(fields.clone()),
        Some(name) => {
            let message = format!("GitLab has no field {name} that can be set");
            Err(Error::new(ErrorKind::Rejected, message)
                .with_hint(format!("use one of {}", FIELDS.join(", "))))
        }
    }
}

/// Whether GitLab kept what was sent.
pub(super) fn kept(sent: &Map<String, Value>, issue: &wire::Issue) -> Result<()> {
    let sent_labels = ["labels", "add_labels"].map(|name| sent.get(name).and_then(Value::as_str));
    let mut labels = sent_labels.into_iter().flatten().flat_map(|all| all.split(','));
    if let Some(label) = labels.find(|label| !issue.labels.iter().any(|it| it == label)) {
        return Err(dropped(
            &format!("the label {label}"),
            "give the token's account the role Planner or Reporter; of scoped labels with one key GitLab keeps one",
        ));
    }
    if let Some(id) = sent.get("assignee_ids").and_then(|ids| ids[0].as_u64())
        && id != 0
        && !issue.workers().any(|user| user.id == id)
    {
        return Err(dropped(
            "the assignee",
            "assign a member of the project, with a token whose account has the role Planner or Reporter",
        ));
    }
    let epic = sent.get("epic_id").and_then(Value::as_u64);
    if epic.is_some() && epic != issue.epic.as_ref().map(|epic| epic.id) {
        return Err(dropped("the epic", "leave the parent out: epics need GitLab Premium"));
    }
    let weight = sent.get("weight").and_then(Value::as_f64);
    if weight.is_some() && weight != issue.weight {
        let hint =
            "leave the estimate out: weights need GitLab Premium, and the role Planner or Reporter";
        return Err(dropped("the weight", hint));
    }
    Ok(())
}

fn dropped(what: &str, hint: &'static str) -> Error {
    Error::new(ErrorKind::Rejected, format!("set {what}: GitLab did not keep it")).with_hint(hint)
}

/// Nobody, where GitLab wants accounts: an empty list is left out on its way.
pub(super) fn assignees(id: Option<u64>) -> Value {
    json!([id.unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_no_comma() {
        for (text, expected) in [
            ("needs review", Some("needs review")),
            (" status::in progress ", Some("status::in progress")),
            ("a,b", None),
            ("", None),
            ("a\u{0}", None),
            (&"ü".repeat(255), Some(&*"ü".repeat(255))),
            (&"x".repeat(256), None),
        ] {
            assert_eq!(label(text).ok().as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn weights_are_whole() {
        assert_eq!(weight(0.0).unwrap(), 0);
        assert_eq!(weight(13.0).unwrap(), 13);
        for points in [2.5, -1.0, f64::NAN, f64::INFINITY, 1e20] {
            let error = weight(points).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Rejected);
            assert!(error.message.contains("whole"), "{error}");
        }
    }

    #[test]
    fn what_gitlab_dropped_is_told() {
        let issue: wire::Issue = serde_json::from_value(super::super::tests::issue(7)).unwrap();
        let check = |sent: Value, expected: Option<&str>| {
            let error = kept(sent.as_object().unwrap(), &issue).err().map(|error| error.message);
            let told = error.as_deref().unwrap_or_default();
            assert_eq!(error.is_some(), expected.is_some(), "{told}");
            assert!(told.contains(expected.unwrap_or_default()), "{told}");
        };
        check(json!({"title": "x", "labels": "red,blue", "assignee_ids": [0]}), None);
        check(json!({"add_labels": "red,green"}), Some("label green"));
        check(json!({"assignee_ids": [9]}), Some("the assignee"));
        check(json!({"weight": 3}), Some("the weight"));
    }

    #[test]
    fn unknown_fields_are_refused() {
        let fields = |text: Value| custom(text.as_object().unwrap());
        assert!(fields(json!({"due_date": "2026-03-01", "confidential": true})).is_ok());
        let error = fields(json!({"iteration_id": 3})).unwrap_err();
        assert!(error.message.contains("iteration_id") && error.hint().contains("due_date"));
    }
}
