//! The site's fields, read once: which of them holds story points, the sprint, the epic.

use super::{Jira, wire, words::same};
use crate::error::{Error, ErrorKind, Result};
use serde_json::{Map, Value};

const SPRINT: &str = "com.pyxis.greenhopper.jira:gh-sprint";
const EPIC_LINK: &str = "com.pyxis.greenhopper.jira:gh-epic-link";
const EPIC_NAME: &str = "com.pyxis.greenhopper.jira:gh-epic-label";
/// Story points of team-managed projects.
const TEAM_POINTS: &str = "com.pyxis.greenhopper.jira:jsw-story-points";
/// Any number; story points of company-managed projects and of Data Center are one, told by its name.
const NUMBER: &str = "com.atlassian.jira.plugin.system.customfieldtypes:float";
const TEXT_AREA: &str = "com.atlassian.jira.plugin.system.customfieldtypes:textarea";
/// Bookkeeping of Jira's own that says nothing to anybody.
const NOISE: &[&str] = &[
    "com.pyxis.greenhopper.jira:gh-lexo-rank",
    "com.pyxis.greenhopper.jira:gh-epic-color",
    "com.atlassian.jira.plugins.jira-development-integration-plugin:devsummary",
    "com.atlassian.jira.plugins.jira-development-integration-plugin:devsummarycf",
];

/// The fields of a site.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    fields: Vec<wire::Field>,
    /// Where story points may be, by trust: the configured field alone, the board's alone, else all candidates.
    points: Vec<String>,
}

impl Jira {
    /// The site's fields; read at the first need of them.
    pub(super) async fn catalogue(&self) -> Result<&Catalogue> {
        self.catalogue.get_or_try_init(|| self.read_catalogue()).await
    }

    async fn read_catalogue(&self) -> Result<Catalogue> {
        let version = self.version().await?;
        let call = self.http.get("rest/api/{version}/field").segment("version", version);
        let fields: Vec<wire::Field> = call.receive().await?;
        let points = match &self.story_points_field {
            Some(field) => vec![field.clone()],
            None => match self.estimation_field().await? {
                Some(field) => vec![field],
                None => candidates(&fields),
            },
        };
        Ok(Catalogue { fields, points })
    }

    /// The field that the configured board estimates in; a board may count items instead.
    async fn estimation_field(&self) -> Result<Option<String>> {
        let Some(board) = &self.board else { return Ok(None) };
        let call = self.http.get("rest/agile/1.0/board/{board}/configuration");
        let configuration: wire::BoardConfiguration =
            call.segment("board", board).receive().await.map_err(|error| {
                let hint = "set JIRA_BOARD to a board that the token's account may see";
                error.during(format!("board {board}")).with_hint(hint)
            })?;
        let field = configuration.estimation.and_then(|estimation| estimation.field);
        match field.map(|field| field.field_id) {
            Some(field) if field.starts_with("customfield_") => Ok(Some(field)),
            // Such a board estimates in seconds, which are no points.
            Some(_) | None => Ok(None),
        }
    }
}

fn candidates(fields: &[wire::Field]) -> Vec<String> {
    let holds_points = |field: &&wire::Field| match field.custom_kind() {
        TEAM_POINTS => true,
        NUMBER => same(&field.name, "Story Points") || same(&field.name, "Story point estimate"),
        _ => false,
    };
    fields.iter().filter(holds_points).map(|field| field.id.clone()).collect()
}

impl Catalogue {
    /// The story points of an issue. Two fields that disagree are a problem, since either could be the wrong one.
    pub(super) fn points(&self, values: &Map<String, Value>) -> Result<Option<f64>> {
        let mut found: Option<(&str, f64)> = None;
        for id in &self.points {
            let Some(points) = values.get(id).and_then(number) else { continue };
            match found {
                Some((other, known)) if (known - points).abs() > f64::EPSILON => {
                    let message =
                        format!("{other} says {known} story points and {id} says {points}");
                    return Err(Error::new(ErrorKind::Config, message).with_hint(CHOOSE));
                }
                _ => found = Some((id, points)),
            }
        }
        Ok(found.map(|(_, points)| points))
    }

    /// Where story points are written: the one field there is, or the one of several that is on the screen.
    pub(super) fn points_field(&self, on_screen: impl Fn(&str) -> bool) -> Result<&str> {
        let mut fields: Vec<&str> = self.points.iter().map(String::as_str).collect();
        if fields.len() > 1 {
            fields.retain(|id| on_screen(id));
        }
        match fields.as_slice() {
            [field] => Ok(field),
            [] => {
                Err(Error::new(ErrorKind::Rejected, "this Jira has no field for story points here")
                    .with_hint("name the field in custom_settings.story_points_field"))
            }
            several => {
                let message = format!("story points could go to {}", several.join(" or "));
                Err(Error::new(ErrorKind::Config, message).with_hint(CHOOSE))
            }
        }
    }

    /// True when only the screen can tell which field holds story points.
    pub(super) fn points_need_a_screen(&self) -> bool {
        self.points.len() > 1
    }

