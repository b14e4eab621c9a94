//! Which items a condition holds for.

use super::{
    super::{
        Deployment, HIDDEN_PROJECT, OTHER_PROJECT, PROJECT, fields, is_named, lucene,
        view::ZONE_MINUTES,
    },
    Condition, Operand, Order,
};
use crate::fake::store::{Item, ROBOT, Store, USERS, User};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::Offset};
use serde_json::Value;

/// What conditions are evaluated against.
pub(in super::super) struct Site<'a> {
    pub(in super::super) store: &'a Store,
    pub(in super::super) deployment: Deployment,
    /// The words of a text in the vendor's shape.
    pub(in super::super) plain: fn(&Value) -> String,
}

impl Site<'_> {
    /// Whether a condition holds. Every part is evaluated, so that a wrong one is always refused.
    pub(in super::super) fn matches(
        &self,
        condition: &Condition,
        item: &Item,
    ) -> Result<bool, String> {
        let each = |parts: &[Condition]| {
            parts.iter().map(|part| self.matches(part, item)).collect::<Result<Vec<_>, _>>()
        };
        match condition {
            Condition::All(parts) => Ok(each(parts)?.into_iter().all(|holds| holds)),
            Condition::Any(parts) => Ok(each(parts)?.into_iter().any(|holds| holds)),
            Condition::Not(inner) => Ok(!self.matches(inner, item)?),
            Condition::Term { field, operator, operands } => {
                self.term(field, operator, operands, item)
            }
        }
    }

    fn term(
        &self,
        field: &str,
        operator: &str,
        operands: &[Operand],
        item: &Item,
    ) -> Result<bool, String> {
        match field {
            "summary" => text(operator, operands, std::slice::from_ref(&item.title)),
            "description" => text(operator, operands, &[(self.plain)(&item.text)]),
            "comment" => text(operator, operands, &self.comments(item)),
            "text" => {
                let mut texts = self.comments(item);
                texts.extend([item.title.clone(), (self.plain)(&item.text)]);
                text(operator, operands, &texts)
            }
            "created" | "createddate" => time(operator, operands, Some(item.created), self),
            "updated" | "updateddate" => time(operator, operands, Some(item.updated), self),
            "resolutiondate" | "resolved" => time(operator, operands, item.closed, self),
            "statuscategorychangeddate" if self.deployment == Deployment::Cloud => {
                time(operator, operands, Some(item.moved), self)
            }
            _ => {
                let operands = self.expanded(field, operands)?;
                set(operator, &self.known(field, &operands)?, &self.values(field, item)?)
            }
        }
    }

    /// The operands, with the items that a function finds in its place.
    fn expanded(&self, field: &str, operands: &[Operand]) -> Result<Vec<Operand>, String> {
        let mut all = Vec::new();
        for operand in operands {
            let Operand::Call(name, values) = operand else {
                all.push(operand.clone());
                continue;
            };
            if name != "issueswithremotelinksbyglobalid" || !matches!(field, "issue" | "key") {
                return Err(format!("The function '{name}' is not known for '{field}'."));
            }
            let wanted = |key: &Option<String>| {
                key.as_ref().is_some_and(|key| values.contains(&Operand::Text(key.clone())))
            };
            let linked = |item: &&Item| item.links.iter().any(|link| wanted(&link.key));
            all.extend(
                self.store.items.iter().filter(linked).map(|item| Operand::Text(item.key())),
            );
        }
        Ok(all)
    }

    fn comments(&self, item: &Item) -> Vec<String> {
        item.comments.iter().map(|comment| (self.plain)(&comment.text)).collect()
    }

    /// An item's values of a field that is compared as a whole, in lower case.
    fn values(&self, field: &str, item: &Item) -> Result<Vec<String>, String> {
        let lower = |text: &str| text.to_lowercase();
        let person = |user: &User| vec![lower(self.person(user))];
        Ok(match field {
            "project" => vec![lower(&item.project)],
            "key" | "issuekey" | "issue" | "id" => vec![lower(&item.key())],
            "labels" => item.labels.iter().map(|label| lower(label)).collect(),
            "status" => vec![lower(&item.status)],
            "statuscategory" => {
                let state = fields::find_state(&item.status);
                state.map(|state| lower(fields::category(state.category).1)).into_iter().collect()
            }
            "resolution" => item.resolution.iter().map(|text| lower(text)).collect(),
            "priority" => item.priority.iter().map(|text| lower(text)).collect(),
            "issuetype" | "type" => vec![lower(&item.kind)],
            "assignee" => item.assignee.as_ref().map(person).unwrap_or_default(),
            "reporter" | "creator" => person(&ROBOT),
            "parent" => {
                let parent = self.store.find(|other| Some(other.serial) == item.parent);
                parent.map(|parent| lower(&parent.key())).into_iter().collect()
            }
            _ => return Err(format!("The field '{field}' does not exist, or is hidden from you.")),
        })
    }

    fn person<'a>(&self, user: &'a User) -> &'a str {
        match self.deployment {
            Deployment::Cloud => user.id,
            Deployment::DataCenter => user.name,
        }
    }

    /// The operands as an item's values are written; a value that the site does not know is refused.
    fn known(&self, field: &str, operands: &[Operand]) -> Result<Vec<Option<String>>, String> {
        let known = |operand: &Operand| match operand {
            Operand::Empty => Ok(None),
            Operand::Function(name) if name == "currentuser" => {
                Ok(Some(self.person(&ROBOT).to_lowercase()))
            }
            Operand::Function(name) | Operand::Call(name, _) => {
                Err(format!("The function '{name}' is not known."))
            }
            Operand::Text(text) if field == "resolution" && is(text, "unresolved") => Ok(None),
            Operand::Text(text) => {
                self.resolve(field, text).map(|value| Some(value.to_lowercase())).ok_or_else(|| {
                    format!("The value '{text}' does not exist for the field '{field}'.")
                })
            }
        };
        operands.iter().map(known).collect()
    }

    fn resolve(&self, field: &str, text: &str) -> Option<String> {
        let in_table = |table: &[(&str, &str)]| {
            let found = table.iter().find(|(id, name)| *id == text || is(name, text));
            found.map(|(_, name)| (*name).to_owned())
        };
        match field {
            "project" => {
                let projects = [PROJECT, OTHER_PROJECT, HIDDEN_PROJECT];
                projects.into_iter().find(|project| is(project, text)).map(str::to_owned)
            }
            "key" | "issuekey" | "issue" | "id" | "parent" => {
                self.store.find(|item| is_named(item, text)).map(Item::key)
            }
            "status" => fields::find_state(text).map(|state| state.name.to_owned()),
            "statuscategory" => {
                let names = |key: &&&str| {
                    let (id, name) = fields::category(key);
                    is(key, text) || is(name, text) || id.to_string() == text
                };
                let key = ["new", "indeterminate", "done"].iter().find(names)?;
                Some(fields::category(key).1.to_owned())
            }
            "resolution" => in_table(fields::RESOLUTIONS),
            "priority" => in_table(fields::PRIORITIES),
            "issuetype" | "type" => {
                let kinds = fields::KINDS.iter();
                kinds.map(|kind| kind.name.to_owned()).find(|name| is(name, text))
            }
            "assignee" | "reporter" | "creator" => {
                let person = USERS.iter().find(|user| {
                    is(self.person(user), text) || is(user.email, text) || is(user.display, text)
                });
                person.map(|user| self.person(user).to_owned())
            }
            _ => Some(text.to_owned()),
        }
    }

    /// Sorts by the given fields; without any, by key, which is nobody's idea of newest first.
    pub(in super::super) fn sort(
        &self,
        order: &[Order],
        items: &mut [&Item],
    ) -> Result<(), String> {
        for by in order.iter().rev() {
            match by.field.as_str() {
                "created" | "createddate" => items.sort_by_key(|item| item.created),
                "updated" | "updateddate" => items.sort_by_key(|item| item.updated),
                "resolutiondate" | "resolved" => items.sort_by_key(|item| item.closed),
                "key" | "issuekey" | "id" => items.sort_by_key(|item| item.number),
                field => {
                    items.sort_by_cached_key(|item| self.values(field, item).unwrap_or_default());
                    if let Some(item) = items.first() {
                        self.values(field, item)?;
                    }
                }
            }
            if by.descending {
                items.reverse();
            }
        }
        Ok(())
    }
}

