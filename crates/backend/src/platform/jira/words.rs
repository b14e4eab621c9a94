//! The customer's words and Jira's: types, priorities, states. Configured mappings first, then Jira's own defaults.

use super::{
    super::shared::mapping::{Mapping, folded},
    wire,
};
use crate::{
    model::{Kind, Priority, Status},
    settings::{Problem, Settings},
};

pub(super) use super::super::shared::mapping::same;

/// Mappings of `custom_settings`, each from one of the customer's words to Jira's names, best first.
#[derive(Debug, Default)]
pub(super) struct Words {
    issue_types: Mapping<Kind>,
    priorities: Mapping<Priority>,
    statuses: Mapping<Status>,
    resolutions: Mapping<Status>,
}

impl Words {
    /// Reads the mappings; `problems` gets one entry for each that cannot be used.
    pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Self {
        Self {
            issue_types: Mapping::read(settings, "issue_types", problems),
            priorities: Mapping::read(settings, "priority_mapping", problems),
            statuses: Mapping::read(settings, "status_mapping", problems),
            resolutions: Mapping::read(settings, "resolution_mapping", problems),
        }
    }

    /// The issue type that the configuration names for a sort of work.
    pub(super) fn configured_type(&self, kind: Kind) -> Option<&str> {
        self.issue_types.names(kind).first().map(String::as_str)
    }

    /// The sort of work that an issue type stands for.
    pub(super) fn kind(&self, native: &str) -> Kind {
        self.issue_types.word(native).unwrap_or_else(|| {
            let known = |kind: &Kind| default_types(*kind).iter().any(|name| same(name, native));
            [Kind::Task, Kind::Bug, Kind::Epic, Kind::Feature, Kind::Incident]
                .into_iter()
                .find(known)
                .unwrap_or(Kind::Task)
        })
    }

    /// Jira's name of a priority.
    pub(super) fn priority_name(&self, priority: Priority) -> &str {
        let default = match priority {
            Priority::Critical => "Highest",
            Priority::High => "High",
            Priority::Medium => "Medium",
            Priority::Low => "Low",
        };
        self.priorities.names(priority).first().map_or(default, String::as_str)
    }

    /// The priority that a name stands for; `None` when nobody said.
    pub(super) fn priority(&self, native: &str) -> Option<Priority> {
        self.priorities.word(native).or_else(|| {
            Some(match native.to_lowercase().as_str() {
                "highest" | "blocker" | "critical" | "urgent" => Priority::Critical,
                "high" | "major" => Priority::High,
                "medium" | "normal" => Priority::Medium,
                "low" | "lowest" | "minor" | "trivial" => Priority::Low,
                _ => return None,
            })
        })
    }

    /// True when the configuration maps states, so that a category alone says little about a state.
    pub(super) fn maps_statuses(&self) -> bool {
        Status::ALL.iter().any(|status| !self.statuses.names(*status).is_empty())
    }

    /// The customer's state for one of Jira's: mapped, else by name within its category.
    ///
    /// Only a finished category can mean `done` or `cancelled`, so that whether an item is closed never depends
    /// on how its state is called.
    pub(super) fn status(&self, native: &wire::Status) -> Status {
        self.statuses.word(&native.name).unwrap_or_else(|| default_status(native))
    }

    /// The customer's state for an issue: teams without a state for it close an item as cancelled by its resolution.
    pub(super) fn status_of(&self, native: &wire::Status, resolution: Option<&str>) -> Status {
        match (self.statuses.word(&native.name), resolution) {
            (Some(mapped), _) => mapped,
            (None, Some(resolution)) if native.is_finished() && gives_up(resolution) => {
                Status::Cancelled
            }
            (None, _) => default_status(native),
        }
    }

    /// How well a state fits, smaller is better: the configured order, then the usual names.
    pub(super) fn rank(&self, status: Status, native: &str) -> usize {
        let configured = self.statuses.names(status);
        let usual = usual_names(status);
        configured
            .iter()
            .map(String::as_str)
            .chain(usual.iter().copied())
            .position(|name| same(name, native))
            .unwrap_or(configured.len() + usual.len())
    }

    /// True when the configuration names this state for the status.
    pub(super) fn maps_to(&self, status: Status, native: &str) -> bool {
        self.statuses.names(status).iter().any(|name| same(name, native))
    }

    /// Which of the offered resolutions closes an item as `status`.
    pub(super) fn resolution<'a>(&self, status: Status, offered: &[&'a str]) -> Option<&'a str> {
        let configured = self.resolutions.names(status).iter().map(String::as_str);
        let usual: &[&str] = match status {
            Status::Done => &["Done", "Fixed", "Resolved", "Completed", "Complete"],
            Status::Cancelled => &["Won't Do", "Won't Fix", "Cancelled", "Canceled", "Declined"],
            _ => &[],
        };
        configured
            .chain(usual.iter().copied())
            .find_map(|wanted| offered.iter().copied().find(|name| same(wanted, name)))
    }
}

/// Names that are tried for a sort of work, best first. A team-managed project may have nothing but tasks.
pub(super) fn default_types(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Feature => &["Story", "Feature", "New Feature", "User Story", "Improvement", "Task"],
        Kind::Bug => &["Bug", "Defect", "Task"],
        Kind::Task => &["Task"],
        Kind::Incident => &["Incident", "[System] Incident", "Bug", "Task"],
        Kind::Epic => &["Epic"],
    }
}

