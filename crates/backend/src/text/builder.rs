//! Builds a document from a stream of openings, words and closings, as every parser sees its format.

use super::tree::{Block, Inline, Span, Style, flatten};

/// Containers deeper than this are dissolved into their parent: text nested without end must not overflow the stack.
const MAX_DEPTH: usize = 24;

/// What can be opened and closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Heading(u8),
    Quote,
    List(Option<u64>),
    Item,
    Table,
    Row,
    Cell,
}

#[derive(Debug)]
struct Frame {
    container: Container,
    blocks: Vec<Block>,
    items: Vec<Vec<Block>>,
    rows: Vec<Vec<Vec<Inline>>>,
    cells: Vec<Vec<Inline>>,
}

/// A document under construction.
#[derive(Debug, Default)]
pub(super) struct Builder {
    blocks: Vec<Block>,
    open: Vec<Frame>,
    dissolved: usize,
    line: Vec<Inline>,
    styles: Vec<Style>,
    links: Vec<Option<String>>,
}

impl Builder {
    /// Opens a container. Words of the paragraph before it stay outside.
    pub(super) fn open(&mut self, container: Container) {
        self.end_paragraph();
        if self.open.len() >= MAX_DEPTH {
            self.dissolved += 1;
            return;
        }
        let frame = Frame { container, blocks: vec![], items: vec![], rows: vec![], cells: vec![] };
        self.open.push(frame);
    }

    /// Closes the container opened last.
    pub(super) fn close(&mut self) {
        if self.dissolved > 0 {
            self.end_paragraph();
            self.dissolved -= 1;
            return;
        }
        if let Some(Container::Heading(level)) = self.innermost() {
            let line = self.take_line();
            self.open.pop();
            if !line.is_empty() {
                self.block(Block::Heading(level, line));
            }
            return;
        }
        self.end_paragraph();
        if let Some(frame) = self.open.pop() {
            self.place(frame);
        }
    }

    /// The container opened last and not yet closed, if any.
    pub(super) fn innermost(&self) -> Option<Container> {
        self.open.last().map(|frame| frame.container)
    }

    /// Adds words in the current look. White space is one space, other control characters are dropped.
    pub(super) fn text(&mut self, text: &str) {
        let style = self.styles.last().copied().unwrap_or_default();
        self.styled(text, style);
    }

    /// Adds inline code.
    pub(super) fn code(&mut self, text: &str) {
        let style = self.styles.last().copied().unwrap_or_default();
        self.styled(text, style | Style::CODE);
    }

    fn styled(&mut self, text: &str, style: Style) {
        let link = self.links.last().cloned().flatten();
        let words = text
            .chars()
            .map(|c| if c == '\n' { ' ' } else { c })
            .filter(|c| !c.is_control() || *c == '\t');
        match self.line.last_mut() {
            Some(Inline::Text(last)) if last.style == style && last.link == link => {
                last.text.extend(words);
            }
            _ => {
                let text: String = words.collect();
                if !text.is_empty() {
                    self.line.push(Inline::Text(Span { text, style, link }));
                }
            }
        }
    }

