//! The development panel of Jira Cloud. Only an OAuth client of the site may write to it: a site administrator makes its id
//! and secret, in exchange for which there is an access token; a user's token is refused there ("Integrating Jira Software
//! Cloud with on-premises tools"). Data Center has no such API.

mod entity;
mod wire;

use super::{dialect, is_key};
use crate::{
    error::{Error, ErrorKind, Result},
    http::{Authorization, Dialect, Http, Reply, Verdict, Wire},
    managed_comment::public,
    model::WorkItemId,
    panel::{Development, Others, Panel, Shown},
    secret::Secret,
};
use async_trait::async_trait;
use entity::{entity, is_current, issue, name, repository_id, sequence};
use futures_util::future::try_join;
use std::{collections::BTreeSet, fmt};
use tokio::sync::OnceCell;
use url::Url;

/// What the panel names as the source of what it shows.
const PRODUCT: &str = "devops-integrations";

/// Most items of one pull request.
const MOST_ITEMS: usize = 500;

/// Most entities of a repository that are told, the newest of them.
const MOST_TOLD: usize = 400;

/// Longest message of Jira's that is repeated, in characters.
const LONGEST_REASON: usize = 300;

/// What an administrator of the site made for the panel.
#[derive(Debug, Clone)]
pub(super) struct OAuthClient {
    pub(super) id: String,
    pub(super) secret: Secret,
}

/// The panel of one site.
pub(super) struct JiraPanel {
    wire: Wire,
    client: OAuthClient,
    /// The site, as strangers see it.
    site: Http,
    /// Where tokens are made, and the panel is written to.
    gateway: Url,
    /// The site's id, where the address of the API says it.
    cloud: Option<String>,
    api: OnceCell<Api>,
}

/// What is kept of a pull request.
enum Found {
    There(Box<wire::KeptPullRequest>),
    Absent,
    /// It is not among the newest, and may be there nevertheless.
    Untold,
}

/// The panel's API, with a token for it.
struct Api {
    http: Http,
    cloud: String,
}

impl JiraPanel {
    /// The panel of the site that people browse at `browse`. Sends nothing.
    pub(super) fn new(
        wire: &Wire,
        client: OAuthClient,
        browse: &Url,
        gateway: Url,
        cloud: Option<String>,
    ) -> Self {
        let site = Http::new(wire, browse, Authorization::None, SITE);
        Self { wire: wire.clone(), client, site, gateway, cloud, api: OnceCell::new() }
    }

    async fn api(&self) -> Result<&Api> {
        let connect = async || {
            let (cloud, token) = try_join(self.cloud_id(), self.token()).await?;
            let http =
                Http::new(&self.wire, &self.gateway, Authorization::Bearer(token), DEVELOPMENT);
            Ok(Api { http, cloud })
        };
        self.api.get_or_try_init(connect).await
    }

    /// Requests an access token. The secret is in the body, because that is how Atlassian wants it.
    async fn token(&self) -> Result<Secret> {
        let OAuthClient { id, secret } = &self.client;
        let login = wire::Login::new(id, secret.expose().trim());
        let http = Http::new(&self.wire, &self.gateway, Authorization::None, LOGIN).hiding(secret);
        let token: wire::Token = http.post("oauth/token").reads().json(&login).receive().await?;
        Ok(Secret::new(token.access_token))
    }

    /// The id under which the gateway knows the site; the site tells it to everybody.
    async fn cloud_id(&self) -> Result<String> {
        if let Some(cloud) = &self.cloud {
            return Ok(cloud.clone());
        }
        let told = self.site.get("_edge/tenant_info").receive::<wire::Site>().await;
        told.map(|site| site.cloud_id).map_err(|error| {
            if error.kind.is_transient() {
                return error;
            }
            let host = self.site.base().host_str().unwrap_or_default();
            let message = format!("find the development panel of {host}: {}", error.message);
            Error::new(ErrorKind::Config, message).with_hint(NO_PANEL).with_source(error)
        })
    }

