//! Pull requests that are about no item, and those that carry finished work elsewhere.

use crate::{facts::Facts, policy::OptOut};
use backend::{code_host::Proposal, reference};

/// How a pull request says that it is about no item: by a label, a word in its title, or a line of its text that quotes
/// nothing.
pub(super) fn opt_out(proposal: &Proposal, policy: &OptOut) -> Option<String> {
    let label = proposal.labels.iter().find(|label| is_one_of(&policy.labels, label));
    if let Some(label) = label {
        return Some(format!("the label `{label}`"));
    }
    let mut words = proposal.pull_request.title.split(is_between_words);
    if let Some(word) = words.find(|word| is_one_of(&policy.tokens, word)) {
        return Some(format!("`{word}` in the title"));
    }
    // A template's comment that explains the word does not say it.
    let line = reference::spoken_lines(&proposal.description).map(str::trim);
    let mut lines = line.map(|line| line.trim_matches(['[', ']']));
    lines.find(|line| is_one_of(&policy.tokens, line)).map(|line| format!("the line `{line}`"))
}

fn is_one_of(known: &[String], word: &str) -> bool {
    !word.is_empty() && known.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_between_words(c: char) -> bool {
    !c.is_alphanumeric() && c != '-' && c != '_'
}

/// What makes a pull request a backport, where it goes elsewhere than into the default branch.
pub(super) fn backport(facts: &Facts) -> Option<String> {
    let proposal = &facts.proposal;
    let is_elsewhere = !facts.is_for_default_branch();
    let title = proposal.pull_request.title.trim_start().to_lowercase();
    let says = |text: &str| text.contains("backport") || text.contains("cherry-pick");
    if ["[backport", "backport ", "backport:", "[cherry-pick", "cherry-pick"]
        .iter()
        .any(|start| title.starts_with(start))
    {
        return Some("its title".to_owned());
    }
    if !is_elsewhere {
        return None;
    }
    let branch = proposal.source_branch.to_lowercase();
    if ["backport", "cherry-pick", "cherrypick"].iter().any(|start| branch.starts_with(start)) {
        return Some(format!("its branch `{}`", proposal.source_branch));
    }
    if let Some(label) = proposal.labels.iter().find(|label| says(&label.to_lowercase())) {
        return Some(format!("its label `{label}`"));
    }
    let picked =
        proposal.commits.iter().find(|commit| !reference::picked(&commit.message).is_empty());
    picked.map(|commit| format!("commit {}, which was picked from another", commit.short_sha()))
}
