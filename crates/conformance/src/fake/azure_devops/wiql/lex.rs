//! The words and signs of a query.

/// A part of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Field(String),
    Text(String),
    Number(f64),
    Macro(String),
    Sign(String),
}

pub(super) fn lex(text: &str) -> Result<Vec<Token>, String> {
    let mut rest = text.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => quoted(rest, first)?,
            '[' => {
                let end = rest.find(']').ok_or("a field's name does not end")?;
                (Token::Field(rest[1..end].to_owned()), end + 1)
            }
            '@' => {
                let name = word(&rest[1..]);
                (Token::Macro(name.to_lowercase()), name.len() + 1)
            }
            c if c.is_ascii_digit() || c == '-' => {
                let number: String =
                    rest.chars().take_while(|c| c.is_ascii_digit() || "-.".contains(*c)).collect();
                let value = number.parse().map_err(|_| format!("{number} is no number"))?;
                (Token::Number(value), number.len())
            }
            c if c.is_alphabetic() => {
                let word = word(rest);
                (Token::Word(word.to_owned()), word.len())
            }
            _ => sign(rest)?,
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '.' && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// A literal; a doubled quote stands for one.
fn quoted(text: &str, quote: char) -> Result<(Token, usize), String> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            value.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            value.push(quote);
            chars.next();
        } else {
            return Ok((Token::Text(value), at + 1));
        }
    }
    Err("a literal does not end".to_owned())
}

fn sign(text: &str) -> Result<(Token, usize), String> {
    let known = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ","];
    let found = known.into_iter().find(|sign| text.starts_with(sign));
    let sign = found.ok_or_else(|| format!("{:?} means nothing", text.chars().next()))?;
    Ok((Token::Sign(sign.to_owned()), sign.len()))
}
