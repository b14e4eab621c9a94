//! The development panel: all items at once, before any link.

use super::Done;
use crate::{decide::Plan, facts::Facts, named::Item};
use backend::{model::Link, registry::Panels};

/// Shows the pull request as planned.
pub(super) async fn show(plan: &Plan, facts: &Facts, panels: &Panels, done: &mut Done) {
    let Some(wanted) = &plan.panel else { return };
    let all = [&wanted.items[..], &wanted.foreign].concat();
    let (shown, errors) = panels.show(facts.development(), &all, wanted.others).await;
    done.shown = shown;
    if errors.is_empty() {
        wanted.withdrawn.iter().for_each(|it| done.withdrew(it, Ok(())));
    }
    let number = facts.proposal.pull_request.number;
    let doing = format!("show pull request {number} in the development panel");
    done.panel_errors = errors.into_iter().map(|error| error.during(doing.as_str())).collect();
}

/// Whether an item that nothing but the panel is to show is done with. Where its tracker has no panel, or the panel does
/// not know it, it gets a link.
pub(super) fn settle(
    item: &Item,
    plan: &Plan,
    facts: &Facts,
    panels: &Panels,
    done: &mut Done,
) -> bool {
    if done.shown.contains(&item.id) {
        let pull_request = &facts.proposal.pull_request;
        let existed = plan.panel.as_ref().is_some_and(|it| it.before.contains(&item.id));
        let (url, title) = (pull_request.url.clone(), Some(pull_request.title.clone()));
        done.only_shown.push(item.id.clone());
        done.links.push((item.clone(), Ok(Link { item: item.id.clone(), url, title, existed })));
        return true;
    }
    let is_lost = panels.takes(&item.id) && !done.panel_errors.is_empty();
    if is_lost {
        done.unshown.push(item.clone());
    }
    is_lost
}
