//! From settings to a connection: every problem is found before any request.

use super::{
    Deployment, Jira, OnceCell, PLATFORM, dialect, is_number, is_project_key,
    panel::{JiraPanel, OAuthClient},
    wire,
    words::Words,
};
use crate::{
    error::{Error, ErrorKind, Result},
    http::{self, Authorization, Http, Wire},
    platform::shared::address,
    settings::{Problem, Settings, keep},
    tracker::Tracker,
};
use url::Url;

/// Makes a tracker. Sends nothing: which Jira it is, is asked for when it first matters.
pub(super) fn connect(settings: &Settings, wire: &Wire) -> Result<Box<dyn Tracker>> {
    Ok(Box::new(settings.whole(read)?.connect(settings, wire)))
}

/// Makes the panel, where there are credentials for it. Sends nothing.
pub(super) fn panel(settings: &Settings, wire: &Wire) -> Result<Option<JiraPanel>> {
    let Read { browse, api, deployment, .. } = settings.whole(read)?;
    let Some(client) = client(settings)? else { return Ok(None) };
    if deployment == Some(Deployment::Server) {
        let message = "is for the development panel, and Data Center has none for other tools";
        let hint = "leave JIRA_PANEL_CLIENT_ID and JIRA_PANEL_CLIENT_SECRET out";
        return Err(settings.problem("panel_client_id", message).with_hint(hint).into());
    }
    let cloud = cloud_id(&api).map(str::to_owned);
    Ok(Some(JiraPanel::new(wire, client, &browse, gateway(&browse), cloud)))
}

/// The settings, each in its own form.
pub(super) struct Read {
    browse: Url,
    api: Url,
    authorization: Authorization,
    project: String,
    board: Option<String>,
    story_points_field: Option<String>,
    deployment: Option<Deployment>,
    words: Words,
}

/// Reads the settings as far as that is possible; whatever is wrong with them goes to `problems`.
pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Read> {
    let browse = keep(browse_url(settings), problems);
    let api = keep(api_url(settings, browse.as_ref()), problems);
    let token = keep(settings.required_secret("api_key"), problems);
    let project = keep(project(settings), problems);
    let board = keep(board(settings), problems);
    let story_points_field = keep(story_points_field(settings), problems);
    let configured = keep(deployment(settings), problems);
    let words = Words::read(settings, problems);

    let browse = browse?;
    let api = api?.unwrap_or_else(|| browse.clone());
    let deployment = configured?.or_else(|| known(&api));
    let authorization = match settings.text("organization") {
        Some(email) => Authorization::Basic(email.to_owned(), token?),
        None => Authorization::Bearer(token?),
    };
    Some(Read {
        browse,
        api,
        authorization,
        project: project?,
        board: board?,
        story_points_field: story_points_field?,
        deployment,
        words,
    })
}

impl Read {
    fn connect(self, settings: &Settings, wire: &Wire) -> Jira {
        Jira {
            metadata: PLATFORM.metadata(),
            http: Http::new(wire, &self.api, self.authorization, dialect::JIRA),
            browse: self.browse,
            project: self.project,
            board: self.board,
            story_points_field: self.story_points_field,
            words: self.words,
            webhook_secrets: settings.secrets("webhook_secret"),
            deployment: OnceCell::new_with(self.deployment),
            catalogue: OnceCell::new(),
            issue_types: OnceCell::new(),
            stranger: OnceCell::new(),
        }
    }
}

fn browse_url(settings: &Settings) -> Result<Url, Problem> {
    const KEY: &str = "api_endpoint";
    let url = site(settings, KEY, settings.required(KEY)?)?;
    if url.host_str() == Some(GATEWAY) {
        let hint = format!("write it like {EXAMPLE}, and this one as JIRA_API_URL");
        let message = "is the address of the API and not the one that people browse";
        return Err(settings.problem(KEY, message).with_hint(hint));
    }
    Ok(url)
}

/// Atlassian's gateway, the only place where a scoped token is good.
const GATEWAY: &str = "api.atlassian.com";

/// The end of the names of sites of the cloud.
const CLOUD: &str = ".atlassian.net";

const EXAMPLE: &str = "https://acme.atlassian.net";

/// What the paths of Jira's pages and of its API begin with, below the path that a server of one's own may have.
const BELOW: &[&str] =
    &["browse", "issues", "plugins", "projects", "rest", "secure", "servicedesk", "software"];

/// The address of the API where it is another one. Whoever can write nothing but this setting, as in a configuration
/// file, must not be able to send the token to a host of their own.
fn api_url(settings: &Settings, browse: Option<&Url>) -> Result<Option<Url>, Problem> {
    let (Some(text), Some(browse)) = (settings.text("api_url"), browse) else { return Ok(None) };
    let api = site(settings, "api_url", text)?;
    if api.host_str() == Some(GATEWAY) && !matches!(address::parts(&api)[..], ["ex", "jira", _]) {
        let hint = format!("write it like https://{GATEWAY}/ex/jira/CLOUD_ID");
        return Err(settings.problem("api_url", "is not the address of one site").with_hint(hint));
    }
    let both_here = http::is_loopback(&api) && http::is_loopback(browse);
    if both_here || api.host_str() == Some(GATEWAY) || api.host() == browse.host() {
        return Ok(Some(api));
    }
    let host = browse.host_str().unwrap_or_default();
    let message = format!("must be on {host}, as api_endpoint is, or on {GATEWAY}");
    Err(settings
        .problem("api_url", message)
        .with_hint("leave it out, unless the token is a scoped one of Jira Cloud"))
}

