//! Markdown (CommonMark with GitHub's tables, strikethrough and task lists) to the document between formats.

use super::builder::{Builder, Container};
use super::clean::BREAK;
use super::tree::{Block, Style, safe_link};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use url::{ParseError, Url};

/// The Markdown extensions that every format here can show.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// Parses Markdown. Raw HTML stays as words; the breaks that quoting put into words are taken out again, because the
/// formats rendered from here keep words inert by themselves.
pub(super) fn parse(markdown: &str) -> Vec<Block> {
    let mut reader = Reader { builder: Builder::default(), code: None, targets: Vec::new() };
    Parser::new_ext(markdown, options()).for_each(|event| reader.event(event));
    reader.builder.finish()
}

struct Reader {
    builder: Builder,
    /// The language and the text of the code block being read.
    code: Option<(String, String)>,
    /// The links and images being read.
    targets: Vec<Target>,
}

struct Target {
    address: String,
    labelled: bool,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) => {
                self.label();
                self.builder.code(&joined(&text));
            }
            Event::Html(text) => self.builder.lines(&joined(&text)),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.builder.line_break(),
            Event::Rule => self.builder.insert(Block::Rule),
            Event::TaskListMarker(done) => self.text(if done { "[x] " } else { "[ ] " }),
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        let text = joined(text);
        self.label();
        match &mut self.code {
            Some((_, code)) => code.push_str(&text),
            None => self.builder.text(&text),
        }
    }

    /// Notes that the link being read has words.
    fn label(&mut self) {
        if let Some(target) = self.targets.last_mut() {
            target.labelled = true;
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.builder.open(Container::Heading(number(level))),
            Tag::BlockQuote(_) => self.builder.open(Container::Quote),
            Tag::List(start) => self.builder.open(Container::List(start)),
            Tag::Item => self.builder.open(Container::Item),
            Tag::Table(_) => self.builder.open(Container::Table),
            Tag::TableHead | Tag::TableRow => self.builder.open(Container::Row),
            Tag::TableCell => self.builder.open(Container::Cell),
            Tag::Emphasis => self.builder.style(Style::EMPHASIS),
            Tag::Strong => self.builder.style(Style::STRONG),
            Tag::Strikethrough => self.builder.style(Style::STRIKE),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => {
                self.start_link(format!("mailto:{dest_url}"));
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.start_link(dest_url.into_string());
            }
            Tag::CodeBlock(kind) => {
                self.builder.end_paragraph();
                self.code = Some((language(&kind), String::new()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.builder.end_paragraph(),
            TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Table
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::TableCell => self.builder.close(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => self.builder.restyle(),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                    self.builder.insert(Block::Code { language, text });
                }
            }
            _ => {}
        }
    }

    fn start_link(&mut self, address: String) {
        self.builder.link(safe_link(&address));
        self.targets.push(Target { address, labelled: false });
    }

    /// An image without words shows its address, and so does a link that leads nowhere outside its repository.
    fn end_link(&mut self) {
        let Some(Target { address, labelled }) = self.targets.pop() else { return };
        let relative = Url::parse(&address) == Err(ParseError::RelativeUrlWithoutBase);
        if !labelled && (relative || safe_link(&address).is_some()) {
            self.builder.text(&joined(&address));
        }
        self.builder.unlink();
        if relative && labelled && !address.is_empty() {
            self.builder.text(&format!(" ({})", joined(&address)));
        }
        self.label();
    }
}

fn joined(text: &str) -> String {
    text.replace(BREAK, "")
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(info) => {
            info.split_whitespace().next().unwrap_or_default().to_owned()
        }
        CodeBlockKind::Indented => String::new(),
    }
}
