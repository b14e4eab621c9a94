//! Items: made, read, changed.

use super::{Case, Check, Verdict, ensure, fails, known, same};
use backend::{
    ErrorKind, Operation,
    model::{Change, Draft, Kind, Priority, WorkItem, WorkItemId},
    text::Markdown,
};
use futures_util::future::join_all;
use std::collections::BTreeSet;

const MAKE: &[Operation] = &[Operation::CreateWorkItem, Operation::GetWorkItem];
const CHANGE: &[Operation] =
    &[Operation::CreateWorkItem, Operation::GetWorkItem, Operation::UpdateWorkItem];

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "create_get_round_trip",
        needs: MAKE,
        run: |case| Box::pin(create_get_round_trip(case)),
    },
    Check { name: "a_title_is_enough", needs: MAKE, run: |case| Box::pin(a_title_is_enough(case)) },
    Check {
        name: "zero_points_are_kept",
        needs: CHANGE,
        run: |case| Box::pin(zero_points_are_kept(case)),
    },
    Check {
        name: "custom_fields_round_trip",
        needs: CHANGE,
        run: |case| Box::pin(custom_fields_round_trip(case)),
    },
    Check {
        name: "assignee_set_and_cleared",
        needs: CHANGE,
        run: |case| Box::pin(assignee_set_and_cleared(case)),
    },
    Check {
        name: "update_changes_what_is_named",
        needs: CHANGE,
        run: |case| Box::pin(update_changes_what_is_named(case)),
    },
    Check {
        name: "an_empty_update_changes_nothing",
        needs: CHANGE,
        run: |case| Box::pin(an_empty_update_changes_nothing(case)),
    },
    Check { name: "labels_are_a_set", needs: CHANGE, run: |case| Box::pin(labels_are_a_set(case)) },
    Check {
        name: "labels_changed_at_once_are_all_kept",
        needs: CHANGE,
        run: |case| Box::pin(labels_changed_at_once_are_all_kept(case)),
    },
    Check {
        name: "a_comment_is_added_once",
        needs: CHANGE,
        run: |case| Box::pin(a_comment_is_added_once(case)),
    },
    Check {
        name: "a_parent_that_is_not_there",
        needs: MAKE,
        run: |case| Box::pin(a_parent_that_is_not_there(case)),
    },
    Check { name: "not_found", needs: CHANGE, run: |case| Box::pin(not_found(case)) },
    Check { name: "an_invalid_id", needs: MAKE, run: |case| Box::pin(an_invalid_id(case)) },
    Check {
        name: "an_item_of_a_hidden_project",
        needs: MAKE,
        run: |case| Box::pin(an_item_of_a_hidden_project(case)),
    },
    Check {
        name: "concurrent_creates_are_distinct",
        needs: MAKE,
        run: |case| Box::pin(concurrent_creates_are_distinct(case)),
    },
];

const TEXT: &str = "First *paragraph* with **bold**, `code` and [a link](https://example.com/a?b=c&d=e).\n\n\
    - one\n- two\n\n```rust\nfn main() {}\n```\n\nLast: ünïcödé 日本語 🚀.";

async fn create_get_round_trip(case: &Case<'_>) -> Verdict {
    let parent = container(case).await?;
    let label = case.unique("round");
    let draft = Draft {
        title: "Round trip: ünïcödé 日本語 🚀 <b>&amp;</b> \"quoted\"".to_owned(),
        description: Markdown::from_template(TEXT),
        kind: Kind::Bug,
        priority: Some(Priority::High),
        labels: vec![label.clone(), format!("{label}-two")],
        parent_id: parent.clone(),
        story_points: case.facts.estimate,
        ..Draft::default()
    };
    let made = case.tracker.create_work_item(&draft).await?;
    let read = case.tracker.get_work_item(&made.id).await?;
    same("the item read back", &read, &made)?;
    same("the parent", &read.parent_id, &parent)?;
    same("the title", &read.title, &draft.title)?;
    same("the kind", &read.kind, &draft.kind)?;
    same("the priority", &read.priority, &draft.priority)?;
    same("the estimate", &read.story_points, &draft.story_points)?;
    same("the labels", &as_set(&read.labels), &as_set(&draft.labels))?;
    ensure(read.updated_at >= read.created_at, || format!("updated before created: {read:?}"))?;
    same("the time of closing", &read.closed_at, &None)?;
    text_survived(&read)
}

/// An item that can contain others, where the tracker has such.
async fn container(case: &Case<'_>) -> Verdict<Option<WorkItemId>> {
    let Some(kind) = case.facts.container else { return Ok(None) };
    let draft = Draft { title: "A container".to_owned(), kind, ..Draft::default() };
    Ok(Some(case.tracker.create_work_item(&draft).await?.id))
}

