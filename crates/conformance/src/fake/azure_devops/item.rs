//! Creating, changing and reading items, and uploading files.

use super::{
    Answer, AzureDevOps, Caller, Deployment, PROJECT, base, missing, process::no_such_type, refuse,
    relation::Relations, view, visible,
};
use crate::fake::{
    Request, Response,
    store::{File, Item},
};
use serde_json::{Value, json};

impl AzureDevOps {
    pub(super) fn create_item(
        &self,
        request: &Request,
        caller: Caller,
        project: Option<&str>,
        name: &str,
    ) -> Answer {
        caller.must_write()?;
        let kind = self.item_type(name).ok_or_else(|| no_such_type(name))?;
        let operations = operations(request)?;
        let mut store = self.store();
        let mut draft = blank(project.unwrap_or(PROJECT), kind.name, kind.states[0].0);
        let relations = Relations::of(&draft);
        let changed = self.apply(&operations, &mut draft, relations, &store, true)?;
        if draft.title.is_empty() {
            return Err(refuse(
                400,
                "TF401320: Rule Error for field Title. Error code: Required, InvalidEmpty.",
            ));
        }
        let item = store.add(&draft.project.clone(), kind.name, kind.states[0].0);
        let (serial, number, now) = (item.serial, item.number, item.created);
        *item = Item { serial, number, created: now, updated: now, moved: now, ..draft };
        item.custom.insert("System.Rev".to_owned(), json!(1));
        changed.relations.store(&mut store, serial, now);
        Self::answer(self, &store, serial, true, request)
    }

    pub(super) fn change_item(&self, request: &Request, caller: Caller, id: &str) -> Answer {
        let mut store = self.store();
        let mut item = visible(&store, id)?.clone();
        caller.must_write()?;
        let operations = operations(request)?;
        let relations = Relations::of(&item);
        let changed = self.apply(&operations, &mut item, relations, &store, false)?;
        let serial = item.serial;
        let now = store.tick();
        // A change of links between items makes no new revision.
        if changed.revises {
            item.updated = now;
            let next = view::revision(&item) + 1;
            item.custom.insert("System.Rev".to_owned(), json!(next));
        }
        if let Some(state) = changed.state {
            self.enter(&mut item, state, now);
        }
        for text in changed.comments {
            let serial = store.next_serial();
            item.comments.push(crate::fake::store::Comment { serial, text, created: now });
        }
        if let Some(stored) = store.find_mut(|stored| stored.serial == serial) {
            *stored = item;
        }
        changed.relations.store(&mut store, serial, now);
        Self::answer(self, &store, serial, true, request)
    }

    fn answer(
        &self,
        store: &crate::fake::store::Store,
        serial: u64,
        relations: bool,
        request: &Request,
    ) -> Answer {
        let item = store.find(|item| item.serial == serial);
        let item = item.ok_or_else(|| missing(&serial.to_string()))?;
        Ok(Response::json(200, &self.item(store, item, relations, request)))
    }

    /// Brings an item to a state: only finished work has a date of closing.
    fn enter(&self, item: &mut Item, state: &str, now: jiff::Timestamp) {
        let category = self.item_type(&item.kind).and_then(|kind| kind.category(state));
        let updated = item.updated;
        item.move_to(state, category == Some("Completed"), now);
        item.updated = updated.max(now);
    }

    pub(super) fn get_item(&self, request: &Request, _: Caller, id: &str) -> Answer {
        let expand = request.parameter("$expand");
        if request.parameter("fields").is_some() && expand.is_some() {
            return Err(refuse(
                400,
                "The expand parameter can not be used with the fields parameter.",
            ));
        }
        let store = self.store();
        let serial = visible(&store, id)?.serial;
        let relations = expand.is_some_and(|expand| {
            expand.eq_ignore_ascii_case("relations") || expand.eq_ignore_ascii_case("all")
        });
        self.answer(&store, serial, relations, request)
    }

    /// Takes a file, which belongs to nothing yet.
    pub(super) fn upload(&self, request: &Request, caller: Caller) -> Answer {
        caller.must_write()?;
        if request.header("content-type") != Some("application/octet-stream") {
            return Err(refuse(415, "The media type of an upload is application/octet-stream."));
        }
        let name = request.parameter("fileName").unwrap_or_default();
        if name.is_empty() || name.chars().any(|c| c.is_control() || c == '/') {
            return Err(refuse(400, "VS403420: The file name is not valid."));
        }
        let mut store = self.store();
        let serial = store.next_serial();
        let id = format!("098a279a-0000-4000-8000-{serial:012}");
        let file = File {
            serial,
            name: name.to_owned(),
            media_type: "application/octet-stream".to_owned(),
            content: request.body.clone(),
            created: store.tick(),
        };
        // Uploads wait with an item that nobody asks for, until one of the others relates to them.
        if let Some(any) = store.items.first_mut() {
            any.files.push(file);
        }
        let mut url: url::Url =
            format!("{}/_apis/wit/attachments/{id}", base(request, self.deployment))
                .parse()
                .map_err(|_| refuse(500, "The address of the file cannot be formed."))?;
        url.query_pairs_mut().append_pair("fileName", name);
        Ok(Response::json(201, &json!({"id": id, "url": url.as_str()})))
    }

    /// True for the product that Microsoft runs.
    pub(super) fn is_services(&self) -> bool {
        self.deployment == Deployment::Services
    }
}

/// The operations of a patch, which need a media type of their own.
fn operations(request: &Request) -> Result<Vec<Value>, Response> {
    let media_type = request.header("content-type").unwrap_or_default();
    if !media_type.starts_with("application/json-patch+json") {
        return Err(refuse(
            415,
            "VS415: The request indicated a Content-Type that is not supported; use application/json-patch+json.",
        ));
    }
    request.json().ok_or_else(|| {
        refuse(400, "VS403: You must pass a valid patch document in the body of the request.")
    })
}

fn blank(project: &str, kind: &str, state: &str) -> Item {
    let mut store = crate::fake::store::Store::default();
    store.add(project, kind, state).clone()
}
