//! The document between formats to Markdown: what is read from a tracker becomes the text of the house.

use super::Markdown;
use super::clean::BREAK;
use super::tree::{Block, Inline, Span, Style};
use std::fmt::Write;

/// Writes blocks as Markdown. Words are escaped so that they read as words; mentions and references in them are not
/// broken, because a tracker's text is shown or rendered again, and quoted by whoever sends it elsewhere.
pub(super) fn write(blocks: &[Block]) -> Markdown {
    Markdown(blocks_text(blocks))
}

/// The text behind a list marker, its further lines indented as wide as the marker.
pub(super) fn indented(marker: &str, text: &str) -> String {
    let pad = " ".repeat(marker.len());
    let mut out = marker.to_owned();
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            out.push('\n');
            out.push_str(if line.is_empty() { "" } else { &pad });
        }
        out.push_str(line);
    }
    out.trim_end().to_owned()
}

/// A run of backticks longer than any in the text, and at least so long.
pub(super) fn fence(text: &str, least: usize) -> String {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(least.max(longest + 1))
}

/// An address as the destination of a Markdown link: what could end it or be read as a reference is encoded.
pub(super) fn destination(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for (index, c) in address.char_indices() {
        match c {
            '&' if is_reference(&address[index + 1..]) => out.push_str("&amp;"),
            ' ' | '<' | '>' | '(' | ')' | '\\' | '`' | '|' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Whether what follows an ampersand makes it a character reference, in Markdown as in HTML and wiki markup.
pub(super) fn is_reference(after: &str) -> bool {
    let length =
        after.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    length > 0 && after.as_bytes().get(length) == Some(&b';')
}

fn blocks_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut list_before = false;
    for block in blocks {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        // Two lists in a row would read as one, so the second of them changes its marker.
        let is_list = matches!(block, Block::List { .. });
        let markers = if is_list && list_before { Markers::Other } else { Markers::Usual };
        out.push_str(&block_text(block, markers));
        list_before = is_list && markers == Markers::Usual;
    }
    out
}

/// Which characters mark the items of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Markers {
    Usual,
    Other,
}

/// Where words stand, which decides what they may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Paragraph,
    Heading,
    Cell,
}

fn block_text(block: &Block, markers: Markers) -> String {
    match block {
        Block::Paragraph(content) => line_text(content, Place::Paragraph),
        Block::Heading(level, content) => {
            format!("{} {}", "#".repeat(usize::from(*level)), line_text(content, Place::Heading))
        }
        Block::Code { language, text } => {
            let mark = fence(text, 3);
            let end = if text.is_empty() { "" } else { "\n" };
            format!("{mark}{}\n{text}{end}{mark}", language.replace(['`', '\n', ' '], ""))
        }
        Block::Quote(blocks) => quoted(&blocks_text(blocks)),
        Block::List { start, items } => list_text(*start, items, markers),
        Block::Table(rows) => table_text(rows),
        Block::Rule => "---".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

fn list_text(start: Option<u64>, items: &[Vec<Block>], markers: Markers) -> String {
    let lines: Vec<String> = (0u64..)
        .zip(items)
        .map(|(index, item)| {
            let marker = match (start, markers) {
                (Some(first), Markers::Usual) => format!("{}. ", number(first, index)),
                (Some(first), Markers::Other) => format!("{}) ", number(first, index)),
                (None, Markers::Usual) => "- ".to_owned(),
                (None, Markers::Other) => "* ".to_owned(),
            };
            indented(&marker, &item_text(item))
        })
        .collect();
    lines.join("\n")
}

/// The number of an item; Markdown reads nine digits at most.
fn number(first: u64, index: u64) -> u64 {
    first.saturating_add(index).min(999_999_999)
}

/// The blocks of an item: a list directly below its words needs no blank line, and then stays tight.
fn item_text(item: &[Block]) -> String {
    match item {
        [Block::Paragraph(words), nested @ Block::List { .. }] => {
            format!(
                "{}\n{}",
                line_text(words, Place::Paragraph),
                block_text(nested, Markers::Usual)
            )
        }
        blocks => blocks_text(blocks),
    }
}

fn table_text(rows: &[Vec<Vec<Inline>>]) -> String {
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<String> = row.iter().map(|cell| line_text(cell, Place::Cell)).collect();
            format!("| {} |", cells.join(" | "))
        })
        .collect();
    let width = rows.first().map_or(0, Vec::len);
    lines.insert(1.min(lines.len()), format!("|{}", " --- |".repeat(width)));
    lines.join("\n")
}

