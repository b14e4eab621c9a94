//! Pull requests: read with all their commits, commented on once, their commits given a status.

use super::{GitHub, Key, LONGEST_TEXT, octocrab::Route, values, wire};
use crate::{
    code_host::{Author, CodeHost, CommitState, CommitStatus, Proposal, Written},
    error::{Error, ErrorKind, Result},
    managed_comment::{Comment, Comments as _},
    model::{Commit, PullRequest, PullRequestState},
    text::Markdown,
};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::HashSet;
use url::Url;

/// Longest description of a status, in characters; GitHub refuses longer ones.
const LONGEST_DESCRIPTION: usize = 140;

#[async_trait]
impl CodeHost for GitHub {
    fn serves(&self, page: &Url) -> bool {
        self.pull_request(page).is_ok()
    }

    async fn get_pull_request(&self, page: &Url) -> Result<Proposal> {
        let key = self.pull_request(page)?;
        let route = key.route("repos/{owner}/{repo}/pulls/{number}");
        let pull: wire::PullRequest = self.api.read(&route).await?;
        let (commits, complete) = self.commits(&key, &pull).await?;
        Ok(proposal(&key, pull, commits, complete))
    }

    async fn find_comment(&self, page: &Url, marker: &str) -> Result<Option<String>> {
        let ours = self.ours(&self.pull_request(page)?, marker).await?;
        Ok(ours.into_iter().next().map(|comment| comment.body))
    }

    async fn upsert_comment(&self, page: &Url, marker: &str, body: &Markdown) -> Result<Written> {
        let key = self.pull_request(page)?;
        let body = Markdown::from_template(format!("{marker}\n{body}")).truncated(LONGEST_TEXT);
        let ours = self.ours(&key, marker).await?;
        let Some((oldest, younger)) = ours.split_first() else {
            self.settle_comment(&key, &body).await?;
            return Ok(Written::Created);
        };
        for comment in younger {
            self.remove(&key.id(), &comment.id).await?;
        }
        if values::same_text(&oldest.body, body.as_str()) {
            return Ok(Written::Unchanged);
        }
        self.replace(&key.id(), &oldest.id, &body).await?;
        Ok(Written::Updated)
    }

    async fn set_status(&self, page: &Url, sha: &str, status: &CommitStatus) -> Result<()> {
        let place = self.pull_request(page)?.place;
        if !(7..=64).contains(&sha.len()) || !sha.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(Error::new(ErrorKind::Config, format!("{sha:?} is no commit's id"))
                .with_hint("give the full hexadecimal id of the commit"));
        }
        let state = match status.state {
            CommitState::Pending => "pending",
            CommitState::Success => "success",
            CommitState::Failure => "failure",
        };
        let description: String = status.description.chars().take(LONGEST_DESCRIPTION).collect();
        let newest = self.newest_status(&place, sha, &status.context).await?;
        // GitHub gives an address back as it came, and ours may have a slash more.
        let address = |text: &str| text.parse::<Url>().ok();
        if newest.is_some_and(|newest| {
            newest.state == state
                && newest.description.unwrap_or_default() == description
                && newest.target_url.as_deref().and_then(address) == status.target_url
        }) {
            return Ok(());
        }
        let mut body =
            json!({"state": state, "context": status.context, "description": description});
        if let Some(address) = &status.target_url {
            body["target_url"] = json!(address);
        }
        // The newest of a context counts, so that a second one that says the same changes nothing.
        let values = [place.owner.as_str(), place.name.as_str(), sha];
        let route = Route::new("repos/{owner}/{repo}/statuses/{sha}", &values);
        self.api.settle::<Value>(&route, &body).await.map(drop)
    }
}

impl GitHub {
    /// The pull request that a page of this site is about.
    fn pull_request(&self, page: &Url) -> Result<Key> {
        Key::of_page(page, &self.web, "pull").ok_or_else(|| {
            let site = self.web.host_str().unwrap_or_default();
            Error::new(ErrorKind::Config, format!("{page} is no pull request of {site}")).with_hint(
                "give the address of its page, such as https://github.com/acme/shop/pull/7",
            )
        })
    }

    /// Our comments that begin with the marker, oldest first.
    async fn ours(&self, key: &Key, marker: &str) -> Result<Vec<Comment>> {
        let all = self.comments(key).await?.into_iter();
        Ok(all.filter(|one| one.ours && one.body.trim_start().starts_with(marker)).collect())
    }

