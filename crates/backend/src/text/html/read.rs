//! HTML of any quality to the document between formats. No page is rejected: what makes no sense is skipped.

use super::entity::decode;
use crate::text::builder::{Builder, Container};
use crate::text::tree::{Block, Style, safe_link};

/// The blocks of a page or a fragment, in one pass over it.
pub(super) fn blocks(html: &str) -> Vec<Block> {
    let mut reader = Reader { builder: Builder::default(), open: Vec::new(), code: None };
    let mut rest = html;
    while !rest.is_empty() {
        rest = reader.step(rest);
    }
    if let Some(code) = reader.code.take() {
        reader.builder.insert(Block::Code { language: String::new(), text: code });
    }
    reader.builder.finish()
}

/// What an open tag means, and what its end must undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Container(Container),
    Look(Style),
    Link,
    Paragraph,
}

struct Reader {
    builder: Builder,
    /// The open tags that mean something.
    open: Vec<(String, Meaning)>,
    /// The text of the `pre` being read.
    code: Option<String>,
}

impl Reader {
    /// Reads one tag, comment or run of words, and returns what is left.
    fn step<'a>(&mut self, html: &'a str) -> &'a str {
        let Some(after) = html.strip_prefix('<') else {
            let end = html.find('<').unwrap_or(html.len());
            self.words(&html[..end]);
            return &html[end..];
        };
        if let Some(comment) = after.strip_prefix("!--") {
            return comment.find("-->").map_or("", |end| &comment[end + 3..]);
        }
        let closing = after.starts_with('/');
        let body = after.trim_start_matches('/');
        let declaration = body.starts_with(['!', '?']);
        if !declaration && !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.words("<");
            return after;
        }
        let end = tag_end(body);
        let (tag, rest) = (&body[..end], body.get(end + 1..).unwrap_or_default());
        let length = tag
            .find(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-')
            .unwrap_or(tag.len());
        let name = tag[..length].to_ascii_lowercase();
        match (declaration, closing) {
            (true, _) => rest,
            (_, true) => {
                self.close(&name);
                rest
            }
            _ => self.start(&name, &tag[length..], rest),
        }
    }

    fn words(&mut self, text: &str) {
        let text = decode(text);
        if let Some(code) = &mut self.code {
            code.push_str(&text);
            return;
        }
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let space = |at: Option<char>| if at.is_some_and(char::is_whitespace) { " " } else { "" };
        if words.is_empty() {
            let space = if self.builder.has_words() { space(text.chars().next()) } else { "" };
            self.builder.text(space);
            return;
        }
        let before = if self.builder.has_words() { space(text.chars().next()) } else { "" };
        self.builder.text(&format!("{before}{words}{}", space(text.chars().next_back())));
    }

    /// Reads an opening tag; returns what is left, which for scripts and the like is what follows their end.
    fn start<'a>(&mut self, name: &str, attributes: &str, rest: &'a str) -> &'a str {
        let unseen = [
            "script", "style", "head", "template", "noscript", "svg", "iframe", "object",
            "textarea", "title",
        ];
        if unseen.contains(&name) {
            return if attributes.ends_with('/') { rest } else { after_end_tag(rest, name) };
        }
        match (&mut self.code, name) {
            (Some(code), "br") => code.push('\n'),
            (Some(_), _) => {}
            (None, "br") => self.builder.line_break(),
            (None, "hr") => self.builder.insert(Block::Rule),
            (None, "img") => self.image(attributes),
            (None, "pre") => {
                self.builder.end_paragraph();
                self.code = Some(String::new());
            }
            (None, _) => self.start_meaning(name, attributes),
        }
        rest
    }

    /// Reads an opening tag that stays open; items, rows and cells end the one before them.
    fn start_meaning(&mut self, name: &str, attributes: &str) {
        match name {
            "li" => {
                self.close_within("li", &["ul", "ol"]);
                if !matches!(self.builder.innermost(), Some(Container::List(_))) {
                    self.push("ul", Meaning::Container(Container::List(None)));
                }
                self.push(name, Meaning::Container(Container::Item));
            }
            "tr" => {
                self.close_within("tr", &["table"]);
                self.push(name, Meaning::Container(Container::Row));
            }
            "td" | "th" => {
                self.close_within("td", &["tr", "table"]);
                self.push("td", Meaning::Container(Container::Cell));
            }
            "a" => {
                self.builder.link(attribute(attributes, "href").as_deref().and_then(safe_link));
                self.open.push((name.to_owned(), Meaning::Link));
            }
            _ => {
                if let Some(meaning) = meaning(name, attributes) {
                    self.push(name, meaning);
                }
            }
        }
    }

    fn push(&mut self, name: &str, meaning: Meaning) {
        match meaning {
            Meaning::Container(container) => self.builder.open(container),
            Meaning::Look(look) => self.builder.style(look),
            Meaning::Link => {}
            Meaning::Paragraph => self.builder.end_paragraph(),
        }
        self.open.push((name.to_owned(), meaning));
    }

    /// Closes the tag opened last under this name and all inside it; an end without a beginning means nothing.
    fn close(&mut self, name: &str) {
        if name == "pre" {
            if let Some(code) = self.code.take() {
                let text =
                    code.strip_prefix('\n').unwrap_or(&code).trim_end_matches('\n').to_owned();
                self.builder.insert(Block::Code { language: String::new(), text });
            }
            return;
        }
        if self.code.is_none() {
            self.close_within(if name == "th" { "td" } else { name }, &[]);
        }
    }

    /// Closes like [`Reader::close`], but not beyond an open tag of these names.
    fn close_within(&mut self, name: &str, walls: &[&str]) {
        let reachable = self.open.iter().rev().take(DEEPEST);
        let found = reachable
            .take_while(|(open, _)| !walls.contains(&open.as_str()))
            .position(|(open, _)| open == name);
        for _ in 0..found.map_or(0, |inside| inside + 1) {
            self.undo();
        }
    }

    fn undo(&mut self) {
        match self.open.pop() {
            Some((_, Meaning::Container(_))) => self.builder.close(),
            Some((_, Meaning::Look(_))) => self.builder.restyle(),
            Some((_, Meaning::Link)) => self.builder.unlink(),
            Some((_, Meaning::Paragraph)) => self.builder.end_paragraph(),
            None => {}
        }
    }

    /// An image shows its words, linked to it if its address is safe.
    fn image(&mut self, attributes: &str) {
        let words = attribute(attributes, "alt").filter(|alt| !alt.trim().is_empty());
        let address = attribute(attributes, "src").as_deref().and_then(safe_link);
        if self.code.is_none() && (words.is_some() || address.is_some()) {
            self.builder.link(address);
            self.builder.text(words.as_deref().unwrap_or("image"));
            self.builder.unlink();
        }
    }
}

