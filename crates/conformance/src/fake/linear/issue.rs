//! Making, changing and finding issues.

use super::{
    Answer, HIDDEN_TEAM, Linear, Refusal, TEAMS, object, text,
    view::{STATES, issue_id, state_id, team_id, user_id, uuid},
};
use crate::fake::store::{Comment, Item, Store, USERS};
use serde_json::{Map, Value, json};

/// Longest title, in characters.
const MAX_TITLE: usize = 255;
/// Longest text, in characters.
const MAX_TEXT: usize = 100_000;

const COMMON: [&str; 9] = [
    "title",
    "description",
    "priority",
    "estimate",
    "stateId",
    "parentId",
    "assigneeId",
    "labelIds",
    "dueDate",
];

impl Linear {
    /// The issue with this UUID or identifier, if it is not hidden.
    pub(super) fn find<'a>(store: &'a Store, name: &str) -> Result<&'a Item, Refusal> {
        let visible = |item: &Item| {
            item.project != HIDDEN_TEAM && (issue_id(item) == name || item.key() == name)
        };
        store.find(visible).ok_or_else(|| Refusal::missing("Issue"))
    }

    /// `issueCreate`: an id may be chosen, once.
    pub(super) fn create_issue(&self, arguments: &Map<String, Value>) -> Answer {
        let input = object(arguments, "input", &[&COMMON[..], &["teamId", "id"]].concat())?;
        let team =
            text(input, "teamId").and_then(|id| TEAMS.iter().position(|team| team_id(team) == id));
        let team = team.filter(|index| TEAMS[*index].key != HIDDEN_TEAM);
        let team = team.ok_or_else(|| Refusal::missing("Team"))?;
        let mut store = self.store();
        let id = match text(input, "id") {
            Some(id) => chosen(&store, id)?,
            None => uuid(5, store.next_serial()),
        };
        if text(input, "title").is_none_or(|title| title.trim().is_empty()) {
            return Err(Refusal::input("title should not be empty."));
        }
        let mut draft = Store::default().add(TEAMS[team].key, "Issue", "Backlog").clone();
        self.apply(input, &mut draft, team, &store)?;
        let item = store.add(&draft.project, "Issue", "Backlog");
        let Item { serial, number, created, .. } = *item;
        let custom = Map::from_iter([("id".to_owned(), json!(id))]);
        let status = draft.status.clone();
        *item = Item { serial, number, custom, created, ..draft };
        item.move_to(&status, is_closed(&status), created);
        let made = item.clone();
        Ok(json!({"success": true, "lastSyncId": 1, "issue": self.issue(&store, &made)}))
    }

    /// `issueUpdate`: what is not named stays, and null clears.
    pub(super) fn update_issue(&self, arguments: &Map<String, Value>) -> Answer {
        let allowed = [&COMMON[..], &["addedLabelIds", "removedLabelIds"]].concat();
        let input = object(arguments, "input", &allowed)?;
        let mut store = self.store();
        let mut item = Self::find(&store, text(arguments, "id").unwrap_or_default())?.clone();
        let team = TEAMS.iter().position(|team| team.key == item.project).unwrap_or_default();
        let before = item.status.clone();
        self.apply(input, &mut item, team, &store)?;
        let now = store.tick();
        item.updated = now;
        if item.status != before {
            let status = item.status.clone();
            item.move_to(&status, is_closed(&status), now);
        }
        let serial = item.serial;
        if let Some(stored) = store.find_mut(|known| known.serial == serial) {
            *stored = item.clone();
        }
        Ok(json!({"success": true, "lastSyncId": 2, "issue": self.issue(&store, &item)}))
    }

    fn apply(
        &self,
        input: &Map<String, Value>,
        item: &mut Item,
        team: usize,
        store: &Store,
    ) -> Result<(), Refusal> {
        for (name, value) in input {
            match name.as_str() {
                "title" => item.title = short(value, MAX_TITLE, "title")?,
                "description" => item.text = json!(short(value, MAX_TEXT, "description")?),
                "priority" => item.priority = Some(whole(value, 4, "priority")?.to_string()),
                "estimate" => {
                    let points =
                        if value.is_null() { None } else { Some(whole(value, 1000, "estimate")?) };
                    item.points = points.map(f64::from);
                }
                "stateId" => {
                    let state =
                        (0..STATES.len()).find(|index| *value == state_id(&TEAMS[team], *index));
                    let state = state.ok_or_else(|| Refusal::missing("WorkflowState"))?;
                    STATES[state].0.clone_into(&mut item.status);
                }
                "assigneeId" if value.is_null() => item.assignee = None,
                "assigneeId" => {
                    let user = USERS.iter().find(|user| *value == user_id(user));
                    item.assignee = Some(*user.ok_or_else(|| Refusal::missing("User"))?);
                }
                "parentId" => {
                    let parent = Self::find(store, value.as_str().unwrap_or_default())?;
                    item.parent = Some(parent.serial);
                }
                _ => {}
            }
        }
        let labels = labels(input, &item.labels);
        self.check_labels(&labels, team)?;
        item.labels = labels;
        Ok(())
    }

    /// `commentCreate`, on an issue.
    pub(super) fn comment(&self, arguments: &Map<String, Value>) -> Answer {
        let input = object(arguments, "input", &["id", "issueId", "body"])?;
        let body = short(input.get("body").unwrap_or(&Value::Null), MAX_TEXT, "body")?;
        let mut store = self.store();
        let serial = Self::find(&store, text(input, "issueId").unwrap_or_default())?.serial;
        let (number, created) = (store.next_serial(), store.tick());
        let id = text(input, "id").map_or_else(|| uuid(6, number), str::to_owned);
        if let Some(item) = store.find_mut(|item| item.serial == serial) {
            let text = json!({"id": id, "body": body});
            item.comments.push(Comment { serial: number, text, created });
        }
        Ok(json!({"success": true, "lastSyncId": 3, "comment": {"id": id}}))
    }

    /// `comment`, by its id.
    pub(super) fn find_comment(&self, arguments: &Map<String, Value>) -> Answer {
        let store = self.store();
        let mut all = store.items.iter().flat_map(|item| &item.comments);
        let found = all.find(|comment| Some(&comment.text["id"]) == arguments.get("id"));
        found.map(|comment| comment.text.clone()).ok_or_else(|| Refusal::missing("Comment"))
    }
}

