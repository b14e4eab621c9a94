//! Webhooks, in both of GitLab's forms: signed (Standard Webhooks, GitLab 18 and later), and accompanied by a secret
//! token in the header `X-Gitlab-Token`, which says nothing about the body.

use super::address::Project;
use crate::{
    digest,
    error::{Error, ErrorKind, Result},
    model::WorkItemId,
    secret::Secret,
    webhook::{Delivery, Event, EventKind, verify_standard_webhook, verify_token},
};
use serde_json::Value;

/// Begins every signing token.
const SIGNING: &str = "whsec_";

/// Longest id of a delivery that is kept as it is, in bytes.
const LONGEST_ID: usize = 128;

/// Verifies, then parses. A wrong secret is told apart from a missing one for nobody.
pub(super) fn handle(secrets: &[Secret], delivery: &Delivery) -> Result<Event> {
    if secrets.is_empty() {
        return Err(Error::new(ErrorKind::Config, "no secret for GitLab's webhook is configured")
            .with_hint("set GITLAB_WEBHOOK_SECRET to the signing token or the secret token of the webhook in GitLab"));
    }
    if !is_genuine(secrets, delivery) {
        return Err(Error::new(ErrorKind::Auth, "the signature is missing or wrong").with_hint(
            "compare GITLAB_WEBHOOK_SECRET with the signing token or the secret token of the webhook, and this machine's clock with the time",
        ));
    }
    let payload: Value =
        serde_json::from_slice(&delivery.body).map_err(|error| unreadable(&error.to_string()))?;
    let native_kind = ["object_kind", "event_name"]
        .into_iter()
        .find_map(|name| payload[name].as_str())
        .ok_or_else(|| unreadable("it has neither object_kind nor event_name"))?
        .to_owned();
    Ok(Event {
        id: id(delivery),
        kind: kind(&native_kind, &payload),
        item: item(&native_kind, &payload),
        native_kind,
        payload,
    })
}

/// A signed delivery is good by its signature, an unsigned one by its token. A signing token is no token: whoever can
/// read one delivery's headers would have it. Where a signing token is configured, a signature that is there counts.
fn is_genuine(secrets: &[Secret], delivery: &Delivery) -> bool {
    let (signing, tokens): (Vec<_>, Vec<_>) =
        secrets.iter().cloned().partition(|secret| secret.expose().starts_with(SIGNING));
    if delivery.header("webhook-signature").is_some() && !signing.is_empty() {
        return verify_standard_webhook(&signing, delivery);
    }
    delivery.header("x-gitlab-token").is_some_and(|token| verify_token(&tokens, token))
}

fn unreadable(why: &str) -> Error {
    Error::new(ErrorKind::Rejected, format!("the delivery is no event of GitLab: {why}"))
        .with_hint("send what GitLab itself sends, as JSON")
}

/// The same for every repetition of a delivery: GitLab's own id, else what was said.
fn id(delivery: &Delivery) -> String {
    let headers = ["webhook-id", "idempotency-key", "x-gitlab-event-uuid"];
    let usable = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|c| c.is_ascii_graphic())
    };
    let given = headers.into_iter().filter_map(|name| delivery.header(name).map(str::trim));
    given.into_iter().find(usable).map_or_else(|| digest::sha256_hex(&delivery.body), str::to_owned)
}

fn kind(native: &str, payload: &Value) -> EventKind {
    let attributes = &payload["object_attributes"];
    match native {
        "issue" | "work_item" => match attributes["action"].as_str() {
            Some("open") => EventKind::Created,
            Some("delete" | "destroy") => EventKind::Deleted,
            _ => EventKind::Updated,
        },
        "note" => match attributes["noteable_type"].as_str() {
            Some("Issue" | "WorkItem") => EventKind::Commented,
            Some("MergeRequest") => EventKind::PullRequest,
            _ => EventKind::Other,
        },
        "push" => EventKind::Pushed,
        "merge_request" => EventKind::PullRequest,
        _ => EventKind::Other,
    }
}

