//! What a link leads to: an artifact of Azure Repos or GitHub where that can be, else the page itself.

use super::{
    AzureDevOps,
    api::Api,
    page::{Page, Shows},
    wire,
};
use crate::error::{Error, ErrorKind, Result};
use std::sync::Arc;
use url::Url;

/// The other end of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// Kind of the relation.
    pub(super) rel: &'static str,
    pub(super) url: String,
    /// The name of the link's type, without which an artifact is refused
    /// (microsoft/azure-devops-dotnet-samples#135).
    pub(super) name: Option<&'static str>,
}

impl Target {
    /// The page itself, as it is.
    pub(super) fn page(url: &Url) -> Self {
        Self { rel: "Hyperlink", url: url.to_string(), name: None }
    }

    /// An artifact, of which the parts of the address are joined as Azure DevOps itself writes them.
    pub(super) fn artifact(name: &'static str, kind: &str, parts: &[&str]) -> Self {
        let url = format!("vstfs:///{kind}/{}", parts.join("%2F"));
        Self { rel: "ArtifactLink", url, name: Some(name) }
    }

    /// True for the relation that leads there. Its address comes back with `%2f` or `%2F`.
    pub(super) fn is(&self, relation: &wire::Relation) -> bool {
        let same = if self.name.is_some() {
            relation.url.eq_ignore_ascii_case(&self.url)
        } else {
            relation.url == self.url
        };
        same && relation.rel == self.rel
    }
}

impl AzureDevOps {
    /// What a page is linked as. Azure DevOps stores links to commits that are not there without a word
    /// (microsoft/azure-devops-mcp#1547), so that they are looked up first.
    pub(super) async fn target(&self, item: u64, url: &Url) -> Result<Target> {
        if let Some(page) = self.api.site.page(url) {
            return self.repos_target(&page).await;
        }
        let github = self.github_target(item, url).await?;
        Ok(github.unwrap_or_else(|| Target::page(url)))
    }

    /// What a page of Azure Repos is known by, be there what it shows or not.
    pub(super) async fn artifact(&self, page: &Page) -> Result<Target> {
        let repository = self.api.repository(page).await?;
        let (project, id) = (&*repository.project.id, &*repository.id);
        Ok(match &page.shows {
            Shows::Commit(sha) => {
                Target::artifact("Fixed in Commit", "Git/Commit", &[project, id, sha])
            }
            Shows::PullRequest(number) => {
                let number = number.to_string();
                Target::artifact("Pull Request", "Git/PullRequestId", &[project, id, &number])
            }
        })
    }

    async fn repos_target(&self, page: &Page) -> Result<Target> {
        let repository = self.api.repository(page).await?;
        let (call, what) = match &page.shows {
            Shows::Commit(sha) => {
                let call =
                    self.api.get("{project}/_apis/git/repositories/{repository}/commits/{commit}");
                (call.segment("commit", &**sha), format!("the commit {}", &sha[..12]))
            }
            Shows::PullRequest(number) => {
                let call = self
                    .api
                    .get("{project}/_apis/git/repositories/{repository}/pullrequests/{number}");
                (call.segment("number", number.to_string()), format!("the pull request {number}"))
            }
        };
        let call = call.segment("project", &*repository.project.id);
        let found = call.segment("repository", &*repository.id).send().await;
        found.map_err(|error| missing(error, &format!("find {what} in {}", page.place())))?;
        self.artifact(page).await
    }
}

impl Api {
    /// A repository of Azure Repos, read once. Artifacts are named by its GUID, never by its name.
    pub(super) async fn repository(&self, page: &Page) -> Result<Arc<wire::Repository>> {
        let place = page.place();
        let ask = async {
            let call = self
                .get("{project}/_apis/git/repositories/{repository}")
                .segment("project", &*page.project)
                .segment("repository", &*page.repository);
            call.receive()
                .await
                .map_err(|error| missing(error, &format!("find the repository {place}")))
        };
        self.repositories.get(&place, ask).await
    }
}

/// Code that is not there, or that the token may not see.
fn missing(error: Error, doing: &str) -> Error {
    let hint = match error.kind {
        ErrorKind::NotFound => {
            "push it first, and check that the token's account may see the repository"
        }
        ErrorKind::Forbidden | ErrorKind::Auth => {
            "give the PAT (AZURE_DEVOPS_PAT) the scope Code (Read), and its account the right to read the repository"
        }
        _ => return error.during(doing),
    };
    error.during(doing).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_the_same_in_any_case_and_a_page_is_not() {
        let relation = |rel: &str, url: &str| wire::Relation {
            rel: rel.to_owned(),
            url: url.to_owned(),
            attributes: serde_json::Map::new(),
        };
        let target = Target::artifact("Fixed in Commit", "Git/Commit", &["p", "r", "0123"]);
        assert_eq!(target.url, "vstfs:///Git/Commit/p%2Fr%2F0123");
        assert!(target.is(&relation("ArtifactLink", "vstfs:///git/commit/P%2fr%2f0123")));
        assert!(!target.is(&relation("Hyperlink", &target.url)));
        let page = Target::page(&"https://git.acme.example/A".parse().unwrap());
        assert!(page.is(&relation("Hyperlink", "https://git.acme.example/A")));
        assert!(!page.is(&relation("Hyperlink", "https://git.acme.example/a")));
    }
}
