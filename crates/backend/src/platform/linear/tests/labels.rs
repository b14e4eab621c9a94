//! Labels over several requests.

use super::*;

#[tokio::test]
async fn labels_beyond_the_first_page_are_read() {
    let (tracker, linear) = scripted(|operation, _| match operation {
        "ReadIssue" => {
            let mut long = issue();
            long["labels"] = page(&json!([{"id": "1", "name": "one"}]), Some("c1"));
            data(&json!({"issue": long}))
        }
        "MoreLabels" => {
            let more = page(&json!([{"id": "2", "name": "two"}]), None);
            data(&json!({"issue": {"labels": more}}))
        }
        _ => usual(operation),
    });
    assert_eq!(tracker.get_work_item(&id()).await.unwrap().labels, ["one", "two"]);
    assert_eq!(linear.bodies("MoreLabels")[0]["variables"]["after"], "c1");
}

/// A label of the team, as it is found.
fn known(operation: &str, nth: usize) -> Answer {
    match (operation, nth) {
        ("FindLabels", 1) => {
            let label = json!({"id": "found", "name": "shop", "isGroup": false,
                "team": {"id": "t"}, "parent": null});
            data(&json!({"issueLabels": page(&json!([label]), None)}))
        }
        _ => usual(operation),
    }
}

#[tokio::test]
async fn a_label_that_was_made_though_the_answer_was_lost_is_used() {
    let (tracker, linear) = scripted(|operation, nth| match operation {
        "AddLabel" => Answer::Lost,
        _ => known(operation, nth),
    });
    let draft = Draft { labels: vec!["shop".to_owned()], ..titled("A") };
    tracker.create_work_item(&draft).await.unwrap();
    assert_eq!(linear.bodies("AddLabel").len(), 1, "a label is made once");
    assert_eq!(linear.bodies("CreateIssue")[0]["variables"]["input"]["labelIds"], json!(["found"]));
}

#[tokio::test]
async fn a_label_that_somebody_else_made_meanwhile_is_used() {
    let (tracker, linear) = scripted(|operation, nth| match operation {
        "AddLabel" => refusal("INVALID_INPUT", "duplicate label name"),
        _ => known(operation, nth),
    });
    let draft = Draft { labels: vec!["shop".to_owned()], ..titled("A") };
    tracker.create_work_item(&draft).await.unwrap();
    assert_eq!(linear.bodies("CreateIssue")[0]["variables"]["input"]["labelIds"], json!(["found"]));
}
