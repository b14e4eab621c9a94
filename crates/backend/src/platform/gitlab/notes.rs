//! Notes: what GitLab calls a comment, on issues and on merge requests; and the links that one of them keeps.

use super::{GitLab, LONGEST_TEXT, address::Address, values, wire};
use crate::{
    error::{ErrorKind, Result},
    http::Call,
    managed_comment::{Comment, Comments, MARKER},
    model::WorkItemId,
    text::Markdown,
};
use async_trait::async_trait;
use serde_json::json;

/// What notes are about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Noted<'a> {
    Issue(&'a Address),
    MergeRequest(&'a Address),
}

impl<'a> Noted<'a> {
    /// Fills the places of a path that say what notes are about.
    fn place<'c>(self, call: Call<'c>) -> Call<'c> {
        let (of, address): (_, &'a Address) = match self {
            Self::Issue(address) => ("issues", address),
            Self::MergeRequest(address) => ("merge_requests", address),
        };
        let call = call.segment("project", address.project.as_str()).segment("of", of);
        call.segment("number", address.number.to_string())
    }
}

const NOTES: &str = "api/v4/projects/{project}/{of}/{number}/notes";
const NOTE: &str = "api/v4/projects/{project}/{of}/{number}/notes/{note}";

impl GitLab {
    /// All notes that people and programs wrote, oldest first. What the system notes down is left out.
    pub(super) async fn notes(&self, of: Noted<'_>) -> Result<Vec<wire::Note>> {
        let call = || {
            let call = of.place(self.http.get(NOTES));
            call.query("sort", "asc").query("order_by", "created_at")
        };
        let all: Vec<wire::Note> = self.all(call).await?;
        Ok(all.into_iter().filter(|note| !note.system).collect())
    }

    /// Starts a new note; it is a create.
    pub(super) fn new_note(&self, of: Noted<'_>) -> Call<'_> {
        of.place(self.http.post(NOTES))
    }

    /// Replaces the text of a note.
    pub(super) async fn replace_note(&self, of: Noted<'_>, id: &str, body: &str) -> Result<()> {
        let call = of.place(self.http.put(NOTE)).segment("note", id);
        call.json(&json!({"body": body})).send().await.map(drop)
    }

    /// Removes a note; one that is gone is removed already.
    pub(super) async fn remove_note(&self, of: Noted<'_>, id: &str) -> Result<()> {
        match of.place(self.http.delete(NOTE)).segment("note", id).send().await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Comments for GitLab {
    /// Of others' notes only those with a marker matter, and only of those who may write in the project.
    async fn list(&self, item: &WorkItemId) -> Result<Vec<Comment>> {
        let address = self.address(item)?;
        let notes = self.notes(Noted::Issue(&address)).await?;
        let mut comments = Vec::new();
        for note in notes.into_iter().filter(|note| note.body.trim_start().starts_with(MARKER)) {
            let ours = note.author.id == self.me().await?;
            if ours || self.may_write(address.project.as_str(), note.author.id).await? {
                comments.push(Comment { id: note.id.to_string(), body: note.body, ours });
            }
        }
        Ok(comments)
    }

    async fn add(&self, item: &WorkItemId, body: &Markdown) -> Result<()> {
        let address = self.address(item)?;
        // One note too many is found and taken in by the next look at the issue's notes.
        let call = self.new_note(Noted::Issue(&address)).replaces();
        match call.json(&json!({"body": values::text(body)})).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.explain_refusal(error, address.project.as_str()).await),
        }
    }

    async fn replace(&self, item: &WorkItemId, id: &str, body: &Markdown) -> Result<()> {
        let address = self.address(item)?;
        self.replace_note(Noted::Issue(&address), id, &values::text(body)).await
    }

    async fn remove(&self, item: &WorkItemId, id: &str) -> Result<()> {
        let address = self.address(item)?;
        self.remove_note(Noted::Issue(&address), id).await
    }

    fn limit(&self) -> usize {
        LONGEST_TEXT
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::scripted, *};
    use crate::http::tests::script::Answer;

    #[tokio::test]
    async fn what_the_system_notes_down_is_no_comment() {
        let (gitlab, _) = scripted(|line, _| {
            let note = |id: u64, system: bool| {
                let body = format!("{MARKER}\n- [A page](https://git.example.com/{id})");
                json!({"id": id, "body": body, "author": {"id": 7, "username": "robot"},
                    "system": system})
            };
            match line {
                "GET /api/v4/user" => Answer::Json(200, json!({"id": 7, "username": "robot"})),
                _ => Answer::Json(200, json!([note(1, true), note(2, false)])),
            }
        });
        let comments = gitlab.list(&WorkItemId::new("#3")).await.unwrap();
        let ids: Vec<_> = comments.iter().map(|comment| comment.id.as_str()).collect();
        assert_eq!(ids, ["2"]);
    }
}
