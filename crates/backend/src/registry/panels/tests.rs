//! Whose items are shown where.

use super::*;
use crate::{
    error::{ErrorKind, Result},
    panel::tests::Example,
};
use async_trait::async_trait;
use std::sync::{Arc, Mutex};

/// A panel that notes what it is to show.
#[derive(Debug, Clone)]
struct Noting {
    place: &'static str,
    works: bool,
    told: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Panel for Noting {
    fn place(&self) -> String {
        self.place.to_owned()
    }

    fn takes(&self, item: &WorkItemId) -> bool {
        item.as_str().contains('-')
    }

    async fn authenticate(&self) -> Result<()> {
        if self.works { Ok(()) } else { Err(Error::new(ErrorKind::Auth, self.place)) }
    }

    async fn shown(&self, _: Development<'_>) -> Result<Shown> {
        self.authenticate().await?;
        Ok(Shown { items: vec![WorkItemId::new(self.place)], current: true })
    }

    async fn show(
        &self,
        _: Development<'_>,
        items: &[WorkItemId],
        others: Others,
    ) -> Result<Vec<WorkItemId>> {
        let names: Vec<&str> = items.iter().map(WorkItemId::as_str).collect();
        self.told.lock().unwrap().push(format!("{} {} {others:?}", self.place, names.join("+")));
        self.authenticate().await?;
        Ok(items.to_vec())
    }
}

/// `SHOP` and `PAY` are on one site, `TILL` is on another, and `TOY` has no panel.
fn panels(places: [(&'static str, bool); 2]) -> (Panels, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::default());
    let panel = |(place, works)| {
        Box::new(Noting { place, works, told: Arc::clone(&told) }) as Box<dyn Panel>
    };
    let [one, other] = places;
    let named = vec![
        ("shop".to_owned(), panel(one)),
        ("till".to_owned(), panel(other)),
        ("pay".to_owned(), panel(one)),
    ];
    let route = |prefix: &str| Route { prefix: prefix.to_owned(), tracker: prefix.to_lowercase() };
    let routes = ["SHOP", "PAY", "TILL", "TOY"].map(route).to_vec();
    (Panels::new(named, routes), told)
}

fn ids(names: &[&str]) -> Vec<WorkItemId> {
    names.iter().map(|name| WorkItemId::new(*name)).collect()
}

#[tokio::test]
async fn trackers_of_one_site_share_a_panel_and_every_panel_gets_its_own_items() {
    let (panels, told) = panels([("here", true), ("there", true)]);
    let example = Example::new();
    let development = example.development();
    let items = ids(&["TOY-1", "PAY-1", "TILL-1", "SHOP-1"]);
    let (shown, errors) = panels.show(development, &items, Others::TakenOut).await;
    assert_eq!(shown, ids(&["PAY-1", "SHOP-1", "TILL-1"]));
    assert!(errors.is_empty());
    let all = told.lock().unwrap().join(", ");
    assert_eq!(all, "here PAY-1+SHOP-1 TakenOut, there TILL-1 TakenOut");
    assert_eq!(
        items.iter().map(|id| panels.takes(id)).collect::<Vec<_>>(),
        [false, true, true, true]
    );
    assert_eq!(panels.shown(development).await.0, ids(&["here", "there"]));
}

#[tokio::test]
async fn one_that_fails_does_not_keep_the_others_from_being_written_to() {
    let (panels, told) = panels([("here", false), ("old", true)]);
    let example = Example::new();
    let development = example.development();
    let (shown, errors) = panels.show(development, &ids(&["TILL-1"]), Others::Kept).await;
    assert_eq!((shown, errors.len()), (ids(&["TILL-1"]), 1));
    assert_eq!(errors[0].message, "here");
    assert_eq!(told.lock().unwrap().join(", "), "here  Kept, old TILL-1 Kept");
    let (shown, errors) = panels.shown(development).await;
    assert_eq!((shown, errors.len()), (ids(&["old"]), 1));
}

#[tokio::test]
async fn one_tracker_has_all_items() {
    let told = Arc::new(Mutex::default());
    let panel = Noting { place: "here", works: true, told: Arc::clone(&told) };
    let panels = Panels::new(vec![("shop".to_owned(), Box::new(panel))], Vec::new());
    let example = Example::new();
    panels.show(example.development(), &ids(&["SHOP-1", "OLD-2"]), Others::TakenOut).await;
    assert_eq!(told.lock().unwrap().join(", "), "here SHOP-1+OLD-2 TakenOut");
    let none = Panels::new(Vec::new(), Vec::new());
    assert!(none.is_empty() && !none.takes(&WorkItemId::new("SHOP-1")));
}
