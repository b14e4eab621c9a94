//! The door for untrusted text into Markdown.
//!
//! Two layers, because trackers look at text twice. The Markdown parser is answered with backslashes. What trackers
//! find afterwards in the rendered words (mentions, references, addresses, hashes) no backslash can stop, so there a
//! zero-width space breaks the word.

use super::clean::{BREAK, clean, one_line};
use super::tree::safe_link;
use super::write::{destination, fence};
use url::Url;

/// Commit hashes are linked from seven digits on, and any beginning of a hash counts: so no run may be that long.
const LONGEST_HEX_RUN: usize = 6;

/// What Markdown reads anywhere in a line.
const MARKUP: &str = r"\`*_{}[]<>#!|~^$&@%";

/// What begins a mention, a reference, an address or a placeholder on some tracker.
const REFERENCES: &str = "@#!%~$&^:[{";

/// Untrusted text as one paragraph. No line of it is blank, so that it cannot leave the list item or quote it is in.
pub(super) fn paragraph(untrusted: &str) -> String {
    let text = clean(untrusted);
    let lines: Vec<String> = text.trim_matches('\n').split('\n').map(inert).collect();
    lines.join("\\\n")
}

/// Untrusted text as words of one line.
pub(super) fn line(untrusted: &str) -> String {
    inert(&one_line(&clean(untrusted)))
}

/// Untrusted text in a fence that is longer than any run of backticks inside.
pub(super) fn code_block(untrusted: &str, language: &str) -> String {
    let text = clean(untrusted);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '.' | '_');
    let language: String = language.chars().filter(is_name).take(32).collect();
    let mark = fence(text, 3);
    // GitLab before 15 looked for quick actions outside ``` and ``` only, whatever fence stood around them.
    let text = if mark.len() > 3 { disarm_quick_actions(text) } else { text.to_owned() };
    let end = if text.is_empty() { "" } else { "\n" };
    format!("{mark}{language}\n{text}{end}{mark}")
}

/// Untrusted text as inline code.
pub(super) fn code_span(untrusted: &str) -> String {
    let text = one_line(&clean(untrusted));
    if text.is_empty() {
        return text;
    }
    let mark = fence(&text, 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{mark}{pad}{text}{pad}{mark}")
}

/// A link whose label is untrusted.
pub(super) fn link(label: &str, url: &Url) -> String {
    let label = line(label);
    match safe_link(url.as_str()) {
        Some(address) if label.is_empty() => {
            format!("[{}]({})", line(&address), destination(&address))
        }
        Some(address) => format!("[{label}]({})", destination(&address)),
        None => label,
    }
}

fn disarm_quick_actions(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| if line.starts_with('/') { format!("{BREAK}{line}") } else { line.to_owned() })
        .collect();
    lines.join("\n")
}

/// One line whose every character stands for itself.
fn inert(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / 4);
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let mut previous = None;
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let word = line[at..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        if word > 0 {
            push_word(&mut out, &line[at..at + word]);
            previous = line[..at + word].chars().next_back();
            at += word;
            continue;
        }
        let next = line[at + c.len_utf8()..].chars().next();
        push_sign(&mut out, c, &Neighbours { previous, next, first: at == indent });
        previous = Some(c);
        at += c.len_utf8();
    }
    out
}

/// What stands around a character. `first` says that nothing but white space stands before it in its line.
struct Neighbours {
    previous: Option<char>,
    next: Option<char>,
    first: bool,
}

/// A word of ASCII letters and digits: long hexadecimal ones and `www` are broken, because trackers link them.
fn push_word(out: &mut String, word: &str) {
    let hash = word.len() > LONGEST_HEX_RUN && word.bytes().all(|b| b.is_ascii_hexdigit());
    let mut previous = None;
    for (index, c) in word.chars().enumerate() {
        let www = matches!((previous, c), (Some('w' | 'W'), 'w' | 'W'));
        if www || (hash && index > 0 && index % LONGEST_HEX_RUN == 0) {
            out.push(BREAK);
        }
        out.push(c);
        previous = Some(c);
    }
}

/// Any other character, escaped if Markdown could read it, and broken off from what follows if a tracker could.
fn push_sign(out: &mut String, c: char, around: &Neighbours) {
    let &Neighbours { previous, next, first } = around;
    // White space at the ends of a line would indent it, or break it, or be dropped.
    if matches!(c, ' ' | '\t') && (previous.is_none() || next.is_none()) {
        out.push_str(if c == ' ' { "&#32;" } else { "&#9;" });
        return;
    }
    let numbering = matches!(c, '.' | ')') && previous.is_some_and(|p| p.is_ascii_digit());
    if MARKUP.contains(c) || numbering || (first && c.is_ascii_punctuation()) {
        out.push('\\');
    }
    out.push(c);
    let word_follows = next.is_none_or(|n| !n.is_whitespace());
    let key = c == '-'
        && next.is_some_and(|n| n.is_ascii_digit())
        && previous.is_some_and(char::is_alphanumeric);
    if (REFERENCES.contains(c) && word_follows) || key {
        out.push(BREAK);
    }
}
