//! A person's own search: GitLab's query parameters, `milestone=v2&weight=3`.
//!
//! They are taken apart and sent as parameters, and only those that narrow the search are: another project, another page
//! or a token among them would make it a different question.

use crate::error::{Error, ErrorKind, Result};

/// The parameters that narrow a list of issues
/// (docs.gitlab.com/api/issues, "List project issues").
const PARAMETERS: &[&str] = &[
    "assignee_id",
    "assignee_username",
    "assignee_username[]",
    "author_id",
    "author_username",
    "confidential",
    "created_after",
    "created_before",
    "due_date",
    "epic_id",
    "health_status",
    "iids[]",
    "in",
    "issue_type",
    "iteration_id",
    "iteration_title",
    "labels",
    "milestone",
    "milestone_id",
    "my_reaction_emoji",
    "not[assignee_id]",
    "not[assignee_username]",
    "not[author_id]",
    "not[author_username]",
    "not[iids][]",
    "not[iteration_id]",
    "not[iteration_title]",
    "not[labels]",
    "not[milestone]",
    "not[milestone_id]",
    "not[weight]",
    "scope",
    "search",
    "state",
    "updated_after",
    "updated_before",
    "weight",
];

/// The parameters of a query in GitLab's own words. A leading `?` is forgiven.
pub(super) fn parse(native: &str) -> Result<Vec<(&'static str, String)>> {
    let text = native.trim().trim_start_matches('?');
    let mut all = Vec::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let known =
            PARAMETERS.iter().find(|known| **known == name).ok_or_else(|| refused(&name))?;
        if value.chars().any(char::is_control) {
            let message = format!("the value of {name} holds a control character");
            return Err(Error::new(ErrorKind::Rejected, message).with_hint("leave it out"));
        }
        all.push((*known, value.into_owned()));
    }
    Ok(all)
}

fn refused(name: &str) -> Error {
    let message = format!("{name:?} is no parameter that narrows a search in GitLab");
    Error::new(ErrorKind::Rejected, message).with_hint(
        "write GitLab's parameters for lists of issues, such as milestone=v2&weight=3, without those of paging and order",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_taken_apart() {
        let parsed = parse("?milestone=v%202&weight=3&not[labels]=a,b").unwrap();
        let expected = [("milestone", "v 2"), ("weight", "3"), ("not[labels]", "a,b")];
        assert_eq!(parsed, expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(parse("").unwrap(), []);
    }

    #[test]
    fn nothing_leaves_the_project_or_takes_the_place_of_ours() {
        for native in [
            "id=7",
            "page=2",
            "per_page=1",
            "cursor=x",
            "pagination=offset",
            "order_by=title",
            "sort=asc",
            "private_token=x",
            "access_token=x",
            "job_token=x",
            "sudo=root",
            "statistics=true",
            "labels%00=x",
            "milestone = 3",
            "milestone=a%00b",
            "just words",
        ] {
            assert_eq!(parse(native).unwrap_err().kind, ErrorKind::Rejected, "{native}");
        }
    }
}
