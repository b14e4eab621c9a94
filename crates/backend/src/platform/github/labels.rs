//! The labels of an issue: one request adds, and one for each removes. The whole set is never sent, because that would
//! bring back what others removed since it was read, and lose what they added.

use super::{GitHub, Key, create::silently, dialect, values, wire::Label, words};
use crate::{
    error::{Error, ErrorKind, Result},
    model::Change,
};
use http::StatusCode;
use serde_json::json;

/// What GitHub says beside 404 where the issue is there and the label is not on it.
const NO_SUCH_LABEL: &str = "Label does not exist";

impl GitHub {
    /// The labels that a change adds to those that are there. One that is named to be added and to be removed is
    /// removed.
    pub(super) fn labels_to_add(&self, there: &[String], change: &Change) -> Result<Vec<String>> {
        let mut wanted = Vec::new();
        for own in self.own_labels(change) {
            let is_there = own.iter().any(|label| words::has(there, label));
            wanted.extend(own.into_iter().next().filter(|_| !is_there));
        }
        wanted.extend(values::labels(&change.add_labels)?);
        let mut add: Vec<String> = Vec::new();
        for label in wanted {
            let known = [there, &add, &change.remove_labels];
            if !known.iter().any(|labels| words::has(labels, &label)) {
                add.push(label);
            }
        }
        Ok(add)
    }

    /// Those of the labels that are there which a change removes: what it names, and what says another state or
    /// priority than the change.
    pub(super) fn labels_to_remove(
        &self,
        there: &[String],
        change: &Change,
    ) -> Result<Vec<String>> {
        let keep = [self.own_labels(change).concat(), change.add_labels.clone()].concat();
        let goes = |label: &&String| {
            let outdated = change.status.is_some() && self.words.is_status(label)
                || change.priority.is_some() && self.words.is_priority(label);
            words::has(&change.remove_labels, label) || outdated && !words::has(&keep, label)
        };
        let remove: Vec<String> = there.iter().filter(goes).cloned().collect();
        // In an address, dots alone name another place: all labels of the issue.
        if let Some(dots) = remove.iter().find(|label| label.chars().all(|c| c == '.')) {
            return Err(values::rejected(format!("GitHub's API cannot remove a label {dots:?}"))
                .with_hint("remove it on the issue's page"));
        }
        Ok(remove)
    }

    /// The labels that say the state and the priority of a change, best first.
    fn own_labels(&self, change: &Change) -> Vec<Vec<String>> {
        let status = change.status.map(|status| self.words.status_labels(status));
        let priority = change.priority.map(|priority| self.words.priority_labels(priority));
        priority.into_iter().chain(status).collect()
    }

    /// Adds labels to those that are there, and returns all. It may be sent twice.
    pub(super) async fn add_labels(&self, key: &Key, labels: &[String]) -> Result<Vec<String>> {
        let route = key.route("repos/{owner}/{repo}/issues/{number}/labels");
        let added = self.api.settle::<Vec<Label>>(&route, &json!({"labels": labels})).await;
        let all = match added {
            Ok(all) => all,
            Err(error) if error.kind == ErrorKind::NotFound => {
                // The issue was there a moment ago, and a missing permission is told as 404 as well.
                self.read_issue(key).await?;
                return Err(forbidden(key));
            }
            Err(error) => return Err(error),
        };
        let all: Vec<String> = all.iter().filter_map(Label::name).map(str::to_owned).collect();
        let taken = labels.iter().all(|label| words::has(&all, label));
        if taken { Ok(all) } else { Err(silently(key, &["labels"])) }
    }

    /// Removes a label; one that is not there any more is removed already.
    pub(super) async fn remove_label(&self, key: &Key, label: &str) -> Result<()> {
        let call = self.api.http().delete("repos/{owner}/{repo}/issues/{number}/labels/{name}");
        let call = call
            .segment("owner", &key.place.owner)
            .segment("repo", &key.place.name)
            .segment("number", key.number.to_string())
            .segment("name", label);
        let reply = call.answer(|reply| reply.status == StatusCode::NOT_FOUND).await?;
        if reply.status.is_success() || dialect::said(&reply) == NO_SUCH_LABEL {
            return Ok(());
        }
        // The issue may be gone, or the permission missing.
        let left = self.read_issue(key).await?.label_names();
        if words::has(&left, label) { Err(forbidden(key)) } else { Ok(()) }
    }
}

fn forbidden(key: &Key) -> Error {
    let message = format!("GitHub does not let this token change the labels of {key}");
    Error::new(ErrorKind::Forbidden, message)
        .with_hint("give the token's account write access to the repository")
}