fn is(name: &str, text: &str) -> bool {
    name.eq_ignore_ascii_case(text)
}

/// Compares whole values. A negation holds only for items that have a value.
fn set(operator: &str, wanted: &[Option<String>], values: &[String]) -> Result<bool, String> {
    let hit = || {
        wanted.iter().any(|want| match want {
            Some(want) => values.contains(want),
            None => values.is_empty(),
        })
    };
    let only_empty = wanted.iter().all(Option::is_none);
    match operator {
        "=" | "in" => Ok(hit()),
        "is" if only_empty => Ok(hit()),
        "!=" | "not in" => Ok(!values.is_empty() && !hit()),
        "is not" if only_empty => Ok(!hit()),
        _ => Err(format!("The operator '{operator}' does not suit the field and its value.")),
    }
}

fn text(operator: &str, operands: &[Operand], texts: &[String]) -> Result<bool, String> {
    let blank = || texts.iter().all(|text| text.trim().is_empty());
    match (operator, operands) {
        ("is", [Operand::Empty]) => Ok(blank()),
        ("is not", [Operand::Empty]) => Ok(!blank()),
        ("~" | "!~", [Operand::Text(query)]) => {
            let query = lucene::parse(query)?;
            let hit = texts.iter().any(|text| query.matches(text));
            Ok(hit == (operator == "~"))
        }
        _ => Err(format!("The operator '{operator}' does not suit a text.")),
    }
}

