//! What answers tell about themselves.

use super::*;
use jiff::Timestamp;

#[test]
fn a_time_counts_from_the_answers_own_date() {
    let dated = reply(403, &[("date", "Sun, 06 Nov 1994 08:49:30 GMT")], "");
    let now = 784_111_770;
    for (milliseconds, wait) in [(7000, Some(7000)), (250, Some(250)), (0, None), (-1000, None)] {
        let time = Timestamp::from_millisecond(now * 1000 + milliseconds).unwrap();
        assert_eq!(dated.until(time), wait.map(Duration::from_millis));
        assert_eq!(reply(403, &[], "").until(time), None);
        assert_eq!(reply(403, &[("date", "today")], "").until(time), None);
    }
    assert_eq!(dated.until(Timestamp::MAX), Some(Duration::from_hours(365 * 24)));
}

#[tokio::test(start_paused = true)]
async fn pages_are_followed_to_the_last() {
    let first = reply(200, &[("link", "<https://acme.example/i?page=2>; rel=next")], "[1]");
    let mut last = reply(200, &[("link", "<https://acme.example/i?page=1>; rel=first")], "[2]");
    assert_eq!(last.next_page(), None);
    let bench = Bench::new([Step::Answer(first), Step::Answer(last.clone())]);
    let read = bench.http.get("i").send().await.unwrap();
    let read = bench.http.follow(read.next_page().unwrap()).send().await.unwrap();
    assert_eq!((read.text(), read.next_page()), (&b"[2]"[..], None));
    assert_eq!(bench.urls()[1], "https://acme.example/i?page=2");
    // The header may come more than once.
    last.headers.append("link", "<https://acme.example/i?page=3>; rel=next".parse().unwrap());
    assert_eq!(last.next_page(), Some("https://acme.example/i?page=3"));
}
