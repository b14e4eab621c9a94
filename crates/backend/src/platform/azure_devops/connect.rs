//! From settings to a connection: every problem is found before any request.

use super::{
    AzureDevOps, PLATFORM,
    api::Api,
    dialect,
    memo::Memo,
    page::{self, Site},
    review::Repos,
    words::Words,
};
use crate::{
    code_host::CodeHost,
    error::Result,
    http::{self, Authorization, Dialect, Http, Wire},
    managed_comment::Locks,
    settings::{Origin, Problem, Settings, keep},
    tracker::{Metadata, Tracker},
};
use std::sync::Arc;
use url::Url;

/// Makes a tracker. Sends nothing.
pub(super) fn connect(settings: &Settings, wire: &Wire) -> Result<Box<dyn Tracker>> {
    Ok(Box::new(settings.whole(read)?.connect(settings, wire)))
}

/// Makes a code host. Sends nothing; no project is needed, since pages name theirs.
pub(super) fn connect_code_host(settings: &Settings, wire: &Wire) -> Result<Box<dyn CodeHost>> {
    let Account { base, authorization, version } = settings.whole(account)?;
    let api = api(wire, &base, authorization, version, dialect::AZURE_REPOS);
    Ok(Box::new(Repos::new(api)))
}

/// What is spoken to, as whom and how.
struct Account {
    base: Url,
    authorization: Authorization,
    version: String,
}

fn account(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Account> {
    let base = keep(organisation(settings), problems);
    let authorization = keep(authorization(settings), problems);
    let version = keep(version(settings), problems);
    Some(Account { base: base?, authorization: authorization?, version: version? })
}

/// The settings, each in its own form.
pub(super) struct Read {
    account: Account,
    project: String,
    team: Option<String>,
    story_points_field: Option<String>,
    words: Words,
}

/// Reads the settings as far as that is possible; whatever is wrong with them goes to `problems`.
pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Read> {
    let account = account(settings, problems);
    let project = keep(name(settings, "project"), problems);
    let team = keep(name(settings, "team"), problems);
    let story_points_field = keep(story_points_field(settings), problems);
    let words = Words::read(settings, problems);
    let project = project.and_then(|project| {
        project.or_else(|| {
            problems.push(settings.problem("project", "missing"));
            None
        })
    });
    Some(Read {
        account: account?,
        project: project?,
        team: team?,
        story_points_field: story_points_field?,
        words,
    })
}

impl Read {
    fn connect(self, settings: &Settings, wire: &Wire) -> AzureDevOps {
        let Account { base, authorization, version } = self.account;
        AzureDevOps {
            metadata: Metadata { home: Some(base.clone()), ..PLATFORM.metadata() },
            api: api(wire, &base, authorization, version, dialect::AZURE_DEVOPS),
            project: self.project,
            team: self.team,
            story_points_field: self.story_points_field,
            words: self.words,
            webhook_secrets: settings.secrets("webhook_secret"),
            types: Memo::default(),
            states: Memo::default(),
            github: Memo::default(),
            locks: Locks::default(),
        }
    }
}

fn api(
    wire: &Wire,
    base: &Url,
    authorization: Authorization,
    version: String,
    dialect: Dialect,
) -> Api {
    let http = Http::new(wire, base, authorization, dialect);
    Api { http, version, site: Site::new(base), repositories: Arc::default() }
}

/// The address of the organisation or the collection. Where it is the cloud's alone, `organization` completes it.
fn organisation(settings: &Settings) -> Result<Url, Problem> {
    const KEY: &str = "api_endpoint";
    let mut url = settings.address(KEY, settings.required(KEY)?, "https://dev.azure.com/acme")?;
    let bare = url.path() == "/" && !http::is_loopback(&url);
    if let Some(organisation) = settings.text("organization").map(str::trim)
        && bare
        && is_name(organisation)
        && page::misplaced(&url).is_some()
        && url.host_str() == Some("dev.azure.com")
    {
        url.set_path(organisation);
    }
    match page::misplaced(&url) {
        Some((message, hint)) => Err(settings.problem(KEY, message).with_hint(hint)),
        None => Ok(url),
    }
}

/// A personal access token is the password of nobody; a pipeline's own token is a bearer's.
fn authorization(settings: &Settings) -> Result<Authorization, Problem> {
    let token = settings.required_secret("api_key")?;
    let pipelines = match settings.origin("api_key") {
        Some(Origin::Environment(name)) => name.starts_with("SYSTEM_ACCESSTOKEN"),
        _ => false,
    };
    Ok(if pipelines {
        Authorization::Bearer(token)
    } else {
        Authorization::Basic(String::new(), token)
    })
}

fn version(settings: &Settings) -> Result<String, Problem> {
    const KEY: &str = "api_version";
    let version: Option<serde_json::Value> = settings.custom(KEY, "text, such as \"6.0\"")?;
    let text = match version {
        None => return Ok("7.1".to_owned()),
        Some(serde_json::Value::String(text)) => text.trim().to_owned(),
        Some(other) => other.to_string(),
    };
    let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'.' || c == b'-';
    if text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(plain) {
        return Ok(text);
    }
    Err(settings.problem("custom_settings.api_version", "must be a version, such as 6.0"))
}

/// The name of a project or a team, or its GUID.
fn name(settings: &Settings, key: &str) -> Result<Option<String>, Problem> {
    match settings.text(key).map(str::trim) {
        None | Some("") => Ok(None),
        Some(name) if is_name(name) => Ok(Some(name.to_owned())),
        Some(_) => Err(settings
            .problem(key, format!("must be the name of the {key}, as its pages show it"))
            .with_hint("take the name from the page, without any part of its address")),
    }
}

/// What Azure DevOps allows in the name of a project or a team (Microsoft: naming restrictions).
fn is_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_control() || "\\/:*?\"<>;#$*{},+=[]|".contains(c);
    !name.is_empty() && name.chars().count() <= 64 && !name.chars().any(forbidden)
}

