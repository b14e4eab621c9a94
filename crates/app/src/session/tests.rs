//! Which configuration a run believes, and what a fork's run may lack.

use super::*;
use crate::args::Color;
use serde_json::json;

const URL: (&str, &str) = ("JIRA_URL", "https://jira.acme.example");
const TOKEN: (&str, &str) = ("JIRA_API_TOKEN", "token-1234");
const PROJECT: (&str, &str) = ("JIRA_PROJECT", "SHOP");

/// What the author of the work tree wrote: another address for the token of whoever runs it.
const FILE: &str = "jira:\n  api_endpoint: https://elsewhere.example\n  api_key: ${JIRA_API_TOKEN}\n  project: SHOP\n";

/// A work tree with a configuration file in it.
struct Tree {
    folder: tempfile::TempDir,
    git: Git,
}

impl Tree {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        git2::Repository::init(folder.path()).unwrap();
        std::fs::create_dir(folder.path().join("config")).unwrap();
        std::fs::write(folder.path().join("config/plugin_config.yaml"), FILE).unwrap();
        let git = Git::open(folder.path()).unwrap();
        Self { folder, git }
    }

    /// The same without the file.
    fn bare() -> Self {
        let tree = Self::new();
        std::fs::remove_dir_all(tree.folder.path().join("config")).unwrap();
        tree
    }

    fn connect(&self, session: &mut Session) -> Result<Connection> {
        crate::block_on(session.connect(Some(&self.git)))
    }
}

/// A run of a pull request from this repository.
fn run(head: &str, variables: &[(&str, &str)]) -> Session {
    let host = [("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/shop")];
    let event = json!({ "pull_request": {
        "number": 7,
        "html_url": "https://github.com/acme/shop/pull/7",
        "head": { "ref": "fix", "repo": { "full_name": head } },
        "base": { "ref": "main" },
    }});
    let env: Env = host.iter().chain(variables).copied().collect();
    Session::new(common(), env, Some(event))
}

fn common() -> Common {
    Common {
        platform: None,
        config: None,
        dry_run: false,
        json: false,
        deadline: 60,
        verbose: 0,
        quiet: false,
        color: Color::Never,
    }
}

fn own(variables: &[(&str, &str)]) -> Session {
    run("acme/shop", variables)
}

fn fork(variables: &[(&str, &str)]) -> Session {
    run("stranger/shop", variables)
}

/// Asserts which Jira is spoken to.
fn check_address(connection: Result<Connection>, expected: &str) {
    let tracker = format!("{:?}", connection.and_then(Connection::ready).unwrap().tracker);
    assert!(tracker.contains(&format!("base: \"{expected}/\"")), "{expected} in {tracker}");
}

fn refused(connection: Result<Connection>) -> String {
    let error = connection.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Config, "{error}");
    error.message
}

/// The project of the tracker that only lacks secrets; none where not even the tracker is known.
fn skipped(connection: Result<Connection>) -> Option<String> {
    match connection.unwrap() {
        Connection::Ready(connected) => panic!("{:?} is connected", connected.tracker),
        Connection::NoSecret { naming, reason } => {
            assert_eq!(reason.kind, ErrorKind::Config);
            naming.map(|naming| naming.prefixes().join(","))
        }
    }
}

#[test]
fn the_file_in_a_forks_work_tree_is_not_believed() {
    let tree = Tree::new();
    check_address(tree.connect(&mut own(&[TOKEN])), "https://elsewhere.example");
    let message = refused(tree.connect(&mut fork(&[TOKEN])));
    assert!(message.contains("jira.api_endpoint: missing"), "{message}");
    check_address(tree.connect(&mut fork(&[URL, TOKEN, PROJECT])), URL.1);
}

#[test]
fn a_file_that_was_named_is_believed_in_a_forks_run_too() {
    let tree = Tree::new();
    let path = tree.folder.path().join("config/plugin_config.yaml");
    let mut session = fork(&[TOKEN]);
    session.common.config = Some(path.clone());
    check_address(tree.connect(&mut session), "https://elsewhere.example");
    let mut session = fork(&[TOKEN, ("DEVOPS_CONFIG", path.to_str().unwrap())]);
    check_address(tree.connect(&mut session), "https://elsewhere.example");
}

#[test]
fn a_fork_may_lack_secrets() {
    let tree = Tree::bare();
    assert_eq!(skipped(tree.connect(&mut fork(&[URL, PROJECT]))).as_deref(), Some("SHOP"));
    let message = refused(tree.connect(&mut own(&[URL, PROJECT])));
    assert!(message.contains("jira.api_key: missing"), "{message}");
}

