//! Attachments and the storage of files.

use super::{Answer, HIDDEN_TEAM, Linear, Refusal, object, text, view::uuid};
use crate::fake::{
    Request, Response,
    store::{File, Store, WebLink},
};
use serde_json::{Map, Value, json};

/// The header that a signed address wants beside those that are listed.
const CACHE: &str = "public, max-age=31536000";

impl Linear {
    /// `attachmentCreate`: a second one with the same address on the same issue updates the first.
    pub(super) fn attach(&self, arguments: &Map<String, Value>) -> Answer {
        let allowed = ["issueId", "url", "title", "subtitle", "metadata", "id", "groupBySource"];
        let input = object(arguments, "input", &allowed)?;
        let (Some(url), Some(title)) = (text(input, "url"), text(input, "title")) else {
            return Err(Refusal::invalid(
                "Field \"url\" or \"title\" of required type was not provided.",
            ));
        };
        let empty = json!({});
        let metadata = input.get("metadata").unwrap_or(&empty);
        let is_plain = |value: &Value| value.is_string() || value.is_number();
        if !metadata.as_object().is_some_and(|all| all.values().all(is_plain)) {
            return Err(Refusal::input("metadata must hold strings and numbers only."));
        }
        let mut store = self.store();
        let serial = Self::find(&store, text(input, "issueId").unwrap_or_default())?.serial;
        let number = store.next_serial();
        let mut body = json!({"id": uuid(7, number), "url": url, "title": title,
            "subtitle": input.get("subtitle"), "metadata": metadata, "archivedAt": null});
        let Some(item) = store.find_mut(|item| item.serial == serial) else {
            return Err(Refusal::missing("Issue"));
        };
        if let Some(known) = item.links.iter_mut().find(|link| link.key.as_deref() == Some(url)) {
            body["id"] = known.body["id"].clone();
            known.body = body.clone();
        } else {
            let link = WebLink { serial: number, key: Some(url.to_owned()), body: body.clone() };
            item.links.push(link);
        }
        Ok(json!({"success": true, "lastSyncId": 4, "attachment": body}))
    }

    /// `attachmentsForURL`: the newest first, with their issues, which no caller sees of a hidden team.
    pub(super) fn attachments_for_url(
        &self,
        store: &Store,
        arguments: &Map<String, Value>,
    ) -> Answer {
        let url = text(arguments, "url").ok_or_else(|| {
            Refusal::invalid("Argument \"url\" of required type was not provided.")
        })?;
        let visible = store.items.iter().rev().filter(|item| item.project != HIDDEN_TEAM);
        let linked = visible.filter_map(|item| {
            let mut page =
                item.links.iter().find(|link| link.key.as_deref() == Some(url))?.body.clone();
            page["issue"] = self.issue(store, item);
            Some(page)
        });
        Ok(linked.collect())
    }

    /// `attachmentDelete`.
    pub(super) fn detach(&self, arguments: &Map<String, Value>) -> Answer {
        let id = text(arguments, "id").unwrap_or_default();
        let mut store = self.store();
        let has = |link: &WebLink| link.body["id"] == id;
        let item = store.find_mut(|item| item.links.iter().any(has));
        let item = item.ok_or_else(|| Refusal::missing("Attachment"))?;
        item.links.retain(|link| !has(link));
        Ok(json!({"success": true, "lastSyncId": 5, "entityId": id}))
    }

    /// `fileUpload`: an address that takes one file.
    pub(super) fn prepare_upload(&self, arguments: &Map<String, Value>, base: &str) -> Answer {
        let (Some(media_type), Some(name)) =
            (text(arguments, "contentType"), text(arguments, "filename"))
        else {
            return Err(Refusal::invalid("\"contentType\" or \"filename\" was not provided."));
        };
        let number = self.store().next_serial();
        let size = arguments.get("size").cloned().unwrap_or_default();
        let upload = format!("{base}/storage/{number}/upload?signature=5ec7e7");
        let range = format!("{size},{size}");
        Ok(json!({"success": true, "lastSyncId": 6, "uploadFile": {
            "uploadUrl": upload, "assetUrl": format!("https://uploads.linear.app/acme/{number}"),
            "contentType": media_type, "filename": name, "size": size,
            "headers": [{"key": "x-goog-content-length-range", "value": range}]}}))
    }

    /// The storage, which is not Linear and must not be told the key.
    pub(super) fn store_file(&self, request: &Request) -> Response {
        let signed = request.parameter("signature") == Some("5ec7e7")
            && request.header("cache-control") == Some(CACHE)
            && request.header("x-goog-content-length-range").is_some();
        if !signed || request.header("authorization").is_some() {
            return Response::with_body(
                403,
                "application/xml",
                "<Error><Code>SignatureDoesNotMatch</Code></Error>",
            );
        }
        let mut store = self.store();
        let (serial, created) = (store.next_serial(), store.tick());
        let media_type = request.header("content-type").unwrap_or_default().to_owned();
        let content = request.body.clone();
        if let Some(item) = store.items.last_mut() {
            item.files.push(File { serial, name: String::new(), media_type, content, created });
        }
        Response::empty(200)
    }
}
