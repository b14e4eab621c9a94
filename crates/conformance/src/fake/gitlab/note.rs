//! Notes of issues, and files that notes show.

use super::{
    Answer, GitLab,
    access::{self, Caller},
    full_name, is_named,
    issue::object,
    paged, quick_action, refuse, refuse_parameter, view,
};
use crate::fake::{
    Request, Response,
    store::{Comment, Item, Store},
};
use backend::model::WorkItemId;
use serde_json::{Value, json};

impl GitLab {
    pub(super) fn issue_notes(
        &self,
        request: &Request,
        caller: Caller,
        project: &str,
        number: &str,
        path: &[&str],
    ) -> Answer {
        let mut store = self.store();
        if store.find(|item| is_named(item, project, number)).is_none() {
            return Err(refuse(404, "404 Issue Not Found"));
        }
        if request.method != "GET" {
            caller.must_write(project)?;
        }
        let now = store.now();
        let serial = store.next_serial();
        let Some(item) = store.find_mut(|item| is_named(item, project, number)) else {
            return Err(refuse(404, "404 Issue Not Found"));
        };
        match (request.method.as_str(), path) {
            ("GET", []) => {
                let mut notes: Vec<Value> = item.comments.iter().map(view::note).collect();
                if request.parameter("sort") != Some("asc") {
                    notes.reverse();
                }
                Ok(paged(request, &notes, false))
            }
            ("POST", []) => {
                let body = body_of(request)?;
                let (kept, commands) = quick_action::extract(&body);
                let note = json!({"body": kept, "author": access::account(), "system": false});
                item.comments.push(Comment { serial, text: note, created: now });
                item.updated = now;
                quick_action::execute(&commands, item, now);
                Ok(Response::json(201, &item.comments.last().map_or(Value::Null, view::note)))
            }
            ("PUT" | "DELETE", [id]) => change(request, item, id),
            _ => Err(refuse(404, "404 Not Found")),
        }
    }

    /// Keeps a file below the project. Its name loses what does not belong into one.
    pub(super) fn upload(&self, request: &Request, caller: Caller, project: &str) -> Answer {
        caller.must_write(project)?;
        let form = String::from_utf8_lossy(&request.body).into_owned();
        let is_form = request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        let name = form
            .split_once("name=\"file\"; filename=\"")
            .and_then(|(_, rest)| Some(rest.split_once('"')?.0));
        let Some(name) = name.filter(|_| is_form) else {
            return Err(refuse_parameter("file is missing"));
        };
        let plain = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' };
        let name: String = name.chars().map(plain).collect();
        let url = format!("/uploads/0123456789abcdef0123456789abcdef/{name}");
        let full_path =
            self.is_premium().then(|| format!("/-/project/{}{url}", super::project_id(project)));
        let body = json!({"id": 5, "alt": name, "url": url, "full_path": full_path,
            "markdown": format!("[{name}]({url})")});
        Ok(Response::json(201, &body))
    }
}

fn body_of(request: &Request) -> Result<String, Response> {
    let given = object(request)?;
    let body = given.get("body").and_then(Value::as_str).filter(|body| !body.trim().is_empty());
    body.map(str::to_owned).ok_or_else(|| refuse_parameter("body is missing"))
}

/// Replaces or removes a note of the caller's own.
fn change(request: &Request, item: &mut Item, id: &str) -> Answer {
    let place = item.comments.iter().position(|note| note.serial.to_string() == id);
    let place = place.ok_or_else(|| refuse(404, "404 Not found"))?;
    if item.comments[place].text["author"]["id"] != access::account()["id"] {
        return Err(refuse(403, "403 Forbidden"));
    }
    if request.method == "DELETE" {
        item.comments.remove(place);
        return Ok(Response::empty(204));
    }
    item.comments[place].text["body"] = json!(quick_action::extract(&body_of(request)?).0);
    Ok(Response::json(200, &view::note(&item.comments[place])))
}

/// A note that this account wrote.
pub(super) fn by(store: &mut Store, id: &WorkItemId, author: &Value, body: &str) -> bool {
    let (serial, created) = (store.next_serial(), store.now());
    let item = store.find_mut(|item| full_name(item) == id.as_str());
    let text = json!({"body": body, "author": author, "system": false});
    item.map(|item| item.comments.push(Comment { serial, text, created })).is_some()
}

/// What people wrote, oldest first.
pub(super) fn written(item: &Item) -> Vec<String> {
    let people = item.comments.iter().filter(|note| note.text["system"] != true);
    people.filter_map(|note| note.text["body"].as_str().map(str::to_owned)).collect()
}
