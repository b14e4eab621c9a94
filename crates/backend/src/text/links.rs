//! The links of a text: what a managed comment is read back by.

use super::tree::{Block, Inline, Span};
use url::Url;

/// Every link of a document with its words, in order. Neighbouring spans of one address are one link.
pub(super) fn of(blocks: &[Block]) -> Vec<(String, Url)> {
    let mut links: Vec<(String, Url)> = Vec::new();
    blocks.iter().for_each(|block| gather(block, &mut links));
    links
}

fn gather(block: &Block, links: &mut Vec<(String, Url)>) {
    match block {
        Block::Paragraph(line) | Block::Heading(_, line) => gather_line(line, links),
        Block::Quote(blocks) => blocks.iter().for_each(|block| gather(block, links)),
        Block::List { items, .. } => {
            items.iter().flatten().for_each(|block| gather(block, links));
        }
        Block::Table(rows) => rows.iter().flatten().for_each(|cell| gather_line(cell, links)),
        Block::Code { .. } | Block::Rule => {}
    }
}

fn gather_line(line: &[Inline], links: &mut Vec<(String, Url)>) {
    let mut open: Option<&str> = None;
    for inline in line {
        let Inline::Text(Span { text, link, .. }) = inline else {
            open = None;
            continue;
        };
        match (link.as_deref(), links.last_mut()) {
            (Some(address), Some((label, _))) if open == Some(address) => label.push_str(text),
            (Some(address), _) => {
                links.extend(Url::parse(address).ok().map(|url| (text.clone(), url)));
            }
            (None, _) => {}
        }
        open = link.as_deref();
    }
}

#[cfg(test)]
mod tests {
    use super::super::Markdown;

    #[test]
    fn links_are_read_back_as_they_were_made() {
        let url = "https://git.example.com/a/b/commit/0123456789abcdef".parse().unwrap();
        for label in
            ["plain", "a]( b \\ `c` **d** @e #12 0123456789abcdef http://x.example", "ü 🚀"]
        {
            let text =
                Markdown::bullets([&Markdown::link(label, &url), &Markdown::link("z", &url)]);
            let links = text.links();
            let labels: Vec<_> = links.iter().map(|(label, _)| label.as_str()).collect();
            assert_eq!(labels, [label, "z"]);
            assert!(links.iter().all(|(_, found)| *found == url), "{links:?}");
        }
        assert_eq!(
            Markdown::from_template("`[a](https://b.example)` [c](javascript:d)").links(),
            []
        );
    }
}
