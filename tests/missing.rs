//! Do trackers' answers have to be complete? What may be left out may be null as well, costs no more than itself, and
//! whatever cannot be done without is named by a proper error.

use ::conformance::{
    fake::{
        Request,
        faults::{Fault, Rule},
    },
    subject::{Access, Site, generous},
    suite::FAKES,
};
use backend::{
    Error, ErrorKind, Result, Tracker,
    model::{Commit, Draft, Priority, Query, WorkItemId},
    text::Markdown,
};
use serde_json::Value;

/// What a person asks for.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Identity,
    Get,
    Search,
    Links,
}

const ASKED: [Asked; 4] = [Asked::Identity, Asked::Get, Asked::Search, Asked::Links];

async fn ask(tracker: &dyn Tracker, asked: Asked, id: &WorkItemId) -> Result<String> {
    Ok(match asked {
        Asked::Identity => format!("{:?}", tracker.authenticate().await?),
        Asked::Get => format!("{:?}", tracker.get_work_item(id).await?),
        Asked::Search => format!("{:?}", tracker.search_work_items(&Query::default()).await?),
        Asked::Links => format!("{:?}", tracker.list_links(id).await?),
    })
}

/// A new connection for each question: what was read once is remembered.
async fn connect(site: &dyn Site) -> Box<dyn Tracker> {
    site.connect(Access::Good, generous()).await.unwrap().unwrap()
}

/// An item with something in every field.
async fn full_item(site: &dyn Site) -> WorkItemId {
    let facts = site.facts();
    let draft = Draft {
        title: "Pay by invoice".to_owned(),
        description: Markdown::from_template("In time."),
        priority: Some(Priority::High),
        labels: vec!["money".to_owned()],
        assignee: facts.assignee.map(str::to_owned),
        story_points: facts.estimate,
        kind: facts.estimated,
        ..Draft::default()
    };
    let tracker = connect(site).await;
    let item = tracker.create_work_item(&draft).await.unwrap().id;
    let commit = Commit {
        sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        message: "Send the invoice".to_owned(),
        url: "https://git.example.com/acme/shop/commit/0123456789abcdef".parse().unwrap(),
        repository: "acme/shop".to_owned(),
        author: "Robin".to_owned(),
        committed_at: jiff::Timestamp::UNIX_EPOCH,
    };
    tracker.link_to_commit(&item, &commit).await.unwrap();
    item
}

/// Every member of a document, as a JSON pointer; of a list, the first element stands for all.
fn members(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(members_here) => {
            for (name, member) in members_here {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                all.push(at.clone());
                members(member, &at, all);
            }
        }
        Value::Array(elements) => {
            let first = elements.first().map(|first| (first, format!("{at}/0")));
            first.into_iter().for_each(|(first, at)| members(first, &at, all));
        }
        _ => {}
    }
}

/// The requests that a question is made of, each with the members of its answer.
async fn questions(site: &dyn Site, asked: Asked, item: &WorkItemId) -> Vec<(Request, String)> {
    let tracker = connect(site).await;
    let before = site.server().exchanges().len();
    ask(&*tracker, asked, item).await.unwrap();
    let sent = site.server().exchanges().into_iter().skip(before);
    let all = sent.flat_map(|exchange| {
        let mut all = Vec::new();
        let answer = site.server().answer(&exchange.request);
        members(&serde_json::from_slice(&answer.body).unwrap_or_default(), "", &mut all);
        all.into_iter().map(move |member| (exchange.request.clone(), member))
    });
    all.collect()
}

/// True for an error that says what was answered, or in which field, and what to do.
fn is_proper(error: &Error) -> bool {
    let says = error.message.contains("answer") || error.message.contains("field `");
    match error.kind {
        ErrorKind::Protocol => says && !error.hint().is_empty(),
        kind => matches!(kind, ErrorKind::Auth | ErrorKind::NotFound | ErrorKind::Config),
    }
}

/// What is wrong when one member is not there.
async fn without(
    site: &dyn Site,
    asked: Asked,
    item: &WorkItemId,
    (request, member): &(Request, String),
) -> Option<String> {
    let mut told = Vec::new();
    for fault in [Fault::LeftOut(member.clone()), Fault::Null(member.clone())] {
        let tracker = connect(site).await;
        let method = if request.method == "GET" { "GET" } else { "POST" };
        site.server().inject(Rule::new(fault).on(method, request.target()));
        told.push(ask(&*tracker, asked, item).await);
        site.server().behave();
    }
    let wrong = match (&told[0], &told[1]) {
        (Ok(absent), Ok(null)) => absent != null,
        (Err(absent), Err(null)) => !is_proper(absent) || !is_proper(null),
        _ => true,
    };
    let place = format!("{} {} {member}", site.name(), request.target());
    wrong.then(|| format!("{place}: {asked:?}: left out {:?}, null {:?}", told[0], told[1]))
}

#[tokio::test]
async fn what_may_be_left_out_may_be_null() {
    let (mut count, mut wrong) = (0, Vec::new());
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let item = full_item(&*site).await;
        for asked in ASKED {
            for question in questions(&*site, asked, &item).await {
                wrong.extend(without(&*site, asked, &item, &question).await);
                count += 1;
            }
        }
    }
    acceptance::say(format!("missing: {count} members were taken away, {} in vain", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 500, "only {count} members were taken away");
}
