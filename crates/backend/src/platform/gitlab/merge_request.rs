//! Merge requests: read whole, one note, one status of a commit.

use super::{
    GitLab,
    address::{Address, Project},
    notes::Noted,
    wire,
};
use crate::{
    code_host::{Author, CodeHost, CommitState, CommitStatus, Proposal, Written},
    error::{Error, ErrorKind, Result},
    http::Reply,
    model::{Commit, PullRequest, PullRequestState},
    platform::shared::title,
    text::Markdown,
};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use url::Url;

/// Longest description of a status, in characters; GitLab refuses longer ones.
const LONGEST_DESCRIPTION: usize = 255;

#[async_trait]
impl CodeHost for GitLab {
    fn serves(&self, page: &Url) -> bool {
        self.merge_request_of(page).is_ok()
    }

    async fn get_pull_request(&self, page: &Url) -> Result<Proposal> {
        let address = self.merge_request_of(page)?;
        let request = self.merge_request(&address).await?;
        let call = || {
            self.of_merge_request(
                "api/v4/projects/{project}/merge_requests/{number}/commits",
                &address,
            )
        };
        let mut commits: Vec<wire::MergeRequestCommit> = self.all(call).await?;
        // GitLab lists the newest first.
        commits.reverse();
        let commits = commits.into_iter().map(|commit| self.commit(commit, &address.project));
        let commits = commits.collect::<Result<Vec<_>>>()?;
        proposal(request, commits, &address, page)
    }

    async fn find_comment(&self, page: &Url, marker: &str) -> Result<Option<String>> {
        let address = self.merge_request_of(page)?;
        let ours = self.our_notes(Noted::MergeRequest(&address), marker).await?;
        Ok(ours.into_iter().next().map(|note| note.body))
    }

    async fn upsert_comment(&self, page: &Url, marker: &str, body: &Markdown) -> Result<Written> {
        let address = self.merge_request_of(page)?;
        let noted = Noted::MergeRequest(&address);
        let text = super::values::text(&Markdown::from_template(format!("{marker}\n{body}")));
        let ours = self.our_notes(noted, marker).await?;
        let Some((oldest, younger)) = ours.split_first() else {
            self.new_note(noted).json(&json!({"body": text})).send().await?;
            return Ok(Written::Created);
        };
        for note in younger {
            self.remove_note(noted, &note.id.to_string()).await?;
        }
        if oldest.body.trim_end() == text.trim_end() {
            return Ok(Written::Unchanged);
        }
        self.replace_note(noted, &oldest.id.to_string(), &text).await?;
        Ok(Written::Updated)
    }

    async fn set_status(&self, page: &Url, sha: &str, status: &CommitStatus) -> Result<()> {
        let address = self.merge_request_of(page)?;
        let project = address.project.as_str();
        let call = || {
            let call = self.http.get("api/v4/projects/{project}/repository/commits/{sha}/statuses");
            call.segment("project", project).segment("sha", sha).query("name", &*status.context)
        };
        let statuses: Vec<wire::Status> = self.all(call).await?;
        let ours = statuses.into_iter().filter(|it| it.name.as_deref() == Some(&*status.context));
        let newest = ours.max_by_key(|it| it.id);
        let (state, description) =
            (word(status.state), title::cut(&status.description, LONGEST_DESCRIPTION));
        if newest
            .is_some_and(|newest| says(&newest, state, &description, status.target_url.as_ref()))
        {
            return Ok(());
        }
        // Without the branch GitLab looks for one with this commit, and a fork's is on none of the project's: 404
        // "References for commit Not Found".
        let branch = self.merge_request(&address).await?.source_branch;
        let body = json!({"state": state, "name": status.context, "description": description,
            "target_url": status.target_url, "ref": branch});
        let call = self.http.post("api/v4/projects/{project}/statuses/{sha}").replaces();
        let call = call.segment("project", project).segment("sha", sha).json(&body);
        call.answer(is_there_already).await.map(drop)
    }
}

/// GitLab does not take a state that the status is in already, though its words may be new:
/// `Cannot transition status via :enqueue from :pending`.
fn is_there_already(reply: &Reply) -> bool {
    let failure: wire::Failure = reply.parse().unwrap_or_default();
    let told = failure.message.as_ref().and_then(|message| message.as_str());
    reply.status == http::StatusCode::BAD_REQUEST
        && told.is_some_and(|text| {
            text.contains("Cannot transition status via :enqueue from :pending")
        })
}

fn word(state: CommitState) -> &'static str {
    match state {
        CommitState::Pending => "pending",
        CommitState::Success => "success",
        CommitState::Failure => "failed",
    }
}

fn says(status: &wire::Status, state: &str, description: &str, target: Option<&Url>) -> bool {
    let told = status.target_url.as_deref().filter(|address| !address.is_empty());
    status.state == state
        && status.description.as_deref().unwrap_or_default() == description
        && told == target.map(Url::as_str)
}