fn is_closed(status: &str) -> bool {
    let kind = STATES.iter().find(|(name, _, _)| *name == status).map(|(_, kind, _)| *kind);
    matches!(kind, Some("completed" | "canceled" | "duplicate"))
}

/// An id that is free and a UUID of version 4.
fn chosen(store: &Store, id: &str) -> Result<String, Refusal> {
    let is_version_4 = id.len() == 36 && id.as_bytes().get(14) == Some(&b'4');
    if !is_version_4 {
        return Err(Refusal::input("id must be a UUID."));
    }
    if store.find(|item| issue_id(item) == id).is_some() {
        return Err(Refusal::input("An entity with this id exists already."));
    }
    Ok(id.to_owned())
}

/// The labels afterwards: `labelIds` replaces, the others add and remove.
fn labels(input: &Map<String, Value>, before: &[String]) -> Vec<String> {
    let list = |name: &str| -> Option<Vec<String>> {
        let all = input.get(name)?.as_array()?.iter();
        Some(all.filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let mut labels = list("labelIds").unwrap_or_else(|| before.to_vec());
    labels.extend(list("addedLabelIds").unwrap_or_default());
    let removed = list("removedLabelIds").unwrap_or_default();
    labels.retain(|label| !removed.contains(label));
    labels.dedup();
    labels
}

fn short(value: &Value, longest: usize, name: &str) -> Result<String, Refusal> {
    let text =
        value.as_str().ok_or_else(|| Refusal::input(&format!("{name} must be a string.")))?;
    if text.chars().count() > longest {
        return Err(Refusal::input(&format!("{name} must be at most {longest} characters long.")));
    }
    Ok(text.replace('\0', ""))
}

/// `Int` takes no fraction.
fn whole(value: &Value, most: u32, name: &str) -> Result<u32, Refusal> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number
        .filter(|number| *number <= most)
        .ok_or_else(|| Refusal::invalid(&format!("Int cannot represent {name}: {value}")))
}
