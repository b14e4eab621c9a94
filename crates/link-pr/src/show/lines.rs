//! The lines that people see.

use super::{UNSHOWN, View, linked};
use crate::{pass::Outcome, report::places};
use app::untrusted;
use backend::model::{Link, WorkItemId};

/// Look-alikes that are told where nothing is linked; `--verbose` tells them all.
const MOST_LEFT: usize = 10;

/// The lines of a run.
pub(super) fn lines(outcome: &Outcome, view: View<'_>) -> String {
    let mut text = String::new();
    if view.withheld {
        text.push_str("skipped: no token (a run of a fork or of Dependabot gets no secrets)\n");
    }
    text.push_str(&links(outcome, view));
    text.push_str(&changes(outcome, view));
    text.push_str(&left(outcome, view));
    text.push_str(&end(outcome, view));
    text
}

fn line(verb: &str, rest: &str) -> String {
    format!("{verb:<10}  {}\n", untrusted::line(rest))
}

fn links(outcome: &Outcome, view: View<'_>) -> String {
    let made = outcome.done.links.iter().filter_map(|(item, result)| {
        let link = result.as_ref().ok()?;
        let is_linked = !outcome.done.only_shown.contains(&item.id);
        let verb = match (link.existed, view.dry) {
            (true, _) => {
                if is_linked {
                    "was linked"
                } else {
                    "was shown"
                }
            }
            (false, true) => {
                if is_linked {
                    "to link"
                } else {
                    "to show"
                }
            }
            (false, false) => {
                if is_linked {
                    "linked"
                } else {
                    "shown"
                }
            }
        };
        Some(line(verb, &format!("{}  {}: {}", link.item, places(item), item.why)))
    });
    let idle = outcome.plan.links.iter().filter(|_| view.is_idle());
    let idle = idle
        .map(|item| line("not linked", &format!("{}  {}: {}", item.id, places(item), item.why)));
    let silent = outcome.done.silent.iter();
    let silent = silent.map(|item| line("kept quiet", &format!("{}  {}", item.id, places(item))));
    let unshown = outcome.done.unshown.iter();
    let unshown = unshown.map(|item| line("not shown", &format!("{}  {UNSHOWN}", item.id)));
    made.chain(idle).chain(silent).chain(unshown).collect()
}

fn changes(outcome: &Outcome, view: View<'_>) -> String {
    let (unlinked, moved) = if view.dry { ("to unlink", "to move") } else { ("unlinked", "moved") };
    let withdrawn = outcome.done.withdrawn.iter().filter(|(_, result)| result.is_ok());
    let withdrawn = withdrawn.map(|(it, _)| line(unlinked, &format!("{}: {}", it.item, it.why)));
    let done = outcome.done.moved.iter().filter(|(_, result)| result.is_ok());
    let done = done.map(|(it, _)| {
        let from = it.from.map(|from| format!("{from} -> ")).unwrap_or_default();
        line(moved, &format!("{}: {from}{}", it.item, it.to))
    });
    let kept = outcome.plan.transitions.iter();
    let kept = kept
        .filter_map(|it| Some(line("not moved", &format!("{}: {}", it.item, it.kept.as_ref()?))));
    withdrawn.chain(done).chain(kept).collect()
}

fn left(outcome: &Outcome, view: View<'_>) -> String {
    let most = match (view.verbose, outcome.plan.links.is_empty()) {
        (true, _) => usize::MAX,
        (false, true) => MOST_LEFT,
        (false, false) => 0,
    };
    let refused = outcome.plan.refused.iter().map(|it| format!("{}: {}", it.item, it.why));
    let left =
        outcome.named.left.iter().map(|it| format!("{} in {}: {}", it.text, it.place, it.reason));
    refused.chain(left).take(most).map(|it| line("skipped", &it)).collect()
}

fn end(outcome: &Outcome, view: View<'_>) -> String {
    let facts = &outcome.facts;
    let read = facts.proposal.commits.len();
    let count = |number: usize, what: &str| match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    };
    let is_link = |link: &&Link| !outcome.done.only_shown.contains(&link.item);
    let all = linked(outcome).filter(is_link).count();
    let made = linked(outcome).filter(is_link).filter(|link| !link.existed).count();
    let there = all - made;
    let (verb, verb_shown) = if view.dry { ("to make", "to show") } else { ("made", "shown") };
    let before = outcome.plan.panel.as_ref().filter(|_| view.dry).map(|it| &it.before[..]);
    let is_new = |item: &&WorkItemId| !before.unwrap_or_default().contains(item);
    let panel = match outcome.done.shown.iter().filter(is_new).count() {
        0 => String::new(),
        shown => format!("; {verb_shown} on {} in the development panel", count(shown, "item")),
    };
    let plan =
        view.plan.map(|path| format!("plan written to {}\n", path.display())).unwrap_or_default();
    format!(
        "{plan}{}: {} read, {} {verb}, {there} there before{panel}\n",
        outcome.plan.verdict.word(),
        count(read, "commit"),
        count(made, "link"),
    )
}
