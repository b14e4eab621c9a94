//! The customer's words and GitLab's: labels for what an issue has no field for. A mapping replaces the default labels
//! of its word.

use super::wire;
use crate::{
    model::{Kind, Priority, Status},
    platform::shared::mapping::{Mapping, same},
    settings::{Problem, Settings},
};

/// Labels by our words, each list best first, and issue types.
#[derive(Debug)]
pub(super) struct Words {
    issue_types: Mapping<Kind>,
    types: Mapping<Kind>,
    priorities: Mapping<Priority>,
    statuses: Mapping<Status>,
}

/// The issue types that REST makes; the others belong to groups, or to products of their own.
const ISSUE_TYPES: [&str; 5] = ["issue", "incident", "task", "test_case", "ticket"];

/// Labels of types that teams use on their own: they tell the type and stay labels.
const USUAL_TYPES: &[(Kind, &[&str])] = &[
    (Kind::Bug, &["bug", "defect"]),
    (Kind::Feature, &["feature", "enhancement"]),
    (Kind::Incident, &["incident"]),
];

impl Words {
    /// Reads the mappings; `problems` gets one entry for each that cannot be used.
    pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Self {
        let issue_types: Mapping<Kind> = Mapping::read(settings, "issue_types", problems);
        for (kind, names) in issue_types.entries() {
            if let Some(name) = names.iter().find(|name| !ISSUE_TYPES.contains(&name.as_str())) {
                let key = format!("custom_settings.issue_types.{kind}");
                let message = format!("{name} must be one of {}", ISSUE_TYPES.join(", "));
                problems.push(settings.problem(&key, message));
            }
        }
        Self {
            issue_types,
            types: labels(settings, "type_labels", default_type, Kind::ALL, problems),
            priorities: labels(
                settings,
                "priority_mapping",
                default_priority,
                Priority::ALL,
                problems,
            ),
            statuses: labels(settings, "status_mapping", default_status, Status::ALL, problems),
        }
    }

    /// GitLab's issue type for a sort of work; `None` for an epic unless the configuration names one.
    pub(super) fn issue_type(&self, kind: Kind) -> Option<&str> {
        let configured = self.issue_types.names(kind).first().map(String::as_str);
        configured.or(match kind {
            Kind::Incident => Some("incident"),
            Kind::Epic => None,
            Kind::Feature | Kind::Bug | Kind::Task => Some("issue"),
        })
    }

    /// The label that tells a sort of work, where one does.
    pub(super) fn type_label(&self, kind: Kind) -> Option<&str> {
        self.types.names(kind).first().map(String::as_str)
    }

    /// The label of a priority.
    pub(super) fn priority_label(&self, priority: Priority) -> Option<&str> {
        self.priorities.names(priority).first().map(String::as_str)
    }

    /// The label of a state, where it has one beside open and closed.
    pub(super) fn status_label(&self, status: Status) -> Option<&str> {
        self.statuses.names(status).first().map(String::as_str)
    }

    /// The one label that all issues in a state have, where there is just one.
    pub(super) fn only_status_label(&self, status: Status) -> Option<&str> {
        match self.statuses.names(status) {
            [only] => Some(only),
            _ => None,
        }
    }

    /// True for a label that tells a priority.
    pub(super) fn is_priority(&self, label: &str) -> bool {
        knows(&self.priorities, label)
    }

    /// True for a label that tells a state.
    pub(super) fn is_status(&self, label: &str) -> bool {
        knows(&self.statuses, label)
    }

    /// True for a label that is none of the team's: it tells a state, a priority or a type.
    pub(super) fn is_word(&self, label: &str) -> bool {
        self.is_status(label) || self.is_priority(label) || knows(&self.types, label)
    }

    /// The priority that an issue's labels tell, the highest of several.
    pub(super) fn priority(&self, labels: &[String]) -> Option<Priority> {
        let has = |priority: &Priority| carries(labels, self.priorities.names(*priority));
        Priority::ALL.iter().copied().find(has)
    }

    /// The state that GitLab's own two and the labels tell, and what it is called there. Whether an issue is closed
    /// never depends on a label.
    pub(super) fn status(&self, issue: &wire::Issue) -> (Status, String) {
        let candidates: &[Status] = if issue.is_closed() {
            &[Status::Cancelled, Status::Done]
        } else {
            &[Status::Blocked, Status::InReview, Status::InProgress, Status::Todo]
        };
        let told = candidates.iter().find_map(|status| {
            let label = self.statuses.names(*status).iter().find(|it| issue.labels.contains(it))?;
            Some((*status, label.clone()))
        });
        let plain = if issue.is_closed() { Status::Done } else { Status::Todo };
        told.unwrap_or_else(|| (plain, issue.state.clone()))
    }

    /// The sort of work: what a label says, else the issue type.
    pub(super) fn kind(&self, issue: &wire::Issue) -> Kind {
        let labelled = |kind: &Kind| carries(&issue.labels, self.types.names(*kind));
        let native = issue.kind.as_deref().unwrap_or("issue");
        let usual = || {
            let told = |(_, usual): &&(Kind, &[&str])| {
                issue.labels.iter().any(|label| usual.iter().any(|name| same(name, label)))
            };
            USUAL_TYPES.iter().find(told).map(|(kind, _)| *kind)
        };
        let by_type = || match native {
            "incident" => Some(Kind::Incident),
            "epic" => Some(Kind::Epic),
            "issue" => None,
            other => self.issue_types.word(other),
        };
        let labelled = Kind::ALL.iter().copied().find(labelled);
        labelled
            .or_else(by_type)
            .or_else(usual)
            .or_else(|| self.issue_types.word(native))
            .unwrap_or_default()
    }
}

