//! The one door for text that others wrote, on its way to a log, a terminal or standard output.
//!
//! Runners read commands out of a step's output. GitHub takes `::name ..::` at the start of a line, after white
//! space, and the older `##[name]` anywhere; Azure Pipelines takes `##vso[name]` anywhere, in any letter case.
//! They compare by the rules of a culture, where invisible characters count for nothing: `##` and `[` with a
//! zero-width space between them are a command too. So invisible characters go first, and what still reads like
//! a command when everything foreign to it is skipped gets a space in its middle.

use std::iter;

/// Characters of one line; the rest is cut, with a note. A commit message may hold a whole file in one line.
const LONGEST_LINE: usize = 4_000;

/// The text as one harmless line: line breaks become spaces. It may be printed at the start of a line.
pub fn line(text: &str) -> String {
    if is_plain(text) && text.len() <= LONGEST_LINE {
        return text.to_owned();
    }
    clean(&joined(text))
}

/// The text as harmless lines, joined by `\n`, without one at the end.
pub fn print(text: &str) -> String {
    pieces(text).map(clean).collect::<Vec<_>>().join("\n")
}

/// The same JSON document, in other words: what could act on a runner or a terminal is written as `\uXXXX`.
pub fn json(document: String) -> String {
    let is_plain = |byte| matches!(byte, b'\n' | b'\r' | b' '..=b'~');
    if document.bytes().all(is_plain) && armed_hashes(&document).next().is_none() {
        return document;
    }
    let mut armed = armed_hashes(&document).peekable();
    let mut safe = String::with_capacity(document.len());
    for (at, c) in document.char_indices() {
        let is_armed = armed.next_if_eq(&at).is_some();
        if is_armed || is_invisible(c) || (is_line_break(c) && !matches!(c, '\n' | '\r')) {
            let mut units = [0; 2];
            let escapes = c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}"));
            safe.extend(escapes);
        } else {
            safe.push(c);
        }
    }
    safe
}

/// True for text in which there is nothing to look for: printable ASCII without `##` and without `::`. Most text is,
/// and there may be thousands of lines.
fn is_plain(text: &str) -> bool {
    let is_printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_printable && !text.as_bytes().windows(2).any(|pair| pair == b"##" || pair == b"::")
}

/// The text without line breaks, and as it is otherwise.
pub(crate) fn joined(text: &str) -> String {
    pieces(text).collect::<Vec<_>>().join(" ")
}

/// Lines by every rule that a runner, a terminal or a browser may have; `\r\n` ends one line, not two.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text.trim_end_matches(is_line_break));
    iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(is_line_break) else { return rest.take() };
        let (piece, tail) = text.split_at(end);
        let tail = tail.strip_prefix("\r\n").or_else(|| tail.strip_prefix(is_line_break));
        rest = tail;
        Some(piece)
    })
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Removal comes first, because it may bring the parts of a command together.
fn clean(piece: &str) -> String {
    let visible: String = without_escapes(piece).chars().filter(|c| !is_invisible(*c)).collect();
    disarm(&cut(visible))
}

fn cut(line: String) -> String {
    let Some((end, _)) = line.char_indices().nth(LONGEST_LINE) else { return line };
    let (kept, rest) = line.split_at(end);
    format!("{kept} ... ({} more characters)", rest.chars().count())
}

/// Drops the sequences that colour text, move the cursor or set a window's title, with their parameters.
fn without_escapes(piece: &str) -> String {
    let mut kept = String::with_capacity(piece.len());
    let mut rest = piece;
    while let Some(at) = rest.find(['\u{1b}', '\u{9b}', '\u{9d}']) {
        kept.push_str(&rest[..at]);
        rest = after_escape(&rest[at..]);
    }
    kept.push_str(rest);
    kept
}

