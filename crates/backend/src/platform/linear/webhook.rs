//! Webhooks: the raw bytes are verified before anything in them is believed.

use super::{is_identifier, is_uuid, wire::Notification};
use crate::{
    digest,
    error::{Error, ErrorKind, Result},
    model::WorkItemId,
    secret::Secret,
    webhook::{Delivery, Event, EventKind, verify_hmac_sha256},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize as _;
use serde_json::Value;

/// How far the time of a delivery may be from its arrival (SDK `webhooks/client.ts`).
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// Longest id of a delivery that is kept as it is, in bytes.
const LONGEST_ID: usize = 128;

/// Verifies, then parses. A wrong signature is told apart from a missing one, or from an old delivery, for nobody.
pub(super) fn handle(secrets: &[Secret], delivery: &Delivery) -> Result<Event> {
    if secrets.is_empty() {
        return Err(Error::new(ErrorKind::Config, "no secret for Linear's webhook is configured")
            .with_hint(
                "set LINEAR_WEBHOOK_SECRET to the signing secret of the webhook in Linear",
            ));
    }
    let signature = delivery.header("linear-signature").map(str::trim).unwrap_or_default();
    if !verify_hmac_sha256(secrets, &delivery.body, signature) {
        return Err(forged());
    }
    let payload: Value =
        serde_json::from_slice(&delivery.body).map_err(|error| unreadable(&error))?;
    let told = Notification::deserialize(&payload).map_err(|error| unreadable(&error))?;
    if !is_fresh(&told, delivery) {
        return Err(forged());
    }
    Ok(Event {
        id: id(delivery),
        kind: kind(&told),
        item: item(&told),
        native_kind: format!("{}.{}", told.kind, told.action),
        payload,
    })
}

fn forged() -> Error {
    Error::new(ErrorKind::Auth, "the signature is missing, wrong or older than a minute").with_hint(
        "compare LINEAR_WEBHOOK_SECRET with the webhook's signing secret in Linear, and this machine's clock",
    )
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Rejected, format!("the delivery is no event of Linear: {error}"))
        .with_hint("send what Linear itself sends, as JSON")
}

/// The time in the body is signed; the header counts only where the body has none.
fn is_fresh(told: &Notification, delivery: &Delivery) -> bool {
    let header = || delivery.header("linear-timestamp")?.trim().parse().ok();
    let sent =
        told.webhook_timestamp.or_else(header).and_then(|at| Timestamp::from_millisecond(at).ok());
    sent.is_some_and(|sent| delivery.received_at.duration_since(sent).abs() <= TOLERANCE)
}

/// The same for every repetition of a delivery: Linear's own id, else what was said.
fn id(delivery: &Delivery) -> String {
    let given = delivery.header("linear-delivery").map(str::trim);
    let usable = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|c| c.is_ascii_graphic())
    };
    given.filter(usable).map_or_else(|| digest::sha256_hex(&delivery.body), str::to_owned)
}

fn kind(told: &Notification) -> EventKind {
    match (told.kind.as_str(), told.action.as_str()) {
        ("Issue", "create") => EventKind::Created,
        ("Issue", "update") => EventKind::Updated,
        ("Issue", "remove") => EventKind::Deleted,
        ("Comment", _) => EventKind::Commented,
        _ => EventKind::Other,
    }
}

