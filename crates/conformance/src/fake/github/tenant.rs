//! A fake GitHub as a subject of the suite: its server, its settings, its deliveries.

use super::{
    Deployment, GOOD_TOKEN, GitHub, HIDDEN_REPOSITORY, OTHER_REPOSITORY, REPOSITORY, WEAK_TOKEN,
    find, project, pull,
};
use crate::{
    fake::{
        Handler, Server,
        store::{Comment, Store},
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
    model::WorkItemId,
    settings::{Origin, Settings},
    webhook::Delivery,
};
use serde_json::{Value, json};
use std::{
    io,
    sync::{Arc, MutexGuard},
};
use url::Url;

const SECRETS: [&str; 2] = ["new-webhook-secret-0123456789", "old-webhook-secret-0123456789"];

/// A running fake GitHub.
pub struct Tenant {
    github: Arc<GitHub>,
    server: Server,
}

impl Tenant {
    /// Starts a new site.
    pub fn start(deployment: Deployment) -> io::Result<Box<dyn Site>> {
        Ok(Box::new(Self::new(deployment)?))
    }

    /// Starts a new site, to be used as what it is.
    pub fn new(deployment: Deployment) -> io::Result<Self> {
        let github = Arc::new(GitHub::new(deployment));
        let server = Server::start(Arc::clone(&github) as Arc<dyn Handler>)?;
        Ok(Self { github, server })
    }

    /// The site behind the server.
    pub fn github(&self) -> &GitHub {
        &self.github
    }

    fn origin(&self) -> &str {
        self.server.url().as_str().trim_end_matches('/')
    }

    fn page(&self, number: u64) -> Option<Url> {
        format!("{}/{REPOSITORY}/pull/{number}", self.origin()).parse().ok()
    }

    fn pull_request(&self) -> Option<KnownPullRequest> {
        Some(KnownPullRequest {
            page: self.page(1)?,
            title: pull::TITLE,
            source_branch: pull::BRANCH,
            commits: (pull::COMMITS, true),
            absent: self.page(999_999)?,
        })
    }
}

fn token(access: Access) -> &'static str {
    match access {
        Access::Good => GOOD_TOKEN,
        Access::Wrong => "ghp_wrong-token-f0e1d2c3b4a5",
        Access::Weak => WEAK_TOKEN,
    }
}

/// Repository and number of an id.
fn parts(item: &WorkItemId) -> (&str, &str) {
    item.as_str().split_once('#').unwrap_or_default()
}

#[async_trait]
impl Subject for Tenant {
    fn name(&self) -> &'static str {
        match self.github.deployment {
            Deployment::Cloud => "github",
            Deployment::Server => "github-enterprise",
        }
    }

    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        Some(connect("github", &self.settings(token(access)), policy).await)
    }

    fn facts(&self) -> Facts {
        Facts {
            quota: Some(Quota { remaining: 4999, limit: Some(5000) }),
            assignee: Some("alex"),
            custom_field: Some(("milestone", json!(1))),
            foreign_item: Some(WorkItemId::new(format!("{OTHER_REPOSITORY}#1"))),
            hidden_item: Some(WorkItemId::new(format!("{HIDDEN_REPOSITORY}#1"))),
            native: Some(|label| format!("label:\"{label}\" OR label:\"{label}-two\"")),
            webhook_secrets: SECRETS.to_vec(),
            webhook_item: WorkItemId::new(format!("{REPOSITORY}#2")),
            pull_request: self.pull_request(),
            ..Facts::default()
        }
    }

    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        let (event, body) = match sample {
            Sample::Updated(id) => ("issues", payload(id).to_string()),
            Sample::Unknown => ("tea_brewed", json!({"action": "poured"}).to_string()),
            Sample::Garbage => ("issues", "{".to_owned()),
        };
        let header = |name: &str, value: String| (name.to_owned(), value);
        let signature = format!("sha256={}", sign::hmac_sha256(secret, body.as_bytes()));
        let headers = vec![
            header("Content-Type", "application/json".to_owned()),
            header("X-GitHub-Delivery", "72d3162e".to_owned()),
            header("X-GitHub-Event", event.to_owned()),
            header("X-Hub-Signature-256", signature),
        ];
        Some(Delivery { headers, body: body.into_bytes(), received_at: RECEIVED_AT })
    }

    /// A stranger, who may comment as everybody may, writes the product's own marker.
    fn link_by_hand(&self, item: &WorkItemId) -> bool {
        let mut store = self.github.store();
        let (serial, created) = (store.next_serial(), store.tick());
        let body = "<!-- devops-integrations:links -->\n**Linked by devops-integrations**\n\n\
            - [a page](https://evil.example/page)";
        let text = json!({"body": body, "login": "stranger", "association": "NONE"});
        let (repository, number) = parts(item);
        let item = store.find_mut(|known| super::is_at(known, repository, number));
        item.map(|item| item.comments.push(Comment { serial, text, created })).is_some()
    }

    async fn code_host(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn CodeHost>>> {
        Some(connect_code_host("github", &self.settings(token(access)), policy).await)
    }

    fn seen_on_pull_request(&self, page: &Url, sha: &str) -> Option<Seen> {
        let number = page.path().rsplit('/').next()?;
        let comments = self.comments(&WorkItemId::new(format!("{REPOSITORY}#{number}")))?;
        let all = self.github.statuses();
        let mut statuses: Vec<(String, String)> = Vec::new();
        for (_, status) in all.iter().rev().filter(|(of, _)| of == sha) {
            let text = |key: &str| status[key].as_str().unwrap_or_default().to_owned();
            if statuses.iter().all(|(context, _)| *context != text("context")) {
                statuses.push((text("context"), text("state")));
            }
        }
        Some(Seen { comments, statuses, sent: all.len() })
    }

    fn comments(&self, item: &WorkItemId) -> Option<Vec<String>> {
        let store = self.github.store();
        let (repository, number) = parts(item);
        let item = find(&store, repository, number).ok()?;
        let body = |comment: &Comment| comment.text["body"].as_str().map(str::to_owned);
        Some(item.comments.iter().filter_map(body).collect())
    }
}

impl Site for Tenant {
    fn settings(&self, token: &str) -> Settings {
        let custom = json!({"project_number": project::NUMBER});
        let api = format!("{}{}", self.origin(), self.github.root());
        Settings::new("github")
            .with("api_endpoint", api, Origin::Default)
            .with("api_key", token, Origin::Default)
            .with("project", REPOSITORY, Origin::Default)
            .with("webhook_secret", SECRETS.join("\n"), Origin::Default)
            .with_custom(custom.as_object().cloned().unwrap_or_default())
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.github.store()
    }

    fn token(&self) -> &'static str {
        GOOD_TOKEN
    }

    fn routes(&self) -> Routes {
        Routes {
            create: ("POST", "/repos/acme/shop/issues"),
            get: ("GET", "/repos/acme/shop/issues/"),
            search: ("GET", "/repos/acme/shop/issues"),
            link: ("POST", "/comments"),
            identity: ("GET", "/user"),
        }
    }
}

/// The body of a delivery.
fn payload(id: &WorkItemId) -> Value {
    let (repository, number) = parts(id);
    let number: u64 = number.parse().unwrap_or_default();
    json!({"action": "edited", "issue": {"id": 10_001, "number": number, "title": "A title"},
        "changes": {"title": {"from": "Another title"}}, "repository": {"full_name": repository},
        "sender": {"login": "alex"}})
}
