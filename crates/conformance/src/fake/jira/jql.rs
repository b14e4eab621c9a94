//! JQL, read exactly as Jira reads it, so that a value which breaks out of its literal changes the result.

mod evaluate;
mod lex;

pub(super) use evaluate::Site;

use lex::Token;

/// A query.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) condition: Option<Condition>,
    pub(super) order: Vec<Order>,
}

/// One field to sort by.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) field: String,
    pub(super) descending: bool,
}

/// A condition.
#[derive(Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Term { field: String, operator: String, operands: Vec<Operand> },
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Text(String),
    Function(String),
    /// A function with values between its brackets.
    Call(String, Vec<Operand>),
    Empty,
}

/// Jira's limit of fields to sort by.
const MAX_ORDER: usize = 7;

pub(super) fn parse(text: &str) -> Result<Query, String> {
    let mut parser = Parser { tokens: lex::tokens(text)?, position: 0 };
    let has_condition = !parser.tokens.is_empty() && !parser.at_word("order");
    let condition = has_condition.then(|| parser.any()).transpose()?;
    let order = parser.order()?;
    match parser.peek() {
        None => Ok(Query { condition, order }),
        Some(token) => Err(format!("The query goes on unexpectedly at {token}.")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    position: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.peek().cloned().ok_or("The query ends unexpectedly.")?;
        self.position += 1;
        Ok(token)
    }

    /// Keywords are bare words in any case; a quoted word is never a keyword.
    fn at_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(text)) if text.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.position += usize::from(found);
        found
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(text)) if *text == symbol);
        self.position += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.take_symbol(symbol) {
            return Ok(());
        }
        Err(format!("The query lacks `{symbol}`."))
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") || self.take_symbol("||") || self.take_symbol("|") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.not()?];
        while self.take_word("and") || self.take_symbol("&&") || self.take_symbol("&") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn not(&mut self) -> Result<Condition, String> {
        if self.take_word("not") || self.take_symbol("!") {
            return self.not().map(|inner| Condition::Not(Box::new(inner)));
        }
        if self.take_symbol("(") {
            let inner = self.any()?;
            return self.expect(")").map(|()| inner);
        }
        self.term()
    }

    fn term(&mut self) -> Result<Condition, String> {
        let field = match self.next()? {
            Token::Word(text) if !lex::is_reserved(&text) => text,
            Token::Quoted(text) => text,
            token => return Err(format!("A field is expected, not {token}.")),
        };
        let operator = self.operator()?;
        let operands = match operator.as_str() {
            // A function stands for a whole list.
            "in" | "not in" if self.at_function() => vec![self.operand()?],
            "in" | "not in" => self.list()?,
            _ => vec![self.operand()?],
        };
        Ok(Condition::Term { field: field.to_lowercase(), operator, operands })
    }

    fn at_function(&self) -> bool {
        matches!(self.tokens.get(self.position..self.position + 2),
            Some([Token::Word(_), Token::Symbol(symbol)]) if *symbol == "(")
    }

    fn operator(&mut self) -> Result<String, String> {
        let operator = match self.next()? {
            Token::Symbol(symbol) if lex::COMPARISONS.contains(&symbol) => symbol.to_owned(),
            Token::Word(word) if word.eq_ignore_ascii_case("in") => "in".to_owned(),
            Token::Word(word) if word.eq_ignore_ascii_case("not") && self.take_word("in") => {
                "not in".to_owned()
            }
            Token::Word(word) if word.eq_ignore_ascii_case("is") => {
                if self.take_word("not") {
                    "is not".to_owned()
                } else {
                    "is".to_owned()
                }
            }
            token => return Err(format!("An operator is expected, not {token}.")),
        };
        Ok(operator)
    }

    fn list(&mut self) -> Result<Vec<Operand>, String> {
        self.expect("(")?;
        let mut operands = vec![self.operand()?];
        while self.take_symbol(",") {
            operands.push(self.operand()?);
        }
        self.expect(")")?;
        Ok(operands)
    }

    fn operand(&mut self) -> Result<Operand, String> {
        match self.next()? {
            Token::Quoted(text) => Ok(Operand::Text(text)),
            Token::Word(word) if matches!(word.to_lowercase().as_str(), "empty" | "null") => {
                Ok(Operand::Empty)
            }
            Token::Word(word) if self.take_symbol("(") => {
                if self.take_symbol(")") {
                    return Ok(Operand::Function(word.to_lowercase()));
                }
                self.position -= 1;
                self.list().map(|values| Operand::Call(word.to_lowercase(), values))
            }
            Token::Word(word) if !lex::is_reserved(&word) => Ok(Operand::Text(word)),
            token => Err(format!("A value is expected, not {token}.")),
        }
    }

    fn order(&mut self) -> Result<Vec<Order>, String> {
        if !self.take_word("order") {
            return Ok(Vec::new());
        }
        if !self.take_word("by") {
            return Err("`order` lacks `by`.".to_owned());
        }
        let mut order = Vec::new();
        loop {
            let field = match self.next()? {
                Token::Word(text) | Token::Quoted(text) => text.to_lowercase(),
                Token::Symbol(symbol) => return Err(format!("`{symbol}` cannot be sorted by.")),
            };
            let descending = self.take_word("desc");
            if !descending {
                self.take_word("asc");
            }
            order.push(Order { field, descending });
            if !self.take_symbol(",") {
                break;
            }
        }
        if order.len() > MAX_ORDER {
            return Err(format!("The query sorts by more than {MAX_ORDER} fields."));
        }
        Ok(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operand(jql: &str) -> Option<String> {
        match parse(jql).ok()?.condition? {
            Condition::Term { operands, .. } => match operands.as_slice() {
                [Operand::Text(text)] => Some(text.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    #[test]
    fn literals_end_where_jira_ends_them() {
        for (jql, value) in [
            (r#"summary ~ "a b""#, Some("a b")),
            (r"summary ~ 'a b'", Some("a b")),
            (r#"summary ~ "say \"hi\"""#, Some("say \"hi\"")),
            (r#"summary ~ "back\\slash""#, Some("back\\slash")),
            (r#"summary ~ "\u00e4""#, Some("ä")),
            (r#"summary ~ "a\q""#, None),
            (r#"summary ~ "open"#, None),
            ("summary ~ bare", Some("bare")),
            ("summary ~ a@b", None),
            (r#"summary ~ "a" OR project = SHOP"#, None),
        ] {
            assert_eq!(operand(jql).as_deref(), value, "{jql}");
        }
    }

    #[test]
    fn conditions_nest() {
        let query = parse("(a = 1 or b = 2) and not c in (x, \"y\") order by created desc, key");
        let query = query.unwrap();
        let Some(Condition::All(parts)) = query.condition else { panic!("no conjunction") };
        assert!(matches!(parts[0], Condition::Any(_)) && matches!(parts[1], Condition::Not(_)));
        assert_eq!(query.order.len(), 2);
        assert!(parse("order by key").unwrap().condition.is_none());
        assert!(parse("a = b c").is_err());
        assert!(parse("and = b").is_err());
    }
}
