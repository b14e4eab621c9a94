//! The same for a development panel.

use super::Plan;
use crate::{
    error::Result,
    model::WorkItemId,
    panel::{Development, Others, Panel, Shown},
};
use async_trait::async_trait;
use std::collections::BTreeSet;

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
    fn place(&self) -> String {
        self.inner.place()
    }

    fn takes(&self, item: &WorkItemId) -> bool {
        self.inner.takes(item)
    }

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
        others: Others,
    ) -> Result<Vec<WorkItemId>> {
        let shown = self.inner.shown(development).await?;
        let before: BTreeSet<&WorkItemId> = shown.items.iter().collect();
        let mut after: BTreeSet<&WorkItemId> = items.iter().collect();
        if others == Others::Kept {
            after.extend(&before);
        }
        let is_same = after == before && (shown.current || after.is_empty());
        let page = &development.proposal.pull_request.url;
        let names: Vec<&str> = after.into_iter().map(WorkItemId::as_str).collect();
        match names.as_slice() {
            _ if is_same => {}
            [] => self.plan.add(format!("take {page} out of the development panel")),
            names => {
                let names = names.join(", ");
                self.plan.add(format!("show {page} in the development panel of {names}"));
            }
        }
        Ok(items.to_vec())
    }
}
