//! Again or not, and when.

use super::*;

fn cut() -> Step {
    Step::Fail(failed(Sent::Maybe, "the connection was cut"))
}

#[tokio::test(start_paused = true)]
async fn every_form_of_retry_after_is_kept() {
    let date = ("date", "Sun, 06 Nov 1994 08:49:30 GMT");
    for (value, least, most) in [
        ("7", 7.0, 8.01),
        (" 7 ", 7.0, 8.01),
        ("0.2", 0.2, 0.26),
        ("1.5", 1.5, 1.9),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 7.0, 8.01),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 7.0, 8.01),
        ("Sun Nov  6 08:49:37 1994", 7.0, 8.01),
        // All of these say nothing that can be used: one second, and up to a quarter.
        ("0", 1.0, 1.26),
        ("-1", 1.0, 1.26),
        ("soon", 1.0, 1.26),
        ("7s", 1.0, 1.26),
        ("1e1", 1.0, 1.26),
        ("..", 1.0, 1.26),
        ("", 1.0, 1.26),
        ("Sun, 06 Nov 1994 08:49:00 GMT", 1.0, 1.26),
        ("Sun, 99 Nov 1994 08:49:37 GMT", 1.0, 1.26),
    ] {
        let refusal = Step::Answer(reply(429, &[("retry-after", value), date], ""));
        let bench = Bench::new([refusal, answer(200)]);
        assert!(bench.http.post("item").send().await.is_ok(), "{value}");
        check_second(&bench, least, most, value);
    }
}

#[tokio::test(start_paused = true)]
async fn a_date_without_the_answers_own_date_is_no_wait() {
    let bench = Bench::new([asking(429, "Sun, 06 Nov 2094 08:49:37 GMT"), answer(200)]);
    assert!(bench.http.get("item").send().await.is_ok());
    check_second(&bench, 1.0, 1.26, "date");
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_ends_the_call_at_once() {
    for (status, value, kind, wait) in [
        (429, "61", ErrorKind::RateLimited, 61),
        (503, "120", ErrorKind::Unavailable, 120),
        (429, "9999999999", ErrorKind::RateLimited, 365 * 24 * 3600),
        (429, "99999999999999999999999999999", ErrorKind::RateLimited, 365 * 24 * 3600),
    ] {
        let bench = Bench::new([asking(status, value)]);
        let error = bench.http.get("item").send().await.unwrap_err();
        assert_eq!((error.kind, error.wait), (kind, Some(Duration::from_secs(wait))), "{value}");
        assert_eq!(bench.times(), [0], "{value}");
        assert!(error.hint().contains("--deadline"), "{}", error.hint());
        assert_eq!(bench.recorder.start.elapsed(), Duration::ZERO, "{value}");
    }
}

#[tokio::test(start_paused = true)]
async fn backoff_doubles_and_attempts_end() {
    let bench = Bench::new([answer(503)]);
    let error = bench.http.get("item/{id}").segment("id", "7").send().await.unwrap_err();
    let times = bench.times();
    assert_eq!(times.len(), 4);
    for (pair, least) in times.windows(2).zip([500, 1000, 2000]) {
        let wait = pair[1] - pair[0];
        assert!((least..=least + least / 4 + 1).contains(&wait), "{times:?}");
    }
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert_eq!(error.message, "Jira answered 503 Service Unavailable after 4 attempts");
    assert_eq!(error.hint(), "run again later, or raise retry_attempts");
    assert_eq!(
        error.context(),
        [
            ("request", "GET item/{id}".to_owned()),
            ("attempts", "4".to_owned()),
            ("status", "503".to_owned())
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_create_is_never_sent_again_once_it_may_have_left() {
    let mut steps: Vec<Step> = [408, 500, 502, 503, 504].map(answer).to_vec();
    steps.extend([cut(), Step::Silence, asking(503, "1")]);
    for step in steps {
        let bench = Bench::new([step, answer(201)]);
        let error = bench.http.post("item").send().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Ambiguous, "{error}");
        assert!(error.message.contains("the outcome is unknown"), "{error}");
        assert!(error.hint().starts_with("look in the tracker"), "{}", error.hint());
        assert_eq!(bench.requests(), 1, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_is_sent_again_when_it_was_refused_or_never_left() {
    for step in [refused(), answer(429), asking(429, "2")] {
        let bench = Bench::new([step, answer(201)]);
        assert!(bench.http.post("item").send().await.is_ok());
        assert_eq!(bench.requests(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn repeatable_requests_are_sent_again() {
    for step in [refused(), cut(), Step::Silence, answer(408), answer(500), answer(503)] {
        let bench = Bench::new([step, answer(200)]);
        let http = &bench.http;
        let calls = [http.get("a"), http.put("a"), http.delete("a"), http.post("a").reads()];
        for (call, intent) in
            calls.into_iter().zip([Intent::Read, Intent::Replace, Intent::Replace, Intent::Read])
        {
            assert!(call.send().await.is_ok());
            assert_eq!(bench.recorder.seen.lock().unwrap().last().unwrap().intent, Some(intent));
        }
        assert_eq!(bench.requests(), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_everything() {
    let bench = Bench::new([Step::Silence]);
    let error = bench.http.get("item").send().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert_eq!(error.message, "Jira did not answer before the deadline after 2 attempts");
    assert!(error.hint().contains("--deadline"), "{}", error.hint());
    assert_eq!(bench.recorder.start.elapsed(), Duration::from_mins(1));
    // From now on nothing is sent, so that even a create is known not to be done.
    let error = bench.http.post("item").send().await.unwrap_err();
    assert_eq!((error.kind, bench.requests()), (ErrorKind::Unavailable, 2));
}

#[tokio::test(start_paused = true)]
async fn a_permanent_failure_is_not_repeated() {
    for (sent, read, create) in [
        (Sent::Never, ErrorKind::Config, ErrorKind::Config),
        (Sent::Maybe, ErrorKind::Protocol, ErrorKind::Ambiguous),
    ] {
        let error =
            TransportError { permanent: true, ..failed(sent, "the certificate is not trusted") };
        let bench = Bench::new([Step::Fail(error)]);
        assert_eq!(bench.http.get("item").send().await.unwrap_err().kind, read);
        assert_eq!(bench.http.post("item").send().await.unwrap_err().kind, create);
        assert_eq!(bench.requests(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn who_was_never_reached_may_have_another_address() {
    let error = Bench::new([refused()]).http.get("item").send().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert!(error.hint().contains("address and the network"), "{}", error.hint());
    let error = Bench::new([cut()]).http.get("item").send().await.unwrap_err();
    assert!(error.hint().contains("retry_attempts"), "{}", error.hint());
}
