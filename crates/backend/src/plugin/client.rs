//! One conversation with a plugin: several requests in flight, each with its own deadline.

use super::{
    desk::{Desk, Fault, Outcome, Ticket},
    line::{Line, Lines},
    process::Process,
    protocol::{Answer, Ask, LONGEST_LINE, Refusal},
};
use crate::{
    error::{Error, ErrorKind, Result},
    http::{self, Intent, Policy, Sent},
    secret::Redactor,
};
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    sync::Mutex,
    task::AbortHandle,
    time::{Instant, timeout, timeout_at},
};

/// Longest text of a plugin in a message, in characters.
pub(super) const LONGEST_TEXT: usize = 500;

/// How long a plugin that does not read may take to say why, by ending.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A plugin, and what we say to it.
pub(super) struct Client {
    title: String,
    /// Gone while a line is on its way, and for good when a line was not written whole.
    input: Mutex<Option<Box<dyn AsyncWrite + Send + Unpin>>>,
    desk: Arc<Desk>,
    reader: AbortHandle,
    process: Option<Arc<Process>>,
    policy: Policy,
    redactor: Arc<Redactor>,
}

/// Why there is no answer, and whether the request may have arrived.
struct Lost {
    sent: Sent,
    fault: Fault,
}

impl Client {
    /// A conversation over two pipes: what the plugin writes, and what it reads.
    pub(super) fn new(
        title: String,
        (output, input): (
            impl AsyncRead + Send + Unpin + 'static,
            impl AsyncWrite + Send + Unpin + 'static,
        ),
        process: Option<Arc<Process>>,
        policy: Policy,
        redactor: Arc<Redactor>,
    ) -> Self {
        let desk: Arc<Desk> = Arc::default();
        let reading = listen(output, Arc::clone(&desk), process.clone(), Arc::clone(&redactor));
        let reader = tokio::spawn(reading).abort_handle();
        let input = Mutex::new(Some(Box::new(input) as Box<dyn AsyncWrite + Send + Unpin>));
        Self { title, input, desk, reader, process, policy, redactor }
    }

    /// The plugin's name in messages: `plugin acme`.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// A text of the plugin's, fit for a message.
    pub(super) fn clean(&self, text: &str) -> String {
        http::clean(text, &self.redactor, LONGEST_TEXT)
    }

