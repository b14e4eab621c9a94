//! Titles as trackers take them: one line, of a certain length.

use crate::error::{Error, ErrorKind, Result};

/// A title on one line, cut to `longest` characters. An empty one is `Rejected`.
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
    let kept: String = text.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
