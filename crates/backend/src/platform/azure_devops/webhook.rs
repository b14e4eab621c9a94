//! Service hooks: who sends them is known before anything in them is believed.
//!
//! Azure DevOps signs nothing. A subscription can be given a password for basic authentication, or headers of one's
//! own; what counts here is the password, whatever the user's name, or the header `X-Webhook-Secret`.

use super::{relation::item_of, wire};
use crate::{
    digest,
    error::{Error, ErrorKind, Result},
    model::WorkItemId,
    secret::Secret,
    webhook::{Delivery, Event, EventKind, verify_token},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize as _;
use serde_json::Value;

/// The header of a subscription that cannot use basic authentication.
const HEADER: &str = "x-webhook-secret";

/// Longest id of a delivery that is kept as it is, in bytes.
const LONGEST_ID: usize = 128;

/// Verifies, then parses. A wrong secret is told apart from a missing one for nobody.
pub(super) fn handle(secrets: &[Secret], delivery: &Delivery) -> Result<Event> {
    if secrets.is_empty() {
        let message = "no secret for Azure DevOps' service hooks is configured";
        return Err(Error::new(ErrorKind::Config, message).with_hint(
            "set AZURE_DEVOPS_WEBHOOK_SECRET to the password of the subscription's basic authentication",
        ));
    }
    if !is_known(secrets, delivery) {
        let message = "the password or the header X-Webhook-Secret is missing or wrong";
        return Err(Error::new(ErrorKind::Auth, message).with_hint(
            "compare AZURE_DEVOPS_WEBHOOK_SECRET with the password of the subscription's basic authentication",
        ));
    }
    let payload: Value =
        serde_json::from_slice(text(&delivery.body)).map_err(|error| unreadable(&error))?;
    let notification =
        wire::Notification::deserialize(&payload).map_err(|error| unreadable(&error))?;
    Ok(Event {
        id: id(&notification, delivery),
        kind: kind(&notification.event_type),
        item: item(&notification).map(|id| WorkItemId::new(id.to_string())),
        native_kind: notification.event_type,
        payload,
    })
}

/// The body without a byte order mark.
fn text(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn is_known(secrets: &[Secret], delivery: &Delivery) -> bool {
    let password = delivery.header("authorization").and_then(password).unwrap_or_default();
    let header = delivery.header(HEADER).unwrap_or_default();
    verify_token(secrets, &password) | verify_token(secrets, header.trim())
}

/// The password of basic authentication.
fn password(header: &str) -> Option<String> {
    let (scheme, encoded) = header.trim().split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    let (_, password) = pair.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| password.to_owned())
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Rejected, format!("the delivery is no event of Azure DevOps: {error}"))
        .with_hint("send what Azure DevOps itself sends, as JSON")
}

/// The same for every repetition of a delivery: its own id, else what was said.
fn id(notification: &wire::Notification, delivery: &Delivery) -> String {
    let usable = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|c| c.is_ascii_graphic())
    };
    let given = notification.id.as_deref().filter(usable);
    given.map_or_else(|| digest::sha256_hex(&delivery.body), str::to_owned)
}

fn kind(event: &str) -> EventKind {
    match event {
        "workitem.created" => EventKind::Created,
        // What comes back out of the bin is there, and not what it was.
        "workitem.updated" | "workitem.restored" => EventKind::Updated,
        "workitem.deleted" => EventKind::Deleted,
        "workitem.commented" => EventKind::Commented,
        "git.push" => EventKind::Pushed,
        _ if event.starts_with("git.pullrequest.") => EventKind::PullRequest,
        _ => EventKind::Other,
    }
}

/// The item's number. In an update `resource.id` is the update's own, and Microsoft's samples have 0 for the item's.
fn item(notification: &wire::Notification) -> Option<u64> {
    let resource = notification.resource.as_ref()?;
    let event = notification.event_type.as_str();
    if !event.starts_with("workitem.") {
        return None;
    }
    let revision = resource.revision.as_ref().and_then(|revision| revision.id);
    let address = resource.url.as_deref().and_then(of_address);
    let named = [resource.work_item_id, revision, address];
    let named = named.into_iter().flatten().find(|id| *id > 0);
    let own = || match &resource.id {
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
        None => None,
    };
    if event == "workitem.updated" { named } else { own().or(named) }.filter(|id| *id > 0)
}

