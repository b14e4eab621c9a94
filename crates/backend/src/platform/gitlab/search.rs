//! Search: one list of the project's issues, by cursor or by page; what its parameters cannot say is checked here.

use super::{
    GitLab, native,
    paging::{Next, PAGE},
    values, wire,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Found, Query, Span, Status, WorkItem},
};
use std::collections::HashSet;

/// So many pages without a new issue in a row, and the server is taken to go round in circles.
const BARREN_PAGES: u32 = 3;

type Parameters = Vec<(&'static str, String)>;

impl GitLab {
    /// Finds issues, newest first.
    pub(super) async fn search(&self, query: &Query) -> Result<Found> {
        let parameters = self.parameters(query)?;
        let (mut items, mut seen) = (Vec::new(), HashSet::new());
        let (mut next, mut barren) = (None, 0);
        loop {
            let (issues, following) = self.page(&parameters, next.as_ref(), query).await?;
            let known = seen.len();
            // With pages by number, an issue that is made meanwhile moves another to the next page as well.
            let fresh: Vec<_> = issues.into_iter().filter(|issue| seen.insert(issue.id)).collect();
            barren = if seen.len() == known { barren + 1 } else { 0 };
            items.extend(self.fitting(fresh, query).await?);
            let is_last = following.is_none();
            if items.len() > query.limit || is_last {
                let complete = items.len() <= query.limit;
                items.truncate(query.limit);
                return Ok(Found { items, complete });
            }
            let is_full = items.len() == query.limit;
            if is_full || following == next || barren >= BARREN_PAGES {
                return Ok(Found { items, complete: false });
            }
            next = following;
        }
    }

    async fn page(
        &self,
        parameters: &Parameters,
        next: Option<&Next>,
        query: &Query,
    ) -> Result<(Vec<wire::Issue>, Option<Next>)> {
        let call = self.http.get("api/v4/projects/{project}/issues");
        let mut call = call.segment("project", self.project.as_str());
        for (name, value) in parameters {
            call = call.query(name, value.clone());
        }
        call = call.query("per_page", page_size(query).to_string());
        if let Some(next) = next {
            call = next.asked(call);
        }
        let (issues, reply) = call.receive_with_reply().await?;
        Ok((issues, Next::of(&reply)))
    }

    /// The items among a page's issues that fit.
    async fn fitting(&self, issues: Vec<wire::Issue>, query: &Query) -> Result<Vec<WorkItem>> {
        let has = |issue: &wire::Issue| {
            query.labels.iter().all(|label| issue.labels.iter().any(|it| it == label.trim()))
        };
        let issues: Vec<_> = issues.into_iter().filter(has).collect();
        let parents = self.parents(&issues).await?;
        let mut items = Vec::new();
        for issue in issues {
            let item = self.item(issue, &parents)?;
            items.extend(fits(query, &item).then_some(item));
        }
        Ok(items)
    }

    /// The query as GitLab's parameters.
    fn parameters(&self, query: &Query) -> Result<Parameters> {
        let mut parameters = native::parse(query.native.as_deref().unwrap_or_default())?;
        // Older servers know neither keyset nor cursor for issues, and give pages by number without a word.
        for (name, value) in
            [("pagination", "keyset"), ("order_by", "created_at"), ("sort", "desc")]
        {
            parameters.push((name, value.to_owned()));
        }
        text(query, &mut parameters)?;
        let mut labels =
            query.labels.iter().map(|label| searched(label)).collect::<Result<Vec<_>>>()?;
        self.states(&query.statuses, query.closed, &mut labels, &mut parameters);
        if !labels.is_empty() {
            let own = parameters.iter_mut().find(|(name, _)| *name == "labels");
            match own {
                Some((_, own)) => *own = format!("{own},{}", labels.join(",")),
                None => parameters.push(("labels", labels.join(","))),
            }
        }
        Ok(parameters)
    }

    /// Open, closed, or both; a lone state with a lone label by that label. The rest is left out here.
    fn states(
        &self,
        wanted: &[Status],
        closed: Option<Span>,
        labels: &mut Vec<String>,
        parameters: &mut Parameters,
    ) {
        let (any_closed, any_open) =
            (wanted.iter().any(|it| it.is_closed()), wanted.iter().any(|it| !it.is_closed()));
        let says = parameters.iter().any(|(name, _)| *name == "state");
        let state = match (closed.is_some() || any_closed && !any_open, any_open && !any_closed) {
            (true, false) => Some("closed"),
            (false, true) => Some("opened"),
            _ => None,
        };
        if let Some(state) = state.filter(|_| !says) {
            parameters.push(("state", state.to_owned()));
        }
        if let [only] = wanted {
            labels.extend(self.words.only_status_label(*only).map(str::to_owned));
        }
        // Whatever was closed in a span was changed then or later.
        let dated = parameters.iter().any(|(name, _)| *name == "updated_after");
        if let Some(span) = closed.filter(|_| !dated) {
            parameters.push(("updated_after", span.from.to_string()));
        }
    }
}

/// Words in title and text. GitLab looks for all of them, and has no operators.
fn text(query: &Query, parameters: &mut Parameters) -> Result<()> {
    let clean = |text: &str| -> String {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    };
    let Some(text) = query.text.as_deref().map(clean).filter(|text| !text.trim().is_empty()) else {
        return Ok(());
    };
    if parameters.iter().any(|(name, _)| *name == "search") {
        let message = "the words are given twice, once in GitLab's own parameter `search`";
        return Err(Error::new(ErrorKind::Rejected, message).with_hint("give them once"));
    }
    parameters.push(("search", text.trim().to_owned()));
    parameters.push(("in", "title,description".to_owned()));
    Ok(())
}

/// One more than is wanted tells whether there are more. What is filtered here cannot be counted beforehand.
fn page_size(query: &Query) -> usize {
    let exact = query.closed.is_none() && query.statuses.is_empty();
    if exact { query.limit.saturating_add(1).min(PAGE) } else { PAGE }
}

/// A label to be searched for. Some words and a star mean something else to GitLab than a label of that name.
fn searched(text: &str) -> Result<String> {
    let label = values::label(text)?;
    let special =
        ["none", "any"].contains(&label.to_lowercase().as_str()) || label.ends_with("::*");
    if !special {
        return Ok(label);
    }
    let message = format!(
        "GitLab does not search for a label called {label:?}: it means something else there"
    );
    Err(Error::new(ErrorKind::Rejected, message)
        .with_hint("search for another label, or give GitLab's own parameter labels"))
}

/// Checks what the parameters say only roughly.
fn fits(query: &Query, item: &WorkItem) -> bool {
    let state = query.statuses.is_empty() || query.statuses.contains(&item.status);
    let within = |span: Span| item.closed_at.is_some_and(|at| span.from <= at && at < span.to);
    state && query.closed.is_none_or(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_a_meaning_of_their_own_are_no_labels() {
        for label in ["None", "any", "ANY", "priority::*", "a,b", ""] {
            assert_eq!(searched(label).unwrap_err().kind, ErrorKind::Rejected, "{label}");
        }
        for label in ["nonesuch", "*", "a*", "priority::high"] {
            assert_eq!(searched(label).unwrap(), label);
        }
    }
}
