//! The one pass over a text: everything that has the shape of a reference, in order, look-alikes included.
//!
//! The lexer knows shapes only. Whether `SHOP-12` names an item is decided by [`super::Prefixes`], and what it means by
//! where it stands, in [`super::judge`].

use super::{
    key::{self, Key},
    number::{self, Number},
    url::{self, Item},
};
use std::ops::Range;

/// Something that has the shape of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) span: Range<usize>,
    pub(super) shape: Shape<'a>,
    /// The URL that it is a part of, when that URL does not name an item.
    pub(super) inside: Option<Inside>,
}

/// What a token looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape<'a> {
    /// `SHOP-12`.
    Key(Key<'a>),
    /// `#12`, `acme/shop#12`, `AB#12`.
    Number(Number<'a>),
    /// The page of an item.
    Url(Item<'a>),
}

/// What sort of page a URL leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// A build, a job, a code review: `MASTER-12` there is the name of a plan.
    Build,
    /// Any other page.
    Page,
}

/// Walks through the references of a text.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    url: Option<(usize, Inside)>,
}

/// Everything in `text` that has the shape of a reference.
pub(super) fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0, url: None }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        let is_trigger = |byte: &u8| matches!(byte, b'-' | b'#' | b':');
        while let Some(skipped) = bytes.get(self.at..)?.iter().position(is_trigger) {
            let at = self.at + skipped;
            self.at = at + 1;
            let token = match bytes[at] {
                b'-' => self.key(at),
                b'#' => self.number(at),
                _ => self.page(at),
            };
            if let Some(token) = token {
                self.at = token.span.end;
                return Some(token);
            }
        }
        self.at = bytes.len();
        None
    }
}

impl<'a> Tokens<'a> {
    fn inside(&self, at: usize) -> Option<Inside> {
        self.url.filter(|(end, _)| at < *end).map(|(_, inside)| inside)
    }

    fn key(&self, hyphen: usize) -> Option<Token<'a>> {
        let (span, key) = key::at(self.text, hyphen)?;
        Some(Token { span, shape: Shape::Key(key), inside: self.inside(hyphen) })
    }

    fn number(&self, hash: usize) -> Option<Token<'a>> {
        if self.inside(hash).is_some() {
            return None;
        }
        let (span, number) = number::at(self.text, hash)?;
        Some(Token { span, shape: Shape::Number(number), inside: None })
    }

    /// A URL that names an item is one token; the keys of any other are looked at one by one.
    fn page(&mut self, colon: usize) -> Option<Token<'a>> {
        if !self.text.as_bytes()[colon..].starts_with(b"://") || self.inside(colon).is_some() {
            return None;
        }
        let page = url::at(self.text, colon)?;
        self.url = Some((page.span.end, page.inside));
        let item = page.item?;
        Some(Token { span: page.span, shape: Shape::Url(item), inside: None })
    }
}
