//! Quoted text is inert in Markdown, and in every format rendered from it, and still says what it said.

use super::generator::{CORPUS, all};
use crate::text::clean::{BREAK, clean};
use crate::text::{Markdown, adf, html, wiki};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use regex::Regex;
use serde_json::Value;
use url::Url;

/// What a reader of the quoted text must see: line ends as they are, but none at the ends of the text.
fn expected(text: &str) -> String {
    clean(text).trim_matches('\n').to_owned()
}

/// The words of Markdown that is nothing but one paragraph of words and line breaks.
fn words(markdown: &str) -> String {
    let mut words = String::new();
    for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Text(text) => words.push_str(&text),
            Event::HardBreak => words.push('\n'),
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            other => panic!("{other:?} is alive in {markdown:?}"),
        }
    }
    words
}

#[test]
fn quoted_text_is_words_only() {
    for text in all() {
        let quoted = Markdown::quote(&text);
        assert_eq!(
            words(quoted.as_str()).replace(BREAK, ""),
            expected(&text),
            "{text:?} as {quoted}"
        );
    }
}

#[test]
fn quoted_text_stays_inside_what_it_is_put_into() {
    for text in all().filter(|text| !expected(text).trim().is_empty()) {
        let item = Markdown::from_template(format!("- {}\n- next", Markdown::quote(&text)));
        let items = Parser::new(item.as_str())
            .filter(|event| matches!(event, Event::Start(Tag::Item)))
            .count();
        assert_eq!(items, 2, "{text:?}");
        let cell = format!("| a |\n| --- |\n| {} |\nafter", Markdown::quote_line(&text));
        let cells = Parser::new_ext(&cell, Options::ENABLE_TABLES);
        let cells = cells.filter(|event| matches!(event, Event::Start(Tag::TableCell))).count();
        assert_eq!(cells, 3, "{text:?}");
    }
}

#[test]
fn nothing_in_the_rendered_words_is_recognised_by_a_tracker() {
    // As GitHub and GitLab document them; the words are looked at after Markdown was rendered.
    let live = Regex::new(
        r"(?x-u) [@\#!%~$&][\w{\x22] | \b[0-9a-fA-F]{7,40}\b | :// | (?i:\bwww\.) | \w-\d | mailto:[[:graph:]] | [\[{][+\-_\w!^\[]",
    )
    .expect("a valid pattern");
    let command = Regex::new(r"(?m-u)^[ \t]*/\w").expect("a valid pattern");
    for text in all() {
        let quoted = Markdown::quote(&text);
        let words = words(quoted.as_str());
        assert!(!live.is_match(&words), "{:?} in {words:?}", live.find(&words));
        assert!(!command.is_match(quoted.as_str()), "{quoted}");
    }
}

#[test]
fn two_quotes_in_a_row_make_no_mention() {
    let joined = Markdown::quote("@").concat(&Markdown::quote("admin"));
    assert!(!joined.as_str().contains("@a"));
}

#[test]
fn quoting_a_quoted_text_read_back_changes_nothing() {
    for text in CORPUS {
        let once = Markdown::quote(text);
        let read_back = words(once.as_str());
        assert_eq!(Markdown::quote(&read_back), once, "{text:?}");
    }
}

#[test]
fn what_cannot_be_seen_is_spelled_out_or_removed() {
    let check = |text: &str, expected: &str| {
        assert_eq!(words(Markdown::quote(text).as_str()).replace(BREAK, ""), expected);
    };
    check("a\u{202E}b", "a<U+202E>b");
    check("a\0b", "a<U+0000>b");
    check("\u{1B}[1;31mred\u{1B}[0m", "red");
    check("\u{1B}]0;title\u{7}after", "after");
    check("\u{1B}]0;title\u{1B}\\after", "after");
    check("\u{1B}]0;never ended", "<U+001B>]0;never ended");
    check("\u{1B}[", "<U+001B>[");
    check("a\u{200B}\u{FEFF}\u{AD}b", "ab");
}

