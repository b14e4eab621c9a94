//! The words of a line of wiki markup: looks, links, mentions, images and escapes.

use crate::text::builder::Builder;
use crate::text::tree::{Style, safe_link};
use crate::text::write::is_reference;

/// How far the end of a phrase is looked for, in bytes: longer ones are words, and reading stays linear.
const LONGEST_PHRASE: usize = 400;

/// Adds a line to the paragraph.
pub(super) fn read(builder: &mut Builder, line: &str) {
    let mut rest = line;
    let mut previous = ' ';
    while let Some(c) = rest.chars().next() {
        let taken = markup(builder, rest, previous);
        let length = if taken > 0 { taken } else { word(builder, rest, c) };
        previous = rest[..length].chars().next_back().unwrap_or(' ');
        rest = &rest[length..];
    }
}

/// Adds plain characters up to the next one that may be markup; returns their length.
fn word(builder: &mut Builder, text: &str, first: char) -> usize {
    let special = |c: char| {
        !(c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '/' | ':' | ';' | '=' | '"' | '\''))
    };
    let start = first.len_utf8();
    let length = text[start..].find(special).map_or(text.len(), |end| start + end);
    builder.text(&text[..length]);
    length
}

/// Reads the markup at the start; returns its length, or 0 if there is none.
fn markup(builder: &mut Builder, text: &str, previous: char) -> usize {
    if text.starts_with("\\\\") {
        builder.line_break();
        return 2;
    }
    if let Some(c) = text.strip_prefix('\\').and_then(|after| after.chars().next())
        && c.is_ascii_punctuation()
    {
        builder.text(c.encode_utf8(&mut [0; 4]));
        return 2;
    }
    match text.as_bytes()[0] {
        b'&' => reference(builder, text),
        b'[' => link(builder, text),
        b'!' if !previous.is_alphanumeric() => image(builder, text),
        b'{' => macro_tag(builder, text),
        mark @ (b'*' | b'_' | b'-') if !previous.is_alphanumeric() => {
            phrase(builder, text, 1, mark)
        }
        _ => 0,
    }
}

fn reference(builder: &mut Builder, text: &str) -> usize {
    if !is_reference(&text[1..]) {
        return 0;
    }
    let length = text.find(';').unwrap_or_default();
    let decoded = crate::text::html::decode(&text[..=length]);
    if decoded.len() > length {
        return 0;
    }
    builder.text(&decoded);
    length + 1
}

/// `*strong*`, `_emphasis_`, `-deleted-`: the marks touch the words and stand at the ends of words.
fn phrase(builder: &mut Builder, text: &str, width: usize, mark: u8) -> usize {
    let closing = match width {
        1 => char::from(mark).to_string(),
        _ => format!("{{{}}}", char::from(mark)),
    };
    let body = &text[width..];
    if body.starts_with(char::is_whitespace) || body.is_empty() {
        return 0;
    }
    let Some(end) = phrase_end(body, &closing, width) else { return 0 };
    let look = match mark {
        b'*' => Style::STRONG,
        b'_' => Style::EMPHASIS,
        _ => Style::STRIKE,
    };
    builder.style(look);
    read(builder, &body[..end]);
    builder.restyle();
    width + end + closing.len()
}

fn phrase_end(body: &str, closing: &str, width: usize) -> Option<usize> {
    let mut escaped = false;
    let bytes = body.as_bytes();
    for (index, &b) in bytes.iter().enumerate().take(LONGEST_PHRASE) {
        if !escaped && index > 0 && bytes[index..].starts_with(closing.as_bytes()) {
            let words = &body[..index];
            let after = body[index + closing.len()..].chars().next();
            if width > 1 || (!words.ends_with(' ') && !after.is_some_and(char::is_alphanumeric)) {
                return Some(index);
            }
        }
        escaped = b == b'\\' && !escaped;
    }
    None
}

/// `{{monospaced}}`, `{*}braced{*}` looks, and other macros, of which only the words between stay.
fn macro_tag(builder: &mut Builder, text: &str) -> usize {
    if let Some(body) = text.strip_prefix("{{") {
        let Some(end) = find_near(body, "}}").filter(|end| *end > 0) else { return 0 };
        builder.style(Style::CODE);
        plain(builder, &body[..end]);
        builder.restyle();
        return 4 + end;
    }
    if let [b'{', mark @ (b'*' | b'_' | b'-'), b'}', ..] = text.as_bytes() {
        return phrase(builder, text, 3, *mark);
    }
    let Some(end) = find_near(text, "}") else { return 0 };
    let name = &text[1..end];
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains(' ') {
        end + 1
    } else {
        0
    }
}

/// Words in which only escapes and references mean something.
fn plain(builder: &mut Builder, text: &str) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let escape = rest.strip_prefix('\\').and_then(|after| after.chars().next());
        let taken = match (c, escape) {
            ('\\', Some(c)) if c.is_ascii_punctuation() => {
                builder.text(c.encode_utf8(&mut [0; 4]));
                2
            }
            ('&', _) => reference(builder, rest),
            _ => 0,
        };
        rest = &rest[if taken > 0 { taken } else { word(builder, rest, c) }..];
    }
}

/// `[label|address]`, `[address]`, `[~name]` and `[^file]`.
fn link(builder: &mut Builder, text: &str) -> usize {
    let Some(end) = find_near(text, "]") else { return 0 };
    let inside = &text[1..end];
    if let Some(name) = inside.strip_prefix('~') {
        builder.text(&format!("@{}", name.trim_start_matches("accountid:")));
        return end + 1;
    }
    if let Some(file) = inside.strip_prefix('^') {
        builder.text(&format!("(attachment {file})"));
        return end + 1;
    }
    let (label, address) = match inside.split_once('|') {
        Some((label, target)) => (label, target.split('|').next().unwrap_or_default()),
        None => (inside, inside),
    };
    match safe_link(address) {
        Some(address) => {
            builder.link(Some(address));
            read(builder, label);
            builder.unlink();
            end + 1
        }
        None => 0,
    }
}

/// `!file.png|width=300!`
fn image(builder: &mut Builder, text: &str) -> usize {
    let Some(end) = find_near(&text[1..], "!") else { return 0 };
    let name = text[1..=end].split('|').next().unwrap_or_default();
    if name.is_empty() || name.contains(' ') || !name.contains('.') {
        return 0;
    }
    match safe_link(name) {
        Some(address) => {
            builder.link(Some(address));
            builder.text(name);
            builder.unlink();
        }
        None => builder.text(&format!("(attachment {name})")),
    }
    end + 2
}

/// Where an unescaped end is, if it is near.
fn find_near(text: &str, end: &str) -> Option<usize> {
    let mut escaped = false;
    let bytes = text.as_bytes();
    for (index, &b) in bytes.iter().enumerate().take(LONGEST_PHRASE) {
        if !escaped && bytes[index..].starts_with(end.as_bytes()) {
            return Some(index);
        }
        escaped = b == b'\\' && !escaped;
    }
    None
}
