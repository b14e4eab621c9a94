//! Lists of issues.

use super::{Answer, GitLab, label, paged, refuse_parameter};
use crate::fake::{Request, store::Item};
use jiff::Timestamp;
use serde_json::{Value, json};

impl GitLab {
    pub(super) fn search(&self, request: &Request, project: &str) -> Answer {
        let state = request.parameter("state").unwrap_or("all");
        if !["opened", "closed", "all"].contains(&state) {
            return Err(refuse_parameter("state does not have a valid value"));
        }
        let store = self.store();
        let mut found: Vec<&Item> = store
            .items
            .iter()
            .filter(|item| item.project == project && (state == "all" || item.status == state))
            .filter(|item| self.fits(item, request))
            .collect();
        found.sort_by_key(|item| (item.created, item.serial));
        if request.parameter("sort") != Some("asc") {
            found.reverse();
        }
        let issues: Vec<Value> = found.into_iter().map(|item| self.issue(item, request)).collect();
        Ok(paged(request, &issues, self.is_premium()))
    }

    fn fits(&self, item: &Item, request: &Request) -> bool {
        let labels = label::split(request.parameter("labels").map(|text| json!(text)).as_ref());
        let has = |wanted: &String| match wanted.to_lowercase().as_str() {
            "none" => item.labels.is_empty(),
            "any" => !item.labels.is_empty(),
            scope if scope.ends_with("::*") && self.is_premium() => item
                .labels
                .iter()
                .any(|label| label.to_lowercase().starts_with(scope.trim_end_matches('*'))),
            _ => item.labels.contains(wanted),
        };
        let weight = request.number("weight");
        let is_heavy =
            weight.is_none_or(|weight| item.points == u32::try_from(weight).ok().map(f64::from));
        let after =
            request.parameter("updated_after").and_then(|time| time.parse::<Timestamp>().ok());
        let words = request.parameter("search").is_none_or(|text| says(item, text));
        labels.iter().all(has)
            && is_heavy
            && after.is_none_or(|after| item.updated >= after)
            && words
    }
}

/// Every word has to be in the title or in the text; quotes join words, and mean nothing else.
fn says(item: &Item, text: &str) -> bool {
    let all = format!("{} {}", item.title, item.text.as_str().unwrap_or_default()).to_lowercase();
    text.replace('"', " ").split_whitespace().all(|word| all.contains(&word.to_lowercase()))
}
