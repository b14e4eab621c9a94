//! Rich text. Markdown is the only text inside the house; trackers get it rendered for their own format.
//!
//! There are two ways in: [`Markdown::from_template`] for words that may use Markdown, and [`Markdown::quote`] with
//! its sisters for words that nobody vouches for. GitHub, GitLab and Linear take the source as it is; the others get
//! it from [`adf`] (Jira Cloud), [`wiki`] (Jira Data Center) or [`html`] (Azure DevOps), which also read it back.

use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

pub mod adf;
mod builder;
mod clean;
mod cut;
pub mod html;
mod links;
mod parse;
mod quote;
mod tree;
pub mod wiki;
mod write;

/// Markdown that is safe to show: made from our own words, from a tracker's text, or from quoted untrusted text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Markdown(String);

impl Markdown {
    /// Our own words, or a person's own Markdown (a `--description`), taken as they are.
    pub fn from_template(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Untrusted text as one paragraph of plain words: no mention, reference, quick action, closing keyword, link,
    /// image, HTML or emphasis comes alive on GitHub, GitLab or Linear, and line breaks stay.
    ///
    /// Characters that mean something are escaped, and a zero-width space breaks what trackers recognise after
    /// rendering (`@name`, `#12`, `https://..`, commit hashes); the renderers for other formats drop that space again.
    /// Terminal colours, invisible characters and blank lines at either end are removed; other control characters and
    /// direction overrides are spelled out, as in `<U+202E>`.
    pub fn quote(untrusted: &str) -> Self {
        Self(quote::paragraph(untrusted))
    }

    /// Untrusted text like [`Markdown::quote`], on one line: for headings, list items, table cells and titles.
    pub fn quote_line(untrusted: &str) -> Self {
        Self(quote::line(untrusted))
    }

    /// Untrusted text as a fenced code block that nothing inside can end. `language` may be empty.
    pub fn code_block(untrusted: &str, language: &str) -> Self {
        Self(quote::code_block(untrusted, language))
    }

    /// Untrusted text as inline code, on one line; empty text gives empty Markdown.
    pub fn code_span(untrusted: &str) -> Self {
        Self(quote::code_span(untrusted))
    }

    /// A link with an untrusted label. Only http, https and mailto become links; of any other address the label stays.
    pub fn link(label_untrusted: &str, url: &Url) -> Self {
        Self(quote::link(label_untrusted, url))
    }

    /// This text, then the other as a paragraph (or block) of its own. An empty side adds nothing.
    #[must_use]
    pub fn then(self, other: &Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (_, true) => self,
            (true, _) => other.clone(),
            _ => Self(format!("{}\n\n{}", self.0.trim_end_matches('\n'), other.0)),
        }
    }

    /// This text with the other directly behind it, on the same line.
    #[must_use]
    pub fn concat(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// A bulleted list; further lines and blocks of an item stay inside it.
    pub fn bullets<'a>(items: impl IntoIterator<Item = &'a Self>) -> Self {
        let items: Vec<String> =
            items.into_iter().map(|item| write::indented("- ", &item.0)).collect();
        Self(items.join("\n"))
    }

    /// At most `limit` characters (Unicode scalar values) of source. A cut falls between characters, never inside an
    /// escape, a link or inline code, closes an open fence, and says how much is missing unless that alone is too long.
    #[must_use]
    pub fn truncated(self, limit: usize) -> Self {
        match cut::cut(&self.0, limit) {
            Some(shorter) => Self(shorter),
            None => self,
        }
    }

    /// Every link to a page with its words, in order of appearance.
    pub fn links(&self) -> Vec<(String, Url)> {
        links::of(&parse::parse(&self.0))
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The Markdown source.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
