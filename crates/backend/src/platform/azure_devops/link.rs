//! Links to pages: relations, whose comment says that they are ours, what they are called, and which page they stand
//! for.

use super::{AzureDevOps, artifact::Target, dialect, fields, relation, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    managed_comment::{Entry, public},
    model::{Commit, Link, PullRequest, WorkItemId},
};
use serde_json::{Map, Value, json};
use url::Url;

/// Begins the comment of every relation that this product made.
const OURS: &str = "devops-integrations: ";

/// Longest comment of a relation, in UTF-16 units.
const LONGEST_COMMENT: usize = 255;

/// What is left for the title at least; a longer page is linked as itself.
const SHORTEST_TITLE: usize = 40;

/// How often a change is tried when others change the item at the same time. Of those who do, one succeeds each time.
pub(super) const TRIES: usize = 8;

impl AzureDevOps {
    pub(super) async fn link_commit(&self, id: u64, commit: &Commit) -> Result<Link> {
        self.link(id, &Entry::to_commit(commit)?).await
    }

    pub(super) async fn link_pull_request(&self, id: u64, pull: &PullRequest) -> Result<Link> {
        self.link(id, &Entry::to_pull_request(pull)?).await
    }

    /// Makes a link, or keeps its words up to date. What is there is found by its page, whatever it is linked as.
    async fn link(&self, id: u64, entry: &Entry) -> Result<Link> {
        let item = WorkItemId::new(id.to_string());
        let _held = self.locks.hold(&item).await;
        let (mut existed, mut target) = (None, None);
        for _ in 0..TRIES {
            let native = self.read(id).await?;
            let operation = if let Some((index, known)) = ours(&native, &entry.url).next() {
                existed.get_or_insert(true);
                reworded(index, known, &entry.title)
            } else {
                let target = match &mut target {
                    Some(target) => target,
                    none => none.insert(self.target_of(id, entry).await?),
                };
                let there = native.relations().iter().any(|it| target.is(it));
                existed.get_or_insert(there);
                (!there).then(|| added(target, entry))
            };
            let done = match operation {
                None => true,
                Some(operation) => self.write(&native, vec![operation]).await?.is_some(),
            };
            if done {
                let (url, title) = (entry.url.clone(), Some(entry.title.clone()));
                return Ok(Link { item, url, title, existed: existed.unwrap_or_default() });
            }
        }
        Err(contended(id))
    }

    async fn target_of(&self, id: u64, entry: &Entry) -> Result<Target> {
        if !has_room_for(&entry.url) {
            return Ok(Target::page(&entry.url));
        }
        self.target(id, &entry.url).await
    }

