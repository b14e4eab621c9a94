//! The customer's words and GitHub's: types, and labels for priorities and states. Configured names first.

use super::{super::shared::mapping::Mapping, wire::Issue};
use crate::{
    model::{Kind, Priority, Status},
    settings::{Problem, Settings},
};

/// The names that the configuration gives, or our own.
#[derive(Debug, Default)]
pub(super) struct Words {
    issue_types: Mapping<Kind>,
    type_labels: Mapping<Kind>,
    priorities: Mapping<Priority>,
    statuses: Mapping<Status>,
}

impl Words {
    /// Reads the mappings; `problems` gets one entry for each that cannot be used.
    pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Self {
        let words = Self {
            issue_types: Mapping::read(settings, "issue_types", problems),
            type_labels: Mapping::read(settings, "type_labels", problems),
            priorities: Mapping::read(settings, "priority_mapping", problems),
            statuses: Mapping::read(settings, "status_mapping", problems),
        };
        for status in words.statuses.words().filter(|status| status.is_closed()) {
            let key = format!("custom_settings.status_mapping.{status}");
            let hint = "leave it out: GitHub itself closes an issue as completed or as not planned";
            problems.push(settings.problem(&key, "is no state of an open issue").with_hint(hint));
        }
        words
    }

    /// The issue types that stand for a sort of work, best first.
    pub(super) fn types(&self, kind: Kind) -> Vec<&str> {
        let configured = self.issue_types.names(kind);
        if configured.is_empty() { default_types(kind).to_vec() } else { texts(configured) }
    }

    /// True when the configuration names an issue type for a sort of work.
    pub(super) fn configures_type(&self, kind: Kind) -> bool {
        !self.issue_types.names(kind).is_empty()
    }

    /// The label that stands for a sort of work, where there are no issue types.
    pub(super) fn type_label(&self, kind: Kind) -> Option<&str> {
        self.type_labels(kind).first().copied()
    }

    fn type_labels(&self, kind: Kind) -> Vec<&str> {
        let configured = self.type_labels.names(kind);
        if configured.is_empty() { default_type_labels(kind).to_vec() } else { texts(configured) }
    }

    /// The sort of work of an issue: by its type, else by its labels.
    pub(super) fn kind(&self, issue: &Issue, labels: &[String]) -> Kind {
        if let Some(native) = &issue.kind {
            let is = |kind: &Kind| self.types(*kind).iter().any(|name| same(name, &native.name));
            return find(Kind::ALL, is).unwrap_or(Kind::Task);
        }
        let is = |kind: &Kind| self.type_labels(*kind).iter().any(|name| has(labels, name));
        find(Kind::ALL, is).unwrap_or(Kind::Task)
    }

    /// The label of a priority.
    pub(super) fn priority_label(&self, priority: Priority) -> String {
        self.priority_labels(priority).swap_remove(0)
    }

    /// The labels of a priority, best first.
    pub(super) fn priority_labels(&self, priority: Priority) -> Vec<String> {
        let configured = self.priorities.names(priority);
        if configured.is_empty() {
            vec![format!("priority: {priority}")]
        } else {
            configured.to_vec()
        }
    }

    /// The priority that a label stands for.
    fn priority_of(&self, label: &str) -> Option<Priority> {
        let is = |one: &Priority| self.priority_labels(*one).iter().any(|name| same(name, label));
        find(Priority::ALL, is)
    }

    /// The highest priority that is among the labels.
    pub(super) fn priority(&self, labels: &[String]) -> Option<Priority> {
        let is = |one: &Priority| labels.iter().any(|label| self.priority_of(label) == Some(*one));
        find(Priority::ALL, is)
    }

    /// The labels of a state of an open issue, best first; `todo` needs none.
    pub(super) fn status_labels(&self, status: Status) -> Vec<String> {
        let configured = self.statuses.names(status);
        let default = match status {
            Status::InProgress => "status: in progress",
            Status::InReview => "status: in review",
            Status::Blocked => "status: blocked",
            Status::Todo | Status::Done | Status::Cancelled => return configured.to_vec(),
        };
        if configured.is_empty() { vec![default.to_owned()] } else { configured.to_vec() }
    }

    /// The state that a label stands for.
    fn status_of(&self, label: &str) -> Option<Status> {
        let is = |one: &Status| self.status_labels(*one).iter().any(|name| same(name, label));
        find(Status::ALL, is)
    }

    /// The state of an issue, and GitHub's word for it. Of several labels the one that says most counts.
    pub(super) fn status(&self, issue: &Issue, labels: &[String]) -> (Status, String) {
        if issue.state == "closed" {
            let reason = issue.state_reason.as_deref();
            let given_up = matches!(reason, Some("not_planned" | "duplicate"));
            let status = if given_up { Status::Cancelled } else { Status::Done };
            return (status, format!("closed as {}", reason.unwrap_or("completed")));
        }
        let labelled = [Status::Blocked, Status::InReview, Status::InProgress, Status::Todo];
        let found = labelled.into_iter().find_map(|status| {
            let label = labels.iter().find(|label| self.status_of(label) == Some(status))?;
            Some((status, label.clone()))
        });
        found.unwrap_or((Status::Todo, "open".to_owned()))
    }

    /// True for a label that says a priority or a state, and so is not told among the labels.
    pub(super) fn is_ours(&self, label: &str) -> bool {
        self.is_status(label) || self.is_priority(label)
    }

    /// True for a label that says a state.
    pub(super) fn is_status(&self, label: &str) -> bool {
        self.status_of(label).is_some()
    }

    /// True for a label that says a priority.
    pub(super) fn is_priority(&self, label: &str) -> bool {
        self.priority_of(label).is_some()
    }
}

/// GitHub's own names: it gives every organisation Task, Bug and Feature.
fn default_types(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Feature => &["Feature", "Enhancement", "Story", "User Story"],
        Kind::Bug => &["Bug"],
        Kind::Task => &["Task"],
        Kind::Incident => &["Incident"],
        Kind::Epic => &["Epic"],
    }
}

/// `bug` and `enhancement` are among the labels that every repository begins with.
fn default_type_labels(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Feature => &["enhancement", "feature"],
        Kind::Bug => &["bug"],
        Kind::Task => &[],
        Kind::Incident => &["incident"],
        Kind::Epic => &["epic"],
    }
}

/// Names that GitHub takes for the same: it ignores case.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// True when a label is among others.
pub(super) fn has(labels: &[String], wanted: &str) -> bool {
    labels.iter().any(|label| same(label, wanted))
}

fn find<W: Copy>(all: &[W], is: impl Fn(&W) -> bool) -> Option<W> {
    all.iter().copied().find(|one| is(one))
}

fn texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
