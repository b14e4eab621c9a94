//! The search.

use super::*;
use crate::model::Span;

async fn found(tracker: &Local, query: Query) -> Vec<String> {
    let found = tracker.search_work_items(&query).await.unwrap();
    assert!(found.complete);
    found.items.into_iter().map(|item| item.title).collect()
}

fn text(text: &str) -> Query {
    Query { text: Some(text.to_owned()), ..Query::default() }
}

#[tokio::test]
async fn text_is_looked_for_in_title_and_description_word_by_word() {
    let tracker = Place::new().tracker();
    for (title, description) in [
        ("Straße 100% ok", "Äpfel und Birnen"),
        ("1000 ok", "snake_case C:\\temp"),
        ("snakeXcase", "it's \"quoted\" 😀"),
    ] {
        let description = Markdown::from_template(description);
        tracker.create_work_item(&Draft { description, ..titled(title) }).await.unwrap();
    }
    let check = async |words: &str, expected: &[&str]| {
        assert_eq!(found(&tracker, text(words)).await, expected, "{words}");
    };
    check("STRASSE", &["Straße 100% ok"]).await;
    check("äPFEL", &["Straße 100% ok"]).await;
    check("birnen straße", &["Straße 100% ok"]).await;
    check("birnen 1000", &[]).await;
    check("100%", &["Straße 100% ok"]).await;
    check("OK", &["1000 ok", "Straße 100% ok"]).await;
    check("snake_case", &["1000 ok"]).await;
    check("c:\\TEMP", &["1000 ok"]).await;
    check("it's \"quoted\"", &["snakeXcase"]).await;
    check("😀", &["snakeXcase"]).await;
    check("' OR 1=1 --", &[]).await;
    check("%", &["Straße 100% ok"]).await;
    check(" \n ", &["snakeXcase", "1000 ok", "Straße 100% ok"]).await;
}

#[tokio::test]
async fn changed_words_are_found_and_old_ones_are_not() {
    let tracker = Place::new().tracker();
    tracker.create_work_item(&titled("before")).await.unwrap();
    let change = Change { title: Some("after".to_owned()), ..Change::default() };
    tracker.update_work_item(&id("LOCAL-1"), &change).await.unwrap();
    assert_eq!(found(&tracker, text("AFTER")).await, ["after"]);
    assert!(found(&tracker, text("before")).await.is_empty());
}

#[tokio::test]
async fn all_labels_any_status_and_the_project_must_fit() {
    let place = Place::new();
    let tracker = place.tracker();
    for (title, status, labels) in [
        ("a", Status::Todo, &["x", "y"][..]),
        ("b", Status::Done, &["x"]),
        ("c", Status::Blocked, &["X", "y"]),
    ] {
        let labels = texts(labels);
        let draft = Draft { status: Some(status), labels, ..titled(title) };
        tracker.create_work_item(&draft).await.unwrap();
    }
    let check = async |labels: &[&str], statuses: &[Status], expected: &[&str]| {
        let query =
            Query { labels: texts(labels), statuses: statuses.to_vec(), ..Query::default() };
        assert_eq!(found(&tracker, query).await, expected, "{labels:?} {statuses:?}");
    };
    check(&[], &[], &["c", "b", "a"]).await;
    check(&["x"], &[], &["b", "a"]).await;
    check(&["y", " x"], &[], &["a"]).await;
    check(&["z"], &[], &[]).await;
    check(&[], &[Status::Todo, Status::Done], &["b", "a"]).await;
    check(&["y"], &[Status::Blocked, Status::Done], &["c"]).await;
    let shop = self::tracker(&place.file(), &[("project", "SHOP")]).unwrap();
    assert!(found(&shop, Query::default()).await.is_empty());
}

#[tokio::test]
async fn the_span_of_closing_includes_its_start_and_not_its_end() {
    let tracker = Place::new().tracker();
    tracker.create_work_item(&titled("open")).await.unwrap();
    let draft = Draft { status: Some(Status::Cancelled), ..titled("closed") };
    let closed = tracker.create_work_item(&draft).await.unwrap().closed_at.unwrap();
    let tick = jiff::SignedDuration::from_nanos(1);
    let check = async |from: Timestamp, to: Timestamp, expected: &[&str]| {
        let query = Query { closed: Some(Span { from, to }), ..Query::default() };
        assert_eq!(found(&tracker, query).await, expected, "{from} {to}");
    };
    check(closed, closed + tick, &["closed"]).await;
    check(closed - tick, closed, &[]).await;
    check(closed + tick, Timestamp::MAX, &[]).await;
    check(Timestamp::MIN, Timestamp::MAX, &["closed"]).await;
}

#[tokio::test]
async fn the_newest_come_first_and_truncation_is_told() {
    let tracker = Place::new().tracker();
    for number in 1..=3 {
        tracker.create_work_item(&titled(&number.to_string())).await.unwrap();
    }
    let check = async |limit: usize, expected: &[&str], complete: bool| {
        let query = Query { limit, ..Query::default() };
        let found = tracker.search_work_items(&query).await.unwrap();
        let titles: Vec<_> = found.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!((titles.as_slice(), found.complete), (expected, complete), "{limit}");
    };
    check(0, &[], false).await;
    check(2, &["3", "2"], false).await;
    check(3, &["3", "2", "1"], true).await;
    check(usize::MAX, &["3", "2", "1"], true).await;
}

#[tokio::test]
async fn there_is_no_native_language() {
    let tracker = Place::new().tracker();
    let query = Query { native: Some("status = Done".to_owned()), ..Query::default() };
    let result = tracker.search_work_items(&query).await;
    fails_with(result, ErrorKind::Unsupported, "no query language");
    let query = Query { native: Some(" ".to_owned()), ..Query::default() };
    assert!(tracker.search_work_items(&query).await.unwrap().complete);
}
