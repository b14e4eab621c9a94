//! Labels: Azure DevOps keeps all tags of an item in one text, `one; two`.

use super::LONGEST_TAG;
use crate::error::{Error, ErrorKind, Result};

/// A label as a tag. What would divide it into several is refused: a semicolon, and a comma, which Azure DevOps takes
/// for the same.
pub(super) fn tag(text: &str) -> Result<String> {
    let tag = text.trim();
    let problem = if tag.is_empty() {
        "a label is empty"
    } else if tag.contains([';', ',']) {
        "a tag of Azure DevOps cannot hold a semicolon or a comma"
    } else if tag.chars().any(char::is_control) {
        "a label holds a control character"
    } else if tag.chars().count() > LONGEST_TAG {
        "a label is longer than 400 characters"
    } else {
        return Ok(tag.to_owned());
    };
    Err(Error::new(ErrorKind::Rejected, format!("{problem}: {text:?}"))
        .with_hint("choose another label"))
}

/// The tags of an item.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The tags after a change, as one text; `None` when nothing changes. A tag that is named for both is removed.
pub(super) fn changed(now: &[String], add: &[String], remove: &[String]) -> Result<Option<String>> {
    let (add, remove) = (tags(add)?, tags(remove)?);
    let mut after: Vec<&str> =
        now.iter().map(String::as_str).filter(|tag| !holds(&remove, tag)).collect();
    for tag in &add {
        let there = after.iter().any(|known| same(known, tag));
        if !there && !holds(&remove, tag) {
            after.push(tag);
        }
    }
    Ok((after != now).then(|| after.join("; ")))
}

/// Labels as tags, each once.
fn tags(labels: &[String]) -> Result<Vec<String>> {
    labels.iter().map(|label| tag(label)).collect()
}

fn holds(tags: &[String], wanted: &str) -> bool {
    tags.iter().any(|tag| same(tag, wanted))
}

/// Tags are the same in any case.
fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(tags: &[&str]) -> Vec<String> {
        tags.iter().map(ToString::to_string).collect()
    }

    fn check(now: &[&str], add: &[&str], remove: &[&str], expected: Option<&str>) {
        let after = changed(&owned(now), &owned(add), &owned(remove)).unwrap();
        assert_eq!(after.as_deref(), expected, "{now:?} + {add:?} - {remove:?}");
    }

    #[test]
    fn tags_are_a_set_in_any_case() {
        check(&[], &["a", " b ", "A"], &[], Some("a; b"));
        check(&["a", "b"], &["B"], &["c"], None);
        check(&["a", "b"], &["c"], &["A"], Some("b; c"));
        check(&["a"], &[], &["a"], Some(""));
        check(&["a"], &["b"], &["b"], None);
        assert_eq!(split("one; two words;; three "), ["one", "two words", "three"]);
        assert!(split("").is_empty());
    }

    #[test]
    fn what_would_be_several_tags_is_refused() {
        for label in ["a;b", "a,b", "", "  ", "a\u{0}", &"x".repeat(401)] {
            assert_eq!(tag(label).unwrap_err().kind, ErrorKind::Rejected, "{label:?}");
        }
        assert_eq!(tag(&"ü".repeat(400)).unwrap().chars().count(), 400);
    }
}
