//! Conversations with plugins that keep the protocol, and with plugins that do not.

mod guide;

use super::{Config, over, protocol::Ask, serve};
use crate::{
    error::{Error, ErrorKind, Result},
    http::Policy,
    model::{Attachment, Change, Draft, WorkItemId},
    settings::{Origin, Settings},
    text::Markdown,
    tracker::{Metadata, Operation, Tracker},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, duplex, split},
    time::Instant,
};

const KEY: &str = "key-of-acme-1234";

fn settings() -> Settings {
    Settings::new("plugin:acme").with("api_key", KEY, Origin::Default)
}

fn policy() -> Policy {
    let timeout = Duration::from_secs(30);
    Policy { timeout, retry_attempts: 3, deadline: Instant::now() + Duration::from_mins(10) }
}

fn introduction() -> Value {
    let operations: Vec<_> = Operation::ALL.iter().map(|operation| operation.word()).collect();
    json!({"protocol": 1, "name": "acme", "title": "Acme", "operations": operations})
}

fn ok(request: &Value, value: &Value) -> String {
    format!("{}\n", json!({"id": request["id"], "ok": value}))
}

/// What is answered to a good handshake.
fn handshake(request: &Value) -> Option<String> {
    match request["op"].as_str()? {
        "metadata" => Some(ok(request, &introduction())),
        "configure" => Some(ok(request, &Value::Null)),
        "validate_config" => Some(ok(request, &json!([]))),
        _ => None,
    }
}

/// Plays a plugin: writes what `react` says to each request, and ends where it says nothing.
async fn play(stream: DuplexStream, react: impl Fn(&Value) -> Option<String> + Send) {
    let (input, mut output) = split(stream);
    let mut lines = BufReader::new(input).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let request: Value = serde_json::from_str(&line).unwrap();
        let Some(reaction) = react(&request) else { return };
        // Whoever heard enough does not read the rest.
        let _ = output.write_all(reaction.as_bytes()).await;
    }
}

async fn connect(
    react: impl Fn(&Value) -> Option<String> + Send + 'static,
) -> Result<Box<dyn Tracker>> {
    let (ours, theirs) = duplex(1 << 16);
    tokio::spawn(play(theirs, react));
    let (output, input) = split(ours);
    over(output, input, &settings(), policy()).await
}

/// A tracker that answers every operation with the same text; `ID` in it is the request's.
async fn answering(text: &'static str) -> Box<dyn Tracker> {
    let react = move |request: &Value| {
        let own = || (!text.is_empty()).then(|| text.replace("ID", &request["id"].to_string()));
        handshake(request).or_else(own)
    };
    connect(react).await.unwrap()
}

async fn read(tracker: &dyn Tracker) -> Error {
    tracker.get_work_item(&WorkItemId::new("ACME-1")).await.unwrap_err()
}

async fn create(tracker: &dyn Tracker) -> Error {
    tracker.create_work_item(&Draft::default()).await.unwrap_err()
}

