//! Atlassian Document Format to the document between formats.

use crate::text::builder::{Builder, Container};
use crate::text::tree::{Block, Style, safe_link};
use serde_json::Value;

/// The blocks of a document; nesting is bounded by the JSON parser and by [`Builder`].
pub(super) fn blocks(document: &Value) -> Vec<Block> {
    let mut builder = Builder::default();
    match document {
        Value::String(words) => builder.lines(words),
        node => children(&mut builder, node),
    }
    builder.finish()
}

fn children(builder: &mut Builder, node: &Value) {
    for child in node["content"].as_array().into_iter().flatten() {
        read(builder, child);
    }
}

fn read(builder: &mut Builder, node: &Value) {
    match kind(node) {
        "paragraph" | "decisionItem" => {
            children(builder, node);
            builder.end_paragraph();
        }
        "heading" => {
            let level = node["attrs"]["level"]
                .as_u64()
                .and_then(|level| u8::try_from(level).ok())
                .unwrap_or(1);
            within(builder, Container::Heading(level.clamp(1, 6)), node);
        }
        "blockquote" | "panel" => within(builder, Container::Quote, node),
        "bulletList" | "taskList" => within(builder, Container::List(None), node),
        "orderedList" => {
            let start = node["attrs"]["order"].as_u64().unwrap_or(1);
            within(builder, Container::List(Some(start)), node);
        }
        "listItem" => within(builder, Container::Item, node),
        "taskItem" => {
            builder.open(Container::Item);
            builder.text(if attribute(node, "state") == "DONE" { "[x] " } else { "[ ] " });
            children(builder, node);
            builder.close();
        }
        "table" => within(builder, Container::Table, node),
        "tableRow" => within(builder, Container::Row, node),
        "tableCell" | "tableHeader" => within(builder, Container::Cell, node),
        "codeBlock" => {
            let language = attribute(node, "language").to_owned();
            builder.insert(Block::Code { language, text: words(node) });
        }
        "rule" => builder.insert(Block::Rule),
        "expand" | "nestedExpand" => {
            builder.text(attribute(node, "title"));
            builder.end_paragraph();
            children(builder, node);
        }
        _ => read_inline(builder, node),
    }
}

fn read_inline(builder: &mut Builder, node: &Value) {
    match kind(node) {
        "text" => text(builder, node),
        "hardBreak" => builder.line_break(),
        "mention" | "status" => builder.text(attribute(node, "text")),
        "emoji" => builder.text(first_of(node, "text", "shortName")),
        "date" => date(builder, attribute(node, "timestamp")),
        "inlineCard" | "blockCard" | "embedCard" => {
            let address = attribute(node, "url");
            builder.link(safe_link(address));
            builder.text(address);
            builder.unlink();
        }
        "media" | "mediaInline" => {
            builder.text(&format!("(attachment {})", first_of(node, "alt", "id")));
        }
        _ => unknown(builder, node),
    }
}

fn kind(node: &Value) -> &str {
    node["type"].as_str().unwrap_or_default()
}

fn attribute<'a>(node: &'a Value, name: &str) -> &'a str {
    node["attrs"][name].as_str().unwrap_or_default()
}

fn first_of<'a>(node: &'a Value, name: &str, otherwise: &str) -> &'a str {
    let value = attribute(node, name);
    if value.is_empty() { attribute(node, otherwise) } else { value }
}

/// A node not known here: what it contains, or its words.
fn unknown(builder: &mut Builder, node: &Value) {
    children(builder, node);
    let words = node["text"].as_str().or_else(|| node["attrs"]["text"].as_str());
    builder.text(words.unwrap_or_default());
}

fn within(builder: &mut Builder, container: Container, node: &Value) {
    builder.open(container);
    children(builder, node);
    builder.close();
}

fn text(builder: &mut Builder, node: &Value) {
    let marks = || node["marks"].as_array().into_iter().flatten();
    let named = |name: &str| marks().any(|mark| mark["type"] == name);
    let looks = [
        ("strong", Style::STRONG),
        ("em", Style::EMPHASIS),
        ("strike", Style::STRIKE),
        ("code", Style::CODE),
    ];
    let style = looks
        .iter()
        .filter(|(name, _)| named(name))
        .fold(Style::PLAIN, |style, (_, look)| style | *look);
    let address =
        marks().find(|mark| mark["type"] == "link").and_then(|mark| mark["attrs"]["href"].as_str());
    builder.style(style);
    builder.link(address.and_then(safe_link));
    builder.lines(node["text"].as_str().unwrap_or_default());
    builder.unlink();
    builder.restyle();
}

/// A date node counts milliseconds since 1970, as a string.
fn date(builder: &mut Builder, milliseconds: &str) {
    let moment =
        milliseconds.parse().ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    match moment {
        Some(moment) => builder.text(&moment.strftime("%Y-%m-%d").to_string()),
        None => builder.text(milliseconds),
    }
}

/// All words below a node, as they are.
fn words(node: &Value) -> String {
    let pieces = node["content"].as_array().into_iter().flatten();
    pieces
        .map(|piece| {
            piece["text"].as_str().unwrap_or(if piece["type"] == "hardBreak" { "\n" } else { "" })
        })
        .collect()
}