    /// Adds the lines of a text with breaks between them.
    pub(super) fn lines(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            self.text(line.trim_end_matches(['\r', '\n']));
            if line.ends_with('\n') {
                self.line_break();
            }
        }
    }

    /// Adds a line break inside the paragraph.
    pub(super) fn line_break(&mut self) {
        self.line.push(Inline::Break);
    }

    /// Adds a look until [`Builder::restyle`].
    pub(super) fn style(&mut self, look: Style) {
        let current = self.styles.last().copied().unwrap_or_default();
        self.styles.push(current | look);
    }

    /// Takes the look added last away.
    pub(super) fn restyle(&mut self) {
        self.styles.pop();
    }

    /// Links the words that follow (`None`: to nothing) until [`Builder::unlink`].
    pub(super) fn link(&mut self, address: Option<String>) {
        self.links.push(address);
    }

    /// Ends the link opened last.
    pub(super) fn unlink(&mut self) {
        self.links.pop();
    }

    /// How many pieces the current line has: to see whether something was added.
    pub(super) fn has_words(&self) -> bool {
        self.line
            .iter()
            .any(|piece| matches!(piece, Inline::Text(span) if !span.text.trim().is_empty()))
    }

    /// Ends the paragraph, if one is open. Headings take no paragraphs: there it is a break.
    pub(super) fn end_paragraph(&mut self) {
        if let Some(Container::Heading(_)) = self.innermost() {
            if self.has_words() {
                self.line_break();
            }
            return;
        }
        let line = self.take_line();
        if !line.is_empty() {
            self.block(Block::Paragraph(line));
        }
    }

    /// Adds a whole block behind the paragraph, which ends.
    pub(super) fn insert(&mut self, block: Block) {
        self.end_paragraph();
        self.block(block);
    }

    fn block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(frame) if matches!(frame.container, Container::List(_)) => {
                frame.items.push(vec![block]);
            }
            Some(frame) if frame.container == Container::Table => {
                frame.rows.push(vec![flatten(vec![block])]);
            }
            Some(frame) if frame.container == Container::Row => {
                frame.cells.push(flatten(vec![block]));
            }
            Some(frame) => frame.blocks.push(block),
            None => self.blocks.push(block),
        }
    }

    /// The document; whatever is open is closed.
    pub(super) fn finish(mut self) -> Vec<Block> {
        self.dissolved = 0;
        self.end_paragraph();
        while !self.open.is_empty() {
            self.close();
        }
        self.end_paragraph();
        self.blocks
    }

    /// Puts a closed container into its parent, or what it holds when the parent takes no such container.
    fn place(&mut self, frame: Frame) {
        let parent = self.open.last_mut();
        match frame.container {
            Container::Item => match parent {
                Some(parent) if matches!(parent.container, Container::List(_)) => {
                    parent.items.push(frame.blocks);
                }
                _ => self.block(Block::List { start: None, items: vec![frame.blocks] }),
            },
            Container::Row => match parent {
                Some(parent) if parent.container == Container::Table => {
                    parent.rows.push(frame.cells);
                }
                _ => self.block(Block::Table(vec![frame.cells])),
            },
            Container::Cell => match parent {
                Some(parent) if parent.container == Container::Row => {
                    parent.cells.push(flatten(frame.blocks));
                }
                _ => frame.blocks.into_iter().for_each(|block| self.block(block)),
            },
            Container::List(start) if !frame.items.is_empty() => {
                self.block(Block::List { start, items: frame.items });
            }
            Container::Table if !frame.rows.is_empty() => {
                self.block(Block::Table(even(frame.rows)));
            }
            Container::Quote if !frame.blocks.is_empty() => self.block(Block::Quote(frame.blocks)),
            _ => {}
        }
    }

    /// The current line without white space and breaks around it.
    fn take_line(&mut self) -> Vec<Inline> {
        let mut line = std::mem::take(&mut self.line);
        while matches!(line.last(), Some(piece) if trimmed_end(piece).is_none()) {
            line.pop();
        }
        let start =
            line.iter().position(|piece| trimmed_end(piece).is_some()).unwrap_or(line.len());
        line.split_off(start)
    }
}

/// What is left of a piece at the end of a line: nothing of a break or of blanks.
fn trimmed_end(piece: &Inline) -> Option<&str> {
    match piece {
        Inline::Text(span) => Some(span.text.trim_end()).filter(|text| !text.is_empty()),
        Inline::Break => None,
    }
}

/// All rows as wide as the widest.
fn even(mut rows: Vec<Vec<Vec<Inline>>>) -> Vec<Vec<Vec<Inline>>> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    for row in &mut rows {
        row.resize(width, Vec::new());
    }
    rows
}
