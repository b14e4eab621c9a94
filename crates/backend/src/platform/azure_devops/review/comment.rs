//! One thread of a pull request, found by its marker.

use super::{
    super::wire::List,
    Place, Repos,
    wire::{Comment, Thread},
};
use crate::{
    code_host::Written,
    error::{ErrorKind, Result},
    text::Markdown,
};
use serde_json::json;

/// Longest comment, in characters; Azure Repos refuses longer ones.
const LONGEST_COMMENT: usize = 150_000;

impl Repos {
    /// Sets the one comment that begins with the marker.
    pub(super) async fn comment(
        &self,
        place: &Place,
        marker: &str,
        body: &Markdown,
    ) -> Result<Written> {
        let room = LONGEST_COMMENT.saturating_sub(marker.len() + 1);
        let content = format!("{marker}\n{}", body.clone().truncated(room));
        let mut ours = self.ours(place, marker).await?.into_iter();
        let Some((thread, oldest)) = ours.next() else {
            self.open(place, &content).await?;
            return Ok(Written::Created);
        };
        for (thread, comment) in ours {
            self.remove(place, thread, comment.id).await?;
        }
        if oldest.content.as_deref() == Some(&content) {
            return Ok(Written::Unchanged);
        }
        let call = self.api.patch(
            "{project}/_apis/git/repositories/{repository}/pullRequests/{number}/threads/{thread}/comments/{comment}",
        );
        let call = place.fill(call).segment("thread", thread.to_string());
        let call = call.segment("comment", oldest.id.to_string());
        call.json(&json!({"content": content})).send().await?;
        Ok(Written::Updated)
    }

    /// The text of the comment, where there is one.
    pub(super) async fn said(&self, place: &Place, marker: &str) -> Result<Option<String>> {
        let oldest = self.ours(place, marker).await?.into_iter().next();
        Ok(oldest.and_then(|(_, comment)| comment.content))
    }

    /// The first comments of all threads that this account began with the marker, oldest first. Threads come whole.
    async fn ours(&self, place: &Place, marker: &str) -> Result<Vec<(u64, Comment)>> {
        let account = self.account().await?;
        let call = self
            .api
            .get("{project}/_apis/git/repositories/{repository}/pullRequests/{number}/threads");
        let threads: List<Thread> =
            place.fill(call).receive().await.map_err(|error| place.missing(error))?;
        let is_ours = |comment: &Comment| {
            let author = comment.author.as_ref().and_then(|author| author.id.as_deref());
            let begins = comment.content.as_deref().is_some_and(|text| text.starts_with(marker));
            begins
                && !comment.is_deleted
                && author.is_some_and(|id| id.eq_ignore_ascii_case(account))
        };
        let first = |thread: Thread| {
            let comment = thread.comments?.into_iter().next()?;
            (!thread.is_deleted && is_ours(&comment)).then_some((thread.id, comment))
        };
        let mut ours: Vec<_> = threads.value.into_iter().filter_map(first).collect();
        ours.sort_by_key(|(thread, _)| *thread);
        Ok(ours)
    }

    /// Begins a thread. It is closed from the start: a policy may keep pull requests with open threads from being
    /// completed.
    async fn open(&self, place: &Place, content: &str) -> Result<()> {
        let call = self
            .api
            .post("{project}/_apis/git/repositories/{repository}/pullRequests/{number}/threads");
        let comment = json!({"parentCommentId": 0, "content": content, "commentType": "text"});
        let body = json!({"comments": [comment], "status": "closed"});
        place.fill(call).json(&body).send().await.map(drop)
    }

    async fn remove(&self, place: &Place, thread: u64, comment: u64) -> Result<()> {
        let call = self.api.delete(
            "{project}/_apis/git/repositories/{repository}/pullRequests/{number}/threads/{thread}/comments/{comment}",
        );
        let call = place.fill(call).segment("thread", thread.to_string());
        match call.segment("comment", comment.to_string()).send().await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
