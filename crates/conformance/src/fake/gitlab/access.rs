//! Who is calling, and what they may do.

use super::{ARCHIVED_PROJECT, refuse};
use crate::fake::{Request, Response, store::ROBOT};
use serde_json::{Value, json};

/// A token that may do everything in visible projects.
pub const GOOD_TOKEN: &str = "glpat-good-f0e1d2c3b4a5";
/// A token with the scope `read_api`.
pub const WEAK_TOKEN: &str = "glpat-weak-f0e1d2c3b4a5";
/// A token of a guest, who may make issues and decide nothing about them.
pub const GUEST_TOKEN: &str = "glpat-guest-f0e1d2c3b4a5";
/// A job's own token.
pub const JOB_TOKEN: &str = "glcbt-64_f0e1d2c3b4a5";

/// Who is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Writer,
    Guest,
    Reader,
    Job,
}

impl Caller {
    /// Refuses tokens without the scope to write, and everybody in an archived project.
    pub(super) fn must_write(self, project: &str) -> Result<(), Response> {
        if self == Self::Reader {
            let body = json!({"error": "insufficient_scope", "scope": "api",
                "error_description": "The request requires higher privileges than provided by the access token."});
            return Err(Response::json(403, &body));
        }
        if project == ARCHIVED_PROJECT { Err(refuse(403, "403 Forbidden")) } else { Ok(()) }
    }

    /// The scopes of the token.
    pub(super) fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Writer | Self::Guest => &["api"],
            Self::Reader => &["read_api"],
            Self::Job => &[],
        }
    }
}

/// What a job's own token may ask for: its job, and merge requests with their notes, not their commits.
const JOBS: [&str; 3] = ["/api/v4/job", "/merge_requests/3", "/merge_requests/3/notes"];

impl Caller {
    /// The caller. The token comes as Bearer; whoever has none, or another, is refused.
    pub(super) fn of(request: &Request) -> Result<Self, Response> {
        let token =
            request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        let allowed = |path: &&str| request.method == "GET" && request.path.ends_with(path);
        match token {
            Some(GOOD_TOKEN) => Ok(Self::Writer),
            Some(WEAK_TOKEN) => Ok(Self::Reader),
            Some(GUEST_TOKEN) => Ok(Self::Guest),
            Some(JOB_TOKEN) if JOBS.iter().any(allowed) => Ok(Self::Job),
            _ => Err(refuse(401, "401 Unauthorized")),
        }
    }
}

/// The account of the token: the API's own number, and the usual fields.
pub(super) fn account() -> Value {
    let mut account = super::people::user(&ROBOT);
    account["email"] = json!(ROBOT.email);
    account["bot"] = json!(true);
    account
}
