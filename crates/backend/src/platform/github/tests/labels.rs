//! Labels, which others change at the same time.

use super::{ISSUE, github, id, issue, unscripted};
use crate::{
    error::ErrorKind,
    http::tests::script::{Answer, Script},
    model::{Change, Priority, Status},
    tracker::Tracker as _,
};
use futures_util::future::try_join;
use serde_json::{Value, json};

const ADD: &str = "POST /repos/acme/shop/issues/7/labels";

/// What GitHub answers to a change of labels.
fn all(labels: &[&str]) -> Value {
    labels.iter().map(|name| json!({"name": name})).collect()
}

fn add(label: &str) -> Change {
    Change { add_labels: vec![label.to_owned()], ..Change::default() }
}

fn remove(label: &str) -> Change {
    Change { remove_labels: vec![label.to_owned()], ..Change::default() }
}

#[tokio::test]
async fn two_changes_of_the_same_reading_send_their_own_label_only() {
    let (github, sent) = github(
        |line, _| match line {
            ADD => Answer::Json(200, all(&["Keep", "one", "two"])),
            _ => Answer::Json(200, issue(&["Keep"], "open", None)),
        },
        &json!({}),
    );
    let (id, one, two) = (id(), add("one"), add("two"));
    try_join(github.update_work_item(&id, &one), github.update_work_item(&id, &two)).await.unwrap();
    assert_eq!(sent.bodies(ADD), [json!({"labels": ["one"]}), json!({"labels": ["two"]})]);
    assert!(sent.sent().iter().all(|line| line == ADD || line.starts_with("GET")));
}

#[tokio::test]
async fn only_what_differs_is_sent() {
    let (github, sent) = github(
        |line, _| match line {
            ADD => Answer::Json(
                200,
                all(&["Keep", "status: in progress", "status: blocked", "priority: low"]),
            ),
            _ => Answer::Json(200, issue(&["Keep", "status: in progress"], "open", None)),
        },
        &json!({}),
    );
    let change = Change {
        title: Some("A".to_owned()),
        description: Some(crate::text::Markdown::from_template("Text.\nMore.")),
        status: Some(Status::Blocked),
        priority: Some(Priority::Low),
        add_labels: vec!["keep".to_owned()],
        remove_labels: vec!["never there".to_owned()],
        ..Change::default()
    };
    github.update_work_item(&id(), &change).await.unwrap();
    assert_eq!(sent.bodies(ADD), [json!({"labels": ["priority: low", "status: blocked"]})]);
    let (read, gone) =
        (format!("GET {ISSUE}"), format!("DELETE {ISSUE}/labels/status%3A%20in%20progress"));
    assert_eq!(sent.sent(), [read.as_str(), ADD, &gone, &read]);
    let same = Change { status: Some(Status::InProgress), ..add("KEEP") };
    github.update_work_item(&id(), &same).await.unwrap();
    assert_eq!(sent.sent().len(), 5, "it is in progress already, and has the label");
}

/// The state between its labels: the new one is there before, and the old one goes after.
#[tokio::test]
async fn labels_are_added_first_and_removed_last() {
    let (github, sent) = github(
        |line, _| match line {
            ADD => Answer::Json(200, all(&["status: in review", "status: in progress"])),
            _ => Answer::Json(200, issue(&["status: in review"], "closed", None)),
        },
        &json!({}),
    );
    let change = Change { status: Some(Status::InProgress), ..Change::default() };
    github.update_work_item(&id(), &change).await.unwrap();
    let (patch, gone) =
        (format!("PATCH {ISSUE}"), format!("DELETE {ISSUE}/labels/status%3A%20in%20review"));
    assert_eq!(sent.sent()[1..4], [ADD, &patch, &gone]);
}

/// What was interrupted before the old label went is completed by the same change.
#[tokio::test]
async fn a_label_too_many_is_removed_though_nothing_else_differs() {
    let (github, sent) = github(
        |_, _| {
            let labels =
                ["priority: high", "priority: low", "status: blocked", "status: in review"];
            Answer::Json(200, issue(&labels, "open", None))
        },
        &json!({}),
    );
    let change = Change {
        status: Some(Status::Blocked),
        priority: Some(Priority::High),
        ..Change::default()
    };
    github.update_work_item(&id(), &change).await.unwrap();
    let gone = |label: &str| format!("DELETE {ISSUE}/labels/{label}");
    let expected = [gone("priority%3A%20low"), gone("status%3A%20in%20review")];
    assert_eq!(sent.sent()[1..3], expected);
}

/// Removes a label in front of such an answer.
async fn check_removal(script: Script, label: &str, segment: &str, expected: Option<ErrorKind>) {
    let (github, sent) = github(script, &json!({}));
    let removed = github.update_work_item(&id(), &remove(label)).await;
    assert_eq!(removed.err().map(|error| error.kind), expected, "{label}");
    let gone = format!("DELETE {ISSUE}/labels/{segment}");
    let all = sent.sent();
    let all: Vec<_> = all.iter().filter(|line| line.starts_with("DELETE")).collect();
    let wanted: Vec<_> = [&gone].into_iter().filter(|_| !segment.is_empty()).collect();
    assert_eq!(all, wanted);
}

const LABELS: [&str; 3] = ["area/till & co?", "größe", ".."];

fn labelled(line: &str) -> Answer {
    match line.split_once(' ') {
        Some(("GET", _)) => Answer::Json(200, issue(&LABELS, "open", None)),
        _ => unscripted(line),
    }
}

#[tokio::test]
async fn a_label_is_one_segment_of_the_address() {
    let removed: Script = |line, _| match line.split_once(' ') {
        Some(("DELETE", _)) => Answer::Json(200, json!([])),
        _ => labelled(line),
    };
    check_removal(removed, "Area/till & co?", "area%2Ftill%20%26%20co%3F", None).await;
    check_removal(removed, "größe", "gr%C3%B6%C3%9Fe", None).await;
    // `DELETE issues/7/labels/..` would be another request: the one that removes all labels.
    check_removal(removed, "..", "", Some(ErrorKind::Rejected)).await;
}

#[tokio::test]
async fn a_label_that_vanished_is_no_failure_and_an_issue_is() {
    let no_label: Script = |line, _| match line.split_once(' ') {
        Some(("DELETE", _)) => Answer::Json(404, json!({"message": "Label does not exist"})),
        _ => labelled(line),
    };
    check_removal(no_label, "größe", "gr%C3%B6%C3%9Fe", None).await;
    let no_permission: Script = |line, _| labelled(line);
    check_removal(no_permission, "größe", "gr%C3%B6%C3%9Fe", Some(ErrorKind::Forbidden)).await;
    let no_issue: Script = |line, nth| if nth == 0 { labelled(line) } else { unscripted(line) };
    check_removal(no_issue, "größe", "gr%C3%B6%C3%9Fe", Some(ErrorKind::NotFound)).await;
}

#[tokio::test]
async fn labels_that_are_not_taken_change_nothing() {
    let hidden: Script = |line, _| labelled(line);
    let silent: Script =
        |line, _| if line == ADD { Answer::Json(200, all(&LABELS)) } else { labelled(line) };
    for script in [hidden, silent] {
        let (github, sent) = github(script, &json!({}));
        let change = Change { title: Some("Another".to_owned()), ..add("urgent") };
        let error = github.update_work_item(&id(), &change).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forbidden, "{error}");
        assert!(error.hint().contains("write access"), "{}", error.hint());
        assert!(error.message.contains("labels of acme/shop#7"), "{error}");
        assert!(!sent.sent().iter().any(|line| line.starts_with("PATCH")));
    }
}
