//! One pass: facts, decision, deed. Where the code host can be asked, another follows while the pull request changes, so
//! that of two runs at once the last word is that of the newest facts.

use crate::{
    apply::{self, Done, Sites},
    collect::{self, Sources},
    decide::{self, Plan},
    facts::{Facts, NO_TOKEN},
    guard,
    named::{self, Named},
    plan_file::PlanFile,
    policy::Policy,
    report,
    target::Target,
};
use app::{Result, memory::Memory, naming::Naming};
use backend::{Error, Tracker, code_host::Proposal, registry::Panels};

/// Passes at most: a pull request that changes all the time is read again by the run of its next event.
const MOST_PASSES: usize = 3;

/// What there is to work with.
pub(crate) struct Hands<'a> {
    pub(crate) sources: Sources<'a>,
    /// None in a run without secrets, and in one that only plans.
    pub(crate) tracker: Option<&'a dyn Tracker>,
    /// The trackers' development panels.
    pub(crate) panels: &'a Panels,
    pub(crate) naming: Naming,
    pub(crate) policy: &'a Policy,
    /// The plan of another run, to be agreed with.
    pub(crate) planned: Option<PlanFile>,
    /// Nothing is to be written.
    pub(crate) only_plan: bool,
    pub(crate) in_flight: usize,
}

/// Everything that a run found out and did.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What it rests on.
    pub(crate) facts: Facts,
    /// What is named.
    pub(crate) named: Named,
    /// What was decided.
    pub(crate) plan: Plan,
    /// What was done; nothing in a run without secrets.
    pub(crate) done: Done,
    /// What went wrong beside it.
    pub(crate) failures: Vec<Error>,
    /// Things to know.
    pub(crate) notes: Vec<String>,
}

/// Reads, decides and does.
pub(crate) async fn settle(target: &Target, hands: &Hands<'_>) -> Result<Outcome> {
    let mut facts = collect::collect(target, hands.sources, hands.policy).await?;
    for _ in 1..MOST_PASSES {
        let outcome = pass(facts, target, hands).await?;
        match changed(&outcome, target, hands).await {
            Some(newer) => facts = newer,
            None => return Ok(outcome),
        }
    }
    pass(facts, target, hands).await
}

/// The facts anew, where the pull request is another one than when it was read. Whoever cannot ask has done what it could.
async fn changed(outcome: &Outcome, target: &Target, hands: &Hands<'_>) -> Option<Facts> {
    if hands.only_plan || hands.planned.is_some() || hands.tracker.is_none() {
        return None;
    }
    let now = hands.sources.host?.get_pull_request(&target.page.page).await.ok()?;
    if said(&now) == said(&outcome.facts.proposal) {
        return None;
    }
    collect::collect(target, hands.sources, hands.policy).await.ok()
}

/// What a decision depends on.
fn said(proposal: &Proposal) -> impl PartialEq + use<> {
    let pull_request = &proposal.pull_request;
    (
        pull_request.title.clone(),
        pull_request.state,
        proposal.description.clone(),
        proposal.head_sha.clone(),
        proposal.target_branch.clone(),
        proposal.labels.clone(),
        proposal.is_draft,
    )
}

async fn pass(mut facts: Facts, target: &Target, hands: &Hands<'_>) -> Result<Outcome> {
    let named = named::read(&facts, &hands.naming, hands.policy)?;
    let memory = hands.sources.git.map(|git| Memory::of(git, &target.page.page));
    facts.earlier.items = earlier(memory.as_ref(), target, hands).await?;
    let (mut failures, mut unread) = (Vec::new(), Vec::new());
    if let Some(tracker) = hands.tracker {
        let (naming, policy) = (&hands.naming, hands.policy);
        let looked = collect::look_up(&mut facts, &named, naming, policy, tracker, hands.in_flight);
        failures.extend(looked.await?);
        unread = collect::on_panel(&mut facts, naming, hands.panels).await;
    }
    let accidents = guard::accidents(&facts, &named, &hands.naming);
    let mut plan = decide::decide(&facts, &named, &accidents, hands.policy);
    if let Some(planned) = &hands.planned {
        plan = planned.agreed(plan, &facts);
    }
    let notes = unshown(&facts, hands).into_iter().collect();
    let mut outcome = Outcome { facts, named, plan, done: Done::default(), failures, notes };
    if hands.only_plan {
        return Ok(outcome);
    }
    if let Some(tracker) = hands.tracker {
        let sites = Sites { tracker, panels: hands.panels };
        let (plan, facts) = (&outcome.plan, &outcome.facts);
        outcome.done = apply::apply(plan, facts, sites, hands.policy, hands.in_flight).await;
        // What keeps a panel from being written to kept it from being read, and is said once.
        outcome
            .failures
            .extend(unread.into_iter().filter(|_| outcome.done.panel_errors.is_empty()));
        if let Some(memory) = memory.filter(|_| !hands.sources.session.common.dry_run) {
            memory.keep(&report::state(&outcome));
        }
    }
    // A run without secrets has a token that may only read; a refusal each time would bury what there is to say.
    let context = &hands.sources.session.context;
    let is_weak = context.secrets_withheld && hands.tracker.is_none();
    if let Some(host) = hands.sources.host.filter(|_| !is_weak) {
        report::on_host(&mut outcome, host, context.run_url.as_deref()).await;
    }
    Ok(outcome)
}

/// A word about panels that a run has credentials for, and does not write to.
fn unshown(facts: &Facts, hands: &Hands<'_>) -> Option<String> {
    let is_left = !hands.panels.is_empty() && facts.queued.is_none() && !facts.is_told;
    is_left.then(|| {
        format!(
            "the development panel is left as it is, for nobody tells this run the pull request's title and state; {NO_TOKEN}"
        )
    })
}

/// Where links of former runs may be: what the pull request's own comment and the git directory remember.
async fn earlier(
    memory: Option<&Memory>,
    target: &Target,
    hands: &Hands<'_>,
) -> Result<Vec<backend::model::WorkItemId>> {
    let mut words = memory.map(Memory::items).unwrap_or_default();
    if let Some(host) = hands.sources.host {
        let found = host.find_comment(&target.page.page, report::MARKER).await;
        let comment = collect::heard(found, target, hands.sources.session)?.flatten();
        words.extend(comment.as_deref().map(report::remembered).unwrap_or_default());
    }
    Ok(collect::remembered(words, &hands.naming))
}
