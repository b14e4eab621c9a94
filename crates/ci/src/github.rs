//! GitHub Actions: `::command::` lines, and files whose paths are in the environment.

use crate::{
    Context, Effect, Env, Host, Level, Place, PullRequest, Pushed,
    context::{branch_name, branch_range, commit_range, first_of, is_commit, web_url},
    event, untrusted,
};
use serde_json::Value;

/// A step's summary may have 1 MiB; the runner drops all of a longer one.
const SUMMARY_LIMIT: usize = 1024 * 1024;
/// Runs that Dependabot starts get the secrets of Dependabot alone, and a token that may only read.
const DEPENDABOT: &str = "dependabot[bot]";
const CUT: &str = "\n\n*The summary was cut: it is longer than 1 MiB.*\n";

#[derive(Debug)]
pub(crate) struct GitHub {
    env: Env,
    event: Value,
    summary_left: usize,
}

impl GitHub {
    pub(crate) fn new(env: Env, event: Option<Value>) -> Self {
        Self { env, event: event.unwrap_or_default(), summary_left: SUMMARY_LIMIT }
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.event.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn commit(&self, pointer: &str) -> Option<&str> {
        self.text(pointer).filter(|name| is_commit(name))
    }

    fn repository_url(&self) -> Option<String> {
        let server = self.env.get("GITHUB_SERVER_URL").unwrap_or("https://github.com");
        let repository = self.env.get("GITHUB_REPOSITORY")?;
        web_url(&format!("{}/{repository}", server.trim_end_matches('/')))
    }

    fn pull_request(&self, repository_url: Option<&str>) -> Option<PullRequest> {
        // The runner's own word comes before the payload's: the page of another pull request is found out by it.
        let number = self.env.get("GITHUB_REF").and_then(number_of_reference);
        let number = number
            .or_else(|| self.event.pointer("/pull_request/number").and_then(event::number))?;
        let url = self.text("/pull_request/html_url").and_then(web_url);
        Some(PullRequest {
            number,
            url: url.or_else(|| Some(format!("{}/pull/{number}", repository_url?)))?,
            head: self.head()?.to_owned(),
            base: self.base()?.to_owned(),
            is_fork: self.is_fork(),
            ..event::pull_request(&self.event)
        })
    }

    fn head(&self) -> Option<&str> {
        self.text("/pull_request/head/ref").or_else(|| self.env.get("GITHUB_HEAD_REF"))
    }

    fn base(&self) -> Option<&str> {
        self.text("/pull_request/base/ref").or_else(|| self.env.get("GITHUB_BASE_REF"))
    }

    /// A head without a repository is one whose fork was deleted.
    fn is_fork(&self) -> bool {
        let head = self.event.pointer("/pull_request/head/repo");
        let name = self.text("/pull_request/head/repo/full_name");
        head.is_some_and(Value::is_null)
            || name.is_some_and(|name| {
                !name.eq_ignore_ascii_case(self.env.get("GITHUB_REPOSITORY").unwrap_or_default())
            })
    }

    /// A run of `pull_request_target` is the target's own, whoever asks for the pull.
    fn withholds_secrets(&self) -> bool {
        let is_targets = self.env.get("GITHUB_EVENT_NAME") == Some("pull_request_target");
        let is_dependabots = self.env.get("GITHUB_ACTOR") == Some(DEPENDABOT);
        !is_targets && (self.is_fork() || is_dependabots)
    }

    /// `GITHUB_SHA` of a pull request is a merge that nobody wrote.
    fn sha(&self) -> Option<String> {
        let named = self
            .commit("/pull_request/head/sha")
            .or_else(|| self.commit("/merge_group/head_sha"))
            .map(str::to_owned);
        named.or_else(|| self.env.owned("GITHUB_SHA"))
    }

    fn branch(&self) -> Option<String> {
        self.head().map(str::to_owned).or_else(|| {
            let reference = self.env.get("GITHUB_REF")?;
            branch_name(reference).map(str::to_owned)
        })
    }

    /// A run for a deleted branch is one of the default branch and its newest commit.
    fn pushed(&self) -> Pushed {
        let is_deleted = self.event.pointer("/deleted").and_then(Value::as_bool) == Some(true);
        let is_all_zeros =
            |after: &str| !after.is_empty() && after.bytes().all(|byte| byte == b'0');
        let is_gone = self.text("/after").is_some_and(is_all_zeros);
        if is_deleted || is_gone { Pushed::Nothing } else { Pushed::Told }
    }

    fn ranges(&self, context: &Context) -> Vec<String> {
        if context.pushed == Pushed::Nothing {
            return Vec::new();
        }
        let sha = context.sha.as_deref();
        let base = context.target_branch.as_deref();
        let pushed = commit_range(self.commit("/before"), self.commit("/after"));
        let pulled = self.commit("/pull_request/base/sha");
        let queued = self.commit("/merge_group/base_sha");
        let is_new_branch = pushed.is_none() && self.text("/before").is_some();
        let on_default = context.branch.is_some() && context.branch == context.default_branch;
        // The default branch's own remote reference is where this push went, so nothing lies between them.
        let is_push = pulled.is_none() && queued.is_none();
        let default = context.default_branch.as_deref().filter(|_| is_push && !on_default);
        let everything = sha.filter(|sha| is_new_branch && on_default && is_commit(sha));
        let candidates = [
            commit_range(pulled.or(queued), sha),
            branch_range(base, sha),
            pushed.filter(|_| pulled.is_none()),
            branch_range(default, sha),
            everything.map(str::to_owned),
        ];
        candidates.into_iter().flatten().collect()
    }
}

impl Host for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn context(&self) -> Context {
        let env = &self.env;
        let repository_url = self.repository_url();
        let run = env.get("GITHUB_RUN_ID").filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
        let mut context = Context {
            repository: env.owned("GITHUB_REPOSITORY"),
            sha: self.sha(),
            branch: self.branch(),
            target_branch: self.base().map(str::to_owned),
            default_branch: self.text("/repository/default_branch").map(str::to_owned),
            pull_request: self.pull_request(repository_url.as_deref()),
            merge_group: event::merge_group(&self.event),
            upstream: event::upstream(&self.event),
            secrets_withheld: self.withholds_secrets(),
            ranges: Vec::new(),
            pushed: self.pushed(),
            run_url: repository_url
                .as_ref()
                .and_then(|url| Some(format!("{url}/actions/runs/{}", run?))),
            actor: first_of(env, &["GITHUB_ACTOR", "GITHUB_TRIGGERING_ACTOR"]),
            event: env.owned("GITHUB_EVENT_NAME"),
            repository_url,
            commit_path: Some("commit"),
        };
        context.ranges = self.ranges(&context);
        context
    }

