//! What the account may do in the project. A token has its account's permissions; scopes of scoped tokens are not told.

use super::{Deployment, Jira, wire};
use crate::{error::Result, health::Access};

/// What the operations need: read, create, change, comment, move, link, attach.
const NEEDED: [&str; 7] = [
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ADD_COMMENTS",
    "TRANSITION_ISSUES",
    "LINK_ISSUES",
    "CREATE_ATTACHMENTS",
];

/// What no operation needs, and a stolen token would be worth much more with.
const EXCESSIVE: [&str; 3] = ["ADMINISTER", "SYSTEM_ADMIN", "ADMINISTER_PROJECTS"];

impl Jira {
    /// Asks for the permissions in the configured project. Cloud refuses the request without the list; Data Center
    /// answers all of them either way.
    pub(super) async fn permissions(&self) -> Result<Access> {
        let all: Vec<&str> = NEEDED.iter().chain(&EXCESSIVE).copied().collect();
        let mut call = self.http.get("rest/api/{version}/mypermissions");
        call = call.segment("version", self.version().await?).query("projectKey", &*self.project);
        if self.deployment().await? == Deployment::Cloud {
            call = call.query("permissions", all.join(","));
        }
        let told: wire::Permissions = call.receive().await?;
        let has =
            |key: &&str| told.permissions.get(*key).map(|permission| permission.have_permission);
        let named = |keys: &[&str], state: bool| -> Vec<String> {
            let keys = keys.iter().filter(|key| has(key) == Some(state));
            keys.map(ToString::to_string).collect()
        };
        Ok(Access {
            missing_scopes: named(&NEEDED, false),
            excessive_scopes: named(&EXCESSIVE, true),
            quota: self.http.quota(),
            ..Access::default()
        })
    }
}
