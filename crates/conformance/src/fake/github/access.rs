//! Who is calling, and what they may do.

use super::{Deployment, GitHub, refuse};
use crate::fake::{Request, Response, store::ROBOT};
use serde_json::json;

/// A token that may do everything in visible repositories.
pub const GOOD_TOKEN: &str = "ghp_good-token-f0e1d2c3b4a5";
/// A token that may read and not write.
pub const WEAK_TOKEN: &str = "github_pat_weak-token-f0e1d2c3b4a5";
/// A token of somebody who may open issues, as everybody may, and not push: labels and the like are dropped silently.
pub const OUTSIDER_TOKEN: &str = "ghp_outsider-token-f0e1d2c3b4a5";

/// What an app's comments are signed with.
pub(super) const APP: &str = "shop-keeper[bot]";

/// Who is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Reader,
    Outsider,
    Writer,
}

impl Caller {
    /// Refuses everybody who may not write at all.
    pub(super) fn must_write(self) -> Result<(), Response> {
        if self != Self::Reader {
            return Ok(());
        }
        Err(refuse(403, "Resource not accessible by personal access token")
            .with_header("X-Accepted-GitHub-Permissions", "issues=write"))
    }

    /// Refuses everybody who may not label issues.
    pub(super) fn must_label(self) -> Result<(), Response> {
        self.must_write()?;
        if self.may_push() {
            Ok(())
        } else {
            Err(refuse(403, "Must have admin rights to Repository."))
        }
    }

    /// True when labels, assignees, milestones and types are taken.
    pub(super) fn may_push(self) -> bool {
        self == Self::Writer
    }
}

pub(super) fn caller(request: &Request) -> Result<Caller, Response> {
    if request.header("user-agent").is_none() {
        return Err(refuse(403, "Request forbidden by administrative rules."));
    }
    match request.header("authorization").and_then(|header| header.strip_prefix("Bearer ")) {
        Some(GOOD_TOKEN) => Ok(Caller::Writer),
        Some(OUTSIDER_TOKEN) => Ok(Caller::Outsider),
        Some(WEAK_TOKEN) => Ok(Caller::Reader),
        Some(_) => Err(refuse(401, "Bad credentials")),
        None => Err(refuse(401, "Requires authentication")),
    }
}

impl GitHub {
    /// The user name that writes are signed with.
    pub(super) fn login(&self) -> &'static str {
        match self.deployment {
            Deployment::Cloud => ROBOT.name,
            Deployment::Server => APP,
        }
    }

    pub(super) fn user(&self) -> Result<Response, Response> {
        match self.deployment {
            Deployment::Cloud => Ok(Response::json(
                200,
                &json!({"id": 101, "login": ROBOT.name, "type": "User", "name": ROBOT.display,
                    "email": null}),
            )),
            Deployment::Server => Err(refuse(403, "Resource not accessible by integration")),
        }
    }
}
