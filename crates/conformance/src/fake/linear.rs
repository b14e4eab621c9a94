//! A fake Linear: one address that speaks GraphQL, and a storage for files beside it.

mod execute;
mod filter;
mod graphql;
mod issue;
mod label;
mod link;
mod tenant;
mod view;

pub use tenant::Tenant;

use super::{Handler, Request, Response, store::Store};
use execute::Run;
use graphql::{Field, Operation};
use label::Label;
use serde_json::{Map, Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};
use view::uuid;

/// The team that the suite works in.
pub const TEAM: &str = "ENG";
/// A team that keys may see and that is not configured.
pub const OTHER_TEAM: &str = "OPS";
/// A private team that no key may see.
pub const HIDDEN_TEAM: &str = "SECRET";
/// A key that may do everything.
pub const GOOD_KEY: &str = "lin_api_good0f1e2d3c4b5a";
/// A key that may read and not write.
pub const WEAK_KEY: &str = "lin_api_weak0f1e2d3c4b5a";

/// A team.
#[derive(Debug)]
struct Team {
    key: &'static str,
    name: &'static str,
    estimation: &'static str,
}

const TEAMS: [Team; 3] = [
    Team { key: TEAM, name: "Engineering", estimation: "fibonacci" },
    Team { key: OTHER_TEAM, name: "Operations", estimation: "notUsed" },
    Team { key: HIDDEN_TEAM, name: "Board", estimation: "notUsed" },
];

/// A fake Linear.
pub struct Linear {
    store: Mutex<Store>,
    labels: Mutex<Vec<Label>>,
}

/// What a field of the root answers.
type Answer = Result<Value, Refusal>;

/// An error of GraphQL, and the status that it comes with.
#[derive(Debug)]
struct Refusal {
    status: u16,
    code: &'static str,
    kind: &'static str,
    message: String,
    meant_for_people: String,
}

impl Refusal {
    fn new(status: u16, code: &'static str, kind: &'static str, message: &str) -> Self {
        let (message, meant_for_people) = (message.to_owned(), message.to_owned());
        Self { status, code, kind, message, meant_for_people }
    }

    /// Linear answers 200 to what it understood and does not take.
    fn input(message: &str) -> Self {
        let refusal = Self::new(200, "INPUT_ERROR", "invalid input", message);
        Self { message: "Argument Validation Error".to_owned(), ..refusal }
    }

    /// What is not there, as 200 as well.
    fn missing(what: &str) -> Self {
        let message = format!("Entity not found: {what}");
        let refusal = Self::new(200, "INPUT_ERROR", "invalid input", &message);
        Self { meant_for_people: format!("Could not find referenced {what}."), ..refusal }
    }

    /// What does not fit the schema.
    fn invalid(message: &str) -> Self {
        Self::new(400, "GRAPHQL_VALIDATION_FAILED", "graphql error", message)
    }

    fn response(&self, path: &str) -> Response {
        let extensions = json!({"code": self.code, "type": self.kind, "statusCode": 400,
            "userError": true, "userPresentableMessage": self.meant_for_people});
        let error = json!({"message": self.message, "path": [path], "extensions": extensions});
        Response::json(self.status, &json!({"errors": [error], "data": null}))
    }
}

impl Default for Linear {
    fn default() -> Self {
        let linear = Self { store: Mutex::default(), labels: Mutex::new(label::usual()) };
        for (number, team) in [OTHER_TEAM, HIDDEN_TEAM].into_iter().enumerate() {
            let mut store = linear.store();
            let item = store.add(team, "Issue", "Backlog");
            item.title = format!("An item of {team}");
            item.custom.insert("id".to_owned(), json!(uuid(5, number as u64)));
        }
        linear
    }
}

impl Linear {
    /// The site's memory.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request that came with a good key.
    fn answer(
        &self,
        request: &Request,
        may_write: bool,
    ) -> Result<(Value, f64), (Refusal, String)> {
        let unreadable = |message: &str| (Refusal::invalid(message), String::new());
        let body: Value = request.json().ok_or_else(|| unreadable("POST body is not JSON."))?;
        let query =
            body["query"].as_str().ok_or_else(|| unreadable("Must provide query string."))?;
        let document = graphql::parse(query).map_err(|why| unreadable(&why))?;
        let operation = document.operation(body["operationName"].as_str());
        let operation = operation.ok_or_else(|| unreadable("Unknown operation."))?;
        let empty = Map::new();
        let variables = body["variables"].as_object().unwrap_or(&empty);
        let run = Run { document: &document, variables };
        let cost = run.check(operation).map_err(|why| unreadable(&why))?;
        let data = self.carry_out(&run, operation, &base(request), may_write)?;
        Ok((data, cost))
    }

