//! The language inside of `~`: words, phrases, wildcards and operators, each of which data can contain by accident.

use std::cell::OnceCell;

/// A parsed text query.
#[derive(Debug)]
pub(super) struct TextQuery {
    /// Alternatives, each of which is a list of parts that must all hold.
    alternatives: Vec<Vec<Part>>,
}

#[derive(Debug)]
struct Part {
    negated: bool,
    what: What,
}

#[derive(Debug)]
enum What {
    /// Words one after another.
    Phrase(Vec<String>),
    /// A word with `*` or `?`.
    Wildcard(String),
    Group(TextQuery),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// Characters, and whether each was escaped.
    Term(Vec<(char, bool)>),
    Phrase(String),
    And,
    Or,
    Not,
    Open,
    Close,
}

/// Parses the text of a `~`; the error is what Jira answers with 400.
pub(super) fn parse(text: &str) -> Result<TextQuery, String> {
    let mut tokens = lex(text).map_err(|why| unreadable(text, &why))?.into_iter().peekable();
    let query = alternatives(&mut tokens).map_err(|why| unreadable(text, &why))?;
    match tokens.next() {
        None => Ok(query),
        Some(_) => Err(unreadable(text, "a bracket closes nothing")),
    }
}

fn unreadable(text: &str, why: &str) -> String {
    format!("The text query '{text}' cannot be parsed: {why}.")
}

type Tokens = std::iter::Peekable<std::vec::IntoIter<Token>>;

fn alternatives(tokens: &mut Tokens) -> Result<TextQuery, String> {
    let mut alternatives = vec![Vec::new()];
    loop {
        match tokens.peek() {
            None | Some(Token::Close) => break,
            Some(Token::Or) => {
                tokens.next();
                alternatives.push(Vec::new());
            }
            Some(Token::And) => {
                tokens.next();
            }
            Some(_) => {
                let part = part(tokens)?;
                if let Some(last) = alternatives.last_mut() {
                    last.push(part);
                }
            }
        }
    }
    if alternatives.iter().any(Vec::is_empty) {
        return Err("something is missing".to_owned());
    }
    Ok(TextQuery { alternatives })
}

fn part(tokens: &mut Tokens) -> Result<Part, String> {
    match tokens.next() {
        Some(Token::Not) => part(tokens).map(|part| Part { negated: !part.negated, ..part }),
        Some(Token::Open) => {
            let group = alternatives(tokens)?;
            if tokens.next() != Some(Token::Close) {
                return Err("a bracket does not close".to_owned());
            }
            Ok(Part { negated: false, what: What::Group(group) })
        }
        Some(Token::Phrase(text)) => Ok(Part { negated: false, what: What::Phrase(words(&text)) }),
        Some(Token::Term(term)) => term_part(&term),
        _ => Err("a word is missing".to_owned()),
    }
}

fn term_part(term: &[(char, bool)]) -> Result<Part, String> {
    let is_wild = |(c, escaped): &(char, bool)| !escaped && matches!(c, '*' | '?');
    if term.first().is_some_and(is_wild) {
        return Err("a wildcard is the first character".to_owned());
    }
    let text: String = term.iter().map(|(c, _)| c).collect();
    let what = if term.iter().any(is_wild) {
        What::Wildcard(text.to_lowercase())
    } else {
        What::Phrase(words(&text))
    };
    Ok(Part { negated: false, what })
}

fn lex(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' => phrase(rest)?,
            '(' => (Some(Token::Open), 1),
            ')' => (Some(Token::Close), 1),
            '+' => (None, 1),
            '-' | '!' => (Some(Token::Not), 1),
            // Nearness and weight change what comes first, not what is found.
            '~' | '^' if !tokens.is_empty() => (
                None,
                1 + rest[1..]
                    .find(|c: char| !c.is_ascii_digit() && c != '.')
                    .unwrap_or(rest.len() - 1),
            ),
            ':' | '[' | ']' | '{' | '}' | '/' | '^' | '~' => {
                return Err(format!("`{first}` must be escaped"));
            }
            _ if rest.starts_with("&&") => (Some(Token::And), 2),
            _ if rest.starts_with("||") => (Some(Token::Or), 2),
            _ => term(rest)?,
        };
        tokens.extend(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn phrase(rest: &str) -> Result<(Option<Token>, usize), String> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            '"' => return Ok((Some(Token::Phrase(text)), index + 1)),
            '\\' => text.extend(chars.next().map(|(_, c)| c)),
            _ => text.push(c),
        }
    }
    Err("a quote does not close".to_owned())
}

