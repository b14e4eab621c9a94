//! Azure Pipelines: `##vso[area.command ..]` lines.

use crate::{
    Context, Effect, Env, Host, Level, Place, PullRequest, Pushed,
    context::{branch_name, branch_range, first_of, web_url},
    untrusted,
};

#[derive(Debug)]
pub(crate) struct Azure {
    env: Env,
    summaries: usize,
}

impl Azure {
    pub(crate) fn new(env: Env) -> Self {
        Self { env, summaries: 0 }
    }

    /// Azure Repos numbers by id, GitHub by number; both variables may be there.
    fn pull_request(&self, repository_url: Option<&str>) -> Option<PullRequest> {
        let numbers = ["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"];
        let number = first_of(&self.env, &numbers)?.parse().ok()?;
        let page = if self.is_azure_repos() { "pullrequest" } else { "pull" };
        Some(PullRequest {
            number,
            url: format!("{}/{page}/{number}", repository_url?),
            head: self.short_branch("SYSTEM_PULLREQUEST_SOURCEBRANCH")?,
            base: self.short_branch("SYSTEM_PULLREQUEST_TARGETBRANCH")?,
            is_fork: self.env.is_set("SYSTEM_PULLREQUEST_ISFORK"),
            head_sha: self.env.owned("SYSTEM_PULLREQUEST_SOURCECOMMITID"),
            ..PullRequest::default()
        })
    }

    fn is_azure_repos(&self) -> bool {
        self.env.get("BUILD_REPOSITORY_PROVIDER").is_none_or(|provider| provider == "TfsGit")
    }

    fn pushed(&self) -> Pushed {
        match self.env.get("BUILD_REASON") {
            Some("IndividualCI" | "BatchedCI") => Pushed::Newest,
            _ => Pushed::Told,
        }
    }

    fn short_branch(&self, variable: &str) -> Option<String> {
        self.env.get(variable).and_then(branch_name).map(str::to_owned)
    }

    fn run_url(&self) -> Option<String> {
        let collection = self.env.get("SYSTEM_COLLECTIONURI").and_then(web_url)?;
        let project = self.env.get("SYSTEM_TEAMPROJECT")?.replace(' ', "%20");
        let build = self.env.get("BUILD_BUILDID")?;
        Some(format!("{collection}/{project}/_build/results?buildId={build}"))
    }
}

impl Host for Azure {
    fn name(&self) -> &'static str {
        "azure"
    }

    /// The agent does not say what was pushed, so only a pull request has a range.
    fn context(&self) -> Context {
        let env = &self.env;
        let repository_url = env.get("BUILD_REPOSITORY_URI").and_then(web_url);
        let pull_request = self.pull_request(repository_url.as_deref());
        let sha = first_of(env, &["SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"]);
        let target_branch = self.short_branch("SYSTEM_PULLREQUEST_TARGETBRANCH");
        Context {
            repository: env.owned("BUILD_REPOSITORY_NAME"),
            branch: self
                .short_branch("SYSTEM_PULLREQUEST_SOURCEBRANCH")
                .or_else(|| self.short_branch("BUILD_SOURCEBRANCH")),
            default_branch: None,
            secrets_withheld: pull_request.as_ref().is_some_and(|it| it.is_fork),
            pull_request,
            merge_group: None,
            upstream: None,
            ranges: branch_range(target_branch.as_deref(), sha.as_deref()).into_iter().collect(),
            target_branch,
            sha,
            pushed: self.pushed(),
            run_url: self.run_url(),
            actor: first_of(env, &["BUILD_REQUESTEDFOR", "BUILD_QUEUEDBY"]),
            event: env.owned("BUILD_REASON"),
            repository_url,
            commit_path: Some(match env.get("BUILD_REPOSITORY_PROVIDER") {
                Some("Bitbucket") => "commits",
                _ => "commit",
            }),
        }
    }

    fn input(&self, name: &str) -> Option<String> {
        self.env.input(name).map(str::to_owned)
    }

    fn output(&mut self, name: &str, value: &str) -> Vec<Effect> {
        let name = escape_property(&camel_case(name));
        let value = escape_data(value);
        let command = format!("##vso[task.setvariable variable={name};isOutput=true]{value}");
        vec![Effect::Log(command)]
    }

    fn annotate(&mut self, level: Level, text: &str, place: Option<&Place>) -> Vec<Effect> {
        let text = untrusted::print(text);
        let kind = match level {
            // The agent knows no notice; a plain line is one.
            Level::Notice => return vec![Effect::Log(text)],
            Level::Warning => "warning",
            Level::Error => "error",
        };
        let place = place.map(properties).unwrap_or_default();
        let data = escape_data(&text);
        vec![Effect::Log(format!("##vso[task.logissue type={kind}{place}]{data}"))]
    }

    /// Each upload is a file of its own, which the agent reads later.
    fn summarize(&mut self, markdown: &str) -> Vec<Effect> {
        let Some(folder) = self.env.get("AGENT_TEMPDIRECTORY") else {
            return vec![Effect::Log(untrusted::print(markdown))];
        };
        self.summaries += 1;
        let nonce = self.env.nonce();
        let path = format!("{folder}/devops-integrations-{nonce}-{}.md", self.summaries);
        let upload = format!("##vso[task.uploadsummary]{}", escape_data(&path));
        let text = format!("{}\n", markdown.trim_end_matches('\n'));
        vec![Effect::Append { path, text }, Effect::Log(upload)]
    }

    /// The agent masks single lines, so each line of a secret is announced; but not the brackets of a key file,
    /// which would blank the log.
    fn mask(&mut self, secret: &str) -> Vec<Effect> {
        let lines = secret.lines().map(str::trim).filter(|line| line.len() > 2);
        lines
            .map(|line| Effect::Log(format!("##vso[task.setsecret]{}", escape_data(line))))
            .collect()
    }

    fn lends(&self, token: &str) -> bool {
        self.env.get("SYSTEM_ACCESSTOKEN") == Some(token)
            && self.env.is_set("SYSTEM_PULLREQUEST_ISFORK")
    }
}

/// `work-items` is `workItems`, as the task's inputs are spelt.
fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let head = word.get(..1).unwrap_or_default().to_ascii_uppercase();
        name + &head + word.get(1..).unwrap_or_default()
    })
}

fn properties(place: &Place) -> String {
    let file = escape_property(&untrusted::line(&place.file));
    let line = place.line.map(|line| format!(";linenumber={line}")).unwrap_or_default();
    format!(";sourcepath={file}{line}")
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(';', "%3B").replace(']', "%5D")
}
