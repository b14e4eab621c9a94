//! A pull request in the words of the panel.

use super::wire;
use crate::{
    digest, error::Result, managed_comment::public, model::WorkItemId, panel::Development,
    platform::jira::link::one_line,
};
use std::collections::BTreeSet;
use url::Url;

/// Longest name of a branch, a person and a repository, in units of UTF-16; a title could be longer, and is seen in a list.
const LONGEST_NAME: usize = 255;

/// The repository's name in the panel: letters and digits only are allowed, and the page has others.
pub(super) fn repository_id(page: &Url) -> String {
    let page = page.as_str().trim_end_matches('/').to_ascii_lowercase();
    digest::sha256_hex(page.as_bytes())
}

/// What a later write has a greater one of.
pub(super) fn sequence(development: Development<'_>) -> i64 {
    development.as_of.as_millisecond()
}

/// An item as the panel names it.
pub(super) fn issue(item: &WorkItemId) -> String {
    item.as_str().trim().to_ascii_uppercase()
}

/// A pull request on these issues.
pub(super) fn entity(
    development: Development<'_>,
    issues: BTreeSet<String>,
) -> Result<wire::PullRequest> {
    let Development { proposal, as_of, .. } = development;
    let pull_request = &proposal.pull_request;
    // Its newest commit's time is the same in every run.
    let newest = proposal.commits.iter().map(|commit| commit.committed_at).max();
    let last_update = newest.unwrap_or(as_of);
    Ok(wire::PullRequest {
        id: pull_request.number.to_string(),
        display_id: format!("#{}", pull_request.number),
        associations: vec![wire::Association::new(issues.into_iter().collect())],
        update_sequence_id: sequence(development),
        status: wire::status(pull_request.state),
        title: name(&pull_request.title),
        author: wire::Author { name: name(&proposal.author.name) },
        comment_count: 0,
        source_branch: name(&proposal.source_branch),
        destination_branch: name(&proposal.target_branch),
        last_update: last_update.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        url: public(&pull_request.url)?.into(),
    })
}

/// Untrusted text on one line, not longer than any name may be. None may be empty.
pub(super) fn name(text: &str) -> String {
    let line = one_line(text);
    let mut length = 0;
    let fits = |c: &char| {
        length += c.len_utf16();
        length <= LONGEST_NAME
    };
    let name: String = line.chars().take_while(fits).collect();
    if name.is_empty() { "(unknown)".to_owned() } else { name }
}

pub(super) fn is_current(kept: &wire::KeptPullRequest, now: &wire::PullRequest) -> bool {
    let is = |kept: &Option<String>, now: &str| kept.as_deref() == Some(now);
    is(&kept.status, now.status)
        && is(&kept.title, &now.title)
        && is(&kept.source_branch, &now.source_branch)
        && is(&kept.destination_branch, &now.destination_branch)
        && is(&kept.url, &now.url)
}