    /// True for a field that the neutral model has a word for, or that has no meaning for people.
    pub(super) fn is_known(&self, id: &str) -> bool {
        let kind = self.find(id).map_or("", wire::Field::custom_kind);
        self.points.iter().any(|known| known == id)
            || kind == SPRINT
            || kind == EPIC_LINK
            || NOISE.contains(&kind)
    }

    /// The field that holds the sprints of an issue.
    pub(super) fn sprint_field(&self) -> Option<&str> {
        self.of_kind(SPRINT)
    }

    /// Data Center's field for the epic that an issue belongs to; on Cloud the parent says it.
    pub(super) fn epic_field(&self) -> Option<&str> {
        self.of_kind(EPIC_LINK)
    }

    /// Data Center's field for the short name of an epic, which epics must have.
    pub(super) fn epic_name_field(&self) -> Option<&str> {
        self.of_kind(EPIC_NAME)
    }

    /// True for a field of several lines, which takes a document on Cloud.
    pub(super) fn is_text_area(&self, id: &str) -> bool {
        id == "environment" || self.find(id).is_some_and(|field| field.custom_kind() == TEXT_AREA)
    }

    /// The id of a field that is named by its id or by what people call it.
    pub(super) fn id_of<'a>(&'a self, name: &'a str) -> Result<&'a str> {
        if name.starts_with("customfield_") || self.find(name).is_some() {
            return Ok(name);
        }
        let named: Vec<_> = self.fields.iter().filter(|field| same(&field.name, name)).collect();
        match named.as_slice() {
            [field] => Ok(&field.id),
            // Jira knows more fields than it lists; it says so if this is none of them.
            [] => Ok(name),
            several => {
                let ids: Vec<_> = several.iter().map(|field| field.id.as_str()).collect();
                let message = format!("several fields are called {name}: {}", ids.join(", "));
                Err(Error::new(ErrorKind::Rejected, message).with_hint("name the field by its id"))
            }
        }
    }

    fn find(&self, id: &str) -> Option<&wire::Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    fn of_kind(&self, kind: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.custom_kind() == kind).map(|field| field.id.as_str())
    }
}

const CHOOSE: &str =
    "choose one of them with custom_settings.story_points_field, or set JIRA_BOARD";

/// A number; some add-ons write it as text.
fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|number| number.is_finite())
}

#[cfg(test)]
pub(super) fn of(fields: Value) -> Catalogue {
    let fields: Vec<wire::Field> = serde_json::from_value(fields).unwrap_or_default();
    Catalogue { points: candidates(&fields), fields }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn both() -> Catalogue {
        of(json!([
            {"id": "summary", "name": "Summary", "schema": {"type": "string"}},
            {"id": "customfield_1", "name": "Story Points", "schema": {"custom": NUMBER}},
            {"id": "customfield_2", "name": "Whatever", "schema": {"custom": TEAM_POINTS}},
            {"id": "customfield_3", "name": "Budget", "schema": {"custom": NUMBER}},
            {"id": "customfield_4", "name": "Budget", "schema": {"custom": TEXT_AREA}},
        ]))
    }

    fn values(json: &Value) -> Map<String, Value> {
        json.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn points_are_read_unless_two_fields_disagree() {
        let catalogue = both();
        let check = |json, expected: Option<f64>| {
            assert_eq!(catalogue.points(&values(&json)).unwrap(), expected);
        };
        check(json!({"customfield_1": 3.0, "customfield_2": null}), Some(3.0));
        check(json!({"customfield_1": 0}), Some(0.0));
        check(json!({"customfield_1": 5, "customfield_2": 5.0}), Some(5.0));
        check(json!({"customfield_2": "0.5"}), Some(0.5));
        check(json!({"customfield_2": "", "customfield_3": 9}), None);
        let error = catalogue.points(&values(&json!({"customfield_1": 1, "customfield_2": 2})));
        assert_eq!(error.unwrap_err().kind, ErrorKind::Config);
    }

    #[test]
    fn points_are_written_where_the_screen_has_them() {
        let catalogue = both();
        assert_eq!(catalogue.points_field(|id| id == "customfield_2").unwrap(), "customfield_2");
        assert_eq!(catalogue.points_field(|_| true).unwrap_err().kind, ErrorKind::Config);
        assert_eq!(catalogue.points_field(|_| false).unwrap_err().kind, ErrorKind::Rejected);
        let none = of(json!([]));
        assert_eq!(none.points_field(|_| true).unwrap_err().kind, ErrorKind::Rejected);
    }

    #[test]
    fn fields_are_found_by_id_or_by_name() {
        let catalogue = both();
        assert_eq!(catalogue.id_of("story points").unwrap(), "customfield_1");
        assert_eq!(catalogue.id_of("summary").unwrap(), "summary");
        assert_eq!(catalogue.id_of("customfield_99").unwrap(), "customfield_99");
        assert_eq!(catalogue.id_of("duedate").unwrap(), "duedate");
        let error = catalogue.id_of("Budget").unwrap_err();
        assert!(error.message.contains("customfield_3, customfield_4"), "{error}");
    }
}
