//! The words of JQL.

use std::{fmt, iter::Peekable, str::Chars};

/// A word, a quoted text without its quotes and escapes, or a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Quoted(String),
    Symbol(&'static str),
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) | Self::Quoted(text) => write!(f, "`{text}`"),
            Self::Symbol(symbol) => write!(f, "`{symbol}`"),
        }
    }
}

/// Symbols that compare.
pub(super) const COMPARISONS: &[&str] = &["=", "!=", "~", "!~", "<", "<=", ">", ">="];

/// Longer symbols before their beginnings.
const SYMBOLS: &[&str] =
    &["!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "!", "&", "|", "(", ")", ","];

/// Characters that a bare word cannot contain.
const RESERVED_CHARACTERS: &str = "{}*/%+^$#@?;[]\\";

/// Words that cannot stand for themselves without quotes (those that the grammar needs).
const RESERVED_WORDS: &[&str] = &[
    "and", "or", "not", "in", "is", "was", "changed", "empty", "null", "order", "by", "asc",
    "desc", "select", "from", "where", "delete", "insert", "update", "limit", "like", "between",
];

pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED_WORDS.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            tokens.push(Token::Symbol(symbol));
            rest = &rest[symbol.len()..];
        } else if matches!(first, '"' | '\'') {
            let mut chars = rest[1..].chars().peekable();
            tokens.push(Token::Quoted(quoted(&mut chars, first)?));
            rest = &rest[rest.len() - chars.map(char::len_utf8).sum::<usize>()..];
        } else {
            let end = rest.find(ends_word).unwrap_or(rest.len());
            let word = &rest[..end];
            if let Some(wrong) = word.chars().find(|c| RESERVED_CHARACTERS.contains(*c)) {
                return Err(format!("The character `{wrong}` is reserved; put quotes around it."));
            }
            tokens.push(Token::Word(word.to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || "\"'=!~<>&|(),".contains(c)
}

/// The text up to the closing quote.
fn quoted(chars: &mut Peekable<Chars<'_>>, quote: char) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match chars.next() {
            None => return Err("A quoted text does not end.".to_owned()),
            Some(c) if c == quote => return Ok(text),
            Some('\\') => text.push(escaped(chars)?),
            Some(c) if is_control(c) => {
                return Err(format!("The character U+{:04X} must be escaped.", u32::from(c)));
            }
            Some(c) => text.push(c),
        }
    }
}

/// Control characters are refused even in quotes, apart from line breaks.
fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r')
        || matches!(c, '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}')
}

fn escaped(chars: &mut Peekable<Chars<'_>>) -> Result<char, String> {
    match chars.next() {
        Some(c @ ('"' | '\'' | '\\' | ' ')) => Ok(c),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some('u') => {
            let digits: String = chars.by_ref().take(4).collect();
            let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4);
            code.and_then(char::from_u32)
                .ok_or_else(|| format!("`\\u{digits}` is no escape sequence."))
        }
        other => Err(format!("`\\{}` is no escape sequence.", other.unwrap_or(' '))),
    }
}
