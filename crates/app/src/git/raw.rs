//! A commit as it lies in the repository, read as leniently as git reads it: a malformed line is passed over, where
//! libgit2 refuses the whole commit. Only its parents have to be right, since a history is never silently cut.

use git2::{Error, Oid};

/// The bytes of a commit.
pub(super) struct Raw<T>(pub(super) T);

impl<T: AsRef<[u8]>> Raw<T> {
    /// The lines before the message.
    fn headers(&self) -> impl Iterator<Item = &[u8]> {
        self.0.as_ref().split(|byte| *byte == b'\n').take_while(|line| !line.is_empty())
    }

    /// What the first line of this name says.
    fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers().find_map(|line| line.strip_prefix(name.as_bytes())?.strip_prefix(b" "))
    }

    /// What follows the first empty line.
    pub(super) fn message(&self) -> &[u8] {
        let raw = self.0.as_ref();
        let end = raw.windows(2).position(|pair| pair == b"\n\n");
        end.map_or(&[], |end| &raw[end + 2..])
    }

    /// Seconds since 1970, from `committer NAME <MAIL> SECONDS ZONE`; a line that git could not read either counts as 0.
    pub(super) fn committed_at(&self) -> i64 {
        let seconds = self.header("committer").and_then(|line| line.rsplit(|b| *b == b' ').nth(1));
        seconds.and_then(|seconds| std::str::from_utf8(seconds).ok()?.parse().ok()).unwrap_or(0)
    }

    /// The author's name: what stands before the address.
    pub(super) fn author(&self) -> String {
        let line = self.header("author").unwrap_or_default();
        let name = line.split(|byte| *byte == b'<').next().unwrap_or_default();
        String::from_utf8_lossy(name).trim().to_owned()
    }

    /// The parents that the commit was made with.
    pub(super) fn parents(&self) -> impl Iterator<Item = Result<Oid, Error>> {
        self.headers().filter_map(|line| line.strip_prefix(b"parent ")).map(oid)
    }

    /// The files of the commit.
    pub(super) fn tree(&self) -> Result<Oid, Error> {
        oid(self.header("tree").unwrap_or_default())
    }
}

fn oid(hex: &[u8]) -> Result<Oid, Error> {
    Oid::from_str(&String::from_utf8_lossy(hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_wrong_or_missing_hide_nothing_else() {
        let check = |persons: &str, author: &str, seconds: i64| {
            let id = "0123456789012345678901234567890123456789";
            let raw = Raw(format!("tree {id}\nparent {id}\n{persons}\nadd\n\nauthor X"));
            let parents: Vec<_> = raw.parents().map(|id| id.unwrap().to_string()).collect();
            assert_eq!(
                (parents, raw.tree().unwrap().to_string()),
                (vec![id.to_owned()], id.into())
            );
            assert_eq!(raw.message(), b"add\n\nauthor X");
            assert_eq!(
                (raw.author(), raw.committed_at()),
                (author.to_owned(), seconds),
                "{persons}"
            );
        };
        check("author A B <a@b> 4 +0000\ncommitter C <c@d> 5 +0000\n", "A B", 5);
        check("author A\ncommitter A\n", "A", 0);
        check("", "", 0);
        check("committer A <a@b> 99999999999999999999 +0000\n", "", 0);
        assert!(Raw("parent x\n\nadd").parents().next().unwrap().is_err());
        assert_eq!(Raw("tree x").message(), b"");
    }
}
