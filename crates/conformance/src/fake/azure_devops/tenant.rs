//! A fake Azure DevOps as a subject of the suite: its server, its settings, its deliveries.

use super::{
    AzureDevOps, Deployment, GOOD_TOKEN, HIDDEN_PROJECT, OTHER_PROJECT, PROJECT, REPOSITORY,
    WEAK_TOKEN, git,
};
use crate::{
    fake::{
        Server,
        store::{Item, Store, WebLink},
    },
    subject::{
        Access, Facts, KnownPullRequest, RECEIVED_AT, Routes, Sample, Seen, Site, Subject, connect,
        connect_code_host,
    },
};
use async_trait::async_trait;
use backend::{
    Result, Tracker,
    code_host::CodeHost,
    http::Policy,
    model::{Kind, Status, WorkItemId},
    settings::{Origin, Settings},
    webhook::Delivery,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    io,
    sync::{Arc, MutexGuard},
};
use url::Url;

const SECRETS: [&str; 2] = ["new-webhook-secret-0123456789", "old-webhook-secret-0123456789"];

/// The states that a task of plain Scrum has.
const OF_SCRUM: &[Status] = &[Status::Todo, Status::InProgress, Status::Done, Status::Cancelled];

/// A running fake Azure DevOps.
pub struct Tenant {
    azure: Arc<AzureDevOps>,
    server: Server,
}

impl Tenant {
    /// Starts a new organisation.
    pub fn start(deployment: Deployment) -> io::Result<Box<dyn Site>> {
        Ok(Box::new(Self::new(deployment)?))
    }

    /// Starts a new organisation, to be used as what it is.
    pub fn new(deployment: Deployment) -> io::Result<Self> {
        let azure = Arc::new(AzureDevOps::new(deployment));
        let server = Server::start(Arc::clone(&azure) as Arc<dyn crate::fake::Handler>)?;
        Ok(Self { azure, server })
    }

    /// The organisation behind the server.
    pub fn azure(&self) -> &AzureDevOps {
        &self.azure
    }

    /// An address below the organisation.
    pub fn page(&self, rest: &str) -> Url {
        let mut url = self.server.url().clone();
        let path = format!("/{}/{rest}", self.azure.deployment.collection());
        url.set_path(path.trim_end_matches('/'));
        url
    }

    /// The page of a pull request of the known repository.
    fn pull_request(&self, number: u64) -> Url {
        self.page(&format!("{PROJECT}/_git/{REPOSITORY}/pullrequest/{number}"))
    }

    /// The item of a project that was there first.
    fn first_of(&self, project: &str) -> Option<WorkItemId> {
        let store = self.azure.store();
        let item = store.find(|item| item.project == project)?;
        Some(WorkItemId::new(item.serial.to_string()))
    }
}

fn token(access: Access) -> &'static str {
    match access {
        Access::Good => GOOD_TOKEN,
        Access::Wrong => "wrong-pat-f0e1d2c3b4a5f0e1d2c3b4",
        Access::Weak => WEAK_TOKEN,
    }
}

