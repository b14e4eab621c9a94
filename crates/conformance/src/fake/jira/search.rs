//! Search: by token on Cloud, by offset on Data Center, never more than a small page.

use super::{
    Answer, Caller, Deployment, Jira, document,
    jql::{self, Query},
    no_such_resource, object, refuse,
    view::{self, Wanted},
};
use crate::fake::{Request, Response, store::Store};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

const CLOUD_WORDS: &[&str] = &[
    "expand",
    "fields",
    "fieldsByKeys",
    "jql",
    "maxResults",
    "nextPageToken",
    "properties",
    "reconcileIssues",
];
const DATA_CENTER_WORDS: &[&str] =
    &["expand", "fields", "jql", "maxResults", "startAt", "validateQuery"];

impl Jira {
    pub(super) fn search(&self, request: &Request, caller: Caller, path: &[&str]) -> Answer {
        match (self.deployment, request.method.as_str(), path) {
            (Deployment::Cloud, _, ["search"]) => {
                Err(refuse(410, "This search was removed; use search/jql (CHANGE-2046)."))
            }
            (Deployment::Cloud, "GET" | "POST", ["search", "jql"]) => {
                self.search_by_token(request, caller)
            }
            (Deployment::Cloud, "POST", ["search", "approximate-count"]) => {
                let body = object(request)?;
                let count = self.find(&text(&body, "jql")?, caller)?.len();
                Ok(Response::json(200, &json!({"count": count})))
            }
            (Deployment::DataCenter, "GET" | "POST", ["search"]) => {
                self.search_by_offset(request, caller)
            }
            _ => Err(no_such_resource()),
        }
    }

    fn search_by_token(&self, request: &Request, caller: Caller) -> Answer {
        let body = parameters(request, CLOUD_WORDS)?;
        let jql = text(&body, "jql")?;
        if body.get("expand").is_some_and(|expand| !expand.is_string()) {
            return Err(refuse(400, "expand is no string."));
        }
        let names = names(&body)?.unwrap_or_else(|| vec!["id".to_owned()]);
        let start = match body.get("nextPageToken").and_then(Value::as_str) {
            Some(token) => read_token(token, &jql)?,
            None => 0,
        };
        let found = self.find(&jql, caller)?;
        let end = (start + self.page(&body)?).min(found.len());
        let issues = self.page_of(request, &found[start.min(end)..end], &names);
        let mut answer = json!({"issues": issues, "isLast": end == found.len()});
        if end < found.len() {
            answer["nextPageToken"] = json!(write_token(end, &jql));
        }
        Ok(Response::json(200, &answer))
    }

    fn search_by_offset(&self, request: &Request, caller: Caller) -> Answer {
        let body = parameters(request, DATA_CENTER_WORDS)?;
        let jql = body.get("jql").and_then(Value::as_str).unwrap_or_default();
        let names = names(&body)?.unwrap_or_else(|| vec!["*navigable".to_owned()]);
        let found = self.find(jql, caller)?;
        let start = body.get("startAt").and_then(number).unwrap_or(0).min(found.len());
        let size = self.page(&body)?;
        let end = (start + size).min(found.len());
        let issues = self.page_of(request, &found[start..end], &names);
        Ok(Response::json(
            200,
            &json!({"startAt": start, "maxResults": size, "total": found.len(), "issues": issues}),
        ))
    }

    /// The length of a page: what was asked for, silently capped.
    fn page(&self, body: &Map<String, Value>) -> Result<usize, Response> {
        let wanted = body.get("maxResults").map_or(Some(50), number);
        let wanted = wanted.ok_or_else(|| refuse(400, "maxResults is no number."))?;
        Ok(wanted.min(self.page_size))
    }

    fn page_of(&self, request: &Request, serials: &[u64], names: &[String]) -> Vec<Value> {
        let (store, base, wanted) = (self.store(), view::base(request), Wanted::parse(names));
        let items = serials.iter().filter_map(|serial| store.find(|item| item.serial == *serial));
        items.map(|item| self.issue(&store, item, &wanted, &base)).collect()
    }

    /// The serials of everything that matches, in the order that was asked for.
    fn find(&self, jql: &str, caller: Caller) -> Result<Vec<u64>, Response> {
        let wrong = |message: String| refuse(400, &message);
        let query = jql::parse(jql).map_err(wrong)?;
        if self.is_cloud() && query.condition.is_none() {
            return Err(refuse(400, "An unbounded query is not allowed here; add a condition."));
        }
        let store = self.store();
        self.select(&query, &store, caller).map_err(wrong)
    }

    fn select(&self, query: &Query, store: &Store, caller: Caller) -> Result<Vec<u64>, String> {
        let site = jql::Site { store, deployment: self.deployment, plain: document::plain };
        let mut found = Vec::new();
        for item in &store.items {
            // Invisible items are evaluated as well, so that a bad query is refused on an empty site too.
            let matches = match &query.condition {
                Some(condition) => site.matches(condition, item)?,
                None => true,
            };
            if matches && caller.may_see(item) {
                found.push(item);
            }
        }
        site.sort(&query.order, &mut found)?;
        Ok(found.iter().map(|item| item.serial).collect())
    }
}

/// The request's parameters, from body or query; others than the known ones are refused.
fn parameters(request: &Request, known: &[&str]) -> Result<Map<String, Value>, Response> {
    let given = if request.method == "POST" {
        object(request)?
    } else {
        let text = |(name, value): &(String, String)| (name.clone(), json!(value));
        request.query.iter().map(text).collect()
    };
    match given.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(refuse(400, &format!("The parameter `{name}` is not known."))),
        None => Ok(given),
    }
}

/// The wanted fields: a list in a body, separated by commas in a query.
fn names(body: &Map<String, Value>) -> Result<Option<Vec<String>>, Response> {
    match body.get("fields") {
        None => Ok(None),
        Some(Value::String(list)) => Ok(Some(list.split(',').map(str::to_owned).collect())),
        Some(list) => serde_json::from_value(list.clone())
            .map(Some)
            .map_err(|_| refuse(400, "fields is no list of names.")),
    }
}

fn text(body: &Map<String, Value>, name: &str) -> Result<String, Response> {
    let found = body.get(name).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| refuse(400, &format!("The parameter {name} is missing.")))
}

fn number(value: &Value) -> Option<usize> {
    let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))?;
    usize::try_from(number).ok()
}

fn write_token(start: usize, jql: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{start}:{jql}"))
}

/// A token belongs to the query that it was made for.
fn read_token(token: &str, jql: &str) -> Result<usize, Response> {
    let decode = || {
        let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (start, query) = decoded.split_once(':')?;
        (query == jql).then(|| start.parse().ok())?
    };
    decode().ok_or_else(|| refuse(400, "The page token does not belong to this query."))
}
