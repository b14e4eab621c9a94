//! One script over all CI hosts, byte for byte.

use crate::golden;
use ci::{Effect, Env, Host, Level, Place, Pushed};
use serde_json::{Value, json};
use std::fmt::Write as _;

const BEFORE: &str = "1111111111111111111111111111111111111111";
const HEAD: &str = "2222222222222222222222222222222222222222";
const MERGE: &str = "3333333333333333333333333333333333333333";
const NONE: &str = "0000000000000000000000000000000000000000";
const NONCE: u128 = 0x00c0_ffee_0000_0000_0000_0000_0000_0001;

const GITHUB: &[(&str, &str)] = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_SERVER_URL", "https://github.com"),
    ("GITHUB_REPOSITORY", "acme/shop"),
    ("GITHUB_SHA", HEAD),
    ("GITHUB_REF", "refs/heads/main"),
    ("GITHUB_RUN_ID", "77"),
    ("GITHUB_ACTOR", "somebody"),
    ("GITHUB_EVENT_NAME", "push"),
    ("GITHUB_OUTPUT", "/files/output"),
    ("GITHUB_STEP_SUMMARY", "/files/summary"),
];

const AZURE: &[(&str, &str)] = &[
    ("TF_BUILD", "True"),
    ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/acme/"),
    ("SYSTEM_TEAMPROJECT", "Web Shop"),
    ("BUILD_BUILDID", "77"),
    ("BUILD_REPOSITORY_NAME", "shop"),
    ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
    ("BUILD_REPOSITORY_URI", "https://acme@dev.azure.com/acme/Web%20Shop/_git/shop"),
    ("BUILD_SOURCEVERSION", HEAD),
    ("BUILD_SOURCEBRANCH", "refs/heads/main"),
    ("BUILD_REQUESTEDFOR", "Some Body"),
    ("BUILD_REASON", "IndividualCI"),
    ("AGENT_TEMPDIRECTORY", "/files"),
];

const GITLAB: &[(&str, &str)] = &[
    ("GITLAB_CI", "true"),
    ("DEVOPS_DOTENV", "report.env"),
    ("CI_PROJECT_DIR", "/files"),
    ("CI_PROJECT_PATH", "acme/web/shop"),
    ("CI_PROJECT_URL", "https://gitlab.com/acme/web/shop"),
    ("CI_COMMIT_SHA", HEAD),
    ("CI_COMMIT_BEFORE_SHA", BEFORE),
    ("CI_COMMIT_BRANCH", "main"),
    ("CI_DEFAULT_BRANCH", "main"),
    ("CI_JOB_URL", "https://gitlab.com/acme/web/shop/-/jobs/77"),
    ("GITLAB_USER_LOGIN", "somebody"),
    ("CI_PIPELINE_SOURCE", "push"),
];

fn host(
    environment: &[(&str, &str)],
    more: &[(&str, &str)],
    event: Option<Value>,
) -> Box<dyn Host> {
    let variables = environment.iter().chain(more).copied();
    ci::detect(&variables.collect::<Env>().with_nonce(NONCE), event)
}

/// What a binary does with its host, with text in it that wants out.
fn script(host: &mut dyn Host) -> Vec<Effect> {
    let hostile = "50 % done\r\n::stop-commands::word\n##[error]x ##vso[task.complete result=Succeeded;]y\u{202e}";
    let place = Place { file: "src/a,b:c;d].rs".to_owned(), line: Some(3) };
    let delimiter = format!("end_{NONCE:032x}");
    [
        host.mask("s3cr3t %\nsecond line"),
        host.mask(""),
        host.output("linked", "2"),
        host.output("work-items", "SHOP-1,SHOP-2"),
        host.output("several", "one; two]\r\nthree 100 %"),
        host.output("guess", &format!("a\n{delimiter}\ninjected=1")),
        host.output("bad name=\nx", "1"),
        host.annotate(Level::Notice, "2 links", None),
        host.annotate(Level::Warning, hostile, None),
        host.annotate(Level::Error, "cannot link SHOP-1", Some(&place)),
        host.summarize("| item | commit |\n|---|---|\n| SHOP-1 | 2222222 |\n"),
        host.summarize("second part: 50 % ::group::"),
    ]
    .concat()
}

