//! Azure Repos: one repository with one pull request.

use super::{Answer, AzureDevOps, Caller, access::ACCOUNT_ID, no_such_resource, refuse};
use crate::{
    fake::{Request, Response, store::ROBOT},
    subject::Seen,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Name of the repository.
pub const REPOSITORY: &str = "shop";
pub(super) const REPOSITORY_ID: &str = "3411ebc1-0000-4000-8000-00000000beef";
pub(super) const PROJECT_ID: &str = "a7573007-0000-4000-8000-0000000000a1";

/// Number of the pull request.
pub(super) const PULL_REQUEST: u64 = 12;
pub(super) const TITLE: &str = "Let people pay later";
pub(super) const BRANCH: &str = "feature/AB-pay-later";
/// So many commits it has, of which a page shows three.
pub(super) const COMMITS: usize = 7;
const PAGE: usize = 3;

/// The newest commit of the pull request.
pub const KNOWN_SHA: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa07";

/// The memory of the repository.
pub(super) struct Git {
    /// Comments: number of the thread, number of the comment, account, text, and whether it was deleted.
    comments: Vec<Comment>,
    /// Statuses as they were sent, with the commit they are about; none for those of the pull request.
    statuses: Vec<(Option<String>, Value)>,
}

struct Comment {
    thread: u64,
    author: &'static str,
    content: String,
    is_deleted: bool,
    status: String,
}

impl Git {
    pub(super) fn new() -> Self {
        let content = "<!-- devops-integrations:conformance -->\nNot by the robot.".to_owned();
        let status = "active".to_owned();
        let author = "somebody-else";
        let first = Comment { thread: 1, author, content, is_deleted: false, status };
        Self { comments: vec![first], statuses: Vec::new() }
    }

    /// What people see. The comment of somebody else is not counted as ours by anybody who looks for the marker at the
    /// place where it stands.
    pub(super) fn seen(&self, sha: &str) -> Seen {
        let shown = self.comments.iter().filter(|it| !it.is_deleted && it.author == ACCOUNT_ID);
        let about = |(commit, _): &&(Option<String>, Value)| {
            commit.as_deref().is_none_or(|commit| commit == sha)
        };
        let mut statuses: Vec<(String, String)> = Vec::new();
        for (_, status) in self.statuses.iter().filter(about) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let context = &status["context"];
            let context = format!("{}/{}", text(&context["genre"]), text(&context["name"]));
            statuses.retain(|(known, _)| *known != context);
            statuses.push((context, text(&status["state"])));
        }
        let comments = shown.map(|it| it.content.clone()).collect();
        Seen { comments, statuses, sent: self.statuses.len() }
    }

    fn threads(&self) -> Vec<Value> {
        let show = |it: &Comment| {
            json!({"id": it.thread, "status": it.status, "isDeleted": it.is_deleted,
                "comments": [{"id": 1, "parentCommentId": 0, "commentType": "text",
                    "content": if it.is_deleted { Value::Null } else { json!(it.content) },
                    "isDeleted": it.is_deleted, "author": {"id": it.author}}]})
        };
        self.comments.iter().map(show).collect()
    }
}

fn sha(number: usize) -> String {
    format!("{}{number:02}", "a".repeat(38))
}

fn commit(number: usize, whole: bool) -> Value {
    let date = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56);
    let date = date + SignedDuration::from_mins(i64::try_from(number).unwrap_or_default());
    let signature = json!({"name": "Alex Example", "email": "alex@example.com", "date": date});
    // Lists show the beginning of long messages.
    let long = number == 2;
    let comment = match (long, whole) {
        (true, false) => "Step 2\n\nA long".to_owned(),
        (true, true) => format!("Step 2\n\nA long story. {}", "More. ".repeat(50)),
        (false, _) => format!("Step {number}"),
    };
    json!({"commitId": sha(number), "author": signature, "committer": signature,
        "comment": comment, "commentTruncated": long && !whole})
}

impl AzureDevOps {
    pub(super) fn repository(
        &self,
        request: &Request,
        caller: Caller,
        repository: &str,
        path: &[&str],
    ) -> Answer {
        let known = [REPOSITORY, REPOSITORY_ID];
        if !known.iter().any(|known| known.eq_ignore_ascii_case(repository)) {
            let message = format!(
                "TF401019: The Git repository with name or identifier {repository} does not exist or you do not have \
                 permissions for the operation you are attempting."
            );
            return Err(refuse(404, &message));
        }
        let lower = path.first().map(|part| part.to_ascii_lowercase()).unwrap_or_default();
        match (request.method.as_str(), lower.as_str(), path) {
            ("GET", "", []) => Ok(Response::json(200, &repository_view())),
            ("GET", "commits", [_, sha]) => get_commit(sha),
            (_, "commits", [_, sha, "statuses"]) => {
                self.statuses(request, caller, Some((*sha).to_owned()))
            }
            (_, "pullrequests", [_, number, rest @ ..]) => {
                if *number != PULL_REQUEST.to_string() {
                    let message =
                        format!("TF401180: The requested pull request {number} was not found.");
                    return Err(refuse(404, &message));
                }
                self.pull_request(request, caller, rest)
            }
            _ => Err(no_such_resource()),
        }
    }

