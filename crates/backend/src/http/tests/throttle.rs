//! What one answer means for the other calls of a run.

use super::*;
use crate::error::Error;
use futures_util::{StreamExt as _, stream};

/// What became of many calls, with eight in flight at a time.
async fn eight_at_once(bench: &Bench, calls: usize) -> Vec<Result<Reply, Error>> {
    let calls = (0..calls).map(|_| bench.http.put("item").send());
    stream::iter(calls).buffer_unordered(8).collect().await
}

#[tokio::test(start_paused = true)]
async fn a_refusal_holds_back_every_call() {
    let bench = Bench::new([asking(429, "5"), answer(200)]);
    assert!(eight_at_once(&bench, 12).await.iter().all(Result::is_ok));
    let times = bench.times();
    assert_eq!((times.len(), &times[..8]), (13, &[0; 8][..]));
    assert!(times[8..].iter().all(|at| (5000..6010).contains(at)), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn the_longest_wait_that_was_asked_for_counts() {
    let bench = Bench::new([asking(429, "9"), asking(429, "2"), answer(429), answer(200)]);
    assert!(eight_at_once(&bench, 12).await.iter().all(Result::is_ok));
    let times = bench.times();
    assert_eq!((times.len(), &times[..8]), (15, &[0; 8][..]));
    assert!(times[8..].iter().all(|at| (9000..10010).contains(at)), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_about_one_item_holds_back_one_call() {
    let dialect = Dialect {
        judge: |reply| {
            let (wait, scope) = (reply.retry_after(), Scope::Item);
            (reply.status == 429).then_some(Verdict::Refused { wait, scope })
        },
        ..PLAIN
    };
    let bench = Bench::speaking([asking(429, "5"), answer(200)], dialect);
    assert!(eight_at_once(&bench, 12).await.iter().all(Result::is_ok));
    let times = bench.times();
    assert_eq!((times.len(), &times[..12]), (13, &[0; 12][..]));
    assert!((5000..6010).contains(&times[12]), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_beyond_the_deadline_ends_the_run() {
    let bench = Bench::new([asking(429, "61")]);
    for outcome in eight_at_once(&bench, 30).await {
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.kind, error.wait),
            (ErrorKind::RateLimited, Some(Duration::from_secs(61)))
        );
    }
    assert_eq!((bench.requests(), bench.recorder.start.elapsed()), (8, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn an_outage_ends_by_the_deadline() {
    for step in [refused(), Step::Silence, answer(503), answer(429), asking(503, "20")] {
        let bench = Bench::new([step]);
        for outcome in eight_at_once(&bench, 30).await {
            assert!(outcome.unwrap_err().kind.is_transient());
        }
        let took = bench.recorder.start.elapsed();
        assert!(took <= Duration::from_mins(1), "{took:?}");
        assert!(bench.requests() <= 120);
    }
}

#[tokio::test(start_paused = true)]
async fn a_soft_throttle_delays_the_next_call_of_every_clone() {
    let bench = Bench::new([asking(200, "5"), answer(200)]);
    assert!(bench.http.post("item").send().await.is_ok());
    assert_eq!((bench.requests(), bench.recorder.start.elapsed()), (1, Duration::ZERO));
    assert!(bench.http.clone().get("item").send().await.is_ok());
    check_second(&bench, 5.0, 6.01, "next");
}

#[tokio::test(start_paused = true)]
async fn a_soft_throttle_grows_while_a_call_waits() {
    let bench = Bench::new([asking(200, "2"), answer(200)]);
    assert!(bench.http.get("item").send().await.is_ok());
    let longer = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bench.http.throttle.delay(Duration::from_secs(5));
        bench.http.throttle.delay(Duration::from_secs(3));
    };
    let (sent, ()) = tokio::join!(bench.http.get("item").send(), longer);
    assert!(sent.is_ok());
    check_second(&bench, 6.0, 6.01, "next");
}

#[tokio::test(start_paused = true)]
async fn a_soft_throttle_of_zero_is_none() {
    let bench = Bench::new([asking(200, "0")]);
    for _ in 0..2 {
        assert!(bench.http.get("item").send().await.is_ok());
    }
    assert_eq!(bench.times(), [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_soft_throttle_beyond_the_deadline_sends_nothing() {
    let bench = Bench::new([asking(200, "300")]);
    assert!(bench.http.get("item").send().await.is_ok());
    let error = bench.http.post("item").send().await.unwrap_err();
    assert_eq!((error.kind, error.wait), (ErrorKind::RateLimited, Some(Duration::from_mins(5))));
    assert_eq!(error.message, "Jira is not to be asked yet and asks to wait 300 s");
    assert_eq!(bench.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn eight_calls_at_once_each_keep_their_own_count() {
    let bench = Bench::new([answer(503)]);
    let calls = (0..8).map(|_| bench.http.get("item").send());
    for outcome in futures_util::future::join_all(calls).await {
        assert_eq!(outcome.unwrap_err().kind, ErrorKind::Unavailable);
    }
    assert_eq!(bench.requests(), 32);
}
