//! A registry of embedded trackers in files of their own.

use super::*;
use crate::{
    error::{Error, ErrorKind, Result},
    http::{Policy, Reqwest, TransportOptions, Wire},
    model::{Change, Commit, Draft, Found, Identity, Link, Query, WorkItem, WorkItemId},
    platform,
    settings::{Origin, Settings},
    tracker::Metadata,
};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::time::Instant;

async fn plugin(folder: &TempDir, project: &str) -> Plugin {
    let file = folder.path().join(project).to_string_lossy().into_owned();
    let config = Settings::new(project).with("file", file, Origin::Default).with(
        "project",
        project,
        Origin::Default,
    );
    let second = Duration::from_secs(1);
    let policy = Policy { timeout: second, retry_attempts: 0, deadline: Instant::now() + second };
    let transport = Arc::new(Reqwest::new(TransportOptions::default()).unwrap());
    let row = platform::find("local").unwrap();
    let tracker = (row.connect)(&config, &Wire::new(transport, policy)).await.unwrap();
    Plugin { name: project.to_lowercase(), tracker, config }
}

/// A tracker that does not answer.
#[derive(Debug)]
struct Down(Metadata);

#[async_trait::async_trait]
impl Tracker for Down {
    fn metadata(&self) -> &Metadata {
        &self.0
    }

    async fn authenticate(&self) -> Result<Identity> {
        Err(Error::new(ErrorKind::Unavailable, "Down did not answer"))
    }
}

/// A tracker that numbers its items, and takes `AB#12` for 12.
#[derive(Debug)]
struct Numbered(Box<dyn Tracker>);

fn within(id: &WorkItemId) -> WorkItemId {
    WorkItemId::new(id.as_str().replace("AB#", "BOARD-"))
}

fn number(id: &WorkItemId) -> WorkItemId {
    WorkItemId::new(id.as_str().replace("BOARD-", ""))
}

#[async_trait::async_trait]
impl Tracker for Numbered {
    fn metadata(&self) -> &Metadata {
        self.0.metadata()
    }

    async fn authenticate(&self) -> Result<Identity> {
        self.0.authenticate().await
    }

    async fn get_work_item(&self, id: &WorkItemId) -> Result<WorkItem> {
        let item = self.0.get_work_item(&within(id)).await?;
        let parent_id = item.parent_id.as_ref().map(number);
        Ok(WorkItem { id: number(&item.id), parent_id, ..item })
    }

    async fn search_work_items(&self, query: &Query) -> Result<Found> {
        let mut found = self.0.search_work_items(query).await?;
        found.items.iter_mut().for_each(|item| item.id = number(&item.id));
        Ok(found)
    }

    async fn link_to_commit(&self, id: &WorkItemId, commit: &Commit) -> Result<Link> {
        let link = self.0.link_to_commit(&within(id), commit).await?;
        Ok(Link { item: number(&link.item), ..link })
    }

    async fn list_links(&self, id: &WorkItemId) -> Result<Vec<Link>> {
        let links = self.0.list_links(&within(id)).await?;
        Ok(links.into_iter().map(|link| Link { item: number(&link.item), ..link }).collect())
    }

    async fn unlink(&self, link: &Link) -> Result<()> {
        self.0.unlink(&Link { item: within(&link.item), ..link.clone() }).await
    }
}

async fn registry(folder: &TempDir) -> Registry {
    let mut registry = Registry::default();
    for project in ["SHOP", "PAY"] {
        assert!(registry.register(plugin(folder, project).await).is_none());
    }
    registry
}

fn route(prefix: &str, tracker: &str) -> Route {
    Route { prefix: prefix.into(), tracker: tracker.into() }
}

async fn routed(folder: &TempDir) -> Routed {
    registry(folder).await.routed(vec![route("SHOP", "shop"), route("PAY", "pay")])
}

#[tokio::test]
async fn trackers_are_found_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut registry = registry(&folder).await;
    assert_eq!(registry.list_plugins(), ["shop", "pay"]);
    assert_eq!(registry.get_plugin("pay").unwrap().metadata().name, "local");
    assert_eq!(registry.get_config("pay").unwrap().text("project"), Some("PAY"));
    assert!(registry.get_plugin("jira").is_none());
    assert!(registry.register(plugin(&folder, "PAY").await).is_some(), "the old one comes back");
    assert_eq!(registry.unregister("shop").unwrap().name, "shop");
    assert!(registry.unregister("shop").is_none());
    assert_eq!(registry.list_plugins(), ["pay"]);
}

