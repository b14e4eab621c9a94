//! A typical document in every format, and what a format cannot hold.

use crate::text::{Markdown, adf, html, wiki};
use serde_json::{Value, json};

const DOCUMENT: &str = "\
# Deploy *failed*

Step **build** ran `cargo test`, see [the log](https://ci.example.com/run/7?job=1&try=2).\\
Second ~~line~~.

- one
  1. first
  2. second
- two
  - deep
    - deeper

> said <b>so</b>

```rust
let a = b < c && d;
```

| Commit | State |
| --- | --- |
| `4536f63` | **red** |
| | green |

---

![chart](https://ci.example.com/chart.png)";

fn paragraph(content: &Value) -> Value {
    json!({ "type": "paragraph", "content": content })
}

fn words(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn marked(text: &str, mark: &str) -> Value {
    json!({ "type": "text", "text": text, "marks": [{ "type": mark }] })
}

fn linked(text: &str, href: &str) -> Value {
    json!({ "type": "text", "text": text, "marks": [{ "type": "link", "attrs": { "href": href } }] })
}

fn item(content: &[Value]) -> Value {
    json!({ "type": "listItem", "content": content })
}

fn plain_item(text: &str) -> Value {
    item(&[paragraph(&json!([words(text)]))])
}

fn row(kind: &str, left: &Value, right: &Value) -> Value {
    let cell = |content: &Value| json!({ "type": kind, "content": [paragraph(content)] });
    json!({ "type": "tableRow", "content": [cell(left), cell(right)] })
}

#[test]
fn a_document_in_adf() {
    let numbers = json!({ "type": "orderedList", "attrs": { "order": 1 }, "content": [plain_item("first"), plain_item("second")] });
    let deeper = json!({ "type": "bulletList", "content": [plain_item("deeper")] });
    let deep = json!({ "type": "bulletList", "content": [item(&[paragraph(&json!([words("deep")])), deeper])] });
    let expected = json!([
        { "type": "heading", "attrs": { "level": 1 }, "content": [words("Deploy "), marked("failed", "em")] },
        paragraph(&json!([
            words("Step "), marked("build", "strong"), words(" ran "), marked("cargo test", "code"), words(", see "),
            linked("the log", "https://ci.example.com/run/7?job=1&try=2"), words("."), { "type": "hardBreak" },
            words("Second "), marked("line", "strike"), words(".")
        ])),
        { "type": "bulletList", "content": [
            item(&[paragraph(&json!([words("one")])), numbers]), item(&[paragraph(&json!([words("two")])), deep])
        ] },
        { "type": "blockquote", "content": [paragraph(&json!([words("said <b>so</b>")]))] },
        { "type": "codeBlock", "attrs": { "language": "rust" }, "content": [words("let a = b < c && d;")] },
        { "type": "table", "content": [
            row("tableHeader", &json!([words("Commit")]), &json!([words("State")])),
            row("tableCell", &json!([marked("4536f63", "code")]), &json!([marked("red", "strong")])),
            row("tableCell", &json!([]), &json!([words("green")]))
        ] },
        { "type": "rule" },
        paragraph(&json!([linked("chart", "https://ci.example.com/chart.png")])),
    ]);
    let document = adf::render(&Markdown::from_template(DOCUMENT));
    assert_eq!(document, json!({ "type": "doc", "version": 1, "content": expected }));
}

#[test]
fn a_document_in_wiki_markup() {
    let expected = r"h1. Deploy _failed_

Step *build* ran {{cargo test}}, see [the log|https://ci.example.com/run/7?job=1&try=2].
Second -line-.

* one
*# first
*# second
* two
** deep
*** deeper

{quote}
said <b>so</b>
{quote}

{code:rust}
let a = b < c && d;
{code}

|| Commit || State ||
| {{4536f63}} | *red* |
|  | green |

----

[chart|https://ci.example.com/chart.png]";
    assert_eq!(wiki::render(&Markdown::from_template(DOCUMENT)), expected);
}

#[test]
fn a_document_in_html() {
    let expected = concat!(
        "<h1>Deploy <em>failed</em></h1>",
        "<p>Step <strong>build</strong> ran <code>cargo test</code>, see ",
        "<a href=\"https://ci.example.com/run/7?job=1&amp;try=2\">the log</a>.<br>Second <s>line</s>.</p>",
        "<ul><li>one<ol><li>first</li><li>second</li></ol></li><li>two<ul><li>deep<ul><li>deeper</li></ul></li></ul></li></ul>",
        "<blockquote><p>said &lt;b&gt;so&lt;/b&gt;</p></blockquote>",
        "<pre><code>let a = b &lt; c &amp;&amp; d;</code></pre>",
        "<table><tr><th>Commit</th><th>State</th></tr>",
        "<tr><td><code>4536f63</code></td><td><strong>red</strong></td></tr><tr><td></td><td>green</td></tr></table>",
        "<hr><p><a href=\"https://ci.example.com/chart.png\">chart</a></p>",
    );
    assert_eq!(html::render(&Markdown::from_template(DOCUMENT)), expected);
}

#[test]
fn a_document_comes_back() {
    let document = Markdown::from_template(DOCUMENT);
    let tree = adf::render(&document);
    assert_eq!(adf::render(&adf::parse(&tree)), tree, "{}", adf::parse(&tree));
    assert_eq!(
        adf::render(&wiki::parse(&wiki::render(&document))),
        tree,
        "{}",
        wiki::parse(&wiki::render(&document))
    );
    let page = html::render(&document);
    assert_eq!(html::render(&html::parse(&page)), page, "{}", html::parse(&page));
}

#[test]
fn adf_puts_nothing_where_the_schema_forbids_it() {
    let source = "- # heading\n- - list first\n- > quote\n- | a |\n  | - |\n  | b |\n- ***\n-\n\n> # heading\n> > quote\n> | a |\n> | - |\n> | b |\n\n>\n\n#\n\n```\n```\n\n***`code`***";
    let document = adf::render(&Markdown::from_template(source));
    check_node(&document);
    for text in super::generator::all() {
        check_node(&adf::render(&Markdown::from_template(text)));
    }
}

/// The rules of the schema for the nodes that are rendered.
fn check_node(node: &Value) {
    let kind = node["type"].as_str().unwrap_or_default();
    let children: Vec<&Value> = node["content"].as_array().into_iter().flatten().collect();
    let kinds: Vec<&str> = children.iter().filter_map(|child| child["type"].as_str()).collect();
    let only = |allowed: &[&str]| kinds.iter().all(|kind| allowed.contains(kind));
    let plain = ["paragraph", "bulletList", "orderedList", "codeBlock"];
    let valid = match kind {
        "doc" => only(&[
            "paragraph",
            "bulletList",
            "orderedList",
            "codeBlock",
            "heading",
            "blockquote",
            "table",
            "rule",
        ]),
        "paragraph" => only(&["text", "hardBreak"]),
        "heading" => {
            only(&["text", "hardBreak"])
                && (1..=6).contains(&node["attrs"]["level"].as_u64().unwrap_or(0))
        }
        "blockquote" => !kinds.is_empty() && only(&plain),
        "bulletList" | "orderedList" => !kinds.is_empty() && only(&["listItem"]),
        "listItem" => only(&plain) && matches!(kinds.first(), Some(&("paragraph" | "codeBlock"))),
        "codeBlock" => only(&["text"]) && children.iter().all(|child| child.get("marks").is_none()),
        "table" => !kinds.is_empty() && only(&["tableRow"]),
        "tableRow" => !kinds.is_empty() && only(&["tableHeader", "tableCell"]),
        "tableHeader" | "tableCell" => !kinds.is_empty() && only(&["paragraph"]),
        "text" => {
            node["text"].as_str().is_some_and(|text| !text.is_empty()) && marks_are_legal(node)
        }
        "hardBreak" | "rule" => kinds.is_empty(),
        _ => false,
    };
    assert!(valid, "{node}");
    children.into_iter().for_each(check_node);
}

fn marks_are_legal(text: &Value) -> bool {
    let marks: Vec<&str> = text["marks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|mark| mark["type"].as_str())
        .collect();
    !marks.contains(&"code") || marks.iter().all(|mark| matches!(*mark, "code" | "link"))
}

#[test]
fn an_empty_document_is_empty_everywhere() {
    let empty = Markdown::default();
    assert_eq!(adf::render(&empty), json!({ "type": "doc", "version": 1, "content": [] }));
    assert_eq!(wiki::render(&empty), "");
    assert_eq!(html::render(&empty), "");
}

#[test]
fn code_cannot_leave_its_block_in_wiki_markup() {
    let render = |code: &str| wiki::render(&Markdown::code_block(code, "java"));
    assert_eq!(render("{code}[~admin]"), "{noformat}\n{code}[~admin]\n{noformat}");
    assert_eq!(render("{noformat}"), "{code:java}\n{noformat}\n{code}");
    assert_eq!(
        render("{CODE}{noformat}"),
        "{noformat}\n{\u{200B}CODE}{\u{200B}noformat}\n{noformat}"
    );
}

#[test]
fn marks_inside_a_word_are_seen_by_jira() {
    let render = |source: &str| wiki::render(&Markdown::from_template(source));
    assert_eq!(render("un**believ**able"), "un{*}believ{*}able");
    assert_eq!(render("**a** b"), "*a* b");
    assert_eq!(render("***both***"), "*_both_*");
}

#[test]
fn a_link_that_leads_nowhere_shows_its_target() {
    let render = |source: &str| html::render(&Markdown::from_template(source));
    assert_eq!(render("[guide](docs/guide.md)"), "<p>guide (docs/guide.md)</p>");
    assert_eq!(
        render("![](https://example.com/a.png)"),
        "<p><a href=\"https://example.com/a.png\">https://example.com/a.png</a></p>"
    );
    assert_eq!(
        render("<someone@example.com>"),
        "<p><a href=\"mailto:someone@example.com\">someone@example.com</a></p>"
    );
    assert_eq!(
        render("[`code`](https://example.com/a)"),
        "<p><a href=\"https://example.com/a\"><code>code</code></a></p>"
    );
}

#[test]
fn texts_are_put_together() {
    let text = Markdown::from_template("Title: ").concat(&Markdown::quote_line("a\nb"));
    let text = text.then(&Markdown::default()).then(&Markdown::bullets(&[
        Markdown::from_template("one\ntwo"),
        Markdown::from_template("three"),
    ]));
    assert_eq!(text.as_str(), "Title: a b\n\n- one\n  two\n- three");
    assert_eq!(Markdown::default().then(&text), text);
}

#[test]
fn nesting_without_end_is_dissolved() {
    for source in ["> ".repeat(5_000), "- ".repeat(5_000) + "x", "![".repeat(5_000)] {
        let text = Markdown::from_template(source + "words");
        assert!(adf::render(&text).to_string().contains("words"));
        assert!(wiki::render(&text).contains("words"));
        assert!(html::render(&text).contains("words"));
    }
    let page = "<blockquote>".repeat(5_000) + "words";
    assert!(html::parse(&page).as_str().contains("words"));
}
