//! Where Azure DevOps' answers do not mean what their status says.

use super::wire;
use crate::{
    error::ErrorKind,
    http::{Dialect, Reply, Scope, Verdict},
};
use jiff::Timestamp;
use std::{borrow::Cow, time::Duration};

/// Azure DevOps' exceptions from the common rules. With the header, strangers get a plain 401 where they would be sent
/// to a page for signing in (microsoft/artifacts-credprovider#165).
pub(super) const AZURE_DEVOPS: Dialect = Dialect {
    headers: &[("x-tfs-fedauthredirect", "Suppress")],
    quota: Some(("x-ratelimit-limit", "x-ratelimit-remaining")),
    request_ids: &["activityid"],
    judge,
    explain,
    hint,
    ..Dialect::common("Azure DevOps")
};

/// The same for pull requests, which need other scopes.
pub(super) const AZURE_REPOS: Dialect = Dialect {
    name: "Azure Repos",
    hint: |kind, reply| {
        match kind {
        ErrorKind::Forbidden => Some(
            "give the PAT (AZURE_DEVOPS_PAT) the scopes Code (Read & write) and Code (Status), and its account, or \
             the pipeline's build service, the right to contribute to pull requests"
                .into(),
        ),
        _ => hint(kind, reply),
    }
    },
    ..AZURE_DEVOPS
};

/// What to do about refused credentials.
pub(super) const AUTH_HINT: &str = "make a new PAT for AZURE_DEVOPS_PAT, for this organisation and with the scopes \
    Work Items (Read & write) and Code (Read); the old one may have expired or been revoked";

/// Codes at the front of messages, with what they mean whatever the status is.
const CODES: &[(&str, ErrorKind)] = &[
    // The organisation is deactivated; its 503 will not pass (recorded by Azure/azure-devops-cli-extension).
    ("TF24668", ErrorKind::Config),
    // Changed by somebody else since it was read, and the failed test of a revision.
    ("TF26071", ErrorKind::Conflict),
    ("VS403351", ErrorKind::Conflict),
    ("TF401232", ErrorKind::NotFound),
    ("TF200016", ErrorKind::NotFound),
    ("VS800075", ErrorKind::NotFound),
    ("TF237111", ErrorKind::Forbidden),
    ("TF401027", ErrorKind::Forbidden),
    ("TF50309", ErrorKind::Forbidden),
];

fn judge(reply: &Reply) -> Option<Verdict> {
    let status = reply.status.as_u16();
    // A wrong or expired PAT: success, and a page for signing in (microsoft/azure-devops-auth-samples#52).
    if status == 203 {
        return Some(Verdict::Fail(ErrorKind::Auth, "a sign-in page instead of data".to_owned()));
    }
    if reply.status.is_success() {
        return None;
    }
    if status == 404 && reply.is_html() {
        return Some(Verdict::Fail(ErrorKind::Config, "a web page and not its API".to_owned()));
    }
    let said = explain(reply)?;
    if status == 429 || said.starts_with("TF400733") {
        return Some(Verdict::Refused { wait: wait(reply), scope: Scope::Tracker });
    }
    // An older server names the newest version that it knows.
    if said.contains("REST API version") {
        return Some(Verdict::Fail(ErrorKind::Config, said));
    }
    let known = CODES.iter().find(|(code, _)| said.starts_with(code));
    known.map(|(_, kind)| Verdict::Fail(*kind, said.clone()))
}

/// How long to wait after a refusal: as told in seconds, or until the limit is lifted.
fn wait(reply: &Reply) -> Option<Duration> {
    reply.retry_after().or_else(|| {
        let reset = reply.header("x-ratelimit-reset")?.parse().ok()?;
        reply.until(Timestamp::from_second(reset).ok()?)
    })
}

/// What an error body says; where it says nothing, what the header says that some front ends add.
fn explain(reply: &Reply) -> Option<String> {
    let body: Option<wire::Failure> = reply.parse();
    let message = body.and_then(|body| body.message);
    let header = || {
        let text = reply.header("x-tfs-serviceerror")?;
        let (decoded, _) = url::form_urlencoded::parse(text.as_bytes()).next()?;
        Some(decoded.into_owned())
    };
    message.or_else(header).filter(|message| !message.trim().is_empty())
}

/// True when a refusal begins with, or holds, these words.
pub(super) fn says(reply: &Reply, words: &str) -> bool {
    explain(reply).is_some_and(|said| said.contains(words))
}

