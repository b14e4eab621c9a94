//! The other side of the pipe: any [`Tracker`] as a plugin.

use super::{
    line::{Line, Lines},
    metadata,
    protocol::{Answer, Ask, Config, Incoming, LONGEST_LINE, Refusal},
};
use crate::{
    error::{Error, ErrorKind, Result},
    tracker::{Metadata, Tracker},
};
use futures_util::{
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt as _},
};
use serde::Serialize;
use serde_json::Value;
use std::{io, sync::Arc};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

/// Answers requests until there are no more. `metadata` is what can be said before the configuration is there; the
/// tracker that `connect` makes of it may say more. Requests are worked on at the same time, and answered as they are
/// done.
///
/// An error of the pipes ends it; so does a line that is no request, since it cannot be told who waits for what.
pub async fn serve<F>(
    input: impl AsyncRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
    metadata: Metadata,
    connect: impl FnOnce(Config) -> F,
) -> io::Result<()>
where
    F: Future<Output = Result<Box<dyn Tracker>>>,
{
    let mut lines = Lines::new(input, LONGEST_LINE);
    let mut connect = Some(connect);
    let mut tracker: Option<Arc<dyn Tracker>> = None;
    let mut running: FuturesUnordered<BoxFuture<'_, Answer>> = FuturesUnordered::new();
    loop {
        let line = tokio::select! {
            line = lines.next() => line?,
            Some(answer) = running.next() => {
                write(&mut output, answer).await?;
                continue;
            }
        };
        let Some(line) = line else { break };
        let Some(request) = parse(&line)? else { continue };
        let id = request.id;
        let outcome = match request.ask() {
            Ok(Ask::Metadata {}) => Ok(metadata::introduce(&metadata)),
            Ok(Ask::Configure { config }) => match connect.take() {
                Some(connect) => connect(config).await.map(|made| configured(made, &mut tracker)),
                None => Err(unready("configure a plugin for a second time")),
            },
            Ok(ask) => match tracker.clone() {
                Some(tracker) => {
                    running.push(Box::pin(answer(tracker, id, ask)));
                    continue;
                }
                None => Err(unready("use a plugin that is not configured")),
            },
            Err(error) => Err(error),
        };
        write(&mut output, told(id, outcome)).await?;
    }
    while let Some(answer) = running.next().await {
        write(&mut output, answer).await?;
    }
    Ok(())
}

/// The request that a line is; `None` for a blank one.
fn parse(line: &Line) -> io::Result<Option<Incoming>> {
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
    match line {
        Line::Whole(line) if line.trim_ascii().is_empty() => Ok(None),
        Line::Whole(line) => serde_json::from_slice(line)
            .map(Some)
            .map_err(|error| invalid(format!("a line is no request: {error}"))),
        Line::Long(_) => Err(invalid(format!("a line is longer than {LONGEST_LINE} bytes"))),
    }
}

/// Keeps the tracker; the answer is what it knows about itself.
fn configured(made: Box<dyn Tracker>, tracker: &mut Option<Arc<dyn Tracker>>) -> Value {
    let answer = metadata::introduce(made.metadata());
    *tracker = Some(Arc::from(made));
    answer
}

fn unready(what: &str) -> Error {
    Error::new(ErrorKind::Config, what).with_hint("send `configure` once, before any operation")
}

fn told(id: u64, outcome: Result<Value>) -> Answer {
    Answer { id, outcome: outcome.map_err(|error| Refusal::from(&error)) }
}

async fn write(output: &mut (impl AsyncWrite + Unpin), answer: Answer) -> io::Result<()> {
    output.write_all(&answer.line()?).await?;
    output.flush().await
}

async fn answer(tracker: Arc<dyn Tracker>, id: u64, ask: Ask) -> Answer {
    told(id, outcome(&*tracker, ask).await)
}

async fn outcome(tracker: &dyn Tracker, ask: Ask) -> Result<Value> {
    match ask {
        Ask::CreateWorkItem { draft } => json(tracker.create_work_item(&draft).await),
        Ask::UpdateWorkItem { item, change } => {
            json(tracker.update_work_item(&item, &change).await)
        }
        Ask::GetWorkItem { item } => json(tracker.get_work_item(&item).await),
        Ask::SearchWorkItems { query } => json(tracker.search_work_items(&query).await),
        Ask::LinkToCommit { item, commit } => json(tracker.link_to_commit(&item, &commit).await),
        Ask::LinkToPullRequest { item, pull_request } => {
            json(tracker.link_to_pull_request(&item, &pull_request).await)
        }
        Ask::ListLinks { item } => json(tracker.list_links(&item).await),
        Ask::Unlink { link } => json(tracker.unlink(&link).await),
        Ask::AttachFile { item, file } => json(tracker.attach_file(&item, &file).await),
        other => outcome_of_others(tracker, other).await,
    }
}

/// The operations that are not about one item.
async fn outcome_of_others(tracker: &dyn Tracker, ask: Ask) -> Result<Value> {
    match ask {
        Ask::Authenticate {} => json(tracker.authenticate().await),
        Ask::WebhookHandler { delivery } => json(tracker.webhook_handler(&delivery).await),
        Ask::TeamHistory { team, period } => json(tracker.team_history(&team, &period).await),
        Ask::CreateFromIncident { incident } => json(tracker.create_from_incident(&incident).await),
        Ask::GetTeamVelocity { team, period } => {
            json(tracker.get_team_velocity(&team, &period).await)
        }
        Ask::ValidateConfig {} => json(Ok(tracker.validate_config())),
        Ask::HealthCheck {} => json(Ok(tracker.health_check().await)),
        other => Err(unready(&format!("answer {} here", other.word()))),
    }
}

fn json<T: Serialize>(result: Result<T>) -> Result<Value> {
    serde_json::to_value(result?).map_err(|error| {
        Error::new(ErrorKind::Protocol, format!("write the answer as JSON: {error}"))
            .with_source(error)
    })
}
