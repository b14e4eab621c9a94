//! GraphQL as far as clients need it: operations, fragments, arguments, variables.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A parsed document.
#[derive(Debug, Default)]
pub(super) struct Document {
    operations: Vec<Operation>,
    fragments: BTreeMap<String, Vec<Selection>>,
}

/// A query or a mutation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: Option<String>,
    pub(super) is_mutation: bool,
    /// The variables that must be given.
    pub(super) required: Vec<String>,
    pub(super) selection: Vec<Selection>,
}

#[derive(Debug, Clone)]
pub(super) enum Selection {
    Field(Field),
    Spread(String),
}

/// A field with its arguments, whose variables are still names.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) alias: String,
    pub(super) name: String,
    arguments: Vec<(String, Literal)>,
    pub(super) selection: Vec<Selection>,
}

#[derive(Debug, Clone)]
enum Literal {
    Variable(String),
    Plain(Value),
    List(Vec<Literal>),
    Object(Vec<(String, Literal)>),
}

impl Document {
    /// The operation of this name, or the only one.
    pub(super) fn operation(&self, name: Option<&str>) -> Option<&Operation> {
        match name {
            Some(name) => self.operations.iter().find(|it| it.name.as_deref() == Some(name)),
            None => self.operations.first().filter(|_| self.operations.len() == 1),
        }
    }

    /// The fields of a selection, those of fragments included.
    pub(super) fn fields<'a>(
        &'a self,
        selection: &'a [Selection],
    ) -> Result<Vec<&'a Field>, String> {
        let mut fields = Vec::new();
        for part in selection {
            match part {
                Selection::Field(field) => fields.push(field),
                Selection::Spread(name) => {
                    let fragment = self.fragments.get(name);
                    let fragment =
                        fragment.ok_or_else(|| format!("Unknown fragment \"{name}\"."))?;
                    fields.extend(self.fields(fragment)?);
                }
            }
        }
        Ok(fields)
    }
}

impl Field {
    /// The arguments with the variables filled in; a variable that was not given is no argument.
    pub(super) fn arguments(&self, variables: &Map<String, Value>) -> Map<String, Value> {
        let filled = self.arguments.iter();
        filled.filter_map(|(name, it)| Some((name.clone(), fill(it, variables)?))).collect()
    }
}

fn fill(literal: &Literal, variables: &Map<String, Value>) -> Option<Value> {
    Some(match literal {
        Literal::Variable(name) => return variables.get(name).cloned(),
        Literal::Plain(value) => value.clone(),
        Literal::List(all) => all.iter().filter_map(|it| fill(it, variables)).collect(),
        Literal::Object(all) => {
            let filled = all.iter();
            let filled = filled.filter_map(|(name, it)| Some((name.clone(), fill(it, variables)?)));
            Value::Object(filled.collect())
        }
    })
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Sign(char),
    Spread,
    Name(String),
    Plain(Value),
}

/// Parses a document; the error is what the server says about it.
pub(super) fn parse(text: &str) -> Result<Document, String> {
    let mut parser = Parser { tokens: lex(text)?, at: 0 };
    let mut document = Document::default();
    while let Some(token) = parser.peek() {
        match token {
            Token::Name(word) if word == "fragment" => {
                parser.next();
                let name = parser.name()?;
                parser.name().and_then(|on| parser.name().map(|_| on))?;
                document.fragments.insert(name, parser.selection()?);
            }
            _ => document.operations.push(parser.operation()?),
        }
    }
    Ok(document)
}

fn lex(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\n', '\t', '\r', ',']);
    while let Some(c) = rest.chars().next() {
        let (token, length) = match c {
            '.' if rest.starts_with("...") => (Token::Spread, 3),
            '"' => string(rest)?,
            c if c.is_ascii_alphabetic() || c == '_' => {
                let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
                let length = rest.find(ends).unwrap_or(rest.len());
                (name(&rest[..length]), length)
            }
            c if c.is_ascii_digit() || c == '-' => {
                let ends = |c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c));
                let length = rest.find(ends).unwrap_or(rest.len());
                let number = rest[..length].parse().map_err(|_| unexpected(&rest[..length]))?;
                (Token::Plain(number), length)
            }
            c if "{}()[]:!$=@|&".contains(c) => (Token::Sign(c), 1),
            c => return Err(unexpected(&c.to_string())),
        };
        tokens.push(token);
        rest = rest[length..].trim_start_matches([' ', '\n', '\t', '\r', ',']);
    }
    Ok(tokens)
}

fn name(word: &str) -> Token {
    match word {
        "true" => Token::Plain(Value::Bool(true)),
        "false" => Token::Plain(Value::Bool(false)),
        "null" => Token::Plain(Value::Null),
        word => Token::Name(word.to_owned()),
    }
}

/// A string; its escapes are those of JSON.
fn string(text: &str) -> Result<(Token, usize), String> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match stream.next() {
        Some(Ok(value)) => Ok((Token::Plain(value), stream.byte_offset())),
        _ => Err("Syntax Error: Unterminated string.".to_owned()),
    }
}

