//! What is declared is what is there.

use super::{Case, Check, Verdict, ensure, fails, same};
use backend::{
    ErrorKind, Operation, Result,
    history::{Period, Team},
    incident::Incident,
    model::{
        Attachment, Change, Commit, Draft, Link, Priority, PullRequest, PullRequestState, Query,
        WorkItemId,
    },
    webhook::Delivery,
};
use jiff::Timestamp;
use std::future::ready;
use url::Url;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "declared_equals_observed",
        needs: &[],
        run: |case| Box::pin(declared_equals_observed(case)),
    },
    Check {
        name: "unsupported_names_the_way_out",
        needs: &[],
        run: |case| Box::pin(unsupported_names_the_way_out(case)),
    },
    Check {
        name: "the_configuration_has_no_problems",
        needs: &[Operation::ValidateConfig],
        run: |case| Box::pin(ready(the_configuration_has_no_problems(case))),
    },
];

async fn declared_equals_observed(case: &Case<'_>) -> Verdict {
    let id = some_item(case).await?;
    let declared = &case.tracker.metadata().operations;
    for operation in Operation::ALL {
        let outcome = call(case, *operation, &id).await;
        let there = !matches!(&outcome, Err(error) if error.kind == ErrorKind::Unsupported);
        let what = || {
            let told =
                if there { "is there and not declared" } else { "is declared and Unsupported" };
            format!("{operation} {told}")
        };
        ensure(declared.contains(operation) == there, what)?;
    }
    Ok(())
}

async fn unsupported_names_the_way_out(case: &Case<'_>) -> Verdict {
    let id = some_item(case).await?;
    let metadata = case.tracker.metadata();
    for operation in Operation::ALL {
        if metadata.operations.contains(operation) {
            continue;
        }
        let outcome = call(case, *operation, &id).await;
        let error = fails(operation.word(), outcome, &[ErrorKind::Unsupported])?;
        let named = error.message.contains(&metadata.title);
        ensure(named, || format!("the message does not name {}: {error}", metadata.title))?;
    }
    Ok(())
}

fn the_configuration_has_no_problems(case: &Case<'_>) -> Verdict {
    same("the list of problems", &case.tracker.validate_config(), &Vec::new())
}

async fn some_item(case: &Case<'_>) -> Verdict<WorkItemId> {
    if case.tracker.metadata().operations.contains(&Operation::CreateWorkItem) {
        return Ok(case.make("An item to call operations on").await?.id);
    }
    Ok(WorkItemId::new("1"))
}

/// Calls an operation with something plausible; only whether it is there matters.
async fn call(case: &Case<'_>, operation: Operation, id: &WorkItemId) -> Result<()> {
    let tracker = case.tracker;
    let team = Team { name: "No such team".to_owned() };
    let period = Period { from: Timestamp::UNIX_EPOCH, to: Timestamp::UNIX_EPOCH };
    match operation {
        Operation::Authenticate => tracker.authenticate().await.map(drop),
        Operation::CreateWorkItem => tracker.create_work_item(&draft()).await.map(drop),
        Operation::UpdateWorkItem => tracker.update_work_item(id, &change()).await.map(drop),
        Operation::GetWorkItem => tracker.get_work_item(id).await.map(drop),
        Operation::SearchWorkItems => {
            tracker.search_work_items(&Query { limit: 1, ..Query::default() }).await.map(drop)
        }
        Operation::LinkToCommit => tracker.link_to_commit(id, &commit(1)?).await.map(drop),
        Operation::LinkToPullRequest => {
            tracker.link_to_pull_request(id, &pull_request(1)?).await.map(drop)
        }
        Operation::ListLinks => tracker.list_links(id).await.map(drop),
        Operation::Unlink => tracker.unlink(&absent_link(id)?).await,
        Operation::AttachFile => tracker.attach_file(id, &file()).await.map(drop),
        Operation::WebhookHandler => {
            let delivery = Delivery {
                headers: Vec::new(),
                body: Vec::new(),
                received_at: Timestamp::UNIX_EPOCH,
            };
            tracker.webhook_handler(&delivery).await.map(drop)
        }
        Operation::TeamHistory => tracker.team_history(&team, &period).await.map(drop),
        Operation::CreateFromIncident => tracker.create_from_incident(&incident()).await.map(drop),
        Operation::GetTeamVelocity => tracker.get_team_velocity(&team, &period).await.map(drop),
        Operation::ValidateConfig => {
            tracker.validate_config();
            Ok(())
        }
        Operation::HealthCheck => {
            tracker.health_check().await;
            Ok(())
        }
    }
}

fn draft() -> Draft {
    Draft { title: "An item made by calling everything".to_owned(), ..Draft::default() }
}

fn change() -> Change {
    Change { title: Some("A changed title".to_owned()), ..Change::default() }
}

fn file() -> Attachment {
    let (name, media_type) = ("note.txt".to_owned(), "text/plain".to_owned());
    Attachment { name, media_type, content: b"A note.".to_vec() }
}

fn incident() -> Incident {
    Incident {
        title: "The shop does not answer".to_owned(),
        severity: Priority::High,
        timestamp: Timestamp::UNIX_EPOCH,
        logs: "connect: timed out".to_owned(),
        components: vec!["shop".to_owned()],
    }
}

fn absent_link(item: &WorkItemId) -> Result<Link> {
    let url = commit(404)?.url;
    Ok(Link { item: item.clone(), url, title: None, existed: true })
}

/// A commit that differs by its number.
pub(super) fn commit(number: u32) -> Result<Commit> {
    let sha = format!("{number:040x}");
    Ok(Commit {
        message: format!("Change number {number}\n\nWith a body."),
        url: address(&format!("https://git.example.com/acme/shop/commit/{sha}"))?,
        sha,
        repository: "acme/shop".to_owned(),
        author: "Alex Example".to_owned(),
        committed_at: Timestamp::UNIX_EPOCH,
    })
}

/// A pull request that differs by its number.
pub(super) fn pull_request(number: u64) -> Result<PullRequest> {
    Ok(PullRequest {
        url: address(&format!("https://git.example.com/acme/shop/pull/{number}"))?,
        number,
        repository: "acme/shop".to_owned(),
        title: "Add the thing".to_owned(),
        state: PullRequestState::Open,
    })
}

pub(super) fn address(text: &str) -> Result<Url> {
    text.parse().map_err(|_| backend::Error::new(ErrorKind::Config, format!("form {text}")))
}
