//! Attachments: the file is uploaded, and then related to the item.

use super::{AzureDevOps, relation, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Attachment, Link, WorkItemId},
};
use serde_json::json;

/// Characters that a file's name may not have on the systems that people download it to.
const UNFIT: &str = "\"<>|:*?#";

impl AzureDevOps {
    /// Attaches a file; sent once, like everything that adds something.
    pub(super) async fn attach(&self, id: u64, file: &Attachment) -> Result<Link> {
        // An upload for an item that is not there would belong to nothing.
        let native = self.read(id).await?;
        let name = file_name(&file.name);
        let call = self.api.post("{project}/_apis/wit/attachments");
        let call = call.segment("project", &*self.project).query("fileName", &*name);
        let uploaded: wire::Uploaded =
            call.bytes("application/octet-stream", file.content.clone()).receive().await?;
        let attributes = json!({"name": name, "comment": file.media_type});
        let operation = relation::add("AttachedFile", uploaded.url.as_str(), &attributes);
        let attached =
            match self.api.change(id, std::slice::from_ref(&operation)).creates().send().await {
                // Refused, because somebody else changed the item: nothing was attached yet.
                Err(error) if error.kind == ErrorKind::Conflict => {
                    self.api.change(id, &[operation]).creates().send().await
                }
                attached => attached,
            };
        attached
            .map_err(|error: Error| error.during(format!("attach the uploaded file {name}")))?;
        let item = WorkItemId::new(native.id.to_string());
        Ok(Link { item, url: uploaded.url, title: Some(name), existed: false })
    }
}

/// The last part of a path, without what cannot be in a file's name.
fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let name = if matches!(name, "" | "." | "..") { "attachment" } else { name };
    name.chars().map(|c| if c.is_control() || UNFIT.contains(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_files_name() {
        for (name, expected) in [
            ("build.log", "build.log"),
            ("../../etc/passwd", "passwd"),
            ("C:\\logs\\a b.txt", "a b.txt"),
            ("a\r\nb: c?.txt", "a__b_ c_.txt"),
            ("..", "attachment"),
            ("", "attachment"),
            ("Übersicht.txt", "Übersicht.txt"),
        ] {
            assert_eq!(file_name(name), expected, "{name:?}");
        }
    }
}