#[async_trait]
impl Subject for Tenant {
    fn name(&self) -> &'static str {
        match self.azure.deployment {
            Deployment::Services => "azure-devops",
            Deployment::Server => "azure-devops-server",
        }
    }

    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        Some(connect("azure-devops", &self.settings(token(access)), policy).await)
    }

    fn facts(&self) -> Facts {
        let services = self.azure.is_services();
        let field = if services {
            ("Custom.Sector", json!("energy"))
        } else {
            ("Microsoft.VSTS.Scheduling.RemainingWork", json!(4))
        };
        Facts {
            assignee: Some("alex@example.com"),
            custom_field: Some(field),
            foreign_item: self.first_of(OTHER_PROJECT),
            hidden_item: self.first_of(HIDDEN_PROJECT),
            native: Some(|label| {
                let tagged = |tag: &str| format!("[System.Tags] CONTAINS '{tag}'");
                let two = format!("{label}-two");
                format!(
                    "SELECT [System.Id] FROM WorkItems WHERE {} OR {}",
                    tagged(label),
                    tagged(&two)
                )
            }),
            states: if services { Status::ALL } else { OF_SCRUM },
            estimated: Kind::Feature,
            webhook_secrets: SECRETS.to_vec(),
            webhook_item: WorkItemId::new("5"),
            bodies_are_signed: false,
            pull_request: Some(KnownPullRequest {
                page: self.pull_request(git::PULL_REQUEST),
                title: git::TITLE,
                source_branch: git::BRANCH,
                commits: (git::COMMITS, true),
                absent: self.pull_request(999),
            }),
            ..Facts::default()
        }
    }

    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        let body = match sample {
            Sample::Updated(id) => payload("workitem.updated", Some(id)).to_string(),
            Sample::Unknown => payload("tea.brewed", None).to_string(),
            Sample::Garbage => "{".to_owned(),
        };
        let password = format!("Basic {}", STANDARD.encode(format!("hook:{secret}")));
        let headers = vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("Authorization".to_owned(), password),
        ];
        Some(Delivery { headers, body: body.into_bytes(), received_at: RECEIVED_AT })
    }

    fn link_by_hand(&self, item: &WorkItemId) -> bool {
        let mut store = self.azure.store();
        let serial = store.next_serial();
        let body = json!({"rel": "Hyperlink", "url": "https://wiki.example.com/page",
            "attributes": {"comment": "A page"}});
        let link = WebLink { serial, key: None, body };
        let item = store.find_mut(|known| known.serial.to_string() == item.as_str());
        item.map(|item| item.links.push(link)).is_some()
    }

    async fn code_host(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn CodeHost>>> {
        Some(connect_code_host("azure-devops", &self.settings(token(access)), policy).await)
    }

    fn seen_on_pull_request(&self, page: &Url, sha: &str) -> Option<Seen> {
        (*page == self.pull_request(git::PULL_REQUEST)).then(|| self.azure.git().seen(sha))
    }

    fn comments(&self, item: &WorkItemId) -> Option<Vec<String>> {
        let store = self.azure.store();
        let item = store.find(|known| known.serial.to_string() == item.as_str())?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(item.comments.iter().map(|comment| text(&comment.text)).collect())
    }
}

impl Site for Tenant {
    fn settings(&self, token: &str) -> Settings {
        Settings::new("azure_devops")
            .with("api_endpoint", self.page("").as_str(), Origin::Default)
            .with("api_key", token, Origin::Default)
            .with("organization", "your-org", Origin::Default)
            .with("project", PROJECT, Origin::Default)
            .with("webhook_secret", SECRETS.join("\n"), Origin::Default)
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.azure.store()
    }

    fn token(&self) -> &'static str {
        GOOD_TOKEN
    }

    fn id(&self, item: &Item) -> String {
        item.serial.to_string()
    }

    fn routes(&self) -> Routes {
        Routes {
            create: ("POST", "/_apis/wit/workitems/"),
            get: ("GET", "/_apis/wit/workitems/"),
            search: ("POST", "/_apis/wit/wiql"),
            link: ("PATCH", "/_apis/wit/workitems/"),
            identity: ("GET", "/_apis/connectionData"),
        }
    }
}

/// The body of a delivery. An update has a number of its own.
fn payload(event: &str, item: Option<&WorkItemId>) -> Value {
    let mut body = json!({"id": "27646e0e-0000-4000-8000-0000000000e1", "eventType": event,
        "publisherId": "tfs", "resourceVersion": "1.0", "createdDate": "2026-02-02T02:40:00Z"});
    if let Some(number) = item.and_then(|id| id.as_str().parse::<u64>().ok()) {
        body["resource"] = json!({"id": 2, "workItemId": number, "rev": 2, "revision": {"id": number},
            "fields": {"System.State": {"oldValue": "New", "newValue": "Active"}}});
    }
    body
}