fn default_status(native: &wire::Status) -> Status {
    let name = folded(&native.name);
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if native.is_finished() {
        return if gives_up(&name) { Status::Cancelled } else { Status::Done };
    }
    if says(&["review"]) {
        Status::InReview
    } else if says(&["block", "on hold", "impeded"]) {
        Status::Blocked
    } else if native.is_started() {
        Status::InProgress
    } else {
        Status::Todo
    }
}

/// True for the name of a state or a resolution that means giving up.
fn gives_up(name: &str) -> bool {
    let name = folded(name);
    let words = ["cancel", "won't", "wont", "will not", "declined", "rejected", "abandoned"];
    words.iter().any(|word| name.contains(word))
}

fn usual_names(status: Status) -> &'static [&'static str] {
    match status {
        Status::Todo => &["To Do", "Backlog", "Open", "Selected for Development", "Reopened"],
        Status::InProgress => &["In Progress"],
        Status::InReview => &["In Review", "Code Review", "Review"],
        Status::Blocked => &["Blocked", "On Hold"],
        Status::Done => &["Done", "Closed", "Resolved"],
        Status::Cancelled => &["Cancelled", "Canceled", "Won't Do", "Won't Fix"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn words(custom: &Value) -> Words {
        let settings = Settings::new("jira").with_custom(custom.as_object().unwrap().clone());
        let mut problems = Vec::new();
        let words = Words::read(&settings, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        words
    }

    fn native(name: &str, category: &str) -> wire::Status {
        serde_json::from_value(json!({"name": name, "statusCategory": {"key": category}})).unwrap()
    }

    #[test]
    fn states_are_read_by_mapping_then_name_then_category() {
        let words = words(&json!({"status_mapping": {"in_review": ["QA"], "todo": "Parked"}}));
        for (name, category, expected) in [
            ("QA", "indeterminate", Status::InReview),
            ("qa ", "indeterminate", Status::InReview),
            ("Parked", "done", Status::Todo),
            ("Code Review", "indeterminate", Status::InReview),
            ("Blocked", "new", Status::Blocked),
            ("In Arbeit", "indeterminate", Status::InProgress),
            ("Backlog", "new", Status::Todo),
            ("Reviewed", "done", Status::Done),
            ("Won\u{2019}t Do", "done", Status::Cancelled),
            ("Canceled", "done", Status::Cancelled),
            ("Cancelling", "indeterminate", Status::InProgress),
            ("Anything", "undefined", Status::Todo),
        ] {
            assert_eq!(words.status(&native(name, category)), expected, "{name}");
        }
    }

    #[test]
    fn a_resolution_can_mean_giving_up() {
        let words = Words::default();
        let check = |category, resolution, expected| {
            assert_eq!(words.status_of(&native("Closed", category), resolution), expected);
        };
        check("done", Some("Won't Do"), Status::Cancelled);
        check("done", Some("Fixed"), Status::Done);
        check("done", None, Status::Done);
        check("indeterminate", Some("Won't Do"), Status::InProgress);
    }

    #[test]
    fn priorities_and_types_go_both_ways() {
        let words = words(&json!({
            "priority_mapping": {"critical": "P1"},
            "issue_types": {"bug": "Fault", "feature": ["Opportunity", "Story"]},
        }));
        assert_eq!(words.priority_name(Priority::Critical), "P1");
        assert_eq!(words.priority_name(Priority::Low), "Low");
        assert_eq!(words.priority("p1"), Some(Priority::Critical));
        assert_eq!(words.priority("Blocker"), Some(Priority::Critical));
        assert_eq!(words.priority("Someday"), None);
        assert_eq!(words.configured_type(Kind::Feature), Some("Opportunity"));
        for (name, kind) in [
            ("Fault", Kind::Bug),
            ("story", Kind::Feature),
            ("Epic", Kind::Epic),
            ("Incident", Kind::Incident),
            ("Sub-task", Kind::Task),
            ("Bug", Kind::Bug),
        ] {
            assert_eq!(words.kind(name), kind, "{name}");
        }
    }

    #[test]
    fn every_unusable_entry_is_a_problem() {
        let custom = json!({
            "status_mapping": {"reviewing": ["QA"], "done": [], "blocked": [true]},
            "priority_mapping": ["Highest"],
        });
        let settings = Settings::new("jira").with_custom(custom.as_object().unwrap().clone());
        let mut problems = Vec::new();
        Words::read(&settings, &mut problems);
        let all: Vec<_> = problems.iter().map(ToString::to_string).collect();
        let all = all.join("\n");
        assert_eq!(problems.len(), 4, "{all}");
        assert!(all.contains("priority_mapping: should be a map from our words to names"), "{all}");
        assert!(all.contains("jira.custom_settings.status_mapping.reviewing: no status is called"));
    }

    #[test]
    fn resolutions_are_chosen_among_those_offered() {
        let words = words(&json!({"resolution_mapping": {"cancelled": "Duplicate"}}));
        let offered = ["Fixed", "Won't Fix", "Duplicate"];
        assert_eq!(words.resolution(Status::Done, &offered), Some("Fixed"));
        assert_eq!(words.resolution(Status::Cancelled, &offered), Some("Duplicate"));
        assert_eq!(Words::default().resolution(Status::Cancelled, &offered), Some("Won't Fix"));
        assert_eq!(words.resolution(Status::Done, &["Later"]), None);
    }
}
