//! GitHub's search language as far as the product may meet it: words, literals, qualifiers, OR and NOT.

use super::issue::has_label;
use crate::fake::store::Item;
use jiff::Timestamp;

/// One condition, perhaps turned round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    negated: bool,
    /// `label`; empty for a text.
    qualifier: String,
    /// The literal or word; of a qualifier all its values.
    values: Vec<String>,
}

/// Conditions that hold at once, in alternatives.
pub(super) type Query = Vec<Vec<Condition>>;

/// Reads a query; the number says how long its texts are together.
pub(super) fn parse(q: &str) -> Result<(Query, usize), String> {
    let (mut alternatives, mut negated, mut length) = (vec![Vec::new()], false, 0);
    let mut rest = q.trim_start_matches([' ', '(', ')']);
    while !rest.is_empty() {
        let (part, after) = part(rest)?;
        rest = after.trim_start_matches([' ', '(', ')']);
        match part.as_word() {
            Some("OR") => alternatives.push(Vec::new()),
            Some("AND") => {}
            Some("NOT") => negated = true,
            _ => {
                let mut condition = part;
                condition.negated |= std::mem::take(&mut negated);
                if condition.qualifier.is_empty() {
                    length += condition.values.iter().map(|it| it.chars().count()).sum::<usize>();
                }
                if let Some(last) = alternatives.last_mut() {
                    last.push(condition);
                }
            }
        }
    }
    Ok((alternatives, length))
}

impl Condition {
    /// The word where it is one without quotes.
    fn as_word(&self) -> Option<&str> {
        let bare = self.qualifier.is_empty() && !self.negated;
        self.values.first().filter(|word| bare && !word.starts_with('\u{1}')).map(String::as_str)
    }

    /// Whether an item, on the repository that it is in, meets it.
    pub(super) fn holds(&self, item: &Item) -> bool {
        let any = |holds: &dyn Fn(&str) -> bool| self.values.iter().any(|value| holds(value));
        let held = match self.qualifier.as_str() {
            "" => any(&|value| contains(item, value)),
            "repo" => any(&|value| item.project.eq_ignore_ascii_case(value)),
            "org" | "user" => any(&|value| item.project.split('/').next() == Some(value)),
            "is" | "state" => any(&|value| match value {
                "issue" => item.kind != super::view::PULL_REQUEST,
                state => item.status == state,
            }),
            "label" => any(&|value| has_label(item, value)),
            "in" => true,
            "closed" => any(&|value| item.closed.is_some_and(|at| is_in(value, at))),
            "created" => any(&|value| is_in(value, item.created)),
            _ => false,
        };
        held != self.negated
    }
}

/// The first condition, and what comes after it.
fn part(text: &str) -> Result<(Condition, &str), String> {
    let (negated, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = text.find([' ', '"', ')']).unwrap_or(text.len());
    let (qualifier, mut rest) = match text[..end].split_once(':') {
        Some((name, _)) => (name.to_lowercase(), &text[name.len() + 1..]),
        None => (String::new(), text),
    };
    let mut values = Vec::new();
    loop {
        let (value, after) = value(rest, !qualifier.is_empty())?;
        values.push(value);
        rest = after;
        let Some(next) = after.strip_prefix(',').filter(|_| !qualifier.is_empty()) else { break };
        rest = next;
    }
    if !qualifier.is_empty() {
        values.iter_mut().for_each(|value| *value = value.trim_start_matches('\u{1}').to_owned());
    }
    Ok((Condition { negated, qualifier, values }, rest))
}

/// A literal, marked as one, or a word.
fn value(text: &str, listed: bool) -> Result<(String, &str), String> {
    let Some(inside) = text.strip_prefix('"') else {
        let ends = |c: char| matches!(c, ' ' | ')') || listed && c == ',';
        let end = text.find(ends).unwrap_or(text.len());
        let end = if end == 0 { text.chars().next().map_or(0, char::len_utf8) } else { end };
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut literal = String::from('\u{1}');
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((literal, &inside[at + 1..])),
            '\\' => literal.extend(chars.next().map(|(_, next)| next)),
            c => literal.push(c),
        }
    }
    Err("a quote is not closed".to_owned())
}

/// Runs of letters and digits, in lower case.
fn tokens(text: &str) -> Vec<String> {
    let mark = |c: char| matches!(c, '\u{300}'..='\u{36f}');
    let words = text.split(|c: char| !c.is_alphanumeric() && !mark(c));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Words of a literal follow each other in the title or the text.
fn contains(item: &Item, value: &str) -> bool {
    let wanted = tokens(value);
    let texts = [item.title.as_str(), item.text.as_str().unwrap_or_default()];
    texts.iter().any(|text| {
        let known = tokens(text);
        wanted.is_empty() || known.windows(wanted.len()).any(|part| part == wanted)
    })
}

/// `A..B`, `<=A`, `>=A`.
fn is_in(range: &str, at: Timestamp) -> bool {
    let time = |text: &str| text.parse::<Timestamp>().ok();
    if let Some((from, to)) = range.split_once("..") {
        return time(from).is_some_and(|from| from <= at) && time(to).is_some_and(|to| at <= to);
    }
    match (range.strip_prefix("<="), range.strip_prefix(">=")) {
        (Some(to), _) => time(to).is_some_and(|to| at <= to),
        (None, Some(from)) => time(from).is_some_and(|from| from <= at),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_count_outside_of_quotes_only() {
        let (query, length) = parse("repo:a/b \"x OR y\" NOT z OR -label:\"p\\\"q\",r").unwrap();
        assert_eq!((query.len(), length), (2, "\u{1}x OR yz".chars().count()));
        let condition = |negated, qualifier: &str, values: &[&str]| Condition {
            negated,
            qualifier: qualifier.to_owned(),
            values: values.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(
            query[0],
            [
                condition(false, "repo", &["a/b"]),
                condition(false, "", &["\u{1}x OR y"]),
                condition(true, "", &["z"]),
            ]
        );
        assert_eq!(query[1], [condition(true, "label", &["p\"q", "r"])]);
        assert!(parse("\"open").is_err());
    }
}
