//! The development panel: a pull request is shown on exactly the items that it is about.

use super::{Case, Check, Verdict, ensure, fails, known, same};
use crate::subject::{Access, generous};
use backend::{
    ErrorKind, Operation,
    code_host::{Author, Proposal},
    model::{PullRequest, PullRequestState, WorkItem, WorkItemId},
    panel::{Development, Others, Panel},
};
use jiff::{SignedDuration, Timestamp};
use std::slice;
use url::Url;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "a_panel_shows_a_pull_request_on_exactly_its_items",
        needs: &[Operation::CreateWorkItem],
        run: |case| Box::pin(exactly_its_items(case)),
    },
    Check {
        name: "a_panel_keeps_the_others_where_nobody_knows_all",
        needs: &[Operation::CreateWorkItem],
        run: |case| Box::pin(others_are_kept(case)),
    },
    Check {
        name: "a_panel_keeps_what_is_newer",
        needs: &[Operation::CreateWorkItem],
        run: |case| Box::pin(what_is_newer(case)),
    },
    Check {
        name: "a_panel_leaves_out_what_is_not_there",
        needs: &[Operation::CreateWorkItem],
        run: |case| Box::pin(what_is_not_there(case)),
    },
    Check {
        name: "a_panel_takes_any_text",
        needs: &[Operation::CreateWorkItem],
        run: |case| Box::pin(any_text(case)),
    },
    Check {
        name: "a_panel_refuses_wrong_and_weak_credentials",
        needs: &[],
        run: |case| Box::pin(wrong_credentials(case)),
    },
];

/// A pull request of a repository of its own.
struct Example {
    repository: Url,
    proposal: Proposal,
}

impl Example {
    fn new(case: &Case<'_>) -> Verdict<Self> {
        let name = case.unique("repository");
        let page = |rest: &str| -> Verdict<Url> {
            let text = format!("https://git.acme.example/acme/{name}{rest}");
            known(Url::parse(&text).ok())
        };
        let name = format!("acme/{name}");
        let proposal = proposal(page("/pull/7")?, &name);
        Ok(Self { repository: page("")?, proposal })
    }

    /// It, read so many seconds after some time.
    fn at(&self, seconds: i64) -> Development<'_> {
        let begin = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56);
        Development {
            repository: &self.repository,
            proposal: &self.proposal,
            as_of: begin + SignedDuration::from_secs(seconds),
        }
    }

    /// Whether each of the items shows it, and in which state.
    fn seen(&self, case: &Case<'_>, items: &[&WorkItem]) -> Vec<Option<String>> {
        let page = self.proposal.pull_request.url.as_str();
        let of_item = |item: &&WorkItem| {
            let seen = case.subject.seen_in_panel(&item.id);
            seen.into_iter().find(|(url, _)| url == page).map(|(_, state)| state)
        };
        items.iter().map(of_item).collect()
    }
}

/// An open pull request, the seventh of a repository.
pub fn proposal(page: Url, repository: &str) -> Proposal {
    let pull_request = PullRequest {
        url: page,
        number: 7,
        repository: repository.to_owned(),
        title: "Add a till".to_owned(),
        state: PullRequestState::Open,
    };
    Proposal {
        pull_request,
        description: String::new(),
        source_branch: "till".to_owned(),
        target_branch: "main".to_owned(),
        author: Author { name: "alex".to_owned(), is_bot: false },
        is_draft: false,
        is_fork: false,
        labels: Vec::new(),
        head_sha: "a".repeat(40),
        merge_sha: None,
        commits: Vec::new(),
        complete: true,
    }
}

async fn connect(case: &Case<'_>) -> Verdict<Box<dyn Panel>> {
    Ok(known(case.subject.panel(Access::Good, generous()).await)??)
}

const OUT: Others = Others::TakenOut;

