//! What the log shows of a request, and what it does not.

use super::*;
use std::fmt::Write;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// Writes the fields of every event down.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0.lock().unwrap(), "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::DEBUG && metadata.target().starts_with("backend::http")
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_logged_without_ids_queries_and_bodies() {
    let log = Log::default();
    // With one subscriber in the process, tracing asks only the thread that logs a line first whether anybody listens,
    // and that may be another test's. With two it asks both.
    let _second = tracing::Dispatch::new(log.clone());
    let _guard = tracing::subscriber::set_default(log.clone());
    let script =
        [answer(429), Step::Fail(failed(Sent::Never, "the connection was refused")), answer(200)];
    let bench = Bench::new(script);
    let call = bench.http.post("item/{id}").segment("id", "private").query("jql", "private");
    assert!(call.json(&["private"]).send().await.is_ok());
    let log = log.0.lock().unwrap().clone();
    for part in [
        r#"platform="Jira" method="POST" path="item/{id}" intent=Create attempt=1 status=429 ms=0"#,
        r#"attempt=2 status=0 ms=0 failure="the connection was refused""#,
        "attempt=3 status=200",
    ] {
        assert!(log.contains(part), "{part} in {log}");
    }
    assert!(!log.contains("private") && !log.contains(TOKEN), "{log}");
}