fn term(rest: &str) -> Result<(Option<Token>, usize), String> {
    let mut term = Vec::new();
    let mut chars = rest.char_indices();
    let mut length = rest.len();
    while let Some((index, c)) = chars.next() {
        if c == '\\' {
            let (_, escaped) = chars.next().ok_or("it ends with a backslash")?;
            term.push((escaped, true));
        } else if c.is_whitespace() || "!():^[]\"{}~/".contains(c) {
            length = index;
            break;
        } else {
            term.push((c, false));
        }
    }
    let bare = term.iter().all(|(_, escaped)| !escaped);
    let text: String = term.iter().map(|(c, _)| c).collect();
    let token = match text.as_str() {
        "AND" if bare => Token::And,
        "OR" if bare => Token::Or,
        "NOT" if bare => Token::Not,
        _ => Token::Term(term),
    };
    Ok((Some(token), length))
}

/// The words that an index knows a text by.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A text that is searched. It is cut into words only when a cheaper look does not settle the matter.
struct Indexed {
    lower: String,
    words: OnceCell<Vec<String>>,
}

impl Indexed {
    fn words(&self) -> &[String] {
        self.words.get_or_init(|| words(&self.lower))
    }

    fn has(&self, phrase: &[String]) -> bool {
        phrase.iter().all(|word| self.lower.contains(word))
            && self.words().windows(phrase.len()).any(|window| window == phrase)
    }
}

impl TextQuery {
    pub(super) fn matches(&self, text: &str) -> bool {
        self.holds(&Indexed { lower: text.to_lowercase(), words: OnceCell::new() })
    }

    fn holds(&self, text: &Indexed) -> bool {
        self.alternatives.iter().any(|parts| {
            let positive = parts.iter().any(|part| !part.negated);
            positive && parts.iter().all(|part| part.holds(text) != part.negated)
        })
    }
}

impl Part {
    fn holds(&self, text: &Indexed) -> bool {
        match &self.what {
            // Punctuation alone is no word: it neither finds nor excludes anything.
            What::Phrase(phrase) if phrase.is_empty() => !self.negated,
            What::Phrase(phrase) => text.has(phrase),
            What::Wildcard(pattern) => text.words().iter().any(|word| like(pattern, word)),
            What::Group(query) => query.holds(text),
        }
    }
}

fn like(pattern: &str, word: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return word.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    let mut chars = word.chars();
    match first {
        '*' => like(rest, word) || chars.next().is_some() && like(pattern, chars.as_str()),
        '?' => chars.next().is_some() && like(rest, chars.as_str()),
        _ => chars.next() == Some(first) && like(rest, chars.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, text: &str, expected: Option<bool>) {
        assert_eq!(parse(query).ok().map(|query| query.matches(text)), expected, "{query}");
    }

    #[test]
    fn queries_find_words() {
        let text = "The build is broken (again): foo-bar!";
        check("build broken", text, Some(true));
        check("build fixed", text, Some(false));
        check("build OR fixed", text, Some(true));
        check("build -broken", text, Some(false));
        check("\"is broken\"", text, Some(true));
        check("\"broken is\"", text, Some(false));
        check("brok*", text, Some(true));
        check("foo-bar", text, Some(true));
        check("foo\\-bar\\!", text, Some(true));
        check("-fixed", text, Some(false));
        check("(build fixed) OR again", text, Some(true));
    }

    #[test]
    fn what_data_contains_by_accident_is_refused() {
        for query in
            ["*foo", "foo:bar", "(foo", "foo)", "a/b", "\"foo", "foo\\", "[a]", "foo!", "^"]
        {
            check(query, "", None);
        }
    }
}
