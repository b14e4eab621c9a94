//! Who waits for which answer. Answers come in any order; each goes to the one who asked.

use super::protocol::{Answer, Refusal};
use crate::error::ErrorKind;
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Why a plugin cannot be spoken to any more, or did not answer in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    /// Follows the plugin's name: `ended without an answer`.
    pub(super) did: String,
    pub(super) hint: &'static str,
}

impl Fault {
    /// The plugin broke the protocol.
    pub(super) fn broken(did: impl Into<String>) -> Self {
        let hint = "correct the plugin: one answer to each request, one JSON object a line, on standard output; logs belong on standard error";
        Self { kind: ErrorKind::Protocol, did: did.into(), hint }
    }

    /// The plugin is gone.
    pub(super) fn gone(did: impl Into<String>) -> Self {
        let hint = "run with -v to see what the plugin writes to standard error";
        Self { kind: ErrorKind::Unavailable, did: did.into(), hint }
    }

    /// The plugin did not do something in time.
    pub(super) fn late(did: impl Into<String>) -> Self {
        let hint =
            "raise timeout and --deadline, or run with -v to see what the plugin is busy with";
        Self { kind: ErrorKind::Unavailable, did: did.into(), hint }
    }
}

/// What became of a request that was answered.
pub(super) type Outcome = Result<Value, Refusal>;

#[derive(Default)]
pub(super) struct Desk {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    waiting: HashMap<u64, oneshot::Sender<Outcome>>,
    /// Requests that nobody waits for any more; their answers are still good manners.
    abandoned: HashSet<u64>,
    ended: Option<Fault>,
}

/// A place in the queue, given up when it is dropped.
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) answer: oneshot::Receiver<Outcome>,
    desk: Arc<Desk>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.desk.state();
        if state.waiting.remove(&self.id).is_some() {
            state.abandoned.insert(self.id);
        }
    }
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A ticket with an id that was never used before; the fault where there is nobody to ask.
    pub(super) fn queue(self: &Arc<Self>) -> Result<Ticket, Fault> {
        let mut state = self.state();
        if let Some(fault) = &state.ended {
            return Err(fault.clone());
        }
        state.last += 1;
        let (id, (sender, answer)) = (state.last, oneshot::channel());
        state.waiting.insert(id, sender);
        Ok(Ticket { id, answer, desk: Arc::clone(self) })
    }

    /// Hands an answer to the one who waits for it.
    pub(super) fn deliver(&self, answer: Answer) -> Result<(), Fault> {
        let mut state = self.state();
        let id = answer.id;
        if let Some(sender) = state.waiting.remove(&id) {
            // Whoever asked may have gone in this moment.
            let _ = sender.send(answer.outcome);
            return Ok(());
        }
        if state.abandoned.remove(&id) {
            return Ok(());
        }
        let when = if id > 0 && id <= state.last { "a second time" } else { "and was not asked" };
        Err(Fault::broken(format!("answered request {id} {when}")))
    }

    /// Ends the conversation; the first reason stays.
    pub(super) fn end(&self, fault: Fault) {
        let mut state = self.state();
        state.ended.get_or_insert(fault);
        // Whoever waits sees its sender gone and asks for the reason.
        state.waiting.clear();
    }

    /// Why the conversation ended.
    pub(super) fn fault(&self) -> Fault {
        let ended = self.state().ended.clone();
        ended.unwrap_or_else(|| Fault::gone("ended without an answer"))
    }
}
