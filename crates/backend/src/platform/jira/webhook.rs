//! Webhooks: the raw bytes are verified before anything in them is believed.

use super::{is_key, wire};
use crate::{
    digest,
    error::{Error, ErrorKind, Result},
    model::WorkItemId,
    secret::Secret,
    webhook::{Delivery, Event, EventKind, verify_hmac_sha256},
};
use serde::Deserialize as _;
use serde_json::Value;

/// Longest id of a delivery that is kept as it is, in bytes.
const LONGEST_ID: usize = 128;

/// Verifies, then parses. A wrong signature is told apart from a missing one for nobody.
pub(super) fn handle(secrets: &[Secret], delivery: &Delivery) -> Result<Event> {
    if secrets.is_empty() {
        return Err(Error::new(ErrorKind::Config, "no secret for Jira's webhook is configured")
            .with_hint("set JIRA_WEBHOOK_SECRET to the secret of the webhook in Jira"));
    }
    if !is_signed(secrets, delivery) {
        return Err(Error::new(ErrorKind::Auth, "the signature is missing or wrong")
            .with_hint("compare JIRA_WEBHOOK_SECRET with the secret of the webhook in Jira"));
    }
    let payload: Value =
        serde_json::from_slice(&delivery.body).map_err(|error| unreadable(&error))?;
    let notification =
        wire::Notification::deserialize(&payload).map_err(|error| unreadable(&error))?;
    Ok(Event {
        id: id(delivery),
        kind: kind(&notification),
        item: item(&notification),
        native_kind: notification.webhook_event,
        payload,
    })
}

/// `X-Hub-Signature: sha256=..`; no other method is accepted, however it is offered.
fn is_signed(secrets: &[Secret], delivery: &Delivery) -> bool {
    let signature =
        delivery.header("x-hub-signature").and_then(|value| value.trim().strip_prefix("sha256="));
    signature.is_some_and(|hex| verify_hmac_sha256(secrets, &delivery.body, hex))
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Rejected, format!("the delivery is no event of Jira: {error}"))
        .with_hint("send what Jira itself sends, as JSON")
}

/// The same for every repetition of a delivery: Jira's own id, else what was said.
fn id(delivery: &Delivery) -> String {
    let given = delivery.header("x-atlassian-webhook-identifier").map(str::trim);
    let usable = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|c| c.is_ascii_graphic())
    };
    given.filter(usable).map_or_else(|| digest::sha256_hex(&delivery.body), str::to_owned)
}

fn kind(notification: &wire::Notification) -> EventKind {
    let event = notification.webhook_event.as_str();
    match event {
        "jira:issue_created" => EventKind::Created,
        "jira:issue_deleted" => EventKind::Deleted,
        "jira:issue_updated" if is_comment(notification) => EventKind::Commented,
        "jira:issue_updated" => EventKind::Updated,
        _ if event.starts_with("comment_") => EventKind::Commented,
        _ => EventKind::Other,
    }
}

/// Servers tell of comments as updates: newer ones say so, older ones send the comment and no changes.
fn is_comment(notification: &wire::Notification) -> bool {
    match notification.issue_event_type_name.as_deref() {
        Some(name) => {
            matches!(name, "issue_commented" | "issue_comment_edited" | "issue_comment_deleted")
        }
        None => notification.comment.is_some() && notification.changelog.is_none(),
    }
}

