//! Who the token belongs to.

use super::{GitHub, octocrab::Route, wire};
use crate::{
    error::{ErrorKind, Result},
    http::Intent,
    model::Identity,
};
use serde::Deserialize;
use serde_json::json;

/// The account of the token that a workflow gets.
const ACTIONS: &str = "github-actions[bot]";

/// The account that writes.
#[derive(Debug, Clone)]
pub(super) struct Account {
    identity: Identity,
    login: String,
}

impl Account {
    /// True when this account wrote something. GraphQL calls a program's account without `[bot]`.
    pub(super) fn is(&self, user: &wire::User) -> bool {
        let bare = |login: &str| login.strip_suffix("[bot]").unwrap_or(login).to_lowercase();
        let (ours, theirs) = (self.login.to_lowercase(), user.login.to_lowercase());
        ours == theirs || user.kind == "Bot" && bare(&ours) == bare(&theirs)
    }
}

#[derive(Deserialize)]
struct Viewed {
    viewer: Viewer,
}

#[derive(Deserialize)]
struct Viewer {
    id: String,
    login: String,
}

impl GitHub {
    /// Who the token belongs to.
    pub(super) async fn whoami(&self) -> Result<Identity> {
        Ok(self.account().await?.identity.clone())
    }

    /// The account, asked for once.
    pub(super) async fn account(&self) -> Result<&Account> {
        self.account.get_or_try_init(|| self.ask_account()).await
    }

    /// Tokens of apps, and with them a workflow's, are no user's: `GET /user` is 403 for them. GraphQL knows their
    /// account as the viewer; an Enterprise Server without it leaves the repository as the proof that the token is good.
    async fn ask_account(&self) -> Result<Account> {
        let user: Result<wire::User> = self.api.read(&Route::new("user", &[])).await;
        let refused = match user {
            Ok(user) => return Ok(of_user(user)),
            Err(error) if error.kind == ErrorKind::Forbidden => error,
            Err(error) => return Err(error),
        };
        let viewed: Result<Viewed> =
            self.api.graphql(Intent::Read, "query { viewer { id login } }", &json!({})).await;
        if let Ok(Viewed { viewer }) = viewed {
            let Viewer { id, login } = viewer;
            let identity = Identity { id, name: login.clone(), email: None };
            return Ok(Account { identity, login });
        }
        let repository: Result<wire::Repository> =
            self.api.read(&self.home.route("repos/{owner}/{repo}")).await;
        if repository.is_err() {
            return Err(refused);
        }
        let (id, name) = ("installation".to_owned(), ACTIONS.to_owned());
        Ok(Account { identity: Identity { id, name, email: None }, login: ACTIONS.to_owned() })
    }
}

fn of_user(user: wire::User) -> Account {
    let name = user.name.filter(|name| !name.is_empty()).unwrap_or_else(|| user.login.clone());
    let email = user.email.filter(|email| !email.is_empty());
    Account { identity: Identity { id: user.id.to_string(), name, email }, login: user.login }
}
