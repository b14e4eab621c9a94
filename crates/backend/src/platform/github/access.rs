//! What the token may do, as far as GitHub tells: scopes of classic tokens and the date on which a token ends in headers,
//! the account's role in the repository. What a fine-grained token may do is told by refusals only.

use super::GitHub;
use crate::{error::Result, health::Access, http::Reply};
use jiff::{Timestamp, civil::DateTime, tz::Offset};
use serde::Deserialize;

/// Scopes of which one is needed; the second is enough for public repositories.
const NEEDED: [&str; 2] = ["repo", "public_repo"];

/// Scopes that some operation uses: projects, teams' names, the account.
const USED: [&str; 8] = [
    "repo",
    "public_repo",
    "repo:status",
    "project",
    "read:project",
    "read:org",
    "read:user",
    "user:email",
];

/// A repository as far as it tells the account's role.
#[derive(Debug, Default, Deserialize)]
struct Roles {
    permissions: Option<Role>,
}

#[derive(Debug, Deserialize)]
struct Role {
    #[serde(default)]
    push: bool,
    #[serde(default)]
    triage: bool,
}

impl GitHub {
    /// Reads the repository, whose answer tells it all.
    pub(super) async fn permissions(&self) -> Result<Access> {
        let call = self.api.http().get("repos/{owner}/{repo}");
        let call = call.segment("owner", &*self.home.owner).segment("repo", &*self.home.name);
        let reply = call.send().await?;
        let role = reply.parse::<Roles>().unwrap_or_default().permissions;
        let scopes = scopes(&reply);
        let mut missing_scopes = Vec::new();
        if scopes
            .as_ref()
            .is_some_and(|has| !NEEDED.iter().any(|one| has.contains(&(*one).to_owned())))
        {
            missing_scopes.push("repo".to_owned());
        }
        if role.is_some_and(|role| !role.push && !role.triage) {
            missing_scopes.push("triage or write role in the repository".to_owned());
        }
        let mut excessive_scopes = scopes.unwrap_or_default();
        excessive_scopes.retain(|scope| !USED.contains(&scope.as_str()));
        let quota = self.api.http().quota();
        Ok(Access { missing_scopes, excessive_scopes, expires_at: expiry(&reply), quota })
    }
}

/// The scopes of a classic token; none where the token is of another sort.
fn scopes(reply: &Reply) -> Option<Vec<String>> {
    let told = reply.header("x-oauth-scopes")?;
    Some(
        told.split(',')
            .map(str::trim)
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

/// `2026-12-01 08:00:00 UTC`, or with an offset such as `-0700` at its end.
fn expiry(reply: &Reply) -> Option<Timestamp> {
    let told = reply.header("github-authentication-token-expiration")?.trim();
    let (date, zone) = told.split_at_checked(19)?;
    let date = DateTime::strptime("%Y-%m-%d %H:%M:%S", date).ok()?;
    let offset = match zone.trim() {
        "" | "UTC" => Offset::UTC,
        zone => offset(zone)?,
    };
    offset.to_timestamp(date).ok()
}

fn offset(zone: &str) -> Option<Offset> {
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits = zone.trim_start_matches(['+', '-']).replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::reply;

    #[test]
    fn the_end_of_a_token_is_read_in_both_forms() {
        let check = |told: &str, expected: Option<&str>| {
            let reply = reply(200, &[("github-authentication-token-expiration", told)], "");
            assert_eq!(expiry(&reply).map(|at| at.to_string()).as_deref(), expected, "{told}");
        };
        check("2026-12-01 08:00:00 UTC", Some("2026-12-01T08:00:00Z"));
        check("2026-12-01 08:00:00 -0700", Some("2026-12-01T15:00:00Z"));
        check("2026-12-01 08:00:00", Some("2026-12-01T08:00:00Z"));
        check("soon", None);
    }

    #[test]
    fn only_classic_tokens_tell_their_scopes() {
        let of = |headers: &[(&'static str, &str)]| scopes(&reply(200, headers, ""));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("x-oauth-scopes", "")]), Some(Vec::new()));
        let told = of(&[("x-oauth-scopes", "repo, delete_repo")]).unwrap();
        assert_eq!(told, ["repo", "delete_repo"]);
    }
}
