//! The items that are linked to a page. Azure DevOps tells them of artifacts, and of no other address.

use super::{AzureDevOps, link, wire};
use crate::{
    error::{ErrorKind, Result},
    managed_comment::public,
    model::WorkItemId,
};
use serde_json::json;
use url::Url;

impl AzureDevOps {
    /// The items that this product linked to a page of Azure Repos; `None` for all other pages, which items are linked
    /// to as they are.
    pub(super) async fn linked_to(&self, url: &Url) -> Result<Option<Vec<WorkItemId>>> {
        let url = public(url)?;
        if !link::has_room_for(&url) {
            return Ok(None);
        }
        let Some(page) = self.api.site.page(&url) else { return Ok(None) };
        let told = async {
            let artifact = self.artifact(&page).await?;
            self.holders(&artifact.url).await
        };
        match told.await {
            Ok(ids) => self.of_ours(&ids, &url).await.map(Some),
            // Links can be read one by one without the right to read code, and by servers that have no such question.
            Err(error) if is_refusal(error.kind) => {
                tracing::debug!(%error, "the items of a page are not told");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The numbers of all items with a link to an artifact, whoever made it. The answer names the artifact as it
    /// likes; there is one alone.
    async fn holders(&self, artifact: &str) -> Result<Vec<u64>> {
        let call = self.api.post("_apis/wit/artifacturiquery").reads();
        let answer: wire::Holders =
            call.json(&json!({"artifactUris": [artifact]})).receive().await?;
        let mut ids: Vec<u64> =
            answer.by_artifact.into_values().flatten().flatten().map(|item| item.id).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Of some items, those with a link to a page that this product made.
    async fn of_ours(&self, ids: &[u64], url: &Url) -> Result<Vec<WorkItemId>> {
        let items = self.all_natives(ids).await?;
        let linked = items.iter().filter(|item| link::ours(item, url).next().is_some());
        Ok(linked.map(|item| WorkItemId::new(item.id.to_string())).collect())
    }
}

/// True when the answer is that this token or this server does not tell it.
fn is_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Rejected | ErrorKind::NotFound | ErrorKind::Forbidden)
}
