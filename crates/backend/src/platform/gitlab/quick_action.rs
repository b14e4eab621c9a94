//! GitLab executes lines such as `/close` or `/assign @bob` in descriptions and notes, whoever sends them. What this
//! product writes is never a command, be it a log's, a commit's or a person's own text: it has options for the things
//! that commands do, and those are checked and told.

use crate::text::Markdown;
use pulldown_cmark::{Event, Parser, Tag};
use std::ops::Range;

/// Stands before a slash in code, where a backslash would be seen.
const BREAK: char = '\u{200b}';

/// The text with every line that GitLab could take for a command made words: `\/close`, which is shown as `/close`.
///
/// GitLab leaves code alone, but its versions do not agree on where code ends (`Gitlab::QuickActions::Extractor` looked
/// for fences with a regular expression before 15.8, and still deletes every carriage return first); so commands in
/// code are broken as well, without being seen.
pub(super) fn disarmed(text: &Markdown) -> Markdown {
    let text = text.as_str().replace('\r', "");
    let code = code_blocks(&text);
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let (blank, words) = line.split_at(indent);
        out.push_str(blank);
        if is_command(words) {
            out.push(if code.iter().any(|range| range.contains(&(start + indent))) {
                BREAK
            } else {
                '\\'
            });
        }
        out.push_str(words);
        start += line.len();
    }
    Markdown::from_template(out)
}

/// A slash and a word, alone or with something behind it: `/usr/bin` is none.
fn is_command(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('/') else { return false };
    let word = rest.bytes().take_while(|c| c.is_ascii_alphanumeric() || *c == b'_').count();
    word > 0 && rest[word..].chars().next().is_none_or(char::is_whitespace)
}

fn code_blocks(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new(text).into_offset_iter();
    let code = events.filter(|(event, _)| matches!(event, Event::Start(Tag::CodeBlock(_))));
    code.map(|(_, range)| range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let once = disarmed(&Markdown::from_template(text));
        assert_eq!(once.as_str(), expected, "{text:?}");
        assert_eq!(disarmed(&once), once, "{text:?} twice");
    }

    #[test]
    fn commands_become_words() {
        check("/close", "\\/close");
        check("Done.\n/label ~bug\nMore.", "Done.\n\\/label ~bug\nMore.");
        check("a\r\n\r/CLOSE\r\n", "a\n\\/CLOSE\n");
        check("  /tableflip now", "  \\/tableflip now");
        check("/merge_when\t", "\\/merge_when\t");
        check(">>>\n/close\n>>>", ">>>\n\\/close\n>>>");
        check("<b>\n/close\n</b>", "<b>\n\\/close\n</b>");
    }

    #[test]
    fn other_slashes_stay() {
        for text in
            ["/usr/bin/env", "and /close", "/", "//", "- /close", "/über uns", "1/2\n/ x", ""]
        {
            check(text, text);
        }
    }

    #[test]
    fn commands_in_code_are_broken_unseen() {
        check("```\n/close\n```", "```\n\u{200b}/close\n```");
        check("````\n```\n/close\n````", "````\n```\n\u{200b}/close\n````");
        check("```\n/close", "```\n\u{200b}/close");
        check("    /close\n", "    \u{200b}/close\n");
        check("`x`\n```\n/usr/bin\n```\n/close", "`x`\n```\n/usr/bin\n```\n\\/close");
    }
}
