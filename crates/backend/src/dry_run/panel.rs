//! The same for a panel of development.

use super::Plan;
use crate::{
    error::Result,
    model::WorkItemId,
    panel::{Development, Panel, Shown},
};
use async_trait::async_trait;

/// A panel that plans its writes instead of doing them.
#[derive(Debug)]
pub struct DryPanel {
    inner: Box<dyn Panel>,
    plan: Plan,
}

impl DryPanel {
    /// Wraps a panel; `plan` fills while it is used.
    pub fn new(inner: Box<dyn Panel>, plan: Plan) -> Self {
        Self { inner, plan }
    }
}

#[deny(
    clippy::missing_trait_methods,
    reason = "a method left to its default would skip the wrapper"
)]
#[async_trait]
impl Panel for DryPanel {
    async fn authenticate(&self) -> Result<()> {
        self.inner.authenticate().await
    }

    async fn shown(&self, development: Development<'_>) -> Result<Shown> {
        self.inner.shown(development).await
    }

    async fn show(
        &self,
        development: Development<'_>,
        items: &[WorkItemId],
    ) -> Result<Vec<WorkItemId>> {
        let page = &development.proposal.pull_request.url;
        let names: Vec<&str> = items.iter().map(WorkItemId::as_str).collect();
        self.plan.add(match names.as_slice() {
            [] => format!("take {page} out of the development panel"),
            names => format!("show {page} in the development panel of {}", names.join(", ")),
        });
        Ok(items.to_vec())
    }
}
