//! A tracker to link in: the embedded one, and Jira on a socket. A code host that is a fake on a socket can be plugged in
//! the same way: it brings its own variables.

use ::conformance::{
    fake::{
        faults::{Fault, Rule},
        jira::{CLIENT_ID, CLIENT_SECRET, Deployment, EMAIL, GOOD_TOKEN, PROJECT, Tenant},
    },
    subject::{Access, Site as _, Subject as _, connect, generous},
};
use backend::{
    Tracker,
    model::{Draft, Status, WorkItemId},
    settings::{Origin, Settings},
};
use std::fmt::Write as _;
use tempfile::TempDir;

/// A tracker with some items, and how a process finds it.
pub(super) struct Ground {
    pub(super) name: &'static str,
    pub(super) prefix: &'static str,
    pub(super) variables: Vec<(&'static str, String)>,
    tracker: Box<dyn Tracker>,
    home: Home,
}

/// What a tracker lives in.
enum Home {
    Folder(#[expect(dead_code, reason = "it is there until the tracker is gone")] TempDir),
    Jira(Box<Tenant>),
}

/// Items that every ground has.
const ITEMS: usize = 6;

/// One of each.
pub(super) fn all() -> [Ground; 2] {
    [local(), jira()]
}

pub(super) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

/// The embedded tracker, in a file.
pub(super) fn local() -> Ground {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tracker.db").to_str().unwrap().to_owned();
    let settings = Settings::new("local").with("file", file.clone(), Origin::Default).with(
        "project",
        "LOCAL",
        Origin::Default,
    );
    let tracker = run(connect("local", &settings, generous())).unwrap();
    let variables = vec![("LOCAL_TRACKER_FILE", file), ("DEVOPS_PLATFORM", "local".to_owned())];
    Ground::new("local", "LOCAL", variables, tracker, Home::Folder(folder))
}

/// Jira Cloud, as it behaves.
pub(super) fn jira() -> Ground {
    jira_at(Tenant::new(Deployment::Cloud).unwrap())
}

/// A Jira that refuses to be asked which items are linked to a page, as trackers are that have no such question.
pub(super) fn jira_without_search() -> Ground {
    let tenant = Tenant::new(Deployment::Cloud).unwrap();
    let refused = Rule::new(Fault::Refuse(400, None)).on("POST", "/search/jql").always();
    tenant.server().inject(refused);
    jira_at(tenant)
}

/// Jira Cloud, with an application that may write to the development panel.
pub(super) fn jira_with_panel() -> Ground {
    let mut ground = jira();
    ground.variables.push(("JIRA_PANEL_CLIENT_ID", CLIENT_ID.to_owned()));
    ground.variables.push(("JIRA_PANEL_CLIENT_SECRET", CLIENT_SECRET.to_owned()));
    ground
}

fn jira_at(tenant: Tenant) -> Ground {
    let tracker = run(tenant.connect(Access::Good, generous())).unwrap().unwrap();
    let variables = vec![
        ("JIRA_URL", tenant.server().url().to_string()),
        ("JIRA_API_TOKEN", GOOD_TOKEN.to_owned()),
        ("JIRA_EMAIL", EMAIL.to_owned()),
        ("JIRA_PROJECT", PROJECT.to_owned()),
        ("DEVOPS_PLATFORM", "jira".to_owned()),
    ];
    Ground::new("jira", PROJECT, variables, tracker, Home::Jira(Box::new(tenant)))
}

impl Ground {
    fn new(
        name: &'static str,
        prefix: &'static str,
        variables: Vec<(&'static str, String)>,
        tracker: Box<dyn Tracker>,
        home: Home,
    ) -> Self {
        for number in 1..=ITEMS {
            let draft = Draft { title: format!("Item {number}"), ..Draft::default() };
            run(tracker.create_work_item(&draft)).unwrap();
        }
        Self { name, prefix, variables, tracker, home }
    }

    /// The same without the secret, as a fork's run has it.
    pub(super) fn without_secret(mut self) -> Self {
        self.variables.retain(|(name, _)| *name != "JIRA_API_TOKEN");
        self
    }

    /// `SHOP-1` for `#1`, in a text.
    pub(super) fn named(&self, text: &str) -> String {
        text.replace("KEY-", &format!("{}-", self.prefix))
    }

    pub(super) fn id(&self, number: usize) -> WorkItemId {
        WorkItemId::new(format!("{}-{number}", self.prefix))
    }

    pub(super) fn status(&self, number: usize) -> Status {
        run(self.tracker.get_work_item(&self.id(number))).unwrap().status
    }

    pub(super) fn set_status(&self, number: usize, status: Status) {
        let change = backend::model::Change { status: Some(status), ..Default::default() };
        run(self.tracker.update_work_item(&self.id(number), &change)).unwrap();
    }

    /// Links an item to another page, as link-commit does.
    pub(super) fn link_elsewhere(&self, number: usize) {
        let pull_request = backend::model::PullRequest {
            url: "https://github.com/acme/shop/pull/70".parse().unwrap(),
            number: 70,
            repository: "acme/shop".to_owned(),
            title: "Another".to_owned(),
            state: backend::model::PullRequestState::Open,
        };
        run(self.tracker.link_to_pull_request(&self.id(number), &pull_request)).unwrap();
    }

    /// The numbers of the items that are linked to a page.
    pub(super) fn linked(&self, page: &str) -> Vec<usize> {
        let is_linked = |number: &usize| {
            let links = run(self.tracker.list_links(&self.id(*number))).unwrap();
            let to_page = links.iter().filter(|link| link.url.as_str() == page).count();
            assert!(to_page < 2, "one link for one page: {links:?}");
            to_page == 1
        };
        (1..=ITEMS).filter(is_linked).collect()
    }

    /// The Jira behind the ground.
    pub(super) fn jira(&self) -> &Tenant {
        match &self.home {
            Home::Jira(tenant) => tenant,
            Home::Folder(_) => panic!("{} is no Jira", self.name),
        }
    }

    /// Number and state of each item that shows a page in the development panel.
    pub(super) fn shown(&self, page: &str) -> Vec<(usize, String)> {
        let of_item = |number: usize| {
            let shown = self.jira().jira().development_of(self.id(number).as_str());
            let to_page: Vec<_> = shown.into_iter().filter(|(url, _)| url == page).collect();
            assert!(to_page.len() < 2, "once for one page: {to_page:?}");
            to_page.into_iter().map(move |(_, state)| (number, state))
        };
        (1..=ITEMS).flat_map(of_item).collect()
    }

    /// Everything that people could see of the items.
    pub(super) fn snapshot(&self) -> String {
        let mut shown = String::new();
        for number in 1..=ITEMS {
            let item = run(self.tracker.get_work_item(&self.id(number))).unwrap();
            let links = run(self.tracker.list_links(&self.id(number))).unwrap();
            let links: Vec<_> = links.iter().map(|it| (it.url.as_str(), &it.title)).collect();
            let _ = writeln!(shown, "{} {} {} {links:?}", item.id, item.status, item.updated_at);
            if let Home::Jira(tenant) = &self.home {
                let _ = writeln!(shown, "{:?}", tenant.jira().development_of(item.id.as_str()));
            }
        }
        shown
    }
}
