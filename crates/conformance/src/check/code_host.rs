//! The code host of a site: pull requests read whole, one comment, one status.

use super::{Case, Check, Verdict, ensure, fails, known, same};
use crate::subject::{Access, KnownPullRequest, Seen, generous};
use backend::{
    ErrorKind, Operation, Result,
    code_host::{CodeHost, CommitState, CommitStatus, Written},
    model::PullRequestState,
    text::Markdown,
};
use std::collections::BTreeSet;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "a_pull_request_is_read_whole",
        needs: &[],
        run: |case| Box::pin(a_pull_request_is_read_whole(case)),
    },
    Check {
        name: "other_pages_are_no_pull_requests",
        needs: &[],
        run: |case| Box::pin(other_pages(case)),
    },
    Check {
        name: "one_comment_on_a_pull_request",
        needs: &[],
        run: |case| Box::pin(one_comment(case)),
    },
    Check { name: "one_status_of_a_commit", needs: &[], run: |case| Box::pin(one_status(case)) },
    Check {
        name: "pages_of_the_code_host_are_linked",
        needs: &[
            Operation::CreateWorkItem,
            Operation::LinkToCommit,
            Operation::LinkToPullRequest,
            Operation::ListLinks,
            Operation::Unlink,
        ],
        run: |case| Box::pin(pages_are_linked(case)),
    },
    Check {
        name: "a_code_host_refuses_a_wrong_token",
        needs: &[],
        run: |case| Box::pin(a_wrong_token(case)),
    },
];

const MARKER: &str = "<!-- devops-integrations:conformance -->";

async fn connect(case: &Case<'_>) -> Verdict<(Box<dyn CodeHost>, KnownPullRequest)> {
    let host = known(case.subject.code_host(Access::Good, generous()).await)??;
    Ok((host, known(case.facts.pull_request.clone())?))
}

fn seen(case: &Case<'_>, pull: &KnownPullRequest, sha: &str) -> Verdict<Seen> {
    known(case.subject.seen_on_pull_request(&pull.page, sha))
}

async fn a_pull_request_is_read_whole(case: &Case<'_>) -> Verdict {
    let (host, pull) = connect(case).await?;
    let proposal = host.get_pull_request(&pull.page).await?;
    same("the page", &proposal.pull_request.url, &pull.page)?;
    same("the title", &proposal.pull_request.title.as_str(), &pull.title)?;
    same("the state", &proposal.pull_request.state, &PullRequestState::Open)?;
    same("the source branch", &proposal.source_branch.as_str(), &pull.source_branch)?;
    same("whether it is a fork's", &proposal.is_fork, &false)?;
    same("how many commits", &(proposal.commits.len(), proposal.complete), &pull.commits)?;
    let distinct: BTreeSet<_> = proposal.commits.iter().map(|commit| &commit.sha).collect();
    same("how many different commits", &distinct.len(), &pull.commits.0)?;
    let ordered = proposal.commits.is_sorted_by_key(|commit| commit.committed_at);
    ensure(ordered, || "the oldest commits are not first".to_owned())?;
    let whole = proposal.commits.iter().all(|commit| {
        !commit.message.is_empty()
            && commit.url.as_str().contains(&commit.sha)
            && commit.sha.len() >= 40
    });
    ensure(whole, || "a commit lacks its message, its full id or its page".to_owned())?;
    let head = proposal.commits.last().map(|commit| commit.sha.clone());
    ensure(!proposal.complete || head.as_ref() == Some(&proposal.head_sha), || {
        format!("the head is {} and the last commit {head:?}", proposal.head_sha)
    })
}

async fn other_pages(case: &Case<'_>) -> Verdict {
    let (host, pull) = connect(case).await?;
    let absent = host.get_pull_request(&pull.absent).await;
    fails("reading what is not there", absent, &[ErrorKind::NotFound])?;
    let mut elsewhere = pull.page.clone();
    let _ = elsewhere.set_host(Some("elsewhere.example"));
    let mut no_number = pull.page.clone();
    no_number.set_path("/acme/shop");
    ensure(host.serves(&pull.page), || format!("{} is not served", pull.page))?;
    for page in [elsewhere, no_number] {
        ensure(!host.serves(&page), || format!("{page} is served"))?;
        fails(page.as_str(), host.get_pull_request(&page).await, &[ErrorKind::Config])?;
    }
    Ok(())
}

