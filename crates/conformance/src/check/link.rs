//! Links: made once, kept up to date, withdrawn.

use super::{
    Case, Check, Verdict,
    contract::{commit, pull_request},
    ensure, fails, known, same,
};
use backend::{
    ErrorKind, Operation,
    model::{Attachment, Link, PullRequestState, WorkItemId},
};
use futures_util::future::try_join_all;
use std::collections::BTreeSet;
use url::Url;

const COMMIT: &[Operation] =
    &[Operation::CreateWorkItem, Operation::LinkToCommit, Operation::ListLinks];
const PULL: &[Operation] =
    &[Operation::CreateWorkItem, Operation::LinkToPullRequest, Operation::ListLinks];
const UNLINK: &[Operation] =
    &[Operation::CreateWorkItem, Operation::LinkToCommit, Operation::ListLinks, Operation::Unlink];
const WITHDRAW: &[Operation] = &[
    Operation::CreateWorkItem,
    Operation::LinkToPullRequest,
    Operation::ListLinks,
    Operation::Unlink,
];
const ATTACH: &[Operation] = &[Operation::CreateWorkItem, Operation::AttachFile];

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "linking_twice_is_one_link",
        needs: COMMIT,
        run: |case| Box::pin(linking_twice(case)),
    },
    Check { name: "many_links", needs: COMMIT, run: |case| Box::pin(many_links(case)) },
    Check {
        name: "concurrent_links_are_one",
        needs: COMMIT,
        run: |case| Box::pin(concurrent_links(case)),
    },
    Check {
        name: "a_strange_commit_is_linked",
        needs: COMMIT,
        run: |case| Box::pin(a_strange_commit(case)),
    },
    Check {
        name: "a_pull_request_is_kept_up_to_date",
        needs: PULL,
        run: |case| Box::pin(a_pull_request(case)),
    },
    Check {
        name: "only_our_links_are_listed",
        needs: COMMIT,
        run: |case| Box::pin(only_our_links(case)),
    },
    Check {
        name: "linking_nothing_is_not_found",
        needs: COMMIT,
        run: |case| Box::pin(linking_nothing(case)),
    },
    Check {
        name: "items_of_a_page_are_found",
        needs: WITHDRAW,
        run: |case| Box::pin(items_of_a_page(case)),
    },
    Check { name: "unlinking", needs: UNLINK, run: |case| Box::pin(unlinking(case)) },
    Check {
        name: "a_file_is_attached",
        needs: ATTACH,
        run: |case| Box::pin(a_file_is_attached(case)),
    },
];

fn addresses(links: &[Link]) -> BTreeSet<Url> {
    links.iter().map(|link| link.url.clone()).collect()
}

async fn linking_twice(case: &Case<'_>) -> Verdict {
    let item = case.make("To be linked twice").await?;
    let commit = commit(1)?;
    let first = case.tracker.link_to_commit(&item.id, &commit).await?;
    same("the item of the link", &first.item, &item.id)?;
    same("the address", &first.url, &commit.url)?;
    same("whether the first link was there", &first.existed, &false)?;
    let second = case.tracker.link_to_commit(&item.id, &commit).await?;
    same("whether the second link was there", &second.existed, &true)?;
    let links = case.tracker.list_links(&item.id).await?;
    same("how many links there are", &links.len(), &1)?;
    let link = &links[0];
    same("the listed address", &link.url, &commit.url)?;
    let title = link.title.as_deref().unwrap_or_default();
    ensure(title.contains(commit.subject()), || {
        format!("the title {title:?} does not say what it is")
    })
}

async fn many_links(case: &Case<'_>) -> Verdict {
    let item = case.make("To be linked often").await?;
    let commits = (1..=30).map(commit).collect::<Result<Vec<_>, _>>()?;
    try_join_all(commits.iter().map(|commit| case.tracker.link_to_commit(&item.id, commit)))
        .await?;
    let links = case.tracker.list_links(&item.id).await?;
    same("how many links there are", &links.len(), &commits.len())?;
    let expected = commits.into_iter().map(|commit| commit.url).collect();
    same("the addresses", &addresses(&links), &expected)
}

async fn concurrent_links(case: &Case<'_>) -> Verdict {
    let item = case.make("To be linked by ten at once").await?;
    let commit = commit(7)?;
    try_join_all((0..10).map(|_| case.tracker.link_to_commit(&item.id, &commit))).await?;
    same("how many links there are", &case.tracker.list_links(&item.id).await?.len(), &1)
}

async fn a_strange_commit(case: &Case<'_>) -> Verdict {
    let item = case.make("To be linked to something strange").await?;
    let mut strange = Vec::new();
    for (number, message) in
        ["", "\n\n", &"x".repeat(10_000), "\u{202e}]] | [x|http://a] 🚀\u{0}"].iter().enumerate()
    {
        let mut commit = commit(u32::try_from(number).unwrap_or_default() + 100)?;
        (*message).clone_into(&mut commit.message);
        commit.repository = format!("group/{}/shop", "deep/".repeat(60));
        case.tracker.link_to_commit(&item.id, &commit).await?;
        let again = case.tracker.link_to_commit(&item.id, &commit).await?;
        ensure(again.existed, || format!("{message:?} is linked twice"))?;
        strange.push(commit.url);
    }
    let links = case.tracker.list_links(&item.id).await?;
    same("the addresses", &addresses(&links), &strange.into_iter().collect())
}

