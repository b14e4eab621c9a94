//! Attachments: GitLab keeps files by project, and an issue shows one by a note that refers to it.

use super::{GitLab, address::Address, notes::Noted, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Attachment, Link, WorkItemId},
    platform::shared::form::form,
};
use serde_json::json;
use url::Url;

impl GitLab {
    /// Uploads a file, then writes a note with it. Each is sent once, like everything that adds something. The issue is
    /// read first, so that no file is left behind for one that is not there.
    pub(super) async fn attach(&self, address: &Address, file: &Attachment) -> Result<Link> {
        let issue = self.read(address).await?;
        let (media_type, body) = form(file);
        let call = self.http.post("api/v4/projects/{project}/uploads");
        let call = call.segment("project", address.project.as_str()).bytes(&media_type, body);
        let upload: wire::Upload = match call.receive().await {
            Ok(upload) => upload,
            Err(error) => return Err(self.explain_refusal(error, address.project.as_str()).await),
        };
        let item = self.id(&issue)?;
        let url = self.file_page(&item, &upload)?;
        let note = self.new_note(Noted::Issue(address)).json(&json!({"body": upload.markdown}));
        note.send().await.map_err(|error| error.during("the note that shows the file"))?;
        Ok(Link { item, url, title: upload.alt, existed: false })
    }

    /// Where the file is, below the server's address.
    fn file_page(&self, item: &WorkItemId, upload: &wire::Upload) -> Result<Url> {
        let base = self.http.base();
        let project = item.as_str().split('#').next().unwrap_or_default();
        let below_project = format!("{project}{}", upload.url);
        let path = upload.full_path.as_deref().unwrap_or(&below_project);
        let path = path.strip_prefix(base.path()).unwrap_or(path);
        base.join(path.trim_start_matches('/')).map_err(|error| {
            let message = format!("the address {path:?} of the file cannot be read: {error}");
            Error::new(ErrorKind::Protocol, message)
        })
    }
}
