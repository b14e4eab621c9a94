//! The workflow: which status leads where, under names that are nobody's status.

use super::{
    Answer, Caller, Jira, document, fields, issue, object, refuse, refuse_fields, view, visible,
};
use crate::fake::{Request, Response, store::Comment};
use serde_json::{Map, Value, json};

struct Transition {
    id: &'static str,
    name: &'static str,
    to: &'static str,
    /// Asks for a resolution on a screen.
    screen: bool,
}

const fn transition(id: &'static str, name: &'static str, to: &'static str) -> Transition {
    Transition { id, name, to, screen: false }
}

const TRANSITIONS: &[Transition] = &[
    transition("11", "Put back", "To Do"),
    transition("21", "Start work", "In Progress"),
    transition("31", "Ask for review", "In Review"),
    transition("41", "Wait", "Blocked"),
    Transition { id: "51", name: "Finish", to: "Done", screen: true },
    transition("61", "Drop", "Cancelled"),
];

/// What leads on from a status: everything but itself, except that a blocked item must first go on or back.
fn possible(status: &str) -> impl Iterator<Item = &'static Transition> {
    let blocked = status == "Blocked";
    let status = status.to_owned();
    TRANSITIONS.iter().filter(move |transition| {
        let category = fields::find_state(transition.to).map(|state| state.category);
        transition.to != status && !(blocked && category == Some("done"))
    })
}

impl Jira {
    pub(super) fn transitions(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        match request.method.as_str() {
            "GET" => self.list_transitions(request, caller, key),
            "POST" => self.carry_out(request, caller, key),
            _ => Err(refuse(405, "Transitions are listed or carried out.")),
        }
    }

    fn list_transitions(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        let store = self.store();
        let item = visible(&store, caller, key)?;
        let expanded =
            request.parameter("expand").is_some_and(|what| what.contains("transitions.fields"));
        // What is possible depends on what the caller may do.
        let all: Vec<_> = match caller {
            Caller::Writer => possible(&item.status).map(|it| describe(it, expanded)).collect(),
            _ => Vec::new(),
        };
        Ok(Response::json(200, &json!({"expand": "transitions", "transitions": all})))
    }

    fn carry_out(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        let mut store = self.store();
        let item = visible(&store, caller, key)?;
        let (serial, status) = (item.serial, item.status.clone());
        caller.must_write()?;
        let body = object(request)?;
        let id = body.get("transition").and_then(|transition| transition["id"].as_str());
        let Some(transition) = possible(&status).find(|transition| Some(transition.id) == id)
        else {
            return Err(refuse(400, "The transition is not possible now."));
        };
        let given = body.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
        let resolution = screen(transition, &given)?;
        let comment = body.get("update").map(|update| update["comment"][0]["add"]["body"].clone());
        let comment = comment.filter(|text| !text.is_null());
        if let Some(text) = &comment {
            self.check_text(text).map_err(|message| refuse(400, &message))?;
        }
        let (now, comment_serial) = (store.tick(), store.next_serial());
        let done = fields::find_state(transition.to).is_some_and(|to| to.category == "done");
        if let Some(item) = store.find_mut(|item| item.serial == serial) {
            item.move_to(transition.to, done, now);
            item.resolution = resolution.or_else(|| done.then(|| "Won't Do".to_owned()));
            item.comments.extend(comment.map(|text| Comment {
                serial: comment_serial,
                text,
                created: now,
            }));
        }
        Ok(Response::empty(204))
    }
}

/// Checks the fields of a transition: a screen's required ones must be there, and no others may.
fn screen(transition: &Transition, given: &Map<String, Value>) -> Result<Option<String>, Response> {
    let mut errors = Map::new();
    for name in given.keys().filter(|name| !transition.screen || *name != "resolution") {
        errors.insert(name.clone(), json!("The field is not on the transition's screen."));
    }
    let mut resolution = None;
    if transition.screen {
        match issue::find_resolution(given.get("resolution").unwrap_or(&Value::Null)) {
            Ok(found) => resolution = Some(found),
            Err(message) => {
                errors.insert("resolution".to_owned(), Value::String(message));
            }
        }
    }
    if errors.is_empty() { Ok(resolution) } else { Err(refuse_fields(&errors)) }
}

fn describe(transition: &Transition, expanded: bool) -> Value {
    let mut view = json!({"id": transition.id, "name": transition.name,
        "to": view::status(transition.to), "hasScreen": transition.screen, "isGlobal": true,
        "isInitial": false, "isAvailable": true, "isConditional": false});
    if expanded {
        view["fields"] = if transition.screen { resolution_field() } else { json!({}) };
    }
    view
}

fn resolution_field() -> Value {
    let values: Vec<_> =
        fields::RESOLUTIONS.iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
    json!({"resolution": {"required": true, "name": "Resolution", "key": "resolution",
        "hasDefaultValue": false, "operations": ["set"],
        "schema": {"type": "resolution", "system": "resolution"}, "allowedValues": values}})
}

impl Jira {
    pub(super) fn comments(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        let mut store = self.store();
        let item = visible(&store, caller, key)?;
        let base = view::base(request);
        if request.method == "GET" {
            let all: Vec<_> = item.comments.iter().map(|one| self.comment(one, &base)).collect();
            return Ok(Response::json(200, &self.offset_page(request, &all, "comments")));
        }
        let serial = item.serial;
        caller.must_write()?;
        let text = object(request)?.remove("body").unwrap_or_default();
        if document::plain(&text).trim().is_empty() {
            return Err(refuse(400, "The comment is empty."));
        }
        self.check_text(&text).map_err(|message| refuse(400, &message))?;
        let comment = Comment { serial: store.next_serial(), text, created: store.tick() };
        let view = self.comment(&comment, &base);
        if let Some(item) = store.find_mut(|item| item.serial == serial) {
            item.updated = comment.created;
            item.comments.push(comment);
        }
        Ok(Response::json(201, &view))
    }
}
