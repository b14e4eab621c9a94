//! Lists of squashed commits: messages of commits that speak for themselves, or did.

/// Follows a text line by line through the lists in it.
#[derive(Debug, Default)]
pub(super) struct Dumps {
    open: Option<Dump>,
}

/// Who wrote a list of squashed commits: their layouts differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dump {
    /// `git merge --squash`: `commit`, `Author:`, `Date:`, and messages indented by four spaces.
    Git,
    /// A merge script's: `5b3ca12 [Name] message`, one a line.
    Script,
}

impl Dumps {
    /// Whether the next line, without its end, is one of a list: from its heading to the first line that cannot be in it.
    pub(super) fn takes(&mut self, text: &str) -> bool {
        let goes_on = match self.open {
            Some(Dump::Git) => is_git_line(text),
            Some(Dump::Script) => text.is_empty() || text.split(' ').next().is_some_and(is_hash),
            None => {
                self.open = heading(text);
                return self.open.is_some();
            }
        };
        if !goes_on {
            self.open = None;
        }
        goes_on
    }
}

fn heading(text: &str) -> Option<Dump> {
    if text == "Squashed commit of the following:" {
        return Some(Dump::Git);
    }
    text.ends_with("and squashes the following commits:").then_some(Dump::Script)
}

fn is_git_line(text: &str) -> bool {
    const HEADERS: &[&str] =
        &["Author:", "AuthorDate:", "Commit:", "CommitDate:", "Date:", "Merge:"];
    text.is_empty()
        || text.starts_with("    ")
        || HEADERS.iter().any(|header| text.starts_with(header))
        || text
            .strip_prefix("commit ")
            .is_some_and(|rest| rest.split(' ').next().is_some_and(is_hash))
}

fn is_hash(word: &str) -> bool {
    (7..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}
