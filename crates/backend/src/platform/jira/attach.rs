//! Attachments.

use super::{Jira, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Attachment, Link, WorkItemId},
    platform::shared::form::form,
};

impl Jira {
    /// Attaches a file; sent once, like everything that adds something.
    pub(super) async fn attach(&self, key: &str, file: &Attachment) -> Result<Link> {
        let (media_type, body) = form(file);
        let call = self.http.post("rest/api/{version}/issue/{key}/attachments");
        let call = call.segment("version", self.version().await?).segment("key", key);
        // Without this header Jira takes the form for one that another site sent.
        let call = call.header("x-atlassian-token", "no-check").bytes(&media_type, body);
        let attached: Vec<wire::Attached> = match call.receive().await {
            Ok(attached) => attached,
            Err(error) => return Err(self.unmask(error).await),
        };
        let Some(first) = attached.into_iter().next() else {
            let message = "Jira took the file and does not say what became of it";
            return Err(Error::new(ErrorKind::Ambiguous, message));
        };
        let item = WorkItemId::new(key);
        Ok(Link { item, url: first.content, title: Some(first.filename), existed: false })
    }
}
