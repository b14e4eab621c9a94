//! Where Jira's answers do not mean what their status says.

use super::wire;
use crate::{
    error::ErrorKind,
    http::{Dialect, Reply, Scope, Verdict},
};
use std::borrow::Cow;

/// Jira's exceptions from the common rules.
pub(super) const JIRA: Dialect = Dialect {
    quota: Some(("x-ratelimit-limit", "x-ratelimit-remaining")),
    request_ids: &["atl-traceid", "x-arequestid"],
    judge,
    explain,
    hint,
    ..Dialect::common("Jira")
};

/// What to do about refused credentials; the first three are what people get wrong.
pub(super) const AUTH_HINT: &str = "check JIRA_EMAIL (absent on Data Center) and JIRA_API_TOKEN, which may have \
    expired; a scoped token also needs JIRA_API_URL=https://api.atlassian.com/ex/jira/{cloudId}";

fn judge(reply: &Reply) -> Option<Verdict> {
    if let Some(reason) = refused_login(reply) {
        return Some(Verdict::Fail(ErrorKind::Auth, reason));
    }
    let said = || explain(reply).unwrap_or_default();
    match reply.status.as_u16() {
        401 | 403 if said().contains("scope does not match") => {
            Some(Verdict::Fail(ErrorKind::Forbidden, "the token lacks a scope for this".to_owned()))
        }
        404 if reply.is_html() => {
            Some(Verdict::Fail(ErrorKind::Config, "a web page and not Jira's API".to_owned()))
        }
        // What Cloud has removed Data Center still has: the wrong one of the two was configured.
        410 => Some(Verdict::Fail(ErrorKind::Config, said())),
        // The other reasons are about the whole site or account.
        429 if reply.header("ratelimit-reason") == Some("jira-per-issue-on-write") => {
            Some(Verdict::Refused { wait: reply.retry_after(), scope: Scope::Item })
        }
        _ => None,
    }
}

/// Why Jira does not take us for who we say we are; it often says so with a 200 or a 403.
fn refused_login(reply: &Reply) -> Option<String> {
    if reply.header("x-authentication-denied-reason").is_some_and(|why| why.contains("CAPTCHA")) {
        return Some(
            "after failed logins it wants a CAPTCHA: log in once in the browser".to_owned(),
        );
    }
    let seraph = reply.header("x-seraph-loginreason").unwrap_or_default();
    let says = |word: &str| seraph.split(',').any(|reason| reason.trim() == word);
    if says("AUTHENTICATED_FAILED") || says("AUTHENTICATION_DENIED") || says("OUT") {
        return Some(format!("the login failed ({seraph})"));
    }
    // Data Center names the user in every answer. We always send credentials, so they were not accepted.
    let anonymous = reply.header("x-ausername") == Some("anonymous");
    (anonymous && reply.status.is_success())
        .then(|| "it takes us for an anonymous visitor".to_owned())
}

fn errors(reply: &Reply) -> wire::ErrorCollection {
    reply.parse().unwrap_or_default()
}

/// Both halves of an error body: general messages and messages by field. Either may be empty.
fn explain(reply: &Reply) -> Option<String> {
    let body = errors(reply);
    let by_field = body.errors.iter().map(|(field, message)| match message.as_str() {
        Some(message) => format!("{field}: {message}"),
        None => format!("{field}: {message}"),
    });
    let mut all: Vec<String> = body.error_messages.into_iter().chain(by_field).collect();
    all.extend(body.message.filter(|_| all.is_empty()));
    all.extend(reply.header("ratelimit-reason").map(str::to_owned));
    all.retain(|message| !message.trim().is_empty());
    (!all.is_empty()).then(|| all.join("; "))
}

fn hint(kind: ErrorKind, reply: Option<&Reply>) -> Option<Cow<'static, str>> {
    let hint = match kind {
        ErrorKind::Auth => AUTH_HINT,
        ErrorKind::Forbidden => {
            "give the token's account the permission in the project, and a scoped token the scopes read:jira-work and write:jira-work"
        }
        ErrorKind::NotFound => {
            "check the key; the item may be deleted, or hidden from the token's account"
        }
        ErrorKind::Config if reply.is_some_and(|reply| reply.status == 410) => {
            "check JIRA_DEPLOYMENT: Jira no longer has what was asked for"
        }
        ErrorKind::Config => "check JIRA_URL, JIRA_API_URL and JIRA_DEPLOYMENT",
        ErrorKind::Unavailable => "check JIRA_URL and the network",
        ErrorKind::Rejected => rejected(reply?),
        _ => return None,
    };
    Some(hint.into())
}