impl GitLab {
    /// Our notes that begin with the marker, oldest first.
    async fn our_notes(&self, noted: Noted<'_>, marker: &str) -> Result<Vec<wire::Note>> {
        let me = self.me().await?;
        let is_ours =
            |note: &wire::Note| note.author.id == me && note.body.trim_start().starts_with(marker);
        Ok(self.notes(noted).await?.into_iter().filter(is_ours).collect())
    }

    /// The merge request whose page this is: `https://gitlab.com/acme/shop/-/merge_requests/3`, and what comes below it.
    fn merge_request_of(&self, page: &Url) -> Result<Address> {
        let base = self.http.base();
        let path = page.path().strip_prefix(base.path()).filter(|_| page.origin() == base.origin());
        let parts = path.and_then(|path| {
            path.split_once("/-/merge_requests/").or_else(|| path.split_once("/merge_requests/"))
        });
        let address = parts.and_then(|(project, rest)| {
            let number = rest.split('/').next().unwrap_or_default();
            Address::parse(number, &Project::parse(project)?)
        });
        address.ok_or_else(|| {
            let host = base.host_str().unwrap_or_default();
            let message = format!("{page} is no page of a merge request on {host}");
            Error::new(ErrorKind::Config, message).with_hint(format!(
                "name it like {base}group/shop/-/merge_requests/3, and check GITLAB_URL"
            ))
        })
    }

    fn of_merge_request(&self, path: &'static str, address: &Address) -> crate::http::Call<'_> {
        let call = self.http.get(path).segment("project", address.project.as_str());
        call.segment("number", address.number.to_string())
    }

    async fn merge_request(&self, address: &Address) -> Result<wire::MergeRequest> {
        self.of_merge_request("api/v4/projects/{project}/merge_requests/{number}", address)
            .receive()
            .await
    }

    fn commit(&self, commit: wire::MergeRequestCommit, project: &Project) -> Result<Commit> {
        let page = commit.web_url.as_deref().and_then(|page| page.parse().ok());
        let path = format!("{}/-/commit/{}", project.as_str(), commit.id);
        let page = page.or_else(|| self.http.base().join(&path).ok()).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, format!("{path} is no part of an address"))
        })?;
        let committed_at = commit.committed_date.or(commit.created_at);
        Ok(Commit {
            message: commit.message.unwrap_or(commit.title),
            url: page,
            repository: project.as_str().to_owned(),
            author: commit.author_name,
            committed_at: committed_at.unwrap_or(Timestamp::UNIX_EPOCH),
            sha: commit.id,
        })
    }
}

fn proposal(
    request: wire::MergeRequest,
    commits: Vec<Commit>,
    address: &Address,
    page: &Url,
) -> Result<Proposal> {
    let state = state(&request.state);
    let last = commits.last().map(|commit| commit.sha.clone());
    let head_sha = request.sha.or(last).ok_or_else(|| {
        let message = format!("{page} has no commits yet");
        Error::new(ErrorKind::NotFound, message).with_hint("push a commit to its branch first")
    })?;
    // Merged by moving the branch forward, no commit was made for it: the head itself came in.
    let landed = request.merge_commit_sha.or(request.squash_commit_sha);
    let merge_sha =
        (state == PullRequestState::Merged).then(|| landed.unwrap_or_else(|| head_sha.clone()));
    Ok(Proposal {
        pull_request: PullRequest {
            url: request.web_url.parse().unwrap_or_else(|_| page.clone()),
            number: request.iid,
            repository: address.project.as_str().to_owned(),
            title: request.title,
            state,
        },
        description: request.description.unwrap_or_default(),
        is_draft: request.draft || request.work_in_progress,
        is_fork: request.source_project_id != Some(request.target_project_id),
        source_branch: request.source_branch,
        target_branch: request.target_branch,
        author: Author { is_bot: is_bot(&request.author), name: request.author.username },
        labels: request.labels,
        head_sha,
        merge_sha,
        commits,
        complete: true,
    })
}

fn state(word: &str) -> PullRequestState {
    match word {
        "merged" => PullRequestState::Merged,
        "closed" => PullRequestState::Closed,
        _ => PullRequestState::Open,
    }
}

/// GitLab says so of its own accounts only in some answers; their names always do.
fn is_bot(user: &wire::User) -> bool {
    let name = user.username.as_str();
    let of_token =
        (name.starts_with("project_") || name.starts_with("group_")) && name.contains("_bot");
    user.bot == Some(true)
        || of_token
        || name.starts_with("service_account_")
        || name.ends_with("-bot")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_by_their_names() {
        for (name, expected) in [
            ("project_278964_bot_0f1e", true),
            ("project_7_bot", true),
            ("group_7_bot1", true),
            ("service_account_group_7_0f1e", true),
            ("renovate-bot", true),
            ("abbot", false),
            ("bob", false),
        ] {
            let user = serde_json::from_value(json!({"id": 1, "username": name})).unwrap();
            assert_eq!(is_bot(&user), expected, "{name}");
        }
    }
}
