//! The customer's words and Azure DevOps': types, priorities, states. Configured mappings first, then the names of the
//! processes that Microsoft delivers (Agile, Scrum, Basic, CMMI).

use super::{
    super::shared::mapping::{Mapping, folded, same},
    wire,
};
use crate::{
    model::{Kind, Priority, Status},
    settings::{Problem, Settings},
};

/// Mappings of `custom_settings`, each from one of the customer's words to Azure DevOps' names, best first.
#[derive(Debug, Default)]
pub(super) struct Words {
    types: Mapping<Kind>,
    priorities: Mapping<Priority>,
    statuses: Mapping<Status>,
}

impl Words {
    /// Reads the mappings; `problems` gets one entry for each that cannot be used.
    pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Self {
        let words = Self {
            types: Mapping::read(settings, "work_item_types", problems),
            priorities: Mapping::read(settings, "priority_mapping", problems),
            statuses: Mapping::read(settings, "status_mapping", problems),
        };
        for priority in Priority::ALL {
            let names = words.priorities.names(*priority);
            if names.iter().any(|name| name.parse::<i64>().is_err()) {
                let key = format!("custom_settings.priority_mapping.{priority}");
                problems.push(settings.problem(&key, "must be a number, such as 1"));
            }
        }
        words
    }

    /// The type that the configuration names for a sort of work.
    pub(super) fn configured_type(&self, kind: Kind) -> Option<&str> {
        self.types.names(kind).first().map(String::as_str)
    }

    /// The sort of work that a type stands for.
    pub(super) fn kind(&self, native: &str) -> Kind {
        self.types.word(native).unwrap_or_else(|| {
            let known = |kind: &Kind| default_types(*kind).iter().any(|name| same(name, native));
            // The first that fits: a type may be the second best for another sort.
            [Kind::Task, Kind::Epic, Kind::Feature, Kind::Bug, Kind::Incident]
                .into_iter()
                .find(known)
                .unwrap_or(Kind::Task)
        })
    }

    /// Azure DevOps' number for a priority.
    pub(super) fn priority_number(&self, priority: Priority) -> i64 {
        let mapped = self.priorities.names(priority).first().and_then(|name| name.parse().ok());
        mapped.unwrap_or(match priority {
            Priority::Critical => 1,
            Priority::High => 2,
            Priority::Medium => 3,
            Priority::Low => 4,
        })
    }

    /// The priority that a number stands for; `None` when nobody said.
    pub(super) fn priority(&self, number: i64) -> Option<Priority> {
        self.priorities.word(&number.to_string()).or(match number {
            1 => Some(Priority::Critical),
            2 => Some(Priority::High),
            3 => Some(Priority::Medium),
            4 => Some(Priority::Low),
            _ => None,
        })
    }

    /// The customer's state for one of Azure DevOps': mapped, else by category and then by name.
    ///
    /// Only a finished category can mean `done` or `cancelled`. Resolved work waits for somebody to look at it.
    pub(super) fn status(&self, native: &wire::State) -> Status {
        self.statuses.word(&native.name).unwrap_or_else(|| default_status(native))
    }

    /// True when the configuration names this state for the status.
    pub(super) fn maps_to(&self, status: Status, native: &str) -> bool {
        self.statuses.names(status).iter().any(|name| same(name, native))
    }

    /// The best of a type's states for a status; `None` where it has none. The order of the configuration comes first,
    /// then the usual names, then the order of the process.
    pub(super) fn state<'a>(&self, status: Status, of_type: &'a [wire::State]) -> Option<&'a str> {
        let configured = self.statuses.names(status);
        let named = |name: &String| of_type.iter().find(|state| same(&state.name, name));
        let fits = |state: &&wire::State| self.status(state) == status;
        let usual = usual_names(status);
        let rank = |state: &&wire::State| {
            usual.iter().position(|name| same(name, &state.name)).unwrap_or(usual.len())
        };
        let best = configured.iter().find_map(named);
        let best = best.or_else(|| of_type.iter().filter(fits).min_by_key(rank));
        best.map(|state| state.name.as_str())
    }
}

/// Names that are tried for a sort of work, best first: of Agile, Scrum, CMMI and Basic.
pub(super) fn default_types(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Feature => &["User Story", "Product Backlog Item", "Requirement", "Issue", "Feature"],
        Kind::Bug => &["Bug", "Issue"],
        Kind::Task => &["Task"],
        Kind::Incident => &["Incident", "Bug", "Issue", "Task"],
        Kind::Epic => &["Epic"],
    }
}

fn default_status(native: &wire::State) -> Status {
    let name = folded(&native.name);
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match category(native) {
        "Completed" => Status::Done,
        "Removed" => Status::Cancelled,
        _ if says(&["block", "on hold", "impeded"]) => Status::Blocked,
        "Resolved" => Status::InReview,
        "InProgress" if says(&["review"]) => Status::InReview,
        "InProgress" => Status::InProgress,
        _ => Status::Todo,
    }
}

