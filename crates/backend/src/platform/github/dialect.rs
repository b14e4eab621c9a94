//! Where GitHub's answers do not mean what their status says.

use super::wire;
use crate::{
    error::ErrorKind,
    http::{Dialect, Reply, Scope, Verdict},
};
use jiff::Timestamp;
use std::{borrow::Cow, time::Duration};

/// GitHub's exceptions from the common rules. The version is that of the REST API's description that was read.
pub(super) const GITHUB: Dialect = Dialect {
    headers: &[
        ("accept", "application/vnd.github+json, application/json;q=0.9"),
        ("x-github-api-version", "2022-11-28"),
    ],
    quota: Some(("x-ratelimit-limit", "x-ratelimit-remaining")),
    request_ids: &["x-github-request-id"],
    judge,
    explain,
    hint,
    ..Dialect::common("GitHub")
};

/// The least wait after a secondary limit that does not say how long
/// (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
const SECONDARY_WAIT: Duration = Duration::from_mins(1);

const AUTH_HINT: &str =
    "check GITHUB_TOKEN: it may have expired, or be meant for another host than GITHUB_API_URL";

fn judge(reply: &Reply) -> Option<Verdict> {
    match reply.status.as_u16() {
        200 => graphql(reply),
        403 | 429 => limit(reply).or_else(|| forbidden(reply)),
        // The issue was deleted, or the repository has none at all.
        410 if said(reply).contains("disabled") => {
            Some(Verdict::Fail(ErrorKind::Config, said(reply)))
        }
        // Behind a proxy, or not GitHub at all: its API answers errors in JSON.
        404 if reply.is_html() => {
            Some(Verdict::Fail(ErrorKind::Config, "a web page and not GitHub's API".to_owned()))
        }
        _ => None,
    }
}

/// GraphQL tells failures with 200.
fn graphql(reply: &Reply) -> Option<Verdict> {
    // Only such an answer begins so; all others need not be parsed twice.
    let start = reply.text().trim_ascii_start();
    let begins = |with: &[u8]| start.starts_with(with);
    if !begins(b"{\"errors\"") && !begins(b"{\"data\"") {
        return None;
    }
    let errors = reply.parse::<wire::GraphqlErrors>()?.errors;
    let first = errors.first()?;
    let kind = match first.kind.as_deref().unwrap_or_default() {
        "RATE_LIMITED" => return Some(refused(reset(reply).or(reply.retry_after()))),
        "NOT_FOUND" => ErrorKind::NotFound,
        "FORBIDDEN" | "INSUFFICIENT_SCOPES" => ErrorKind::Forbidden,
        _ => ErrorKind::Rejected,
    };
    let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
    Some(Verdict::Fail(kind, messages.join("; ")))
}

/// Both of GitHub's limits are told as 403 or 429.
fn limit(reply: &Reply) -> Option<Verdict> {
    if let Some(wait) = reply.retry_after() {
        return Some(refused(Some(wait)));
    }
    if reply.header("x-ratelimit-remaining").map(str::trim) == Some("0") {
        return Some(refused(reset(reply)));
    }
    let said = said(reply).to_lowercase();
    let secondary = said.contains("secondary rate limit") || said.contains("abuse detection");
    secondary.then(|| refused(Some(SECONDARY_WAIT)))
}

fn refused(wait: Option<Duration>) -> Verdict {
    Verdict::Refused { wait, scope: Scope::Tracker }
}

/// How long it is until the primary limit is lifted.
fn reset(reply: &Reply) -> Option<Duration> {
    let seconds = reply.header("x-ratelimit-reset")?.trim().parse().ok()?;
    reply.until(Timestamp::from_second(seconds).ok()?)
}

fn forbidden(reply: &Reply) -> Option<Verdict> {
    let said = said(reply);
    let suspended = said.contains("account was suspended");
    suspended.then_some(Verdict::Fail(ErrorKind::Auth, said))
}

/// The message of a failure alone.
pub(super) fn said(reply: &Reply) -> String {
    reply.parse::<wire::Failure>().and_then(|body| body.message).unwrap_or_default()
}

/// The message, and every field's problem.
fn explain(reply: &Reply) -> Option<String> {
    let body: wire::Failure = reply.parse()?;
    let mut all: Vec<String> = body.errors.iter().filter_map(problem).collect();
    // "Validation Failed" says nothing beside what failed.
    let bare = body.message.as_deref().is_some_and(|message| message.starts_with("Validation"));
    if all.is_empty() || !bare {
        all.splice(0..0, body.message);
    }
    // That says the status already.
    all.retain(|message| !message.trim().is_empty() && message != "Not Found");
    (!all.is_empty()).then(|| all.join("; "))
}

