//! Trailers, as git itself reads them.

/// Where the trailer block of a message begins.
///
/// As in `git interpret-trailers`: the last paragraph, after at least one other, either nothing but trailers, or at least
/// a quarter of them when one is git's own; a line that begins with white space continues the one before. What follows a
/// `---` line is a patch. So one `Closes #12` without a colon makes the whole paragraph prose; [`super::judge`] reads
/// well-known names there too, but does not call them trailers.
pub(super) fn block(message: &str) -> Option<usize> {
    undivided(&message[..patch(message)])
}

/// Where the trailer block of a message begins in which a `---` line divides nothing, as git reads the messages of
/// commits that it makes.
pub fn undivided(message: &str) -> Option<usize> {
    let end = message.trim_end().len();
    let start = last_paragraph(&message[..end])?;
    let mut count = Count::default();
    message[start..end].lines().for_each(|line| count.line(line));
    count.is_block().then_some(start)
}

/// Where a `---` line ends the message.
fn patch(message: &str) -> usize {
    let mut at = 0;
    for line in message.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return at;
        }
        at += line.len();
    }
    message.len()
}

/// The start of the last paragraph, when another one stands before it.
fn last_paragraph(message: &str) -> Option<usize> {
    let mut start = message.len();
    while let Some(newline) = message[..start].rfind('\n') {
        let line = &message[newline + 1..start];
        if line.trim().is_empty() && start < message.len() {
            let is_first = message[..newline].trim().is_empty();
            return (!is_first).then_some(start + 1);
        }
        start = newline;
    }
    None
}

#[derive(Debug, Default)]
struct Count {
    trailers: usize,
    others: usize,
    own: usize,
}

impl Count {
    fn line(&mut self, line: &str) {
        if line.starts_with('#')
            || (line.starts_with([' ', '\t']) && self.trailers + self.others > 0)
        {
            return;
        }
        let is_own =
            line.starts_with("Signed-off-by: ") || line.starts_with("(cherry picked from commit ");
        self.own += usize::from(is_own);
        if is_own || name(line).is_some() {
            self.trailers += 1;
        } else {
            self.others += 1;
        }
    }

    fn is_block(&self) -> bool {
        self.trailers > 0
            && (self.others == 0 || (self.own > 0 && self.trailers * 3 >= self.others))
    }
}

/// The name of a trailer line: letters, digits and hyphens, then a colon that white space may precede.
fn name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let name = name.trim_end_matches([' ', '\t']);
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::block;

    #[track_caller]
    fn check(message: &str, expected: Option<&str>) {
        assert_eq!(block(message).map(|at| &message[at..]), expected, "{message:?}");
    }

    #[test]
    fn the_block_is_found_as_git_finds_it() {
        check("s\n\nRefs: SHOP-1\n", Some("Refs: SHOP-1\n"));
        check("s\n\ntext\n\nRefs: A\nFixes : B", Some("Refs: A\nFixes : B"));
        check("s\r\n\r\nRefs: A\r\n", Some("Refs: A\r\n"));
        check("s\n\nRefs: A\n  folded\nFixes: B", Some("Refs: A\n  folded\nFixes: B"));
        check("s\n\nRefs: A\n---\n\nFixes: B", Some("Refs: A\n---\n\nFixes: B"));
        check("Refs: A", None);
        check("\n\nRefs: A", None);
        check("s\nRefs: A", None);
        check("s\n\nRefs: A\nCloses #12", None);
        check("s\n\nRefs: A\nJira issue: B", None);
        check("s\n\nRefs: A\n\nCo-authored-by: B", Some("Co-authored-by: B"));
        check("s\n\nprose\nRefs: A\nSigned-off-by: B", Some("prose\nRefs: A\nSigned-off-by: B"));
        check("s\n\na\nb\nc\nd\ne\nf\ng\nSigned-off-by: B", None);
        check("", None);
    }
}
