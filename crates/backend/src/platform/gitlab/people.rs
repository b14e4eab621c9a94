//! People: whose token it is, what it may do, and whom a person means.

use super::{GitLab, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    health::Access,
    platform::shared::mapping::same,
};

/// The lowest access level that may write notes of weight in a project: Planner.
const WRITERS: u32 = 15;

impl GitLab {
    /// Whose token it is. A job's own token may not ask for its user, but for its job, which names them.
    pub(super) async fn whoami(&self) -> Result<wire::User> {
        if self.is_job_token {
            let job: wire::Job = self.http.get("api/v4/job").receive().await?;
            return Ok(job.user);
        }
        self.http.get("api/v4/user").receive().await
    }

    /// The number of the token's account; asked once.
    pub(super) async fn me(&self) -> Result<u64> {
        Ok(self.me.get_or_try_init(|| self.whoami()).await?.id)
    }

    /// What the token may do. Only personal, project and group access tokens tell; the others are left alone.
    pub(super) async fn token_access(&self) -> Result<Access> {
        let asked = self.http.get("api/v4/personal_access_tokens/self").receive::<wire::Token>();
        let told = if self.is_job_token { None } else { Some(asked.await) };
        let access = match told {
            Some(Ok(token)) => token.into(),
            Some(Err(error)) if error.kind.is_transient() => return Err(error),
            Some(Err(_)) | None => Access::default(),
        };
        Ok(Access { quota: self.http.quota(), ..access })
    }

    /// True for a member of the project who may do more than look.
    pub(super) async fn may_write(&self, project: &str, user: u64) -> Result<bool> {
        let call = self.http.get("api/v4/projects/{project}/members/all/{user}");
        let call = call.segment("project", project).segment("user", user.to_string());
        match call.receive::<wire::Member>().await {
            Ok(member) => Ok(member.access_level >= WRITERS),
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// The number of the one account that a person means: by user name, full name or e-mail address. GitLab finds an
    /// address only where it is public or the token an administrator's.
    pub(super) async fn find_user(&self, who: &str) -> Result<u64> {
        let who = who.trim();
        let name = who.strip_prefix('@').unwrap_or(who);
        if !name.contains(['@', ' ']) {
            let named: Vec<wire::User> =
                self.http.get("api/v4/users").query("username", name).receive().await?;
            if let Some(user) = named.iter().find(|user| user.is_active()) {
                return Ok(user.id);
            }
        }
        let found: Vec<wire::User> =
            self.http.get("api/v4/users").query("search", name).receive().await?;
        let people: Vec<_> = found.iter().filter(|user| user.is_active()).collect();
        let exact: Vec<_> = people.iter().copied().filter(|user| is_called(user, name)).collect();
        match (exact.as_slice(), people.as_slice()) {
            ([one], _) => Ok(one.id),
            // An address that is not shown was still what the only account was found by.
            ([], [one]) if name.contains('@') => Ok(one.id),
            ([], _) => Err(unknown(who)),
            (several, _) => Err(ambiguous(who, several)),
        }
    }
}

fn is_called(user: &wire::User, who: &str) -> bool {
    let addresses = [&user.email, &user.public_email].into_iter().flatten();
    addresses.chain([&user.name, &user.username]).any(|name| same(name, who))
}

fn unknown(who: &str) -> Error {
    Error::new(ErrorKind::Rejected, format!("no user of GitLab is called {who}"))
        .with_hint("name the assignee by user name, such as bob")
}

fn ambiguous(who: &str, several: &[&wire::User]) -> Error {
    let names: Vec<_> = several.iter().map(|user| user.username.as_str()).collect();
    let message = format!("several users of GitLab are called {who}: {}", names.join(", "));
    Error::new(ErrorKind::Rejected, message)
        .with_hint("name the assignee by one of these user names")
}

#[cfg(test)]
mod tests {
    use super::super::tests::scripted;
    use crate::{error::ErrorKind, http::tests::script::Answer};
    use serde_json::json;

    #[tokio::test]
    async fn accounts_that_are_blocked_are_no_assignees() {
        // A user name is looked for before names and addresses are.
        let (gitlab, sent) = scripted(|_, nth| {
            let blocked = json!({"id": 8, "username": "bob", "name": "Bob", "state": "blocked"});
            let active = json!({"id": 9, "username": "bob2", "name": "Bob", "state": "active"});
            Answer::Json(200, if nth == 0 { json!([blocked]) } else { json!([blocked, active]) })
        });
        assert_eq!(gitlab.find_user("bob").await.unwrap(), 9);
        assert_eq!(sent.queries("GET /api/v4/users"), ["username=bob", "search=bob"]);
        let (gitlab, _) = scripted(|_, _| {
            let gone = json!({"id": 8, "username": "bob", "name": "Bob", "state": "deactivated"});
            Answer::Json(200, json!([gone]))
        });
        let error = gitlab.find_user("bob").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
    }
}
