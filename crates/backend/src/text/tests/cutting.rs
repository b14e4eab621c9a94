//! Text cut to a limit.

use super::generator::all;
use crate::text::Markdown;
use pulldown_cmark::{Event, Options, Parser, Tag};

fn check(source: &str, limit: usize, expected: &str) {
    assert_eq!(Markdown::from_template(source).truncated(limit).as_str(), expected);
}

#[test]
fn short_text_stays() {
    check("short", 5, "short");
    check("日本語", 3, "日本語");
}

#[test]
fn a_cut_says_how_much_is_missing() {
    check(&"x".repeat(100), 40, &format!("{}\n\n(cut: 88 more characters)", "x".repeat(12)));
}

#[test]
fn an_open_fence_is_closed() {
    let source = format!("````text\n{}\n````\nafter", "line\n".repeat(30));
    let cut = Markdown::from_template(source).truncated(60);
    assert!(cut.as_str().contains("\n````\n\n(cut: "), "{cut}");
    assert!(cut.as_str().chars().count() <= 60);
}

#[test]
fn a_fence_in_a_list_ends_with_the_list() {
    let source = format!("- item\n\n  ```\n  {}\n  ```\n", "word ".repeat(30));
    let cut = Markdown::from_template(source).truncated(70);
    assert!(last_paragraph(cut.as_str()).starts_with("(cut: "), "{cut}");
}

#[test]
fn a_limit_below_the_note_still_holds() {
    for limit in 0..40 {
        let cut = Markdown::from_template("words and `code`. ".repeat(10)).truncated(limit);
        assert!(cut.as_str().chars().count() <= limit, "{cut}");
    }
}

#[test]
fn nothing_that_was_inert_comes_alive() {
    for text in all().step_by(31).filter(|text| text.chars().count() > 3) {
        let source = format!(
            "{}\n\n{}\n\n- {} {}\n\n| a |\n| --- |\n| {} |\n",
            Markdown::quote(&text),
            Markdown::code_block(&text, "text"),
            Markdown::code_span(&text),
            Markdown::link(&text, &"https://example.com/(a)".parse().expect("an address")),
            Markdown::quote_line(&text),
        );
        for limit in (0..source.chars().count()).step_by(7) {
            let cut = Markdown::from_template(source.as_str()).truncated(limit);
            assert!(cut.as_str().chars().count() <= limit, "{limit}: {cut}");
            if cut.as_str().contains("(cut: ") {
                assert!(last_paragraph(cut.as_str()).starts_with("(cut: "), "{cut}");
            }
            for event in Parser::new_ext(cut.as_str(), Options::ENABLE_TABLES) {
                let alive = matches!(
                    event,
                    Event::Html(_)
                        | Event::InlineHtml(_)
                        | Event::Start(
                            Tag::Emphasis | Tag::Strong | Tag::Image { .. } | Tag::Heading { .. }
                        )
                );
                assert!(!alive, "{event:?} in {cut}");
            }
        }
    }
}

fn last_paragraph(markdown: &str) -> String {
    let mut words = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Paragraph | Tag::CodeBlock(_)) => words.clear(),
            Event::Text(text) => words.push_str(&text),
            _ => {}
        }
    }
    words
}