    fn pull_request(&self, request: &Request, caller: Caller, path: &[&str]) -> Answer {
        match (request.method.as_str(), path) {
            ("GET", []) => Ok(Response::json(200, &pull_request_view())),
            ("GET", ["commits"]) => Ok(commits(request)),
            ("GET", ["labels"]) => {
                let label = json!({"id": REPOSITORY_ID, "name": "payment", "active": true});
                Ok(Response::json(200, &json!({"count": 1, "value": [label]})))
            }
            ("GET", ["threads"]) => {
                let all = self.git().threads();
                Ok(Response::json(200, &json!({"count": all.len(), "value": all})))
            }
            ("POST", ["threads"]) => self.open_thread(request, caller),
            (_, ["threads", thread, "comments", "1"]) => self.comment(request, caller, thread),
            (_, ["statuses"]) => self.statuses(request, caller, None),
            _ => Err(no_such_resource()),
        }
    }

    fn open_thread(&self, request: &Request, caller: Caller) -> Answer {
        caller.must_write()?;
        let body: Value = request.json().unwrap_or_default();
        let content = body["comments"][0]["content"].as_str().unwrap_or_default().to_owned();
        if content.is_empty() {
            return Err(refuse(400, "TF401346: A thread needs a comment with a content."));
        }
        let status = body["status"].as_str().unwrap_or("active").to_owned();
        let mut git = self.git();
        let thread = git.comments.len() as u64 + 1;
        let author = ACCOUNT_ID;
        git.comments.push(Comment { thread, author, content, is_deleted: false, status });
        Ok(Response::json(200, &git.threads().pop().unwrap_or_default()))
    }

    fn comment(&self, request: &Request, caller: Caller, thread: &str) -> Answer {
        caller.must_write()?;
        let mut git = self.git();
        let found = git.comments.iter_mut().find(|it| it.thread.to_string() == thread);
        let found = found.ok_or_else(|| refuse(404, "TF401180: The thread was not found."))?;
        if found.author != ACCOUNT_ID {
            return Err(refuse(403, "TF401027: Only the author may change a comment."));
        }
        let body: Value = request.json().unwrap_or_default();
        match (request.method.as_str(), body["content"].as_str()) {
            ("PATCH", Some(content)) => content.clone_into(&mut found.content),
            ("DELETE", _) => found.is_deleted = true,
            _ => return Err(no_such_resource()),
        }
        Ok(Response::json(200, &json!({"id": 1, "content": found.content})))
    }

    fn statuses(&self, request: &Request, caller: Caller, commit: Option<String>) -> Answer {
        let mut git = self.git();
        let of_this = |(known, _): &&(Option<String>, Value)| *known == commit;
        if request.method == "GET" {
            let all: Vec<_> =
                git.statuses.iter().filter(of_this).map(|(_, status)| status.clone()).collect();
            return Ok(Response::json(200, &json!({"count": all.len(), "value": all})));
        }
        caller.must_write()?;
        let mut status: Value = request.json().unwrap_or_default();
        let known = ["notSet", "pending", "succeeded", "failed", "error", "notApplicable"];
        let state = status["state"].as_str().unwrap_or_default();
        if !known.contains(&state) || status["context"]["name"].as_str().is_none_or(str::is_empty) {
            return Err(refuse(400, "TF401187: A status needs a state and the name of a context."));
        }
        status["id"] = json!(git.statuses.len() + 1);
        git.statuses.push((commit, status.clone()));
        Ok(Response::json(200, &status))
    }
}

fn repository_view() -> Value {
    json!({"id": REPOSITORY_ID, "name": REPOSITORY, "defaultBranch": "refs/heads/main",
        "project": {"id": PROJECT_ID, "name": super::PROJECT, "state": "wellFormed"}})
}

fn pull_request_view() -> Value {
    let person = json!({"id": ACCOUNT_ID, "displayName": ROBOT.display, "uniqueName": ROBOT.email});
    json!({"repository": repository_view(), "pullRequestId": PULL_REQUEST, "status": "active",
        "createdBy": person, "title": TITLE, "description": "Fixes AB#1.", "isDraft": false,
        "sourceRefName": format!("refs/heads/{BRANCH}"), "targetRefName": "refs/heads/main",
        "mergeStatus": "succeeded", "lastMergeSourceCommit": {"commitId": KNOWN_SHA},
        "lastMergeCommit": {"commitId": sha(99)}})
}

/// The commits of the pull request, newest first, a page at a time.
fn commits(request: &Request) -> Response {
    let start = request.number("continuationToken").unwrap_or(0);
    let size = request.number("$top").unwrap_or(100).min(PAGE);
    let all: Vec<_> = (1..=COMMITS).rev().map(|number| commit(number, false)).collect();
    let end = (start + size).min(all.len());
    let page = &all[start.min(end)..end];
    let response = Response::json(200, &json!({"count": page.len(), "value": page}));
    let more = end < all.len();
    if more { response.with_header("x-ms-continuationtoken", end.to_string()) } else { response }
}

fn get_commit(wanted: &str) -> Answer {
    let number = (1..=COMMITS).find(|number| sha(*number).eq_ignore_ascii_case(wanted));
    let number = number.ok_or_else(|| {
        refuse(
            404,
            &format!("TF401175: The version descriptor <Commit: {wanted}> could not be resolved."),
        )
    })?;
    Ok(Response::json(200, &commit(number, true)))
}
