//! A fake GitLab as a subject of the suite: its server, its settings, its deliveries.

use super::{
    Edition, GOOD_TOKEN, GitLab, HIDDEN_PROJECT, OTHER_PROJECT, PROJECT, WEAK_TOKEN, full_name,
    note, people, review,
};
use crate::{
    fake::{
        Server,
        store::{Item, Store},
    },
    sign,
    subject::{
        Access, Facts, KnownPullRequest, RECEIVED_AT, Routes, Sample, Seen, Site, Subject, connect,
        connect_code_host,
    },
};
use async_trait::async_trait;
use backend::{
    Result, Tracker,
    code_host::CodeHost,
    health::Quota,
    http::Policy,
    managed_comment::MARKER,
    model::{Kind, WorkItemId},
    settings::{Origin, Settings},
    webhook::Delivery,
};
use serde_json::{Value, json};
use std::{
    io,
    sync::{Arc, MutexGuard},
};
use url::Url;

const SECRETS: [&str; 2] = [
    "whsec_bmV3IHNpZ25pbmcgdG9rZW4gMDEyMzQ1Njc4OWFi",
    "whsec_b2xkIHNpZ25pbmcgdG9rZW4gMDEyMzQ1Njc4OWFi",
];

/// A running fake GitLab.
pub struct Instance {
    gitlab: Arc<GitLab>,
    server: Server,
}

impl Instance {
    /// Starts a new site.
    pub fn start(edition: Edition) -> io::Result<Box<dyn Site>> {
        Ok(Box::new(Self::new(edition)?))
    }

    /// Starts a new site, to be used as what it is.
    pub fn new(edition: Edition) -> io::Result<Self> {
        let gitlab = Arc::new(GitLab::new(edition));
        let server = Server::start(Arc::clone(&gitlab) as Arc<dyn crate::fake::Handler>)?;
        Ok(Self { gitlab, server })
    }

    /// The site behind the server.
    pub fn gitlab(&self) -> &GitLab {
        &self.gitlab
    }

    /// A page of the site.
    fn page(&self, path: &str) -> Url {
        let mut url = self.server.url().clone();
        url.set_path(&format!("{}/{path}", self.gitlab.context()));
        url
    }

    fn token(access: Access) -> &'static str {
        match access {
            Access::Good => GOOD_TOKEN,
            Access::Wrong => "glpat-wrong-f0e1d2c3b4a5",
            Access::Weak => WEAK_TOKEN,
        }
    }

    fn find<T>(&self, id: &WorkItemId, read: impl FnOnce(&Item) -> T) -> Option<T> {
        self.gitlab.store().find(|item| full_name(item) == id.as_str()).map(read)
    }
}

