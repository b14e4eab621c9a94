//! A pull request with more commits than the list of its commits gives, and statuses of commits.

use super::{
    Answer, Caller, GitHub, find, not_found, object, refuse,
    view::{self, PULL_REQUEST, origin},
};
use crate::fake::{Request, Response};
use serde_json::{Value, json};

pub(super) const TITLE: &str = "Add the till";
pub(super) const BRANCH: &str = "feature/till";
/// How many commits it has.
pub(super) const COMMITS: usize = 260;
/// The list of a pull request's commits ends here, without a word.
const LISTED: usize = 250;
const BASE_SHA: &str = "00000000000000000000000000000000000ba5e0";

/// Statuses, oldest first: the commit, and what was sent.
pub(super) type Statuses = Vec<(String, Value)>;

/// The id of a commit, counted from 1.
fn sha(number: usize) -> String {
    format!("{number:040x}")
}

impl GitHub {
    pub(super) fn code(
        &self,
        request: &Request,
        caller: Caller,
        repository: &str,
        path: &[&str],
    ) -> Answer {
        match (request.method.as_str(), path) {
            ("GET", ["pulls", number]) => self.pull(request, repository, number),
            ("GET", ["pulls", number, "commits"]) => {
                self.must_be_pull(repository, number)?;
                let all: Vec<_> = commits(request).into_iter().take(LISTED).collect();
                Ok(view::listed(request, &all))
            }
            ("GET", ["compare", range]) => compare(request, range),
            ("GET", ["commits", sha, "statuses"]) => {
                let statuses = self.statuses();
                let newest_first = statuses.iter().rev().filter(|(of, _)| of == sha);
                let all: Vec<_> = newest_first.map(|(_, status)| status.clone()).collect();
                Ok(view::listed(request, &all))
            }
            ("POST", ["statuses", sha]) => self.add_status(request, caller, sha),
            _ => Err(not_found()),
        }
    }

    fn must_be_pull(&self, repository: &str, number: &str) -> Result<(), Response> {
        let store = self.store();
        let is_pull = find(&store, repository, number)?.kind == PULL_REQUEST;
        if is_pull { Ok(()) } else { Err(not_found()) }
    }

    fn pull(&self, request: &Request, repository: &str, number: &str) -> Answer {
        self.must_be_pull(repository, number)?;
        let branch = |name: &str, sha: &str| {
            json!({"ref": name, "sha": sha, "label": format!("acme:{name}"),
                "repo": {"id": 0, "full_name": repository}})
        };
        Ok(Response::json(
            200,
            &json!({"id": 1, "number": number.parse::<u64>().unwrap_or_default(),
                "html_url": format!("{}/{repository}/pull/{number}", origin(request)),
                "title": TITLE, "body": "Closes #3", "state": "open", "draft": false,
                "user": view::user("alex"), "labels": [], "merged_at": null,
                "merge_commit_sha": sha(9999), "commits": COMMITS,
                "head": branch(BRANCH, &sha(COMMITS)), "base": branch("main", BASE_SHA)}),
        ))
    }

    fn add_status(&self, request: &Request, caller: Caller, sha: &str) -> Answer {
        caller.must_write()?;
        let body = object(request)?;
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        if !["error", "failure", "pending", "success"].contains(&text("state")) {
            return Err(refuse(422, "Validation Failed"));
        }
        if text("description").chars().count() > 140 {
            return Err(refuse(422, "description is too long (maximum is 140 characters)"));
        }
        let mut status = Value::Object(body.clone());
        status["id"] = json!(self.statuses().len() + 1);
        self.statuses().push((sha.to_owned(), status.clone()));
        Ok(Response::json(201, &status))
    }
}

fn commits(request: &Request) -> Vec<Value> {
    let commit = |number: usize| {
        let at = format!("2026-01-01T{:02}:{:02}:00Z", number / 60, number % 60);
        let who = json!({"name": "Alex Example", "email": "alex@example.com", "date": at});
        json!({"sha": sha(number), "html_url": format!("{}/acme/shop/commit/{}", origin(request), sha(number)),
            "commit": {"message": format!("Change {number}"), "author": who, "committer": who}})
    };
    (1..=COMMITS).map(commit).collect()
}

/// A comparison has pages of commits, and says on each how many there are.
fn compare(request: &Request, range: &str) -> Answer {
    if range != format!("{BASE_SHA}...{}", sha(COMMITS)) {
        return Err(not_found());
    }
    let size = request.number("per_page").unwrap_or(250).min(100);
    let skip = (request.number("page").unwrap_or(1).max(1) - 1) * size;
    let shown: Vec<_> = commits(request).into_iter().skip(skip).take(size).collect();
    Ok(Response::json(
        200,
        &json!({"status": "ahead", "total_commits": COMMITS, "commits": shown, "files": []}),
    ))
}
