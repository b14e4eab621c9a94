//! From settings to a connection: every problem is found before any request.

use super::{
    GitHub, PLATFORM, Place, dialect::GITHUB, octocrab::Api, place, project::Project, words::Words,
};
use crate::{
    error::{Error, ErrorKind, Result},
    http::{self, Authorization, Http, Wire},
    managed_comment::Locks,
    platform::shared::address,
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
    const KEY: &str = "api_endpoint";
    let text = settings.text(KEY).map(str::trim).filter(|text| !text.is_empty());
    let api = http::folder(settings.address(KEY, text.unwrap_or(API), API)?);
    if let Some((message, right)) = misplaced(&api) {
        let hint = format!("write {right}");
        return Err(settings.problem(KEY, message).with_hint(hint));
    }
    let (mut graphql, mut web) = (api.clone(), api.clone());
    // On an Enterprise Server the API is below the website; elsewhere it has a host of its own.
    if let Some(root) = api.path().strip_suffix("api/v3/") {
        graphql.set_path(&format!("{root}api/graphql"));
        web.set_path(root);
    } else {
        graphql.set_path(&format!("{}graphql", api.path()));
        if let Some(site) = api.host_str().and_then(|host| host.strip_prefix("api.")) {
            let renamed = web.set_host(Some(site));
            renamed.map_err(|error| settings.problem(KEY, error.to_string()))?;
        }
    }
    Ok(Site { api, graphql, web })
}

/// What is wrong with the address of an API, and how it is written.
fn misplaced(api: &Url) -> Option<(&'static str, String)> {
    const MORE: &str = "names more than the API";
    let (host, parts) = (api.host_str()?, address::parts(api));
    if matches!(host, "github.com" | "www.github.com") {
        return Some((address::WEBSITE, format!("{API}, or leave it out")));
    }
    if host == "api.github.com" {
        return (!parts.is_empty()).then(|| (MORE, format!("{API}, or leave it out")));
    }
    // Sites with residency of their data: docs.github.com/enterprise-cloud@latest/admin/data-residency.
    if host.ends_with(".ghe.com") && !host.starts_with("api.") {
        return Some((address::WEBSITE, format!("https://api.{host}")));
    }
    let below = parts.windows(2).position(|pair| matches!(pair, ["api", "v3" | "graphql"]))?;
    let right = [&parts[..below], &["api", "v3"]].concat();
    (parts != right).then(|| (MORE, address::at(api, &right)))
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
    use crate::platform::tests;
    use serde_json::json;

    fn settings(values: &[(&str, &str)]) -> Settings {
        tests::settings("github", values)
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