/// The effects as one file, with every byte that is not plain text spelt out.
fn shown(effects: &[Effect]) -> String {
    let spelt =
        |text: &str| text.replace('\u{1b}', "<ESC>").replace('\r', "<CR>").replace('\t', "<TAB>");
    let mut page = String::new();
    for effect in effects {
        let (place, text) = match effect {
            Effect::Log(text) => ("log".to_owned(), format!("{text}\n")),
            Effect::Append { path, text } => (path.clone(), text.clone()),
        };
        for line in text.split_inclusive('\n') {
            let end = if line.ends_with('\n') { "" } else { "<NO LINE BREAK>" };
            let _ = writeln!(page, "{place}: {}{end}", spelt(line.trim_end_matches('\n')));
        }
    }
    page
}

fn check_script(name: &str, environment: &[(&str, &str)]) {
    let mut host = host(environment, &[], None);
    assert_eq!(host.name(), name);
    golden::check(&format!("tests/golden/hosts/{name}.txt"), &shown(&script(&mut *host)));
}

#[test]
fn github_gets_its_bytes() {
    check_script("github", GITHUB);
}

#[test]
fn azure_gets_its_bytes() {
    check_script("azure", AZURE);
}

#[test]
fn gitlab_gets_its_bytes() {
    check_script("gitlab", GITLAB);
}

#[test]
fn a_shell_gets_its_bytes() {
    check_script("shell", &[("HOME", "/home"), ("GITHUB_ACTIONS", "false")]);
}

fn check_context(name: &str, host: &dyn Host) {
    let context = host.context();
    let page = format!("{context:#?}\ncommit_url: {:?}\n", context.commit_url(HEAD));
    golden::check(&format!("tests/golden/hosts/{name}.context.txt"), &page);
}

fn github_pull_request(head_repository: &Value) -> Value {
    json!({
        "number": 7,
        "repository": { "default_branch": "main" },
        "before": BEFORE, "after": HEAD,
        "pull_request": {
            "number": 7, "title": "SHOP-1 pay by invoice", "html_url": "https://github.com/acme/shop/pull/7",
            "head": { "ref": "feature/SHOP-1", "sha": HEAD, "repo": head_repository },
            "base": { "ref": "main", "sha": BEFORE }
        }
    })
}

#[test]
fn a_push_has_a_range_where_the_host_knows_it() {
    let event =
        json!({ "before": BEFORE, "after": HEAD, "repository": { "default_branch": "main" } });
    check_context("github-push", &*host(GITHUB, &[], Some(event)));
    check_context("azure-push", &*host(AZURE, &[], None));
    check_context("gitlab-push", &*host(GITLAB, &[], None));
    check_context("shell", &*host(&[], &[], None));
}

