//! Data stays data: whatever a text contains, it is one literal in the tracker's query language.

use super::{Case, Check, Failure, Verdict, ensure};
use backend::{
    ErrorKind, Operation,
    model::{Draft, Query, WorkItemId},
};

const NEEDS: &[Operation] = &[Operation::CreateWorkItem, Operation::SearchWorkItems];

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "searched_text_is_one_literal",
        needs: NEEDS,
        run: |case| Box::pin(searched_text(case)),
    },
    Check {
        name: "searched_labels_are_one_literal",
        needs: NEEDS,
        run: |case| Box::pin(searched_labels(case)),
    },
    Check {
        name: "labels_with_quotes_are_found",
        needs: NEEDS,
        run: |case| Box::pin(labels_with_quotes(case)),
    },
];

/// Texts that end a literal, or mean something in a query, somewhere. `W` is a word of the item that must be
/// found, `D` one of the item that must not.
const TEXTS: &[&str] = &[
    "W\" OR text ~ \"D",
    "W' OR text ~ 'D",
    "W\\\" OR text ~ \\\"D",
    "W\\",
    "\\W",
    "W\\\\",
    "W\") OR (summary ~ \"D",
    "W OR D",
    "D OR W",
    "W || D",
    "W | D",
    "NOT W",
    "-W",
    "W -D",
    "W !D",
    "!W",
    "+W",
    "*W",
    "W*",
    "?W",
    "W?",
    "W~",
    "W~2",
    "W^4",
    "W:D",
    "title:W",
    "W/D",
    "/W/",
    "[W TO D]",
    "{W TO D}",
    "(W",
    "W)",
    "((W))",
    "W AND",
    "AND W",
    "OR W",
    "W && D",
    "\"W",
    "\"W\"",
    "W\" ORDER BY created DESC",
    "W order by key",
    "W\tD",
    "W\nD",
    "W\u{2028}D",
    "W % D",
    "W%",
    "_W_",
    "W'; DELETE FROM item; --",
    "W' UNION SELECT * FROM item --",
    "W = EMPTY",
    "W is EMPTY",
    "${W}",
    "{{W}}",
    "<W>",
    "@W",
    "#W",
    "W\u{0}D",
    "W \u{1F680}",
    "W\u{200b}",
];

async fn searched_text(case: &Case<'_>) -> Verdict {
    let (word, decoy) = (case.unique("literal"), case.unique("decoy"));
    let other = case.make(&format!("A {decoy} of nothing")).await?.id;
    for template in TEXTS {
        let text = template.replace('W', &word).replace('D', &decoy);
        let title: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let item = case.make(&format!("Has {title} inside")).await?.id;
        let found =
            search(case, &text, Query { text: Some(text.clone()), ..Query::default() }).await?;
        let Some(found) = found else { continue };
        ensure(!found.contains(&other), || format!("{text:?} found the decoy: {found:?}"))?;
        // A NUL is in no title, so the item itself need not be found by it.
        ensure(found.contains(&item) || text.contains('\0'), || {
            format!("{text:?} did not find its own item {item}")
        })?;
    }
    Ok(())
}

const LABELS: &[&str] = &[
    "W\" OR labels is not EMPTY OR labels = \"W",
    "W') OR project in ('OTHER",
    "W\\",
    "W\\\" OR labels != \\\"W",
    "W, D",
    "W\",\"D",
    "EMPTY",
    "D OR W",
    "%",
    "*",
    "?",
    "W\u{0}",
    "' OR 1=1 --",
];

async fn searched_labels(case: &Case<'_>) -> Verdict {
    let (item, word) = case.make_labelled("quoted").await?;
    let (other, decoy) = case.make_labelled("decoy").await?;
    for template in LABELS {
        let label = template.replace('W', &word).replace('D', &decoy);
        let query = Query { labels: vec![label.clone()], ..Query::default() };
        let found = search(case, &label, query).await?.unwrap_or_default();
        let wrong = found.iter().find(|id| **id == item.id || **id == other.id);
        ensure(wrong.is_none(), || format!("the label {label:?} found {wrong:?}"))?;
        ensure(found.is_empty(), || format!("the label {label:?} found {found:?}"))?;
    }
    Ok(())
}

async fn labels_with_quotes(case: &Case<'_>) -> Verdict {
    let word = case.unique("mark");
    for template in ["W\"x", "W'x", "W\\x", "W(x)", "W:x", "W%x", "W&x", "W,x", "W#x", "W-ü"] {
        let label = template.replace('W', &word);
        let draft =
            Draft { title: "Marked".to_owned(), labels: vec![label.clone()], ..Draft::default() };
        let item = match case.tracker.create_work_item(&draft).await {
            Ok(item) => item,
            Err(error) if error.kind == ErrorKind::Rejected => continue,
            Err(error) => return Err(error.into()),
        };
        // A tracker may write a label in its own way; it is found by what it became.
        let became = item.labels.first().cloned().unwrap_or_default();
        let query = Query { labels: vec![became.clone()], ..Query::default() };
        let found = search(case, &became, query).await?.unwrap_or_default();
        ensure(found == [item.id], || format!("the label {became:?} found {found:?}"))?;
    }
    Ok(())
}

/// What a query finds; `None` when the text is clearly refused, which is safe as well.
async fn search(case: &Case<'_>, text: &str, query: Query) -> Verdict<Option<Vec<WorkItemId>>> {
    match case.tracker.search_work_items(&query).await {
        Ok(found) => Ok(Some(found.items.into_iter().map(|item| item.id).collect())),
        // A refusal of our own is fine; one by the tracker means that the text got through as syntax.
        Err(error)
            if matches!(error.kind, ErrorKind::Rejected | ErrorKind::Config)
                && error.context().is_empty() =>
        {
            super::well_described(&error).map(|()| None)
        }
        Err(error) => {
            Err(Failure::Broken(format!("searching {text:?}: {}: {error}", error.kind.word())))
        }
    }
}