/// A platform, the page of a pull request, and the variables of a job that is about it.
type Job = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// A job of a fork's merge request on GitLab, and one of a fork's pull request in Azure Pipelines, each with the token that
/// the host lends to every job.
const LENDERS: [Job; 2] = [
    (
        "gitlab",
        "https://git.acme.example/acme/shop/-/merge_requests/7",
        &[
            ("GITLAB_CI", "true"),
            ("CI_SERVER_URL", "https://git.acme.example"),
            ("CI_PROJECT_PATH", "stranger/shop"),
            ("CI_JOB_TOKEN", "glcbt-0123456789"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_PROJECT_URL", "https://git.acme.example/acme/shop"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "2"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "topic"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ],
    ),
    (
        "azure-devops",
        "https://dev.azure.com/acme/Till/_git/shop/pullrequest/7",
        &[
            ("TF_BUILD", "True"),
            ("AZURE_DEVOPS_ORG_URL", "https://dev.azure.com/acme"),
            ("AZURE_DEVOPS_PROJECT", "Till"),
            ("SYSTEM_ACCESSTOKEN", "eyJ0-0123456789"),
            ("BUILD_REPOSITORY_URI", "https://dev.azure.com/acme/Till/_git/shop"),
            ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
            ("SYSTEM_PULLREQUEST_ISFORK", "True"),
            ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/topic"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ],
    ),
];

#[test]
fn the_token_that_a_host_lends_to_a_forks_job_reads_the_pull_request_and_is_none_of_a_tracker() {
    let tree = Tree::bare();
    for (platform, page, variables) in LENDERS {
        let run = |more: &[(&str, &str)]| {
            let env: Env = variables.iter().chain(more).copied().collect();
            let mut session = Session::new(common(), env, None);
            session.common.platform = Some(platform.to_owned());
            session
        };
        let mut fork = run(&[]);
        assert!(fork.is_fork(), "{platform}");
        assert!(skipped(tree.connect(&mut fork)).is_some(), "{platform}");
        let host = crate::block_on(fork.code_host(None, &page.parse().unwrap())).unwrap();
        assert!(host.is_some(), "{platform}");
        let given = [("GITLAB_TOKEN", "glpat-1"), ("AZURE_DEVOPS_PAT", "pat-1")];
        tree.connect(&mut run(&given)).and_then(Connection::ready).unwrap();
        let own = [("SYSTEM_PULLREQUEST_ISFORK", ""), ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1")];
        tree.connect(&mut run(&own)).and_then(Connection::ready).unwrap();
    }
}

#[test]
fn githubs_token_of_a_forks_job_is_known_by_its_beginning() {
    let tree = Tree::bare();
    let lent = ("GITHUB_TOKEN", "ghs_0123456789");
    for platform in [None, Some("github")] {
        let as_platform = |mut session: Session| {
            session.common.platform = platform.map(str::to_owned);
            session
        };
        let mut fork_run = as_platform(fork(&[lent]));
        assert!(skipped(tree.connect(&mut fork_run)).is_some(), "{platform:?}");
        let reason = match tree.connect(&mut fork_run).unwrap() {
            Connection::NoSecret { reason, .. } => reason.to_string(),
            Connection::Ready(_) => panic!("it is connected"),
        };
        let said =
            "github.api_key: is the token of a fork's job, which may not write (GITHUB_TOKEN)";
        assert!(reason.contains(said), "{reason}");
        let page = "https://github.com/acme/shop/pull/7".parse().unwrap();
        assert!(crate::block_on(fork_run.code_host(None, &page)).unwrap().is_some());
        let mut reader = as_platform(fork(&[lent]));
        reader.reads_only = true;
        tree.connect(&mut reader).and_then(Connection::ready).unwrap();
        let input = [("INPUT_GITHUB-TOKEN", lent.1)];
        assert!(skipped(tree.connect(&mut as_platform(fork(&input)))).is_some(), "{platform:?}");
        let personal = [("GITHUB_TOKEN", "github_pat_0123456789")];
        let trusted = [lent, ("GITHUB_EVENT_NAME", "pull_request_target")];
        for session in [fork(&personal), own(&[lent]), fork(&trusted)] {
            let connection = tree.connect(&mut as_platform(session));
            connection.and_then(Connection::ready).unwrap();
        }
    }
}

#[test]
fn a_fork_may_lack_nothing_else() {
    let tree = Tree::bare();
    assert!(refused(tree.connect(&mut fork(&[URL]))).contains("jira.project: missing"));
    assert!(refused(tree.connect(&mut fork(&[]))).contains("choose a tracker"));
    let mut session = fork(&[URL, PROJECT]);
    session.common.platform = Some("jria".to_owned());
    assert!(refused(tree.connect(&mut session)).contains("jria"));
}

#[test]
fn what_stands_in_the_unread_file_is_not_missed() {
    let tree = Tree::new();
    assert_eq!(skipped(tree.connect(&mut fork(&[]))), None);
    assert_eq!(skipped(tree.connect(&mut fork(&[PROJECT]))).as_deref(), Some("SHOP"));
    let mut session = fork(&[]);
    session.common.platform = Some("jira".to_owned());
    assert_eq!(skipped(tree.connect(&mut session)).as_deref(), Some(""));
}

#[test]
fn a_page_that_no_code_host_serves_has_none() {
    let mut session = own(&[URL, TOKEN, PROJECT]);
    let page = "https://elsewhere.example/acme/shop/pull/7".parse().unwrap();
    let host = crate::block_on(session.code_host(None, &page)).unwrap();
    assert!(host.is_none(), "{host:?}");
}

#[test]
fn what_is_quoted_is_redacted_first() {
    let mut session = own(&[URL, TOKEN, PROJECT]);
    Tree::bare().connect(&mut session).unwrap();
    assert_eq!(session.redacted("sent token-1234"), "sent ***");
}

#[test]
fn work_items_may_be_in_another_tracker() {
    let tree = Tree::new();
    let yaml = "codecatalyst:\n  api_key: t-1234567\n  organization: acme\n  project: shop\n  custom_settings:\n    work_items: local\n";
    std::fs::write(tree.folder.path().join("config/plugin_config.yaml"), yaml).unwrap();
    let mut session = own(&[("LOCAL_PROJECT", "TILL")]);
    session.common.platform = Some("codecatalyst".to_owned());
    let connected = tree.connect(&mut session).and_then(Connection::ready).unwrap();
    let metadata = connected.tracker.metadata();
    assert_eq!(metadata.title, "AWS CodeCatalyst with the work items of the embedded tracker");
    assert_eq!(connected.naming.prefixes(), ["TILL"], "items are those of the other tracker");
    let draft = backend::model::Draft { title: "A".to_owned(), ..Default::default() };
    let made = crate::block_on(connected.tracker.create_work_item(&draft)).unwrap();
    assert_eq!(made.id.as_str(), "TILL-1");
}
