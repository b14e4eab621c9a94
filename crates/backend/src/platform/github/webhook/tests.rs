use super::*;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

const SECRET: &str = "It's a Secret to Everybody";

fn signed(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let bytes = mac.chain_update(body).finalize().into_bytes();
    format!("sha256={}", digest::hex(&bytes))
}

fn delivery(body: &str, headers: &[(&str, &str)]) -> Delivery {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Delivery { headers, body: body.into(), received_at: jiff::Timestamp::UNIX_EPOCH }
}

fn read(event: &str, body: &str, more: &[(&str, &str)]) -> Result<Event> {
    let signature = signed(SECRET, body);
    let headers = [("X-GitHub-Event", event), ("X-Hub-Signature-256", &signature)];
    handle(&[Secret::new(SECRET)], &delivery(body, &[&headers[..], more].concat()))
}

#[test]
fn only_good_signatures_are_believed_and_the_answer_is_always_the_same() {
    let body = r#"{"action":"opened"}"#;
    let (good, next) = (signed(SECRET, body), signed("next", body));
    let secrets = [Secret::new("next"), Secret::new(SECRET)];
    for signature in [&good, &next, &format!(" {good} ")] {
        assert!(handle(&secrets, &delivery(body, &[("x-hub-signature-256", signature)])).is_ok());
    }
    let sha1 = good.replace("sha256=", "sha1=");
    let forged = signed("other", body);
    let bare = good.replace("sha256=", "");
    let wrong: [&[(&str, &str)]; 6] = [
        &[],
        &[("X-Hub-Signature-256", "")],
        &[("X-Hub-Signature-256", &sha1)],
        &[("X-Hub-Signature-256", &forged)],
        &[("X-Hub-Signature-256", &bare)],
        &[("X-Hub-Signature", &good)],
    ];
    for headers in wrong {
        let error = handle(&secrets, &delivery(body, headers)).unwrap_err();
        let told = (error.kind, error.message.as_str());
        assert_eq!(told, (ErrorKind::Auth, "the signature is missing or wrong"));
    }
    let unconfigured = handle(&[], &delivery(body, &[("X-Hub-Signature-256", &good)]));
    assert_eq!(unconfigured.unwrap_err().kind, ErrorKind::Config);
}

#[test]
fn events_are_told_apart() {
    let issue = json!({"number": 7});
    let pull = json!({"number": 8, "pull_request": {"url": "x"}});
    for (event, action, issue, kind, item) in [
        ("issues", "opened", &issue, EventKind::Created, true),
        ("issues", "edited", &issue, EventKind::Updated, true),
        ("issues", "closed", &issue, EventKind::Updated, true),
        ("issues", "reopened", &issue, EventKind::Updated, true),
        ("issues", "deleted", &issue, EventKind::Deleted, true),
        ("issues", "transferred", &issue, EventKind::Deleted, true),
        ("issues", "milestoned", &pull, EventKind::PullRequest, false),
        ("issue_comment", "created", &issue, EventKind::Commented, true),
        ("issue_comment", "created", &pull, EventKind::PullRequest, false),
        ("pull_request", "opened", &Value::Null, EventKind::PullRequest, false),
        ("tea_brewed", "poured", &issue, EventKind::Other, false),
    ] {
        let body =
            json!({"action": action, "issue": issue, "repository": {"full_name": "acme/shop"}});
        let read = read(event, &body.to_string(), &[]).unwrap();
        assert_eq!(read.kind, kind, "{event} {action}");
        assert_eq!(read.item, item.then(|| WorkItemId::new("acme/shop#7")), "{event} {action}");
        assert_eq!(read.native_kind, format!("{event}.{action}"));
    }
    assert_eq!(read("push", "{}", &[]).unwrap().kind, EventKind::Pushed);
    let ping = read("ping", r#"{"zen":"Keep it logically awesome."}"#, &[]).unwrap();
    assert_eq!((ping.kind, ping.native_kind.as_str()), (EventKind::Other, "ping"));
}

#[test]
fn a_form_is_signed_as_it_came() {
    let payload =
        r#"{"action":"opened","issue":{"number":7},"repository":{"full_name":"acme/shop"}}"#;
    let body: String =
        form_urlencoded::Serializer::new(String::new()).append_pair("payload", payload).finish();
    let form = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")];
    let event = read("issues", &body, &form).unwrap();
    assert_eq!(
        (event.kind, event.item),
        (EventKind::Created, Some(WorkItemId::new("acme/shop#7")))
    );
    assert_eq!(read("issues", "payload=%7B", &form).unwrap_err().kind, ErrorKind::Rejected);
    assert_eq!(read("issues", "other=1", &form).unwrap_err().kind, ErrorKind::Rejected);
}

#[test]
fn garbage_with_a_good_signature_is_still_garbage() {
    for body in ["", "{", "[]", "null", "7", "\u{0}"] {
        assert_eq!(read("issues", body, &[]).unwrap_err().kind, ErrorKind::Rejected, "{body}");
    }
    let odd = r#"{"action":"opened","issue":{"number":7},"repository":{"full_name":"../x"}}"#;
    assert_eq!(read("issues", odd, &[]).unwrap().item, None);
}

#[test]
fn a_repetition_has_the_same_id() {
    let id = |headers: &[(&str, &str)]| read("ping", "{}", headers).unwrap().id;
    assert_eq!(id(&[("X-GitHub-Delivery", "72d3162e-cc78")]), "72d3162e-cc78");
    assert_eq!(id(&[]), digest::sha256_hex(b"{}"));
    assert_eq!(id(&[("X-GitHub-Delivery", "a b")]), id(&[]));
}
