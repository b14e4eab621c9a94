//! Changing issues: fields, states, parents.

use super::{Answer, Caller, GitHub, find, invalid, is_at, issue, not_found, object};
use crate::fake::{Request, Response, store::Item};
use jiff::Timestamp;
use serde_json::{Map, Value};

impl GitHub {
    pub(super) fn edit_issue(
        &self,
        request: &Request,
        caller: Caller,
        repository: &str,
        number: &str,
    ) -> Answer {
        let mut store = self.store();
        find(&store, repository, number)?;
        caller.must_write()?;
        let mut body = object(request)?;
        issue::drop_silently(&mut body, caller);
        let now = store.tick();
        let item = store.find_mut(|item| is_at(item, repository, number)).ok_or_else(not_found)?;
        let mut changed = item.clone();
        issue::apply(&body, &mut changed)?;
        change_state(&body, &mut changed, now)?;
        changed.updated = now;
        *item = changed;
        let item = find(&store, repository, number)?;
        Ok(Response::json(200, &self.issue(&store, item, request)))
    }

    /// Hangs an issue below another; one that hangs below a third only where that is to be replaced.
    pub(super) fn add_sub_issue(
        &self,
        request: &Request,
        caller: Caller,
        repository: &str,
        number: &str,
    ) -> Answer {
        let mut store = self.store();
        let parent = find(&store, repository, number)?.serial;
        caller.must_write()?;
        let body = object(request)?;
        let wanted = body.get("sub_issue_id").and_then(Value::as_u64);
        let now = store.tick();
        let child = store.find_mut(|item| Some(item.serial) == wanted).ok_or_else(not_found)?;
        let replaces = body.get("replace_parent") == Some(&Value::Bool(true));
        if child.serial == parent || child.parent.is_some() && !replaces {
            return Err(invalid("sub_issue_id", "invalid", &body["sub_issue_id"]));
        }
        child.parent = Some(parent);
        child.updated = now;
        let item = find(&store, repository, number)?;
        Ok(Response::json(201, &self.issue(&store, item, request)))
    }
}

/// A reason counts only where the state changes.
fn change_state(
    body: &Map<String, Value>,
    item: &mut Item,
    now: Timestamp,
) -> Result<(), Response> {
    let Some(state) = body.get("state") else { return Ok(()) };
    let reason = body.get("state_reason").and_then(Value::as_str);
    match state.as_str() {
        Some("closed") if item.status != "closed" => {
            item.move_to("closed", true, now);
            item.resolution = Some(reason.unwrap_or("completed").to_owned());
        }
        Some("open") if item.status != "open" => {
            item.move_to("open", false, now);
            item.resolution = Some("reopened".to_owned());
        }
        Some("open" | "closed") => {}
        _ => return Err(invalid("state", "invalid", state)),
    }
    Ok(())
}
