//! What the two processes have: types with their states and fields.

use super::{Answer, AzureDevOps, Deployment, refuse};
use crate::fake::Response;
use serde_json::{Value, json};

/// A work item type.
pub(super) struct ItemType {
    pub(super) name: &'static str,
    /// Name and category; the first is the one of new items.
    pub(super) states: &'static [(&'static str, &'static str)],
    /// Reference name and name of the fields that not every type has.
    pub(super) fields: &'static [(&'static str, &'static str)],
}

const SECTOR: (&str, &str) = ("Custom.Sector", "Sector");
const STORY_POINTS: (&str, &str) = ("Microsoft.VSTS.Scheduling.StoryPoints", "Story Points");
const EFFORT: (&str, &str) = ("Microsoft.VSTS.Scheduling.Effort", "Effort");
const REMAINING: (&str, &str) = ("Microsoft.VSTS.Scheduling.RemainingWork", "Remaining Work");
const REPRO_STEPS: (&str, &str) = ("Microsoft.VSTS.TCM.ReproSteps", "Repro Steps");

/// The fields of every type.
const COMMON: &[(&str, &str)] = &[
    ("System.Title", "Title"),
    ("System.Description", "Description"),
    ("System.State", "State"),
    ("System.Reason", "Reason"),
    ("System.Tags", "Tags"),
    ("System.AssignedTo", "Assigned To"),
    ("System.History", "History"),
    ("System.AreaPath", "Area Path"),
    ("System.IterationPath", "Iteration Path"),
    ("Microsoft.VSTS.Common.Priority", "Priority"),
];

/// Agile's workflow of stories and epics.
const AGILE: &[(&str, &str)] = &[
    ("New", "Proposed"),
    ("Active", "InProgress"),
    ("Resolved", "Resolved"),
    ("Closed", "Completed"),
    ("Removed", "Removed"),
];

/// A process made from Agile, as organisations do: tasks have two more states, and all types one more field.
const AGILE_OF_OUR_OWN: &[ItemType] = &[
    ItemType {
        name: "Task",
        states: &[
            ("New", "Proposed"),
            ("Active", "InProgress"),
            ("Code Review", "InProgress"),
            ("Blocked", "InProgress"),
            ("Closed", "Completed"),
            ("Removed", "Removed"),
        ],
        fields: &[SECTOR, REMAINING],
    },
    ItemType { name: "User Story", states: AGILE, fields: &[SECTOR, STORY_POINTS] },
    ItemType {
        name: "Bug",
        states: &[
            ("New", "Proposed"),
            ("Active", "InProgress"),
            ("Resolved", "Resolved"),
            ("Closed", "Completed"),
        ],
        fields: &[SECTOR, STORY_POINTS, REPRO_STEPS, REMAINING],
    },
    ItemType { name: "Epic", states: AGILE, fields: &[SECTOR, EFFORT] },
    ItemType { name: "Feature", states: AGILE, fields: &[SECTOR, EFFORT] },
    ItemType {
        name: "Issue",
        states: &[("Active", "Proposed"), ("Closed", "Completed")],
        fields: &[SECTOR],
    },
];

/// Scrum's workflow of backlog items and bugs.
const SCRUM: &[(&str, &str)] = &[
    ("New", "Proposed"),
    ("Approved", "Proposed"),
    ("Committed", "InProgress"),
    ("Done", "Completed"),
    ("Removed", "Removed"),
];

const SCRUM_ITSELF: &[ItemType] = &[
    ItemType {
        name: "Task",
        states: &[
            ("To Do", "Proposed"),
            ("In Progress", "InProgress"),
            ("Done", "Completed"),
            ("Removed", "Removed"),
        ],
        fields: &[REMAINING],
    },
    ItemType { name: "Product Backlog Item", states: SCRUM, fields: &[EFFORT] },
    ItemType { name: "Bug", states: SCRUM, fields: &[EFFORT, REPRO_STEPS] },
    ItemType {
        name: "Epic",
        states: &[
            ("New", "Proposed"),
            ("In Progress", "InProgress"),
            ("Done", "Completed"),
            ("Removed", "Removed"),
        ],
        fields: &[EFFORT],
    },
];

/// The types of a product's process.
pub(super) fn types(deployment: Deployment) -> &'static [ItemType] {
    match deployment {
        Deployment::Services => AGILE_OF_OUR_OWN,
        Deployment::Server => SCRUM_ITSELF,
    }
}

impl ItemType {
    /// The name of a field of this type.
    pub(super) fn field(&self, name: &str) -> Option<&'static str> {
        let all = COMMON.iter().chain(self.fields);
        all.map(|(field, _)| *field).find(|field| field.eq_ignore_ascii_case(name))
    }

    /// The category of a state of this type.
    pub(super) fn category(&self, state: &str) -> Option<&'static str> {
        let named = |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case(state);
        self.states.iter().find(named).map(|(_, category)| *category)
    }

    /// The state as the process writes it.
    pub(super) fn state(&self, state: &str) -> Option<&'static str> {
        self.states.iter().map(|(name, _)| *name).find(|name| name.eq_ignore_ascii_case(state))
    }

    fn shown_states(&self) -> Vec<Value> {
        let show = |(name, category): &(&str, &str)| json!({"name": name, "category": category, "color": "b2b2b2"});
        self.states.iter().map(show).collect()
    }
}

impl AzureDevOps {
    pub(super) fn item_type(&self, name: &str) -> Option<&'static ItemType> {
        types(self.deployment).iter().find(|known| known.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn types(&self) -> Response {
        let show = |known: &ItemType| {
            let fields = COMMON.iter().chain(known.fields);
            let fields: Vec<_> = fields
                .map(|(reference, name)| json!({"referenceName": reference, "name": name, "alwaysRequired": *name == "Title"}))
                .collect();
            json!({"name": known.name, "isDisabled": false, "fields": fields,
                "referenceName": format!("Microsoft.VSTS.WorkItemTypes.{}", known.name.replace(' ', ""))})
        };
        let all: Vec<_> = types(self.deployment).iter().map(show).collect();
        Response::json(200, &json!({"count": all.len(), "value": all}))
    }

    pub(super) fn states(&self, name: &str) -> Answer {
        let known = self.item_type(name).ok_or_else(|| no_such_type(name))?;
        let all = known.shown_states();
        Ok(Response::json(200, &json!({"count": all.len(), "value": all})))
    }
}

pub(super) fn no_such_type(name: &str) -> Response {
    refuse(404, &format!("VS402323: Work item type {name} does not exist in project SHOP."))
}