#[tokio::test]
async fn all_are_asked_how_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut registry = registry(&folder).await;
    let mut down = plugin(&folder, "GONE").await;
    down.tracker = Box::new(Down(down.tracker.metadata().clone()));
    registry.register(down);
    let health = registry.health_check_all().await;
    let states: Vec<_> = health.iter().map(|it| (it.plugin.as_str(), it.healthy)).collect();
    assert_eq!(states, [("shop", true), ("pay", true), ("gone", false)]);
    assert!(health[0].read_ms.is_some() && health[2].error.is_some() && health[2].hint.is_some());
}

#[tokio::test]
async fn an_item_is_handled_by_the_tracker_that_its_prefix_names() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(&folder).await;
    for project in ["shop", "pay"] {
        let tracker = registry.get_plugin(project).unwrap();
        let draft = Draft { title: format!("Of {project}"), ..Draft::default() };
        tracker.create_work_item(&draft).await.unwrap();
    }
    let routed = routed(&folder).await;
    for (id, title) in [("SHOP-1", "Of shop"), ("pay-1", "Of pay")] {
        let item = routed.get_work_item(&WorkItemId::new(id)).await.unwrap();
        assert_eq!(item.title, title);
    }
    let change = Change { title: Some("New".to_owned()), ..Change::default() };
    routed.update_work_item(&WorkItemId::new("PAY-1"), &change).await.unwrap();
    let found = routed.search_work_items(&Query::default()).await.unwrap();
    let titles: Vec<_> = found.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!((titles, found.complete), (vec!["New", "Of shop"], true));
    let one = Query { limit: 1, ..Query::default() };
    let found = routed.search_work_items(&one).await.unwrap();
    assert_eq!((found.items.len(), found.complete), (1, false));
}

fn commit() -> Commit {
    Commit {
        sha: "97df5ae45525d4dcd4d6e4a2a44f8d5d1bd3a000".to_owned(),
        message: "fix: the total".to_owned(),
        url: "https://example.com/acme/shop/commit/97df5ae45525".parse().unwrap(),
        repository: "acme/shop".to_owned(),
        author: "A".to_owned(),
        committed_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn what_a_numbering_tracker_answers_can_be_asked_about_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut registry = registry(&folder).await;
    let mut board = plugin(&folder, "BOARD").await;
    let draft = Draft { title: "Pay".to_owned(), ..Draft::default() };
    let parent_id = Some(board.tracker.create_work_item(&draft).await.unwrap().id);
    let below = board.tracker.create_work_item(&Draft { parent_id, ..draft }).await.unwrap();
    board.tracker = Box::new(Numbered(board.tracker));
    registry.register(board);
    // Only a prefix with a number sign is written before a number.
    let all = vec![route("SHOP", "shop"), route("BOARD", "board"), route("AB#", "board")];
    let routed = registry.routed(all);
    let below = routed.get_work_item(&below.id).await.unwrap();
    let parent = below.parent_id.as_ref().map(WorkItemId::as_str);
    assert_eq!((below.id.as_str(), parent), ("AB#2", Some("AB#1")));
    let found = routed.search_work_items(&Query::default()).await.unwrap();
    let item = routed.get_work_item(&found.items[0].id).await.unwrap();
    assert_eq!(item.id, found.items[0].id);
    let link = routed.link_to_commit(&item.id, &commit()).await.unwrap();
    assert_eq!(link.item, item.id);
    let links = routed.list_links(&item.id).await.unwrap();
    assert_eq!((links.len(), &links[0].item), (1, &item.id));
    routed.unlink(&links[0]).await.unwrap();
    assert!(routed.list_links(&item.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn of_two_routes_for_the_same_ids_the_first_counts() {
    let folder = tempfile::tempdir().unwrap();
    let all = vec![route("SHOP", "pay"), route("shop", "shop"), route("SHOP-", "shop")];
    let routed = registry(&folder).await.routed(all);
    assert_eq!(routed.route(&WorkItemId::new("SHOP-1")), Some("pay"));
    let error = routed.get_work_item(&WorkItemId::new("CART-1")).await.unwrap_err();
    assert!(error.hint().contains("which has SHOP, SHOP-, or"), "{}", error.hint());
}

#[tokio::test]
async fn what_is_nobodys_is_refused_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let routed = routed(&folder).await;
    let error = routed.get_work_item(&WorkItemId::new("CART-1")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Config);
    assert!(error.hint().contains("SHOP, PAY"), "{}", error.hint());
    let draft = Draft { title: "Whose?".to_owned(), ..Draft::default() };
    let error = routed.create_work_item(&draft).await.unwrap_err();
    assert!(error.message.contains("shop and pay"), "{error}");
    let native = Query { native: Some("x".to_owned()), ..Query::default() };
    assert_eq!(routed.search_work_items(&native).await.unwrap_err().kind, ErrorKind::Config);
}
