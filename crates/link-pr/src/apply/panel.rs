//! The development panel: all items at once, before any link.

use super::Done;
use crate::{
    decide::Plan,
    facts::{Facts, PanelFact},
    named::Item,
};
use backend::{
    model::{Link, WorkItemId},
    panel::Panel,
};

/// Shows the pull request as planned.
pub(super) async fn show(plan: &Plan, facts: &Facts, panel: Option<&dyn Panel>, done: &mut Done) {
    let (Some(wanted), Some(panel)) = (&plan.panel, panel) else { return };
    match panel.show(facts.development(), &wanted.items, wanted.others).await {
        Ok(shown) => {
            done.shown = shown;
            // What has a link as well is told when that is taken away.
            let has_link = |id: &WorkItemId| plan.withdrawn.iter().any(|it| it.item == *id);
            let withdrawn = wanted.withdrawn.iter().filter(|it| !has_link(&it.item));
            done.withdrawn.extend(withdrawn.map(|it| (it.clone(), Ok(()))));
        }
        Err(error) => {
            let number = facts.proposal.pull_request.number;
            let doing = format!("show pull request {number} in the development panel");
            done.panel_error = Some(error.during(doing));
        }
    }
}

/// Whether an item that nothing but the panel is to show is done with. Where its tracker has no panel, or the panel does
/// not know it, it gets a link.
pub(super) fn settle(
    item: &Item,
    plan: &Plan,
    facts: &Facts,
    panel: Option<&dyn Panel>,
    done: &mut Done,
) -> bool {
    if !panel.is_some_and(|panel| panel.takes(&item.id)) {
        return false;
    }
    if done.panel_error.is_some() || facts.panel == PanelFact::Unread {
        done.unshown.push(item.clone());
        return true;
    }
    if !done.shown.contains(&item.id) {
        return false;
    }
    let pull_request = &facts.proposal.pull_request;
    let existed = plan.panel.as_ref().is_some_and(|it| it.before.contains(&item.id));
    let (url, title) = (pull_request.url.clone(), Some(pull_request.title.clone()));
    let link = Link { item: item.id.clone(), url, title, existed };
    done.links.push((item.clone(), Ok(link)));
    true
}
