//! From settings to a connection: every problem is found before any request.

use super::{GitLab, PLATFORM, address::Project, dialect, words::Words};
use crate::{
    code_host::CodeHost,
    error::Result,
    http::{Authorization, Http, Wire},
    managed_comment::Locks,
    platform::shared::address,
    secret::Secret,
    settings::{Origin, Problem, Settings, keep},
    tracker::Tracker,
};
use tokio::sync::OnceCell;
use url::Url;

/// What a job's own token begins with on newer servers.
const JOB_TOKEN_PREFIX: &str = "glcbt-";

/// Makes a tracker. Sends nothing.
pub(super) fn tracker(settings: &Settings, wire: &Wire) -> Result<Box<dyn Tracker>> {
    Ok(Box::new(connect(settings, wire)?))
}

/// Makes a code host. Sends nothing.
pub(super) fn code_host(settings: &Settings, wire: &Wire) -> Result<Box<dyn CodeHost>> {
    Ok(Box::new(connect(settings, wire)?))
}

pub(super) fn connect(settings: &Settings, wire: &Wire) -> Result<GitLab> {
    Ok(settings.whole(read)?.connect(settings, wire))
}

/// The settings, each in its own form.
pub(super) struct Read {
    endpoint: Url,
    token: Secret,
    project: Project,
    words: Words,
}

/// Reads the settings as far as that is possible; whatever is wrong with them goes to `problems`.
pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Read> {
    let endpoint = keep(endpoint(settings), problems);
    let token = keep(settings.required_secret("api_key"), problems);
    let project = keep(project(settings), problems);
    let words = Words::read(settings, problems);
    Some(Read { endpoint: endpoint?, token: token?, project: project?, words })
}

impl Read {
    fn connect(self, settings: &Settings, wire: &Wire) -> GitLab {
        let is_job_token = is_job_token(settings, &self.token);
        let dialect = if is_job_token { dialect::JOB } else { dialect::GITLAB };
        let mut metadata = PLATFORM.metadata();
        metadata.home = self.project.path().and_then(|path| self.endpoint.join(path).ok());
        GitLab {
            metadata,
            http: Http::new(wire, &self.endpoint, Authorization::Bearer(self.token), dialect),
            project: self.project,
            words: self.words,
            webhook_secrets: settings.secrets("webhook_secret"),
            is_job_token,
            me: OnceCell::new(),
            locks: Locks::default(),
        }
    }
}

/// The address of GitLab's own site.
pub(super) const GITLAB: &str = "https://gitlab.com";

/// The address that people browse, with a trailing slash. The API's own address is understood as well.
fn endpoint(settings: &Settings) -> Result<Url, Problem> {
    const KEY: &str = "api_endpoint";
    let mut url = settings.address(KEY, settings.text(KEY).unwrap_or(GITLAB), GITLAB)?;
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/api/v4").unwrap_or(path);
    url.set_path(&format!("{path}/"));
    match misplaced(&url) {
        Some(hint) => Err(settings.problem(KEY, "names more than the site").with_hint(hint)),
        None => Ok(url),
    }
}

/// How an address is written that goes beyond the site. A server of one's own may be below a path, and where that ends
/// is known by what no group can be called: `api` and `-` (docs.gitlab.com/user/reserved_names).
fn misplaced(url: &Url) -> Option<String> {
    let parts = address::parts(url);
    if url.host_str() == Some("gitlab.com") {
        return (!parts.is_empty()).then(|| {
            format!("write {GITLAB}, and the path of the project, group/shop, as GITLAB_PROJECT")
        });
    }
    if let Some(api) = parts.iter().position(|part| *part == "api") {
        return Some(format!("write {}", address::at(url, &parts[..api])));
    }
    let site = address::at(url, &[]);
    let hint = format!("write it like {site}, without the path of a group or a project");
    parts.contains(&"-").then_some(hint)
}

fn project(settings: &Settings) -> Result<Project, Problem> {
    Project::parse(settings.required("project")?).ok_or_else(|| {
        let message = "must be a project's path with its group, such as group/shop, or its number";
        settings.problem("project", message)
    })
}

/// True for a job's own token, by where it came from or what it looks like.
fn is_job_token(settings: &Settings, token: &Secret) -> bool {
    let borrowed = matches!(
        settings.origin("api_key"),
        Some(Origin::Environment(name)) if name.starts_with("CI_JOB_TOKEN")
    );
    borrowed || token.expose().trim().starts_with(JOB_TOKEN_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorKind, platform::tests};
    use serde_json::json;

    fn settings(values: &[(&str, &str)]) -> Settings {
        tests::settings("gitlab", values)
    }

    fn build(values: &[(&str, &str)]) -> Result<GitLab> {
        connect(&settings(values), &super::super::tests::silent())
    }

    #[test]
    fn a_token_and_a_project_are_enough() {
        let gitlab = build(&[("api_key", "t"), ("project", "acme/sub/shop")]).unwrap();
        assert_eq!(gitlab.http.base().as_str(), "https://gitlab.com/");
        let home = gitlab.metadata.home.unwrap();
        assert_eq!(home.as_str(), "https://gitlab.com/acme/sub/shop");
        let numbered = build(&[("api_key", "t"), ("project", "4711")]).unwrap();
        assert_eq!(numbered.metadata.home, None);
    }

    #[test]
    fn a_context_path_is_kept_and_the_path_of_the_api_is_not() {
        for text in [
            "https://acme.example/gitlab",
            "https://acme.example/gitlab/",
            "https://acme.example/gitlab/api/v4/",
        ] {
            let values = [("api_key", "t"), ("project", "a/b"), ("api_endpoint", text)];
            let gitlab = build(&values).unwrap();
            assert_eq!(gitlab.http.base().as_str(), "https://acme.example/gitlab/", "{text}");
            assert_eq!(gitlab.metadata.home.unwrap().as_str(), "https://acme.example/gitlab/a/b");
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let settings =
            settings(&[("api_endpoint", "http://gitlab.acme.example"), ("project", "shop")])
                .with_custom(
                    json!({"status_mapping": {"doing": "x"}}).as_object().unwrap().clone(),
                );
        let problems = settings.problems(read);
        let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
        let expected = [
            "gitlab.api_endpoint",
            "gitlab.api_key",
            "gitlab.project",
            "gitlab.custom_settings.status_mapping.doing",
        ];
        assert_eq!(keys, expected);
        let error = connect(&settings, &super::super::tests::silent()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Config);
    }

    #[test]
    fn a_jobs_own_token_is_known() {
        let project = ("project", "a/b");
        let from = |origin: &str, token: &str| {
            let settings = settings(&[project]);
            let settings = settings.with("api_key", token, Origin::Environment(origin.to_owned()));
            is_job_token(&settings, &Secret::new(token))
        };
        assert!(from("CI_JOB_TOKEN", "abc") && from("GITLAB_TOKEN", "glcbt-64_x"));
        assert!(!from("GITLAB_TOKEN", "glpat-x"));
    }
}
