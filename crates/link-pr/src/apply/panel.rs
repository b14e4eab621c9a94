//! The development panel: all items at once, before any link.

use super::Done;
use crate::{
    decide::Plan,
    facts::{Facts, PanelFact},
    named::Item,
};
use backend::{model::Link, panel::Panel};

/// Shows the pull request as planned.
pub(super) async fn show(plan: &Plan, facts: &Facts, panel: Option<&dyn Panel>, done: &mut Done) {
    let (Some(exhibit), Some(panel)) = (&plan.panel, panel) else { return };
    if !exhibit.is_due() {
        done.shown.clone_from(&exhibit.items);
        return;
    }
    match panel.show(facts.development(), &exhibit.items).await {
        Ok(shown) => {
            done.shown = shown;
            // What has a link as well is told when that is taken away.
            let has_link = |id| plan.withdrawn.iter().any(|it| it.item == id);
            let withdrawn = exhibit.withdrawn.iter().filter(|it| !has_link(it.item.clone()));
            done.withdrawn.extend(withdrawn.map(|it| (it.clone(), Ok(()))));
        }
        Err(error) => {
            let number = facts.proposal.pull_request.number;
            let doing = format!("show pull request {number} in the development panel");
            done.panel = Some(error.during(doing));
        }
    }
}

/// Takes an item that nothing but the panel is to show; hands it back where its tracker has no panel, for a link then.
pub(super) fn take<'a>(
    item: &'a Item,
    plan: &Plan,
    facts: &Facts,
    done: &mut Done,
) -> Option<&'a Item> {
    let is_read = matches!(facts.panel, PanelFact::Read(_));
    match &plan.panel {
        Some(exhibit) if done.shown.contains(&item.id) => {
            let pull_request = &facts.proposal.pull_request;
            let link = Link {
                item: item.id.clone(),
                url: pull_request.url.clone(),
                title: Some(pull_request.title.clone()),
                existed: exhibit.before.contains(&item.id),
            };
            done.links.push((item.clone(), Ok(link)));
        }
        None if facts.panel == PanelFact::Unread || is_read => done.unshown.push(item.clone()),
        Some(_) if done.panel.is_some() => done.unshown.push(item.clone()),
        _ => return Some(item),
    }
    None
}
