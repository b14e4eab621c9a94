//! Remote links: the natural key is `globalId`, so that linking twice changes nothing.

use super::{Jira, jql, values::cut, wire};
use crate::{
    digest,
    error::{Error, ErrorKind, Result},
    managed_comment::public,
    model::{Commit, Link, PullRequest, PullRequestState, Query, WorkItemId},
};
use url::Url;

/// Begins the `globalId` of every link that this product made.
const OURS: &str = "devops-integrations:";

/// Longest `globalId` that Jira keeps, in characters.
const LONGEST_ID: usize = 255;

/// Most items that one page can be linked from, for the search the other way round.
const MOST_LINKED: usize = 1000;

/// A link to a commit.
pub(super) fn to_commit(commit: &Commit) -> Result<wire::RemoteLink> {
    let title = format!("{}@{}: {}", commit.repository, commit.short_sha(), commit.subject());
    let summary =
        format!("{}, {}", commit.author, commit.committed_at.strftime("%Y-%m-%d %H:%M UTC"));
    Ok(remote_link("commit", &public(&commit.url)?, &title, &summary, None))
}

/// A link to a pull request; Jira strikes it through when that is no longer open.
pub(super) fn to_pull_request(pull_request: &PullRequest) -> Result<wire::RemoteLink> {
    let title =
        format!("{}#{}: {}", pull_request.repository, pull_request.number, pull_request.title);
    let (url, state) = (public(&pull_request.url)?, pull_request.state);
    let resolved = Some(state != PullRequestState::Open);
    Ok(remote_link("pull request", &url, &title, state.word(), resolved))
}

fn remote_link(
    relationship: &str,
    url: &Url,
    title: &str,
    summary: &str,
    resolved: Option<bool>,
) -> wire::RemoteLink {
    wire::RemoteLink {
        global_id: Some(global_id(url)),
        application: Some(wire::Application {
            kind: Some("devops-integrations".to_owned()),
            name: Some("devops-integrations".to_owned()),
        }),
        relationship: Some(relationship.to_owned()),
        object: wire::RemoteObject {
            url: url.to_string(),
            title: one_line(title),
            summary: Some(one_line(summary)),
            status: resolved.map(|resolved| wire::RemoteStatus { resolved: Some(resolved) }),
        },
    }
}

/// The natural key of a link: its address, or the address's digest where that would be too long.
fn global_id(url: &Url) -> String {
    let plain = format!("{OURS}{url}");
    if plain.len() <= LONGEST_ID {
        return plain;
    }
    format!("{OURS}sha256:{}", digest::sha256_hex(url.as_str().as_bytes()))
}

/// Untrusted text on one line, without characters that people cannot see. Jira shows it as it is.
pub(super) fn one_line(text: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let shown: String = text.chars().filter(|c| !hidden(*c)).collect();
    let words: Vec<_> = shown
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    cut(&words.join(" "))
}

impl Jira {
    /// Makes the link or, where there is one with the same natural key, sets all of it again. Jira says which it was
    /// by 201 and 200, so that one request does.
    pub(super) async fn link(&self, key: &str, link: wire::RemoteLink) -> Result<Link> {
        let version = self.version().await?;
        let call = self.http.post("rest/api/{version}/issue/{key}/remotelink").replaces();
        let call = call.segment("version", version).segment("key", key);
        let reply = match call.json(&link).send().await {
            Ok(reply) => reply,
            Err(error) => return Err(may_link(self.unmask(error).await)),
        };
        let existed = reply.status != http::StatusCode::CREATED;
        as_link(key, link, existed)
    }

    /// The same, unless the link is there word for word: Jira takes every write for a change of the item.
    pub(super) async fn keep_link(&self, key: &str, link: wire::RemoteLink) -> Result<Link> {
        if self.remote_links(key).await?.contains(&link) {
            return as_link(key, link, true);
        }
        self.link(key, link).await
    }

    /// The links that this product made.
    pub(super) async fn links(&self, key: &str) -> Result<Vec<Link>> {
        let all = self.remote_links(key).await?;
        all.into_iter().filter(is_ours).map(|link| as_link(key, link, true)).collect()
    }