/// The number in the address of an item, or of one of its updates.
fn of_address(address: &str) -> Option<u64> {
    let item = address.split("/updates/").next()?;
    item_of(item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SECRET: &str = "It's a Secret to Everybody";

    fn delivery(body: &str, headers: &[(&str, &str)]) -> Delivery {
        let headers =
            headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Delivery { headers, body: body.into(), received_at: jiff::Timestamp::UNIX_EPOCH }
    }

    fn basic(user: &str, password: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
    }

    fn read(body: &Value) -> Result<Event> {
        let secrets = [Secret::new(SECRET)];
        handle(&secrets, &delivery(&body.to_string(), &[("X-Webhook-Secret", SECRET)]))
    }

    #[test]
    fn only_those_who_know_a_secret_are_believed_and_the_answer_is_always_the_same() {
        let body = r#"{"id":"1","eventType":"workitem.created","resource":{"id":5}}"#;
        let secrets = [Secret::new("next-secret"), Secret::new(SECRET)];
        let good: [(&str, &str); 4] = [
            ("Authorization", &basic("hook", SECRET)),
            ("authorization", &basic("", "next-secret")),
            ("X-Webhook-Secret", SECRET),
            ("x-webhook-secret", "next-secret"),
        ];
        for header in good {
            assert!(handle(&secrets, &delivery(body, &[header])).is_ok(), "{header:?}");
        }
        let wrong: [(&str, &str); 7] = [
            ("Authorization", &basic(SECRET, "")),
            ("Authorization", &basic("hook", "next")),
            ("Authorization", &basic("hook", SECRET).replace("Basic", "Bearer")),
            ("Authorization", SECRET),
            ("X-Webhook-Secret", ""),
            ("X-Webhook-Secret", "It's a Secret to Everybod"),
            ("X-Other", SECRET),
        ];
        for header in wrong {
            let error = handle(&secrets, &delivery(body, &[header])).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Auth, "{header:?}");
            assert!(error.message.starts_with("the password or the header"), "{error}");
        }
        assert_eq!(handle(&[], &delivery(body, &[])).unwrap_err().kind, ErrorKind::Config);
    }

    #[test]
    fn the_item_is_found_wherever_it_is_named() {
        let check = |event: &str, resource: Value, expected: Option<u64>| {
            let body = json!({"id": "1", "eventType": event, "resource": resource});
            let item = read(&body).unwrap().item;
            assert_eq!(item, expected.map(|id| WorkItemId::new(id.to_string())), "{body}");
        };
        check("workitem.created", json!({"id": 5}), Some(5));
        check("workitem.deleted", json!({"id": "5"}), Some(5));
        check("workitem.updated", json!({"id": 2, "workItemId": 5}), Some(5));
        check(
            "workitem.updated",
            json!({"id": 2, "workItemId": 0, "revision": {"id": 5}}),
            Some(5),
        );
        let address = "https://dev.azure.com/acme/_apis/wit/workItems/5/updates/2";
        check("workitem.updated", json!({"id": 2, "url": address}), Some(5));
        check("workitem.updated", json!({"id": 2}), None);
        check("git.pullrequest.created", json!({"pullRequestId": 5}), None);
        check("git.push", json!({"pushId": 5}), None);
    }

    #[test]
    fn events_are_told_apart() {
        for (event, kind) in [
            ("workitem.created", EventKind::Created),
            ("workitem.updated", EventKind::Updated),
            ("workitem.restored", EventKind::Updated),
            ("workitem.deleted", EventKind::Deleted),
            ("workitem.commented", EventKind::Commented),
            ("git.push", EventKind::Pushed),
            ("git.pullrequest.merged", EventKind::PullRequest),
            ("build.complete", EventKind::Other),
            ("tea.brewed", EventKind::Other),
        ] {
            assert_eq!(read(&json!({"eventType": event})).unwrap().kind, kind, "{event}");
        }
    }

    #[test]
    fn garbage_is_refused_and_a_repetition_has_the_same_id() {
        for body in [json!([]), json!({}), json!({"eventType": 7}), Value::Null] {
            assert_eq!(read(&body).unwrap_err().kind, ErrorKind::Rejected, "{body}");
        }
        assert_eq!(read(&json!({"id": "a-1", "eventType": "x"})).unwrap().id, "a-1");
        let unnamed = json!({"eventType": "x"});
        assert_eq!(read(&unnamed).unwrap().id, digest::sha256_hex(unnamed.to_string().as_bytes()));
    }
}