/// The address of a site, with a trailing slash, so that paths are added to its own.
/// A site of the cloud has no path.
fn site(settings: &Settings, key: &str, text: &str) -> Result<Url, Problem> {
    let url = settings.address(key, text, EXAMPLE)?;
    let parts = address::parts(&url);
    let end = match url.host_str() {
        Some(GATEWAY) => None,
        Some(host) if host.ends_with(CLOUD) => Some(0),
        // The last part may be a server's own path: a page and a call have more after theirs.
        _ => parts
            .split_last()
            .and_then(|(_, before)| before.iter().position(|part| BELOW.contains(part))),
    };
    match end.filter(|end| *end < parts.len()) {
        Some(end) => {
            let hint = format!("write {}", address::at(&url, &parts[..end]));
            Err(settings.problem(key, "names more than the site").with_hint(hint))
        }
        None => Ok(http::folder(url)),
    }
}

fn project(settings: &Settings) -> Result<String, Problem> {
    let project = settings.required("project")?.trim().to_ascii_uppercase();
    if is_project_key(&project) {
        return Ok(project);
    }
    let message =
        "must be a project's key: letters, digits and `_`, beginning with a letter, such as SHOP";
    Err(settings.problem("project", message))
}

fn board(settings: &Settings) -> Result<Option<String>, Problem> {
    match settings.text("board").map(str::trim) {
        None | Some("") => Ok(None),
        Some(board) if is_number(board) => Ok(Some(board.to_owned())),
        Some(_) => {
            let hint = "take the number from the board's address, .../boards/8";
            Err(settings.problem("board", "must be a board's number").with_hint(hint))
        }
    }
}

fn story_points_field(settings: &Settings) -> Result<Option<String>, Problem> {
    let field: Option<String> = settings.custom("story_points_field", "text")?;
    match field {
        Some(field) if !field.strip_prefix("customfield_").is_some_and(is_number) => {
            let message = "must be the id of a custom field, such as customfield_10016";
            Err(settings.problem("custom_settings.story_points_field", message))
        }
        field => Ok(field),
    }
}

fn deployment(settings: &Settings) -> Result<Option<Deployment>, Problem> {
    match settings.text("deployment").map(str::trim) {
        None | Some("" | "auto") => Ok(None),
        Some("cloud") => Ok(Some(Deployment::Cloud)),
        Some("server") => Ok(Some(Deployment::Server)),
        Some(_) => Err(settings.problem("deployment", "must be auto, cloud or server")),
    }
}

const BOTH_OR_NEITHER: &str = "set both JIRA_PANEL_CLIENT_ID and JIRA_PANEL_CLIENT_SECRET, or the inputs \
    jira-panel-client-id and jira-panel-client-secret; or neither";

/// What may write to the development panel: an id with its secret.
fn client(settings: &Settings) -> Result<Option<OAuthClient>, Problem> {
    let given = |key| settings.secret(key).filter(|value| !value.expose().trim().is_empty());
    let lacks = |key, other: &str| {
        let problem = settings.problem(key, format!("missing beside {other}"));
        Err(problem.with_hint(BOTH_OR_NEITHER))
    };
    match (given("panel_client_id"), given("panel_client_secret")) {
        (Some(id), Some(secret)) => {
            Ok(Some(OAuthClient { id: id.expose().trim().to_owned(), secret }))
        }
        (None, None) => Ok(None),
        (None, Some(_)) => lacks("panel_client_id", "panel_client_secret"),
        (Some(_), None) => lacks("panel_client_secret", "panel_client_id"),
    }
}

/// Where tokens for the panel are made. A site on this machine stands for another, and so does its gateway.
fn gateway(browse: &Url) -> Url {
    match Url::parse(&format!("https://{GATEWAY}/")) {
        Ok(theirs) if !http::is_loopback(browse) => theirs,
        _ => {
            let mut here = browse.clone();
            here.set_path("");
            here
        }
    }
}

/// The site's id, where the address of the API is the gateway's.
fn cloud_id(api: &Url) -> Option<&str> {
    match address::parts(api)[..] {
        ["ex", "jira", id] => Some(id),
        _ => None,
    }
}

/// Atlassian's own addresses need no question.
fn known(api: &Url) -> Option<Deployment> {
    let host = api.host_str()?;
    let atlassian = host.ends_with(CLOUD) || host == GATEWAY;
    atlassian.then_some(Deployment::Cloud)
}

