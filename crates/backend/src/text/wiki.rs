//! Jira's wiki markup, the text of Jira Data Center.

use super::Markdown;
use super::clean::BREAK;
use super::parse::parse as parse_markdown;
use super::tree::{Block, Inline, Span, Style, flatten};
use super::write::write;

mod escape;
mod read;

/// Renders wiki markup. Words are escaped wherever markup could come alive, `[~name]` mentions first of all; code goes
/// into `{code}` or `{noformat}`, whichever it cannot end.
pub fn render(markdown: &Markdown) -> String {
    let blocks = parse_markdown(markdown.as_str());
    blocks.into_iter().map(block).collect::<Vec<_>>().join("\n\n")
}

/// Reads wiki markup. Lossy: headings, bold, italic, deleted, monospaced, lists, links, tables, quotes and code are
/// kept; mentions become `@name` in words, images and attachments a note, colours, panels and other macros their words.
pub fn parse(markup: &str) -> Markdown {
    write(&read::blocks(markup))
}

fn block(block: Block) -> String {
    match block {
        Block::Paragraph(content) => line(&content, "\n", true),
        Block::Heading(level, content) => format!("h{level}. {}", inline(&content)),
        Block::Code { language, text } => code_block(&language, &text),
        Block::Quote(blocks) => {
            let inside: Vec<String> = unquoted(blocks).into_iter().map(self::block).collect();
            format!("{{quote}}\n{}\n{{quote}}", inside.join("\n\n"))
        }
        Block::List { start, items } => list("", start, items),
        Block::Table(rows) => table(&rows),
        Block::Rule => "----".to_owned(),
    }
}

/// Quotes inside a quote are dissolved: the inner `{quote}` would end the outer one.
fn unquoted(blocks: Vec<Block>) -> Vec<Block> {
    let dissolve = |block| match block {
        Block::Quote(inside) => unquoted(inside),
        Block::List { start, items } => {
            vec![Block::List { start, items: items.into_iter().map(unquoted).collect() }]
        }
        other => vec![other],
    };
    blocks.into_iter().flat_map(dissolve).collect()
}

/// Code in the block that it cannot end; if it has the ends of both, they are broken.
fn code_block(language: &str, text: &str) -> String {
    let has = |tag: &str| text.to_ascii_lowercase().contains(tag);
    if !has("{code") {
        let plain = language.is_empty()
            || !language.chars().all(|c| c.is_ascii_alphanumeric() || "+#-".contains(c));
        let parameter = if plain { String::new() } else { format!(":{language}") };
        return format!("{{code{parameter}}}\n{text}\n{{code}}");
    }
    if !has("{noformat") {
        return format!("{{noformat}}\n{text}\n{{noformat}}");
    }
    format!("{{noformat}}\n{}\n{{noformat}}", text.replace('{', &format!("{{{BREAK}")))
}

/// A list; `prefix` is the markers of the lists around it.
fn list(prefix: &str, start: Option<u64>, items: Vec<Vec<Block>>) -> String {
    let marker = format!("{prefix}{}", if start.is_some() { '#' } else { '*' });
    let items: Vec<String> = items.into_iter().map(|item| list_item(&marker, item)).collect();
    items.join("\n")
}

/// An item is one line: its words with forced breaks, then nested lists and code on lines of their own.
fn list_item(marker: &str, blocks: Vec<Block>) -> String {
    let mut words: Vec<Inline> = Vec::new();
    let mut tail = String::new();
    for block in blocks {
        match block {
            Block::List { start, items } => {
                tail.extend(["\n", &list(marker, start, items)]);
            }
            Block::Code { language, text } => {
                tail.extend(["\n", &code_block(&language, &text)]);
            }
            other => {
                if !words.is_empty() {
                    words.push(Inline::Break);
                }
                words.extend(flatten(vec![other]));
            }
        }
    }
    format!("{marker} {}{tail}", inline(&words))
}

fn table(rows: &[Vec<Vec<Inline>>]) -> String {
    let lines: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let wall = if index == 0 { "||" } else { "|" };
            let cells: Vec<String> =
                row.iter().map(|cell| format!("{wall} {} ", inline(cell))).collect();
            format!("{}{wall}", cells.concat())
        })
        .collect();
    lines.join("\n")
}

/// Words on one line of markup, behind a marker.
fn inline(content: &[Inline]) -> String {
    line(content, " \\\\ ", false)
}

fn line(content: &[Inline], line_break: &str, at_start: bool) -> String {
    let mut out = String::new();
    for (index, piece) in content.iter().enumerate() {
        match piece {
            Inline::Break => out.push_str(line_break),
            Inline::Text(span) => {
                let next = content.get(index + 1).and_then(first_character);
                let at_start = if out.is_empty() { at_start } else { out.ends_with('\n') };
                text(&mut out, span, at_start, next);
            }
        }
    }
    out
}

fn first_character(piece: &Inline) -> Option<char> {
    match piece {
        Inline::Text(span) => span.text.chars().next(),
        Inline::Break => None,
    }
}

/// Words between their marks. Marks must touch the words; next to a letter they need braces to be seen.
fn text(out: &mut String, span: &Span, at_start: bool, next: Option<char>) {
    let words = span.text.trim();
    let marks = marks(span.style);
    if words.is_empty() || (marks.is_empty() && span.link.is_none()) {
        out.push_str(&escape::words(&span.text, at_start));
        return;
    }
    let start = span.text.len() - span.text.trim_start().len();
    let end = start + words.len();
    out.push_str(&span.text[..start]);
    let braces = out.ends_with(char::is_alphanumeric)
        || (end == span.text.len() && next.is_some_and(char::is_alphanumeric));
    let mark = |mark: &str| {
        if braces && mark.len() == 1 { format!("{{{mark}}}") } else { mark.to_owned() }
    };
    let opening: String = marks.iter().map(|(open, _)| mark(open)).collect();
    let closing: String = marks.iter().rev().map(|(_, close)| mark(close)).collect();
    let marked = format!("{opening}{}{closing}", escape::words(words, false));
    match &span.link {
        Some(address) => out.extend(["[", &marked, "|", &escape::address(address), "]"]),
        None => out.push_str(&marked),
    }
    out.push_str(&span.text[end..]);
}

fn marks(style: Style) -> Vec<(&'static str, &'static str)> {
    let looks = [
        (Style::STRIKE, ("-", "-")),
        (Style::STRONG, ("*", "*")),
        (Style::EMPHASIS, ("_", "_")),
        (Style::CODE, ("{{", "}}")),
    ];
    looks.into_iter().filter(|(look, _)| style.has(*look)).map(|(_, mark)| mark).collect()
}
