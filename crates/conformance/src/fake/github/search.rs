//! Searching: an index that may lag, and an end of the results.

use super::{
    Answer, Caller, GitHub, HIDDEN_REPOSITORY, invalid, qualifier,
    view::{node, page, with_links},
};
use crate::fake::{Request, Response, store::Item};
use serde_json::json;

/// GitHub gives the first 1,000 results of a search and no more; here these.
pub(super) const RESULTS: usize = 12;

/// GitHub's limit of the texts in a query, in characters.
const LONGEST: usize = 256;

impl GitHub {
    pub(super) fn search(&self, request: &Request, _caller: Caller) -> Answer {
        let q = request.parameter("q").unwrap_or_default();
        let refused = |why: &str| invalid("q", "invalid", &json!(why));
        let (alternatives, length) = qualifier::parse(q).map_err(|why| refused(&why))?;
        if q.trim().is_empty() || length > LONGEST {
            return Err(refused("The query is empty, or longer than 256 characters."));
        }
        let store = self.store();
        let fits = |item: &&Item| {
            let holds = alternatives.iter().any(|all| all.iter().all(|one| one.holds(item)));
            holds && item.project != HIDDEN_REPOSITORY && self.is_indexed(item)
        };
        let mut found: Vec<&Item> = store.items.iter().filter(fits).collect();
        found.sort_by_key(|item| std::cmp::Reverse((item.created, node(item))));
        let total = found.len();
        let given = found.into_iter().take(RESULTS);
        let all: Vec<_> = given.map(|item| self.issue(&store, item, request)).collect();
        let (shown, links) = page(request, &all);
        let body = json!({"total_count": total, "incomplete_results": false, "items": shown});
        Ok(with_links(Response::json(200, &body), links))
    }
}
