//! Pull requests, repositories, commits, threads and statuses.

use super::{Canned, Exchange, code_host, examples, ok, recorded, serve, shared, tracker};
use backend::{
    code_host::{CommitState, CommitStatus, Written},
    model::{PullRequest, PullRequestState, WorkItemId},
    text::Markdown,
};
use serde_json::{Value, json};
use url::Url;

fn is_pull_request(body: &Value) -> bool {
    body["pullRequestId"].is_u64() && body["title"].is_string() && body["sourceRefName"].is_string()
}

fn page(server: &::conformance::fake::Server, number: &Value) -> Url {
    format!("{}acme/Shop/_git/web/pullrequest/{number}", server.url()).parse().unwrap()
}

/// Microsoft's examples of commits, newest first as lists give them.
fn commits(shared: &std::path::Path) -> Vec<Value> {
    let all = examples(shared, "git/7.2/httpExamples/commits");
    let list = |body: Value| body["value"].as_array().cloned().unwrap_or_default();
    let mut found: Vec<Value> = all.into_iter().flat_map(|(_, body)| list(body)).collect();
    found.sort_by_key(|it| std::cmp::Reverse(it["committer"]["date"].to_string()));
    found.dedup_by_key(|it| it["commitId"].clone());
    assert!(found.len() > 5, "only {} commits are among the examples", found.len());
    found
}

#[tokio::test]
async fn every_recorded_pull_request_is_read_as_a_person_reads_it() {
    let Some(shared) = shared() else { return };
    let mut pulls: Vec<Value> = recorded(&shared, "test_pull_request")
        .iter()
        .filter(|it| it.uri.to_lowercase().contains("/pullrequests") && !it.body.is_empty())
        .map(Exchange::json)
        .collect();
    pulls.extend(examples(&shared, "git/7.2/httpExamples/pullRequests").into_iter().map(|it| it.1));
    let each = |body: Value| body["value"].as_array().cloned().unwrap_or_else(|| vec![body]);
    let pulls: Vec<Value> = pulls.into_iter().flat_map(each).filter(is_pull_request).collect();
    assert!(pulls.len() > 25, "only {} pull requests were recorded", pulls.len());
    let commits = commits(&shared);
    for pull in &pulls {
        check(pull, &commits).await;
    }
    acceptance::say(format!("recorded: {} pull requests of Azure Repos read", pulls.len()));
}

async fn check(pull: &Value, commits: &[Value]) {
    let number = &pull["pullRequestId"];
    let mut answers = vec![
        ok("GET", format!("/pullrequests/{number}"), pull),
        ok("GET", format!("/pullrequests/{number}/commits"), &json!({"value": commits})),
    ];
    // The whole of a message that is cut in the list.
    for cut in commits.iter().filter(|it| it["commentTruncated"] == true) {
        let mut whole = cut.clone();
        whole["commentTruncated"] = json!(false);
        answers.push(ok("GET", format!("/commits/{}", cut["commitId"].as_str().unwrap()), &whole));
    }
    let server = serve(answers);
    let page = page(&server, number);
    let proposal = code_host(&server).await.get_pull_request(&page).await.unwrap();
    assert_eq!(proposal.pull_request.title, pull["title"]);
    assert_eq!(Some(proposal.pull_request.number), number.as_u64());
    assert_eq!(proposal.description, pull["description"].as_str().unwrap_or_default());
    let branch = |name: &str| pull[name].as_str().unwrap().replace("refs/heads/", "");
    assert_eq!(proposal.source_branch, branch("sourceRefName"));
    assert_eq!(proposal.target_branch, branch("targetRefName"));
    assert_eq!(proposal.author.name, pull["createdBy"]["displayName"]);
    let state = match pull["status"].as_str().unwrap() {
        "active" => PullRequestState::Open,
        "completed" => PullRequestState::Merged,
        "abandoned" => PullRequestState::Closed,
        other => panic!("{other}"),
    };
    assert_eq!(proposal.pull_request.state, state);
    let shas: Vec<_> = proposal.commits.iter().rev().map(|commit| commit.sha.clone()).collect();
    let expected: Vec<_> = commits.iter().map(|it| it["commitId"].as_str().unwrap()).collect();
    assert_eq!(shas, expected);
    for (commit, known) in proposal.commits.iter().rev().zip(commits) {
        assert_eq!(commit.message, known["comment"].as_str().unwrap_or_default());
        assert_eq!(commit.author, known["author"]["name"]);
    }
}

