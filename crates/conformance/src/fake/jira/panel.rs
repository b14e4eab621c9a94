//! The development panel: written to by applications of the site through the gateway, never by users.

use super::{Answer, Jira, is_named, no_such_resource, object};
use crate::fake::{Request, Response};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The id under which the gateway knows the site.
pub const CLOUD_ID: &str = "11223344-a1b2-4c3d-8e9f-0123456789ab";
/// The id of the site's application.
pub const CLIENT_ID: &str = "client-f0e1d2c3b4a5";
/// Its secret.
pub const CLIENT_SECRET: &str = "client-secret-f0e1d2c3b4a5";
/// The secret of another that has no permission for development information.
pub const WEAK_CLIENT_SECRET: &str = "weak-client-secret-f0e1d2c3b4a5";

/// The token that there is for its secret.
pub const PANEL_TOKEN: &str = "panel-token-f0e1d2c3b4a5f0e1d2c3b4a5";

/// The token for each secret.
const TOKENS: [(&str, &str); 2] =
    [(CLIENT_SECRET, PANEL_TOKEN), (WEAK_CLIENT_SECRET, "panel-token-weak-f0e1d2c3b4a5")];

/// So many entities of a repository are told at most.
const MOST_TOLD: usize = 400;

/// What the panel shows: pull requests by repository and id.
#[derive(Default)]
pub(super) struct Shown {
    repositories: BTreeMap<String, Repository>,
    lags: bool,
}

#[derive(Default)]
struct Repository {
    fields: Map<String, Value>,
    pull_requests: BTreeMap<String, Value>,
}

impl Jira {
    /// Answers what is the gateway's and not the site's; `None` for everything else.
    pub(super) fn gateway(&self, request: &Request) -> Option<Response> {
        if !self.is_cloud() {
            return None;
        }
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let answer = match (request.method.as_str(), path.as_slice()) {
            ("GET", ["_edge", "tenant_info"]) => {
                Ok(Response::json(200, &json!({"cloudId": CLOUD_ID, "cloudName": "acme"})))
            }
            ("POST", ["oauth", "token"]) => token(request),
            (_, ["jira", "devinfo", "0.1", "cloud", cloud, rest @ ..]) => {
                may_write(request, cloud).and_then(|()| self.development(request, rest))
            }
            _ => return None,
        };
        Some(answer.unwrap_or_else(|refusal| refusal))
    }

    /// Addresses and states of the pull requests that an item shows.
    pub fn development_of(&self, key: &str) -> Vec<(String, String)> {
        let shown = self.shown();
        let all =
            shown.repositories.values().flat_map(|repository| repository.pull_requests.values());
        let of_item = all.filter(|it| keys(it).iter().any(|known| known == key));
        let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
        of_item.map(|it| (text(it, "url"), text(it, "status"))).collect()
    }

    fn development(&self, request: &Request, path: &[&str]) -> Answer {
        match (request.method.as_str(), path) {
            ("POST", ["bulk"]) => self.submit(request),
            ("GET", ["repository", id]) => self.tell(id),
            ("DELETE", ["repository", id, "pull_request", number]) => {
                let until = request.parameter("_updateSequenceId").and_then(|it| it.parse().ok());
                if let Some(repository) = self.shown().repositories.get_mut(*id) {
                    let is_old = |it: &Value| until.is_none_or(|until| sequence(it) <= Some(until));
                    repository.pull_requests.retain(|known, it| known != number || !is_old(it));
                }
                Ok(Response::empty(202))
            }
            _ => Err(no_such_resource()),
        }
    }

    /// From now on the panel tells nothing of what it shows, as Jira does of what it has not worked through yet.
    pub fn let_the_panel_lag(&self) {
        self.shown().lags = true;
    }

    fn tell(&self, id: &str) -> Answer {
        let shown = self.shown();
        if shown.lags {
            return Err(refuse(404, "No data was found."));
        }
        let repository =
            shown.repositories.get(id).ok_or_else(|| refuse(404, "No data was found."))?;
        let mut all: Vec<&Value> = repository.pull_requests.values().collect();
        all.sort_by_key(|it| std::cmp::Reverse(sequence(it)));
        all.truncate(MOST_TOLD);
        let mut told = repository.fields.clone();
        told.insert("pullRequests".to_owned(), json!(all));
        Ok(Response::json(200, &Value::Object(told)))
    }

    fn submit(&self, request: &Request) -> Answer {
        let body = object(request)?;
        let all = body.get("repositories").and_then(Value::as_array);
        let all = all.filter(|all| !all.is_empty());
        let all = all.ok_or_else(|| refuse(400, "No repositories were provided."))?;
        let (mut accepted, mut failed, mut unknown) = (Map::new(), Map::new(), Vec::new());
        for given in all {
            let id = given["id"].as_str().unwrap_or_default().to_owned();
            if let Some(why) = misshapen(given, REPOSITORY) {
                failed.insert(id, json!({"errorMessages": [{"message": why}]}));
                continue;
            }
            let (mut good, mut bad) = (Vec::new(), Vec::new());
            for pull_request in given["pullRequests"].as_array().into_iter().flatten() {
                let number = pull_request["id"].as_str().unwrap_or_default();
                if let Some(why) = misshapen(pull_request, PULL_REQUEST) {
                    bad.push(json!({"id": number, "errorMessages": [{"message": why}]}));
                    continue;
                }
                good.push(json!(number));
                unknown.extend(self.keep(&id, given, pull_request));
            }
            if !bad.is_empty() {
                failed.insert(id.clone(), json!({"pullRequests": bad}));
            }
            accepted.insert(id, json!({"pullRequests": good}));
        }
        let unknown = unknown
            .into_iter()
            .map(|key| json!({"associationType": "issueIdOrKeys", "values": [key]}));
        let unknown: Vec<Value> = unknown.collect();
        Ok(Response::json(
            202,
            &json!({"acceptedDevinfoEntities": accepted, "failedDevinfoEntities": failed,
                "unknownIssueKeys": [], "unknownAssociations": unknown}),
        ))
    }

