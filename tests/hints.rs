//! Does every failure that people meet with an account say what it is, and which setting or right to change?

use ::conformance::{
    fake::faults::{Fault, Rule},
    subject::{Access, Site, generous},
    suite::FAKES,
};
use backend::{
    Error, ErrorKind, Tracker,
    http::Policy,
    model::{Draft, WorkItemId},
    platform,
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
        let (_, error) = under(&*site, Fault::Refuse(503, None), &item).await;
        assert_eq!(error.kind, ErrorKind::Unavailable, "{}: {error}", site.name());
        assert!(error.message.contains("503"), "{}: {error}", site.name());
    }
}
