//! Jira's smart commits: a line names items and then gives commands, each of which holds for all items of the line. Here it
//! only matters whether one finishes them; link-commit carries commands out.

/// Names of transitions that finish an item, as far as the first hyphen: Jira compares no more of `finish-work`.
const FINISH: &[&str] =
    &["close", "closed", "complete", "done", "finish", "fix", "fixed", "resolve", "resolved"];

/// The command behind a place of a message, on the same line, that finishes the items before it: `#close`.
pub(super) fn finishes(message: &str, at: usize) -> Option<&str> {
    let rest = message.get(at..)?;
    let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
    line.match_indices('#').find_map(|(hash, _)| {
        let is_apart = line[..hash].chars().next_back().is_none_or(char::is_whitespace);
        let word = line[hash + 1..].split(|c: char| c.is_whitespace()).next()?;
        let name = word.split('-').next()?.to_ascii_lowercase();
        (is_apart && FINISH.contains(&name.as_str())).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::finishes;

    #[test]
    fn a_command_holds_for_the_items_before_it_on_its_line() {
        let check = |message: &str, expected: Option<&str>| {
            let at = message.find("SHOP-1").unwrap() + 6;
            assert_eq!(finishes(message, at), expected, "{message}");
        };
        check("SHOP-1 #time 2h #comment done well #Close", Some("Close"));
        check("SHOP-1, SHOP-2 fixed it #finish-work", Some("finish-work"));
        check("SHOP-1 #comment not yet #in-progress", None);
        check("#close SHOP-1", None);
        check("SHOP-1\n#close", None);
        check("SHOP-1 see C#close and #12", None);
    }
}
