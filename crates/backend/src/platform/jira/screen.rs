//! Screens: which fields Jira takes, which it insists on, and what to tell when it refused.

use super::{Jira, wire};
use crate::error::{Error, ErrorKind, Result};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// How many entries of `createmeta` are asked for at once.
const PAGE: usize = 200;

/// The fields of a screen.
#[derive(Debug)]
pub(super) struct Screen(Vec<wire::ScreenField>);

impl Jira {
    /// The project's issue types; read at the first need of them.
    pub(super) async fn issue_types(&self) -> Result<&[wire::IssueType]> {
        self.issue_types.get_or_try_init(|| self.read_issue_types()).await.map(Vec::as_slice)
    }

    async fn read_issue_types(&self) -> Result<Vec<wire::IssueType>> {
        let found =
            self.pages("rest/api/{version}/issue/createmeta/{project}/issuetypes", "").await;
        match found {
            Ok(types) => Ok(types),
            Err(error) => {
                let error = self.unmask(error).await;
                let hint =
                    "check JIRA_PROJECT, and that the token's account may create items there";
                let missing = error.kind == ErrorKind::NotFound;
                Err(if missing { error.with_hint(hint) } else { error })
            }
        }
    }

    /// The create screen of an issue type.
    pub(super) async fn create_screen(&self, issue_type: &str) -> Result<Screen> {
        let path = "rest/api/{version}/issue/createmeta/{project}/issuetypes/{type}";
        self.pages(path, issue_type).await.map(Screen)
    }

    /// The edit screen of an issue.
    pub(super) async fn edit_screen(&self, key: &str) -> Result<Screen> {
        let call = self.http.get("rest/api/{version}/issue/{key}/editmeta");
        let call = call.segment("version", self.version().await?).segment("key", key);
        let meta: wire::EditMeta = call.receive().await?;
        Ok(Screen::of(meta.fields))
    }

    /// All pages of a part of `createmeta`.
    async fn pages<T: DeserializeOwned>(
        &self,
        path: &'static str,
        issue_type: &str,
    ) -> Result<Vec<T>> {
        let version = self.version().await?;
        let mut all = Vec::new();
        loop {
            let call = self.http.get(path).segment("version", version);
            let call = call.segment("project", &self.project);
            let call =
                if path.contains("{type}") { call.segment("type", issue_type) } else { call };
            let call = call.query("startAt", all.len().to_string());
            let page: wire::MetaPage<T> =
                call.query("maxResults", PAGE.to_string()).receive().await?;
            let received = page.values.len();
            all.extend(page.values);
            // A page may be shorter than asked for without being the last.
            let last =
                page.is_last.unwrap_or_else(|| page.total.is_none_or(|total| all.len() >= total));
            if last || received == 0 {
                return Ok(all);
            }
        }
    }
}

impl Screen {
    /// A screen whose fields are given by their ids.
    pub(super) fn of(fields: impl IntoIterator<Item = (String, wire::ScreenField)>) -> Self {
        let with_id = |(field_id, field): (String, wire::ScreenField)| wire::ScreenField {
            field_id,
            ..field
        };
        Self(fields.into_iter().map(with_id).collect())
    }

    /// The same screen, where nothing is insisted on.
    pub(super) fn optional(mut self) -> Self {
        for field in &mut self.0 {
            field.required = false;
        }
        self
    }

