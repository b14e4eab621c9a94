//! Does every platform survive what goes wrong between it and its tracker, without making anything twice and
//! without telling its token to anybody?

use ::conformance::{
    fake::{
        Response, Server,
        faults::{Fault, Rule},
    },
    subject::{Access, Site, generous},
    suite::FAKES,
};
mod cases;

use backend::{
    Error, ErrorKind, Result, Tracker,
    http::Policy,
    model::{Commit, Draft, Query, WorkItemId},
};
use cases::{Case, End, PATIENCE, cases};
use futures_util::{StreamExt as _, stream};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// What a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Create,
    Get,
    Search,
    Link,
}

const ASKED: [Asked; 4] = [Asked::Create, Asked::Get, Asked::Search, Asked::Link];

/// How a case ended.
#[derive(Default)]
struct Score {
    wrong: Vec<String>,
    duplicated: usize,
    leaked: usize,
}

#[tokio::test]
async fn every_fault_is_survived() {
    let elsewhere = Arc::new(server_of_somebody_else());
    let runs = FAKES.iter().flat_map(|fake| {
        let elsewhere = &elsewhere;
        let cases = cases(elsewhere.url()).into_iter().map(Arc::new).collect::<Vec<_>>();
        let pairs =
            cases.into_iter().flat_map(|case| ASKED.map(|asked| (Arc::clone(&case), asked)));
        pairs.map(
            move |(case, asked)| async move { run(&*(fake.start)().unwrap(), &case, asked).await },
        )
    });
    let runs: Vec<_> = runs.collect();
    let all = runs.len();
    let scores: Vec<Score> = stream::iter(runs).buffer_unordered(24).collect().await;
    for wrong in scores.iter().flat_map(|score| &score.wrong) {
        acceptance::say(wrong);
    }
    let survived = scores.iter().filter(|score| score.wrong.is_empty()).count();
    let duplicated: usize = scores.iter().map(|score| score.duplicated).sum();
    let mut leaked: usize = scores.iter().map(|score| score.leaked).sum();
    leaked += elsewhere.exchanges().len();
    acceptance::say(format!(
        "faults: survived {survived} of {all}, duplicated {duplicated}, leaked {leaked}"
    ));
    assert_eq!((survived, duplicated, leaked), (all, 0, 0));
}

/// A server that no token may come to. It answers whatever comes with success.
fn server_of_somebody_else() -> Server {
    Server::start(Arc::new(|_: &_| Response::json(200, &serde_json::json!({})))).unwrap()
}

/// A run that takes at most four times the patience for one answer.
fn policy(patience: Duration) -> Policy {
    let deadline = tokio::time::Instant::now() + 4 * patience;
    Policy { timeout: patience, retry_attempts: 3, deadline }
}

async fn run(site: &dyn Site, case: &Case, asked: Asked) -> Score {
    let mut score = Score::default();
    let what = format!("{}: {}: {asked:?}", site.name(), case.name);
    // The first connection and the item to work on are made in good weather.
    let calm = connect(site, PATIENCE).await.unwrap();
    let item = calm.create_work_item(&draft("An item to work on")).await.unwrap();
    let tracker = connect(site, case.patience).await.unwrap();
    let before = count(site);
    let (method, path) = route(site, asked);
    site.server().inject(Rule::new(case.fault.clone()).on(method, path).times(case.times));
    let first = site.server().exchanges().len();
    let started = Instant::now();
    let outcome = ask(&*tracker, asked, &item.id).await;
    let took = started.elapsed();
    site.server().behave();
    let end = match asked {
        // What was made is found by its id; of what was not made nobody knows that it never will be.
        Asked::Create if site.finds_lost_creates() && case.items == 1 => &End::Works,
        Asked::Create => &case.create,
        _ => &case.repeatable,
    };
    if !ended(end, asked, &outcome) {
        score.wrong.push(format!("{what}: should be {end:?} and is {outcome:?}"));
    }
    if took > 5 * case.patience {
        score
            .wrong
            .push(format!("{what}: took {took:?}, and the deadline is {:?}", 4 * case.patience));
    }
    check_requests(site, case, &what, first, (method, path), &mut score);
    check_memory(site, case, asked, before, &what, &mut score);
    if let Err(error) = &outcome {
        score.leaked += usize::from(tells_token(site, error));
    }
    score
}

async fn connect(site: &dyn Site, patience: Duration) -> Result<Box<dyn Tracker>> {
    site.connect(Access::Good, policy(patience)).await.unwrap()
}

fn draft(title: &str) -> Draft {
    Draft { title: title.to_owned(), ..Draft::default() }
}

