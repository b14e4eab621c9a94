//! Moving linked items forward, with `--transition`.

use app::{Failure, Result};
use backend::{
    Tracker,
    model::{Change, Status, WorkItemId},
};
use futures_util::stream::{self, StreamExt as _};

/// Moves every linked item forward, each once; a move that fails does not stop the others. Returns the items that are
/// further already, which stay where they are.
pub(crate) async fn move_all(
    tracker: &dyn Tracker,
    items: Vec<WorkItemId>,
    target: Status,
    in_flight: usize,
) -> Moved {
    let mut moved = Moved { target: Some(target), ..Moved::default() };
    let mut tries = stream::iter(items)
        .map(|item| async { (move_one(tracker, &item, target).await, item) })
        .buffered(in_flight);
    while let Some((outcome, item)) = tries.next().await {
        match outcome {
            Ok(from) if from.precedes(target) => moved.done.push((item, from)),
            Ok(is) => moved.kept.push((item, is)),
            Err(error) => moved
                .failures
                .push(Failure::from(&error.during(format!("move {item} to {target}")))),
        }
    }
    moved
}

/// What became of the moves.
#[derive(Default)]
pub(crate) struct Moved {
    /// Where items were to go; `None` when no move was asked for.
    pub(crate) target: Option<Status>,
    /// Items that were moved, and where from.
    pub(crate) done: Vec<(WorkItemId, Status)>,
    /// Items that were not moved, because they are as far or further.
    pub(crate) kept: Vec<(WorkItemId, Status)>,
    pub(crate) failures: Vec<Failure>,
}

/// Moves an item forward, and says where it was; an item that is as far already stays.
async fn move_one(tracker: &dyn Tracker, item: &WorkItemId, target: Status) -> Result<Status> {
    let status = tracker.get_work_item(item).await?.status;
    if status.precedes(target) {
        let change = Change { status: Some(target), ..Change::default() };
        tracker.update_work_item(item, &change).await?;
    }
    Ok(status)
}
