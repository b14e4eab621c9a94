//! Links kept in one comment of an item, for trackers without links of their own (GitHub, GitLab).
//!
//! The comment begins with a hidden [`MARKER`] and lists one link an item of its list; it is found by the marker, read
//! back by its links and written whole. No tracker of this sort has a conditional write, so two processes that link
//! one item at the same instant may overwrite each other: whoever notices writes again, and the next run adds what is
//! missing. Within one process, [`Locks`] keep links to one item in line.

use crate::{
    error::{Error, ErrorKind, Result},
    model::{Commit, Link, PullRequest, PullRequestState, WorkItemId},
    text::Markdown,
};
use async_trait::async_trait;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use url::Url;

/// Begins every comment that is managed here. It renders as nothing.
pub const MARKER: &str = "<!-- devops-integrations:links -->";

/// Stands above the links, for people.
const HEADING: &str = "**Linked by devops-integrations**";

/// How often a link is written when somebody else overwrites it.
const TRIES: usize = 4;

/// Longest words of a link, in characters.
const LONGEST_TITLE: usize = 200;

/// A comment of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The tracker's id.
    pub id: String,
    /// Markdown source.
    pub body: String,
    /// True when this token may change it: it was written by the token's account.
    pub ours: bool,
}

/// Comments of a tracker's items.
#[async_trait]
pub trait Comments: Sync {
    /// All comments that count, oldest first, every page: our own, and those of people who may write in the project.
    /// What strangers write is left out, for anybody can write a marker.
    async fn list(&self, item: &WorkItemId) -> Result<Vec<Comment>>;

    /// Adds a comment.
    async fn add(&self, item: &WorkItemId, body: &Markdown) -> Result<()>;

    /// Replaces the text of a comment. One that is gone is `NotFound`.
    async fn replace(&self, item: &WorkItemId, id: &str, body: &Markdown) -> Result<()>;

    /// Removes a comment. One that is gone is success.
    async fn remove(&self, item: &WorkItemId, id: &str) -> Result<()>;

    /// Longest text of a comment, in characters.
    fn limit(&self) -> usize;
}

/// One link of a managed comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it leads: the natural key.
    pub url: Url,
    /// What it is called.
    pub title: String,
}

impl Entry {
    /// A link to a commit. `Config` for an address that nobody else can open.
    pub fn to_commit(commit: &Commit) -> Result<Self> {
        let title = format!("{}@{}: {}", commit.repository, commit.short_sha(), commit.subject());
        Self::new(&commit.url, &title)
    }

    /// A link to a pull request, with its state where that is not open.
    pub fn to_pull_request(pull_request: &PullRequest) -> Result<Self> {
        let PullRequest { repository, number, title, .. } = pull_request;
        let state = match pull_request.state {
            PullRequestState::Open => String::new(),
            closed => format!(" ({closed})"),
        };
        Self::new(&pull_request.url, &format!("{repository}#{number}: {title}{state}"))
    }

    fn new(url: &Url, title: &str) -> Result<Self> {
        let url = public(url)?;
        // As it is read back, so that a second run finds its own words again.
        let shown = Markdown::link(title, &url).links().pop().map(|(title, _)| title);
        let title = shown.unwrap_or_else(|| url.to_string());
        Ok(Self {
            url,
            title: title.chars().take(LONGEST_TITLE).collect::<String>().trim().to_owned(),
        })
    }
}

/// An address that others can open, without credentials that a clone's address may carry; `Config` for one that nobody
/// else can open.
pub(crate) fn public(url: &Url) -> Result<Url> {
    if !matches!(url.scheme(), "http" | "https") {
        let message = format!("nobody else can open a {} address", url.scheme());
        return Err(Error::new(ErrorKind::Config, message)
            .with_hint("name the repository's web address with --repository-url"));
    }
    let mut url = url.clone();
    // These fail for addresses without a host only, and web addresses have one.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok(url)
}

/// One lock per item, so that links to one item wait for each other and those to others do not.
#[derive(Debug, Default)]
pub struct Locks(Mutex<HashMap<WorkItemId, Arc<tokio::sync::Mutex<()>>>>);

impl Locks {
    /// Waits for whoever links the item now.
    pub(crate) async fn hold(&self, item: &WorkItemId) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(item.clone()).or_default())
        };
        lock.lock_owned().await
    }
}

/// Makes a link, or keeps its words up to date. What is there already is not written again.
pub async fn link(
    comments: &dyn Comments,
    locks: &Locks,
    item: &WorkItemId,
    entry: &Entry,
) -> Result<Link> {
    let _held = locks.hold(item).await;
    let mut existed = None;
    for _ in 0..TRIES {
        let managed = read(comments, item).await?;
        let known = managed.iter().flat_map(|page| &page.entries).find(|it| it.url == entry.url);
        let there = *existed.get_or_insert(known.is_some());
        if known == Some(entry) && tidy(comments, item, &managed).await? {
            return Ok(as_link(item, entry, there));
        }
        if known != Some(entry) {
            write(comments, item, &managed, entry).await?;
        }
    }
    Err(Error::new(
        ErrorKind::Conflict,
        format!("link {item}: others write its links at the same time"),
    )
    .with_hint("run again; links that are there stay as they are"))
}

