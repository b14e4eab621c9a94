//! Descriptions of pull requests are Markdown: which parts of one are code, comments or quotations, as CommonMark has it and
//! GitHub shows it. Lists are followed, as their items move what is indented; anything else is words.
//!
//! Linear in the length of the text: a line is looked at once, and a paragraph once more.

use super::{
    dump::Dumps,
    fence::Fence,
    inline::{self, Element, Piece},
    message::{CODE, COMMENT, DUMP, Layout, QUOTE},
};
use std::ops::Range;

/// The parts of `text` behind `from` that name nothing, in order and apart, each with what it is.
pub(super) fn silent(text: &str, from: usize) -> Vec<(Range<usize>, &'static str)> {
    let mut blocks = Blocks { text, ..Blocks::default() };
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        blocks.line(at, line);
        at += line.len();
    }
    blocks.finish()
}

/// What is open while the lines go by.
#[derive(Default)]
struct Blocks<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    /// The columns where the contents of the open list items begin.
    items: Vec<usize>,
    /// A fence, and how many list items it is in.
    fence: Option<(Fence, usize)>,
    paragraph: Option<Paragraph>,
    /// Whether the last line was the mark of a list's item and nothing else: with an empty line behind it the item is over.
    is_bare: bool,
    /// Whether the last line was a paragraph's within a quotation: the next one goes on with it, marked or not.
    is_quoting: bool,
    quoted_fence: Option<Fence>,
    raw: Option<Raw>,
    dumps: Dumps,
}

struct Paragraph {
    span: Range<usize>,
    /// How many list items it is in.
    depth: usize,
}

/// HTML that goes on, over empty lines as well, until its end stands in a line.
struct Raw {
    start: usize,
    end: &'static str,
    reason: &'static str,
}

/// A line, or what of it is behind the marks of lists.
#[derive(Clone, Copy)]
struct Line<'a> {
    /// Where it begins in the text.
    at: usize,
    /// Its first column, which tabs and marks before it have moved.
    column: usize,
    /// Without indentation and end.
    text: &'a str,
    /// Where the line ends, with its line break.
    end: usize,
}

impl<'a> Line<'a> {
    /// What is behind the indentation of a line that begins in a column.
    fn of(at: usize, column: usize, text: &'a str, end: usize) -> Self {
        let inner = text.trim_start_matches([' ', '\t']);
        let indented = text[..text.len() - inner.len()].bytes().fold(column, |column, byte| {
            if byte == b'\t' { column + 4 - column % 4 } else { column + 1 }
        });
        Self { at: at + text.len() - inner.len(), column: indented, text: inner, end }
    }

    /// `***`, `- - -`.
    fn is_rule(&self) -> bool {
        let is_mark = |c: char| "*-_".contains(c);
        let Some(mark) = self.text.chars().next().filter(|c| is_mark(*c)) else { return false };
        self.text.matches(mark).count() >= 3
            && self.text.chars().all(|c| c == mark || c == ' ' || c == '\t')
    }

    /// What makes the paragraph above a heading.
    fn is_underline(&self) -> bool {
        ["=", "-"].iter().any(|mark| self.text.trim_start_matches(mark).is_empty())
    }

    fn is_heading(&self) -> bool {
        let rest = self.text.trim_start_matches('#');
        (1..=6).contains(&(self.text.len() - rest.len()))
            && (rest.is_empty() || rest.starts_with([' ', '\t']))
    }

    /// The length of the mark of a list's item, and whether one like it may follow a paragraph without an empty line.
    fn mark(&self) -> Option<(usize, bool)> {
        let digits = self.text.bytes().take(10).take_while(u8::is_ascii_digit).count();
        let is_mark = match self.text.as_bytes().get(digits)? {
            b'-' | b'+' | b'*' => digits == 0,
            b'.' | b')' => (1..10).contains(&digits),
            _ => false,
        };
        let rest = &self.text[digits..];
        let rest = rest.get(1..).filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
        let rest = rest.filter(|_| is_mark)?;
        let is_first = digits == 0 || &self.text[..digits] == "1";
        Some((digits + 1, is_first && !rest.is_empty()))
    }
}

