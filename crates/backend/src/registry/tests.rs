//! A registry of embedded trackers in files of their own.

use super::*;
use crate::{
    error::{Error, ErrorKind, Result},
    http::{Policy, Reqwest, TransportOptions, Wire},
    model::{Change, Draft, Identity, Query, WorkItemId},
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

async fn registry(folder: &TempDir) -> Registry {
    let mut registry = Registry::default();
    for project in ["SHOP", "PAY"] {
        assert!(registry.register(plugin(folder, project).await).is_none());
    }
    registry
}

async fn routed(folder: &TempDir) -> Routed {
    let route =
        |prefix: &str, tracker: &str| Route { prefix: prefix.into(), tracker: tracker.into() };
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
