//! What is no plain word within a paragraph: code between backticks, HTML comments, and the tags of elements that hold code
//! or a quotation. Linear in the length of the paragraph.

use super::message::{COMMENT, Layout, SPAN};
use std::{collections::HashMap, ops::Range};

/// Something in a paragraph besides its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Names nothing, and what it is.
    Silent(Range<usize>, &'static str),
    /// A tag that begins an element, from here.
    Opens(usize, Element),
    /// A tag that ends one, up to here.
    Closes(usize, Element),
}

/// An element of HTML whose content names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Code,
    Block,
    Quotation,
}

const ELEMENTS: &[(&str, Element)] =
    &[("code", Element::Code), ("pre", Element::Block), ("blockquote", Element::Quotation)];

/// The pieces of a paragraph in order, and where a comment begins that does not end in it. In Markdown that is no comment.
pub(super) fn pieces(text: &str, layout: Layout) -> (Vec<Piece>, Option<usize>) {
    let ticks = HashMap::new();
    let mut scan =
        Scan { text, layout, ticks, found: Vec::new(), has_comments: true, has_tags: true };
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(['`', '<', '\\'])) {
        let here = at + next;
        at = match text.as_bytes()[here] {
            b'`' => scan.code(here),
            b'<' if text[here..].starts_with("<!--") => match scan.comment(here) {
                Some(end) => end,
                None if layout == Layout::Plain => return (scan.found, Some(here)),
                None => here + 4,
            },
            b'<' => scan.tag(here).unwrap_or(here + 1),
            _ => scan.escaped(here),
        };
    }
    (scan.found, None)
}

struct Scan<'a> {
    text: &'a str,
    layout: Layout,
    /// Where runs of backticks begin, by their length.
    ticks: HashMap<usize, Vec<usize>>,
    found: Vec<Piece>,
    /// Whether a comment, or a tag, may still end: what has no end is not looked for again.
    has_comments: bool,
    has_tags: bool,
}

impl Scan<'_> {
    /// Code ends with as many backticks as it begins with. Answers where to go on.
    fn code(&mut self, here: usize) -> usize {
        if self.ticks.is_empty() {
            self.count_ticks();
        }
        let inner = here + ticks(&self.text[here..]);
        let runs = self.ticks.get(&(inner - here)).map(Vec::as_slice).unwrap_or_default();
        let Some(last) = runs.get(runs.partition_point(|run| *run < inner)) else { return inner };
        let end = last + inner - here;
        self.found.push(Piece::Silent(here..end, SPAN));
        end
    }

    fn count_ticks(&mut self) {
        let mut at = 0;
        while let Some(next) = self.text[at..].find('`') {
            let length = ticks(&self.text[at + next..]);
            self.ticks.entry(length).or_default().push(at + next);
            at += next + length;
        }
    }

    /// Where the comment that begins here ends. `<!-->` is one, too.
    fn comment(&mut self, here: usize) -> Option<usize> {
        let end = self.has_comments.then(|| self.text[here + 2..].find("-->")).flatten();
        self.has_comments = end.is_some();
        let end = here + 2 + end? + 3;
        self.found.push(Piece::Silent(here..end, COMMENT));
        Some(end)
    }

    /// Where the tag ends that begins here.
    fn tag(&mut self, here: usize) -> Option<usize> {
        let inner = &self.text[here + 1..];
        let name = inner.strip_prefix('/').unwrap_or(inner);
        let element = element(name).filter(|_| self.has_tags && self.layout == Layout::Markdown)?;
        let end = inner.find('>');
        self.has_tags = end.is_some();
        let end = here + 1 + end? + 1;
        let is_end = name.len() < inner.len();
        self.found.push(if is_end {
            Piece::Closes(end, element)
        } else {
            Piece::Opens(here, element)
        });
        Some(end)
    }

    /// In Markdown a backslash makes the sign behind it a plain one.
    fn escaped(&self, here: usize) -> usize {
        let is_sign = self.text[here + 1..].starts_with(|c: char| c.is_ascii_punctuation());
        here + 1 + usize::from(is_sign && self.layout == Layout::Markdown)
    }
}

/// The element whose name a text begins with.
pub(super) fn element(text: &str) -> Option<Element> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '>' | '/');
    let is = |name: &str| {
        let (start, rest) = text.split_at_checked(name.len())?;
        start.eq_ignore_ascii_case(name).then_some(rest.is_empty() || rest.starts_with(is_end))
    };
    ELEMENTS.iter().find(|(name, _)| is(name) == Some(true)).map(|(_, element)| *element)
}

fn ticks(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

#[cfg(test)]
mod tests {
    use super::{Element, Layout, Piece, pieces};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let (found, _) = pieces(text, Layout::Markdown);
        let silent = found.into_iter().filter_map(|piece| match piece {
            Piece::Silent(span, _) => Some(&text[span]),
            Piece::Opens(..) | Piece::Closes(..) => None,
        });
        assert_eq!(silent.collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn code_ends_with_as_many_backticks_as_it_begins_with() {
        check("a `b` c ``d ` e`` f ` g", &["`b`", "``d ` e``"]);
        check("`a`` b` c", &["`a`` b`"]);
        check("`a\nb` c", &["`a\nb`"]);
        check("\\`a` b`", &["` b`"]);
        check("\\\\`a` b", &["`a`"]);
        check("`a\\` b", &["`a\\`"]);
        check("` a `` b", &[]);
    }

    #[test]
    fn a_comment_ends_or_is_none() {
        check("a <!-- ` --> b ` c <!-- d", &["<!-- ` -->"]);
        check("`<!--` a -->", &["`<!--`"]);
        check("<!--> a <!---> b -->", &["<!-->", "<!--->"]);
        assert_eq!(pieces("a <!-- b", Layout::Plain).1, Some(2));
        assert_eq!(pieces("a <!-- b", Layout::Markdown).1, None);
    }

    #[test]
    fn tags_are_those_of_code_and_quotations() {
        let (found, _) = pieces("<CODE class='a'>x</code> <codes> <pre", Layout::Markdown);
        assert_eq!(found, [Piece::Opens(0, Element::Code), Piece::Closes(24, Element::Code)]);
        assert_eq!(pieces("<code>", Layout::Plain).0, []);
    }
}
