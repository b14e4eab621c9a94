//! Linear's filters, on the JSON of what they filter.

use jiff::Timestamp;
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// Whether an object passes a filter; the error is what the server says about a filter that it does not know.
pub(super) fn passes(filter: &Map<String, Value>, object: &Value) -> Result<bool, String> {
    for (name, condition) in filter {
        let holds = match (name.as_str(), condition) {
            ("and", Value::Array(all)) => every(all, object)?,
            ("or", Value::Array(all)) => any(all, object)?,
            (field, Value::Object(condition)) => {
                let value = object.get(field).ok_or_else(|| unknown(field))?;
                on_field(condition, value)?
            }
            (field, _) => return Err(unknown(field)),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn unknown(field: &str) -> String {
    format!(
        "Variable \"$filter\" got invalid value; Field \"{field}\" is not defined by the filter."
    )
}

fn every(all: &[Value], object: &Value) -> Result<bool, String> {
    for part in all {
        if !passes(as_filter(part)?, object)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn any(all: &[Value], object: &Value) -> Result<bool, String> {
    for part in all {
        if passes(as_filter(part)?, object)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn as_filter(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().ok_or_else(|| unknown(&value.to_string()))
}

fn on_field(condition: &Map<String, Value>, value: &Value) -> Result<bool, String> {
    match value {
        Value::Array(elements) => collection(condition, elements),
        Value::Object(_) => passes(condition, value),
        // What is not there has no fields; only `null` can be asked of it.
        Value::Null if condition.values().all(Value::is_object) => Ok(false),
        scalar => compared(condition, scalar),
    }
}

fn collection(condition: &Map<String, Value>, elements: &[Value]) -> Result<bool, String> {
    for (name, inner) in condition {
        let inner = as_filter(inner)?;
        let mut passing = 0;
        for element in elements {
            passing += usize::from(passes(inner, element)?);
        }
        let holds = match name.as_str() {
            "some" => passing > 0,
            "every" => passing == elements.len(),
            other => return Err(unknown(other)),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compared(condition: &Map<String, Value>, value: &Value) -> Result<bool, String> {
    let text = |value: &Value| value.as_str().map(str::to_lowercase);
    for (comparator, wanted) in condition {
        let holds = match comparator.as_str() {
            "eq" => value == wanted,
            "neq" => value != wanted,
            "in" => wanted.as_array().is_some_and(|all| all.contains(value)),
            "null" => value.is_null() == (wanted == &Value::Bool(true)),
            "eqIgnoreCase" => text(value).is_some() && text(value) == text(wanted),
            "containsIgnoreCase" => {
                text(value).zip(text(wanted)).is_some_and(|(value, part)| value.contains(&part))
            }
            "gt" => order(value, wanted) == Some(Ordering::Greater),
            "gte" => order(value, wanted).is_some_and(Ordering::is_ge),
            "lt" => order(value, wanted) == Some(Ordering::Less),
            "lte" => order(value, wanted).is_some_and(Ordering::is_le),
            other => return Err(unknown(other)),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Numbers and times have an order.
fn order(value: &Value, wanted: &Value) -> Option<Ordering> {
    if let (Some(value), Some(wanted)) = (value.as_f64(), wanted.as_f64()) {
        return value.partial_cmp(&wanted);
    }
    let time = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
    Some(time(value)?.cmp(&time(wanted)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_hold_together_and_inside_one_another() {
        let issue = json!({"title": "Pay by invoice", "priority": 2, "team": {"key": "ENG"},
            "labels": [{"name": "Shop"}], "parent": null, "completedAt": "2026-01-02T00:00:00Z"});
        let check = |filter: Value, expected: Option<bool>| {
            assert_eq!(passes(filter.as_object().unwrap(), &issue).ok(), expected, "{filter}");
        };
        check(json!({}), Some(true));
        check(
            json!({"title": {"containsIgnoreCase": "INVOICE"}, "priority": {"lte": 2}}),
            Some(true),
        );
        check(
            json!({"or": [{"priority": {"eq": 1}}, {"team": {"key": {"eq": "ENG"}}}]}),
            Some(true),
        );
        check(json!({"and": [{"priority": {"eq": 1}}]}), Some(false));
        check(json!({"labels": {"some": {"name": {"eqIgnoreCase": "shop"}}}}), Some(true));
        check(json!({"labels": {"some": {"name": {"eq": "shop"}}}}), Some(false));
        check(
            json!({"completedAt": {"gte": "2026-01-01T00:00:00Z", "lt": "2026-01-02T00:00:00Z"}}),
            Some(false),
        );
        check(json!({"parent": {"id": {"eq": "1"}}}), Some(false));
        check(json!({"colour": {"eq": "red"}}), None);
        check(json!({"title": {"like": "x"}}), None);
    }
}