    /// Changes the relations of an item as it was read; `None` when somebody else changed it meanwhile, or made the
    /// same relation.
    async fn write(
        &self,
        native: &wire::WorkItem,
        mut operations: Vec<Value>,
    ) -> Result<Option<wire::WorkItem>> {
        operations.insert(0, fields::unchanged_since(native.rev));
        let call = self.api.change(native.id, &operations);
        let exists = |reply: &crate::http::Reply| {
            reply.status == http::StatusCode::BAD_REQUEST && dialect::says(reply, "already exists")
        };
        match call.answer(exists).await {
            Ok(reply) if reply.status.is_success() => match reply.parse() {
                Some(changed) => Ok(Some(changed)),
                // It was taken; how the item looks now is read anew.
                None => self.read(native.id).await.map(Some),
            },
            Ok(_) => Ok(None),
            Err(error) if error.kind == ErrorKind::Conflict => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The links that this product made.
    pub(super) async fn links(&self, id: u64) -> Result<Vec<Link>> {
        let native = self.read(id).await?;
        let item = WorkItemId::new(id.to_string());
        let as_link = |(url, title): (Url, &str)| Link {
            item: item.clone(),
            url,
            title: Some(title.to_owned()),
            existed: true,
        };
        Ok(native.relations().iter().filter_map(remembered).map(as_link).collect())
    }

    /// Removes a link; one that is not there, on an item that may be gone, is removed already.
    ///
    /// Relations are removed by number, and a change of links between items does not raise the revision (recorded by
    /// Azure/azure-devops-cli-extension), so that the number may mean another one by then: what is lost that way is
    /// added again.
    pub(super) async fn withdraw(&self, id: u64, url: &Url) -> Result<()> {
        let Ok(url) = public(url) else { return Ok(()) };
        let _held = self.locks.hold(&WorkItemId::new(id.to_string())).await;
        for _ in 0..TRIES {
            let native = match self.read(id).await {
                Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
                native => native?,
            };
            let Some((index, _)) = ours(&native, &url).last() else { return Ok(()) };
            let Some(after) = self.write(&native, vec![relation::remove(index)]).await? else {
                continue;
            };
            let lost = lost(&native, index, &after);
            if !lost.is_empty() {
                self.write(&after, lost).await?;
            }
        }
        Err(contended(id))
    }
}

/// The operations that bring back what should still be there and is not.
fn lost(before: &wire::WorkItem, removed: usize, after: &wire::WorkItem) -> Vec<Value> {
    let is_there = |it: &wire::Relation| {
        after.relations().iter().any(|left| left.rel == it.rel && left.url == it.url)
    };
    let kept = before.relations().iter().enumerate().filter(|(index, _)| *index != removed);
    let lost = kept.filter(|(_, relation)| !is_there(relation));
    let again = lost.map(|(_, it)| {
        let own = ["name", "comment"]
            .into_iter()
            .filter_map(|key| it.attributes.get(key).map(|value| (key.to_owned(), value.clone())));
        relation::add(&it.rel, &it.url, &Value::Object(own.collect()))
    });
    again.collect()
}

/// True for a page that can stand in the comment of an artifact.
pub(super) fn has_room_for(page: &Url) -> bool {
    page.as_str().len() <= LONGEST_COMMENT - OURS.len() - SHORTEST_TITLE
}

/// The relations of ours that stand for a page, with their numbers.
pub(super) fn ours<'a>(
    native: &'a wire::WorkItem,
    url: &Url,
) -> impl DoubleEndedIterator<Item = (usize, &'a wire::Relation)> {
    let all: Vec<_> = native
        .relations()
        .iter()
        .enumerate()
        .filter(|(_, relation)| remembered(relation).is_some_and(|(page, _)| page == *url))
        .collect();
    all.into_iter()
}

/// Page and title of a relation that this product made; `None` for all others.
fn remembered(relation: &wire::Relation) -> Option<(Url, &str)> {
    let words = relation.attributes.get("comment")?.as_str()?.strip_prefix(OURS)?;
    match relation.rel.as_str() {
        "Hyperlink" => Some((relation.url.parse().ok()?, words)),
        "ArtifactLink" => {
            // An address holds no blank and no bracket, whatever the title does.
            let (title, page) = words.strip_suffix('>')?.rsplit_once('<')?;
            Some((page.parse().ok()?, title.trim_end()))
        }
        _ => None,
    }
}

/// The comment of a relation: whose it is, what it is called, and the page where the relation does not name that.
fn comment(rel: &str, title: &str, page: &Url) -> String {
    let end = if rel == "Hyperlink" { String::new() } else { format!(" <{page}>") };
    let mut room = LONGEST_COMMENT.saturating_sub(OURS.len() + end.len());
    let kept: String = title
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= room;
            room = room.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    format!("{OURS}{}{end}", kept.trim_end())
}

fn added(target: &Target, entry: &Entry) -> Value {
    let comment = comment(target.rel, &entry.title, &entry.url);
    let name = target.name.map(|name| ("name".to_owned(), json!(name)));
    let attributes: Map<String, Value> =
        name.into_iter().chain([("comment".to_owned(), json!(comment))]).collect();
    relation::add(target.rel, &target.url, &Value::Object(attributes))
}

/// The operation that gives a link its words of now; `None` when it has them.
fn reworded(index: usize, relation: &wire::Relation, title: &str) -> Option<Value> {
    let (page, _) = remembered(relation)?;
    let wanted = json!(comment(&relation.rel, title, &page));
    let same = relation.attributes.get("comment") == Some(&wanted);
    let path = format!("/relations/{index}/attributes/comment");
    (!same).then(|| json!({"op": "replace", "path": path, "value": wanted}))
}

/// Others write at the same time for longer than it is worth to try.
fn contended(id: u64) -> Error {
    let message = format!("link {id}: others change it at the same time");
    Error::new(ErrorKind::Conflict, message)
        .with_hint("run again; links that are there stay as they are")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(rel: &str, url: &str, comment: &str) -> wire::Relation {
        serde_json::from_value(json!({"rel": rel, "url": url,
            "attributes": {"id": 7, "name": "Fixed in Commit", "comment": comment}}))
        .unwrap()
    }

    #[test]
    fn page_and_title_are_remembered_whatever_the_title_says() {
        let page: Url = "https://dev.azure.com/acme/Shop/_git/web/commit/0123?a=b".parse().unwrap();
        let long = "🚀".repeat(200);
        for title in ["Fix <it> > <https://elsewhere.example>", "", "a", &long] {
            for rel in ["Hyperlink", "ArtifactLink"] {
                let url = if rel == "Hyperlink" { page.as_str() } else { "vstfs:///Git/Commit/x" };
                let written = comment(rel, title, &page);
                assert!(written.encode_utf16().count() <= LONGEST_COMMENT, "{written}");
                let relation = relation(rel, url, &written);
                let (found, words) = remembered(&relation).unwrap();
                assert_eq!(found, page);
                assert!(title.starts_with(words), "{words} of {title}");
                assert_eq!(words.is_empty(), title.is_empty());
                assert_eq!(reworded(0, &relation, title), None);
            }
        }
    }

    #[test]
    fn others_links_are_not_ours() {
        for (rel, comment) in [
            ("Hyperlink", "a page"),
            ("Hyperlink", ""),
            ("ArtifactLink", "devops-integrations: no page"),
            ("AttachedFile", "devops-integrations: x"),
        ] {
            assert_eq!(
                remembered(&relation(rel, "https://a.example/", comment)),
                None,
                "{comment}"
            );
        }
    }

    #[test]
    fn a_relation_that_was_removed_instead_comes_back() {
        let item = |relations: Vec<wire::Relation>| -> wire::WorkItem {
            serde_json::from_value(json!({"id": 1, "rev": 2, "fields": {}, "relations": relations}))
                .unwrap()
        };
        let one = relation("Hyperlink", "https://a.example/1", "by hand");
        let two = relation("Hyperlink", "https://a.example/2", "devops-integrations: x");
        let before = item(vec![one.clone(), two.clone()]);
        assert!(lost(&before, 1, &item(vec![one])).is_empty());
        let back = lost(&before, 1, &item(vec![two]));
        let value = json!({"rel": "Hyperlink", "url": "https://a.example/1",
            "attributes": {"name": "Fixed in Commit", "comment": "by hand"}});
        assert_eq!(back, [json!({"op": "add", "path": "/relations/-", "value": value})]);
    }
}
