//! What the tracker says of the items that are named, and of those that may be linked from before.

use crate::{
    decide,
    facts::{Facts, Known, OnPanel},
    named::{self, Named},
    policy::Policy,
};
use app::{Result, naming::Naming};
use backend::{
    Error, ErrorKind, Operation, Tracker,
    model::WorkItemId,
    reference::{Extraction, Layout},
    registry::Panels,
};
use futures_util::stream::{self, StreamExt as _};
use std::collections::BTreeSet;

/// Asks the tracker, several questions in flight. What could not be read is an error of its own; what every further
/// question would meet ends the run.
pub(crate) async fn look_up(
    facts: &mut Facts,
    named: &Named,
    naming: &Naming,
    policy: &Policy,
    tracker: &dyn Tracker,
    in_flight: usize,
) -> Result<Vec<Error>> {
    let holding: BTreeSet<WorkItemId> =
        decide::decide(facts, named, &[], policy).links.into_iter().map(|item| item.id).collect();
    let suspects = suspects(facts, named, naming, policy, tracker).await?;
    let mut failures = Vec::new();
    // The first goes alone: credentials that are wrong are tried once, and not eight times.
    let alone = usize::from(!holding.is_empty());
    let mut all = holding.iter().map(|id| (id, true));
    for (id, is_held) in all.by_ref().take(alone) {
        note(facts, id, is_held, ask(tracker, id, is_held, facts).await, &mut failures)?;
    }
    let rest = all.chain(suspects.difference(&holding).map(|id| (id, false)));
    let rest: Vec<_> = rest.map(|(id, is_held)| (id.clone(), is_held)).collect();
    let shared: &Facts = facts;
    let answers: Vec<_> = stream::iter(rest)
        .map(|(id, is_held)| async move { (ask(tracker, &id, is_held, shared).await, id, is_held) })
        .buffered(in_flight)
        .collect()
        .await;
    for (answer, id, is_held) in answers {
        note(facts, &id, is_held, answer, &mut failures)?;
    }
    let Facts { items, called, .. } = facts;
    items.retain(|id, _| holding.contains(id) || !called.contains_key(id));
    Ok(failures)
}

/// What the development panels show of the pull request, and what asking them failed with. A merge queue's group is no news
/// there, and a title that nobody told is no title.
pub(crate) async fn on_panel(facts: &mut Facts, naming: &Naming, panels: &Panels) -> Vec<Error> {
    if panels.is_empty() || facts.queued.is_some() || !facts.is_told {
        return Vec::new();
    }
    let (items, errors) = panels.shown(facts.development()).await;
    let named = |item: WorkItemId| facts.called.get(&item).cloned().unwrap_or(item);
    let (ours, foreign) = items.into_iter().map(named).partition(|item| is_ours(item, naming));
    facts.panel = Some(OnPanel { ours, foreign });
    let doing = "read the development panel";
    errors.into_iter().map(|error| error.during(doing)).collect()
}

/// Whether this run could have linked such an item. The key of a project that it would not link is another run's to
/// withdraw; a number is its tracker's, which has but one project here.
fn is_ours(item: &WorkItemId, naming: &Naming) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_key = item.as_str().rsplit_once('-').is_some_and(|(_, number)| is_digits(number));
    let Ok(finder) = naming.finder() else { return true };
    !is_key || !finder.find(item.as_str()).references.is_empty()
}

/// Items that may have a link from before: the tracker knows, or former runs and replaced texts tell where to look.
async fn suspects(
    facts: &Facts,
    named: &Named,
    naming: &Naming,
    policy: &Policy,
    tracker: &dyn Tracker,
) -> Result<BTreeSet<WorkItemId>> {
    if !tracker.metadata().operations.contains(&Operation::ListLinks) || facts.queued.is_some() {
        return Ok(BTreeSet::new());
    }
    let page = &facts.proposal.pull_request.url;
    let linked = tracker.items_linked_to(page).await;
    if let Some(linked) = linked.map_err(|error| error.during("look up what is linked to it"))? {
        return Ok(linked.into_iter().filter(|item| is_ours(item, naming)).collect());
    }
    let mut suspects: BTreeSet<WorkItemId> = facts.earlier.items.iter().cloned().collect();
    for text in &facts.earlier.texts {
        let found: Extraction =
            naming.resolve(naming.finder()?.read(text, Layout::Markdown), &facts.repository);
        suspects.extend(found.references.into_iter().map(|reference| reference.item));
    }
    let now = named.items.iter().map(|item| &item.id).chain(&named.let_go);
    suspects.extend(now.take(policy.limit).cloned());
    Ok(suspects)
}

/// Reads an item whose link holds; of any other, whether it is linked. With it comes what the tracker calls the item.
async fn ask(
    tracker: &dyn Tracker,
    id: &WorkItemId,
    is_held: bool,
    facts: &Facts,
) -> Result<(Known, WorkItemId)> {
    let item = tracker.get_work_item(id).await?;
    let linked = if is_held {
        None
    } else {
        let page = &facts.proposal.pull_request.url;
        Some(tracker.list_links(id).await?.iter().any(|link| link.url == *page))
    };
    Ok((Known::There { status: item.status, linked }, item.id))
}

fn note(
    facts: &mut Facts,
    id: &WorkItemId,
    is_held: bool,
    answer: Result<(Known, WorkItemId)>,
    failures: &mut Vec<Error>,
) -> Result<()> {
    let known = match answer {
        Ok((known, name)) => {
            if is_held && name != *id {
                facts.called.insert(name, id.clone());
            }
            known
        }
        Err(error) if error.kind == ErrorKind::NotFound => Known::Gone,
        Err(error) if is_fatal(error.kind) => return Err(error.during(format!("read {id}"))),
        Err(error) => {
            failures.push(error.during(format!("read {id}")));
            Known::Unread
        }
    };
    facts.items.insert(id.clone(), known);
    Ok(())
}

/// Failures that every further request would meet as well.
fn is_fatal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Auth | ErrorKind::Unsupported | ErrorKind::Protocol)
}

/// The items of a text that a former run left behind, as ids of this naming's form only: anybody may have written it.
pub(crate) fn remembered(
    words: impl IntoIterator<Item = String>,
    naming: &Naming,
) -> Vec<WorkItemId> {
    let Ok(finder) = naming.finder() else { return Vec::new() };
    let is_one = |word: &String| {
        let found = finder.find(word).references;
        found.len() == 1 && found[0].span == (0..word.len()) && named::is_plain(word)
    };
    words.into_iter().filter(is_one).map(WorkItemId::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_project_s_items_are_not_this_run_s_to_withdraw() {
        let naming = Naming::keys().with_projects(&["SHOP".to_owned()]);
        let is = |id: &str| is_ours(&WorkItemId::new(id), &naming);
        assert!(is("SHOP-1") && is("12") && is("AB#12") && is("acme/my-shop#7"));
        assert!(!is("TOY-1"));
    }
}
