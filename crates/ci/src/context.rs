//! What a run is about, in the same words on every host.

use crate::env::Env;

/// What a run is about. Everything that the host does not say is absent; the caller may ask git for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The repository as the host names it: `acme/shop`, or `group/sub/shop`.
    pub repository: Option<String>,
    /// The repository's page, without a slash at the end, credentials or `.git`.
    pub repository_url: Option<String>,
    /// Full name of the commit that the run is about; for a pull request its head, never the merge made for testing.
    pub sha: Option<String>,
    /// The branch with the work, without `refs/heads/`; for a pull request its head branch. Absent for a tag.
    pub branch: Option<String>,
    /// The branch that a pull request wants to go into.
    pub target_branch: Option<String>,
    /// The repository's default branch.
    pub default_branch: Option<String>,
    /// The pull or merge request that this run belongs to.
    pub pull_request: Option<PullRequest>,
    /// The merge queue's group that this run tests.
    pub merge_group: Option<MergeGroup>,
    /// What the event says of another run that led to this one.
    pub upstream: Option<Upstream>,
    /// True when the host gives this run no secrets: a fork's, or one that Dependabot started.
    pub secrets_withheld: bool,
    /// The commits that this run is about, as `A..B`, the best answer first.
    ///
    /// Take the first that resolves: a shallow clone lacks ends, and a forced push leaves one that is gone.
    /// When none does, the run is about [`Context::sha`] alone.
    pub ranges: Vec<String>,
    /// What is known of a push.
    pub pushed: Pushed,
    /// The page of this run.
    pub run_url: Option<String>,
    /// Who started it.
    pub actor: Option<String>,
    /// The host's own word for what started it, such as `push` or `pull_request`.
    pub event: Option<String>,
    pub(crate) commit_path: Option<&'static str>,
}

impl Context {
    /// The page of a commit, where the host says which repository this is.
    pub fn commit_url(&self, sha: &str) -> Option<String> {
        let path = self.commit_path?;
        self.repository_url.as_ref().map(|repository| format!("{repository}/{path}/{sha}"))
    }
}

/// What a host says about the commits of a push.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pushed {
    /// Which they are, as [`Context::ranges`]; or this run is not about a push.
    #[default]
    Told,
    /// There are none: a branch or a tag was deleted, whatever commit the run is started on.
    Nothing,
    /// The newest one only.
    Newest,
}

/// A pull or merge request. What the host does not say is absent or empty; all texts are untrusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number within the repository.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// The text below the title.
    pub description: Option<String>,
    /// The branch that it comes from.
    pub head: String,
    /// The branch that it wants to go into.
    pub base: String,
    /// Full name of the newest commit of the branch that it comes from.
    pub head_sha: Option<String>,
    /// Full name of the commit of the target branch that it is compared with.
    pub base_sha: Option<String>,
    /// The commit that brought it in, once merged.
    pub merge_sha: Option<String>,
    /// How many commits it has.
    pub commits: Option<u64>,
    /// The page of the repository that it comes from, which a fork's run is a clone of.
    pub source_url: Option<String>,
    /// True when it comes from another repository, whose runs get no secrets.
    pub is_fork: bool,
    /// True while it is not meant to be merged.
    pub is_draft: bool,
    /// What became of it.
    pub state: State,
    /// User name of who opened it.
    pub author: Option<String>,
    /// True when that is the account of a program.
    pub is_bots: bool,
    /// Labels.
    pub labels: Vec<String>,
    /// Titles and texts that this event replaced.
    pub earlier: Vec<String>,
    /// When it was last changed, as far as the event knows (RFC 3339).
    pub updated_at: Option<String>,
}

/// What became of a pull request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Waiting.
    #[default]
    Open,
    /// In.
    Merged,
    /// Closed without a merge.
    Closed,
}

/// A group of pull requests that a merge queue tests together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeGroup {
    /// The number of the last pull request, from the name of the queue's branch.
    pub number: Option<u64>,
    /// The commit that the group is tested as.
    pub head_sha: String,
    /// The commit of the target branch below the group.
    pub base_sha: String,
}

