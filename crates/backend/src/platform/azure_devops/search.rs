//! Search: a query gives numbers, and batches give the items.

use super::{
    AzureDevOps, fields,
    process::of_project,
    tags::tag,
    wiql::{self, Native},
    wire,
};
use crate::{
    error::{Error, ErrorKind, Result},
    http::Reply,
    model::{Found, Query, Status, WorkItem},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Items that one batch gives at most (Microsoft: work item batch).
const BATCH: usize = 200;

/// Batches asked for at once.
const IN_FLIGHT: usize = 8;

/// Numbers that one query gives at most; of more it gives none (VS402337).
const LONGEST_ANSWER: usize = 20_000;

/// Numbers of items are 32-bit integers with a sign.
const HIGHEST_ID: u64 = i32::MAX as u64;

/// A query in the vendor's language: the condition, and what follows it.
struct Wiql {
    condition: String,
    rest: String,
    /// True when the order is ours, so that it may be asked in parts.
    divisible: bool,
}

/// An answer to a query.
enum Answer {
    Ids(Vec<u64>),
    /// There are more than one answer holds.
    TooMany,
}

impl AzureDevOps {
    /// Finds items, newest first. A time of closing is in one of two fields, so that the items say what fits.
    pub(super) async fn search(&self, query: &Query) -> Result<Found> {
        let ids = if query.native.as_deref().is_some_and(|native| wiql::take_apart(native).links) {
            self.linked(query).await?
        } else {
            let Some(wiql) = self.wiql(query).await? else {
                return Ok(Found { items: vec![], complete: true });
            };
            // What is filtered here cannot be counted beforehand.
            let needed =
                if query.closed.is_some() { usize::MAX } else { query.limit.saturating_add(1) };
            self.ids(&wiql, needed).await.map_err(|error| misread(error, query))?
        };
        self.items(query, &ids).await
    }

    /// The items of these numbers that fit, in order, at most as many as are wanted.
    async fn items(&self, query: &Query, ids: &[u64]) -> Result<Found> {
        let counted = query.closed.is_none();
        let wanted = if counted { &ids[..ids.len().min(query.limit)] } else { ids };
        let batches: Vec<_> = wanted.chunks(BATCH).map(|ids| self.batch(ids)).collect();
        let mut batches = stream::iter(batches).buffered(IN_FLIGHT);
        let (mut items, mut missing) = (Vec::new(), false);
        while let Some(batch) = batches.next().await {
            let (found, whole) = batch?;
            missing |= !whole;
            items.extend(found.into_iter().filter(|item| fits(query, item)));
            if items.len() > query.limit {
                break;
            }
        }
        let more = if counted { ids.len() > query.limit } else { items.len() > query.limit };
        items.truncate(query.limit);
        Ok(Found { items, complete: !more && !missing })
    }

    /// One batch in the order of the numbers; false when an item was not given.
    async fn batch(&self, ids: &[u64]) -> Result<(Vec<WorkItem>, bool)> {
        let mut by_id: HashMap<u64, wire::WorkItem> =
            self.natives(ids).await?.into_iter().map(|item| (item.id, item)).collect();
        let mut items = Vec::new();
        for id in ids {
            if let Some(native) = by_id.remove(id) {
                let item = self.item(&native).await;
                items.push(item.map_err(|error| error.during(format!("read {id}")))?);
            }
        }
        let whole = items.len() == ids.len();
        Ok((items, whole))
    }

    /// The items of at most one batch that are there, in any order. Without `omit` one that is gone meanwhile would
    /// fail all, and `fields` may not be named together with an expansion.
    async fn natives(&self, ids: &[u64]) -> Result<Vec<wire::WorkItem>> {
        let body = json!({"ids": ids, "$expand": "relations", "errorPolicy": "omit"});
        let call = self.api.post("_apis/wit/workitemsbatch").reads().json(&body);
        let list: wire::List<Option<wire::WorkItem>> = call.receive().await?;
        Ok(list.value.into_iter().flatten().collect())
    }

    /// Any number of items that are there, in any order.
    pub(super) async fn all_natives(&self, ids: &[u64]) -> Result<Vec<wire::WorkItem>> {
        let batches: Vec<_> = ids.chunks(BATCH).map(|ids| self.natives(ids)).collect();
        let all: Vec<_> = stream::iter(batches).buffered(IN_FLIGHT).try_collect().await?;
        Ok(all.concat())
    }

    /// The numbers of what a query finds, at least as many as are needed if there are so many.
    ///
    /// Above the longest answer it is asked in halves by number, the higher first: those items are the newer ones.
    async fn ids(&self, wiql: &Wiql, needed: usize) -> Result<Vec<u64>> {
        let mut ids = Vec::new();
        let mut spans = vec![None];
        while let Some(span) = spans.pop() {
            let missing = needed.saturating_sub(ids.len());
            if missing == 0 {
                break;
            }
            match self.ask(wiql, span, missing.min(LONGEST_ANSWER)).await? {
                Answer::Ids(found) if found.len() < LONGEST_ANSWER || missing <= found.len() => {
                    ids.extend(found);
                }
                _ => {
                    let (low, high) = span.unwrap_or((1, HIGHEST_ID));
                    let middle = low.midpoint(high);
                    if !wiql.divisible || low == high {
                        return Err(too_many());
                    }
                    spans.extend([Some((low, middle)), Some((middle + 1, high))]);
                }
            }
        }
        Ok(ids)
    }

    async fn ask(&self, wiql: &Wiql, span: Option<(u64, u64)>, most: usize) -> Result<Answer> {
        let span =
            span.map(|(low, high)| format!("[System.Id] >= {low} AND [System.Id] <= {high}"));
        let mut conditions: Vec<&str> = vec![&wiql.condition];
        conditions.extend(span.as_deref());
        conditions.retain(|condition| !condition.is_empty());
        let condition = match conditions.as_slice() {
            [] => String::new(),
            all => format!(" WHERE {}", all.join(" AND ")),
        };
        let text = format!("SELECT [System.Id] FROM WorkItems{condition} {}", wiql.rest);
        let reply = self.run(&text, most).await?;
        if !reply.status.is_success() {
            return Ok(Answer::TooMany);
        }
        let answer: wire::QueryResult = reply.parse().ok_or_else(unreadable)?;
        let items = answer.work_items.unwrap_or_default();
        Ok(Answer::Ids(items.into_iter().map(|item| item.id).collect()))
    }

    /// Sends a query; a refusal because of its length comes back as it is. Times of day count, which they would not
    /// by default.
    async fn run(&self, text: &str, most: usize) -> Result<Reply> {
        let call = match &self.team {
            Some(team) => self.api.post("{project}/{team}/_apis/wit/wiql").segment("team", team),
            None => self.api.post("{project}/_apis/wit/wiql"),
        };
        let call = call.segment("project", &*self.project).query("timePrecision", "true");
        let call = call.query("$top", most.to_string()).json(&json!({"query": text})).reads();
        call.answer(|reply| super::dialect::says(reply, "VS402337"))
            .await
            .map_err(|error| of_project(error, &self.project))
    }

    /// The targets of a query for links between items, each once. Nothing can be added to such a query.
    async fn linked(&self, query: &Query) -> Result<Vec<u64>> {
        let others = Query { native: None, limit: query.limit, ..query.clone() };
        if others != (Query { limit: query.limit, ..Query::default() }) {
            let message = "a query for links between items cannot be narrowed by other conditions";
            return Err(Error::new(ErrorKind::Rejected, message)
                .with_hint("write all conditions into the query, or query WorkItems"));
        }
        let text = query.native.as_deref().unwrap_or_default().trim();
        let reply = self.run(text, LONGEST_ANSWER).await.map_err(|error| misread(error, query))?;
        if !reply.status.is_success() {
            return Err(too_many());
        }
        let answer: wire::QueryResult = reply.parse().ok_or_else(unreadable)?;
        let mut seen = HashSet::new();
        let relations = answer.work_item_relations.unwrap_or_default().into_iter();
        let targets = relations.filter_map(|relation| relation.target).map(|target| target.id);
        Ok(targets.filter(|id| seen.insert(*id)).collect())
    }

    /// The query in WIQL; `None` when no item can fit.
    ///
    /// The user's own WIQL stands alone, without our project: who writes WIQL says which project is meant. Its order
    /// is kept, and the other conditions are added to it.
    async fn wiql(&self, query: &Query) -> Result<Option<Wiql>> {
        let native = query.native.as_deref().map(str::trim).filter(|native| !native.is_empty());
        let Native { condition: own, rest, .. } = wiql::take_apart(native.unwrap_or_default());
        let mut conditions = Vec::new();
        if native.is_none() {
            conditions.push(self.in_project()?);
        }
        conditions.extend(query.text.as_deref().map(wiql::containing).transpose()?.flatten());
        for label in &query.labels {
            conditions.push(format!("[{}] CONTAINS {}", fields::TAGS, wiql::quoted(&tag(label)?)?));
        }
        if !query.statuses.is_empty() && !Status::ALL.iter().all(|it| query.statuses.contains(it)) {
            match self.states_condition(&query.statuses).await? {
                Some(condition) => conditions.push(condition),
                None => return Ok(None),
            }
        }
        if let Some(span) = query.closed {
            let within = |field| wiql::within(field, span.from, span.to);
            let (closed, moved) = (within(fields::CLOSED), within(fields::STATE_CHANGED));
            conditions.push(format!("({closed} OR {moved})"));
        }
        if !own.is_empty() {
            conditions.insert(0, format!("({own})"));
        }
        let ordered = rest.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("order"));
        let rest = if ordered { rest.to_owned() } else { format!("{} {rest}", wiql::NEWEST_FIRST) };
        let rest = rest.trim_end().to_owned();
        Ok(Some(Wiql { condition: conditions.join(" AND "), rest, divisible: !ordered }))
    }

    /// Items of our project. One that is configured by its GUID has a name that only the macro knows.
    fn in_project(&self) -> Result<String> {
        let is_guid = self.project.len() == 36
            && self.project.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-');
        let name = if is_guid { "@project".to_owned() } else { wiql::quoted(&self.project)? };
        Ok(format!("[{}] = {name}", fields::PROJECT))
    }

    /// The condition for states; `None` when no type of the project has any of them. The same name may stand for one
    /// thing in one type and for another in the next.
    async fn states_condition(&self, wanted: &[Status]) -> Result<Option<String>> {
        let types = self.types(&self.project).await?;
        let ask = |name: String| async move {
            self.states(&self.project, &name).await.map(|states| (name, states))
        };
        let names: Vec<String> = types.iter().map(|one| one.name.clone()).collect();
        let mut all = stream::iter(names).map(ask).buffered(IN_FLIGHT);
        let mut by_name: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
        while let Some(told) = all.next().await {
            let (item_type, states) = told?;
            for state in states.iter() {
                let (fitting, others) = by_name.entry(state.name.clone()).or_default();
                let fits = wanted.contains(&self.words.status(state));
                if fits { fitting } else { others }.push(item_type.clone());
            }
        }
        states_condition(&by_name)
    }
}

