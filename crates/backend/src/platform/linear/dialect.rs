//! Where Linear's answers do not mean what their status says: an error may come with 200, 400, 401 or 500, and what it
//! is stands in the body.

use super::wire::{Errors, Fault};
use crate::{
    error::ErrorKind,
    http::{Dialect, Reply, Scope, Verdict},
};
use jiff::Timestamp;
use std::{borrow::Cow, time::Duration};

/// Linear's exceptions from the common rules.
pub(super) const LINEAR: Dialect = Dialect {
    quota: Some(("x-ratelimit-requests-limit", "x-ratelimit-requests-remaining")),
    judge,
    explain,
    hint,
    ..Dialect::common("Linear")
};

fn judge(reply: &Reply) -> Option<Verdict> {
    let body: Errors = reply.parse().unwrap_or_default();
    let Some(fault) = body.errors.first() else { return without_errors(reply) };
    // A mutation that was done and could not be told in full was done all the same.
    let is_done = |payload: &serde_json::Value| payload.get("success").is_some_and(|it| it == true);
    if reply.status.is_success() && body.data.iter().flat_map(|data| data.values()).any(is_done) {
        return None;
    }
    if body.errors.iter().any(|fault| is(fault, "ratelimited")) {
        return Some(Verdict::Refused { wait: wait(reply), scope: Scope::Tracker });
    }
    if is(fault, "lock timeout")
        || is(fault, "internal error")
        || is(fault, "internal server error")
    {
        return Some(Verdict::Again(reply.retry_after()));
    }
    Some(Verdict::Fail(kind(fault, reply), explain(reply).unwrap_or_default()))
}

fn without_errors(reply: &Reply) -> Option<Verdict> {
    let elsewhere = reply.status == 404 && reply.is_html();
    elsewhere
        .then(|| Verdict::Fail(ErrorKind::Config, "a web page and not Linear's API".to_owned()))
}

fn kind(fault: &Fault, reply: &Reply) -> ErrorKind {
    // Most of what is not there is told as a bad input, with status 200.
    if is(fault, "authentication error") || reply.status == 401 {
        ErrorKind::Auth
    } else if is(fault, "forbidden") || is(fault, "feature not accessible") || reply.status == 403 {
        ErrorKind::Forbidden
    } else if says(fault, "Entity not found") || says(fault, "Could not find referenced") {
        ErrorKind::NotFound
    } else {
        ErrorKind::Rejected
    }
}

/// True when a fault is of this type: the SDK reads the type, and newer answers have a code in capitals.
fn is(fault: &Fault, kind: &str) -> bool {
    let same = |told: &Option<String>| {
        told.as_deref().is_some_and(|told| told.replace('_', " ").eq_ignore_ascii_case(kind))
    };
    same(&fault.extensions.kind) || same(&fault.extensions.code)
}

/// True when either of a fault's messages holds these words.
fn says(fault: &Fault, words: &str) -> bool {
    fault.message.contains(words) || message(fault).contains(words)
}

/// What is meant for people, else what is meant for programmers.
fn message(fault: &Fault) -> &str {
    let meant = fault.extensions.user_presentable_message.as_deref();
    meant.filter(|text| !text.trim().is_empty()).unwrap_or(&fault.message)
}

fn explain(reply: &Reply) -> Option<String> {
    let body: Errors = reply.parse()?;
    let mut all: Vec<&str> = body.errors.iter().map(message).collect();
    all.retain(|text| !text.trim().is_empty());
    all.dedup();
    (!all.is_empty()).then(|| all.join("; "))
}

/// How long a limit lasts: `Retry-After`, else until the limit that is used up is lifted, in milliseconds since the
/// epoch. A limit that has something left refills by itself before its reset.
fn wait(reply: &Reply) -> Option<Duration> {
    let reset = |limit: &str| {
        let header = |name: &str| reply.header(&format!("x-ratelimit-{limit}-{name}"));
        let used_up = header("remaining")?.trim() == "0";
        let at = header("reset")?.trim().parse().ok().filter(|_| used_up)?;
        reply.until(Timestamp::from_millisecond(at).ok()?)
    };
    let limits = ["requests", "complexity", "endpoint-requests"];
    reply.retry_after().or_else(|| limits.into_iter().filter_map(reset).max())
}