/// The issue that an event is about.
fn item(native: &str, payload: &Value) -> Option<WorkItemId> {
    let number = match native {
        "issue" | "work_item" => payload["object_attributes"]["iid"].as_u64(),
        "note" => payload["issue"]["iid"].as_u64(),
        _ => None,
    }?;
    let project = payload["project"]["path_with_namespace"].as_str()?;
    let project = Project::parse(project)?;
    Some(WorkItemId::new(format!("{}#{number}", project.path()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    /// A secret and a signature that Standard Webhooks publishes with its libraries.
    const SIGNING_TOKEN: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const SIGNED: &str = r#"{"test": 2432232314}"#;

    fn delivery(body: &str, headers: &[(&str, &str)]) -> Delivery {
        let headers =
            headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let received_at = Timestamp::from_second(1_614_265_330 + 60).unwrap();
        Delivery { headers, body: body.into(), received_at }
    }

    fn genuine(secrets: &[&str], headers: &[(&str, &str)]) -> bool {
        let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        is_genuine(&secrets, &delivery(SIGNED, headers))
    }

    const SIGNED_HEADERS: [(&str, &str); 3] = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", SIGNATURE),
    ];

    #[test]
    fn both_forms_are_believed() {
        assert!(genuine(&[SIGNING_TOKEN], &SIGNED_HEADERS));
        assert!(genuine(&["plain", SIGNING_TOKEN], &SIGNED_HEADERS));
        assert!(genuine(&["plain"], &[("X-Gitlab-Token", "plain")]));
        assert!(genuine(&["next", "plain"], &[("x-gitlab-token", "plain")]));
        // GitLab sends both while a webhook has both; who knows only the token goes by it.
        let mut both = SIGNED_HEADERS.to_vec();
        both.push(("x-gitlab-token", "plain"));
        assert!(genuine(&["plain"], &both));
    }

    #[test]
    fn a_token_does_not_stand_in_for_a_signature() {
        assert!(!genuine(&[SIGNING_TOKEN], &[("X-Gitlab-Token", SIGNING_TOKEN)]));
        assert!(!genuine(&[SIGNING_TOKEN], &[("X-Gitlab-Token", "plain")]));
        assert!(!genuine(&["plain"], &[("X-Gitlab-Token", "plain2")]));
        assert!(!genuine(&["plain"], &[]));
        let mut forged = SIGNED_HEADERS.to_vec();
        forged[2].1 = "v1,AAAA";
        forged.push(("x-gitlab-token", "plain"));
        assert!(!genuine(&[SIGNING_TOKEN, "plain"], &forged));
    }

    fn read(body: &str, headers: &[(&str, &str)]) -> Result<Event> {
        let mut all = vec![("X-Gitlab-Token", "plain")];
        all.extend_from_slice(headers);
        handle(&[Secret::new("plain")], &delivery(body, &all))
    }

    fn check(body: &str, kind: EventKind, item: Option<&str>) {
        let project = r#""project":{"path_with_namespace":"acme/shop"}"#;
        let event = read(&format!("{{{body},{project}}}"), &[]).unwrap();
        assert_eq!(event.kind, kind, "{body}");
        assert_eq!(event.item.as_ref().map(WorkItemId::as_str), item, "{body}");
    }

    #[test]
    fn events_of_issues_are_told_apart() {
        let issue = |kind: &str, action: &str| {
            format!(r#""object_kind":"{kind}","object_attributes":{{"iid":7,"action":"{action}"}}"#)
        };
        let id = Some("acme/shop#7");
        check(&issue("issue", "open"), EventKind::Created, id);
        check(&issue("work_item", "close"), EventKind::Updated, id);
        check(&issue("issue", "update"), EventKind::Updated, id);
        check(r#""object_kind":"issue","object_attributes":{"iid":7}"#, EventKind::Updated, id);
        let note = r#""object_kind":"note","object_attributes":{"noteable_type":"Issue"},"issue":{"iid":7}"#;
        check(note, EventKind::Commented, id);
    }

    #[test]
    fn other_events_are_told_apart() {
        let note = |of: &str| {
            format!(r#""object_kind":"note","object_attributes":{{"noteable_type":"{of}"}}"#)
        };
        check(&note("MergeRequest"), EventKind::PullRequest, None);
        check(&note("Commit"), EventKind::Other, None);
        check(r#""object_kind":"push""#, EventKind::Pushed, None);
        check(r#""event_name":"push""#, EventKind::Pushed, None);
        check(
            r#""object_kind":"merge_request","object_attributes":{"iid":3}"#,
            EventKind::PullRequest,
            None,
        );
        check(r#""object_kind":"pipeline","object_attributes":{"iid":3}"#, EventKind::Other, None);
    }

    #[test]
    fn garbage_with_a_good_token_is_still_garbage() {
        for body in ["", "{", "[]", "null", "{}", r#"{"object_kind":7}"#] {
            assert_eq!(read(body, &[]).unwrap_err().kind, ErrorKind::Rejected, "{body}");
        }
        let odd = r#"{"object_kind":"issue","object_attributes":{"iid":7},"project":{"path_with_namespace":"../x"}}"#;
        assert_eq!(read(odd, &[]).unwrap().item, None);
    }

    #[test]
    fn a_repetition_has_the_same_id() {
        let body = r#"{"object_kind":"push"}"#;
        let id = |headers: &[(&str, &str)]| read(body, headers).unwrap().id;
        let uuid = ("X-Gitlab-Event-UUID", "u-1");
        assert_eq!(id(&[uuid, ("Idempotency-Key", "k-1"), ("webhook-id", "w-1")]), "w-1");
        assert_eq!(id(&[uuid, ("Idempotency-Key", "k-1")]), "k-1");
        assert_eq!(id(&[uuid]), "u-1");
        assert_eq!(id(&[]), digest::sha256_hex(body.as_bytes()));
        assert_eq!(id(&[("webhook-id", "a b")]), id(&[]));
    }
}