async fn one_comment(case: &Case<'_>) -> Verdict {
    let (host, pull) = connect(case).await?;
    let before = seen(case, &pull, "")?.comments.len();
    let write = async |text: &str| {
        host.upsert_comment(&pull.page, MARKER, &Markdown::from_template(text)).await
    };
    let told: Result<Vec<_>> =
        async { Ok(vec![write("One.").await?, write("One.").await?, write("Two.").await?]) }.await;
    let expected = vec![Written::Created, Written::Unchanged, Written::Updated];
    same("what was told", &told?, &expected)?;
    let comments = seen(case, &pull, "")?.comments;
    same("how many comments", &comments.len(), &(before + 1))?;
    let ours =
        comments.iter().find(|comment| comment.contains(MARKER)).cloned().unwrap_or_default();
    let found = host.find_comment(&pull.page, MARKER).await?;
    same("the comment as it is found", &found.as_deref().map(str::trim), &Some(ours.trim()))?;
    let other = host.find_comment(&pull.page, "<!-- devops-integrations:nobody -->").await?;
    same("a comment that is not there", &other, &None)?;
    ensure(ours.contains("Two.") && !ours.contains("One."), || format!("it says {ours:?}"))
}

async fn one_status(case: &Case<'_>) -> Verdict {
    let (host, pull) = connect(case).await?;
    let sha = host.get_pull_request(&pull.page).await?.head_sha;
    let status = |state| CommitStatus {
        context: "devops-integrations/links".to_owned(),
        state,
        description: "d".repeat(500),
        target_url: Some(pull.page.clone()),
    };
    let before = seen(case, &pull, &sha)?.sent;
    for state in
        [CommitState::Pending, CommitState::Failure, CommitState::Success, CommitState::Success]
    {
        host.set_status(&pull.page, &sha, &status(state)).await?;
    }
    let seen = seen(case, &pull, &sha)?;
    same("how many statuses were sent", &(seen.sent - before), &3)?;
    let ours = seen.statuses.iter().filter(|(context, _)| context.contains("links")).count();
    same("how many statuses of the context there are", &ours, &1)
}

/// What is linked may be kept in the tracker's own way; it is listed and withdrawn by the address that was given.
async fn pages_are_linked(case: &Case<'_>) -> Verdict {
    let (host, pull) = connect(case).await?;
    let proposal = host.get_pull_request(&pull.page).await?;
    let commit = proposal.commits.last().cloned();
    let commit = known(commit)?;
    let item = case.make("To be linked to the code host").await?.id;
    for existed in [false, true] {
        let linked = case.tracker.link_to_commit(&item, &commit).await?;
        same("whether the commit was linked", &linked.existed, &existed)?;
        let linked = case.tracker.link_to_pull_request(&item, &proposal.pull_request).await?;
        same("whether the pull request was linked", &linked.existed, &existed)?;
    }
    let links = case.tracker.list_links(&item).await?;
    let addresses: BTreeSet<_> = links.iter().map(|link| link.url.clone()).collect();
    let expected = BTreeSet::from([commit.url.clone(), pull.page.clone()]);
    same("the addresses", &addresses, &expected)?;
    same("how many links there are", &links.len(), &2)?;
    for link in links {
        case.tracker.unlink(&link).await?;
    }
    same("what is left", &case.tracker.list_links(&item).await?, &Vec::new())
}

async fn a_wrong_token(case: &Case<'_>) -> Verdict {
    let (_, pull) = connect(case).await?;
    let auth = &[ErrorKind::Auth];
    match known(case.subject.code_host(Access::Wrong, generous()).await)? {
        Ok(host) => fails("reading", host.get_pull_request(&pull.page).await, auth).map(drop),
        refused => fails("connecting", refused, auth).map(drop),
    }
}
