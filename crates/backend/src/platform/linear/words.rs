//! The customer's words and Linear's: states by their type and name, priorities by their number, sorts of work by a
//! label, as Linear's teams tell bugs from features.

use super::wire;
use crate::{
    model::{Kind, Priority, Status},
    platform::shared::mapping::{Mapping, folded, same},
    settings::{Problem, Settings},
};

/// Mappings of `custom_settings`, each from one of the customer's words to Linear's names, best first.
#[derive(Debug, Default)]
pub(super) struct Words {
    statuses: Mapping<Status>,
    /// Linear's numbers, in place of the usual ones.
    priorities: Vec<(Priority, u8)>,
    kinds: Mapping<Kind>,
}

impl Words {
    /// Reads the mappings; `problems` gets one entry for each that cannot be used.
    pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Self {
        Self {
            statuses: Mapping::read(settings, "status_mapping", problems),
            priorities: priorities(settings, problems),
            kinds: Mapping::read(settings, "issue_types", problems),
        }
    }

    /// The customer's state for one of Linear's: mapped, else by type and, where work is open, by name.
    ///
    /// Whether an item is closed never depends on how its state is called.
    pub(super) fn status(&self, state: &wire::State) -> Status {
        self.statuses.word(&state.name).unwrap_or_else(|| {
            let name = folded(&state.name);
            let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
            match state.kind.as_str() {
                "completed" => Status::Done,
                "canceled" | "duplicate" => Status::Cancelled,
                _ if says(&["block", "on hold", "impeded"]) => Status::Blocked,
                "started" if says(&["review"]) => Status::InReview,
                "started" => Status::InProgress,
                _ => Status::Todo,
            }
        })
    }

    /// True when an item may be brought to a state for `status`. Duplicates are Linear's own affair.
    pub(super) fn may_become(&self, status: Status, state: &wire::State) -> bool {
        let mapped = self.statuses.names(status).iter().any(|name| same(name, &state.name));
        mapped || self.status(state) == status && state.kind != "duplicate"
    }

    /// How well a state fits, smaller is better: the configured order, then the usual type, then the usual name.
    pub(super) fn rank(&self, status: Status, state: &wire::State) -> (usize, usize, usize) {
        let configured = self.statuses.names(status);
        let mapped = configured.iter().position(|name| same(name, &state.name));
        let (kinds, usual) = usual(status);
        let kind = kinds.iter().position(|kind| *kind == state.kind);
        let name = usual.iter().position(|name| same(name, &state.name));
        (
            mapped.unwrap_or(configured.len()),
            kind.unwrap_or(kinds.len()),
            name.unwrap_or(usual.len()),
        )
    }

    /// Linear's number of a priority.
    pub(super) fn number(&self, priority: Priority) -> u8 {
        let configured = self.priorities.iter().find(|(known, _)| *known == priority);
        configured.map_or_else(|| usual_number(priority), |(_, number)| *number)
    }

    /// The priority that a number stands for; `None` for none.
    pub(super) fn priority(&self, number: f64) -> Option<Priority> {
        let is = |known: u8| (f64::from(known) - number).abs() < 0.5;
        let configured = self.priorities.iter().find(|(_, known)| is(*known));
        configured
            .map(|(priority, _)| *priority)
            .or_else(|| Priority::ALL.iter().copied().find(|priority| is(usual_number(*priority))))
    }

    /// The label that tells this sort of work; a task needs none.
    pub(super) fn label(&self, kind: Kind) -> Option<&str> {
        let configured = self.kinds.names(kind).first().map(String::as_str);
        configured.or(match kind {
            Kind::Feature => Some("Feature"),
            Kind::Bug => Some("Bug"),
            Kind::Incident => Some("Incident"),
            Kind::Epic => Some("Epic"),
            Kind::Task => None,
        })
    }

    /// The sort of work that labels tell, and the labels without the one that told it.
    ///
    /// An incident's label stays among the labels: it is one that people and this product set for its own sake.
    pub(super) fn kind(&self, mut labels: Vec<String>) -> (Kind, Vec<String>) {
        for kind in [Kind::Incident, Kind::Bug, Kind::Epic, Kind::Feature, Kind::Task] {
            let tells = |label: &String| {
                let usual = self.label(kind).is_some_and(|name| same(name, label));
                usual || self.kinds.names(kind).iter().any(|name| same(name, label))
            };
            if let Some(index) = labels.iter().position(tells) {
                if kind != Kind::Incident {
                    labels.remove(index);
                }
                return (kind, labels);
            }
        }
        (Kind::Task, labels)
    }
}

/// Types and names of the states that a status usually has, best first.
fn usual(status: Status) -> (&'static [&'static str], &'static [&'static str]) {
    match status {
        Status::Todo => (&["unstarted", "backlog", "triage"], &["Todo", "To Do"]),
        Status::InProgress => (&["started"], &["In Progress"]),
        Status::InReview => (&["started"], &["In Review", "Code Review", "Review"]),
        Status::Blocked => (&["started", "unstarted"], &["Blocked", "On Hold"]),
        Status::Done => (&["completed"], &["Done"]),
        Status::Cancelled => (&["canceled"], &["Canceled", "Cancelled"]),
    }
}