#[test]
fn code_ends_where_it_should() {
    for text in all() {
        for language in ["", "rust", "``` x", "c++\n@admin"] {
            let block =
                Markdown::code_block(&text, language).then(&Markdown::from_template("after"));
            let events: Vec<Event<'_>> = Parser::new(block.as_str()).collect();
            let Some(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))) = events.first()
            else {
                panic!("no code first in {block}")
            };
            assert!(info.chars().all(|c| c.is_ascii_alphanumeric() || c == '+'), "{info}");
            let inside =
                events.iter().skip(1).take_while(|event| matches!(event, Event::Text(_))).count();
            let code: String = events[1..=inside]
                .iter()
                .map(|event| match event {
                    Event::Text(text) => text.as_ref(),
                    _ => "",
                })
                .collect();
            let cleaned = clean(&text);
            let expected = cleaned.strip_suffix('\n').unwrap_or(&cleaned);
            let end = if expected.is_empty() { "" } else { "\n" };
            assert_eq!(code.replace(BREAK, ""), format!("{expected}{end}"), "{block}");
            assert_eq!(events.len(), inside + 5, "a paragraph, and no more, after {block}");
        }
    }
}

#[test]
fn a_code_span_is_code_only() {
    for text in all() {
        let span = Markdown::code_span(&text);
        let events: Vec<Event<'_>> = Parser::new(span.as_str()).collect();
        let words = clean(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        match events.as_slice() {
            [] => assert_eq!(words, ""),
            [_, Event::Code(code), _] => assert_eq!(code.as_ref(), words),
            other => panic!("{other:?} from {span}"),
        }
    }
}

#[test]
fn a_link_leads_where_it_says_under_any_label() {
    let addresses = [
        "https://example.com/a(b)c?x=1&copy;=2&y=%20#f_o*o",
        "http://example.com/`|<x>\\y",
        "mailto:someone@example.com?subject=a b",
    ];
    for address in addresses.map(|address| Url::parse(address).expect("an address")) {
        for text in all().step_by(20) {
            let link = Markdown::link(&text, &address);
            let starts: Vec<String> = Parser::new_ext(link.as_str(), Options::ENABLE_TABLES)
                .filter_map(|event| match event {
                    Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
                    Event::Start(Tag::Paragraph) | Event::Text(_) | Event::End(_) => None,
                    other => panic!("{other:?} from {link}"),
                })
                .collect();
            let [target] = starts.as_slice() else { panic!("{starts:?} from {link}") };
            let decoded = |text: &str| {
                ["(", ")", "`", "|", "<", ">", "\\", " "]
                    .iter()
                    .fold(text.to_owned(), |text, sign| {
                        text.replace(&format!("%{:02X}", sign.as_bytes()[0]), sign)
                    })
            };
            assert_eq!(decoded(target), decoded(address.as_str()));
        }
    }
}

#[test]
fn a_dangerous_address_leaves_its_label() {
    for address in
        ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ssh://example.com"]
    {
        let url = Url::parse(address).expect("an address");
        assert_eq!(Markdown::link("label", &url).as_str(), "label");
        let written = Markdown::from_template(format!("[label]({address}) ![label]({address})"));
        assert_eq!(html::render(&written), "<p>label label</p>");
        assert_eq!(wiki::render(&written), "label label");
        assert!(!adf::render(&written).to_string().contains("href"));
    }
}

#[test]
fn quoted_text_has_no_marks_in_adf() {
    for text in all() {
        let document = adf::render(&Markdown::quote(&text));
        let mut words = String::new();
        for paragraph in document["content"].as_array().into_iter().flatten() {
            assert_eq!(paragraph["type"], "paragraph");
            for node in paragraph["content"].as_array().into_iter().flatten() {
                assert!(node.get("marks").is_none(), "{node}");
                match node["type"].as_str() {
                    Some("text") => words.push_str(node["text"].as_str().unwrap_or_default()),
                    Some("hardBreak") => words.push('\n'),
                    _ => panic!("{node}"),
                }
            }
        }
        let plain = expected(&text);
        assert_eq!(words.trim(), plain.trim(), "{text:?}");
        assert!(!contains_empty_text(&document), "{document}");
    }
}

fn contains_empty_text(node: &Value) -> bool {
    let inside =
        node["content"].as_array().is_some_and(|nodes| nodes.iter().any(contains_empty_text));
    inside || (node["type"] == "text" && node["text"] == "")
}

#[test]
fn quoted_text_is_escaped_in_html() {
    let tag_or_reference =
        Regex::new("<(p|/p|br)>|&(amp|lt|gt|quot|#39);").expect("a valid pattern");
    for text in all() {
        let page = html::render(&Markdown::quote(&text));
        let rest = tag_or_reference.replace_all(&page, "");
        assert!(!rest.contains(['<', '>', '&', '"', '\'']), "{page}");
        let again = html::render(&html::parse(&page));
        assert_eq!(again.replace([' ', '\t'], ""), page.replace([' ', '\t'], ""), "{text:?}");
    }
}

#[test]
fn nothing_is_alive_in_wiki_markup() {
    for text in all() {
        let markup = wiki::render(&Markdown::quote(&text));
        check_wiki(&markup);
    }
}

/// Every sign that wiki markup knows has a backslash, and every backslash a sign.
fn check_wiki(markup: &str) {
    let reference = Regex::new("^(&#92;|&#58;|&#46;|&amp;)").expect("a valid pattern");
    let marker = Regex::new(r"(?m-u)^\s*(h[1-6]\.|bq\.|[*#|-]+)").expect("a valid pattern");
    assert!(!marker.is_match(markup), "{markup:?}");
    assert!(!markup.contains("://"), "{markup:?}");
    let mut rest = markup;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c == '\\' {
            let sign = after.chars().next().expect("a sign after a backslash");
            assert!("-*_+?^~|%{}[]()!@#".contains(sign), "{sign} in {markup:?}");
            rest = &after[1..];
            before = sign;
            continue;
        }
        assert!(
            !"*_+?^~|%{}[]()!@#".contains(c) || (c == '#' && before == '&'),
            "{c} in {markup:?}"
        );
        let dash =
            c == '-' && !(before.is_alphanumeric() && after.starts_with(char::is_alphanumeric));
        assert!(!dash, "{markup:?}");
        let is_known =
            c != '&' || reference.is_match(rest) || !crate::text::write::is_reference(after);
        assert!(is_known, "{markup:?}");
        before = c;
        rest = after;
    }
}

