//! Texts that are long, strange or empty.

use super::{Case, Check, Verdict, ensure, fails, same};
use backend::{
    ErrorKind, Operation,
    model::{Change, Draft, WorkItem},
    text::Markdown,
};

const NEEDS: &[Operation] =
    &[Operation::CreateWorkItem, Operation::GetWorkItem, Operation::UpdateWorkItem];

pub(super) const CHECKS: &[Check] = &[
    Check { name: "long_titles", needs: NEEDS, run: |case| Box::pin(long_titles(case)) },
    Check { name: "long_texts", needs: NEEDS, run: |case| Box::pin(long_texts(case)) },
    Check { name: "long_labels", needs: NEEDS, run: |case| Box::pin(long_labels(case)) },
    Check { name: "strange_texts", needs: NEEDS, run: |case| Box::pin(strange_texts(case)) },
    Check {
        name: "titles_are_one_line",
        needs: NEEDS,
        run: |case| Box::pin(titles_are_one_line(case)),
    },
    Check {
        name: "an_empty_title_is_refused",
        needs: NEEDS,
        run: |case| Box::pin(an_empty_title_is_refused(case)),
    },
];

/// Makes an item; `None` when it is clearly refused, which is as good as a cut.
async fn make(case: &Case<'_>, draft: Draft) -> Verdict<Option<WorkItem>> {
    match case.tracker.create_work_item(&draft).await {
        Ok(item) => Ok(Some(item)),
        refused => fails("creating", refused, &[ErrorKind::Rejected]).map(|_| None),
    }
}

fn titled(title: impl Into<String>) -> Draft {
    Draft { title: title.into(), ..Draft::default() }
}

async fn long_titles(case: &Case<'_>) -> Verdict {
    let limit = case.tracker.metadata().limits.title;
    for letter in ["x", "ü", "日", "🚀"] {
        let whole = letter.repeat(limit);
        if let Some(item) = make(case, titled(&*whole)).await? {
            same("a title of just the limit", &item.title, &whole)?;
        }
        if let Some(item) = make(case, titled(letter.repeat(limit + 100))).await? {
            let length = item.title.chars().count();
            ensure(length <= limit && length > limit / 2, || format!("cut to {length}"))?;
            ensure(item.title.starts_with(letter), || format!("it became {}", item.title))?;
        }
    }
    Ok(())
}

async fn long_texts(case: &Case<'_>) -> Verdict {
    let limit = case.tracker.metadata().limits.text.min(100_000);
    // The second grows when it is escaped, the third when it is rendered.
    for part in ["A line of words.\n\n", "\\*{}[]|_ ", "- **a** `b`\n"] {
        let text = part.repeat(limit / part.len() + 200);
        let draft = Draft { description: Markdown::from_template(text), ..titled("With a book") };
        if let Some(item) = make(case, draft).await? {
            let read = case.tracker.get_work_item(&item.id).await?;
            let length = read.description.as_str().chars().count();
            ensure(length > 1000, || format!("only {length} characters are left of {part:?}"))?;
        }
    }
    let item = case.make("To be talked about at length").await?;
    let comment = Some(Markdown::from_template("word ".repeat(limit / 5 + 200)));
    let change = Change { comment, ..Change::default() };
    match case.tracker.update_work_item(&item.id, &change).await {
        Ok(_) => Ok(()),
        refused => fails("commenting", refused, &[ErrorKind::Rejected]).map(drop),
    }
}

async fn long_labels(case: &Case<'_>) -> Verdict {
    let limit = case.tracker.metadata().limits.label;
    let labels = vec!["l".repeat(limit + 50), "ü".repeat(limit)];
    let Some(item) = make(case, Draft { labels, ..titled("With a long label") }).await? else {
        return Ok(());
    };
    let longest = item.labels.iter().map(|label| label.chars().count()).max();
    ensure(longest.is_some_and(|length| length <= limit), || format!("{longest:?} characters"))
}

/// Right-to-left marks, combining characters, joined emoji, look-alikes of markup.
const STRANGE: &[&str] = &[
    "שלום עולם \u{202e}evil\u{202c}",
    "e\u{301}a\u{308}\u{323}",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "\u{feff}bom",
    "{code}not code{code}",
    "h1. no heading",
    "||no||table||",
    "[~accountid:x]",
    "<script>alert(1)</script>",
    "&lt;&amp;",
    "$HOME `id` $(id)",
    "%00 %s %n",
    "'; DROP TABLE item; --",
    "\u{2028}line\u{2029}paragraph",
];

/// A title is one line on every tracker, so that what separates its words may change.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

async fn strange_texts(case: &Case<'_>) -> Verdict {
    for strange in STRANGE {
        let title = format!("Strange: {strange}.");
        let description = Markdown::quote(strange);
        let made = case.tracker.create_work_item(&Draft { description, ..titled(&*title) }).await?;
        let read = case.tracker.get_work_item(&made.id).await?;
        same("the title", &words(&read.title), &words(&title))?;
        same("the item read back", &read, &made)?;
    }
    Ok(())
}

async fn titles_are_one_line(case: &Case<'_>) -> Verdict {
    let Some(item) = make(case, titled("First\r\nsecond\nthird\u{0}")).await? else {
        return Ok(());
    };
    let clean = !item.title.chars().any(char::is_control);
    ensure(clean && item.title.contains("second"), || format!("it became {:?}", item.title))
}

async fn an_empty_title_is_refused(case: &Case<'_>) -> Verdict {
    for title in ["", "   ", "\n"] {
        let made = case.tracker.create_work_item(&titled(title)).await;
        fails(&format!("making {title:?}"), made, &[ErrorKind::Rejected, ErrorKind::Config])?;
    }
    Ok(())
}
