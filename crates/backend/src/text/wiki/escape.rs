//! Words that wiki markup reads as words.
//!
//! Jira takes a backslash before `- # * _ + ? ^ ~ | % { } [ ] ( ) ! @` only. Everything else that could mean something
//! (a backslash itself, `h1.`, an address) is written as a character reference, which Jira passes through.

use crate::text::write::is_reference;
use std::fmt::Write;

/// Escapes words; `at_start` says that they begin a line, where more characters mean something.
pub(super) fn words(text: &str, at_start: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut previous = None;
    let mut rest = text;
    if let Some(marker) = block_marker(text).filter(|_| at_start) {
        out.push_str(&text[..marker]);
        out.push_str("&#46;");
        rest = &text[marker + 1..];
        previous = Some('.');
    }
    let mut chars = rest.chars().peekable();
    let mut tail = rest;
    while let Some(c) = chars.next() {
        tail = &tail[c.len_utf8()..];
        match c {
            '*' | '_' | '+' | '?' | '^' | '~' | '|' | '%' | '{' | '}' | '[' | ']' | '(' | ')'
            | '!' | '@' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '-' if !between_words(previous, chars.peek()) => out.push_str("\\-"),
            '\\' => out.push_str("&#92;"),
            '&' if is_reference(tail) => out.push_str("&amp;"),
            ':' if is_scheme(previous, chars.peek()) => out.push_str("&#58;"),
            c => out.push(c),
        }
        previous = Some(c);
    }
    out
}

/// An address for the part of a link behind `|`: without the characters that end it or begin a macro.
pub(super) fn address(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '[' | ']' | '|' | '{' | '}' | '\\' | '!' | '^' | ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Where the dot is that makes a heading or the like of a line.
fn block_marker(text: &str) -> Option<usize> {
    let words = text.trim_start();
    let is_marker = matches!(
        words.as_bytes(),
        [b'h', b'1'..=b'6', b'.', ..]
            | [b'b', b'q', b'.', ..]
            | [b'f', b'n', b'1'..=b'9', b'.', ..]
    );
    let dot = words.find('.').filter(|_| is_marker)?;
    Some(text.len() - words.len() + dot)
}

fn between_words(previous: Option<char>, next: Option<&char>) -> bool {
    previous.is_some_and(char::is_alphanumeric) && next.is_some_and(|c| c.is_alphanumeric())
}

/// A colon as in `https://` or `mailto:someone`.
fn is_scheme(previous: Option<char>, next: Option<&char>) -> bool {
    next.is_some_and(|c| {
        *c == '/' || (!c.is_whitespace() && previous.is_some_and(char::is_alphabetic))
    })
}
