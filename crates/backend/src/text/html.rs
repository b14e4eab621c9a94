//! HTML, the text of Azure DevOps work items. A small fixed set of tags without attributes but `href`.

use super::Markdown;
use super::parse::parse as parse_markdown;
use super::tree::{Block, Inline, Span, Style};
use super::write::write;
use std::fmt::Write;

mod entity;
mod read;

pub(super) use entity::decode;

/// Renders HTML. All words are escaped, raw HTML in the Markdown too, so that no tag, script or style comes from text.
pub fn render(markdown: &Markdown) -> String {
    let mut out = String::new();
    blocks(&mut out, &parse_markdown(markdown.as_str()));
    out
}

/// Reads HTML of any quality. Lossy: scripts, styles, comments, images without words, colours and layout are dropped;
/// of tags not known here the words stay. Links keep their address only if it is http, https or mailto.
pub fn parse(html: &str) -> Markdown {
    write(&read::blocks(html))
}

fn blocks(out: &mut String, blocks: &[Block]) {
    for each in blocks {
        block(out, each);
    }
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Paragraph(content) => element(out, "p", |out| line(out, content)),
        Block::Heading(level, content) => {
            element(out, &format!("h{level}"), |out| line(out, content));
        }
        Block::Code { text, .. } => {
            element(out, "pre", |out| element(out, "code", |out| escape(out, text)));
        }
        Block::Quote(content) => element(out, "blockquote", |out| blocks(out, content)),
        Block::List { start, items } => list(out, *start, items),
        Block::Table(rows) => element(out, "table", |out| {
            rows.iter()
                .enumerate()
                .for_each(|(index, row)| table_row(out, row, if index == 0 { "th" } else { "td" }));
        }),
        Block::Rule => out.push_str("<hr>"),
    }
}

fn list(out: &mut String, start: Option<u64>, items: &[Vec<Block>]) {
    let (open, close) = match start {
        None => ("<ul>".to_owned(), "</ul>"),
        Some(1) => ("<ol>".to_owned(), "</ol>"),
        Some(start) => (format!("<ol start=\"{start}\">"), "</ol>"),
    };
    out.push_str(&open);
    for item in items {
        element(out, "li", |out| list_item(out, item));
    }
    out.push_str(close);
}

/// The words of an item stand in it without a paragraph, which would space the list out.
fn list_item(out: &mut String, item: &[Block]) {
    match item {
        [Block::Paragraph(words), rest @ ..]
            if !matches!(rest.first(), Some(Block::Paragraph(_))) =>
        {
            line(out, words);
            blocks(out, rest);
        }
        all => blocks(out, all),
    }
}

fn table_row(out: &mut String, cells: &[Vec<Inline>], tag: &str) {
    element(out, "tr", |out| {
        for cell in cells {
            element(out, tag, |out| line(out, cell));
        }
    });
}

fn line(out: &mut String, content: &[Inline]) {
    for piece in content {
        match piece {
            Inline::Break => out.push_str("<br>"),
            Inline::Text(span) => text(out, span),
        }
    }
}

fn text(out: &mut String, span: &Span) {
    let looks = [
        (Style::STRIKE, "s"),
        (Style::STRONG, "strong"),
        (Style::EMPHASIS, "em"),
        (Style::CODE, "code"),
    ];
    let tags: Vec<&str> =
        looks.iter().filter(|(look, _)| span.style.has(*look)).map(|(_, tag)| *tag).collect();
    if let Some(address) = &span.link {
        out.push_str("<a href=\"");
        escape(out, address);
        out.push_str("\">");
    }
    for tag in &tags {
        push_tag(out, "<", tag);
    }
    escape(out, &span.text);
    for tag in tags.iter().rev() {
        push_tag(out, "</", tag);
    }
    if span.link.is_some() {
        out.push_str("</a>");
    }
}

fn element(out: &mut String, tag: &str, content: impl FnOnce(&mut String)) {
    push_tag(out, "<", tag);
    content(out);
    push_tag(out, "</", tag);
}

fn push_tag(out: &mut String, open: &str, tag: &str) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{open}{tag}>");
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}
