//! Labels: one text with commas, too long ones dropped, scoped ones exclusive where the licence has that.

use super::GitLab;
use crate::fake::store::Item;
use serde_json::Value;

const MAX_LABEL: usize = 255;

impl GitLab {
    /// Adds labels; of several with one scope the last stays.
    pub(super) fn add_labels(&self, item: &mut Item, given: Option<&Value>) {
        for label in split(given) {
            if label.chars().count() > MAX_LABEL || item.labels.contains(&label) {
                continue;
            }
            if let Some((scope, _)) = label.rsplit_once("::").filter(|_| self.is_premium()) {
                let start = format!("{scope}::");
                item.labels.retain(|known| {
                    known.rsplit_once("::").is_none_or(|(of, _)| format!("{of}::") != start)
                });
            }
            item.labels.push(label);
        }
        item.labels.sort();
    }
}

/// Removes labels; those that are not there are left out.
pub(super) fn remove_labels(item: &mut Item, given: Option<&Value>) {
    let gone = split(given);
    item.labels.retain(|label| !gone.contains(label));
}

/// `a,b`, or a list of such.
pub(super) fn split(given: Option<&Value>) -> Vec<String> {
    let texts: Vec<&str> = match given {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let labels = texts.into_iter().flat_map(|text| text.split(','));
    labels.map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()).collect()
}