fn item(notification: &wire::Notification) -> Option<WorkItemId> {
    let key = notification.issue.as_ref()?.key.as_deref()?;
    is_key(key).then(|| WorkItemId::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;

    const SECRET: &str = "It's a Secret to Everybody";

    fn signed(secret: &str, body: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        let bytes = mac.chain_update(body).finalize().into_bytes();
        format!("sha256={}", digest::hex(&bytes))
    }

    fn delivery(body: &str, headers: &[(&str, &str)]) -> Delivery {
        let headers =
            headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Delivery { headers, body: body.into(), received_at: jiff::Timestamp::UNIX_EPOCH }
    }

    fn read(body: &str) -> Result<Event> {
        let secrets = [Secret::new(SECRET)];
        handle(&secrets, &delivery(body, &[("X-Hub-Signature", &signed(SECRET, body))]))
    }

    #[test]
    fn only_good_signatures_are_believed_and_the_answer_is_always_the_same() {
        let body = r#"{"webhookEvent":"jira:issue_created","issue":{"key":"SHOP-1"}}"#;
        let good = signed(SECRET, body);
        let secrets = [Secret::new("next"), Secret::new(SECRET)];
        assert!(handle(&secrets, &delivery(body, &[("x-hub-signature", &good)])).is_ok());
        let next = signed("next", body);
        assert!(handle(&secrets, &delivery(body, &[("X-Hub-Signature", &next)])).is_ok());

        let sha1 = good.replace("sha256=", "sha1=");
        let forged = signed("other", body);
        let bare = good.replace("sha256=", "");
        let wrong: [&[(&str, &str)]; 6] = [
            &[],
            &[("X-Hub-Signature", "")],
            &[("X-Hub-Signature", &sha1)],
            &[("X-Hub-Signature", &forged)],
            &[("X-Hub-Signature", &bare)],
            &[("X-Hub-Signature-256", &good)],
        ];
        let answers = wrong.map(|headers| handle(&secrets, &delivery(body, headers)).unwrap_err());
        for answer in &answers {
            assert_eq!(answer.kind, ErrorKind::Auth);
            assert_eq!(answer.message, answers[0].message);
        }
        let changed = delivery(&body.replace("SHOP-1", "SHOP-2"), &[("X-Hub-Signature", &good)]);
        assert_eq!(handle(&secrets, &changed).unwrap_err().kind, ErrorKind::Auth);
        let unsigned = handle(&[], &delivery(body, &[("X-Hub-Signature", &good)]));
        assert_eq!(unsigned.unwrap_err().kind, ErrorKind::Config);
    }

    #[test]
    fn events_are_told_apart() {
        let issue = r#""issue":{"key":"SHOP-1"}"#;
        for (event, rest, kind) in [
            ("jira:issue_created", "", EventKind::Created),
            ("jira:issue_deleted", "", EventKind::Deleted),
            ("jira:issue_updated", r#","changelog":{"items":[]}"#, EventKind::Updated),
            ("jira:issue_updated", r#","comment":{},"changelog":{}"#, EventKind::Updated),
            ("jira:issue_updated", r#","comment":{}"#, EventKind::Commented),
            (
                "jira:issue_updated",
                r#","issue_event_type_name":"issue_commented""#,
                EventKind::Commented,
            ),
            (
                "jira:issue_updated",
                r#","issue_event_type_name":"issue_generic","comment":{}"#,
                EventKind::Updated,
            ),
            ("comment_created", "", EventKind::Commented),
            ("sprint_closed", "", EventKind::Other),
        ] {
            let event = read(&format!(r#"{{"webhookEvent":"{event}",{issue}{rest}}}"#)).unwrap();
            assert_eq!(event.kind, kind, "{event:?}");
            assert_eq!(event.item, Some(WorkItemId::new("SHOP-1")));
        }
    }

    #[test]
    fn garbage_with_a_good_signature_is_still_garbage() {
        for body in ["", "{", "[]", "null", "{}", r#"{"webhookEvent":7}"#, "\u{0}"] {
            assert_eq!(read(body).unwrap_err().kind, ErrorKind::Rejected, "{body}");
        }
        let odd =
            read(r#"{"webhookEvent":"jira:issue_created","issue":{"key":"../../x"}}"#).unwrap();
        assert_eq!(odd.item, None);
        assert_eq!(read(r#"{"webhookEvent":"sprint_started"}"#).unwrap().item, None);
    }

    #[test]
    fn a_repetition_has_the_same_id() {
        let body = r#"{"webhookEvent":"sprint_started"}"#;
        let secrets = [Secret::new(SECRET)];
        let signature = signed(SECRET, body);
        let id = |extra: &[(&str, &str)]| {
            let mut headers = vec![("X-Hub-Signature", signature.as_str())];
            headers.extend_from_slice(extra);
            handle(&secrets, &delivery(body, &headers)).unwrap().id
        };
        assert_eq!(id(&[("X-Atlassian-Webhook-Identifier", "a-1")]), "a-1");
        assert_eq!(id(&[]), digest::sha256_hex(body.as_bytes()));
        assert_eq!(id(&[("X-Atlassian-Webhook-Identifier", "a b")]), id(&[]));
    }
}