/// Asks what answers. `latest` is served by both products, whatever their version.
pub(super) async fn ask(http: &Http, browse: &Url) -> Result<Deployment> {
    let call = http.get("rest/api/latest/serverInfo");
    let info: wire::ServerInfo = call.receive().await.map_err(|error| {
        if is_foreign(&error) {
            not_jira(http, browse, &error.message).with_source(error)
        } else {
            error
        }
    })?;
    match (info.deployment_type.as_deref(), info.version) {
        (Some("Cloud"), _) => Ok(Deployment::Cloud),
        (Some(_), _) | (None, Some(_)) => Ok(Deployment::Server),
        (None, None) => Err(not_jira(http, browse, "it does not say which Jira it is")),
    }
}

/// True for an answer that no Jira gives to this question. A login page, an outage, a proxy's refusal and a connection
/// that was not made say nothing about the address.
fn is_foreign(error: &Error) -> bool {
    let status = error.context().iter().find(|(name, _)| *name == "status");
    matches!(error.kind, ErrorKind::NotFound | ErrorKind::Protocol | ErrorKind::Config)
        && status.is_some_and(|(_, status)| status != "407" && !status.starts_with('5'))
}

fn not_jira(http: &Http, browse: &Url, what: &str) -> Error {
    let base = http.base();
    let setting = if base == browse { "JIRA_URL" } else { "JIRA_API_URL" };
    let what = what.strip_prefix("Jira answered ").unwrap_or(what);
    let host = base.host_str().unwrap_or_default();
    let message = format!("{setting} ({host}) does not look like Jira: {what}");
    Error::new(ErrorKind::Config, message)
        .with_hint("set JIRA_URL to the address that the browser shows before /browse/, with its path if it has one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{http::tests::script::silent, platform::tests};
    use serde_json::json;

    fn settings(values: &[(&str, &str)]) -> Settings {
        tests::settings("jira", values)
    }

    fn build(settings: &Settings, wire: &Wire, problems: &mut Vec<Problem>) -> Option<Jira> {
        read(settings, problems).map(|read| read.connect(settings, wire))
    }

    const GOOD: &[(&str, &str)] = &[
        ("api_endpoint", "https://acme.atlassian.net"),
        ("api_key", "token"),
        ("organization", "bob@acme.example"),
        ("project", "shop"),
    ];

    #[test]
    fn good_settings_connect_without_a_request() {
        let mut problems = Vec::new();
        let jira = build(&settings(GOOD), &silent(), &mut problems).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(jira.project, "SHOP");
        assert_eq!(jira.deployment.get(), Some(&Deployment::Cloud));
        assert_eq!(
            jira.page("SHOP-1").unwrap().as_str(),
            "https://acme.atlassian.net/browse/SHOP-1"
        );
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let settings = settings(&[
            ("api_endpoint", "http://jira.acme.example"),
            ("project", "SHOP-1"),
            ("board", "main"),
            ("deployment", "both"),
        ])
        .with_custom(json!({"story_points_field": "Points"}).as_object().unwrap().clone());
        let error = connect(&settings, &silent()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Config);
        let keys =
            ["api_endpoint", "api_key", "project", "board", "deployment", "story_points_field"];
        for key in keys {
            assert!(error.message.contains(&format!("{key}: ")), "{key} in {error}");
        }
    }

    #[test]
    fn a_context_path_is_kept_and_the_api_may_live_elsewhere() {
        let mut values = GOOD.to_vec();
        values[0].1 = "https://acme.example/jira";
        values.push(("api_url", "https://api.atlassian.com/ex/jira/1-2-3"));
        let jira = build(&settings(&values), &silent(), &mut Vec::new()).unwrap();
        assert_eq!(
            jira.page("SHOP-1").unwrap().as_str(),
            "https://acme.example/jira/browse/SHOP-1"
        );
        assert_eq!(jira.http.base().as_str(), "https://api.atlassian.com/ex/jira/1-2-3/");
        assert_eq!(jira.deployment.get(), Some(&Deployment::Cloud));
    }

    #[test]
    fn the_token_is_sent_to_no_other_host() {
        let check = |browse: &str, api: &str, taken: bool| {
            let mut values = GOOD.to_vec();
            values[0].1 = browse;
            values.push(("api_url", api));
            let mut problems = Vec::new();
            let jira = build(&settings(&values), &silent(), &mut problems);
            assert_eq!(jira.is_some(), taken, "{browse} {api}: {problems:?}");
            let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
            assert_eq!(keys, if taken { vec![] } else { vec!["jira.api_url"] });
        };
        let jira = "https://jira.acme.example/jira";
        check(jira, "https://JIRA.acme.example:8443/rest", true);
        check(jira, "https://api.atlassian.com/ex/jira/1-2-3", true);
        check("http://127.0.0.1:1", "http://localhost:2", true);
        check(jira, "http://127.0.0.1:2", false);
        check("http://127.0.0.1:1", "https://jira.acme.example", false);
        check(jira, "https://acme.example", false);
        check(jira, "https://jira.acme.example.elsewhere.example", false);
        check(jira, "https://api.atlassian.com.elsewhere.example", false);
    }
}
