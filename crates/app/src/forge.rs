//! Where a repository's pages are: from a git remote to the address of a commit. The one table of code forges.

use backend::reference::Grammar;
use url::Url;

/// How a family of forges forms the addresses of its pages, and what it closes.
struct Forge {
    /// What the host's name contains.
    host: &'static str,
    /// What stands between the repository's address and the commit's id.
    commit: &'static str,
    /// What stands between the repository's address and the number of a pull request; empty where there are none.
    pull: &'static str,
    /// What the words in front of a number close there.
    grammar: Grammar,
}

impl Forge {
    const fn new(
        host: &'static str,
        commit: &'static str,
        pull: &'static str,
        grammar: Grammar,
    ) -> Self {
        Self { host, commit, pull, grammar }
    }
}

/// The first row that fits wins; the last fits everything.
const FORGES: &[Forge] = &[
    Forge::new("gitlab", "/-/commit/", "/-/merge_requests/", Grammar::GitLab),
    Forge::new("bitbucket.org", "/commits/", "/pull-requests/", Grammar::Common),
    Forge::new("git.sr.ht", "/commit/", "", Grammar::Common),
    Forge::new("dev.azure.com", "/commit/", "/pullrequest/", Grammar::Common),
    Forge::new("visualstudio.com", "/commit/", "/pullrequest/", Grammar::Common),
    Forge::new("", "/commit/", "/pull/", Grammar::GitHub),
];

/// The page of a pull request, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullPage {
    /// The page itself, without what leads to a part of it.
    pub page: Url,
    /// The page of its repository.
    pub repository: Url,
    /// Its number.
    pub number: u64,
    /// What the words in front of a number close there.
    pub grammar: Grammar,
}

impl PullPage {
    /// Takes an address apart; `None` for one that is no pull request's. The form of the path says which forge it is,
    /// whatever its host is called. Credentials in the address are dropped.
    pub fn parse(url: &Url) -> Option<Self> {
        let is_web = matches!(url.scheme(), "https" | "http");
        FORGES.iter().filter(|forge| is_web && !forge.pull.is_empty()).find_map(|forge| {
            let (path, rest) = url.path().split_once(forge.pull)?;
            let number = rest.split('/').next().filter(|digits| !digits.starts_with('0'))?;
            let number: u64 = number.parse().ok().filter(|_| path.len() > 1)?;
            let mut repository = Pages::new(url.clone()).repository;
            repository.set_query(None);
            repository.set_fragment(None);
            let mut page = repository.clone();
            repository.set_path(path);
            page.set_path(&format!("{path}{}{number}", forge.pull));
            Some(Self { page, repository, number, grammar: forge.grammar })
        })
    }
}

/// Where a repository's pages are.
#[derive(Debug, Clone)]
pub struct Pages {
    /// The repository's own page; a `file:` URL where it has none.
    pub repository: Url,
    /// What stands before a commit's id in the address of its page, where a CI host says it.
    commit_prefix: Option<String>,
}

impl Pages {
    /// The pages of a repository at this address; the form of a commit's address is told from the host's name.
    /// Credentials in the address are dropped: it is shown, and kept in the tracker.
    pub fn new(mut repository: Url) -> Self {
        // Only an address without a host cannot have credentials, and then it has none.
        let _ = repository.set_username("");
        let _ = repository.set_password(None);
        Self { repository, commit_prefix: None }
    }

    /// The pages that a CI host says; it knows its own form, whatever its host is called.
    pub fn from_host(context: &ci::Context) -> Option<Self> {
        let repository = Url::parse(context.repository_url.as_deref()?).ok()?;
        Some(Self { repository, commit_prefix: context.commit_url("") })
    }

    /// The page of a pull request.
    pub fn pull_request(&self, number: u64) -> Option<PullPage> {
        let told = |forge: &&Forge| {
            self.commit_prefix.as_ref().is_some_and(|prefix| prefix.ends_with(forge.commit))
        };
        // Only a path that no other forge has tells which it is.
        let by_path = FORGES.iter().find(told).filter(|forge| forge.commit.contains("/-/"));
        let forge = by_path.or_else(|| of(&self.repository))?;
        let mut page = self.repository.clone();
        let path = page.path().trim_end_matches('/').to_owned();
        page.set_path(&format!("{path}{}{number}", forge.pull));
        PullPage::parse(&page)
    }

