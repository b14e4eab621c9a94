//! A fake Linear as a subject of the suite: its server, its settings, its deliveries.

use super::{GOOD_KEY, HIDDEN_TEAM, Linear, OTHER_TEAM, TEAM, WEAK_KEY, view::uuid};
use crate::{
    fake::{
        Handler, Server,
        store::{Store, WebLink},
    },
    sign,
    subject::{Access, Facts, RECEIVED_AT, Routes, Sample, Site, Subject, connect},
};
use async_trait::async_trait;
use backend::{
    Result, Tracker,
    health::Quota,
    http::Policy,
    model::WorkItemId,
    settings::{Origin, Settings},
    webhook::Delivery,
};
use serde_json::json;
use std::{
    io,
    sync::{Arc, MutexGuard},
};

const SECRETS: [&str; 2] = ["lin_wh_new_secret0123456789", "lin_wh_old_secret0123456789"];

/// A running fake Linear.
pub struct Tenant {
    linear: Arc<Linear>,
    server: Server,
}

impl Tenant {
    /// Starts a new site.
    pub fn start() -> io::Result<Box<dyn Site>> {
        Ok(Box::new(Self::new()?))
    }

    /// Starts a new site, to be used as what it is.
    pub fn new() -> io::Result<Self> {
        let linear = Arc::new(Linear::default());
        let server = Server::start(Arc::clone(&linear) as Arc<dyn Handler>)?;
        Ok(Self { linear, server })
    }

    /// The site behind the server.
    pub fn linear(&self) -> &Linear {
        &self.linear
    }
}

#[async_trait]
impl Subject for Tenant {
    fn name(&self) -> &'static str {
        "linear"
    }

    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        let key = match access {
            Access::Good => GOOD_KEY,
            Access::Wrong => "lin_api_wrong0f1e2d3c4b5a",
            Access::Weak => WEAK_KEY,
        };
        Some(connect("linear", &self.settings(key), policy).await)
    }

    fn facts(&self) -> Facts {
        Facts {
            quota: Some(Quota { remaining: 4999, limit: Some(5000) }),
            assignee: Some("alex@example.com"),
            foreign_item: Some(WorkItemId::new(format!("{OTHER_TEAM}-1"))),
            hidden_item: Some(WorkItemId::new(format!("{HIDDEN_TEAM}-1"))),
            native: Some(|label| json!({"labels": {"some": {"name": {"eq": label}}}}).to_string()),
            webhook_secrets: SECRETS.to_vec(),
            webhook_item: WorkItemId::new(format!("{TEAM}-1")),
            estimate: Some(3.0),
            ..Facts::default()
        }
    }

    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        let sent = (RECEIVED_AT.as_second() - 5) * 1000;
        let body = match sample {
            Sample::Updated(id) => {
                json!({"action": "update", "type": "Issue", "webhookTimestamp": sent,
                "data": {"id": uuid(5, 9), "identifier": id, "title": "A title"},
                "updatedFrom": {"title": "Before"}, "organizationId": uuid(8, 1)})
                .to_string()
            }
            Sample::Unknown => {
                json!({"action": "brew", "type": "Tea", "webhookTimestamp": sent}).to_string()
            }
            Sample::Garbage => "{".to_owned(),
        };
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![
            header("Content-Type", "application/json"),
            // A UUID in truth; it is not signed, so that a forged one says nothing.
            header("Linear-Delivery", "234d1a4e"),
            header("Linear-Event", "Issue"),
            header("Linear-Signature", &sign::hmac_sha256(secret, body.as_bytes())),
        ];
        Some(Delivery { headers, body: body.into_bytes(), received_at: RECEIVED_AT })
    }

    fn link_by_hand(&self, item: &WorkItemId) -> bool {
        let mut store = self.linear.store();
        let serial = store.next_serial();
        let url = "https://wiki.example.com/page";
        let body = json!({"id": uuid(7, serial), "url": url, "title": "A page", "subtitle": null,
            "metadata": {}, "archivedAt": null});
        let link = WebLink { serial, key: Some(url.to_owned()), body };
        let item = store.find_mut(|known| known.key() == item.as_str());
        item.map(|item| item.links.push(link)).is_some()
    }

    fn comments(&self, item: &WorkItemId) -> Option<Vec<String>> {
        let store = self.linear.store();
        let item = store.find(|known| known.key() == item.as_str())?;
        let text = |comment: &crate::fake::store::Comment| {
            comment.text["body"].as_str().unwrap_or_default().to_owned()
        };
        Some(item.comments.iter().map(text).collect())
    }
}

impl Site for Tenant {
    fn settings(&self, key: &str) -> Settings {
        Settings::new("linear")
            .with("api_endpoint", format!("{}graphql", self.server.url()), Origin::Default)
            .with("api_key", key, Origin::Default)
            .with("project", TEAM, Origin::Default)
            .with("webhook_secret", SECRETS.join("\n"), Origin::Default)
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.linear.store()
    }

    fn token(&self) -> &'static str {
        GOOD_KEY
    }

    fn routes(&self) -> Routes {
        Routes {
            create: ("POST", "#CreateIssue"),
            get: ("POST", "#ReadIssue"),
            search: ("POST", "#SearchIssues"),
            link: ("POST", "#LinkPage"),
            identity: ("POST", "#WhoAmI"),
        }
    }

    fn finds_lost_creates(&self) -> bool {
        true
    }
}
