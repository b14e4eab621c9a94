//! Links are attachments: within an issue the address is the natural key, so that linking twice changes nothing.

use super::{Linear, document, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    managed_comment::{Entry, public},
    model::{Commit, Link, PullRequest, WorkItemId},
};
use serde_json::{Map, Value, json};
use url::Url;

/// The key of an attachment's metadata that says that this product made it, and what it is a link to.
const OURS: &str = "devopsIntegrations";

/// A link to a commit.
pub(super) fn to_commit(commit: &Commit) -> Result<wire::Shown> {
    let time = commit.committed_at.strftime("%Y-%m-%d %H:%M UTC");
    Ok(shown(Entry::to_commit(commit)?, "commit", format!("{}, {time}", commit.author)))
}

/// A link to a pull request; its state is told below its title.
pub(super) fn to_pull_request(pull_request: &PullRequest) -> Result<wire::Shown> {
    let state = pull_request.state.word();
    let mut shown = shown(Entry::to_pull_request(pull_request)?, "pull request", state.to_owned());
    shown.metadata.insert("state".to_owned(), json!(state));
    Ok(shown)
}

fn shown(entry: Entry, kind: &str, subtitle: String) -> wire::Shown {
    wire::Shown {
        url: entry.url.to_string(),
        title: entry.title,
        subtitle: Some(subtitle),
        metadata: Map::from_iter([(OURS.to_owned(), json!(kind))]),
    }
}

impl Linear {
    /// Makes the link, or brings it up to date. What somebody else attached under the address stays theirs: Linear's own
    /// integrations keep pull requests up to date, and would be overwritten.
    pub(super) async fn link(&self, name: &str, link: wire::Shown) -> Result<Link> {
        let (item, there) = self.pages(name, &json!({"url": {"eq": link.url}})).await?;
        let known = there.iter().map(|page| &page.shown).find(|shown| shown.url == link.url);
        if known.is_none_or(|known| is_ours(&known.metadata) && *known != link) {
            let mut input = json!(link);
            input["issueId"] = json!(item);
            let wire::Nothing {} = self.set(&document::LINK_PAGE, &json!({"input": input})).await?;
        }
        as_link(&item, &link, known.is_some())
    }

    /// The links that this product made.
    pub(super) async fn links(&self, name: &str) -> Result<Vec<Link>> {
        let (item, pages) = self.pages(name, &json!({})).await?;
        let ours = pages.iter().map(|page| &page.shown).filter(|shown| is_ours(&shown.metadata));
        ours.map(|shown| as_link(&item, shown, true)).collect()
    }

    /// The items that this product linked to a page. Items in the trash are nobody's.
    pub(super) async fn linked_to(&self, url: &Url) -> Result<Vec<WorkItemId>> {
        let mut variables = json!({"url": public(url)?});
        let mut items = Vec::new();
        loop {
            let found: wire::PagesOfUrl = self.ask(&document::ITEMS_OF_PAGE, &variables).await?;
            let ours = found
                .attachments
                .nodes
                .into_iter()
                .filter(|page| is_ours(&page.metadata) && page.issue.trashed != Some(true));
            items.extend(ours.map(|page| WorkItemId::new(page.issue.identifier)));
            match found.attachments.page_info.next() {
                Some(cursor) => variables["after"] = cursor.into(),
                None => return Ok(items),
            }
        }
    }

    /// Removes a link of ours; one that is not there, on an item that may be gone, is removed already.
    pub(super) async fn withdraw(&self, name: &str, url: &Url) -> Result<()> {
        let Ok(url) = public(url) else { return Ok(()) };
        let pages = match self.pages(name, &json!({"url": {"eq": url}})).await {
            Ok((_, pages)) => pages,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for page in pages
            .iter()
            .filter(|page| is_ours(&page.shown.metadata) && page.shown.url == url.as_str())
        {
            let removed: Result<wire::Nothing> =
                self.set(&document::UNLINK_PAGE, &json!({"id": page.id})).await;
            match removed {
                Err(error) if error.kind != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The issue's identifier, and its attachments that fit, every page of them.
    async fn pages(&self, name: &str, filter: &Value) -> Result<(String, Vec<wire::Page>)> {
        let mut variables = json!({"id": name, "filter": filter});
        let mut pages = Vec::new();
        loop {
            let found: wire::One<wire::Pages> = self.ask(&document::LIST_PAGES, &variables).await?;
            let found = found.there()?;
            if found.trashed == Some(true) {
                return Err(super::item::in_trash(&found.identifier));
            }
            pages.extend(found.attachments.nodes);
            match found.attachments.page_info.next() {
                Some(cursor) => variables["after"] = cursor.into(),
                None => return Ok((found.identifier, pages)),
            }
        }
    }
}

fn is_ours(metadata: &Map<String, Value>) -> bool {
    metadata.get(OURS).is_some_and(Value::is_string)
}

fn as_link(item: &str, shown: &wire::Shown, existed: bool) -> Result<Link> {
    let url = shown.url.parse().map_err(|error| {
        let message = format!(
            "the address {:?} of a link in Linear's answer cannot be read: {error}",
            shown.url
        );
        Error::new(ErrorKind::Protocol, message)
    })?;
    Ok(Link { item: WorkItemId::new(item), url, title: Some(shown.title.clone()), existed })
}
