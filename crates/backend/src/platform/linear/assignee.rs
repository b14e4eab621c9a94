//! People, by e-mail address, name, nickname or id.

use super::{Linear, document, is_uuid, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    platform::shared::mapping::same,
};
use serde_json::json;

impl Linear {
    /// The id of the one user that people mean by `who`.
    pub(super) async fn user_id(&self, who: &str) -> Result<String> {
        let who = who.trim();
        if is_uuid(who) {
            return Ok(who.to_ascii_lowercase());
        }
        let called = |field: &str| json!({field: {"eqIgnoreCase": who}});
        let filter = json!({"or": [called("email"), called("displayName"), called("name")]});
        let found: wire::Users =
            self.ask(&document::FIND_USERS, &json!({"filter": filter})).await?;
        choose(&found.users.nodes, who)
    }
}

/// An address and a nickname belong to one user each; of a full name there may be several.
fn choose(users: &[wire::User], who: &str) -> Result<String> {
    let called = |of: fn(&wire::User) -> Option<&str>| -> Vec<&wire::User> {
        let is = |user: &&wire::User| user.active && of(user).is_some_and(|name| same(name, who));
        users.iter().filter(is).collect()
    };
    let by_email = called(|user| user.email.as_deref());
    let by_nickname = called(|user| Some(&user.display_name));
    let by_name = called(|user| Some(&user.name));
    let found = [by_email, by_nickname, by_name].into_iter().find(|users| !users.is_empty());
    match found.as_deref() {
        Some([one]) => Ok(one.id.clone()),
        None | Some([]) => Err(Error::new(
            ErrorKind::Rejected,
            format!("no active user of Linear is called {who}"),
        )
        .with_hint("name the assignee by e-mail address, name or nickname")),
        Some(several) => {
            let names: Vec<_> = several.iter().map(|user| user.display_name.as_str()).collect();
            let message = format!("several users of Linear are called {who}: {}", names.join(", "));
            Err(Error::new(ErrorKind::Rejected, message)
                .with_hint("name the assignee by e-mail address or nickname"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, name: &str, nickname: &str, active: bool) -> wire::User {
        let email = Some(format!("{nickname}@acme.example"));
        wire::User {
            id: id.into(),
            name: name.into(),
            display_name: nickname.into(),
            email,
            active,
        }
    }

    #[test]
    fn one_user_is_meant_or_it_is_said_why_not() {
        let users = [
            user("1", "Alex Example", "alex", true),
            user("2", "Alex Example", "alexe", true),
            user("3", "alex", "third", true),
            user("4", "Sam Sample", "sam", false),
        ];
        let check = |who: &str, expected: Option<&str>| {
            assert_eq!(choose(&users, who).ok().as_deref(), expected, "{who}");
        };
        check("ALEXE@acme.example", Some("2"));
        check("alex", Some("1"));
        check("third", Some("3"));
        check("Alex Example", None);
        check("sam", None);
        let several = choose(&users, "alex example").unwrap_err();
        assert!(several.message.ends_with(": alex, alexe"), "{several}");
        let nobody = choose(&users, "bob").unwrap_err();
        assert_eq!(nobody.message, "no active user of Linear is called bob");
    }
}
