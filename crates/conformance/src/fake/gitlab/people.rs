//! Accounts, members, and what a token says of itself.

use super::{
    Answer,
    access::{self, Caller},
    refuse,
};
use crate::fake::{
    Request, Response,
    store::{USERS, User},
};
use serde_json::{Value, json};

/// The number of somebody who is no member of any project.
pub(super) const STRANGER: u64 = 900;

/// The number of an account.
pub(super) fn number(user: &User) -> u64 {
    let position = USERS.iter().position(|known| known.id == user.id).unwrap_or(USERS.len());
    101 + u64::try_from(position).unwrap_or_default()
}

/// The account with this number.
pub(super) fn find(id: u64) -> Option<User> {
    USERS.iter().find(|user| number(user) == id).copied()
}

/// An account as others see it.
pub(super) fn user(user: &User) -> Value {
    basic(number(user), user.name, user.display)
}

/// An account that is no member.
pub(super) fn stranger() -> Value {
    basic(STRANGER, "mallory", "Mallory Example")
}

fn basic(id: u64, username: &str, name: &str) -> Value {
    json!({"id": id, "username": username, "name": name, "state": "active",
        "avatar_url": format!("https://gitlab.example.com/avatar/{id}.png"),
        "web_url": format!("https://gitlab.example.com/{username}")})
}

pub(super) fn route(request: &Request, caller: Caller, path: &[&str]) -> Answer {
    match (request.method.as_str(), path) {
        ("GET", ["user"]) => Ok(Response::json(200, &access::account())),
        ("GET", ["job"]) if caller == Caller::Job => {
            Ok(Response::json(200, &json!({"id": 8, "user": access::account()})))
        }
        ("GET", ["users"]) => Ok(Response::json(200, &json!(found(request)))),
        ("GET", ["personal_access_tokens", "self"]) => {
            let body = json!({"id": 4, "scopes": caller.scopes(), "expires_at": "2026-12-31", "active": true});
            Ok(Response::json(200, &body))
        }
        _ => Err(refuse(404, "404 Not Found")),
    }
}

/// By exact user name, or by a part of a name, or by a whole address.
fn found(request: &Request) -> Vec<Value> {
    let fits = |user: &&User| {
        let named =
            request.parameter("username").is_some_and(|name| name.eq_ignore_ascii_case(user.name));
        let searched = request.parameter("search").is_some_and(|text| {
            let text = text.to_lowercase();
            user.email == text
                || [user.name, user.display].iter().any(|it| it.to_lowercase().contains(&text))
        });
        named || searched
    };
    USERS.iter().filter(fits).map(user).collect()
}

/// A member of a project: everybody whom the site knows.
pub(super) fn member(id: &str) -> Answer {
    let known = id.parse().ok().and_then(find).ok_or_else(|| refuse(404, "404 Not found"))?;
    let mut member = user(&known);
    member["access_level"] = json!(30);
    Ok(Response::json(200, &member))
}