#[test]
fn wiki_markup_says_what_the_text_said() {
    for text in all() {
        let markup = wiki::render(&Markdown::quote(&text));
        let document = adf::render(&wiki::parse(&markup)).to_string();
        let same = adf::render(&Markdown::quote(&text)).to_string();
        let blank = |text: &str| text.replace(' ', "");
        if !clean(&text).contains("\n\n") && !text.contains(['\t', '\u{2028}', '\r']) {
            assert_eq!(blank(&document), blank(&same), "{text:?} as {markup:?}");
        }
    }
}

#[test]
fn long_text_is_read_in_one_pass() {
    // Not timed: a quadratic reading of these would not end within the patience of any test runner.
    for piece in [
        "`",
        "[",
        "*a ",
        "<",
        "&",
        "> ",
        "- ",
        "![",
        "{code}",
        "<b>",
        "_a",
        "\u{1B}]",
        "<a href=",
        "**a*",
        "{{",
        "](",
        "{code:x}\n",
        "{code",
        "{noformat}\n\n",
        "{quote}\n",
        "h1. *",
        "| a ",
    ] {
        let long = piece.repeat(30_000 / piece.len());
        let quoted = Markdown::quote(&long);
        let _ = (adf::render(&quoted), wiki::render(&quoted), html::render(&quoted));
        let raw = Markdown::from_template(long.clone());
        let _ = (adf::render(&raw), wiki::render(&raw), html::render(&raw));
        let _ = (wiki::parse(&long), html::parse(&long), raw.truncated(15_000));
        let _ = (Markdown::code_block(&long, ""), Markdown::code_span(&long));
    }
}