    /// Asks, and waits for the answer: at most `longest`, and not beyond the end of the run.
    pub(super) async fn call(&self, ask: &Ask, longest: Duration) -> Result<Value> {
        let started = Instant::now();
        let end = self.policy.deadline.min(started + longest);
        let outcome = match self.desk.queue() {
            Ok(mut ticket) => {
                let line = ask.line(ticket.id)?;
                self.exchange(&mut ticket, &line, end).await
            }
            Err(fault) => Err(Lost { sent: Sent::Never, fault }),
        };
        tracing::debug!(
            plugin = self.title,
            op = ask.word(),
            ms = started.elapsed().as_millis(),
            failure = outcome.as_ref().err().map(|lost| lost.fault.did.as_str()),
            "request"
        );
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(refusal)) => Err(self.refused(&refusal)),
            Err(lost) => Err(self.lost(ask, lost)),
        }
    }

    async fn exchange(
        &self,
        ticket: &mut Ticket,
        line: &[u8],
        end: Instant,
    ) -> Result<Outcome, Lost> {
        self.send(ticket, line, end).await?;
        match timeout_at(end, &mut ticket.answer).await {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(_)) => Err(Lost { sent: Sent::Maybe, fault: self.desk.fault() }),
            Err(_) => Err(Lost { sent: Sent::Maybe, fault: Fault::late(self.late(end)) }),
        }
    }

    /// Writes a line, whole or as the last one: half a line would swallow the next.
    async fn send(&self, ticket: &mut Ticket, line: &[u8], end: Instant) -> Result<(), Lost> {
        let never = |fault| Lost { sent: Sent::Never, fault };
        let Ok(mut slot) = timeout_at(end, self.input.lock()).await else {
            return Err(never(Fault::late(self.late(end))));
        };
        let mut input = slot.take().ok_or_else(|| never(self.desk.fault()))?;
        let write = async {
            input.write_all(line).await?;
            input.flush().await
        };
        let fault = match timeout_at(end, write).await {
            Ok(Ok(())) => {
                *slot = Some(input);
                return Ok(());
            }
            Ok(Err(_)) => {
                // A plugin that ended says so on its other side.
                let _ = timeout(LAST_WORDS, &mut ticket.answer).await;
                Fault::gone("closed its standard input")
            }
            Err(_) => Fault::late("does not read its standard input"),
        };
        self.desk.end(fault);
        if let Some(process) = &self.process {
            process.kill();
        }
        Err(Lost { sent: Sent::Maybe, fault: self.desk.fault() })
    }

    fn late(&self, end: Instant) -> &'static str {
        if end == self.policy.deadline {
            "did not answer before the deadline"
        } else {
            "did not answer in time"
        }
    }

    /// The error of a request without an answer. A create that may have arrived is not reported as not done.
    fn lost(&self, ask: &Ask, Lost { sent, fault }: Lost) -> Error {
        let unknown = ask.intent() == Intent::Create && sent == Sent::Maybe;
        let error = if unknown {
            let message = format!("{} {}, so the outcome is unknown", self.title, fault.did);
            Error::new(ErrorKind::Ambiguous, message)
        } else {
            Error::new(fault.kind, format!("{} {}", self.title, fault.did)).with_hint(fault.hint)
        };
        error.with_context("op", ask.word())
    }

    /// The plugin's own error, in its words.
    fn refused(&self, refusal: &Refusal) -> Error {
        let said = self.clean(&refusal.message);
        let said = if said.is_empty() { "refused without a reason".to_owned() } else { said };
        let hint = refusal.hint.as_deref().map(|hint| self.clean(hint));
        let error = Error::new(refusal.kind, format!("{}: {said}", self.title))
            .with_wait(refusal.wait_ms.map(Duration::from_millis));
        match hint.filter(|hint| !hint.is_empty()) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

/// Reads answers until there are none, or one that is none.
async fn listen(
    output: impl AsyncRead + Unpin,
    desk: Arc<Desk>,
    process: Option<Arc<Process>>,
    redactor: Arc<Redactor>,
) {
    let mut lines = Lines::new(output, LONGEST_LINE);
    let fault = loop {
        let line = tokio::select! {
            biased;
            line = lines.next() => line,
            () = gone(process.as_deref()) => Ok(None),
        };
        let outcome = match line {
            Ok(Some(Line::Whole(line))) if line.trim_ascii().is_empty() => continue,
            Ok(Some(Line::Whole(line))) => Answer::parse(&line)
                .map_err(|reason| misread(&line, &reason, &redactor))
                .and_then(|answer| desk.deliver(answer)),
            Ok(Some(Line::Long(_))) => {
                Err(Fault::broken(format!("wrote a line longer than {LONGEST_LINE} bytes")))
            }
            Ok(None) | Err(_) => Err(match &process {
                Some(process) => process.farewell().await,
                None => Fault::gone("closed its standard output"),
            }),
        };
        if let Err(fault) = outcome {
            break fault;
        }
    };
    desk.end(fault);
    if let Some(process) = process {
        process.kill();
    }
}

/// Returns when the process ended: one that it started may hold its output open for ever.
async fn gone(process: Option<&Process>) {
    match process {
        Some(process) => process.ended().await,
        None => std::future::pending().await,
    }
}

fn misread(line: &[u8], reason: &str, redactor: &Redactor) -> Fault {
    let shown = http::clean(&String::from_utf8_lossy(line), redactor, 80);
    let reason = http::clean(reason, redactor, 120);
    Fault::broken(format!("wrote {shown:?} to standard output, which is no answer: {reason}"))
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reader.abort();
        // The end of its input tells a plugin to end.
        *self.input.get_mut() = None;
        if let Some(process) = &self.process {
            process.end();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("title", &self.title).finish_non_exhaustive()
    }
}