/// The condition for states, from the types in which each of them fits and those in which it does not.
fn states_condition(
    by_name: &BTreeMap<String, (Vec<String>, Vec<String>)>,
) -> Result<Option<String>> {
    let clear = by_name.iter().filter(|(_, (fits, others))| !fits.is_empty() && others.is_empty());
    let clear: Vec<&str> = clear.map(|(name, _)| name.as_str()).collect();
    let mut conditions = Vec::new();
    if !clear.is_empty() {
        conditions.push(wiql::any_of(fields::STATE, &clear)?);
    }
    for (name, (fits, others)) in by_name {
        if fits.is_empty() || others.is_empty() {
            continue;
        }
        let fits: Vec<&str> = fits.iter().map(String::as_str).collect();
        let types = wiql::any_of(fields::TYPE, &fits)?;
        conditions.push(format!("[{}] = {} AND {types}", fields::STATE, wiql::quoted(name)?));
    }
    let grouped: Vec<_> = conditions.iter().map(|condition| format!("({condition})")).collect();
    Ok((!grouped.is_empty()).then(|| format!("({})", grouped.join(" OR "))))
}

/// Whether an item fits exactly. All conditions but the time of closing were exact already.
fn fits(query: &Query, item: &WorkItem) -> bool {
    query.closed.is_none_or(|span| {
        item.closed_at.is_some_and(|closed| span.from <= closed && closed < span.to)
    })
}

/// Of a query that the user wrote the user corrects the mistakes.
fn misread(error: Error, query: &Query) -> Error {
    if error.kind == ErrorKind::Rejected && query.native.is_some() && !error.context().is_empty() {
        return error.with_hint("read what Azure DevOps says and correct the query");
    }
    error
}

fn too_many() -> Error {
    let message = "search: more than 20,000 items fit, and Azure DevOps gives none of so many";
    Error::new(ErrorKind::Rejected, message)
        .with_hint("narrow the query, or leave out its ORDER BY so that it can be asked in parts")
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Protocol, "search: Azure DevOps' answer is no list of items")
}
