//! The document between formats: what every parser makes and every renderer reads. It holds what all formats share.

use std::ops::BitOr;
use url::Url;

/// One block of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    /// Level 1 to 6.
    Heading(u8, Vec<Inline>),
    Code {
        language: String,
        text: String,
    },
    Quote(Vec<Block>),
    /// `start` is the first number of an ordered list.
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    /// Rows of cells; the first row is the header.
    Table(Vec<Vec<Vec<Inline>>>),
    Rule,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Inline {
    Text(Span),
    Break,
}

/// Words of one look. `text` is not empty and has no line break.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) style: Style,
    /// An address that passed [`safe_link`].
    pub(super) link: Option<String>,
}

/// A set of looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style(u8);

impl Style {
    pub(super) const PLAIN: Self = Self(0);
    pub(super) const STRONG: Self = Self(1);
    pub(super) const EMPHASIS: Self = Self(2);
    pub(super) const STRIKE: Self = Self(4);
    pub(super) const CODE: Self = Self(8);

    pub(super) fn has(self, look: Self) -> bool {
        self.0 & look.0 != 0
    }
}

impl BitOr for Style {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The address, normalised, if a click on it does no more than open a page or a mail.
pub(super) fn safe_link(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto").then(|| url.into())
}

/// The words of blocks on one line, for places that take no blocks: a table cell, for example.
pub(super) fn flatten(blocks: Vec<Block>) -> Vec<Inline> {
    let mut line = Vec::new();
    for block in blocks {
        let piece = match block {
            Block::Paragraph(content) | Block::Heading(_, content) => content,
            Block::Code { text, .. } => code_lines(&text),
            Block::Quote(blocks) => flatten(blocks),
            Block::List { items, .. } => flatten(items.into_iter().flatten().collect()),
            Block::Table(rows) => join(rows.into_iter().map(table_row).collect()),
            Block::Rule => Vec::new(),
        };
        if !line.is_empty() && !piece.is_empty() {
            line.push(Inline::Break);
        }
        line.extend(piece);
    }
    line
}

/// The cells of a table row as one line, for places that take no table.
pub(super) fn table_row(cells: Vec<Vec<Inline>>) -> Vec<Inline> {
    let mut line = Vec::new();
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            line.push(plain(" | "));
        }
        line.extend(cell);
    }
    line
}

/// Words without any look.
pub(super) fn plain(text: &str) -> Inline {
    Inline::Text(Span { text: text.to_owned(), style: Style::PLAIN, link: None })
}

fn code_lines(text: &str) -> Vec<Inline> {
    let lines =
        text.lines().map(|line| Span { text: line.to_owned(), style: Style::CODE, link: None });
    join(
        lines
            .map(|span| if span.text.is_empty() { Vec::new() } else { vec![Inline::Text(span)] })
            .collect(),
    )
}

fn join(lines: Vec<Vec<Inline>>) -> Vec<Inline> {
    let mut joined = Vec::new();
    for (index, line) in lines.into_iter().enumerate() {
        if index > 0 {
            joined.push(Inline::Break);
        }
        joined.extend(line);
    }
    joined
}
