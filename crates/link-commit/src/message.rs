//! The message of a commit that is being made: the file that git hands to a hook, read as git will commit it.

use app::{Result, Session, git::Git};
use backend::{Error, ErrorKind};

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

/// Largest message that is read; git itself keeps any, and nobody writes this one.
const LARGEST: u64 = 256 * 1024 * 1024;

/// What stands around the arrow of the line that git cuts at, behind the comment's mark and a space.
const SCISSORS: &str = "------------------------ >8 ------------------------";

/// Marks that git chooses a comment's from, with `core.commentChar=auto`.
const CANDIDATES: &str = "#;@!$%^&|:";

/// Reads the file, or stdin for `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read =
        |mut from: Box<dyn io::Read>| from.by_ref().take(LARGEST + 1).read_to_end(&mut bytes);
    let from: io::Result<Box<dyn io::Read>> = if path == Path::new("-") {
        Ok(Box::new(io::stdin()))
    } else if path.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        fs::File::open(path).map(|file| Box::new(file) as Box<dyn io::Read>)
    };
    from.and_then(read).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(path, &io::Error::other("it is larger than 256 MB")));
    }
    Ok(bytes)
}

/// The error of a message that cannot be read or written.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Error {
    let shown = app::untrusted::line(&path.display().to_string());
    let (why, hint) = match error.kind() {
        io::ErrorKind::NotFound => (
            "there is no such file".to_owned(),
            "give the path that git hands to the hook as its first argument, `\"$1\"`",
        ),
        io::ErrorKind::IsADirectory => (
            "it is a folder".to_owned(),
            "give the path that git hands to the hook as its first argument, `\"$1\"`",
        ),
        io::ErrorKind::PermissionDenied => (
            "permission is denied".to_owned(),
            "check the owner and the mode of the file and of its folder",
        ),
        _ => (error.to_string(), "check the file, and commit again"),
    };
    Error::new(ErrorKind::NotFound, format!("read the message {shown}: {why}")).with_hint(hint)
}

/// How git will make the message from the file.
#[derive(Debug)]
pub(crate) struct Cleanup {
    /// An editor shows the file to somebody.
    pub(crate) is_edited: bool,
    /// What comment lines begin with.
    pub(crate) comment: String,
    /// Comment lines are taken out.
    pub(crate) strips: bool,
}

impl Cleanup {
    /// Reads git's settings. What git was told on its command line (`--cleanup`) no hook can see.
    pub(crate) fn of(text: &str, git: &Git, session: &Session) -> Self {
        let comment = comment(text, git, session);
        // Git tells its hooks that there is no editor by this name of one. Somebody may have given it this name too:
        // then git has put its remarks below the message all the same.
        let is_edited = session.env.get("GIT_EDITOR") != Some(":") || has_remarks(text, &comment);
        let mode = git.setting(&["commit.cleanup"], &session.env);
        let strips = match mode.as_deref() {
            Some("strip") => true,
            Some("whitespace" | "verbatim" | "scissors") => false,
            _ => is_edited,
        };
        Self { is_edited, comment, strips }
    }

    /// The message that will be committed, apart from white space. What is below the scissors is a diff: git cuts it
    /// away whatever else is kept.
    pub(crate) fn committed(&self, text: &str) -> String {
        let text = &text[..self.scissors(text)];
        if !self.strips {
            return text.to_owned();
        }
        text.split_inclusive('\n').filter(|line| !self.is_comment(line)).collect()
    }

    /// Where the message itself ends: before blank lines, git's remarks, and the scissors.
    pub(crate) fn end(&self, text: &str) -> usize {
        let mut end = self.scissors(text);
        for line in text[..end].split_inclusive('\n').rev() {
            let is_remark = self.is_edited && self.is_comment(line);
            if !line.trim().is_empty() && !is_remark {
                break;
            }
            end -= line.len();
        }
        end
    }

    /// Where the first line of the message itself stands; `None` when there is none.
    pub(crate) fn subject(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let mut at = 0;
        for line in text[..self.end(text)].split_inclusive('\n') {
            let is_cut = self.strips && self.is_comment(line);
            if !line.trim().is_empty() && !is_cut {
                let start = at + line.len() - line.trim_start().len();
                return Some(start..at + line.trim_end().len());
            }
            at += line.len();
        }
        None
    }

    fn is_comment(&self, line: &str) -> bool {
        line.starts_with(&self.comment)
    }

    fn scissors(&self, text: &str) -> usize {
        if !self.is_edited {
            return text.len();
        }
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if is_scissors(line, &self.comment) {
                return at;
            }
            at += line.len();
        }
        text.len()
    }
}

fn is_scissors(line: &str, comment: &str) -> bool {
    let rest = line.strip_prefix(comment).and_then(|rest| rest.strip_prefix(' '));
    // An editor may have ended the lines in its own way.
    rest.is_some_and(|rest| rest.trim_end_matches(['\r', '\n']) == SCISSORS)
}

