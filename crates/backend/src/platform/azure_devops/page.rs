//! The pages of an organisation: which addresses are its own, and what they show.

use crate::error::{Error, ErrorKind, Result};
use url::Url;

/// The pages of one organisation, or of one collection of a server.
#[derive(Debug, Clone)]
pub(super) struct Site {
    base: Url,
}

/// A page of Azure Repos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Name or GUID.
    pub(super) project: String,
    /// Name or GUID.
    pub(super) repository: String,
    pub(super) shows: Shows,
}

/// What a page of Azure Repos shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shows {
    Commit(String),
    PullRequest(u64),
}

impl Page {
    /// Where the repository is, as messages name it.
    pub(super) fn place(&self) -> String {
        format!("{}/{}", self.project, self.repository)
    }
}

const CLOUD: &str = "dev.azure.com";
const OLD_CLOUD: &str = ".visualstudio.com";

/// What the first collection is called, which the old addresses of the cloud may name.
const DEFAULT_COLLECTION: &str = "DefaultCollection";

impl Site {
    /// The pages below an organisation's address.
    pub(super) fn new(base: &Url) -> Self {
        Self { base: base.clone() }
    }

    /// The address of a page or a resource, from its parts.
    pub(super) fn below(&self, parts: &[&str]) -> Result<Url> {
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut path) => {
                path.pop_if_empty().extend(parts);
            }
            Err(()) => {
                return Err(Error::new(
                    ErrorKind::Config,
                    "form an address: the endpoint has no pages",
                ));
            }
        }
        Ok(url)
    }

    /// What an address shows, where it is a commit or a pull request of this organisation.
    pub(super) fn page(&self, url: &Url) -> Option<Page> {
        let path = self.inside(url)?;
        let git = path.iter().position(|part| part.eq_ignore_ascii_case("_git"))?;
        let (before, after) = (&path[..git], &path[git + 1..]);
        let [repository, what, id, ..] = after else { return None };
        let project = match before {
            // A project's first repository, which is called like it, needs no project in its address.
            [] => repository,
            [project] => project,
            // A team may stand between the two.
            [project, _team] => project,
            _ => return None,
        };
        let shows = match what.to_ascii_lowercase().as_str() {
            "commit" if is_sha(id) => Shows::Commit(id.to_ascii_lowercase()),
            "pullrequest" => Shows::PullRequest(id.parse().ok().filter(|number| *number > 0)?),
            _ => return None,
        };
        Some(Page { project: project.clone(), repository: repository.clone(), shows })
    }

    /// The decoded parts of a path below the organisation; `None` for the address of another one.
    fn inside(&self, url: &Url) -> Option<Vec<String>> {
        let (ours, theirs) = (place(&self.base)?, place(url)?);
        let same_host = ours.host == theirs.host && ours.port == theirs.port;
        let begins = ours.path.len() <= theirs.path.len()
            && ours.path.iter().zip(&theirs.path).all(|(a, b)| a.eq_ignore_ascii_case(b));
        (same_host && begins).then(|| theirs.path[ours.path.len()..].to_vec())
    }
}

/// A place in one form, whichever of its addresses was used.
struct Place {
    host: String,
    port: Option<u16>,
    path: Vec<String>,
}

/// `acme.visualstudio.com/DefaultCollection/x` is `dev.azure.com/acme/x`.
fn place(url: &Url) -> Option<Place> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?.to_ascii_lowercase();
    let mut path: Vec<String> =
        url.path_segments()?.filter(|part| !part.is_empty()).map(decoded).collect();
    let port = url.port_or_known_default();
    let Some(organisation) = host.strip_suffix(OLD_CLOUD) else {
        return Some(Place { host, port, path });
    };
    if path.first().is_some_and(|first| first.eq_ignore_ascii_case(DEFAULT_COLLECTION)) {
        path.remove(0);
    }
    path.insert(0, organisation.to_owned());
    Some(Place { host: CLOUD.to_owned(), port, path })
}

/// A part of a path without its encoding; what would mean something in a query means nothing here.
fn decoded(part: &str) -> String {
    let plain = part.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let mut pairs = url::form_urlencoded::parse(plain.as_bytes());
    pairs.next().map_or_else(String::new, |(name, _)| name.into_owned())
}

fn is_sha(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|c| c.is_ascii_hexdigit())
}

