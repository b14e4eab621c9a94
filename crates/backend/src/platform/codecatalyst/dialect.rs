//! Where CodeCatalyst's answers do not mean what their status says.

use super::wire;
use crate::{
    error::ErrorKind,
    http::{Dialect, Reply, Verdict},
};
use std::borrow::Cow;

/// CodeCatalyst's exceptions from the common rules.
pub(super) const CODECATALYST: Dialect = Dialect {
    request_ids: &["x-amzn-requestid"],
    judge,
    explain,
    hint,
    ..Dialect::common("CodeCatalyst")
};

/// What to do about refused credentials.
pub(super) const AUTH_HINT: &str = "sign in anew with AWS Builder ID or IAM Identity Center, and set CODECATALYST_TOKEN to the session's token";

/// Errors of AWS about credentials come as 403 as well, and are told apart by their type.
fn judge(reply: &Reply) -> Option<Verdict> {
    let told = reply.header("x-amzn-errortype").unwrap_or_default();
    let kind = told.split(':').next().unwrap_or_default();
    let credentials = [
        "ExpiredTokenException",
        "InvalidTokenException",
        "MissingAuthenticationTokenException",
        "UnauthorizedException",
        "UnrecognizedClientException",
    ];
    let refused = reply.status.is_client_error() && credentials.contains(&kind);
    refused.then(|| Verdict::Fail(ErrorKind::Auth, explain(reply).unwrap_or_default()))
}

fn explain(reply: &Reply) -> Option<String> {
    reply.parse::<wire::Fault>()?.message.filter(|message| !message.trim().is_empty())
}

fn hint(kind: ErrorKind, reply: Option<&Reply>) -> Option<Cow<'static, str>> {
    let hint = match kind {
        ErrorKind::Auth => AUTH_HINT,
        ErrorKind::Forbidden => "give the account a role in the project that allows this",
        ErrorKind::NotFound => "check the name, and that the account is a member of the project",
        ErrorKind::Config => "check CODECATALYST_API_URL",
        ErrorKind::Unavailable => "check CODECATALYST_API_URL and the network",
        ErrorKind::Rejected if reply.is_some_and(|reply| reply.status == 402) => {
            "raise the quota of the space, or free some of it"
        }
        _ => return None,
    };
    Some(hint.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests;

    #[test]
    fn refused_credentials_are_told_from_missing_permissions() {
        let reply = |status, kind: &str| {
            tests::reply(status, &[("x-amzn-errortype", kind)], r#"{"message":"No."}"#)
        };
        let auth = Some(Verdict::Fail(ErrorKind::Auth, "No.".to_owned()));
        assert_eq!(judge(&reply(403, "ExpiredTokenException:http://x")), auth);
        assert_eq!(judge(&reply(401, "UnrecognizedClientException")), auth);
        assert_eq!(judge(&reply(403, "AccessDeniedException")), None);
        assert_eq!(judge(&reply(200, "ExpiredTokenException")), None);
    }
}
