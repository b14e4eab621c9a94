//! Atlassian Document Format (version 1), the text of Jira Cloud. It is a tree of nodes, so words in it are inert.

use super::Markdown;
use super::parse::parse as parse_markdown;
use super::tree::{Block, Inline, Span, Style, plain, table_row};
use super::write::write;
use serde_json::{Map, Value, json};

mod read;

/// Renders a document that Jira's schema accepts: what a node may not contain is rewritten (a heading in a list item
/// becomes a strong paragraph). Images become links; nothing is mentioned, embedded or loaded.
pub fn render(markdown: &Markdown) -> Value {
    let blocks = parse_markdown(markdown.as_str());
    let content: Vec<Value> = blocks.into_iter().map(node).collect();
    json!({ "type": "doc", "version": 1, "content": content })
}

/// Reads a document. Lossy: mentions, dates, statuses, cards and emoji become their words, media become a note with
/// their file name, colours, alignment and macros are dropped; of nodes not known here the words stay. Anything that
/// is no document gives empty Markdown, and a plain string is taken as words.
pub fn parse(document: &Value) -> Markdown {
    write(&read::blocks(document))
}

/// A block where anything may stand: in the document itself.
fn node(block: Block) -> Value {
    match block {
        Block::Paragraph(content) => paragraph(content),
        Block::Heading(level, content) => {
            json!({ "type": "heading", "attrs": { "level": level }, "content": line(content) })
        }
        Block::Code { language, text } => code_block(&language, &text),
        Block::Quote(blocks) => {
            json!({ "type": "blockquote", "content": plain_blocks(blocks) })
        }
        Block::List { start, items } => list(start, items),
        Block::Table(rows) => table(rows),
        Block::Rule => json!({ "type": "rule" }),
    }
}

fn paragraph(content: Vec<Inline>) -> Value {
    json!({ "type": "paragraph", "content": line(content) })
}

fn code_block(language: &str, text: &str) -> Value {
    let content: Vec<Value> =
        if text.is_empty() { vec![] } else { vec![json!({ "type": "text", "text": text })] };
    if language.is_empty() {
        return json!({ "type": "codeBlock", "content": content });
    }
    json!({ "type": "codeBlock", "attrs": { "language": language }, "content": content })
}

fn list(start: Option<u64>, items: Vec<Vec<Block>>) -> Value {
    let content: Vec<Value> = items.into_iter().map(list_item).collect();
    match start {
        None => json!({ "type": "bulletList", "content": content }),
        Some(order) => {
            json!({ "type": "orderedList", "attrs": { "order": order }, "content": content })
        }
    }
}

/// An item: a list may not stand first in it, so an empty paragraph then does.
fn list_item(blocks: Vec<Block>) -> Value {
    let mut content = plain_blocks(blocks);
    if content
        .first()
        .is_some_and(|first| first["type"] != "paragraph" && first["type"] != "codeBlock")
    {
        content.insert(0, paragraph(Vec::new()));
    }
    json!({ "type": "listItem", "content": content })
}

/// Blocks for quotes and list items, which take paragraphs, lists and code only, and at least one.
fn plain_blocks(blocks: Vec<Block>) -> Vec<Value> {
    let mut content = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(_, words) => content.push(paragraph(strong(words))),
            Block::Quote(blocks) => content.extend(plain_blocks(blocks)),
            Block::Table(rows) => {
                content.extend(rows.into_iter().map(|row| paragraph(table_row(row))));
            }
            Block::Rule => content.push(paragraph(vec![plain("---")])),
            block @ (Block::Paragraph(_) | Block::Code { .. } | Block::List { .. }) => {
                content.push(node(block));
            }
        }
    }
    if content.is_empty() {
        content.push(paragraph(Vec::new()));
    }
    content
}

fn table(rows: Vec<Vec<Vec<Inline>>>) -> Value {
    let rows: Vec<Value> = rows
        .into_iter()
        .enumerate()
        .map(|(index, cells)| {
            let kind = if index == 0 { "tableHeader" } else { "tableCell" };
            let cells: Vec<Value> = cells
                .into_iter()
                .map(|cell| json!({ "type": kind, "content": [paragraph(cell)] }))
                .collect();
            json!({ "type": "tableRow", "content": cells })
        })
        .collect();
    json!({ "type": "table", "content": rows })
}

fn strong(content: Vec<Inline>) -> Vec<Inline> {
    let strengthen = |piece| match piece {
        Inline::Text(span) => Inline::Text(Span { style: span.style | Style::STRONG, ..span }),
        Inline::Break => Inline::Break,
    };
    content.into_iter().map(strengthen).collect()
}

fn line(content: Vec<Inline>) -> Vec<Value> {
    let piece = |piece| match piece {
        Inline::Break => json!({ "type": "hardBreak" }),
        Inline::Text(span) => text(span),
    };
    content.into_iter().map(piece).collect()
}

/// Words with their marks. Code goes together with a link only, so it loses other marks.
fn text(span: Span) -> Value {
    let looks = match span.style {
        style if style.has(Style::CODE) => vec![(Style::CODE, "code")],
        _ => vec![(Style::STRONG, "strong"), (Style::EMPHASIS, "em"), (Style::STRIKE, "strike")],
    };
    let mut marks: Vec<Value> = looks
        .into_iter()
        .filter(|(look, _)| span.style.has(*look))
        .map(|(_, kind)| json!({ "type": kind }))
        .collect();
    if let Some(address) = span.link {
        marks.push(json!({ "type": "link", "attrs": { "href": address } }));
    }
    let mut node = Map::new();
    node.insert("type".into(), "text".into());
    node.insert("text".into(), span.text.into());
    if !marks.is_empty() {
        node.insert("marks".into(), marks.into());
    }
    Value::Object(node)
}
