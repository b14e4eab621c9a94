//! Requests to addresses that were given.

use super::*;

fn request(method: &str, uri: &str) -> http::Request<Bytes> {
    let request = http::Request::builder().method(method).uri(uri);
    request.header("accept", "application/raw+json").body(Bytes::from_static(b"{}")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_forwarded_request_is_sent_like_a_call() {
    for (uri, url) in [
        ("/items?page=2", "https://acme.example/jira/items?page=2"),
        ("//evil.example/x", "https://acme.example/jira//evil.example/x"),
        ("https://acme.example/other", "https://acme.example/other"),
        ("https://a:b@ACME.example:443/other", "https://acme.example/other"),
    ] {
        let bench = Bench::new([answer(503), answer(429), answer(200)]);
        let mut request = request("PATCH", uri);
        request.headers_mut().insert("authorization", "Basic other".parse().unwrap());
        assert!(bench.http.forward(request, "items", Intent::Replace).await.is_ok(), "{uri}");
        assert_eq!(bench.urls(), [url, url, url]);
        let seen = bench.recorder.seen.lock().unwrap();
        assert_eq!((seen[2].method.as_str(), &seen[2].body[..]), ("PATCH", &b"{}"[..]));
        assert_eq!(seen[2].all("authorization"), ["Bearer s3cr3t-token"]);
        assert_eq!(seen[2].all("accept"), ["application/raw+json"]);
        assert_eq!(seen[2].all("x-dialect"), ["yes"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_forwarded_requests_own_failures_are_answers() {
    for status in [304, 400, 401, 403, 404, 409, 422] {
        let bench = Bench::new([Step::Answer(reply(status, &[], "why"))]);
        let post = request("POST", "/items");
        let answered = bench.http.forward(post, "items", Intent::Create).await.unwrap();
        assert_eq!((answered.status.as_u16(), answered.text()), (status, &b"why"[..]));
        assert_eq!(bench.requests(), 1);
    }
    for (status, kind) in
        [(302, ErrorKind::Protocol), (429, ErrorKind::RateLimited), (503, ErrorKind::Ambiguous)]
    {
        let bench = Bench::new([answer(status)]);
        let post = request("POST", "/items");
        let error = bench.http.forward(post, "items", Intent::Create).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.context().contains(&("request", "POST items".to_owned())));
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_go_to_our_origin_only() {
    let bench = Bench::new([answer(200)]);
    for address in [
        "https://evil.example/items",
        "http://acme.example/items",
        "https://acme.example:8443/items",
        "https://acme.example@evil.example/items",
    ] {
        let get = request("GET", address);
        for outcome in [
            bench.http.forward(get, "items", Intent::Read).await,
            bench.http.follow(address).send().await,
        ] {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
            assert!(error.message.contains("and not to https://acme.example"), "{error}");
        }
    }
    for address in ["/items?page=2", "", "//evil.example/", "file:///etc/passwd"] {
        let error = bench.http.follow(address).send().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
    }
    assert_eq!(bench.requests(), 0);
    let ours = "https://acme.example/items?page=2";
    assert!(bench.http.follow(ours).send().await.is_ok());
    assert_eq!(bench.urls(), [ours]);
}

#[tokio::test(start_paused = true)]
async fn nothing_of_the_trackers_goes_elsewhere() {
    let bench = Bench::new([asking(200, "5"), answer(503), answer(200), answer(403)]);
    let place = Url::parse("https://files.example/a/b?signature=x%2Fy").unwrap();
    let storage = bench.http.elsewhere("Jira's storage", &place);
    assert!(!format!("{storage:?}").contains("signature"));
    // The tracker's wish for rest is not the storage's.
    assert!(bench.http.get("item").send().await.is_ok());
    let put = storage.put("").header("X-Upload", "7").header("authorization", "Basic other");
    assert!(put.bytes("text/plain", "log").send().await.is_ok());
    assert!(bench.times()[1] == 0);
    let seen = &bench.recorder.seen.lock().unwrap()[2];
    assert_eq!((seen.url.as_str(), &seen.body[..]), (place.as_str(), &b"log"[..]));
    for (name, values) in
        [("authorization", vec![]), ("x-dialect", vec![]), ("x-upload", vec!["7"])]
    {
        assert_eq!(seen.all(name), values);
    }
}

#[tokio::test(start_paused = true)]
async fn elsewhere_is_https_or_this_machine_and_speaks_for_itself() {
    let bench = Bench::new([answer(403)]);
    let elsewhere = |url| bench.http.elsewhere("Jira's storage", &Url::parse(url).unwrap());
    let error = elsewhere("http://files.example/a").put("").send().await.unwrap_err();
    assert_eq!((error.kind, bench.requests()), (ErrorKind::Config, 0));
    let error = elsewhere("http://me:pass@127.0.0.1/a").put("").send().await.unwrap_err();
    assert_eq!(error.message, "Jira's storage answered 403 Forbidden");
    assert!(error.hint().contains("expired"), "{}", error.hint());
    assert_eq!(bench.urls(), ["http://127.0.0.1/a"]);
}
