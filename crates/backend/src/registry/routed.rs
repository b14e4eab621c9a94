//! Several trackers as one: each call goes to the tracker whose route fits the id.

use super::{Plugin, Route, route};
use crate::{
    error::{Error, ErrorKind, Result},
    health::{self, Access, Health},
    history::{Period, Team, TeamHistory},
    incident::{self, Filed, Incident},
    model::{
        Attachment, Change, Commit, Draft, Found, Identity, Link, PullRequest, Query, WorkItem,
        WorkItemId,
    },
    settings::Problem,
    tracker::{Limits, Metadata, Operation, Tracker},
    velocity::{self, Velocity},
    webhook::{Delivery, Event},
};
use async_trait::async_trait;
use futures_util::future::try_join_all;
use url::Url;

/// Several trackers as one. What is about an item goes to the tracker whose route fits best; a search goes to all of
/// them; what is about none in particular needs one to be named.
#[derive(Debug)]
pub struct Routed {
    plugins: Vec<Plugin>,
    routes: Vec<Route>,
    metadata: Metadata,
}

impl Routed {
    /// Of two routes for the same ids the first counts.
    pub(super) fn new(plugins: Vec<Plugin>, routes: Vec<Route>) -> Self {
        let metadata = metadata(&plugins);
        Self { plugins, routes: route::distinct(routes), metadata }
    }

    /// The name of the tracker that takes an id, where one does.
    pub fn route(&self, id: &WorkItemId) -> Option<&str> {
        route::tracker(&self.routes, id)
    }

    fn plugin(&self, id: &WorkItemId) -> Result<&Plugin> {
        let named = |name: &str| self.plugins.iter().find(|plugin| plugin.name == name);
        self.route(id).and_then(named).ok_or_else(|| {
            let known: Vec<_> = self.routes.iter().map(|route| route.prefix.as_str()).collect();
            Error::new(ErrorKind::Config, format!("tell whose item `{id}` is: no route fits it"))
                .with_hint(format!(
                    "add its prefix to `routes`, which has {}, or name a tracker with --platform",
                    known.join(", ")
                ))
        })
    }

    /// An id of this tracker's as the routes take it. One that numbers its items says `12`, of which nobody could tell
    /// whose it is; here it is `AB#12`.
    fn name(&self, plugin: &Plugin, id: &mut WorkItemId) {
        let is_number = id.as_str().bytes().all(|byte| byte.is_ascii_digit());
        let takes = |route: &&Route| route.tracker == plugin.name && route.prefix.ends_with('#');
        if let Some(route) = self.routes.iter().find(takes).filter(|_| is_number) {
            *id = WorkItemId::new(format!("{}{id}", route.prefix));
        }
    }

    fn name_item(&self, plugin: &Plugin, mut item: WorkItem) -> WorkItem {
        self.name(plugin, &mut item.id);
        item.parent_id.iter_mut().for_each(|parent| self.name(plugin, parent));
        item
    }

    fn name_link(&self, plugin: &Plugin, mut link: Link) -> Link {
        self.name(plugin, &mut link.item);
        link
    }

    /// What is said when a call is about no item that would tell whose it is.
    fn whose(&self, operation: Operation) -> Error {
        let names: Vec<_> = self.plugins.iter().map(|plugin| plugin.name.as_str()).collect();
        let names = names.join(" and ");
        Error::new(
            ErrorKind::Config,
            format!("choose a tracker for {operation}: {names} are set up"),
        )
        .with_hint("name one with --platform")
    }
}

/// The union of what the trackers can do. A plain `#7` is the first's that numbers within a repository.
fn metadata(plugins: &[Plugin]) -> Metadata {
    let all = || plugins.iter().map(|plugin| plugin.tracker.metadata());
    let least = |limit: fn(&Limits) -> usize| all().map(|it| limit(&it.limits)).min().unwrap_or(0);
    let titles: Vec<_> = all().map(|metadata| metadata.title.as_str()).collect();
    let mut references = Vec::new();
    for pattern in all().flat_map(|metadata| &metadata.references) {
        if !references.contains(pattern) {
            references.push(pattern.clone());
        }
    }
    let can = |operation: &Operation| all().any(|it| it.operations.contains(operation));
    Metadata {
        name: "routes".to_owned(),
        title: titles.join(" and "),
        operations: Operation::ALL.iter().copied().filter(can).collect(),
        unsupported: Vec::new(),
        references,
        limits: Limits {
            title: least(|limits| limits.title),
            text: least(|limits| limits.text),
            label: least(|limits| limits.label),
        },
        home: all().find_map(|metadata| metadata.home.clone()),
    }
}

