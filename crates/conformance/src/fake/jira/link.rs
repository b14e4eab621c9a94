//! Remote links and attachments.

use super::{Answer, Caller, Jira, no_such_resource, object, refuse, refuse_fields, view, visible};
use crate::fake::{
    Request, Response,
    store::{File, ROBOT, WebLink},
};
use serde_json::{Map, Value, json};

/// Jira's limit of a global id, in characters.
const MAX_KEY: usize = 255;

impl Jira {
    pub(super) fn remote_links(
        &self,
        request: &Request,
        caller: Caller,
        key: &str,
        rest: &[&str],
    ) -> Answer {
        match (request.method.as_str(), rest) {
            ("GET", []) => self.list_remote_links(request, caller, key),
            ("POST", []) => self.put_remote_link(request, caller, key),
            ("DELETE", []) => {
                let id = request.parameter("globalId").map(str::to_owned);
                let id = id.ok_or_else(|| refuse(400, "The parameter globalId is missing."))?;
                self.drop_remote_link(caller, key, |link| link.key.as_ref() == Some(&id))
            }
            ("DELETE", [id]) => {
                self.drop_remote_link(caller, key, |link| link.serial.to_string() == *id)
            }
            _ => Err(no_such_resource()),
        }
    }

    /// All links as a list; with a `globalId`, the one link as an object.
    fn list_remote_links(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        let store = self.store();
        let item = visible(&store, caller, key)?;
        let base = view::base(request);
        let Some(id) = request.parameter("globalId") else {
            let all: Vec<_> = item.links.iter().map(|link| view::link(link, &base)).collect();
            return Ok(Response::json(200, &Value::Array(all)));
        };
        let found = item.links.iter().find(|link| link.key.as_deref() == Some(id));
        let link = found.ok_or_else(|| refuse(404, "No remote link has this global id."))?;
        Ok(Response::json(200, &view::link(link, &base)))
    }

    /// Creates a link, or replaces the whole link that has the same global id.
    fn put_remote_link(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        let mut store = self.store();
        let item = visible(&store, caller, key)?;
        let serial = item.serial;
        caller.must_write()?;
        let body = whole_link(&object(request)?)?;
        let id = body["globalId"].as_str().map(str::to_owned);
        let known = item.links.iter().find(|link| link.key.is_some() && link.key == id);
        let known = known.map(|link| link.serial);
        let link_serial = known.unwrap_or_else(|| store.next_serial());
        let link = WebLink { serial: link_serial, key: id, body };
        let now = store.tick();
        if let Some(item) = store.find_mut(|item| item.serial == serial) {
            item.updated = now;
            match item.links.iter_mut().find(|link| link.serial == link_serial) {
                Some(stored) => *stored = link,
                None => item.links.push(link),
            }
        }
        let address = format!("{}/rest/api/latest/remotelink/{link_serial}", view::base(request));
        let status = if known.is_some() { 200 } else { 201 };
        Ok(Response::json(status, &json!({"id": link_serial, "self": address})))
    }

    fn drop_remote_link(
        &self,
        caller: Caller,
        key: &str,
        picks: impl Fn(&WebLink) -> bool,
    ) -> Answer {
        let mut store = self.store();
        let serial = visible(&store, caller, key)?.serial;
        caller.must_write()?;
        let now = store.tick();
        let item = store.find_mut(|item| item.serial == serial);
        let item = item.ok_or_else(|| refuse(404, "The issue is gone."))?;
        let before = item.links.len();
        item.links.retain(|link| !picks(link));
        if item.links.len() == before {
            return Err(refuse(404, "The issue has no such remote link."));
        }
        item.updated = now;
        Ok(Response::empty(204))
    }

    pub(super) fn attach(&self, request: &Request, caller: Caller, key: &str) -> Answer {
        let mut store = self.store();
        let serial = visible(&store, caller, key)?.serial;
        caller.must_write()?;
        if request.header("x-atlassian-token") != Some("no-check") {
            return Err(refuse(403, "The upload looks forged by another site."));
        }
        let parts = parts(request).ok_or_else(|| refuse(400, "The form cannot be read."))?;
        let mut views = Vec::new();
        for (name, media_type, content) in parts {
            let file = File {
                serial: store.next_serial(),
                name,
                media_type,
                content,
                created: store.tick(),
            };
            views.push(self.file(&file, request));
            if let Some(item) = store.find_mut(|item| item.serial == serial) {
                item.files.push(file);
            }
        }
        Ok(Response::json(200, &Value::Array(views)))
    }

    fn file(&self, file: &File, request: &Request) -> Value {
        let base = view::base(request);
        json!({"id": file.serial.to_string(), "filename": file.name, "size": file.content.len(),
            "mimeType": file.media_type, "created": view::time(file.created),
            "author": view::user(&ROBOT, self.deployment, &base),
            "self": format!("{base}/rest/api/latest/attachment/{}", file.serial),
            "content": format!("{base}/rest/api/latest/attachment/content/{}", file.serial)})
    }
}

/// The whole link: what is not given becomes null, also on an update.
fn whole_link(given: &Map<String, Value>) -> Result<Value, Response> {
    let mut errors = Map::new();
    for name in ["url", "title"] {
        let value = given.get("object").and_then(|object| object[name].as_str());
        if value.is_none_or(str::is_empty) {
            errors.insert(name.to_owned(), json!("The field is required."));
        }
    }
    let key = given.get("globalId").and_then(Value::as_str).unwrap_or_default();
    if key.chars().count() > MAX_KEY {
        errors.insert("globalId".to_owned(), json!("The global id is too long."));
    }
    if !errors.is_empty() {
        return Err(refuse_fields(&errors));
    }
    let field = |name: &str| given.get(name).cloned().unwrap_or_default();
    let object = |name: &str| given.get("object").map(|it| it[name].clone()).unwrap_or_default();
    Ok(json!({
        "globalId": field("globalId"), "application": field("application"),
        "relationship": field("relationship"),
        "object": {"url": object("url"), "title": object("title"), "summary": object("summary"),
            "icon": object("icon"), "status": object("status")},
    }))
}

/// The files of a multipart form: name, media type, content.
fn parts(request: &Request) -> Option<Vec<(String, String, Vec<u8>)>> {
    let boundary = request.header("content-type")?.split_once("boundary=")?.1.trim_matches('"');
    let marker = format!("--{boundary}").into_bytes();
    let mut files = Vec::new();
    let mut rest = after(&request.body, &marker)?;
    while let Some(body) = rest.strip_prefix(b"\r\n") {
        let end = position(body, &[b"\r\n", marker.as_slice()].concat())?;
        let head_end = position(&body[..end], b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&body[..head_end]);
        let name = head.split_once("filename=\"")?.1.split_once('"')?.0.to_owned();
        if !head.contains("name=\"file\"") {
            return None;
        }
        let media_type = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map_or("application/octet-stream", |(_, value)| value.trim());
        files.push((name, media_type.to_owned(), body[head_end + 4..end].to_vec()));
        rest = &body[end + 2 + marker.len()..];
    }
    (!files.is_empty()).then_some(files)
}

fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn after<'a>(bytes: &'a [u8], needle: &[u8]) -> Option<&'a [u8]> {
    position(bytes, needle).map(|start| &bytes[start + needle.len()..])
}
