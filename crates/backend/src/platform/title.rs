//! Titles that every tracker takes: one line, not empty, not too long.

use crate::error::{Error, ErrorKind, Result};

/// A title on one line, cut to `longest` characters.
pub(super) fn title(text: &str, longest: usize) -> Result<String> {
    let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let lines: Vec<_> = text.split(ends_line).filter(|line| !line.is_empty()).collect();
    let title = lines.join(" ");
    if title.trim().is_empty() {
        let error = Error::new(ErrorKind::Rejected, "the title is empty");
        return Err(error.with_hint("give the item a title"));
    }
    Ok(cut(title.trim(), longest))
}

/// At most `longest` characters; an ellipsis says that something is missing.
pub(super) fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_one_line_and_not_too_long() {
        let title = |text: &str| title(text, 255);
        assert_eq!(title("  A\r\ntitle\twith \u{0}two  \u{2028}").unwrap(), "A title with  two");
        assert_eq!(title(" \n ").unwrap_err().kind, ErrorKind::Rejected);
        assert_eq!(title(&"ä".repeat(255)).unwrap(), "ä".repeat(255));
        let cut = title(&"ä".repeat(256)).unwrap();
        assert_eq!(cut.chars().count(), 255);
        assert!(cut.ends_with('…'));
    }
}
