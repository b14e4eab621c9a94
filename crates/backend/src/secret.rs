//! Secrets that cannot be printed by accident, and the redactor at the single output gate.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use std::{borrow::Cow, fmt};

/// What stands where a secret stood.
pub const REDACTED: &str = "***";

/// A secret: no `Display`, no `Serialize`, and a `Debug` that shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself; call it only where it goes into a header or a signature.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secrets of a list, separated by commas or line breaks, without white space around them.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Replaces every known form of every known secret: raw, base64, percent-encoded and JSON-escaped.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    forms: Vec<Secret>,
}

/// Shorter values are words, not secrets: replacing `abc` everywhere would destroy the output.
const SHORTEST_SECRET: usize = 6;

impl Redactor {
    /// Learns a secret in every form in which it may be sent: as given, without white space around it, each one of a
    /// list, and all of these encoded; `user` adds the form that HTTP Basic sends.
    pub fn learn(&mut self, secret: &Secret, user: Option<&str>) {
        let users: Vec<&str> =
            [Some(""), user, user.map(str::trim)].into_iter().flatten().collect();
        let whole = [secret.expose(), secret.expose().trim()];
        let values = whole.into_iter().chain(secret.parts());
        for value in values.filter(|value| value.len() >= SHORTEST_SECRET) {
            forms(value, &users).into_iter().for_each(|form| self.add(form));
        }
        // Longest first, so that a form is not cut in half by a shorter one that it contains.
        self.forms.sort_by_key(|form| std::cmp::Reverse(form.expose().len()));
    }

    fn add(&mut self, form: String) {
        if !self.forms.iter().any(|known| known.expose() == form) {
            self.forms.push(Secret::new(form));
        }
    }

    /// Learns everything that another redactor knows.
    pub fn extend(&mut self, other: Self) {
        for form in other.forms {
            self.add(form.expose().to_owned());
        }
        self.forms.sort_by_key(|form| std::cmp::Reverse(form.expose().len()));
    }

    /// The forms to announce to a CI host, longest first.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(Secret::expose)
    }

    /// The text without any known secret.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for form in &self.forms {
            if text.contains(form.expose()) {
                text = Cow::Owned(text.replace(form.expose(), REDACTED));
            }
        }
        text
    }
}

/// A value as it may stand in a header, an address or a document.
fn forms(value: &str, users: &[&str]) -> Vec<String> {
    let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    // A form writes a space as `+`, a path writes it as `%20`.
    let in_path = encoded.replace('+', "%20");
    let mut forms = vec![value.to_owned(), json_escaped(value), encoded, in_path];
    let pairs = users.iter().map(|user| format!("{user}:{value}"));
    for text in pairs.chain([value.to_owned()]) {
        let engines = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
        forms.extend(engines.iter().map(|engine| engine.encode(&text)));
    }
    forms
}

fn json_escaped(raw: &str) -> String {
    let quoted = serde_json::Value::from(raw).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secret: &str, user: Option<&str>, forms: &[&str]) {
        let mut redactor = Redactor::default();
        redactor.learn(&Secret::new(secret), user);
        for form in forms {
            assert_eq!(redactor.redact(&format!("<{form}>")), "<***>", "{form}");
        }
    }

    #[test]
    fn nothing_is_forgotten_when_more_is_learnt() {
        let (mut first, mut second) = (Redactor::default(), Redactor::default());
        first.learn(&Secret::new("hunter2-one"), None);
        second.learn(&Secret::new("hunter2-one-and-more"), None);
        first.extend(second);
        assert_eq!(first.redact("hunter2-one hunter2-one-and-more"), "*** ***");
    }

    #[test]
    fn every_form_is_replaced() {
        let quoted = ["s3cr3t+\"token", "s3cr3t%2B%22token", "s3cr3t+\\\"token"];
        check("s3cr3t+\"token", None, &quoted);
        check("two words", None, &["two+words", "two%20words"]);
        assert_eq!(format!("{:?}", Secret::new("s3cr3t")), "***");
    }

    #[test]
    fn every_kind_of_base64_is_replaced() {
        let secret = "s3cr3t>>?token";
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            for text in ["s3cr3t>>?token", ":s3cr3t>>?token", "bob:s3cr3t>>?token"] {
                check(secret, Some("bob"), &[engine.encode(text).as_str()]);
            }
        }
    }

    #[test]
    fn what_is_learnt_is_what_is_sent() {
        let pair = STANDARD.encode("bob:s3cr3t-token");
        check(" s3cr3t-token\r\n", Some(" bob "), &["s3cr3t-token", &pair]);
        check(
            "first-one, second-one\r\nthird-one\n",
            None,
            &["first-one", "second-one", "third-one"],
        );
        check("first-one,second-one", None, &["first-one,second-one"]);
    }

    #[test]
    fn short_values_are_left_alone() {
        let mut redactor = Redactor::default();
        redactor.learn(&Secret::new("abc"), None);
        assert_eq!(redactor.redact("abcdef"), "abcdef");
    }
}