#[async_trait]
impl Subject for Instance {
    fn name(&self) -> &'static str {
        if self.gitlab.is_premium() { "gitlab" } else { "gitlab-free" }
    }

    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        Some(connect("gitlab", &self.settings(Self::token(access)), policy).await)
    }

    fn facts(&self) -> Facts {
        let page = |number: u64| self.page(&format!("{PROJECT}/-/merge_requests/{number}"));
        Facts {
            quota: Some(Quota { remaining: 1997, limit: Some(2000) }),
            assignee: Some("alex"),
            custom_field: Some(("due_date", json!("2026-03-01"))),
            foreign_item: Some(WorkItemId::new(format!("{OTHER_PROJECT}#1"))),
            hidden_item: Some(WorkItemId::new(format!("{HIDDEN_PROJECT}#1"))),
            native: Some(|label| format!("labels={label}&state=opened")),
            webhook_secrets: SECRETS.to_vec(),
            webhook_item: WorkItemId::new(format!("{PROJECT}#1")),
            estimate: self.gitlab.is_premium().then_some(3.0),
            container: Some(Kind::Task),
            pull_request: Some(KnownPullRequest {
                page: page(review::NUMBER),
                title: review::TITLE,
                source_branch: review::BRANCH,
                commits: (usize::try_from(review::COMMITS).unwrap_or_default(), true),
                absent: page(9),
            }),
            ..Facts::default()
        }
    }

    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        let body = match sample {
            Sample::Updated(id) => payload("issue", Some(id)).to_string(),
            Sample::Unknown => payload("tea_brewed", None).to_string(),
            Sample::Garbage => "{".to_owned(),
        };
        let (id, time) = ("msg_2KWPBgLlAfxd", RECEIVED_AT.as_second() - 5);
        let header = |name: &str, value: String| (name.to_owned(), value);
        let mut headers = vec![header("X-Gitlab-Event", "Issue Hook".to_owned())];
        match sign::standard_webhook(secret, id, time, body.as_bytes()) {
            Some(signature) => headers.extend([
                header("webhook-id", id.to_owned()),
                header("webhook-timestamp", time.to_string()),
                header("webhook-signature", signature),
            ]),
            None => headers.push(header("X-Gitlab-Token", secret.to_owned())),
        }
        Some(Delivery { headers, body: body.into_bytes(), received_at: RECEIVED_AT })
    }

    fn link_by_hand(&self, item: &WorkItemId) -> bool {
        let body = format!("{MARKER}\n- [A page](https://elsewhere.example.com/page)");
        note::by(&mut self.gitlab.store(), item, &people::stranger(), &body)
    }

    fn comments(&self, item: &WorkItemId) -> Option<Vec<String>> {
        self.find(item, note::written)
    }

    async fn code_host(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn CodeHost>>> {
        Some(connect_code_host("gitlab", &self.settings(Self::token(access)), policy).await)
    }

    fn seen_on_pull_request(&self, _: &Url, sha: &str) -> Option<Seen> {
        let review = self.gitlab.review();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let statuses = review::newest(&review.statuses, sha);
        Some(Seen {
            comments: review.notes.iter().map(|note| text(&note["body"])).collect(),
            statuses: statuses.iter().map(|it| (text(&it["name"]), text(&it["status"]))).collect(),
            sent: review.sent,
        })
    }
}

impl Site for Instance {
    fn settings(&self, token: &str) -> Settings {
        Settings::new("gitlab")
            .with("api_endpoint", self.page("").as_str(), Origin::Default)
            .with("api_key", token, Origin::Default)
            .with("project", PROJECT, Origin::Default)
            .with("webhook_secret", SECRETS.join("\n"), Origin::Default)
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.gitlab.store()
    }

    fn id(&self, item: &Item) -> String {
        full_name(item)
    }

    /// Links are the lines of a note's list.
    fn links(&self) -> usize {
        let store = self.gitlab.store();
        let notes = store.items.iter().flat_map(note::written);
        notes.map(|note| note.lines().filter(|line| line.starts_with("- [")).count()).sum()
    }

    fn token(&self) -> &'static str {
        GOOD_TOKEN
    }

    fn routes(&self) -> Routes {
        Routes {
            create: ("POST", "/projects/acme%2Fshop/issues"),
            get: ("GET", "/projects/acme%2Fshop/issues/"),
            search: ("GET", "/projects/acme%2Fshop/issues"),
            link: ("POST", "/notes"),
            identity: ("GET", "/api/v4/user"),
        }
    }
}

/// The body of a delivery.
fn payload(kind: &str, item: Option<&WorkItemId>) -> Value {
    let mut body = json!({"object_kind": kind, "event_type": kind, "user": {"id": 101, "username": "alex"},
        "project": {"id": 7, "path_with_namespace": PROJECT}});
    if let Some((_, number)) = item.and_then(|id| id.as_str().rsplit_once('#')) {
        let number: u64 = number.parse().unwrap_or_default();
        body["object_attributes"] =
            json!({"iid": number, "title": "A title", "state": "opened", "action": "update"});
        body["changes"] = json!({"title": {"previous": "A", "current": "A title"}});
    }
    body
}