fn commit() -> Commit {
    let sha = "0123456789abcdef0123456789abcdef01234567".to_owned();
    Commit {
        url: format!("https://git.example.com/acme/shop/commit/{sha}").parse().unwrap(),
        sha,
        message: "Fix the till".to_owned(),
        repository: "acme/shop".to_owned(),
        author: "Alex Example".to_owned(),
        committed_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

async fn ask(tracker: &dyn Tracker, asked: Asked, id: &WorkItemId) -> Result<()> {
    match asked {
        Asked::Create => tracker.create_work_item(&draft("Made in bad weather")).await.map(drop),
        Asked::Get => tracker.get_work_item(id).await.map(drop),
        Asked::Search => tracker.search_work_items(&Query::default()).await.map(drop),
        Asked::Link => tracker.link_to_commit(id, &commit()).await.map(drop),
    }
}

fn route(site: &dyn Site, asked: Asked) -> (&'static str, &'static str) {
    let routes = site.routes();
    match asked {
        Asked::Create => routes.create,
        Asked::Get => routes.get,
        Asked::Search => routes.search,
        Asked::Link => routes.link,
    }
}

/// Whether it ended as it must. Only a create may be ambiguous.
fn ended(end: &End, asked: Asked, outcome: &Result<()>) -> bool {
    match (end, outcome) {
        (End::Works | End::Either(_), Ok(())) => true,
        (End::Fails(kinds) | End::Either(kinds), Err(error)) => {
            kinds.contains(&error.kind)
                && !error.hint().is_empty()
                && (asked == Asked::Create || error.kind != ErrorKind::Ambiguous)
        }
        _ => false,
    }
}

fn count(site: &dyn Site) -> (usize, usize) {
    let items = site.store().items.len();
    (items, site.links())
}

/// Counts the requests of the operation itself, and looks at the pause between the first two.
fn check_requests(
    site: &dyn Site,
    case: &Case,
    what: &str,
    first: usize,
    (method, path): (&str, &str),
    score: &mut Score,
) {
    let all = site.server().exchanges();
    let ours = all[first..].iter().filter(|exchange| {
        exchange.request.method == method && exchange.request.target().contains(path)
    });
    let times: Vec<_> = ours.map(|exchange| exchange.at).collect();
    if times.len() > case.requests {
        score.wrong.push(format!("{what}: {} requests, at most {}", times.len(), case.requests));
    }
    if let [first, second, ..] = times.as_slice() {
        let apart = second.duration_since(*first);
        if apart < case.apart {
            score.wrong.push(format!("{what}: asked again after {apart:?}, told {:?}", case.apart));
        }
    }
}

/// Looks into the tracker's memory: what was made, and whether it was made twice.
fn check_memory(
    site: &dyn Site,
    case: &Case,
    asked: Asked,
    before: (usize, usize),
    what: &str,
    score: &mut Score,
) {
    let after = count(site);
    let (items, links) = (after.0 - before.0, after.1 - before.1);
    let most = (usize::from(asked == Asked::Create), usize::from(asked == Asked::Link));
    score.duplicated += items.saturating_sub(most.0) + links.saturating_sub(most.1);
    if asked == Asked::Create && items != case.items {
        score.wrong.push(format!("{what}: {items} items are there, and {} should be", case.items));
    }
    if asked == Asked::Link && matches!(case.repeatable, End::Works) && links != 1 {
        score.wrong.push(format!("{what}: {links} links are there, and 1 should be"));
    }
}

/// Whether an error shows the token in any of the forms that it travels in.
fn tells_token(site: &dyn Site, error: &Error) -> bool {
    let text = format!("{error} {error:?} {error:#?} {} {:?}", error.hint(), error.context());
    crate::canary::forms(site.token()).iter().any(|form| text.contains(form))
}

/// A small answer that unpacks to 64 MiB is given up, once, long before its end.
#[tokio::test]
async fn a_gzip_bomb_is_not_unpacked() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let item = connect(&*site, PATIENCE)
            .await
            .unwrap()
            .create_work_item(&draft("A fuse"))
            .await
            .unwrap();
        let tracker = site.connect(Access::Good, generous()).await.unwrap().unwrap();
        for asked in ASKED {
            let (method, path) = route(&*site, asked);
            site.server().inject(Rule::new(Fault::GzipBomb(64 << 20)).on(method, path).always());
            let before = site.server().exchanges().len();
            let error = ask(&*tracker, asked, &item.id).await.unwrap_err();
            site.server().behave();
            let kind =
                if asked == Asked::Create { ErrorKind::Ambiguous } else { ErrorKind::Protocol };
            assert_eq!(error.kind, kind, "{asked:?}: {error}");
            let all = site.server().exchanges();
            let ours = all[before..].iter().filter(|it| it.request.target().contains(path));
            assert_eq!(ours.filter(|it| it.request.method == method).count(), 1, "{asked:?}");
        }
    }
}

/// A create whose answer arrived, and whose item could not be read afterwards, must not look as if it could
/// simply be run again.
#[tokio::test]
async fn a_create_that_cannot_be_read_back_is_not_run_again() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let once = Policy { retry_attempts: 0, ..policy(PATIENCE) };
        let tracker = site.connect(Access::Good, once).await.unwrap().unwrap();
        let (method, path) = site.routes().get;
        site.server().inject(Rule::new(Fault::Refuse(500, None)).on(method, path).always());
        let outcome = tracker.create_work_item(&draft("Made and not read")).await;
        let made = site.store().items.last().map(|item| site.id(item)).unwrap();
        match outcome {
            Ok(item) => assert_eq!(item.id.as_str(), made),
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Ambiguous, "{error}");
                assert!(format!("{error} {}", error.hint()).contains(&made), "{error}");
            }
        }
    }
}

/// Credentials that are wrong are tried once: trackers lock accounts after a few attempts.
#[tokio::test]
async fn wrong_credentials_are_tried_once() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        if let Some(Ok(tracker)) = site.connect(Access::Wrong, policy(PATIENCE)).await {
            let error = tracker.authenticate().await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Auth, "{error}");
        }
        let refused = site.server().exchanges();
        let refused = refused.iter().filter(|exchange| exchange.status == Some(401)).count();
        assert!(refused <= 1, "{}: {refused} attempts with wrong credentials", fake.name);
    }
}
