//! What trackers hold, read as Markdown.

use crate::text::{Markdown, adf, html, wiki};
use serde_json::{Value, json};

fn check_html(page: &str, expected: &str) {
    assert_eq!(html::parse(page).as_str(), expected, "{page}");
}

fn check_wiki(markup: &str, expected: &str) {
    assert_eq!(wiki::parse(markup).as_str(), expected, "{markup}");
}

fn check_adf(content: &Value, expected: &str) {
    assert_eq!(
        adf::parse(&json!({ "type": "doc", "version": 1, "content": content })).as_str(),
        expected,
        "{content}"
    );
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

#[test]
fn html_of_an_editor() {
    check_html(
        "<div>first</div><div><br></div><div>second<br>line</div>",
        "first\n\nsecond\\\nline",
    );
    check_html(
        "<p>a&nbsp;&amp; b &lt;c&gt; &#39;&#x41; &unknown; &</p>",
        "a & b \\<c> 'A &unknown; &".replace("&unknown;", "\\&unknown;").as_str(),
    );
    check_html(
        "one <b>two <i>three</i></b><a href='https://example.com'>four</a>",
        "one **two** ***three***[four](https://example.com/)",
    );
    check_html("<ul><li>a<li>b<ol start=3><li>c</ol></ul>", "- a\n- b\n  3. c");
    check_html("<pre><code>a &lt; b\n  c</code></pre>", "```\na < b\n  c\n```");
    check_html(
        "<table><tbody><tr><td>a</td><td>b|c</td></tr><tr><td>d</td></tr></table>",
        "| a | b\\|c |\n| --- | --- |\n| d |  |",
    );
    check_html("<h2>Title</h2><hr><blockquote>said</blockquote>", "## Title\n\n---\n\n> said");
    check_html("<a href=\"#\" data-vss-mention=\"version:2.0,1\">@someone</a> did", "@someone did");
}

#[test]
fn html_of_an_attacker() {
    check_html("a<script>alert(1)</script >b<style>p{}</style><!-- c -->d", "abd");
    check_html("<a href=\"javascript:alert(1)\">x</a><a href=' java\nscript:x'>y</a>", "xy");
    check_html("<script>never ends <b>", "");
    check_html("1 < 2 <3 <", "1 \\< 2 \\<3 \\<");
    check_html("<b title=\"a > b\">x</b", "**x**");
    check_html("</div></b>x<li>y</ul></p>", "x\n\n- y");
    check_html("&lt;script&gt; # no heading", "\\<script> # no heading");
    check_html(
        "<p># no heading</p><p>- no item</p><p>1. no item</p>",
        "\\# no heading\n\n\\- no item\n\n1\\. no item",
    );
    check_html(
        "<img src=\"data:image/png;base64,AAAA\"><img alt=\"chart\" src=\"https://example.com/c.png\">",
        "[chart](https://example.com/c.png)",
    );
}

#[test]
fn wiki_markup_of_a_person() {
    check_wiki(
        "h2. Steps\r\n\r\n# first\r\n# second\r\n#* nested\r\n\r\nafter",
        "## Steps\n\n1. first\n2. second\n   - nested\n\nafter",
    );
    check_wiki(
        "*strong* _em_ -gone- {{code}} {*}b{*}old",
        "**strong** *em* ~~gone~~ `code` **b**old",
    );
    check_wiki(
        "snake_case_name 2*3*4 a-b-c well - known",
        "snake_case_name 2\\*3\\*4 a-b-c well - known",
    );
    check_wiki(
        "[label|https://example.com] [https://example.com] [not a link]",
        "[label](https://example.com/) [https://example.com](https://example.com/) \\[not a link\\]",
    );
    check_wiki(
        "[~admin] see [^log.txt] !shot.png|width=3!",
        "@admin see (attachment log.txt) (attachment shot.png)",
    );
    check_wiki("{code:java|title=A}\nint a;\n{code}\ntext", "```java\nint a;\n```\n\ntext");
    check_wiki("{noformat}\n*raw*\n{noformat}", "```\n*raw*\n```");
    check_wiki("{quote}\nsaid\n{quote}\nbq. and said", "> said\n\n> and said");
    check_wiki(
        "||a||b||\n|1|[x|https://example.com]|",
        "| a | b |\n| --- | --- |\n| 1 | [x](https://example.com/) |",
    );
    check_wiki("{color:red}red{color} {unclosed", "red {unclosed");
    check_wiki("line\nline\n\nparagraph", "line\\\nline\n\nparagraph");
    check_wiki("{code}\nnever ends", "never ends");
    check_wiki("----\n\\*plain\\* &#42; \\[~admin]", "---\n\n\\*plain\\* \\* \\[\\~admin\\]");
}

#[test]
fn adf_nodes_that_markdown_lacks() {
    check_adf(
        &json!([{ "type": "paragraph", "content": [
        { "type": "mention", "attrs": { "id": "5b10", "text": "@someone" } }, text(" on "),
        { "type": "date", "attrs": { "timestamp": "1700000000000" } }, text(" "),
        { "type": "status", "attrs": { "text": "DONE", "color": "green" } }, text(" "),
        { "type": "emoji", "attrs": { "shortName": ":smile:", "text": "😄" } }, text(" "),
        { "type": "inlineCard", "attrs": { "url": "https://example.com/a" } }
    ] }]),
        "@someone on 2023-11-14 DONE 😄 [https://example.com/a](https://example.com/a)",
    );
    check_adf(
        &json!([{ "type": "panel", "attrs": { "panelType": "info" }, "content": [
        { "type": "paragraph", "content": [text("note")] }
    ] }]),
        "> note",
    );
    check_adf(
        &json!([{ "type": "taskList", "content": [
        { "type": "taskItem", "attrs": { "state": "DONE" }, "content": [text("a")] },
        { "type": "taskItem", "attrs": { "state": "TODO" }, "content": [text("b")] }
    ] }]),
        "- \\[x\\] a\n- \\[ \\] b",
    );
    check_adf(
        &json!([{ "type": "mediaSingle", "content": [
        { "type": "media", "attrs": { "type": "file", "id": "9f1", "collection": "c" } }
    ] }]),
        "(attachment 9f1)",
    );
    check_adf(
        &json!([{ "type": "later", "content": [{ "type": "new", "text": "kept" }] }]),
        "kept",
    );
}

#[test]
fn adf_words_that_look_like_markdown() {
    let paragraph = |words: &str| json!([{ "type": "paragraph", "content": [text(words)] }]);
    check_adf(
        &paragraph("# *a* _b_ `c` [d](e) <f>"),
        "\\# \\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f>",
    );
    check_adf(&paragraph("    code?"), "&#32;   code?");
    check_adf(&paragraph("a_b &amp; c & d"), "a_b \\&amp; c & d");
    check_adf(&paragraph(""), "");
}

#[test]
fn what_is_no_document_gives_no_text() {
    assert_eq!(adf::parse(&Value::Null), Markdown::default());
    assert_eq!(adf::parse(&json!({ "type": "doc" })), Markdown::default());
    assert_eq!(adf::parse(&json!("*words*")).as_str(), "\\*words\\*");
}

#[test]
fn marks_beside_words_survive() {
    let marked = |words: &str, mark: &str| json!({ "type": "text", "text": words, "marks": [{ "type": mark }] });
    let content = json!([{ "type": "paragraph", "content": [
        text("a"), marked("(b)", "strong"), marked("c", "em"), marked("\"d\"", "strike"), text("e"),
        marked("f`g", "code"), marked(" h ", "strong"), text(".")
    ] }]);
    let document = json!({ "type": "doc", "version": 1, "content": content });
    let again = adf::render(&adf::parse(&document));
    let looks: Vec<(String, String)> = again["content"][0]["content"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|node| {
            (
                node["text"].to_string(),
                node["marks"][0]["type"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let expected = [
        ("a", ""),
        ("(b)", "strong"),
        ("c", "em"),
        ("\\\"d\\\"", "strike"),
        ("e", ""),
        ("f`g", "code"),
        (" ", ""),
        ("h", "strong"),
        (" .", ""),
    ];
    let expected: Vec<(String, String)> =
        expected.iter().map(|(words, look)| (format!("\"{words}\""), (*look).to_owned())).collect();
    assert_eq!(looks, expected, "{}", adf::parse(&document));
}