/// A recorded pull request names its own artifact; the link that is made leads to that one.
#[tokio::test]
async fn the_artifact_of_a_recorded_pull_request_is_the_one_that_is_linked() {
    let Some(shared) = shared() else { return };
    let recorded = recorded(&shared, "test_pull_request_createUpdate");
    let whole = recorded.iter().find(|it| it.status == 200 && it.body.contains("\"artifactId\""));
    let pull = whole.unwrap().json();
    let artifact = pull["artifactId"].as_str().unwrap();
    let number = pull["pullRequestId"].as_u64().unwrap();
    let item = json!({"id": 7, "rev": 3, "fields": {}});
    let answers: Vec<Canned> = vec![
        ok("GET", "/workitems/7", &item),
        ok("GET", "/repositories/web", &pull["repository"]),
        ok("GET", format!("/pullrequests/{number}"), &pull),
        ok("PATCH", "/workitems/7", &item),
    ];
    let server = serve(answers);
    let link = PullRequest {
        url: page(&server, &pull["pullRequestId"]),
        number,
        repository: "Shop/web".to_owned(),
        title: pull["title"].as_str().unwrap().to_owned(),
        state: PullRequestState::Open,
    };
    let tracker = tracker(&server, "Shop").await;
    tracker.link_to_pull_request(&WorkItemId::new("AB#7"), &link).await.unwrap();
    let sent = server.exchanges().into_iter().rfind(|it| it.request.method == "PATCH").unwrap();
    let body: Vec<Value> = sent.request.json().unwrap();
    assert_eq!(body[0], json!({"op": "test", "path": "/rev", "value": 3}));
    let relation = &body[1]["value"];
    assert_eq!(relation["rel"], "ArtifactLink");
    assert!(relation["url"].as_str().unwrap().eq_ignore_ascii_case(artifact), "{relation}");
    assert_eq!(relation["attributes"]["name"], "Pull Request");
}

/// Every recorded repository has the GUIDs that artifacts are named by.
#[tokio::test]
async fn recorded_repositories_are_read() {
    let Some(shared) = shared() else { return };
    let exchanges = recorded(&shared, "test_repos");
    let shown = exchanges.iter().filter(|it| it.is("GET", "/git/repositories"));
    let each = |body: Value| body["value"].as_array().cloned().unwrap_or_else(|| vec![body]);
    let repositories: Vec<Value> = shown.map(Exchange::json).flat_map(each).collect();
    assert!(repositories.len() > 5, "only {} were recorded", repositories.len());
    let sha = "0123456789abcdef0123456789abcdef01234567";
    for repository in &repositories {
        let item = json!({"id": 7, "rev": 3, "fields": {}});
        let server = serve(vec![
            ok("GET", "/workitems/7", &item),
            ok("GET", "/repositories/web", repository),
            ok("GET", format!("/commits/{sha}"), &json!({"commitId": sha})),
            ok("PATCH", "/workitems/7", &item),
        ]);
        let commit = backend::model::Commit {
            sha: sha.to_owned(),
            message: "Fix".to_owned(),
            url: format!("{}acme/Shop/_git/web/commit/{sha}", server.url()).parse().unwrap(),
            repository: "Shop/web".to_owned(),
            author: "Robin".to_owned(),
            committed_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let tracker = tracker(&server, "Shop").await;
        tracker.link_to_commit(&WorkItemId::new("7"), &commit).await.unwrap();
        let sent = server.exchanges().into_iter().rfind(|it| it.request.method == "PATCH").unwrap();
        let body: Vec<Value> = sent.request.json().unwrap();
        let (id, project) = (&repository["id"], &repository["project"]["id"]);
        let [id, project] = [id, project].map(|guid| guid.as_str().unwrap());
        let expected = format!("vstfs:///Git/Commit/{project}%2F{id}%2F{sha}");
        assert_eq!(body[1]["value"]["url"], expected);
    }
}

/// Microsoft's examples of threads and statuses: one of theirs is found again, and the rest is left alone.
#[tokio::test]
async fn threads_and_statuses_of_the_examples_are_read() {
    let Some(shared) = shared() else { return };
    let pulls = examples(&shared, "git/7.2/httpExamples/pullRequests");
    let pull = pulls.into_iter().map(|it| it.1).find(is_pull_request).unwrap();
    let number = &pull["pullRequestId"];
    let threads = examples(&shared, "git/7.2/httpExamples/pullRequestThreads");
    let list = threads.iter().find(|it| it.1["value"].is_array()).unwrap().1.clone();
    let first = list["value"].as_array().unwrap().iter().find_map(|thread| {
        let comment = thread["comments"].get(0)?;
        Some((comment["author"]["id"].as_str()?, comment["content"].as_str()?))
    });
    let (author, content) = first.unwrap();
    let marker = content.lines().next().unwrap().to_owned();
    let statuses = examples(&shared, "git/7.2/httpExamples/pullRequestStatuses");
    let posted = statuses.iter().find(|it| it.1["context"]["name"] == "sample-status-4").unwrap();
    let server = serve(vec![
        ok("GET", "/_apis/connectionData", &json!({"authenticatedUser": {"id": author}})),
        ok("GET", format!("/pullrequests/{number}"), &pull),
        ok("GET", "/threads", &list),
        ok("PATCH", "/comments/1", &json!({})),
        ok("GET", "/statuses", &json!({"value": [posted.1.clone()]})),
    ]);
    let host = code_host(&server).await;
    let page = page(&server, number);
    let text = Markdown::from_template("New words");
    let written = host.upsert_comment(&page, &marker, &text).await.unwrap();
    assert_eq!(written, Written::Updated);
    let sha = pull["lastMergeSourceCommit"]["commitId"].as_str().unwrap();
    let status = CommitStatus {
        context: "vsts-samples/sample-status-4".to_owned(),
        state: CommitState::Success,
        description: posted.1["description"].as_str().unwrap().to_owned(),
        target_url: Some(posted.1["targetUrl"].as_str().unwrap().parse().unwrap()),
    };
    host.set_status(&page, sha, &status).await.unwrap();
    assert_eq!(server.count("POST", "/statuses"), 0, "it says the same already");
}
