//! A query as an `IssueFilter`. It is sent as a variable, so that nothing in it can be anything but data.

use super::{Linear, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Query, WorkItem},
    platform::shared::mapping::same,
};
use serde_json::{Map, Value, json};

impl Linear {
    /// The filter; `None` when no item can fit.
    ///
    /// The user's own filter stands alone, without our team: who writes one says which team is meant.
    pub(super) async fn filter(&self, query: &Query) -> Result<Option<Value>> {
        let native = query.native.as_deref().map(str::trim).filter(|native| !native.is_empty());
        let mut all = match native {
            Some(native) => vec![Value::Object(own(native)?)],
            None => self.of_team(query).await?,
        };
        if all.is_empty() {
            return Ok(None);
        }
        all.extend(query.text.as_deref().map(words).unwrap_or_default());
        for label in &query.labels {
            let label = super::values::label(label)?;
            all.push(json!({"labels": {"some": {"name": {"eqIgnoreCase": label}}}}));
        }
        if let Some(span) = query.closed {
            let within = json!({"gte": span.from, "lt": span.to});
            all.push(json!({"or": [{"completedAt": within}, {"canceledAt": within}]}));
        }
        Ok(Some(json!({"and": all})))
    }

    /// Items of our team in the states that are asked for; nothing where the team has none of these states.
    async fn of_team(&self, query: &Query) -> Result<Vec<Value>> {
        let of_team = json!({"team": {"key": {"eq": self.key}}});
        if query.statuses.is_empty() {
            return Ok(vec![of_team]);
        }
        let team = self.team().await?;
        let asked = |state: &&wire::State| query.statuses.contains(&self.words.status(state));
        let states: Vec<_> =
            team.states.nodes.iter().filter(asked).map(|state| &state.id).collect();
        if states.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![of_team, json!({"state": {"id": {"in": states}}})])
    }
}

/// The user's own filter.
fn own(native: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(native).map_err(|error| {
        Error::new(ErrorKind::Rejected, format!("the query is no filter of Linear: {error}"))
            .with_hint("write an IssueFilter as JSON, such as '{\"priority\": {\"eq\": 1}}'")
    })
}

/// Title or description hold every word. Only letters and digits are compared: Linear's `contains` may know wildcards.
fn words(text: &str) -> Vec<Value> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let contains = |word: &str| json!({"containsIgnoreCase": word});
    words
        .map(|word| json!({"or": [{"title": contains(word)}, {"description": contains(word)}]}))
        .collect()
}

/// Archived items are those that were closed long ago: they are left out only where open ones are asked for.
pub(super) fn takes_archived(query: &Query) -> bool {
    query.statuses.is_empty()
        || query.closed.is_some()
        || query.statuses.iter().any(|status| status.is_closed())
}

/// Checks what the filter says only roughly; labels are those of the issue, before one of them told its sort.
pub(super) fn fits(query: &Query, item: &WorkItem, labels: &[String]) -> bool {
    let state = query.statuses.is_empty() || query.statuses.contains(&item.status);
    let labelled = |wanted: &String| labels.iter().any(|label| same(label, wanted));
    let closed =
        |span: crate::model::Span| item.closed_at.is_some_and(|at| span.from <= at && at < span.to);
    state && query.labels.iter().all(labelled) && query.closed.is_none_or(closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    #[test]
    fn words_are_letters_and_digits() {
        let found = |text: &str| -> Vec<String> {
            let condition = |word: &Value| word["or"][0]["title"]["containsIgnoreCase"].clone();
            words(text).iter().map(|word| condition(word).as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(found("pay by-invoice, 100%"), ["pay", "by", "invoice", "100"]);
        assert_eq!(found("Zahlung_über \\ \"x\""), ["Zahlung", "über", "x"]);
        assert_eq!(found(" \u{0}?%_ "), Vec::<String>::new());
    }

    #[test]
    fn a_filter_of_ones_own_is_an_object_of_json() {
        assert!(own(r#"{"priority": {"eq": 1}}"#).is_ok());
        for native in ["project = SHOP", "[]", "7", "{"] {
            let error = own(native).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Rejected, "{native}");
            assert!(error.hint().contains("IssueFilter"), "{}", error.hint());
        }
    }

    #[test]
    fn archived_items_are_left_out_of_open_ones_only() {
        let asked = |statuses: &[Status]| {
            takes_archived(&Query { statuses: statuses.to_vec(), ..Query::default() })
        };
        assert!(asked(&[]) && asked(&[Status::Todo, Status::Done]) && asked(&[Status::Cancelled]));
        assert!(!asked(&[Status::Todo, Status::InReview]));
    }
}
