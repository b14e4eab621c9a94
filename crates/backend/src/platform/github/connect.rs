//! From settings to a connection: every problem is found before any request.

use super::{
    GitHub, PLATFORM, Place, dialect::GITHUB, octocrab::Api, place, project::Project, words::Words,
};
use crate::{
    error::{Error, ErrorKind, Result},
    http::{self, Authorization, Http, Wire},
    managed_comment::Locks,
    secret::Secret,
    settings::{Problem, Settings, keep},
    tracker::Metadata,
};
use std::{collections::HashSet, sync::Mutex};
use tokio::sync::OnceCell;
use url::Url;

/// Makes a tracker, which is a code host as well. Sends nothing.
pub(super) fn connect(settings: &Settings, wire: &Wire) -> Result<GitHub> {
    settings.whole(read)?.connect(settings, wire)
}

/// The settings, each in its own form.
pub(super) struct Read {
    site: Site,
    token: Secret,
    home: Place,
    words: Words,
    project: Option<Project>,
}

/// Reads the settings as far as that is possible; whatever is wrong with them goes to `problems`.
pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Read> {
    let site = keep(site(settings), problems);
    let token = keep(settings.required_secret("api_key"), problems);
    let home = keep(home(settings), problems);
    let words = Words::read(settings, problems);
    let project = project(settings, home.as_ref(), problems);
    Some(Read { site: site?, token: token?, home: home?, words, project })
}

impl Read {
    fn connect(self, settings: &Settings, wire: &Wire) -> Result<GitHub> {
        let Site { api, graphql, web } = self.site;
        let page = web.join(&self.home.to_string()).map_err(|error| {
            Error::new(ErrorKind::Config, format!("form the repository's page: {error}"))
        })?;
        let http = Http::new(wire, &api, Authorization::Bearer(self.token), GITHUB);
        Ok(GitHub {
            metadata: Metadata { home: Some(page), ..PLATFORM.metadata() },
            api: Api::new(&http, graphql),
            web,
            home: self.home,
            words: self.words,
            project: self.project,
            webhook_secrets: settings.secrets("webhook_secret"),
            account: OnceCell::new(),
            issue_types: OnceCell::new(),
            issues: Mutex::new(HashSet::new()),
            locks: Locks::default(),
        })
    }
}

/// Where a GitHub is: its REST API, its GraphQL, its pages; each with a trailing slash but GraphQL.
#[derive(Debug, PartialEq, Eq)]
struct Site {
    api: Url,
    graphql: Url,
    web: Url,
}

/// The address of github.com's API.
pub(super) const API: &str = "https://api.github.com";

fn site(settings: &Settings) -> Result<Site, Problem> {
    let text = settings.text("api_endpoint").map(str::trim).filter(|text| !text.is_empty());
    let api = http::folder(settings.address("api_endpoint", text.unwrap_or(API), API)?);
    let host = api.host_str().unwrap_or_default().to_owned();
    if matches!(host.as_str(), "github.com" | "www.github.com") {
        let message = "is the address of the website and not of the API";
        return Err(settings
            .problem("api_endpoint", message)
            .with_hint(format!("write {API}, or leave it out")));
    }
    let (mut graphql, mut web) = (api.clone(), api.clone());
    // On an Enterprise Server the API is below the website; elsewhere it has a host of its own.
    if let Some(root) = api.path().strip_suffix("api/v3/") {
        graphql.set_path(&format!("{root}api/graphql"));
        web.set_path(root);
    } else {
        graphql.set_path(&format!("{}graphql", api.path()));
        if let Some(site) = host.strip_prefix("api.") {
            let renamed = web.set_host(Some(site));
            renamed.map_err(|error| settings.problem("api_endpoint", error.to_string()))?;
        }
    }
    Ok(Site { api, graphql, web })
}

fn home(settings: &Settings) -> Result<Place, Problem> {
    Place::parse(settings.required("project")?).ok_or_else(|| {
        let message = "must be a repository: owner/name, such as acme/shop";
        settings.problem("project", message)
    })
}

