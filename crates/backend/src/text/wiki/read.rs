//! Wiki markup to the document between formats.

use crate::text::builder::{Builder, Container};
use crate::text::tree::Block;

mod phrase;

/// The blocks of a text, read line by line.
pub(super) fn blocks(markup: &str) -> Vec<Block> {
    let markup = markup.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = Reader {
        builder: Builder::default(),
        lists: Vec::new(),
        quoted: false,
        endless: Vec::new(),
    };
    let mut rest = markup.as_str();
    while !rest.is_empty() {
        rest = reader.step(rest);
    }
    reader.builder.finish()
}

struct Reader {
    builder: Builder,
    /// The markers of the open lists, outermost first.
    lists: Vec<char>,
    quoted: bool,
    /// The code tags that never end from here on: looking again and again would take long.
    endless: Vec<&'static str>,
}

impl Reader {
    /// Reads one line, or a block of code; returns what is left.
    fn step<'a>(&mut self, text: &'a str) -> &'a str {
        let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
        let trimmed = line.trim();
        if let Some((language, code, rest)) = self.preformatted(text) {
            self.leave_table();
            self.builder.insert(Block::Code { language, text: code.to_owned() });
            return rest;
        }
        if let Some(quote) = trimmed.strip_prefix("{quote}") {
            return self.quote(quote, rest);
        }
        if let Some(words) = trimmed.strip_suffix("{quote}").filter(|_| self.quoted) {
            self.line(words);
            self.toggle_quote();
            return rest;
        }
        self.line(trimmed);
        rest
    }

    /// A block of code or raw text at the start: its language, its text, and what follows it.
    fn preformatted<'a>(&mut self, text: &'a str) -> Option<(String, &'a str, &'a str)> {
        let (tag, parameters, body) =
            code_tag(text).filter(|(tag, ..)| !self.endless.contains(tag))?;
        let Some((code, rest)) = body.split_once(&format!("{{{tag}}}")) else {
            self.endless.push(tag);
            return None;
        };
        let language =
            parameters.split('|').find(|parameter| !parameter.contains('=')).unwrap_or_default();
        let code = code.strip_prefix('\n').unwrap_or(code);
        let rest = rest.strip_prefix('\n').unwrap_or(rest);
        Some((language.to_owned(), code.strip_suffix('\n').unwrap_or(code), rest))
    }

    fn quote<'a>(&mut self, words: &str, rest: &'a str) -> &'a str {
        self.toggle_quote();
        let (inside, ended) =
            words.split_once("{quote}").map_or((words, false), |(inside, _)| (inside, true));
        self.line(inside);
        if ended {
            self.toggle_quote();
        }
        rest
    }

    fn toggle_quote(&mut self) {
        self.leave_lists(0);
        self.leave_table();
        if self.quoted {
            self.builder.close();
        } else {
            self.builder.open(Container::Quote);
        }
        self.quoted = !self.quoted;
    }

    fn line(&mut self, line: &str) {
        let (markers, item) = list_marker(line);
        if !item.is_empty() || !markers.is_empty() {
            self.leave_table();
            return self.item(markers, item);
        }
        if line.starts_with('|') {
            self.leave_lists(0);
            return self.row(line);
        }
        self.leave_table();
        if line.is_empty() {
            self.leave_lists(0);
            return self.builder.end_paragraph();
        }
        if let Some((level, words)) = heading(line) {
            self.leave_lists(0);
            return self.within(Container::Heading(level), words);
        }
        if let Some(words) = line.strip_prefix("bq. ") {
            self.leave_lists(0);
            return self.within(Container::Quote, words);
        }
        if line.len() >= 4 && line.bytes().all(|b| b == b'-') {
            self.leave_lists(0);
            return self.builder.insert(Block::Rule);
        }
        if self.builder.has_words() {
            self.builder.line_break();
        }
        phrase::read(&mut self.builder, line);
    }

    fn within(&mut self, container: Container, words: &str) {
        self.builder.open(container);
        phrase::read(&mut self.builder, words);
        self.builder.close();
    }

    /// An item: lists are opened and closed until the markers agree.
    fn item(&mut self, markers: &str, words: &str) {
        let markers: Vec<char> = markers.chars().collect();
        let same =
            self.lists.iter().zip(&markers).take_while(|(open, marker)| open == marker).count();
        self.leave_lists(same);
        if same == markers.len() && same > 0 {
            self.builder.close();
            self.builder.open(Container::Item);
        }
        for marker in &markers[same..] {
            self.builder.open(Container::List((*marker == '#').then_some(1)));
            self.builder.open(Container::Item);
            self.lists.push(*marker);
        }
        phrase::read(&mut self.builder, words);
    }

    fn leave_lists(&mut self, keep: usize) {
        while self.lists.len() > keep {
            self.lists.pop();
            self.builder.close();
            self.builder.close();
        }
    }

    fn row(&mut self, line: &str) {
        if self.builder.innermost() != Some(Container::Table) {
            self.builder.open(Container::Table);
        }
        self.builder.open(Container::Row);
        for cell in cells(line) {
            self.within(Container::Cell, cell.trim());
        }
        self.builder.close();
    }

    fn leave_table(&mut self) {
        if self.builder.innermost() == Some(Container::Table) {
            self.builder.close();
        }
    }
}

/// The tag that begins a block of code, its parameters, and what follows it.
fn code_tag(text: &str) -> Option<(&'static str, &str, &str)> {
    let start = text.trim_start_matches([' ', '\t']).strip_prefix('{')?;
    let tag = ["code", "noformat"].into_iter().find(|tag| start.starts_with(tag))?;
    let end = start.bytes().take(200).position(|b| b == b'}')?;
    let parameters = start[tag.len()..end].trim_start_matches(':');
    let is_tag = start[tag.len()..].starts_with([':', '}']) && !parameters.contains('\n');
    is_tag.then_some((tag, parameters, &start[end + 1..]))
}

/// The markers and the words of a list item; both empty if the line is none.
fn list_marker(line: &str) -> (&str, &str) {
    let length = line.bytes().take_while(|b| matches!(b, b'*' | b'#' | b'-')).count();
    let (markers, words) = line.split_at(length);
    let dashes = markers.contains('-') && markers.len() > 1;
    match words.strip_prefix(' ') {
        Some(words) if length > 0 && !dashes => (markers, words.trim_start()),
        _ => ("", ""),
    }
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let level =
        line.strip_prefix('h')?.bytes().next().filter(|level| (b'1'..=b'6').contains(level))?;
    Some((level - b'0', line[2..].strip_prefix('.')?.trim_start()))
}

/// The cells of a row: between walls that are neither escaped nor inside a link.
fn cells(line: &str) -> Vec<&str> {
    let (mut found, mut start, mut linked, mut escaped) = (Vec::new(), None, false, false);
    let bytes = line.as_bytes();
    for (index, &b) in bytes.iter().enumerate() {
        match b {
            _ if escaped => {}
            b'[' => linked = true,
            b']' => linked = false,
            b'|' if !linked => {
                found.extend(start.filter(|start| *start < index).map(|start| &line[start..index]));
                start = Some(index + 1);
            }
            _ => {}
        }
        escaped = b == b'\\' && !escaped;
    }
    found.extend(start.map(|start| &line[start..]).filter(|cell| !cell.trim().is_empty()));
    found
}
