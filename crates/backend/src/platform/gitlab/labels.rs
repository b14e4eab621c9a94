//! Labels: which to add and which to remove, so that an issue says what it is to say and keeps what others put there.

use super::{GitLab, values, wire};
use crate::{
    error::Result,
    model::{Change, Draft, Priority, Status, WorkItem},
};
use serde_json::{Map, Value, json};

/// What is to become of an issue's labels.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Relabelling {
    pub(super) add: Vec<String>,
    pub(super) remove: Vec<String>,
}

impl Relabelling {
    /// Takes off every label of a sort but one, which it puts on. `label` is none where the sort's word has none.
    fn switch(
        &mut self,
        current: &[String],
        is_of_sort: impl Fn(&str) -> bool,
        label: Option<&str>,
    ) {
        let others = current.iter().filter(|it| is_of_sort(it) && Some(it.as_str()) != label);
        self.remove.extend(others.cloned());
        if let Some(label) = label.filter(|label| !current.iter().any(|it| it == label)) {
            self.add.push(label.to_owned());
        }
    }

    /// Puts the fields of a request into `fields`. GitLab takes several labels as one text, separated by commas.
    pub(super) fn write(&self, fields: &mut Map<String, Value>) {
        for (name, labels) in [("add_labels", &self.add), ("remove_labels", &self.remove)] {
            if !labels.is_empty() {
                fields.insert(name.to_owned(), json!(labels.join(",")));
            }
        }
    }
}

impl GitLab {
    /// The labels of a new issue.
    pub(super) fn first_labels(&self, draft: &Draft) -> Result<Vec<String>> {
        let mut labels = values::labels(&draft.labels)?;
        let words = [
            self.words.type_label(draft.kind),
            draft.priority.and_then(|priority| self.words.priority_label(priority)),
            draft.status.and_then(|status| self.words.status_label(status)),
        ];
        for word in words.into_iter().flatten() {
            if !labels.iter().any(|label| label == word) {
                labels.push(word.to_owned());
            }
        }
        Ok(labels)
    }

    /// What a change does to the labels of an issue; a label that is named for adding and for removing is removed.
    pub(super) fn relabelling(
        &self,
        issue: &wire::Issue,
        item: &WorkItem,
        change: &Change,
    ) -> Result<Relabelling> {
        let (add, remove) =
            (values::labels(&change.add_labels)?, values::labels(&change.remove_labels)?);
        let mut edit = Relabelling {
            add: add
                .into_iter()
                .filter(|it| !issue.labels.contains(it) && !remove.contains(it))
                .collect(),
            remove: remove.iter().filter(|it| issue.labels.contains(it)).cloned().collect(),
        };
        if let Some(status) = change.status.filter(|status| *status != item.status) {
            self.label_status(&mut edit, issue, status);
        }
        if let Some(priority) = change.priority.filter(|priority| item.priority != Some(*priority))
        {
            self.label_priority(&mut edit, issue, priority);
        }
        Ok(edit)
    }

    fn label_status(&self, edit: &mut Relabelling, issue: &wire::Issue, status: Status) {
        let label = self.words.status_label(status);
        edit.switch(&issue.labels, |it| self.words.is_status(it), label);
    }

    fn label_priority(&self, edit: &mut Relabelling, issue: &wire::Issue, priority: Priority) {
        let label = self.words.priority_label(priority);
        edit.switch(&issue.labels, |it| self.words.is_priority(it), label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(labels: &[&str]) -> Vec<String> {
        labels.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_label_of_a_sort_stays_and_foreign_ones_do() {
        let check = |current: &[&str], label: Option<&str>, add: &[&str], remove: &[&str]| {
            let mut edit = Relabelling::default();
            edit.switch(&owned(current), |it| it.starts_with("status::"), label);
            let expected = Relabelling { add: owned(add), remove: owned(remove) };
            assert_eq!(edit, expected, "{current:?} to {label:?}");
        };
        check(&["x"], Some("status::a"), &["status::a"], &[]);
        check(&["status::b", "x"], Some("status::a"), &["status::a"], &["status::b"]);
        check(&["status::a", "status::b"], Some("status::a"), &[], &["status::b"]);
        check(&["status::a", "x"], None, &[], &["status::a"]);
        check(&["x"], None, &[], &[]);
    }

    #[test]
    fn several_labels_are_one_text() {
        let mut fields = Map::new();
        Relabelling { add: owned(&["a b", "c"]), remove: vec![] }.write(&mut fields);
        assert_eq!(Value::Object(fields), json!({"add_labels": "a b,c"}));
    }
}
