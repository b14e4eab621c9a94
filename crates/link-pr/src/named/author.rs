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

/// Whether a program opened a pull request: its host or its name says so, or the branch that it works on.
pub(super) fn is_bots(proposal: &Proposal) -> bool {
    proposal.author.is_bot
        || is_bots_name(&proposal.author.name)
        || reference::is_robots_branch(&proposal.source_branch)
}

/// Whether a name is that of a program.
pub(super) fn is_bots_name(name: &str) -> bool {
    let name = name.trim().trim_start_matches("app/").to_ascii_lowercase();
    let bare = name.strip_suffix("[bot]");
    bare.is_some() || NAMES.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::is_bots_name;

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
