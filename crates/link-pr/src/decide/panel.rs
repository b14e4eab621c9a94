//! What the tracker's development panel is to show.

use super::{Sorted, Withdrawal, Withdrawing};
use crate::{
    facts::{Facts, PanelFact},
    policy::{Noise, Policy},
};
use backend::model::WorkItemId;

/// What the panel is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhibit {
    /// The items that are to show the pull request.
    pub items: Vec<WorkItemId>,
    /// The items that show it now.
    pub before: Vec<WorkItemId>,
    /// Of these, the ones that are not to show it any more.
    pub withdrawn: Vec<Withdrawal>,
    /// True when it is shown as it is now.
    pub current: bool,
    /// False when it may be shown without being told.
    pub complete: bool,
}

impl Exhibit {
    /// Whether anything is to be done about it.
    pub fn is_due(&self) -> bool {
        let is_new = |id: &WorkItemId| !self.before.contains(id);
        let is_old = !self.current && !self.items.is_empty();
        let changes = !self.withdrawn.is_empty() || self.items.iter().any(is_new);
        is_old || changes || !self.complete
    }

    /// The same without what another plan lacks, which takes nothing away that the other does not; nothing where that
    /// cannot be told.
    pub(crate) fn agreed(
        mut self,
        is_planned: impl Fn(&WorkItemId) -> bool,
        complete: bool,
    ) -> Option<Self> {
        let is_less = !complete || !self.items.iter().all(&is_planned);
        if is_less && !self.complete {
            return None;
        }
        self.items.retain(|id| is_planned(id) || self.before.contains(id));
        let is_kept = |it: &mut Withdrawal| !complete || is_planned(&it.item);
        let kept = self.withdrawn.extract_if(.., is_kept);
        self.items.extend(kept.map(|it| it.item));
        Some(self)
    }
}

/// Decides it. What was not read whole takes nothing away.
pub(super) fn exhibit(
    facts: &Facts,
    sorted: &Sorted,
    policy: &Policy,
    withdrawing: &Withdrawing<'_>,
) -> Option<Exhibit> {
    let PanelFact::Read(shown) = &facts.panel else { return None };
    if !withdrawing.allowed && !shown.complete {
        return None;
    }
    let is_loud = |id: &WorkItemId| policy.noise_of(id) != Noise::Off;
    let holding = sorted.holding.iter().map(|item| &item.id).filter(|id| is_loud(id));
    let mut items: Vec<WorkItemId> = holding.cloned().collect();
    let rest: Vec<WorkItemId> =
        shown.items.iter().filter(|id| !items.contains(id)).cloned().collect();
    let withdrawn = if withdrawing.allowed {
        rest.iter().map(|id| withdrawing.of(id)).collect()
    } else {
        items.extend(rest);
        Vec::new()
    };
    let (before, current, complete) = (shown.items.clone(), shown.current, shown.complete);
    Some(Exhibit { items, before, withdrawn, current, complete })
}