    /// What is kept of a pull request.
    async fn find(&self, development: Development<'_>) -> Result<Found> {
        let Api { http, cloud } = self.api().await?;
        let kept = match repository(http, cloud, &repository_id(development.repository)).await {
            Err(error) if error.kind == ErrorKind::NotFound => wire::KeptRepository::default(),
            kept => kept?,
        };
        let told = kept.pull_requests.len() + kept.commits.len() + kept.branches.len();
        let number = development.proposal.pull_request.number.to_string();
        let is_it = |it: &wire::KeptPullRequest| it.id.as_deref() == Some(&number);
        Ok(match kept.pull_requests.into_iter().find(is_it) {
            Some(kept) => Found::There(Box::new(kept)),
            None if told < MOST_TOLD => Found::Absent,
            None => Found::Untold,
        })
    }

    async fn remove(&self, development: Development<'_>) -> Result<()> {
        let Api { http, cloud } = self.api().await?;
        let call = http
            .delete("jira/devinfo/0.1/cloud/{cloud}/repository/{repository}/pull_request/{number}");
        let call = call
            .segment("cloud", cloud)
            .segment("repository", repository_id(development.repository))
            .segment("number", development.proposal.pull_request.number.to_string());
        // What is newer stays.
        let call = call.query("_updateSequenceId", sequence(development).to_string());
        match call.send().await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Shows a pull request on the issues of these keys or numbers.
    async fn submit(
        &self,
        development: Development<'_>,
        issues: BTreeSet<String>,
    ) -> Result<wire::Outcome> {
        let Api { http, cloud } = self.api().await?;
        if issues.len() > MOST_ITEMS {
            let message = format!("Jira shows a pull request on {MOST_ITEMS} items at most");
            return Err(Error::new(ErrorKind::Rejected, message)
                .with_hint("lower `limit` of the policy, or name fewer items"));
        }
        let id = repository_id(development.repository);
        let repository = wire::Repository {
            id: &id,
            name: name(&development.proposal.pull_request.repository),
            url: public(development.repository)?.into(),
            update_sequence_id: sequence(development),
            pull_requests: [entity(development, issues)?],
        };
        let submission = wire::Submission {
            repositories: [repository],
            // Items are moved by rules of our own.
            prevent_transitions: true,
            provider_metadata: wire::Provider { product: PRODUCT },
        };
        let call = http.post("jira/devinfo/0.1/cloud/{cloud}/bulk").replaces();
        call.segment("cloud", cloud).json(&submission).receive().await
    }

    /// The items on which a submission is shown.
    fn taken(
        &self,
        outcome: wire::Outcome,
        development: Development<'_>,
        items: &[WorkItemId],
    ) -> Result<Vec<WorkItemId>> {
        let number = development.proposal.pull_request.number.to_string();
        let repository = repository_id(development.repository);
        let mut failed = outcome.failed_devinfo_entities;
        if let Some(failed) = failed.remove(&repository) {
            return Err(self.refused(&number, failed));
        }
        let unknown = outcome.unknown_issue_keys.into_iter();
        let unknown = unknown.chain(wire::values(outcome.unknown_associations));
        let unknown: BTreeSet<String> = unknown.map(|key| key.to_ascii_uppercase()).collect();
        let is_known = |id: &&WorkItemId| !unknown.contains(&issue(id));
        let taken: Vec<WorkItemId> = items.iter().filter(is_known).cloned().collect();
        let accepted = outcome.accepted_devinfo_entities.get(&repository);
        let is_accepted = accepted.is_some_and(|them| them.pull_requests.contains(&number));
        if taken.is_empty() || is_accepted {
            return Ok(taken);
        }
        let message = format!("Jira's answer does not say what became of pull request {number}");
        Err(Error::new(ErrorKind::Protocol, message))
    }

    fn refused(&self, number: &str, failed: wire::Failed) -> Error {
        let own = failed.pull_requests.into_iter().flat_map(|it| it.error_messages);
        let reasons: Vec<String> =
            failed.error_messages.into_iter().chain(own).map(wire::Said::text).collect();
        let reasons = reasons.join("; ");
        let http = self.api.get().map_or(&self.site, |api| &api.http);
        let reasons = http.cleaned(&reasons, LONGEST_REASON);
        let message =
            format!("Jira refused pull request {number} for the development panel: {reasons}");
        Error::new(ErrorKind::Rejected, message).with_hint("read what Jira says and run again")
    }
}

#[async_trait]
impl Panel for JiraPanel {
    fn place(&self) -> String {
        format!("{} {} {}", self.site.base(), self.gateway, self.client.id)
    }