    /// Keeps a pull request on the items that there are, unless what is known is as new; returns the other items.
    fn keep(&self, id: &str, given: &Value, pull_request: &Value) -> Vec<String> {
        let store = self.store();
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for key in keys(pull_request) {
            match store.find(|item| is_named(item, &key)) {
                Some(item) => known.push(item.key()),
                None => unknown.push(key),
            }
        }
        if known.is_empty() {
            return unknown;
        }
        let mut shown = self.shown();
        let repository = shown.repositories.entry(id.to_owned()).or_default();
        repository.fields = given.as_object().cloned().unwrap_or_default();
        let number = pull_request["id"].as_str().unwrap_or_default().to_owned();
        let kept = repository.pull_requests.get(&number).and_then(sequence);
        if kept < sequence(pull_request) {
            let mut kept = pull_request.clone();
            kept["associations"] = json!([{"associationType": "issueIdOrKeys", "values": known}]);
            repository.pull_requests.insert(number, kept);
        }
        unknown
    }
}

/// A token for whoever knows the secret.
fn token(request: &Request) -> Answer {
    let body = object(request)?;
    let is = |name: &str, expected: &str| body.get(name).and_then(Value::as_str) == Some(expected);
    let secret = body.get("client_secret").and_then(Value::as_str);
    let token = TOKENS.iter().find(|(known, _)| Some(*known) == secret);
    let is_right = is("grant_type", "client_credentials")
        && is("audience", "api.atlassian.com")
        && is("client_id", CLIENT_ID);
    match token.filter(|_| is_right) {
        Some((_, token)) => Ok(Response::json(
            200,
            &json!({"access_token": token, "expires_in": 900, "token_type": "Bearer",
                "scope": "write:dev-info:jira"}),
        )),
        None => Err(Response::json(
            401,
            &json!({"error": "access_denied", "error_description": "The client is not known."}),
        )),
    }
}

fn may_write(request: &Request, cloud: &str) -> Result<(), Response> {
    let bearer = request.header("authorization").and_then(|it| it.strip_prefix("Bearer "));
    match TOKENS.iter().position(|(_, token)| Some(*token) == bearer) {
        None => Err(refuse(401, "The token is missing or invalid.")),
        Some(_) if cloud != CLOUD_ID => Err(refuse(404, "The site is not known.")),
        Some(0) => Ok(()),
        Some(_) => Err(refuse(403, "The application has no such permission.")),
    }
}

/// What a part of a submission must have, and the longest text that each may be, in UTF-16; 0 for what is no text.
type Shape = &'static [(&'static str, usize)];

const REPOSITORY: Shape = &[("id", 1024), ("name", 255), ("url", 2000), ("updateSequenceId", 0)];

const PULL_REQUEST: Shape = &[
    ("id", 1024),
    ("updateSequenceId", 0),
    ("author", 0),
    ("commentCount", 0),
    ("displayId", 255),
    ("lastUpdate", 255),
    ("sourceBranch", 255),
    ("status", 255),
    ("title", 1024),
    ("url", 2000),
];

/// What is wrong with a part of a submission.
fn misshapen(given: &Value, shape: Shape) -> Option<String> {
    for (name, longest) in shape {
        let value = &given[*name];
        let length = value.as_str().map(|text| text.encode_utf16().count());
        if value.is_null() || (*longest > 0 && length.is_none_or(|it| it == 0 || it > *longest)) {
            return Some(format!("{name} is missing or longer than {longest} characters"));
        }
    }
    let id = given["id"].as_str().unwrap_or_default();
    if !id.chars().all(|c| c.is_ascii_alphanumeric() || "~.-_".contains(c)) {
        return Some("id has characters that are not allowed".to_owned());
    }
    let has = |name: &str| !given[name].is_null();
    if has("issueKeys") && has("associations") {
        return Some("issueKeys and associations are mutually exclusive".to_owned());
    }
    let states = [Value::Null, json!("OPEN"), json!("MERGED"), json!("DECLINED"), json!("UNKNOWN")];
    if !states.contains(&given["status"]) {
        return Some("status is none of the known ones".to_owned());
    }
    let count = keys(given).len();
    (has("associations") && !(1..=500).contains(&count))
        .then(|| format!("{count} associations are not between 1 and 500"))
}

/// The items that an entity says it is about.
fn keys(entity: &Value) -> Vec<String> {
    let associated = entity["associations"].as_array().into_iter().flatten();
    let associated = associated.flat_map(|them| them["values"].as_array().into_iter().flatten());
    let plain = entity["issueKeys"].as_array().into_iter().flatten();
    plain.chain(associated).filter_map(|key| key.as_str().map(str::to_owned)).collect()
}

fn sequence(entity: &Value) -> Option<i64> {
    entity["updateSequenceId"].as_i64()
}

/// The gateway's refusals have objects where the site's have texts.
fn refuse(status: u16, message: &str) -> Response {
    Response::json(status, &json!({"errorMessages": [{"message": message}]}))
}