/// The project of estimates and iterations, where one is configured.
fn project(
    settings: &Settings,
    home: Option<&Place>,
    problems: &mut Vec<Problem>,
) -> Option<Project> {
    let mut text = |key: &str| -> Option<String> {
        let read: Result<Option<String>, Problem> = settings.custom(key, "text");
        let read = read.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        read.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let (owner, estimate, iteration) =
        (text("project_owner"), text("estimate_field"), text("iteration_field"));
    let number = settings.custom::<u32>("project_number", "a project's number, such as 5");
    let number = number.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    let key = "custom_settings.project_owner";
    if owner.as_deref().is_some_and(|owner| !place::is_owner(owner)) {
        problems.push(settings.problem(key, "must be an organisation's or a user's name"));
    }
    let needless = [("estimate_field", &estimate), ("iteration_field", &iteration)];
    if number.is_none() && needless.iter().any(|(_, value)| value.is_some()) {
        let message = "missing, and a field of the project is named";
        problems.push(settings.problem("custom_settings.project_number", message));
    }
    Some(Project {
        number: u64::from(number?),
        owner: owner.or_else(|| home.map(|home| home.owner.clone()))?,
        estimate: estimate.unwrap_or_else(|| "Estimate".to_owned()),
        iteration: iteration.unwrap_or_else(|| "Iteration".to_owned()),
        located: OnceCell::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Origin;
    use serde_json::json;

    fn settings(values: &[(&str, &str)]) -> Settings {
        let start = Settings::new("github");
        let add = |all: Settings, (key, value): &(&str, &str)| {
            all.with(key, *value, Origin::Environment(key.to_uppercase()))
        };
        values.iter().fold(start, add)
    }

    fn check_site(endpoint: &str, api: &str, graphql: &str, web: &str) {
        let site = site(&settings(&[("api_endpoint", endpoint)])).unwrap();
        assert_eq!((site.api.as_str(), site.graphql.as_str()), (api, graphql));
        assert_eq!(site.web.as_str(), web);
    }

    #[test]
    fn every_sort_of_site_is_known_by_its_api() {
        check_site(
            "https://api.github.com",
            "https://api.github.com/",
            "https://api.github.com/graphql",
            "https://github.com/",
        );
        check_site(
            "https://ghe.acme.example/api/v3",
            "https://ghe.acme.example/api/v3/",
            "https://ghe.acme.example/api/graphql",
            "https://ghe.acme.example/",
        );
        check_site(
            "https://api.acme.ghe.com/",
            "https://api.acme.ghe.com/",
            "https://api.acme.ghe.com/graphql",
            "https://acme.ghe.com/",
        );
        check_site(
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/",
            "http://127.0.0.1:8080/graphql",
            "http://127.0.0.1:8080/",
        );
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let custom = json!({
            "project_number": "five", "project_owner": "a/b", "estimate_field": "Size",
            "status_mapping": {"done": "shipped"},
        });
        let settings = settings(&[("api_endpoint", "https://github.com"), ("project", "shop")])
            .with_custom(custom.as_object().unwrap().clone());
        let keys: Vec<_> = settings.problems(read).into_iter().map(|problem| problem.key).collect();
        for key in [
            "api_endpoint",
            "api_key",
            "project",
            "custom_settings.status_mapping.done",
            "custom_settings.project_number",
            "custom_settings.project_owner",
        ] {
            assert!(keys.contains(&format!("github.{key}")), "{key} in {keys:?}");
        }
    }

    #[test]
    fn good_settings_have_no_problems() {
        let custom = json!({"project_number": 5, "estimate_field": "Size"});
        let settings = settings(&[("api_key", "t"), ("project", "acme/shop")])
            .with_custom(custom.as_object().unwrap().clone());
        assert_eq!(settings.problems(read), []);
        let project = read(&settings, &mut Vec::new()).unwrap().project.unwrap();
        assert_eq!((project.number, project.owner.as_str()), (5, "acme"));
        assert_eq!((project.estimate.as_str(), project.iteration.as_str()), ("Size", "Iteration"));
    }
}