fn unexpected(what: &str) -> String {
    format!("Syntax Error: Unexpected {what}.")
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    /// Takes the sign where it comes next.
    fn takes(&mut self, sign: char) -> bool {
        let comes = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(comes);
        comes
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(unexpected(&format!("{:?}", self.peek()))) }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Name(name)) => Ok(name),
            other => Err(unexpected(&format!("{other:?}"))),
        }
    }

    fn operation(&mut self) -> Result<Operation, String> {
        let mut operation = Operation {
            name: None,
            is_mutation: false,
            required: Vec::new(),
            selection: Vec::new(),
        };
        if let Some(Token::Name(_)) = self.peek() {
            operation.is_mutation = self.name()? == "mutation";
            if let Some(Token::Name(_)) = self.peek() {
                operation.name = Some(self.name()?);
            }
            if self.takes('(') {
                operation.required = self.variables()?;
            }
        }
        operation.selection = self.selection()?;
        Ok(operation)
    }

    /// The declarations of variables; those that must be given end in `!`.
    fn variables(&mut self) -> Result<Vec<String>, String> {
        let mut required = Vec::new();
        while !self.takes(')') {
            self.expect('$')?;
            let name = self.name()?;
            self.expect(':')?;
            while self.takes('[') {}
            self.name()?;
            let mut must = false;
            while self.peek() == Some(&Token::Sign('!')) || self.peek() == Some(&Token::Sign(']')) {
                must = self.next() == Some(Token::Sign('!'));
            }
            if must {
                required.push(name);
            }
        }
        Ok(required)
    }

    fn selection(&mut self) -> Result<Vec<Selection>, String> {
        self.expect('{')?;
        let mut selection = Vec::new();
        while !self.takes('}') {
            if self.peek() == Some(&Token::Spread) {
                self.next();
                selection.push(Selection::Spread(self.name()?));
            } else {
                selection.push(Selection::Field(self.field()?));
            }
        }
        Ok(selection)
    }

    fn field(&mut self) -> Result<Field, String> {
        let alias = self.name()?;
        let name = if self.takes(':') { self.name()? } else { alias.clone() };
        let arguments = if self.takes('(') { self.named(')')? } else { Vec::new() };
        let is_object = self.peek() == Some(&Token::Sign('{'));
        let selection = if is_object { self.selection()? } else { Vec::new() };
        Ok(Field { alias, name, arguments, selection })
    }

    fn named(&mut self, end: char) -> Result<Vec<(String, Literal)>, String> {
        let mut all = Vec::new();
        while !self.takes(end) {
            let name = self.name()?;
            self.expect(':')?;
            all.push((name, self.literal()?));
        }
        Ok(all)
    }

    fn literal(&mut self) -> Result<Literal, String> {
        match self.next() {
            Some(Token::Sign('$')) => Ok(Literal::Variable(self.name()?)),
            Some(Token::Sign('{')) => Ok(Literal::Object(self.named('}')?)),
            Some(Token::Sign('[')) => {
                let mut all = Vec::new();
                while !self.takes(']') {
                    all.push(self.literal()?);
                }
                Ok(Literal::List(all))
            }
            Some(Token::Plain(value)) => Ok(Literal::Plain(value)),
            // The name of an enumeration's value.
            Some(Token::Name(name)) => Ok(Literal::Plain(Value::String(name))),
            other => Err(unexpected(&format!("{other:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_clients_send_is_understood() {
        let document = parse(
            "query One($id: String!, $n: [Int!]) { found: issue(id: $id, order: createdAt, \
             f: {a: [1, -2.5], b: \"x\\\"}\"}) { ...Parts } } fragment Parts on Issue { id team { key } }",
        )
        .unwrap();
        let operation = document.operation(Some("One")).unwrap();
        assert_eq!(
            (operation.is_mutation, operation.required.as_slice()),
            (false, &["id".to_owned()][..])
        );
        let [field] = document.fields(&operation.selection).unwrap()[..] else { panic!() };
        assert_eq!((field.alias.as_str(), field.name.as_str()), ("found", "issue"));
        let variables = json!({"id": "ENG-1"}).as_object().unwrap().clone();
        let expected =
            json!({"id": "ENG-1", "order": "createdAt", "f": {"a": [1, -2.5], "b": "x\"}"}});
        assert_eq!(Value::Object(field.arguments(&variables)), expected);
        let inner = document.fields(&field.selection).unwrap();
        assert_eq!(
            inner.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
            ["id", "team"]
        );
    }

    #[test]
    fn broken_documents_are_refused() {
        for text in ["query {", "{ a(b:) }", "{ a \"", "query A($x Int) { a }", "{ a } ;"] {
            assert!(parse(text).is_err(), "{text}");
        }
        let document = parse("{ ...Nowhere }").unwrap();
        let operation = document.operation(None).unwrap();
        assert!(document.fields(&operation.selection).is_err());
    }
}
