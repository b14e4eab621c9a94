//! Does a secret ever come out where people can read it?

use ::conformance::{
    fake::{
        faults::{Fault, Rule},
        jira::{Deployment, EMAIL, Login, Tenant},
    },
    subject::{Sample, Site as _, Subject as _, connect, generous},
};
use backend::{
    Result, Tracker,
    model::{Change, Draft, Query, WorkItemId},
    settings::Origin,
    webhook::Delivery,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE},
};
use std::{
    hash::{BuildHasher as _, RandomState},
    io::{self, Write},
    sync::{Arc, Mutex},
};

/// The forms in which a secret travels: as it is, in base64 (alone and behind a user's name), percent-encoded
/// and in JSON.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        STANDARD.encode(secret),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE.encode(secret),
        STANDARD.encode(format!("{EMAIL}:{secret}")),
        STANDARD.encode(format!(":{secret}")),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        serde_json::Value::from(secret).to_string().trim_matches('"').to_owned(),
    ];
    // A part of a secret is a leak as well.
    forms.push(secret.chars().take(12).collect());
    forms
}

/// A secret that nobody could have written into the code, with characters that every encoding changes.
fn random_secret(name: &str) -> String {
    let random = RandomState::new().hash_one(name);
    format!("cnry{random:016x}+/=%&\"\\{name}")
}

/// Everything that came out.
#[derive(Debug, Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().extend_from_slice(text.as_bytes());
    }

    fn note_outcome<T: std::fmt::Debug>(&self, outcome: &Result<T>) {
        if let Err(error) = outcome {
            self.note(&format!("{error}\n{error:?}\n{error:#?}\n{}\n", error.hint()));
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                self.note(&format!("{cause}\n{cause:?}\n"));
                source = cause.source();
            }
        } else {
            self.note(&format!("{outcome:?}\n"));
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn faults() -> Vec<Fault> {
    vec![
        Fault::throttle("9999999999"),
        Fault::Refuse(401, None),
        Fault::Refuse(403, None),
        Fault::CommitThenReset,
        Fault::Reset,
        Fault::LoginPage,
        Fault::GarbageBody,
        Fault::EmptyBody,
        Fault::NotHttp,
        Fault::RedirectHere,
        Fault::Echo(400),
        Fault::Echo(401),
        Fault::Echo(404),
        Fault::Echo(409),
        Fault::Echo(500),
        Fault::Echo(200),
    ]
}

#[tokio::test]
async fn no_secret_comes_out() {
    let output = Output::default();
    let writer = output.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let (token, hook) = (random_secret("token"), random_secret("hook"));
    {
        let _guard = tracing::subscriber::set_default(subscriber);
        for deployment in [Deployment::Cloud, Deployment::DataCenter] {
            in_all_weathers(deployment, &token, &hook, &output).await;
        }
    }
    let text = String::from_utf8_lossy(&output.0.lock().unwrap()).into_owned();
    assert!(text.contains("rest/api"), "nothing was logged, so nothing was tested");
    for secret in [&token, &hook] {
        for form in forms(secret) {
            let leak = text.find(&form).map(|at| &text[at.saturating_sub(200)..at]);
            assert!(leak.is_none(), "a secret came out after: {}", leak.unwrap_or_default());
        }
    }
}

async fn in_all_weathers(deployment: Deployment, token: &str, hook: &str, output: &Output) {
    let tenant = Tenant::new(deployment).unwrap();
    tenant.jira().accept(token);
    let settings = tenant.settings(token).with("webhook_secret", hook, Origin::Default);
    output.note(&format!("{settings:?}"));
    let mut policy = generous();
    policy.retry_attempts = 0;
    let tracker = connect("jira", &settings, policy).await;
    output.note_outcome(&tracker.as_ref().map(|tracker| format!("{tracker:?}")).map_err(clone));
    let tracker = tracker.unwrap();
    everything(&*tracker, output).await;
    for fault in faults() {
        tenant.server().inject(Rule::new(fault).always());
        everything(&*tracker, output).await;
        output.note_outcome(&connect("jira", &settings, policy).await.map(drop));
        tenant.server().behave();
    }
    // The same token, refused: a 401, and an anonymous answer with 200.
    tenant.jira().accept("another");
    for login in [Login::Refused, Login::Anonymous] {
        tenant.jira().set_login(login);
        everything(&*tracker, output).await;
    }
    let id = WorkItemId::new("SHOP-1");
    for sample in [Sample::Updated(&id), Sample::Garbage] {
        for secret in [hook, "wrong"] {
            let delivery = tenant.deliver(&sample, secret).unwrap();
            output.note_outcome(&tracker.webhook_handler(&delivery).await);
        }
    }
    let mut settings = settings;
    for (key, value) in [
        ("api_endpoint", format!("http://robot:{token}@127.0.0.1:1/")),
        ("api_endpoint", format!("not an address {token}")),
    ] {
        settings = settings.with(key, value, Origin::Default);
        match connect("jira", &settings, policy).await {
            Ok(tracker) => everything(&*tracker, output).await,
            failed => output.note_outcome(&failed.map(drop)),
        }
    }
}

/// An error cannot be cloned; what can be seen of it can.
fn clone(error: &backend::Error) -> backend::Error {
    backend::Error::new(error.kind, format!("{error} {error:?}")).with_hint(error.hint())
}

/// Calls what there is to call, and keeps everything that comes out.
async fn everything(tracker: &dyn Tracker, output: &Output) {
    let id = WorkItemId::new("SHOP-1");
    let draft = Draft { title: "An item".to_owned(), ..Draft::default() };
    let change = Change { title: Some("Another title".to_owned()), ..Change::default() };
    output.note_outcome(&tracker.authenticate().await);
    output.note_outcome(&tracker.create_work_item(&draft).await);
    output.note_outcome(&tracker.get_work_item(&id).await);
    output.note_outcome(&tracker.update_work_item(&id, &change).await);
    output.note_outcome(&tracker.search_work_items(&Query::default()).await);
    output.note_outcome(&tracker.list_links(&id).await);
    let delivery = Delivery {
        headers: Vec::new(),
        body: b"{}".to_vec(),
        received_at: jiff::Timestamp::UNIX_EPOCH,
    };
    output.note_outcome(&tracker.webhook_handler(&delivery).await);
    output.note(&format!("{:?} {:?}", tracker.health_check().await, tracker.validate_config()));
}
