//! Values in the shape that Linear takes.

use super::{LONGEST_LABEL, LONGEST_TEXT, LONGEST_TITLE, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    platform::shared::{mapping::same, title},
    text::Markdown,
};
use serde_json::{Map, Value};

/// A title on one line, cut to what Linear takes.
pub(super) fn title(text: &str) -> Result<String> {
    title::title(text, LONGEST_TITLE)
}

/// A text, cut to what Linear takes; it speaks Markdown itself.
pub(super) fn text(markdown: &Markdown) -> String {
    markdown.clone().truncated(LONGEST_TEXT).as_str().to_owned()
}

/// The name of a label, on one line.
pub(super) fn label(text: &str) -> Result<String> {
    let label = text.trim();
    let problem = if label.is_empty() {
        "a label is empty".to_owned()
    } else if label.chars().any(char::is_control) {
        "a label holds a control character".to_owned()
    } else if label.chars().count() > LONGEST_LABEL {
        format!("a label is longer than {LONGEST_LABEL} characters")
    } else {
        return Ok(label.to_owned());
    };
    Err(Error::new(ErrorKind::Rejected, format!("{problem}: {text:?}"))
        .with_hint("choose another label"))
}

/// Labels, each once: to Linear two names that differ by their case are one.
pub(super) fn labels<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>> {
    let mut labels: Vec<String> = Vec::new();
    for text in texts {
        let label = label(text)?;
        if !labels.iter().any(|known| same(known, &label)) {
            labels.push(label);
        }
    }
    Ok(labels)
}

/// An estimate, which Linear takes as a whole number, of a team that estimates.
pub(super) fn estimate(points: f64, team: &wire::Team) -> Result<i32> {
    let refused =
        |message: String, hint| Err(Error::new(ErrorKind::Rejected, message).with_hint(hint));
    if team.issue_estimation_type == "notUsed" {
        let hint = "leave the story points out, or switch estimates on in the team's settings";
        return refused(format!("team {} does not estimate its issues", team.key), hint);
    }
    let whole = points.fract() == 0.0 && (0.0..=f64::from(i32::MAX)).contains(&points);
    if !whole {
        return refused(
            format!("Linear estimates in whole points, not {points}"),
            "round the story points",
        );
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
    Ok(points as i32)
}

/// Refuses fields of other trackers: Linear lets nobody add fields to its own.
pub(super) fn no_fields(fields: &Map<String, Value>) -> Result<()> {
    let Some(name) = fields.keys().next() else { return Ok(()) };
    let message = format!("Linear has no custom fields, so `{name}` cannot be set");
    Err(Error::new(ErrorKind::Rejected, message)
        .with_hint("leave the field out, or say the same with a label or in the description"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(estimation: &str) -> wire::Team {
        wire::Team {
            id: "1".into(),
            key: "ENG".into(),
            issue_estimation_type: estimation.into(),
            parent: None,
            states: wire::States { nodes: Vec::new() },
        }
    }

    #[test]
    fn estimates_are_whole_and_of_a_team_that_estimates() {
        for (points, expected) in [
            (0.0, Some(0)),
            (5.0, Some(5)),
            (2.5, None),
            (-1.0, None),
            (f64::NAN, None),
            (1e12, None),
        ] {
            assert_eq!(estimate(points, &team("fibonacci")).ok(), expected, "{points}");
        }
        let error = estimate(5.0, &team("notUsed")).unwrap_err();
        assert_eq!(error.message, "team ENG does not estimate its issues");
        let error = estimate(2.5, &team("linear")).unwrap_err();
        assert_eq!(error.message, "Linear estimates in whole points, not 2.5");
    }

    #[test]
    fn labels_are_names_each_once() {
        assert_eq!(labels([" needs review ", "Shop", "shop"]).unwrap(), ["needs review", "Shop"]);
        for bad in ["", " ", "a\u{7}b"] {
            assert_eq!(label(bad).unwrap_err().kind, ErrorKind::Rejected, "{bad:?}");
        }
        assert!(label(&"ü".repeat(LONGEST_LABEL)).is_ok());
        assert!(label(&"ü".repeat(LONGEST_LABEL + 1)).is_err());
    }

    #[test]
    fn fields_of_other_trackers_are_refused_by_name() {
        assert!(no_fields(&Map::new()).is_ok());
        let fields = serde_json::json!({"customfield_10030": 1}).as_object().unwrap().clone();
        let error = no_fields(&fields).unwrap_err();
        assert!(error.message.contains("`customfield_10030`"), "{error}");
    }
}
