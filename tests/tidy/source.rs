//! The files of the tree, and Rust text with its comments and strings taken out.

use acceptance::root;
use std::{fs, path::Path};

/// One file of the tree.
pub(super) struct File {
    /// Path from the root, with `/` on every system.
    pub(super) path: String,
    pub(super) text: String,
    /// The Rust text without comments and without what stands in strings. Lines stay where they are.
    pub(super) code: String,
    /// The Rust text without comments, with strings.
    pub(super) without_comments: String,
    /// The comments of a Rust text; all of any other.
    pub(super) comments: String,
}

impl File {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let is_rust = Path::new(path).extension().is_some_and(|found| found == "rs");
        let view = |shown: &[Part]| if is_rust { blank(text, shown) } else { text.to_owned() };
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: view(&[Part::Code]),
            without_comments: view(&[Part::Code, Part::Text]),
            comments: view(&[Part::Comment]),
        }
    }

    pub(super) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// True for what is only compiled for tests.
    pub(super) fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || ["/tests.rs", "/testing.rs"].iter().any(|end| self.path.ends_with(end))
    }
}

/// Every text file of the tree but what is built and what git keeps.
pub(super) fn files() -> Vec<File> {
    let mut files = Vec::new();
    walk(root(), &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn walk(folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if matches!(name.as_str(), "target" | ".git" | "node_modules") {
            continue;
        }
        if path.is_dir() {
            walk(&path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            files.push(File::new(&path, &text));
        }
    }
}

/// The text up to its tests: a module with a body behind `#[cfg(test)]` ends what is compiled for the product.
pub(super) fn before_tests(code: &str) -> &str {
    let end = code.match_indices("#[cfg(test)]").find(|(at, marker)| {
        let after = code[at + marker.len()..].trim_start();
        let head = after.split(['{', ';']).next().unwrap_or_default();
        head.split_whitespace().any(|word| word == "mod") && after[head.len()..].starts_with('{')
    });
    end.map_or(code, |(at, _)| &code[..at])
}

/// The number of the line that a byte is on, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..at].bytes().filter(|byte| *byte == b'\n').count() + 1
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Comment,
    Text,
}

/// Replaces the bytes of all but some parts by spaces; line ends stay.
fn blank(text: &str, shown: &[Part]) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let (part, end) = token(bytes, at);
        for byte in &bytes[at..end] {
            // Other bytes than ASCII only stand in text and comments; one space each keeps every offset.
            let keep = *byte == b'\n' || (byte.is_ascii() && shown.contains(&part));
            out.push(if keep { char::from(*byte) } else { ' ' });
        }
        at = end;
    }
    out
}

/// What begins here and where it ends.
fn token(bytes: &[u8], at: usize) -> (Part, usize) {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => (Part::Comment, at + until(rest, b"\n")),
        [b'/', b'*', ..] => (Part::Comment, at + block_comment(rest)),
        [b'"', ..] => (Part::Text, at + quoted(rest, b'"')),
        [b'r', b'"' | b'#', ..] if !is_word(bytes, at) => {
            raw_text(rest).map_or((Part::Code, at + 1), |length| (Part::Text, at + length))
        }
        [b'\'', b'\\', ..] => (Part::Text, at + quoted(rest, b'\'')),
        // A character of one to four bytes; otherwise it is a lifetime.
        [b'\'', ..] => (2..=5)
            .find(|length| {
                rest.get(*length) == Some(&b'\'') && (*length == 2 || !rest[1].is_ascii())
            })
            .map_or((Part::Code, at + 1), |length| (Part::Text, at + length + 1)),
        _ => (Part::Code, at + 1),
    }
}

fn is_word(bytes: &[u8], at: usize) -> bool {
    at > 0
        && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
        && bytes[at - 1] != b'b'
}

fn until(rest: &[u8], end: &[u8]) -> usize {
    rest.windows(end.len()).position(|window| window == end).unwrap_or(rest.len())
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &[u8], end: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != end {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

fn raw_text(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(hashes + 1) != Some(&b'"') {
        return None;
    }
    let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let start = hashes + 2;
    Some((start + until(&rest[start..], &end) + end.len()).min(rest.len()))
}

#[test]
fn tests_end_what_is_compiled_for_the_product() {
    assert_eq!(
        before_tests("a #[cfg(test)] mod b; c #[cfg(test)] mod tests { d }"),
        "a #[cfg(test)] mod b; c "
    );
}

#[test]
fn comments_and_strings_are_told_from_code() {
    let check = |text: &str, expected: &str| {
        assert_eq!(
            File::new("x.rs", text).code.split_whitespace().collect::<Vec<_>>().join(" "),
            expected
        );
    };
    check("a // b\nc", "a c");
    check("a /* b /* c */ d */ e", "a e");
    check(r#"a "b \" // c" d"#, "a d");
    check("a r#\"b \" c\"# d", "a d");
    check("a '\"' b '\\'' c 'é' d", "a b c d");
    check("fn a<'b>(c: &'b str) {}", "fn a<'b>(c: &'b str) {}");
    check("for r in x { \"y\" }", "for r in x { }");
}
