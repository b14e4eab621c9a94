//! Parsing of what people type for an item's fields.

use backend::{Error, ErrorKind, Result, model::WorkItemId, text::Markdown};
use clap::Args;
use serde_json::{Map, Value};
use std::{io::Read, path::PathBuf, str::FromStr};

/// Longest description, in bytes; no tracker takes more.
const LONGEST_TEXT: u64 = 1 << 20;

/// The text of an item, given here or in a file.
#[derive(Debug, Clone, Args)]
pub(crate) struct Text {
    /// Text, in Markdown.
    #[arg(long, value_name = "TEXT", conflicts_with = "description_file")]
    description: Option<String>,
    /// File with the text; `-` is stdin.
    #[arg(long, value_name = "F")]
    description_file: Option<PathBuf>,
}

impl Text {
    /// The text, where one was given.
    pub(crate) fn read(self) -> Result<Option<Markdown>> {
        let Some(path) = self.description_file else {
            return Ok(self.description.map(Markdown::from_template));
        };
        let failed = |error: std::io::Error| {
            Error::new(
                ErrorKind::NotFound,
                format!("read the description from {}: {error}", path.display()),
            )
            .with_hint("check the path given with --description-file; the file should be UTF-8")
        };
        let mut source: Box<dyn Read> = if path.as_os_str() == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(std::fs::File::open(&path).map_err(failed)?)
        };
        let mut text = String::new();
        // A byte more than is allowed tells a text that is too long from one that just fits, and an endless one ends.
        source.by_ref().take(LONGEST_TEXT + 1).read_to_string(&mut text).map_err(failed)?;
        if text.len() as u64 > LONGEST_TEXT {
            return Err(Error::new(
                ErrorKind::Rejected,
                format!("read the description from {}: it is longer than 1 MiB", path.display()),
            )
            .with_hint("attach long texts instead, and describe them"));
        }
        Ok(Some(Markdown::from_template(text)))
    }
}

/// `NAME=JSON`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    name: String,
    value: Value,
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("a field is written NAME=JSON, such as customfield_10030=5")?;
        if name.trim().is_empty() {
            return Err("the field has no name; write NAME=JSON".to_owned());
        }
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        Ok(Self { name: name.trim().to_owned(), value })
    }
}

/// The fields by name; of one given twice the last counts.
pub(crate) fn collect(fields: Vec<Field>) -> Map<String, Value> {
    fields.into_iter().map(|field| (field.name, field.value)).collect()
}

/// A title is one line with something on it.
pub(crate) fn title(text: &str) -> Result<String, String> {
    let title = text.trim();
    if title.is_empty() {
        return Err("a title must not be empty".to_owned());
    }
    if title.contains(['\n', '\r']) {
        return Err("a title is one line; put the rest into --description".to_owned());
    }
    Ok(title.to_owned())
}

/// An id is one line; an empty one comes from a variable that is not set.
pub(crate) fn id(text: &str) -> Result<WorkItemId, String> {
    let id = text.trim();
    if id.is_empty() {
        return Err("an id must not be empty; is the variable that holds it set?".to_owned());
    }
    if id.contains(char::is_control) {
        return Err("an id is one line".to_owned());
    }
    Ok(WorkItemId::new(id))
}

/// An estimate is a number that is not negative.
pub(crate) fn points(text: &str) -> Result<f64, String> {
    let number: f64 =
        text.trim().parse().map_err(|_| "an estimate is a number, such as 3 or 0.5".to_owned())?;
    if number.is_finite() && number >= 0.0 {
        Ok(number)
    } else {
        Err("an estimate is 0 or more".to_owned())
    }
}

/// A limit is a number from 1 up.
pub(crate) fn limit(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err("a limit is a number from 1 up".to_owned()),
        Ok(limit) => Ok(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_json_or_text() {
        let check = |text: &str, value: Value| {
            assert_eq!(text.parse::<Field>().unwrap().value, value, "{text}");
        };
        check("a=5", 5.into());
        check("a={\"value\":\"EU\"}", serde_json::json!({ "value": "EU" }));
        check("a=High", "High".into());
        check("a=x=y", "x=y".into());
        check("a=", "".into());
        assert!("a".parse::<Field>().is_err() && "=5".parse::<Field>().is_err());
    }

    #[test]
    fn estimates_are_numbers_from_zero() {
        assert_eq!(points("0"), Ok(0.0));
        assert_eq!(points("0.5"), Ok(0.5));
        for wrong in ["-1", "NaN", "inf", "three"] {
            assert!(points(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ids_are_one_line() {
        assert_eq!(id(" SHOP-12\n"), Ok(WorkItemId::new("SHOP-12")));
        assert!(id(" ").is_err() && id("a\nb").is_err());
    }

    #[test]
    fn a_text_is_taken_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text.md");
        let longest = usize::try_from(LONGEST_TEXT).unwrap();
        let read = |length: usize| {
            std::fs::write(&path, "x".repeat(length)).unwrap();
            Text { description: None, description_file: Some(path.clone()) }.read()
        };
        assert_eq!(read(longest).unwrap().unwrap().as_str().len(), longest);
        let refused = read(longest + 1).unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Rejected);
        assert!(refused.message.contains("longer than 1 MiB"), "{refused}");
    }

    #[test]
    fn titles_are_one_line() {
        assert_eq!(title("  Pay by invoice "), Ok("Pay by invoice".to_owned()));
        assert!(title(" ").is_err() && title("a\nb").is_err());
    }
}
