//! Comments of issues and pull requests, of which one keeps an issue's links.

use super::{GitHub, Key, LONGEST_TEXT, octocrab::Route, values, wire};
use crate::{
    error::{ErrorKind, Result},
    managed_comment::{Comment, Comments},
    model::WorkItemId,
    text::Markdown,
};
use async_trait::async_trait;
use serde_json::{Value, json};

/// How an author stands to the repository when they may write in it. Everybody else can write a marker, too.
const TRUSTED: [&str; 3] = ["OWNER", "MEMBER", "COLLABORATOR"];

#[async_trait]
impl Comments for GitHub {
    async fn list(&self, item: &WorkItemId) -> Result<Vec<Comment>> {
        let key = self.key(item)?;
        self.must_be_issue(&key).await?;
        self.comments(&key).await
    }

    async fn add(&self, item: &WorkItemId, body: &Markdown) -> Result<()> {
        self.settle_comment(&self.key(item)?, body).await
    }

    async fn replace(&self, item: &WorkItemId, id: &str, body: &Markdown) -> Result<()> {
        let route = comment_route(&self.key(item)?, id);
        self.api.change::<Value>(&route, &json!({"body": values::text(body)})).await.map(drop)
    }

    async fn remove(&self, item: &WorkItemId, id: &str) -> Result<()> {
        match self.api.remove(&comment_route(&self.key(item)?, id)).await {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn limit(&self) -> usize {
        LONGEST_TEXT
    }
}

fn comments_route(key: &Key) -> Route {
    key.route("repos/{owner}/{repo}/issues/{number}/comments")
}

fn comment_route(key: &Key, id: &str) -> Route {
    let place = &key.place;
    Route::new("repos/{owner}/{repo}/issues/comments/{comment}", &[&place.owner, &place.name, id])
}

impl GitHub {
    /// Adds a comment: sent once.
    pub(super) async fn comment(&self, key: &Key, body: &Markdown) -> Result<()> {
        let (route, body) = (comments_route(key), json!({"body": values::text(body)}));
        self.api.create::<Value>(&route, &body).await.map(drop)
    }

    /// Adds a comment that is found again by its marker. It may be sent twice: whoever reads the comments next makes one
    /// of several.
    pub(super) async fn settle_comment(&self, key: &Key, body: &Markdown) -> Result<()> {
        let (route, body) = (comments_route(key), json!({"body": values::text(body)}));
        self.api.settle::<Value>(&route, &body).await.map(drop)
    }

    /// The comments of an issue or a pull request that count, oldest first: ours, and those of people who may write in
    /// the repository.
    pub(super) async fn comments(&self, key: &Key) -> Result<Vec<Comment>> {
        let route = comments_route(key);
        let mut all: Vec<wire::Comment> = Vec::new();
        let read = self.api.pages(&route, &[], |page: Vec<_>| {
            all.extend(page);
            true
        });
        read.await?;
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let account = self.account().await?;
        // A page may repeat what moved there from the page before it.
        all.sort_by_key(|comment| comment.id);
        all.dedup_by_key(|comment| comment.id);
        let counted = all.into_iter().filter_map(|comment| {
            let ours = comment.user.as_ref().is_some_and(|user| account.is(user));
            let counts = ours || TRUSTED.contains(&comment.author_association.as_str());
            let (id, body) = (comment.id.to_string(), comment.body.unwrap_or_default());
            counts.then_some(Comment { id, body, ours })
        });
        Ok(counted.collect())
    }
}