    async fn remote_links(&self, key: &str) -> Result<Vec<wire::RemoteLink>> {
        let call = self.http.get("rest/api/{version}/issue/{key}/remotelink");
        let call = call.segment("version", self.version().await?).segment("key", key);
        match call.receive().await {
            Ok(all) => Ok(all),
            Err(error) => Err(may_link(self.unmask(error).await)),
        }
    }

    /// The items with our link to a page. JQL has a function for it, on Cloud and on Data Center ("JQL functions",
    /// `issuesWithRemoteLinksByGlobalId`); a site that refuses it cannot be asked.
    pub(super) async fn linked_to(&self, url: &Url) -> Result<Option<Vec<WorkItemId>>> {
        let literal = jql::quoted(&global_id(&public(url)?))?;
        let native = Some(format!("issue in issuesWithRemoteLinksByGlobalId({literal})"));
        let found = self.search(&Query { native, limit: MOST_LINKED, ..Query::default() }).await;
        match found {
            Ok(found) if found.complete => {
                Ok(Some(found.items.into_iter().map(|item| item.id).collect()))
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind == ErrorKind::Rejected => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a link; one that is not there, on an item that may be gone, is removed already.
    pub(super) async fn withdraw(&self, key: &str, url: &Url) -> Result<()> {
        let Ok(url) = public(url) else { return Ok(()) };
        let call = self.http.delete("rest/api/{version}/issue/{key}/remotelink");
        let call = call.segment("version", self.version().await?).segment("key", key);
        let call = call.query("globalId", global_id(&url));
        // Jira answers 415 to a DELETE without a media type, though it has no body.
        match call.header("content-type", "application/json").send().await {
            Ok(_) => Ok(()),
            Err(error) => match self.unmask(error).await {
                gone if gone.kind == ErrorKind::NotFound => Ok(()),
                error => Err(may_link(error)),
            },
        }
    }
}

fn is_ours(link: &wire::RemoteLink) -> bool {
    link.global_id.as_deref().is_some_and(|id| id.starts_with(OURS))
}

fn as_link(key: &str, link: wire::RemoteLink, existed: bool) -> Result<Link> {
    let url = link.object.url.parse().map_err(|error| {
        let message = format!(
            "the address {:?} of a link in Jira's answer cannot be read: {error}",
            link.object.url
        );
        Error::new(ErrorKind::Protocol, message)
    })?;
    Ok(Link { item: WorkItemId::new(key), url, title: Some(link.object.title), existed })
}

/// Jira's own words about a missing permission do not say which one.
fn may_link(error: Error) -> Error {
    if error.kind == ErrorKind::Forbidden {
        return error
            .with_hint("give the token's account the permission Link Issues in the project");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn the_natural_key_depends_on_the_address_alone_and_fits() {
        let short = url("https://git.acme.example/shop/commit/0123");
        assert_eq!(global_id(&short), format!("{OURS}{short}"));
        let long = url(&format!("https://git.acme.example/{}", "x".repeat(300)));
        let other = url(&format!("https://git.acme.example/{}y", "x".repeat(300)));
        assert_eq!(global_id(&long).len(), OURS.len() + 7 + 64);
        assert_ne!(global_id(&long), global_id(&other));
        let edge = url(&format!("https://a.example/{}", "x".repeat(LONGEST_ID - OURS.len() - 18)));
        assert_eq!(global_id(&edge).len(), LONGEST_ID);
    }

    #[test]
    fn addresses_that_others_cannot_open_are_refused_and_credentials_left_out() {
        let clean = public(&url("https://bob:s3cr3t@git.acme.example/a")).unwrap();
        assert_eq!(clean.as_str(), "https://git.acme.example/a");
        for text in ["file:///home/bob/shop", "ssh://git@acme.example/shop", "javascript:alert(1)"]
        {
            assert_eq!(public(&url(text)).unwrap_err().kind, ErrorKind::Config, "{text}");
        }
    }

    #[test]
    fn titles_are_one_visible_line() {
        assert_eq!(one_line("a\u{202e}b\r\n\tc\u{0}d \u{200b}"), "ab c d");
        assert_eq!(one_line(&"x".repeat(300)).chars().count(), 255);
    }
}
