//! Search: what is asked for in JQL, and what is kept of it.

mod pages;

use super::{Deployment, Jira, item, jql, stranger, values, wire};
use crate::{
    error::{ErrorKind, Result},
    model::{Found, Query, Span, Status, WorkItem},
};
use futures_util::{TryStreamExt as _, future::try_join};
use pages::Search;
use std::collections::HashSet;

/// So many pages without a new item in a row, and Jira is taken to go round in circles.
const BARREN_PAGES: u32 = 3;

impl Jira {
    /// Finds items, newest first. Conditions that JQL cannot express exactly are checked again here.
    pub(super) async fn search(&self, query: &Query) -> Result<Found> {
        let Some(jql) = self.jql(query).await? else {
            return Ok(Found { items: vec![], complete: true });
        };
        let mut pages = Search { jira: self, jql: &jql, query }.pages().await?;
        // The fields' names are needed for the first item only, so that they can come at the same time.
        let (catalogue, mut next) = match try_join(self.catalogue(), pages.try_next()).await {
            Ok(first) => first,
            Err(error) => return Err(self.unmask(error).await),
        };
        let (mut items, mut seen) = (Vec::new(), HashSet::new());
        let (mut barren, mut complete) = (0, true);
        while let Some(page) = next {
            if seen.is_empty() && page.issues.is_empty() && self.is_stranger().await {
                return Err(stranger());
            }
            let known = seen.len();
            for issue in page.issues {
                if seen.insert(issue.key.clone()) {
                    let key = issue.key.clone();
                    let item = self.item(issue, catalogue).map_err(|error| error.during(key))?;
                    items.extend(fits(query, &item).then_some(item));
                }
            }
            barren = if seen.len() == known { barren + 1 } else { 0 };
            complete = !page.more && items.len() <= query.limit;
            if items.len() >= query.limit || barren >= BARREN_PAGES {
                break;
            }
            next = pages.try_next().await?;
        }
        items.truncate(query.limit);
        Ok(Found { items, complete })
    }

    /// The query in JQL; `None` when no item can fit.
    ///
    /// The user's own JQL stands alone, without our project: who writes JQL says which project is meant. Its order is
    /// kept, and the other conditions are added to it.
    async fn jql(&self, query: &Query) -> Result<Option<String>> {
        let native = query.native.as_deref().map(str::trim).filter(|native| !native.is_empty());
        let (own, order) = native.map_or(("", None), jql::split_order);
        let mut conditions = Vec::new();
        if native.is_none() {
            conditions.push(format!("project = {}", jql::quoted(&self.project)?));
        }
        conditions.extend(query.text.as_deref().map(jql::containing).transpose()?.flatten());
        for label in &query.labels {
            conditions.push(format!("labels = {}", jql::quoted(&values::label(label)?)?));
        }
        match self.states(&query.statuses).await? {
            States::All => {}
            States::None => return Ok(None),
            States::Matching(condition) => conditions.push(condition),
        }
        if let Some(span) = query.closed {
            conditions.push(jql::around(self.closing_field().await?, span.from, span.to));
        }
        if !own.is_empty() {
            let alone = conditions.is_empty();
            conditions.insert(0, if alone { own.to_owned() } else { format!("({own})") });
        }
        let order = order.unwrap_or(jql::NEWEST_FIRST);
        Ok(Some(format!("{} {order}", conditions.join(" AND ")).trim().to_owned()))
    }

    async fn closing_field(&self) -> Result<&'static str> {
        Ok(match self.deployment().await? {
            Deployment::Cloud => "statusCategoryChangedDate",
            Deployment::Server => "resolutiondate",
        })
    }

    /// The condition for states. Open and closed need no look at the workflow unless states are mapped.
    async fn states(&self, wanted: &[Status]) -> Result<States> {
        let has = |status: &Status| wanted.contains(status);
        let closed = Status::ALL.iter().filter(|status| status.is_closed()).all(has);
        let open = Status::ALL.iter().filter(|status| !status.is_closed()).all(has);
        let any_closed = wanted.iter().any(|status| status.is_closed());
        let any_open = wanted.iter().any(|status| !status.is_closed());
        let mapped = self.words.maps_statuses();
        if wanted.is_empty() || open && closed {
            return Ok(States::All);
        }
        if !mapped && open && !any_closed {
            return Ok(States::Matching(OPEN.to_owned()));
        }
        if !mapped && closed && !any_open {
            return Ok(States::Matching(CLOSED.to_owned()));
        }
        match self.project_states().await {
            Ok(native) => self.named_states(wanted, &native),
            // Without the list, the coarser condition has to do; what does not fit is left out here.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(match (any_open, any_closed) {
                (true, false) if !mapped => States::Matching(OPEN.to_owned()),
                (false, true) if !mapped => States::Matching(CLOSED.to_owned()),
                _ => States::All,
            }),
            Err(error) => Err(error),
        }
    }

    fn named_states(&self, wanted: &[Status], native: &[wire::Status]) -> Result<States> {
        // A resolution may turn a finished item into a cancelled one, whatever its state is called.
        let fits = |state: &&wire::Status| {
            wanted.contains(&self.words.status(state))
                || wanted.contains(&Status::Cancelled) && state.is_finished()
        };
        let mut names: Vec<_> =
            native.iter().filter(fits).map(|state| state.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Ok(States::None);
        }
        jql::any_of("status", &names).map(States::Matching)
    }

    /// The states of the project's workflows.
    async fn project_states(&self) -> Result<Vec<wire::Status>> {
        let call = self.http.get("rest/api/{version}/project/{project}/statuses");
        let call = call.segment("version", self.version().await?).segment("project", &self.project);
        let types: Vec<wire::TypeStatuses> = call.receive().await?;
        Ok(types.into_iter().flat_map(|one| one.statuses).collect())
    }
}

const OPEN: &str = "statusCategory != Done";
const CLOSED: &str = "statusCategory = Done";

/// Which states an item may be in.
enum States {
    All,
    None,
    Matching(String),
}

/// Checks what JQL says only roughly.
fn fits(query: &Query, item: &WorkItem) -> bool {
    let state = query.statuses.is_empty() || query.statuses.contains(&item.status);
    let within = |span: Span| item.closed_at.is_some_and(|at| span.from <= at && at < span.to);
    state && query.closed.is_none_or(within)
}
