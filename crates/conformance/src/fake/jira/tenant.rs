//! A fake Jira as a subject of the suite: its server, its settings, its deliveries.

use super::{
    CLIENT_ID, CLIENT_SECRET, Deployment, EMAIL, GOOD_TOKEN, HIDDEN_PROJECT, Jira, OTHER_PROJECT,
    PROJECT, WEAK_CLIENT_SECRET, WEAK_TOKEN, document, is_named,
};
use crate::{
    fake::{
        Server,
        store::{Store, WebLink},
    },
    sign,
    subject::{Access, Facts, RECEIVED_AT, Routes, Sample, Site, Subject, connect, connect_panel},
};
use async_trait::async_trait;
use backend::{
    Result, Tracker,
    health::Quota,
    http::Policy,
    model::{Status, WorkItemId},
    panel::Panel,
    settings::{Origin, Settings},
    webhook::Delivery,
};
use serde_json::{Value, json};
use std::{
    io,
    sync::{Arc, MutexGuard},
};

const SECRETS: [&str; 2] = ["new-webhook-secret-0123456789", "old-webhook-secret-0123456789"];

/// A running fake Jira.
pub struct Tenant {
    jira: Arc<Jira>,
    server: Server,
}

impl Tenant {
    /// Starts a new site.
    pub fn start(deployment: Deployment) -> io::Result<Box<dyn Site>> {
        Ok(Box::new(Self::new(deployment)?))
    }

    /// Starts a new site, to be used as what it is.
    pub fn new(deployment: Deployment) -> io::Result<Self> {
        let jira = Arc::new(Jira::new(deployment));
        let server = Server::start(Arc::clone(&jira) as Arc<dyn crate::fake::Handler>)?;
        Ok(Self { jira, server })
    }

    /// The site behind the server.
    pub fn jira(&self) -> &Jira {
        &self.jira
    }
}

#[async_trait]
impl Subject for Tenant {
    fn name(&self) -> &'static str {
        match self.jira.deployment {
            Deployment::Cloud => "jira-cloud",
            Deployment::DataCenter => "jira-dc",
        }
    }

    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        let token = match access {
            Access::Good => GOOD_TOKEN,
            Access::Wrong => "wrong-token-f0e1d2c3b4a5",
            Access::Weak => WEAK_TOKEN,
        };
        Some(connect("jira", &self.settings(token), policy).await)
    }

    fn facts(&self) -> Facts {
        Facts {
            quota: (!self.jira.is_cloud()).then_some(Quota { remaining: 999, limit: Some(1000) }),
            assignee: Some("alex@example.com"),
            custom_field: Some(("customfield_10030", json!("energy"))),
            foreign_item: Some(WorkItemId::new(format!("{OTHER_PROJECT}-1"))),
            hidden_item: Some(WorkItemId::new(format!("{HIDDEN_PROJECT}-1"))),
            native: Some(|label| format!("labels = \"{label}\" OR labels = \"{label}-two\"")),
            unreachable: Some((Status::Blocked, Status::Done)),
            webhook_secrets: SECRETS.to_vec(),
            ..Facts::default()
        }
    }

    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        let body = match sample {
            Sample::Updated(id) => payload("jira:issue_updated", Some(id)).to_string(),
            Sample::Unknown => payload("jira:tea_brewed", None).to_string(),
            Sample::Garbage => "{".to_owned(),
        };
        let header = |name: &str, value: String| (name.to_owned(), value);
        let signature = format!("sha256={}", sign::hmac_sha256(secret, body.as_bytes()));
        let headers = vec![
            header("Content-Type", "application/json".to_owned()),
            header("X-Atlassian-Webhook-Identifier", "f2a5".to_owned()),
            header("X-Hub-Signature", signature),
        ];
        Some(Delivery { headers, body: body.into_bytes(), received_at: RECEIVED_AT })
    }

    fn link_by_hand(&self, item: &WorkItemId) -> bool {
        let mut store = self.jira.store();
        let serial = store.next_serial();
        let body = json!({"globalId": null, "application": null, "relationship": "mentioned in",
            "object": {"url": "https://wiki.example.com/page", "title": "A page"}});
        let link = WebLink { serial, key: None, body };
        let item = store.find_mut(|known| is_named(known, item.as_str()));
        item.map(|item| item.links.push(link)).is_some()
    }

    async fn panel(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Panel>>> {
        let secret = match access {
            Access::Good => CLIENT_SECRET,
            Access::Wrong => "wrong-client-secret-f0e1d2c3b4a5",
            Access::Weak => WEAK_CLIENT_SECRET,
        };
        let settings =
            self.settings(GOOD_TOKEN).with("panel_client_secret", secret, Origin::Default);
        self.jira.is_cloud().then(|| connect_panel("jira", &settings, policy))
    }

    fn seen_in_panel(&self, item: &WorkItemId) -> Vec<(String, String)> {
        self.jira.development_of(item.as_str())
    }

    fn comments(&self, item: &WorkItemId) -> Option<Vec<String>> {
        let store = self.jira.store();
        let item = store.find(|known| is_named(known, item.as_str()))?;
        Some(item.comments.iter().map(|comment| document::plain(&comment.text)).collect())
    }
}

impl Site for Tenant {
    fn settings(&self, token: &str) -> Settings {
        let settings = Settings::new("jira")
            .with("api_endpoint", self.server.url().as_str(), Origin::Default)
            .with("api_key", token, Origin::Default)
            .with("project", PROJECT, Origin::Default)
            .with("webhook_secret", SECRETS.join("\n"), Origin::Default);
        match self.jira.deployment {
            Deployment::Cloud => settings
                .with("organization", EMAIL, Origin::Default)
                .with("panel_client_id", CLIENT_ID, Origin::Default)
                .with("panel_client_secret", CLIENT_SECRET, Origin::Default),
            Deployment::DataCenter => settings,
        }
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.jira.store()
    }

    fn token(&self) -> &'static str {
        GOOD_TOKEN
    }

    fn routes(&self) -> Routes {
        match self.jira.deployment {
            Deployment::Cloud => Routes {
                create: ("POST", "/rest/api/3/issue"),
                get: ("GET", "/rest/api/3/issue/SHOP-"),
                search: ("POST", "/rest/api/3/search/jql"),
                link: ("POST", "/remotelink"),
                identity: ("GET", "/rest/api/3/myself"),
            },
            Deployment::DataCenter => Routes {
                create: ("POST", "/rest/api/2/issue"),
                get: ("GET", "/rest/api/2/issue/SHOP-"),
                search: ("POST", "/rest/api/2/search"),
                link: ("POST", "/remotelink"),
                identity: ("GET", "/rest/api/2/myself"),
            },
        }
    }
}

/// The body of a delivery.
fn payload(event: &str, item: Option<&WorkItemId>) -> Value {
    let mut body = json!({"timestamp": 1_770_000_000_000_u64, "webhookEvent": event,
        "issue_event_type_name": "issue_generic", "user": {"displayName": "Alex Example"}});
    if let Some(id) = item {
        body["issue"] = json!({"id": "10001", "key": id, "fields": {"summary": "A title"}});
        body["changelog"] = json!({"id": "1", "items": [{"field": "status", "fieldId": "status",
            "from": "1", "fromString": "To Do", "to": "2", "toString": "Done"}]});
    }
    body
}
