//! Behaviour that only shows over several requests.

mod script;

use super::key;
use crate::{
    error::ErrorKind,
    model::{Change, Commit, Draft, Query, Status, WorkItemId},
    text::Markdown,
};
use script::{Answer, Script, scripted};
use serde_json::{Value, json};

fn id() -> WorkItemId {
    WorkItemId::new("SHOP-1")
}

fn commit(sha: &str) -> Commit {
    Commit {
        sha: sha.to_owned(),
        message: "Fix".to_owned(),
        url: format!("https://git.acme.example/shop/commit/{sha}").parse().unwrap(),
        repository: "acme/shop".to_owned(),
        author: "Robin".to_owned(),
        committed_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn issue(key: &str, status: &str, category: &str) -> Value {
    json!({"key": key, "fields": {
        "summary": "A", "issuetype": {"id": "1", "name": "Task"}, "labels": [],
        "status": {"name": status, "statusCategory": {"key": category}},
        "created": "2026-01-05T09:15:00.000+0000", "updated": "2026-01-05T09:15:00.000+0000"}})
}

/// What any Jira answers, under the part of a script that matters.
fn usual(line: &str) -> Answer {
    match line {
        "GET /rest/api/3/field" | "GET /rest/api/2/field" => Answer::Json(200, json!([])),
        "GET /rest/api/3/myself" => Answer::Json(200, json!({"accountId": "1"})),
        "GET /rest/api/3/issue/SHOP-1" => Answer::Json(200, issue("SHOP-1", "To Do", "new")),
        "GET /rest/api/3/issue/createmeta/SHOP/issuetypes" => Answer::Json(
            200,
            json!({"issueTypes": [{"id": "1", "name": "Task", "subtask": false}], "total": 1}),
        ),
        _ => Answer::Json(404, json!({"errorMessages": [format!("unscripted: {line}")]})),
    }
}

async fn link_twice(script: Script) -> (Vec<bool>, Vec<String>) {
    let (tracker, jira) = scripted("auto", script);
    let mut existed = Vec::new();
    for sha in ["0123456789abcdef", "0123456789abcdef"] {
        existed.push(tracker.link_to_commit(&id(), &commit(sha)).await.unwrap().existed);
    }
    (existed, jira.sent())
}

#[tokio::test]
async fn what_answers_is_asked_for_once_and_a_link_is_one_request() {
    let (existed, sent) = link_twice(|line, nth| match line {
        "GET /rest/api/latest/serverInfo" => Answer::Json(200, json!({"deploymentType": "Cloud"})),
        _ => Answer::Json(if nth == 0 { 201 } else { 200 }, json!({"id": 1})),
    })
    .await;
    assert_eq!(existed, [false, true]);
    let link = "POST /rest/api/3/issue/SHOP-1/remotelink";
    assert_eq!(sent, ["GET /rest/api/latest/serverInfo", link, link]);

    let (_, sent) = link_twice(|line, _| match line {
        "GET /rest/api/latest/serverInfo" => Answer::Json(200, json!({"version": "8.20.1"})),
        _ => Answer::Json(200, json!({"id": 1})),
    })
    .await;
    assert_eq!(sent[1], "POST /rest/api/2/issue/SHOP-1/remotelink");
}

#[tokio::test]
async fn an_address_that_is_not_jiras_is_named() {
    for script in [
        (|_, _| Answer::Page("<html><h1>Welcome</h1></html>")) as Script,
        |_, _| Answer::Json(404, json!({})),
        |_, _| Answer::Json(200, json!({"hello": "world"})),
    ] {
        let (tracker, jira) = scripted("auto", script);
        let error = tracker.link_to_commit(&id(), &commit("0123")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Config, "{error}");
        assert!(error.hint().contains("JIRA_URL"), "{}", error.hint());
        assert!(error.message.contains(") does not look like Jira: "), "{error}");
        assert!(!error.message.contains("answered"), "{error}");
        assert_eq!(jira.sent().len(), 1);
    }
}

#[tokio::test]
async fn an_outage_says_nothing_about_the_address() {
    for (script, kind) in [
        ((|_, _| Answer::Json(503, json!({}))) as Script, ErrorKind::Unavailable),
        (|_, _| Answer::Lost, ErrorKind::Unavailable),
        (|_, _| Answer::Json(501, json!({})), ErrorKind::Protocol),
        (|_, _| Answer::Json(407, json!({})), ErrorKind::Config),
    ] {
        let (tracker, _) = scripted("auto", script);
        let error = tracker.link_to_commit(&id(), &commit("0123")).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(!error.message.contains("JIRA_URL"), "{error}");
    }
}

#[tokio::test]
async fn of_a_refused_search_the_users_query_is_to_be_corrected() {
    let (tracker, _) = scripted("cloud", |line, _| match line {
        "POST /rest/api/3/search/jql" => {
            Answer::Json(400, json!({"errorMessages": ["Expecting an operator"]}))
        }
        _ => usual(line),
    });
    let native = Query { native: Some("projcet SHOP".to_owned()), ..Query::default() };
    let error = tracker.search_work_items(&native).await.unwrap_err();
    assert_eq!(error.hint(), "read what Jira says and correct the query");
    let error = tracker.search_work_items(&Query::default()).await.unwrap_err();
    assert_eq!(error.hint(), "read what Jira says and correct the request");
}

#[tokio::test]
async fn a_project_that_is_not_there_is_known_in_every_language() {
    let (tracker, _) = scripted("cloud", |line, _| match line {
        "POST /rest/api/3/search/jql" => {
            let told = "Der Wert 'SHOP' existiert nicht f\u{fc}r das Feld 'project'.";
            Answer::Json(400, json!({"errorMessages": [told]}))
        }
        _ => usual(line),
    });
    let error = tracker.search_work_items(&Query::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    let native = Query { native: Some("project = SHOP".to_owned()), ..Query::default() };
    let error = tracker.search_work_items(&native).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected, "who writes JQL says which project is meant");
}

#[tokio::test]
async fn a_stranger_sees_no_project() {
    let (tracker, _) = scripted("cloud", |line, _| match line {
        "POST /rest/api/3/search/jql" => Answer::Json(
            400,
            json!({"errorMessages": ["The value 'SHOP' does not exist for the field 'project'."]}),
        ),
        "GET /rest/api/3/myself" => Answer::Json(200, json!({"displayName": "Anonymous"})),
        _ => usual(line),
    });
    let error = tracker.search_work_items(&Query::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth, "{error}");
}

#[tokio::test]
async fn an_empty_answer_for_a_stranger_is_no_answer() {
    let (tracker, _) = scripted("cloud", |line, _| match line {
        "POST /rest/api/3/search/jql" => Answer::Json(200, json!({"issues": [], "isLast": true})),
        "GET /rest/api/3/myself" => Answer::Json(200, json!({"displayName": "Anonymous"})),
        _ => usual(line),
    });
    let error = tracker.search_work_items(&Query::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth);
    let error = tracker.get_work_item(&WorkItemId::new("SHOP-2")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth, "hidden from a stranger is not the same as gone");
}

#[tokio::test]
async fn a_search_that_goes_round_in_circles_ends() {
    let repeat: Script = |line, _| match line {
        "POST /rest/api/3/search/jql" => Answer::Json(
            200,
            json!({"issues": [issue("SHOP-1", "To Do", "new")], "nextPageToken": "again"}),
        ),
        _ => usual(line),
    };
    let empty: Script = |line, nth| match line {
        "POST /rest/api/3/search/jql" => {
            Answer::Json(200, json!({"issues": [], "nextPageToken": nth.to_string()}))
        }
        _ => usual(line),
    };
    for (script, items, requests) in [(repeat, 1, 2), (empty, 0, 3)] {
        let (tracker, jira) = scripted("cloud", script);
        let found = tracker.search_work_items(&Query::default()).await.unwrap();
        assert_eq!((found.items.len(), found.complete), (items, false));
        assert_eq!(jira.bodies("POST /rest/api/3/search/jql").len(), requests);
    }
}

#[tokio::test]
async fn pages_of_a_server_go_on_after_what_was_received() {
    let (tracker, jira) = scripted("server", |line, nth| match line {
        "POST /rest/api/2/search" => {
            let keys: &[&str] = if nth == 0 { &["SHOP-3", "SHOP-2"] } else { &["SHOP-1"] };
            let issues: Vec<_> = keys.iter().map(|key| issue(key, "To Do", "new")).collect();
            Answer::Json(200, json!({"issues": issues, "startAt": 0, "total": 3}))
        }
        _ => usual(line),
    });
    let found = tracker.search_work_items(&Query::default()).await.unwrap();
    assert_eq!((found.items.len(), found.complete), (3, true));
    let bodies = jira.bodies("POST /rest/api/2/search");
    assert_eq!(bodies.iter().map(|body| &body["startAt"]).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(bodies[0]["jql"], r#"project = "SHOP" ORDER BY created DESC, key DESC"#);
}

#[tokio::test]
async fn a_conflict_is_decided_anew_once() {
    let change = Change { title: Some("B".to_owned()), ..Change::default() };
    let (tracker, jira) = scripted("cloud", |line, nth| match line {
        "PUT /rest/api/3/issue/SHOP-1" if nth == 0 => Answer::Json(409, json!({})),
        "PUT /rest/api/3/issue/SHOP-1" => Answer::Json(204, Value::Null),
        _ => usual(line),
    });
    tracker.update_work_item(&id(), &change).await.unwrap();
    assert_eq!(jira.bodies("PUT /rest/api/3/issue/SHOP-1").len(), 2);

    let (tracker, jira) = scripted("cloud", |line, _| match line {
        "PUT /rest/api/3/issue/SHOP-1" => Answer::Json(409, json!({})),
        _ => usual(line),
    });
    let error = tracker.update_work_item(&id(), &change).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert_eq!(jira.bodies("PUT /rest/api/3/issue/SHOP-1").len(), 2);
}

#[tokio::test]
async fn nothing_to_change_writes_nothing() {
    let (tracker, jira) = scripted("cloud", |line, _| usual(line));
    let change = Change {
        title: Some("A".to_owned()),
        description: Some(Markdown::default()),
        status: Some(Status::Todo),
        remove_labels: vec!["x".to_owned()],
        assignee: Some(String::new()),
        ..Change::default()
    };
    tracker.update_work_item(&id(), &change).await.unwrap();
    assert_eq!(jira.sent(), ["GET /rest/api/3/field", "GET /rest/api/3/issue/SHOP-1"]);
}

#[tokio::test]
async fn a_refused_create_names_what_the_screen_wants_and_is_sent_once() {
    let (tracker, jira) = scripted("cloud", |line, _| match line {
        "POST /rest/api/3/issue" => Answer::Json(
            400,
            json!({"errorMessages": [], "errors": {"customfield_7": "Required."}}),
        ),
        "GET /rest/api/3/issue/createmeta/SHOP/issuetypes/1" => Answer::Json(
            200,
            json!({"fields": [
                {"fieldId": "project", "name": "Project", "required": true},
                {"fieldId": "issuetype", "name": "Type", "required": true},
                {"fieldId": "summary", "name": "Summary", "required": true},
                {"fieldId": "customfield_7", "name": "Sector", "required": true}]}),
        ),
        _ => usual(line),
    });
    let draft = Draft { title: "A".to_owned(), ..Draft::default() };
    let error = tracker.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.ends_with("required and missing: Sector (customfield_7)"), "{error}");
    assert!(error.hint().contains("--field 'customfield_7=JSON'"), "{}", error.hint());
    assert_eq!(jira.bodies("POST /rest/api/3/issue").len(), 1);
}

#[tokio::test]
async fn a_lost_create_is_ambiguous_and_what_fails_afterwards_names_the_item() {
    let draft = Draft { title: "A".to_owned(), ..Draft::default() };
    let (tracker, jira) = scripted("cloud", |line, _| match line {
        "POST /rest/api/3/issue" => Answer::Lost,
        _ => usual(line),
    });
    let error = tracker.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Ambiguous);
    assert_eq!(jira.bodies("POST /rest/api/3/issue").len(), 1);

    let (tracker, _) = scripted("cloud", |line, _| match line {
        "POST /rest/api/3/issue" => Answer::Json(201, json!({"id": "7", "key": "SHOP-7"})),
        _ => usual(line),
    });
    let error = tracker.create_work_item(&draft).await.unwrap_err();
    let said = "SHOP-7 was created and could not be completed: ";
    assert!(error.message.starts_with(said), "{error}");
    assert!(error.context().contains(&("created", "SHOP-7".to_owned())));
}

#[tokio::test]
async fn a_transition_whose_answer_is_lost_is_looked_up() {
    let (tracker, jira) = scripted("cloud", |line, nth| match line {
        "GET /rest/api/3/issue/SHOP-1" if nth > 0 => {
            Answer::Json(200, issue("SHOP-1", "Done", "done"))
        }
        "GET /rest/api/3/issue/SHOP-1/transitions" => Answer::Json(
            200,
            json!({"transitions": [{"id": "5",
                "to": {"name": "Done", "statusCategory": {"key": "done"}}}]}),
        ),
        "POST /rest/api/3/issue/SHOP-1/transitions" => Answer::Lost,
        _ => usual(line),
    });
    let change = Change { status: Some(Status::Done), ..Change::default() };
    let item = tracker.update_work_item(&id(), &change).await.unwrap();
    assert_eq!(item.status, Status::Done);
    assert_eq!(jira.bodies("POST /rest/api/3/issue/SHOP-1/transitions").len(), 1);
}

#[test]
fn ids_are_checked_before_any_request() {
    for (id, expected) in [
        ("SHOP-12", Some("SHOP-12")),
        (" shop-12 ", Some("SHOP-12")),
        ("A_1-7", Some("A_1-7")),
        ("10023", Some("10023")),
        ("SHOP-0", None),
        ("SHOP-012", None),
        ("S-1", None),
        ("1A-1", None),
        ("SHOP-1/../2", None),
        ("SHOP-1?x", None),
        ("-1", None),
        ("", None),
        ("\u{417}HOP-1", None),
    ] {
        assert_eq!(key(&WorkItemId::new(id)).ok().as_deref(), expected, "{id}");
    }
}
