//! Webhooks: `{"id", "kind", "item", "payload"}`, signed in `X-Hub-Signature-256: sha256=<hex>` over the raw body.

use super::site::Key;
use crate::{
    error::{Error, ErrorKind, Result},
    model::WorkItemId,
    secret::Secret,
    webhook::{Delivery, Event, EventKind, verify_hmac_sha256},
};
use serde::Deserialize;
use serde_json::Value;

/// A delivery's body. What it says more is left alone.
#[derive(Deserialize)]
struct Body {
    id: String,
    kind: String,
    #[serde(default)]
    item: Option<String>,
    #[serde(default)]
    payload: Value,
}

/// The event of a delivery that was signed with one of the secrets.
pub(super) fn receive(secrets: &[Secret], delivery: &Delivery) -> Result<Event> {
    if secrets.is_empty() {
        let reason = "local.webhook_secret is missing";
        return Err(Error::new(ErrorKind::Config, reason)
            .with_hint("set LOCAL_WEBHOOK_SECRET to the secret that the sender signs with"));
    }
    let signature =
        delivery.header("x-hub-signature-256").and_then(|it| it.strip_prefix("sha256="));
    if !signature.is_some_and(|hex| verify_hmac_sha256(secrets, &delivery.body, hex)) {
        // One answer for all that can be wrong with a signature: a forger learns nothing from it.
        return Err(Error::new(ErrorKind::Auth, "the signature is wrong")
            .with_hint("sign the raw body with LOCAL_WEBHOOK_SECRET, HMAC-SHA256 in hexadecimal"));
    }
    let body: Body = serde_json::from_slice(&delivery.body).map_err(|error| {
        Error::new(ErrorKind::Rejected, format!("the delivery is no event: {error}"))
            .with_hint("send {\"id\": .., \"kind\": .., \"item\": .., \"payload\": ..} as JSON")
            .with_source(error)
    })?;
    Ok(Event {
        id: body.id,
        kind: serde_json::from_value(body.kind.as_str().into()).unwrap_or(EventKind::Other),
        native_kind: body.kind,
        item: body.item.map(WorkItemId::new).map(canonical),
        payload: body.payload,
    })
}

/// The spelling that the tracker itself uses; another tracker's id stays as it is.
fn canonical(id: WorkItemId) -> WorkItemId {
    Key::parse(&id).map_or(id, |key| WorkItemId::new(key.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hex;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use serde_json::json;

    fn signed(secret: &str, body: &str) -> Delivery {
        let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        let signature = hex(&mac.chain_update(body).finalize().into_bytes());
        Delivery {
            headers: vec![("x-hub-Signature-256".to_owned(), format!("sha256={signature}"))],
            body: body.as_bytes().to_vec(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn receive_with(secret: &str, delivery: &Delivery) -> Result<Event> {
        receive(&[Secret::new(secret)], delivery)
    }

    const BODY: &str = r#"{"id":"7","kind":"updated","item":"local-3","payload":{"a":[1]}}"#;

    #[test]
    fn a_signed_delivery_is_an_event() {
        let event = receive_with("s3cret", &signed("s3cret", BODY)).unwrap();
        let expected = Event {
            id: "7".to_owned(),
            native_kind: "updated".to_owned(),
            kind: EventKind::Updated,
            item: Some(WorkItemId::new("LOCAL-3")),
            payload: json!({"a": [1]}),
        };
        assert_eq!(event, expected);
    }

    #[test]
    fn every_kind_has_its_word_and_others_are_no_error() {
        let check = |kind: &str, expected| {
            let body = json!({"id": "1", "kind": kind, "more": true}).to_string();
            let event = receive_with("s3cret", &signed("s3cret", &body)).unwrap();
            assert_eq!((event.kind, event.native_kind.as_str()), (expected, kind));
            assert_eq!((event.item, event.payload), (None, Value::Null));
        };
        check("created", EventKind::Created);
        check("deleted", EventKind::Deleted);
        check("commented", EventKind::Commented);
        check("pushed", EventKind::Pushed);
        check("pull_request", EventKind::PullRequest);
        check("renamed", EventKind::Other);
    }

    #[test]
    fn all_that_is_wrong_with_a_signature_gets_one_answer() {
        let good = signed("s3cret", BODY);
        let bare = good.headers[0].1.replace("sha256=", "");
        let with = |value: String| Delivery {
            headers: vec![("X-Hub-Signature-256".to_owned(), value)],
            ..good.clone()
        };
        let forged = [
            Delivery { headers: Vec::new(), ..good.clone() },
            Delivery { body: BODY.replace("updated", "deleted").into_bytes(), ..good.clone() },
            signed("other", BODY),
            with(bare.clone()),
            with(format!("sha1={bare}")),
            with("sha256=".to_owned()),
        ];
        let mut answers: Vec<_> = forged
            .iter()
            .map(|delivery| receive_with("s3cret", delivery).unwrap_err())
            .map(|error| (error.kind, error.message))
            .collect();
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers[0].0, ErrorKind::Auth);
    }

    #[test]
    fn what_is_signed_and_no_event_is_rejected() {
        for body in ["", "[]", "{}", r#"{"id":1,"kind":"x"}"#, "<html>"] {
            let error = receive_with("s3cret", &signed("s3cret", body)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Rejected, "{body}");
        }
    }

    #[test]
    fn without_a_secret_nothing_is_believed() {
        assert_eq!(receive(&[], &signed("", BODY)).unwrap_err().kind, ErrorKind::Config);
        assert_eq!(receive_with("", &signed("", BODY)).unwrap_err().kind, ErrorKind::Auth);
    }
}
