//! Search, page by page.

use super::{Linear, document, filter, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Found, Query},
};
use futures_util::future::try_join;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Issues asked for at once, as many as the complexity of one query allows.
const PAGE: usize = 100;

/// So many pages without a new item in a row, and Linear is taken to go round in circles.
const BARREN_PAGES: u32 = 3;

impl Linear {
    /// Finds items, newest first.
    pub(super) async fn search(&self, query: &Query) -> Result<Found> {
        let Some(filter) = self.filter(query).await? else {
            return Ok(Found { items: Vec::new(), complete: true });
        };
        let mut variables =
            json!({"filter": filter, "archived": filter::takes_archived(query), "after": null});
        let (mut items, mut seen, mut barren) = (Vec::new(), HashSet::new(), 0);
        loop {
            variables["first"] = json!(query.limit.saturating_sub(items.len()).clamp(1, PAGE));
            let page = self.page(query, &variables).await?;
            let known = seen.len();
            for issue in page.issues.nodes {
                if issue.trashed != Some(true) && seen.insert(issue.id.clone()) {
                    let issue = self.complete(issue).await?;
                    let labels: Vec<_> =
                        issue.labels.nodes.iter().map(|label| label.name.clone()).collect();
                    let item = self.neutral(issue)?;
                    items.extend(filter::fits(query, &item, &labels).then_some(item));
                }
            }
            barren = if seen.len() == known { barren + 1 } else { 0 };
            let next = page.issues.page_info.next();
            if items.len() >= query.limit || next.is_none() || barren >= BARREN_PAGES {
                let complete = next.is_none() && items.len() <= query.limit;
                items.truncate(query.limit);
                return Ok(Found { items, complete });
            }
            variables["after"] = json!(next);
        }
    }

    /// One page. A team that is not there has no issues, which is not said: so it is looked for at the same time, once.
    async fn page(&self, query: &Query, variables: &Value) -> Result<wire::Issues> {
        let page = self.ask(&document::SEARCH, variables);
        if query.native.is_some() {
            return page.await.map_err(misread);
        }
        Ok(try_join(self.team(), page).await?.1)
    }
}

/// Of a search by the user's own filter, nothing but that filter can be bad.
fn misread(error: Error) -> Error {
    if error.kind == ErrorKind::Rejected {
        return error.with_hint("read what Linear says and correct the filter");
    }
    error
}
