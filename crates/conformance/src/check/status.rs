//! States: reached, kept, refused.

use super::{Case, Check, Verdict, ensure, fails, known, same};
use backend::{
    ErrorKind, Operation, Result,
    model::{Change, Draft, Status, WorkItem, WorkItemId},
};

const NEEDS: &[Operation] =
    &[Operation::CreateWorkItem, Operation::GetWorkItem, Operation::UpdateWorkItem];

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "every_state_is_reached",
        needs: NEEDS,
        run: |case| Box::pin(every_state_is_reached(case)),
    },
    Check {
        name: "a_state_that_is_not_there_is_refused",
        needs: NEEDS,
        run: |case| Box::pin(a_state_that_is_not_there(case)),
    },
    Check {
        name: "the_same_state_is_a_no_op",
        needs: NEEDS,
        run: |case| Box::pin(the_same_state_is_a_no_op(case)),
    },
    Check {
        name: "closing_has_a_time",
        needs: NEEDS,
        run: |case| Box::pin(closing_has_a_time(case)),
    },
    Check {
        name: "an_item_is_made_in_a_state",
        needs: NEEDS,
        run: |case| Box::pin(an_item_is_made_in_a_state(case)),
    },
    Check {
        name: "an_unreachable_state_is_refused",
        needs: NEEDS,
        run: |case| Box::pin(an_unreachable_state_is_refused(case)),
    },
];

async fn go(case: &Case<'_>, id: &WorkItemId, status: Status) -> Result<WorkItem> {
    let change = Change { status: Some(status), ..Change::default() };
    case.tracker.update_work_item(id, &change).await
}

async fn every_state_is_reached(case: &Case<'_>) -> Verdict {
    for status in case.facts.states {
        let item = case.make(&format!("To become {status}")).await?;
        same("the first state", &item.status, &Status::Todo)?;
        let moved = go(case, &item.id, *status).await?;
        same("the state", &moved.status, status)?;
        ensure(!moved.native_status.is_empty(), || "the vendor has no word for it".to_owned())?;
        same("the item read back", &case.tracker.get_work_item(&item.id).await?, &moved)?;
    }
    Ok(())
}

async fn a_state_that_is_not_there(case: &Case<'_>) -> Verdict {
    let missing = Status::ALL.iter().find(|status| !case.facts.states.contains(status));
    let missing = known(missing)?;
    let item = case.make("Not to get there").await?;
    let error = fails("going there", go(case, &item.id, *missing).await, &[ErrorKind::Rejected])?;
    let told = format!("{error} {}", error.hint());
    ensure(told.contains(&item.native_status) || told.contains("status_mapping"), || {
        format!("the error names neither a state that is there nor the setting: {told}")
    })?;
    same("the item", &case.tracker.get_work_item(&item.id).await?, &item)
}

async fn the_same_state_is_a_no_op(case: &Case<'_>) -> Verdict {
    let item = case.make("To be started once").await?;
    let first = go(case, &item.id, Status::InProgress).await?;
    let second = go(case, &item.id, Status::InProgress).await?;
    same("the item", &second, &first)
}

async fn closing_has_a_time(case: &Case<'_>) -> Verdict {
    for status in Status::ALL.iter().copied().filter(|status| status.is_closed()) {
        let item = case.make("To be closed and opened").await?;
        let closed = go(case, &item.id, status).await?;
        ensure(closed.closed_at.is_some_and(|at| at >= item.created_at), || {
            format!("closed at {:?}", closed.closed_at)
        })?;
        let open = go(case, &item.id, Status::InProgress).await?;
        same("the time of closing of an open item", &open.closed_at, &None)?;
    }
    Ok(())
}

async fn an_item_is_made_in_a_state(case: &Case<'_>) -> Verdict {
    let title = "Half done from the start".to_owned();
    let draft = Draft { title, status: Some(Status::InProgress), ..Draft::default() };
    let made = case.tracker.create_work_item(&draft).await?;
    same("the state", &made.status, &Status::InProgress)
}

async fn an_unreachable_state_is_refused(case: &Case<'_>) -> Verdict {
    let (from, to) = known(case.facts.unreachable)?;
    let item = case.make("Not to get there").await?;
    let stuck = go(case, &item.id, from).await?;
    let error = fails("going there", go(case, &item.id, to).await, &[ErrorKind::Rejected])?;
    let told = format!("{error} {}", error.hint());
    let reachable = go(case, &item.id, Status::InProgress).await?.native_status;
    ensure(told.contains(&reachable), || {
        format!("the error does not name {reachable}, which can be reached: {told}")
    })?;
    same("the state before", &stuck.status, &from)
}