/// How many open tags an end tag may look through: this keeps long pages of unclosed tags linear.
const DEEPEST: usize = 64;

fn meaning(name: &str, attributes: &str) -> Option<Meaning> {
    Some(match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            Meaning::Container(Container::Heading(name.as_bytes()[1] - b'0'))
        }
        "blockquote" => Meaning::Container(Container::Quote),
        "ul" => Meaning::Container(Container::List(None)),
        "ol" => {
            let start = attribute(attributes, "start").and_then(|start| start.parse().ok());
            Meaning::Container(Container::List(Some(start.unwrap_or(1))))
        }
        "table" => Meaning::Container(Container::Table),
        "b" | "strong" => Meaning::Look(Style::STRONG),
        "i" | "em" => Meaning::Look(Style::EMPHASIS),
        "s" | "del" | "strike" => Meaning::Look(Style::STRIKE),
        "code" | "tt" | "kbd" | "samp" => Meaning::Look(Style::CODE),
        "p" | "div" | "section" | "article" | "header" | "footer" | "dl" | "dt" | "dd" | "body" => {
            Meaning::Paragraph
        }
        _ => return None,
    })
}

/// Where a tag ends: at `>` outside of quotes, or at the end of the text.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (index, b) in tag.bytes().enumerate() {
        match (quote, b) {
            (None, b'>') => return index,
            (None, b'"' | b'\'') if tag.as_bytes()[index.saturating_sub(1)] == b'=' => {
                quote = Some(b);
            }
            (Some(open), b) if open == b => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// What follows `</name>`; nothing if it never comes.
fn after_end_tag<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some(start) = rest.find("</") {
        rest = &rest[start + 2..];
        let found = rest.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name));
        if found && !rest[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return rest.find('>').map_or("", |end| &rest[end + 1..]);
        }
    }
    ""
}

/// The value of an attribute, decoded.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end =
            rest.find(|c: char| c.is_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            if after.is_empty() {
                return None;
            }
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(decode(value));
        }
        rest = after;
    }
}