/// The item that it is about, by the identifier that newer deliveries hold, else by team and number, else by address,
/// else by id. A removed issue has no address, and a comment of 2023 only the address of its issue.
fn item(told: &Notification) -> Option<WorkItemId> {
    let issue = match told.kind.as_str() {
        "Issue" => &told.data,
        "Comment" => &told.data["issue"],
        _ => return None,
    };
    let identifier = issue["identifier"].as_str().map(str::to_owned);
    let numbered =
        || Some(format!("{}-{}", issue["team"]["key"].as_str()?, issue["number"].as_u64()?));
    let addressed = || {
        let (_, rest) = told.url.as_deref()?.split_once("/issue/")?;
        rest.split(['/', '#', '?']).next().map(str::to_owned)
    };
    let id = || issue["id"].as_str().or(told.data["issueId"].as_str()).map(str::to_owned);
    let is_name = |name: &String| is_identifier(name) || is_uuid(name);
    let candidates = [identifier, numbered(), addressed(), id()];
    candidates.into_iter().flatten().find(is_name).map(WorkItemId::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use serde_json::json;
    use sha2::Sha256;

    const SECRET: &str = "It's a Secret to Everybody";
    const SENT: i64 = 1_700_000_000_000;

    fn signed(secret: &str, body: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        digest::hex(&mac.chain_update(body).finalize().into_bytes())
    }

    fn delivery(body: &str, headers: &[(&str, &str)], late: i64) -> Delivery {
        let headers =
            headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let received_at = Timestamp::from_millisecond(SENT + late * 1000).unwrap();
        Delivery { headers, body: body.into(), received_at }
    }

    fn read(body: &Value) -> Result<Event> {
        let body = body.to_string();
        let signature = signed(SECRET, &body);
        handle(&[Secret::new(SECRET)], &delivery(&body, &[("Linear-Signature", &signature)], 0))
    }

    fn event(kind: &str, action: &str, data: &Value) -> Value {
        json!({"type": kind, "action": action, "data": data, "webhookTimestamp": SENT})
    }

    #[test]
    fn only_good_signatures_are_believed_and_the_answer_is_always_the_same() {
        let body = event("Issue", "update", &json!({"identifier": "ENG-1"})).to_string();
        let good = signed(SECRET, &body);
        let secrets = [Secret::new("next"), Secret::new(SECRET)];
        for secret in ["next", SECRET] {
            let headers = [("linear-signature", signed(secret, &body))];
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            assert!(handle(&secrets, &delivery(&body, &headers, 59)).is_ok());
        }
        let (prefixed, forged) = (format!("sha256={good}"), signed("other", &body));
        let right: &[(&str, &str)] = &[("Linear-Signature", &good)];
        let wrong: [(&[(&str, &str)], i64); 7] = [
            (&[], 0),
            (&[("Linear-Signature", "")], 0),
            (&[("Linear-Signature", &prefixed)], 0),
            (&[("Linear-Signature", &forged)], 0),
            (&[("X-Hub-Signature", &good)], 0),
            (right, 61),
            (right, -61),
        ];
        for (headers, late) in wrong {
            let error = handle(&secrets, &delivery(&body, headers, late)).unwrap_err();
            assert_eq!((error.kind, error.message), (ErrorKind::Auth, super::forged().message));
        }
        let unsigned = handle(&[], &delivery(&body, right, 0)).unwrap_err();
        assert_eq!(unsigned.kind, ErrorKind::Config);
    }

    #[test]
    fn a_time_in_the_header_counts_only_where_the_body_has_none() {
        let timeless = json!({"type": "Issue", "action": "update", "data": {}}).to_string();
        let timed = event("Issue", "update", &json!({})).to_string();
        let check = |body: &str, header: Option<i64>, late, good| {
            let (signature, time) = (signed(SECRET, body), header.map(|at| at.to_string()));
            let mut headers = vec![("Linear-Signature", signature.as_str())];
            headers.extend(time.as_deref().map(|time| ("Linear-Timestamp", time)));
            let answer = handle(&[Secret::new(SECRET)], &delivery(body, &headers, late));
            assert_eq!(answer.is_ok(), good, "{body} {header:?} {late}");
        };
        check(&timeless, Some(SENT), 1, true);
        check(&timeless, Some(SENT), 100, false);
        check(&timeless, None, 1, false);
        check(&timed, Some(SENT + 100_000), 100, false);
    }

    #[test]
    fn events_are_told_apart() {
        let issue = json!({"id": "9cfb482a-81e3-4154-b5b9-2c805e70a02d", "number": 12, "team": {"key": "ENG"}});
        let comment = json!({"issueId": "9cfb482a-81e3-4154-b5b9-2c805e70a02d"});
        for (kind, action, data, expected, item) in [
            ("Issue", "create", &issue, EventKind::Created, Some("ENG-12")),
            ("Issue", "remove", &issue, EventKind::Deleted, Some("ENG-12")),
            ("Issue", "restore", &issue, EventKind::Other, Some("ENG-12")),
            (
                "Comment",
                "create",
                &comment,
                EventKind::Commented,
                Some("9cfb482a-81e3-4154-b5b9-2c805e70a02d"),
            ),
            ("Cycle", "update", &issue, EventKind::Other, None),
        ] {
            let event = read(&event(kind, action, data)).unwrap();
            assert_eq!((event.kind, event.item), (expected, item.map(WorkItemId::new)), "{kind}");
            assert_eq!(event.native_kind, format!("{kind}.{action}"));
        }
    }

    #[test]
    fn garbage_with_a_good_signature_is_still_garbage() {
        for body in [json!([]), json!(null), json!({}), json!({"type": 7, "action": "x"})] {
            assert_eq!(read(&body).unwrap_err().kind, ErrorKind::Rejected, "{body}");
        }
        let odd = event("Issue", "update", &json!({"identifier": "../../x", "id": "1"}));
        assert_eq!(read(&odd).unwrap().item, None);
    }
}
