//! The Atlassian Document Format, as strictly as Jira Cloud reads it.

use serde_json::Value;

const BLOCKS: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "codeBlock",
    "blockquote",
    "rule",
    "table",
    "panel",
    "taskList",
    "mediaSingle",
    "expand",
];
const INLINE: &[&str] = &["text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status"];
const MARKS: &[&str] = &[
    "code",
    "em",
    "strong",
    "strike",
    "underline",
    "link",
    "subsup",
    "textColor",
    "backgroundColor",
];

/// What a node may hold: the allowed children and whether there must be one.
fn children(kind: &str) -> Option<(&'static [&'static str], bool)> {
    const ITEMS: &[&str] =
        &["paragraph", "bulletList", "orderedList", "codeBlock", "mediaSingle", "taskList"];
    Some(match kind {
        "doc" => (BLOCKS, false),
        "paragraph" | "heading" | "taskItem" => (INLINE, false),
        "codeBlock" => (&["text"], false),
        "bulletList" | "orderedList" => (&["listItem"], true),
        "listItem" => (ITEMS, true),
        "blockquote" => (&["paragraph", "bulletList", "orderedList", "codeBlock"], true),
        "panel" => (&["paragraph", "heading", "bulletList", "orderedList", "codeBlock"], true),
        "table" => (&["tableRow"], true),
        "tableRow" => (&["tableCell", "tableHeader"], true),
        "tableCell" | "tableHeader" | "expand" => (BLOCKS, true),
        "taskList" => (&["taskItem", "taskList"], true),
        _ => return None,
    })
}

/// Checks a document; the error says where it is wrong.
pub(super) fn check(document: &Value) -> Result<(), String> {
    if document["type"] != "doc" {
        return Err("a document is expected here, not other JSON".to_owned());
    }
    if document["version"] != 1 {
        return Err("the document's version is not 1".to_owned());
    }
    if !document["content"].is_array() {
        return Err("the document has no content".to_owned());
    }
    check_node(document)
}

fn check_node(node: &Value) -> Result<(), String> {
    let kind = node["type"].as_str().ok_or("a node has no type")?;
    check_marks(node, kind)?;
    match kind {
        "text" => check_text(node),
        "heading" if !(1..=6).contains(&node["attrs"]["level"].as_u64().unwrap_or(0)) => {
            Err("a heading has no level".to_owned())
        }
        _ => check_children(node, kind),
    }
}

fn check_text(node: &Value) -> Result<(), String> {
    match node["text"].as_str() {
        None | Some("") => Err("a text node is empty".to_owned()),
        Some(_) => Ok(()),
    }
}

fn check_children(node: &Value, kind: &str) -> Result<(), String> {
    let content = node["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some((allowed, needed)) = children(kind) else {
        return if content.is_empty() { Ok(()) } else { Err(format!("{kind} holds nodes")) };
    };
    if needed && content.is_empty() {
        return Err(format!("{kind} is empty"));
    }
    for child in content {
        let child_kind = child["type"].as_str().unwrap_or("nothing");
        if !allowed.contains(&child_kind) {
            return Err(format!("{kind} holds {child_kind}"));
        }
        if kind == "codeBlock" && child["marks"].as_array().is_some_and(|marks| !marks.is_empty()) {
            return Err("a code block holds marked text".to_owned());
        }
        check_node(child)?;
    }
    Ok(())
}

fn check_marks(node: &Value, kind: &str) -> Result<(), String> {
    let Some(marks) = node.get("marks") else { return Ok(()) };
    let marks = marks.as_array().ok_or("marks are no list")?;
    let kinds: Vec<_> = marks.iter().filter_map(|mark| mark["type"].as_str()).collect();
    if let Some(unknown) = kinds.iter().find(|mark| !MARKS.contains(mark)) {
        return Err(format!("{kind} has the unknown mark {unknown}"));
    }
    if kinds.contains(&"code") && kinds.iter().any(|mark| !matches!(*mark, "code" | "link")) {
        return Err("code has marks beside a link".to_owned());
    }
    let linked = marks.iter().filter(|mark| mark["type"] == "link");
    if linked.into_iter().any(|mark| mark["attrs"]["href"].as_str().is_none_or(str::is_empty)) {
        return Err("a link leads nowhere".to_owned());
    }
    Ok(())
}

/// Every text of a document or string, for searching and for measuring.
pub(super) fn plain(text: &Value) -> String {
    match text {
        Value::String(text) => text.clone(),
        Value::Object(node) => {
            let own = node.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
            let content = node.get("content").and_then(Value::as_array);
            let inner = content.into_iter().flatten().map(plain).collect::<String>();
            let gap = if own.is_empty() { " " } else { "" };
            own + &inner + gap
        }
        _ => String::new(),
    }
}