#[deny(
    clippy::missing_trait_methods,
    reason = "a method left to its default would belong to no tracker"
)]
#[async_trait]
impl Tracker for Routed {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The first tracker's answer, once all of them have given theirs.
    async fn authenticate(&self) -> Result<Identity> {
        let all = self.plugins.iter().map(|plugin| plugin.tracker.authenticate());
        let mut identities = try_join_all(all).await?;
        if identities.is_empty() {
            return Err(self.whose(Operation::Authenticate));
        }
        Ok(identities.swap_remove(0))
    }

    /// Below its parent where it has one; whose it is without one, nobody can tell.
    async fn create_work_item(&self, draft: &Draft) -> Result<WorkItem> {
        match &draft.parent_id {
            Some(parent) => {
                let plugin = self.plugin(parent)?;
                Ok(self.name_item(plugin, plugin.tracker.create_work_item(draft).await?))
            }
            None => Err(self.whose(Operation::CreateWorkItem)),
        }
    }

    async fn update_work_item(&self, id: &WorkItemId, change: &Change) -> Result<WorkItem> {
        let plugin = self.plugin(id)?;
        Ok(self.name_item(plugin, plugin.tracker.update_work_item(id, change).await?))
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        let plugin = self.plugin(id)?;
        Ok(self.name_item(plugin, plugin.tracker.get_work_item(id).await?))
    }

    /// All trackers' items, newest first. A native query speaks one tracker's language, which must be named.
    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        if query.native.is_some() {
            return Err(self.whose(Operation::SearchWorkItems));
        }
        let searches = |plugin: &&Plugin| {
            plugin.tracker.metadata().operations.contains(&Operation::SearchWorkItems)
        };
        let all = self.plugins.iter().filter(searches).map(|plugin| async {
            let found = plugin.tracker.search_work_items(query).await;
            let mut found =
                found.map_err(|error| error.during(format!("search {}", plugin.name)))?;
            found.items =
                found.items.into_iter().map(|item| self.name_item(plugin, item)).collect();
            Ok::<_, Error>(found)
        });
        let found = try_join_all(all).await?;
        let mut complete = found.iter().all(|found| found.complete);
        let mut items: Vec<WorkItem> = found.into_iter().flat_map(|found| found.items).collect();
        items.sort_by_key(|item| std::cmp::Reverse(item.created_at));
        complete &= items.len() <= query.limit;
        items.truncate(query.limit);
        Ok(Found { items, complete })
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        let plugin = self.plugin(id)?;
        Ok(self.name_link(plugin, plugin.tracker.link_to_commit(id, commit).await?))
    }

    async fn link_to_pull_request(
        &self,
        id: &WorkItemId,
        pull_request: &PullRequest,
    ) -> Result<Link> {
        let plugin = self.plugin(id)?;
        Ok(self.name_link(plugin, plugin.tracker.link_to_pull_request(id, pull_request).await?))
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        let plugin = self.plugin(id)?;
        let links = plugin.tracker.list_links(id).await?;
        Ok(links.into_iter().map(|link| self.name_link(plugin, link)).collect())
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        self.plugin(&link.item)?.tracker.unlink(link).await
    }

    async fn attach_file(&self, id: &WorkItemId, file: &Attachment) -> Result<Link> {
        let plugin = self.plugin(id)?;
        Ok(self.name_link(plugin, plugin.tracker.attach_file(id, file).await?))
    }

    /// A secret belongs to one tracker; trying all would let one tracker speak for another.
    async fn webhook_handler(&self, _delivery: &Delivery) -> Result<Event> {
        Err(self.whose(Operation::WebhookHandler))
    }

    async fn team_history(&self, _team: &Team, _period: &Period) -> Result<TeamHistory> {
        Err(self.whose(Operation::TeamHistory))
    }

    async fn create_from_incident(&self, incident: &Incident) -> Result<Filed> {
        incident::file(self, incident).await
    }

    async fn get_team_velocity(&self, team: &Team, period: &Period) -> Result<Velocity> {
        velocity::measure(self, team, period).await
    }

    fn validate_config(&self) -> Vec<Problem> {
        self.plugins.iter().flat_map(|plugin| plugin.tracker.validate_config()).collect()
    }

    async fn health_check(&self) -> Health {
        health::check(self).await
    }

    async fn access(&self) -> Result<Access> {
        Ok(Access::default())
    }

    /// What all trackers say; `None` when one cannot be asked, since the answer would be a part.
    async fn items_linked_to(&self, page: &Url) -> Result<Option<Vec<WorkItemId>>> {
        let all = self.plugins.iter().map(|plugin| async move {
            let mut told = plugin.tracker.items_linked_to(page).await?;
            told.iter_mut().flatten().for_each(|id| self.name(plugin, id));
            Ok::<_, Error>(told)
        });
        let told = try_join_all(all).await?;
        Ok(told.into_iter().collect::<Option<Vec<_>>>().map(|items| items.concat()))
    }

    fn unsupported(&self, operation: Operation) -> Error {
        self.whose(operation)
    }
}
