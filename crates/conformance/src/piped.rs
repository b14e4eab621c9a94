//! Any subject a second time, through a pipe: its tracker is served as a plugin, and asked as one.

use crate::subject::{Access, Facts, Sample, Subject};
use async_trait::async_trait;
use backend::{
    Result, Tracker,
    http::Policy,
    model::WorkItemId,
    plugin::{self, PREFIX},
    settings::Settings,
    webhook::Delivery,
};
use std::future::ready;

/// How much of a line is in the pipe at once: less than most lines, so that both sides have to wait.
const CAPACITY: usize = 4096;

/// A subject whose tracker is at the other end of a pipe.
pub struct Piped<'a> {
    inner: &'a dyn Subject,
    name: String,
}

impl<'a> Piped<'a> {
    /// The same subject through a pipe.
    pub fn new(inner: &'a dyn Subject) -> Self {
        Self { inner, name: format!("{} through a pipe", inner.name()) }
    }

    /// Serves what became of connecting, and connects to that.
    async fn through_a_pipe(
        &self,
        made: Result<Box<dyn Tracker>>,
        policy: Policy,
    ) -> Result<Box<dyn Tracker>> {
        let metadata = match &made {
            Ok(tracker) => tracker.metadata().clone(),
            // A plugin says what it is before anybody knows whether its credentials are good.
            Err(_) => match self.inner.connect(Access::Good, policy).await {
                Some(tracker) => tracker?.metadata().clone(),
                None => return made,
            },
        };
        let (ours, theirs) = tokio::io::duplex(CAPACITY);
        let (their_input, their_output) = tokio::io::split(theirs);
        let serving = plugin::serve(their_input, their_output, metadata, |_| ready(made));
        tokio::spawn(serving);
        let (output, input) = tokio::io::split(ours);
        let settings = Settings::new(format!("{PREFIX}{}", self.inner.name()));
        plugin::over(output, input, &settings, policy).await
    }
}

#[async_trait]
impl Subject for Piped<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        let made = self.inner.connect(access, policy).await?;
        Some(self.through_a_pipe(made, policy).await)
    }

    fn facts(&self) -> Facts {
        self.inner.facts()
    }

    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        self.inner.deliver(sample, secret)
    }

    fn link_by_hand(&self, item: &WorkItemId) -> bool {
        self.inner.link_by_hand(item)
    }

    fn comments(&self, item: &WorkItemId) -> Option<Vec<String>> {
        self.inner.comments(item)
    }
}
