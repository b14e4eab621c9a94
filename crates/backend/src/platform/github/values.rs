//! Values in the shape that GitHub takes: titles, labels, texts, people.

use super::{super::shared::title, LONGEST_LABEL, LONGEST_TEXT, LONGEST_TITLE, words};
use crate::{
    error::{Error, ErrorKind, Result},
    text::Markdown,
};

/// A title on one line, cut to what GitHub takes; an ellipsis says that something is missing.
pub(super) fn title(text: &str) -> Result<String> {
    title::title(text, LONGEST_TITLE)
}

/// A text cut to what GitHub takes.
pub(super) fn text(markdown: &Markdown) -> String {
    markdown.clone().truncated(LONGEST_TEXT).as_str().to_owned()
}

/// Whether two texts are the same to GitHub: browsers send them with their own ends of lines.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    plain(a) == plain(b)
}

/// Labels, each once.
pub(super) fn labels(texts: &[String]) -> Result<Vec<String>> {
    let mut labels: Vec<String> = Vec::new();
    for text in texts {
        let label = label(text)?;
        if !words::has(&labels, &label) {
            labels.push(label);
        }
    }
    Ok(labels)
}

fn label(text: &str) -> Result<String> {
    let label = text.trim();
    let problem = if label.is_empty() {
        "a label is empty"
    } else if label.chars().any(char::is_control) {
        "a label holds a control character"
    } else if label.chars().count() > LONGEST_LABEL {
        "a label is longer than 50 characters"
    } else {
        return Ok(label.to_owned());
    };
    Err(rejected(format!("{problem}: {text:?}")).with_hint("choose another label"))
}

/// The user name of an assignee; none clears it. GitHub finds nobody by an e-mail address.
pub(super) fn login(who: &str) -> Result<Option<String>> {
    let login = who.trim().trim_start_matches('@');
    if login.contains('@') {
        return Err(rejected(format!("GitHub finds nobody by the e-mail address {login}"))
            .with_hint("name the assignee by the GitHub user name"));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_[]".contains(c);
    if !login.chars().all(plain) {
        return Err(rejected(format!("no user of GitHub is called {login:?}"))
            .with_hint("name the assignee by the GitHub user name"));
    }
    Ok((!login.is_empty()).then(|| login.to_owned()))
}

pub(super) fn rejected(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Rejected, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_one_line_and_not_too_long() {
        assert_eq!(title("  A\r\ntitle\twith \u{0}two  \u{2028}").unwrap(), "A title with  two");
        assert_eq!(title(" \n ").unwrap_err().kind, ErrorKind::Rejected);
        assert_eq!(title(&"ä".repeat(256)).unwrap(), "ä".repeat(256));
        let cut = title(&"ä".repeat(257)).unwrap();
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (256, true));
    }

    #[test]
    fn labels_are_each_once_in_any_case() {
        let all =
            |texts: &[&str]| labels(&texts.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(all(&[" Bug ", "bug", "needs review"]).unwrap(), ["Bug", "needs review"]);
        for wrong in ["", " ", "a\u{7}b", &"x".repeat(51)] {
            assert_eq!(all(&[wrong]).unwrap_err().kind, ErrorKind::Rejected, "{wrong}");
        }
        assert!(all(&[&"ü".repeat(50)]).is_ok());
    }

    #[test]
    fn people_are_user_names() {
        assert_eq!(login(" @alex ").unwrap().as_deref(), Some("alex"));
        assert_eq!(login("renovate[bot]").unwrap().as_deref(), Some("renovate[bot]"));
        assert_eq!(login(" ").unwrap(), None);
        for wrong in ["alex@example.com", "Alex Example"] {
            assert!(login(wrong).unwrap_err().hint().contains("user name"), "{wrong}");
        }
    }
}