/// The text of a message, byte for byte in place: what is not UTF-8 becomes as many question marks.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// What comment lines begin with: the last of the two settings that is given, else `#`. A git older than 2.45 knows the
/// first one only; by its remarks it is told from a newer one.
fn comment(text: &str, git: &Git, session: &Session) -> String {
    let setting = |names: &[&str]| {
        let mark = git.setting(names, &session.env).filter(|mark| !mark.is_empty());
        match mark.unwrap_or_else(|| "#".to_owned()) {
            auto if auto == "auto" => automatic(text),
            mark => mark,
        }
    };
    let newer = setting(&["core.commentchar", "core.commentstring"]);
    let older = setting(&["core.commentchar"]);
    if !has_remarks(text, &newer) && has_remarks(text, &older) { older } else { newer }
}

/// The mark that git chose: the one of its remarks; without any, the one that it would choose.
fn automatic(text: &str) -> String {
    let marks = || CANDIDATES.chars().map(String::from);
    if let Some(mark) = marks().find(|mark| has_remarks(text, mark)) {
        return mark;
    }
    let is_free = |mark: &String| !text.lines().any(|line| line.starts_with(mark.as_str()));
    marks().find(is_free).unwrap_or_else(|| "#".to_owned())
}

/// Whether git's remarks stand below the message: scissors and what git says about them, or comment lines to the
/// end, among them an empty one, as between git's advice and its status.
fn has_remarks(text: &str, comment: &str) -> bool {
    let mut lines = text.lines().skip_while(|line| !is_scissors(line, comment));
    if lines.next().is_some() && lines.next().is_some_and(|line| line.starts_with(comment)) {
        return true;
    }
    let remarks = text.lines().rev().skip_while(|line| line.trim().is_empty());
    let mut remarks = remarks.take_while(|line| line.starts_with(comment));
    remarks.any(|line| line.trim_end() == comment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleanup(text: &str, comment: &str, editor: bool) -> Cleanup {
        let is_edited = editor || has_remarks(text, comment);
        Cleanup { is_edited, comment: comment.to_owned(), strips: is_edited }
    }

    #[track_caller]
    fn check(text: &str, comment: &str, editor: bool, expected: &str) {
        assert_eq!(cleanup(text, comment, editor).committed(text), expected, "{text:?}");
    }

    #[test]
    fn comments_and_what_is_below_the_scissors_are_cut() {
        let cut = format!("# {SCISSORS}");
        check("add\n# On branch SHOP-12\n", "#", true, "add\n");
        check("add\r\n# On branch SHOP-12\r\n", "#", true, "add\r\n");
        check(&format!("add\n{cut}\n# Everything below\ndiff SHOP-12"), "#", true, "add\n");
        check(&format!("add\r\n{cut}\r\ndiff SHOP-12"), "#", true, "add\r\n");
        check(&format!("{cut}\ndiff"), "#", true, "");
        check(&format!("add\n // {SCISSORS}"), "//", true, &format!("add\n // {SCISSORS}"));
        check("add\n; no\n# yes\n // yes", ";", true, "add\n# yes\n // yes");
        check("# SHOP-12 add", "#", false, "# SHOP-12 add");
        check(&format!("add\n{cut}\nSHOP-12"), "#", false, &format!("add\n{cut}\nSHOP-12"));
    }

    #[test]
    fn an_editor_that_does_nothing_is_one() {
        let remarks = "add\n\n# Please enter\n#\n# On branch SHOP-12\n#\n";
        check(remarks, "#", false, "add\n\n");
        check("add\n\n# SHOP-12\n", "#", false, "add\n\n# SHOP-12\n");
    }

    #[test]
    fn git_s_own_choice_of_a_mark_is_found() {
        assert_eq!(automatic("#1 add\n\n; Please\n;\n; On branch x\n"), ";");
        assert_eq!(automatic("add\n\n# Please\n#\n# On branch x\n"), "#");
        assert_eq!(automatic(&format!("#1\n% {SCISSORS}\n% Everything\n")), "%");
        assert_eq!(automatic("#1 add\n; b"), "@");
        assert_eq!(automatic("add"), "#");
    }

    #[test]
    fn the_message_itself_has_a_first_line_and_an_end() {
        let check = |text: &str, subject: Option<&str>, rest: &str| {
            let cleanup = cleanup(text, "#", true);
            assert_eq!(cleanup.subject(text).map(|span| &text[span]), subject, "{text:?}");
            assert_eq!(&text[cleanup.end(text)..], rest, "{text:?}");
        };
        check("\n# x\n add \r\n\nbody\n\n# Please\n#\n", Some("add"), "\n# Please\n#\n");
        check("\n# Please\n", None, "\n# Please\n");
        check("add", Some("add"), "");
        check("", None, "");
    }

    #[test]
    fn bytes_stay_in_their_places() {
        assert_eq!(text(b"caf\xe9 \xff\xfe SHOP-12"), "caf? ?? SHOP-12");
        assert_eq!(text("é".as_bytes()), "é");
    }
}