/// Another run, which led to this one, and the commit that it was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// Full name of that commit.
    pub head_sha: String,
    /// The pull request of that commit, where the event names it. It names none of forks.
    pub number: Option<u64>,
}

/// `A..B` where both are names of commits; an all-zero name means that there was none.
pub(crate) fn commit_range(before: Option<&str>, after: Option<&str>) -> Option<String> {
    let before = before.filter(|name| is_commit(name))?;
    let after = after.filter(|name| is_commit(name))?;
    Some(format!("{before}..{after}"))
}

/// Everything on the way to `after` that is not on a branch of the remote; for branches that are pushed first.
pub(crate) fn branch_range(branch: Option<&str>, after: Option<&str>) -> Option<String> {
    let after = after.filter(|name| is_commit(name))?;
    let branch = branch.filter(|name| is_branch(name))?;
    Some(format!("refs/remotes/origin/{branch}..{after}"))
}

/// A full SHA-1 or SHA-256 name that is not all zeros.
pub(crate) fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64)
        && name.bytes().all(|byte| byte.is_ascii_hexdigit())
        && name.bytes().any(|byte| byte != b'0')
}

/// Events and variables may lie; a range must not be able to say anything else than two ends.
fn is_branch(name: &str) -> bool {
    !name.contains("..")
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\@".contains(c))
}

/// The branch's name without `refs/heads/`; nothing for tags and other references.
pub(crate) fn branch_name(reference: &str) -> Option<&str> {
    match reference.strip_prefix("refs/heads/") {
        None if reference.starts_with("refs/") => None,
        short => Some(short.unwrap_or(reference)),
    }
}

/// A page's address as people open it: http, no credentials, no `.git`, no slash at the end.
pub(crate) fn web_url(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if !matches!(scheme, "https" | "http") {
        return None;
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let address = format!("{scheme}://{host}/{path}");
    let address = address.trim_end_matches('/');
    Some(address.strip_suffix(".git").unwrap_or(address).to_owned())
}

/// The first of several variables that is set.
pub(crate) fn first_of(env: &Env, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| env.owned(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "1111111111111111111111111111111111111111";
    const B: &str = "2222222222222222222222222222222222222222";
    const NONE: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn a_range_has_two_real_ends() {
        assert_eq!(commit_range(Some(A), Some(B)), Some(format!("{A}..{B}")));
        for (before, after) in [(NONE, B), (A, NONE), ("main", B), (A, "--all"), ("", B)] {
            assert_eq!(commit_range(Some(before), Some(after)), None, "{before}..{after}");
        }
    }

    #[test]
    fn a_branch_cannot_widen_a_range() {
        let expected = Some(format!("refs/remotes/origin/release/1.x..{A}"));
        assert_eq!(branch_range(Some("release/1.x"), Some(A)), expected);
        for branch in ["a..b", "a b", "a\nb", "a^{}", "a~1", "@{-1}", "a:b"] {
            assert_eq!(branch_range(Some(branch), Some(A)), None, "{branch}");
        }
    }

    #[test]
    fn references_are_shortened() {
        assert_eq!(branch_name("refs/heads/feature/x"), Some("feature/x"));
        assert_eq!(branch_name("main"), Some("main"));
        assert_eq!(branch_name("refs/tags/v1"), None);
        assert_eq!(branch_name("refs/pull/7/merge"), None);
    }

    fn check_url(address: &str, expected: Option<&str>) {
        assert_eq!(web_url(address).as_deref(), expected, "{address}");
    }

    #[test]
    fn addresses_carry_no_credentials() {
        check_url(
            "https://acme@dev.example.com/acme/p/_git/shop",
            Some("https://dev.example.com/acme/p/_git/shop"),
        );
        check_url(
            "https://u:p@code.example.com/acme/shop.git",
            Some("https://code.example.com/acme/shop"),
        );
        check_url(
            "https://code.example.com/acme/shop/",
            Some("https://code.example.com/acme/shop"),
        );
        check_url("https://code.example.com/a@b/shop", Some("https://code.example.com/a@b/shop"));
        check_url("git@code.example.com:acme/shop.git", None);
        check_url("javascript://code.example.com/x", None);
    }
}
