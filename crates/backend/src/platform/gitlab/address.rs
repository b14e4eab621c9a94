//! How issues and projects are named: `group/sub/shop#7`, `#7`, `7`; a project by its path or its number.

use super::GitLab;
use crate::{
    error::{Error, ErrorKind, Result},
    model::WorkItemId,
};
use std::fmt;

/// A project, by its path or its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Project(String);

impl Project {
    /// Reads `group/sub/shop` or `4711`; `None` for anything else. Slashes around it are forgiven.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches('/');
        (is_number(text) || is_path(text)).then(|| Self(text.to_owned()))
    }

    /// As GitLab's API takes it.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, unless the project is known by its number.
    pub(super) fn path(&self) -> Option<&str> {
        self.0.contains('/').then_some(self.0.as_str())
    }
}

/// An issue of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) project: Project,
    /// Number within the project, which GitLab calls `iid`.
    pub(super) number: u64,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.project.0, self.number)
    }
}

impl Address {
    /// Reads `group/shop#7`; `#7` and `7` are of the project `home`.
    pub(super) fn parse(text: &str, home: &Project) -> Option<Self> {
        let text = text.trim();
        let (project, digits) = text.rsplit_once('#').unwrap_or(("", text));
        let project = match project {
            "" => home.clone(),
            path if is_path(path) => Project(path.to_owned()),
            _ => return None,
        };
        let number = digits.parse().ok().filter(|_| is_number(digits))?;
        Some(Self { project, number })
    }
}

impl GitLab {
    /// Refuses, before any request, whatever cannot be an issue's id.
    pub(super) fn address(&self, id: &WorkItemId) -> Result<Address> {
        let address = Address::parse(id.as_str(), &self.project).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "no issue of GitLab has an id of that form")
                .with_hint("name the issue by its number, such as #7, or with its project, such as group/shop#7")
        })?;
        Ok(if self.is_home(&address.project) {
            Address { project: self.project.clone(), ..address }
        } else {
            address
        })
    }

    /// True for the configured project named by its page, whose path on some servers begins with that of the server.
    fn is_home(&self, project: &Project) -> bool {
        let page = self.metadata.home.as_ref().map(|home| home.path().trim_matches('/'));
        page.is_some_and(|page| page.eq_ignore_ascii_case(&project.0))
    }

    /// The same id for the same issue, however it was written, so that links to it wait for each other.
    pub(super) fn canonical(&self, id: &WorkItemId) -> Result<WorkItemId> {
        let address = self.address(id)?;
        Ok(match address.project.path() {
            Some(_) => WorkItemId::new(address.to_string()),
            None => WorkItemId::new(format!("#{}", address.number)),
        })
    }
}

/// `^[1-9][0-9]*$`
fn is_number(text: &str) -> bool {
    !text.starts_with('0') && !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// A namespace and a name at least. GitLab's names consist of letters of any script, digits and `_-.`.
fn is_path(text: &str) -> bool {
    let names: Vec<_> = text.split('/').collect();
    let is_name = |name: &&str| {
        let first = name.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_');
        first && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    names.len() > 1 && names.iter().all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let home = Project::parse("acme/shop").unwrap();
        let found = Address::parse(text, &home).map(|address| address.to_string());
        assert_eq!(found.as_deref(), expected, "{text:?}");
    }

    #[test]
    fn issues_are_named_as_people_write_them() {
        check("7", Some("acme/shop#7"));
        check(" #7 ", Some("acme/shop#7"));
        check("acme/shop#7", Some("acme/shop#7"));
        check("group/sub-group/a.b_c#12", Some("group/sub-group/a.b_c#12"));
        check("größe/shop#1", Some("größe/shop#1"));
    }

    #[test]
    fn nothing_else_is_an_issue() {
        let ids = [
            "",
            "#",
            "0",
            "#07",
            "SHOP-1",
            "-1",
            "../user",
            "..",
            "shop#7",
            "a/../b#7",
            "a/b#7?x=y",
            "a/b#7/notes",
            "%2e%2e/a#1",
            "a/b#99999999999999999999999",
            "a//b#1",
            "/a/b#1",
            "a b/c#1",
        ];
        ids.into_iter().for_each(|id| check(id, None));
    }

    #[test]
    fn projects_are_paths_or_numbers() {
        for (text, expected) in [
            ("acme/shop", Some("acme/shop")),
            ("/acme/sub/shop/", Some("acme/sub/shop")),
            ("4711", Some("4711")),
            ("shop", None),
            ("0", None),
            ("acme/..", None),
            ("https://gitlab.com/acme/shop", None),
        ] {
            let found = Project::parse(text);
            assert_eq!(found.as_ref().map(Project::as_str), expected, "{text}");
        }
    }
}