#[test]
fn a_pull_request_is_about_its_head_and_not_about_the_merge() {
    let event = github_pull_request(&json!({ "full_name": "acme/shop" }));
    let merge = [
        ("GITHUB_SHA", MERGE),
        ("GITHUB_REF", "refs/pull/7/merge"),
        ("GITHUB_EVENT_NAME", "pull_request"),
    ];
    check_context("github-pull-request", &*host(GITHUB, &merge, Some(event)));
    let pull_request = [
        ("BUILD_SOURCEVERSION", MERGE),
        ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
        ("BUILD_REASON", "PullRequest"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
        ("SYSTEM_PULLREQUEST_SOURCECOMMITID", HEAD),
        ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/feature/SHOP-1"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ("SYSTEM_PULLREQUEST_ISFORK", "False"),
    ];
    check_context("azure-pull-request", &*host(AZURE, &pull_request, None));
    let merge_request = [
        ("CI_COMMIT_SHA", MERGE),
        ("CI_COMMIT_BRANCH", ""),
        ("CI_COMMIT_BEFORE_SHA", NONE),
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_PIPELINE_CREATED_AT", "2026-01-05T09:15:00Z"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_TITLE", "SHOP-1 pay by invoice"),
        ("CI_PROJECT_PATH", "someone/shop"),
        ("CI_PROJECT_URL", "https://gitlab.com/someone/shop"),
        ("CI_MERGE_REQUEST_PROJECT_PATH", "acme/web/shop"),
        ("CI_MERGE_REQUEST_PROJECT_URL", "https://gitlab.com/acme/web/shop"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_URL", "https://gitlab.com/someone/shop"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "12"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "13"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "feature/SHOP-1"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", HEAD),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", BEFORE),
    ];
    check_context("gitlab-merge-request", &*host(GITLAB, &merge_request, None));
}

#[test]
fn a_fork_is_known_by_its_repository_even_when_that_is_gone() {
    for (repository, expected) in [
        (json!({ "full_name": "acme/shop" }), false),
        (json!({ "full_name": "Acme/Shop" }), false),
        (json!({ "full_name": "someone/shop" }), true),
        (Value::Null, true),
    ] {
        let context = host(GITHUB, &[], Some(github_pull_request(&repository))).context();
        assert_eq!(
            context.pull_request.map(|pull_request| pull_request.is_fork),
            Some(expected),
            "{repository}"
        );
    }
}

#[test]
fn secrets_are_withheld_from_forks_and_from_dependabot() {
    let withheld = |repository: &str, event: &str, actor: &str| {
        let more = [("GITHUB_EVENT_NAME", event), ("GITHUB_ACTOR", actor)];
        let pull = github_pull_request(&json!({ "full_name": repository }));
        host(GITHUB, &more, Some(pull)).context().secrets_withheld
    };
    assert!(!withheld("acme/shop", "pull_request", "alex"));
    assert!(withheld("someone/shop", "pull_request", "alex"));
    assert!(withheld("acme/shop", "pull_request", "dependabot[bot]"));
    assert!(!withheld("someone/shop", "pull_request_target", "alex"));
}

#[test]
fn the_first_push_of_a_branch_is_compared_with_the_default_branch() {
    let event =
        json!({ "before": NONE, "after": HEAD, "repository": { "default_branch": "main" } });
    let feature = [
        ("GITHUB_REF", "refs/heads/feature"),
        ("CI_COMMIT_BRANCH", "feature"),
        ("CI_COMMIT_BEFORE_SHA", NONE),
    ];
    let expected = vec![format!("refs/remotes/origin/main..{HEAD}")];
    assert_eq!(host(GITHUB, &feature, Some(event)).context().ranges, expected);
    assert_eq!(host(GITLAB, &feature, None).context().ranges, expected);
}

#[test]
fn a_deleted_branch_and_a_tag_have_no_range() {
    let event =
        json!({ "before": BEFORE, "after": NONE, "repository": { "default_branch": "main" } });
    let context =
        host(GITHUB, &[("GITHUB_REF", "refs/tags/v1"), ("GITHUB_SHA", "")], Some(event)).context();
    assert_eq!((context.ranges, context.branch, context.sha), (Vec::new(), None, None));
    // GitHub starts the run for a deleted branch on the default branch, at its newest commit.
    for more in [json!(null), json!(true)] {
        let event = json!({ "before": BEFORE, "after": NONE, "deleted": more,
            "repository": { "default_branch": "main" } });
        let context = host(GITHUB, &[], Some(event)).context();
        assert_eq!((context.ranges, context.pushed), (Vec::new(), Pushed::Nothing));
    }
}

#[test]
fn the_first_push_of_a_repository_is_all_of_it() {
    let first = [("CI_COMMIT_BEFORE_SHA", NONE)];
    assert_eq!(host(GITLAB, &first, None).context().ranges, [HEAD]);
    let started = [first[0], ("CI_PIPELINE_SOURCE", "web")];
    assert_eq!(host(GITLAB, &started, None).context().ranges, Vec::<String>::new());
}

#[test]
fn a_draft_is_one_by_its_title_where_no_variable_says_so() {
    let is_draft = |title: &str| {
        let more = [
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "topic"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_TITLE", title),
        ];
        host(GITLAB, &more, None).context().pull_request.unwrap().is_draft
    };
    assert!(is_draft("Draft: pay") && is_draft("[Draft] pay") && is_draft("(draft) pay"));
    assert!(!is_draft("Drafts are listed") && !is_draft("List drafts: all"));
}

#[test]
fn a_merge_queue_has_the_range_of_its_group() {
    let event = json!({ "merge_group": { "head_sha": HEAD, "base_sha": BEFORE } });
    let context = host(GITHUB, &[("GITHUB_SHA", MERGE)], Some(event)).context();
    assert_eq!(
        (context.sha, context.ranges),
        (Some(HEAD.to_owned()), vec![format!("{BEFORE}..{HEAD}")])
    );
}

#[test]
fn an_event_of_the_wrong_shape_is_not_believed() {
    let lies = [
        json!([]),
        json!("push"),
        json!({ "before": 1, "after": {}, "repository": "x", "pull_request": [] }),
        json!({ "before": "--output=/etc/passwd", "after": "HEAD", "pull_request": { "number": -7 } }),
        json!({ "pull_request": { "number": 7, "html_url": "javascript:alert(1)", "head": 3, "base": { "sha": "x" } } }),
        json!({ "before": NONE, "repository": { "default_branch": "a..b --all" } }),
    ];
    for lie in lies {
        let context = host(GITHUB, &[], Some(lie.clone())).context();
        assert_eq!(context.ranges, Vec::<String>::new(), "{lie}");
        assert_eq!(context.pull_request, None, "{lie}");
        assert_eq!(context.sha.as_deref(), Some(HEAD), "{lie}");
    }
}

#[test]
fn a_github_pull_request_on_azure_has_its_number_and_page() {
    let github = [
        ("BUILD_REPOSITORY_PROVIDER", "GitHub"),
        ("BUILD_REPOSITORY_URI", "https://github.com/acme/shop.git"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTID", "990011"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "7"),
        ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "feature"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "main"),
    ];
    let pull_request = host(AZURE, &github, None).context().pull_request.unwrap();
    assert_eq!(
        (pull_request.number, pull_request.url.as_str()),
        (7, "https://github.com/acme/shop/pull/7")
    );
}

#[test]
fn a_summary_stops_before_the_limit_and_says_so() {
    let mut host = host(GITHUB, &[], None);
    let row = format!("| {} |\n", "é".repeat(500));
    let first = host.summarize(&row.repeat(600));
    let second = host.summarize(&row.repeat(600));
    let bytes = |effects: &[Effect]| match effects {
        [Effect::Append { text, .. }] => text.clone(),
        _ => String::new(),
    };
    let both = bytes(&first) + &bytes(&second);
    assert!(both.len() <= 1024 * 1024, "{}", both.len());
    assert!(both.len() > 1024 * 1024 - 2 * row.len(), "{}", both.len());
    assert!(both.ends_with("|\n\n*The summary was cut: it is longer than 1 MiB.*\n"));
    assert_eq!(host.summarize("more"), Vec::new());
}

#[test]
fn a_dotenv_report_stays_below_its_limit() {
    let mut host = host(GITLAB, &[], None);
    let long = "x".repeat(5_000);
    assert!(matches!(&host.output("first", &long)[..], [Effect::Append { .. }]));
    let refused = host.output("second", &long);
    assert!(
        matches!(&refused[..], [Effect::Log(text)] if text.contains("SECOND is left out")),
        "{refused:?}"
    );
    assert!(matches!(&host.output("third", "1")[..], [Effect::Append { .. }]));
    let mut unasked = ci::detect(&[("GITLAB_CI", "true")].into_iter().collect(), None);
    assert_eq!(unasked.output("first", "1"), Vec::new(), "no file without a name for it");
}

#[test]
fn a_host_without_its_files_still_works() {
    let mut github = host(&[("GITHUB_ACTIONS", "true")], &[], None);
    assert_eq!(github.output("linked", "2"), Vec::new());
    assert_eq!(github.summarize("text"), Vec::new());
    let mut azure = host(&[("TF_BUILD", "True")], &[], None);
    assert_eq!(azure.summarize("::a::b"), vec![Effect::Log(": :a::b".to_owned())]);
    for mut host in [github, azure, host(&[("GITLAB_CI", "true")], &[], None)] {
        assert_eq!(host.context().ranges, Vec::<String>::new());
        assert!(!script(&mut *host).is_empty());
    }
}