    fn takes(&self, item: &WorkItemId) -> bool {
        is_key(&issue(item))
    }

    async fn authenticate(&self) -> Result<()> {
        let Api { http, cloud } = self.api().await?;
        // Tokens are for more than the panel. Nothing is ever kept under this id.
        match repository(http, cloud, PRODUCT).await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn shown(&self, development: Development<'_>) -> Result<Shown> {
        let Found::There(kept) = self.find(development).await? else {
            return Ok(Shown::default());
        };
        let current = is_current(&kept, &entity(development, BTreeSet::new())?);
        // Issues may be told by number as well, which nobody here knows them by.
        let keys: BTreeSet<String> = kept.issues().filter(|issue| is_key(issue)).collect();
        Ok(Shown { items: keys.into_iter().map(WorkItemId::new).collect(), current })
    }

    async fn show(
        &self,
        development: Development<'_>,
        items: &[WorkItemId],
        others: Others,
    ) -> Result<Vec<WorkItemId>> {
        let mut issues: BTreeSet<String> = items.iter().map(issue).collect();
        if others == Others::Kept {
            match self.find(development).await? {
                Found::There(kept) => issues.extend(kept.issues()),
                Found::Absent if !issues.is_empty() => {}
                Found::Absent | Found::Untold => return Ok(Vec::new()),
            }
        }
        let taken = if issues.is_empty() {
            Vec::new()
        } else {
            let outcome = self.submit(development, issues).await?;
            self.taken(outcome, development, items)?
        };
        // What only unknown items would show is not kept, and what was kept before has to be taken out.
        if taken.is_empty() && others == Others::TakenOut {
            self.remove(development).await?;
        }
        Ok(taken)
    }
}

impl fmt::Debug for JiraPanel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JiraPanel").field("site", &self.site).finish_non_exhaustive()
    }
}

/// What is kept of a repository.
async fn repository(http: &Http, cloud: &str, id: &str) -> Result<wire::KeptRepository> {
    let call = http.get("jira/devinfo/0.1/cloud/{cloud}/repository/{repository}");
    call.segment("cloud", cloud).segment("repository", id).receive().await
}

const NO_PANEL: &str = "leave JIRA_PANEL_CLIENT_ID and JIRA_PANEL_CLIENT_SECRET out where JIRA_URL is no site \
    of Jira Cloud: no other has this panel";

const WRONG_CLIENT: &str = "check JIRA_PANEL_CLIENT_ID and JIRA_PANEL_CLIENT_SECRET; a site administrator makes them in \
    Jira's settings, under Apps, OAuth credentials";

const WEAK_CLIENT: &str = "give the OAuth credentials the permission Development information";

/// The site, asked without credentials which one it is.
const SITE: Dialect = Dialect { hint: |_, _| None, ..dialect::JIRA };

/// Where tokens are made. A refusal there is about the client, whatever its status.
const LOGIN: Dialect = Dialect {
    judge: |reply| {
        let is_refused = matches!(reply.status.as_u16(), 400 | 401 | 403);
        is_refused.then(|| Verdict::Fail(ErrorKind::Auth, explain(reply).unwrap_or_default()))
    },
    ..DEVELOPMENT
};

/// The panel's API.
const DEVELOPMENT: Dialect = Dialect {
    explain,
    hint: |kind, _| match kind {
        ErrorKind::Auth => Some(WRONG_CLIENT.into()),
        ErrorKind::Forbidden => Some(WEAK_CLIENT.into()),
        ErrorKind::NotFound | ErrorKind::Config => Some(NO_PANEL.into()),
        _ => None,
    },
    ..dialect::JIRA
};

fn explain(reply: &Reply) -> Option<String> {
    let said: wire::Refusal = reply.parse()?;
    let listed = said.error_messages.into_iter().map(wire::Said::text);
    let all: Vec<String> = listed.chain(said.error_description).chain(said.message).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

#[cfg(test)]
mod tests;