/// A line of words. A break is a line of its own in paragraphs only, and a space elsewhere.
fn line_text(content: &[Inline], place: Place) -> String {
    let mut out = String::new();
    for (index, piece) in content.iter().enumerate() {
        match piece {
            Inline::Break if place == Place::Paragraph => out.push_str("\\\n"),
            Inline::Break => out.push(' '),
            Inline::Text(span) => {
                let next = content.get(index + 1);
                let joined = matches!(next, Some(Inline::Text(next)) if !next.text.starts_with(char::is_whitespace));
                span_text(
                    &mut out,
                    span,
                    place,
                    joined && !span.text.ends_with(char::is_whitespace),
                );
            }
        }
    }
    out
}

fn span_text(out: &mut String, span: &Span, place: Place, joined: bool) {
    let words = span.text.trim();
    let start = span.text.len() - span.text.trim_start().len();
    let line_start = out.is_empty() || out.ends_with('\n');
    if line_start && start > 0 {
        // White space here would make the paragraph a block of code.
        out.push_str("&#32;");
        out.push_str(span.text[..start].get(1..).unwrap_or_default());
    } else {
        out.push_str(&span.text[..start]);
    }
    if words.is_empty() {
        return;
    }
    let body = if span.style.has(Style::CODE) {
        code(words, place)
    } else {
        escape(words, line_start, place)
    };
    let marked = mark(out, span.style, &body, joined);
    match &span.link {
        Some(address) => out.extend(["[", &marked, "](", &destination(address), ")"]),
        None => out.push_str(&marked),
    }
    out.push_str(&span.text[start + words.len()..]);
}

fn code(words: &str, place: Place) -> String {
    let mark = fence(words, 1);
    let pad = if words.starts_with('`') || words.ends_with('`') { " " } else { "" };
    let words = if place == Place::Cell { words.replace('|', "\\|") } else { words.to_owned() };
    format!("{mark}{pad}{words}{pad}{mark}")
}

/// The words between their marks. Marks that touch other marks, or stand between punctuation and a word, would not be
/// read as marks: there an unseen break parts them, which reading takes out again.
fn mark(before: &str, style: Style, body: &str, joined: bool) -> String {
    let part = |wanted: bool| if wanted { BREAK.to_string() } else { String::new() };
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let looks = [(Style::STRIKE, "~~"), (Style::STRONG, "**"), (Style::EMPHASIS, "*")];
    let marks: String =
        looks.iter().filter(|(look, _)| style.has(*look)).map(|(_, mark)| *mark).collect();
    let opens = marks.chars().chain(body.chars()).next();
    let touching =
        before.ends_with(['*', '~', '`']) && opens.is_some_and(|c| matches!(c, '*' | '~' | '`'));
    if marks.is_empty() {
        return format!("{}{body}", part(touching && !before.ends_with('\\')));
    }
    let attached = before.chars().next_back().is_some_and(|c| !c.is_whitespace());
    let inner_start = part(attached && !is_word(body.chars().next()));
    let inner_end = part(joined && !is_word(body.chars().next_back()));
    let closing: String = marks.chars().rev().collect();
    format!("{}{marks}{inner_start}{body}{inner_end}{closing}", part(touching))
}

/// Words of a tracker so that Markdown reads them as words, with as few backslashes as that takes.
fn escape(text: &str, line_start: bool, place: Place) -> String {
    let mut out = String::with_capacity(text.len());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut previous = None;
    for (index, c) in text.char_indices() {
        let after = &text[index + c.len_utf8()..];
        let next = after.chars().next();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let special = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' => true,
            '_' => !is_word(previous) || !is_word(next),
            '&' => is_reference(after),
            '|' if place == Place::Cell => true,
            '#' if place == Place::Heading => true,
            '#' | '+' | '-' | '=' | '>' | ':' | '|' => line_start && index == 0,
            '.' | ')' => line_start && index > 0 && index == digits,
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
        previous = Some(c);
    }
    out
}