/// The links of an item's managed comments, in their order, each once.
pub async fn links(comments: &dyn Comments, item: &WorkItemId) -> Result<Vec<Link>> {
    let mut links: Vec<Link> = Vec::new();
    for entry in read(comments, item).await?.iter().flat_map(|page| &page.entries) {
        if links.iter().all(|link| link.url != entry.url) {
            links.push(as_link(item, entry, true));
        }
    }
    Ok(links)
}

/// Withdraws a link; one that is not there, on an item that may be gone, is withdrawn already. A comment without links
/// is removed.
pub async fn unlink(comments: &dyn Comments, locks: &Locks, link: &Link) -> Result<()> {
    let Ok(url) = public(&link.url) else { return Ok(()) };
    let _held = locks.hold(&link.item).await;
    let managed = match read(comments, &link.item).await {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
        managed => managed?,
    };
    for mut page in managed {
        let before = page.entries.len();
        page.entries.retain(|entry| entry.url != url);
        if page.entries.len() == before {
            continue;
        }
        if !page.comment.ours {
            let message = format!("withdraw a link of {}: another account wrote it", link.item);
            return Err(Error::new(ErrorKind::Forbidden, message)
                .with_hint("use the token that made the link, or remove it by hand"));
        }
        if page.entries.is_empty() {
            comments.remove(&link.item, &page.comment.id).await?;
        } else {
            comments.replace(&link.item, &page.comment.id, &render(&page.entries)).await?;
        }
    }
    Ok(())
}

fn as_link(item: &WorkItemId, entry: &Entry, existed: bool) -> Link {
    let (item, url) = (item.clone(), entry.url.clone());
    Link { item, url, title: Some(entry.title.clone()), existed }
}

/// A managed comment and what it lists.
struct Page {
    comment: Comment,
    entries: Vec<Entry>,
}

async fn read(comments: &dyn Comments, item: &WorkItemId) -> Result<Vec<Page>> {
    let managed = comments.list(item).await?.into_iter();
    let managed = managed.filter(|comment| comment.body.trim_start().starts_with(MARKER));
    Ok(managed.map(|comment| Page { entries: parse(&comment.body), comment }).collect())
}

fn parse(body: &str) -> Vec<Entry> {
    let links = Markdown::from_template(body).links().into_iter();
    links.map(|(title, url)| Entry { url, title: title.trim().to_owned() }).collect()
}

fn render(entries: &[Entry]) -> Markdown {
    let links: Vec<_> =
        entries.iter().map(|entry| Markdown::link(&entry.title, &entry.url)).collect();
    Markdown::from_template(format!("{MARKER}\n{HEADING}")).then(&Markdown::bullets(&links))
}

fn fits(comments: &dyn Comments, entries: &[Entry]) -> bool {
    render(entries).as_str().chars().count() <= comments.limit()
}

/// Writes a link into the comment that has it, else into the first of ours with room, else into a new one.
async fn write(
    comments: &dyn Comments,
    item: &WorkItemId,
    managed: &[Page],
    entry: &Entry,
) -> Result<()> {
    let ours = || managed.iter().filter(|page| page.comment.ours);
    let holder = ours().find(|page| page.entries.iter().any(|known| known.url == entry.url));
    let changed = |page: &Page| {
        let mut entries = page.entries.clone();
        match entries.iter_mut().find(|known| known.url == entry.url) {
            Some(known) => entry.title.clone_into(&mut known.title),
            None => entries.push(entry.clone()),
        }
        (fits(comments, &entries)).then(|| (page.comment.id.clone(), render(&entries)))
    };
    match holder.and_then(changed).or_else(|| ours().find_map(changed)) {
        Some((id, body)) => match comments.replace(item, &id, &body).await {
            // Somebody removed the comment since it was read; the next try makes a new one.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            replaced => replaced,
        },
        None => comments.add(item, &render(std::slice::from_ref(entry))).await,
    }
}

/// Brings several comments of ours into one where they fit, as after two runs that both made the first one. True when
/// there was nothing to do.
async fn tidy(comments: &dyn Comments, item: &WorkItemId, managed: &[Page]) -> Result<bool> {
    let ours: Vec<&Page> = managed.iter().filter(|page| page.comment.ours).collect();
    let [oldest, younger @ ..] = ours.as_slice() else { return Ok(true) };
    let mut entries: Vec<Entry> = Vec::new();
    for entry in ours.iter().flat_map(|page| &page.entries) {
        if entries.iter().all(|known| known.url != entry.url) {
            entries.push(entry.clone());
        }
    }
    if younger.is_empty() || !fits(comments, &entries) {
        return Ok(true);
    }
    comments.replace(item, &oldest.comment.id, &render(&entries)).await?;
    for page in younger {
        comments.remove(item, &page.comment.id).await?;
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
