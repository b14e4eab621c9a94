//! Lists on several pages.

use super::{github, issue};
use crate::{http::tests::script::Answer, model::Query, tracker::Tracker as _};
use serde_json::json;

/// Lists may be too long for page numbers; then each page gives the address of the next one.
#[tokio::test]
async fn pages_are_followed_by_their_addresses() {
    let (github, sent) = github(
        |line, nth| {
            let mut found = issue(&[], "open", None);
            let second = line.contains("repositories");
            found["number"] = json!(9 - nth - usize::from(second));
            let next = format!(
                "<https://elsewhere.example/repositories/42/issues?after={second}>; rel=\"next\""
            );
            match (line, nth) {
                ("GET /repos/acme/shop/issues" | "GET /repositories/42/issues", 0) => {
                    Answer::Headed(200, vec![("link", next)], json!([found]))
                }
                _ => Answer::Json(200, json!([])),
            }
        },
        &json!({}),
    );
    let found = github.search_work_items(&Query::default()).await.unwrap();
    assert!(found.complete);
    assert_eq!(
        sent.sent(),
        [
            "GET /repos/acme/shop/issues",
            "GET /repositories/42/issues",
            "GET /repositories/42/issues"
        ]
    );
}

#[tokio::test]
async fn a_page_that_names_itself_as_the_next_is_the_last() {
    let (github, sent) = github(
        |_, nth| {
            assert!(nth < 3, "the same page is read for ever");
            let again = r#"<http://127.0.0.1/repos/acme/shop/issues?after=x>; rel="next""#;
            let found = json!([issue(&[], "open", None)]);
            Answer::Headed(200, vec![("link", again.to_owned())], found)
        },
        &json!({}),
    );
    let found = github.search_work_items(&Query::default()).await.unwrap();
    assert!(!found.complete, "nobody knows what would have come next");
    assert_eq!(sent.sent().len(), 2);
}
