//! The pages of a search: one after the other by token on Cloud, several in flight by offset on Data Center.

use super::{Deployment, Jira, item, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::Query,
};
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

/// Items asked for at once; Jira sends fewer when it likes.
const PAGE: usize = 100;

/// Pages of Data Center that are read at the same time.
const IN_FLIGHT: usize = 8;

/// A search in JQL, to be read page by page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) jira: &'a Jira,
    pub(super) jql: &'a str,
    pub(super) query: &'a Query,
}

/// The items of one page.
pub(super) struct Page {
    pub(super) issues: Vec<wire::Issue>,
    /// True when there are items beyond this page, whether or not they are going to be read.
    pub(super) more: bool,
}

impl<'a> Search<'a> {
    /// The pages, in order. They may repeat items that moved between two requests.
    pub(super) async fn pages(self) -> Result<BoxStream<'a, Result<Page>>> {
        let pages = match self.jira.deployment().await? {
            Deployment::Cloud => self.by_token(),
            Deployment::Server => self.by_offset(),
        };
        Ok(pages.map_err(move |error| self.misread(error)).boxed())
    }

    /// What is filtered after reading cannot be counted beforehand.
    fn is_exact(self) -> bool {
        self.query.closed.is_none() && self.query.statuses.is_empty()
    }

    /// So many items are read at most.
    fn needed(self) -> usize {
        if self.is_exact() { self.query.limit } else { usize::MAX }
    }

    fn body(self, size: usize) -> Value {
        json!({"jql": self.jql, "fields": item::FIELDS, "maxResults": size})
    }

    /// Each page has the token of the next one, so that they can only be read in turn. A token that comes back again
    /// leads nowhere.
    fn by_token(self) -> BoxStream<'a, Result<Page>> {
        let first = Some((None::<String>, 0));
        stream::try_unfold(first, move |state| async move {
            let Some((token, read)) = state else { return Ok(None) };
            let page = self.page_by_token(token.as_deref(), read).await?;
            let next = page.next_page_token.filter(|_| page.is_last != Some(true));
            let read = read + page.issues.len();
            let page = Page { issues: page.issues, more: next.is_some() };
            let next = next.filter(|next| token.as_ref() != Some(next));
            Ok(Some((page, next.map(|next| (Some(next), read)))))
        })
        .boxed()
    }

    async fn page_by_token(self, token: Option<&str>, read: usize) -> Result<wire::TokenPage> {
        let size = self.query.limit.saturating_sub(read).clamp(1, PAGE);
        let mut body = self.body(if self.is_exact() { size } else { PAGE });
        if let Some(token) = token {
            body["nextPageToken"] = json!(token);
        }
        self.jira.http.post("rest/api/3/search/jql").reads().json(&body).receive().await
    }

    /// The first page tells how many items there are and, since Jira caps what is asked for in silence, how many a page
    /// really has. The others are then known beforehand.
    fn by_offset(self) -> BoxStream<'a, Result<Page>> {
        stream::once(self.first_by_offset()).try_flatten().boxed()
    }

    async fn first_by_offset(self) -> Result<BoxStream<'a, Result<Page>>> {
        let size = if self.is_exact() { self.query.limit.clamp(1, PAGE) } else { PAGE };
        let first = self.page_by_offset(0, size).await?;
        let (step, total) = (first.issues.len(), first.total);
        // A page without items is the last one, whatever the total says.
        let end = if step == 0 { 0 } else { total.min(self.needed()) };
        let page = move |issues, end| Page { issues, more: step > 0 && end < total };
        let rest = stream::iter((step..end).step_by(step.max(1)))
            .map(move |start| async move {
                let length = step.min(end - start);
                Ok(page(self.stretch(start, length).await?, start + length))
            })
            .buffered(IN_FLIGHT);
        Ok(stream::iter([Ok(page(first.issues, step))]).chain(rest).boxed())
    }

    /// The items from `start` on, so many; in further requests where Jira sends fewer than before.
    async fn stretch(self, start: usize, length: usize) -> Result<Vec<wire::Issue>> {
        let mut items = Vec::new();
        while items.len() < length {
            let page = self.page_by_offset(start + items.len(), length - items.len()).await?;
            if page.issues.is_empty() {
                break;
            }
            items.extend(page.issues);
        }
        Ok(items)
    }

    async fn page_by_offset(self, start: usize, size: usize) -> Result<wire::OffsetPage> {
        let mut body = self.body(size);
        body["startAt"] = json!(start);
        self.jira.http.post("rest/api/2/search").reads().json(&body).receive().await
    }

    /// What a refusal of the query means. That a project is not there is told like a mistake in the query, in the
    /// language of the account, but for what it quotes: "The value 'SHOP' does not exist for the field 'project'."
    fn misread(self, mut error: Error) -> Error {
        if !error.context().contains(&("status", "400".to_owned())) {
            return error;
        }
        if self.query.native.is_some() {
            return error.with_hint("read what Jira says and correct the query");
        }
        let quotes = |word: &str| error.message.contains(&format!("'{word}'"));
        if !quotes("project") || !quotes(&self.jira.project) {
            return error;
        }
        error.kind = ErrorKind::NotFound;
        error.with_hint("check JIRA_PROJECT, and that the token's account may see the project")
    }
}
