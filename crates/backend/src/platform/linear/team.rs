//! Teams: each has its own workflow and its own way to estimate.

use super::{Linear, document, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::Status,
};
use serde_json::json;

impl Linear {
    /// The configured team, asked for once.
    pub(super) async fn team(&self) -> Result<&wire::Team> {
        self.team.get_or_try_init(|| self.read_team(&self.key)).await
    }

    /// The team of an issue, which need not be the configured one.
    pub(super) async fn team_of(&self, issue: &wire::Issue) -> Result<wire::Team> {
        if issue.team.key == self.key {
            return self.team().await.cloned();
        }
        self.read_team(&issue.team.key).await
    }

    async fn read_team(&self, key: &str) -> Result<wire::Team> {
        let found: wire::Teams = self.ask(&document::TEAM, &json!({"key": key})).await?;
        match found.teams.nodes.into_iter().next() {
            Some(team) => Ok(team),
            None => Err(self.no_team(key).await),
        }
    }

    /// A wrong key is told with those that there are.
    async fn no_team(&self, key: &str) -> Error {
        let known: Result<wire::TeamKeys> = self.ask(&document::TEAM_KEYS, &()).await;
        let known = match known {
            Ok(known) => known.teams,
            Err(error) => return error,
        };
        let more = if known.page_info.has_next_page { ", ..." } else { "" };
        let keys: Vec<_> = known.nodes.iter().map(|team| team.key.as_str()).collect();
        let seen = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") + more };
        let message = format!("no team of Linear has the key {key}; the key's account sees {seen}");
        Error::new(ErrorKind::NotFound, message)
            .with_hint("set LINEAR_TEAM to the key of a team that the account is a member of")
    }

    /// The state that an item of the team is brought to for `status`.
    pub(super) fn state_for<'a>(
        &self,
        team: &'a wire::Team,
        status: Status,
    ) -> Result<&'a wire::State> {
        let fitting = team.states.nodes.iter().filter(|state| self.words.may_become(status, state));
        let order = |a: &&wire::State, b: &&wire::State| {
            let rank = |state: &wire::State| self.words.rank(status, state);
            rank(a).cmp(&rank(b)).then(a.position.total_cmp(&b.position))
        };
        fitting.min_by(order).ok_or_else(|| {
            let names: Vec<_> = team.states.nodes.iter().map(|it| it.name.as_str()).collect();
            let message =
                format!("team {} has no state for {status}; it has {}", team.key, names.join(", "));
            Error::new(ErrorKind::Rejected, message)
                .with_hint(format!("name one of them in custom_settings.status_mapping.{status}"))
        })
    }
}