/// What is wrong with the address of an organisation, and how it should be written.
pub(super) fn misplaced(url: &Url) -> Option<(String, String)> {
    let host = url.host_str()?.to_ascii_lowercase();
    let path: Vec<String> =
        url.path_segments()?.filter(|part| !part.is_empty()).map(decoded).collect();
    let says = |message: &str, hint: String| Some((message.to_owned(), hint));
    let page = path.iter().position(|part| part.starts_with('_'));
    if host == CLOUD {
        let Some(organisation) = path.first() else {
            let hint = format!("write it like https://{CLOUD}/ORGANISATION");
            return says("does not name the organisation", hint);
        };
        let extra = path.get(1).filter(|second| !second.eq_ignore_ascii_case(DEFAULT_COLLECTION));
        return extra.and_then(|extra| {
            let hint = format!(
                "write https://{CLOUD}/{organisation}, and {extra} as AZURE_DEVOPS_PROJECT"
            );
            says("names more than the organisation", hint)
        });
    }
    if host.ends_with(OLD_CLOUD) {
        let extra = path.iter().find(|part| !part.eq_ignore_ascii_case(DEFAULT_COLLECTION));
        return extra.and_then(|extra| {
            says(
                "names more than the organisation",
                format!("write https://{host}, and {extra} as AZURE_DEVOPS_PROJECT"),
            )
        });
    }
    if page.is_some() {
        return says(
            "is a page of a project and not a collection",
            format!("write it like https://{host}/tfs/{DEFAULT_COLLECTION}"),
        );
    }
    (path.is_empty() && !crate::http::is_loopback(url)).then(|| {
        let hint = format!(
            "write it like https://{host}/tfs/{DEFAULT_COLLECTION} or https://{host}/{DEFAULT_COLLECTION}"
        );
        ("does not name the collection of the server".to_owned(), hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

    fn site(base: &str) -> Site {
        Site::new(&base.parse().unwrap())
    }

    fn check(base: &str, url: &str, expected: Option<(&str, &str, Shows)>) {
        let found = site(base).page(&url.replace("SHA", SHA).parse().unwrap());
        let expected = expected.map(|(project, repository, shows)| Page {
            project: project.to_owned(),
            repository: repository.to_owned(),
            shows,
        });
        assert_eq!(found, expected, "{url} on {base}");
    }

    #[test]
    fn pages_of_the_organisation_are_known_in_all_their_forms() {
        let commit = || Shows::Commit(SHA.to_owned());
        for base in [
            "https://dev.azure.com/acme",
            "https://dev.azure.com/Acme/",
            "https://acme.visualstudio.com",
            "https://acme.visualstudio.com/DefaultCollection/",
        ] {
            for start in [
                "https://dev.azure.com/acme",
                "https://acme@dev.azure.com/ACME",
                "https://acme.visualstudio.com",
                "https://acme.visualstudio.com/DefaultCollection",
            ] {
                let page = |rest: &str| format!("{start}/{rest}");
                check(
                    base,
                    &page("My%20Shop/_git/web/commit/SHA"),
                    Some(("My Shop", "web", commit())),
                );
                check(base, &page("R&D=1/_git/a+b/commit/SHA"), Some(("R&D=1", "a+b", commit())));
                check(
                    base,
                    &page("_git/Shop/commit/SHA?refName=x"),
                    Some(("Shop", "Shop", commit())),
                );
                let pull = Some(("Shop", "web", Shows::PullRequest(57)));
                check(base, &page("Shop/_git/web/pullrequest/57"), pull.clone());
                check(base, &page("Shop/_git/web/pullRequest/57?_a=files"), pull.clone());
                check(base, &page("Shop/Team/_git/web/pullrequest/57"), pull);
            }
        }
        let server = "https://tfs.acme.example:8080/tfs/DefaultCollection";
        let page = format!("{server}/Shop/_git/web/pullrequest/1");
        check(server, &page, Some(("Shop", "web", Shows::PullRequest(1))));
    }

    #[test]
    fn other_pages_are_not() {
        let base = "https://dev.azure.com/acme";
        for url in [
            "https://dev.azure.com/other/Shop/_git/web/commit/SHA",
            "https://dev.azure.com/acme/Shop/_git/web",
            "https://dev.azure.com/acme/Shop/_git/web/commit/0123",
            "https://dev.azure.com/acme/Shop/_git/web/commit/HEAD",
            "https://dev.azure.com/acme/Shop/_git/web/pullrequest/0",
            "https://dev.azure.com/acme/Shop/_git/web/pullrequest/x",
            "https://dev.azure.com/acme/Shop/_workitems/edit/7",
            "https://dev.azure.com.elsewhere.example/acme/Shop/_git/web/commit/SHA",
            "https://github.com/acme/shop/commit/SHA",
            "file:///acme/Shop/_git/web/commit/SHA",
        ] {
            check(base, url, None);
        }
        let server = "https://tfs.acme.example/tfs/Shop";
        check(server, "https://tfs.acme.example/tfs/Other/_git/web/commit/SHA", None);
        check(server, "https://tfs.acme.example/tfs", None);
    }

    #[test]
    fn addresses_are_made_from_parts() {
        let url = site("https://dev.azure.com/acme/").below(&["My Shop", "a/b", "7"]).unwrap();
        assert_eq!(url.as_str(), "https://dev.azure.com/acme/My%20Shop/a%2Fb/7");
    }

    #[test]
    fn an_address_that_is_no_organisations_is_explained() {
        let check = |url: &str, says: Option<&str>, hints: &str| {
            let told = misplaced(&url.parse().unwrap());
            assert_eq!(told.as_ref().map(|(message, _)| message.as_str()), says, "{url}");
            assert!(told.is_none_or(|(_, hint)| hint.contains(hints)), "{url}");
        };
        check("https://dev.azure.com/acme", None, "");
        check("https://dev.azure.com/acme/DefaultCollection", None, "");
        check("https://acme.visualstudio.com/DefaultCollection", None, "");
        check("https://tfs.acme.example/tfs/DefaultCollection", None, "");
        check("https://tfs.acme.example/Main", None, "");
        check("http://127.0.0.1:8080", None, "");
        let unnamed = Some("does not name the organisation");
        check("https://dev.azure.com", unnamed, "https://dev.azure.com/ORGANISATION");
        let more = Some("names more than the organisation");
        let hint = "write https://dev.azure.com/acme, and Shop as AZURE_DEVOPS_PROJECT";
        check("https://dev.azure.com/acme/Shop", more, hint);
        check("https://dev.azure.com/acme/Shop/_git/web", more, hint);
        check("https://acme.visualstudio.com/Shop", more, "Shop as AZURE_DEVOPS_PROJECT");
        let page = Some("is a page of a project and not a collection");
        check("https://tfs.acme.example/tfs/Main/Shop/_git/web", page, "DefaultCollection");
        let server = Some("does not name the collection of the server");
        check("https://tfs.acme.example", server, "https://tfs.acme.example/tfs/DefaultCollection");
    }
}
