//! GitLab CI: a dotenv report for values, a collapsible section for the summary, plain lines for the rest.

use crate::{
    Context, Effect, Env, Host, Level, Place, PullRequest, Pushed,
    context::{branch_range, commit_range, first_of, is_commit, web_url},
    untrusted,
};

/// GitLab refuses a report of this size, and with it every value in it.
const REPORT_LIMIT: usize = 5 * 1024;

/// The page of the project that a run is about. The pipeline of a fork's merge request is the fork's, and what it is about
/// is the merge request's (docs.gitlab.com/ci/pipelines/merge_request_pipelines, "Use with forked projects").
const PROJECT_URL: [&str; 2] = ["CI_MERGE_REQUEST_PROJECT_URL", "CI_PROJECT_URL"];

#[derive(Debug)]
pub(crate) struct GitLab {
    env: Env,
    report_left: usize,
    sections: usize,
}

impl GitLab {
    pub(crate) fn new(env: Env) -> Self {
        Self { env, report_left: REPORT_LIMIT - 1, sections: 0 }
    }

    /// The file for `artifacts:reports:dotenv`, where the job names one: GitLab has no place of its own for it, and an
    /// unasked-for file in the work tree would be in somebody's way.
    fn report_path(&self) -> Option<String> {
        let name = self.env.get("DEVOPS_DOTENV")?;
        match self.env.get("CI_PROJECT_DIR") {
            Some(folder) if !name.starts_with('/') => Some(format!("{folder}/{name}")),
            _ => Some(name.to_owned()),
        }
    }

    fn merge_request(&self) -> Option<PullRequest> {
        let env = &self.env;
        let number = env.get("CI_MERGE_REQUEST_IID")?.parse().ok()?;
        let project = first_of(env, &PROJECT_URL)?;
        let source = env.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
        let is_fork = source.is_some() && source != env.get("CI_MERGE_REQUEST_PROJECT_ID");
        Some(PullRequest {
            number,
            url: format!("{}/-/merge_requests/{number}", web_url(&project)?),
            title: env.owned("CI_MERGE_REQUEST_TITLE"),
            head: env.owned("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")?,
            base: env.owned("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")?,
            // A job that is started anew tells what was so when its pipeline was made.
            updated_at: env.owned("CI_PIPELINE_CREATED_AT"),
            description: self.description(),
            head_sha: self.sha(),
            base_sha: env.owned("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
            source_url: env.get("CI_MERGE_REQUEST_SOURCE_PROJECT_URL").and_then(web_url),
            is_draft: env.is_set("CI_MERGE_REQUEST_DRAFT") || is_titled_draft(env),
            labels: self.labels(),
            is_fork,
            ..PullRequest::default()
        })
    }

    /// GitLab cuts a long text and says so in another variable; a part of a text is no answer.
    fn description(&self) -> Option<String> {
        let is_cut = self.env.is_set("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED");
        self.env.owned("CI_MERGE_REQUEST_DESCRIPTION").filter(|_| !is_cut).or_else(|| {
            // An empty text is an absent variable, and it is whole.
            (!is_cut && self.env.get("CI_MERGE_REQUEST_TITLE").is_some()).then(String::new)
        })
    }

    fn labels(&self) -> Vec<String> {
        let labels = self.env.get("CI_MERGE_REQUEST_LABELS").unwrap_or_default().split(',');
        labels.map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).collect()
    }

    /// In a merged-results pipeline `CI_COMMIT_SHA` is a merge that nobody wrote; the head is named apart.
    fn sha(&self) -> Option<String> {
        first_of(&self.env, &["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"])
    }

