//! Whose items are shown where.

use super::*;
use crate::{
    error::{Error, ErrorKind},
    panel::tests::Example,
};
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
        Ok(Shown { items: vec![WorkItemId::new(self.place)], current: self.place != "old" })
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
fn panels(places: [(&'static str, bool); 2]) -> (RoutedPanels, Arc<Mutex<Vec<String>>>) {
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
    (RoutedPanels::new(named, routes), told)
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
    let shown = panels.show(development, &items, Others::TakenOut).await.unwrap();
    assert_eq!(shown, ids(&["PAY-1", "TILL-1", "SHOP-1"]));
    let all = told.lock().unwrap().join(", ");
    assert_eq!(all, "here PAY-1+SHOP-1 TakenOut, there TILL-1 TakenOut");
    assert_eq!(
        items.iter().map(|id| panels.takes(id)).collect::<Vec<_>>(),
        [false, true, true, true]
    );
    assert_eq!(panels.shown(development).await.unwrap().items, ids(&["here", "there"]));
    assert_eq!(panels.place(), "here there");
    assert!(panels.authenticate().await.is_ok());
}

#[tokio::test]
async fn one_that_fails_does_not_keep_the_others_from_being_written_to() {
    let (panels, told) = panels([("here", false), ("old", true)]);
    let example = Example::new();
    let development = example.development();
    let error = panels.show(development, &ids(&["TILL-1"]), Others::Kept).await.unwrap_err();
    assert_eq!(error.message, "here");
    assert_eq!(told.lock().unwrap().join(", "), "here  Kept, old TILL-1 Kept");
    assert!(panels.authenticate().await.is_err());
}