fn time(
    operator: &str,
    operands: &[Operand],
    value: Option<Timestamp>,
    site: &Site<'_>,
) -> Result<bool, String> {
    let wanted = match (operator, operands) {
        ("is", [Operand::Empty]) => return Ok(value.is_none()),
        ("is not", [Operand::Empty]) => return Ok(value.is_some()),
        (_, [Operand::Function(name)]) if name == "now" => site.store.now(),
        (_, [Operand::Text(text)]) => instant(text, site.store.now())?,
        _ => return Err("A date is expected.".to_owned()),
    };
    let Some(value) = value else { return Ok(false) };
    match operator {
        "<" => Ok(value < wanted),
        "<=" => Ok(value <= wanted),
        ">" => Ok(value > wanted),
        ">=" => Ok(value >= wanted),
        "=" => Ok(value == wanted),
        _ => Err(format!("The operator '{operator}' does not suit a date.")),
    }
}

/// A date in one of Jira's four formats and the account's zone, milliseconds, or a distance such as `-2w 3d`.
fn instant(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let wrong = || format!("The date '{text}' is not valid; use yyyy-MM-dd HH:mm or -5d.");
    if let Ok(millisecond) = text.parse::<i64>() {
        return Timestamp::from_millisecond(millisecond).map_err(|_| wrong());
    }
    for format in ["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"] {
        let whole = if text.contains(':') { text.to_owned() } else { format!("{text} 00:00") };
        if let Ok(local) = DateTime::strptime(format, &whole) {
            let utc = Offset::UTC.to_timestamp(local).map_err(|_| wrong())?;
            return Ok(utc - SignedDuration::from_mins(ZONE_MINUTES));
        }
    }
    distance(text).map(|distance| now + distance).ok_or_else(wrong)
}

fn distance(text: &str) -> Option<SignedDuration> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut minutes = 0;
    for part in rest.split_whitespace() {
        let (number, unit) = part.split_at_checked(part.len().checked_sub(1)?)?;
        let unit = match unit {
            "w" => 7 * 24 * 60,
            "d" => 24 * 60,
            "h" => 60,
            "m" => 1,
            _ => return None,
        };
        minutes += number.parse::<i64>().ok()? * unit;
    }
    (minutes > 0).then(|| SignedDuration::from_mins(sign * minutes))
}
