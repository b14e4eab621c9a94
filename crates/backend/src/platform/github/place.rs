//! How repositories and issues are named: `acme/shop`, `acme/shop#7`, `#7`, and their addresses.

use crate::model::WorkItemId;
use std::fmt;
use url::Url;

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) owner: String,
    pub(super) name: String,
}

impl Place {
    /// Reads `owner/name`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.trim().split_once('/')?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        (is_owner(owner) && is_name(name))
            .then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }

    /// The repository of an address of the API: `https://api.github.com/repos/acme/shop/issues/7`.
    pub(super) fn of_api(address: &str) -> Option<Self> {
        let (_, path) = address.split_once("/repos/")?;
        let mut parts = path.split('/');
        Self::parse(&format!("{}/{}", parts.next()?, parts.next()?))
    }

    /// True when both name the same repository; GitHub ignores case.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.owner.eq_ignore_ascii_case(&other.owner) && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// An issue or a pull request of a repository; both are numbered alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) number: u64,
}

impl Key {
    /// Reads `acme/shop#7`, `#7` and `7` (of the repository `home`), and the address of an issue's page below `web`.
    pub(super) fn parse(text: &str, home: &Place, web: &Url) -> Option<Self> {
        let text = text.trim();
        if text.contains("://") {
            return Self::of_page(&text.parse().ok()?, web, "issues");
        }
        let (place, digits) = match text.split_once('#') {
            None | Some(("", _)) => (home.clone(), text.strip_prefix('#').unwrap_or(text)),
            Some((place, digits)) => (Place::parse(place)?, digits),
        };
        let place = if place.is(home) { home.clone() } else { place };
        Some(Self { place, number: number(digits)? })
    }

    /// The issue or pull request (`kind` is `issues` or `pull`) whose page this is, on the site `web`.
    pub(super) fn of_page(page: &Url, web: &Url, kind: &str) -> Option<Self> {
        if page.origin() != web.origin() {
            return None;
        }
        let path = page.path().strip_prefix(web.path())?;
        let mut parts = path.split('/');
        let place = Place::parse(&format!("{}/{}", parts.next()?, parts.next()?))?;
        let is_kind = parts.next() == Some(kind);
        let number = number(parts.next()?)?;
        is_kind.then_some(Self { place, number })
    }

    /// The issue of an address of the API.
    pub(super) fn of_api(address: &str) -> Option<Self> {
        let number = number(address.rsplit_once("/issues/")?.1)?;
        Some(Self { place: Place::of_api(address)?, number })
    }

    /// The id as people write it.
    pub(super) fn id(&self) -> WorkItemId {
        WorkItemId::new(self.to_string())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.place, self.number)
    }
}

/// `^[1-9][0-9]*$`, as far as GitHub counts.
fn number(text: &str) -> Option<u64> {
    let plain = !text.starts_with('0') && text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// Letters, digits and hyphens; accounts that a company manages have an underscore.
pub(super) fn is_owner(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c))
}

fn is_name(text: &str) -> bool {
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c));
    plain && !matches!(text, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let home = Place::parse("acme/shop").unwrap();
        let web = "https://github.com/".parse().unwrap();
        Key::parse(text, &home, &web).map(|key| key.to_string())
    }

    #[test]
    fn issues_are_named_in_many_ways() {
        for (text, expected) in [
            ("acme/shop#7", "acme/shop#7"),
            (" #7 ", "acme/shop#7"),
            ("7", "acme/shop#7"),
            ("ACME/Shop#7", "acme/shop#7"),
            ("acme/other.js#3", "acme/other.js#3"),
            ("me_acme/x-y_z#1", "me_acme/x-y_z#1"),
            ("https://github.com/acme/other/issues/12#issuecomment-1", "acme/other#12"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_issue() {
        for text in [
            "",
            " ",
            ".",
            "#",
            "#0",
            "#07",
            "#-1",
            "#+1",
            "SHOP-1",
            "acme#7",
            "acme/shop",
            "a/b/c#7",
            "acme/..#7",
            "acme/.#7",
            "/shop#7",
            "acme/#7",
            "acme/sh op#7",
            "acme/shop#7/x",
            "#1.0",
            "acme/shop#18446744073709551616",
            "7?x=y",
            "日本#1",
            "\u{0}",
            "https://elsewhere.example/acme/shop/issues/7",
            "https://github.com/acme/shop/pull/7",
            "https://github.com/acme/shop/issues/7x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_of_the_api_name_issues() {
        let of = |address| Key::of_api(address).map(|key| key.to_string());
        assert_eq!(
            of("https://api.github.com/repos/acme/shop/issues/7").as_deref(),
            Some("acme/shop#7")
        );
        assert_eq!(
            of("https://ghe.acme.example/api/v3/repos/acme/shop/issues/7").as_deref(),
            Some("acme/shop#7")
        );
        assert_eq!(of("https://api.github.com/repositories/42/issues/1"), None);
    }
}