fn after_escape(sequence: &str) -> &str {
    let one = |text: &'static str| sequence.strip_prefix(text);
    if let Some(body) = one("\u{1b}[").or_else(|| one("\u{9b}")) {
        return after_control_sequence(body);
    }
    if let Some(body) = one("\u{1b}]").or_else(|| one("\u{9d}")) {
        return after_operating_system_command(body);
    }
    sequence.strip_prefix(['\u{1b}', '\u{9b}', '\u{9d}']).unwrap_or_default()
}

/// Parameters `0` to `?`, intermediates space to `/`, one final character `@` to `~`.
fn after_control_sequence(body: &str) -> &str {
    let body = body.trim_start_matches(|c| matches!(c, '0'..='?'));
    let body = body.trim_start_matches(|c| matches!(c, ' '..='/'));
    body.strip_prefix(|c| matches!(c, '@'..='~')).unwrap_or(body)
}

/// Ends with a bell or a string terminator. One without an end would swallow the line, so its text is kept.
fn after_operating_system_command(body: &str) -> &str {
    let ends = [("\u{7}", 1), ("\u{1b}\\", 2), ("\u{9c}", 2)];
    let end = ends.iter().filter_map(|(end, length)| Some(body.find(end)? + length)).min();
    end.map_or(body, |end| &body[end..])
}

/// Controls but the tab, and what Unicode calls format characters, default ignorables and noncharacters:
/// direction overrides, zero-width characters, variation selectors, fillers, tags.
fn is_invisible(c: char) -> bool {
    if c.is_control() {
        return c != '\t' && !is_line_break(c);
    }
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
        || (u32::from(c) & 0xfffe) == 0xfffe
}

fn disarm(line: &str) -> String {
    let colon = opening_colon(line);
    let mut breaks: Vec<_> = armed_hashes(line).chain(colon).collect();
    breaks.sort_unstable();
    let mut safe = String::with_capacity(line.len() + breaks.len());
    let mut from = 0;
    for at in breaks {
        safe.push_str(&line[from..at]);
        safe.push(' ');
        from = at;
    }
    safe.push_str(&line[from..]);
    safe
}

/// Where the second colon of a `::` stands that opens a line.
fn opening_colon(line: &str) -> Option<usize> {
    let mut colons = line
        .char_indices()
        .skip_while(|(_, c)| c.is_whitespace() || is_foreign(*c))
        .filter(|(_, c)| !is_foreign(*c))
        .map(|(at, c)| (at, plain(c)));
    let (_, first) = colons.next()?;
    let (at, second) = colons.next()?;
    (first == ':' && second == ':').then_some(at)
}

/// Where the second `#` of every `##[` and `##vso[` stands.
fn armed_hashes(text: &str) -> impl Iterator<Item = usize> {
    hashes(text).filter_map(|first| {
        let mut rest = text[first..]
            .char_indices()
            .filter(|(_, c)| !is_foreign(*c))
            .map(|(at, c)| (first + at, plain(c)))
            .skip(1);
        let (second, _) = rest.next().filter(|(_, c)| *c == '#')?;
        let word: String = rest.map(|(_, c)| c).take(4).collect();
        (word.starts_with('[') || word == "vso[").then_some(second)
    })
}

/// Where a hash stands, plain or dressed. A document may be large, so that bytes are looked at first: the dressed ones
/// begin with 0xEF, as no other byte of a character does.
fn hashes(text: &str) -> impl Iterator<Item = usize> {
    let begins = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'#' | 0xef));
    begins.map(|(at, _)| at).filter(|at| text[*at..].starts_with(['#', '＃', '﹟']))
}

/// Neither part of a command nor a letter or digit of any script: whether a comparison skips it is up to the
/// runner's tables, so here it always is skipped.
fn is_foreign(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric() && plain(c) == c
}

/// The ASCII character that `c` is a wide or otherwise dressed form of, in lower case.
fn plain(c: char) -> char {
    let ascii = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{fe5f}' => '#',
        '\u{fe55}' => ':',
        '\u{17f}' => 's',
        _ => c,
    };
    ascii.to_ascii_lowercase()
}