/// What to do about a refused request: as much as Jira says about it.
fn rejected(reply: &Reply) -> &'static str {
    if !errors(reply).errors.is_empty() {
        "correct the named field and run again"
    } else if explain(reply).is_some() {
        "read what Jira says and correct the request"
    } else {
        "check JIRA_URL and any proxy before it, for Jira itself gives a reason"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::reply;

    fn check(reply: &Reply, expected: Option<ErrorKind>) {
        let kind = judge(reply).map(|verdict| match verdict {
            Verdict::Fail(kind, _) => kind,
            other => panic!("{other:?}"),
        });
        assert_eq!(kind, expected, "{reply:?}");
    }

    #[test]
    fn a_failed_login_is_one_whatever_the_status() {
        for reason in ["AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED", "OUT", "OK, OUT"] {
            check(&reply(200, &[("x-seraph-loginreason", reason)], "{}"), Some(ErrorKind::Auth));
        }
        check(&reply(200, &[("x-seraph-loginreason", "OK")], "{}"), None);
        let captcha = ("x-authentication-denied-reason", "CAPTCHA_CHALLENGE; login-url=https://x");
        check(&reply(403, &[captcha], "{}"), Some(ErrorKind::Auth));
        check(&reply(200, &[("x-ausername", "anonymous")], "{}"), Some(ErrorKind::Auth));
        check(&reply(200, &[("x-ausername", "bob")], "{}"), None);
    }

    #[test]
    fn other_exceptions() {
        check(&reply(404, &[("content-type", "text/html")], "<html>"), Some(ErrorKind::Config));
        check(&reply(404, &[], r#"{"errorMessages":["gone"]}"#), None);
        check(&reply(410, &[], r#"{"errorMessages":["removed"]}"#), Some(ErrorKind::Config));
        let scope = r#"{"code":401,"message":"Unauthorized; scope does not match"}"#;
        check(&reply(401, &[], scope), Some(ErrorKind::Forbidden));
        check(&reply(401, &[], ""), None);
    }

    #[test]
    fn a_limit_of_one_issue_holds_back_no_other() {
        let limited =
            |reason| reply(429, &[("ratelimit-reason", reason), ("retry-after", "3")], "");
        let wait = Some(std::time::Duration::from_secs(3));
        let alone = Verdict::Refused { wait, scope: Scope::Item };
        assert_eq!(judge(&limited("jira-per-issue-on-write")), Some(alone));
        assert_eq!(judge(&limited("jira-burst-based")), None);
    }

    #[test]
    fn a_hint_names_a_field_only_where_jira_does() {
        let check = |body: &str, expected: &str| {
            let hint = hint(ErrorKind::Rejected, Some(&reply(400, &[], body))).unwrap();
            assert!(hint.contains(expected), "{body}: {hint}");
        };
        check(r#"{"errors":{"summary":"Too long."}}"#, "the named field");
        check(r#"{"errorMessages":["Error in the JQL Query"]}"#, "what Jira says");
        check("I'm a teapot", "JIRA_URL");
    }

    #[test]
    fn what_is_gone_has_no_empty_reason() {
        let gone = Verdict::Fail(ErrorKind::Config, String::new());
        assert_eq!(judge(&reply(410, &[], "")), Some(gone));
    }

    #[test]
    fn both_halves_of_an_error_are_told() {
        let check = |body: &str, expected: Option<&str>| {
            assert_eq!(explain(&reply(400, &[], body)).as_deref(), expected, "{body}");
        };
        check(r#"{"errorMessages":["No."],"errors":{}}"#, Some("No."));
        check(
            r#"{"errorMessages":[],"errors":{"summary":"Too long."}}"#,
            Some("summary: Too long."),
        );
        check(r#"{"errorMessages":["A"],"errors":{"b":"C"},"status":400}"#, Some("A; b: C"));
        check(r#"{"errors":{"b":{"deep":1}}}"#, Some(r#"b: {"deep":1}"#));
        check(r#"{"message":"Unauthorized"}"#, Some("Unauthorized"));
        check(r#"{"errorMessages":[],"errors":{}}"#, None);
        check("<html>", None);
        let limited = reply(429, &[("ratelimit-reason", "jira-burst-based")], "");
        assert_eq!(explain(&limited).as_deref(), Some("jira-burst-based"));
    }
}
