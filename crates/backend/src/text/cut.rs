//! Shortens Markdown without changing what the rest of it means.

use super::parse::options;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// The text cut to a limit in characters, with a note; `None` if it is short enough.
pub(super) fn cut(markdown: &str, limit: usize) -> Option<String> {
    let total = markdown.chars().count();
    if total <= limit {
        return None;
    }
    // The note is longest when it counts everything; so the space kept for it is enough.
    let longest_note = note(total).chars().count();
    let mut room = limit.saturating_sub(longest_note);
    let (mut end, mut fence) = place(markdown, byte_index(markdown, room));
    if let Some(mark) = &fence {
        room = room.saturating_sub(mark.chars().count() + 1);
        (end, fence) = place(markdown, byte_index(markdown, room));
    }
    let kept = &markdown[..end];
    let closed = match fence {
        Some(mark) if kept.ends_with('\n') => format!("{kept}{mark}"),
        Some(mark) => format!("{kept}\n{mark}"),
        None => kept.trim_end().to_owned(),
    };
    let note = note(total - kept.chars().count());
    let text = format!("{closed}{note}");
    let fits = text.chars().count() <= limit;
    Some(if fits { text.trim_start().to_owned() } else { kept.to_owned() })
}

fn note(missing: usize) -> String {
    format!("\n\n(cut: {missing} more characters)")
}

fn byte_index(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(index, _)| index)
}

/// The last place up to `limit` where the text may end, and the fence to close there.
fn place(markdown: &str, limit: usize) -> (usize, Option<String>) {
    let mut end = 0;
    let mut fence = None;
    let mut inside = Inside::default();
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        if range.start >= limit && !matches!(event, Event::End(_)) {
            break;
        }
        inside.follow(&event, &range);
        if inside.whole > 0 {
            continue;
        }
        let reached = match &event {
            Event::Start(_) | Event::HardBreak => continue,
            Event::Text(text) if markdown.get(range.clone()) == Some(text) => range.end.min(limit),
            _ if range.end <= limit => range.end,
            _ => continue,
        };
        if reached > end {
            end = reached;
            fence = inside.code.as_ref().and_then(|block| mark_of(&markdown[block.clone()]));
        }
    }
    (end, fence)
}

/// What the place is in.
#[derive(Default)]
struct Inside {
    /// How many constructs that a cut would break: links, rows, raw HTML.
    whole: usize,
    /// How many quotes and list items. Their end ends a fence, too.
    containers: usize,
    /// The fenced block of code that needs closing.
    code: Option<Range<usize>>,
}

impl Inside {
    fn follow(&mut self, event: &Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(
                Tag::Link { .. }
                | Tag::Image { .. }
                | Tag::HtmlBlock
                | Tag::TableRow
                | Tag::TableHead,
            ) => {
                self.whole += 1;
            }
            Event::End(
                TagEnd::Link
                | TagEnd::Image
                | TagEnd::HtmlBlock
                | TagEnd::TableRow
                | TagEnd::TableHead,
            ) => {
                self.whole = self.whole.saturating_sub(1);
            }
            Event::Start(Tag::Item | Tag::BlockQuote(_)) => self.containers += 1,
            Event::End(TagEnd::Item | TagEnd::BlockQuote(_)) => {
                self.containers = self.containers.saturating_sub(1);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) if self.containers == 0 => {
                self.code = Some(range.clone());
            }
            Event::End(TagEnd::CodeBlock) => self.code = None,
            _ => {}
        }
    }
}

/// The backticks or tildes that open a block of code.
fn mark_of(block: &str) -> Option<String> {
    let first = block.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    Some(block.chars().take_while(|c| *c == first).collect())
}