impl<'a> Blocks<'a> {
    fn line(&mut self, at: usize, line: &'a str) {
        let end = at + line.len();
        if self.raw.is_some() {
            return self.in_raw(at, end);
        }
        let trimmed = line.trim_end();
        let whole = Line::of(at, 0, trimmed, end);
        if self.in_fence(whole) {
            return self.silence(at..end, CODE);
        }
        if self.dumps.takes(trimmed) {
            return self.silence(at..end, DUMP);
        }
        if trimmed.is_empty() {
            self.end_paragraph();
            (self.is_quoting, self.quoted_fence) = (false, None);
            if std::mem::take(&mut self.is_bare) {
                self.items.pop();
            }
            return;
        }
        self.is_bare = false;
        if !trimmed.trim_start().starts_with('>') {
            self.quoted_fence = None;
        }
        self.block(whole);
    }

    /// Whether a line belongs to an open fence; one that is less indented than the fence's list item ends both.
    fn in_fence(&mut self, line: Line<'_>) -> bool {
        let Some((fence, depth)) = self.fence else { return false };
        let column = depth.checked_sub(1).map_or(0, |item| self.items[item]);
        if line.text.is_empty() {
            return true;
        }
        let is_inside = line.column >= column;
        let is_end = is_inside && line.column < column + 4 && fence.is_closed_by(line.text);
        if is_end || !is_inside {
            self.fence = None;
        }
        is_inside
    }

    /// A line outside of fences, mark by mark.
    fn block(&mut self, mut line: Line<'a>) {
        let mut is_whole = true;
        loop {
            let held = self.items.partition_point(|column| *column <= line.column);
            let base = held.checked_sub(1).map_or(0, |item| self.items[item]);
            let is_open = is_whole && (self.paragraph.is_some() || self.is_quoting);
            if line.column >= base + 4 {
                if is_open {
                    return self.words(line);
                }
                self.items.truncate(held);
                return self.silence(line.at..line.end, CODE);
            }
            let is_inside = self.paragraph.as_ref().is_some_and(|open| open.depth <= held);
            if is_open && is_inside && line.is_underline() {
                return self.end_paragraph();
            }
            let Some((length, may_interrupt)) =
                line.mark().filter(|_| !(is_whole && line.is_rule()))
            else {
                return self.leaf(line, held, is_open);
            };
            if is_open && !may_interrupt && is_inside {
                return self.words(line);
            }
            self.end_paragraph();
            self.is_quoting = false;
            self.items.truncate(held);
            is_whole = false;
            let behind = line.column + length;
            let inner = Line::of(line.at + length, behind, &line.text[length..], line.end);
            // Five spaces and more are one, and then code.
            let is_code = inner.column > behind + 4;
            let content = if inner.text.is_empty() || is_code { behind + 1 } else { inner.column };
            self.items.push(content);
            if inner.text.is_empty() {
                self.is_bare = true;
                return;
            }
            line = inner;
        }
    }

    /// What is no list's mark.
    fn leaf(&mut self, line: Line<'a>, held: usize, is_open: bool) {
        if line.text.starts_with('>') {
            self.silence(line.at..line.end, QUOTE);
            self.items.truncate(held);
            return self.quote(line.text);
        }
        let fence = Fence::opened_by(line.text);
        let raw = raw(line);
        if fence.is_none() && raw.is_none() && !line.is_heading() && !line.is_rule() {
            if !is_open {
                self.items.truncate(held);
            }
            return self.words(line);
        }
        self.end_paragraph();
        self.is_quoting = false;
        self.items.truncate(held);
        if let Some(fence) = fence {
            self.fence = Some((fence, held));
            self.silence(line.at..line.end, CODE);
        } else if raw.is_some() {
            self.raw = raw;
            self.in_raw(line.at, line.end);
        } else {
            self.inline(line.at..line.end);
        }
    }

    /// Words: of the quotation that goes on, or of a paragraph.
    fn words(&mut self, line: Line<'_>) {
        if self.is_quoting {
            return self.pieces.push(Piece::Silent(line.at..line.end, QUOTE));
        }
        let depth = self.items.len();
        let open = self.paragraph.get_or_insert(Paragraph { span: line.at..line.end, depth });
        open.span.end = line.end;
    }

