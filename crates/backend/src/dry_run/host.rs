//! The same for a code host.

use super::Plan;
use crate::{
    code_host::{CodeHost, CommitStatus, Proposal, Written},
    error::Result,
    text::Markdown,
};
use async_trait::async_trait;
use url::Url;

/// A code host that plans its writes instead of doing them.
#[derive(Debug)]
pub struct DryHost {
    inner: Box<dyn CodeHost>,
    plan: Plan,
}

impl DryHost {
    /// Wraps a code host; `plan` fills while it is used.
    pub fn new(inner: Box<dyn CodeHost>, plan: Plan) -> Self {
        Self { inner, plan }
    }
}

#[deny(
    clippy::missing_trait_methods,
    reason = "a method left to its default would skip the wrapper"
)]
#[async_trait]
impl CodeHost for DryHost {
    fn serves(&self, page: &Url) -> bool {
        self.inner.serves(page)
    }

    async fn get_pull_request(&self, page: &Url) -> Result<Proposal> {
        self.inner.get_pull_request(page).await
    }

    async fn find_comment(&self, page: &Url, marker: &str) -> Result<Option<String>> {
        self.inner.find_comment(page, marker).await
    }

    async fn upsert_comment(&self, page: &Url, marker: &str, body: &Markdown) -> Result<Written> {
        let there = self.inner.find_comment(page, marker).await?;
        if there.is_some_and(|there| there.contains(body.as_str())) {
            return Ok(Written::Unchanged);
        }
        self.plan.add(format!("set the comment on {page}"));
        Ok(Written::Updated)
    }

    async fn set_status(&self, page: &Url, sha: &str, status: &CommitStatus) -> Result<()> {
        let _ = page;
        self.plan.add(format!("report {:?} as {} on {sha}", status.state, status.context));
        Ok(())
    }
}
