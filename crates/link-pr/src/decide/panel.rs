//! What the tracker's development panel is to show.

use super::{Sorted, Withdrawal, Withdrawing};
use crate::{
    facts::{Facts, OnPanel},
    policy::{Noise, Policy},
};
use backend::{model::WorkItemId, panel::Others};

/// What the panel is to show. It is shown anew each time, for what the panel tells of itself may be behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelPlan {
    /// The items that are to show the pull request.
    pub items: Vec<WorkItemId>,
    /// The items of other projects that show it, and go on doing so.
    pub foreign: Vec<WorkItemId>,
    /// What becomes of it on all others.
    pub others: Others,
    /// The items that show it now, as far as the panel tells.
    pub before: Vec<WorkItemId>,
    /// Of these, the ones that are not to show it any more.
    pub withdrawn: Vec<Withdrawal>,
}

impl PanelPlan {
    /// The same without what another plan lacks. Two plans that differ take nothing out.
    pub(crate) fn agreed(
        mut self,
        is_planned: impl Fn(&WorkItemId) -> bool,
        is_whole: bool,
    ) -> Self {
        if !is_whole || !self.items.iter().all(&is_planned) {
            self.others = Others::Kept;
            self.withdrawn.clear();
        }
        self.items.retain(is_planned);
        self
    }
}

/// Decides it. What was not read whole takes nothing out.
pub(super) fn plan(
    facts: &Facts,
    sorted: &Sorted,
    policy: &Policy,
    withdrawing: &Withdrawing<'_>,
) -> Option<PanelPlan> {
    let OnPanel { ours: before, foreign } = facts.panel.clone()?;
    // Nothing is added to an item that is to be kept quiet.
    let is_wanted = |id: &&WorkItemId| policy.noise_of(id) != Noise::Off || before.contains(id);
    let holding = sorted.holding.iter().map(|item| &item.id).filter(is_wanted);
    let items: Vec<WorkItemId> = holding.cloned().collect();
    let (others, withdrawn) = if withdrawing.allowed {
        let old = before.iter().filter(|id| !items.contains(id));
        (Others::TakenOut, old.map(|id| withdrawing.of(id)).collect())
    } else {
        (Others::Kept, Vec::new())
    };
    Some(PanelPlan { items, foreign, others, before, withdrawn })
}
