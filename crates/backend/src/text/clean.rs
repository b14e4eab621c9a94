//! Untrusted text made printable: what cannot be seen is removed or spelled out.

use std::fmt::Write;

/// Breaks a word without being seen. Text that we quote contains it only where [`super::quote`] put it.
pub(super) const BREAK: char = '\u{200B}';

/// Normalises line ends to `\n`, removes terminal sequences and invisible characters, and spells out the control
/// characters and direction overrides that remain, as in `<U+202E>`.
pub(super) fn clean(untrusted: &str) -> String {
    let mut out = String::with_capacity(untrusted.len());
    let mut rest = untrusted;
    while let Some(c) = rest.chars().next() {
        let sequence = terminal_sequence(rest);
        if sequence > 0 {
            rest = &rest[sequence..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\r' if rest.starts_with('\n') => {}
            '\r' | '\n' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push(c),
            c if is_invisible(c) => {}
            c if c.is_control() || is_direction(c) || is_noncharacter(c) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "<U+{:04X}>", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// The text on one line, with runs of white space as one space.
pub(super) fn one_line(cleaned: &str) -> String {
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The length in bytes of the ANSI control sequence (colours, cursor, window title) at the start, or 0.
fn terminal_sequence(text: &str) -> usize {
    if let Some(parameters) = text.strip_prefix("\u{1B}[").or_else(|| text.strip_prefix('\u{9B}')) {
        let length = parameters.bytes().take_while(|b| (0x20..0x40).contains(b)).count();
        return match parameters.as_bytes().get(length) {
            Some(0x40..=0x7E) => text.len() - parameters.len() + length + 1,
            _ => 0,
        };
    }
    let Some(command) = text.strip_prefix("\u{1B}]") else { return 0 };
    let end = command.find(char::is_control).unwrap_or(command.len());
    let terminator = if command[end..].starts_with('\u{7}') {
        1
    } else if command[end..].starts_with("\u{1B}\\") {
        2
    } else {
        return 0;
    };
    2 + end + terminator
}

/// Characters without width or meaning to a reader: they hide text from people, or split what they read as one word.
/// Joiners (U+200C, U+200D) stay: scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | BREAK | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_noncharacter(c: char) -> bool {
    matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF) || matches!(c, '\u{FDD0}'..='\u{FDEF}')
}
