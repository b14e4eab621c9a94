//! Files: Linear gives out an address in its storage, takes the file there, and then keeps a link to it.

use super::{Linear, document, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Attachment, Link, WorkItemId},
};
use serde_json::json;
use url::Url;

impl Linear {
    /// Attaches a file. Every step leaves the same when it is repeated but the first, whose unused addresses expire.
    pub(super) async fn attach(&self, name: &str, file: &Attachment) -> Result<Link> {
        let issue = self.find(name).await?;
        let (filename, media_type) = (file_name(&file.name), media_type(&file.media_type));
        let variables =
            json!({"contentType": media_type, "filename": filename, "size": file.content.len()});
        let prepared: wire::Prepared = self.set(&document::PREPARE_UPLOAD, &variables).await?;
        let Some(upload) = prepared.upload_file else {
            let message = "Linear gives out no address to upload the file to";
            return Err(Error::new(ErrorKind::Protocol, message));
        };
        let asset = address(&upload.asset_url)?;
        self.upload(&upload, media_type, file).await?;
        let input = json!({"issueId": issue.id, "url": upload.asset_url, "title": filename});
        let wire::Nothing {} = self.set(&document::LINK_PAGE, &json!({"input": input})).await?;
        let item = WorkItemId::new(issue.identifier);
        Ok(Link { item, url: asset, title: Some(filename), existed: false })
    }

    /// Puts the content into the storage, with the headers that its signature was made for. The key stays here.
    async fn upload(
        &self,
        upload: &wire::Upload,
        media_type: &str,
        file: &Attachment,
    ) -> Result<()> {
        let storage = self.http.elsewhere("Linear's storage", &address(&upload.target)?);
        let mut call = storage.put("").bytes(media_type, file.content.clone());
        for wire::Header { key, value } in &upload.headers {
            call = call.header(key, value);
        }
        // The signature covers this header as well, which is not among those that are listed (SDK, "file upload").
        call = call.header("cache-control", "public, max-age=31536000");
        call.send().await.map(drop)
    }
}

fn address(text: &str) -> Result<Url> {
    text.parse().map_err(|error| {
        Error::new(
            ErrorKind::Protocol,
            format!("an address of Linear's storage cannot be read: {error}"),
        )
    })
}

/// The last part of a path, on one line.
fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_control() { '_' } else { c }).collect();
    match name.trim() {
        "" | "." | ".." => "attachment".to_owned(),
        name => name.to_owned(),
    }
}

/// A media type that is nothing else.
fn media_type(text: &str) -> &str {
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"!#$&^_.+-/;= ".contains(&c);
    let good = text.contains('/') && text.bytes().all(plain);
    if good { text } else { "application/octet-stream" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_without_folders() {
        for (name, expected) in [
            ("build.log", "build.log"),
            ("../../etc/passwd", "passwd"),
            ("C:\\logs\\a b.txt", "a b.txt"),
            ("a\r\nb: c.txt", "a__b: c.txt"),
            ("..", "attachment"),
            ("", "attachment"),
        ] {
            assert_eq!(file_name(name), expected, "{name:?}");
        }
        assert_eq!(media_type("text/plain; charset=utf-8"), "text/plain; charset=utf-8");
        assert_eq!(media_type("text/plain\r\nX: 1"), "application/octet-stream");
    }
}
