//! Search. Labels and states are listed, which is exact and up to date; only words and the user's own qualifiers go to
//! GitHub's search, whose index lags behind and which ends after 1,000 results.

use super::{
    GitHub, Key,
    octocrab::Route,
    query,
    wire::{Hits, Issue},
    words,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Found, Query, Span, Status},
};
use jiff::Timestamp;
use std::collections::HashSet;

/// What has been found so far: issues that fit, each once, newest first.
struct Finds<'a> {
    github: &'a GitHub,
    query: &'a Query,
    fitting: Vec<Issue>,
    seen: HashSet<Key>,
    /// When the oldest that was seen was made.
    oldest: Option<Timestamp>,
}

impl Finds<'_> {
    /// Adds a page; true while more is needed.
    fn take(&mut self, page: Vec<Issue>) -> bool {
        for issue in page {
            self.oldest = Some(self.oldest.map_or(issue.created_at, |at| at.min(issue.created_at)));
            if self.seen.insert(self.github.key_of(&issue)) && self.github.fits(self.query, &issue)
            {
                self.fitting.push(issue);
            }
        }
        self.fitting.len() <= self.query.limit
    }
}

impl GitHub {
    /// Finds items, newest first.
    pub(super) async fn search(&self, query: &Query) -> Result<Found> {
        let (fitting, seen) = (Vec::new(), HashSet::new());
        let mut finds = Finds { github: self, query, fitting, seen, oldest: None };
        // A list of labels is separated by commas, so that one with a comma can only be searched for.
        let listable = query.text.as_deref().is_none_or(|text| text.trim().is_empty())
            && query.native.as_deref().is_none_or(|native| native.trim().is_empty())
            && query.labels.iter().all(|label| !label.contains(',') && !label.trim().is_empty());
        let read_all = if listable {
            self.list(query, &mut finds).await?
        } else {
            self.walk(query, &mut finds).await?
        };
        let mut issues = finds.fitting;
        let complete = read_all && issues.len() <= query.limit;
        issues.sort_by_key(|issue| std::cmp::Reverse((issue.created_at, issue.number)));
        issues.truncate(query.limit);
        let values = self.values_of(&issues.iter().collect::<Vec<_>>()).await?;
        let items = issues.iter().zip(values).map(|(issue, values)| self.item(issue, values));
        Ok(Found { items: items.collect(), complete })
    }

    /// Lists the repository's issues. True when all were read.
    async fn list(&self, query: &Query, finds: &mut Finds<'_>) -> Result<bool> {
        let labels = self.listed_labels(query).join(",");
        let since = query.closed.map(|span| span.from.to_string());
        let closed = query.closed.map(|_| "closed");
        let state = closed.or(query::state(&query.statuses)).unwrap_or("all");
        let mut parameters = vec![("state", state), ("sort", "created"), ("direction", "desc")];
        if !labels.is_empty() {
            parameters.push(("labels", &labels));
        }
        // What was closed in a span was changed in it or after it.
        parameters.extend(since.as_deref().map(|since| ("since", since)));
        let route = self.home.route("repos/{owner}/{repo}/issues");
        self.api.pages(&route, &parameters, |page| finds.take(page)).await
    }

    /// The labels to list by: those asked for, and that of a state that exactly one label says.
    fn listed_labels(&self, query: &Query) -> Vec<String> {
        let mut labels: Vec<String> =
            query.labels.iter().map(|label| label.trim().to_owned()).collect();
        if let [status] = query.statuses.as_slice()
            && *status != Status::Todo
            && let [label] = self.words.status_labels(*status).as_slice()
            && !label.contains(',')
        {
            labels.push(label.clone());
        }
        labels
    }

    /// Searches, as often as needed to get past the 1,000 results that GitHub gives for one search: the next begins
    /// where the last one ended, by the time at which issues were made. True when all were read.
    async fn walk(&self, query: &Query, finds: &mut Finds<'_>) -> Result<bool> {
        let q = query::search(query, &self.home)?;
        let mut until: Option<Timestamp> = None;
        loop {
            let within = until.map_or_else(|| q.clone(), |at| format!("{q} created:<={at}"));
            let (before, mut total, mut partial) = (finds.seen.len(), 0, false);
            let mut given = 0;
            let route = Route::new("search/issues", &[]);
            let parameters = [("q", within.as_str()), ("sort", "created"), ("order", "desc")];
            let read = self.api.pages(&route, &parameters, |page: Hits| {
                total = total.max(page.total_count);
                partial |= page.incomplete_results;
                given += page.items.len() as u64;
                finds.take(page.items)
            });
            let read = read.await.map_err(|error| misread(error, query))?;
            if partial || !read {
                return Ok(false);
            }
            if given >= total || finds.fitting.len() > query.limit {
                return Ok(true);
            }
            // More than GitHub gives were made within one second, or nothing new came.
            let stuck = finds.oldest == until || finds.seen.len() == before;
            if stuck || query::names_creation(query) {
                return Ok(false);
            }
            until = finds.oldest;
        }
    }

    /// Whether an issue fits, whatever GitHub thinks.
    fn fits(&self, query: &Query, issue: &Issue) -> bool {
        let labels = issue.label_names();
        let (status, _) = self.words.status(issue, &labels);
        issue.pull_request.is_none()
            && query.labels.iter().all(|label| words::has(&labels, label))
            && (query.statuses.is_empty() || query.statuses.contains(&status))
            && query.closed.is_none_or(|span| status.is_closed() && within(span, issue.closed_at))
            && query.text.as_deref().is_none_or(|text| contains(issue, text))
    }
}

fn within(span: Span, time: Option<Timestamp>) -> bool {
    time.is_some_and(|time| span.from <= time && time < span.to)
}

/// True when every word is in the title or the text.
fn contains(issue: &Issue, text: &str) -> bool {
    let body = issue.body.as_deref().unwrap_or_default();
    let whole = format!("{}\n{body}", issue.title).to_lowercase();
    query::tokens(text).iter().all(|token| whole.contains(token))
}

/// Of a search with the user's own qualifiers, nothing but those can be bad.
fn misread(error: Error, query: &Query) -> Error {
    if error.kind == ErrorKind::Rejected && query.native.is_some() {
        return error.with_hint("read what GitHub says and correct the query");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_ends_before_its_end() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let span = Span { from: at("2026-01-01T00:00:00Z"), to: at("2026-01-02T00:00:00Z") };
        assert!(within(span, Some(span.from)));
        assert!(!within(span, Some(span.to)));
        assert!(!within(span, None));
    }
}
