//! Searching: what is found, in which order, and whether that was all.

use super::{Case, Check, Verdict, ensure, known, same};
use backend::{
    Operation, Result,
    model::{Change, Draft, Query, Span, Status, WorkItem, WorkItemId},
};
use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

const FIND: &[Operation] = &[Operation::CreateWorkItem, Operation::SearchWorkItems];
const MOVE: &[Operation] =
    &[Operation::CreateWorkItem, Operation::SearchWorkItems, Operation::UpdateWorkItem];

pub(super) const CHECKS: &[Check] = &[
    Check { name: "search_by_text", needs: FIND, run: |case| Box::pin(search_by_text(case)) },
    Check { name: "search_by_labels", needs: FIND, run: |case| Box::pin(search_by_labels(case)) },
    Check { name: "search_by_status", needs: MOVE, run: |case| Box::pin(search_by_status(case)) },
    Check {
        name: "search_by_time_of_closing",
        needs: MOVE,
        run: |case| Box::pin(search_by_time_of_closing(case)),
    },
    Check { name: "search_natively", needs: FIND, run: |case| Box::pin(search_natively(case)) },
    Check {
        name: "search_reads_every_page",
        needs: FIND,
        run: |case| Box::pin(search_reads_every_page(case)),
    },
    Check {
        name: "search_finds_whole_items",
        needs: FIND,
        run: |case| Box::pin(search_finds_whole_items(case)),
    },
    Check {
        name: "truncation_is_told",
        needs: FIND,
        run: |case| Box::pin(truncation_is_told(case)),
    },
    Check {
        name: "search_stays_in_the_project",
        needs: FIND,
        run: |case| Box::pin(search_stays_in_the_project(case)),
    },
    Check {
        name: "nothing_found_is_complete",
        needs: FIND,
        run: |case| Box::pin(nothing_found_is_complete(case)),
    },
];

fn labelled(label: &str) -> Query {
    Query { labels: vec![label.to_owned()], ..Query::default() }
}

fn ids(items: &[WorkItem]) -> Vec<WorkItemId> {
    items.iter().map(|item| item.id.clone()).collect()
}

/// Breaks the check unless a query finds just these items, newest first.
async fn finds(case: &Case<'_>, what: &str, query: &Query, expected: &[&WorkItem]) -> Verdict {
    let found = case.tracker.search_work_items(query).await?;
    let expected: Vec<_> = expected.iter().map(|item| item.id.clone()).collect();
    same(what, &ids(&found.items), &expected)?;
    ensure(found.complete, || format!("{what}: complete is false and nothing is missing"))
}

async fn search_by_text(case: &Case<'_>) -> Verdict {
    let (word, other) = (case.unique("needle"), case.unique("thread"));
    let both = case.make(&format!("A {word} and a {other}")).await?;
    let text = backend::text::Markdown::from_template(format!("In the text: {word}."));
    let inside = Draft { title: "Hay".to_owned(), description: text, ..Draft::default() };
    let inside = case.tracker.create_work_item(&inside).await?;
    let query = |text: &str| Query { text: Some(text.to_owned()), ..Query::default() };
    finds(case, "one word", &query(&word), &[&inside, &both]).await?;
    finds(case, "capitals", &query(&word.to_uppercase()), &[&inside, &both]).await?;
    finds(case, "two words, both needed", &query(&format!("{other} {word}")), &[&both]).await
}

async fn search_by_labels(case: &Case<'_>) -> Verdict {
    let (one, label) = case.make_labelled("tag").await?;
    let second = format!("{label}-two");
    let labels = vec![label.clone(), second.clone()];
    let draft = Draft { title: "Two tags".to_owned(), labels: labels.clone(), ..Draft::default() };
    let two = case.tracker.create_work_item(&draft).await?;
    finds(case, "one label", &labelled(&label), &[&two, &one]).await?;
    finds(case, "both labels", &Query { labels, ..Query::default() }, &[&two]).await
}

async fn moved(case: &Case<'_>, label: &str, status: Status) -> Result<WorkItem> {
    let (title, labels) = (format!("{label} {status}"), vec![label.to_owned()]);
    let made = case.tracker.create_work_item(&Draft { title, labels, ..Draft::default() }).await?;
    let change = Change { status: Some(status), ..Change::default() };
    case.tracker.update_work_item(&made.id, &change).await
}

async fn search_by_status(case: &Case<'_>) -> Verdict {
    let label = case.unique("state");
    let mut items = Vec::new();
    for status in case.facts.states {
        items.push(moved(case, &label, *status).await?);
    }
    items.reverse();
    let wanted: [&[Status]; 6] = [
        &[Status::Done],
        &[Status::InProgress],
        &[Status::InReview, Status::Blocked],
        &[Status::Todo, Status::InProgress, Status::InReview, Status::Blocked],
        &[Status::Cancelled, Status::Todo],
        Status::ALL,
    ];
    for statuses in wanted {
        let expected: Vec<_> =
            items.iter().filter(|item| statuses.contains(&item.status)).collect();
        let query = Query { statuses: statuses.to_vec(), ..labelled(&label) };
        finds(case, &format!("{statuses:?}"), &query, &expected).await?;
    }
    Ok(())
}