fn hint(kind: ErrorKind, reply: Option<&Reply>) -> Option<Cow<'static, str>> {
    let body: Errors = reply.and_then(Reply::parse).unwrap_or_default();
    let fault = body.errors.first();
    let is = |kind: &str| fault.is_some_and(|fault| is(fault, kind));
    let says = |text: &str| fault.is_some_and(|fault| says(fault, text));
    let hint = match kind {
        ErrorKind::Auth => {
            "make a new key under Settings > Security & access in Linear, and set LINEAR_API_KEY to it"
        }
        ErrorKind::Forbidden if is("feature not accessible") => {
            "leave out what the workspace's plan does not have"
        }
        ErrorKind::Forbidden if says("Invalid scope") => {
            "make a key, or grant the application, with the scope that is named"
        }
        ErrorKind::Forbidden => "give the key write access and its account access to the team",
        ErrorKind::NotFound => {
            "check the id; the item may be deleted, or in a team that is hidden from the key"
        }
        ErrorKind::Protocol => "check that LINEAR_API_URL is Linear's API and not a proxy's page",
        ErrorKind::Config => "check LINEAR_API_URL",
        ErrorKind::Unavailable => "check LINEAR_API_URL and the network",
        ErrorKind::Rejected if is("usage limit exceeded") => {
            "archive what is done, or raise the workspace's plan"
        }
        ErrorKind::Rejected if says("not exclusive") => {
            "name one label of each group, and remove the one that is there"
        }
        ErrorKind::Rejected => "read what Linear says and correct the request",
        _ => return None,
    };
    Some(hint.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests;
    use serde_json::{Value, json};

    fn reply(status: u16, headers: &[(&'static str, &str)], body: &Value) -> Reply {
        tests::reply(status, headers, &body.to_string())
    }

    fn fault(code: &str, kind: &str, message: &str) -> Value {
        let extensions = json!({"code": code, "type": kind, "userPresentableMessage": message});
        json!({"errors": [{"message": message, "extensions": extensions}], "data": null})
    }

    fn check(status: u16, body: &Value, expected: ErrorKind) {
        match judge(&reply(status, &[], body)) {
            Some(Verdict::Fail(kind, _)) => assert_eq!(kind, expected, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn the_body_says_what_it_is_whatever_the_status() {
        for status in [200, 400, 401] {
            let body = fault("AUTHENTICATION_ERROR", "authentication error", "Not authenticated");
            check(status, &body, ErrorKind::Auth);
        }
        check(
            200,
            &fault("INPUT_ERROR", "invalid input", "Entity not found: Issue"),
            ErrorKind::NotFound,
        );
        check(
            400,
            &fault("INPUT_ERROR", "invalid input", "title is too long"),
            ErrorKind::Rejected,
        );
        check(
            200,
            &fault("FORBIDDEN", "forbidden", "Invalid scope: `write` required"),
            ErrorKind::Forbidden,
        );
        check(
            400,
            &fault("FEATURE_NOT_ACCESSIBLE", "feature not accessible", "No"),
            ErrorKind::Forbidden,
        );
        check(200, &fault("", "usage limit exceeded", "Too many issues"), ErrorKind::Rejected);
        check(
            500,
            &fault("GRAPHQL_VALIDATION_FAILED", "graphql error", "No field"),
            ErrorKind::Rejected,
        );
        let again = reply(200, &[], &fault("LOCK_TIMEOUT", "lock timeout", "Busy"));
        assert_eq!(judge(&again), Some(Verdict::Again(None)));
        assert_eq!(judge(&reply(200, &[], &json!({"data": {}}))), None);
        assert_eq!(judge(&reply(404, &[], &json!({"errors": {"header": "x"}}))), None);
    }

    #[test]
    fn what_was_done_and_not_told_in_full_was_done() {
        let mut body = fault("INTERNAL_SERVER_ERROR", "internal error", "labels");
        body["data"] = json!({"done": {"success": true, "issue": null}});
        assert_eq!(judge(&reply(200, &[], &body)), None);
        body["data"] = json!({"done": {"success": false}});
        assert_eq!(judge(&reply(200, &[], &body)), Some(Verdict::Again(None)));
    }

    #[test]
    fn a_limit_is_told_with_400_and_lifted_at_a_time_in_milliseconds() {
        let limited = |headers: &[(&'static str, &str)]| {
            let date = ("date", "Thu, 01 Jan 2026 00:00:00 GMT");
            let headers = [&[date], headers].concat();
            match judge(&reply(400, &headers, &fault("RATELIMITED", "ratelimited", "Slow down"))) {
                Some(Verdict::Refused { wait, scope: Scope::Tracker }) => {
                    wait.map(|it| it.as_secs())
                }
                other => panic!("{other:?}"),
            }
        };
        // 1767225600000 is the time of that date.
        let reset = ("x-ratelimit-requests-reset", "1767225690000");
        assert_eq!(limited(&[("x-ratelimit-requests-remaining", "0"), reset]), Some(90));
        assert_eq!(limited(&[("x-ratelimit-requests-remaining", "7"), reset]), None);
        let complexity = ("x-ratelimit-complexity-reset", "1767225630000");
        assert_eq!(limited(&[("x-ratelimit-complexity-remaining", "0"), complexity]), Some(30));
        assert_eq!(limited(&[("retry-after", "5"), reset]), Some(5));
        assert_eq!(limited(&[]), None);
    }

    #[test]
    fn a_hint_says_what_to_do_about_the_words() {
        let check = |code: &str, words: &str, kind, expected: &str| {
            let mut body = fault(code, "", words);
            body["errors"][0]["message"] = json!("Argument Validation Error");
            let hint = hint(kind, Some(&reply(200, &[], &body))).unwrap();
            assert!(hint.contains(expected), "{words}: {hint}");
        };
        let (rejected, forbidden) = (ErrorKind::Rejected, ErrorKind::Forbidden);
        check("INPUT_ERROR", "labelIds not exclusive child labels", rejected, "of each group");
        check("INPUT_ERROR", "title is too long", rejected, "what Linear says");
        check("FORBIDDEN", "Invalid scope: `write` required", forbidden, "scope that is named");
        check("FEATURE_NOT_ACCESSIBLE", "Not in your plan", forbidden, "plan");
    }

    #[test]
    fn people_are_told_what_is_meant_for_them() {
        let mut body = fault("INPUT_ERROR", "invalid input", "");
        body["errors"][0]["message"] = json!("Argument Validation Error");
        assert_eq!(explain(&reply(200, &[], &body)).as_deref(), Some("Argument Validation Error"));
        body["errors"][0]["extensions"]["userPresentableMessage"] = json!("title is too long.");
        assert_eq!(explain(&reply(200, &[], &body)).as_deref(), Some("title is too long."));
        assert_eq!(explain(&reply(200, &[], &json!([]))), None);
    }
}
