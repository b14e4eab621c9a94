//! CodeCatalyst as a subject: alone, and with the embedded tracker for its work items.

use crate::{
    fake::{
        Server,
        codecatalyst::{CodeCatalyst, GOOD_TOKEN, PROJECT, SPACE},
    },
    local::Local,
    subject::{Access, Facts, Sample, Subject, connect},
};
use async_trait::async_trait;
use backend::{
    Result, Tracker,
    delegate::Delegated,
    http::Policy,
    settings::{Origin, Settings},
    webhook::Delivery,
};
use std::{io, sync::Arc};

/// A running fake CodeCatalyst, and what has its work items.
pub struct Site {
    server: Server,
    work_items: Option<Local>,
}

impl Site {
    /// Starts a site without work items.
    pub fn alone() -> io::Result<Self> {
        Ok(Self { server: Server::start(Arc::new(CodeCatalyst))?, work_items: None })
    }

    /// Starts a site whose work items are in a new file.
    pub fn delegating() -> io::Result<Self> {
        Ok(Self { work_items: Some(Local::new()?), ..Self::alone()? })
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The settings that a user of the site would have, with this token.
    pub fn settings(&self, token: &str) -> Settings {
        Settings::new("codecatalyst")
            .with("api_endpoint", self.server.url().as_str(), Origin::Default)
            .with("api_key", token, Origin::Default)
            .with("organization", SPACE, Origin::Default)
            .with("project", PROJECT, Origin::Default)
    }
}

#[async_trait]
impl Subject for Site {
    fn name(&self) -> &'static str {
        if self.work_items.is_some() { "codecatalyst-delegating" } else { "codecatalyst" }
    }

    /// What a token may do is nothing that writes, so that none is too weak.
    async fn connect(&self, access: Access, policy: Policy) -> Option<Result<Box<dyn Tracker>>> {
        let token = match access {
            Access::Good => GOOD_TOKEN,
            Access::Wrong => "wrong-session-f0e1d2c3b4a5",
            Access::Weak => return None,
        };
        let code = connect("codecatalyst", &self.settings(token), policy).await;
        let Some(local) = &self.work_items else { return Some(code) };
        // The file has no credentials that could be wrong; with a wrong token CodeCatalyst is asked alone.
        if access != Access::Good {
            return Some(code);
        }
        let items = local.connect(access, policy).await?;
        let both = |(code, items)| Box::new(Delegated::new(code, items)) as Box<dyn Tracker>;
        Some(code.and_then(|code| Ok((code, items?))).map(both))
    }

    fn facts(&self) -> Facts {
        self.work_items.as_ref().map(Subject::facts).unwrap_or_default()
    }

    fn deliver(&self, sample: &Sample<'_>, secret: &str) -> Option<Delivery> {
        self.work_items.as_ref()?.deliver(sample, secret)
    }
}
