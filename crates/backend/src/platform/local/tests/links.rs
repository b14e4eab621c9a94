//! Links and attachments.

use super::*;
use crate::model::PullRequestState;
use url::Url;

fn commit(url: &str, message: &str) -> Commit {
    Commit {
        sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        message: message.to_owned(),
        url: url.parse().unwrap(),
        repository: "acme/shop".to_owned(),
        author: "Ada".to_owned(),
        committed_at: now(),
    }
}

fn pull_request(title: &str, state: PullRequestState) -> PullRequest {
    PullRequest {
        url: "https://git.example/acme/shop/pull/7".parse().unwrap(),
        number: 7,
        repository: "acme/shop".to_owned(),
        title: title.to_owned(),
        state,
    }
}

async fn with_one_item(place: &Place) -> Local {
    let tracker = place.tracker();
    tracker.create_work_item(&titled("one")).await.unwrap();
    tracker
}

fn file(name: &str, content: &[u8]) -> Attachment {
    let media_type = "text/plain".to_owned();
    Attachment { name: name.to_owned(), media_type, content: content.to_vec() }
}

#[tokio::test]
async fn linking_twice_is_linking_once() {
    let place = Place::new();
    let tracker = with_one_item(&place).await;
    let commit = commit("file:///repo.git#0123", "\nFix the tax\n\nSHOP-1");
    let first = tracker.link_to_commit(&id("local-1"), &commit).await.unwrap();
    let expected = Link {
        item: id("LOCAL-1"),
        url: commit.url.clone(),
        title: Some("0123456789ab Fix the tax".to_owned()),
        existed: false,
    };
    assert_eq!(first, expected);
    let (item, history) = (tracker.get_work_item(&id("LOCAL-1")).await, place.history(1));
    let item = item.unwrap();
    let again = tracker.link_to_commit(&id("LOCAL-1"), &commit).await.unwrap();
    let known = Link { existed: true, ..expected };
    assert_eq!(again, known);
    assert_eq!(tracker.list_links(&id("LOCAL-1")).await.unwrap(), [known]);
    assert_eq!(tracker.get_work_item(&id("LOCAL-1")).await.unwrap(), item);
    assert_eq!(place.history(1), history);
    assert_eq!(history[3], "link: - -> file:///repo.git#0123 0123456789ab Fix the tax");
}

#[tokio::test]
async fn a_pull_request_that_moves_on_is_updated_in_place() {
    let place = Place::new();
    let tracker = with_one_item(&place).await;
    let item = id("LOCAL-1");
    let link = async |title, state| {
        tracker.link_to_pull_request(&item, &pull_request(title, state)).await.unwrap()
    };
    assert!(!link("Fix", PullRequestState::Open).await.existed);
    let commit = commit("https://git.example/acme/shop/commit/0123", "Fix");
    tracker.link_to_commit(&item, &commit).await.unwrap();
    assert!(link("Fix tax", PullRequestState::Merged).await.existed);
    let titles: Vec<_> =
        tracker.list_links(&item).await.unwrap().into_iter().map(|it| it.title.unwrap()).collect();
    assert_eq!(titles, ["acme/shop#7 Fix tax (merged)", "0123456789ab Fix"]);
}

#[tokio::test]
async fn withdrawing_what_is_not_there_is_success() {
    let place = Place::new();
    let tracker = with_one_item(&place).await;
    let commit = commit("https://git.example/c/1", "Fix");
    let link = tracker.link_to_commit(&id("LOCAL-1"), &commit).await.unwrap();
    for item in ["local-1", "LOCAL-1", "LOCAL-9", "nonsense"] {
        let link = Link { item: id(item), ..link.clone() };
        tracker.unlink(&link).await.unwrap();
        assert!(tracker.list_links(&id("LOCAL-1")).await.unwrap().is_empty());
    }
    let gone = "link: https://git.example/c/1 0123456789ab Fix -> -";
    assert_eq!(place.history(1).last().unwrap(), gone);
    assert!(!tracker.link_to_commit(&id("LOCAL-1"), &commit).await.unwrap().existed);
}

#[tokio::test]
async fn only_an_item_that_is_there_can_be_linked() {
    let place = Place::new();
    let tracker = with_one_item(&place).await;
    let missing = id("LOCAL-2");
    let commit = commit("https://git.example/c/1", "Fix");
    let linked = tracker.link_to_commit(&missing, &commit).await;
    let error = fails_with(linked, ErrorKind::NotFound, "tracker.db");
    assert!(error.hint().contains("LOCAL"), "{}", error.hint());
    let request = pull_request("Fix", PullRequestState::Open);
    let linked = tracker.link_to_pull_request(&missing, &request).await;
    fails_with(linked, ErrorKind::NotFound, "has no item");
    fails_with(tracker.list_links(&missing).await, ErrorKind::NotFound, "LOCAL-2");
    let attached = tracker.attach_file(&missing, &file("a", b"")).await;
    fails_with(attached, ErrorKind::NotFound, "LOCAL-2");
}

#[tokio::test]
async fn an_attachment_is_kept_whole_and_once() {
    let place = Place::new();
    let tracker = with_one_item(&place).await;
    let item = id("LOCAL-1");
    let content = [0, 255, b'\n'];
    let first = tracker.attach_file(&item, &file("build.log", &content)).await.unwrap();
    let base = Url::from_file_path(place.file()).unwrap();
    assert_eq!(first.url.as_str(), format!("{base}#LOCAL-1/attachment/1"));
    assert_eq!((first.title.as_deref(), first.existed), (Some("build.log"), false));
    let again = tracker.attach_file(&item, &file("build.log", &content)).await.unwrap();
    assert_eq!(again, Link { existed: true, ..first.clone() });
    for other in [file("build.log", b"other"), file("other.log", &content)] {
        assert!(!tracker.attach_file(&item, &other).await.unwrap().existed);
    }
    assert_eq!(place.value::<i64>("SELECT count(*) FROM attachment"), 3);
    assert_eq!(place.value::<Vec<u8>>("SELECT content FROM attachment"), content);
    let sha256: String = place.value("SELECT sha256 FROM attachment");
    assert_eq!(sha256, crate::digest::sha256_hex(&content));
    assert!(tracker.list_links(&item).await.unwrap().is_empty(), "a file is no link");
}

#[tokio::test]
async fn a_file_has_a_name_without_folders_and_a_size_within_bounds() {
    let place = Place::new();
    let tracker = with_one_item(&place).await;
    let attach = async |file: Attachment| tracker.attach_file(&id("LOCAL-1"), &file).await;
    for name in ["", " ", "a/b", "..\\b", "a\nb"] {
        fails_with(attach(file(name, b"x")).await, ErrorKind::Rejected, "name");
    }
    let largest = vec![0; 10 << 20];
    assert!(attach(file("largest", &largest)).await.is_ok());
    let larger = attach(file("larger", &[largest.as_slice(), b"x"].concat())).await;
    fails_with(larger, ErrorKind::Rejected, "at most");
}
