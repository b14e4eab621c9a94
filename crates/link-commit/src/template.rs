//! How a branch's item gets into a message: a line of the trailers, or around the subject.

use crate::message::Cleanup;
use backend::reference;

/// What is put in: `Refs: {key}` is a trailer, `{key}: {subject}` changes the first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// The text of the trailer.
    Trailer(String),
    /// What stands before the subject, and behind it.
    Subject(String, String),
}

/// What the item's place in a template is called.
const KEY: &str = "{key}";

/// What the subject's place is called.
const SUBJECT: &str = "{subject}";

/// The trailer that every tracker understands, and no subject is changed for.
pub(crate) const DEFAULT: &str = "Refs: {key}";

impl Template {
    /// Reads a template; the reason where it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.chars().any(char::is_control) {
            return Err("a template is one line of text".to_owned());
        }
        if !text.contains(KEY) {
            return Err(format!("a template has {KEY} where the item goes, as in `{DEFAULT}`"));
        }
        if let Some((before, after)) = text.split_once(SUBJECT) {
            let is_once = !after.contains(SUBJECT);
            let form = Form::Subject(before.to_owned(), after.to_owned());
            return is_once
                .then_some(Self(form))
                .ok_or_else(|| format!("a template has {SUBJECT} once"));
        }
        let name = text.split_once(':').map_or("", |(name, _)| name);
        let is_trailer = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_trailer.then(|| Self(Form::Trailer(text.to_owned()))).ok_or_else(|| {
            format!("a template without {SUBJECT} is a trailer, as `{DEFAULT}`: a name of letters, digits and hyphens, and a colon")
        })
    }

    /// What to put into a message, and where: pieces in order, each with its place in the text.
    pub(crate) fn pieces(&self, text: &str, key: &str, cleanup: &Cleanup) -> Vec<(usize, String)> {
        match &self.0 {
            Form::Trailer(line) => vec![trailer(&line.replace(KEY, key), text, cleanup)],
            Form::Subject(before, after) => {
                let before = before.replace(KEY, key);
                // A first line that git takes for a comment is lost: `#12: add` in an editor.
                if cleanup.strips && before.starts_with(&cleanup.comment) {
                    return vec![trailer(&DEFAULT.replace(KEY, key), text, cleanup)];
                }
                let span =
                    cleanup.subject(text).unwrap_or(byte_order_mark(text)..byte_order_mark(text));
                vec![(span.start, before), (span.end, after.replace(KEY, key))]
            }
        }
    }
}

/// A new trailer goes below the others, or into a paragraph of its own; as git does it, above its own remarks.
fn trailer(line: &str, text: &str, cleanup: &Cleanup) -> (usize, String) {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let end = cleanup.end(text);
    let body = &text[..end];
    if body.trim_start_matches('\u{feff}').is_empty() {
        // The first line is for the subject, which somebody is about to write.
        let first = text[end..].find('\n').filter(|at| text[end..end + at].trim().is_empty());
        let (at, open) = first.map_or((end, newline), |at| (end + at + 1, ""));
        return (at, format!("{open}{newline}{line}{newline}"));
    }
    let open = if body.ends_with('\n') { "" } else { newline };
    let gap = if reference::trailers(body).is_some() { "" } else { newline };
    let close = if body.ends_with('\n') || end < text.len() { newline } else { "" };
    (end, format!("{open}{gap}{line}{close}"))
}

fn byte_order_mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, text: &str, expected: &str) {
        let cleanup = Cleanup { is_edited: true, comment: "#".to_owned(), strips: true };
        let pieces = Template::parse(template).unwrap().pieces(text, "SHOP-12", &cleanup);
        let mut made = text.to_owned();
        pieces.into_iter().rev().for_each(|(at, piece)| made.insert_str(at, &piece));
        assert_eq!(made, expected, "{text:?}");
    }

    #[test]
    fn a_trailer_goes_where_git_would_put_it() {
        let check = |text, expected| check(DEFAULT, text, expected);
        check("add\n", "add\n\nRefs: SHOP-12\n");
        check("add", "add\n\nRefs: SHOP-12");
        check("add\n\nbody\n", "add\n\nbody\n\nRefs: SHOP-12\n");
        check(
            "add\n\nCo-authored-by: A <a@b>\n",
            "add\n\nCo-authored-by: A <a@b>\nRefs: SHOP-12\n",
        );
        check("add\n\nCloses #1\n", "add\n\nCloses #1\n\nRefs: SHOP-12\n");
        check("add\r\n\r\nbody\r\n", "add\r\n\r\nbody\r\n\r\nRefs: SHOP-12\r\n");
        check("add\n\n# Please\n#\n", "add\n\nRefs: SHOP-12\n\n# Please\n#\n");
        check("\n# Please\n#\n", "\n\nRefs: SHOP-12\n# Please\n#\n");
        check("", "\n\nRefs: SHOP-12\n");
        check(
            "add\n# ------------------------ >8 ------------------------\n# Do\ndiff\n",
            "add\n\nRefs: SHOP-12\n# ------------------------ >8 ------------------------\n# Do\ndiff\n",
        );
    }

    #[test]
    fn a_subject_keeps_its_words() {
        let check = |text, expected| check("[{key}] {subject} ({key})", text, expected);
        check("fix(x)!: add\n\nbody\n", "[SHOP-12] fix(x)!: add (SHOP-12)\n\nbody\n");
        check("# note\n\n  add  \r\n", "# note\n\n  [SHOP-12] add (SHOP-12)  \r\n");
        check("\n# Please\n", "[SHOP-12]  (SHOP-12)\n# Please\n");
    }

    #[test]
    fn a_line_that_would_be_a_comment_is_not_made() {
        let cleanup = Cleanup { is_edited: true, comment: "#".to_owned(), strips: true };
        let template = Template::parse("{key}: {subject}").unwrap();
        assert_eq!(template.pieces("add\n", "#12", &cleanup), [(4, "\nRefs: #12\n".to_owned())]);
        let kept = Cleanup { strips: false, ..cleanup };
        assert_eq!(template.pieces("add\n", "#12", &kept)[0], (0, "#12: ".to_owned()));
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in [
            "",
            "Refs:",
            "{subject}",
            "{key} {subject} {subject}",
            "{key}",
            "no trailer {key}",
            "a\n: {key}",
        ] {
            assert!(Template::parse(text).is_err(), "{text:?}");
        }
    }
}
