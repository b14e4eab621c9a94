//! The one merge request of the site: its commits, its notes, the statuses of its commits.

use super::{
    Answer, GitLab, PROJECT,
    access::{self, Caller},
    issue::object,
    paged, refuse, refuse_parameter,
};
use crate::fake::{Request, Response};
use serde_json::{Value, json};

/// Its number, title and branch.
pub(super) const NUMBER: u64 = 3;
pub(super) const TITLE: &str = "Pay by invoice";
pub(super) const BRANCH: &str = "feature/SHOP-7-invoice";
/// More than two pages of commits.
pub(super) const COMMITS: u64 = 8;

/// What was said about it.
#[derive(Debug, Default)]
pub(super) struct Review {
    serial: u64,
    /// Notes, oldest first.
    pub(super) notes: Vec<Value>,
    /// Statuses of all commits, oldest first.
    pub(super) statuses: Vec<Value>,
    /// How many times a status was sent and taken.
    pub(super) sent: usize,
}

fn sha(number: u64) -> String {
    format!("{number:040x}")
}

impl GitLab {
    pub(super) fn merge_request(
        &self,
        request: &Request,
        caller: Caller,
        number: &str,
        path: &[&str],
    ) -> Answer {
        if number != NUMBER.to_string() {
            return Err(refuse(404, "404 Not found"));
        }
        match (request.method.as_str(), path) {
            ("GET", []) => Ok(Response::json(200, &self.document(request))),
            ("GET", ["commits"]) => {
                let base = self.base(request);
                // The newest is first.
                let commits: Vec<Value> =
                    (1..=COMMITS).rev().map(|number| commit(number, &base)).collect();
                Ok(paged(request, &commits, false))
            }
            (_, ["notes", rest @ ..]) => self.review_notes(request, caller, rest),
            _ => Err(refuse(404, "404 Not Found")),
        }
    }

    fn document(&self, request: &Request) -> Value {
        json!({"id": 33, "iid": NUMBER, "project_id": 7, "title": TITLE, "description": "Closes #7",
            "state": "opened", "source_branch": BRANCH, "target_branch": "main",
            "author": access::account(), "draft": false, "work_in_progress": false,
            "source_project_id": 7, "target_project_id": 7, "labels": ["payment"],
            "sha": sha(COMMITS), "merge_commit_sha": null, "squash_commit_sha": null,
            "web_url": format!("{}/{PROJECT}/-/merge_requests/{NUMBER}", self.base(request))})
    }

    fn review_notes(&self, request: &Request, caller: Caller, path: &[&str]) -> Answer {
        let mut review = self.review();
        let place = |review: &Review, id: &str| {
            let found = review
                .notes
                .iter()
                .position(|note| note["id"].as_u64().is_some_and(|it| it.to_string() == id));
            found.ok_or_else(|| refuse(404, "404 Not found"))
        };
        if request.method != "GET" {
            caller.must_write(PROJECT)?;
        }
        match (request.method.as_str(), path) {
            ("GET", []) => Ok(paged(request, &review.notes, false)),
            ("POST", []) => {
                review.serial += 1;
                let body = object(request)?.get("body").cloned();
                let note = json!({"id": review.serial, "body": body, "author": access::account(), "system": false});
                review.notes.push(note.clone());
                Ok(Response::json(201, &note))
            }
            ("PUT", [id]) => {
                let place = place(&review, id)?;
                review.notes[place]["body"] = json!(object(request)?.get("body"));
                Ok(Response::json(200, &review.notes[place]))
            }
            ("DELETE", [id]) => {
                let place = place(&review, id)?;
                review.notes.remove(place);
                Ok(Response::empty(204))
            }
            _ => Err(refuse(404, "404 Not Found")),
        }
    }

    /// The newest status of each name.
    pub(super) fn statuses(&self, request: &Request, sha: &str) -> Answer {
        if !(1..=COMMITS).any(|number| sha == self::sha(number)) {
            return Err(refuse(404, "404 Commit Not Found"));
        }
        let review = self.review();
        let all = newest(&review.statuses, sha).into_iter();
        let named =
            all.filter(|it| request.parameter("name").is_none_or(|name| it["name"] == name));
        Ok(paged(request, &named.collect::<Vec<_>>(), false))
    }

    /// Takes a status, unless its name waits already; one that waits goes on to its end.
    pub(super) fn set_status(&self, request: &Request, caller: Caller, sha: &str) -> Answer {
        caller.must_write(PROJECT)?;
        let given = object(request)?;
        let state = given.get("state").and_then(Value::as_str).unwrap_or_default();
        if !["pending", "running", "success", "failed", "canceled"].contains(&state) {
            return Err(refuse_parameter("state does not have a valid value"));
        }
        let text = given.get("description").and_then(Value::as_str).unwrap_or_default();
        if text.chars().count() > 255 {
            return Err(Response::json(
                400,
                &json!({"message": {"description": ["is too long (maximum is 255 characters)"]}}),
            ));
        }
        if given.get("ref").is_none_or(Value::is_null) {
            return Err(refuse(404, "404 References for commit Not Found"));
        }
        let mut review = self.review();
        review.serial += 1;
        let name = given.get("name").cloned().unwrap_or_else(|| json!("default"));
        let status = json!({"id": review.serial, "sha": sha, "name": name, "status": state,
            "description": given.get("description"), "target_url": given.get("target_url"), "ref": given.get("ref")});
        let waiting = review
            .statuses
            .iter()
            .position(|it| it["sha"] == sha && it["name"] == name && it["status"] == "pending");
        match waiting {
            Some(_) if state == "pending" => {
                let why = "Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via \"enqueue\")";
                return Err(refuse(400, why));
            }
            Some(place) => review.statuses[place] = status.clone(),
            None => review.statuses.push(status.clone()),
        }
        review.sent += 1;
        Ok(Response::json(201, &status))
    }
}

/// The newest status of each name on a commit.
pub(super) fn newest(statuses: &[Value], sha: &str) -> Vec<Value> {
    let mut newest: Vec<Value> = Vec::new();
    for status in statuses.iter().filter(|status| status["sha"] == sha) {
        newest.retain(|known| known["name"] != status["name"]);
        newest.push(status.clone());
    }
    newest
}

fn commit(number: u64, base: &str) -> Value {
    let sha = sha(number);
    json!({"id": sha, "short_id": &sha[..11], "title": format!("Step {number}"),
        "message": format!("Step {number}\n\nRefs #7\n"), "author_name": "Alex Example",
        "committed_date": format!("2026-01-0{number}T09:00:00.000+01:00"),
        "web_url": format!("{base}/{PROJECT}/-/commit/{sha}")})
}
