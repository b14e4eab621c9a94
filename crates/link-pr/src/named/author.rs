//! Programs that open pull requests. Their texts quote other projects' release notes.

use backend::{code_host::Proposal, reference};

/// User names of programs that are not marked as such by every host.
const NAMES: &[&str] = &[
    "allcontributors",
    "depfu",
    "dependabot",
    "dependabot-preview",
    "github-actions",
    "greenkeeper",
    "imgbot",
    "mend-bolt-for-github",
    "mergify",
    "pre-commit-ci",
    "pyup-bot",
    "renovate",
    "renovate-bot",
    "scala-steward",
    "snyk-bot",
    "weblate",
];

/// Whether a program opened a pull request: its host or its name says so. Where nobody tells the author, the branch does.
pub(super) fn is_bots(proposal: &Proposal) -> bool {
    let author = &proposal.author;
    let is_told = !author.name.trim().is_empty();
    author.is_bot
        || is_bots_name(&author.name)
        || (!is_told && reference::is_robots_branch(&proposal.source_branch))
}

/// Whether a name is that of a program.
pub(super) fn is_bots_name(name: &str) -> bool {
    let name = name.trim().trim_start_matches("app/").to_ascii_lowercase();
    let bare = name.strip_suffix("[bot]");
    bare.is_some() || NAMES.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::{is_bots, is_bots_name};
    use crate::facts::testing::facts;

    #[track_caller]
    fn check(author: &str, branch: &str, expected: bool) {
        let mut proposal = facts("x", "", &[]).proposal;
        (proposal.author.name, proposal.source_branch) = (author.to_owned(), branch.to_owned());
        assert_eq!(is_bots(&proposal), expected, "{author} {branch}");
    }

    #[test]
    fn the_branch_counts_only_where_nobody_tells_the_author() {
        check("alex", "renovate/left-pad", false);
        check("alex", "renovate-kitchen", false);
        check("renovate[bot]", "topic", true);
        check("", "renovate/left-pad", true);
        check("", "renovate-kitchen", false);
    }

    #[test]
    fn programs_are_known_by_their_names() {
        for name in ["dependabot[bot]", "Renovate", "app/dependabot", "acme-release[bot]"] {
            assert!(is_bots_name(name), "{name}");
        }
        for name in ["alex", "robot", "dependabot-fan", "", "Bot Smith"] {
            assert!(!is_bots_name(name), "{name}");
        }
    }
}