    /// The page of a commit.
    pub fn commit(&self, sha: &str) -> Url {
        let told = self
            .commit_prefix
            .as_ref()
            .and_then(|prefix| Url::parse(&format!("{prefix}{sha}")).ok());
        told.unwrap_or_else(|| commit_url(&self.repository, sha))
    }
}

/// What the words in front of a number close in a repository; what every host agrees on where it has no page.
pub fn grammar(repository: &Url) -> Grammar {
    of(repository).map_or(Grammar::Common, |forge| forge.grammar)
}

/// The forge of a repository, told from its host's name; `None` where it has no host.
fn of(repository: &Url) -> Option<&'static Forge> {
    let host = repository.host_str()?.to_ascii_lowercase();
    FORGES.iter().find(|forge| host.contains(forge.host))
}

/// The address of a commit's page below the repository's address. A `file:` repository has no pages: the commit
/// becomes the fragment, which names it all the same.
fn commit_url(repository: &Url, sha: &str) -> Url {
    let mut url = repository.clone();
    if url.scheme() == "file" {
        url.set_fragment(Some(sha));
        return url;
    }
    let infix = of(repository).map_or("/commit/", |forge| forge.commit);
    let path = format!("{}{infix}{sha}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// The repository's page from a git remote: `git@host:owner/name.git`, `ssh://`, `https://user@host/...`.
/// Credentials in the remote are dropped. `None` for a path and for schemes without a page.
pub fn web_url(remote: &str) -> Option<Url> {
    let remote = remote.trim();
    let url = match Url::parse(remote) {
        Ok(url) if url.has_host() => url,
        _ => from_scp_form(remote)?,
    };
    let host = url.host_str()?;
    let (host, path) =
        azure_ssh(host, url.path()).unwrap_or_else(|| (host.to_owned(), url.path().to_owned()));
    let scheme = if url.scheme() == "http" { "http" } else { "https" };
    // A port of ssh says nothing about the web server's.
    let port = if url.scheme().starts_with("http") { url.port() } else { None };
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    let path = path.trim_end_matches('/').trim_end_matches(".git");
    Url::parse(&format!("{scheme}://{host}{port}{path}"))
        .ok()
        .filter(|_| matches!(url.scheme(), "http" | "https" | "ssh" | "git" | "git+ssh"))
}

/// The repository as people write it: `owner/name`.
pub fn name(repository: &Url) -> String {
    let path = repository.path().trim_matches('/');
    if repository.scheme() == "file" {
        return path
            .rsplit('/')
            .find(|part| !part.is_empty() && *part != ".git")
            .unwrap_or(path)
            .to_owned();
    }
    path.replace("/_git/", "/")
}

/// `user@host:path`: what git takes for ssh. A colon after a slash is a path.
fn from_scp_form(remote: &str) -> Option<Url> {
    let (host, path) = remote.split_once(':')?;
    // One letter before the colon is a drive of Windows.
    if host.len() < 2 || host.contains('/') || path.starts_with("//") {
        return None;
    }
    Url::parse(&format!("ssh://{host}/{}", path.trim_start_matches('/'))).ok()
}

/// Azure Repos has other hosts and paths for ssh: `ssh.dev.azure.com/v3/org/project/name`.
fn azure_ssh(host: &str, path: &str) -> Option<(String, String)> {
    let mut parts = path.strip_prefix("/v3/")?.splitn(3, '/');
    let (organization, project, name) = (parts.next()?, parts.next()?, parts.next()?);
    match host {
        "ssh.dev.azure.com" => {
            Some(("dev.azure.com".to_owned(), format!("/{organization}/{project}/_git/{name}")))
        }
        "vs-ssh.visualstudio.com" => {
            Some((format!("{organization}.visualstudio.com"), format!("/{project}/_git/{name}")))
        }
        _ => None,
    }
}

/// A page by the address that it has now: `acme.visualstudio.com/DefaultCollection` is the old one of `dev.azure.com/acme`.
pub(crate) fn current(page: &Url) -> Url {
    let name = page.host_str().and_then(|host| host.strip_suffix(".visualstudio.com"));
    let now = name.and_then(|name| {
        let path = page.path();
        let rest = path.strip_prefix("/DefaultCollection").unwrap_or(path);
        Url::parse(&format!("https://dev.azure.com/{name}{rest}")).ok()
    });
    now.unwrap_or_else(|| page.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(remote: &str, expected: Option<&str>) {
        assert_eq!(web_url(remote).as_ref().map(Url::as_str), expected, "{remote}");
    }

    #[test]
    fn remotes_lead_to_pages() {
        check("https://github.com/acme/shop.git", Some("https://github.com/acme/shop"));
        check("git@github.com:acme/shop.git", Some("https://github.com/acme/shop"));
        check(
            "ssh://git@git.example.com:7999/acme/shop.git",
            Some("https://git.example.com/acme/shop"),
        );
        check(
            "https://user:pass@git.example.com:8443/acme/shop",
            Some("https://git.example.com:8443/acme/shop"),
        );
        check(
            "git@ssh.dev.azure.com:v3/acme/Web/shop",
            Some("https://dev.azure.com/acme/Web/_git/shop"),
        );
        check(
            "https://acme@dev.azure.com/acme/Web/_git/shop",
            Some("https://dev.azure.com/acme/Web/_git/shop"),
        );
        check("/srv/git/shop.git", None);
        check("../shop", None);
        check("C:\\git\\shop", None);
        check("file:///srv/git/shop.git", None);
    }

    #[test]
    fn commits_have_pages() {
        let check = |repository: &str, expected: &str| {
            assert_eq!(commit_url(&Url::parse(repository).unwrap(), "abc").as_str(), expected);
        };
        check("https://github.com/acme/shop", "https://github.com/acme/shop/commit/abc");
        check("https://gitlab.example.com/a/b/c/", "https://gitlab.example.com/a/b/c/-/commit/abc");
        check("https://bitbucket.org/acme/shop", "https://bitbucket.org/acme/shop/commits/abc");
        check("file:///srv/git/shop", "file:///srv/git/shop#abc");
    }

    fn check_pull(address: &str, expected: Option<(&str, &str, u64, Grammar)>) {
        let parsed = PullPage::parse(&Url::parse(address).unwrap());
        let told = parsed
            .as_ref()
            .map(|it| (it.page.as_str(), it.repository.as_str(), it.number, it.grammar));
        assert_eq!(told, expected, "{address}");
    }

    #[test]
    fn pages_of_pull_requests_are_known_by_their_path() {
        let github = ("https://github.com/acme/shop/pull/7", "https://github.com/acme/shop");
        let expected = Some((github.0, github.1, 7, Grammar::GitHub));
        check_pull("https://u:p@github.com/acme/shop/pull/7/files?w=1#diff", expected);
        check_pull(
            "https://code.acme.dev/a/b/c/-/merge_requests/12",
            Some((
                "https://code.acme.dev/a/b/c/-/merge_requests/12",
                "https://code.acme.dev/a/b/c",
                12,
                Grammar::GitLab,
            )),
        );
        let azure = "https://dev.azure.com/acme/Web/_git/shop";
        let page = format!("{azure}/pullrequest/3");
        check_pull(&page, Some((&page, azure, 3, Grammar::Common)));
        for other in [
            "https://github.com/acme/shop/pull/",
            "https://github.com/acme/shop/pull/07",
            "https://github.com/acme/shop/pull/x",
            "https://github.com/pull/7",
            "https://github.com/acme/shop/issues/7",
            "ftp://github.com/acme/shop/pull/7",
        ] {
            check_pull(other, None);
        }
    }

    #[test]
    fn numbers_have_pages() {
        let page = |repository: &str| {
            let pages = Pages::new(repository.parse().unwrap());
            pages.pull_request(7).map(|it| it.page.to_string()).unwrap_or_default()
        };
        assert_eq!(page("https://github.com/acme/shop"), "https://github.com/acme/shop/pull/7");
        assert_eq!(
            page("https://gitlab.com/acme/shop"),
            "https://gitlab.com/acme/shop/-/merge_requests/7"
        );
        assert_eq!(
            page("https://dev.azure.com/acme/Web/_git/shop"),
            "https://dev.azure.com/acme/Web/_git/shop/pullrequest/7"
        );
        assert_eq!(page("file:///srv/git/shop"), "");
    }

    #[test]
    fn repositories_have_names() {
        let check =
            |url: &str, expected: &str| assert_eq!(name(&Url::parse(url).unwrap()), expected);
        check("https://github.com/acme/shop", "acme/shop");
        check("https://dev.azure.com/acme/Web/_git/shop", "acme/Web/shop");
        check("file:///srv/git/shop/.git/", "shop");
    }
}
