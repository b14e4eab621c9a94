//! Ids, and behaviour that only shows over several requests.

use super::{super::tests::settings, connect, number};
use crate::{
    error::ErrorKind,
    http::tests::script::{Answer, Script, Scripted},
    model::{Attachment, Draft, Kind, WorkItemId},
    tracker::Tracker,
};
use serde_json::{Value, json};
use std::sync::Arc;

fn scripted(script: Script) -> (Box<dyn Tracker>, Arc<Scripted>) {
    let (wire, sent) = Scripted::wire(script);
    let values = [("api_endpoint", "http://127.0.0.1"), ("api_key", "t"), ("project", "SHOP")];
    (connect::connect(&settings("azure_devops", &values), &wire).unwrap(), sent)
}

fn account(id: &str, name: &str) -> Answer {
    Answer::Json(200, json!({"authenticatedUser": {"id": id, "providerDisplayName": name}}))
}

#[test]
fn ids_are_checked_before_any_request() {
    for (id, expected) in [
        ("4711", Some(4711)),
        ("AB#4711", Some(4711)),
        (" ab#7 ", Some(7)),
        ("2147483647", Some(2_147_483_647)),
        ("2147483648", None),
        ("0", None),
        ("012", None),
        ("+1", None),
        ("-1", None),
        ("#12", None),
        ("SHOP-12", None),
        ("12/updates", None),
        ("AB#", None),
        ("", None),
        ("\u{661}\u{662}", None),
    ] {
        assert_eq!(number(&WorkItemId::new(id)).ok(), expected, "{id}");
    }
}

#[tokio::test]
async fn the_account_of_strangers_is_nobodys_whatever_it_is_called() {
    let stranger: Script = |_, _| account("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "Anonym");
    let unnamed: Script = |_, _| account("22157d54-0000-4000-8000-000000000007", "Anonymous");
    for script in [stranger, unnamed] {
        let error = scripted(script).0.authenticate().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Auth, "{error}");
    }
    let known: Script = |_, _| account("22157d54-0000-4000-8000-000000000007", "Robin");
    assert_eq!(scripted(known).0.authenticate().await.unwrap().name, "Robin");
}

#[tokio::test]
async fn no_item_is_made_of_a_type_that_is_switched_off() {
    let (azure, sent) = scripted(|_, _| {
        let named = |name: &str, disabled: Value| json!({"name": name, "isDisabled": disabled});
        let types = [named("Bug", json!(true)), named("Task", json!(false))];
        Answer::Json(200, json!({"count": 2, "value": types}))
    });
    let draft = Draft { title: "A".to_owned(), kind: Kind::Bug, ..Draft::default() };
    let error = azure.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
    assert_eq!(error.message, "SHOP has no work item type for a bug; it has Task");
    assert_eq!(sent.sent(), ["GET /SHOP/_apis/wit/workitemtypes"]);
}

#[tokio::test]
async fn a_file_is_attached_again_only_where_the_change_was_refused() {
    let (azure, sent) = scripted(|line, nth| match line {
        "POST /SHOP/_apis/wit/attachments" => {
            Answer::Json(201, json!({"url": "http://127.0.0.1/_apis/wit/attachments/1"}))
        }
        "PATCH /_apis/wit/workitems/7" if nth == 0 => {
            Answer::Json(412, json!({"message": "TF26071: This work item has been changed."}))
        }
        _ => Answer::Json(200, json!({"id": 7, "rev": 3, "fields": {}, "relations": null})),
    });
    let file = Attachment {
        name: "build.log".to_owned(),
        media_type: "text/plain".to_owned(),
        content: b"ok".to_vec(),
    };
    let link = azure.attach_file(&WorkItemId::new("7"), &file).await.unwrap();
    assert_eq!(link.title.as_deref(), Some("build.log"));
    assert_eq!(sent.bodies("PATCH /_apis/wit/workitems/7").len(), 2);
    assert_eq!(sent.bodies("POST /SHOP/_apis/wit/attachments").len(), 1, "it is uploaded once");
}
