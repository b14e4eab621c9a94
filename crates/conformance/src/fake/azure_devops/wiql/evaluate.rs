//! Whether an item fits a query, and which comes first.

use super::{Condition, Operator, Value};
use jiff::{Timestamp, tz::Offset};
use serde_json::{Map, Value as Json};
use std::cmp::Ordering;

/// What a query is asked about.
pub(in super::super) struct Site<'a> {
    /// What `@project` stands for.
    pub(in super::super) project: Option<&'a str>,
    /// True when times of day count.
    pub(in super::super) times: bool,
    /// True for the fields that the organisation has.
    pub(in super::super) knows: &'a dyn Fn(&str) -> bool,
}

impl Site<'_> {
    /// Whether an item's fields fit. A field that the organisation does not have is an error.
    pub(in super::super) fn fits(
        &self,
        condition: &Condition,
        fields: &Map<String, Json>,
    ) -> Result<bool, String> {
        match condition {
            Condition::All(all) => {
                all.iter().try_fold(true, |fits, one| Ok(self.fits(one, fields)? && fits))
            }
            Condition::Any(any) => {
                any.iter().try_fold(false, |fits, one| Ok(self.fits(one, fields)? || fits))
            }
            Condition::Not(one) => Ok(!self.fits(one, fields)?),
            Condition::Compare(field, operator, values) => {
                self.compare(field, *operator, values, fields)
            }
        }
    }

    fn compare(
        &self,
        field: &str,
        operator: Operator,
        values: &[Value],
        fields: &Map<String, Json>,
    ) -> Result<bool, String> {
        if !(self.knows)(field) {
            return Err(format!(
                "TF51005: The query references a field that does not exist: {field}."
            ));
        }
        let found = fields.get(field).cloned().unwrap_or_default();
        let mut any = false;
        for value in values {
            any |= self.one(field, operator, value, &found)?;
        }
        Ok(any)
    }

    fn one(
        &self,
        field: &str,
        operator: Operator,
        value: &Value,
        found: &Json,
    ) -> Result<bool, String> {
        let wanted = match value {
            Value::Macro(name) if name == "project" => {
                Value::Text(self.project.unwrap_or_default().to_owned())
            }
            Value::Macro(name) => return Err(format!("TF51011: The macro {name} is not known.")),
            value => value.clone(),
        };
        match (operator, &wanted) {
            (Operator::Contains | Operator::ContainsWords, Value::Text(text)) => {
                Ok(contains(field, operator, text, found.as_str().unwrap_or_default()))
            }
            (_, Value::Number(number)) => {
                let order = found.as_f64().and_then(|found| found.partial_cmp(number));
                Ok(order.is_some_and(|order| holds(operator, order)))
            }
            (_, Value::Text(text)) if field.ends_with("Date") => {
                self.compare_time(operator, text, found)
            }
            (_, Value::Text(text)) => {
                let shown = found.as_str().unwrap_or_default().to_lowercase();
                Ok(holds(operator, shown.cmp(&text.to_lowercase())))
            }
            (_, Value::Macro(_)) => Ok(false),
        }
    }

    /// Times are compared by day, and with a time of day only where the request says that it counts.
    fn compare_time(&self, operator: Operator, text: &str, found: &Json) -> Result<bool, String> {
        let day = |at: Timestamp| Offset::UTC.to_datetime(at).date();
        let read = |text: &str| -> Option<Timestamp> {
            let whole =
                if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
            whole.parse().ok()
        };
        let wanted = read(text).ok_or_else(|| format!("TF51501: {text} is no date."))?;
        if text.contains('T') && !self.times {
            return Err("TF51502: You cannot supply a time with the date.".to_owned());
        }
        let Some(found) = found.as_str().and_then(read) else { return Ok(false) };
        let order = if self.times { found.cmp(&wanted) } else { day(found).cmp(&day(wanted)) };
        Ok(holds(operator, order))
    }
}

fn holds(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Equal | Operator::In => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::AtLeast => order.is_ge(),
        Operator::Contains | Operator::ContainsWords => false,
    }
}

/// Tags are compared whole, titles by any part, and texts by their words without tags.
fn contains(field: &str, operator: Operator, wanted: &str, found: &str) -> bool {
    let (wanted, found) = (wanted.to_lowercase(), found.to_lowercase());
    if field == "System.Tags" {
        return found.split("; ").any(|tag| tag == wanted);
    }
    if operator == Operator::Contains {
        return found.contains(&wanted);
    }
    let plain = without_tags(&found);
    let (wanted, found) = (words(&wanted), words(&plain));
    !wanted.is_empty() && found.windows(wanted.len()).any(|part| part == wanted)
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

pub(in super::super) fn without_tags(html: &str) -> String {
    let mut inside = false;
    let keep = |c: char| {
        let shown = !inside && c != '<';
        inside = (inside || c == '<') && c != '>';
        if shown { c } else { ' ' }
    };
    html.chars().map(keep).collect()
}

/// Sorts items' fields by an order, the first field first.
pub(in super::super) fn sort(order: &[(String, bool)], items: &mut [(u64, Map<String, Json>)]) {
    items.sort_by(|(_, a), (_, b)| {
        let by_field = order.iter().map(|(field, descending)| {
            let found = |fields: &Map<String, Json>| fields.get(field).cloned().unwrap_or_default();
            let (a, b) = (found(a), found(b));
            let compared = match (a.as_f64(), b.as_f64()) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => a.as_str().unwrap_or_default().cmp(b.as_str().unwrap_or_default()),
            };
            if *descending { compared.reverse() } else { compared }
        });
        by_field.fold(Ordering::Equal, Ordering::then)
    });
}
