//! Credentials: good, wrong and weak.

use super::{Case, Check, Failure, Verdict, contract, ensure, fails, known, same};
use crate::subject::{Access, generous};
use backend::{
    ErrorKind, Operation, Result, Tracker,
    model::{Change, Draft, Query},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "authenticate_names_the_account",
        needs: &[Operation::Authenticate],
        run: |case| Box::pin(authenticate_names_the_account(case)),
    },
    Check {
        name: "a_wrong_token_is_auth",
        needs: &[Operation::Authenticate],
        run: |case| Box::pin(a_wrong_token_is_auth(case)),
    },
    Check {
        name: "a_weak_token_is_forbidden",
        needs: &[Operation::CreateWorkItem, Operation::UpdateWorkItem, Operation::GetWorkItem],
        run: |case| Box::pin(a_weak_token_is_forbidden(case)),
    },
    Check {
        name: "health_of_a_good_token",
        needs: &[Operation::HealthCheck],
        run: |case| Box::pin(health_of_a_good_token(case)),
    },
    Check {
        name: "health_of_a_weak_token",
        needs: &[Operation::HealthCheck],
        run: |case| Box::pin(health_of_a_weak_token(case)),
    },
    Check {
        name: "health_of_a_wrong_token",
        needs: &[Operation::HealthCheck],
        run: |case| Box::pin(health_of_a_wrong_token(case)),
    },
];

async fn authenticate_names_the_account(case: &Case<'_>) -> Verdict {
    let identity = case.tracker.authenticate().await?;
    ensure(!identity.id.is_empty() && !identity.name.is_empty(), || format!("it is {identity:?}"))
}

/// Connecting may already notice the wrong token; that is as good.
async fn connect(case: &Case<'_>, access: Access) -> Verdict<Result<Box<dyn Tracker>>> {
    known(case.subject.connect(access, generous()).await)
}

async fn a_wrong_token_is_auth(case: &Case<'_>) -> Verdict {
    let tracker = match connect(case, Access::Wrong).await? {
        Ok(tracker) => tracker,
        connected => return fails("connecting", connected, &[ErrorKind::Auth]).map(drop),
    };
    let auth = &[ErrorKind::Auth];
    fails("authenticate", tracker.authenticate().await, auth)?;
    let operations = &tracker.metadata().operations;
    if operations.contains(&Operation::SearchWorkItems) {
        let found = tracker.search_work_items(&Query::default()).await;
        fails("a search", found, auth)?;
    }
    if operations.contains(&Operation::CreateWorkItem) {
        let id = case.make("An item to look at without permission").await?.id;
        fails("reading", tracker.get_work_item(&id).await, auth)?;
        let draft = Draft { title: "Not to be made".to_owned(), ..Draft::default() };
        fails("creating", tracker.create_work_item(&draft).await, auth)?;
    }
    Ok(())
}

async fn a_weak_token_is_forbidden(case: &Case<'_>) -> Verdict {
    let tracker = connect(case, Access::Weak).await??;
    let id = case.make("An item to look at and not to touch").await?.id;
    tracker.get_work_item(&id).await?;
    let forbidden = &[ErrorKind::Forbidden];
    let draft = Draft { title: "Not to be made".to_owned(), ..Draft::default() };
    fails("creating", tracker.create_work_item(&draft).await, forbidden)?;
    let change = Change { title: Some("Not to be set".to_owned()), ..Change::default() };
    fails("updating", tracker.update_work_item(&id, &change).await, forbidden)?;
    let operations = &tracker.metadata().operations;
    if operations.contains(&Operation::LinkToCommit) {
        let linked = tracker.link_to_commit(&id, &contract::commit(1)?).await;
        fails("linking", linked, forbidden)?;
    }
    let after = case.tracker.get_work_item(&id).await?;
    ensure(after.title.contains("not to touch"), || format!("the title became {}", after.title))
}

async fn health_of_a_weak_token(case: &Case<'_>) -> Verdict {
    let tracker = connect(case, Access::Weak).await??;
    let missing = match tracker.access().await {
        Ok(access) => access.missing_scopes,
        Err(error) => return Err(Failure::from(error)),
    };
    // Not every tracker tells what a token may do.
    known((!missing.is_empty()).then_some(()))?;
    let health = tracker.health_check().await;
    ensure(!health.healthy && health.error.is_none(), || format!("it is {health:?}"))?;
    let good = case.tracker.access().await?;
    same("what the good token lacks", &good.missing_scopes, &Vec::new())
}

async fn health_of_a_good_token(case: &Case<'_>) -> Verdict {
    let health = case.tracker.health_check().await;
    let fine = health.healthy && health.error.is_none() && health.identity.is_some();
    ensure(fine && health.latency_ms.is_some(), || format!("it is {health:?}"))?;
    match case.facts.quota {
        Some(quota) => same("what may still be asked", &health.access.quota, &Some(quota)),
        None => Ok(()),
    }
}

async fn health_of_a_wrong_token(case: &Case<'_>) -> Verdict {
    let tracker = match connect(case, Access::Wrong).await? {
        Ok(tracker) => tracker,
        Err(error) if error.kind == ErrorKind::Auth => return Ok(()),
        Err(error) => return Err(Failure::from(error)),
    };
    let health = tracker.health_check().await;
    ensure(!health.healthy && health.error.is_some(), || format!("it is {health:?}"))
}
