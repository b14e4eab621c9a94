//! What answers mean, and how that is said.

use super::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const LOGIN: &str = "<!DOCTYPE html><title>Log in</title><input type=\"password\">";
const PAGE: &str = "\n<html><body>Welcome to the proxy</body></html>";

#[tokio::test(start_paused = true)]
async fn the_table_of_status_codes() {
    for (status, read, create) in [
        (400, ErrorKind::Rejected, ErrorKind::Rejected),
        (401, ErrorKind::Auth, ErrorKind::Auth),
        (403, ErrorKind::Forbidden, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound, ErrorKind::NotFound),
        (405, ErrorKind::Rejected, ErrorKind::Rejected),
        (408, ErrorKind::Unavailable, ErrorKind::Ambiguous),
        (409, ErrorKind::Conflict, ErrorKind::Conflict),
        (410, ErrorKind::NotFound, ErrorKind::NotFound),
        (412, ErrorKind::Conflict, ErrorKind::Conflict),
        (413, ErrorKind::Rejected, ErrorKind::Rejected),
        (415, ErrorKind::Rejected, ErrorKind::Rejected),
        (422, ErrorKind::Rejected, ErrorKind::Rejected),
        (425, ErrorKind::Unavailable, ErrorKind::Ambiguous),
        (429, ErrorKind::RateLimited, ErrorKind::RateLimited),
        (451, ErrorKind::Rejected, ErrorKind::Rejected),
        (500, ErrorKind::Unavailable, ErrorKind::Ambiguous),
        (501, ErrorKind::Protocol, ErrorKind::Protocol),
        (503, ErrorKind::Unavailable, ErrorKind::Ambiguous),
        (599, ErrorKind::Unavailable, ErrorKind::Ambiguous),
    ] {
        let bench = Bench::new([answer(status)]);
        assert_eq!(bench.http.get("item").send().await.unwrap_err().kind, read, "{status}");
        assert_eq!(bench.http.post("item").send().await.unwrap_err().kind, create, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn bad_credentials_are_tried_once() {
    for status in [401, 403] {
        let bench = Bench::new([answer(status)]);
        assert!(bench.http.get("item").send().await.is_err());
        assert_eq!(bench.requests(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_is_never_a_success() {
    for (status, body, kind, said) in [
        (200, LOGIN, ErrorKind::Auth, "Jira answered 200 OK: a sign-in page instead of data"),
        (
            203,
            LOGIN,
            ErrorKind::Auth,
            "Jira answered 203 Non Authoritative Information: a sign-in page instead of data",
        ),
        (200, PAGE, ErrorKind::Protocol, "Jira answered 200 OK: a web page instead of data"),
        (404, PAGE, ErrorKind::NotFound, "Jira answered 404 Not Found: a web page instead of data"),
    ] {
        let bench = Bench::new([Step::Answer(reply(status, &[], body))]);
        for call in [bench.http.get("item"), bench.http.put("item")] {
            let error = call.send().await.unwrap_err();
            assert_eq!((error.kind, error.message.as_str()), (kind, said));
        }
        let created = bench.http.post("item").send().await.unwrap_err();
        let unknown = if kind == ErrorKind::Protocol { ErrorKind::Ambiguous } else { kind };
        assert_eq!((created.kind, bench.requests()), (unknown, 3), "{created}");
    }
    let empty = reply(204, &[("content-type", "text/html")], "");
    assert!(Bench::new([Step::Answer(empty)]).http.delete("item").send().await.is_ok());
    let typed = [("content-type", "Text/HTML; charset=utf-8")];
    let bench = Bench::new([Step::Answer(reply(200, &typed, "hello"))]);
    assert!(bench.http.get("item").send().await.is_err());
    assert!(bench.http.get("item").header("accept", "text/html").send().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_another_shape_is_an_error() {
    for (body, said) in [
        ("", "Jira answered 200 OK: nothing where JSON was expected"),
        ("plain", "Jira answered 200 OK: not the expected JSON, expected value at line 1 column 1"),
    ] {
        let bench = Bench::new([Step::Answer(reply(200, &[], body))]);
        let error = bench.http.get("item").receive::<Value>().await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Protocol, said));
        let error = bench.http.post("item").receive::<Value>().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Ambiguous);
    }
    let bench = Bench::new([Step::Answer(reply(200, &[], r#"{"count": "s3cr3t"}"#))]);
    let error = bench.http.get("item").receive::<BTreeMap<String, u32>>().await.unwrap_err();
    let said =
        "Jira answered 200 OK: not the expected JSON, a value of another type at line 1 column 18";
    assert_eq!(error.message, said, "what stands there is not repeated");
    let bench = Bench::new([Step::Answer(reply(200, &[], "\u{feff}{\"a\":1}"))]);
    assert_eq!(bench.http.get("item").receive::<Value>().await.unwrap(), json!({"a": 1}));
    let deep = "[".repeat(100_000);
    let bench = Bench::new([Step::Answer(reply(200, &[], &deep))]);
    assert!(bench.http.get("item").receive::<Value>().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_trackers_text_is_cleaned() {
    let long = "é".repeat(400);
    for (body, said) in [
        ("Issue does not exist.", "Issue does not exist"),
        ("two\r\nlines\u{1b}[31m", "two lines[31m"),
        ("bad s3cr3t-token", "bad ***"),
        ("bad s3cr3t\u{0}-\u{200b}token czNjcjN0LXRva2Vu", "bad *** ***"),
        (&long, &format!("{}…", "é".repeat(300))),
    ] {
        let bench = Bench::new([Step::Answer(reply(404, &[], body))]);
        let error = bench.http.get("item").send().await.unwrap_err().during("read SHOP-1");
        assert_eq!(error.message, format!("read SHOP-1: Jira answered 404 Not Found: {said}"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_platforms_own_rules_come_first() {
    let dialect = Dialect {
        judge: |reply| match reply.status.as_u16() {
            400 => {
                let wait = Some(Duration::from_secs(3));
                Some(Verdict::Refused { wait, scope: Scope::Tracker })
            }
            200 => Some(Verdict::Fail(ErrorKind::Auth, "anonymous".to_owned())),
            404 => Some(Verdict::Ok),
            _ => None,
        },
        hint: |kind, _| (kind == ErrorKind::Auth).then(|| "make a token for Jira".into()),
        ..PLAIN
    };
    let bench = Bench::speaking([answer(400), answer(404), answer(200)], dialect);
    assert!(bench.http.post("item").send().await.is_ok());
    assert!((3000..4000).contains(&bench.times()[1]));
    let error = bench.http.get("item").send().await.unwrap_err();
    assert_eq!(error.message, "Jira answered 200 OK: anonymous");
    assert_eq!(error.hint(), "make a token for Jira");
}

#[tokio::test(start_paused = true)]
async fn a_hint_may_quote_the_answer() {
    let dialect = Dialect {
        hint: |_, reply| Some(format!("add the scope {}", reply?.header("x-scopes")?).into()),
        ..PLAIN
    };
    let lacking = Step::Answer(reply(403, &[("x-scopes", "read:x for s3cr3t-token")], ""));
    for (step, hint) in [
        (lacking, "add the scope read:x for ***"),
        (answer(403), "give the token's account the missing permission"),
    ] {
        let bench = Bench::speaking([step], dialect);
        assert_eq!(bench.http.get("item").send().await.unwrap_err().hint(), hint);
    }
}

#[tokio::test(start_paused = true)]
async fn an_expected_failure_is_an_answer() {
    let known = |reply: &Reply| reply.status == 400 && reply.text() == b"exists";
    let exists = || Step::Answer(reply(400, &[], "exists"));
    // What passes is repeated first.
    let bench = Bench::new([answer(429), exists()]);
    let answered = bench.http.post("item").answer(known).await.unwrap();
    assert_eq!((answered.status, bench.requests()), (StatusCode::BAD_REQUEST, 2));
    let error = bench.http.post("item").send().await.unwrap_err();
    assert_eq!(error.message, "Jira answered 400 Bad Request: exists");
    let bench = Bench::new([Step::Answer(reply(400, &[], "other")), answer(201)]);
    let error = bench.http.post("item").answer(known).await.unwrap_err();
    assert_eq!(error.message, "Jira answered 400 Bad Request: other");
    assert_eq!(bench.http.post("item").answer(known).await.unwrap().status, StatusCode::CREATED);
    let error = Bench::new([answer(503)]).http.get("item").answer(|_| true).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn the_request_id_is_kept_for_the_trackers_support() {
    let (proxys, own) = (("x-request-id", "4711"), ("x-acme-id", "4712"));
    for (headers, id) in [(&[proxys][..], "4711"), (&[proxys, own], "4712")] {
        let bench = Bench::new([Step::Answer(reply(404, headers, ""))]);
        let error = bench.http.get("item").send().await.unwrap_err();
        assert!(error.context().contains(&("request_id", id.to_owned())), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_that_cannot_be_right_are_not_sent() {
    let bench = Bench::new([answer(200)]);
    for (id, said) in [
        ("", "form a request: id is empty"),
        (".", "form a request: id is `.`, which is nothing's id"),
        ("..", "form a request: id is `..`, which is nothing's id"),
    ] {
        let call = bench.http.delete("item/{id}/links").segment("id", id);
        assert_eq!(call.send().await.unwrap_err().message, said);
    }
    for (name, value) in [("two words", "x"), ("x-upload", "two\nlines")] {
        let error = bench.http.put("item").header(name, value).send().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Config, "{error}");
    }
    let broken = Authorization::Bearer(Secret::new("two\nlines"));
    let plain = Url::parse("http://acme.example").unwrap();
    let wire = Wire::new(Arc::clone(&bench.recorder) as _, bench.http.policy);
    for http in [
        Http::new(&wire, bench.http.base(), broken, PLAIN),
        Http::new(&wire, bench.http.base(), Authorization::Raw(Secret::new("\n")), PLAIN),
        Http::new(&wire, &plain, Authorization::None, PLAIN),
    ] {
        assert_eq!(http.get("item").send().await.unwrap_err().kind, ErrorKind::Config);
    }
    assert_eq!(bench.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn credentials_travel_in_one_header() {
    let secret = || Secret::new("s3cr3t-token\n");
    for (authorization, value) in [
        (Authorization::None, vec![]),
        (
            Authorization::Basic("me@acme.example".to_owned(), secret()),
            vec!["Basic bWVAYWNtZS5leGFtcGxlOnMzY3IzdC10b2tlbg=="],
        ),
        (Authorization::Bearer(secret()), vec!["Bearer s3cr3t-token"]),
        (Authorization::Raw(secret()), vec!["s3cr3t-token"]),
    ] {
        let bench = Bench::new([answer(200)]);
        let wire = Wire::new(Arc::clone(&bench.recorder) as _, bench.http.policy);
        let http = Http::new(&wire, bench.http.base(), authorization, PLAIN);
        assert!(http.get("item").query("q", "a b").send().await.is_ok());
        let seen = bench.recorder.seen.lock().unwrap();
        assert_eq!(seen[0].all("authorization"), value);
        assert_eq!(seen[0].url, "https://acme.example/jira/item?q=a+b");
    }
}