async fn exactly_its_items(case: &Case<'_>) -> Verdict {
    let panel = connect(case).await?;
    let (one, other) = (case.make("One").await?, case.make("Another").await?);
    let mut example = Example::new(case)?;
    same("where it is shown at first", &panel.shown(example.at(1)).await?.items, &Vec::new())?;
    let both = [one.id.clone(), other.id.clone()];
    ensure(both.iter().all(|id| panel.takes(id)), || "it takes no item".to_owned())?;
    for time in [2, 3] {
        let shown = panel.show(example.at(time), &both, OUT).await?;
        same("where it is shown", &shown, &both.to_vec())?;
        let shown = panel.shown(example.at(4)).await?;
        same("whether it is current", &shown.current, &true)?;
        ensure(both.iter().all(|id| shown.items.contains(id)) && shown.items.len() == 2, || {
            format!("it is told to be on {:?}", shown.items)
        })?;
    }
    let open = example.seen(case, &[&one, &other]);
    ensure(open.iter().all(Option::is_some), || format!("people see it as {open:?}"))?;
    example.proposal.pull_request.state = PullRequestState::Merged;
    same("whether a merge is shown", &panel.shown(example.at(5)).await?.current, &false)?;
    panel.show(example.at(6), &both[1..], OUT).await?;
    same("whether it is current", &panel.shown(example.at(7)).await?.current, &true)?;
    let merged = example.seen(case, &[&one, &other]);
    ensure(merged[0].is_none() && merged[1] != open[1], || format!("people see {merged:?}"))?;
    same("where it is shown", &panel.show(example.at(8), &[], OUT).await?, &Vec::new())?;
    same("what people see", &example.seen(case, &[&one, &other]), &vec![None, None])?;
    same("what is shown of nothing", &panel.show(example.at(9), &[], OUT).await?, &Vec::new())
}

async fn others_are_kept(case: &Case<'_>) -> Verdict {
    let panel = connect(case).await?;
    let (one, other) = (case.make("One").await?, case.make("Another").await?);
    let example = Example::new(case)?;
    let nothing = panel.show(example.at(1), &[], Others::Kept).await?;
    same("where nothing is shown", &nothing, &Vec::new())?;
    panel.show(example.at(2), slice::from_ref(&one.id), Others::Kept).await?;
    let shown = panel.show(example.at(3), slice::from_ref(&other.id), Others::Kept).await?;
    same("where it is shown", &shown, &vec![other.id.clone()])?;
    panel.show(example.at(4), &[], Others::Kept).await?;
    let seen = example.seen(case, &[&one, &other]);
    ensure(seen.iter().all(Option::is_some), || format!("people see {seen:?}"))
}

async fn what_is_newer(case: &Case<'_>) -> Verdict {
    let panel = connect(case).await?;
    let (one, other) = (case.make("One").await?, case.make("Another").await?);
    let example = Example::new(case)?;
    panel.show(example.at(10), slice::from_ref(&one.id), OUT).await?;
    panel.show(example.at(5), slice::from_ref(&other.id), OUT).await?;
    panel.show(example.at(6), &[], OUT).await?;
    let seen = example.seen(case, &[&one, &other]);
    ensure(seen[0].is_some() && seen[1].is_none(), || format!("people see {seen:?}"))
}

async fn what_is_not_there(case: &Case<'_>) -> Verdict {
    let panel = connect(case).await?;
    let one = case.make("One").await?;
    let example = Example::new(case)?;
    // The same form as an item of the site's.
    let digits = |c: char| c.is_ascii_digit();
    let absent = format!("{}987654321", one.id.as_str().trim_end_matches(digits));
    let absent = WorkItemId::new(absent);
    let both = [absent.clone(), one.id.clone()];
    let shown = panel.show(example.at(1), &both, OUT).await?;
    same("where it is shown", &shown, &vec![one.id.clone()])?;
    same("where it is shown", &panel.show(example.at(2), &[absent], OUT).await?, &Vec::new())?;
    same("what people see", &example.seen(case, &[&one]), &vec![None])
}

async fn any_text(case: &Case<'_>) -> Verdict {
    let panel = connect(case).await?;
    let one = case.make("One").await?;
    let mut example = Example::new(case)?;
    let long = ["日".repeat(3000), "🛒".repeat(3000)];
    for text in ["", "\u{202e}\u{0}", "a\r\nb", "</a>{\"'", &long[0], &long[1]] {
        example.proposal.pull_request.title = text.to_owned();
        example.proposal.source_branch = text.to_owned();
        example.proposal.author.name = text.to_owned();
        let shown = panel.show(example.at(1), slice::from_ref(&one.id), OUT).await?;
        same("where it is shown", &shown, &vec![one.id.clone()])?;
    }
    Ok(())
}

async fn wrong_credentials(case: &Case<'_>) -> Verdict {
    let example = Example::new(case)?;
    let wrong = known(case.subject.panel(Access::Wrong, generous()).await)??;
    fails("asking with wrong ones", wrong.authenticate().await, &[ErrorKind::Auth])?;
    fails("reading with wrong ones", wrong.shown(example.at(1)).await, &[ErrorKind::Auth])?;
    let weak = known(case.subject.panel(Access::Weak, generous()).await)??;
    fails("asking with weak ones", weak.authenticate().await, &[ErrorKind::Forbidden])?;
    let item = [WorkItemId::new("SHOP-1")];
    let shown = weak.show(example.at(1), &item, OUT).await;
    fails("showing with weak ones", shown, &[ErrorKind::Forbidden])?;
    connect(case).await?.authenticate().await.map_err(Into::into)
}
