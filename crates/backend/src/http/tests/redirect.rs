//! Where redirects lead, and that no token goes with them.

use super::*;

fn to(status: u16, location: &str) -> Step {
    Step::Answer(reply(status, &[("location", location)], ""))
}

#[tokio::test(start_paused = true)]
async fn a_read_follows_within_its_origin() {
    for location in ["/moved", "https://acme.example/moved", "https://a:b@ACME.example:443/moved"] {
        let bench = Bench::new([to(302, location), answer(200)]);
        assert!(bench.http.get("item").send().await.is_ok(), "{location}");
        assert_eq!(bench.urls(), ["https://acme.example/jira/item", "https://acme.example/moved"]);
        let seen = bench.recorder.seen.lock().unwrap();
        assert_eq!(seen[1].all("authorization"), ["Bearer s3cr3t-token"]);
        assert_eq!(seen[1].method, "GET");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_to_another_origin() {
    for (location, named) in [
        ("https://evil.example/x", "https://evil.example"),
        ("//evil.example/x", "https://evil.example"),
        ("http://acme.example/x", "http://acme.example"),
        ("https://acme.example:8443/x", "https://acme.example:8443"),
        ("file:///etc/passwd", "another address"),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let bench = Bench::new([to(status, location), answer(200)]);
            let error = bench.http.get("item").send().await.unwrap_err();
            assert_eq!((error.kind, bench.requests()), (ErrorKind::Protocol, 1), "{location}");
            assert!(error.message.contains(named), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_is_not_redirected() {
    for status in [301, 302, 303, 307, 308] {
        let bench = Bench::new([to(status, "/elsewhere"), answer(200)]);
        let http = &bench.http;
        for call in [http.post("a"), http.put("a"), http.delete("a"), http.post("a").reads()] {
            let error = call.send().await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Protocol);
            assert!(error.message.contains("acme.example"), "{error}");
            bench.recorder.script.lock().unwrap().push_front(to(status, "/elsewhere"));
        }
        assert_eq!(bench.urls(), vec!["https://acme.example/jira/a"; 4]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_loop_ends() {
    let bench = Bench::new([to(302, "/round")]);
    let error = bench.http.get("item").send().await.unwrap_err();
    assert_eq!(error.message, "Jira answered 302 Found: more than 5 redirects");
    assert_eq!((error.kind, bench.requests()), (ErrorKind::Protocol, 6));
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_a_sign_in_page_is_about_the_credentials() {
    let bench = Bench::new([to(302, "https://login.example/_signin?realm=acme")]);
    for call in [bench.http.get("item"), bench.http.post("item")] {
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Auth);
        assert!(
            error.message.ends_with("a redirect to the sign-in page of login.example"),
            "{error}"
        );
    }
    assert_eq!(bench.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_nowhere_is_no_answer() {
    for step in [answer(302), to(307, "https://["), answer(304)] {
        let bench = Bench::new([step]);
        let error = bench.http.get("item").send().await.unwrap_err();
        assert_eq!((error.kind, bench.requests()), (ErrorKind::Protocol, 1), "{error}");
    }
}
