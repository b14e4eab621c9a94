//! Comments of issues and pull requests.

use super::{Answer, Caller, GitHub, find, invalid, is_at, not_found, object, view};
use crate::fake::{
    Request, Response,
    store::{Comment, Item, WebLink},
};
use serde_json::{Value, json};

/// Begins the comment in which the product keeps its links.
const MARKER: &str = "<!-- devops-integrations:links -->";

impl GitHub {
    pub(super) fn comments(
        &self,
        request: &Request,
        caller: Caller,
        repository: &str,
        number: &str,
    ) -> Answer {
        let mut store = self.store();
        let item = find(&store, repository, number)?;
        if request.method == "GET" {
            let all: Vec<_> = item.comments.iter().map(view::comment).collect();
            return Ok(view::listed(request, &all));
        }
        caller.must_write()?;
        let text = text(request)?;
        let (serial, created) = (store.next_serial(), store.tick());
        let text = json!({"body": text, "login": self.login(), "association": "NONE"});
        let made = Comment { serial, text, created };
        let item = store.find_mut(|item| is_at(item, repository, number)).ok_or_else(not_found)?;
        item.comments.push(made.clone());
        item.updated = created;
        count_links(item);
        Ok(Response::json(201, &view::comment(&made)))
    }

    pub(super) fn comment(&self, request: &Request, caller: Caller, id: &str) -> Answer {
        let mut store = self.store();
        let now = store.tick();
        let holds = |item: &Item| item.comments.iter().any(|one| one.serial.to_string() == id);
        let item = store.find_mut(holds).ok_or_else(not_found)?;
        caller.must_write()?;
        item.updated = now;
        let at = item.comments.iter().position(|one| one.serial.to_string() == id).unwrap_or(0);
        let response = match request.method.as_str() {
            "DELETE" => {
                item.comments.remove(at);
                Response::empty(204)
            }
            "PATCH" => {
                item.comments[at].text["body"] = Value::String(text(request)?);
                Response::json(200, &view::comment(&item.comments[at]))
            }
            _ => return Err(not_found()),
        };
        count_links(item);
        Ok(response)
    }
}

fn text(request: &Request) -> Result<String, Response> {
    let body = object(request)?;
    let text = body.get("body").and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() || text.chars().count() > 65_536 {
        return Err(invalid("body", "invalid", &json!("too long or empty")));
    }
    Ok(text.to_owned())
}

/// What a person counts as links of the product: the lines of lists below its marker.
fn count_links(item: &mut Item) {
    let managed = item.comments.iter().filter_map(|one| one.text["body"].as_str());
    let managed = managed.filter(|body| body.starts_with(MARKER));
    let links = managed.flat_map(str::lines).filter(|line| line.starts_with("- ["));
    let link = |line: &str| WebLink { serial: 0, key: None, body: json!(line) };
    item.links = links.map(link).collect();
}