    fn input(&self, name: &str) -> Option<String> {
        self.env.input(name).map(str::to_owned)
    }

    fn output(&mut self, name: &str, value: &str) -> Vec<Effect> {
        let Some(path) = self.env.owned("GITHUB_OUTPUT") else { return Vec::new() };
        let delimiter = delimiter(self.env.nonce(), value);
        let name = output_name(name);
        vec![Effect::Append { path, text: format!("{name}<<{delimiter}\n{value}\n{delimiter}\n") }]
    }

    fn annotate(&mut self, level: Level, text: &str, place: Option<&Place>) -> Vec<Effect> {
        let command = match level {
            Level::Notice => "notice",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        let properties = place.map(properties).unwrap_or_default();
        let data = escape_data(&untrusted::print(text));
        vec![Effect::Log(format!("::{command}{properties}::{data}"))]
    }

    fn summarize(&mut self, markdown: &str) -> Vec<Effect> {
        let Some(path) = self.env.owned("GITHUB_STEP_SUMMARY") else { return Vec::new() };
        if self.summary_left == 0 {
            return Vec::new();
        }
        let mut text = format!("{}\n", markdown.trim_end_matches('\n'));
        if text.len() + CUT.len() > self.summary_left {
            text = cut(&text, self.summary_left.saturating_sub(CUT.len()));
            self.summary_left = 0;
        } else {
            self.summary_left -= text.len();
        }
        vec![Effect::Append { path, text }]
    }

    fn mask(&mut self, secret: &str) -> Vec<Effect> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Vec::new();
        }
        vec![Effect::Log(format!("::add-mask::{}", escape_data(secret)))]
    }

    /// No variable holds the job's token unless a step asks for it, but its first letters tell it. Dependabot's may be
    /// permitted to write.
    fn lends(&self, token: &str) -> bool {
        token.starts_with("ghs_") && self.is_fork() && self.withholds_secrets()
    }
}

/// `refs/pull/7/merge` is pull request 7.
fn number_of_reference(reference: &str) -> Option<u64> {
    reference.strip_prefix("refs/pull/")?.split('/').next()?.parse().ok()
}

/// A line that the value cannot hold: it is random, and longer than the value's own where that knew it.
fn delimiter(nonce: &str, value: &str) -> String {
    let mut delimiter = format!("end_{nonce}");
    while value.contains(&delimiter) {
        delimiter.push('_');
    }
    delimiter
}

fn output_name(name: &str) -> String {
    name.replace(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)), "_")
}

fn properties(place: &Place) -> String {
    let file = escape_property(&untrusted::line(&place.file));
    let line = place.line.map(|line| format!(",line={line}")).unwrap_or_default();
    format!(" file={file}{line}")
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Cuts after the last whole line that fits, or else inside a line, and says so.
fn cut(text: &str, limit: usize) -> String {
    let fitting = &text[..text.floor_char_boundary(limit)];
    let end = fitting.rfind('\n').unwrap_or(fitting.len());
    format!("{}{CUT}", &fitting[..end])
}