/// Linear's own names of its priorities, by number.
const PRIORITIES: [&str; 5] = ["No priority", "Urgent", "High", "Medium", "Low"];

fn usual_number(priority: Priority) -> u8 {
    match priority {
        Priority::Critical => 1,
        Priority::High => 2,
        Priority::Medium => 3,
        Priority::Low => 4,
    }
}

fn priorities(settings: &Settings, problems: &mut Vec<Problem>) -> Vec<(Priority, u8)> {
    let mapping: Mapping<Priority> = Mapping::read(settings, "priority_mapping", problems);
    let mut numbers = Vec::new();
    for (priority, names) in mapping.entries() {
        let known = |name: &String| {
            (0..).zip(PRIORITIES).find(|(number, known): &(u8, &str)| {
                same(known, name) || name.trim() == number.to_string()
            })
        };
        match names.first().and_then(known) {
            Some((number, _)) => numbers.push((priority, number)),
            None => problems.push(settings.problem(
                &format!("custom_settings.priority_mapping.{priority}"),
                format!("must be one of Linear's priorities: {}", PRIORITIES.join(", ")),
            )),
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn words(custom: &Value) -> Words {
        let settings = Settings::new("linear").with_custom(custom.as_object().unwrap().clone());
        let mut problems = Vec::new();
        let words = Words::read(&settings, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        words
    }

    fn state(name: &str, kind: &str) -> wire::State {
        wire::State { name: name.into(), kind: kind.into(), ..wire::State::default() }
    }

    #[test]
    fn states_are_read_by_mapping_then_type_then_name() {
        let words = words(&json!({"status_mapping": {"in_review": ["QA"], "todo": "Parked"}}));
        for (name, kind, expected) in [
            ("Triage", "triage", Status::Todo),
            ("Backlog", "backlog", Status::Todo),
            ("Todo", "unstarted", Status::Todo),
            ("In Progress", "started", Status::InProgress),
            ("In Review", "started", Status::InReview),
            ("qa", "started", Status::InReview),
            ("Blocked", "unstarted", Status::Blocked),
            ("Parked", "started", Status::Todo),
            ("Reviewed", "completed", Status::Done),
            ("Blocked forever", "canceled", Status::Cancelled),
            ("Duplicate", "duplicate", Status::Cancelled),
            ("Anything", "a type of tomorrow", Status::Todo),
        ] {
            assert_eq!(words.status(&state(name, kind)), expected, "{name}");
        }
    }

    #[test]
    fn a_duplicate_is_no_way_to_cancel() {
        let usual = Words::default();
        assert!(!usual.may_become(Status::Cancelled, &state("Duplicate", "duplicate")));
        assert!(usual.may_become(Status::Cancelled, &state("Canceled", "canceled")));
        let mapped = words(&json!({"status_mapping": {"cancelled": "Duplicate"}}));
        assert!(mapped.may_become(Status::Cancelled, &state("Duplicate", "duplicate")));
        assert!(
            mapped.rank(Status::Cancelled, &state("Duplicate", "duplicate"))
                < mapped.rank(Status::Cancelled, &state("Canceled", "canceled"))
        );
    }

    #[test]
    fn priorities_go_both_ways() {
        let usual = Words::default();
        for priority in Priority::ALL {
            assert_eq!(usual.priority(f64::from(usual.number(*priority))), Some(*priority));
        }
        assert_eq!(usual.priority(0.0), None);
        let mapped = words(&json!({"priority_mapping": {"critical": "high", "low": "0"}}));
        assert_eq!(mapped.number(Priority::Critical), 2);
        assert_eq!(mapped.priority(2.0), Some(Priority::Critical));
        assert_eq!(mapped.priority(0.0), Some(Priority::Low));
    }

    #[test]
    fn a_label_tells_the_sort_of_work() {
        let owned = |labels: &[&str]| labels.iter().map(ToString::to_string).collect::<Vec<_>>();
        let words = words(&json!({"issue_types": {"feature": ["Improvement", "Wish"]}}));
        for (labels, kind, left) in [
            (&["shop", "bug"][..], Kind::Bug, &["shop"][..]),
            (&["Wish"], Kind::Feature, &[]),
            (&["incident", "x"], Kind::Incident, &["incident", "x"]),
            (&["Epic", "Bug"], Kind::Bug, &["Epic"]),
            (&["Feature"], Kind::Task, &["Feature"]),
            (&[], Kind::Task, &[]),
        ] {
            assert_eq!(words.kind(owned(labels)), (kind, owned(left)), "{labels:?}");
        }
        assert_eq!(words.label(Kind::Feature), Some("Improvement"));
        assert_eq!(words.label(Kind::Task), None);
    }

    #[test]
    fn a_priority_that_linear_has_not_is_a_problem() {
        let custom = json!({"priority_mapping": {"low": "Someday"}});
        let settings = Settings::new("linear").with_custom(custom.as_object().unwrap().clone());
        let mut problems = Vec::new();
        Words::read(&settings, &mut problems);
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert!(problem.to_string().contains("Urgent, High"), "{problem}");
    }
}