fn hint(kind: ErrorKind, reply: Option<&Reply>) -> Option<Cow<'static, str>> {
    let said = reply.and_then(explain).unwrap_or_default();
    let about = |code: &str| said.starts_with(code);
    let hint = match kind {
        ErrorKind::Auth => AUTH_HINT,
        ErrorKind::Forbidden => {
            "give the PAT (AZURE_DEVOPS_PAT) the scopes Work Items (Read & write) and Code (Read), and its account \
             the right to edit work items in the project"
        }
        ErrorKind::NotFound if about("TF200016") || about("VS800075") => {
            "set AZURE_DEVOPS_PROJECT to the name of a project that the token's account may see"
        }
        ErrorKind::NotFound => {
            "check the number; the item may be deleted, or in a project that the token's account may not see"
        }
        ErrorKind::Config if about("TF24668") => {
            "start the organisation again in its settings, or correct AZURE_DEVOPS_ORG_URL"
        }
        ErrorKind::Config if said.contains("REST API version") => {
            "set custom_settings.api_version to a version that the server names, such as \"6.0\""
        }
        ErrorKind::Config => {
            "set AZURE_DEVOPS_ORG_URL to https://dev.azure.com/ORGANISATION, or to a server's collection"
        }
        ErrorKind::Protocol => {
            "check that AZURE_DEVOPS_ORG_URL is the organisation's address and not a proxy's page"
        }
        ErrorKind::Unavailable => "check AZURE_DEVOPS_ORG_URL and the network",
        ErrorKind::Rejected if said.is_empty() => {
            "check AZURE_DEVOPS_ORG_URL and any proxy before it, for Azure DevOps itself gives a reason"
        }
        ErrorKind::Rejected => "read what Azure DevOps says and correct the request",
        _ => return None,
    };
    Some(hint.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::reply;

    fn failure(message: &str) -> String {
        serde_json::json!({"$id": "1", "message": message, "typeKey": "X", "errorCode": 0})
            .to_string()
    }

    fn check(status: u16, message: &str, expected: Option<ErrorKind>) {
        let kind = judge(&reply(status, &[], &failure(message))).map(|verdict| match verdict {
            Verdict::Fail(kind, _) => kind,
            other => panic!("{message}: {other:?}"),
        });
        assert_eq!(kind, expected, "{status} {message}");
    }

    #[test]
    fn codes_say_more_than_the_status() {
        check(503, "TF24668: The collection is stopped.", Some(ErrorKind::Config));
        check(400, "TF26071: Changed by someone else.", Some(ErrorKind::Conflict));
        check(412, "VS403351: Test Operation for path /rev failed.", Some(ErrorKind::Conflict));
        check(404, "TF401232: Work item 7 does not exist.", Some(ErrorKind::NotFound));
        check(400, "TF237111: No permission to save.", Some(ErrorKind::Forbidden));
        check(
            400,
            "The requested REST API version of 7.1 is out of range",
            Some(ErrorKind::Config),
        );
        check(400, "TF401320: Rule Error for field Title.", None);
        check(401, "TF400813: The user '' is not authorized.", None);
        check(503, "The service is unavailable.", None);
    }

    #[test]
    fn a_page_for_signing_in_is_no_success() {
        let page = "<html><title>Azure DevOps Services | Sign In</title></html>";
        let verdict = judge(&reply(203, &[("content-type", "text/html")], page));
        assert!(matches!(verdict, Some(Verdict::Fail(ErrorKind::Auth, _))), "{verdict:?}");
        let verdict = judge(&reply(404, &[("content-type", "text/html")], page));
        assert!(matches!(verdict, Some(Verdict::Fail(ErrorKind::Config, _))), "{verdict:?}");
    }

    #[test]
    fn a_throttled_request_waits_as_long_as_it_is_told() {
        let body = failure("TF400733: The request has been canceled.");
        let told = |status, headers: &[(&'static str, &str)]| match judge(&reply(
            status, headers, &body,
        )) {
            Some(Verdict::Refused { wait, scope: Scope::Tracker }) => wait,
            other => panic!("{other:?}"),
        };
        assert_eq!(told(429, &[("retry-after", "17")]), Some(Duration::from_secs(17)));
        let limits =
            [("x-ratelimit-reset", "1767225642"), ("date", "Thu, 01 Jan 2026 00:00:00 GMT")];
        assert_eq!(told(503, &limits), Some(Duration::from_secs(42)));
        assert_eq!(told(429, &[]), None);
    }

    #[test]
    fn what_it_says_is_read_behind_a_byte_order_mark_and_in_the_header() {
        let marked = format!("\u{feff}{}", failure("TF24668: Stopped."));
        assert_eq!(explain(&reply(503, &[], &marked)).as_deref(), Some("TF24668: Stopped."));
        let header = [("x-tfs-serviceerror", "TF400813%3A+Not+authorized")];
        let said = explain(&reply(401, &header, ""));
        assert_eq!(said.as_deref(), Some("TF400813: Not authorized"));
        assert_eq!(explain(&reply(400, &[], "{}")), None);
    }

    #[test]
    fn hints_name_the_setting() {
        let about = |kind, message: &str| {
            hint(kind, Some(&reply(400, &[], &failure(message)))).unwrap().into_owned()
        };
        assert!(hint(ErrorKind::Auth, None).unwrap().contains("AZURE_DEVOPS_PAT"));
        assert!(about(ErrorKind::Forbidden, "").contains("Work Items (Read & write)"));
        assert!(about(ErrorKind::NotFound, "TF200016: x").contains("AZURE_DEVOPS_PROJECT"));
        assert!(about(ErrorKind::NotFound, "TF401232: x").contains("deleted"));
        assert!(about(ErrorKind::Config, "TF24668: x").contains("start the organisation"));
        assert!(about(ErrorKind::Config, "x").contains("AZURE_DEVOPS_ORG_URL"));
    }
}