    fn carry_out(
        &self,
        run: &Run<'_>,
        operation: &Operation,
        base: &str,
        may_write: bool,
    ) -> Result<Value, (Refusal, String)> {
        let mut data = Map::new();
        let unknown = |why: String| (Refusal::invalid(&why), String::new());
        for field in run.document.fields(&operation.selection).map_err(unknown)? {
            let at = |refusal| (refusal, field.alias.clone());
            let arguments = field.arguments(run.variables);
            let value = if !operation.is_mutation {
                self.read(field, &arguments)
            } else if may_write {
                self.write(field, &arguments, base)
            } else {
                let message = "Invalid scope: `write` required";
                Err(Refusal::new(200, "FORBIDDEN", "forbidden", message))
            };
            let value = value.map_err(at)?;
            let value = run.project(field, &value).map_err(|why| at(Refusal::invalid(&why)))?;
            data.insert(field.alias.clone(), value);
        }
        Ok(Value::Object(data))
    }

    fn read(&self, field: &Field, arguments: &Map<String, Value>) -> Answer {
        Ok(match field.name.as_str() {
            "viewer" => Self::viewer(),
            "teams" => Self::teams(),
            "users" => Self::users(),
            "issueLabels" => self.labels_view(),
            "issues" => self.issues(&self.store()),
            "issue" => {
                let store = self.store();
                let item = Self::find(&store, text(arguments, "id").unwrap_or_default())?;
                self.issue(&store, item)
            }
            "attachmentsForURL" => self.attachments_for_url(&self.store(), arguments)?,
            "comment" => self.find_comment(arguments)?,
            other => return Err(no_field(other)),
        })
    }

    fn write(&self, field: &Field, arguments: &Map<String, Value>, base: &str) -> Answer {
        match field.name.as_str() {
            "issueCreate" => self.create_issue(arguments),
            "issueUpdate" => self.update_issue(arguments),
            "commentCreate" => self.comment(arguments),
            "issueLabelCreate" => self.create_label(arguments),
            "attachmentCreate" => self.attach(arguments),
            "attachmentDelete" => self.detach(arguments),
            "fileUpload" => self.prepare_upload(arguments, base),
            other => Err(no_field(other)),
        }
    }
}

impl Handler for Linear {
    fn handle(&self, request: &Request) -> Response {
        match (request.method.as_str(), request.path.as_str()) {
            ("PUT", path) if path.starts_with("/storage/") => return self.store_file(request),
            ("POST", "/graphql") => {}
            _ => {
                return Response::with_body(404, "text/html", "<html><body>Not here</body></html>");
            }
        }
        let may_write = match request.header("authorization") {
            Some(GOOD_KEY) => true,
            Some(WEAK_KEY) => false,
            _ => return unauthenticated().response("").with_header("X-Complexity", "0"),
        };
        match self.answer(request, may_write) {
            Ok((data, cost)) => with_limits(Response::json(200, &json!({"data": data})), cost),
            Err((refusal, path)) => with_limits(refusal.response(&path), 0.0),
        }
    }
}

/// Every answer tells what is left; times are milliseconds since the epoch.
fn with_limits(response: Response, cost: f64) -> Response {
    response
        .with_header("X-Complexity", cost.to_string())
        .with_header("X-RateLimit-Requests-Limit", "5000")
        .with_header("X-RateLimit-Requests-Remaining", "4999")
        .with_header("X-RateLimit-Requests-Reset", "1770003600000")
        .with_header("X-RateLimit-Complexity-Limit", "3000000")
        .with_header("X-RateLimit-Complexity-Remaining", "2990000")
        .with_header("X-RateLimit-Complexity-Reset", "1770003600000")
}

/// A wrong key; and a good personal key behind `Bearer`, where it does not belong, is a wrong one.
fn unauthenticated() -> Refusal {
    let message = "Authentication required, not authenticated";
    Refusal::new(401, "AUTHENTICATION_ERROR", "authentication error", message)
}

fn no_field(name: &str) -> Refusal {
    Refusal::invalid(&format!("Cannot query field \"{name}\"."))
}

fn base(request: &Request) -> String {
    format!("http://{}", request.header("host").unwrap_or("127.0.0.1"))
}

fn text<'a>(arguments: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    arguments.get(name).and_then(Value::as_str)
}

/// An input object that has no other fields than these.
fn object<'a>(
    arguments: &'a Map<String, Value>,
    name: &str,
    allowed: &[&str],
) -> Result<&'a Map<String, Value>, Refusal> {
    let input = arguments.get(name).and_then(Value::as_object);
    let input = input.ok_or_else(|| Refusal::invalid(&format!("\"{name}\" was not provided.")))?;
    match input.keys().find(|key| !allowed.contains(&key.as_str())) {
        Some(unknown) => Err(Refusal::invalid(&format!("Field \"{unknown}\" is not defined."))),
        None => Ok(input),
    }
}