    /// Whether the quotation goes on in the next line even if that is not marked: it does within a paragraph.
    fn quote(&mut self, text: &str) {
        let inner = text.trim_start_matches(['>', ' ', '\t']);
        let line = Line::of(0, 0, inner, 0);
        let was_code = self.quoted_fence.is_some();
        match self.quoted_fence {
            Some(fence) if fence.is_closed_by(inner) => self.quoted_fence = None,
            Some(_) => {}
            None => self.quoted_fence = Fence::opened_by(inner),
        }
        let is_code = was_code || self.quoted_fence.is_some();
        let is_bare = line.mark().is_some_and(|(length, _)| length == inner.len());
        let is_words = !inner.is_empty() && !is_bare && !line.is_heading() && !line.is_rule();
        self.is_quoting = is_words && !is_code;
    }

    /// A line of raw HTML, up to its end; what stands behind that on the line is shown.
    fn in_raw(&mut self, at: usize, end: usize) {
        let Some(Raw { start, end: mark, reason }) = self.raw.take() else { return };
        // `<!-->` is a whole comment.
        let from = if start == at && mark == "-->" { at + 2 } else { at };
        let line = &self.text[from..end];
        let found = line.to_ascii_lowercase().find(mark).map(|found| from + found + mark.len());
        match found {
            Some(found) => {
                self.pieces.push(Piece::Silent(start..found, reason));
                self.inline(found..end);
            }
            None => self.raw = Some(Raw { start, end: mark, reason }),
        }
    }

    fn silence(&mut self, span: Range<usize>, reason: &'static str) {
        self.end_paragraph();
        self.is_quoting = false;
        self.pieces.push(Piece::Silent(span, reason));
    }

    fn end_paragraph(&mut self) {
        if let Some(paragraph) = self.paragraph.take() {
            self.inline(paragraph.span);
        }
    }

    fn inline(&mut self, span: Range<usize>) {
        let (found, _) = inline::pieces(&self.text[span.clone()], Layout::Markdown);
        let from = span.start;
        self.pieces.extend(found.into_iter().map(|piece| match piece {
            Piece::Silent(part, reason) => {
                Piece::Silent(part.start + from..part.end + from, reason)
            }
            Piece::Opens(at, element) => Piece::Opens(at + from, element),
            Piece::Closes(at, element) => Piece::Closes(at + from, element),
        }));
    }

    /// The silent parts, with what stands in elements; one without an end goes on to the end of the text.
    fn finish(mut self) -> Vec<(Range<usize>, &'static str)> {
        self.end_paragraph();
        let end = self.text.len();
        let mut parts = Vec::new();
        let mut open: Option<(Element, usize, usize)> = None;
        for piece in self.pieces {
            match (piece, &mut open) {
                (Piece::Silent(span, reason), None) => parts.push((span, reason)),
                (Piece::Opens(at, element), None) => open = Some((element, at, 1)),
                (Piece::Opens(_, inner), Some((outer, _, depth))) if inner == *outer => *depth += 1,
                (Piece::Closes(at, inner), Some((outer, start, depth))) if inner == *outer => {
                    *depth -= 1;
                    if *depth == 0 {
                        parts.push((*start..at, reason(inner)));
                        open = None;
                    }
                }
                _ => {}
            }
        }
        let rest = open.map(|(element, start, _)| (start..end, reason(element)));
        parts.extend(rest.or_else(|| self.raw.map(|raw| (raw.start..end, raw.reason))));
        parts
    }
}

/// The raw HTML that a line begins.
fn raw(line: Line<'_>) -> Option<Raw> {
    let start = line.at;
    if line.text.starts_with("<!--") {
        return Some(Raw { start, end: "-->", reason: COMMENT });
    }
    let is_block = inline::element(line.text.strip_prefix('<')?) == Some(Element::Block);
    is_block.then_some(Raw { start, end: "</pre>", reason: CODE })
}

fn reason(element: Element) -> &'static str {
    match element {
        Element::Code => super::message::SPAN,
        Element::Block => CODE,
        Element::Quotation => QUOTE,
    }
}

#[cfg(test)]
mod tests;