async fn a_pull_request(case: &Case<'_>) -> Verdict {
    let item = case.make("To be linked to a pull request").await?;
    let mut pull = pull_request(12)?;
    let first = case.tracker.link_to_pull_request(&item.id, &pull).await?;
    same("whether the first link was there", &first.existed, &false)?;
    "Add the other thing".clone_into(&mut pull.title);
    pull.state = PullRequestState::Merged;
    let second = case.tracker.link_to_pull_request(&item.id, &pull).await?;
    same("whether the second link was there", &second.existed, &true)?;
    let links = case.tracker.list_links(&item.id).await?;
    same("how many links there are", &links.len(), &1)?;
    let title = links[0].title.as_deref().unwrap_or_default();
    ensure(title.contains("other thing"), || format!("the title is still {title:?}"))
}

async fn only_our_links(case: &Case<'_>) -> Verdict {
    let item = case.make("With somebody else's link").await?;
    if !case.subject.link_by_hand(&item.id) {
        return known(None);
    }
    let ours = case.tracker.link_to_commit(&item.id, &commit(3)?).await?;
    let links = case.tracker.list_links(&item.id).await?;
    same("the addresses", &addresses(&links), &BTreeSet::from([ours.url]))
}

async fn linking_nothing(case: &Case<'_>) -> Verdict {
    let id = case.make("The last item").await?.id;
    let digits = id.as_str().trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let absent = WorkItemId::new(format!("{}999999", &id.as_str()[..digits]));
    let not_found = &[ErrorKind::NotFound];
    fails("linking", case.tracker.link_to_commit(&absent, &commit(1)?).await, not_found)?;
    fails("listing", case.tracker.list_links(&absent).await, not_found).map(drop)
}

async fn unlinking(case: &Case<'_>) -> Verdict {
    let item = case.make("To be unlinked").await?;
    let kept = case.tracker.link_to_commit(&item.id, &commit(1)?).await?;
    let gone = case.tracker.link_to_commit(&item.id, &commit(2)?).await?;
    for _ in 0..2 {
        case.tracker.unlink(&gone).await?;
        let links = case.tracker.list_links(&item.id).await?;
        same("the addresses", &addresses(&links), &BTreeSet::from([kept.url.clone()]))?;
    }
    let again = case.tracker.link_to_commit(&item.id, &commit(2)?).await?;
    same("whether the withdrawn link was there", &again.existed, &false)?;
    // A link as it is listed must do as well as one as it was made.
    for link in case.tracker.list_links(&item.id).await? {
        case.tracker.unlink(&link).await?;
    }
    same("what is left", &case.tracker.list_links(&item.id).await?, &Vec::new())
}

async fn a_file_is_attached(case: &Case<'_>) -> Verdict {
    let item = case.make("With evidence").await?;
    let names = ["evidence.txt", "ünïcödé \"quoted\".log", "../../etc/passwd", "a\r\nb: c.txt"];
    for (name, content) in names.into_iter().zip([&b"text"[..], b"\x00\xff\r\n--x\r\n", b"", b"x"])
    {
        let strange = name.contains(['/', '\n']);
        let (name, media_type) = (name.to_owned(), "application/octet-stream".to_owned());
        let file = Attachment { name, media_type, content: content.to_vec() };
        // A name with folders or line breaks may be refused as well as cleaned.
        match case.tracker.attach_file(&item.id, &file).await {
            Ok(link) => same("the item of the file", &link.item, &item.id)?,
            refused if strange => fails("attaching", refused, &[ErrorKind::Rejected]).map(drop)?,
            failed => drop(failed?),
        }
    }
    Ok(())
}

/// The question the other way round, on trackers that can be asked it; some know the pages of their own site only.
async fn items_of_a_page(case: &Case<'_>) -> Verdict {
    let (one, other) = (case.make("One").await?, case.make("Another").await?);
    let mut pull = pull_request(97)?;
    if let Some(known) = &case.facts.pull_request {
        pull.url = known.page.clone();
    }
    for item in [&one, &other] {
        case.tracker.link_to_pull_request(&item.id, &pull).await?;
    }
    let told = known(case.tracker.items_linked_to(&pull.url).await?)?;
    same("whether both are told", &[&one, &other].map(|item| told.contains(&item.id)), &[true; 2])?;
    let link = case.tracker.link_to_pull_request(&one.id, &pull).await?;
    case.tracker.unlink(&link).await?;
    let told = known(case.tracker.items_linked_to(&pull.url).await?)?;
    let both = [&one, &other].map(|item| told.contains(&item.id));
    same("whether one and the other are still told", &both, &[false, true])
}