/// The configured labels of every word, else the default ones.
fn labels<W: Copy + PartialEq + std::str::FromStr<Err = String> + std::fmt::Display>(
    settings: &Settings,
    key: &str,
    default: fn(W) -> Option<&'static str>,
    all: &[W],
    problems: &mut Vec<Problem>,
) -> Mapping<W> {
    let configured: Mapping<W> = Mapping::read(settings, key, problems);
    for (word, names) in configured.entries() {
        // GitLab separates labels by commas, wherever it takes several.
        if names.iter().any(|name| name.contains(',')) {
            let message = "must not have a comma in a label";
            problems.push(settings.problem(&format!("custom_settings.{key}.{word}"), message));
        }
    }
    let choose = |word: &W| match configured.names(*word) {
        [] => (*word, default(*word).map(str::to_owned).into_iter().collect()),
        names => (*word, names.to_vec()),
    };
    all.iter().map(choose).collect()
}

fn default_type(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Feature => Some("type::feature"),
        Kind::Bug => Some("type::bug"),
        Kind::Task | Kind::Incident | Kind::Epic => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the other defaults have words without a label")]
fn default_priority(priority: Priority) -> Option<&'static str> {
    Some(match priority {
        Priority::Critical => "priority::critical",
        Priority::High => "priority::high",
        Priority::Medium => "priority::medium",
        Priority::Low => "priority::low",
    })
}

fn default_status(status: Status) -> Option<&'static str> {
    match status {
        Status::InProgress => Some("status::in progress"),
        Status::InReview => Some("status::in review"),
        Status::Blocked => Some("status::blocked"),
        Status::Cancelled => Some("status::cancelled"),
        Status::Todo | Status::Done => None,
    }
}

fn knows<W: Copy + PartialEq + std::str::FromStr<Err = String>>(
    table: &Mapping<W>,
    label: &str,
) -> bool {
    table.entries().any(|(_, names)| names.iter().any(|name| name == label))
}

/// True when one of the names is among the labels. GitLab tells labels apart by case, and so does this.
fn carries(labels: &[String], names: &[String]) -> bool {
    names.iter().any(|name| labels.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn words(custom: &Value) -> (Words, Vec<String>) {
        let settings = Settings::new("gitlab").with_custom(custom.as_object().unwrap().clone());
        let mut problems = Vec::new();
        let words = Words::read(&settings, &mut problems);
        (words, problems.into_iter().map(|problem| problem.key).collect())
    }

    fn issue(state: &str, issue_type: &str, labels: &[&str]) -> wire::Issue {
        let mut issue = super::super::tests::issue(7);
        issue["state"] = json!(state);
        issue["issue_type"] = json!(issue_type);
        issue["labels"] = json!(labels);
        serde_json::from_value(issue).unwrap()
    }

    #[test]
    fn states_are_told_by_state_and_label() {
        let (words, _) = words(&json!({"status_mapping": {"in_review": ["review", "qa"]}}));
        for (state, labels, expected, native) in [
            ("opened", vec![], Status::Todo, "opened"),
            ("opened", vec!["status::in progress"], Status::InProgress, "status::in progress"),
            ("opened", vec!["qa"], Status::InReview, "qa"),
            ("opened", vec!["status::in review"], Status::Todo, "opened"),
            ("opened", vec!["status::cancelled"], Status::Todo, "opened"),
            ("closed", vec!["status::blocked"], Status::Done, "closed"),
            ("closed", vec!["status::cancelled"], Status::Cancelled, "status::cancelled"),
            ("opened", vec!["qa", "status::blocked"], Status::Blocked, "status::blocked"),
        ] {
            let found = words.status(&issue(state, "issue", &labels));
            assert_eq!(found, (expected, native.to_owned()), "{state} {labels:?}");
        }
    }

    #[test]
    fn kinds_are_told_by_label_then_type() {
        let (words, _) = words(&json!({"issue_types": {"feature": "ticket"}}));
        for (issue_type, labels, expected) in [
            ("issue", vec![], Kind::Task),
            ("task", vec![], Kind::Task),
            ("issue", vec!["type::bug"], Kind::Bug),
            ("task", vec!["type::bug"], Kind::Bug),
            ("issue", vec!["Bug"], Kind::Bug),
            ("issue", vec!["enhancement"], Kind::Feature),
            ("incident", vec!["bug"], Kind::Incident),
            ("ticket", vec![], Kind::Feature),
            ("unheard_of", vec![], Kind::Task),
        ] {
            assert_eq!(
                words.kind(&issue("opened", issue_type, &labels)),
                expected,
                "{issue_type} {labels:?}"
            );
        }
    }

    #[test]
    fn a_mapping_replaces_the_default_and_is_checked() {
        let (words, problems) = words(&json!({
            "priority_mapping": {"critical": ["P1", "sev1"]},
            "type_labels": {"bug": "a,b"},
            "issue_types": {"epic": "epic", "task": "task"},
        }));
        assert_eq!(words.priority_label(Priority::Critical), Some("P1"));
        assert_eq!(words.priority(&["sev1".to_owned()]), Some(Priority::Critical));
        assert_eq!(words.priority(&["priority::critical".to_owned()]), None);
        assert_eq!(words.priority(&["priority::low".to_owned()]), Some(Priority::Low));
        assert_eq!(words.issue_type(Kind::Task), Some("task"));
        let expected =
            ["gitlab.custom_settings.issue_types.epic", "gitlab.custom_settings.type_labels.bug"];
        assert_eq!(problems, expected);
    }
}
