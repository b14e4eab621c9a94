//! The labels of issues, added and removed (docs.github.com/rest/issues/labels).

use super::{Answer, Caller, GitHub, find, is_at, issue, not_found, object, refuse, view};
use crate::fake::{Request, Response};
use serde_json::Value;

impl GitHub {
    /// Adds to the labels that are there now, and answers all of them.
    pub(super) fn add_labels(
        &self,
        request: &Request,
        caller: Caller,
        repository: &str,
        number: &str,
    ) -> Answer {
        let mut store = self.store();
        find(&store, repository, number)?;
        caller.must_label()?;
        let added = issue::labels(object(request)?.get("labels").unwrap_or(&Value::Null))?;
        let now = store.tick();
        let item = store.find_mut(|item| is_at(item, repository, number)).ok_or_else(not_found)?;
        for label in added {
            if !issue::has_label(item, &label) {
                item.labels.push(label);
                item.updated = now;
            }
        }
        Ok(Response::json(200, &view::labels(item)))
    }

    /// Removes one label, and answers those that are left.
    pub(super) fn remove_label(
        &self,
        caller: Caller,
        repository: &str,
        number: &str,
        name: &str,
    ) -> Answer {
        let mut store = self.store();
        let there = issue::has_label(find(&store, repository, number)?, name);
        caller.must_label()?;
        if !there {
            return Err(refuse(404, "Label does not exist"));
        }
        let now = store.tick();
        let item = store.find_mut(|item| is_at(item, repository, number)).ok_or_else(not_found)?;
        item.labels.retain(|label| label.to_lowercase() != name.to_lowercase());
        item.updated = now;
        Ok(Response::json(200, &view::labels(item)))
    }
}
