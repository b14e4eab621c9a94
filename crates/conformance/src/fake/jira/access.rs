//! Who is calling, and what they may do.

use super::{HIDDEN_PROJECT, Jira, Login, refuse};
use crate::fake::{Request, Response, store::Item};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The e-mail address of the account on Cloud.
pub const EMAIL: &str = crate::fake::store::ROBOT.email;
/// A token that may do everything in visible projects.
pub const GOOD_TOKEN: &str = "good-token-f0e1d2c3b4a5";
/// A token that may read and not write.
pub const WEAK_TOKEN: &str = "weak-token-f0e1d2c3b4a5";

/// Who is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Anonymous,
    Reader,
    Writer,
}

impl Caller {
    /// Anonymous callers see no project; nobody sees the hidden one.
    pub(super) fn may_see(self, item: &Item) -> bool {
        self != Self::Anonymous && item.project != HIDDEN_PROJECT
    }

    /// Refuses everybody who may not write.
    pub(super) fn must_write(self) -> Result<(), Response> {
        match self {
            Self::Writer => Ok(()),
            Self::Reader => Err(refuse(403, "This account lacks the permission for that.")),
            Self::Anonymous => Err(refuse(401, "Sign in to do that.")),
        }
    }
}

impl Jira {
    /// The caller, and whether a login was tried and failed without the answer's status saying so.
    pub(super) fn caller(&self, request: &Request) -> Result<(Caller, bool), Response> {
        let Some(header) = request.header("authorization") else {
            return Ok((Caller::Anonymous, false));
        };
        let token = self.token(header);
        if token.is_some() && token == self.another_token() {
            return Ok((Caller::Writer, false));
        }
        match (token.as_deref(), self.login()) {
            (Some(GOOD_TOKEN), _) => Ok((Caller::Writer, false)),
            (Some(WEAK_TOKEN), _) => Ok((Caller::Reader, false)),
            (_, Login::Anonymous) => Ok((Caller::Anonymous, true)),
            (_, Login::Refused) => Err(refuse(401, "The credentials are not valid.")
                .with_header("WWW-Authenticate", "OAuth realm=\"jira\"")),
        }
    }

    /// The token in the header: Basic with the account's address on Cloud, Bearer on Data Center.
    fn token(&self, header: &str) -> Option<String> {
        if !self.is_cloud() {
            return header.strip_prefix("Bearer ").map(str::to_owned);
        }
        let pair = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
        let pair = String::from_utf8(pair).ok()?;
        pair.strip_prefix(EMAIL)?.strip_prefix(':').map(str::to_owned)
    }
}
