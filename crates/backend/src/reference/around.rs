//! What stands around a place in a text. Every look is bounded, so that a 10 MB line costs no more than its length.

/// As far as a rule ever looks, in bytes: longer than any keyword phrase, trailer name or repository path.
const REACH: usize = 256;

/// The text before `at` on the same line, cut to what a rule may look at.
pub(super) fn before(text: &str, at: usize) -> &str {
    let from = text.floor_char_boundary(at.saturating_sub(REACH));
    let near = &text[from..at];
    near.rfind('\n').map_or(near, |newline| &near[newline + 1..])
}

/// The text from `at` to the end of the line, cut to what a rule may look at.
pub(super) fn after(text: &str, at: usize) -> &str {
    let to = text.ceil_char_boundary((at + REACH).min(text.len()));
    let near = &text[at..to];
    let line = near.find('\n').map_or(near, |newline| &near[..newline]);
    line.strip_suffix('\r').unwrap_or(line)
}

/// True for a character that would make a neighbouring key part of a longer word.
///
/// Ideographs have no case and no spaces around them: a key between them stands on its own.
pub(super) fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character.is_lowercase() || character.is_uppercase()
}
