//! How Jira shows items, people and times.

use super::{Deployment, Jira, fields};
use crate::fake::{
    Request,
    store::{Comment, Item, ROBOT, Store, User, WebLink},
};
use jiff::{Timestamp, tz::Offset};
use serde_json::{Map, Value, json};

/// The address that the client used.
pub(super) fn base(request: &Request) -> String {
    format!("http://{}", request.header("host").unwrap_or("127.0.0.1"))
}

/// The zone of the account, in minutes before UTC: JQL understands times in it.
pub(super) const ZONE_MINUTES: i64 = 330;
const ZONE_NAME: &str = "Asia/Kolkata";

/// A time as Jira writes it: milliseconds, and an offset without a colon.
pub(super) fn time(time: Timestamp) -> String {
    let seconds = i32::try_from(ZONE_MINUTES * 60).unwrap_or_default();
    let local = Offset::from_seconds(seconds).unwrap_or(Offset::UTC).to_datetime(time);
    local.strftime("%Y-%m-%dT%H:%M:%S.000+0530").to_string()
}

/// A person. Data Center has no account ids, Cloud no names.
pub(super) fn user(person: &User, deployment: Deployment, base: &str) -> Value {
    let common = json!({"displayName": person.display, "emailAddress": person.email,
        "active": true, "timeZone": ZONE_NAME});
    let own = match deployment {
        Deployment::Cloud => json!({"accountId": person.id, "accountType": "atlassian",
            "self": format!("{base}/rest/api/3/user?accountId={}", person.id)}),
        Deployment::DataCenter => {
            json!({"name": person.name, "key": format!("JIRAUSER{}", person.name),
            "self": format!("{base}/rest/api/2/user?username={}", person.name)})
        }
    };
    let (Value::Object(mut own), Value::Object(common)) = (own, common) else { return Value::Null };
    own.extend(common);
    Value::Object(own)
}

pub(super) fn status(name: &str) -> Value {
    let Some(state) = fields::find_state(name) else { return Value::Null };
    let (id, category) = fields::category(state.category);
    json!({"id": state.id, "name": state.name,
        "statusCategory": {"id": id, "key": state.category, "name": category}})
}

/// `{id, name}` of a value from a table.
pub(super) fn named(table: &[(&str, &str)], name: Option<&String>) -> Value {
    let found = name.and_then(|name| table.iter().find(|(_, known)| known == name));
    found.map_or(Value::Null, |(id, name)| json!({"id": id, "name": name}))
}

pub(super) fn kind(name: &str) -> Value {
    fields::KINDS.iter().find(|kind| kind.name == name).map_or(Value::Null, |kind| {
        json!({"id": kind.id, "name": kind.name, "subtask": kind.subtask,
            "hierarchyLevel": kind.level})
    })
}

/// The statuses of every issue type's workflow, which is the same one.
pub(super) fn statuses_by_type() -> Value {
    let statuses: Vec<_> = fields::STATES.iter().map(|state| status(state.name)).collect();
    let of_type = |kind: &fields::IssueType| json!({"id": kind.id, "name": kind.name, "subtask": kind.subtask, "statuses": statuses});
    fields::KINDS.iter().map(of_type).collect()
}

pub(super) fn link(link: &WebLink, base: &str) -> Value {
    let mut view = link.body.clone();
    view["id"] = json!(link.serial);
    view["self"] = json!(format!("{base}/rest/api/latest/remotelink/{}", link.serial));
    view
}

impl Jira {
    /// An issue with the wanted fields.
    pub(super) fn issue(&self, store: &Store, item: &Item, wanted: &Wanted, base: &str) -> Value {
        let id = item.serial.to_string();
        let mut view = json!({"expand": "renderedFields,names,schema", "id": id, "key": item.key(),
            "self": format!("{base}/rest/api/latest/issue/{id}")});
        if *wanted != Wanted::IdOnly {
            let mut all = self.all_fields(store, item, base);
            all.retain(|name, _| wanted.has(name));
            view["fields"] = Value::Object(all);
        }
        view
    }

    fn all_fields(&self, store: &Store, item: &Item, base: &str) -> Map<String, Value> {
        let person = |who: &User| user(who, self.deployment, base);
        let parent = item.parent.and_then(|serial| store.find(|other| other.serial == serial));
        let mut all = Map::new();
        let mut add = |name: &str, value: Value| all.insert(name.to_owned(), value);
        add("summary", json!(item.title));
        add("description", item.text.clone());
        add("issuetype", kind(&item.kind));
        add("project", json!({"id": "10000", "key": item.project, "name": item.project}));
        add("status", status(&item.status));
        add("resolution", named(fields::RESOLUTIONS, item.resolution.as_ref()));
        add("priority", named(fields::PRIORITIES, item.priority.as_ref()));
        add("labels", json!(item.labels));
        add("assignee", item.assignee.as_ref().map_or(Value::Null, person));
        add("reporter", person(&ROBOT));
        add("creator", person(&ROBOT));
        add("created", json!(time(item.created)));
        add("updated", json!(time(item.updated)));
        add("resolutiondate", item.closed.map_or(Value::Null, |at| json!(time(at))));
        if self.is_cloud() {
            add("statuscategorychangedate", json!(time(item.moved)));
        }
        let sub_task = item.kind == "Sub-task";
        if let Some(parent) = parent.filter(|_| self.is_cloud() || sub_task) {
            let summary = json!({"summary": parent.title, "issuetype": kind(&parent.kind),
                "status": status(&parent.status)});
            let id = parent.serial.to_string();
            add("parent", json!({"id": id, "key": parent.key(), "fields": summary}));
        }
        for field in fields::custom(self.deployment) {
            add(field.id, item.custom.get(field.id).cloned().unwrap_or_default());
        }
        if !self.is_cloud() && !sub_task {
            add(fields::EPIC_LINK, json!(parent.map(Item::key)));
        }
        add(fields::points(self.deployment), json!(item.points));
        all
    }

    pub(super) fn comment(&self, comment: &Comment, base: &str) -> Value {
        let id = comment.serial.to_string();
        let author = user(&ROBOT, self.deployment, base);
        json!({"id": id, "self": format!("{base}/rest/api/latest/comment/{id}"),
            "author": author, "updateAuthor": author, "body": comment.text,
            "created": time(comment.created), "updated": time(comment.created)})
    }
}

/// Which fields of an issue are wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// None: then the issue has no `fields` at all.
    IdOnly,
    /// Everything, without these.
    All(Vec<String>),
    /// These.
    Only(Vec<String>),
}

impl Wanted {
    /// Reads a list such as `summary`, `*all`, `-comment`.
    pub(super) fn parse(names: &[String]) -> Self {
        let (without, with): (Vec<_>, Vec<_>) =
            names.iter().partition(|name| name.starts_with('-'));
        let without = without.iter().map(|name| name[1..].to_owned()).collect();
        if with.iter().any(|name| matches!(name.as_str(), "*all" | "*navigable")) {
            return Self::All(without);
        }
        if with.iter().all(|name| matches!(name.as_str(), "id" | "key")) {
            return Self::IdOnly;
        }
        Self::Only(with.into_iter().cloned().collect())
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::IdOnly => false,
            Self::All(without) => without.iter().all(|other| other != name),
            Self::Only(names) => names.iter().any(|other| other == name),
        }
    }
}