    /// True when the screen has the field.
    pub(super) fn has(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    /// The field with this id.
    pub(super) fn find(&self, id: &str) -> Option<&wire::ScreenField> {
        self.0.iter().find(|field| field.field_id == id)
    }

    /// The fields that Jira insists on and `sent` does not hold.
    pub(super) fn missing(&self, sent: &Map<String, Value>) -> Vec<&wire::ScreenField> {
        let lacks = |field: &&wire::ScreenField| {
            field.required
                && !field.has_default_value
                && sent.get(&field.field_id).is_none_or(Value::is_null)
        };
        self.0.iter().filter(lacks).collect()
    }

    /// A refusal, with what the screen knows about why: missing fields, values that are not offered, fields that are
    /// not there.
    pub(super) fn explain(&self, error: Error, sent: &Map<String, Value>) -> Error {
        let missing = self.missing(sent);
        let mut reasons = Vec::new();
        if !missing.is_empty() {
            reasons.push(format!("required and missing: {}", named(&missing)));
        }
        for (id, value) in sent {
            match self.find(id) {
                None => reasons.push(format!("{id} is not on the screen")),
                Some(field) => reasons.extend(not_offered(field, value)),
            }
        }
        let hint = missing.first().map(|field| needs(field));
        let mut error = reasons.into_iter().fold(error, |mut error, reason| {
            error.message = format!("{}; {reason}", error.message);
            error
        });
        if let Some(hint) = hint {
            error = error.with_hint(hint);
        }
        error
    }
}

/// Fields by name and id: `Sector (customfield_10030)`.
pub(super) fn named(fields: &[&wire::ScreenField]) -> String {
    let name = |field: &&wire::ScreenField| format!("{} ({})", field.name, field.field_id);
    fields.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What to do about a missing field.
pub(super) fn needs(field: &wire::ScreenField) -> String {
    let offered = field.allowed_names();
    if offered.is_empty() {
        return format!("add --field '{}=JSON' for each of them", field.field_id);
    }
    let example = if field.allowed_values.iter().any(|value| value.get("name").is_some()) {
        "name"
    } else {
        "value"
    };
    let value = Value::from(offered[0]);
    format!(
        "add --field '{}={{\"{example}\": {value}}}', with one of {}",
        field.field_id,
        shortened(&offered)
    )
}

/// Says so when a value is named that the field does not offer.
fn not_offered(field: &wire::ScreenField, value: &Value) -> Option<String> {
    let offered = field.allowed_names();
    let wanted = ["name", "value"].iter().find_map(|key| value.get(key)?.as_str())?;
    let refused =
        !offered.is_empty() && !offered.iter().any(|name| super::words::same(name, wanted));
    refused.then(|| format!("{} is none of {}", wanted, shortened(&offered)))
}

/// The first names of a list that may be long.
pub(super) fn shortened(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn screen() -> Screen {
        Screen(
            serde_json::from_value(json!([
                {"fieldId": "summary", "name": "Summary", "required": true, "hasDefaultValue": false},
                {"fieldId": "reporter", "name": "Reporter", "required": true, "hasDefaultValue": true},
                {"fieldId": "priority", "name": "Priority", "required": false,
                    "allowedValues": [{"name": "Blocker"}, {"name": "Minor"}]},
                {"fieldId": "customfield_7", "name": "Sector", "required": true,
                    "allowedValues": [{"value": "Energy"}, {"value": "Water"}]},
            ]))
            .unwrap(),
        )
    }

    #[test]
    fn a_refusal_names_what_the_screen_wants() {
        let sent = json!({"summary": "A", "priority": {"name": "Highest"}, "customfield_9": 1});
        let error = Error::new(ErrorKind::Rejected, "Jira answered 400 Bad Request");
        let error = screen().explain(error, sent.as_object().unwrap());
        assert_eq!(
            error.message,
            "Jira answered 400 Bad Request; required and missing: Sector (customfield_7); \
             Highest is none of Blocker, Minor; customfield_9 is not on the screen"
        );
        assert_eq!(
            error.hint(),
            "add --field 'customfield_7={\"value\": \"Energy\"}', with one of Energy, Water"
        );
    }

    #[test]
    fn a_refusal_for_another_reason_stays_as_it_is() {
        let sent = json!({"summary": "A", "customfield_7": {"value": "Water"}});
        let error =
            screen().explain(Error::new(ErrorKind::Rejected, "no"), sent.as_object().unwrap());
        assert_eq!(error.message, "no");
    }
}
