//! `#12`, `acme/shop#12`, `group/sub/project#12` and `AB#12`.

use super::around;
use std::ops::Range;

/// A number behind a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number<'a> {
    /// Where the number counts.
    pub(super) scope: Scope<'a>,
    /// `12`.
    pub(super) digits: &'a str,
}

/// Whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope<'a> {
    /// This repository's.
    Here,
    /// Another repository's, `acme/shop`.
    Project(&'a str),
    /// Azure Boards'.
    AzureBoards,
}

/// The number whose hash is at `hash`.
pub(super) fn at(text: &str, hash: usize) -> Option<(Range<usize>, Number<'_>)> {
    let bytes = text.as_bytes();
    let length = bytes[hash + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = hash + 1 + length;
    let digits = &text[hash + 1..end];
    let ends_clean =
        !text[end..].chars().next().is_some_and(|next| around::is_word(next) || next == '_');
    if !(1..=10).contains(&length) || digits.starts_with('0') || !ends_clean {
        return None;
    }
    let (start, scope) = scope(text, hash)?;
    Some((start..end, Number { scope, digits }))
}

fn scope(text: &str, hash: usize) -> Option<(usize, Scope<'_>)> {
    let line = around::before(text, hash);
    let path = line.rfind(|c: char| !is_path(c)).map_or(line, |other| {
        &line[other + line[other..].chars().next().map_or(1, char::len_utf8)..]
    });
    let path = path.trim_start_matches(['.', '-', '/']);
    let start = hash - path.len();
    let previous = text[..start].chars().next_back();
    match path {
        "" => match previous {
            Some(c) if around::is_word(c) || matches!(c, '&' | '_' | '/' | '#') => None,
            _ => Some((start, Scope::Here)),
        },
        "AB" | "ab" | "Ab" => Some((start, Scope::AzureBoards)),
        _ if is_project(path) => Some((start, Scope::Project(path))),
        _ => None,
    }
}

fn is_path(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_' | '/')
}

fn is_project(path: &str) -> bool {
    let mut parts = 0;
    let named = path.split('/').all(|part| {
        parts += 1;
        part.bytes().any(|byte| byte.is_ascii_alphanumeric())
    });
    named && parts >= 2
}
