//! People: Cloud knows them by account ids, Data Center by user names.

use super::{Deployment, Jira, screen::shortened, wire};
use crate::error::{Error, ErrorKind, Result};
use serde_json::{Value, json};

impl Jira {
    /// The value of the assignee field for an e-mail address, a name or an account id; empty clears it.
    pub(super) async fn assignee_value(&self, who: &str) -> Result<Value> {
        let who = who.trim();
        match self.deployment().await? {
            Deployment::Cloud if who.is_empty() => Ok(Value::Null),
            Deployment::Cloud if is_account_id(who) => Ok(json!({"accountId": who})),
            Deployment::Cloud => Ok(json!({"accountId": self.find_user("query", who).await?})),
            Deployment::Server if who.is_empty() => Ok(json!({"name": null})),
            Deployment::Server if is_user_name(who) => Ok(json!({"name": who})),
            Deployment::Server => Ok(json!({"name": self.find_user("username", who).await?})),
        }
    }

    /// The id of the one user that people mean by `who`.
    async fn find_user(&self, parameter: &'static str, who: &str) -> Result<String> {
        let version = self.version().await?;
        let call = self.http.get("rest/api/{version}/user/search").segment("version", version);
        let found: Vec<wire::User> = call.query(parameter, who).receive().await?;
        let people: Vec<_> = found.iter().filter(|user| may_work(user)).collect();
        let exact: Vec<_> = people.iter().copied().filter(|user| is_called(user, who)).collect();
        let one = match (exact.as_slice(), people.as_slice()) {
            ([one], _) | ([], [one]) => one.id(),
            ([], []) => None,
            ([], several) | (several, _) => return Err(ambiguous(who, several)),
        };
        one.map(str::to_owned).ok_or_else(|| {
            let message = format!("no user of Jira is called {who}");
            Error::new(ErrorKind::Rejected, message)
                .with_hint("name the assignee by e-mail address, full name or account id")
        })
    }
}

/// `5b10ac8d82e05b22cc7d4ef5`, or `557058:` and a UUID.
fn is_account_id(text: &str) -> bool {
    let plain =
        text.len() >= 20 && text.bytes().all(|c| c.is_ascii_alphanumeric() || b":-_".contains(&c));
    plain && text.bytes().any(|c| c.is_ascii_digit())
}

/// Addresses and full names are looked up; anything else is a user name.
fn is_user_name(text: &str) -> bool {
    !text.contains('@') && !text.contains(char::is_whitespace)
}

/// Inactive users and the accounts of add-ons and customers are no assignees.
fn may_work(user: &wire::User) -> bool {
    user.active.unwrap_or(true)
        && user.account_type.as_deref().is_none_or(|kind| kind == "atlassian")
}

fn is_called(user: &wire::User, who: &str) -> bool {
    let names = [&user.email_address, &user.display_name, &user.name];
    names.into_iter().flatten().any(|name| super::words::same(name, who))
}

fn ambiguous(who: &str, several: &[&wire::User]) -> Error {
    let names: Vec<_> = several.iter().filter_map(|user| user.label()).collect();
    let message = format!("several users of Jira are called {who}: {}", shortened(&names));
    Error::new(ErrorKind::Rejected, message)
        .with_hint("name the assignee by e-mail address or account id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn account_ids_are_told_from_names() {
        for (text, expected) in [
            ("5b10ac8d82e05b22cc7d4ef5", true),
            ("557058:f58131cb-b67d-43c7-b30d-6b58d40bd077", true),
            ("712020:0e99e8b3-7b1a-4b7a-8b1f-abdd5b7d1f3c", true),
            ("bob", false),
            ("bob.the.builder.of.houses", false),
            ("bobthebuilderofmanyhouses", false),
            ("bob@acme.example", false),
            ("Bob The Builder Of 2 Houses", false),
        ] {
            assert_eq!(is_account_id(text), expected, "{text}");
        }
    }

    #[test]
    fn accounts_that_are_switched_off_or_nobodys_are_no_assignees() {
        let check = |user: Value, expected: bool| {
            let user = serde_json::from_value(user).unwrap();
            assert_eq!(may_work(&user), expected, "{user:?}");
        };
        check(json!({"name": "bob"}), true);
        check(json!({"active": true, "accountType": "atlassian"}), true);
        check(json!({"active": false, "accountType": "atlassian"}), false);
        check(json!({"active": true, "accountType": "app"}), false);
    }
}
