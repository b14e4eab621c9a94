//! A verdict: on the pull request where it is about its newest commit, else on the commit.
//!
//! People see the statuses of a pull request, and branch policies ask for them; those of its commits are seen by few.

use super::{
    super::{api::Api, wire::List},
    Place, Repos,
    wire::Status,
};
use crate::{
    code_host::{CommitState, CommitStatus},
    error::Result,
    http::Call,
};
use serde_json::json;

/// Longest description that is sent, in characters.
const LONGEST_DESCRIPTION: usize = 256;

impl Repos {
    /// Sets a status; one that says the same already is not sent again.
    pub(super) async fn status(
        &self,
        place: &Place,
        sha: &str,
        status: &CommitStatus,
    ) -> Result<()> {
        let pull = self.pull_request(place).await?;
        let head = pull.last_merge_source_commit.map(|commit| commit.commit_id);
        let newest = head.is_some_and(|head| head.eq_ignore_ascii_case(sha));
        // The status belongs to the repository by its GUID, whatever it is called by then.
        let place = Place {
            project: pull.repository.project.id,
            repository: pull.repository.id,
            number: place.number,
        };
        let call = |start: for<'a> fn(&'a Api, &'static str) -> Call<'a>| {
            if newest {
                place.fill(start(&self.api, OF_PULL_REQUEST))
            } else {
                of_commit(&place, sha, start(&self.api, OF_COMMIT))
            }
        };
        let known: List<Status> = call(Api::get).receive().await?;
        let (genre, name) = context(&status.context);
        let wanted = Wanted {
            state: word(status.state),
            description: status.description.chars().take(LONGEST_DESCRIPTION).collect(),
            target: status.target_url.as_ref().map(ToString::to_string),
        };
        let ours = known.value.iter().filter(|it| is_about(it, genre, name));
        if ours.max_by_key(|it| it.id).is_some_and(|newest| wanted.is(newest)) {
            return Ok(());
        }
        let body = json!({
            "state": wanted.state, "description": wanted.description, "targetUrl": wanted.target,
            "context": {"name": name, "genre": genre},
        });
        // A second status of the same context replaces the first.
        call(Api::post).replaces().json(&body).send().await.map(drop)
    }
}

fn of_commit<'a>(place: &Place, sha: &str, call: Call<'a>) -> Call<'a> {
    place.repository(call).segment("commit", sha)
}

const OF_PULL_REQUEST: &str =
    "{project}/_apis/git/repositories/{repository}/pullRequests/{number}/statuses";
const OF_COMMIT: &str = "{project}/_apis/git/repositories/{repository}/commits/{commit}/statuses";

/// What a status is to say.
struct Wanted {
    state: &'static str,
    description: String,
    target: Option<String>,
}

impl Wanted {
    fn is(&self, status: &Status) -> bool {
        status.state.as_deref() == Some(self.state)
            && status.description.as_deref().unwrap_or_default() == self.description
            && status.target_url == self.target
    }
}

fn is_about(status: &Status, genre: &str, name: &str) -> bool {
    status.context.as_ref().is_some_and(|context| {
        context.name.as_deref() == Some(name)
            && context.genre.as_deref().unwrap_or_default() == genre
    })
}

/// Genre and name of a context such as `devops-integrations/links`.
fn context(context: &str) -> (&str, &str) {
    context.rsplit_once('/').unwrap_or(("", context))
}

fn word(state: CommitState) -> &'static str {
    match state {
        CommitState::Pending => "pending",
        CommitState::Success => "succeeded",
        CommitState::Failure => "failed",
    }
}
