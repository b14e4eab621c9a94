//! The `Link` header of RFC 8288, as far as paging needs it.

/// The target of the first link of a relation, such as `next`.
pub(super) fn target<'a>(mut header: &'a str, relation: &str) -> Option<&'a str> {
    loop {
        let (target, after) = header.split_once('<')?.1.split_once('>')?;
        let (parameters, others) = split(after, ',');
        if is(relation, parameters) {
            return Some(target.trim());
        }
        header = others;
    }
}

/// True when one of the relations is the wanted one; there may be several, and their case does not matter.
fn is(wanted: &str, mut parameters: &str) -> bool {
    while !parameters.is_empty() {
        let (parameter, others) = split(parameters, ';');
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name.trim().eq_ignore_ascii_case("rel") {
            let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
            return relations.any(|relation| relation.eq_ignore_ascii_case(wanted));
        }
        parameters = others;
    }
    false
}

/// What stands before and after the first `separator` that is not quoted.
fn split(text: &str, separator: char) -> (&str, &str) {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => return (&text[..at], &text[at + c.len_utf8()..]),
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Option<&str>) {
        assert_eq!(target(header, "next"), expected, "{header}");
    }

    #[test]
    fn the_next_page_is_found() {
        let whole = "<https://acme.example/i?page=1>; rel=\"prev\", <https://acme.example/i?page=3>; rel=\"next\", \
            <https://acme.example/i?page=9>; rel=\"last\"";
        check(whole, Some("https://acme.example/i?page=3"));
        assert_eq!(target(whole, "last"), Some("https://acme.example/i?page=9"));
        assert_eq!(target(whole, "first"), None);
        check("<https://x/?a=1,2;3>;rel=next", Some("https://x/?a=1,2;3"));
        check("< https://x/ > ; REL = \"last NEXT\"", Some("https://x/"));
        check("<https://x/>; title=\"a, \\\"b; rel=next\"; rel=next", Some("https://x/"));
    }

    #[test]
    fn other_links_are_not_followed() {
        for header in [
            "",
            "<https://x/>",
            "<https://x/>; rel=\"last\"",
            "<https://x/>; rel=nextish",
            "<https://x/>; rel=first; rel=next",
            "<https://x/>; title=\"x; rel=next\"",
            "<https://x/>; title=\"rel=next",
            "<https://x/; rel=next",
            "https://x/; rel=next",
            "<",
            "rel=next",
        ] {
            check(header, None);
        }
    }
}