fn story_points_field(settings: &Settings) -> Result<Option<String>, Problem> {
    let field: Option<String> = settings.custom("story_points_field", "text")?;
    let part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
    match field.as_deref().map(super::fields::bare) {
        None => Ok(None),
        Some(field) if field.contains('.') && field.chars().all(part) => Ok(Some(field.to_owned())),
        Some(_) => Err(settings.problem(
            "custom_settings.story_points_field",
            "must be a field's reference name, such as Microsoft.VSTS.Scheduling.StoryPoints",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorKind, http::tests::script, platform::tests};
    use serde_json::json;

    fn settings(values: &[(&str, &str)]) -> Settings {
        tests::settings("azure_devops", values)
    }

    fn base(url: &str, organisation: &str) -> Result<String, Problem> {
        let values = [("api_endpoint", url), ("organization", organisation)];
        super::organisation(&settings(&values)).map(|url| url.to_string())
    }

    #[test]
    fn the_organisation_completes_an_address_and_changes_none() {
        assert_eq!(base("https://dev.azure.com", "acme").unwrap(), "https://dev.azure.com/acme");
        let given = "https://dev.azure.com/acme";
        assert_eq!(base(given, "your-org").unwrap(), given);
        assert_eq!(
            base("https://acme.visualstudio.com/", "x").unwrap(),
            "https://acme.visualstudio.com/"
        );
        let problem = base("https://dev.azure.com/", "").unwrap_err();
        assert_eq!(problem.message, "does not name the organisation");
        let problem = base("https://tfs.acme.example/", "acme").unwrap_err();
        assert_eq!(problem.message, "does not name the collection of the server");
    }

    #[test]
    fn a_pipelines_token_is_a_bearers() {
        let kind = |origin: &str| {
            let origin = Origin::Environment(origin.to_owned());
            let settings = Settings::new("x").with("api_key", "secret", origin);
            matches!(authorization(&settings).unwrap(), Authorization::Bearer(_))
        };
        assert!(kind("SYSTEM_ACCESSTOKEN"));
        assert!(!kind("AZURE_DEVOPS_PAT"));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let settings = settings(&[
            ("api_endpoint", "https://dev.azure.com/acme/Shop"),
            ("project", "Shop/_boards"),
            ("team", "a/b"),
        ]);
        let custom = json!({"story_points_field": "Points", "api_version": "new",
            "priority_mapping": {"critical": "urgent"}, "work_item_types": {"thing": "Task"}});
        let settings = settings.with_custom(custom.as_object().unwrap().clone());
        let error = connect(&settings, &script::silent()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Config);
        for key in [
            "api_endpoint",
            "api_key",
            "project",
            "team",
            "story_points_field",
            "api_version",
            "priority_mapping.critical",
            "work_item_types.thing",
        ] {
            assert!(error.message.contains(&format!("{key}: ")), "{key} in {error}");
        }
        let error = connect_code_host(&settings, &script::silent()).unwrap_err();
        assert!(error.message.contains("api_key: missing"), "{error}");
    }

    #[test]
    fn a_field_is_named_with_or_without_its_path() {
        let read = |field: &str| {
            let custom = json!({"story_points_field": field}).as_object().unwrap().clone();
            story_points_field(&Settings::new("x").with_custom(custom)).ok().flatten()
        };
        assert_eq!(read("/fields/Custom.Points").as_deref(), Some("Custom.Points"));
        assert_eq!(read("Custom.Points").as_deref(), Some("Custom.Points"));
        assert_eq!(read("Custom.Points = 1 OR"), None);
    }
}
