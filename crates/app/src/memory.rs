//! What former runs linked to a page, kept in the git directory for trackers that cannot be asked. Nothing is believed of
//! it: it only says where to look, so that a memory that is lost or wrong does no harm.

use crate::git::Git;
use backend::digest::sha256_hex;
use std::path::PathBuf;
use url::Url;

/// Longest memory that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// The memory of one page.
#[derive(Debug, Clone)]
pub struct Memory {
    file: PathBuf,
}

impl Memory {
    /// The memory of a page, in this repository.
    pub fn of(git: &Git, page: &Url) -> Self {
        let name = sha256_hex(page.as_str().as_bytes());
        let folder = git.state_folder().join("pages");
        Self { file: folder.join(format!("{}.json", &name[..32])) }
    }

    /// The items that were linked; none where nothing can be read.
    pub fn items(&self) -> Vec<String> {
        let is_short = std::fs::metadata(&self.file).is_ok_and(|file| file.len() <= LONGEST);
        let text =
            if is_short { std::fs::read(&self.file).unwrap_or_default() } else { Vec::new() };
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Keeps the items that are linked now. A folder that cannot be written costs only the memory.
    pub fn keep(&self, items: &[String]) {
        if self.items() == items {
            return;
        }
        let write = || {
            std::fs::create_dir_all(self.file.parent().unwrap_or(&self.file))?;
            let fresh = self.file.with_extension(format!("{}.new", std::process::id()));
            std::fs::write(&fresh, serde_json::Value::from(items).to_string())?;
            std::fs::rename(&fresh, &self.file)
        };
        if let Err(error) = write() {
            tracing::info!(%error, "what was linked is not remembered");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_and_anything_else_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        git2::Repository::init(folder.path()).unwrap();
        let git = Git::open(folder.path()).unwrap();
        let page: Url = "https://github.com/acme/shop/pull/7".parse().unwrap();
        let memory = Memory::of(&git, &page);
        assert!(memory.items().is_empty());
        memory.keep(&["SHOP-1".to_owned()]);
        assert_eq!(Memory::of(&git, &page).items(), ["SHOP-1"]);
        let other = Memory::of(&git, &"https://github.com/acme/shop/pull/8".parse().unwrap());
        assert!(other.items().is_empty());
        std::fs::write(&memory.file, "{\"a\":1}").unwrap();
        assert!(memory.items().is_empty());
    }
}
