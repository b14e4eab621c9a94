//! Where GitLab's answers do not mean what their status says, and what to do about them.

use super::wire;
use crate::{
    error::ErrorKind,
    http::{Dialect, Reply, Scope, Verdict},
};
use jiff::Timestamp;
use serde_json::Value;
use std::borrow::Cow;

/// GitLab's exceptions from the common rules.
pub(super) const GITLAB: Dialect = Dialect {
    quota: Some(("ratelimit-limit", "ratelimit-remaining")),
    judge,
    explain,
    hint,
    ..Dialect::common("GitLab")
};

/// The same for a job's own token, which most routes refuse.
pub(super) const JOB: Dialect = Dialect { hint: job_hint, ..GITLAB };

/// A plain-text answer that is longer than this is no message.
const LONGEST_WORDS: usize = 200;

fn judge(reply: &Reply) -> Option<Verdict> {
    match reply.status.as_u16() {
        403 if lacks_scope(reply) => {
            let needed = error_of(reply).scope.unwrap_or_else(|| "api".to_owned());
            let reason = format!("the token lacks the scope {needed}");
            Some(Verdict::Fail(ErrorKind::Forbidden, reason))
        }
        // Some limits come without Retry-After; the time of the next period is in seconds since 1970.
        429 if reply.retry_after().is_none() => {
            let reset = reply.header("ratelimit-reset").and_then(|value| value.trim().parse().ok());
            let reset = reset.and_then(|seconds| Timestamp::from_second(seconds).ok());
            let wait = reset.and_then(|time| reply.until(time));
            Some(Verdict::Refused { wait, scope: Scope::Tracker })
        }
        404 if reply.is_html() => {
            Some(Verdict::Fail(ErrorKind::Config, "a web page and not GitLab's API".to_owned()))
        }
        _ => None,
    }
}

fn error_of(reply: &Reply) -> wire::Failure {
    reply.parse().unwrap_or_default()
}

fn lacks_scope(reply: &Reply) -> bool {
    error_of(reply).error.as_deref() == Some("insufficient_scope")
}

/// What an error says: `message` as text or by field, `error` with its description, or a line of plain text. The status
/// that GitLab often puts in front of it is told already.
fn explain(reply: &Reply) -> Option<String> {
    let failure = error_of(reply);
    let told = failure.message.as_ref().map(flattened);
    let told = told.or_else(|| match (failure.error, failure.error_description) {
        (Some(error), Some(more)) => Some(format!("{error}: {more}")),
        (error, more) => error.or(more),
    });
    let told = told.or_else(|| plain_words(reply))?;
    let words = match told.split_once(' ') {
        Some((number, words)) if number.parse::<u16>().is_ok() => words,
        _ => told.as_str(),
    };
    let reason = reply.status.canonical_reason().unwrap_or_default();
    (!words.is_empty() && !words.eq_ignore_ascii_case(reason)).then(|| words.to_owned())
}

/// `{"title": ["can't be blank"], "base": ["No."]}` becomes `title can't be blank; No.`.
fn flattened(message: &Value) -> String {
    match message {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(flattened).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let told = fields.iter().map(|(field, value)| match field.as_str() {
                "base" => flattened(value),
                _ => format!("{field} {}", flattened(value)),
            });
            told.collect::<Vec<_>>().join("; ")
        }
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// `Retry later` and the like, which are no JSON.
fn plain_words(reply: &Reply) -> Option<String> {
    let text = std::str::from_utf8(reply.text()).ok()?.trim();
    let is_line = !text.is_empty() && text.len() <= LONGEST_WORDS && text.lines().count() == 1;
    (is_line && !text.starts_with(['{', '[', '<'])).then(|| text.to_owned())
}

fn hint(kind: ErrorKind, reply: Option<&Reply>) -> Option<Cow<'static, str>> {
    let says = |words: &str| {
        reply.and_then(explain).is_some_and(|text| text.to_lowercase().contains(words))
    };
    let hint = match kind {
        ErrorKind::Auth => {
            "check GITLAB_TOKEN, which may be expired or revoked, or belong to another GitLab than GITLAB_URL"
        }
        ErrorKind::Forbidden if reply.is_some_and(lacks_scope) => {
            "make a token with the scope api and set GITLAB_TOKEN to it"
        }
        ErrorKind::Forbidden => {
            "give the token's account the role Planner, Reporter or higher in the project; an archived project takes no changes"
        }
        ErrorKind::NotFound if says("project not found") => {
            "check GITLAB_PROJECT, or the project's path where the id has one; a private project is hidden from an account that is no member"
        }
        ErrorKind::NotFound => {
            "check the number; the issue may be deleted, confidential, or in a project that the token's account may not see"
        }
        ErrorKind::Protocol => "check that GITLAB_URL is GitLab's address and not a proxy's page",
        ErrorKind::Config => "check GITLAB_URL, with its path if it has one",
        ErrorKind::Unavailable => "check GITLAB_URL and the network, then run again",
        ErrorKind::Rejected if reply.is_some_and(|reply| explain(reply).is_none()) => {
            "check GITLAB_URL and any proxy before it, for GitLab itself gives a reason"
        }
        ErrorKind::Rejected => "read what GitLab says and correct the request",
        _ => return None,
    };
    Some(hint.into())
}

