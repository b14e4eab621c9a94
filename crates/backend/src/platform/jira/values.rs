//! Values in the shape that Jira takes: titles, labels, texts, fields by name.

use super::{Deployment, Jira, LONGEST_NAME, LONGEST_TEXT};
use crate::{
    error::{Error, ErrorKind, Result},
    platform::title,
    text::{Markdown, adf, wiki},
};
use serde_json::{Map, Value, json};

/// A title on one line, cut to what Jira takes.
pub(super) fn title(text: &str) -> Result<String> {
    title::title(text, LONGEST_NAME)
}

/// At most as many characters as Jira takes for a name.
pub(super) fn cut(text: &str) -> String {
    title::cut(text, LONGEST_NAME)
}

/// A label; Jira's hold no blanks, so those become hyphens, the same way whenever a label is named.
pub(super) fn label(text: &str) -> Result<String> {
    let label = text.split_whitespace().collect::<Vec<_>>().join("-");
    let problem = if label.is_empty() {
        "a label is empty"
    } else if label.chars().any(char::is_control) {
        "a label holds a control character"
    } else if label.chars().count() > LONGEST_NAME {
        "a label is longer than 255 characters"
    } else {
        return Ok(label);
    };
    Err(Error::new(ErrorKind::Rejected, format!("{problem}: {text:?}"))
        .with_hint("choose another label"))
}

/// Labels, each once.
pub(super) fn labels(texts: &[String]) -> Result<Vec<String>> {
    let mut labels = Vec::new();
    for text in texts {
        let label = label(text)?;
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    Ok(labels)
}

/// A text: a document on Cloud, wiki markup on Data Center, cut to what Jira takes.
pub(super) fn text(deployment: Deployment, markdown: &Markdown) -> Value {
    let mut limit = LONGEST_TEXT;
    loop {
        let cut = markdown.clone().truncated(limit);
        if deployment == Deployment::Cloud {
            return adf::render(&cut);
        }
        // Escapes make wiki markup longer than its Markdown, so the cut may have to be deeper than the limit.
        let markup = wiki::render(&cut);
        let length = markup.chars().count();
        if length <= LONGEST_TEXT || limit == 0 {
            return Value::String(markup);
        }
        limit = (limit * LONGEST_TEXT / length).min(limit - 1);
    }
}

impl Jira {
    /// Fields as the caller names them, by id or by what people call them. Text for a field of several lines becomes
    /// a document on Cloud, which takes nothing else there; every other value goes through as it is.
    pub(super) async fn custom_values(
        &self,
        custom: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        let mut values = Map::new();
        if custom.is_empty() {
            return Ok(values);
        }
        let (deployment, catalogue) = (self.deployment().await?, self.catalogue().await?);
        for (name, value) in custom {
            let id = catalogue.id_of(name)?;
            let value = match value {
                Value::String(markdown)
                    if deployment == Deployment::Cloud && catalogue.is_text_area(id) =>
                {
                    text(deployment, &Markdown::from_template(markdown))
                }
                other => other.clone(),
            };
            if values.insert(id.to_owned(), value).is_some() {
                let message = format!("the field {id} is named twice");
                return Err(Error::new(ErrorKind::Rejected, message));
            }
        }
        Ok(values)
    }

    /// The containing item. On Data Center an epic is named by a field of its own.
    pub(super) async fn parent_value(
        &self,
        parent: &str,
        is_container: bool,
    ) -> Result<(String, Value)> {
        let epics_apart = is_container && self.deployment().await? == Deployment::Server;
        let field = if epics_apart { self.catalogue().await?.epic_field() } else { None };
        Ok(match field {
            Some(field) => (field.to_owned(), json!(parent)),
            None => ("parent".to_owned(), json!({"key": parent})),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_no_blanks() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(label(text).ok().as_deref(), expected, "{text:?}");
        };
        check("auto-generated", Some("auto-generated"));
        check(" needs  review ", Some("needs-review"));
        check("Straße", Some("Straße"));
        check("", None);
        check("a\u{7}b", None);
        check(&"x".repeat(256), None);
        let same = ["a b".to_owned(), "a-b".to_owned(), "c".to_owned()];
        assert_eq!(labels(&same).unwrap(), ["a-b", "c"]);
    }

    #[test]
    fn texts_fit_after_rendering() {
        let long = Markdown::from_template("\\* ".repeat(20_000));
        let Value::String(markup) = text(Deployment::Server, &long) else { panic!("no text") };
        assert!(markup.chars().count() <= LONGEST_TEXT);
        assert!(text(Deployment::Cloud, &long).is_object());
    }
}
