//! Does every failure that people meet with an account say what it is, and which setting or right to change?

use ::conformance::{
    fake::faults::{Fault, Rule},
    subject::{self, Access, Site, generous},
    suite::FAKES,
};
use backend::{
    Error, ErrorKind, Result, Tracker,
    http::Policy,
    model::{Change, Draft, Query, WorkItemId},
    platform,
    settings::Origin,
};
use std::time::Duration;

/// True where a hint names one of the platform's settings by its variable.
fn names_a_setting(tracker: &dyn Tracker, error: &Error) -> bool {
    let row = platform::find(&tracker.metadata().name).unwrap();
    row.settings.iter().any(|setting| error.hint().contains(setting.env))
}

fn names_a_right(error: &Error) -> bool {
    ["scope", "permission", "role"].iter().any(|word| error.hint().contains(word))
}

fn draft() -> Draft {
    Draft { title: "Pay by invoice".to_owned(), ..Draft::default() }
}

/// Limits within which nothing is tried again.
fn once() -> Policy {
    let timeout = Duration::from_secs(10);
    Policy { timeout, retry_attempts: 0, deadline: tokio::time::Instant::now() + 3 * timeout }
}

async fn connect(site: &dyn Site, access: Access) -> Box<dyn Tracker> {
    site.connect(access, once()).await.unwrap().unwrap()
}

/// What reading an item meets while every answer has this fault.
async fn under(site: &dyn Site, fault: Fault, item: &WorkItemId) -> (Box<dyn Tracker>, Error) {
    let tracker = connect(site, Access::Good).await;
    site.server().inject(Rule::new(fault).always());
    let error = tracker.get_work_item(item).await.unwrap_err();
    site.server().behave();
    (tracker, error)
}

#[tokio::test]
async fn a_token_that_will_not_do_is_told_with_what_to_change() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let good = site.connect(Access::Good, generous()).await.unwrap().unwrap();
        let item = good.create_work_item(&draft()).await.unwrap().id;
        let wrong = connect(&*site, Access::Wrong).await;
        let error = wrong.get_work_item(&item).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Auth, "{}: {error}", site.name());
        assert!(names_a_setting(&*wrong, &error), "{}: {}", site.name(), error.hint());
        let weak = connect(&*site, Access::Weak).await;
        let error = weak.create_work_item(&draft()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forbidden, "{}: {error}", site.name());
        assert!(names_a_right(&error), "{}: {}", site.name(), error.hint());
    }
}

#[tokio::test]
async fn whatever_answers_in_the_place_of_a_tracker_is_told_with_its_address() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let good = site.connect(Access::Good, generous()).await.unwrap().unwrap();
        let item = good.create_work_item(&draft()).await.unwrap().id;
        let (tracker, error) = under(&*site, Fault::LoginPage, &item).await;
        assert_eq!(error.kind, ErrorKind::Auth, "{}: {error}", site.name());
        assert!(names_a_setting(&*tracker, &error), "{}: {}", site.name(), error.hint());
        let (tracker, error) = under(&*site, Fault::GarbageBody, &item).await;
        let kinds = [ErrorKind::Protocol, ErrorKind::Config];
        assert!(kinds.contains(&error.kind), "{}: {error}", site.name());
        assert!(names_a_setting(&*tracker, &error), "{}: {}", site.name(), error.hint());
        for outage in [Fault::Refuse(503, None), Fault::OutagePage] {
            let (_, error) = under(&*site, outage, &item).await;
            assert_eq!(error.kind, ErrorKind::Unavailable, "{}: {error}", site.name());
            assert!(error.message.contains("503"), "{}: {error}", site.name());
            assert!(error.hint().contains("later"), "{}: {}", site.name(), error.hint());
        }
    }
}

/// A tracker whose configured project is not there.
async fn connect_nowhere(site: &dyn Site) -> Box<dyn Tracker> {
    let settings = site.settings(site.token());
    let project = format!("{}X", settings.text("project").unwrap());
    let name = connect(site, Access::Good).await.metadata().name.clone();
    let settings = settings.with("project", project, Origin::Default);
    subject::connect(&name, &settings, once()).await.unwrap()
}

#[tokio::test]
async fn a_project_that_is_not_there_is_told_with_its_setting() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let nowhere = connect_nowhere(&*site).await;
        let row = platform::find(&nowhere.metadata().name).unwrap();
        let setting = row.settings.iter().find(|setting| setting.key == "project").unwrap();
        let made = nowhere.create_work_item(&draft()).await.unwrap_err();
        let found = nowhere.search_work_items(&Query::default()).await.unwrap_err();
        for error in [made, found] {
            assert_eq!(error.kind, ErrorKind::NotFound, "{}: {error}", site.name());
            assert!(error.hint().contains(setting.env), "{}: {}", site.name(), error.hint());
        }
    }
}

/// What every way to look at an item or to change it meets.
async fn touch(tracker: &dyn Tracker, id: &WorkItemId) -> [Result<()>; 3] {
    let change = Change { title: Some("Pay in cash".to_owned()), ..Change::default() };
    [
        tracker.get_work_item(id).await.map(drop),
        tracker.update_work_item(id, &change).await.map(drop),
        tracker.list_links(id).await.map(drop),
    ]
}

#[tokio::test]
async fn an_item_that_is_gone_or_hidden_is_told_to_be_that_and_one_of_another_project_is_found() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let tracker = connect(&*site, Access::Good).await;
        let gone = tracker.create_work_item(&draft()).await.unwrap().id;
        site.store().items.pop();
        let hidden = site.facts().hidden_item.unwrap();
        for (id, words) in [(gone, ["deleted"].as_slice()), (hidden, &["hidden", "may not see"])] {
            for result in touch(&*tracker, &id).await {
                let error = result.unwrap_err();
                assert_eq!(error.kind, ErrorKind::NotFound, "{} {id}: {error}", site.name());
                let told = words.iter().any(|word| error.hint().contains(word));
                assert!(told, "{} {id}: {}", site.name(), error.hint());
            }
        }
        for result in touch(&*tracker, &site.facts().foreign_item.unwrap()).await {
            result.unwrap_or_else(|error| panic!("{}: {error}", site.name()));
        }
    }
}