async fn search_by_time_of_closing(case: &Case<'_>) -> Verdict {
    let label = case.unique("closed");
    let done = moved(case, &label, Status::Done).await?;
    moved(case, &label, Status::InProgress).await?;
    let at = known(done.closed_at)?;
    let within = |from: Timestamp, to: Timestamp| Query {
        closed: Some(Span { from, to }),
        ..labelled(&label)
    };
    let (second, hour) = (SignedDuration::from_secs(1), SignedDuration::from_hours(1));
    finds(case, "around the closing", &within(at - hour, at + hour), &[&done]).await?;
    finds(case, "from the closing", &within(at, at + hour), &[&done]).await?;
    finds(case, "up to the closing", &within(at - hour, at), &[]).await?;
    finds(case, "just after the closing", &within(at + second, at + hour), &[]).await?;
    finds(case, "just before the closing", &within(at - hour, at - second), &[]).await
}

async fn search_natively(case: &Case<'_>) -> Verdict {
    let native = known(case.facts.native)?;
    let (item, label) = case.make_labelled("native").await?;
    let (_, other) = case.make_labelled("native").await?;
    let query = |label: &str| Query { native: Some(native(label)), ..Query::default() };
    finds(case, "a native query", &query(&label), &[&item]).await?;
    let narrowed = Query { labels: vec![other], ..query(&label) };
    finds(case, "a native query and a label", &narrowed, &[]).await
}

async fn search_reads_every_page(case: &Case<'_>) -> Verdict {
    const MANY: usize = 25;
    let label = case.unique("page");
    let draft = |number: usize| Draft {
        title: format!("Item {number} of many"),
        labels: vec![label.clone()],
        ..Draft::default()
    };
    let drafts: Vec<_> = (0..MANY).map(draft).collect();
    let made =
        try_join_all(drafts.iter().map(|draft| case.tracker.create_work_item(draft))).await?;
    let found = case.tracker.search_work_items(&labelled(&label)).await?;
    same("how many were found", &found.items.len(), &MANY)?;
    let expected: BTreeSet<_> = ids(&made).into_iter().collect();
    same("what was found", &ids(&found.items).into_iter().collect(), &expected)?;
    ensure(found.complete, || "complete is false and nothing is missing".to_owned())?;
    let newest_first = found.items.is_sorted_by(|a, b| a.created_at >= b.created_at);
    ensure(newest_first, || "the newest are not first".to_owned())
}

async fn search_finds_whole_items(case: &Case<'_>) -> Verdict {
    let label = case.unique("whole");
    let draft = Draft {
        title: "Whole".to_owned(),
        kind: case.facts.estimated,
        description: backend::text::Markdown::from_template("With a text."),
        labels: vec![label.clone()],
        story_points: case.facts.estimate,
        ..Draft::default()
    };
    let made = case.tracker.create_work_item(&draft).await?;
    let found = case.tracker.search_work_items(&labelled(&label)).await?;
    same("what was found", &found.items, &vec![made])
}

async fn truncation_is_told(case: &Case<'_>) -> Verdict {
    let label = case.unique("cut");
    for _ in 0..7 {
        let draft = Draft {
            title: "One of seven".to_owned(),
            labels: vec![label.clone()],
            ..Draft::default()
        };
        case.tracker.create_work_item(&draft).await?;
    }
    // Below, at and above the ends of pages of three.
    for limit in [0, 1, 3, 6, 7, 8, 100] {
        let query = Query { limit, ..labelled(&label) };
        let found = case.tracker.search_work_items(&query).await?;
        same(&format!("how many of {limit} were found"), &found.items.len(), &limit.min(7))?;
        same(&format!("complete at {limit}"), &found.complete, &(limit >= 7))?;
    }
    Ok(())
}

async fn search_stays_in_the_project(case: &Case<'_>) -> Verdict {
    let foreign = known(case.facts.foreign_item.clone())?;
    let ours = case.make("Ours").await?;
    let found = case.tracker.search_work_items(&Query { limit: 1000, ..Query::default() }).await?;
    let found = ids(&found.items);
    ensure(found.contains(&ours.id), || format!("{} is not among {found:?}", ours.id))?;
    ensure(!found.contains(&foreign), || format!("{foreign} is among the items of the project"))
}

async fn nothing_found_is_complete(case: &Case<'_>) -> Verdict {
    finds(case, "an unknown label", &labelled(&case.unique("nobody")), &[]).await
}
