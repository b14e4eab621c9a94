//! WIQL, as far as flat queries go: read strictly, so that what is no query is refused.

mod evaluate;
mod lex;

pub(super) use evaluate::{Site, sort};

use lex::{Token, lex};

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    pub(super) condition: Option<Condition>,
    /// Field, and whether the greatest comes first.
    pub(super) order: Vec<(String, bool)>,
}

/// What must hold of an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(String, Operator, Vec<Value>),
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    Contains,
    ContainsWords,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
    /// `@project`.
    Macro(String),
}

/// Reads a whole query.
pub(super) fn parse(text: &str) -> Result<Query, String> {
    let mut reader = Reader { tokens: lex(text)?, at: 0 };
    reader.must_be("select")?;
    reader.fields()?;
    reader.must_be("from")?;
    reader.must_be("workitems")?;
    let condition = if reader.takes("where") { Some(reader.any()?) } else { None };
    let order = if reader.takes("order") { reader.order()? } else { Vec::new() };
    match reader.peek() {
        None => Ok(Query { condition, order }),
        Some(token) => Err(format!("there is {token:?} behind the query")),
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.peek().cloned().ok_or("the query ends too early")?;
        self.at += 1;
        Ok(token)
    }

    fn takes(&mut self, word: &str) -> bool {
        let there =
            matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.at += usize::from(there);
        there
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Sign(found)) if found == sign);
        self.at += usize::from(there);
        there
    }

    fn must_be(&mut self, word: &str) -> Result<(), String> {
        if self.takes(word) {
            Ok(())
        } else {
            Err(format!("expected {word}, found {:?}", self.peek()))
        }
    }

    fn must_be_sign(&mut self, sign: &str) -> Result<(), String> {
        if self.takes_sign(sign) {
            Ok(())
        } else {
            Err(format!("expected {sign}, found {:?}", self.peek()))
        }
    }

    fn field(&mut self) -> Result<String, String> {
        match self.next()? {
            Token::Field(name) => Ok(name),
            Token::Word(name) if name.contains('.') => Ok(name),
            other => Err(format!("expected a field, found {other:?}")),
        }
    }

    fn fields(&mut self) -> Result<Vec<String>, String> {
        let mut all = vec![self.field()?];
        while self.takes_sign(",") {
            all.push(self.field()?);
        }
        Ok(all)
    }

    fn order(&mut self) -> Result<Vec<(String, bool)>, String> {
        self.must_be("by")?;
        let mut all = Vec::new();
        loop {
            let field = self.field()?;
            let descending = self.takes("desc");
            if !descending {
                self.takes("asc");
            }
            all.push((field, descending));
            if !self.takes_sign(",") {
                return Ok(all);
            }
        }
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.all()?];
        while self.takes("or") {
            all.push(self.all()?);
        }
        Ok(Condition::Any(all))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.one()?];
        while self.takes("and") {
            all.push(self.one()?);
        }
        Ok(Condition::All(all))
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.takes("not") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.takes_sign("(") {
            let inside = self.any()?;
            self.must_be_sign(")")?;
            return Ok(inside);
        }
        let field = self.field()?;
        let negated = self.takes("not");
        let (operator, several) = self.operator()?;
        let values = if several { self.list()? } else { vec![self.value()?] };
        let compare = Condition::Compare(field, operator, values);
        Ok(if negated { Condition::Not(Box::new(compare)) } else { compare })
    }

    fn operator(&mut self) -> Result<(Operator, bool), String> {
        if self.takes("in") {
            return Ok((Operator::In, true));
        }
        if self.takes("contains") {
            let words = self.takes("words");
            return Ok((if words { Operator::ContainsWords } else { Operator::Contains }, false));
        }
        let signs = [
            ("=", Operator::Equal),
            ("<>", Operator::NotEqual),
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let found = signs.into_iter().find(|(sign, _)| self.takes_sign(sign));
        found
            .map(|(_, operator)| (operator, false))
            .ok_or_else(|| format!("expected an operator, found {:?}", self.peek()))
    }

    fn list(&mut self) -> Result<Vec<Value>, String> {
        self.must_be_sign("(")?;
        let mut all = vec![self.value()?];
        while self.takes_sign(",") {
            all.push(self.value()?);
        }
        self.must_be_sign(")")?;
        Ok(all)
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.next()? {
            Token::Text(text) => Ok(Value::Text(text)),
            Token::Number(number) => Ok(Value::Number(number)),
            Token::Macro(name) => Ok(Value::Macro(name)),
            other => Err(format!("expected a value, found {other:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_and_others_refused() {
        let query = "SELECT [System.Id] FROM WorkItems WHERE [a.b] = 'it''s' AND ([c.d] NOT IN (1, 2) OR NOT [e.f] \
            CONTAINS WORDS 'x') ORDER BY [a.b] DESC, [c.d]";
        let read = parse(query).unwrap();
        assert_eq!(read.order, [("a.b".to_owned(), true), ("c.d".to_owned(), false)]);
        let Some(Condition::Any(any)) = read.condition else { panic!("no condition") };
        let Condition::All(all) = &any[0] else { panic!("{any:?}") };
        let text = vec![Value::Text("it's".to_owned())];
        assert_eq!(all[0], Condition::Compare("a.b".to_owned(), Operator::Equal, text));
        for wrong in [
            "",
            "[a.b] = 1",
            "SELECT [a.b] FROM WorkItems WHERE",
            "SELECT [a.b] FROM WorkItems WHERE [a.b] = 'x' 'y'",
            "SELECT [a.b] FROM WorkItems WHERE [a.b] = 'x",
            "SELECT [a.b] FROM WorkItems WHERE ([a.b] = 1",
            "SELECT [a.b] FROM WorkItems WHERE [a.b] == 1",
            "SELECT [a.b] FROM WorkItems; DROP",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
