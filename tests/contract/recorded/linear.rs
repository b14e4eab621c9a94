//! What a real Linear delivered, and what we ask of one only in rare cases.

use super::super::shared;
use ::conformance::{
    fake::{
        Request,
        faults::{Fault, Rule},
        linear::{GOOD_KEY, Tenant},
    },
    sign,
    subject::{Site as _, connect, generous},
};
use backend::{
    ErrorKind, Result,
    model::{Change, Draft, Query, WorkItemId},
    settings::Origin,
    text::Markdown,
    webhook::{Delivery, Event, EventKind},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::fs;

const SECRET: &str = "lin_wh_recorded";

/// The requests of a wrong team and of a comment whose answer is lost, which no run of the suite sends.
pub(in super::super) async fn rare_requests() -> Vec<Request> {
    let site = Tenant::new().unwrap();
    let settings = site.settings(GOOD_KEY);
    let tracker = connect("linear", &settings, generous()).await.unwrap();
    let draft = Draft { title: "To be talked about".to_owned(), ..Draft::default() };
    let item = tracker.create_work_item(&draft).await.unwrap();
    site.server().inject(Rule::new(Fault::CommitThenReset).on("POST", "#AddComment"));
    let comment = Some(Markdown::from_template("Said once."));
    let change = Change { comment, ..Change::default() };
    tracker.update_work_item(&item.id, &change).await.unwrap();
    assert_eq!(site.store().items.last().unwrap().comments.len(), 1);

    let settings = settings.with("project", "NONE", Origin::Default);
    let tracker = connect("linear", &settings, generous()).await.unwrap();
    let error = tracker.search_work_items(&Query::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.message.ends_with("sees ENG, OPS"), "{error}");
    let rare = ["#FindComment", "#AllTeamKeys"];
    let sent = site.server().exchanges().into_iter().map(|exchange| exchange.request);
    sent.filter(|request| rare.iter().any(|part| request.target().ends_with(part))).collect()
}

/// What a recorded body says, delivered so long after it was sent; none without the recordings.
async fn told(name: &str, late: SignedDuration) -> Option<Result<Event>> {
    let folder = shared()?.join("vendor/fixtures/zulip-linear");
    let body = fs::read(folder.join(name)).unwrap();
    let sent: Value = serde_json::from_slice(&body).unwrap();
    let sent = Timestamp::from_millisecond(sent["webhookTimestamp"].as_i64().unwrap()).unwrap();
    let header = |name: &str, value: String| (name.to_owned(), value);
    let headers = vec![
        header("Linear-Delivery", "8f2d9b1e-5a61-4a3e-9a55-6ad0c1f3a1b7".to_owned()),
        header("Linear-Signature", sign::hmac_sha256(SECRET, &body)),
    ];
    let site = Tenant::new().unwrap();
    let settings = site.settings(GOOD_KEY).with("webhook_secret", SECRET, Origin::Default);
    let tracker = connect("linear", &settings, generous()).await.unwrap();
    let delivery = Delivery { headers, body, received_at: sent + late };
    Some(tracker.webhook_handler(&delivery).await)
}

#[tokio::test]
async fn recorded_deliveries_are_read_as_a_person_reads_them() {
    for (name, kind, item, native_kind) in [
        ("issue_create_complex.json", EventKind::Created, "WEB-44", "Issue.create"),
        ("issue_update.json", EventKind::Updated, "WEB-44", "Issue.update"),
        ("issue_remove.json", EventKind::Deleted, "WEB-44", "Issue.remove"),
        ("comment_create.json", EventKind::Commented, "WEB-46", "Comment.create"),
    ] {
        let Some(event) = told(name, SignedDuration::from_secs(2)).await else { return };
        let event = event.unwrap();
        let told =
            (event.kind, event.native_kind.as_str(), event.item.as_ref().map(WorkItemId::as_str));
        assert_eq!(told, (kind, native_kind, Some(item)), "{name}");
        assert_eq!(event.id, "8f2d9b1e-5a61-4a3e-9a55-6ad0c1f3a1b7");
    }
}

#[tokio::test]
async fn a_recorded_delivery_is_not_believed_a_second_time_later() {
    let Some(event) = told("issue_update.json", SignedDuration::from_mins(2)).await else { return };
    assert_eq!(event.unwrap_err().kind, ErrorKind::Auth);
}