/// A broken plugin: what a read fails with, and what a create does, which may have been done.
async fn check(text: &'static str, kind: ErrorKind, part: &str) {
    let error = read(&*answering(text).await).await;
    assert_eq!(error.kind, kind, "{text:?}: {error}");
    assert!(error.message.starts_with("plugin acme") && error.message.contains(part), "{error}");
    let error = create(&*answering(text).await).await;
    assert_eq!(error.kind, ErrorKind::Ambiguous, "{text:?}: {error}");
    assert!(error.message.contains(part) && error.message.ends_with("the outcome is unknown"));
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_breaks_the_protocol_is_told_apart_from_one_that_is_gone() {
    use ErrorKind::{Protocol, Unavailable};
    check("Hello!\n", Protocol, "wrote \"Hello!\" to standard output, which is no answer").await;
    check("\u{1b}[31m::error::x\n", Protocol, "wrote \"[31m::error::x\"").await;
    check("{\"id\": ID}\n", Protocol, "neither or both").await;
    check("{\"id\": ID, \"ok\": 1, \"error\": null}{}\n", Protocol, "no answer").await;
    check("{\"id\": ID, \"error\": {\"kind\": \"sad\", \"message\": \"\"}}\n", Protocol, "sad")
        .await;
    check("{\"id\": 99, \"ok\": null}\n", Protocol, "answered request 99 and was not asked").await;
    check("{\"id\": 1, \"ok\": null}\n", Protocol, "answered request 1 a second time").await;
    check("[[[[[[\n", Protocol, "no answer").await;
    check("", Unavailable, "closed its standard output").await;
    // Nothing but a blank line, which is no answer and no harm.
    check("\n", Unavailable, "did not answer in time").await;
}

#[tokio::test(start_paused = true)]
async fn a_line_without_an_end_does_not_fill_the_memory() {
    let endless = |request: &Value| handshake(request).or_else(|| Some("x".repeat(17 << 20)));
    let tracker = connect(endless).await.unwrap();
    let error = read(&*tracker).await;
    assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
    assert!(error.message.contains("longer than 16777216 bytes"), "{error}");
    // What comes next is not sent into the void.
    assert_eq!(create(&*tracker).await.kind, ErrorKind::Protocol);
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_is_unknown_only_where_a_second_time_would_be_one_too_many() {
    let id = WorkItemId::new("ACME-1");
    let comment = Change { comment: Some(Markdown::from_template("x")), ..Change::default() };
    let title = Change { title: Some("x".to_owned()), ..Change::default() };
    let file = Attachment { name: "x".into(), media_type: "text/plain".into(), content: vec![1] };
    let gone = || answering("");
    let kind = |outcome: Result<()>| outcome.unwrap_err().kind;
    let commented = gone().await.update_work_item(&id, &comment).await.map(drop);
    assert_eq!(kind(commented), ErrorKind::Ambiguous);
    let attached = gone().await.attach_file(&id, &file).await.map(drop);
    assert_eq!(kind(attached), ErrorKind::Ambiguous);
    let changed = gone().await.update_work_item(&id, &title).await.map(drop);
    assert_eq!(kind(changed), ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_too_late_is_good_manners() {
    // The first request is answered together with the second.
    let react = |request: &Value| {
        let refusal = |id: u64| {
            let error = json!({"kind": "not_found", "message": "gone."});
            format!("{}\n", json!({"id": id, "error": error}))
        };
        handshake(request).or_else(|| match request["id"].as_u64()? {
            4 => Some("\n".to_owned()),
            id => Some(refusal(4) + &refusal(id)),
        })
    };
    let tracker = connect(react).await.unwrap();
    let started = Instant::now();
    let error = read(&*tracker).await;
    assert!(error.message.contains("did not answer in time"), "{error}");
    assert_eq!(started.elapsed().as_secs(), 120, "30 seconds for each of 4 attempts");
    let error = read(&*tracker).await;
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NotFound, "plugin acme: gone"));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_the_run_is_kept() {
    let (ours, theirs) = duplex(1 << 16);
    tokio::spawn(play(theirs, |request| handshake(request).or(Some("\n".to_owned()))));
    let (output, input) = split(ours);
    let deadline = Instant::now() + Duration::from_secs(5);
    let tracker = over(output, input, &settings(), Policy { deadline, ..policy() }).await.unwrap();
    let error = create(&*tracker).await;
    assert_eq!(error.kind, ErrorKind::Ambiguous);
    assert!(error.message.contains("did not answer before the deadline"), "{error}");
    assert_eq!(Instant::now(), deadline);
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_does_not_read_is_late() {
    let (ours, theirs) = duplex(1 << 10);
    // It answers the handshake and never reads again; its end stays open.
    tokio::spawn(async move {
        let (input, mut output) = split(theirs);
        let mut lines = BufReader::new(input).lines();
        for _ in 0..3 {
            let request = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
            output.write_all(handshake(&request).unwrap().as_bytes()).await.unwrap();
        }
        std::future::pending::<()>().await;
        drop((lines, output));
    });
    let (output, input) = split(ours);
    let tracker = over(output, input, &settings(), policy()).await.unwrap();
    let draft = Draft { title: "x".repeat(100_000), ..Draft::default() };
    let error = tracker.create_work_item(&draft).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Ambiguous, "{error}");
    assert!(error.message.contains("does not read its standard input"), "{error}");
    let error = create(&*tracker).await;
    assert_eq!(error.kind, ErrorKind::Unavailable, "nothing was sent: {error}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_too_long_is_not_sent() {
    let tracker = answering("never sent").await;
    let content = vec![0; 13 << 20];
    let file = Attachment { name: "x".into(), media_type: "text/plain".into(), content };
    let error = tracker.attach_file(&WorkItemId::new("ACME-1"), &file).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("takes at most 16777216"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_words_of_a_plugin_are_made_fit_for_a_message() {
    let text = "{\"id\": ID, \"error\": {\"kind\": \"rate_limited\", \"message\": \"slow \\u001b[2J\\n down, key-of-acme-1234.\", \"hint\": \"wait\\r\\n::stop::\", \"wait_ms\": 1500}}\n";
    let error = read(&*answering(text).await).await;
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert_eq!(error.message, "plugin acme: slow [2J down, ***");
    assert_eq!((error.hint(), error.wait), ("wait ::stop::", Some(Duration::from_millis(1500))));
    let error = read(&*answering("my key is key-of-acme-1234\n").await).await;
    assert!(!error.message.contains(KEY), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_the_wrong_shape_is_told_and_does_not_end_the_conversation() {
    let tracker = answering("{\"id\": ID, \"ok\": {\"id\": \"ACME-1\"}}\n").await;
    let error = read(&*tracker).await;
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(error.message.contains("answered get_work_item wrongly: missing field"), "{error}");
    let error = create(&*tracker).await;
    assert_eq!(error.kind, ErrorKind::Protocol, "it says that it was done");
    assert!(error.hint().starts_with("look in the tracker"), "{}", error.hint());
    let health = tracker.health_check().await;
    assert!(!health.healthy && health.error.is_some(), "{health:?}");
}

async fn refused(introduction: Value, part: &str) {
    let error = connect(move |request| Some(ok(request, &introduction))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
    assert!(error.message.contains(part), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_plugin_introduces_itself_in_our_protocol() {
    refused(json!({"protocol": 2}), "speaks protocol 2, and this build protocol 1").await;
    refused(json!({"name": "acme"}), "does not say which protocol it speaks").await;
    refused(json!({"protocol": 1}), "describes itself wrongly: missing field `name`").await;
    let error = connect(|_| Some("Acme 1.0 ready\n".to_owned())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
}

#[tokio::test]
async fn requests_are_answered_as_they_are_done() {
    let (ours, theirs) = duplex(1 << 16);
    // Both requests are read before either is answered, the second first.
    tokio::spawn(async move {
        let (input, mut output) = split(theirs);
        let mut lines = BufReader::new(input).lines();
        let mut held: Vec<String> = Vec::new();
        while let Ok(Some(line)) = lines.next_line().await {
            let request: Value = serde_json::from_str(&line).unwrap();
            let item = &request["args"]["item"];
            match handshake(&request) {
                Some(answer) => output.write_all(answer.as_bytes()).await.unwrap(),
                None => held.insert(0, ok(&request, &json!([link(item.as_str().unwrap())]))),
            }
            if held.len() == 2 {
                output.write_all(held.concat().as_bytes()).await.unwrap();
            }
        }
    });
    let (output, input) = split(ours);
    let tracker = over(output, input, &settings(), policy()).await.unwrap();
    let (one, two) = (WorkItemId::new("ACME-1"), WorkItemId::new("ACME-2"));
    let (first, second) = tokio::join!(tracker.list_links(&one), tracker.list_links(&two));
    assert_eq!((&first.unwrap()[0].item, &second.unwrap()[0].item), (&one, &two));
}

fn link(item: &str) -> Value {
    json!({"item": item, "url": "https://example.com/", "title": null, "existed": true})
}

/// What a served tracker answers to these lines.
async fn served(requests: &[Value]) -> Vec<Value> {
    let lines = requests.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let metadata = Metadata {
        name: "toy".to_owned(),
        title: "Toy".to_owned(),
        operations: Vec::new(),
        unsupported: Vec::new(),
        references: Vec::new(),
        limits: crate::tracker::Limits { title: 1, text: 1, label: 1 },
        home: None,
    };
    let mut answers = Vec::new();
    let refuse = |_: Config| async { Err(Error::new(ErrorKind::Config, "use it: no key")) };
    serve(lines.as_bytes(), &mut answers, metadata, refuse).await.unwrap();
    let answers = String::from_utf8(answers).unwrap();
    answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_served_tracker_answers_whatever_it_is_asked() {
    let request = |v: u64, op: &str, args: Value| json!({"v": v, "id": 7, "op": op, "args": args});
    let answers = served(&[
        request(1, "metadata", json!({})),
        request(2, "metadata", json!({})),
        request(1, "authenticate", json!({})),
        request(1, "dance", json!({})),
        request(1, "get_work_item", json!({"item": 7})),
        request(1, "configure", json!({"config": {}})),
        request(1, "configure", json!({"config": {}})),
    ])
    .await;
    assert_eq!((&answers[0]["ok"]["protocol"], &answers[0]["id"]), (&json!(1), &json!(7)));
    let kinds: Vec<_> = answers[1..].iter().map(|answer| &answer["error"]["kind"]).collect();
    assert_eq!(kinds, ["unsupported", "config", "rejected", "rejected", "config", "config"]);
    assert_eq!(answers[5]["error"]["message"], "use it: no key");
    assert!(answers.iter().all(|answer| answer["id"] == 7));
}

#[test]
fn a_configuration_shows_its_secret_to_the_plugin_alone() {
    let ask = Ask::Configure { config: Config::of(&settings()) };
    assert!(!format!("{ask:?}").contains(KEY));
    let line = String::from_utf8(ask.line(1).unwrap()).unwrap();
    assert!(line.contains(KEY) && line.ends_with("}}}\n"), "{line}");
}
