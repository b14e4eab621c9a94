//! Pages of items: which URLs name one, and which one.

use super::{
    around,
    key::{self, Edge},
    lexer::Inside,
};
use std::ops::Range;

/// A URL in a text.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) span: Range<usize>,
    pub(super) item: Option<Item<'a>>,
    pub(super) inside: Inside,
}

/// The item whose page a URL is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// `https://acme.atlassian.net/browse/SHOP-12`, `https://linear.app/acme/issue/SHOP-12/title`.
    Key {
        /// `SHOP`.
        prefix: &'a str,
        /// `12`.
        number: u64,
    },
    /// `https://github.com/acme/shop/issues/12`, `https://gitlab.com/acme/web/shop/-/issues/12`.
    Number {
        /// `acme/shop`.
        project: &'a str,
        /// `12`.
        digits: &'a str,
    },
    /// `https://dev.azure.com/acme/shop/_workitems/edit/12`.
    AzureBoards(&'a str),
}

/// Hosts whose pages are builds and reviews: `/browse/MASTER-12` there is a plan's run.
const BUILD_HOSTS: &[&str] =
    &["bamboo", "build", "builds", "ci", "crucible", "fisheye", "jenkins", "teamcity"];

/// Parts of a path behind which a key-shaped word is a job, not an item.
const BUILD_PATHS: &[&str] =
    &["actions", "artifact", "build", "builds", "cru", "job", "jobs", "pipelines", "run", "runs"];

/// The URL whose `://` is at `colon`.
pub(super) fn at(text: &str, colon: usize) -> Option<Page<'_>> {
    let scheme = around::before(text, colon);
    let letters = scheme.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
    if letters == 0 {
        return None;
    }
    let start = colon - letters;
    let end = end(text, colon + 3);
    let url = &text[colon + 3..end];
    let (host, path) = url.split_once('/').unwrap_or((url, ""));
    let inside = if is_build(host, path) { Inside::Build } else { Inside::Page };
    let item = match inside {
        Inside::Build => None,
        Inside::Page => item(host, path),
    };
    Some(Page { span: start..end, item, inside })
}

/// A URL ends at white space or a bracket that it did not open, and not with a sentence's punctuation.
fn end(text: &str, start: usize) -> usize {
    let mut open = 0_i32;
    let stop = text[start..].find(|c: char| {
        open += i32::from(c == '(') - i32::from(c == ')');
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '`' | '|' | ']' | '[')
            || open < 0
    });
    let url = stop.map_or(&text[start..], |stop| &text[start..start + stop]);
    start + url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '}']).len()
}

fn is_build(host: &str, path: &str) -> bool {
    let label = host.split(['.', '-']).next().unwrap_or_default();
    BUILD_HOSTS.iter().any(|name| label.eq_ignore_ascii_case(name))
        || path.split(['/', '?']).any(|part| BUILD_PATHS.contains(&part))
}

fn item<'a>(host: &str, path: &'a str) -> Option<Item<'a>> {
    let (path, rest) = path.find(['?', '#']).map_or((path, ""), |at| path.split_at(at));
    let path = path.trim_end_matches('/');
    hosted(host, path).or_else(|| page_of_key(path)).or_else(|| asked_for(rest))
}

/// `…/issues/12` of a code host, `…/_workitems/edit/12` of Azure DevOps.
fn hosted<'a>(host: &str, path: &'a str) -> Option<Item<'a>> {
    if let Some((_, digits)) = path.split_once("_workitems/edit/") {
        return number(digits).map(Item::AzureBoards);
    }
    let gitlab = path.split_once("/-/issues/").or_else(|| path.split_once("/-/work_items/"));
    if let Some((project, digits)) = gitlab {
        return Some(Item::Number { project, digits: number(digits)? });
    }
    let (project, digits) = path.split_once("/issues/")?;
    let is_repository = project.split('/').count() == 2 && !host.contains("atlassian");
    let digits = number(digits).filter(|_| is_repository)?;
    Some(Item::Number { project, digits })
}

fn number(text: &str) -> Option<&str> {
    let is_number =
        (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !text.starts_with('0')).then_some(text)
}

/// A key right behind a word that says what it is. A title may follow the key.
fn page_of_key(path: &str) -> Option<Item<'_>> {
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let says = ["browse", "issue", "issues", "work-items", "workitems"].contains(&part)
            || part.starts_with("jira.issueviews");
        if says && let Some(item) = parts.peek().and_then(|next| whole_key(next)) {
            return Some(item);
        }
    }
    None
}

/// `?selectedIssue=SHOP-12`, as boards and backlogs say it.
fn asked_for(query: &str) -> Option<Item<'_>> {
    query.split(['?', '&', '#']).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let says = ["selectedIssue", "issueKey", "issue", "key"].contains(&name);
        says.then(|| whole_key(value)).flatten()
    })
}

fn whole_key(text: &str) -> Option<Item<'_>> {
    let hyphen = text.rfind('-')?;
    let (span, key) = key::at(text, hyphen)?;
    let is_whole = span == (0..text.len()) && key.edge == Edge::Clean;
    is_whole.then_some(Item::Key { prefix: key.prefix, number: key.number })
}
