//! Who is connected, what refusals say, and what service hooks send.

use super::{recorded, serve, shared, tracker};
use backend::{
    ErrorKind,
    model::{Draft, WorkItemId},
    webhook::{Delivery, EventKind},
};
use std::fs;

#[tokio::test]
async fn the_recorded_account_is_read() {
    let Some(shared) = shared() else { return };
    let exchanges = recorded(&shared, "test_pull_request_createUpdate");
    let answer = exchanges.iter().find(|it| it.is("GET", "ConnectionData")).unwrap();
    let server = serve(vec![("GET", "/connectionData".into(), 200, answer.body.clone())]);
    let identity = tracker(&server, "Any").await.authenticate().await.unwrap();
    assert_eq!(identity.id, "22157d54-1821-6536-a446-928b06348385");
    assert_eq!(identity.name, "Soujanya Bestala (MINDTREE LIMITED)");
    assert_eq!(identity.email.as_deref(), Some("v-sbestala@microsoft.com"));
}

/// An organisation that was deactivated answers 503, behind a byte order mark, and will do so for ever.
#[tokio::test]
async fn a_deactivated_organisation_is_asked_once() {
    let Some(shared) = shared() else { return };
    let refusal = recorded(&shared, "test_devops_team").remove(0);
    assert_eq!(refusal.status, 503);
    assert!(refusal.body.starts_with('\u{feff}'), "the byte order mark was lost on the way");
    let answers = [
        ("GET", "/connectionData".to_owned(), 503, refusal.body.clone()),
        ("GET", "/workitems/7".to_owned(), 503, refusal.body.clone()),
    ];
    let server = serve(answers.to_vec());
    let tracker = tracker(&server, "Any").await;
    for error in [
        tracker.authenticate().await.unwrap_err(),
        tracker.get_work_item(&WorkItemId::new("7")).await.unwrap_err(),
    ] {
        assert_eq!(error.kind, ErrorKind::Config, "{error}");
        assert!(error.message.contains("TF24668: The following team project"), "{error}");
        assert!(error.hint().contains("start the organisation again"), "{}", error.hint());
    }
    assert_eq!(server.exchanges().len(), 2, "it was asked again");
}

/// Every refusal that was recorded says why, in the words of Azure DevOps.
#[tokio::test]
async fn recorded_refusals_say_why() {
    let Some(shared) = shared() else { return };
    let mut count = 0;
    for refusal in recorded(&shared, "test_").iter().filter(|it| it.status == 400) {
        let answers = [
            ("GET", "/workitemtypes".to_owned(), 200, r#"{"value":[{"name":"Task"}]}"#.to_owned()),
            ("POST", "/workitems/$Task".to_owned(), 400, refusal.body.clone()),
        ];
        let server = serve(answers.to_vec());
        let draft = Draft { title: "A".to_owned(), ..Draft::default() };
        let error = tracker(&server, "Any").await.create_work_item(&draft).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
        let said = refusal.json()["message"].as_str().unwrap().to_owned();
        let start: String = said.chars().take(60).collect();
        assert!(error.message.contains(start.trim_end_matches('.')), "{error}");
        assert_eq!(server.count("POST", "/workitems/$Task"), 1);
        count += 1;
    }
    assert!(count >= 2, "only {count} refusals were recorded");
}

#[tokio::test]
async fn the_documented_deliveries_are_understood() {
    let Some(shared) = shared() else { return };
    let server = serve(Vec::new());
    let tracker = tracker(&server, "Any").await;
    for (name, kind, id) in [
        ("workitem.created", EventKind::Created, "d2d46fb1-dba5-403c-9373-427583f19e8c"),
        ("workitem.updated", EventKind::Updated, "27646e0e-b520-4d2b-9411-bba7524947cd"),
        ("workitem.commented", EventKind::Commented, "fb2617ed-60df-4518-81fa-749faa6c5cd6"),
    ] {
        let file = shared.join(format!("vendor/fixtures/azure-devops-docs/{name}.json"));
        let headers = vec![("X-Webhook-Secret".to_owned(), "hook-0123456789".to_owned())];
        let received_at = jiff::Timestamp::UNIX_EPOCH;
        let delivery = Delivery { headers, body: fs::read(file).unwrap(), received_at };
        let event = tracker.webhook_handler(&delivery).await.unwrap();
        assert_eq!((event.kind, event.native_kind.as_str()), (kind, name));
        assert_eq!(event.item, Some(WorkItemId::new("5")), "{name}");
        assert_eq!(event.id, id);
    }
}
