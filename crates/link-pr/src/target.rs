//! Which pull request a run is about.

use app::{
    Result, Session,
    forge::{Pages, PullPage},
    git::Git,
};
use backend::{Error, ErrorKind};
use ci::MergeGroup;
use url::Url;

/// The pull request of a run, and what the CI host says about it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) page: PullPage,
    pub(crate) told: Option<ci::PullRequest>,
    pub(crate) group: Option<MergeGroup>,
}

/// Finds the pull request: the one that was asked for, else the CI host's, else the one of a merge queue's group, of the
/// run that led to this one, or of a plan.
pub(crate) fn find(
    asked: Option<&str>,
    planned: Option<&Url>,
    session: &Session,
    git: Option<&Git>,
) -> Result<Target> {
    let context = &session.context;
    let group = context.merge_group.clone();
    let told = context.pull_request.clone();
    let page = match (asked, &told) {
        (Some(asked), _) => self::asked(asked, session, git)?,
        (None, Some(told)) => of_event(told, session)?,
        (None, None) => {
            let queued = group.as_ref().and_then(|group| group.number);
            let number = queued.or_else(|| context.upstream.as_ref()?.number);
            match (number, planned) {
                (Some(number), _) => numbered(number, session, git)?,
                (None, Some(planned)) => of_plan(planned, session, git)?,
                (None, None) => return Err(none(session)),
            }
        }
    };
    let is_its = |told: &ci::PullRequest| {
        Url::parse(&told.url).ok().and_then(|url| PullPage::parse(&url)).as_ref() == Some(&page)
    };
    Ok(Target { told: told.filter(is_its), group: group.filter(|_| asked.is_none()), page })
}

fn asked(asked: &str, session: &Session, git: Option<&Git>) -> Result<PullPage> {
    if let Ok(number) = asked.trim_start_matches(['#', '!']).parse() {
        return numbered(number, session, git);
    }
    let page = Url::parse(asked).ok().and_then(|url| PullPage::parse(&url));
    // Not repeated here: an address may carry credentials.
    page.ok_or_else(|| {
        Error::new(ErrorKind::Config, "use --pull-request: it is no address of a pull request")
            .with_hint("give its page, such as https://github.com/owner/name/pull/7, or its number")
    })
}

fn numbered(number: u64, session: &Session, git: Option<&Git>) -> Result<PullPage> {
    let pages = match (Pages::from_host(&session.context), git) {
        (Some(pages), _) => Some(pages),
        (None, Some(git)) => Some(Pages::new(git.web_url()?)),
        (None, None) => None,
    };
    pages.and_then(|pages| pages.pull_request(number)).ok_or_else(|| {
        let message = format!("tell which repository pull request {number} is of");
        Error::new(ErrorKind::Config, message)
            .with_hint("give the address of its page with --pull-request")
    })
}

/// A runner's event is about the runner's repository; one that says otherwise is not believed.
fn of_event(told: &ci::PullRequest, session: &Session) -> Result<PullPage> {
    let page = Url::parse(&told.url).ok().and_then(|url| PullPage::parse(&url));
    let page = page.ok_or_else(|| {
        Error::new(ErrorKind::Config, "read the event: its pull request has no page")
            .with_hint("name the pull request with --pull-request")
    })?;
    let own = session.context.repository_url.as_deref().and_then(|url| Url::parse(url).ok());
    let own = own.filter(|own| !is_same(own, &page.repository));
    let lie = own.map(|own| {
        let (its, own) = (shown(&page.repository), shown(&own));
        format!("its pull request is of {its}, and this run is one of {own}")
    });
    let lie = lie.or_else(|| {
        let (number, its) = (told.number, page.number);
        (number != its).then(|| {
            format!("it shows the page of pull request {its}, and the run is about {number}")
        })
    });
    match lie {
        Some(lie) => Err(Error::new(ErrorKind::Config, format!("believe the event: {lie}"))
            .with_hint("name the pull request with --pull-request if you trust the event")),
        None => Ok(page),
    }
}

/// A plan may speak about this repository's pull requests only: it comes from a run that anybody can start.
fn of_plan(planned: &Url, session: &Session, git: Option<&Git>) -> Result<PullPage> {
    let page = PullPage::parse(planned).filter(|page| {
        let own = Pages::from_host(&session.context).map(|pages| pages.repository);
        match own.or_else(|| git?.web_url().ok()) {
            Some(own) => is_same(&own, &page.repository),
            None => false,
        }
    });
    page.ok_or_else(|| {
        Error::new(ErrorKind::Config, "apply the plan: its pull request is not of this repository")
            .with_hint("apply a plan in the repository that it was made in")
    })
}

fn none(session: &Session) -> Error {
    if let Some(why) = &session.event_lost {
        let message = format!("read the event that this run is about, {why}");
        return Error::new(ErrorKind::Config, message).with_hint(
            "give the step the file that the runner wrote, or name the pull request with --pull-request URL|NUMBER",
        );
    }
    let message = match session.context.event.as_deref() {
        Some(event) => {
            format!("find a pull request: the event `{}` has none", app::untrusted::line(event))
        }
        None => "find a pull request: no CI host names one".to_owned(),
    };
    Error::new(ErrorKind::Config, message)
        .with_hint("run on events of pull requests, or name one with --pull-request URL|NUMBER")
}

fn is_same(one: &Url, other: &Url) -> bool {
    let path = |url: &Url| url.path().trim_matches('/').to_ascii_lowercase();
    one.host_str() == other.host_str() && path(one) == path(other)
}

fn shown(url: &Url) -> String {
    app::untrusted::line(url.as_str())
}
