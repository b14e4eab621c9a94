//! Where the file is, whose items are made in it, and how items are named.

use crate::{
    error::{Error, ErrorKind},
    model::WorkItemId,
};
use std::{
    fmt,
    path::{Path, PathBuf},
};
use url::Url;

/// A tracker's place: one project in one file.
#[derive(Debug)]
pub(super) struct Site {
    /// The file, with an absolute path without symbolic links.
    pub(super) file: PathBuf,
    /// Project of new items, and of the search.
    pub(super) project: String,
    /// Who the changes are made by.
    pub(super) user: String,
    address: Url,
}

impl Site {
    /// Resolves the file's path; `None` where the system has no absolute form of it.
    pub(super) fn new(file: &str, project: &str, user: &str) -> Option<Self> {
        let file = resolve(Path::new(file))?;
        let address = Url::from_file_path(&file).ok()?;
        Some(Self { file, project: project.to_owned(), user: user.to_owned(), address })
    }

    /// The address of an item: there is no page to open, so it is the file with the id behind it.
    pub(super) fn url(&self, fragment: &str) -> Url {
        let mut url = self.address.clone();
        url.set_fragment(Some(fragment));
        url
    }

    /// The error for an item that is not in the file.
    pub(super) fn no_item(&self, id: &WorkItemId) -> Error {
        let file = self.file.display();
        // What is no id may be anything, line breaks included.
        let id = Key::parse(id).map_or_else(|| format!("{:?}", id.as_str()), |key| key.to_string());
        Error::new(ErrorKind::NotFound, format!("{file} has no item {id}")).with_hint(format!(
            "check the id (items of this project are named {}-1, {}-2, ...) and LOCAL_TRACKER_FILE",
            self.project, self.project
        ))
    }
}

/// The real path of a file that need not exist: two spellings of one place give one address.
fn resolve(file: &Path) -> Option<PathBuf> {
    let file = std::path::absolute(file).ok()?;
    let real = file.ancestors().find_map(|known| {
        let rest = file.strip_prefix(known).ok()?;
        Some(known.canonicalize().ok()?.components().chain(rest.components()).collect())
    });
    Some(real.unwrap_or(file))
}

/// An id taken apart: `LOCAL-12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) project: String,
    pub(super) number: i64,
}

impl Key {
    /// Reads an id in any case. Numbers are written one way only: `LOCAL-012` is no id.
    pub(super) fn parse(id: &WorkItemId) -> Option<Self> {
        let (project, digits) = id.as_str().trim().rsplit_once('-')?;
        let project = project.to_ascii_uppercase();
        let plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| plain)?;
        is_project(&project).then_some(Self { project, number })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.project, self.number)
    }
}

/// What project keys look like: what finds ids in commits takes them for ids, too.
pub(super) fn is_project(key: &str) -> bool {
    let mut bytes = key.bytes();
    (2..=10).contains(&key.len())
        && bytes.next().is_some_and(|first| first.is_ascii_uppercase())
        && bytes.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_in_any_case_and_one_spelling() {
        let check = |text: &str, expected: Option<&str>| {
            let key = Key::parse(&WorkItemId::new(text)).map(|key| key.to_string());
            assert_eq!(key.as_deref(), expected, "{text}");
        };
        check("LOCAL-12", Some("LOCAL-12"));
        check(" local-12 ", Some("LOCAL-12"));
        check("A_1-9223372036854775807", Some("A_1-9223372036854775807"));
        for text in [
            "",
            "-",
            "LOCAL",
            "LOCAL-",
            "-1",
            "L-1",
            "LOCAL-0",
            "LOCAL-01",
            "LOCAL-+1",
            "LOCAL--1",
            "1OCAL-1",
            "LOCAL-1x",
            "LÖCAL-1",
            "LOCAL-9223372036854775808",
            "#7",
            "ELEVENCHARS-1",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn two_spellings_of_one_file_have_one_address() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().canonicalize().unwrap();
        let plain = place.join("new/tracker.db");
        let url =
            |path: &Path| Site::new(path.to_str().unwrap(), "LOCAL", "me").unwrap().url("LOCAL-1");
        let expected = Url::from_file_path(&plain).unwrap();
        assert_eq!(url(&plain).as_str(), format!("{expected}#LOCAL-1"));
        assert_eq!(url(&place.join("./new/./tracker.db")), url(&plain));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&place, place.join("again")).unwrap();
            assert_eq!(url(&place.join("again/new/tracker.db")), url(&plain));
        }
    }
}
