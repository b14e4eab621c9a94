//! Peculiarities of GitHub that the suite, which knows no vendor, cannot ask about.

use super::{Deployment, OUTSIDER_TOKEN, Tenant, search::RESULTS};
use crate::{
    fake::faults::{Fault, Rule},
    subject::{Access, Site as _, Subject as _, connect, generous},
};
use backend::{
    ErrorKind, Tracker,
    incident::{Incident, Outcome},
    model::{Change, Commit, Draft, Priority, Query, Status},
};
use futures_util::future::try_join_all;

async fn site() -> (Tenant, Box<dyn Tracker>) {
    let site = Tenant::new(Deployment::Cloud).unwrap();
    let tracker = site.connect(Access::Good, generous()).await.unwrap().unwrap();
    (site, tracker)
}

fn draft(title: &str) -> Draft {
    Draft { title: title.to_owned(), ..Draft::default() }
}

#[tokio::test]
async fn a_search_goes_on_where_githubs_ends() {
    let (site, tracker) = site().await;
    let many = 2 * RESULTS + 5;
    let drafts: Vec<_> = (0..many).map(|number| draft(&format!("Till {number}"))).collect();
    try_join_all(drafts.iter().map(|draft| tracker.create_work_item(draft))).await.unwrap();
    let query = Query { text: Some("till".to_owned()), ..Query::default() };
    let found = tracker.search_work_items(&query).await.unwrap();
    assert_eq!((found.items.len(), found.complete), (many, true));
    assert!(found.items.is_sorted_by(|a, b| a.created_at >= b.created_at));
    let some = Query { limit: RESULTS + 1, ..query.clone() };
    let found = tracker.search_work_items(&some).await.unwrap();
    assert_eq!((found.items.len(), found.complete), (RESULTS + 1, false));
    // The user's own condition on the time of creation cannot be split any further.
    let native = Some("created:>=2020-01-01T00:00:00Z".to_owned());
    let found = tracker.search_work_items(&Query { native, ..query }).await.unwrap();
    assert_eq!((found.items.len(), found.complete), (RESULTS, false));
    assert!(site.server().count("GET", "/search/issues") > 10);
}

#[tokio::test]
async fn an_index_that_lags_makes_no_second_item() {
    let (site, tracker) = site().await;
    site.github().stop_indexing();
    tracker.create_work_item(&draft("A late till")).await.unwrap();
    let query = Query { text: Some("late".to_owned()), ..Query::default() };
    assert!(tracker.search_work_items(&query).await.unwrap().items.is_empty());
    let incident = Incident {
        title: "The shop does not answer".to_owned(),
        severity: Priority::High,
        timestamp: jiff::Timestamp::UNIX_EPOCH,
        logs: String::new(),
        components: Vec::new(),
    };
    let outcomes = [
        tracker.create_from_incident(&incident).await.unwrap().outcome,
        tracker.create_from_incident(&incident).await.unwrap().outcome,
    ];
    assert_eq!(outcomes, [Outcome::Created, Outcome::Updated]);
}

#[tokio::test]
async fn an_outsider_learns_what_was_left_out() {
    let (site, _) = site().await;
    let before = site.store().items.len();
    let settings = site.settings(OUTSIDER_TOKEN);
    let tracker = connect("github", &settings, generous()).await.unwrap();
    let plain = tracker.create_work_item(&draft("Anybody's")).await.unwrap();
    let labelled = Draft { labels: vec!["urgent".to_owned()], ..draft("Not labelled") };
    let error = tracker.create_work_item(&labelled).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
    let number = site.store().items.last().unwrap().number;
    assert!(error.message.starts_with(&format!("acme/shop#{number} was created")), "{error}");
    assert_eq!(site.store().items.len(), before + 2, "one issue for each draft");
    let change = Change { status: Some(Status::InReview), ..Change::default() };
    let error = tracker.update_work_item(&plain.id, &change).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
    assert!(error.message.starts_with("its labels: "), "{error}");
}

/// Each reads the issue before the other writes; the one that was labelled last takes the other's label away.
#[tokio::test]
async fn two_changes_of_the_state_at_once_leave_one_state() {
    let (site, tracker) = site().await;
    let item = tracker.create_work_item(&draft("Wanted by two")).await.unwrap();
    let changes = [Status::InReview, Status::Blocked, Status::InProgress]
        .map(|status| Change { status: Some(status), ..Change::default() });
    let update = |change| tracker.update_work_item(&item.id, change);
    try_join_all(changes.iter().map(update)).await.unwrap();
    let store = site.store();
    let labels = &store.items.last().unwrap().labels;
    assert_eq!(labels.len(), 1, "{labels:?}");
}

/// The answer to the first comment is lost, so that two are made; one is left.
#[tokio::test]
async fn two_comments_of_links_become_one() {
    let (site, tracker) = site().await;
    let item = tracker.create_work_item(&draft("To be linked")).await.unwrap();
    let commit = |number: u32| Commit {
        sha: format!("{number:040x}"),
        message: format!("Change {number}"),
        url: format!("https://git.example.com/{number}").parse().unwrap(),
        repository: "acme/shop".to_owned(),
        author: "Alex Example".to_owned(),
        committed_at: jiff::Timestamp::UNIX_EPOCH,
    };
    site.server().inject(Rule::new(Fault::CommitThenReset).on("POST", "/comments"));
    tracker.link_to_commit(&item.id, &commit(1)).await.unwrap();
    tracker.link_to_commit(&item.id, &commit(2)).await.unwrap();
    assert_eq!(site.comments(&item.id).unwrap().len(), 1);
    assert_eq!(tracker.list_links(&item.id).await.unwrap().len(), 2);
}
