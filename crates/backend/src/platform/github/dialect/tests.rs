use super::*;
use crate::http::tests::reply;
use serde_json::{Value, json};

fn says(message: &str) -> String {
    json!({"message": message, "documentation_url": "https://docs.github.com/rest"}).to_string()
}

fn check_refused(reply: &Reply, seconds: Option<u64>) {
    let wait = seconds.map(Duration::from_secs);
    let refused = Verdict::Refused { wait, scope: Scope::Tracker };
    assert_eq!(judge(reply), Some(refused), "{reply:?}");
}

fn check_failed(reply: &Reply, expected: Option<ErrorKind>) {
    let kind = judge(reply).map(|verdict| match verdict {
        Verdict::Fail(kind, _) => kind,
        other => panic!("{other:?}"),
    });
    assert_eq!(kind, expected, "{reply:?}");
}

#[test]
fn the_primary_limit_is_lifted_at_a_time() {
    let date = ("date", "Thu, 01 Jan 2026 00:00:00 GMT");
    let reset = ("x-ratelimit-reset", "1767225690");
    let body = says("API rate limit exceeded for user ID 1.");
    for status in [403, 429] {
        let headers = [date, ("x-ratelimit-remaining", "0"), reset];
        check_refused(&reply(status, &headers, &body), Some(90));
    }
    check_refused(&reply(403, &[("x-ratelimit-remaining", "0")], &body), None);
    let other = [("x-ratelimit-remaining", "4999"), reset];
    check_failed(&reply(403, &other, &says("Must have admin rights.")), None);
}

#[test]
fn secondary_limits_wait_as_told_or_a_minute() {
    let body = says("You have exceeded a secondary rate limit. Please wait a few minutes.");
    check_refused(&reply(403, &[("retry-after", "7")], &body), Some(7));
    check_refused(&reply(403, &[("x-ratelimit-remaining", "4000")], &body), Some(60));
    assert_eq!(judge(&reply(429, &[], "")), None, "a limit of somebody before GitHub");
    let old = says("You have triggered an abuse detection mechanism.");
    check_refused(&reply(403, &[], &old), Some(60));
}

#[test]
fn other_exceptions() {
    check_failed(
        &reply(410, &[], &says("Issues are disabled for this repo")),
        Some(ErrorKind::Config),
    );
    check_failed(&reply(410, &[], &says("This issue was deleted")), None);
    let html = [("content-type", "text/html")];
    check_failed(&reply(404, &html, "<html>Unicorn!"), Some(ErrorKind::Config));
    check_failed(&reply(404, &[], &says("Not Found")), None);
    check_failed(
        &reply(403, &[], &says("Sorry. Your account was suspended.")),
        Some(ErrorKind::Auth),
    );
    check_failed(&reply(200, &[], r#"{"id":1}"#), None);
}

#[test]
fn graphql_fails_with_200() {
    let answer = |kind: Value| {
        let errors = json!([{"type": kind, "message": "Could not resolve to a ProjectV2"}]);
        reply(200, &[], &json!({"data": null, "errors": errors}).to_string())
    };
    check_failed(&answer(json!("NOT_FOUND")), Some(ErrorKind::NotFound));
    check_failed(&answer(json!("FORBIDDEN")), Some(ErrorKind::Forbidden));
    check_failed(&answer(json!("INSUFFICIENT_SCOPES")), Some(ErrorKind::Forbidden));
    check_failed(&answer(Value::Null), Some(ErrorKind::Rejected));
    check_refused(&answer(json!("RATE_LIMITED")), None);
    check_failed(&reply(200, &[], r#"{"data":{"viewer":{"login":"x"}}}"#), None);
    check_failed(
        &reply(200, &[], r#"{"errors":[{"message":"Parse error"}]}"#),
        Some(ErrorKind::Rejected),
    );
}

#[test]
fn what_is_wrong_is_told_field_by_field() {
    let check = |body: Value, expected: Option<&str>| {
        let reply = reply(422, &[], &body.to_string());
        assert_eq!(explain(&reply).as_deref(), expected, "{body}");
    };
    let errors = json!([
        {"resource": "Issue", "field": "title", "code": "missing_field"},
        {"resource": "Issue", "field": "assignees", "code": "invalid", "value": "nobody"},
        {"resource": "Label", "code": "custom", "message": "name is too long"},
        {"resource": "Issue", "code": "odd"},
        "a sentence",
    ]);
    check(
        json!({"message": "Validation Failed", "errors": errors}),
        Some(
            "title: is missing; assignees: \"nobody\" is not valid; name is too long; odd; a sentence",
        ),
    );
    check(json!({"message": "Not Found", "status": "404"}), None);
    check(json!({"message": "No", "errors": "why"}), Some("No; why"));
    check(json!({"message": "Validation Failed", "errors": []}), Some("Validation Failed"));
    check(json!({}), None);
    assert_eq!(explain(&reply(500, &[], "<html>")), None);
}

#[test]
fn the_missing_permission_is_named() {
    let check = |kind, headers: &[(&'static str, &str)], expected: &str| {
        let hint = hint(kind, Some(&reply(403, headers, "{}"))).unwrap();
        assert!(hint.contains(expected), "{hint}");
    };
    let fine = ("x-accepted-github-permissions", "issues=write; pull_requests=write");
    check(ErrorKind::Forbidden, &[fine], "the permission issues: write or pull_requests: write");
    check(
        ErrorKind::NotFound,
        &[fine],
        "GITHUB_REPOSITORY; the issue may be deleted, and GitHub says the same of what",
    );
    check(ErrorKind::NotFound, &[fine], "(it needs issues: write or pull_requests: write)");
    let classic = [("x-oauth-scopes", "gist, read:user"), ("x-accepted-oauth-scopes", "repo")];
    check(ErrorKind::Forbidden, &classic, "needs the scope repo and has gist, read:user");
    check(ErrorKind::NotFound, &classic, "(it needs the scope repo and has gist, read:user)");
    let enough = [("x-oauth-scopes", "repo"), ("x-accepted-oauth-scopes", "repo")];
    check(ErrorKind::Forbidden, &enough, "write access to the repository");
    let sso = ("x-github-sso", "required; url=https://github.com/orgs/acme/sso?a=1");
    check(ErrorKind::Forbidden, &[sso, fine], "sign-on: https://github.com/orgs/acme/sso?a=1");
    check(ErrorKind::Auth, &[], "GITHUB_TOKEN");
}
