//! Doing a plan: links, withdrawals, moves. Each can be repeated, so that a second run changes nothing.

mod panel;

use crate::{
    decide::{Plan, Transition, Withdrawal},
    facts::Facts,
    named::Item,
    policy::{Noise, Policy},
};
use app::Result;
use backend::{
    Error, ErrorKind, Operation, Tracker,
    model::{Change, Link, PullRequest, WorkItemId},
    registry::Panels,
    text::Markdown,
};
use futures_util::stream::{self, StreamExt as _};

/// What became of a plan.
#[derive(Debug, Default)]
pub struct Done {
    /// Links that were made or found.
    pub links: Vec<(Item, Result<Link>)>,
    /// Items whose development panel shows the pull request.
    pub shown: Vec<WorkItemId>,
    /// Of these, the ones that have no link beside it: in `links` they stand as well.
    pub only_shown: Vec<WorkItemId>,
    /// Items that only the panel was to show, which failed.
    pub unshown: Vec<Item>,
    /// Why a panel could not be written to.
    pub panel_errors: Vec<Error>,
    /// Items that the policy keeps quiet: nothing was written to them.
    pub silent: Vec<Item>,
    /// Links that were taken away.
    pub withdrawn: Vec<(Withdrawal, Result<()>)>,
    /// Moves that were tried.
    pub moved: Vec<(Transition, Result<()>)>,
    /// Items that were not tried, because the first failed in a way that all would.
    pub untried: Vec<Item>,
}

impl Done {
    /// An item that a panel and a link were taken away from is told once, with what failed.
    fn withdrew(&mut self, withdrawal: &Withdrawal, outcome: Result<()>) {
        match self.withdrawn.iter_mut().find(|(known, _)| known.item == withdrawal.item) {
            Some((_, known)) if known.is_ok() => *known = outcome,
            Some(_) => {}
            None => self.withdrawn.push((withdrawal.clone(), outcome)),
        }
    }
}

/// Where a plan is done.
#[derive(Clone, Copy)]
pub(crate) struct Sites<'a> {
    pub(crate) tracker: &'a dyn Tracker,
    pub(crate) panels: &'a Panels,
}

/// Does a plan; one thing that fails does not stop the others.
pub(crate) async fn apply(
    plan: &Plan,
    facts: &Facts,
    Sites { tracker, panels }: Sites<'_>,
    policy: &Policy,
    in_flight: usize,
) -> Done {
    let mut done = Done::default();
    let pull_request = &facts.proposal.pull_request;
    panel::show(plan, facts, panels, &mut done).await;
    let mut links = Vec::new();
    for item in &plan.links {
        match policy.noise_of(&item.id) {
            Noise::Off => done.silent.push(item.clone()),
            Noise::Panel => {
                let is_done = panel::settle(item, plan, facts, panels, &mut done);
                links.extend((!is_done).then(|| (item.clone(), Noise::Link)));
            }
            noise => links.push((item.clone(), noise)),
        }
    }
    let (made, untried) = link_all(links, pull_request, tracker, in_flight).await;
    done.links.extend(made);
    done.links.sort_by_key(|(item, _)| plan.links.iter().position(|it| it.id == item.id));
    done.untried = untried;
    if !done.untried.is_empty() {
        return done;
    }
    for withdrawal in &plan.withdrawn {
        let outcome = withdraw(withdrawal, pull_request, tracker).await;
        done.withdrew(withdrawal, outcome);
    }
    for transition in plan.transitions.iter().filter(|it| it.kept.is_none()) {
        // What cannot be linked is not moved either; its failure is said once.
        let is_linked =
            |(item, link): &(Item, Result<Link>)| item.id == transition.item && link.is_ok();
        if done.links.iter().any(is_linked) {
            let outcome = move_one(transition, tracker).await;
            done.moved.push((transition.clone(), outcome));
        }
    }
    done
}

/// Links everything. The first goes alone: what every request would meet is met once.
async fn link_all(
    links: Vec<(Item, Noise)>,
    pull_request: &PullRequest,
    tracker: &dyn Tracker,
    in_flight: usize,
) -> (Vec<(Item, Result<Link>)>, Vec<Item>) {
    let mut links = links.into_iter();
    let Some(first) = links.next() else { return Default::default() };
    let mut made = vec![link_one(first, pull_request, tracker).await];
    if matches!(&made[0].1, Err(error) if is_fatal(error.kind)) {
        return (made, links.map(|(item, _)| item).collect());
    }
    let rest = stream::iter(links).map(|link| link_one(link, pull_request, tracker));
    made.extend(rest.buffered(in_flight).collect::<Vec<_>>().await);
    (made, Vec::new())
}

fn is_fatal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Auth | ErrorKind::Config | ErrorKind::Unsupported | ErrorKind::Protocol
    )
}

async fn link_one(
    (item, noise): (Item, Noise),
    pull_request: &PullRequest,
    tracker: &dyn Tracker,
) -> (Item, Result<Link>) {
    let linked = async {
        let link = tracker.link_to_pull_request(&item.id, pull_request).await?;
        // The run that made the link, and no other, says so: trackers tell exactly one of them that it was not there.
        if noise == Noise::Comment && !link.existed {
            let comment = Some(told(pull_request));
            tracker.update_work_item(&item.id, &Change { comment, ..Change::default() }).await?;
        }
        Ok(link)
    };
    let doing = format!("link {} to pull request {}", item.id, pull_request.number);
    let outcome = linked.await.map_err(|error: Error| error.during(doing));
    (item, outcome)
}

fn told(pull_request: &PullRequest) -> Markdown {
    let PullRequest { repository, number, title, url, .. } = pull_request;
    let link = Markdown::link(&format!("{repository}#{number}: {title}"), url);
    Markdown::from_template("Linked to ").concat(&link)
}

/// Takes away the link to this very pull request, and no other.
async fn withdraw(
    withdrawal: &Withdrawal,
    pull_request: &PullRequest,
    tracker: &dyn Tracker,
) -> Result<()> {
    let item = &withdrawal.item;
    let taken = async {
        if !tracker.metadata().operations.contains(&Operation::Unlink) {
            return Err(tracker.unsupported(Operation::Unlink));
        }
        let links = tracker.list_links(item).await?;
        for link in links.iter().filter(|link| link.url == pull_request.url) {
            tracker.unlink(link).await?;
        }
        Ok(())
    };
    match taken.await {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
        outcome => outcome.map_err(|error| {
            error.during(format!("unlink {item} from pull request {}", pull_request.number))
        }),
    }
}

/// Moves an item. A tracker may refuse a step because another run has taken it since the item was read: as long as the item
/// goes forward under our hands, the move is tried again from where it is.
async fn move_one(transition: &Transition, tracker: &dyn Tracker) -> Result<()> {
    let change = Change { status: Some(transition.to), ..Change::default() };
    let mut seen = transition.from;
    loop {
        let Err(refused) = tracker.update_work_item(&transition.item, &change).await else {
            return Ok(());
        };
        let now = match refused.kind {
            ErrorKind::Rejected | ErrorKind::Conflict => {
                tracker.get_work_item(&transition.item).await.ok().map(|item| item.status)
            }
            _ => None,
        };
        match (seen, now) {
            (_, Some(now)) if !now.precedes(transition.to) => return Ok(()),
            (Some(before), Some(now)) if before.precedes(now) => seen = Some(now),
            _ => {
                let doing = format!("move {} to {}", transition.item, transition.to);
                return Err(refused.during(doing));
            }
        }
    }
}
