//! Labels: of the workspace or of a team, alone or in a group, of which an issue has one at most.

use super::{
    Answer, Linear, Refusal, TEAMS, object, text,
    view::{team_id, uuid},
};
use serde_json::{Map, Value, json};
use std::sync::{MutexGuard, PoisonError};

/// A label.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_group: bool,
    /// Name of the group that it is in.
    pub(super) group: Option<&'static str>,
    /// Which of the teams it belongs to; none for one of the workspace.
    pub(super) team: Option<usize>,
}

/// The labels of a new workspace, and a group of two.
pub(super) fn usual() -> Vec<Label> {
    let label = |number: u64, name: &str, group: Option<&'static str>| Label {
        id: uuid(4, number),
        name: name.to_owned(),
        is_group: name == "Area",
        group,
        team: None,
    };
    vec![
        label(0, "Bug", None),
        label(1, "Feature", None),
        label(2, "Improvement", None),
        label(3, "Area", None),
        label(4, "Web", Some("Area")),
        label(5, "Mobile", Some("Area")),
    ]
}

/// Longest name, in characters.
const MAX_NAME: usize = 80;

impl Linear {
    pub(super) fn labels(&self) -> MutexGuard<'_, Vec<Label>> {
        self.labels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `issueLabelCreate`: names are unique in a team and the workspace together, whatever their case.
    pub(super) fn create_label(&self, arguments: &Map<String, Value>) -> Answer {
        let input = object(arguments, "input", &["name", "teamId", "color", "description", "id"])?;
        let name = text(input, "name").unwrap_or_default();
        if name.trim().is_empty() || name.chars().count() > MAX_NAME {
            return Err(Refusal::input("name must be 1 to 80 characters long."));
        }
        let team = match text(input, "teamId") {
            None => None,
            Some(id) => Some(
                TEAMS
                    .iter()
                    .position(|team| team_id(team) == id)
                    .ok_or_else(|| Refusal::missing("Team"))?,
            ),
        };
        let mut labels = self.labels();
        let clashes = |label: &Label| {
            label.name.to_lowercase() == name.to_lowercase()
                && (label.team == team || label.team.is_none() || team.is_none())
        };
        if labels.iter().any(clashes) {
            return Err(Refusal::input("A label with this name exists already."));
        }
        let id = uuid(4, labels.len() as u64);
        labels.push(Label {
            id: id.clone(),
            name: name.to_owned(),
            is_group: false,
            group: None,
            team,
        });
        Ok(json!({"success": true, "issueLabel": {"id": id, "name": name}}))
    }

    /// Refuses what an issue of a team cannot have.
    pub(super) fn check_labels(&self, ids: &[String], team: usize) -> Result<(), Refusal> {
        let labels = self.labels();
        let mut groups = Vec::new();
        for id in ids {
            let label = labels.iter().find(|label| label.id == *id);
            let label = label.ok_or_else(|| Refusal::missing("IssueLabel"))?;
            if label.is_group {
                return Err(Refusal::input("labelIds must not contain label groups."));
            }
            if label.team.is_some_and(|of| of != team) {
                return Err(Refusal::input("The label belongs to another team."));
            }
            groups.extend(label.group);
        }
        let all = groups.len();
        groups.sort_unstable();
        groups.dedup();
        if groups.len() < all {
            return Err(Refusal::input("labelIds not exclusive child labels"));
        }
        Ok(())
    }
}