    /// The commits, oldest first, and whether those are all. The list of a pull request ends after 250
    /// (docs.github.com/rest/pulls/pulls#list-commits-on-a-pull-request); a comparison goes on.
    async fn commits(
        &self,
        key: &Key,
        pull: &wire::PullRequest,
    ) -> Result<(Vec<wire::Commit>, bool)> {
        let route = key.route("repos/{owner}/{repo}/pulls/{number}/commits");
        let mut listed = Vec::new();
        let read = self.api.pages(&route, &[], |page: Vec<_>| {
            listed.extend(page);
            true
        });
        let read_all = read.await?;
        let listed = distinct(listed);
        let expected = pull.commits.unwrap_or(listed.len());
        if listed.len() >= expected {
            return Ok((listed, read_all));
        }
        match self.compared(key, pull).await {
            Ok(compared) if compared.len() >= expected => Ok((compared, true)),
            Ok(compared) if compared.len() > listed.len() => Ok((compared, false)),
            // What the list gives is true, if not all.
            Ok(_) => Ok((listed, false)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok((listed, false)),
            Err(error) => Err(error),
        }
    }

    async fn compared(&self, key: &Key, pull: &wire::PullRequest) -> Result<Vec<wire::Commit>> {
        let range = format!("{}...{}", pull.base.sha, pull.head.sha);
        let values = [key.place.owner.as_str(), key.place.name.as_str(), &range];
        let route = Route::new("repos/{owner}/{repo}/compare/{range}", &values);
        let mut all = Vec::new();
        for number in 1_u32.. {
            let number = number.to_string();
            let page = route.clone().with(&[("per_page", "100"), ("page", &number)]);
            let page: wire::Comparison = self.api.read(&page).await?;
            let (before, total) = (all.len(), page.total_commits);
            all = distinct(all.into_iter().chain(page.commits).collect());
            if all.len() >= total || all.len() == before {
                break;
            }
        }
        Ok(all)
    }

    /// The newest status of a context, which is the first that is listed; GitHub ignores the case of contexts.
    async fn newest_status(
        &self,
        place: &super::Place,
        sha: &str,
        context: &str,
    ) -> Result<Option<wire::Status>> {
        let values = [place.owner.as_str(), place.name.as_str(), sha];
        let route = Route::new("repos/{owner}/{repo}/commits/{sha}/statuses", &values);
        let mut newest = None;
        let read = self.api.pages::<Vec<wire::Status>>(&route, &[], |page| {
            newest = page.into_iter().find(|status| status.context.eq_ignore_ascii_case(context));
            newest.is_none()
        });
        read.await?;
        Ok(newest)
    }
}

/// Each commit once: a page may repeat what moved there.
fn distinct(commits: Vec<wire::Commit>) -> Vec<wire::Commit> {
    let mut seen = HashSet::new();
    commits.into_iter().filter(|commit| seen.insert(commit.sha.clone())).collect()
}

fn proposal(
    key: &Key,
    pull: wire::PullRequest,
    commits: Vec<wire::Commit>,
    complete: bool,
) -> Proposal {
    let state = match (pull.merged_at, pull.state.as_str()) {
        (Some(_), _) => PullRequestState::Merged,
        (None, "open") => PullRequestState::Open,
        (None, _) => PullRequestState::Closed,
    };
    let repository =
        |branch: &wire::Branch| branch.repo.as_ref().map(|repo| repo.full_name.clone());
    let (from, to) = (repository(&pull.head), repository(&pull.base));
    let name = to.clone().unwrap_or_else(|| key.place.to_string());
    let labels = pull.labels.iter().filter_map(wire::Label::name).map(str::to_owned).collect();
    Proposal {
        // A fork that is gone was one.
        is_fork: from.is_none() || from != to,
        labels,
        pull_request: PullRequest {
            url: pull.html_url,
            number: pull.number,
            repository: name.clone(),
            title: pull.title,
            state,
        },
        description: pull.body.unwrap_or_default(),
        source_branch: pull.head.name,
        target_branch: pull.base.name,
        author: author(pull.user),
        is_draft: pull.draft.unwrap_or_default(),
        head_sha: pull.head.sha,
        // Before that it is the commit of a merge that was only tried.
        merge_sha: pull.merge_commit_sha.filter(|_| pull.merged_at.is_some()),
        commits: commits.into_iter().map(|one| commit(one, &name)).collect(),
        complete,
    }
}

/// An account that is gone shows as `ghost`.
fn author(user: Option<wire::User>) -> Author {
    let user = user.map(|user| (user.kind == "Bot", user.login));
    let (is_bot, name) = user.unwrap_or_else(|| (false, "ghost".to_owned()));
    Author { name, is_bot }
}

fn commit(commit: wire::Commit, repository: &str) -> Commit {
    let wire::CommitFacts { message, author, committer } = commit.facts;
    let date = |one: &Option<wire::Signature>| one.as_ref().and_then(|one| one.date);
    Commit {
        committed_at: date(&committer).or_else(|| date(&author)).unwrap_or(Timestamp::UNIX_EPOCH),
        sha: commit.sha,
        message,
        url: commit.html_url,
        repository: repository.to_owned(),
        author: author.map(|author| author.name).unwrap_or_default(),
    }
}
