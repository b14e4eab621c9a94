//! What Jira says about itself: server, users, fields, boards, what a new item needs.

use super::{
    Answer, Caller, Jira, PROJECT, fields, no_such_resource, refuse,
    view::{self, user},
    visible,
};
use crate::fake::{
    Request, Response,
    store::{ROBOT, USERS, User},
};
use serde_json::{Map, Value, json};

/// What Data Center tells of without being asked.
const PERMISSIONS: &str = "BROWSE_PROJECTS,CREATE_ISSUES,EDIT_ISSUES,ADD_COMMENTS,TRANSITION_ISSUES,LINK_ISSUES,CREATE_ATTACHMENTS,\
    ADMINISTER,SYSTEM_ADMIN,ADMINISTER_PROJECTS,DELETE_ISSUES";

/// The only board of the project.
pub(super) const BOARD: u64 = 8;

impl Jira {
    pub(super) fn server_info(&self, request: &Request) -> Response {
        let base = view::base(request);
        let (kind, version, numbers) = if self.is_cloud() {
            ("Cloud", "1001.0.0-SNAPSHOT", [1001, 0, 0])
        } else {
            ("Server", "10.3.24", [10, 3, 24])
        };
        Response::json(
            200,
            &json!({
                "baseUrl": base, "version": version, "versionNumbers": numbers,
                "deploymentType": kind, "buildNumber": 100_300,
                "serverTime": view::time(self.store().now()), "serverTitle": "Fake",
            }),
        )
    }

    pub(super) fn metadata(&self, request: &Request, caller: Caller, path: &[&str]) -> Answer {
        if request.method != "GET" {
            return Err(refuse(405, "This address can only be read."));
        }
        if caller == Caller::Anonymous {
            return Err(refuse(401, "Sign in to read that."));
        }
        match path {
            ["myself"] => Ok(Response::json(200, &self.user(request, &ROBOT))),
            ["mypermissions"] => self.permissions(request, caller),
            ["field"] => Ok(Response::json(200, &fields::catalogue(self.deployment))),
            ["priority"] => Ok(Response::json(200, &fields::priorities())),
            ["user", "search"] | ["user", "assignable", "search"] => self.find_users(request),
            ["project", project, "statuses"] if project.eq_ignore_ascii_case(PROJECT) => {
                Ok(Response::json(200, &view::statuses_by_type()))
            }
            ["issue", "createmeta", project, "issuetypes", rest @ ..] => {
                self.create_metadata(request, project, rest)
            }
            _ => Err(no_such_resource()),
        }
    }

    /// Cloud wants the permissions to be named; Data Center tells all that it has.
    fn permissions(&self, request: &Request, caller: Caller) -> Answer {
        let named = request.parameter("permissions").unwrap_or_default();
        if self.is_cloud() && named.is_empty() {
            return Err(refuse(400, "The permissions query parameter is required."));
        }
        let all = if self.is_cloud() { named } else { PERMISSIONS };
        let has = |key: &str| match key {
            "BROWSE_PROJECTS" => true,
            "ADMINISTER" | "SYSTEM_ADMIN" | "ADMINISTER_PROJECTS" => false,
            _ => caller == Caller::Writer,
        };
        let told = |key: &str| {
            let permission =
                json!({"key": key, "name": key, "type": "PROJECT", "havePermission": has(key)});
            (key.to_owned(), permission)
        };
        let permissions: Map<String, Value> = all.split(',').map(told).collect();
        Ok(Response::json(200, &json!({ "permissions": permissions })))
    }

    fn user(&self, request: &Request, person: &User) -> Value {
        user(person, self.deployment, &view::base(request))
    }

    /// Cloud searches by `query`, Data Center by `username`; both match beginnings.
    fn find_users(&self, request: &Request) -> Answer {
        let name = if self.is_cloud() { "query" } else { "username" };
        let Some(wanted) = request.parameter(name).map(str::to_lowercase) else {
            return Err(refuse(400, &format!("The parameter {name} is missing.")));
        };
        let matches = |person: &&User| {
            let texts = [person.name, person.display, person.email];
            texts.iter().any(|text| text.to_lowercase().starts_with(&wanted))
        };
        let found: Vec<_> =
            USERS.iter().filter(matches).map(|person| self.user(request, person)).collect();
        Ok(Response::json(200, &Value::Array(found)))
    }

    fn create_metadata(&self, request: &Request, project: &str, rest: &[&str]) -> Answer {
        if !project.eq_ignore_ascii_case(PROJECT) {
            return Err(refuse(404, "No project has this key, or it is hidden from you."));
        }
        let (all, word) = match rest {
            [] => (fields::issue_types(), "issueTypes"),
            [id] if fields::KINDS.iter().any(|kind| kind.id == *id) => {
                (fields::create_fields(self.deployment), "fields")
            }
            _ => return Err(refuse(404, "The project has no such issue type.")),
        };
        let word = if self.is_cloud() { word } else { "values" };
        let page = self.offset_page(request, &all, word);
        Ok(Response::json(200, &page))
    }

    /// The fields of an issue's edit screen, by id.
    pub(super) fn edit_metadata(&self, caller: Caller, key: &str) -> Answer {
        visible(&self.store(), caller, key)?;
        let fields = fields::create_fields(self.deployment).into_iter();
        let by_id = fields.filter(|field| field["fieldId"] != "project").filter_map(|field| {
            let id = field["fieldId"].as_str()?.to_owned();
            Some((id, field))
        });
        let by_id: Map<String, Value> = by_id.collect();
        Ok(Response::json(200, &json!({"fields": by_id})))
    }

    /// A page by offset, never longer than this site allows.
    pub(super) fn offset_page(&self, request: &Request, all: &[Value], word: &str) -> Value {
        let start = request.number("startAt").unwrap_or(0).min(all.len());
        let size = request.number("maxResults").unwrap_or(50).min(self.page_size);
        let end = (start + size).min(all.len());
        json!({
            "startAt": start, "maxResults": size, "total": all.len(),
            "isLast": end == all.len(), word: all[start..end],
        })
    }

    pub(super) fn agile(&self, request: &Request, caller: Caller, path: &[&str]) -> Answer {
        if caller == Caller::Anonymous {
            return Err(refuse(401, "Sign in to read that."));
        }
        let board = json!({"id": BOARD, "name": "SHOP board", "type": "scrum",
            "self": format!("{}/rest/agile/1.0/board/{BOARD}", view::base(request)),
            "location": {"projectKey": PROJECT, "projectId": 10_000}});
        let id = BOARD.to_string();
        match (request.method.as_str(), path) {
            ("GET", ["board"]) => {
                let project = request.parameter("projectKeyOrId");
                let ours = project.is_none_or(|key| key.eq_ignore_ascii_case(PROJECT));
                let boards = if ours { vec![board] } else { Vec::new() };
                Ok(Response::json(200, &self.offset_page(request, &boards, "values")))
            }
            ("GET", ["board", board_id]) if *board_id == id => Ok(Response::json(200, &board)),
            ("GET", ["board", board_id, "configuration"]) if *board_id == id => {
                Ok(Response::json(200, &fields::board_configuration(self.deployment)))
            }
            ("GET", ["board", ..]) => Err(refuse(404, "No board has this id.")),
            _ => Err(no_such_resource()),
        }
    }
}
