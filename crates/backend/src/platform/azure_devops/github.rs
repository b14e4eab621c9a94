//! Commits and pull requests at GitHub, as artifacts of an organisation that is connected to it.

use super::{AzureDevOps, artifact::Target, wire};
use crate::error::Result;
use serde_json::{Value, json};
use url::Url;

/// The web pages' own source of what GitHub's addresses stand for. Undocumented, and for full-access tokens only
/// (joshjohanning/azdo_commit_message_validator uses the same).
const PROVIDER: &str = "ms.vss-work-web.github-link-data-provider";

impl AzureDevOps {
    /// The artifact behind a page at GitHub; `None` for other pages, and where the organisation does not know its
    /// repository or does not tell this token.
    pub(super) async fn github_target(&self, item: u64, url: &Url) -> Result<Option<Target>> {
        let Some(page) = page(url) else { return Ok(None) };
        let known = self.github.get(&page.repository, self.internal_id(item, url)).await?;
        let Some(id) = known.as_ref() else { return Ok(None) };
        let (name, kind) = if page.is_commit {
            ("GitHub Commit", "GitHub/Commit")
        } else {
            ("GitHub Pull Request", "GitHub/PullRequest")
        };
        Ok(Some(Target::artifact(name, kind, &[id, &page.id])))
    }

    /// What the organisation calls the repository: neither its name nor GitHub's own number.
    async fn internal_id(&self, item: u64, url: &Url) -> Result<Option<String>> {
        let properties = json!({"workItemId": item.to_string(), "urls": [url.as_str()]});
        let body = json!({"context": {"properties": properties}, "contributionIds": [PROVIDER]});
        let call = self.api.http.post("_apis/Contribution/dataProviders/query").reads();
        let call = call.query("api-version", "7.1-preview.1").json(&body);
        match call.receive::<wire::Contribution>().await {
            Ok(answer) => Ok(found(&answer)),
            Err(error) if error.kind.is_transient() => Err(error),
            // Whoever may not ask links the page itself.
            Err(error) => {
                tracing::debug!(%error, "GitHub's repositories are not told");
                Ok(None)
            }
        }
    }
}

fn found(answer: &wire::Contribution) -> Option<String> {
    let items = answer.data.get(PROVIDER)?.get("resolvedLinkItems")?.as_array()?;
    let id = items.iter().find_map(|item| item.get("repoInternalId").and_then(Value::as_str))?;
    // It becomes a part of an address.
    let plain = !id.is_empty() && id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    plain.then(|| id.to_owned())
}

/// A commit or a pull request at GitHub.
struct Page {
    repository: String,
    is_commit: bool,
    id: String,
}

fn page(url: &Url) -> Option<Page> {
    if url.scheme() != "https" || url.host_str() != Some("github.com") {
        return None;
    }
    let parts: Vec<&str> = url.path_segments()?.collect();
    let [owner, name, what, id, ..] = parts.as_slice() else { return None };
    let is_commit = match *what {
        "commit" if id.len() == 40 && id.bytes().all(|c| c.is_ascii_hexdigit()) => true,
        "pull" if id.parse::<u32>().is_ok() => false,
        _ => return None,
    };
    Some(Page { repository: format!("{owner}/{name}"), is_commit, id: (*id).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_and_pull_requests_are_told_from_other_pages() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let check = |url: &str, expected: Option<(&str, bool)>| {
            let page = page(&url.parse().unwrap());
            let found = page.as_ref().map(|page| (page.id.as_str(), page.is_commit));
            assert_eq!(found, expected, "{url}");
        };
        check(&format!("https://github.com/a/b/commit/{sha}"), Some((sha, true)));
        check("https://github.com/a/b/pull/12/files", Some(("12", false)));
        check("https://github.com/a/b/issues/12", None);
        check("https://github.com/a/b/commit/0123", None);
        check("https://github.com.elsewhere.example/a/b/pull/12", None);
        check("https://git.acme.example/a/b/pull/12", None);
    }

    #[test]
    fn the_internal_id_is_found_and_nothing_else_is_taken_for_one() {
        let answer = |items: Value| -> wire::Contribution {
            let data = json!({PROVIDER: {"resolvedLinkItems": items}});
            serde_json::from_value(json!({"data": data})).unwrap()
        };
        let id = "d1a3f1c4-0000-4000-8000-000000000001";
        assert_eq!(found(&answer(json!([{"repoInternalId": id}]))).as_deref(), Some(id));
        assert_eq!(found(&answer(json!([{"repoInternalId": "a/../b"}]))), None);
        assert_eq!(found(&answer(json!([]))), None);
        assert_eq!(found(&serde_json::from_value(json!({})).unwrap()), None);
    }
}
