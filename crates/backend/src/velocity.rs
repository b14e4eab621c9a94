//! Velocity: what a team completed, from what happened to its items.

use crate::{
    error::Result,
    history::{ItemChange, Iteration, Period, Team, TeamHistory},
    model::WorkItemId,
    tracker::{Operation, Tracker},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A team's velocity, in the customer's words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Velocity {
    /// Points completed in the finished iterations of the period.
    pub total_story_points: f64,
    /// Mean of the iterations' completed points; `None` without a finished iteration.
    pub avg_velocity: Option<f64>,
    /// Items completed in the finished iterations of the period.
    pub issues_completed: u64,
    /// Number of finished iterations in the period.
    pub sprints: u64,
    /// Length of the period in days.
    pub timeframe_days: u64,
    /// True only when everything was read.
    pub complete: bool,
}

/// Measures velocity on any tracker that has a team history.
pub async fn measure<T: Tracker + ?Sized>(
    tracker: &T,
    team: &Team,
    period: &Period,
) -> Result<Velocity> {
    let can = tracker.metadata().operations.contains(&Operation::TeamHistory);
    if !can {
        return Err(tracker.unsupported(Operation::GetTeamVelocity));
    }
    let history = tracker.team_history(team, period).await?;
    Ok(summarize(&history, period))
}

/// The customer's figures from a history: what was finished in each iteration that ended within the period.
///
/// An item counts for the iteration that it is in, done, at the iteration's end, and was not done in at its start;
/// its points are those at the end. An item without an estimate counts as an item with no points.
fn summarize(history: &TeamHistory, period: &Period) -> Velocity {
    let ended = |iteration: &&Iteration| {
        iteration.end.is_some_and(|end| end >= period.from && end < period.to)
    };
    let finished: Vec<&Iteration> = history.iterations.iter().filter(ended).collect();
    let (mut points, mut items) = (0.0, 0);
    for iteration in &finished {
        for item in completed(history, iteration) {
            points += item.points.unwrap_or_default();
            items += 1;
        }
    }
    let sprints = finished.len();
    #[expect(clippy::cast_precision_loss, reason = "no team has 2^52 sprints")]
    let average = (sprints > 0).then(|| points / sprints as f64);
    let seconds = period.to.as_second() - period.from.as_second();
    Velocity {
        total_story_points: points,
        avg_velocity: average,
        issues_completed: items,
        sprints: sprints as u64,
        timeframe_days: u64::try_from(seconds / 86_400).unwrap_or_default(),
        complete: history.complete,
    }
}

/// What is known of an item at one instant.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    inside: bool,
    done: bool,
    points: Option<f64>,
}

fn completed(history: &TeamHistory, iteration: &Iteration) -> Vec<State> {
    let start = replay(history, iteration, iteration.start);
    let end = replay(history, iteration, iteration.end.unwrap_or(Timestamp::MAX));
    let done_before = |item: &WorkItemId| start.get(item).is_some_and(|state| state.done);
    end.iter()
        .filter(|(item, state)| state.inside && state.done && !done_before(item))
        .map(|(_, state)| *state)
        .collect()
}

/// Every item's state at `instant`; a change exactly then belongs before it.
fn replay<'a>(
    history: &'a TeamHistory,
    iteration: &Iteration,
    instant: Timestamp,
) -> BTreeMap<&'a WorkItemId, State> {
    let mut states: BTreeMap<&WorkItemId, State> = BTreeMap::new();
    for event in history.events.iter().filter(|event| event.at <= instant) {
        let state = states.entry(&event.item).or_default();
        match &event.change {
            ItemChange::Entered(id) if *id == iteration.id => state.inside = true,
            ItemChange::Left(id) if *id == iteration.id => state.inside = false,
            ItemChange::Entered(_) | ItemChange::Left(_) => {}
            ItemChange::Estimated(points) => state.points = *points,
            ItemChange::Done(done) => state.done = *done,
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::ItemEvent;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    fn event(item: &str, day: i64, change: ItemChange) -> ItemEvent {
        ItemEvent { item: WorkItemId::new(item), at: at(day), change }
    }

    fn history() -> TeamHistory {
        let entered = || ItemChange::Entered("7".to_owned());
        let events = vec![
            // Finished inside: counts with the estimate at the end.
            event("A-1", 0, entered()),
            event("A-1", 0, ItemChange::Estimated(Some(3.0))),
            event("A-1", 5, ItemChange::Estimated(Some(5.0))),
            event("A-1", 6, ItemChange::Done(true)),
            // Done before the start: does not count.
            event("A-2", 0, entered()),
            event("A-2", 0, ItemChange::Done(true)),
            // Reopened and open at the end: does not count.
            event("A-3", 2, entered()),
            event("A-3", 3, ItemChange::Done(true)),
            event("A-3", 9, ItemChange::Done(false)),
            // Moved out: does not count.
            event("A-4", 2, entered()),
            event("A-4", 3, ItemChange::Done(true)),
            event("A-4", 4, ItemChange::Left("7".to_owned())),
            // No estimate: an item without points.
            event("A-5", 2, entered()),
            event("A-5", 10, ItemChange::Done(true)),
        ];
        let iteration = Iteration {
            id: "7".to_owned(),
            name: "Seven".to_owned(),
            start: at(1),
            end: Some(at(10)),
        };
        TeamHistory { iterations: vec![iteration], events, complete: true }
    }

    #[test]
    fn what_is_done_at_the_end_counts() {
        let velocity = summarize(&history(), &Period { from: at(0), to: at(14) });
        assert_eq!(
            (velocity.total_story_points, velocity.issues_completed, velocity.sprints),
            (5.0, 2, 1)
        );
        assert_eq!((velocity.avg_velocity, velocity.timeframe_days), (Some(5.0), 14));
    }

    #[test]
    fn an_iteration_that_ends_outside_the_period_does_not_count() {
        let velocity = summarize(&history(), &Period { from: at(0), to: at(10) });
        assert_eq!((velocity.sprints, velocity.avg_velocity), (0, None));
    }
}