    fn ranges(&self, context: &Context) -> Vec<String> {
        let sha = context.sha.as_deref();
        let before = self.env.get("CI_COMMIT_BEFORE_SHA");
        let is_pushed = context.target_branch.is_none();
        let is_new_branch = is_pushed && before.is_some_and(|before| !is_commit(before));
        let default = context.default_branch.as_deref();
        let on_default = context.branch.is_some() && context.branch == context.default_branch;
        let default = default.filter(|_| is_new_branch && !on_default);
        // The first push of a repository; a pipeline that somebody starts has the same zeros before it.
        let is_push = self.env.get("CI_PIPELINE_SOURCE") == Some("push");
        let is_first = is_new_branch && on_default && is_push;
        let everything = sha.filter(|sha| is_first && is_commit(sha));
        let candidates = [
            commit_range(self.env.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"), sha),
            branch_range(context.target_branch.as_deref(), sha),
            commit_range(before.filter(|_| is_pushed), sha),
            branch_range(default, sha),
            everything.map(str::to_owned),
        ];
        candidates.into_iter().flatten().collect()
    }
}

/// Whether the title begins as a draft's does; older servers have no variable for it (docs.gitlab.com, "Draft merge
/// requests").
fn is_titled_draft(env: &Env) -> bool {
    let title = env.get("CI_MERGE_REQUEST_TITLE").unwrap_or_default().to_ascii_lowercase();
    ["draft:", "[draft]", "(draft)"].iter().any(|mark| title.starts_with(mark))
}

impl Host for GitLab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn context(&self) -> Context {
        let env = &self.env;
        let branches = ["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH"];
        let mut context = Context {
            repository: first_of(env, &["CI_MERGE_REQUEST_PROJECT_PATH", "CI_PROJECT_PATH"]),
            repository_url: first_of(env, &PROJECT_URL).and_then(|url| web_url(&url)),
            sha: self.sha(),
            branch: first_of(env, &branches),
            target_branch: env.owned("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
            default_branch: env.owned("CI_DEFAULT_BRANCH"),
            secrets_withheld: self.merge_request().is_some_and(|it| it.is_fork),
            pull_request: self.merge_request(),
            merge_group: None,
            upstream: None,
            ranges: Vec::new(),
            pushed: Pushed::Told,
            run_url: first_of(env, &["CI_JOB_URL", "CI_PIPELINE_URL"])
                .and_then(|url| web_url(&url)),
            actor: env.owned("GITLAB_USER_LOGIN"),
            event: env.owned("CI_PIPELINE_SOURCE"),
            commit_path: Some("-/commit"),
        };
        context.ranges = self.ranges(&context);
        context
    }

    /// GitLab CI has no inputs of its own; a job's variables are the environment.
    fn input(&self, _name: &str) -> Option<String> {
        None
    }

    /// The format has no quotes and no escapes: a value is what follows `=`, up to the end of its line.
    fn output(&mut self, name: &str, value: &str) -> Vec<Effect> {
        let Some(path) = self.report_path() else { return Vec::new() };
        // The report becomes the environment of later jobs, where a bare `URL` or `STATUS` would be anybody's.
        let name = format!("DEVOPS_{}", name.to_ascii_uppercase());
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let text = format!("{name}={}\n", untrusted::joined(value));
        if text.len() > self.report_left {
            let problem = format!("{name} is left out of the dotenv report, which may have 5 KB");
            return self.annotate(Level::Warning, &problem, None);
        }
        self.report_left -= text.len();
        vec![Effect::Append { path, text }]
    }

    fn annotate(&mut self, level: Level, text: &str, place: Option<&Place>) -> Vec<Effect> {
        vec![Effect::Log(crate::shell::message(level, text, place))]
    }

    /// A section's times are zero: its length is of no interest, and there is no clock here.
    fn summarize(&mut self, markdown: &str) -> Vec<Effect> {
        self.sections += 1;
        let name = format!("devops_integrations_{}", self.sections);
        let start = format!("\u{1b}[0Ksection_start:0:{name}[collapsed=true]\r\u{1b}[0KSummary");
        let end = format!("\u{1b}[0Ksection_end:0:{name}\r\u{1b}[0K");
        vec![Effect::Log(format!("{start}\n{}\n{end}", untrusted::print(markdown)))]
    }

    fn mask(&mut self, _secret: &str) -> Vec<Effect> {
        Vec::new()
    }

    fn lends(&self, token: &str) -> bool {
        self.env.get("CI_JOB_TOKEN") == Some(token) && self.context().secrets_withheld
    }
}