/// One entry of `errors`: an object for a field, or a sentence.
fn problem(error: &serde_json::Value) -> Option<String> {
    if let Some(sentence) = error.as_str() {
        return Some(sentence.to_owned());
    }
    let text = |key: &str| error.get(key).and_then(serde_json::Value::as_str);
    let what = match (text("code"), text("message")) {
        (_, Some(message)) => message.to_owned(),
        (Some("missing"), _) => "does not exist".to_owned(),
        (Some("missing_field"), _) => "is missing".to_owned(),
        (Some("invalid"), _) => match error.get("value") {
            Some(value) => format!("{value} is not valid"),
            None => "is not valid".to_owned(),
        },
        (Some("already_exists"), _) => "exists already".to_owned(),
        (Some("unprocessable"), _) => "cannot be used".to_owned(),
        (Some(code), None) => code.to_owned(),
        (None, None) => return None,
    };
    Some(match text("field") {
        Some(field) => format!("{field}: {what}"),
        None => what,
    })
}

fn hint(kind: ErrorKind, reply: Option<&Reply>) -> Option<Cow<'static, str>> {
    let hint = match kind {
        ErrorKind::Auth => AUTH_HINT,
        ErrorKind::Forbidden => return reply.map(permission).map(Cow::from),
        ErrorKind::NotFound => return reply.map(hidden).map(Cow::from),
        ErrorKind::Config if reply.is_some_and(|reply| reply.status == 410) => {
            "switch issues on in the repository's settings, or set GITHUB_REPOSITORY to another one"
        }
        ErrorKind::Config => "check GITHUB_API_URL: https://api.github.com, or https://HOST/api/v3",
        ErrorKind::Protocol => "check that GITHUB_API_URL is GitHub's API and not a proxy's page",
        ErrorKind::Unavailable => "check GITHUB_API_URL and the network, and githubstatus.com",
        ErrorKind::Rejected => "correct the named field and run again",
        _ => return None,
    };
    Some(hint.into())
}

/// What the token lacks, as far as the answer's headers say it.
fn permission(reply: &Reply) -> String {
    if let Some(address) = single_sign_on(reply) {
        return format!("authorize the token for the organization's single sign-on: {address}");
    }
    if let Some(wanted) = fine_grained(reply) {
        return format!(
            "give the token the permission {wanted}; in a workflow under `permissions:` of the job"
        );
    }
    if let Some(wanted) = scopes(reply) {
        return wanted;
    }
    "give the token's account write access to the repository, and the token the permission issues: write"
        .to_owned()
}

/// GitHub answers 404 where a permission is missing, so that nobody learns what is there.
fn hidden(reply: &Reply) -> String {
    let seen = "check the number and GITHUB_REPOSITORY; the issue may be deleted, and GitHub says the same of what the token may not see";
    match fine_grained(reply).map(|wanted| format!("needs {wanted}")).or_else(|| scopes(reply)) {
        Some(wanted) => format!("{seen} (it {})", wanted.trim_start_matches("the token ")),
        None => seen.to_owned(),
    }
}

/// `X-GitHub-SSO: required; url=https://github.com/orgs/acme/sso?authorization_request=..`
fn single_sign_on(reply: &Reply) -> Option<&str> {
    reply.header("x-github-sso")?.split_once("url=").map(|(_, address)| address.trim())
}

/// `X-Accepted-GitHub-Permissions: issues=write; pull_requests=write`, of which one is enough.
fn fine_grained(reply: &Reply) -> Option<String> {
    let accepted = reply.header("x-accepted-github-permissions")?;
    let sets = accepted.split(';').map(|set| set.trim().replace('=', ": ").replace(',', " and "));
    let sets: Vec<_> = sets.filter(|set| !set.is_empty()).collect();
    (!sets.is_empty()).then(|| sets.join(" or "))
}

/// Classic tokens: `X-OAuth-Scopes` says what they have, `X-Accepted-OAuth-Scopes` what is needed.
fn scopes(reply: &Reply) -> Option<String> {
    let list = |name| -> Option<Vec<&str>> {
        let all = reply.header(name)?.split(',').map(str::trim);
        Some(all.filter(|scope| !scope.is_empty()).collect())
    };
    let (has, needs) = (list("x-oauth-scopes")?, list("x-accepted-oauth-scopes")?);
    if needs.is_empty() || needs.iter().any(|scope| has.contains(scope)) {
        return None;
    }
    let has = if has.is_empty() { "none".to_owned() } else { has.join(", ") };
    Some(format!("the token needs the scope {} and has {has}", needs.join(" or ")))
}

#[cfg(test)]
mod tests;