fn text_survived(item: &WorkItem) -> Verdict {
    let text = item.description.as_str();
    let parts = [
        "**bold**",
        "`code`",
        "https://example.com/a?b=c&d=e",
        "- one",
        "- two",
        "fn main() {}",
        "ünïcödé 日本語 🚀",
    ];
    for part in parts {
        ensure(text.replace("* one", "- one").contains(part), || {
            format!("the description lost {part:?}: {text}")
        })?;
    }
    Ok(())
}

async fn a_title_is_enough(case: &Case<'_>) -> Verdict {
    let made = case.make("Only a title").await?;
    same("the title", &made.title.as_str(), &"Only a title")?;
    same("the kind", &made.kind, &Kind::Task)?;
    same("the estimate", &made.story_points, &None)?;
    same("the parent", &made.parent_id, &None)?;
    ensure(made.labels.is_empty(), || format!("labels from nowhere: {:?}", made.labels))?;
    ensure(made.url.as_str().starts_with("http") || made.url.scheme() == "file", || {
        format!("nobody can open {}", made.url)
    })
}

async fn zero_points_are_kept(case: &Case<'_>) -> Verdict {
    known(case.facts.estimate)?;
    let draft = Draft {
        title: "Nothing to do".to_owned(),
        kind: case.facts.estimated,
        story_points: Some(0.0),
        ..Draft::default()
    };
    let made = case.tracker.create_work_item(&draft).await?;
    same("the estimate", &made.story_points, &Some(0.0))?;
    let five = Change { story_points: Some(5.0), ..Change::default() };
    let zero = Change { story_points: Some(0.0), ..Change::default() };
    let five = case.tracker.update_work_item(&made.id, &five).await?;
    same("the new estimate", &five.story_points, &Some(5.0))?;
    let zero = case.tracker.update_work_item(&made.id, &zero).await?;
    same("the estimate set to zero", &zero.story_points, &Some(0.0))
}

async fn custom_fields_round_trip(case: &Case<'_>) -> Verdict {
    let (name, value) = known(case.facts.custom_field.clone())?;
    let mut draft = Draft { title: "With a field".to_owned(), ..Draft::default() };
    draft.custom_fields.insert(name.to_owned(), value.clone());
    let made = case.tracker.create_work_item(&draft).await?;
    same("the field", &made.custom_fields.get(name), &Some(&value))?;
    let plain = case.make("Without a field").await?;
    let change = Change { custom_fields: draft.custom_fields, ..Change::default() };
    let changed = case.tracker.update_work_item(&plain.id, &change).await?;
    same("the field set later", &changed.custom_fields.get(name), &Some(&value))
}

async fn assignee_set_and_cleared(case: &Case<'_>) -> Verdict {
    let who = known(case.facts.assignee)?;
    let assign = |who: &str| Change { assignee: Some(who.to_owned()), ..Change::default() };
    let draft = Draft {
        title: "Somebody's".to_owned(),
        assignee: Some(who.to_owned()),
        ..Draft::default()
    };
    let made = case.tracker.create_work_item(&draft).await?;
    ensure(made.assignee.is_some(), || "nobody is assigned".to_owned())?;
    let cleared = case.tracker.update_work_item(&made.id, &assign("")).await?;
    same("the cleared assignee", &cleared.assignee, &None)?;
    let again = case.tracker.update_work_item(&made.id, &assign(who)).await?;
    same("the assignee", &again.assignee, &made.assignee)
}

async fn update_changes_what_is_named(case: &Case<'_>) -> Verdict {
    let label = case.unique("keep");
    let draft = Draft {
        title: "Before".to_owned(),
        kind: case.facts.estimated,
        description: Markdown::from_template("Text before."),
        priority: Some(Priority::Low),
        labels: vec![label],
        story_points: case.facts.estimate,
        ..Draft::default()
    };
    let before = case.tracker.create_work_item(&draft).await?;
    let change = Change { title: Some("After".to_owned()), ..Change::default() };
    let after = case.tracker.update_work_item(&before.id, &change).await?;
    let expected =
        WorkItem { title: "After".to_owned(), updated_at: after.updated_at, ..before.clone() };
    same("the item with a new title", &after, &expected)?;
    let change = Change {
        description: Some(Markdown::from_template("Text after.")),
        priority: Some(Priority::Critical),
        ..Change::default()
    };
    let after = case.tracker.update_work_item(&before.id, &change).await?;
    same("the priority", &after.priority, &Some(Priority::Critical))?;
    same("the text", &after.description.as_str().trim(), &"Text after.")?;
    same("the title", &after.title.as_str(), &"After")?;
    same("the item read back", &case.tracker.get_work_item(&before.id).await?, &after)
}

async fn an_empty_update_changes_nothing(case: &Case<'_>) -> Verdict {
    let before = case.make("As it is").await?;
    let after = case.tracker.update_work_item(&before.id, &Change::default()).await?;
    same("the item", &after, &before)
}

