//! The same pull request on every tracker there is, about a page of its own site where it has one: a link made once stays,
//! and is taken away when the pull request names another item.

use ::conformance::{
    check,
    subject::{Access, Site, generous},
    suite::FAKES,
};
use async_trait::async_trait;
use backend::{
    Result, Tracker,
    code_host::{CodeHost, CommitStatus, Proposal, Written},
    model::{Draft, WorkItemId},
    platform,
    reference::Pattern,
    text::Markdown,
};
use clap::Parser as _;
use serde_json::{Value, json};
use url::Url;

/// A code host with one pull request, which takes no comments.
#[derive(Debug)]
struct Host(Proposal);

#[async_trait]
impl CodeHost for Host {
    fn serves(&self, _: &Url) -> bool {
        true
    }

    async fn get_pull_request(&self, _: &Url) -> Result<Proposal> {
        Ok(self.0.clone())
    }

    async fn find_comment(&self, _: &Url, _: &str) -> Result<Option<String>> {
        Ok(None)
    }

    async fn upsert_comment(&self, _: &Url, _: &str, _: &Markdown) -> Result<Written> {
        Ok(Written::Created)
    }

    async fn set_status(&self, _: &Url, _: &str, _: &CommitStatus) -> Result<()> {
        Ok(())
    }
}

/// An item as a pull request names it.
fn named(tracker: &dyn Tracker, id: &WorkItemId) -> String {
    match tracker.metadata().references.as_slice() {
        all if all.contains(&Pattern::AzureBoards) => format!("AB#{id}"),
        _ => id.to_string(),
    }
}

async fn make(tracker: &dyn Tracker) -> WorkItemId {
    let draft = Draft { title: "A till".to_owned(), ..Draft::default() };
    tracker.create_work_item(&draft).await.unwrap().id
}

/// A run about a pull request with this title; its document.
async fn settle(site: &dyn Site, tracker: &dyn Tracker, page: &Url, title: &str) -> Value {
    let mut proposal = check::panel::proposal(page.clone(), "acme/shop");
    title.clone_into(&mut proposal.pull_request.title);
    let folder = tempfile::tempdir().unwrap();
    git2::Repository::init(folder.path()).unwrap();
    let here = folder.path().to_str().unwrap();
    let args = ["link-pr", "--repository", here, "--pull-request", page.as_str()];
    let args = link_pr::Args::parse_from(args);
    let settings = site.settings(site.token());
    let name = tracker.metadata().name.clone();
    let known = platform::find(&name).unwrap().settings.iter();
    let given = known.filter_map(|setting| Some((setting.env, settings.text(setting.key)?)));
    let chosen = [("DEVOPS_PLATFORM", name.as_str())];
    let env = given.chain(chosen).collect();
    let mut session = app::Session::new(args.common.clone(), env, None);
    let host = Some(Box::new(Host(proposal)) as Box<dyn CodeHost>);
    let report = link_pr::run_on(args, &mut session, host).await.unwrap();
    assert_eq!(report.exit_code(), 0, "{name}: {report:?}");
    report.json.value()
}

#[tokio::test]
async fn a_link_is_made_once_and_taken_away_on_every_tracker() {
    for fake in FAKES {
        let site = (fake.start)().unwrap();
        let tracker = site.connect(Access::Good, generous()).await.unwrap().unwrap();
        let (one, other) = (make(&*tracker).await, make(&*tracker).await);
        let page = site.facts().pull_request.map(|known| known.page);
        let page = page.unwrap_or_else(|| "https://github.com/acme/shop/pull/7".parse().unwrap());
        let linked = async |id: &WorkItemId| {
            let links = tracker.list_links(id).await.unwrap();
            links.iter().filter(|link| link.url == page).count()
        };
        let title = format!("Add a till, as {} wants", named(&*tracker, &one));
        for existed in [false, true, true] {
            let document = settle(&*site, &*tracker, &page, &title).await;
            let link = &document["links"][0];
            assert_eq!(link["existed"], existed, "{}: {document:#}", fake.name);
            assert_eq!(document["withdrawn"], json!([]), "{}: {document:#}", fake.name);
            assert_eq!(linked(&one).await, 1, "{}", fake.name);
        }
        let title = format!("Add a till, as {} wants", named(&*tracker, &other));
        let document = settle(&*site, &*tracker, &page, &title).await;
        let told = document["withdrawn"].as_array().unwrap().len();
        // GitHub and GitLab are not asked, and nothing else remembers the run before here.
        let is_asked = tracker.items_linked_to(&page).await.unwrap().is_some();
        assert_eq!(told, usize::from(is_asked), "{}: {document:#}", fake.name);
        let expected = (usize::from(!is_asked), 1);
        assert_eq!(
            (linked(&one).await, linked(&other).await),
            expected,
            "{}: {document:#}",
            fake.name
        );
    }
}
