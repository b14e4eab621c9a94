//! Webhooks: the raw bytes are verified before anything in them is believed.

use super::place::Place;
use crate::{
    digest,
    error::{Error, ErrorKind, Result},
    model::WorkItemId,
    secret::Secret,
    webhook::{Delivery, Event, EventKind, verify_hmac_sha256},
};
use serde_json::Value;
use url::form_urlencoded;

/// Longest id of a delivery that is kept as it is, in bytes.
const LONGEST_ID: usize = 128;

/// Verifies, then parses. A wrong signature is told apart from a missing one for nobody.
pub(super) fn handle(secrets: &[Secret], delivery: &Delivery) -> Result<Event> {
    if secrets.is_empty() {
        return Err(Error::new(ErrorKind::Config, "no secret for GitHub's webhook is configured")
            .with_hint("set GITHUB_WEBHOOK_SECRET to the secret of the webhook on GitHub"));
    }
    if !is_signed(secrets, delivery) {
        return Err(Error::new(ErrorKind::Auth, "the signature is missing or wrong")
            .with_hint("compare GITHUB_WEBHOOK_SECRET with the secret of the webhook on GitHub"));
    }
    let payload = payload(delivery)?;
    let event = delivery.header("x-github-event").map(str::trim).unwrap_or_default();
    let action = payload.get("action").and_then(Value::as_str);
    Ok(Event {
        id: id(delivery),
        kind: kind(event, action, &payload),
        item: item(event, &payload),
        native_kind: match action {
            Some(action) => format!("{event}.{action}"),
            None => event.to_owned(),
        },
        payload,
    })
}

/// `X-Hub-Signature-256: sha256=..` over the raw body, whatever its form; the older SHA-1 is not accepted.
fn is_signed(secrets: &[Secret], delivery: &Delivery) -> bool {
    let signature = delivery.header("x-hub-signature-256");
    let hex = signature.and_then(|value| value.trim().strip_prefix("sha256="));
    hex.is_some_and(|hex| verify_hmac_sha256(secrets, &delivery.body, hex))
}

/// The JSON of a delivery: the body itself, or the field `payload` of a form.
fn payload(delivery: &Delivery) -> Result<Value> {
    let media_type = delivery.header("content-type").unwrap_or_default().trim_start();
    let form = media_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
    let read: Result<Value, _> = if form {
        let mut fields = form_urlencoded::parse(&delivery.body);
        let field = fields.find(|(name, _)| name == "payload").map(|(_, value)| value);
        serde_json::from_str(&field.unwrap_or_default())
    } else {
        serde_json::from_slice(&delivery.body)
    };
    let unreadable = |reason: String| {
        Error::new(ErrorKind::Rejected, format!("the delivery is no event of GitHub: {reason}"))
            .with_hint("send what GitHub itself sends, as JSON or as a form")
    };
    let payload = read.map_err(|error| unreadable(error.to_string()))?;
    if !payload.is_object() {
        return Err(unreadable("it is no JSON object".to_owned()));
    }
    Ok(payload)
}

/// The same for every repetition of a delivery: GitHub's own id, else what was said.
fn id(delivery: &Delivery) -> String {
    let given = delivery.header("x-github-delivery").map(str::trim);
    let usable = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|c| c.is_ascii_graphic())
    };
    given.filter(usable).map_or_else(|| digest::sha256_hex(&delivery.body), str::to_owned)
}

fn kind(event: &str, action: Option<&str>, payload: &Value) -> EventKind {
    match (event, action) {
        // Milestones and comments of pull requests are told as those of issues.
        ("issues" | "issue_comment", Some(_)) if is_pull_request(payload) => EventKind::PullRequest,
        ("issues", Some("opened")) => EventKind::Created,
        ("issues", Some("deleted" | "transferred")) => EventKind::Deleted,
        ("issues", Some(_)) => EventKind::Updated,
        ("issue_comment", Some(_)) => EventKind::Commented,
        ("push", _) => EventKind::Pushed,
        ("pull_request" | "pull_request_review" | "pull_request_review_comment", Some(_)) => {
            EventKind::PullRequest
        }
        _ => EventKind::Other,
    }
}

fn is_pull_request(payload: &Value) -> bool {
    payload.pointer("/issue/pull_request").is_some_and(|part| !part.is_null())
}

/// The issue that an event is about.
fn item(event: &str, payload: &Value) -> Option<WorkItemId> {
    if !matches!(event, "issues" | "issue_comment" | "sub_issues") || is_pull_request(payload) {
        return None;
    }
    let number = payload.pointer("/issue/number")?.as_u64()?;
    let place = Place::parse(payload.pointer("/repository/full_name")?.as_str()?)?;
    Some(WorkItemId::new(format!("{place}#{number}")))
}

#[cfg(test)]
mod tests;
