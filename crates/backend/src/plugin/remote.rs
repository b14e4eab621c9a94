//! A plugin as a tracker: the handshake, then one request for each operation.

use super::{
    client::Client,
    metadata::{self, Abilities},
    protocol::{Ask, Config, VERSION},
};
use crate::{
    error::{Error, ErrorKind, Result},
    health::{self, Access, Health},
    history::{Period, Team, TeamHistory},
    http::Intent,
    incident::{self, Filed, Incident},
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem,
        WorkItemId,
    },
    settings::Problem,
    tracker::{Metadata, Operation, Tracker},
    velocity::{self, Velocity},
    webhook::{Delivery, Event},
};
use async_trait::async_trait;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Where the protocol is written down.
const GUIDE: &str = "correct the plugin; crates/backend/README.md has the protocol";

/// A tracker at the other end of a pipe.
#[derive(Debug)]
pub(super) struct Remote {
    client: Client,
    metadata: Metadata,
    declared: Vec<Operation>,
    problems: Vec<Problem>,
    /// Longest time for one answer: a plugin repeats requests itself, each with its own timeout.
    longest: Duration,
}

impl Remote {
    /// Learns what the plugin is, and configures it.
    pub(super) async fn connect(client: Client, config: Config) -> Result<Self> {
        let timeout = Duration::from_secs_f64(config.timeout);
        let longest = timeout.saturating_mul(config.retry_attempts.saturating_add(1));
        let answer = client.call(&Ask::Metadata {}, timeout).await?;
        let mut abilities = introduced(&client, answer)?;
        let refined = client.call(&Ask::Configure { config }, longest).await?;
        if !refined.is_null() {
            abilities = introduced(&client, refined)?;
        }
        let Abilities { metadata, declared } = abilities;
        let mut remote = Self { client, metadata, declared, problems: Vec::new(), longest };
        if remote.declares(Operation::ValidateConfig) {
            remote.problems = remote.ask(Ask::ValidateConfig {}).await?;
        }
        Ok(remote)
    }

    /// The same tracker, under the name that people call it by.
    pub(super) fn named(mut self, platform: &str) -> Self {
        platform.clone_into(&mut self.metadata.name);
        self
    }

    fn declares(&self, operation: Operation) -> bool {
        self.declared.contains(&operation)
    }

    async fn ask<T: DeserializeOwned>(&self, ask: Ask) -> Result<T> {
        if let Some(operation) = ask.operation().filter(|operation| !self.declares(*operation)) {
            return Err(self.unsupported(operation));
        }
        let answer = self.client.call(&ask, self.longest).await?;
        serde_json::from_value(answer).map_err(|error| {
            let reason = self.client.clean(&error.to_string());
            let what = format!("{} answered {} wrongly: {reason}", self.client.title(), ask.word());
            // It says that it was done, so that a second time would be one too many.
            let hint = match ask.intent() {
                Intent::Create => {
                    "look in the tracker before you run this again, and correct the plugin"
                }
                Intent::Read | Intent::Replace => GUIDE,
            };
            Error::new(ErrorKind::Protocol, what).with_hint(hint)
        })
    }
}

/// What the plugin says about itself, where it speaks our protocol and makes sense.
fn introduced(client: &Client, answer: Value) -> Result<Abilities> {
    let refuse =
        |what: String| Error::new(ErrorKind::Protocol, format!("{} {what}", client.title()));
    match metadata::version(&answer) {
        Some(VERSION) => {}
        Some(other) => {
            let what = format!("speaks protocol {other}, and this build protocol {VERSION}");
            return Err(refuse(what).with_hint(format!(
                "install a version of the plugin for protocol {VERSION}, or a build of this program for protocol {other}"
            )));
        }
        None => {
            let what = format!("does not say which protocol it speaks (`\"protocol\": {VERSION}`)");
            return Err(refuse(what).with_hint(GUIDE));
        }
    }
    metadata::abilities(answer).map_err(|reason| {
        let what = format!("describes itself wrongly: {}", client.clean(&reason));
        refuse(what).with_hint(GUIDE)
    })
}

#[deny(
    clippy::missing_trait_methods,
    reason = "a method left to its default would never reach the plugin"
)]
#[async_trait]
impl Tracker for Remote {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    async fn authenticate(&self) -> Result<Identity> {
        self.ask(Ask::Authenticate {}).await
    }

    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        self.ask(Ask::CreateWorkItem { draft: draft.clone() }).await
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        self.ask(Ask::UpdateWorkItem { item: id.clone(), change: change.clone() }).await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        self.ask(Ask::GetWorkItem { item: id.clone() }).await
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        self.ask(Ask::SearchWorkItems { query: query.clone() }).await
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        self.ask(Ask::LinkToCommit { item: id.clone(), commit: commit.clone() }).await
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        let pull_request = pull_request.clone();
        self.ask(Ask::LinkToPullRequest { item: id.clone(), pull_request }).await
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        self.ask(Ask::ListLinks { item: id.clone() }).await
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        self.ask::<IgnoredAny>(Ask::Unlink { link: link.clone() }).await.map(drop)
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        self.ask(Ask::AttachFile { item: id.clone(), file: file.clone() }).await
    }

    async fn webhook_handler(&self, delivery: &Delivery) -> Result<Event> {
        self.ask(Ask::WebhookHandler { delivery: delivery.clone() }).await
    }

    async fn team_history(&self, team: &Team, period: &Period) -> Result<TeamHistory> {
        self.ask(Ask::TeamHistory { team: team.clone(), period: *period }).await
    }

    async fn create_from_incident(&self, incident: &Incident) -> Result<Filed> {
        if self.declares(Operation::CreateFromIncident) {
            self.ask(Ask::CreateFromIncident { incident: incident.clone() }).await
        } else if self.metadata.operations.contains(&Operation::CreateFromIncident) {
            incident::file(self, incident).await
        } else {
            Err(self.unsupported(Operation::CreateFromIncident))
        }
    }

    async fn get_team_velocity(&self, team: &Team, period: &Period) -> Result<Velocity> {
        if self.declares(Operation::GetTeamVelocity) {
            self.ask(Ask::GetTeamVelocity { team: team.clone(), period: *period }).await
        } else if self.metadata.operations.contains(&Operation::GetTeamVelocity) {
            velocity::measure(self, team, period).await
        } else {
            Err(self.unsupported(Operation::GetTeamVelocity))
        }
    }

    fn validate_config(&self) -> Vec<Problem> {
        // Asked once, when it was configured: what is wrong with a configuration does not change.
        self.problems.clone()
    }

    async fn health_check(&self) -> Health {
        if !self.declares(Operation::HealthCheck) {
            return health::check(self).await;
        }
        let plugin = self.metadata.name.clone();
        match self.ask::<Health>(Ask::HealthCheck {}).await {
            Ok(health) => Health { plugin, ..health },
            Err(error) => {
                Health { problems: self.problems.clone(), ..Health::broken(plugin, &error) }
            }
        }
    }

    /// The protocol has no word for this question.
    async fn items_linked_to(&self, _page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        Ok(None)
    }

    /// A part of the plugin's own health, where it declares to tell that.
    async fn access(&self) -> Result<Access> {
        if !self.declares(Operation::HealthCheck) {
            return Ok(Access::default());
        }
        Ok(self.ask::<Health>(Ask::HealthCheck {}).await?.access)
    }

    fn unsupported(&self, operation: Operation) -> Error {
        crate::tracker::unsupported(&self.metadata, operation)
    }
}
