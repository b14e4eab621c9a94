//! Does a secret ever come out where people can read it?

use ::conformance::{
    check,
    fake::{
        faults::{Fault, Rule},
        jira::{CLIENT_SECRET, Deployment, EMAIL, Login, PANEL_TOKEN, Tenant},
    },
    subject::{Access, Sample, Site, Subject as _, connect, generous},
    suite::FAKES,
};
use backend::{
    Result, Tracker,
    model::{Change, Draft, Query, WorkItemId},
    panel::{Development, Others},
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
    /// Adds the log of this thread, for as long as what is given back lives.
    fn with_the_log(&self) -> tracing::subscriber::DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

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

/// Fails where what came out shows a secret, or was not enough for that to mean anything.
fn check(name: &str, output: &Output, secrets: &[&str]) {
    let text = String::from_utf8_lossy(&output.0.lock().unwrap()).into_owned();
    for status in [400, 401, 403, 404, 409, 429, 500] {
        assert!(text.contains(&format!("status={status}")), "{name}: no {status} was logged");
    }
    for form in secrets.iter().flat_map(|secret| forms(secret)) {
        let leak = text.find(&form).map(|at| &text[at.saturating_sub(200)..at]);
        assert!(leak.is_none(), "{name}: a secret came out after: {}", leak.unwrap_or_default());
    }
}

#[tokio::test]
async fn no_secret_comes_out() {
    let output = Output::default();
    let (token, hook) = (random_secret("token"), random_secret("hook"));
    {
        let _guard = output.with_the_log();
        for deployment in [Deployment::Cloud, Deployment::DataCenter] {
            in_all_weathers(deployment, &token, &hook, &output).await;
        }
    }
    check("jira", &output, &[&token, &hook]);
}

/// The fakes' own tokens are all the same, and less odd; every platform is a place of its own for a leak.
#[tokio::test]
async fn no_secret_of_any_site_comes_out() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let output = Output::default();
        {
            let _guard = output.with_the_log();
            on_site(&*site, &output).await;
        }
        let mut secrets = site.facts().webhook_secrets;
        secrets.push(site.token());
        check(fake.name, &output, &secrets);
    }
}

/// The panel's secret travels in a request's body, and its token is bought by the run itself.
#[tokio::test]
async fn no_secret_of_a_panel_comes_out() {
    let site = Tenant::new(Deployment::Cloud).unwrap();
    let output = Output::default();
    {
        let _guard = output.with_the_log();
        for fault in faults() {
            for (method, part) in [("POST", "/token"), ("GET", "/repository/"), ("POST", "/bulk")] {
                site.server().inject(Rule::new(fault.clone()).on(method, part).always());
                on_panel(&site, &output).await;
                site.server().behave();
            }
        }
    }
    check("the panel of jira", &output, &[CLIENT_SECRET, PANEL_TOKEN, site.token()]);
}

async fn on_panel(site: &Tenant, output: &Output) {
    let mut policy = generous();
    policy.retry_attempts = 0;
    let panel = site.panel(Access::Good, policy).await.unwrap().unwrap();
    output.note(&format!("{panel:?}"));
    let repository = "https://github.com/acme/shop".parse().unwrap();
    let page = "https://github.com/acme/shop/pull/7".parse().unwrap();
    let proposal = check::panel::proposal(page, "acme/shop");
    let as_of = jiff::Timestamp::UNIX_EPOCH;
    let development = Development { repository: &repository, proposal: &proposal, as_of };
    output.note_outcome(&panel.authenticate().await);
    output.note_outcome(&panel.shown(development).await);
    output.note_outcome(
        &panel.show(development, &[WorkItemId::new("SHOP-1")], Others::TakenOut).await,
    );
}

async fn on_site(site: &dyn Site, output: &Output) {
    let connected = || async {
        let mut policy = generous();
        policy.retry_attempts = 0;
        site.connect(Access::Good, policy).await.unwrap().unwrap()
    };
    let facts = site.facts();
    let tracker = connected().await;
    everything(&*tracker, &facts.webhook_item, output).await;
    for sample in [Sample::Updated(&facts.webhook_item), Sample::Garbage] {
        for secret in facts.webhook_secrets.iter().chain([&"wrong"]) {
            let delivery = site.deliver(&sample, secret).unwrap();
            output.note_outcome(&tracker.webhook_handler(&delivery).await);
        }
    }
    for fault in faults() {
        site.server().inject(Rule::new(fault).always());
        everything(&*connected().await, &facts.webhook_item, output).await;
        site.server().behave();
    }
}

async fn in_all_weathers(deployment: Deployment, token: &str, hook: &str, output: &Output) {
    let tenant = Tenant::new(deployment).unwrap();
    tenant.jira().accept(token);
    let settings = tenant.settings(token).with("webhook_secret", hook, Origin::Default);
    output.note(&format!("{settings:?}"));
    let id = WorkItemId::new("SHOP-1");
    let mut policy = generous();
    policy.retry_attempts = 0;
    let tracker = connect("jira", &settings, policy).await;
    output.note_outcome(&tracker.as_ref().map(|tracker| format!("{tracker:?}")).map_err(clone));
    let tracker = tracker.unwrap();
    everything(&*tracker, &id, output).await;
    for fault in faults() {
        tenant.server().inject(Rule::new(fault).always());
        // A tracker that was asked to wait sends nothing more.
        let fresh = connect("jira", &settings, policy).await.unwrap();
        everything(&*fresh, &id, output).await;
        tenant.server().behave();
    }
    // The same token, refused: a 401, and an anonymous answer with 200.
    tenant.jira().accept("another");
    for login in [Login::Refused, Login::Anonymous] {
        tenant.jira().set_login(login);
        everything(&*tracker, &id, output).await;
    }
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
            Ok(tracker) => everything(&*tracker, &id, output).await,
            failed => output.note_outcome(&failed.map(drop)),
        }
    }
}

/// An error cannot be cloned; what can be seen of it can.
fn clone(error: &backend::Error) -> backend::Error {
    backend::Error::new(error.kind, format!("{error} {error:?}")).with_hint(error.hint())
}

/// Calls what there is to call, and keeps everything that comes out.
async fn everything(tracker: &dyn Tracker, id: &WorkItemId, output: &Output) {
    let draft = Draft { title: "An item".to_owned(), ..Draft::default() };
    let change = Change { title: Some("Another title".to_owned()), ..Change::default() };
    output.note_outcome(&tracker.authenticate().await);
    output.note_outcome(&tracker.create_work_item(&draft).await);
    output.note_outcome(&tracker.get_work_item(id).await);
    output.note_outcome(&tracker.update_work_item(id, &change).await);
    output.note_outcome(&tracker.search_work_items(&Query::default()).await);
    output.note_outcome(&tracker.list_links(id).await);
    let delivery = Delivery {
        headers: Vec::new(),
        body: b"{}".to_vec(),
        received_at: jiff::Timestamp::UNIX_EPOCH,
    };
    output.note_outcome(&tracker.webhook_handler(&delivery).await);
    output.note(&format!("{:?} {:?}", tracker.health_check().await, tracker.validate_config()));
}
