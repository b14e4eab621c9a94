//! Pull requests of Azure Repos: read whole, one comment thread, one status.

mod comment;
mod proposal;
mod status;
mod wire;

use super::{
    api::Api,
    dialect,
    page::{Page, Shows},
};
use crate::{
    code_host::{CodeHost, CommitStatus, Proposal, Written},
    error::{Error, ErrorKind, Result},
    http::Call,
    text::Markdown,
};
use async_trait::async_trait;
use url::Url;

/// Azure Repos of one organisation.
#[derive(Debug)]
pub(super) struct Repos {
    api: Api,
    /// The token's own account, whose comments are ours.
    account: tokio::sync::OnceCell<String>,
}

impl Repos {
    pub(super) fn new(api: Api) -> Self {
        Self { api, account: tokio::sync::OnceCell::new() }
    }

    async fn account(&self) -> Result<&str> {
        let ask = || async { Ok(self.api.whoami().await?.id) };
        self.account.get_or_try_init(ask).await.map(String::as_str)
    }

    /// The pull request that an address shows.
    fn place(&self, page: &Url) -> Result<Place> {
        let found = self.api.site.page(page);
        let place = found.and_then(|Page { project, repository, shows }| match shows {
            Shows::PullRequest(number) => Some(Place { project, repository, number }),
            Shows::Commit(_) => None,
        });
        place.ok_or_else(|| {
            let message = format!("find {page}: it is no pull request of this organisation");
            Error::new(ErrorKind::Config, message).with_hint(
                "give an address such as https://dev.azure.com/acme/Shop/_git/web/pullrequest/57",
            )
        })
    }
}

/// A pull request's place.
struct Place {
    project: String,
    repository: String,
    number: u64,
}

impl Place {
    /// Fills the parts of a path that name the pull request.
    fn fill<'a>(&self, call: Call<'a>) -> Call<'a> {
        self.repository(call).segment("number", self.number.to_string())
    }

    /// Fills the parts of a path that name its repository.
    fn repository<'a>(&self, call: Call<'a>) -> Call<'a> {
        call.segment("project", &*self.project).segment("repository", &*self.repository)
    }

    /// What is not there is named, and with it what there is to do.
    fn missing(&self, error: Error) -> Error {
        let Self { project, repository, number } = self;
        let doing = format!("find the pull request {number} in {project}/{repository}");
        match error.kind {
            ErrorKind::NotFound => error.during(doing).with_hint(
                "check the address, and that the token's account may see the repository",
            ),
            ErrorKind::Auth => error.during(doing).with_hint(dialect::AUTH_HINT),
            _ => error.during(doing),
        }
    }
}

#[async_trait]
impl CodeHost for Repos {
    fn serves(&self, page: &Url) -> bool {
        self.place(page).is_ok()
    }

    async fn get_pull_request(&self, page: &Url) -> Result<Proposal> {
        self.proposal(page).await
    }

    async fn find_comment(&self, page: &Url, marker: &str) -> Result<Option<String>> {
        self.said(&self.place(page)?, marker).await
    }

    async fn upsert_comment(&self, page: &Url, marker: &str, body: &Markdown) -> Result<Written> {
        self.comment(&self.place(page)?, marker, body).await
    }

    async fn set_status(&self, page: &Url, sha: &str, status: &CommitStatus) -> Result<()> {
        self.status(&self.place(page)?, sha, status).await
    }
}