/// What a job's own token may do is a short list; issues are not on it, neither to read nor to write
/// (docs.gitlab.com/ci/jobs/ci_job_token, "Job token access"). Other routes answer as to a wrong token.
fn job_hint(kind: ErrorKind, reply: Option<&Reply>) -> Option<Cow<'static, str>> {
    match kind {
        ErrorKind::Auth | ErrorKind::Forbidden | ErrorKind::NotFound => Some(
            "set GITLAB_TOKEN to a project access token with the scope api; CI_JOB_TOKEN may neither read nor write issues"
                .into(),
        ),
        _ => hint(kind, reply),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::reply;
    use std::time::Duration;

    #[test]
    fn all_shapes_of_errors_are_told() {
        for (body, expected) in [
            (r#"{"message":"404 Project Not Found"}"#, Some("Project Not Found")),
            (r#"{"message":"400 Bad Request"}"#, None),
            (
                r#"{"message":{"title":["can't be blank","is too long"]}}"#,
                Some("title can't be blank, is too long"),
            ),
            (r#"{"message":{"base":["No."],"weight":["is bad"]}}"#, Some("No.; weight is bad")),
            (r#"{"error":"title is missing"}"#, Some("title is missing")),
            (
                r#"{"error":"invalid_token","error_description":"Token was revoked."}"#,
                Some("invalid_token: Token was revoked."),
            ),
            ("Retry later\n", Some("Retry later")),
            ("{}", None),
            ("", None),
            ("<html>", None),
        ] {
            assert_eq!(explain(&reply(400, &[], body)).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn a_missing_scope_is_named() {
        let body = r#"{"error":"insufficient_scope","error_description":"Higher privileges.","scope":"api read_api"}"#;
        let weak = reply(403, &[], body);
        let Some(Verdict::Fail(ErrorKind::Forbidden, reason)) = judge(&weak) else {
            panic!("{:?}", judge(&weak))
        };
        assert!(reason.contains("scope api"), "{reason}");
        assert!(hint(ErrorKind::Forbidden, Some(&weak)).unwrap().contains("scope api"));
        assert_eq!(judge(&reply(403, &[], r#"{"message":"403 Forbidden"}"#)), None);
    }

    #[test]
    fn a_limit_ends_when_gitlab_says_so() {
        let date = ("date", "Thu, 01 Jan 2026 00:00:00 GMT");
        let limited = reply(429, &[date, ("ratelimit-reset", "1767225630")], "Retry later");
        let wait = Some(Duration::from_secs(30));
        assert_eq!(judge(&limited), Some(Verdict::Refused { wait, scope: Scope::Tracker }));
        let silent = Some(Verdict::Refused { wait: None, scope: Scope::Tracker });
        assert_eq!(judge(&reply(429, &[date, ("ratelimit-reset", "soon")], "")), silent);
        assert_eq!(judge(&reply(429, &[("retry-after", "7")], "")), None);
    }

    #[test]
    fn hints_name_what_to_set() {
        let check = |kind, body: &str, expected: &str| {
            let told = hint(kind, Some(&reply(400, &[], body))).unwrap();
            assert!(told.contains(expected), "{told}");
        };
        check(ErrorKind::NotFound, r#"{"message":"404 Project Not Found"}"#, "GITLAB_PROJECT");
        check(ErrorKind::NotFound, r#"{"message":"404 Not found"}"#, "the number");
        check(ErrorKind::Auth, r#"{"message":"401 Unauthorized"}"#, "GITLAB_TOKEN");
        let job = job_hint(ErrorKind::Auth, None).unwrap();
        assert!(job.contains("CI_JOB_TOKEN") && job.contains("scope api"), "{job}");
    }
}