/// The category, also of a state that is known by name only, as of a type that is not there any more.
fn category(native: &wire::State) -> &str {
    if !native.category.is_empty() {
        return &native.category;
    }
    match folded(&native.name).as_str() {
        "active" | "committed" | "in progress" | "doing" => "InProgress",
        "resolved" => "Resolved",
        "done" | "closed" | "completed" | "inactive" => "Completed",
        "removed" | "cut" => "Removed",
        _ => "Proposed",
    }
}

fn usual_names(status: Status) -> &'static [&'static str] {
    match status {
        Status::Todo => &["New", "To Do", "Proposed"],
        Status::InProgress => &["Active", "Committed", "In Progress", "Doing"],
        Status::InReview => &["In Review", "Code Review", "Resolved"],
        Status::Blocked => &["Blocked", "On Hold"],
        Status::Done => &["Closed", "Done", "Completed"],
        Status::Cancelled => &["Removed", "Cut"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn words(custom: &Value) -> Words {
        let settings = Settings::new("x").with_custom(custom.as_object().unwrap().clone());
        let mut problems = Vec::new();
        let words = Words::read(&settings, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        words
    }

    fn state(name: &str, category: &str) -> wire::State {
        wire::State { name: name.to_owned(), category: category.to_owned() }
    }

    /// Agile's user story.
    fn agile() -> Vec<wire::State> {
        vec![
            state("New", "Proposed"),
            state("Active", "InProgress"),
            state("Resolved", "Resolved"),
            state("Closed", "Completed"),
            state("Removed", "Removed"),
        ]
    }

    /// Scrum's product backlog item.
    fn scrum() -> Vec<wire::State> {
        vec![
            state("New", "Proposed"),
            state("Approved", "Proposed"),
            state("Committed", "InProgress"),
            state("Done", "Completed"),
            state("Removed", "Removed"),
        ]
    }

    #[test]
    fn states_are_read_by_mapping_then_category_then_name() {
        let words = words(&json!({"status_mapping": {"in_review": ["QA"], "todo": "Parked"}}));
        for (name, category, expected) in [
            ("New", "Proposed", Status::Todo),
            ("Approved", "Proposed", Status::Todo),
            ("Doing", "InProgress", Status::InProgress),
            ("Code Review", "InProgress", Status::InReview),
            ("Resolved", "Resolved", Status::InReview),
            ("Blocked", "Proposed", Status::Blocked),
            ("On Hold", "InProgress", Status::Blocked),
            ("Reviewed and closed", "Completed", Status::Done),
            ("Removed", "Removed", Status::Cancelled),
            ("qa ", "InProgress", Status::InReview),
            ("Parked", "Completed", Status::Todo),
            ("Closed", "", Status::Done),
            ("Whatever", "", Status::Todo),
        ] {
            assert_eq!(words.status(&state(name, category)), expected, "{name}");
        }
    }

    #[test]
    fn the_state_to_go_to_is_the_best_of_the_type() {
        let check = |words: &Words, states: &[wire::State], status, expected: Option<&str>| {
            assert_eq!(words.state(status, states), expected, "{status}");
        };
        let plain = Words::default();
        check(&plain, &agile(), Status::InProgress, Some("Active"));
        check(&plain, &agile(), Status::InReview, Some("Resolved"));
        check(&plain, &agile(), Status::Blocked, None);
        check(&plain, &scrum(), Status::Todo, Some("New"));
        check(&plain, &scrum(), Status::InReview, None);
        check(&plain, &scrum(), Status::Done, Some("Done"));
        let mapped = words(&json!({"status_mapping":
            {"in_review": ["QA", "Committed"], "blocked": "Approved", "todo": "Nowhere"}}));
        check(&mapped, &scrum(), Status::InReview, Some("Committed"));
        check(&mapped, &scrum(), Status::Blocked, Some("Approved"));
        check(&mapped, &scrum(), Status::Todo, Some("New"));
    }

    #[test]
    fn types_and_priorities_go_both_ways() {
        let words = words(&json!({
            "work_item_types": {"feature": "Feature", "incident": ["Outage"]},
            "priority_mapping": {"critical": 0, "high": "1"},
        }));
        assert_eq!(words.configured_type(Kind::Feature), Some("Feature"));
        assert_eq!(words.configured_type(Kind::Bug), None);
        for (name, kind) in [
            ("Feature", Kind::Feature),
            ("user story", Kind::Feature),
            ("Product Backlog Item", Kind::Feature),
            ("Issue", Kind::Feature),
            ("Bug", Kind::Bug),
            ("Outage", Kind::Incident),
            ("Epic", Kind::Epic),
            ("Test Case", Kind::Task),
        ] {
            assert_eq!(words.kind(name), kind, "{name}");
        }
        assert_eq!(words.priority_number(Priority::Critical), 0);
        assert_eq!(words.priority_number(Priority::Low), 4);
        assert_eq!(words.priority(1), Some(Priority::High));
        assert_eq!(words.priority(4), Some(Priority::Low));
        assert_eq!(words.priority(9), None);
    }
}
