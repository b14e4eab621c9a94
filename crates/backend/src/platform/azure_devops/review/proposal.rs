//! Reading a pull request with all its commits.

use super::{
    super::wire::List,
    Place, Repos,
    wire::{Commit, Label, Person, PullRequest, Signature},
};
use crate::{
    code_host::{Author, Proposal},
    error::{Error, ErrorKind, Result},
    http::Reply,
    model::{self, PullRequestState},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use url::Url;

/// Commits asked for at once.
const PAGE: usize = 100;

/// Whole messages asked for at once.
const IN_FLIGHT: usize = 8;

impl Repos {
    /// Reads a pull request and all its commits.
    pub(super) async fn proposal(&self, page: &Url) -> Result<Proposal> {
        let place = self.place(page)?;
        let pull = self.pull_request(&place).await?;
        let commits = self.commits(&place).await?;
        let labels = self.labels(&place).await?;
        let head = pull.last_merge_source_commit.map(|commit| commit.commit_id);
        let head = head.or_else(|| commits.last().map(|commit| commit.sha.clone()));
        let state = match pull.status.as_str() {
            "completed" => PullRequestState::Merged,
            "abandoned" => PullRequestState::Closed,
            _ => PullRequestState::Open,
        };
        let merged = pull.last_merge_commit.filter(|_| state == PullRequestState::Merged);
        let repository = format!("{}/{}", pull.repository.project.name, pull.repository.name);
        let as_model = |commit: Commit| self.commit(&place, &repository, commit);
        Ok(Proposal {
            commits: commits.into_iter().map(as_model).collect::<Result<_>>()?,
            pull_request: model::PullRequest {
                url: page.clone(),
                number: pull.number,
                repository,
                title: pull.title,
                state,
            },
            description: pull.description.unwrap_or_default(),
            source_branch: branch(&pull.source_ref_name),
            target_branch: branch(&pull.target_ref_name),
            author: author(pull.created_by),
            is_draft: pull.is_draft,
            is_fork: pull.fork_source.is_some(),
            labels,
            head_sha: head.unwrap_or_default(),
            merge_sha: merged.map(|commit| commit.commit_id),
            complete: true,
        })
    }

    pub(super) async fn pull_request(&self, place: &Place) -> Result<PullRequest> {
        let call =
            self.api.get("{project}/_apis/git/repositories/{repository}/pullrequests/{number}");
        place.fill(call).receive().await.map_err(|error| place.missing(error))
    }

    /// All commits, oldest first, with their whole messages.
    async fn commits(&self, place: &Place) -> Result<Vec<Commit>> {
        let mut commits: Vec<Commit> = Vec::new();
        let mut next = None;
        loop {
            let call = self
                .api
                .get("{project}/_apis/git/repositories/{repository}/pullRequests/{number}/commits");
            let mut call = place.fill(call).query("$top", PAGE.to_string());
            if let Some(token) = &next {
                call = call.query("continuationToken", token);
            }
            let reply = call.send().await?;
            let page: List<Commit> = reply.parse().ok_or_else(unreadable)?;
            let before = commits.len();
            for commit in page.value {
                if commits.iter().all(|known| known.sha != commit.sha) {
                    commits.push(commit);
                }
            }
            next = following(&reply);
            // A page without anything new would be followed by itself.
            if next.is_none() || commits.len() == before {
                break;
            }
        }
        commits.reverse();
        let whole = commits.into_iter().map(|commit| self.whole(place, commit));
        stream::iter(whole).buffered(IN_FLIGHT).try_collect().await
    }

    /// A commit with its whole message; lists show the beginning of long ones.
    async fn whole(&self, place: &Place, commit: Commit) -> Result<Commit> {
        if !commit.comment_truncated {
            return Ok(commit);
        }
        let call = self.api.get("{project}/_apis/git/repositories/{repository}/commits/{commit}");
        place.repository(call).segment("commit", commit.sha).receive().await
    }

    async fn labels(&self, place: &Place) -> Result<Vec<String>> {
        let call = self
            .api
            .get("{project}/_apis/git/repositories/{repository}/pullRequests/{number}/labels");
        match place.fill(call).receive::<List<Label>>().await {
            Ok(list) => Ok(list.value.into_iter().map(|label| label.name).collect()),
            // Servers of 2017 have pull requests without labels.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn commit(&self, place: &Place, repository: &str, commit: Commit) -> Result<model::Commit> {
        let path = [&*place.project, "_git", &*place.repository, "commit", &*commit.sha];
        let name = |signature: &Option<Signature>| signature.as_ref()?.name.clone();
        let date = |signature: &Option<Signature>| signature.as_ref().map(|it| it.date);
        Ok(model::Commit {
            url: self.api.site.below(&path)?,
            message: commit.comment.clone().unwrap_or_default(),
            repository: repository.to_owned(),
            author: name(&commit.author).or_else(|| name(&commit.committer)).unwrap_or_default(),
            committed_at: date(&commit.committer)
                .or_else(|| date(&commit.author))
                .unwrap_or(Timestamp::UNIX_EPOCH),
            sha: commit.sha,
        })
    }
}

/// Where the next page begins.
fn following(reply: &Reply) -> Option<String> {
    let token = reply.header("x-ms-continuationtoken")?.trim();
    (!token.is_empty()).then(|| token.to_owned())
}

fn branch(reference: &str) -> String {
    reference.strip_prefix("refs/heads/").unwrap_or(reference).to_owned()
}

/// Build services are accounts of programs; other robots look like people.
fn author(person: Person) -> Author {
    let service = person.descriptor.is_some_and(|descriptor| descriptor.starts_with("svc."));
    let name = person.display_name.or(person.unique_name).or(person.id).unwrap_or_default();
    Author { is_bot: service || name.contains(" Build Service ("), name }
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Protocol, "read commits: Azure DevOps' answer is no list of commits")
}
