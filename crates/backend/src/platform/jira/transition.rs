//! Moving an item to another state: by where a transition leads, never by what it is called.

use super::{
    Jira,
    screen::{Screen, named, needs},
    wire,
    words::{Words, same},
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Status, WorkItem},
};
use serde_json::{Map, Value, json};

/// A transition that was chosen, with the fields that its screen gets.
#[derive(Debug)]
pub(super) struct Move {
    id: String,
    /// Name of the state that it leads to.
    to: String,
    fields: Map<String, Value>,
}

impl Move {
    /// The fields of the item that this move sets itself.
    pub(super) fn sets(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }
}

impl Jira {
    /// Brings an item to a state; false when it was there already. `custom` holds values for the transition's screen.
    pub(super) async fn transition(
        &self,
        item: &WorkItem,
        status: Status,
        custom: &Map<String, Value>,
    ) -> Result<bool> {
        match self.plan_move(item, status, custom).await? {
            Some(planned) => self.carry_out(item.id.as_str(), &planned).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Chooses how to bring an item to a state, without doing it; `None` when it is there already.
    pub(super) async fn plan_move(
        &self,
        item: &WorkItem,
        status: Status,
        custom: &Map<String, Value>,
    ) -> Result<Option<Move>> {
        if item.status == status || self.words.maps_to(status, &item.native_status) {
            return Ok(None);
        }
        let call = self.http.get("rest/api/{version}/issue/{key}/transitions");
        let call = call.segment("version", self.version().await?).segment("key", item.id.as_str());
        let offered: wire::Transitions =
            call.query("expand", "transitions.fields").receive().await?;
        choose(&self.words, item, status, custom, &offered.transitions)
    }

    /// Makes the move. It is sent once, since from the new state the same transition is refused or means another
    /// thing; when the answer is lost, the item says whether it went through.
    pub(super) async fn carry_out(&self, key: &str, planned: &Move) -> Result<()> {
        let mut body = json!({"transition": {"id": planned.id}});
        if !planned.fields.is_empty() {
            body["fields"] = Value::Object(planned.fields.clone());
        }
        let call = self.http.post("rest/api/{version}/issue/{key}/transitions");
        let call = call.segment("version", self.version().await?).segment("key", key);
        match call.json(&body).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.kind == ErrorKind::Ambiguous => match self.read(key).await {
                Ok(item) if same(&item.native_status, &planned.to) => Ok(()),
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }
}

/// The best of the offered transitions that leads to the state.
///
/// A workflow without a state for reviews has the nearest one in the work that goes on. Nothing else has a nearest:
/// a blocked item is not in progress, and a cancelled one is not done unless its resolution says so.
fn choose(
    words: &Words,
    item: &WorkItem,
    status: Status,
    custom: &Map<String, Value>,
    offered: &[wire::Transition],
) -> Result<Option<Move>> {
    let available: Vec<_> = offered.iter().filter(|one| one.is_available.unwrap_or(true)).collect();
    let leads_to = |status: Status| {
        let fits =
            move |to: &wire::Status| words.status(to) == status || words.maps_to(status, &to.name);
        let mut fitting: Vec<_> = available.iter().copied().filter(|one| fits(&one.to)).collect();
        fitting.sort_by_key(|one| words.rank(status, &one.to.name));
        fitting
    };
    let mut best = leads_to(status).into_iter().next();
    if best.is_none() && status == Status::InReview {
        if item.status == Status::InProgress {
            tracing::warn!(item = %item.id, "no state for a review can be reached; {} is the nearest", item.native_status);
            return Ok(None);
        }
        best = leads_to(Status::InProgress).into_iter().next();
    }
    if best.is_none() && status == Status::Cancelled {
        best =
            leads_to(Status::Done).into_iter().find(|one| resolution(words, status, one).is_some());
    }
    match best {
        Some(best) => fill(words, status, custom, best).map(Some),
        None => Err(unreachable(words, item, status, &available)),
    }
}

/// The move with everything that its screen insists on.
fn fill(
    words: &Words,
    status: Status,
    custom: &Map<String, Value>,
    chosen: &wire::Transition,
) -> Result<Move> {
    let screen = screen(chosen);
    let mut fields: Map<String, Value> = custom
        .iter()
        .filter(|(id, _)| screen.has(id))
        .map(|(id, value)| (id.clone(), value.clone()))
        .collect();
    if let Some(name) = resolution(words, status, chosen) {
        fields.entry("resolution").or_insert_with(|| json!({"name": name}));
    }
    let missing = screen.missing(&fields);
    match missing.first() {
        None => Ok(Move { id: chosen.id.clone(), to: chosen.to.name.clone(), fields }),
        Some(first) => {
            let message = format!("the way to {} needs {}", chosen.to.name, named(&missing));
            Err(Error::new(ErrorKind::Rejected, message).with_hint(needs(first)))
        }
    }
}

fn screen(chosen: &wire::Transition) -> Screen {
    let read = |(id, field): (&String, &Value)| {
        Some((id.clone(), serde_json::from_value::<wire::ScreenField>(field.clone()).ok()?))
    };
    Screen::of(chosen.fields.iter().filter_map(read))
}

/// The resolution to close with, where the transition's screen has one.
fn resolution(words: &Words, status: Status, chosen: &wire::Transition) -> Option<String> {
    let screen = screen(chosen);
    let offered = screen.find("resolution")?.allowed_names();
    words.resolution(status, &offered).map(str::to_owned)
}

fn unreachable(
    words: &Words,
    item: &WorkItem,
    status: Status,
    available: &[&wire::Transition],
) -> Error {
    let mut reachable: Vec<_> = available
        .iter()
        .map(|one| format!("{} ({})", one.to.name, words.status(&one.to)))
        .collect();
    reachable.dedup();
    let now = &item.native_status;
    let message = if reachable.is_empty() {
        format!("nothing leads from {now} to {status} for this account")
    } else {
        format!("nothing leads from {now} to {status} now; it can go to {}", reachable.join(", "))
    };
    Error::new(ErrorKind::Rejected, message).with_hint(format!(
        "go through one of those states, or name Jira's state in custom_settings.status_mapping.{status}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Kind, WorkItemId},
        settings::Settings,
        text::Markdown,
    };

    fn item(native: &str, status: Status) -> WorkItem {
        WorkItem {
            id: WorkItemId::new("SHOP-1"),
            url: "https://acme.example/browse/SHOP-1".parse().unwrap(),
            title: "A".into(),
            description: Markdown::default(),
            kind: Kind::Task,
            status,
            native_status: native.into(),
            priority: None,
            labels: vec![],
            assignee: None,
            parent_id: None,
            story_points: None,
            iteration: None,
            custom_fields: Map::new(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            updated_at: jiff::Timestamp::UNIX_EPOCH,
            closed_at: None,
        }
    }

    fn words(custom: &Value) -> Words {
        let settings = Settings::new("jira").with_custom(custom.as_object().unwrap().clone());
        Words::read(&settings, &mut Vec::new())
    }

    fn transition(id: &str, to: &str, category: &str, fields: &Value) -> wire::Transition {
        serde_json::from_value(json!({"id": id, "name": "whatever",
            "to": {"name": to, "statusCategory": {"key": category}}, "fields": fields}))
        .unwrap()
    }

    fn simple() -> Vec<wire::Transition> {
        vec![
            transition("1", "To Do", "new", &json!({})),
            transition("2", "In Progress", "indeterminate", &json!({})),
            transition("3", "Done", "done", &json!({})),
        ]
    }

    fn rich() -> Vec<wire::Transition> {
        let mut all = simple();
        all.insert(0, transition("4", "QA", "indeterminate", &json!({})));
        all.insert(0, transition("5", "Won't Do", "done", &json!({})));
        all.insert(0, transition("6", "Peer Review", "indeterminate", &json!({})));
        all.insert(0, transition("7", "On Hold", "new", &json!({})));
        all.insert(0, transition("8", "Released", "done", &json!({})));
        all
    }

    fn check(words: &Words, offered: &[wire::Transition], status: Status, expected: Option<&str>) {
        let from =
            item("Backlog", if status == Status::Todo { Status::Done } else { Status::Todo });
        let chosen = choose(words, &from, status, &Map::new(), offered);
        let chosen = chosen.map(|planned| planned.map(|planned| planned.id));
        match expected {
            Some(id) => assert_eq!(chosen.unwrap().as_deref(), Some(id), "{status}"),
            None => assert_eq!(chosen.unwrap_err().kind, ErrorKind::Rejected, "{status}"),
        }
    }

    #[test]
    fn the_target_decides() {
        let words = Words::default();
        check(&words, &rich(), Status::Todo, Some("1"));
        check(&words, &rich(), Status::InProgress, Some("2"));
        check(&words, &rich(), Status::InReview, Some("6"));
        check(&words, &rich(), Status::Blocked, Some("7"));
        check(&words, &rich(), Status::Done, Some("3"));
        check(&words, &rich(), Status::Cancelled, Some("5"));
    }

    #[test]
    fn a_plain_workflow_has_a_nearest_state_for_reviews_only() {
        let words = Words::default();
        check(&words, &simple(), Status::InReview, Some("2"));
        check(&words, &simple(), Status::Blocked, None);
        check(&words, &simple(), Status::Cancelled, None);
        check(&words, &simple()[..1], Status::InReview, None);
        let started = item("In Progress", Status::InProgress);
        let again = choose(&words, &started, Status::InReview, &Map::new(), &simple());
        assert!(again.unwrap().is_none());
    }

    #[test]
    fn the_configured_order_wins() {
        let words = words(&json!({"status_mapping":
            {"in_review": ["QA", "Peer Review"], "cancelled": "Done", "blocked": ["Nowhere"]}}));
        check(&words, &rich(), Status::InReview, Some("4"));
        check(&words, &simple(), Status::Cancelled, Some("3"));
        let mut offered = rich();
        offered.retain(|one| one.to.name != "QA");
        check(&words, &offered, Status::InReview, Some("6"));
    }

    #[test]
    fn unavailable_ways_are_no_ways_and_others_are_named() {
        let mut offered = simple();
        offered[2].is_available = Some(false);
        let from = item("To Do", Status::Todo);
        let error =
            choose(&Words::default(), &from, Status::Done, &Map::new(), &offered).unwrap_err();
        assert_eq!(
            error.message,
            "nothing leads from To Do to done now; it can go to To Do (todo), In Progress (in_progress)"
        );
    }

    #[test]
    fn screens_get_what_they_insist_on() {
        let names =
            |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Value>();
        let resolution = |offered: &[&str]| json!({"resolution": {"required": true, "name": "Resolution", "allowedValues": names(offered)}});
        let from = item("To Do", Status::Todo);
        let go = |status, fields: Value, custom: Value| {
            let offered = [transition("3", "Closed", "done", &fields)];
            choose(&Words::default(), &from, status, custom.as_object().unwrap(), &offered)
        };
        let planned =
            go(Status::Done, resolution(&["Won't Fix", "Fixed"]), json!({})).unwrap().unwrap();
        assert_eq!(planned.fields["resolution"], json!({"name": "Fixed"}));
        let planned =
            go(Status::Cancelled, resolution(&["Fixed", "Won't Fix"]), json!({})).unwrap().unwrap();
        assert_eq!(planned.fields["resolution"], json!({"name": "Won't Fix"}));
        let error = go(Status::Done, resolution(&["Later"]), json!({})).unwrap_err();
        assert_eq!(error.message, "the way to Closed needs Resolution (resolution)");
        let given = json!({"resolution": {"name": "Later"}, "customfield_1": 2});
        let planned = go(Status::Done, resolution(&["Later"]), given).unwrap().unwrap();
        assert!(planned.sets("resolution") && !planned.sets("customfield_1"));
        let root = json!({"customfield_1": {"required": true, "name": "Root cause"},
            "customfield_2": {"required": true, "hasDefaultValue": true, "name": "Team"}});
        let error = go(Status::Done, root, json!({})).unwrap_err();
        assert_eq!(error.message, "the way to Closed needs Root cause (customfield_1)");
    }
}