async fn labels_are_a_set(case: &Case<'_>) -> Verdict {
    let (item, first) = case.make_labelled("labels").await?;
    let second = format!("{first}-two");
    let change = |add: &[&str], remove: &[&str]| {
        let owned = |labels: &[&str]| labels.iter().map(ToString::to_string).collect();
        Change { add_labels: owned(add), remove_labels: owned(remove), ..Change::default() }
    };
    for _ in 0..2 {
        let change = change(&[&second, &first], &[]);
        let item = case.tracker.update_work_item(&item.id, &change).await?;
        same("the labels", &as_set(&item.labels), &as_set(&[first.clone(), second.clone()]))?;
        same("how many labels there are", &item.labels.len(), &2)?;
    }
    for _ in 0..2 {
        let change = change(&[], &[&first, "never-there"]);
        let item = case.tracker.update_work_item(&item.id, &change).await?;
        same("the labels left", &item.labels, &vec![second.clone()])?;
    }
    Ok(())
}

/// Several read the item before the first of them writes.
async fn labels_changed_at_once_are_all_kept(case: &Case<'_>) -> Verdict {
    let (item, first) = case.make_labelled("at-once").await?;
    let added: Vec<_> = (0..4).map(|number| format!("{first}-{number}")).collect();
    let mut changes: Vec<_> = added
        .iter()
        .map(|label| Change { add_labels: vec![label.clone()], ..Change::default() })
        .collect();
    changes.push(Change { remove_labels: vec![first], ..Change::default() });
    changes.push(Change { priority: Some(Priority::High), ..Change::default() });
    let update = |change| case.tracker.update_work_item(&item.id, change);
    for updated in join_all(changes.iter().map(update)).await {
        updated?;
    }
    let item = case.tracker.get_work_item(&item.id).await?;
    same("the priority", &item.priority, &Some(Priority::High))?;
    same("the labels", &as_set(&item.labels), &as_set(&added))
}

async fn a_comment_is_added_once(case: &Case<'_>) -> Verdict {
    let item = case.make("To be talked about").await?;
    known(case.subject.comments(&item.id))?;
    let word = case.unique("remark");
    let comment = Some(Markdown::from_template(format!("A **{word}** with `code`.")));
    let change = Change { comment, ..Change::default() };
    let after = case.tracker.update_work_item(&item.id, &change).await?;
    same("the title", &after.title, &item.title)?;
    let comments = known(case.subject.comments(&item.id))?;
    ensure(comments.len() == 1 && comments[0].contains(&word), || format!("there are {comments:?}"))
}

async fn a_parent_that_is_not_there(case: &Case<'_>) -> Verdict {
    known(case.facts.container)?;
    let id = absent(case).await?;
    let title = "An orphan".to_owned();
    let draft = Draft { title, parent_id: Some(id), ..Draft::default() };
    let made = case.tracker.create_work_item(&draft).await;
    fails("creating below nothing", made, &[ErrorKind::NotFound, ErrorKind::Rejected]).map(drop)
}

/// An id that looks right and names nothing.
async fn absent(case: &Case<'_>) -> Verdict<WorkItemId> {
    let id = case.make("The last item").await?.id;
    let digits = id.as_str().trim_end_matches(|c: char| c.is_ascii_digit()).len();
    Ok(WorkItemId::new(format!("{}999999", &id.as_str()[..digits])))
}

async fn not_found(case: &Case<'_>) -> Verdict {
    let id = absent(case).await?;
    fails("reading", case.tracker.get_work_item(&id).await, &[ErrorKind::NotFound])?;
    let change = Change { title: Some("New".to_owned()), ..Change::default() };
    let updated = case.tracker.update_work_item(&id, &change).await;
    fails("updating", updated, &[ErrorKind::NotFound]).map(drop)
}

async fn an_invalid_id(case: &Case<'_>) -> Verdict {
    let kinds = [ErrorKind::NotFound, ErrorKind::Rejected, ErrorKind::Config];
    let ids = [
        "",
        " ",
        ".",
        "..",
        "../myself",
        "no such thing",
        "SHOP-1/transitions",
        "SHOP-1?fields=x",
        "%2e%2e",
        "SHOP-99999999999999999999999",
        "SHOP-",
        "-1",
        "\u{0}",
        "日本-1",
    ];
    for id in ids {
        let read = case.tracker.get_work_item(&WorkItemId::new(id)).await;
        fails(&format!("reading {id:?}"), read, &kinds)?;
    }
    Ok(())
}

async fn an_item_of_a_hidden_project(case: &Case<'_>) -> Verdict {
    let id = known(case.facts.hidden_item.clone())?;
    fails("reading", case.tracker.get_work_item(&id).await, &[ErrorKind::NotFound]).map(drop)
}

async fn concurrent_creates_are_distinct(case: &Case<'_>) -> Verdict {
    let made = join_all((0..10).map(|_| case.make("One of ten"))).await;
    let mut ids = BTreeSet::new();
    for item in made {
        ids.insert(item?.id);
    }
    same("how many items there are", &ids.len(), &10)
}

fn as_set(labels: &[String]) -> BTreeSet<String> {
    labels.iter().cloned().collect()
}
